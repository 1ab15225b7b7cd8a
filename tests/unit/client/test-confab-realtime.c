/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-skapi-line.h"
#include "support-wait.h"
#include "wire-ws-frame.h"

#include <string.h>

#define SUCCESS "success Connected to WebSocket server."
#define LOST "error Skapi: WebSocket unexpected close."
#define FAILED "error Skapi: WebSocket connection error."
#define OVER "error Skapi: Max reconnection attempts reached."
#define CLOSED "close WebSocket connection closed."
#define AGAIN(n) "reconnect Reconnecting to WebSocket server..." n

static void
connect_line (ClientSkapiLine *line)
{
  g_autoptr(ConfabWebsocket) socket = client_bot_connect (line->bot, NULL);

  g_assert_nonnull (socket);
}

/* Tells what is said to it: "action rid". */
static void
listen_to (FakePeer *peer)
{
  JsonObject *frame;

  while ((frame = fake_peer_read (peer)))
    {
      const char *rid = json_object_has_member (frame, "rid") &&
                        json_object_get_null_member (frame, "rid")
                          ? "null"
                          : json_object_get_string_member_with_default (frame, "rid", "-");
      g_autofree char *word =
        g_strdup_printf ("%s %s", json_object_get_string_member (frame, "action"), rid);

      fake_peer_tell (peer, word);
      json_object_unref (frame);
      if (g_str_equal (word, "joinRoom drop"))
        return;
    }
}

static void
serve (FakePeer *peer,
       guint     number,
       gpointer  user_data)
{
  fake_peer_upgrade (peer);
  listen_to (peer);
}

static void
test_frames (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (serve, NULL);
  g_autofree char *joined = NULL;
  g_autofree char *left = NULL;
  g_autofree char *left_again = NULL;

  connect_line (line);
  client_skapi_line_expect (line, SUCCESS);
  client_skapi_line_hear (line, "keepAlive -");
  joined = client_bot_join (line->bot, "HelloWorld", NULL);
  client_skapi_line_hear (line, "joinRoom HelloWorld");
  left = client_bot_join (line->bot, NULL, NULL);
  client_skapi_line_hear (line, "joinRoom null");

  /* Leaving what was left is said to nobody. */
  left_again = client_bot_join (line->bot, "", NULL);
  g_assert_cmpstr (left_again, ==, "Left realtime message group.");

  /* Every 15 s, and not before. */
  confab_time_advance (line->time, CONFAB_REALTIME_KEEP_ALIVE_MS - 1);
  support_run_pending ();
  for (guint i = 0; i < 3; i++)
    {
      confab_time_advance (line->time, i ? CONFAB_REALTIME_KEEP_ALIVE_MS : 1);
      client_skapi_line_hear (line, "keepAlive -");
    }
}

/* Tells all of what is said to it. */
static void
copy_frames (FakePeer *peer,
             guint     number,
             gpointer  user_data)
{
  JsonObject *frame;

  fake_peer_upgrade (peer);
  fake_peer_tell (peer, fake_peer_get_path (peer));
  while ((frame = fake_peer_read (peer)))
    {
      g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), frame);
      g_autofree char *text = json_to_string (node, FALSE);

      fake_peer_tell (peer, text);
      json_object_unref (frame);
    }
}

G_GNUC_PRINTF (2, 3)
static void
hear_frame (ClientSkapiLine *line,
            const char      *format,
            ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  client_skapi_line_hear (line, text);
}

static void
test_whole_frames (void)
{
  g_autofree char *token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 24 * 3600);
  g_autofree char *id =
    g_strdup_printf ("IdT:" CLIENT_SKAPI_SERVICE ":" CLIENT_SKAPI_OWNER ":%s", token);
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (copy_frames, NULL);
  g_autoptr(JsonNode) content = json_from_string ("{\"pickup\":\"me\"}", NULL);
  g_autofree char *joined = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  connect_line (line);
  hear_frame (line, "/api?token=%s", token);
  hear_frame (line, "{\"action\":\"keepAlive\"}");

  joined = client_bot_join (line->bot, "a \"group\"", NULL);
  hear_frame (line, "{\"action\":\"joinRoom\",\"rid\":\"a \\\"group\\\"\",\"token\":\"%s\"}",
              token);

  first = client_bot_post (line->bot, "[1]", "a \"group\"", NULL, NULL);
  hear_frame (line, "{\"action\":\"broadcast\",\"rid\":\"a \\\"group\\\"\",\"content\":[1],"
              "\"notification\":\"\",\"notificationConfig\":{},\"token\":\"%s\"}", id);

  second = client_bot_post (line->bot, NULL, CLIENT_SKAPI_USER, NULL, NULL);
  hear_frame (line, "{\"action\":\"sendMessage\",\"uid\":\"" CLIENT_SKAPI_USER "\","
              "\"notification\":\"\",\"notificationConfig\":{},\"token\":\"%s\"}", id);

  third = client_bot_post (line->bot, "null", CLIENT_SKAPI_USER,
                           "{\"title\":\"t\",\"body\":\"b\",\"config\":{\"always\":false}}",
                           NULL);
  hear_frame (line,
              "{\"action\":\"sendMessage\",\"uid\":\"" CLIENT_SKAPI_USER "\",\"content\":null,"
              "\"notification\":\"{\\\"title\\\":\\\"t\\\",\\\"body\\\":\\\"b\\\"}\","
              "\"notificationConfig\":{\"always\":false},\"token\":\"%s\"}", id);

  g_assert_true (confab_client_send_rtc (line->bot->client, "cid:AAAA=", content, NULL));
  hear_frame (line, "{\"action\":\"rtc\",\"uid\":\"cid:AAAA=\",\"content\":{\"pickup\":\"me\"},"
              "\"token\":\"%s\"}", token);
}

static void
drop_then_refuse (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  if (number == 0 || number > 2)
    serve (peer, number, user_data);
  else
    fake_peer_answer (peer, 503, "");
}

static void
test_two_attempts (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (drop_then_refuse, NULL);
  g_autofree char *joined = NULL;

  connect_line (line);
  client_skapi_line_expect (line, SUCCESS);
  joined = client_bot_join (line->bot, "drop", NULL);
  client_skapi_line_expect (line, LOST "|" AGAIN ("1"));
  client_bot_post (line->bot, "1", "drop", NULL,
                   "INVALID_REQUEST: Realtime connection is not open. Try reconnecting with "
                   "connectRealtime().");

  /* After 3 s, and not before. */
  confab_time_advance (line->time, CONFAB_REALTIME_RECONNECT_MS - 1);
  support_run_pending ();
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
  confab_time_advance (line->time, 1);
  client_skapi_line_expect (line, FAILED "|" LOST "|" AGAIN ("2"));
  confab_time_advance (line->time, CONFAB_REALTIME_RECONNECT_MS);
  client_skapi_line_expect (line, FAILED "|" LOST "|" OVER);

  /* That was that. */
  confab_time_advance (line->time, 3600 * 1000);
  support_run_pending ();
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 3);
  client_bot_post (line->bot, "1", "drop", NULL,
                   "INVALID_REQUEST: Realtime connection is not open. Try reconnecting with "
                   "connectRealtime().");

  /* Unless somebody wants it again: it comes back into its group. */
  client_skapi_line_hear (line, "keepAlive -");
  client_skapi_line_hear (line, "joinRoom drop");
  connect_line (line);
  client_skapi_line_hear (line, "joinRoom drop");
}

static void
close_at_once (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  static const guint16 codes[] = { 1000, 1001, 1011, 3000, 3501 };

  fake_peer_upgrade (peer);
  if (number < G_N_ELEMENTS (codes))
    fake_peer_close (peer, codes[number]);
  else
    listen_to (peer);
}

static void
test_open_counts_anew (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (close_at_once, NULL);

  /* Whatever the code of the other side is, it was not wished here. */
  connect_line (line);
  for (guint i = 0; i < 5; i++)
    {
      client_skapi_line_expect (line, SUCCESS "|" LOST "|" AGAIN ("1"));
      confab_time_advance (line->time, CONFAB_REALTIME_RECONNECT_MS);
    }
  client_skapi_line_expect (line, SUCCESS);
}

static void
refuse (FakePeer *peer,
        guint     number,
        gpointer  user_data)
{
  fake_peer_answer (peer, GPOINTER_TO_UINT (user_data), "{\"code\":\"INVALID_TOKEN\"}");
}

static void
test_never_opened (void)
{
  static const guint statuses[] = { 200, 302, 400, 401, 403, 404, 500, 503 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(ClientSkapiLine) line =
        client_skapi_line_new (refuse, GUINT_TO_POINTER (statuses[i]));

      client_bot_connect (line->bot, "ERROR: Skapi: WebSocket connection error.");
      client_skapi_line_expect (line, FAILED "|" CLOSED);
      confab_time_advance (line->time, 3600 * 1000);
      support_run_pending ();
      g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
    }
}

static void
be_silent (FakePeer *peer,
           guint     number,
           gpointer  user_data)
{
  fake_peer_tell (peer, "there");
  fake_peer_wait (peer);
}

static void
test_silent_server (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (be_silent, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_connect_realtime_async (line->bot->client, NULL, support_take_result_cb, &result);
  client_skapi_line_hear (line, "there");
  confab_time_advance (line->time, 20 * 1000);
  client_skapi_line_expect (line, FAILED "|" CLOSED);
  g_assert_null (confab_client_connect_realtime_finish (line->bot->client, result, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_ERROR);
}

static void
send_part_of_upgrade (FakePeer *peer,
                      guint     number,
                      gpointer  user_data)
{
  g_autofree char *answer = fake_peer_make_upgrade (peer);

  fake_peer_send (peer, answer, MIN (strlen (answer) - 1, GPOINTER_TO_UINT (user_data)));
}

static void
test_cut_handshake (void)
{
  /* Where the answer to the handshake ends: in its status line, a header, before the last byte. */
  static const guint lengths[] = { 1, 8, 12, 40, 100, 150 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr(ClientSkapiLine) line =
        client_skapi_line_new (send_part_of_upgrade, GUINT_TO_POINTER (lengths[i]));

      client_bot_connect (line->bot, "ERROR: Skapi: WebSocket connection error.");
      client_skapi_line_expect (line, FAILED "|" CLOSED);
    }
}

static void
test_close_while_connecting (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (be_silent, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_connect_realtime_async (line->bot->client, NULL, support_take_result_cb, &result);
  client_skapi_line_hear (line, "there");
  client_bot_close (line->bot);
  client_skapi_line_expect (line, CLOSED);
  g_assert_null (confab_client_connect_realtime_finish (line->bot->client, result, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_REQUEST);
}

static void
test_close_while_lost (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (serve, NULL);
  g_autofree char *joined = NULL;

  connect_line (line);
  joined = client_bot_join (line->bot, "drop", NULL);
  client_skapi_line_expect (line, SUCCESS "|" LOST "|" AGAIN ("1"));
  client_bot_close (line->bot);
  client_skapi_line_expect (line, CLOSED);
  g_assert_null (confab_client_get_group (line->bot->client));
  confab_time_advance (line->time, 3600 * 1000);
  support_run_pending ();
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
}

static void
test_connect_while_lost (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (serve, NULL);
  g_autofree char *joined = NULL;

  connect_line (line);
  joined = client_bot_join (line->bot, "drop", NULL);
  client_skapi_line_expect (line, SUCCESS "|" LOST "|" AGAIN ("1"));

  /* Who asks for it does not wait 3 s. */
  connect_line (line);
  client_skapi_line_expect (line, SUCCESS "|" LOST "|" AGAIN ("1"));
}

static void
test_wishes_before_it_is_open (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (serve, NULL);
  g_autoptr(JsonNode) message = json_node_init_int (json_node_alloc (), 7);
  g_autoptr(GAsyncResult) joined = NULL;
  g_autoptr(GAsyncResult) posted = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRealtimeEvent) join = NULL;
  g_autoptr(ConfabRealtimeEvent) post = NULL;

  confab_client_connect_realtime_async (line->bot->client, NULL, NULL, NULL);
  confab_client_join_realtime_async (line->bot->client, "g", NULL, support_take_result_cb,
                                     &joined);
  confab_client_post_realtime_async (line->bot->client, message, "g", NULL, NULL,
                                     support_take_result_cb, &posted);
  support_wait_for (joined);
  support_wait_for (posted);
  join = confab_client_join_realtime_finish (line->bot->client, joined, &error);
  g_assert_no_error (error);
  post = confab_client_post_realtime_finish (line->bot->client, posted, &error);
  g_assert_no_error (error);
  client_skapi_line_hear (line, "keepAlive -");
  client_skapi_line_hear (line, "joinRoom g");
  client_skapi_line_hear (line, "broadcast g");
}

static void
test_cancelled (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (be_silent, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_connect_realtime_async (line->bot->client, cancellable, support_take_result_cb,
                                        &result);
  client_skapi_line_hear (line, "there");
  g_cancellable_cancel (cancellable);
  support_wait_for (result);
  g_assert_null (confab_client_connect_realtime_finish (line->bot->client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
close_in_handler_cb (ConfabClient        *client,
                     ConfabRealtimeEvent *event,
                     gpointer             user_data)
{
  guint *n_calls = user_data;

  (*n_calls)++;
  confab_client_close (client);
}

static void
test_handlers_may_do_anything (void)
{
  static const char * const details[] = { "realtime-event::success", "realtime-event::error",
                                          "realtime-event::reconnect" };

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    {
      g_autoptr(ClientSkapiLine) line = client_skapi_line_new (close_at_once, NULL);
      guint n_calls = 0;

      g_signal_connect (line->bot->client, details[i], G_CALLBACK (close_in_handler_cb), &n_calls);
      confab_client_open (line->bot->client);
      client_bot_await (line->bot, "close");
      g_assert_cmpuint (n_calls, ==, 1);
      confab_time_advance (line->time, 3600 * 1000);
      support_run_pending ();
      g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
    }
}

/* What a server may say, and what becomes of it. */
static const struct
{
  const char *frame;
  const char *event;   /* NULL: nothing */
} lies[] = {
  { "{\"#message\":\"100%\"}", "message 100%" },
  { "{\"#message\":\"%41 %zz a%20b\"}", "message %41 %zz a%20b" },
  { "%7B%22%23message%22%3A%22whole%20frame%22%7D", "message whole frame" },
  { "%7B%22", NULL },
  { "%zz", NULL },
  { "", NULL },
  { "hello", NULL },
  { "null", NULL },
  { "[]", NULL },
  { "[{\"#message\":1}]", NULL },
  { "{\"#message\":1}{\"#message\":2}", NULL },
  { "{\"#message\":[1e999]}", NULL },
  { "{\"#message\":\"\\ud800\"}", "message \xef\xbf\xbd" },
  { "{}", NULL },
  { "{\"message\":\"x\"}", NULL },
  { "{\"#message\":", NULL },
  { "{\"#message\":\"\"}", "message " },
  { "{\"#message\":null,\"#private\":\"second\"}", "private second" },
  { "{\"#error\":\"e\",\"#notice\":\"n\",\"#private\":\"p\",\"#message\":\"m\"}", "message m" },
  { "{\"#error\":\"Not allowed.\"}", "error Not allowed." },
  { "{\"#notice\":\"somebody came\",\"#user_id\":5,\"#scid\":[],\"#srid\":{},\"#code\":null}",
    "notice somebody came" },
  { "{\"#rtc\":\"signal\"}", "rtc signal" },
  { "{\"#message\":\"\\ud83d\\ude00\"}", "message 😀" },
};

static void
lie (FakePeer *peer,
     guint     number,
     gpointer  user_data)
{
  JsonObject *frame;

  fake_peer_upgrade (peer);
  frame = fake_peer_read (peer);
  json_object_unref (frame);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    fake_peer_send_text (peer, "%s", lies[i].frame);
  fake_peer_send_text (peer, "{\"#message\":\"the end\"}");
  listen_to (peer);
}

static void
test_lies (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (lie, NULL);
  g_autoptr(GString) expected = g_string_new (SUCCESS "|");

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    if (lies[i].event)
      g_string_append_printf (expected, "%s|", lies[i].event);
  g_string_append (expected, "message the end");
  connect_line (line);
  client_skapi_line_expect (line, expected->str);
}

static void
nest (FakePeer *peer,
      guint     number,
      gpointer  user_data)
{
  g_autofree char *open = g_strnfill (100 * 1000, '[');

  fake_peer_upgrade (peer);
  fake_peer_send_text (peer, "{\"#message\":%s", open);
  fake_peer_send_text (peer, "{\"#message\":\"still here\"}");
  listen_to (peer);
}

static void
test_nesting (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (nest, NULL);

  connect_line (line);
  client_skapi_line_expect (line, SUCCESS "|message still here");
}

#define PIECES "{\"#message\":\"in pieces\"}"
#define N_PIECES (2 + sizeof PIECES - 1)

/* Says the first bytes of a frame, and the others, or none, when the client has said something. */
static void
say_in_pieces (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  gint n_bytes = GPOINTER_TO_INT (user_data);
  guint n_first = (guint) ABS (n_bytes);
  g_autoptr(GBytes) frame = wire_ws_frame_new (WIRE_WS_TEXT, PIECES, strlen (PIECES));
  const char *bytes = g_bytes_get_data (frame, NULL);
  JsonObject *heard;

  g_assert_cmpuint (g_bytes_get_size (frame), ==, N_PIECES);
  fake_peer_upgrade (peer);
  fake_peer_send (peer, bytes, n_first);
  heard = fake_peer_read (peer);
  json_object_unref (heard);
  if (n_bytes < 0)
    return;

  fake_peer_send (peer, bytes + n_first, N_PIECES - n_first);
  fake_peer_wait (peer);
}

static void
test_pieces (void)
{
  for (guint i = 1; i < N_PIECES; i++)
    {
      g_autoptr(ClientSkapiLine) line = client_skapi_line_new (say_in_pieces, GINT_TO_POINTER (i));

      connect_line (line);
      client_skapi_line_expect (line, SUCCESS "|message in pieces");
    }
}

static void
test_cut_frame (void)
{
  for (gint i = 1; i < (gint) N_PIECES; i++)
    {
      g_autoptr(ClientSkapiLine) line = client_skapi_line_new (say_in_pieces, GINT_TO_POINTER (-i));

      connect_line (line);
      client_skapi_line_expect (line, SUCCESS "|" LOST "|" AGAIN ("1"));
      client_bot_close (line->bot);
      client_skapi_line_expect (line, CLOSED);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/realtime/frames-of-a-connection", test_frames);
  g_test_add_func ("/realtime/every-frame-to-the-letter", test_whole_frames);
  g_test_add_func ("/realtime/two-attempts-and-no-more", test_two_attempts);
  g_test_add_func ("/realtime/an-open-connection-counts-anew", test_open_counts_anew);
  g_test_add_func ("/realtime/what-never-opened-is-not-tried-again", test_never_opened);
  g_test_add_func ("/realtime/silent-server", test_silent_server);
  g_test_add_func ("/realtime/handshake-cut-short", test_cut_handshake);
  g_test_add_func ("/realtime/close-while-connecting", test_close_while_connecting);
  g_test_add_func ("/realtime/close-while-lost", test_close_while_lost);
  g_test_add_func ("/realtime/connect-while-lost", test_connect_while_lost);
  g_test_add_func ("/realtime/wishes-before-it-is-open", test_wishes_before_it_is_open);
  g_test_add_func ("/realtime/cancelled-at-once", test_cancelled);
  g_test_add_func ("/realtime/handlers-may-do-anything", test_handlers_may_do_anything);
  g_test_add_func ("/realtime/what-a-server-may-say", test_lies);
  g_test_add_func ("/realtime/a-frame-split-at-every-byte", test_pieces);
  g_test_add_func ("/realtime/a-frame-cut-at-every-byte", test_cut_frame);
  g_test_add_func ("/realtime/nested-without-end", test_nesting);

  return g_test_run ();
}
