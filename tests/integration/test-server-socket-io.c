/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <string.h>

/* Socket.IO and Altogic's events, spoken byte by byte with a real server. */

#define PATH "/socket.io/?EIO=4&transport=websocket"

/* The next frame has to be this one; text or, where there is a length, bytes. */
static void
expect_frame (RawPeer    *peer,
              guint8      first,
              const void *data,
              gsize       length)
{
  g_auto(RawPeerFrame) frame = { 0 };

  g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &frame), ==, RAW_PEER_GOT_FRAME);
  g_assert_cmpuint (frame.first, ==, first);
  if (first == RAW_PEER_TEXT)
    g_assert_cmpstr (g_bytes_get_data (frame.payload, NULL), ==, data);
  else
    g_assert_cmpmem (g_bytes_get_data (frame.payload, NULL), g_bytes_get_size (frame.payload), data,
                     length);
}

static void
expect (RawPeer    *peer,
        const char *text)
{
  expect_frame (peer, RAW_PEER_TEXT, text, 0);
}

static char *
receive_text (RawPeer *peer)
{
  g_auto(RawPeerFrame) frame = { 0 };

  g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &frame), ==, RAW_PEER_GOT_FRAME);
  g_assert_cmpuint (frame.first, ==, RAW_PEER_TEXT);

  return g_strdup (g_bytes_get_data (frame.payload, NULL));
}

/* Nobody yet. */
static RawPeer *
open_peer (ServerSpace *self)
{
  RawPeer *peer = raw_peer_new (server_process_get_port (self->server));
  g_autofree char *hello = NULL;

  g_assert_cmpuint (raw_peer_upgrade (peer, PATH, NULL), ==, 101);
  hello = receive_text (peer);
  g_assert_true (g_str_has_prefix (hello, "0{\"sid\":\""));
  g_assert_nonnull (strstr (hello, "\",\"upgrades\":[],\"pingInterval\":"));

  return peer;
}

/* Somebody; tells the sid. */
static RawPeer *
connect_peer (ServerSpace          *self,
              const ServerAccount  *account,
              const char           *options,
              char                **sid)
{
  RawPeer *peer = open_peer (self);
  g_autofree char *answer = NULL;

  raw_peer_sendf (peer,
                  "40{%s\"subdomain\":\"\",\"envId\":\"e\",\"clientKey\":\"k\",\"Session\":\"%s\"}",
                  options, account->access_token);
  answer = receive_text (peer);
  g_assert_true (g_str_has_prefix (answer, "40{\"sid\":\""));
  g_assert_cmpuint (strlen (answer), ==, strlen ("40{\"sid\":\"\"}") + 16);
  if (sid)
    *sid = g_strndup (answer + 10, 16);

  return peer;
}

static void
expect_member_event (RawPeer    *peer,
                     const char *event,
                     const char *sid,
                     const char *data)
{
  g_autofree char *expected =
    g_strdup_printf ("42[\"channel:%s\",{\"channel\":\"c\",\"message\":{\"id\":\"%s\"%s%s}}]",
                     event,
                     sid, data ? ",\"data\":" : "", data ? data : "");

  expect (peer, expected);
}

static void
test_a_client_is_nobody_until_it_says_who_it_is (ServerSpace   *self,
                                                 gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = open_peer (self);
  g_autofree char *answer = NULL;

  raw_peer_send (peer, "40");
  expect (peer, "44{\"message\":\"Realtime Connection Error - A session token is needed\","
                "\"data\":{\"origin\":\"client_error\",\"code\":\"missing_session_token\","
                "\"message\":\"A session token is needed\"}}");
  raw_peer_send (peer, "40{\"Session\":\"abc\"}");
  expect (peer, "44{\"message\":\"Realtime Connection Error - The session token is not valid\","
                "\"data\":{\"origin\":\"client_error\",\"code\":\"invalid_session_token\","
                "\"message\":\"The session token is not valid\"}}");
  raw_peer_send (peer, "40/random");
  expect (peer, "44/random,{\"message\":\"Invalid namespace\"}");

  raw_peer_sendf (peer, "40{\"Session\":\"%s\"}", self->ann->access_token);
  answer = receive_text (peer);
  g_assert_true (g_str_has_prefix (answer, "40{\"sid\":"));

  /* and can be nobody again */
  raw_peer_send (peer, "41");
  raw_peer_send (peer, "40");
  g_free (answer);
  answer = receive_text (peer);
  g_assert_true (g_str_has_prefix (answer, "44{"));
}

static void
test_everybody_meets_in_the_same_room (ServerSpace   *self,
                                       gconstpointer  unused)
{
  g_autofree char *sid = NULL;
  g_autoptr(RawPeer) altogic = connect_peer (self, self->ann, "", &sid);
  g_autoptr(RawPeer) skapi = server_process_connect_skapi (self->server, self->bob);
  g_autoptr(RawPeer) native = server_process_connect (self->server, self->bob);
  g_autoptr(JsonObject) message = NULL;
  g_autoptr(JsonObject) event = NULL;
  g_autoptr(JsonObject) history = NULL;
  g_autoptr(JsonObject) joined = NULL;
  g_autofree char *join = NULL;

  raw_peer_send (altogic, "42[\"update\",{\"data\":{\"username\":\"Ann\"}}]");
  raw_peer_send (altogic, "42[\"join\",{\"channel\":\"c\"}]");
  expect_member_event (altogic, "join", sid, "{\"username\":\"Ann\"}");

  raw_peer_send (skapi, "{\"action\":\"joinRoom\",\"rid\":\"c\"}");
  join = receive_text (altogic);
  g_assert_true (g_str_has_prefix (join, "42[\"channel:join\",{\"channel\":\"c\",\"message\":{"));
  g_assert_null (strstr (join, "data"));
  joined = raw_peer_ask_ok (native, "\"action\":\"join\",\"rid\":\"c\"");
  g_clear_pointer (&join, g_free);
  join = receive_text (altogic);
  g_assert_true (g_str_has_prefix (join, "42[\"channel:join\""));

  /* what an Altogic page sends */
  raw_peer_send (altogic, "42[\"message\",{\"channel\":\"c\",\"eventName\":\"chat\","
                          "\"message\":{\"text\":\"100% é\"},\"echo\":false}]");
  message = raw_peer_await_key (skapi, "#message");
  g_assert_cmpstr (json_object_get_string_member (message, "#scid"), ==, sid);
  g_assert_cmpstr (json_object_get_string_member (message, "#user_id"), ==, self->ann->user_id);
  g_assert_cmpstr (json_object_get_string_member (message, "#srid"), ==, "c");
  event = json_object_ref (json_object_get_object_member (message, "#message"));
  g_assert_cmpstr (json_object_get_string_member (event, "eventName"), ==, "chat");
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (event, "message"),
                                                  "text"), ==, "100% é");
  history = raw_peer_ask_ok (native, "\"action\":\"history\",\"rid\":\"c\"");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (history, "events")), ==,
                    2);

  /* what others send */
  raw_peer_send (skapi, "{\"action\":\"broadcast\",\"rid\":\"c\",\"content\":{\"text\":\"hi %\"}}");
  expect (altogic, "42[\"message\",{\"channel\":\"c\",\"message\":{\"text\":\"hi %\"}}]");
  raw_peer_send (skapi, "{\"action\":\"broadcast\",\"rid\":\"c\","
                        "\"content\":{\"message\":[1],\"eventName\":\"tick\"}}");
  expect (altogic, "42[\"tick\",{\"channel\":\"c\",\"message\":[1]}]");
  raw_peer_send (skapi, "{\"action\":\"broadcast\",\"rid\":\"c\",\"content\":\"text\"}");
  expect (altogic, "42[\"message\",{\"channel\":\"c\",\"message\":\"text\"}]");

  /* nobody can make an event that Altogic keeps for itself */
  raw_peer_send (skapi, "{\"action\":\"broadcast\",\"rid\":\"c\","
                        "\"content\":{\"eventName\":\"channel:join\",\"message\":1}}");
  expect (altogic, "42[\"message\",{\"channel\":\"c\",\"message\":"
                   "{\"eventName\":\"channel:join\",\"message\":1}}]");

  /* the end of a connection is a leave */
  raw_peer_free (g_steal_pointer (&altogic));
  for (;;)
    {
      g_autoptr(JsonObject) next = raw_peer_await_key (skapi, "#notice");

      if (g_strcmp0 (json_object_get_string_member (next, "#code"), "USER_DISCONNECTED") == 0)
        break;
    }
}

static void
test_echo_is_as_asked (ServerSpace   *self,
                       gconstpointer  unused)
{
  static const struct
  {
    const char *connect;
    const char *argument;
    gboolean    heard;
  } table[] = {
    { "", "", TRUE },
    { "", ",\"echo\":true", TRUE },
    { "", ",\"echo\":false", FALSE },
    { "\"echoMessages\":true,", "", TRUE },
    { "\"echoMessages\":false,", "", FALSE },
    { "\"echoMessages\":false,", ",\"echo\":true", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *sid = NULL;
      g_autofree char *other_sid = NULL;
      g_autoptr(RawPeer) other = connect_peer (self, self->bob, "\"echoMessages\":false,",
                                               &other_sid);
      g_autoptr(RawPeer) peer = connect_peer (self, self->ann, table[i].connect, &sid);
      const char *argument = table[i].argument;

      raw_peer_send (other, "42[\"join\",{\"channel\":\"c\"}]");
      raw_peer_send (other, "427[\"join\",{\"channel\":\"c\"}]");
      expect (other, "437[{\"status\":\"ok\"}]");

      raw_peer_sendf (peer, "42[\"join\",{\"channel\":\"c\"%s}]", argument);
      expect_member_event (other, "join", sid, NULL);
      if (table[i].heard)
        expect_member_event (peer, "join", sid, NULL);

      raw_peer_sendf (peer, "42[\"update\",{\"data\":5%s}]", argument);
      expect_member_event (other, "update", sid, "5");
      if (table[i].heard)
        expect_member_event (peer, "update", sid, "5");

      raw_peer_sendf (peer, "42[\"message\",{\"channel\":\"c\",\"eventName\":\"e\"%s}]", argument);
      expect (other, "42[\"e\",{\"channel\":\"c\",\"message\":null}]");
      if (table[i].heard)
        expect (peer, "42[\"e\",{\"channel\":\"c\",\"message\":null}]");

      raw_peer_sendf (peer, "42[\"message\",{\"eventName\":\"all\",\"message\":\"x\"%s}]",
                      argument);
      expect (other, "42[\"all\",{\"channel\":null,\"message\":\"x\"}]");
      if (table[i].heard)
        expect (peer, "42[\"all\",{\"channel\":null,\"message\":\"x\"}]");

      raw_peer_sendf (peer, "42[\"leave\",{\"channel\":\"c\"%s}]", argument);
      expect_member_event (other, "leave", sid, "5");
      if (table[i].heard)
        expect_member_event (peer, "leave", sid, "5");

      /* Or whoever is next may hear of the end of this connection. */
      raw_peer_send (other, "428[\"leave\",{\"channel\":\"c\"}]");
      expect (other, "438[{\"status\":\"ok\"}]");
    }
}

static void
test_repeated_joins_and_leaves_are_nothing (ServerSpace   *self,
                                            gconstpointer  unused)
{
  g_autofree char *sid = NULL;
  g_autoptr(RawPeer) peer = connect_peer (self, self->ann, "", &sid);

  raw_peer_send (peer, "42[\"leave\",{\"channel\":\"c\"}]");
  raw_peer_send (peer, "42[\"join\",{\"channel\":\"c\"}]");
  raw_peer_send (peer, "42[\"join\",{\"channel\":\"c\"}]");
  expect_member_event (peer, "join", sid, NULL);
  raw_peer_send (peer, "421[\"leave\",{\"channel\":\"c\"}]");
  expect_member_event (peer, "leave", sid, NULL);
  expect (peer, "431[{\"status\":\"ok\"}]");
}

static void
test_bytes_reach_everybody (ServerSpace   *self,
                            gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = connect_peer (self, self->ann, "\"echoMessages\":false,", NULL);
  g_autoptr(RawPeer) bob = connect_peer (self, self->bob, "\"echoMessages\":false,", NULL);
  g_autoptr(RawPeer) skapi = server_process_connect_skapi (self->server, self->bob);
  g_autoptr(JsonObject) notice = NULL;
  g_autoptr(JsonObject) message = NULL;
  g_autofree char *join = NULL;

  /* One after the other: two connections have no order between them. */
  raw_peer_send (skapi, "{\"action\":\"joinRoom\",\"rid\":\"c\"}");
  notice = raw_peer_await_key (skapi, "#notice");
  raw_peer_send (bob, "42[\"join\",{\"channel\":\"c\",\"echo\":true}]");
  join = receive_text (bob);

  /* The sender is not in the channel, and need not be. */
  raw_peer_send (ann, "452-[\"message\",{\"channel\":\"c\",\"eventName\":\"message\",\"message\":"
                      "[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]}]");
  raw_peer_send_frame (ann, RAW_PEER_BINARY, "\x01\x02\x03", 3);
  raw_peer_send_frame (ann, RAW_PEER_BINARY, "", 0);
  expect (bob, "452-[\"message\",{\"channel\":\"c\",\"message\":"
               "[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]}]");
  expect_frame (bob, RAW_PEER_BINARY, "", 0);
  expect_frame (bob, RAW_PEER_BINARY, "\x01\x02\x03", 3);
  message = raw_peer_await_key (skapi, "#message");
  g_assert_cmpstr (json_object_get_string_member (
                     json_array_get_object_element (json_object_get_array_member (message, "#message"),
                                                    1), "$binary"), ==, "AQID");

  raw_peer_send (skapi,
                 "{\"action\":\"broadcast\",\"rid\":\"c\",\"content\":{\"$binary\":\"/w==\"}}");
  expect (bob,
          "451-[\"message\",{\"channel\":\"c\",\"message\":{\"_placeholder\":true,\"num\":0}}]");
  expect_frame (bob, RAW_PEER_BINARY, "\xff", 1);
}

static void
test_well_formed_nonsense_is_refused_by_name (ServerSpace   *self,
                                              gconstpointer  unused)
{
  static const struct
  {
    const char *packet;
    const char *code;
  } table[] = {
    { "42[\"nothing\",{}]", "INVALID_REQUEST" },
    { "42[5,{}]", "INVALID_REQUEST" },
    { "42[\"channel:join\",{\"channel\":\"c\"}]", "INVALID_REQUEST" },
    { "42[\"join\"]", "INVALID_PARAMETER" },
    { "42[\"join\",\"c\"]", "INVALID_PARAMETER" },
    { "42[\"join\",{}]", "INVALID_PARAMETER" },
    { "42[\"join\",{\"channel\":5}]", "INVALID_PARAMETER" },
    { "42[\"join\",{\"channel\":\"\"}]", "INVALID_PARAMETER" },
    { "42[\"join\",{\"channel\":\"@x\"}]", "INVALID_PARAMETER" },
    { "42[\"join\",{\"channel\":\"c\",\"echo\":1}]", "INVALID_PARAMETER" },
    { "42[\"leave\",{\"channel\":null}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"channel\":\"c\",\"message\":1}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"channel\":\"c\",\"eventName\":\"\"}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"channel\":\"c\",\"eventName\":\"disconnect\"}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"channel\":\"c\",\"eventName\":\"channel:join\"}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"eventName\":\"user:signin\"}]", "INVALID_PARAMETER" },
    { "42[\"message\",{\"eventName\":\"a\\u0001\"}]", "INVALID_PARAMETER" },
  };
  g_autoptr(RawPeer) peer = connect_peer (self, self->ann, "", NULL);
  g_autofree char *large = g_strnfill (9000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *expected = g_strdup_printf ("42[\"error\",{\"code\":\"%s\",\"message\":",
                                                   table[i].code);
      g_autofree char *answer = NULL;

      g_test_message ("%s", table[i].packet);
      raw_peer_send (peer, table[i].packet);
      answer = receive_text (peer);
      g_assert_cmpint (strncmp (answer, expected, strlen (expected)), ==, 0);
    }

  raw_peer_sendf (peer, "4212[\"update\",{\"data\":\"%s\"}]", large);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *answer = receive_text (peer);

      g_assert_nonnull (strstr (answer, "TOO_LARGE"));
      g_assert_true (g_str_has_prefix (answer, i == 0 ? "42[\"error\"" : "4312[{\"error\":"));
    }
}

static void
test_who_is_out_of_step_is_closed (ServerSpace   *self,
                                   gconstpointer  unused)
{
  static const char *const before[] = {
    "", "abc", "7", "0", "2", "2probe", "5", "6", "4", "4abc", "41", "42[\"join\",{\"channel\":\"c\"}]",
    "43[]", "44{}", "40[]", "40{", "451-[\"a\",{\"_placeholder\":true,\"num\":0}]",
  };
  static const char *const after[] = {
    "40{}", "42", "42{}", "42[]", "42abc[\"a\"]", "42[\"disconnect\"]", "42/x,[\"join\"]", "41/x",
    "43[]", "44\"x\"", "45[\"a\"]", "4511-[\"a\"]", "451-[\"a\"]", "1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_autoptr(RawPeer) peer = open_peer (self);

      g_test_message ("before: %s", before[i]);
      raw_peer_send (peer, before[i]);
      if (g_str_has_prefix (before[i], "45"))
        raw_peer_send_frame (peer, RAW_PEER_BINARY, "x", 1);
      g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 1002);
    }

  for (guint i = 0; i < G_N_ELEMENTS (after); i++)
    {
      g_autoptr(RawPeer) peer = connect_peer (self, self->ann, "", NULL);

      g_test_message ("after: %s", after[i]);
      raw_peer_send (peer, after[i]);
      g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==,
                        after[i][0] == '1' ? 1000 : 1002);
    }
}

static void
test_attachments_that_do_not_fit_close (ServerSpace   *self,
                                        gconstpointer  unused)
{
  g_autoptr(RawPeer) unasked = connect_peer (self, self->ann, "", NULL);
  g_autoptr(RawPeer) interrupted = connect_peer (self, self->ann, "", NULL);
  g_autoptr(RawPeer) huge = connect_peer (self, self->ann, "", NULL);
  g_autofree char *bytes = g_malloc0 (2 * 1024 * 1024);

  raw_peer_send_frame (unasked, RAW_PEER_BINARY, "x", 1);
  g_assert_cmpuint (raw_peer_await_close (unasked, RAW_PEER_DEADLINE_MS), ==, 1002);

  raw_peer_send (interrupted, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
  raw_peer_send (interrupted, "42[\"a\"]");
  g_assert_cmpuint (raw_peer_await_close (interrupted, RAW_PEER_DEADLINE_MS), ==, 1002);

  raw_peer_send (huge,
                 "452-[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
  raw_peer_send_frame (huge, RAW_PEER_BINARY, bytes, 2 * 1024 * 1024);
  raw_peer_send_frame (huge, RAW_PEER_BINARY, bytes, 1024 * 1024);
  g_assert_cmpuint (raw_peer_await_close (huge, RAW_PEER_DEADLINE_MS), ==, 1009);
}

static const char *const short_interval[] = {
  "--socket-io-ping-interval", "300", "--socket-io-ping-timeout", "60000", NULL
};
static const char *const short_times[] = {
  "--socket-io-ping-interval", "300", "--socket-io-ping-timeout", "300", NULL
};
static const char *const short_patience[] = { "--socket-io-connect-timeout", "300", NULL };

/* In no namespace: the first ping could come before the answer of one. */
static void
test_who_answers_pings_stays (ServerSpace   *self,
                              gconstpointer  unused)
{
  g_autoptr(RawPeer) good = open_peer (self);

  for (guint i = 0; i < 8; i++)
    {
      expect (good, "2");
      raw_peer_send (good, "3");
    }
}

static void
test_who_answers_no_ping_is_closed (ServerSpace   *self,
                                    gconstpointer  unused)
{
  g_autoptr(RawPeer) silent = open_peer (self);

  expect (silent, "2");
  g_assert_cmpuint (raw_peer_await_close (silent, RAW_PEER_DEADLINE_MS), ==, 3004);
}

static void
test_who_never_says_who_it_is_is_closed (ServerSpace   *self,
                                         gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = open_peer (self);

  g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 1000);
}

static void
test_a_session_that_ends_takes_its_clients_along (ServerSpace   *self,
                                                  gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = connect_peer (self, self->ann, "", NULL);
  g_autoptr(RawPeer) again = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *refused = NULL;

  server_process_request (self->server, "POST", "/v1/sign-out", self->ann->access_token, NULL,
                          &answer);
  g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 3501);

  again = open_peer (self);
  raw_peer_sendf (again, "40{\"Session\":\"%s\"}", self->ann->access_token);
  refused = receive_text (again);
  g_assert_nonnull (strstr (refused, "invalid_session_token"));
}

static void
test_requests_are_turned_away_by_number (ServerSpace   *self,
                                         gconstpointer  unused)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
  } table[] = {
    { "GET", "/socket.io/?transport=websocket", "{\"code\":5," },
    { "GET", "/socket.io/?EIO=4", "{\"code\":0," },
    { "GET", "/socket.io/?EIO=4&transport=abc", "{\"code\":0," },
    { "GET", "/socket.io/?EIO=4&transport=websocket", "{\"code\":3," },
    { "GET", "/socket.io?EIO=4&transport=polling&sid=abc", "{\"code\":1," },
    { "POST", "/socket.io/?EIO=4&transport=polling", "{\"code\":2," },
    { "PUT", "/socket.io/?EIO=4&transport=polling", "{\"code\":2," },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *answer = NULL;
      guint status = server_process_request (self->server, table[i].method, table[i].path, NULL,
                                             g_str_equal (table[i].method, "GET") ? NULL : "x",
                                             &answer);

      g_test_message ("%s %s: %s", table[i].method, table[i].path, answer);
      g_assert_cmpuint (status, ==, 400);
      g_assert_true (g_str_has_prefix (answer, table[i].body));
    }
}

static void
test_members_are_listed_to_who_has_a_session (ServerSpace   *self,
                                              gconstpointer  unused)
{
  g_autofree char *sid = NULL;
  g_autoptr(RawPeer) peer = connect_peer (self, self->ann, "", &sid);
  g_autoptr(RawPeer) http = raw_peer_new (server_process_get_port (self->server));
  g_autofree char *headers = g_strdup_printf ("Session: %s\r\n", self->bob->access_token);
  g_autofree char *expected = g_strdup_printf ("[{\"id\":\"%s\",\"data\":{\"a\":\"\\u0025\"}}]",
                                               sid);
  g_autofree char *refused = NULL;
  g_autofree char *answer = NULL;

  raw_peer_send (peer, "42[\"update\",{\"data\":{\"a\":\"%\"}}]");
  raw_peer_send (peer, "42[\"join\",{\"channel\":\"c\"}]");
  expect_member_event (peer, "join", sid, "{\"a\":\"%\"}");

  g_assert_cmpuint (server_process_request (self->server, "POST",
                                            "/_api/rest/v1/realtime/get-members", NULL,
                                            "{\"channel\":\"c\"}", &refused), ==, 401);
  g_assert_nonnull (strstr (refused, "{\"errors\":[{\"origin\":\"client_error\",\"code\":"
                                     "\"missing_session_token\""));
  g_assert_cmpuint (raw_peer_request (http, "POST", "/e:dev1/_api/rest/v1/realtime/get-members",
                                      headers, "{\"channel\":\"c\"}", &answer), ==, 200);
  g_assert_cmpstr (answer, ==, expected);
}

static void
add (const char          *name,
     const char * const  *arguments,
     void               (*test) (ServerSpace *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/socket-io/", name, NULL);

  g_test_add (path, ServerSpace, arguments, server_space_set_up, test, server_space_tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("a-client-is-nobody-until-it-says-who-it-is", NULL,
       test_a_client_is_nobody_until_it_says_who_it_is);
  add ("everybody-meets-in-the-same-room", NULL, test_everybody_meets_in_the_same_room);
  add ("echo-is-as-asked", NULL, test_echo_is_as_asked);
  add ("repeated-joins-and-leaves-are-nothing", NULL, test_repeated_joins_and_leaves_are_nothing);
  add ("bytes-reach-everybody", NULL, test_bytes_reach_everybody);
  add ("well-formed-nonsense-is-refused-by-name", NULL,
       test_well_formed_nonsense_is_refused_by_name);
  add ("who-is-out-of-step-is-closed", NULL, test_who_is_out_of_step_is_closed);
  add ("attachments-that-do-not-fit-close", NULL, test_attachments_that_do_not_fit_close);
  add ("who-answers-pings-stays", short_interval, test_who_answers_pings_stays);
  add ("who-answers-no-ping-is-closed", short_times, test_who_answers_no_ping_is_closed);
  add ("who-never-says-who-it-is-is-closed", short_patience,
       test_who_never_says_who_it_is_is_closed);
  add ("a-session-that-ends-takes-its-clients-along", NULL,
       test_a_session_that_ends_takes_its_clients_along);
  add ("requests-are-turned-away-by-number", NULL, test_requests_are_turned_away_by_number);
  add ("members-are-listed-to-who-has-a-session", NULL,
       test_members_are_listed_to_who_has_a_session);

  return g_test_run ();
}
