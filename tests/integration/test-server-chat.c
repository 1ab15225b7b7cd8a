/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#define ID_A "01890a5d-ac96-774b-bcce-b302099a8057"
#define ID_B "01890a5d-ac96-774b-bcce-b302099a8058"

static void
ask_away (RawPeer    *peer,
          const char *members)
{
  g_autoptr(JsonObject) ok = raw_peer_ask_ok (peer, "%s", members);

  g_assert_nonnull (ok);
}

static void
test_two_people_meet_in_a_group (ServerSpace   *self,
                                 gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autoptr(JsonObject) joined = NULL;
  g_autoptr(JsonObject) notice = NULL;
  g_autoptr(JsonObject) posted = NULL;
  g_autoptr(JsonObject) message = NULL;
  g_autoptr(JsonObject) history = NULL;
  JsonArray *events;

  ask_away (ann, "\"action\":\"join\",\"rid\":\"Tea room\"");
  joined = raw_peer_ask_ok (bob, "\"action\":\"join\",\"rid\":\"Tea room\"");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (joined, "room"),
                                               "members"), ==, 2);

  /* Her own arrival first, then his. */
  g_clear_pointer (&notice, json_object_unref);
  notice = raw_peer_await_key (ann, "#notice");
  g_assert_cmpstr (json_object_get_string_member (notice, "#user_id"), ==, self->ann->user_id);
  g_clear_pointer (&notice, json_object_unref);
  notice = raw_peer_await_key (ann, "#notice");
  g_assert_cmpstr (json_object_get_string_member (notice, "#code"), ==, "USER_JOINED");
  g_assert_cmpstr (json_object_get_string_member (notice, "#user_id"), ==, self->bob->user_id);

  posted = raw_peer_ask_ok (bob, "\"action\":\"post\",\"rid\":\"Tea room\",\"id\":\"" ID_A "\","
                                 "\"content\":{\"text\":\"100%% Grüße ☃\"}");
  g_assert_cmpint (json_object_get_int_member (posted, "seq"), ==, 3);

  message = raw_peer_await_key (ann, "#message");
  g_assert_cmpstr (json_object_get_string_member (
                     json_object_get_object_member (message, "#message"), "text"),
                   ==, "100% Grüße ☃");
  g_assert_cmpint (json_object_get_int_member (message, "#seq"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (message, "#id"), ==, ID_A);
  g_assert_cmpstr (json_object_get_string_member (message, "#user_id"), ==, self->bob->user_id);

  history = raw_peer_ask_ok (ann, "\"action\":\"history\",\"rid\":\"Tea room\"");
  events = json_object_get_array_member (history, "events");
  g_assert_cmpuint (json_array_get_length (events), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (events, i), "seq"),
                     ==, i + 1);
}

static void
test_who_was_away_catches_up (ServerSpace   *self,
                              gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) bob = NULL;
  g_autoptr(JsonObject) snapshot = NULL;
  g_autoptr(JsonObject) other_epoch = NULL;
  g_autoptr(JsonObject) beyond = NULL;
  JsonArray *events;

  ask_away (ann, "\"action\":\"join\",\"rid\":\"Tea room\"");
  for (guint i = 0; i < 5; i++)
    ask_away (ann, "\"action\":\"post\",\"rid\":\"Tea room\",\"content\":\"hello\"");

  bob = server_process_connect (self->server, self->bob);
  snapshot = raw_peer_ask_ok (bob, "\"action\":\"subscribe\",\"rid\":\"Tea room\",\"since\":3");
  events = json_object_get_array_member (snapshot, "events");
  g_assert_cmpuint (json_array_get_length (events), ==, 3);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (events, 0), "seq"),
                   ==, 4);
  g_assert_false (json_object_get_boolean_member (snapshot, "reset"));
  g_assert_false (json_object_get_boolean_member (snapshot, "more"));

  other_epoch = raw_peer_ask_ok (bob, "\"action\":\"subscribe\",\"rid\":\"Tea room\",\"since\":3,"
                                      "\"epoch\":\"of long ago\"");
  g_assert_true (json_object_get_boolean_member (other_epoch, "reset"));
  beyond = raw_peer_ask_ok (bob, "\"action\":\"subscribe\",\"rid\":\"Tea room\",\"since\":99");
  g_assert_true (json_object_get_boolean_member (beyond, "reset"));
}

static void
test_private_conversation (ServerSpace   *self,
                           gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) phone = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autofree char *of_ann = g_strconcat ("@", self->ann->user_id, NULL);
  g_autofree char *of_bob = g_strconcat ("@", self->bob->user_id, NULL);
  g_autoptr(JsonObject) sent = NULL;
  g_autoptr(JsonObject) rooms = NULL;
  g_autoptr(JsonObject) read = NULL;
  g_autoptr(JsonObject) missing = NULL;
  JsonObject *room;

  sent = raw_peer_ask_ok (ann, "\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":\"psst\"",
                          self->bob->user_id);

  for (guint i = 0; i < 3; i++)
    {
      RawPeer *peer = i == 0 ? ann : i == 1 ? phone : bob;
      g_autoptr(JsonObject) message = raw_peer_await_key (peer, "#private");
      g_autoptr(JsonObject) new_room = raw_peer_await_key (peer, "#room");

      g_assert_cmpstr (json_object_get_string_member (message, "#room"), ==,
                       i == 2 ? of_ann : of_bob);
      g_assert_cmpstr (json_object_get_string_member (
                         json_object_get_object_member (new_room, "#room"), "rid"),
                       ==, i == 2 ? of_ann : of_bob);
    }

  rooms = raw_peer_ask_ok (bob, "\"action\":\"rooms\"");
  room = json_array_get_object_element (json_object_get_array_member (rooms, "rooms"), 0);
  g_assert_cmpstr (json_object_get_string_member (room, "kind"), ==, "direct");
  g_assert_cmpint (json_object_get_int_member (room, "unread"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (room, "peer"),
                                                  "name"), ==, "ann");

  read = raw_peer_ask_ok (bob, "\"action\":\"read\",\"rid\":\"%s\",\"seq\":1", of_ann);
  g_clear_pointer (&read, json_object_unref);
  read = raw_peer_await_key (phone, "#read");
  g_assert_cmpstr (json_object_get_string_member (read, "#user_id"), ==, self->bob->user_id);
  g_assert_cmpstr (json_object_get_string_member (read, "#room"), ==, of_bob);

  missing = raw_peer_ask (bob, "\"action\":\"post\",\"rid\":\"@" ID_B "\",\"content\":1");
  g_assert_cmpstr (raw_peer_get_error_code (missing), ==, "NOT_EXISTS");
}

static void
test_presence_of_contacts (ServerSpace   *self,
                           gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autoptr(JsonObject) sent = NULL;
  g_autoptr(JsonObject) presence = NULL;

  sent = raw_peer_ask_ok (ann, "\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":1",
                          self->bob->user_id);

  g_clear_pointer (&bob, raw_peer_free);
  do
    {
      g_clear_pointer (&presence, json_object_unref);
      presence = raw_peer_await_key (ann, "#presence");
    }
  while (g_str_equal (json_object_get_string_member (presence, "#presence"), "online"));
  g_assert_cmpstr (json_object_get_string_member (presence, "#user_id"), ==, self->bob->user_id);

  bob = server_process_connect (self->server, self->bob);
  g_clear_pointer (&presence, json_object_unref);
  presence = raw_peer_await_key (ann, "#presence");
  g_assert_cmpstr (json_object_get_string_member (presence, "#presence"), ==, "online");
}

/* A page with skapi-js and a window of the app in one group. */
static void
test_skapi_and_native_together (ServerSpace   *self,
                                gconstpointer  unused)
{
  g_autoptr(RawPeer) native = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) skapi = server_process_connect_skapi (self->server, self->bob);
  g_autofree char *id_token = server_process_dup_id_token (self->server, self->bob);
  g_autoptr(JsonObject) notice = NULL;
  g_autoptr(JsonObject) from_native = NULL;
  g_autoptr(JsonObject) from_skapi = NULL;
  g_autoptr(JsonObject) own = NULL;
  g_autoptr(JsonObject) private = NULL;
  g_autoptr(JsonObject) closing = NULL;

  ask_away (native, "\"action\":\"join\",\"rid\":\"Mixed\"");
  raw_peer_sendf (skapi, "{\"action\":\"keepAlive\"}");
  raw_peer_sendf (skapi, "{\"action\":\"joinRoom\",\"rid\":\"Mixed\",\"token\":\"%s\"}",
                  self->bob->access_token);
  notice = raw_peer_await_key (skapi, "#notice");
  g_assert_cmpstr (json_object_get_string_member (notice, "#user_id"), ==, self->bob->user_id);

  ask_away (native, "\"action\":\"post\",\"rid\":\"Mixed\",\"content\":\"from the app: 100%\"");
  from_native = raw_peer_await_key (skapi, "#message");
  g_assert_cmpstr (json_object_get_string_member (from_native, "#message"), ==,
                   "from the app: 100%");
  g_assert_cmpstr (json_object_get_string_member (from_native, "#srid"), ==, "Mixed");
  g_assert_false (json_object_has_member (from_native, "#seq"));

  raw_peer_sendf (skapi, "{\"action\":\"broadcast\",\"rid\":\"Mixed\",\"content\":{\"a\":[true]},"
                         "\"notification\":\"\",\"notificationConfig\":{},"
                         "\"token\":\"%s\"}", id_token);
  own = raw_peer_await_key (skapi, "#message");
  do
    {
      g_clear_pointer (&from_skapi, json_object_unref);
      from_skapi = raw_peer_await_key (native, "#message");
    }
  while (!g_str_equal (json_object_get_string_member (from_skapi, "#user_id"),
                       self->bob->user_id));
  g_assert_cmpint (json_object_get_int_member (from_skapi, "#seq"), ==, 3);

  raw_peer_sendf (skapi, "{\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":\"psst\"}",
                  self->ann->user_id);
  private = raw_peer_await_key (skapi, "#private");
  g_assert_false (json_object_has_member (private, "#srid"));
  g_clear_pointer (&private, json_object_unref);
  private = raw_peer_await_key (native, "#private");

  /* A tab that is closed says nothing else. */
  raw_peer_send_frame (skapi, RAW_PEER_CLOSE, "\x03\xe9", 2);
  g_assert_cmpuint (raw_peer_await_close (skapi, RAW_PEER_DEADLINE_MS), ==, 1001);
  closing = raw_peer_await_key (native, "#notice");
  while (!g_str_equal (json_object_get_string_member (closing, "#code"), "USER_DISCONNECTED"))
    {
      g_clear_pointer (&closing, json_object_unref);
      closing = raw_peer_await_key (native, "#notice");
    }
  g_assert_cmpint (json_object_get_int_member (closing, "#present"), ==, 0);
}

static void
test_typing_and_signalling (ServerSpace   *self,
                            gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autoptr(JsonObject) typing = NULL;
  g_autoptr(JsonObject) notice = NULL;

  ask_away (bob, "\"action\":\"subscribe\",\"rid\":\"Tea room\"");
  ask_away (ann, "\"action\":\"subscribe\",\"rid\":\"Tea room\"");
  ask_away (ann, "\"action\":\"typing\",\"rid\":\"Tea room\",\"on\":true");
  do
    {
      g_clear_pointer (&notice, json_object_unref);
      notice = raw_peer_await_key (bob, "#notice");
    }
  while (!g_str_equal (json_object_get_string_member (notice, "#user_id"), self->ann->user_id));
  typing = raw_peer_await_key (bob, "#typing");
  g_assert_true (json_object_get_boolean_member (typing, "#typing"));

  for (guint i = 0; i < 20; i++)
    raw_peer_sendf (bob, "{\"action\":\"rtc\",\"uid\":\"cid:%s\",\"content\":{\"candidate\":%u}}",
                    json_object_get_string_member (notice, "#scid"), i);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr(JsonObject) rtc = raw_peer_await_key (ann, "#rtc");

      g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (rtc, "#rtc"),
                                                   "candidate"), ==, i);
    }
}

static void
test_lists (ServerSpace   *self,
            gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect (self->server, self->ann);
  g_autoptr(JsonObject) groups = NULL;
  g_autoptr(JsonObject) users = NULL;
  g_autoptr(JsonObject) members = NULL;
  g_autoptr(JsonObject) unknown = NULL;
  JsonObject *group;

  ask_away (ann, "\"action\":\"join\",\"rid\":\"Apple\"");
  ask_away (ann, "\"action\":\"subscribe\",\"rid\":\"Banana\"");

  groups = raw_peer_ask_ok (ann, "\"action\":\"groups\"");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (groups, "groups")), ==, 2);
  group = json_array_get_object_element (json_object_get_array_member (groups, "groups"), 0);
  g_assert_cmpstr (json_object_get_string_member (group, "rid"), ==, "Apple");
  g_assert_cmpint (json_object_get_int_member (group, "present"), ==, 1);
  g_assert_true (json_object_get_boolean_member (group, "member"));

  users = raw_peer_ask_ok (ann, "\"action\":\"users\"");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (users, "users")), ==, 2);
  members = raw_peer_ask_ok (ann, "\"action\":\"members\",\"rid\":\"Apple\"");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (members, "users")), ==, 1);
  unknown = raw_peer_ask (ann, "\"action\":\"history\",\"rid\":\"Cherry\"");
  g_assert_cmpstr (raw_peer_get_error_code (unknown), ==, "NOT_EXISTS");
}

#define add(name, func) \
        g_test_add ("/server/chat/" name, ServerSpace, NULL, server_space_set_up, func, \
                    server_space_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("two-people-meet-in-a-group", test_two_people_meet_in_a_group);
  add ("who-was-away-catches-up", test_who_was_away_catches_up);
  add ("private-conversation", test_private_conversation);
  add ("presence-of-contacts", test_presence_of_contacts);
  add ("skapi-and-native-together", test_skapi_and_native_together);
  add ("typing-and-signalling", test_typing_and_signalling);
  add ("lists", test_lists);

  return g_test_run ();
}
