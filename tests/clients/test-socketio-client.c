/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "altogic-bot.h"
#include "confab-sio-private.h"
#include "sio-line.h"
#include "support-wait.h"

#include <string.h>

/* Our client with the npm package socket.io as the server. */

static char *url;

static AltogicBot *
new_bot (ConfabTransports transports)
{
  AltogicBot *bot = altogic_bot_new (url, NULL, transports);

  confab_client_set_reconnection_delay (bot->client, 10);

  return bot;
}

static void
join (AltogicBot *bot,
      const char *channel)
{
  g_assert_true (confab_client_join (bot->client, channel, CONFAB_ECHO_ON, NULL));
  altogic_bot_expect (bot, "connect");
  altogic_bot_expect (bot, "join %s %s -", channel, confab_client_get_socket_id (bot->client));
}

static void
test_channels (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autoptr(AltogicBot) ann = new_bot (transports);
  g_autoptr(AltogicBot) bob = new_bot (transports);
  g_autoptr(JsonNode) profile = json_from_string ("{\"username\":\"ann\"}", NULL);
  static const char *const messages[] = {
    "0", "\"é ☃ 100% %41 \\\" \\u001e\"", "{\"a\":[1,null]}", "{\"$binary\":\"AAEC/w==\"}",
    "[{\"$binary\":\"\"},{\"x\":{\"$binary\":\"AQ==\"}}]",
  };

  join (ann, "room");
  join (bob, "room");
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *printed = NULL;
      g_autoptr(JsonNode) node = json_from_string (messages[i], NULL);

      printed = json_to_string (node, FALSE);
      altogic_bot_send (ann, "room", "chat", messages[i]);
      altogic_bot_expect (bob, "event chat {\"channel\":\"room\",\"message\":%s}", printed);
      altogic_bot_expect (ann, "event chat {\"channel\":\"room\",\"message\":%s}", printed);
    }
  altogic_bot_send (bob, NULL, "all", "true");
  altogic_bot_expect (ann, "event all {\"channel\":null,\"message\":true}");

  g_assert_true (confab_client_update_profile (ann->client, profile, CONFAB_ECHO_OFF, NULL));
  altogic_bot_expect (bob, "update room %s {\"username\":\"ann\"}",
                      confab_client_get_socket_id (ann->client));
  g_assert_true (confab_client_leave (bob->client, "room", CONFAB_ECHO_DEFAULT, NULL));
  altogic_bot_expect (ann, "leave room %s -", confab_client_get_socket_id (bob->client));

  altogic_bot_send (bob, NULL, "nothing", NULL);
  altogic_bot_expect (bob, "event nothing {\"channel\":null}");
}

static void
test_user_event (void)
{
  g_autoptr(AltogicBot) bot = new_bot (CONFAB_TRANSPORTS_WEBSOCKET);

  confab_client_open (bot->client);
  altogic_bot_expect (bot, "user user:signin {\"userId\":\"u\",\"token\":null}");
}

/* The pings come every 300 ms; ten of them are answered, over the WebSocket. */
static void
test_upgrade_and_heartbeats (void)
{
  g_autoptr(SioLine) line = sio_line_new_at (url, "/", CONFAB_EIO_WAY_UPGRADE);

  confab_sio_open (line->sio);
  support_wait_until (confab_sio_is_upgraded (line->sio));
  g_assert_true (sio_line_emit (line, "[\"transport\"]"));
  sio_line_await (line, "event [\"transport\",\"websocket\"]");
  g_string_truncate (line->log, 0);
  g_assert_true (sio_line_emit (line, "[\"heartbeats\",10]"));
  sio_line_await (line, "event [\"heartbeats\"]");
  g_assert_true (sio_line_emit (line, "[\"transport\"]"));
  sio_line_await (line, "event [\"transport\",\"websocket\"]");
  sio_line_assert_log (line, "event [\"heartbeats\"]\nevent [\"transport\",\"websocket\"]\n");
}

static void
test_acks (gconstpointer data)
{
  ConfabEioWay way = (ConfabEioWay) GPOINTER_TO_INT (data);
  g_autoptr(SioLine) line = sio_line_new_at (url, "/", way);
  static const char payload[] = "[\"with-ack\",1,{\"$binary\":\"AQID\"},\"☃\"]";
  g_autoptr(GBytes) bytes = g_bytes_new_static (payload, strlen (payload));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autofree char *text = NULL;

  confab_sio_open (line->sio);
  confab_sio_emit_with_ack_async (line->sio, bytes, 0, support_take_result_cb, &result);
  support_wait_for (result);
  answer = confab_sio_emit_with_ack_finish (line->sio, result, NULL);
  text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  g_assert_cmpstr (text, ==, "[1,{\"$binary\":\"AQID\"},\"☃\"]");

  /* And the other way round: what is logged is acked with "got". */
  g_assert_true (sio_line_emit (line, "[\"ask\"]"));
  sio_line_await (line, "event [\"answered\",\"got\"]");
}

static void
test_endings (void)
{
  g_autoptr(SioLine) line = sio_line_new_at (url, "/", CONFAB_EIO_WAY_WEBSOCKET);
  static const struct
  {
    const char *event;
    const char *reason;
    gboolean    comes_back;
  } rows[] = {
    { "[\"drop\"]", "transport close", TRUE },
    { "[\"nonsense\"]", "parse error", TRUE },
    { "[\"kick\"]", "io server disconnect", FALSE },
  };

  confab_sio_open (line->sio);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *wanted = NULL;

      support_wait_until (confab_sio_is_connected (line->sio));
      wanted = g_strdup_printf ("disconnected %s, was %s", rows[i].reason,
                                confab_sio_get_id (line->sio));
      g_assert_true (sio_line_emit (line, rows[i].event));
      sio_line_await (line, wanted);
      g_assert_cmpint (confab_sio_is_active (line->sio), ==, rows[i].comes_back);
      confab_time_advance (line->time, 1500);
    }
  confab_sio_open (line->sio);
  support_wait_until (confab_sio_is_connected (line->sio));
}

static void
test_refused (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autoptr(AltogicBot) bot = altogic_bot_new (url, "forged", transports);

  confab_client_open (bot->client);
  altogic_bot_expect (bot, "error Realtime Connection Error - forged {\"origin\":\"client_error\","
                           "\"code\":\"invalid_session_token\",\"deep\":[1,{\"a\":null}]}");
  g_assert_false (confab_client_is_connected (bot->client));
  confab_client_set_session (bot->client, NULL);
  confab_client_open (bot->client);
  altogic_bot_expect (bot, "connect");
}

static void
test_namespaces (void)
{
  g_autoptr(SioLine) custom = sio_line_new_at (url, "/custom", CONFAB_EIO_WAY_WEBSOCKET);
  g_autoptr(SioLine) unknown = sio_line_new_at (url, "/unknown", CONFAB_EIO_WAY_WEBSOCKET);
  g_autoptr(GBytes) auth = g_bytes_new_static ("{\"token\":\"123\"}", 15);

  confab_sio_set_auth (custom->sio, auth);
  confab_sio_open (custom->sio);
  sio_line_await (custom, "event [\"auth\",{\"token\":\"123\"}]");
  confab_sio_open (unknown->sio);
  sio_line_await (unknown, "connect-error Invalid namespace");
  g_assert_false (confab_sio_is_active (unknown->sio));
}

/* By the user, and by a server that says so: the reasons that need another server than ours. */
static void
test_reasons (void)
{
  g_autoptr(AltogicBot) ann = new_bot (CONFAB_TRANSPORTS_POLLING_FIRST);
  g_autoptr(AltogicBot) bob = new_bot (CONFAB_TRANSPORTS_WEBSOCKET);
  g_autofree char *id = NULL;

  join (ann, "ends");
  join (bob, "ends");
  id = g_strdup (confab_client_get_socket_id (ann->client));
  confab_client_close (ann->client);
  altogic_bot_expect (ann, "disconnect io client disconnect, was %s", id);
  altogic_bot_expect (bob, "leave ends %s -", id);
}

static GSubprocess *
start_server (void)
{
  g_autofree char *wrapper = g_test_build_filename (G_TEST_DIST, "with-packages", NULL);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "socketio-server.mjs", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDataInputStream) output = NULL;
  g_autofree char *port = NULL;
  GSubprocess *server;

  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                             wrapper, "node", script, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  port = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (port);
  url = g_strdup_printf ("http://127.0.0.1:%s", port);

  return server;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GSubprocess) server = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  server = start_server ();

  g_test_add_data_func ("/client/socketio/websocket/channels",
                        GINT_TO_POINTER (CONFAB_TRANSPORTS_WEBSOCKET), test_channels);
  g_test_add_data_func ("/client/socketio/upgrade/channels",
                        GINT_TO_POINTER (CONFAB_TRANSPORTS_POLLING_FIRST), test_channels);
  g_test_add_data_func ("/client/socketio/polling/channels",
                        GINT_TO_POINTER (CONFAB_TRANSPORTS_POLLING), test_channels);
  g_test_add_data_func ("/client/socketio/websocket/acks",
                        GINT_TO_POINTER (CONFAB_EIO_WAY_WEBSOCKET), test_acks);
  g_test_add_data_func ("/client/socketio/upgrade/acks", GINT_TO_POINTER (CONFAB_EIO_WAY_UPGRADE),
                        test_acks);
  g_test_add_data_func ("/client/socketio/polling/acks", GINT_TO_POINTER (CONFAB_EIO_WAY_POLLING),
                        test_acks);
  g_test_add_data_func ("/client/socketio/websocket/refusal-has-data #104",
                        GINT_TO_POINTER (CONFAB_TRANSPORTS_WEBSOCKET), test_refused);
  g_test_add_data_func ("/client/socketio/polling/refusal-has-data #104",
                        GINT_TO_POINTER (CONFAB_TRANSPORTS_POLLING_FIRST), test_refused);
  g_test_add_func ("/client/socketio/upgrade-and-heartbeats", test_upgrade_and_heartbeats);
  g_test_add_func ("/client/socketio/user-events-have-two-arguments", test_user_event);
  g_test_add_func ("/client/socketio/each-ending-has-its-reason #102 #103", test_endings);
  g_test_add_func ("/client/socketio/close-is-seen-by-others #97 #103", test_reasons);
  g_test_add_func ("/client/socketio/namespaces", test_namespaces);

  status = g_test_run ();
  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  g_subprocess_wait (server, NULL, NULL);
  g_free (url);

  return status;
}
