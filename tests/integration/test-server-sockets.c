/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"
#include "support-wait.h"

#include <signal.h>
#include <string.h>

#define BIG_CONTENT_BYTES (200 * 1024)
#define N_BIG_MESSAGES    100
#define SMALL_BUFFER      4096
#define N_DESCRIPTORS     128

typedef struct
{
  ServerProcess *server;
  ServerAccount *ann;
  ServerAccount *bob;
  RawPeer       *bystander;
} Space;

static void
setup (Space         *self,
       gconstpointer  unused)
{
  self->server = server_process_new (NULL);
  self->ann = server_process_sign_up (self->server, "ann");
  self->bob = server_process_sign_up (self->server, "bob");
  self->bystander = server_process_connect (self->server, self->bob);
}

static void
teardown (Space         *self,
          gconstpointer  unused)
{
  json_object_unref (raw_peer_ask_ok (self->bystander, "\"action\":\"keepAlive\""));
  raw_peer_free (self->bystander);
  server_account_free (self->ann);
  server_account_free (self->bob);
  server_process_free (self->server);
}

static RawPeer *
connect_plain (Space *self)
{
  return raw_peer_new (server_process_get_port (self->server));
}

static char *
make_native_headers (Space *self)
{
  return g_strdup_printf ("Authorization: Bearer %s\r\nSec-WebSocket-Protocol: confab.v1\r\n",
                          self->ann->access_token);
}

static guint
try_upgrade (Space      *self,
             const char *format)
{
  g_autoptr(RawPeer) peer = connect_plain (self);
  g_autofree char *headers = make_native_headers (self);
  g_auto(GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *request = g_strconcat (parts[0], headers, parts[1], NULL);

  raw_peer_write_text (peer, request);

  return raw_peer_read_answer (peer, NULL);
}

#define HEAD "GET /api HTTP/1.1\r\nHost: localhost\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE "Connection: Upgrade\r\nUpgrade: websocket\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"

/* RFC 6455 §4.2.1, and what smuggles requests past a proxy. */
static void
test_bad_handshakes_are_refused (Space         *self,
                                 gconstpointer  unused)
{
  static const struct
  {
    const char *what;
    const char *request;
  } cases[] = {
    { "no key", HEAD UPGRADE VERSION "%s\r\n" },
    { "short key", HEAD UPGRADE VERSION "Sec-WebSocket-Key: abc\r\n%s\r\n" },
    { "version 8", HEAD UPGRADE KEY "Sec-WebSocket-Version: 8\r\n%s\r\n" },
    { "no version", HEAD UPGRADE KEY "%s\r\n" },
    { "no upgrade", HEAD KEY VERSION "%s\r\n" },
    { "another upgrade", HEAD "Connection: Upgrade\r\nUpgrade: h2c\r\n" KEY VERSION "%s\r\n" },
    { "POST", "POST /api HTTP/1.1\r\nHost: localhost\r\n" UPGRADE KEY VERSION "%s\r\n" },
    { "two hosts", HEAD "Host: elsewhere\r\n" UPGRADE KEY VERSION "%s\r\n" },
    { "length and encoding", HEAD UPGRADE KEY VERSION
      "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n%s\r\n" },
    { "foreign origin", HEAD UPGRADE KEY VERSION "Origin: https://evil.example\r\n%s\r\n" },
    { "no HTTP", "HELO localhost\r\n\r\n%s\r\n" },
  };
  const char *good = HEAD UPGRADE KEY VERSION "%s\r\n";

  g_assert_cmpuint (try_upgrade (self, good), ==, 101);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint status = try_upgrade (self, cases[i].request);

      g_test_message ("%s: %u", cases[i].what, status);
      g_assert_cmpuint (status, !=, 101);
      g_assert_true (status == 0 || (status >= 400 && status < 600));
    }

  g_assert_cmpuint (try_upgrade (self, good), ==, 101);
}

static void
test_endless_headers_are_refused (Space         *self,
                                  gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = connect_plain (self);
  g_autofree char *line = g_strnfill (1000, 'x');
  g_autofree char *header = g_strdup_printf ("X-Filler: %s\r\n", line);
  guint n_written = 0;
  guint status;

  raw_peer_write_text (peer, HEAD);
  while (n_written < 10000 && raw_peer_write_text (peer, header))
    n_written++;

  status = raw_peer_read_answer (peer, NULL);
  g_test_message ("%u after %u lines", status, n_written);
  g_assert_true (status == 0 || (status >= 400 && status < 500));
  g_assert_true (raw_peer_awaits_end (peer, RAW_PEER_DEADLINE_MS));
}

/* A handshake that dawdles is given up after ten seconds, and costs nobody anything meanwhile. */
static void
test_silent_handshake_is_given_up (Space         *self,
                                   gconstpointer  unused)
{
  g_autoptr(RawPeer) silent = connect_plain (self);
  g_autoptr(RawPeer) slow = connect_plain (self);

  raw_peer_write_text (slow, "GET /api HTT");
  json_object_unref (raw_peer_ask_ok (self->bystander, "\"action\":\"rooms\""));
  g_assert_true (raw_peer_awaits_end (silent, RAW_PEER_DEADLINE_MS));
  g_assert_true (raw_peer_awaits_end (slow, RAW_PEER_DEADLINE_MS));
}

/* The first frames in one packet with the handshake, cut at every byte of the second frame. */
static void
test_bytes_behind_the_handshake_are_not_lost (Space         *self,
                                              gconstpointer  unused)
{
  static const char first[] = "{\"action\":\"keepAlive\",\"ref\":\"first\"}";
  static const char second[] = "{\"action\":\"keepAlive\",\"ref\":\"second\"}";
  g_autofree char *headers = make_native_headers (self);
  g_autofree char *upgrade = raw_peer_make_upgrade ("/api", headers);
  g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, first, strlen (first));
  g_autoptr(GBytes) rest = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, second, strlen (second));
  const guint8 *rest_data = g_bytes_get_data (rest, NULL);
  gsize rest_length = g_bytes_get_size (rest);

  for (gsize cut = 0; cut <= rest_length; cut++)
    {
      g_autoptr(RawPeer) peer = connect_plain (self);
      g_autoptr(GByteArray) packet = g_byte_array_new ();

      g_byte_array_append (packet, (const guint8 *) upgrade, (guint) strlen (upgrade));
      g_byte_array_append (packet, g_bytes_get_data (frame, NULL),
                           (guint) g_bytes_get_size (frame));
      g_byte_array_append (packet, rest_data, (guint) cut);
      raw_peer_write (peer, packet->data, packet->len);
      g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, 101);
      json_object_unref (raw_peer_await_reply (peer, "first"));
      raw_peer_write (peer, rest_data + cut, rest_length - cut);
      json_object_unref (raw_peer_await_reply (peer, "second"));
    }
}

static void
test_message_in_pieces_with_a_ping_between (Space         *self,
                                            gconstpointer  unused)
{
  static const char text[] = "{\"action\":\"keepAlive\",\"ref\":\"in pieces ☃\"}";
  g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);
  g_auto(RawPeerFrame) pong = { 0 };

  for (gsize i = 0; i < strlen (text); i++)
    {
      guint8 first = (i == 0 ? 0x01 : 0x00) | (i + 1 == strlen (text) ? 0x80 : 0);

      raw_peer_send_frame (peer, first, text + i, 1);
      if (i == 10)
        raw_peer_send_frame (peer, RAW_PEER_PING, "echo", 4);
    }

  g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &pong), ==, RAW_PEER_GOT_FRAME);
  g_assert_cmphex (pong.first, ==, RAW_PEER_PONG);
  g_assert_cmpstr (g_bytes_get_data (pong.payload, NULL), ==, "echo");
  json_object_unref (raw_peer_await_reply (peer, "in pieces ☃"));
}

/* What RFC 6455 forbids, byte by byte, and the code it is answered with. */
static void
test_violations_end_with_their_code (Space         *self,
                                     gconstpointer  unused)
{
  static const struct
  {
    const char *what;
    const char *bytes;
    gsize       length;
    guint16     code;
  } cases[] = {
    { "no mask", "\x81\x02{}", 4, 1002 },
    { "reserved bit", "\xc1\x80\0\0\0\0", 6, 1002 },
    { "unknown opcode", "\x83\x80\0\0\0\0", 6, 1002 },
    { "unknown control", "\x8b\x80\0\0\0\0", 6, 1002 },
    { "fragmented ping", "\x09\x80\0\0\0\0", 6, 1002 },
    { "long ping", "\x89\xfe\x00\x7e\0\0\0\0", 8, 1002 },
    { "nothing to continue", "\x80\x80\0\0\0\0", 6, 1002 },
    { "text inside a text", "\x01\x80\0\0\0\0\x81\x80\0\0\0\0", 12, 1002 },
    { "long form of a short length", "\x81\xfe\x00\x05\0\0\0\0", 8, 1002 },
    { "64 bit length with the top bit", "\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14, 1002 },
    { "too long", "\x81\xff\0\0\0\1\0\0\0\0\0\0\0\0", 14, 1009 },
    { "close with one byte", "\x88\x81\0\0\0\0\x03", 7, 1002 },
    { "close with 999", "\x88\x82\0\0\0\0\x03\xe7", 8, 1002 },
    { "close with 1005", "\x88\x82\0\0\0\0\x03\xed", 8, 1002 },
    { "close with bad UTF-8", "\x88\x83\0\0\0\0\x03\xe8\xff", 9, 1007 },
    { "bad UTF-8", "\x81\x81\0\0\0\0\xff", 7, 1007 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);

      g_test_message ("%s", cases[i].what);
      raw_peer_write (peer, cases[i].bytes, cases[i].length);
      g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, cases[i].code);
      g_assert_true (raw_peer_awaits_end (peer, RAW_PEER_DEADLINE_MS));
    }
}

static void
test_close_is_answered_and_the_socket_let_go (Space         *self,
                                              gconstpointer  unused)
{
  g_autoptr(RawPeer) polite = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) curt = server_process_connect (self->server, self->ann);

  raw_peer_send_frame (polite, RAW_PEER_CLOSE, "\x03\xe8" "bye", 5);
  g_assert_cmpuint (raw_peer_await_close (polite, RAW_PEER_DEADLINE_MS), ==, 1000);
  g_assert_true (raw_peer_awaits_end (polite, RAW_PEER_DEADLINE_MS));

  raw_peer_send_frame (curt, RAW_PEER_CLOSE, "", 0);
  g_assert_true (raw_peer_awaits_end (curt, RAW_PEER_DEADLINE_MS));
}

/* One who does not read is closed; those who do get everything. */
static void
test_slow_reader_is_closed_with_3008 (Space         *self,
                                      gconstpointer  unused)
{
  g_autoptr(RawPeer) writer = server_process_connect (self->server, self->ann);
  g_autoptr(RawPeer) slow = server_process_connect (self->server, self->ann);
  g_autofree char *content = g_strnfill (BIG_CONTENT_BYTES, 'x');

  raw_peer_set_receive_buffer (slow, SMALL_BUFFER);
  json_object_unref (raw_peer_ask_ok (self->bystander, "\"action\":\"subscribe\",\"rid\":\"R\""));
  json_object_unref (raw_peer_ask_ok (writer, "\"action\":\"subscribe\",\"rid\":\"R\""));
  json_object_unref (raw_peer_ask_ok (slow, "\"action\":\"subscribe\",\"rid\":\"R\""));

  for (gint64 i = 1; i <= N_BIG_MESSAGES; i++)
    {
      g_autoptr(JsonObject) message = NULL;

      json_object_unref (raw_peer_ask_ok (writer, "\"action\":\"post\",\"rid\":\"R\","
                                                  "\"content\":\"%s\"", content));
      message = raw_peer_await_key (self->bystander, "#message");
      g_assert_cmpint (json_object_get_int_member (message, "#seq"), ==, i);
    }

  g_assert_cmpuint (raw_peer_await_close (slow, RAW_PEER_DEADLINE_MS), ==, 3008);
}

/* A page of the server's own may connect, a native client says nothing, and others are refused. */
static void
test_origins (Space         *self,
              gconstpointer  unused)
{
  const char *arguments[] = { "--allow-origin", "https://chat.example", NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);
  g_autoptr(ServerAccount) account = server_process_sign_up (server, "ann");
  g_autofree char *path = g_strconcat ("/api?token=", account->access_token, NULL);
  static const struct
  {
    const char *header;
    guint       status;
  } cases[] = {
    { "", 101 },
    { "Origin: https://chat.example\r\n", 101 },
    { "Origin: https://evil.example\r\n", 403 },
    { "Origin: https://chat.example.evil.example\r\n", 403 },
    { "Origin: http://chat.example\r\n", 403 },
    { "Origin: null\r\n", 403 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (server));

      g_test_message ("%s", cases[i].header);
      g_assert_cmpuint (raw_peer_upgrade (peer, path, cases[i].header), ==, cases[i].status);
    }
}

/* A page whose name was made to lead here is not of the server's own. */
static void
test_names_of_others_are_not_our_origin (Space         *self,
                                         gconstpointer  unused)
{
  static const struct
  {
    const char *host;
    guint       status;
  } cases[] = {
    { "127.0.0.1:8440", 400 },         { "[::1]:8440", 400 },
    { "localhost:8440", 400 },         { "page.localhost", 400 },
    { "ann.local:8440", 400 },         { "Box", 400 },
    { "evil.example:8440", 403 },      { "evil.example.:8440", 403 },
    { "localhost.evil.example", 403 }, { "127.0.0.1.evil.example", 403 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(RawPeer) peer = connect_plain (self);
      g_autofree char *request =
        g_strdup_printf ("POST /v1/sign-in HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n"
                         "Content-Length: 2\r\n\r\n{}", cases[i].host, cases[i].host);

      g_test_message ("%s", cases[i].host);
      g_assert_true (raw_peer_write_text (peer, request));
      g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, cases[i].status);
    }
}

/* Lets people in until somebody is turned away; the server hears of those who have gone before one
 * after the other, so it may have room again later. */
static guint
fill (ServerProcess *server,
      const char    *path,
      GPtrArray     *peers)
{
  gint64 end_us = support_wait_begin ();
  gboolean full = FALSE;
  guint n_upgraded = 0;

  while (n_upgraded < N_DESCRIPTORS && (!full || n_upgraded <= N_DESCRIPTORS / 4))
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (server));
      guint status = raw_peer_upgrade (peer, path, NULL);

      g_assert_true (status == 101 || status == 503 || status == 0);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      full = status != 101;
      if (!full)
        {
          g_ptr_array_add (peers, g_steal_pointer (&peer));
          n_upgraded++;
        }
    }

  return n_upgraded;
}

static void
free_peer_cb (gpointer peer)
{
  raw_peer_free (peer);
}

/* Newcomers are turned away, those who are in go on, and when some have left others may come. */
static void
test_out_of_descriptors (Space         *self,
                         gconstpointer  unused)
{
  g_autoptr(ServerProcess) server = server_process_new_limited (N_DESCRIPTORS);
  g_autoptr(ServerAccount) account = server_process_sign_up (server, "ann");
  g_autofree char *path = g_strconcat ("/api?token=", account->access_token, NULL);
  g_autoptr(RawPeer) first = server_process_connect (server, account);

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func (free_peer_cb);

      g_assert_cmpuint (fill (server, path, peers), <, N_DESCRIPTORS);
      json_object_unref (raw_peer_ask_ok (first, "\"action\":\"keepAlive\""));
    }

  /* The server hears of those who have gone one after the other. */
  for (gint64 end_us = support_wait_begin ();;)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (server));

      if (raw_peer_upgrade (peer, path, NULL) == 101)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
}

static void
test_sigterm_closes_with_3000_and_exits_0 (Space         *self,
                                           gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);
  const char *ready = server_process_get_ready (self->server);
  g_autofree char *line = NULL;

  line = g_strdup_printf ("confabd ready http://127.0.0.1:%u\n",
                          server_process_get_port (self->server));
  g_assert_cmpstr (ready, ==, line);

  g_assert_cmpint (server_process_stop (self->server, SIGTERM), ==, 0);
  g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 3000);

  /* For the teardown, which asks a server that runs. */
  server_process_start (self->server);
  raw_peer_free (self->bystander);
  self->bystander = server_process_connect (self->server, self->bob);
}

#define add(name, func) g_test_add ("/server/sockets/" name, Space, NULL, setup, func, teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("bad-handshakes-are-refused", test_bad_handshakes_are_refused);
  add ("endless-headers-are-refused", test_endless_headers_are_refused);
  add ("silent-handshake-is-given-up", test_silent_handshake_is_given_up);
  add ("bytes-behind-the-handshake-are-not-lost", test_bytes_behind_the_handshake_are_not_lost);
  add ("message-in-pieces-with-a-ping-between", test_message_in_pieces_with_a_ping_between);
  add ("violations-end-with-their-code", test_violations_end_with_their_code);
  add ("close-is-answered-and-the-socket-let-go", test_close_is_answered_and_the_socket_let_go);
  add ("slow-reader-is-closed-with-3008", test_slow_reader_is_closed_with_3008);
  add ("origins", test_origins);
  add ("names-of-others-are-not-our-origin", test_names_of_others_are_not_our_origin);
  add ("out-of-descriptors", test_out_of_descriptors);
  add ("sigterm-closes-with-3000-and-exits-0", test_sigterm_closes_with_3000_and_exits_0);

  return g_test_run ();
}
