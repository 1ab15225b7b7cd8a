/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-name.h"

#include <string.h>

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_account (void)
{
  assert_text (app_name_to_account ("Anna Lind"), "anna.lind");
  assert_text (app_name_to_account ("  Jürgen  von der Au "), "jürgen.von.der.au");
  assert_text (app_name_to_account ("O’Brien (home)"), "obrien.home");
  assert_text (app_name_to_account ("李小龙"), "李小龙");
  assert_text (app_name_to_account ("🙂"), "");
  assert_text (app_name_to_account (NULL), "");
}

static void
test_long_account (void)
{
  g_autofree char *name = g_strnfill (5000, 'x');
  g_autofree char *account = app_name_to_account (name);

  g_assert_true (app_name_is_account (account));
}

static void
test_space (void)
{
  assert_text (app_name_to_space ("Anna"), "Anna’s Space");
  assert_text (app_name_to_space ("  "), "My Space");
}

static void
test_address (void)
{
  assert_text (app_name_to_address ("http://127.0.0.1:4711/"), "http://127.0.0.1:4711");
  assert_text (app_name_to_address ("https://chat.example.org"), "https://chat.example.org");
}

static void
test_limits (void)
{
  g_autofree char *long_group = g_strnfill (257, 'g');
  g_autofree char *long_name = g_strnfill (129, 'n');

  g_assert_true (app_name_is_account ("anna.lind-2_x"));
  g_assert_false (app_name_is_account (""));
  g_assert_false (app_name_is_account ("anna lind"));
  g_assert_true (app_name_is_display ("Anna Lind"));
  g_assert_false (app_name_is_display ("   "));
  g_assert_false (app_name_is_display ("Anna\nLind"));
  g_assert_false (app_name_is_display (long_name));
  g_assert_true (app_name_is_group ("garden party"));
  g_assert_false (app_name_is_group ("@garden"));
  g_assert_false (app_name_is_group (""));
  g_assert_false (app_name_is_group (long_group));
  g_assert_false (app_name_is_group ("0190163d-8694-739b-aea5-966c26f8ad91"));
  g_assert_false (app_name_is_password ("1234567"));
  g_assert_true (app_name_is_password ("12345678"));
}

static void
test_password (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 100; i++)
    {
      char *password = app_name_password ();

      g_assert_cmpuint (strlen (password), ==, 24);
      g_assert_true (g_str_is_ascii (password));
      g_assert_true (g_hash_table_add (seen, password));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/name/becomes-an-account", test_account);
  g_test_add_func ("/name/of-any-length-becomes-an-account", test_long_account);
  g_test_add_func ("/name/becomes-a-space", test_space);
  g_test_add_func ("/name/of-a-url-has-no-slash-at-its-end", test_address);
  g_test_add_func ("/name/limits-are-those-of-the-protocol", test_limits);
  g_test_add_func ("/name/passwords-differ", test_password);

  return g_test_run ();
}
