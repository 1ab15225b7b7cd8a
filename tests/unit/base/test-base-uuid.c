/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-random.h"
#include "base-uuid.h"

#include <string.h>

#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* RFC 9562, appendix A.6 */
#define EXAMPLE "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define EXAMPLE_AT_MS G_GUINT64_CONSTANT (0x017f22e279b0)

static void
test_prints_what_it_reads (void)
{
  BaseUuid id;
  char text[BASE_UUID_STRING_LENGTH + 1];

  g_assert_true (base_uuid_parse (&id, EXAMPLE, -1));
  base_uuid_format (&id, text);
  g_assert_cmpstr (text, ==, EXAMPLE);

  g_assert_true (base_uuid_parse (&id, "017F22E2-79B0-7CC3-98C4-DC0C0C07398F, and more", 36));
  base_uuid_format (&id, text);
  g_assert_cmpstr (text, ==, EXAMPLE);
}

static void
test_refuses_what_is_none (void)
{
  static const char *const wrong[] = {
    "",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
    "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
    "017f22e2-79b07-cc3-98c4-dc0c0c07398f",
    "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
    "017f22e279b07cc398c4dc0c0c07398f",
    "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
  };
  const BaseUuid before = { { 1, 2, 3 } };
  BaseUuid id = before;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (base_uuid_parse (&id, wrong[i], -1));

  g_assert_false (base_uuid_parse (&id, "017f22e2-79b0-7cc3-98c4-dc0c\0c07398f", 36));
  g_assert_cmpmem (&id, sizeof id, &before, sizeof before);
}

static void
assert_version (const BaseUuid *id,
                guint           version)
{
  g_assert_cmpuint (id->bytes[6] >> 4, ==, version);
  g_assert_cmpuint (id->bytes[8] >> 6, ==, 2);
}

static void
test_made_ids_differ_and_carry_their_version (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free,
                                                      NULL);

  for (guint i = 0; i < 2000; i++)
    {
      BaseUuid *id = g_new (BaseUuid, 1);

      if (i % 2 == 0)
        base_uuid_make_v4 (id);
      else
        base_uuid_make_v7 (id, 5);

      assert_version (id, i % 2 == 0 ? 4 : 7);
      g_assert_true (g_hash_table_add (seen, id));
    }
}

static void
test_v7_sorts_by_time (void)
{
  BaseUuid earlier;
  BaseUuid later;
  BaseUuid example;

  base_uuid_make_v7 (&earlier, EXAMPLE_AT_MS - 1);
  base_uuid_make_v7 (&later, EXAMPLE_AT_MS);
  g_assert_cmpint (memcmp (&earlier, &later, sizeof earlier), <, 0);

  g_assert_true (base_uuid_parse (&example, EXAMPLE, -1));
  g_assert_cmpmem (later.bytes, 6, example.bytes, 6);
}

static void
test_random_text_is_base64url (void)
{
  for (gsize n_bytes = 0; n_bytes < 40; n_bytes++)
    {
      g_autofree char *text = base_random_make_text (n_bytes);

      g_assert_cmpuint (strlen (text), ==, (n_bytes * 8 + 5) / 6);
      g_assert_cmpuint (strspn (text, BASE64URL), ==, strlen (text));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/uuid/prints-what-it-reads", test_prints_what_it_reads);
  g_test_add_func ("/uuid/refuses-what-is-none", test_refuses_what_is_none);
  g_test_add_func ("/uuid/made-ids-differ-and-carry-their-version",
                   test_made_ids_differ_and_carry_their_version);
  g_test_add_func ("/uuid/v7-sorts-by-time", test_v7_sorts_by_time);
  g_test_add_func ("/random/text-is-base64url", test_random_text_is_base64url);

  return g_test_run ();
}
