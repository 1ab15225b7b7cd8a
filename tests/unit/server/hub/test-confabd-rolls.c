/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-rolls.h"

#define N_PEERS     40
#define N_AUDIENCES 12
#define N_STEPS     20000

static gboolean
is_listed (ConfabdRolls       *rolls,
           ConfabdAudience     audience,
           ConfabdMemberships *who)
{
  const ConfabdRollEntry *entries;
  guint n;
  guint n_found = 0;

  entries = confabd_rolls_list (rolls, audience, &n);
  for (guint i = 0; i < n; i++)
    n_found += entries[i].who == who;

  g_assert_cmpuint (n_found, <=, 1);

  return n_found == 1;
}

static void
test_attach_twice_counts_once (void)
{
  g_autoptr(ConfabdRolls) rolls = confabd_rolls_new ();
  ConfabdMemberships who = { 0 };
  guint n;

  g_assert_true (confabd_rolls_attach (rolls, 5, &who));
  g_assert_false (confabd_rolls_attach (rolls, 5, &who));
  (void) confabd_rolls_list (rolls, 5, &n);
  g_assert_cmpuint (n, ==, 1);

  g_assert_true (confabd_rolls_detach (rolls, 5, &who));
  g_assert_false (confabd_rolls_detach (rolls, 5, &who));
  g_assert_null (confabd_rolls_list (rolls, 5, &n));
  g_assert_cmpuint (n, ==, 0);
}

static void
test_empty_audience_costs_nothing (void)
{
  g_autoptr(ConfabdRolls) rolls = confabd_rolls_new ();
  ConfabdMemberships who = { 0 };

  for (ConfabdAudience audience = 1; audience < 1000; audience++)
    g_assert_true (confabd_rolls_attach (rolls, audience, &who));

  g_assert_cmpuint (confabd_rolls_get_size (rolls), ==, 999);
  confabd_rolls_leave (rolls, &who);
  g_assert_cmpuint (confabd_rolls_get_size (rolls), ==, 0);
  g_assert_cmpuint (who.n, ==, 0);
  g_assert_cmpuint (who.n_allocated, ==, 0);
}

/* Against a plain table of who is where. */
static void
test_random_changes_match_a_table (void)
{
  g_autoptr(ConfabdRolls) rolls = confabd_rolls_new ();
  ConfabdMemberships peers[N_PEERS] = { 0 };
  gboolean expected[N_PEERS][N_AUDIENCES] = { 0 };

  for (guint step = 0; step < N_STEPS; step++)
    {
      guint peer = g_test_rand_int_range (0, N_PEERS);
      guint audience = g_test_rand_int_range (0, N_AUDIENCES);
      int what = g_test_rand_int_range (0, 20);

      if (what == 0)
        {
          confabd_rolls_leave (rolls, &peers[peer]);
          for (guint i = 0; i < N_AUDIENCES; i++)
            expected[peer][i] = FALSE;
        }
      else if (what < 11)
        {
          g_assert_cmpint (confabd_rolls_attach (rolls, audience + 1, &peers[peer]), ==,
                           !expected[peer][audience]);
          expected[peer][audience] = TRUE;
        }
      else
        {
          g_assert_cmpint (confabd_rolls_detach (rolls, audience + 1, &peers[peer]), ==,
                           expected[peer][audience]);
          expected[peer][audience] = FALSE;
        }

      peer = g_test_rand_int_range (0, N_PEERS);
      audience = g_test_rand_int_range (0, N_AUDIENCES);
      g_assert_cmpint (is_listed (rolls, audience + 1, &peers[peer]), ==, expected[peer][audience]);
    }

  for (guint i = 0; i < N_PEERS; i++)
    confabd_rolls_leave (rolls, &peers[i]);
  g_assert_cmpuint (confabd_rolls_get_size (rolls), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rolls/attach-twice-counts-once", test_attach_twice_counts_once);
  g_test_add_func ("/rolls/empty-audience-costs-nothing", test_empty_audience_costs_nothing);
  g_test_add_func ("/rolls/random-changes-match-a-table", test_random_changes_match_a_table);

  return g_test_run ();
}
