/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-error.h"
#include "confab-event-private.h"
#include "confab-json-private.h"

#include <string.h>

#define ID "00000000-0000-7000-8000-000000000001"
#define USER "aaaaaaaa-0000-4000-8000-000000000001"

static JsonObject *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonObject *object = confab_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);

  return object;
}

static void
test_content (void)
{
  static const struct
  {
    const char        *content;
    ConfabMessageKind  kind;
    const char        *text;
    gboolean           only_text;
  } rows[] = {
    { "{\"text\":\"hi\"}", CONFAB_MESSAGE_KIND_TEXT, "hi", TRUE },
    { "{\"text\":\"hi\",\"format\":\"plain\"}", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "\"hi\"", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "{\"msg\":\"hi\"}", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "{\"message\":\"hi\"}", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "{\"body\":\"hi\",\"other\":1}", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "{\"text\":17,\"body\":\"hi\"}", CONFAB_MESSAGE_KIND_TEXT, "hi", FALSE },
    { "\"\"", CONFAB_MESSAGE_KIND_TEXT, "", FALSE },
    { "{\"text\":\"\\ud83c\\udf39 rose\"}", CONFAB_MESSAGE_KIND_TEXT, "🌹 rose", TRUE },
    { "17", CONFAB_MESSAGE_KIND_JSON, "17", FALSE },
    { "true", CONFAB_MESSAGE_KIND_JSON, "true", FALSE },
    { "null", CONFAB_MESSAGE_KIND_JSON, "null", FALSE },
    { "[]", CONFAB_MESSAGE_KIND_JSON, "[]", FALSE },
    { "{}", CONFAB_MESSAGE_KIND_JSON, "{}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = g_strdup_printf (
        "{\"type\":\"message\",\"id\":\"" ID "\",\"seq\":1,\"at\":2,\"user_id\":\"" USER "\","
        "\"content\":%s}",
        rows[i].content);
      g_autoptr(JsonObject) object = parse (json);
      g_autoptr(ConfabEvent) event = confab_event_parse (object);

      g_test_message ("%s", rows[i].content);
      g_assert_cmpint (event->type, ==, CONFAB_EVENT_MESSAGE);
      g_assert_cmpint (event->kind, ==, rows[i].kind);
      g_assert_cmpstr (event->text, ==, rows[i].text);
      g_assert_cmpint (event->content == NULL, ==, rows[i].only_text);
      g_assert_cmpint (event->at_us, ==, 2000);
    }
}

static void
test_surrogates (void)
{
  static const char *const contents[] = {
    "\"\\ud800\"", "{\"text\":\"a\\udc00b\"}", "{\"x\":\"\\ud800\"}", "\"a\\u0000b\"",
    "{\"\\udfff\":1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *json = g_strdup_printf (
        "{\"type\":\"message\",\"id\":\"" ID "\",\"seq\":1,\"user_id\":\"" USER "\","
        "\"content\":%s}",
        contents[i]);
      g_autoptr(JsonObject) object = confab_json_parse (json, strlen (json), NULL);
      g_autoptr(ConfabEvent) event = object ? confab_event_parse (object) : NULL;

      g_test_message ("%s", contents[i]);
      if (!event)
        continue;
      g_assert_true (g_utf8_validate (event->text, -1, NULL));
      g_assert_true (!event->content || g_utf8_validate (event->content, -1, NULL));
    }
}

static void
test_malformed (void)
{
  static const struct
  {
    const char      *json;
    int              type;  /* -1: no event at all */
  } rows[] = {
    { "{}", -1 },
    { "{\"seq\":0}", -1 },
    { "{\"seq\":-5}", -1 },
    { "{\"seq\":1.5}", -1 },
    { "{\"seq\":\"1\"}", -1 },
    { "{\"seq\":9007199254740993}", -1 },
    { "{\"seq\":99999999999999999999999}", -1 },
    { "{\"seq\":9007199254740992}", CONFAB_EVENT_OTHER },
    { "{\"seq\":1}", CONFAB_EVENT_OTHER },
    { "{\"seq\":1,\"type\":\"message\"}", CONFAB_EVENT_OTHER },
    { "{\"seq\":1,\"type\":\"message\",\"id\":\"x\",\"user_id\":\"" USER "\"}",
      CONFAB_EVENT_OTHER },
    { "{\"seq\":1,\"type\":\"message\",\"id\":\"" ID "\",\"user_id\":7}", CONFAB_EVENT_OTHER },
    { "{\"seq\":1,\"type\":\"edit\",\"id\":\"" ID "\",\"user_id\":\"" USER "\"}",
      CONFAB_EVENT_OTHER },
    { "{\"seq\":1,\"type\":\"joined\",\"id\":\"" ID "\",\"user_id\":\"" USER "\"}",
      CONFAB_EVENT_JOINED },
    { "{\"seq\":1,\"type\":\"left\",\"id\":\"" ID "\",\"user_id\":\"" USER "\"}",
      CONFAB_EVENT_LEFT },
    { "{\"seq\":1,\"type\":\"message\",\"id\":\"" ID "\",\"user_id\":\"" USER "\"}",
      CONFAB_EVENT_MESSAGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(JsonObject) object = parse (rows[i].json);
      g_autoptr(ConfabEvent) event = confab_event_parse (object);

      g_test_message ("%s", rows[i].json);
      g_assert_cmpint (event ? (int) event->type : -1, ==, rows[i].type);
      if (event)
        g_assert_nonnull (event->text);
    }
}

static void
test_ids (void)
{
  g_autofree char *upper = confab_event_normalize_uuid ("AAAAAAAA-0000-4000-8000-00000000000A");

  g_assert_cmpstr (upper, ==, "aaaaaaaa-0000-4000-8000-00000000000a");
  g_assert_null (confab_event_normalize_uuid (NULL));
  g_assert_null (confab_event_normalize_uuid (""));
  g_assert_null (confab_event_normalize_uuid ("aaaaaaaa-0000-4000-8000-00000000000"));
  g_assert_null (confab_event_normalize_uuid ("aaaaaaaa-0000-4000-8000-00000000000a "));
}

static void
test_json (void)
{
  g_autoptr(JsonObject) object =
    parse ("{\"s\":\"x\",\"n\":5,\"d\":1.5,\"b\":true,\"z\":null,\"a\":[1,\"y\",{}],\"o\":{}}");
  JsonArray *array = confab_json_get_array (object, "a");
  static const char *const keys[] = { "s", "n", "d", "b", "z", "a", "o", "missing" };
  guint64 number = 77;
  g_autoptr(GError) error = NULL;

  /* Each getter takes one of them, and the rest as if they were not there. */
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_assert_cmpint (confab_json_get_string (object, keys[i]) != NULL, ==, i == 0);
      g_assert_cmpint (confab_json_get_uint (object, keys[i], &number), ==, i == 1);
      g_assert_cmpint (confab_json_get_boolean (object, keys[i]), ==, i == 3);
      g_assert_cmpint (confab_json_get_array (object, keys[i]) != NULL, ==, i == 5);
      g_assert_cmpint (confab_json_get_object (object, keys[i]) != NULL, ==, i == 6);
      g_assert_cmpint (confab_json_get_time_us (object, keys[i]), ==, i == 1 ? 5000 : 0);
    }
  g_assert_cmpuint (number, ==, 5);
  g_assert_null (confab_json_array_string (array, 0));
  g_assert_cmpstr (confab_json_array_string (array, 1), ==, "y");
  g_assert_nonnull (confab_json_array_object (array, 2));
  g_assert_null (confab_json_array_object (array, 1));
  g_assert_null (confab_json_parse ("[]", 2, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER);
}

static void
test_depth (void)
{
  g_autofree char *open = g_strnfill (200000, '[');
  g_autofree char *deep = g_strconcat ("{\"a\":", open, NULL);
  g_autofree char *quoted = g_strconcat ("{\"a\":\"\\\"", open, "\"}", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) object = NULL;

  g_assert_null (confab_json_parse (deep, strlen (deep), &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER);

  /* Brackets in a string are text. */
  object = parse (quoted);
  g_assert_cmpuint (strlen (confab_json_get_string (object, "a")), ==, 200001);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event/content-is-text-where-it-can-be", test_content);
  g_test_add_func ("/event/text-is-always-utf8", test_surrogates);
  g_test_add_func ("/event/what-is-malformed-still-has-its-number", test_malformed);
  g_test_add_func ("/event/ids-are-written-one-way", test_ids);
  g_test_add_func ("/json/what-has-the-wrong-type-is-not-there", test_json);
  g_test_add_func ("/json/what-is-too-deep-is-refused", test_depth);

  return g_test_run ();
}
