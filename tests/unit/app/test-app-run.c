/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-run.h"

#define MINUTE (60 * G_GINT64_CONSTANT (1000000))
/* Noon of a day, UTC. */
#define NOON (G_GINT64_CONSTANT (1767268800) * 1000000)

static gboolean
continues (const char *sender_a,
           gint64      at_a,
           const char *sender_b,
           gint64      at_b)
{
  AppRunLine a = { sender_a, at_a, FALSE };
  AppRunLine b = { sender_b, at_b, FALSE };

  return app_run_continues (&a, &b);
}

static void
test_of_one_sender (void)
{
  g_assert_true (continues ("anna", NOON, "anna", NOON + MINUTE));
  g_assert_false (continues ("anna", NOON, "ben", NOON + MINUTE));
}

static void
test_pause (void)
{
  g_assert_true (continues ("anna", NOON, "anna", NOON + 5 * MINUTE - 1));
  g_assert_false (continues ("anna", NOON, "anna", NOON + 5 * MINUTE));
}

static void
test_clock_behind (void)
{
  g_assert_true (continues ("anna", NOON, "anna", NOON - MINUTE));
}

static void
test_midnight (void)
{
  gint64 midnight = NOON + 12 * 60 * MINUTE;

  g_assert_false (continues ("anna", midnight - MINUTE, "anna", midnight + MINUTE));
}

static void
test_first (void)
{
  AppRunLine line = { "anna", NOON, FALSE };

  g_assert_false (app_run_continues (NULL, &line));
}

static void
test_notice (void)
{
  AppRunLine line = { "anna", NOON, FALSE };
  AppRunLine notice = { "anna", NOON, TRUE };

  g_assert_false (app_run_continues (&notice, &line));
  g_assert_false (app_run_continues (&line, &notice));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run/is-of-one-sender", test_of_one_sender);
  g_test_add_func ("/run/ends-with-a-pause", test_pause);
  g_test_add_func ("/run/goes-on-when-a-clock-is-behind", test_clock_behind);
  g_test_add_func ("/run/ends-at-midnight", test_midnight);
  g_test_add_func ("/run/begins-with-the-first-message", test_first);
  g_test_add_func ("/run/ends-with-a-notice", test_notice);

  return g_test_run ();
}
