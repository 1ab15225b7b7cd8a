/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-json.h"

#include <string.h>

#define DEPTH 8

static gboolean
is_valid (const char *text)
{
  /* Memory of its own size, so that a sanitizer sees a read past the end. */
  g_autofree char *exact = g_memdup2 (text, strlen (text));

  return wire_json_is_valid (exact ? exact : "", strlen (text), DEPTH);
}

/* What a reader finds, as "key=type:raw" for each item. */
static char *
read_items (const char *text)
{
  g_autoptr(GString) items = g_string_new (NULL);
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;

  if (wire_json_reader_init (&reader, text, strlen (text), DEPTH))
    while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
      g_string_append_printf (items, "%.*s=%d:%.*s ", (int) value.key.length, value.key.data,
                              value.type, (int) value.raw.length, value.raw.data);

  g_string_append (items, step == WIRE_JSON_END ? "end" : "faulty");
  g_assert_cmpint (reader.fault != NULL, ==, step == WIRE_JSON_FAULTY);
  /* It stays where it ended. */
  g_assert_cmpint (wire_json_reader_next (&reader, &value), ==, step);

  return g_string_free_and_steal (g_steal_pointer (&items));
}

static void
assert_items (const char *text,
              const char *expected)
{
  g_autofree char *items = read_items (text);

  g_assert_cmpstr (items, ==, expected);
}

static void
test_members_come_as_they_stand (void)
{
  assert_items ("{}", "end");
  assert_items (" \t\r\n{ } \n", "end");
  assert_items ("{\"a\":1}", "a=3:1 end");
  assert_items ("{ \"a\" : \"x\\\"y\" , \"b\":[1, {\"c\":2}],\"d\":{\"e\":[]} }",
                "a=2:x\\\"y b=1:[1, {\"c\":2}] d=0:{\"e\":[]} end");
  assert_items ("{\"t\":true,\"f\":false,\"n\":null,\"m\":-0.5e+9}",
                "t=4:true f=5:false n=6:null m=3:-0.5e+9 end");
  assert_items ("{\"\":\"\"}", "=2: end");
  assert_items ("{\"a\":1,\"a\":2}", "a=3:1 a=3:2 end");
}

static void
test_elements_come_one_by_one (void)
{
  assert_items ("[]", "end");
  assert_items ("[1,\"two\",[3],{\"four\":4}]", "=3:1 =2:two =1:[3] =0:{\"four\":4} end");
}

static void
test_what_is_wrong_is_found (void)
{
  assert_items ("", "faulty");
  assert_items ("  ", "faulty");
  assert_items ("1", "faulty");
  assert_items ("{", "faulty");
  assert_items ("}", "faulty");
  assert_items ("{]", "faulty");
  assert_items ("[}", "faulty");
  assert_items ("{\"a\"}", "faulty");
  assert_items ("{\"a\":}", "faulty");
  assert_items ("{a:1}", "faulty");
  assert_items ("{'a':1}", "faulty");
  assert_items ("{,}", "faulty");
  assert_items ("{\"a\":1", "a=3:1 faulty");
  assert_items ("{\"a\":1,}", "a=3:1 faulty");
  assert_items ("{\"a\":1 \"b\":2}", "a=3:1 faulty");
  assert_items ("{\"a\":1}}", "a=3:1 faulty");
  assert_items ("{\"a\":1} {}", "a=3:1 faulty");
  assert_items ("{\"a\":[1,]}", "faulty");
  assert_items ("{\"a\":[1}}", "faulty");
  assert_items ("{\"a\":{\"b\":1]}", "faulty");
  assert_items ("{\"a\":{\"b\"}}", "faulty");
  assert_items ("{\"a\":{1:1}}", "faulty");
  assert_items ("[1,,2]", "=3:1 faulty");
}

static void
test_every_beginning_of_a_text_is_wrong (void)
{
  const char *text = "{\"a\":[1,-2.5e3,{\"b\":\"\\ud83c\\udf89\\n\"},true,null]}";

  g_assert_true (is_valid (text));

  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree char *cut = g_strndup (text, length);

      g_assert_false (is_valid (cut));
    }
}

static void
test_numbers_are_strict (void)
{
  static const char *const right[] = {
    "0", "-0", "1", "10", "-1.5", "0.0", "1e1", "1E+1", "1e-10", "123456789012345678901234567890",
  };
  static const char *const wrong[] = {
    "00", "01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "1_000", "NaN", "Infinity",
    "- 1", "1 1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    g_assert_true (is_valid (right[i]));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (is_valid (wrong[i]));
}

static void
test_strings_are_strict (void)
{
  static const char *const right[] = {
    "\"\"", "\"\\u0000\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\uD83D\\uDE00\"", "\"é☃🎉\"",
    "\"\x7f\"",
  };
  static const char *const wrong[] = {
    "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800x\"",
    "\"\\ud800\\n\"",
    "\"\\ud800\\ud800\"", "\"\\udc00\"", "\"a\nb\"", "\"a\tb\"", "\"\x01\"", "\"\xff\"", "\"\xc3\"",
    "\"\xed\xa0\x80\"", "'a'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    g_assert_true (is_valid (right[i]));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (is_valid (wrong[i]));

  g_assert_false (wire_json_is_valid ("\"a\0b\"", 5, DEPTH));
}

static void
test_words_are_strict (void)
{
  static const char *const wrong[] = { "tru", "True", "truex", "nul", "undefined", "falsefalse" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (is_valid (wrong[i]));
}

static char *
nest (guint       depth,
      const char *open,
      const char *inside,
      const char *close)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, inside);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
test_depth_has_a_bound (void)
{
  for (guint depth = 1; depth <= WIRE_JSON_MAX_DEPTH + 2; depth++)
    {
      g_autofree char *arrays = nest (depth, "[", "", "]");
      g_autofree char *objects = nest (depth, "{\"a\":", "1", "}");
      WireJsonReader reader;
      WireJsonValue value;

      g_assert_cmpint (is_valid (arrays), ==, depth <= DEPTH);
      g_assert_cmpint (is_valid (objects), ==, depth <= DEPTH);
      /* More than it can remember is never asked of it. */
      g_assert_cmpint (wire_json_is_valid (arrays, strlen (arrays), G_MAXUINT), ==,
                       depth <= WIRE_JSON_MAX_DEPTH);

      g_assert_true (wire_json_reader_init (&reader, objects, strlen (objects), DEPTH));
      g_assert_cmpint (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM, ==,
                       depth <= DEPTH);
    }
}

static void
test_ten_thousand_levels_are_refused_at_once (void)
{
  g_autofree char *arrays = nest (10000, "[", "", "");

  g_assert_false (is_valid (arrays));
}

static WireJsonValue
read_one (const char *text)
{
  WireJsonReader reader;
  WireJsonValue value = { 0 };

  g_assert_true (wire_json_reader_init (&reader, text, strlen (text), DEPTH));
  g_assert_cmpint (wire_json_reader_next (&reader, &value), ==, WIRE_JSON_ITEM);

  return value;
}

static void
assert_string (const char *text,
               const char *expected)
{
  WireJsonValue value = read_one (text);
  g_autofree char *string = wire_json_dup_string (&value);

  g_assert_cmpstr (string, ==, expected);
}

static void
test_strings_are_unescaped (void)
{
  assert_string ("[\"\"]", "");
  assert_string ("[\"plain é\"]", "plain é");
  assert_string ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\/\b\f\n\r\t");
  assert_string ("[\"a\\u0025\\u00e9\\ud83c\\udf89z\"]", "a%é🎉z");
  assert_string ("[\"a\\u0000b\"]", NULL);
  assert_string ("[1]", NULL);
}

static void
test_keys_are_known_however_escaped (void)
{
  WireJsonValue value = read_one ("{\"\\u0061ction\":1}");

  g_assert_true (wire_json_key_is (&value, "action"));
  g_assert_false (wire_json_key_is (&value, "acti"));
  value = read_one ("{\"action\":1}");
  g_assert_true (wire_json_key_is (&value, "action"));
  g_assert_false (wire_json_key_is (&value, "acti0n"));
  g_assert_false (wire_json_key_is (&value, "actions"));
}

static void
test_integers_are_exact (void)
{
  static const char *const wrong[] = {
    "[-1]", "[1.0]", "[1e3]", "[9007199254740992]", "[99999999999999999999]", "[\"1\"]", "[null]",
  };
  WireJsonValue value = read_one ("[9007199254740991]");
  guint64 number = 7;

  g_assert_true (wire_json_get_integer (&value, &number));
  g_assert_cmpuint (number, ==, WIRE_JSON_MAX_INTEGER);
  value = read_one ("[0]");
  g_assert_true (wire_json_get_integer (&value, &number));
  g_assert_cmpuint (number, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      value = read_one (wrong[i]);
      g_assert_false (wire_json_get_integer (&value, &number));
    }
}

static void
test_every_string_is_written_and_read_back (void)
{
  g_autoptr(GString) json = g_string_new ("[");
  g_autoptr(GString) text = g_string_new (NULL);

  for (gunichar c = 1; c < 0x300; c++)
    g_string_append_unichar (text, c);
  g_string_append (text, "🎉");

  wire_json_append_string (json, text->str);
  g_string_append_c (json, ']');
  g_assert_null (strchr (json->str, '%'));
  assert_string (json->str, text->str);
}

static void
test_percent_signs_are_written_as_escapes (void)
{
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("{\"%\":\"%%\"}", 10);

  wire_json_append_bytes (json, bytes);
  g_assert_cmpstr (json->str, ==, "{\"\\u0025\":\"\\u0025\\u0025\"}");
  g_string_truncate (json, 0);
  wire_json_append_raw (json, "[1]", 3);
  wire_json_append_bytes (json, NULL);
  g_assert_cmpstr (json->str, ==, "[1]null");
}

static void
test_numbers_and_words_are_written (void)
{
  g_autoptr(GString) json = g_string_new (NULL);

  wire_json_append_integer (json, 0);
  g_string_append_c (json, ' ');
  wire_json_append_integer (json, 10);
  g_string_append_c (json, ' ');
  wire_json_append_integer (json, G_MAXUINT64);
  g_string_append_c (json, ' ');
  wire_json_append_boolean (json, TRUE);
  wire_json_append_boolean (json, FALSE);
  g_assert_cmpstr (json->str, ==, "0 10 18446744073709551615 truefalse");
}

#define ADD(name, func) g_test_add_func ("/json/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("members-come-as-they-stand", test_members_come_as_they_stand);
  ADD ("elements-come-one-by-one", test_elements_come_one_by_one);
  ADD ("what-is-wrong-is-found", test_what_is_wrong_is_found);
  ADD ("every-beginning-of-a-text-is-wrong", test_every_beginning_of_a_text_is_wrong);
  ADD ("numbers-are-strict", test_numbers_are_strict);
  ADD ("strings-are-strict", test_strings_are_strict);
  ADD ("words-are-strict", test_words_are_strict);
  ADD ("depth-has-a-bound", test_depth_has_a_bound);
  ADD ("ten-thousand-levels-are-refused-at-once", test_ten_thousand_levels_are_refused_at_once);
  ADD ("strings-are-unescaped", test_strings_are_unescaped);
  ADD ("keys-are-known-however-escaped", test_keys_are_known_however_escaped);
  ADD ("integers-are-exact", test_integers_are_exact);
  ADD ("every-string-is-written-and-read-back", test_every_string_is_written_and_read_back);
  ADD ("percent-signs-are-written-as-escapes", test_percent_signs_are_written_as_escapes);
  ADD ("numbers-and-words-are-written", test_numbers_and_words_are_written);

  return g_test_run ();
}
