/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-base64.h"

#include <string.h>

static void
test_takes_what_rfc_4648_shows (void)
{
  static const struct
  {
    const char *bytes;
    const char *text;
  } vectors[] = {
    { "", "" },         { "f", "Zg==" },        { "fo", "Zm8=" },        { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GString) text = g_string_new ("<");
      guint8 bytes[16];
      gsize length;

      wire_base64_append (text, vectors[i].bytes, strlen (vectors[i].bytes));
      g_assert_cmpstr (text->str + 1, ==, vectors[i].text);
      g_assert_cmpuint (wire_base64_get_length (strlen (vectors[i].bytes)), ==, text->len - 1);

      g_assert_true (wire_base64_is_valid (text->str + 1, text->len - 1));
      length = wire_base64_decode (text->str + 1, text->len - 1, bytes);
      g_assert_cmpmem (bytes, length, vectors[i].bytes, strlen (vectors[i].bytes));
    }
}

static void
test_refuses_what_has_a_second_form (void)
{
  static const char *const bad[] = {
    "Z",     "Zg",    "Zg=",   "Zg===", "=",    "==",   "====", "Z===", "Zh==", "Zm9=",
    "Zm 9v", "Zm9v\n", "Zm-_", "Zg==Zg==", "Zm=v", "Zm\xc3\xa9", "Zm9v=", "Zg=A",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (wire_base64_is_valid (bad[i], strlen (bad[i])));

  g_assert_false (wire_base64_is_valid ("Zm9\0", 4));
}

static void
test_decodes_where_it_stands (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint8 bytes[1000];
  gsize length;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 37);

  for (guint n = 0; n < sizeof bytes; n++)
    {
      g_string_truncate (text, 0);
      wire_base64_append (text, bytes, n);
      length = wire_base64_decode (text->str, text->len, (guint8 *) text->str);
      g_assert_cmpmem (text->str, length, bytes, n);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/base64/takes-what-rfc-4648-shows", test_takes_what_rfc_4648_shows);
  g_test_add_func ("/wire/base64/refuses-what-has-a-second-form",
                   test_refuses_what_has_a_second_form);
  g_test_add_func ("/wire/base64/decodes-where-it-stands", test_decodes_where_it_stands);

  return g_test_run ();
}
