/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-safety-code-private.h"

#define ANN "6e1d6b52-0c9d-4b6f-8d5f-0d7d2b1b7a01"
#define BOB "f2a4c8de-7b1e-4e0a-9c35-6a5b4c3d2e02"
#define EVE "0b9d4c3a-2f6e-4d7c-8a1b-5e4f3d2c1b03"
#define ANNS "sha-256 AB:CD"
#define BOBS "sha-256 12:34"
#define EVES "sha-256 EE:EE"

/* Reckoned by hand from PROTOCOL.md, in another language. */
static void
test_is_what_the_protocol_says (void)
{
  g_autofree char *code = confab_safety_code_new (ANN, ANNS, BOB, BOBS);

  g_assert_cmpstr (code, ==, "41399 67055 58084 19767");
}

static void
test_both_ends_have_the_same (void)
{
  g_autofree char *anns = confab_safety_code_new (ANN, ANNS, BOB, BOBS);
  g_autofree char *bobs = confab_safety_code_new (BOB, BOBS, ANN, ANNS);

  g_assert_cmpstr (anns, ==, bobs);
}

/* Another person, another certificate, or the two exchanged. */
static void
test_anything_else_has_another (void)
{
  static const char * const others[][4] = {
    { ANN, ANNS, EVE, BOBS },
    { EVE, ANNS, BOB, BOBS },
    { ANN, ANNS, BOB, EVES },
    { ANN, EVES, BOB, BOBS },
    { ANN, BOBS, BOB, ANNS },
  };
  g_autofree char *code = confab_safety_code_new (ANN, ANNS, BOB, BOBS);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *other =
        confab_safety_code_new (others[i][0], others[i][1], others[i][2], others[i][3]);

      g_assert_cmpstr (other, !=, code);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/safety-code/is-what-the-protocol-says", test_is_what_the_protocol_says);
  g_test_add_func ("/safety-code/both-ends-have-the-same", test_both_ends_have_the_same);
  g_test_add_func ("/safety-code/anything-else-has-another", test_anything_else_has_another);

  return g_test_run ();
}
