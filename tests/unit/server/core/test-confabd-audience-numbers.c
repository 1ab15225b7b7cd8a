/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-audience-numbers.h"

static void
test_numbers_are_used_again_only_after_release (void)
{
  ConfabdAudienceNumbers numbers;
  ConfabdAudience first;
  ConfabdAudience second;

  confabd_audience_numbers_init (&numbers);
  first = confabd_audience_numbers_take (&numbers);
  second = confabd_audience_numbers_take (&numbers);
  g_assert_cmpuint (first, !=, 0);
  g_assert_cmpuint (second, !=, first);

  confabd_audience_numbers_release (&numbers, first);
  g_assert_cmpuint (confabd_audience_numbers_take (&numbers), ==, first);
  g_assert_cmpuint (confabd_audience_numbers_take (&numbers), >, second);
  confabd_audience_numbers_clear (&numbers);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/audience-numbers/are-used-again-only-after-release",
                   test_numbers_are_used_again_only_after_release);

  return g_test_run ();
}
