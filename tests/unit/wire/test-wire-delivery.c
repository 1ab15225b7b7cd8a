/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-delivery.h"
#include "wire-limits.h"
#include "wire-ws-reader.h"

#include <string.h>

#define USER "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define ID   "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static BaseUuid user_id;
static BaseUuid id;

/* Reads the frame as a client would, and frees it. */
static void
assert_frame (GBytes     *frame,
              const char *expected)
{
  const WireWsReaderOptions options = { .max_message_bytes = 100000, .max_fragments = 1 };
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  g_auto(WireWsReader) reader = { 0 };
  WireWsMessage message;
  gsize used;

  g_assert_cmpint (wire_ws_reader_feed (&reader, &options, copy, g_bytes_get_size (frame), &used,
                                        &message), ==, WIRE_WS_MESSAGE);
  g_assert_cmpuint (used, ==, g_bytes_get_size (frame));
  g_assert_cmpint (message.opcode, ==, WIRE_WS_TEXT);
  g_assert_cmpmem (message.data, message.length, expected, strlen (expected));
  g_assert_true (wire_json_is_valid (expected, strlen (expected), WIRE_JSON_MAX_DEPTH));
  g_bytes_unref (frame);
}

static WireEvent
make_event (WireEventType  type,
            GBytes        *content)
{
  return (WireEvent) { type, &id, 7, 1767225600000, &user_id, content };
}

static void
test_messages_to_a_group (void)
{
  g_autoptr(GBytes) content = g_bytes_new_static ("{\"text\":\"100 %\"}", 16);
  WireEvent event = make_event (WIRE_EVENT_MESSAGE, content);
  WireMessage message = { .event = &event, .scid = "cid=", .group = "a \"b\" %", .epoch = "epoch" };

  assert_frame (wire_frame_message (WIRE_LAYER_SKAPI, &message),
                "{\"#message\":{\"text\":\"100 \\u0025\"},\"#user_id\":\"" USER
                "\",\"#scid\":\"cid=\","
                "\"#srid\":\"a \\\"b\\\" \\u0025\"}");
  assert_frame (wire_frame_message (WIRE_LAYER_NATIVE, &message),
                "{\"#message\":{\"text\":\"100 \\u0025\"},\"#user_id\":\"" USER
                "\",\"#scid\":\"cid=\","
                "\"#srid\":\"a \\\"b\\\" \\u0025\",\"#id\":\"" ID
                "\",\"#seq\":7,\"#at\":1767225600000,"
                "\"#epoch\":\"epoch\"}");
}

static void
test_messages_to_a_user (void)
{
  WireEvent event = make_event (WIRE_EVENT_MESSAGE, NULL);
  WireMessage message = { .event = &event, .direct_rid = "@" USER, .epoch = "epoch" };

  assert_frame (wire_frame_message (WIRE_LAYER_SKAPI, &message),
                "{\"#private\":null,\"#user_id\":\"" USER "\"}");
  assert_frame (wire_frame_message (WIRE_LAYER_NATIVE, &message),
                "{\"#private\":null,\"#user_id\":\"" USER "\",\"#id\":\"" ID "\",\"#seq\":7,"
                "\"#at\":1767225600000,\"#epoch\":\"epoch\",\"#room\":\"@" USER "\"}");
}

/* The texts that Skapi clients look for: chat-example wants `message group` and quotes. */
static void
test_notices_have_the_words_of_skapi (void)
{
  assert_frame (wire_frame_notice (WIRE_NOTICE_JOINED, &user_id, "cid=", "tea", 1),
                "{\"#notice\":\"User \\\"" USER
                "\\\" has joined the message group.\",\"#user_id\":\"" USER "\","
                "\"#scid\":\"cid=\",\"#srid\":\"tea\",\"#code\":\"USER_JOINED\",\"#present\":1}");
  assert_frame (wire_frame_notice (WIRE_NOTICE_LEFT, &user_id, "cid=", "tea", 0),
                "{\"#notice\":\"User \\\"" USER
                "\\\" has left the message group.\",\"#user_id\":\"" USER "\","
                "\"#scid\":\"cid=\",\"#srid\":\"tea\",\"#code\":\"USER_LEFT\",\"#present\":0}");
  assert_frame (wire_frame_notice (WIRE_NOTICE_DISCONNECTED, &user_id, "cid=", "tea", 0),
                "{\"#notice\":\"User \\\"" USER
                "\\\" in the message group has been disconnected.\","
                "\"#user_id\":\"" USER "\",\"#scid\":\"cid=\",\"#srid\":\"tea\","
                "\"#code\":\"USER_DISCONNECTED\",\"#present\":0}");
}

static void
test_transient_frames (void)
{
  g_autoptr(GBytes) content = g_bytes_new_static ("{\"pickup\":\"u\"}", 14);

  assert_frame (wire_frame_rtc (content, &user_id, "cid="),
                "{\"#rtc\":{\"pickup\":\"u\"},\"#user_id\":\"" USER "\",\"#scid\":\"cid=\"}");
  assert_frame (wire_frame_typing (TRUE, &user_id, "tea"),
                "{\"#typing\":true,\"#user_id\":\"" USER "\",\"#room\":\"tea\"}");
  assert_frame (wire_frame_read (5, 6, &user_id, "tea"),
                "{\"#read\":{\"seq\":5,\"received\":6},\"#user_id\":\"" USER
                "\",\"#room\":\"tea\"}");
  assert_frame (wire_frame_presence (FALSE, &user_id, 9),
                "{\"#presence\":\"offline\",\"#user_id\":\"" USER "\",\"#at\":9}");
  assert_frame (wire_frame_left ("tea"), "{\"#left\":\"tea\"}");
}

static void
test_events_and_users (void)
{
  WireEvent event = make_event (WIRE_EVENT_JOINED, NULL);
  WireUser user = { &user_id, "ada", "Ada \"%\"", TRUE, 0 };

  assert_frame (wire_frame_event (&event, "tea", "epoch"),
                "{\"#event\":{\"type\":\"joined\",\"id\":\"" ID "\",\"seq\":7,\"at\":1767225600000,"
                "\"user_id\":\"" USER "\"},\"#room\":\"tea\",\"#epoch\":\"epoch\"}");
  assert_frame (wire_frame_user (&user),
                "{\"#user\":{\"user_id\":\"" USER
                "\",\"name\":\"ada\",\"display_name\":\"Ada \\\"\\u0025\\\"\","
                "\"online\":true,\"last_seen\":null}}");
}

static void
test_rooms_with_and_without (void)
{
  g_autoptr(GBytes) content = g_bytes_new_static ("1", 1);
  WireEvent last = make_event (WIRE_EVENT_MESSAGE, content);
  WireUser peer = { &user_id, "ada", "Ada", FALSE, 5 };
  WireRoom room = { .rid = "@" USER, .direct = TRUE, .epoch = "e", .seq = 9, .n_members = 2,
                    .n_present = 1,
                    .member = TRUE, .read_seq = 3, .n_unread = 4, .last = &last, .peer = &peer };
  WireRoom empty = { .rid = "tea", .epoch = "e" };

  assert_frame (wire_frame_room (&room),
                "{\"#room\":{\"rid\":\"@" USER
                "\",\"kind\":\"direct\",\"epoch\":\"e\",\"seq\":9,\"members\":2,"
                "\"present\":1,\"member\":true,\"read\":3,\"unread\":4,"
                "\"last\":{\"type\":\"message\","
                "\"id\":\"" ID "\",\"seq\":7,\"at\":1767225600000,\"user_id\":\"" USER
                "\",\"content\":1},"
                "\"peer\":{\"user_id\":\"" USER "\",\"name\":\"ada\",\"display_name\":\"Ada\","
                "\"online\":false,\"last_seen\":5}}}");
  assert_frame (wire_frame_room (&empty),
                "{\"#room\":{\"rid\":\"tea\",\"kind\":\"group\",\"epoch\":\"e\",\"seq\":0,"
                "\"members\":0,"
                "\"present\":0,\"member\":false,\"read\":0,\"unread\":0,\"last\":null}}");
}

static void
test_replies_carry_their_ref (void)
{
  GString *json = wire_reply_begin (10);

  g_string_append (json, "{}");
  assert_frame (wire_reply_end (json, "\"7\""), "{\"#ok\":{},\"#ref\":\"\\\"7\\\"\"}");
  assert_frame (wire_frame_error (WIRE_ERROR_NOT_EXISTS, "no %", 0, "7"),
                "{\"#error\":{\"code\":\"NOT_EXISTS\",\"message\":\"no \\u0025\"},\"#ref\":\"7\"}");
  assert_frame (wire_frame_error (WIRE_ERROR_TOO_MANY_REQUESTS, "wait", 250, NULL),
                "{\"#error\":{\"code\":\"TOO_MANY_REQUESTS\",\"message\":\"wait\","
                "\"retry_after_ms\":250}}");
}

static void
test_hello_tells_the_limits (void)
{
  assert_frame (wire_frame_hello ("cid=", &user_id, "us31", 5, 25000, "{\"a\":1}"),
                "{\"#hello\":{\"cid\":\"cid=\",\"user_id\":\"" USER
                "\",\"service\":\"us31\",\"at\":5,"
                "\"ping_ms\":25000,\"limits\":{\"a\":1}}}");
}

static void
test_limits_are_those_of_the_protocol (void)
{
  g_autofree char *printed = NULL;
  WireLimits limits;

  wire_limits_init (&limits);
  printed = wire_limits_print (&limits);
  g_assert_cmpstr (printed, ==,
                   "{\"message_bytes\":2097152,\"frame_bytes\":2162688,\"fragments\":1024,"
                   "\"json_depth\":64,"
                   "\"frames_per_second\":200,\"frames_burst\":2000,\"rooms_per_connection\":1000,"
                   "\"pending_requests\":256,\"group_name_bytes\":256,\"user_name_chars\":64,"
                   "\"display_name_chars\":128,\"password_bytes\":1024}");
}

static void
test_frames_of_every_size_have_their_header (void)
{
  static const gsize sizes[] = { 2, 125, 126, 65535, 65536, 90000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *digits = g_strnfill (sizes[i], '1');
      GString *json = wire_frame_begin (0);

      wire_json_append_raw (json, digits, sizes[i]);
      assert_frame (wire_frame_end (json), digits);
    }
}

static void
test_every_error_has_a_name_and_a_status (void)
{
  for (guint code = WIRE_ERROR_INVALID_REQUEST; code <= WIRE_ERROR_FAILED; code++)
    {
      const char *name = wire_error_get_name ((WireError) code);

      g_assert_nonnull (name);
      g_assert_cmpuint (wire_error_get_status ((WireError) code), >=, 400);
    }
}

#define ADD(name, func) g_test_add_func ("/delivery/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (base_uuid_parse (&user_id, USER, -1));
  g_assert_true (base_uuid_parse (&id, ID, -1));

  ADD ("messages-to-a-group", test_messages_to_a_group);
  ADD ("messages-to-a-user", test_messages_to_a_user);
  ADD ("notices-have-the-words-of-skapi", test_notices_have_the_words_of_skapi);
  ADD ("transient-frames", test_transient_frames);
  ADD ("events-and-users", test_events_and_users);
  ADD ("rooms-with-and-without", test_rooms_with_and_without);
  ADD ("replies-carry-their-ref", test_replies_carry_their_ref);
  ADD ("hello-tells-the-limits", test_hello_tells_the_limits);
  ADD ("limits-are-those-of-the-protocol", test_limits_are_those_of_the_protocol);
  ADD ("frames-of-every-size-have-their-header", test_frames_of_every_size_have_their_header);
  ADD ("every-error-has-a-name-and-a-status", test_every_error_has_a_name_and_a_status);

  return g_test_run ();
}
