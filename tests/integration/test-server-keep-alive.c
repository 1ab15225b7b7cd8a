/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <signal.h>
#include <string.h>

/* One connection, many requests: what is answered in which order, and what ends it. */

#define GET_SERVER    "GET /v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define GET_NOTHING   "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define N_REQUESTS    50
#define MAX_REQUESTS  1000
#define N_DESCRIPTORS 128
#define N_IDLE        300
#define CHUNKED       "POST /v1/sign-up HTTP/1.1\r\nHost: localhost\r\n" \
        "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  ServerProcess *server;
  RawPeer       *peer;
} Space;

static void
setup (Space         *self,
       gconstpointer  unused)
{
  self->server = server_process_new (NULL);
  self->peer = raw_peer_new (server_process_get_port (self->server));
}

static void
teardown (Space         *self,
          gconstpointer  unused)
{
  raw_peer_free (self->peer);
  server_process_free (self->server);
}

static void
expect_status (RawPeer *peer,
               guint    status)
{
  g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, status);
}

static void
expect_end (RawPeer *peer)
{
  g_assert_true (raw_peer_awaits_end (peer, RAW_PEER_DEADLINE_MS));
}

static void
test_a_connection_answers_many_requests (Space         *self,
                                         gconstpointer  unused)
{
  g_autofree char *headers = NULL;

  for (guint i = 0; i < N_REQUESTS; i++)
    g_assert_cmpuint (raw_peer_request (self->peer, "GET", "/v1/server", NULL, NULL, NULL), ==,
                      200);
  g_assert_cmpuint (raw_peer_request (self->peer, "POST", "/v1/sign-in", NULL, "{}", NULL), ==,
                    400);
  g_assert_cmpuint (raw_peer_request (self->peer, "OPTIONS", "/v1/server", NULL, NULL, NULL), ==,
                    204);

  raw_peer_write_text (self->peer, GET_SERVER);
  g_assert_cmpuint (raw_peer_read_whole_answer (self->peer, &headers, NULL), ==, 200);
  g_assert_nonnull (strstr (headers, "\r\nKeep-Alive: timeout="));
  g_assert_null (strstr (headers, "close"));
}

static void
test_requests_that_were_sent_at_once_are_answered_in_order (Space         *self,
                                                            gconstpointer  unused)
{
  raw_peer_write_text (self->peer,
                       GET_SERVER GET_NOTHING
                       "POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
                       GET_SERVER "GET /nothing HTTP/1.1\r\nHo");
  expect_status (self->peer, 200);
  expect_status (self->peer, 404);
  expect_status (self->peer, 400);
  expect_status (self->peer, 200);
  raw_peer_write_text (self->peer, "st: localhost\r\n\r\n" GET_SERVER);
  expect_status (self->peer, 404);
  expect_status (self->peer, 200);
}

static void
test_requests_in_any_pieces_are_the_same (Space         *self,
                                          gconstpointer  unused)
{
  const char *text = "POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
                     GET_SERVER;

  for (gsize cut = 1; cut < strlen (text); cut++)
    {
      raw_peer_write (self->peer, text, cut);
      raw_peer_write_text (self->peer, text + cut);
      expect_status (self->peer, 400);
      expect_status (self->peer, 200);
    }
}

static void
test_each_request_is_judged_like_the_first (Space         *self,
                                            gconstpointer  unused)
{
  static const struct
  {
    const char *text;
    guint       status;
  } samples[] = {
    { "GET /v1/server HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
    { "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n{}", 400 },
    { "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      400 },
    { "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
    { "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 413 },
    { "nonsense\r\n\r\n", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (self->server));

      raw_peer_write_text (peer, GET_SERVER);
      raw_peer_write_text (peer, samples[i].text);
      raw_peer_write_text (peer, GET_SERVER);
      expect_status (peer, 200);
      expect_status (peer, samples[i].status);
      expect_end (peer);
    }
}

static void
test_who_says_close_is_closed (Space         *self,
                               gconstpointer  unused)
{
  static const char * const requests[] = {
    "GET /v1/server HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /v1/server HTTP/1.0\r\nHost: a\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (self->server));
      g_autofree char *headers = NULL;

      raw_peer_write_text (peer, requests[i]);
      raw_peer_write_text (peer, GET_SERVER);
      g_assert_cmpuint (raw_peer_read_whole_answer (peer, &headers, NULL), ==, 200);
      g_assert_nonnull (strstr (headers, "\r\nConnection: close\r\n"));
      expect_end (peer);
    }
}

static void
test_a_connection_may_ask_so_often (Space         *self,
                                    gconstpointer  unused)
{
  g_autofree char *headers = NULL;

  for (guint i = 1; i < MAX_REQUESTS; i++)
    g_assert_cmpuint (raw_peer_request (self->peer, "GET", "/healthz", NULL, NULL, NULL), ==, 200);

  raw_peer_write_text (self->peer, GET_SERVER);
  g_assert_cmpuint (raw_peer_read_whole_answer (self->peer, &headers, NULL), ==, 200);
  g_assert_nonnull (strstr (headers, "\r\nConnection: close\r\n"));
  expect_end (self->peer);
}

static void
test_a_websocket_may_follow_requests (Space         *self,
                                      gconstpointer  unused)
{
  g_autoptr(ServerAccount) account = server_process_sign_up (self->server, "ann");
  g_autofree char *headers =
    g_strdup_printf ("Authorization: Bearer %s\r\nSec-WebSocket-Protocol: confab.v1\r\n",
                     account->access_token);
  g_autofree char *upgrade = raw_peer_make_upgrade ("/api", headers);
  g_autoptr(GBytes) frame = NULL;
  const char *ask = "{\"action\":\"keepAlive\",\"ref\":\"early\"}";
  g_autoptr(GByteArray) all = g_byte_array_new ();
  g_autoptr(JsonObject) reply = NULL;

  /* Three requests, and a frame behind the last of them, in one piece. */
  frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, ask, strlen (ask));
  g_byte_array_append (all, (const guint8 *) GET_SERVER GET_NOTHING,
                       strlen (GET_SERVER GET_NOTHING));
  g_byte_array_append (all, (const guint8 *) upgrade, strlen (upgrade));
  g_byte_array_append (all, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  raw_peer_write (self->peer, all->data, all->len);

  expect_status (self->peer, 200);
  expect_status (self->peer, 404);
  expect_status (self->peer, 101);
  reply = raw_peer_await_reply (self->peer, "early");
}

static void
test_a_body_in_chunks_is_taken (Space         *self,
                                gconstpointer  unused)
{
  g_autofree char *headers = NULL;
  g_autofree char *answer = NULL;

  raw_peer_write_text (self->peer, CHUNKED "10\r\n{\"name\":\"chunk\",\r\n");
  raw_peer_write_text (self->peer, "1c\r\n\"password\":\"correct horse\"}\n\r\n0\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_whole_answer (self->peer, &headers, &answer), ==, 201);
  g_assert_nonnull (strstr (answer, "\"access_token\""));

  /* What comes behind it is not looked at. */
  g_assert_nonnull (strstr (headers, "\r\nConnection: close\r\n"));
  raw_peer_write_text (self->peer, GET_SERVER);
  expect_end (self->peer);
}

static void
test_chunks_have_bounds (Space         *self,
                         gconstpointer  unused)
{
  g_autofree char *large = g_strnfill (0x4000, 'x');
  g_autoptr(RawPeer) broken = raw_peer_new (server_process_get_port (self->server));
  g_autoptr(RawPeer) cut = raw_peer_new (server_process_get_port (self->server));

  raw_peer_write_text (self->peer, CHUNKED);
  for (guint i = 0; i < 5; i++)
    {
      raw_peer_write_text (self->peer, "4000\r\n");
      raw_peer_write_text (self->peer, large);
      raw_peer_write_text (self->peer, "\r\n");
    }
  raw_peer_write_text (self->peer, "0\r\n\r\n");
  expect_status (self->peer, 413);
  expect_end (self->peer);

  raw_peer_write_text (broken, CHUNKED "zz\r\nnonsense\r\n0\r\n\r\n");
  expect_status (broken, 400);
  expect_end (broken);

  /* Nobody waits for the rest for ever, and nobody else is kept waiting. */
  raw_peer_write_text (cut, CHUNKED "10\r\n{\"na");
  g_assert_cmpuint (server_process_request (self->server, "GET", "/v1/server", NULL, NULL, NULL),
                    ==, 200);
}

static void
free_peer_cb (gpointer peer)
{
  raw_peer_free (peer);
}

/* Each stays; the oldest make room. */
static void
test_who_is_idle_makes_room (Space         *self,
                             gconstpointer  unused)
{
  g_autoptr(ServerProcess) server = server_process_new_limited (N_DESCRIPTORS);
  g_autoptr(ServerAccount) account = server_process_sign_up (server, "ann");
  g_autoptr(RawPeer) socket = server_process_connect (server, account);
  g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func (free_peer_cb);

  for (guint i = 0; i < N_IDLE; i++)
    {
      RawPeer *peer = raw_peer_new (server_process_get_port (server));

      g_ptr_array_add (peers, peer);
      g_assert_cmpuint (raw_peer_request (peer, "GET", "/healthz", NULL, NULL, NULL), ==, 200);
    }

  expect_end (peers->pdata[0]);
  g_assert_cmpuint (raw_peer_request (peers->pdata[N_IDLE - 1], "GET", "/healthz", NULL, NULL,
                                      NULL), ==, 200);
  json_object_unref (raw_peer_ask_ok (socket, "\"action\":\"keepAlive\""));
}

static void
test_the_end_of_the_server_waits_for_nobody_idle (Space         *self,
                                                  gconstpointer  unused)
{
  g_assert_cmpuint (raw_peer_request (self->peer, "GET", "/v1/server", NULL, NULL, NULL), ==, 200);
  g_assert_cmpint (server_process_stop (self->server, SIGTERM), ==, 0);
  expect_end (self->peer);
}

static void
add (const char *name,
     void (*test) (Space *self, gconstpointer unused))
{
  g_autofree char *path = g_strconcat ("/server/keep-alive/", name, NULL);

  g_test_add (path, Space, NULL, setup, test, teardown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("a-connection-answers-many-requests", test_a_connection_answers_many_requests);
  add ("requests-that-were-sent-at-once-are-answered-in-order",
       test_requests_that_were_sent_at_once_are_answered_in_order);
  add ("requests-in-any-pieces-are-the-same", test_requests_in_any_pieces_are_the_same);
  add ("each-request-is-judged-like-the-first", test_each_request_is_judged_like_the_first);
  add ("who-says-close-is-closed", test_who_says_close_is_closed);
  add ("a-connection-may-ask-so-often", test_a_connection_may_ask_so_often);
  add ("a-websocket-may-follow-requests", test_a_websocket_may_follow_requests);
  add ("a-body-in-chunks-is-taken", test_a_body_in_chunks_is_taken);
  add ("chunks-have-bounds", test_chunks_have_bounds);
  add ("who-is-idle-makes-room", test_who_is_idle_makes_room);
  add ("the-end-of-the-server-waits-for-nobody-idle",
       test_the_end_of_the_server_waits_for_nobody_idle);

  return g_test_run ();
}
