/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-private.h"

#define N_STATES 6

/* Written down once more, by hand: a row for each state, a column for each that may follow. */
static const gboolean expected[N_STATES][N_STATES] = {
  /* IDLE, RINGING_OUT, RINGING_IN, CONNECTING, ACTIVE, ENDED */
  { FALSE, TRUE, TRUE, TRUE, FALSE, TRUE },     /* IDLE */
  { FALSE, FALSE, FALSE, TRUE, FALSE, TRUE },   /* RINGING_OUT */
  { FALSE, FALSE, FALSE, TRUE, FALSE, TRUE },   /* RINGING_IN */
  { FALSE, FALSE, FALSE, FALSE, TRUE, TRUE },   /* CONNECTING */
  { FALSE, FALSE, FALSE, FALSE, FALSE, TRUE },  /* ACTIVE */
  { FALSE, FALSE, FALSE, FALSE, FALSE, FALSE }, /* ENDED */
};

static void
test_every_move (void)
{
  for (guint from = 0; from < N_STATES; from++)
    for (guint to = 0; to < N_STATES; to++)
      g_assert_cmpint (confab_call_state_may_follow (from, to), ==, expected[from][to]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-state/only-the-legal-moves-are-legal", test_every_move);

  return g_test_run ();
}
