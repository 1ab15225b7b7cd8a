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

/* What missing things are called on the wire is what the enumeration calls them. */
static void
test_words_for_what_is_missing (void)
{
  g_autoptr(GEnumClass) enum_class = g_type_class_ref (CONFAB_TYPE_MISSING);

  for (guint i = 1; i < enum_class->n_values; i++)
    {
      const GEnumValue *value = &enum_class->values[i];

      g_assert_cmpstr (confab_call_get_missing_nick (value->value), ==, value->value_nick);
      g_assert_cmpint (confab_call_parse_missing (value->value_nick), ==, value->value);
    }

  g_assert_null (confab_call_get_missing_nick (CONFAB_MISSING_NONE));
  g_assert_cmpint (confab_call_parse_missing (NULL), ==, CONFAB_MISSING_NONE);
  g_assert_cmpint (confab_call_parse_missing ("eaten"), ==, CONFAB_MISSING_FAILED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-state/only-the-legal-moves-are-legal", test_every_move);
  g_test_add_func ("/call-state/words-for-what-is-missing", test_words_for_what_is_missing);

  return g_test_run ();
}
