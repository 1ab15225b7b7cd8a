/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-patience-private.h"

#define SECOND G_USEC_PER_SEC

static void
test_late_packets_are_waited_for_at_once (void)
{
  ConfabPatience patience;
  guint first_ms;

  confab_patience_init (&patience);
  first_ms = patience.wait_ms;
  g_assert_false (confab_patience_choose (&patience, 0, 1 * SECOND));
  g_assert_true (confab_patience_choose (&patience, 3, 2 * SECOND));
  g_assert_cmpuint (patience.wait_ms, >, first_ms);

  for (guint i = 0; i < 100; i++)
    confab_patience_choose (&patience, 4 + i, (3 + i) * SECOND);
  g_assert_cmpuint (patience.wait_ms, ==, 300);
}

static void
test_calm_shortens_the_wait_again (void)
{
  ConfabPatience patience;
  guint first_ms, longer_ms;

  confab_patience_init (&patience);
  first_ms = patience.wait_ms;
  confab_patience_choose (&patience, 1, 1 * SECOND);
  longer_ms = patience.wait_ms;

  for (guint s = 2; s <= 11; s++)
    g_assert_false (confab_patience_choose (&patience, 1, s * SECOND));
  g_assert_true (confab_patience_choose (&patience, 1, 12 * SECOND));
  g_assert_cmpuint (patience.wait_ms, <, longer_ms);

  for (guint s = 13; s < 100; s++)
    confab_patience_choose (&patience, 1, s * SECOND);
  g_assert_cmpuint (patience.wait_ms, ==, first_ms);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/patience/late-packets-are-waited-for-at-once",
                   test_late_packets_are_waited_for_at_once);
  g_test_add_func ("/patience/calm-shortens-the-wait-again", test_calm_shortens_the_wait_again);

  return g_test_run ();
}
