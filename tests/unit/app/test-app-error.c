/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-error.h"
#include "app-host.h"

#include <string.h>

#include <confab.h>

static void
assert_sentence (GHashTable *seen,
                 char       *sentence)
{
  g_assert_cmpuint (g_utf8_strlen (sentence, -1), >, 15);
  g_assert_true (g_str_has_suffix (sentence, "."));
  g_assert_true (g_hash_table_add (seen, sentence));
}

static void
test_each_code (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = CONFAB_ERROR_NETWORK_UNREACHABLE; code <= CONFAB_ERROR_FAILED; code++)
    assert_sentence (seen, app_error_describe_code (code));

  for (int code = APP_HOST_ERROR_PROGRAM; code <= APP_HOST_ERROR_BUSY; code++)
    {
      g_autoptr(GError) error = g_error_new_literal (APP_HOST_ERROR, code, "a detail");

      assert_sentence (seen, app_error_describe (error));
    }
}

static void
test_unknown (void)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "a detail");
  g_autofree char *sentence = app_error_describe (error);
  g_autofree char *fallback = app_error_describe_code (CONFAB_ERROR_FAILED);

  g_assert_cmpstr (sentence, ==, fallback);
}

static void
test_no_details (void)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                                                 "ETIMEDOUT 110");
  g_autofree char *sentence = app_error_describe (error);

  g_assert_null (strstr (sentence, "ETIMEDOUT"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/each-code-has-its-own-sentence", test_each_code);
  g_test_add_func ("/error/unknown-errors-have-one-too", test_unknown);
  g_test_add_func ("/error/details-stay-in-the-log", test_no_details);

  return g_test_run ();
}
