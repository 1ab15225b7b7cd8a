/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "altogic-bot.h"
#include "client-bot.h"
#include "support-wait.h"

#include <signal.h>
#include <string.h>

/* The rows of tests/clients/rows.txt that are proven are in the names. */

static ServerProcess *server;

static AltogicBot *
new_bot_by (ConfabTransports transports)
{
  static guint n_bots;
  g_autofree char *name = g_strdup_printf ("bot-%u", n_bots++);

  return altogic_bot_new_at (server, name, transports);
}

static AltogicBot *
new_bot (void)
{
  return new_bot_by (CONFAB_TRANSPORTS_WEBSOCKET);
}

static void
join (AltogicBot *bot,
      const char *channel)
{
  g_autoptr(GError) error = NULL;

  confab_client_join (bot->client, channel, CONFAB_ECHO_ON, &error);
  g_assert_no_error (error);
  altogic_bot_expect (bot, "connect");
  altogic_bot_expect (bot, "join %s %s -", channel, confab_client_get_socket_id (bot->client));
}

static void
test_first_use (void)
{
  g_autoptr(AltogicBot) bot = new_bot ();
  g_autoptr(AltogicBot) other = new_bot ();

  support_run_pending ();
  g_assert_cmpuint (bot->log->len, ==, 0);
  g_assert_false (confab_client_is_connected (bot->client));
  altogic_bot_expect (bot, "connect");

  altogic_bot_send (other, "first", "hi", "1");
  altogic_bot_expect (other, "connect");
}

static void
test_open_and_close (void)
{
  g_autoptr(AltogicBot) bot = new_bot ();
  g_autofree char *first = NULL;

  g_assert_null (confab_client_get_socket_id (bot->client));
  altogic_bot_expect (bot, "connect");
  g_assert_true (confab_client_is_connected (bot->client));
  first = g_strdup (confab_client_get_socket_id (bot->client));
  confab_client_open (bot->client);

  confab_client_close (bot->client);
  altogic_bot_expect (bot, "disconnect io client disconnect, was %s", first);
  g_assert_false (confab_client_is_connected (bot->client));
  g_assert_null (confab_client_get_socket_id (bot->client));
  confab_client_close (bot->client);
  g_assert_cmpuint (bot->log->len, ==, 0);

  confab_client_open (bot->client);
  altogic_bot_expect (bot, "connect");
  g_assert_cmpstr (confab_client_get_socket_id (bot->client), !=, first);
}

static void
test_close_in_an_attempt (void)
{
  g_autoptr(AltogicBot) bot = new_bot ();

  confab_client_open (bot->client);
  confab_client_close (bot->client);
  support_run_pending ();
  g_assert_cmpuint (bot->log->len, ==, 0);
  g_assert_false (confab_client_is_connected (bot->client));
}

static void
test_messages (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autofree char *channel = g_strdup_printf ("talk %d", (int) transports);
  g_autoptr(AltogicBot) ann = new_bot_by (transports);
  g_autoptr(AltogicBot) bob = new_bot ();
  static const char *const messages[] = {
    "0", "false", "\"\"", "null", "[]", "{}", "\"100% %41 \\\\ \\\" é 👩‍👩‍👧 ☃\"",
    "{\"a\":[{\"b\":null}]}", "{\"$binary\":\"AQID\"}", "[{\"$binary\":\"\"},{\"$binary\":\"/w==\"}]",
  };

  join (bob, channel);
  join (ann, channel);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      altogic_bot_send (ann, channel, "chat", messages[i]);
      altogic_bot_expect (bob, "event chat {\"channel\":\"%s\",\"message\":%s}", channel,
                          messages[i]);
      altogic_bot_expect (ann, "event chat {\"channel\":\"%s\",\"message\":%s}", channel,
                          messages[i]);
      altogic_bot_send (bob, channel, "answer", messages[i]);
      altogic_bot_expect (ann, "event answer {\"channel\":\"%s\",\"message\":%s}", channel,
                          messages[i]);
    }
}

static void
test_large (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autofree char *channel = g_strdup_printf ("large %d", (int) transports);
  g_autoptr(AltogicBot) ann = new_bot_by (transports);
  g_autoptr(AltogicBot) bob = new_bot_by (transports);
  g_autofree char *text = g_strnfill (1024 * 1024, '%');
  g_autofree char *json = g_strdup_printf ("\"%s\"", text);

  join (ann, channel);
  join (bob, channel);
  altogic_bot_send (ann, channel, "chat", json);
  altogic_bot_expect (bob, "event chat {\"channel\":\"%s\",\"message\":%s}", channel, json);
}

/* A channel is a group: whoever speaks another protocol is in it as well. */
static void
test_with_skapi (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autofree char *name = g_strdup_printf ("skapi-%d", (int) transports);
  g_autofree char *channel = g_strdup_printf ("mixed %d", (int) transports);
  g_autoptr(AltogicBot) ann = new_bot_by (transports);
  g_autoptr(ClientBot) bob = client_bot_new_at (server, name);
  g_autofree char *line = NULL;
  g_autofree char *text = NULL;
  g_autofree char *cid = NULL;
  ConfabRealtimeEvent *event;

  join (ann, channel);
  cid = g_strconcat ("cid:", confab_client_get_socket_id (ann->client), NULL);
  client_bot_enter (bob, channel);
  line = altogic_bot_await (ann, "join ");
  g_assert_true (g_str_has_suffix (line, " -"));

  altogic_bot_send (ann, channel, "message", "{\"plain\":0}");
  g_free (altogic_bot_await (ann, "event message"));
  event = client_bot_await (bob, "message");
  text = confab_realtime_event_dup_json (event);
  g_assert_cmpstr (text, ==, "{\"plain\":0}");
  g_assert_cmpstr (confab_realtime_event_get_sender_cid (event), ==, cid);
  g_free (text);
  altogic_bot_send (ann, channel, "chat", "{\"$binary\":\"AQID\"}");
  g_free (altogic_bot_await (ann, "event chat"));
  text = confab_realtime_event_dup_json (client_bot_await (bob, "message"));
  g_assert_cmpstr (text, ==, "{\"eventName\":\"chat\",\"message\":{\"$binary\":\"AQID\"}}");

  g_free (client_bot_post (bob, "\"hello\"", channel, NULL, NULL));
  altogic_bot_expect (ann, "event message {\"channel\":\"%s\",\"message\":\"hello\"}", channel);
  g_free (client_bot_post (bob, "{\"eventName\":\"chat\",\"message\":false}", channel, NULL, NULL));
  altogic_bot_expect (ann, "event chat {\"channel\":\"%s\",\"message\":false}", channel);

  confab_client_close (ann->client);
  do
    event = client_bot_await (bob, "notice");
  while (g_strcmp0 (confab_realtime_event_get_code (event), "USER_DISCONNECTED") != 0);
  g_assert_cmpstr (confab_realtime_event_get_sender_cid (event), ==, cid);
}

static void
test_broadcast (void)
{
  g_autoptr(AltogicBot) ann = new_bot ();
  g_autoptr(AltogicBot) bob = new_bot ();

  join (ann, "b1");
  join (bob, "b2");
  altogic_bot_send (ann, NULL, "all", "{\"x\":1}");
  altogic_bot_expect (bob, "event all {\"channel\":null,\"message\":{\"x\":1}}");
  altogic_bot_expect (ann, "event all {\"channel\":null,\"message\":{\"x\":1}}");
  g_assert_true (confab_client_broadcast (ann->client, "others", NULL, CONFAB_ECHO_OFF, NULL));
  altogic_bot_send (ann, NULL, "end", "1");
  g_free (altogic_bot_await (bob, "event others"));
  altogic_bot_expect (ann, "event end {\"channel\":null,\"message\":1}");
  g_assert_null (strstr (ann->log->str, "others"));
}

static void
test_presence (void)
{
  g_autoptr(AltogicBot) ann = new_bot ();
  g_autoptr(AltogicBot) bob = new_bot ();
  g_autoptr(JsonNode) profile = json_from_string ("{\"username\":\"bob\"}", NULL);
  g_autofree char *id = NULL;
  g_autofree char *members = NULL;
  g_autofree char *wanted = NULL;

  join (ann, "presence");
  g_assert_true (confab_client_update_profile (bob->client, profile, CONFAB_ECHO_OFF, NULL));
  g_assert_true (confab_client_join (bob->client, "presence", CONFAB_ECHO_OFF, NULL));
  altogic_bot_expect (bob, "connect");
  id = g_strdup (confab_client_get_socket_id (bob->client));
  altogic_bot_expect (ann, "join presence %s {\"username\":\"bob\"}", id);

  members = altogic_bot_members (ann, "presence", NULL);
  wanted = g_strdup_printf ("{\"id\":\"%s\",\"data\":{\"username\":\"bob\"}}", id);
  g_assert_nonnull (strstr (members, wanted));
  g_assert_nonnull (strstr (members, confab_client_get_socket_id (ann->client)));

  json_object_set_string_member (json_node_get_object (profile), "username", "Bobby");
  g_assert_true (confab_client_update_profile (bob->client, profile, CONFAB_ECHO_ON, NULL));
  altogic_bot_expect (ann, "update presence %s {\"username\":\"Bobby\"}", id);
  altogic_bot_expect (bob, "update presence %s {\"username\":\"Bobby\"}", id);

  /* A new connection is in the channel again, with its profile. */
  confab_client_close (bob->client);
  altogic_bot_expect (ann, "leave presence %s {\"username\":\"Bobby\"}", id);
  confab_client_open (bob->client);
  altogic_bot_expect (bob, "connect");
  altogic_bot_expect (ann, "join presence %s {\"username\":\"Bobby\"}",
                      confab_client_get_socket_id (bob->client));
  g_assert_true (confab_client_leave (bob->client, "presence", CONFAB_ECHO_ON, NULL));
  altogic_bot_expect (bob, "leave presence %s {\"username\":\"Bobby\"}",
                      confab_client_get_socket_id (bob->client));
}

/* What a client is told to be like. */
static void
test_options (void)
{
  g_autoptr(AltogicBot) ann = new_bot ();
  g_autoptr(AltogicBot) bob = new_bot ();
  const guint8 octets[] = { 0, 128, 255 };
  g_autoptr(GBytes) bytes = g_bytes_new_static (octets, sizeof octets);
  g_autoptr(JsonNode) stands = confab_client_make_bytes (bytes);
  g_autoptr(JsonNode) other = json_from_string ("{\"$binary\":\"AA==\",\"x\":1}", NULL);
  g_autoptr(GBytes) back = confab_client_read_bytes (stands);

  g_assert_true (g_bytes_equal (bytes, back));
  g_assert_null (confab_client_read_bytes (other));

  /* Without echo, it hears nothing of what it does. */
  confab_client_set_echo_messages (ann->client, FALSE);
  confab_client_open (ann->client);
  altogic_bot_expect (ann, "connect");
  join (bob, "options");
  g_assert_true (confab_client_join (ann->client, "options", CONFAB_ECHO_DEFAULT, NULL));
  g_free (altogic_bot_await (bob, "join options "));
  g_assert_true (confab_client_send (ann->client, "options", "bytes", stands, CONFAB_ECHO_DEFAULT,
                                     NULL));
  altogic_bot_expect (bob, "event bytes {\"channel\":\"options\",\"message\":"
                           "{\"$binary\":\"AID/\"}}");
  altogic_bot_send (bob, "options", "first", "1");
  altogic_bot_expect (ann, "event first {\"channel\":\"options\",\"message\":1}");

  /* Without a buffer, what cannot go now is gone; and it is in no channel again by itself. */
  confab_client_set_buffer_messages (ann->client, FALSE);
  confab_client_set_auto_join_channels (ann->client, FALSE);
  confab_client_close (ann->client);
  g_free (altogic_bot_await (ann, "disconnect "));
  g_free (altogic_bot_await (bob, "leave options "));
  altogic_bot_send (ann, "options", "lost", "1");
  confab_client_open (ann->client);
  altogic_bot_expect (ann, "connect");
  altogic_bot_send (bob, "options", "unheard", "1");
  altogic_bot_expect (bob, "event unheard {\"channel\":\"options\",\"message\":1}");
  g_assert_true (confab_client_join (ann->client, "options", CONFAB_ECHO_ON, NULL));
  altogic_bot_expect (ann, "join options %s -", confab_client_get_socket_id (ann->client));
  g_assert_null (strstr (bob->log->str, "lost"));
}

/* Who takes the connection and says nothing is given up. */
static void
test_timeout (void)
{
  g_autoptr(GSocketListener) silent = g_socket_listener_new ();
  g_autoptr(GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, &error);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(AltogicBot) bot = altogic_bot_new (url, NULL, CONFAB_TRANSPORTS_WEBSOCKET);

  g_assert_no_error (error);
  confab_client_set_timeout (bot->client, 100);
  confab_client_set_reconnection_delay (bot->client, 10);
  confab_client_open (bot->client);
  altogic_bot_expect (bot, "error timeout -");
  altogic_bot_expect (bot, "attempt 1");
  altogic_bot_expect (bot, "error timeout -");
  g_socket_listener_close (silent);
}

static void
test_blank (void)
{
  g_autoptr(AltogicBot) bot = new_bot ();
  g_autoptr(GError) error = NULL;

  g_assert_false (confab_client_join (bot->client, "", CONFAB_ECHO_DEFAULT, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER);
  g_assert_cmpstr (error->message, ==, "channel is a required parameter, cannot be left empty");
  g_clear_error (&error);
  g_assert_false (confab_client_send (bot->client, "c", "", NULL, CONFAB_ECHO_DEFAULT, &error));
  g_assert_cmpstr (error->message, ==, "eventName is a required parameter, cannot be left empty");
}

static void
test_refused (void)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  g_autoptr(AltogicBot) bot = altogic_bot_new (url, "forged", CONFAB_TRANSPORTS_WEBSOCKET);
  g_autofree char *line = NULL;
  g_autofree char *members = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_open (bot->client);
  line = altogic_bot_await (bot, "error ");
  g_assert_nonnull (strstr (line, "\"code\":\"invalid_session_token\""));
  g_assert_nonnull (strstr (line, "Realtime Connection Error"));
  g_assert_false (confab_client_is_connected (bot->client));

  members = altogic_bot_members (bot, "c", &error);
  g_assert_null (members);
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_TOKEN);

  /* Only who opens it again is told again. */
  g_assert_cmpuint (bot->log->len, ==, 0);
  confab_client_set_session (bot->client, NULL);
  confab_client_open (bot->client);
  g_free (line);
  line = altogic_bot_await (bot, "error ");
  g_assert_nonnull (strstr (line, "\"code\":\"missing_session_token\""));
}

static void
test_nobody_there (void)
{
  g_autoptr(AltogicBot) bot =
    altogic_bot_new ("http://127.0.0.1:1", NULL, CONFAB_TRANSPORTS_WEBSOCKET);
  g_autofree char *line = NULL;

  confab_client_set_reconnection_delay (bot->client, 10);
  confab_client_open (bot->client);
  line = altogic_bot_await (bot, "error ");
  g_assert_true (g_str_has_prefix (line, "error websocket error"));
  g_assert_true (g_str_has_suffix (line, " -"));
  for (guint i = 1; i < 5; i++)
    altogic_bot_expect (bot, "attempt %u", i);
}

/* The server dies, is away for some attempts, and comes back. */
static void
test_lost (gconstpointer data)
{
  ConfabTransports transports = (ConfabTransports) GPOINTER_TO_INT (data);
  g_autofree char *channel = g_strdup_printf ("lost %d", (int) transports);
  g_autoptr(AltogicBot) ann = new_bot_by (transports);
  g_autofree char *line = NULL;

  confab_client_set_reconnection_delay (ann->client, 20);
  join (ann, channel);
  server_process_kill (server);
  line = altogic_bot_await (ann, "disconnect transport ");
  for (guint i = 1; i < 4; i++)
    {
      altogic_bot_expect (ann, "attempt %u", i);
      g_free (altogic_bot_await (ann, "error "));
    }
  altogic_bot_send (ann, channel, "early", "1");
  server_process_start (server);
  altogic_bot_expect (ann, "connect");
  /* It waited; the server has it from somebody who is not in the channel yet. */
  altogic_bot_expect (ann, "join %s %s -", channel, confab_client_get_socket_id (ann->client));
  altogic_bot_send (ann, channel, "late", "2");
  altogic_bot_expect (ann, "event late {\"channel\":\"%s\",\"message\":2}", channel);
}

static guint
ask (const char *path,
     const char *token,
     const char *body)
{
  return server_process_request (server, "POST", path, token, body, NULL);
}

/* What is done with the account is told to all clients of its user, and to nobody else. */
static void
test_user_events (void)
{
  g_autoptr(ServerAccount) account = server_process_sign_up (server, "wanda");
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  g_autoptr(AltogicBot) first =
    altogic_bot_new (url, account->access_token, CONFAB_TRANSPORTS_WEBSOCKET);
  g_autoptr(AltogicBot) second =
    altogic_bot_new (url, account->access_token, CONFAB_TRANSPORTS_POLLING);
  g_autoptr(AltogicBot) other = new_bot ();
  AltogicBot *bots[] = { first, second, other };

  for (guint i = 0; i < G_N_ELEMENTS (bots); i++)
    {
      confab_client_open (bots[i]->client);
      altogic_bot_expect (bots[i], "connect");
    }
  g_assert_cmpuint (
    ask ("/v1/sign-in", NULL, "{\"name\":\"wanda\",\"password\":\"correct horse\"}"), ==, 200);
  g_assert_cmpuint (ask ("/v1/profile", account->access_token, "{\"display_name\":\"W\"}"), ==,
                    200);
  g_assert_cmpuint (ask ("/v1/password", account->access_token,
                         "{\"password\":\"correct horse\",\"new_password\":\"another one\"}"),
                    ==, 204);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *beginning =
        g_strdup_printf ("user user:signin {\"userId\":\"%s\",\"token\":null,\"creationDtm\":",
                         account->user_id);

      g_free (altogic_bot_await (bots[i], beginning));
      altogic_bot_expect (bots[i], "user user:update -");
      altogic_bot_expect (bots[i], "user user:pwdchange -");
    }

  /* Whose own session ends, hears that first. */
  g_assert_cmpuint (ask ("/v1/sign-out", account->access_token, "{}"), ==, 204);
  for (guint i = 0; i < 2; i++)
    {
      altogic_bot_expect (bots[i], "user user:signout {\"userId\":\"%s\",\"token\":null}",
                          account->user_id);
      g_free (altogic_bot_await (bots[i], "disconnect transport "));
    }
  g_assert_null (strstr (bots[2]->log->str, "user"));
}

static void
test_signed_out (void)
{
  g_autoptr(ServerAccount) account = server_process_sign_up (server, "leaver");
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  g_autoptr(AltogicBot) bot =
    altogic_bot_new (url, account->access_token, CONFAB_TRANSPORTS_WEBSOCKET);
  g_autofree char *line = NULL;

  confab_client_set_reconnection_delay (bot->client, 10);
  confab_client_open (bot->client);
  altogic_bot_expect (bot, "connect");
  server_process_request (server, "POST", "/v1/sign-out", account->access_token, "{}", NULL);
  g_free (altogic_bot_await (bot, "disconnect transport close"));
  altogic_bot_expect (bot, "attempt 1");
  line = altogic_bot_await (bot, "error ");
  g_assert_nonnull (strstr (line, "\"code\":\"invalid_session_token\""));
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char       *name;
    ConfabTransports  transports;
  } ways[] = {
    { "websocket", CONFAB_TRANSPORTS_WEBSOCKET },
    { "polling-first", CONFAB_TRANSPORTS_POLLING_FIRST },
    { "polling", CONFAB_TRANSPORTS_POLLING },
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  server = server_process_new (NULL);

  g_test_add_func ("/client/altogic/first-use-connects #95 #99", test_first_use);
  g_test_add_func ("/client/altogic/open-and-close #96 #97 #98 #99 #100 #101", test_open_and_close);
  g_test_add_func ("/client/altogic/close-ends-an-attempt #97 #98", test_close_in_an_attempt);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *messages = g_strdup_printf ("/client/altogic/%s/messages-bytes-and-falsy-ones",
                                                   ways[i].name);
      g_autofree char *large = g_strdup_printf ("/client/altogic/%s/large-ones", ways[i].name);
      g_autofree char *mixed = g_strdup_printf ("/client/altogic/%s/meets-skapi", ways[i].name);
      g_autofree char *lost = g_strdup_printf ("/client/altogic/%s/comes-back #101 #102 #103 #105",
                                               ways[i].name);

      g_test_add_data_func (messages, GINT_TO_POINTER ((int) ways[i].transports), test_messages);
      g_test_add_data_func (large, GINT_TO_POINTER ((int) ways[i].transports), test_large);
      g_test_add_data_func (mixed, GINT_TO_POINTER ((int) ways[i].transports), test_with_skapi);
      g_test_add_data_func (lost, GINT_TO_POINTER ((int) ways[i].transports), test_lost);
    }
  g_test_add_func ("/client/altogic/broadcast-and-echo", test_broadcast);
  g_test_add_func ("/client/altogic/presence-profile-and-members", test_presence);
  g_test_add_func ("/client/altogic/options", test_options);
  g_test_add_func ("/client/altogic/who-never-answers-is-given-up #104 #105", test_timeout);
  g_test_add_func ("/client/altogic/blank-names-are-refused", test_blank);
  g_test_add_func ("/client/altogic/refusal-has-data #98 #104", test_refused);
  g_test_add_func ("/client/altogic/attempts-are-counted #104 #105", test_nobody_there);
  g_test_add_func ("/client/altogic/user-events", test_user_events);
  g_test_add_func ("/client/altogic/sign-out-is-told-and-final #98 #102 #103 #104",
                   test_signed_out);

  status = g_test_run ();
  server_process_free (server);

  return status;
}
