/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-error.h"
#include "wire-limits.h"
#include "wire-names.h"
#include "wire-token.h"

#include <string.h>

#define USER "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

typedef gboolean (*CheckFunc) (const char  *name,
                               GError     **error);

static void
assert_accepts (CheckFunc   check,
                const char *name)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (check (name, &error));
  g_assert_no_error (error);
}

static void
assert_refuses (CheckFunc   check,
                const char *name)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (check (name, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static char *
repeat (const char *piece,
        guint       n_times)
{
  g_autoptr(GString) text = g_string_new (NULL);

  while (n_times-- > 0)
    g_string_append (text, piece);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
test_groups_may_be_called_nearly_anything (void)
{
  static const char *const right[] = {
    "a", "HelloWorld", "two words", "#general", "a@b", "チーム", "🎉", "👩‍👩‍👧", "a/b?c=%20", "é",
    "Ωμέγα",
    "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa",
  };
  static const char *const wrong[] = {
    "", "@", "@ada", USER, "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA", "a\nb", "\t", "a\x7f",
    "\xc2\x85", "a\xff",
    "a\u202eb", "\u2066a", "a\u200fb", "a\u2028b", "\xed\xa0\x80",
  };
  g_autofree char *longest = g_strnfill (WIRE_LIMIT_GROUP_NAME_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (WIRE_LIMIT_GROUP_NAME_BYTES + 1, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    assert_accepts (wire_name_check_group, right[i]);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refuses (wire_name_check_group, wrong[i]);
  assert_accepts (wire_name_check_group, longest);
  assert_refuses (wire_name_check_group, too_long);
}

static void
test_display_names_can_be_seen (void)
{
  static const char *const right[] = { "a", "Ada Lovelace", "Ada 🎉", "O’Brien, Jr." };
  static const char *const wrong[] = { "", " ", "\u00a0\u2003", "a\nb", "a\u202eb", "\xff" };
  g_autofree char *longest = repeat ("é", WIRE_LIMIT_DISPLAY_NAME_CHARS);
  g_autofree char *too_long = repeat ("é", WIRE_LIMIT_DISPLAY_NAME_CHARS + 1);

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    assert_accepts (wire_name_check_display, right[i]);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refuses (wire_name_check_display, wrong[i]);
  assert_accepts (wire_name_check_display, longest);
  assert_refuses (wire_name_check_display, too_long);
}

static void
test_passwords_have_a_length (void)
{
  g_autofree char *longest = g_strnfill (WIRE_LIMIT_PASSWORD_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (WIRE_LIMIT_PASSWORD_BYTES + 1, 'a');

  assert_refuses (wire_name_check_password, "1234567");
  assert_accepts (wire_name_check_password, "12345678");
  assert_accepts (wire_name_check_password, longest);
  assert_refuses (wire_name_check_password, too_long);
}

static void
assert_folds (const char *name,
              const char *expected)
{
  g_autofree char *folded = wire_name_fold_user (name, NULL);

  g_assert_cmpstr (folded, ==, expected);
}

static void
test_user_names_are_compared_in_one_form (void)
{
  assert_folds ("ada", "ada");
  assert_folds ("ADA.Love_lace-1", "ada.love_lace-1");
  assert_folds ("Ａｄａ", "ada");                    /* full width */
  assert_folds ("e\u0301va", "\u00e9va");               /* composed */
  assert_folds ("STRASSE", "strasse");
  assert_folds ("straße", "strasse");
  assert_folds ("ﬁn", "fin");                          /* a ligature */
  assert_folds ("Ωμέγα", "ωμέγα");
  assert_folds ("नमस्ते", "नमस्ते");                       /* vowel signs */
}

static void
test_user_names_are_letters_and_digits (void)
{
  static const char *const wrong[] = {
    "", "a b", "a@b", "a/b", "a\nb", "a\u202eb", "🎉", "\u0301a", "a\u200bb", "\xff", "\ufdfa",
    "a:b", "#a",
  };
  g_autofree char *longest = repeat ("é", WIRE_LIMIT_USER_NAME_CHARS);
  g_autofree char *too_long = repeat ("é", WIRE_LIMIT_USER_NAME_CHARS + 1);
  g_autofree char *grows = repeat ("ﬃ", WIRE_LIMIT_USER_NAME_CHARS);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (wire_name_fold_user (wrong[i], &error));
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);
    }

  assert_folds (longest, longest);
  assert_folds (too_long, NULL);
  assert_folds (grows, NULL);
}

static void
test_rids_name_groups_or_users (void)
{
  g_autofree char *group = wire_rid_normalize ("Tea", NULL);
  g_autofree char *direct = wire_rid_normalize ("@AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA", NULL);
  g_autoptr(GError) error = NULL;
  BaseUuid peer;
  BaseUuid expected;

  g_assert_cmpstr (group, ==, "Tea");
  g_assert_cmpstr (direct, ==, "@" USER);
  g_assert_null (wire_rid_normalize ("@ada", &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);

  g_assert_true (base_uuid_parse (&expected, USER, -1));
  g_assert_true (wire_rid_is_direct (direct, &peer));
  g_assert_true (base_uuid_equal (&peer, &expected));
  g_assert_false (wire_rid_is_direct ("Tea", NULL));
  g_assert_false (wire_rid_is_direct ("@" USER "x", NULL));
}

static void
test_tokens_have_two_forms (void)
{
  g_auto(WireToken) bare = { 0 };
  g_auto(WireToken) id = { 0 };

  g_assert_true (wire_token_split (&bare, "aa.b-b.c_c"));
  g_assert_false (bare.is_id_token);
  g_assert_cmpstr (bare.jwt, ==, "aa.b-b.c_c");

  g_assert_true (wire_token_split (&id, "IdT:us31x:" USER ":aa.bb.cc"));
  g_assert_true (id.is_id_token);
  g_assert_cmpstr (id.service, ==, "us31x");
  g_assert_cmpstr (id.owner, ==, USER);
  g_assert_cmpstr (id.jwt, ==, "aa.bb.cc");
}

static void
test_other_tokens_are_none (void)
{
  static const char *const wrong[] = {
    "", "null", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.d", "a.b.c ", "a.b.c=", "IdT:", "IdT:s",
    "IdT:s:o",
    "IdT:s:o:null", "IdT:s:o:", "IdT:s:o:x:a.b.c", "idt:s:o:a.b.c", "Bearer a.b.c",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      WireToken token;

      g_assert_false (wire_token_split (&token, wrong[i]));
      g_assert_null (token.jwt);
      g_assert_null (token.service);
    }
}

#define ADD(name, func) g_test_add_func ("/names/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("groups-may-be-called-nearly-anything", test_groups_may_be_called_nearly_anything);
  ADD ("display-names-can-be-seen", test_display_names_can_be_seen);
  ADD ("passwords-have-a-length", test_passwords_have_a_length);
  ADD ("user-names-are-compared-in-one-form", test_user_names_are_compared_in_one_form);
  ADD ("user-names-are-letters-and-digits", test_user_names_are_letters_and_digits);
  ADD ("rids-name-groups-or-users", test_rids_name_groups_or_users);
  ADD ("tokens-have-two-forms", test_tokens_have_two_forms);
  ADD ("other-tokens-are-none", test_other_tokens_are_none);

  return g_test_run ();
}
