/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-line.h"
#include "confab.h"
#include "support-wait.h"

#include <string.h>

/* Servers that are none, and servers that lie. */

static void
say_all_and_drop (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  const char *text = user_data;

  fake_peer_send (peer, text, strlen (text));
}

static void
expect (FakeSpaceScript  script,
        gconstpointer    data,
        const char      *states,
        ConfabError      code)
{
  g_autoptr(ClientLine) line = client_line_new (script, (gpointer) data);

  confab_connection_open (line->connection);
  support_wait_until (line->states->len >= strlen (states));
  g_assert_cmpstr (line->states->str, ==, states);
  client_line_assert_error (line, code);
}

static void
test_not_a_server (void)
{
  static const struct
  {
    const char  *answer;
    ConfabError  code;
  } rows[] = {
    { "SSH-2.0-OpenSSH_9.9\r\n\r\n", CONFAB_ERROR_NOT_A_CONFAB_SERVER },
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", CONFAB_ERROR_NOT_A_CONFAB_SERVER },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", CONFAB_ERROR_NOT_A_CONFAB_SERVER },
    { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      CONFAB_ERROR_NOT_A_CONFAB_SERVER },
    { "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", CONFAB_ERROR_UNAVAILABLE },
    { "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", CONFAB_ERROR_NOT_ALLOWED },
    { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
      "Sec-WebSocket-Protocol: confab.v1\r\n\r\n",
      CONFAB_ERROR_NOT_A_CONFAB_SERVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect (say_all_and_drop, rows[i].answer, "CW", rows[i].code);
}

static void
leave_out_protocol (FakePeer *peer,
                    guint     number,
                    gpointer  user_data)
{
  g_autofree char *upgrade = fake_peer_make_upgrade (peer);

  strstr (upgrade, "Sec-WebSocket-Protocol")[0] = 'X';
  fake_peer_send (peer, upgrade, strlen (upgrade));
  fake_peer_hello (peer);
  fake_peer_serve (peer);
}

static void
test_protocol (void)
{
  expect (leave_out_protocol, NULL, "CW", CONFAB_ERROR_NOT_A_CONFAB_SERVER);
}

static void
test_nobody (void)
{
  g_autoptr(ConfabCredentials) credentials =
    confab_credentials_new ("http://127.0.0.1:1", "token", NULL);
  g_autoptr(ConfabConnection) connection =
    confab_connection_new ("http://127.0.0.1:1", credentials);

  confab_connection_open (connection);
  support_wait_until (confab_connection_get_state (connection) ==
                      CONFAB_CONNECTION_STATE_WAITING);
  g_assert_error (confab_connection_get_last_error (connection), CONFAB_ERROR,
                  CONFAB_ERROR_CONNECTION_REFUSED);
  confab_connection_close (connection);
  support_run_pending ();
}

static GString *
make_beginning (FakePeer *peer)
{
  static const guint8 header[] = { 0x81, 0x12 };
  g_autofree char *upgrade = fake_peer_make_upgrade (peer);
  GString *text = g_string_new (upgrade);

  g_string_append_len (text, (const char *) header, sizeof header);
  g_string_append (text, "{\"#hello\":{\"a\":1}}");

  return text;
}

static void
cut (FakePeer *peer,
     guint     number,
     gpointer  user_data)
{
  g_autoptr(GString) text = make_beginning (peer);

  /* One byte more each time. */
  fake_peer_send (peer, text->str, MIN (number, text->len));
  g_string_truncate (text, 0);
}

static void
test_cut (void)
{
  g_autoptr(ClientLine) line = client_line_new (cut, NULL);

  confab_connection_open (line->connection);
  for (guint i = 0; i < 200; i++)
    {
      client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
      confab_connection_try_now (line->connection);
    }
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  g_assert_nonnull (strstr (line->states->str, "CGO"));
}

static void
drip (FakePeer *peer,
      guint     number,
      gpointer  user_data)
{
  g_autoptr(GString) text = make_beginning (peer);

  for (gsize i = 0; i < text->len; i++)
    fake_peer_send (peer, text->str + i, 1);
  fake_peer_serve (peer);
}

static void
test_drip (void)
{
  g_autoptr(ClientLine) line = client_line_new (drip, NULL);

  client_line_connect (line);
  g_assert_cmpstr (line->states->str, ==, "CGO");
}

static void
say_nothing (FakePeer *peer,
             guint     number,
             gpointer  user_data)
{
  if (number > 0)
    fake_peer_upgrade (peer);
  fake_peer_tell (peer, "here");
  fake_peer_wait (peer);
}

static void
test_nothing (void)
{
  g_autoptr(ClientLine) line = client_line_new (say_nothing, NULL);

  /* No answer to the handshake. */
  confab_connection_open (line->connection);
  client_line_hear (line, "here");
  confab_time_advance (line->time, 20 * 1000);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  client_line_assert_error (line, CONFAB_ERROR_TIMED_OUT);

  /* An upgrade, but no #hello. */
  confab_connection_try_now (line->connection);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_GREETING);
  confab_time_advance (line->time, 10 * 1000);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  client_line_assert_error (line, CONFAB_ERROR_TIMED_OUT);
}

static void
answer_refresh (FakePeer *peer)
{
  /* 2100, as the manual clock of the tests stands in 2030. */
  g_autofree char *token = fake_space_make_token (4102444800, 4102448400);
  g_autofree char *answer =
    g_strdup_printf ("{\"access_token\":\"%s\",\"refresh_token\":\"refresh-1\"}", token);

  fake_peer_tell (peer, fake_peer_get_body (peer));
  fake_peer_answer (peer, 200, answer);
}

static void
close_with (FakePeer *peer,
            guint     number,
            gpointer  user_data)
{
  if (!fake_peer_is_socket (peer))
    {
      answer_refresh (peer);
      return;
    }

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  if (number > 0)
    fake_peer_serve (peer);
  else
    fake_peer_close (peer, (guint16) GPOINTER_TO_UINT (user_data));
}

static void
test_close_codes (void)
{
  static const struct
  {
    guint        code;
    const char  *states;
    ConfabError  error;
  } rows[] = {
    { 1000, "CGOW", CONFAB_ERROR_CLOSED },      { 1001, "CGOW", CONFAB_ERROR_CLOSED },
    { 1002, "CGOW", CONFAB_ERROR_CLOSED },      { 1011, "CGOW", CONFAB_ERROR_CLOSED },
    { 3000, "CGOW", CONFAB_ERROR_CLOSED },      { 3004, "CGOW", CONFAB_ERROR_CLOSED },
    { 3008, "CGOW", CONFAB_ERROR_CLOSED },      { 3009, "CGOW", CONFAB_ERROR_CLOSED },
    { 3499, "CGOW", CONFAB_ERROR_CLOSED },      { 3501, "CGOR", CONFAB_ERROR_INVALID_TOKEN },
    { 3502, "CGOR", CONFAB_ERROR_NOT_ALLOWED }, { 3999, "CGOR", CONFAB_ERROR_NOT_ALLOWED },
    { 4000, "CGOW", CONFAB_ERROR_CLOSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect (close_with, GUINT_TO_POINTER (rows[i].code), rows[i].states, rows[i].error);
}

static void
test_token_expired (void)
{
  g_autoptr(ClientLine) line = client_line_new (close_with, GUINT_TO_POINTER (3500));

  confab_connection_open (line->connection);
  support_wait_until (line->states->len >= 6);
  g_assert_cmpstr (line->states->str, ==, "CGOCGO");
  client_line_hear (line, "{\"refresh_token\":\"refresh-0\"}");
  g_assert_cmpstr (confab_credentials_get_refresh_token (line->credentials), ==, "refresh-1");
}

static void
close_with_3500_always (FakePeer *peer,
                        guint     number,
                        gpointer  user_data)
{
  if (fake_peer_is_socket (peer))
    close_with (peer, 0, GUINT_TO_POINTER (3500));
  else
    answer_refresh (peer);
}

static void
test_token_expires_always (void)
{
  /* Once at once; then with the waits of any other failure. */
  expect (close_with_3500_always, NULL, "CGOCGOW", CONFAB_ERROR_INVALID_TOKEN);
}

static void
refuse_tokens (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  gboolean for_good = GPOINTER_TO_UINT (user_data);

  if (!fake_peer_is_socket (peer))
    {
      answer_refresh (peer);
    }
  else if (for_good || number == 0)
    {
      fake_peer_answer (peer, 401, "{\"code\":\"INVALID_TOKEN\",\"message\":\"no\"}");
    }
  else
    {
      fake_peer_upgrade (peer);
      fake_peer_hello (peer);
      fake_peer_serve (peer);
    }
}

static void
test_refused_token (void)
{
  g_autoptr(ClientLine) line = client_line_new (refuse_tokens, GUINT_TO_POINTER (FALSE));

  client_line_connect (line);
  g_assert_cmpstr (line->states->str, ==, "CGO");
  g_assert_cmpstr (confab_credentials_get_refresh_token (line->credentials), ==, "refresh-1");
}

static void
test_refused_account (void)
{
  g_autoptr(ClientLine) line = client_line_new (refuse_tokens, GUINT_TO_POINTER (TRUE));

  confab_connection_open (line->connection);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_REFUSED);
  client_line_assert_error (line, CONFAB_ERROR_INVALID_TOKEN);

  /* And so it stays. */
  confab_time_advance (line->time, 3600 * 1000);
  support_run_pending ();
  g_assert_cmpstr (line->states->str, ==, "CR");
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 3);
}

static void
refuse_refresh (FakePeer *peer,
                guint     number,
                gpointer  user_data)
{
  fake_peer_answer (peer, 401, "{\"code\":\"INVALID_TOKEN\",\"message\":\"used\"}");
}

static void
test_refused_refresh (void)
{
  expect (refuse_refresh, NULL, "CR", CONFAB_ERROR_INVALID_TOKEN);
}

static void
serve_and_refresh (FakePeer *peer,
                   guint     number,
                   gpointer  user_data)
{
  if (fake_peer_is_socket (peer))
    {
      fake_peer_upgrade (peer);
      fake_peer_hello (peer);
      fake_peer_serve (peer);
    }
  else
    {
      answer_refresh (peer);
    }
}

static void
test_renewal (void)
{
  g_autoptr(ClientLine) line = client_line_new (serve_and_refresh, NULL);

  client_line_connect (line);
  confab_time_advance (line->time, 20 * 1000);
  support_wait_until (confab_connection_get_n_in_flight (line->connection) == 0);
  g_assert_cmpstr (confab_credentials_get_refresh_token (line->credentials), ==, "refresh-0");

  /* Ten minutes before its day is over. */
  confab_time_advance (line->time, (24 * 60 - 10) * 60 * 1000);
  client_line_hear (line, "{\"refresh_token\":\"refresh-0\"}");
  support_wait_until (
    g_str_equal (confab_credentials_get_refresh_token (line->credentials), "refresh-1"));
}

static void
send_raw_frame (FakePeer *peer,
                guint     number,
                gpointer  user_data)
{
  gsize length;
  const void *data = g_bytes_get_data (user_data, &length);

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  fake_peer_send (peer, data, length);
  fake_peer_wait (peer);
}

static void
test_illegal_frames (void)
{
  static const struct
  {
    guint8 bytes[12];
    gsize  length;
  } rows[] = {
    { { 0x81, 0x7f, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00 }, 10 }, /* 2^40 bytes */
    { { 0x81, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 10 }, /* 2^64 - 1 */
    { { 0x81, 0x84, 0x01, 0x02, 0x03, 0x04, 'a', 'b', 'c', 'd' }, 10 },     /* masked */
    { { 0x81, 0x02, 0xc3, 0x28 }, 4 },                                      /* not UTF-8 */
    { { 0xf1, 0x01, 'a' }, 3 },                                             /* reserved bits */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (rows[i].bytes, rows[i].length);

      g_test_message ("frame %u", i);
      expect (send_raw_frame, bytes, "CGOW", CONFAB_ERROR_CLOSED);
    }
}

static void
talk_nonsense (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  g_autoptr(GString) deep = g_string_new ("{\"#message\":");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  fake_peer_hello (peer);
  fake_peer_send_text (peer, "%s", "");
  fake_peer_send_text (peer, "not json");
  fake_peer_send_text (peer, "[1,2,3]");
  fake_peer_send_text (peer, "null");
  fake_peer_send_text (peer, "{\"#ref\":17}");
  fake_peer_send_text (peer, "{\"#hello\":\"again\"}");
  fake_peer_send_text (peer, "{\"\\ud800\":\"\\udfff\"}");
  fake_peer_send_text (peer, "{\"a\":1e999,\"b\":-0,\"c\":99999999999999999999}");
  fake_peer_send_text (peer, "%s", deep->str);
  fake_peer_send_text (peer, "{\"#end\":true}");
  fake_peer_serve (peer);
}

static gboolean
has_end (ClientLine *line)
{
  return line->frames->len > 0 &&
         json_object_has_member (g_ptr_array_index (line->frames, line->frames->len - 1), "#end");
}

static void
test_nonsense (void)
{
  g_autoptr(ClientLine) line = client_line_new (talk_nonsense, NULL);

  client_line_connect (line);
  support_wait_until (has_end (line));
  g_assert_cmpstr (line->states->str, ==, "CGO");
}

static void
talk_only_nonsense (FakePeer *peer,
                    guint     number,
                    gpointer  user_data)
{
  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  for (guint i = 0; i < 1000; i++)
    fake_peer_send_text (peer, "nonsense");
  fake_peer_wait (peer);
}

static void
test_only_nonsense (void)
{
  expect (talk_only_nonsense, NULL, "CGOW", CONFAB_ERROR_NOT_A_CONFAB_SERVER);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection-lies/what-is-no-confab-server-is-told", test_not_a_server);
  g_test_add_func ("/connection-lies/a-server-without-the-protocol-is-none", test_protocol);
  g_test_add_func ("/connection-lies/nobody-listens", test_nobody);
  g_test_add_func ("/connection-lies/cut-after-every-byte-it-comes-back", test_cut);
  g_test_add_func ("/connection-lies/a-greeting-may-come-byte-by-byte", test_drip);
  g_test_add_func ("/connection-lies/a-server-that-says-nothing-is-left", test_nothing);
  g_test_add_func ("/connection-lies/close-codes-tell-whether-to-come-back", test_close_codes);
  g_test_add_func ("/connection-lies/an-expired-token-is-renewed-at-once", test_token_expired);
  g_test_add_func ("/connection-lies/one-that-always-expires-waits", test_token_expires_always);
  g_test_add_func ("/connection-lies/a-refused-token-is-renewed-once", test_refused_token);
  g_test_add_func ("/connection-lies/a-refused-account-stays-refused", test_refused_account);
  g_test_add_func ("/connection-lies/a-used-refresh-token-is-the-end", test_refused_refresh);
  g_test_add_func ("/connection-lies/a-token-is-renewed-before-its-end", test_renewal);
  g_test_add_func ("/connection-lies/illegal-frames-end-the-connection", test_illegal_frames);
  g_test_add_func ("/connection-lies/nonsense-is-ignored", test_nonsense);
  g_test_add_func ("/connection-lies/nothing-but-nonsense-ends-it", test_only_nonsense);

  return g_test_run ();
}
