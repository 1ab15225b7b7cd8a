/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-clock.h"

#include "support-fake-clock.h"

static void
test_system_monotonic_never_falls (void)
{
  const BaseClock *clock = base_clock_system ();
  gint64 last = base_clock_get_monotonic_us (clock);

  for (int i = 0; i < 1000; i++)
    {
      gint64 now = base_clock_get_monotonic_us (clock);

      g_assert_cmpint (now, >=, last);
      last = now;
    }
}

static void
test_system_wall_is_the_epoch_in_us (void)
{
  gint64 wall_us = base_clock_get_wall_us (base_clock_system ());

  g_assert_cmpint (ABS (wall_us - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
}

static void
test_fake_stands_still (void)
{
  SupportFakeClock fake;

  support_fake_clock_init (&fake);
  g_assert_cmpint (base_clock_get_monotonic_us (&fake.clock), ==, fake.monotonic_us);

  support_fake_clock_advance (&fake, 5);
  g_assert_cmpint (base_clock_get_monotonic_us (&fake.clock), ==, G_USEC_PER_SEC + 5);
  g_assert_cmpint (base_clock_get_wall_us (&fake.clock), ==, fake.wall_us);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock/system/monotonic-never-falls", test_system_monotonic_never_falls);
  g_test_add_func ("/clock/system/wall-is-the-epoch-in-us", test_system_wall_is_the_epoch_in_us);
  g_test_add_func ("/clock/fake/stands-still", test_fake_stands_still);

  return g_test_run ();
}
