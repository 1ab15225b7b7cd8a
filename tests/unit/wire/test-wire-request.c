/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-error.h"
#include "wire-limits.h"
#include "wire-request.h"

#include <string.h>

#define USER "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define ID   "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static WireRequest *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *ref = NULL;
  WireRequest *request = wire_request_parse (text, strlen (text), &ref, &error);

  g_assert_no_error (error);
  g_assert_nonnull (request);
  g_assert_null (ref);

  return request;
}

static void
assert_refused (const char *text,
                WireError   code,
                const char *ref,
                const char *in_message)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *found_ref = NULL;

  g_assert_null (wire_request_parse (text, strlen (text), &found_ref, &error));
  g_assert_error (error, WIRE_ERROR, (int) code);
  g_assert_cmpstr (found_ref, ==, ref);
  g_assert_nonnull (strstr (error->message, in_message));
}

/* Printed and read again it is the same. */
static void
assert_survives (const char *text)
{
  g_autoptr(WireRequest) request = parse (text);
  g_autofree char *printed = wire_request_print (request);
  g_autoptr(WireRequest) again = parse (printed);
  g_autofree char *printed_again = wire_request_print (again);

  g_assert_cmpint (request->action, ==, again->action);
  g_assert_cmpint (request->fields, ==, again->fields);
  g_assert_cmpstr (printed, ==, printed_again);
}

static void
test_every_action_survives (void)
{
  static const char *const requests[] = {
    "{\"action\":\"keepAlive\"}",
    "{\"action\":\"joinRoom\",\"rid\":\"tea\",\"token\":\"t\"}",
    "{\"action\":\"sendMessage\",\"uid\":\"" USER "\",\"content\":{\"a\":1},\"notification\":\"\","
    "\"notificationConfig\":{\"always\":true},\"token\":\"IdT:s:o:j\"}",
    "{\"action\":\"broadcast\",\"rid\":\"tea\",\"content\":null,\"id\":\"" ID "\"}",
    "{\"action\":\"rtc\",\"uid\":\"cid:x=\",\"content\":{\"pickup\":\"u\"},\"token\":\"t\"}",
    "{\"action\":\"post\",\"ref\":\"1\",\"rid\":\"@" USER "\",\"id\":\"" ID
    "\",\"content\":\"100 %\"}",
    "{\"action\":\"rooms\",\"ref\":\"1\"}",
    "{\"action\":\"join\",\"ref\":\"1\",\"rid\":\"tea\"}",
    "{\"action\":\"leave\",\"ref\":\"1\",\"rid\":\"tea\"}",
    "{\"action\":\"subscribe\",\"ref\":\"1\",\"rid\":\"tea\",\"since\":0,\"epoch\":\"e\"}",
    "{\"action\":\"unsubscribe\",\"ref\":\"1\",\"rid\":\"tea\"}",
    "{\"action\":\"history\",\"ref\":\"1\",\"rid\":\"tea\",\"before\":7,\"limit\":200}",
    "{\"action\":\"history\",\"ref\":\"1\",\"rid\":\"tea\",\"after\":0,\"limit\":1}",
    "{\"action\":\"typing\",\"ref\":\"1\",\"rid\":\"tea\",\"on\":true}",
    "{\"action\":\"read\",\"ref\":\"1\",\"rid\":\"tea\",\"seq\":5,\"received\":6}",
    "{\"action\":\"groups\",\"ref\":\"1\",\"search\":\"t\",\"after\":\"a\",\"limit\":50}",
    "{\"action\":\"users\",\"ref\":\"1\",\"ids\":[\"" USER "\",\"" ID "\"]}",
    "{\"action\":\"members\",\"ref\":\"1\",\"rid\":\"tea\",\"after\":\"" USER "\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    assert_survives (requests[i]);
}

static void
test_fields_arrive (void)
{
  g_autoptr(WireRequest) post = parse ("{\"action\":\"post\",\"ref\":\"r\",\"rid\":\"te\\u0061\","
                                       "\"id\":\"" ID "\",\"content\": [ 1, \"%\" ] }");
  g_autoptr(WireRequest) read =
    parse ("{\"action\":\"read\",\"rid\":\"x\",\"seq\":9007199254740991}");
  char id[BASE_UUID_STRING_LENGTH + 1];
  gsize length;
  const char *content = g_bytes_get_data (post->content, &length);

  base_uuid_format (&post->id, id);
  g_assert_cmpint (post->action, ==, WIRE_ACTION_POST);
  g_assert_cmpstr (post->ref, ==, "r");
  g_assert_cmpstr (post->rid, ==, "tea");
  g_assert_cmpstr (id, ==, ID);
  g_assert_cmpmem (content, length, "[ 1, \"%\" ]", 10);
  g_assert_cmpuint (read->seq, ==, G_GUINT64_CONSTANT (9007199254740991));
  g_assert_cmpint (read->fields, ==, WIRE_FIELD_RID | WIRE_FIELD_SEQ);
  g_assert_null (read->ref);
}

static void
test_content_is_any_json (void)
{
  static const char *const contents[] = { "null", "0", "false", "\"\"", "\"\\u0000\"", "[]", "{}",
                                          "-1e9" };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"action\":\"broadcast\",\"rid\":\"a\","
                                               "\"content\":%s}",
                                               contents[i]);
      g_autoptr(WireRequest) request = parse (text);

      g_assert_cmpmem (g_bytes_get_data (request->content, NULL),
                       g_bytes_get_size (request->content),
                       contents[i], strlen (contents[i]));
    }
}

static void
test_no_room_is_told_in_three_ways (void)
{
  static const char *const requests[] = {
    "{\"action\":\"joinRoom\"}", "{\"action\":\"joinRoom\",\"rid\":null}",
    "{\"action\":\"joinRoom\",\"rid\":\"\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(WireRequest) request = parse (requests[i]);

      g_assert_null (request->rid);
      g_assert_false (request->fields & WIRE_FIELD_RID);
    }
}

static void
test_user_ids_become_lower_case (void)
{
  g_autoptr(WireRequest) send =
    parse ("{\"action\":\"sendMessage\",\"uid\":\"AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA\"}");
  g_autoptr(WireRequest) join =
    parse ("{\"action\":\"subscribe\",\"rid\":\"@AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA\"}");

  g_assert_cmpstr (send->uid, ==, USER);
  g_assert_cmpstr (join->rid, ==, "@" USER);
}

static void
test_the_last_of_two_keys_counts (void)
{
  g_autoptr(WireRequest) request =
    parse ("{\"action\":\"rooms\",\"rid\":7,\"action\":\"join\",\"rid\":\"x\"}");

  g_assert_cmpint (request->action, ==, WIRE_ACTION_JOIN);
  g_assert_cmpstr (request->rid, ==, "x");
}

static void
test_fields_of_other_actions_mean_nothing (void)
{
  g_autoptr(WireRequest) request =
    parse ("{\"action\":\"keepAlive\",\"rid\":7,\"limit\":\"x\",\"unknown\":[]}");

  g_assert_cmpint (request->fields, ==, 0);
}

static void
test_what_is_no_request_is_refused (void)
{
  assert_refused ("", WIRE_ERROR_INVALID_REQUEST, NULL, "object");
  assert_refused ("[]", WIRE_ERROR_INVALID_REQUEST, NULL, "object");
  assert_refused ("hello", WIRE_ERROR_INVALID_REQUEST, NULL, "object");
  assert_refused ("{}", WIRE_ERROR_INVALID_REQUEST, NULL, "action");
  assert_refused ("{\"action\":null}", WIRE_ERROR_INVALID_REQUEST, NULL, "action");
  assert_refused ("{\"action\":5,\"ref\":\"7\"}", WIRE_ERROR_INVALID_REQUEST, "7", "action");
  assert_refused ("{\"action\":\"fly\",\"ref\":\"7\"}", WIRE_ERROR_INVALID_REQUEST, "7", "fly");
  assert_refused ("{\"action\":\"keepAlive\"} x", WIRE_ERROR_INVALID_REQUEST, NULL,
                  "after the end");
  assert_refused ("{\"ref\":\"7\",\"action\":\"rooms\",", WIRE_ERROR_INVALID_REQUEST, "7",
                  "byte 28");
  assert_refused ("{\"action\":\"\xff\"}", WIRE_ERROR_INVALID_REQUEST, NULL, "UTF-8");
}

static void
test_missing_fields_are_named (void)
{
  assert_refused ("{\"action\":\"post\",\"ref\":\"7\",\"rid\":\"a\"}", WIRE_ERROR_INVALID_REQUEST,
                  "7", "content");
  assert_refused ("{\"action\":\"post\",\"ref\":\"7\",\"content\":1}", WIRE_ERROR_INVALID_REQUEST,
                  "7", "rid");
  assert_refused ("{\"action\":\"join\",\"rid\":\"\"}", WIRE_ERROR_INVALID_REQUEST, NULL, "rid");
  assert_refused ("{\"action\":\"typing\",\"rid\":\"a\",\"on\":null}", WIRE_ERROR_INVALID_REQUEST,
                  NULL, "on");
  assert_refused ("{\"action\":\"sendMessage\"}", WIRE_ERROR_INVALID_REQUEST, NULL, "uid");
}

static void
test_wrong_types_are_named (void)
{
  static const struct
  {
    const char *text;
    const char *field;
  } wrong[] = {
    { "{\"action\":\"join\",\"ref\":\"7\",\"rid\":5}", "rid" },
    { "{\"action\":\"join\",\"ref\":\"7\",\"rid\":\"a\\u0000b\"}", "rid" },
    { "{\"action\":\"post\",\"ref\":\"7\",\"rid\":\"a\",\"content\":1,\"id\":\"x\"}", "id" },
    { "{\"action\":\"subscribe\",\"ref\":\"7\",\"rid\":\"a\",\"since\":-1}", "since" },
    { "{\"action\":\"subscribe\",\"ref\":\"7\",\"rid\":\"a\",\"since\":1.5}", "since" },
    { "{\"action\":\"subscribe\",\"ref\":\"7\",\"rid\":\"a\",\"epoch\":[]}", "epoch" },
    { "{\"action\":\"history\",\"ref\":\"7\",\"rid\":\"a\",\"limit\":0}", "limit" },
    { "{\"action\":\"history\",\"ref\":\"7\",\"rid\":\"a\",\"limit\":201}", "limit" },
    { "{\"action\":\"history\",\"ref\":\"7\",\"rid\":\"a\",\"after\":\"x\"}", "after" },
    { "{\"action\":\"history\",\"ref\":\"7\",\"rid\":\"a\",\"after\":1,\"before\":2}", "after" },
    { "{\"action\":\"groups\",\"ref\":\"7\",\"after\":1}", "after" },
    { "{\"action\":\"typing\",\"ref\":\"7\",\"rid\":\"a\",\"on\":1}", "on" },
    { "{\"action\":\"users\",\"ref\":\"7\",\"ids\":{}}", "ids" },
    { "{\"action\":\"users\",\"ref\":\"7\",\"ids\":[1]}", "ids" },
    { "{\"action\":\"users\",\"ref\":\"7\",\"ids\":[\"x\"]}", "ids" },
    { "{\"action\":\"sendMessage\",\"ref\":\"7\",\"uid\":\"x\"}", "uid" },
    { "{\"action\":\"sendMessage\",\"ref\":\"7\",\"uid\":\"" USER "\",\"notificationConfig\":1}",
      "notificationConfig" },
    { "{\"action\":\"sendMessage\",\"ref\":\"7\",\"uid\":\"" USER "\",\"notification\":{}}",
      "notification" },
    { "{\"action\":\"rtc\",\"ref\":\"7\",\"uid\":\"" USER "\"}", "uid" },
    { "{\"action\":\"rtc\",\"ref\":\"7\",\"uid\":\"cid:\"}", "uid" },
    { "{\"action\":\"joinRoom\",\"ref\":\"7\",\"token\":7}", "token" },
    { "{\"action\":\"join\",\"ref\":\"7\",\"rid\":\"" USER "\"}", "rid" },
    { "{\"action\":\"join\",\"ref\":\"7\",\"rid\":\"@x\"}", "rid" },
    { "{\"action\":\"join\",\"ref\":\"7\",\"rid\":\"a\\nb\"}", "rid" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", wrong[i].field);

      assert_refused (wrong[i].text, WIRE_ERROR_INVALID_PARAMETER, "7", quoted);
    }
}

static void
test_refs_have_bounds (void)
{
  g_autofree char *longest = g_strnfill (WIRE_LIMIT_REF_BYTES, 'r');
  g_autofree char *right = g_strdup_printf ("{\"action\":\"rooms\",\"ref\":\"%s\"}", longest);
  g_autofree char *wrong = g_strdup_printf ("{\"action\":\"rooms\",\"ref\":\"%sr\"}", longest);
  g_autoptr(WireRequest) request = parse (right);

  g_assert_cmpstr (request->ref, ==, longest);
  assert_refused (wrong, WIRE_ERROR_INVALID_PARAMETER, NULL, "ref");
  assert_refused ("{\"action\":\"rooms\",\"ref\":\"\"}", WIRE_ERROR_INVALID_PARAMETER, NULL, "ref");
  assert_refused ("{\"action\":\"rooms\",\"ref\":7}", WIRE_ERROR_INVALID_PARAMETER, NULL, "ref");
}

/* @head and a content of so many bytes fit, and one byte more does not. */
static void
assert_content_bound (const char *head,
                      gsize       limit_bytes)
{
  g_autofree char *fits = g_strnfill (limit_bytes - 2, 'x');
  g_autofree char *right = g_strdup_printf ("%s,\"content\":\"%s\"}", head, fits);
  g_autofree char *wrong = g_strdup_printf ("%s,\"content\":\"x%s\"}", head, fits);
  g_autoptr(WireRequest) request = parse (right);

  g_assert_cmpuint (g_bytes_get_size (request->content), ==, limit_bytes);
  assert_refused (wrong, WIRE_ERROR_TOO_LARGE, "7", "content");
}

static void
test_content_has_a_bound (void)
{
  assert_content_bound ("{\"action\":\"post\",\"ref\":\"7\",\"rid\":\"a\"",
                        WIRE_LIMIT_MESSAGE_BYTES);
  assert_content_bound ("{\"action\":\"rtc\",\"ref\":\"7\",\"uid\":\"cid:x=\"",
                        WIRE_LIMIT_SIGNAL_BYTES);
}

static void
test_too_many_ids_are_refused (void)
{
  g_autoptr(GString) text =
    g_string_new ("{\"action\":\"users\",\"ref\":\"7\",\"ids\":[\"" USER "\"");

  for (guint i = 1; i < WIRE_LIMIT_IDS; i++)
    g_string_append (text, ",\"" USER "\"");
  g_string_append (text, "]}");
  wire_request_free (parse (text->str));

  g_string_insert (text, (gssize) text->len - 2, ",\"" USER "\"");
  assert_refused (text->str, WIRE_ERROR_INVALID_PARAMETER, "7", "ids");
}

static void
test_ten_thousand_arrays_are_refused (void)
{
  g_autofree char *arrays = g_strnfill (10000, '[');
  g_autofree char *text = g_strdup_printf ("{\"ref\":\"7\",\"action\":\"post\",\"rid\":\"a\","
                                           "\"content\":%s",
                                           arrays);

  assert_refused (text, WIRE_ERROR_INVALID_REQUEST, "7", "nested");
}

static void
test_a_long_action_is_not_repeated (void)
{
  g_autofree char *name = g_strnfill (100000, 'a');
  g_autofree char *text = g_strdup_printf ("{\"action\":\"%s\"}", name);
  g_autofree char *ref = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (wire_request_parse (text, strlen (text), &ref, &error));
  g_assert_cmpuint (strlen (error->message), <, 200);
}

#define ADD(name, func) g_test_add_func ("/request/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("every-action-survives", test_every_action_survives);
  ADD ("fields-arrive", test_fields_arrive);
  ADD ("content-is-any-json", test_content_is_any_json);
  ADD ("no-room-is-told-in-three-ways", test_no_room_is_told_in_three_ways);
  ADD ("user-ids-become-lower-case", test_user_ids_become_lower_case);
  ADD ("the-last-of-two-keys-counts", test_the_last_of_two_keys_counts);
  ADD ("fields-of-other-actions-mean-nothing", test_fields_of_other_actions_mean_nothing);
  ADD ("what-is-no-request-is-refused", test_what_is_no_request_is_refused);
  ADD ("missing-fields-are-named", test_missing_fields_are_named);
  ADD ("wrong-types-are-named", test_wrong_types_are_named);
  ADD ("refs-have-bounds", test_refs_have_bounds);
  ADD ("content-has-a-bound", test_content_has_a_bound);
  ADD ("too-many-ids-are-refused", test_too_many_ids_are_refused);
  ADD ("ten-thousand-arrays-are-refused", test_ten_thousand_arrays_are_refused);
  ADD ("a-long-action-is-not-repeated", test_a_long_action_is_not_repeated);

  return g_test_run ();
}
