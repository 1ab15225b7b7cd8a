/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"
#include "support-wait.h"

#include <signal.h>
#include <string.h>

/* Socket.IO over HTTP requests, and the upgrade, spoken byte by byte with a real server. */

#define BASE       "/socket.io/?EIO=4&transport=polling"
#define WEBSOCKET  "/socket.io/?EIO=4&transport=websocket&sid="
#define UNKNOWN    "{\"code\":1,\"message\":\"Session ID unknown\"}"
#define BAD        "{\"code\":3,\"message\":\"Bad request\"}"
#define MAX_PAYLOAD 2162688
#define PER_ADDRESS 250
/* For so long after a close a GET may have been on its way. */
#define CROSSED_US (G_USEC_PER_SEC)

/* One session that polls, over two connections as a browser has them. */
typedef struct
{
  RawPeer *gets;
  RawPeer *posts;
  char    *sid;
  char    *path;
  GQueue   packets;   /* that came in payloads and were not asked for yet */
} Session;

static RawPeer *
new_peer (ServerSpace *self)
{
  return raw_peer_new (server_process_get_port (self->server));
}

static char *
read_sid (const char *answer)
{
  g_assert_true (g_str_has_prefix (answer, "0{\"sid\":\""));

  return g_strndup (answer + strlen ("0{\"sid\":\""), 20);
}

static Session *
session_open (ServerSpace *self)
{
  Session *session = g_new0 (Session, 1);
  g_autofree char *answer = NULL;

  session->gets = new_peer (self);
  session->posts = new_peer (self);
  g_assert_cmpuint (raw_peer_request (session->gets, "GET", BASE, NULL, NULL, &answer), ==, 200);
  session->sid = read_sid (answer);
  session->path = g_strconcat (BASE "&sid=", session->sid, NULL);

  return session;
}

static void
session_free (Session *session)
{
  raw_peer_free (session->gets);
  raw_peer_free (session->posts);
  g_queue_clear_full (&session->packets, g_free);
  g_free (session->sid);
  g_free (session->path);
  g_free (session);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

static guint
send_post (Session     *session,
           const void  *body,
           gsize        length,
           char       **answer)
{
  g_autofree char *head =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                     "Content-Length: %zu\r\n\r\n", session->path, length);

  raw_peer_write_text (session->posts, head);
  raw_peer_write (session->posts, body, length);

  return raw_peer_read_answer (session->posts, answer);
}

static void
post (Session    *session,
      const char *body)
{
  g_autofree char *answer = NULL;

  g_assert_cmpuint (send_post (session, body, strlen (body), &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "ok");
}

static guint
get (Session  *session,
     char    **answer)
{
  return raw_peer_request (session->gets, "GET", session->path, NULL, NULL, answer);
}

/* Lets a GET wait: a POST that was sent behind it and is answered has come behind it. */
static void
begin_get (Session *session)
{
  g_autofree char *text = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                           session->path);

  raw_peer_write_text (session->gets, text);
  post (session, "3");
}

static void
expect_answer (RawPeer    *peer,
               guint       status,
               const char *expected)
{
  g_autofree char *answer = NULL;

  g_assert_cmpuint (raw_peer_read_answer (peer, &answer), ==, status);
  g_assert_cmpstr (answer, ==, expected);
}

/* The next packet of whatever payload. */
static char *
next_packet (Session *session)
{
  g_autofree char *answer = NULL;
  g_auto(GStrv) packets = NULL;

  if (session->packets.length == 0)
    {
      g_assert_cmpuint (get (session, &answer), ==, 200);
      packets = g_strsplit (answer, "\x1e", -1);
      for (gsize i = 0; packets[i]; i++)
        g_queue_push_tail (&session->packets, g_strdup (packets[i]));
    }

  return g_queue_pop_head (&session->packets);
}

static void
expect (Session    *session,
        const char *expected)
{
  g_autofree char *packet = next_packet (session);

  g_assert_cmpstr (packet, ==, expected);
}

/* It is over, and nobody knows it. */
static void
expect_unknown (Session *session)
{
  g_autofree char *answer = NULL;

  g_assert_cmpuint (get (session, &answer), ==, 400);
  g_assert_cmpstr (answer, ==, UNKNOWN);
}

static char *
connect_session (Session             *session,
                 const ServerAccount *account,
                 const char          *options)
{
  g_autofree char *body = g_strdup_printf ("40{%s\"Session\":\"%s\"}", options,
                                           account->access_token);
  g_autofree char *answer = NULL;

  post (session, body);
  answer = next_packet (session);
  g_assert_true (g_str_has_prefix (answer, "40{\"sid\":\""));

  return g_strndup (answer + strlen ("40{\"sid\":\""), 16);
}

static char *
receive_text (RawPeer *peer)
{
  g_auto(RawPeerFrame) frame = { 0 };

  g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &frame), ==, RAW_PEER_GOT_FRAME);
  g_assert_cmpuint (frame.first, ==, RAW_PEER_TEXT);

  return g_strdup (g_bytes_get_data (frame.payload, NULL));
}

static void
expect_text (RawPeer    *peer,
             const char *expected)
{
  g_autofree char *text = receive_text (peer);

  g_assert_cmpstr (text, ==, expected);
}

static RawPeer *
open_websocket (ServerSpace *self,
                const char  *sid)
{
  RawPeer *peer = new_peer (self);
  g_autofree char *path = g_strconcat (WEBSOCKET, sid, NULL);

  g_assert_cmpuint (raw_peer_upgrade (peer, path, NULL), ==, 101);

  return peer;
}

/* To the end: an answer comes over the WebSocket. */
static RawPeer *
upgrade (ServerSpace *self,
         Session     *session)
{
  RawPeer *peer = open_websocket (self, session->sid);

  raw_peer_send (peer, "2probe");
  expect_text (peer, "3probe");
  raw_peer_send (peer, "5");
  raw_peer_send (peer, "40/x");
  expect_text (peer, "44/x,{\"message\":\"Invalid namespace\"}");

  return peer;
}

static void
test_a_session_is_opened_on_our_terms (ServerSpace   *self,
                                       gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = new_peer (self);
  g_autofree char *headers = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *sid = NULL;
  g_autofree char *expected = NULL;

  raw_peer_write_text (peer, "GET " BASE "&t=abc HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_whole_answer (peer, &headers, &answer), ==, 200);
  g_assert_nonnull (strstr (headers, "\r\nContent-Type: text/plain; charset=UTF-8\r\n"));
  g_assert_nonnull (strstr (headers, "\r\nCache-Control: no-store\r\n"));

  sid = read_sid (answer);
  expected = g_strdup_printf ("0{\"sid\":\"%s\",\"upgrades\":[\"websocket\"],"
                              "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":%u}",
                              sid, MAX_PAYLOAD);
  g_assert_cmpstr (answer, ==, expected);
}

static void
test_what_is_no_request_of_ours_is_refused (ServerSpace   *self,
                                            gconstpointer  unused)
{
  static const struct
  {
    const char *method;
    const char *query;
    guint       code;
  } samples[] = {
    { "GET", "", 0 },
    { "GET", "EIO=4", 0 },
    { "GET", "EIO=4&transport=flash", 0 },
    { "GET", "transport=polling", 5 },
    { "GET", "EIO=3&transport=polling", 5 },
    { "GET", "EIO=4&EIO=4&transport=polling", 3 },
    { "GET", "EIO=4&transport=polling&sid=nobody", 1 },
    { "GET", "EIO=4&transport=polling&sid=", 1 },
    { "POST", "EIO=4&transport=polling&sid=nobody", 1 },
    { "POST", "EIO=4&transport=polling", 2 },
    { "PUT", "EIO=4&transport=polling", 2 },
    { "PUT", "EIO=4&transport=polling&sid=nobody", 3 },
    { "DELETE", "EIO=4&transport=polling&sid=nobody", 3 },
    { "GET", "EIO=4&transport=websocket", 3 },
    { "POST", "EIO=4&transport=websocket&sid=nobody", 3 },
  };
  g_autoptr(RawPeer) peer = new_peer (self);

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *path = g_strconcat ("/socket.io/?", samples[i].query, NULL);
      g_autofree char *start = g_strdup_printf ("{\"code\":%u,", samples[i].code);
      g_autofree char *answer = NULL;

      g_test_message ("%s %s", samples[i].method, path);
      g_assert_cmpuint (raw_peer_request (peer, samples[i].method, path, NULL, "4x", &answer), ==,
                        400);
      g_assert_true (g_str_has_prefix (answer, start));
    }
}

static void
test_a_page_has_to_be_allowed (ServerSpace   *self,
                               gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = new_peer (self);
  g_autofree char *headers = NULL;
  g_autofree char *answer = NULL;

  g_assert_cmpuint (raw_peer_request (peer, "GET", BASE, "Origin: http://evil.example\r\n", NULL,
                                      &answer), ==, 403);
  g_assert_cmpstr (answer, ==, "{\"code\":4,\"message\":\"Forbidden\"}");
  g_assert_cmpuint (raw_peer_request (peer, "POST", BASE, "Origin: http://evil.example\r\n", "4x",
                                      NULL), ==, 403);

  raw_peer_write_text (peer, "GET " BASE " HTTP/1.1\r\nHost: localhost\r\n"
                             "Origin: http://page.example\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_whole_answer (peer, &headers, NULL), ==, 200);
  g_assert_nonnull (strstr (headers,
                            "\r\nAccess-Control-Allow-Origin: http://page.example\r\n"));
  g_assert_nonnull (strstr (headers, "\r\nAccess-Control-Allow-Credentials: true\r\n"));
  g_assert_nonnull (strstr (headers, "\r\nVary: Origin\r\n"));
}

static void
test_who_polls_meets_the_others (ServerSpace   *self,
                                 gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autoptr(JsonObject) joined = raw_peer_ask_ok (bob, "\"action\":\"join\",\"rid\":\"c\"");
  g_autoptr(JsonObject) message = NULL;
  g_autofree char *sid = NULL;
  g_autofree char *join = NULL;

  post (session, "40/random");
  expect (session, "44/random,{\"message\":\"Invalid namespace\"}");
  sid = connect_session (session, self->ann, "");
  post (session, "42[\"join\",{\"channel\":\"c\"}]");
  join = next_packet (session);
  g_assert_true (g_str_has_prefix (join, "42[\"channel:join\",{\"channel\":\"c\""));

  post (session, "42[\"message\",{\"channel\":\"c\",\"eventName\":\"message\",\"message\":1,"
                 "\"echo\":false}]\x1e"
                 "451-[\"message\",{\"channel\":\"c\",\"eventName\":\"message\",\"message\":"
                 "{\"_placeholder\":true,\"num\":0},\"echo\":false}]\x1e" "bAQID");
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&message, json_object_unref);
      message = raw_peer_await_key (bob, "#message");
      g_assert_cmpstr (json_object_get_string_member (message, "#scid"), ==, sid);
    }
  g_assert_cmpstr (json_object_get_string_member (
                     json_object_get_object_member (message, "#message"), "$binary"), ==, "AQID");

  json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"broadcast\",\"rid\":\"c\","
                                           "\"content\":{\"text\":\"100%% é\"}"));
  expect (session, "42[\"message\",{\"channel\":\"c\",\"message\":{\"text\":\"100% é\"}}]");
  json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"broadcast\",\"rid\":\"c\","
                                           "\"content\":{\"$binary\":\"AQID\"}"));
  expect (session, "451-[\"message\",{\"channel\":\"c\",\"message\":"
                   "{\"_placeholder\":true,\"num\":0}}]");
  expect (session, "bAQID");
}

static void
test_a_large_message_comes_alone (ServerSpace   *self,
                                  gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(Session) other = session_open (self);
  g_autofree char *sid = connect_session (session, self->ann, "\"echoMessages\":false,");
  g_autofree char *other_sid = connect_session (other, self->bob, "");
  g_autofree char *large = g_strnfill (2 * 1024 * 1024 - 2, 'x');
  g_autofree char *body =
    g_strdup_printf ("42[\"message\",{\"channel\":\"c\",\"eventName\":\"message\",\"message\":\"%s"
                     "\"}]", large);
  g_autofree char *expected =
    g_strdup_printf ("42[\"message\",{\"channel\":\"c\",\"message\":\"%s\"}]", large);
  g_autofree char *join = NULL;

  post (other, "42[\"join\",{\"channel\":\"c\"}]");
  join = next_packet (other);
  post (session, body);
  expect (other, expected);
}

/* Each of these ends the session. */
static void
test_a_body_that_is_none_ends_the_session (ServerSpace   *self,
                                           gconstpointer  unused)
{
  static const struct
  {
    const char *body;
    gsize       length;
  } samples[] = {
    { "", 0 },
    { "abc", 3 },
    { "7", 1 },
    { "\x1e", 1 },
    { "3\x1e", 2 },
    { "\x1e" "3", 2 },
    { "3\x1e" "x", 3 },
    { "bAQ=", 4 },
    { "b====", 5 },
    { "4\xff", 2 },
    { "0{}", 3 },
    { "2", 1 },
    { "2probe", 6 },
    { "5", 1 },
    { "6", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr(Session) session = session_open (self);
      g_autofree char *answer = NULL;

      g_test_message ("%s", samples[i].body);
      begin_get (session);
      g_assert_cmpuint (send_post (session, samples[i].body, samples[i].length, &answer), ==, 400);
      g_assert_cmpstr (answer, ==, BAD);
      expect_answer (session->gets, 200, "1");
      expect_unknown (session);
    }
}

static void
test_a_packet_that_is_none_ends_the_session (ServerSpace   *self,
                                             gconstpointer  unused)
{
  static const char * const bodies[] = {
    "4abc", "42{}", "4", "42[\"message\"]", "bAQID", "42abc[\"x\"]", "45[\"x\"]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(Session) session = session_open (self);

      g_test_message ("%s", bodies[i]);
      post (session, bodies[i]);
      expect (session, "1");
      expect_unknown (session);
    }
}

static void
test_a_binary_body_ends_the_session (ServerSpace   *self,
                                     gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autofree char *text =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\n"
                     "Content-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\n43",
                     session->path);

  raw_peer_write_text (session->posts, text);
  expect_answer (session->posts, 400, BAD);
  expect_unknown (session);
}

static void
test_a_body_has_a_bound (ServerSpace   *self,
                         gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) another = new_peer (self);
  g_autofree char *text =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %u\r\n\r\n",
                     session->path, MAX_PAYLOAD + 1);

  /* It is refused before it is there; the session has done nothing wrong. */
  raw_peer_write_text (another, text);
  g_assert_cmpuint (raw_peer_read_answer (another, NULL), ==, 413);
  post (session, "40/x");
  expect (session, "44/x,{\"message\":\"Invalid namespace\"}");
}

static void
test_two_gets_at_a_time_end_the_session (ServerSpace   *self,
                                         gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autofree char *answer = NULL;

  begin_get (session);
  g_assert_cmpuint (raw_peer_request (session->posts, "GET", session->path, NULL, NULL, &answer),
                    ==, 400);
  g_assert_cmpstr (answer, ==, BAD);
  expect_answer (session->gets, 200, "1");
  expect_unknown (session);
}

static void
test_two_posts_at_a_time_end_the_session (ServerSpace   *self,
                                          gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) slow = new_peer (self);
  g_autofree char *head =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n40",
                     session->path);
  g_autofree char *answer = NULL;
  guint status = 200;

  /* The head of the first has been seen once the second is refused. */
  raw_peer_write_text (slow, head);
  while (status == 200)
    {
      g_clear_pointer (&answer, g_free);
      status = send_post (session, "3", 1, &answer);
    }
  g_assert_cmpuint (status, ==, 400);
  g_assert_cmpstr (answer, ==, BAD);

  raw_peer_write_text (slow, "/x,");
  expect_answer (slow, 400, UNKNOWN);
  expect_unknown (session);
}

static void
test_close_ends_the_session (ServerSpace   *self,
                             gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autofree char *answer = NULL;

  /* What stands before it counts. */
  begin_get (session);
  g_assert_cmpuint (send_post (session, "3\x1e" "1", 3, &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "ok");
  expect_answer (session->gets, 200, "6");
  expect_unknown (session);
}

/* FALSE: it came so late that it cannot have crossed anything. */
static gboolean
cross_the_close (ServerSpace *self)
{
  g_autoptr(Session) session = session_open (self);
  gint64 began_us = g_get_monotonic_time ();
  g_autofree char *answer = NULL;
  guint status;

  post (session, "1");
  status = get (session, &answer);
  if (g_get_monotonic_time () - began_us > CROSSED_US)
    return FALSE;

  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpstr (answer, ==, "6");
  expect_unknown (session);

  return TRUE;
}

/* Two connections have no order between them. */
static void
test_a_get_that_crossed_the_close_is_answered (ServerSpace   *self,
                                               gconstpointer  unused)
{
  support_wait_until (cross_the_close (self));
}

static char *
await_leave (RawPeer *peer)
{
  for (;;)
    {
      g_autoptr(JsonObject) next = raw_peer_await_key (peer, "#notice");

      if (g_strcmp0 (json_object_get_string_member (next, "#code"), "USER_DISCONNECTED") == 0)
        return g_strdup (json_object_get_string_member (next, "#scid"));
    }
}

static void
test_who_hangs_up_has_gone (ServerSpace   *self,
                            gconstpointer  unused)
{
  g_autoptr(RawPeer) bob = server_process_connect_skapi (self->server, self->bob);
  g_autoptr(JsonObject) joined = NULL;

  raw_peer_send (bob, "{\"action\":\"joinRoom\",\"rid\":\"c\"}");
  joined = raw_peer_await_key (bob, "#notice");

  for (guint polls = 0; polls < 2; polls++)
    {
      g_autoptr(Session) session = session_open (self);
      g_autofree char *sid = connect_session (session, self->ann, "\"echoMessages\":false,");
      g_autofree char *gone = NULL;

      /* By the end of the connection on which it waits, or by its own word. */
      post (session, "427[\"join\",{\"channel\":\"c\"}]");
      expect (session, "437[{\"status\":\"ok\"}]");
      if (polls)
        {
          begin_get (session);
          raw_peer_free (g_steal_pointer (&session->gets));
          session->gets = new_peer (self);
        }
      else
        {
          post (session, "1");
        }

      gone = await_leave (bob);
      g_assert_cmpstr (gone, ==, sid);
    }
}

static void
test_pings_are_answered_in_time (ServerSpace   *self,
                                 gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);

  for (guint i = 0; i < 3; i++)
    {
      expect (session, "2");
      post (session, "3");
    }
  expect (session, "2");
}

static void
test_pings_are_not_answered (ServerSpace   *self,
                             gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);

  expect (session, "2");

  /* The next GET waits until the server believes no more that anybody is there. */
  expect (session, "1");
  expect_unknown (session);
}

static void
test_sessions_are_bounded (ServerSpace   *self,
                           gconstpointer  unused)
{
  g_autoptr(Session) first = session_open (self);
  g_autoptr(RawPeer) peer = new_peer (self);
  g_autofree char *headers = NULL;
  g_autofree char *answer = NULL;

  for (guint i = 1; i < PER_ADDRESS; i++)
    g_assert_cmpuint (raw_peer_request (peer, "GET", BASE, NULL, NULL, NULL), ==, 200);

  raw_peer_write_text (peer, "GET " BASE " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_whole_answer (peer, &headers, NULL), ==, 503);
  g_assert_nonnull (strstr (headers, "\r\nRetry-After: "));

  /* Whoever goes makes room. */
  post (first, "1");
  g_assert_cmpuint (raw_peer_request (peer, "GET", BASE, NULL, NULL, NULL), ==, 200);
  g_assert_cmpuint (raw_peer_request (peer, "GET", BASE, NULL, NULL, NULL), ==, 503);
}

static void
test_who_does_not_poll_is_closed (ServerSpace   *self,
                                  gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) bob = server_process_connect (self->server, self->bob);
  g_autofree char *sid = connect_session (session, self->ann, "\"echoMessages\":false,");
  g_autofree char *large = g_strnfill (256 * 1024, 'x');
  g_autofree char *last = NULL;
  guint n_messages = 0;

  post (session, "427[\"join\",{\"channel\":\"c\"}]");
  expect (session, "437[{\"status\":\"ok\"}]");
  json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"join\",\"rid\":\"c\""));
  for (guint i = 0; i < 24; i++)
    json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"broadcast\",\"rid\":\"c\","
                                             "\"content\":\"%s\"", large));

  /* It gets what there was room for, and is told. */
  while (!last || g_str_has_prefix (last, "42"))
    {
      n_messages += last != NULL;
      g_free (last);
      last = next_packet (session);
    }
  g_assert_cmpstr (last, ==, "1");
  g_assert_cmpuint (n_messages, >, 0);
  g_assert_cmpuint (n_messages, <, 24);
  expect_unknown (session);
}

static void
test_a_revoked_session_is_closed (ServerSpace   *self,
                                  gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autofree char *sid = connect_session (session, self->ann, "");
  g_autofree char *event = NULL;

  g_assert_cmpuint (server_process_request (self->server, "POST", "/v1/sign-out",
                                            self->ann->access_token, NULL, NULL), ==, 204);
  event = next_packet (session);
  g_assert_true (g_str_has_prefix (event, "42[\"user:signout\","));
  expect (session, "1");
  expect_unknown (session);
}

static void
test_the_end_of_the_server_ends_polls (ServerSpace   *self,
                                       gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(Session) silent = session_open (self);

  begin_get (session);
  g_assert_cmpint (server_process_stop (self->server, SIGTERM), ==, 0);
  expect_answer (session->gets, 200, "1");
}

static void
test_an_upgrade_changes_nothing_for_others (ServerSpace   *self,
                                            gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) bob = server_process_connect_skapi (self->server, self->bob);
  g_autofree char *sid = connect_session (session, self->ann, "\"echoMessages\":false,");
  g_autoptr(RawPeer) peer = NULL;
  g_autoptr(JsonObject) joined = NULL;
  g_autoptr(JsonObject) message = NULL;
  g_autofree char *gone = NULL;

  post (session, "427[\"join\",{\"channel\":\"c\"}]");
  expect (session, "437[{\"status\":\"ok\"}]");
  raw_peer_send (bob, "{\"action\":\"joinRoom\",\"rid\":\"c\"}");
  joined = raw_peer_await_key (bob, "#notice");
  g_free (next_packet (session));

  peer = upgrade (self, session);
  expect_unknown (session);
  raw_peer_send (peer, "42[\"message\",{\"channel\":\"c\",\"eventName\":\"message\","
                       "\"message\":1}]");
  message = raw_peer_await_key (bob, "#message");
  g_assert_cmpstr (json_object_get_string_member (message, "#scid"), ==, sid);
  raw_peer_send (bob, "{\"action\":\"broadcast\",\"rid\":\"c\",\"content\":2}");
  expect_text (peer, "42[\"message\",{\"channel\":\"c\",\"message\":2}]");

  raw_peer_free (g_steal_pointer (&peer));
  gone = await_leave (bob);
  g_assert_cmpstr (gone, ==, sid);
}

/* Whatever was said before, during and after, by either side, comes once and in order. */
static void
test_nothing_is_lost_or_doubled_by_an_upgrade (ServerSpace   *self,
                                               gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autofree char *sid = connect_session (session, self->ann, "");
  g_autoptr(GString) posted = g_string_new (NULL);
  g_autoptr(RawPeer) peer = NULL;
  guint n = 0;

  /* An ack is asked for, and the event is echoed: two packets for each. A binary event is begun by
   * a POST and goes on over the WebSocket. */
  post (session, "42[\"join\",{\"channel\":\"c\",\"echo\":false}]");
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (posted, "42%u[\"update\",{\"data\":%u}]\x1e", i, i);
  g_string_append (posted,
                   "451-100[\"update\",{\"data\":[{\"_placeholder\":true,\"num\":0},100]}]");
  post (session, posted->str);

  peer = open_websocket (self, session->sid);
  raw_peer_send (peer, "2probe");
  expect_text (peer, "3probe");
  raw_peer_send (peer, "5");
  raw_peer_send_frame (peer, RAW_PEER_BINARY, "\x01", 1);
  for (guint i = 101; i < 200; i++)
    raw_peer_sendf (peer, "42%u[\"update\",{\"data\":%u}]", i, i);

  while (n < 200)
    {
      g_auto(RawPeerFrame) frame = { 0 };
      g_autofree char *ack = g_strdup_printf ("43%u[{\"status\":\"ok\"}]", n);

      g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &frame), ==,
                       RAW_PEER_GOT_FRAME);
      if (frame.first == RAW_PEER_TEXT &&
          g_str_has_prefix (g_bytes_get_data (frame.payload, NULL), "43"))
        {
          g_assert_cmpstr (g_bytes_get_data (frame.payload, NULL), ==, ack);
          n++;
        }
    }
}

static void
test_an_upgrade_in_any_pieces_is_the_same (ServerSpace   *self,
                                           gconstpointer  unused)
{
  static const char * const texts[] = { "2probe", "5", "40/x" };
  g_autoptr(GByteArray) all = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, texts[i],
                                                     strlen (texts[i]));

      g_byte_array_append (all, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
    }

  for (guint cut = 0; cut <= all->len; cut++)
    {
      g_autoptr(Session) session = session_open (self);
      g_autoptr(RawPeer) peer = open_websocket (self, session->sid);

      raw_peer_write (peer, all->data, cut);
      raw_peer_write (peer, all->data + cut, all->len - cut);
      expect_text (peer, "3probe");
      expect_text (peer, "44/x,{\"message\":\"Invalid namespace\"}");
    }
}

static void
test_a_websocket_that_says_something_else_is_closed (ServerSpace   *self,
                                                     gconstpointer  unused)
{
  static const char * const words[] = { "2", "2prob", "2probes", "3probe", "5", "4hello", "1", "x",
                                        "" };
  g_autoptr(Session) session = session_open (self);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr(RawPeer) peer = open_websocket (self, session->sid);
      g_autoptr(RawPeer) probed = NULL;

      g_test_message ("%s", words[i]);
      raw_peer_send (peer, words[i]);
      g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 1002);

      if (strcmp (words[i], "5") == 0)
        continue;
      probed = open_websocket (self, session->sid);
      raw_peer_send (probed, "2probe");
      expect_text (probed, "3probe");
      raw_peer_send (probed, words[i]);
      g_assert_cmpuint (raw_peer_await_close (probed, RAW_PEER_DEADLINE_MS), ==, 1002);
    }

  /* The session goes on as if nothing had happened. */
  post (session, "40/x");
  expect (session, "44/x,{\"message\":\"Invalid namespace\"}");
}

static void
test_other_websockets_are_closed (ServerSpace   *self,
                                  gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) stranger = open_websocket (self, "nobody");
  g_autoptr(RawPeer) first = open_websocket (self, session->sid);
  g_autoptr(RawPeer) second = NULL;
  g_autoptr(RawPeer) third = NULL;

  g_assert_cmpuint (raw_peer_await_close (stranger, RAW_PEER_DEADLINE_MS), ==, 1002);
  second = open_websocket (self, session->sid);
  g_assert_cmpuint (raw_peer_await_close (second, RAW_PEER_DEADLINE_MS), ==, 1002);

  raw_peer_send (first, "2probe");
  expect_text (first, "3probe");
  raw_peer_send (first, "5");
  third = open_websocket (self, session->sid);
  g_assert_cmpuint (raw_peer_await_close (third, RAW_PEER_DEADLINE_MS), ==, 1002);
  raw_peer_send (first, "40/x");
  expect_text (first, "44/x,{\"message\":\"Invalid namespace\"}");
}

static void
test_a_poll_that_waits_is_ended_by_the_probe (ServerSpace   *self,
                                              gconstpointer  unused)
{
  g_autoptr(Session) session = session_open (self);
  g_autoptr(RawPeer) peer = open_websocket (self, session->sid);
  g_autofree char *answer = NULL;

  begin_get (session);
  raw_peer_send (peer, "2probe");
  expect_text (peer, "3probe");
  expect_answer (session->gets, 200, "6");
  g_assert_cmpuint (get (session, &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "6");

  /* Packets still come by GET until the client has said that it changes. */
  post (session, "40/x");
  do
    {
      g_clear_pointer (&answer, g_free);
      g_assert_cmpuint (get (session, &answer), ==, 200);
    }
  while (strcmp (answer, "6") == 0);
  g_assert_cmpstr (answer, ==, "44/x,{\"message\":\"Invalid namespace\"}");

  raw_peer_free (g_steal_pointer (&peer));
  post (session, "40/y");
  do
    {
      g_clear_pointer (&answer, g_free);
      g_assert_cmpuint (get (session, &answer), ==, 200);
    }
  while (strcmp (answer, "6") == 0);
  g_assert_cmpstr (answer, ==, "44/y,{\"message\":\"Invalid namespace\"}");
}

static const char * const pages[] = { "--allow-origin", "http://page.example", NULL };
static const char * const quick[] = { "--socket-io-ping-interval", "300",
                                      "--socket-io-ping-timeout", "60000", NULL };
static const char * const hasty[] = { "--socket-io-ping-interval", "300",
                                      "--socket-io-ping-timeout", "300", NULL };

static void
add (const char         *name,
     const char * const *arguments,
     void (*test) (ServerSpace *self, gconstpointer unused))
{
  g_autofree char *path = g_strconcat ("/server/polling/", name, NULL);

  g_test_add (path, ServerSpace, arguments, server_space_set_up, test, server_space_tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("a-session-is-opened-on-our-terms", NULL, test_a_session_is_opened_on_our_terms);
  add ("what-is-no-request-of-ours-is-refused", NULL, test_what_is_no_request_of_ours_is_refused);
  add ("a-page-has-to-be-allowed", pages, test_a_page_has_to_be_allowed);
  add ("who-polls-meets-the-others", NULL, test_who_polls_meets_the_others);
  add ("a-large-message-comes-alone", NULL, test_a_large_message_comes_alone);
  add ("a-body-that-is-none-ends-the-session", NULL, test_a_body_that_is_none_ends_the_session);
  add ("a-packet-that-is-none-ends-the-session", NULL,
       test_a_packet_that_is_none_ends_the_session);
  add ("a-binary-body-ends-the-session", NULL, test_a_binary_body_ends_the_session);
  add ("a-body-has-a-bound", NULL, test_a_body_has_a_bound);
  add ("two-gets-at-a-time-end-the-session", NULL, test_two_gets_at_a_time_end_the_session);
  add ("two-posts-at-a-time-end-the-session", NULL, test_two_posts_at_a_time_end_the_session);
  add ("close-ends-the-session", NULL, test_close_ends_the_session);
  add ("a-get-that-crossed-the-close-is-answered", NULL,
       test_a_get_that_crossed_the_close_is_answered);
  add ("who-hangs-up-has-gone", NULL, test_who_hangs_up_has_gone);
  add ("pings-are-answered-in-time", quick, test_pings_are_answered_in_time);
  add ("who-does-not-answer-pings-has-gone", hasty, test_pings_are_not_answered);
  add ("sessions-are-bounded", NULL, test_sessions_are_bounded);
  add ("who-does-not-poll-is-closed", NULL, test_who_does_not_poll_is_closed);
  add ("a-revoked-session-is-closed", NULL, test_a_revoked_session_is_closed);
  add ("the-end-of-the-server-ends-polls", NULL, test_the_end_of_the_server_ends_polls);
  add ("an-upgrade-changes-nothing-for-others", NULL, test_an_upgrade_changes_nothing_for_others);
  add ("nothing-is-lost-or-doubled-by-an-upgrade", NULL,
       test_nothing_is_lost_or_doubled_by_an_upgrade);
  add ("an-upgrade-in-any-pieces-is-the-same", NULL, test_an_upgrade_in_any_pieces_is_the_same);
  add ("a-websocket-that-says-something-else-is-closed", NULL,
       test_a_websocket_that_says_something_else_is_closed);
  add ("other-websockets-are-closed", NULL, test_other_websockets_are_closed);
  add ("a-poll-that-waits-is-ended-by-the-probe", NULL,
       test_a_poll_that_waits_is_ended_by_the_probe);

  return g_test_run ();
}
