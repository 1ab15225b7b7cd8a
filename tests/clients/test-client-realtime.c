/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-bot.h"
#include "support-wait.h"

#include <string.h>

/* The rows of tests/clients/rows.txt that are proven are in the names. */

#define UUID_OF_NOBODY "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

static ServerProcess *server;

static char *
make_url (void)
{
  return g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
}

/* A name that no other test has. */
static char *
make_name (const char *prefix)
{
  static guint n_names;

  return g_strdup_printf ("%s-%u", prefix, n_names++);
}

static ClientBot *
new_bot (void)
{
  g_autofree char *name = make_name ("bot");

  return client_bot_new_at (server, name);
}

static void
post (ClientBot  *bot,
      const char *message,
      const char *recipient)
{
  g_autofree char *answer = client_bot_post (bot, message, recipient, NULL, NULL);

  g_assert_cmpstr (answer, ==, "Message sent.");
}

static void
assert_message (ConfabRealtimeEvent *event,
                const char          *json)
{
  g_autofree char *text = confab_realtime_event_dup_json (event);

  g_assert_cmpstr (text, ==, json);
}

static void
test_messages (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autoptr(ClientBot) eve = new_bot ();
  ConfabRealtimeEvent *event;

  client_bot_enter (ann, "HelloWorld");
  client_bot_enter (bob, "HelloWorld");
  client_bot_enter (eve, "HelloWorld");
  post (ann, "{\"text\":\"hello\"}", "HelloWorld");
  for (guint i = 0; i < 3; i++)
    {
      ClientBot *listeners[] = { ann, bob, eve };

      event = client_bot_await (listeners[i], "message");
      assert_message (event, "{\"text\":\"hello\"}");
      g_assert_cmpstr (confab_realtime_event_get_sender (event), ==,
                       confab_client_get_user_id (ann->client));
      g_assert_true (g_str_has_prefix (confab_realtime_event_get_sender_cid (event), "cid:"));
      g_assert_cmpstr (confab_realtime_event_get_sender_rid (event), ==, "HelloWorld");
      g_assert_null (confab_realtime_event_get_code (event));
    }
}

static void
test_private (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  ConfabRealtimeEvent *event;

  client_bot_enter (bob, "elsewhere");
  post (ann, "[1,null,\"x\"]", confab_client_get_user_id (bob->client));
  event = client_bot_await (bob, "private");
  assert_message (event, "[1,null,\"x\"]");
  g_assert_cmpstr (confab_realtime_event_get_sender (event), ==,
                   confab_client_get_user_id (ann->client));
  g_assert_true (g_str_has_prefix (confab_realtime_event_get_sender_cid (event), "cid:"));
  g_assert_null (confab_realtime_event_get_sender_rid (event));
  g_assert_null (confab_realtime_event_get_code (event));

  /* The sender hears it as well. */
  event = client_bot_await (ann, "private");
  assert_message (event, "[1,null,\"x\"]");
}

static void
test_any_json (void)
{
  static const char * const messages[] = {
    "0", "false", "\"\"", "null", "-1.5", "true", "[]", "{}", "\"100% %41 %zz %25 a%20b\"",
    "\"👩‍👩‍👧 ☃ é \\\" \\\\ \\u2028\"", "{\"a\":{\"b\":[{\"c\":null}]}}", "9007199254740991",
  };
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();

  client_bot_enter (ann, "any");
  client_bot_enter (bob, "any");
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr(JsonNode) sent = json_from_string (messages[i], NULL);

      post (ann, messages[i], "any");
      g_assert_true (json_node_equal (
                       confab_realtime_event_get_message (client_bot_await (bob, "message")),
                       sent));
      post (ann, messages[i], confab_client_get_user_id (bob->client));
      g_assert_true (json_node_equal (
                       confab_realtime_event_get_message (client_bot_await (bob, "private")),
                       sent));
    }

  /* What JSON cannot say is not sent. */
  client_bot_post (ann, "[1e999]", "any", NULL, "INVALID_REQUEST: Invalid data type.");

  /* No message at all is null. */
  post (ann, NULL, "any");
  assert_message (client_bot_await (bob, "message"), "null");
}

static void
test_large (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autofree char *text = g_malloc (2 * 1024 * 1024 + 2);
  g_autofree char *largest = NULL;
  ConfabRealtimeEvent *event;

  client_bot_enter (ann, "large");
  client_bot_enter (bob, "large");

  /* Each "%" takes six bytes on its way back. */
  memset (text, '%', 2 * 1024 * 1024 + 1);
  text[2 * 1024 * 1024 - 2] = '\0';
  largest = g_strdup_printf ("\"%s\"", text);
  post (ann, largest, "large");
  event = client_bot_await (bob, "message");
  g_assert_cmpuint (strlen (confab_realtime_event_get_text (event)), ==, 2 * 1024 * 1024 - 2);
  g_assert_true (g_str_equal (confab_realtime_event_get_text (event), text));

  text[2 * 1024 * 1024 - 2] = '%';
  text[2 * 1024 * 1024 - 1] = '\0';
  g_free (largest);
  largest = g_strdup_printf ("\"%s\"", text);
  client_bot_post (ann, largest, "large", NULL, "INVALID_REQUEST: Data should not exceed 2MB");
}

static void
test_notices (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autofree char *bob_id = g_strdup (confab_client_get_user_id (bob->client));
  static const char * const codes[] = { "USER_JOINED", "USER_LEFT", "USER_JOINED",
                                        "USER_DISCONNECTED" };
  g_autofree char *left = NULL;

  client_bot_enter (ann, "notices");
  client_bot_enter (bob, "notices");
  left = client_bot_join (bob, NULL, NULL);
  g_assert_cmpstr (left, ==, "Left realtime message group.");
  client_bot_enter (bob, "notices");
  g_clear_pointer (&bob, client_bot_free);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      ConfabRealtimeEvent *event = client_bot_await (ann, "notice");

      g_assert_cmpstr (confab_realtime_event_get_code (event), ==, codes[i]);
      g_assert_cmpstr (confab_realtime_event_get_sender (event), ==, bob_id);
      g_assert_cmpstr (confab_realtime_event_get_sender_rid (event), ==, "notices");
      g_assert_nonnull (strstr (confab_realtime_event_get_text (event), "message group"));
    }
}

static void
test_close (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autoptr(ConfabDatabaseResponse) users = NULL;
  g_autofree char *heard = NULL;

  client_bot_enter (ann, "closing");
  client_bot_enter (bob, "closing");
  g_free (client_bot_see_all (bob));
  client_bot_close (bob);
  g_assert_null (confab_client_get_group (bob->client));
  client_bot_await (bob, "close");
  bob->n_seen--;
  heard = client_bot_see_all (bob);
  g_assert_cmpstr (heard, ==, "close WebSocket connection closed.");

  /* The server has it out of the group. */
  while (g_strcmp0 (confab_realtime_event_get_code (client_bot_await (ann, "notice")),
                    "USER_DISCONNECTED") != 0)
    continue;
  users = client_bot_list_users (ann, "closing", NULL, NULL, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (confab_database_response_get_list (users)), ==, 1);

  /* Closing what is closed is nothing. */
  client_bot_close (bob);
  client_bot_post (bob, "1", "closing", NULL,
                   "INVALID_REQUEST: No realtime connection. Execute connectRealtime() before "
                   "this method.");
}

static void
test_second_call (void)
{
  g_autoptr(ClientBot) bot = new_bot ();
  g_autoptr(ConfabWebsocket) first = client_bot_connect (bot, NULL);
  g_autoptr(ConfabWebsocket) second = client_bot_connect (bot, NULL);
  g_autofree char *heard = client_bot_see_all (bot);

  g_assert_true (first == second);
  g_assert_cmpint (confab_websocket_get_ready_state (first), ==, CONFAB_WEBSOCKET_STATE_OPEN);
  g_assert_cmpstr (heard, ==, "success Connected to WebSocket server.");
}

static void
test_order (void)
{
  g_autofree char *url = make_url ();
  g_autofree char *name = make_name ("bot");
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);
  g_autoptr(ClientBot) bot = client_bot_new (confab_client_new (url, NULL, NULL));
  g_autoptr(ConfabClient) deaf = confab_client_new (url, NULL, NULL);
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  client_bot_connect (bot, "INVALID_REQUEST: User login is required.");
  client_bot_join (bot, "order",
                   "INVALID_REQUEST: No realtime connection. Execute connectRealtime() before "
                   "this method.");
  client_bot_post (bot, "1", "order", NULL,
                   "INVALID_REQUEST: No realtime connection. Execute connectRealtime() before "
                   "this method.");
  client_bot_list_groups (bot, NULL, NULL, "INVALID_REQUEST: User login is required.");

  confab_client_connect_realtime_async (deaf, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_null (confab_client_connect_realtime_finish (deaf, result, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_REQUEST);
  g_assert_cmpstr (error->message, ==, "Callback must be a function.");

  client_bot_log_in (bot, account, NULL);
  g_assert_cmpstr (confab_client_get_user_id (bot->client), ==, account->user_id);
  socket = client_bot_connect (bot, NULL);
  g_assert_nonnull (socket);
}

static void
test_recipients (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  ConfabRealtimeEvent *event;

  client_bot_post (ann, "1", NULL, NULL, "INVALID_REQUEST: No recipient.");
  client_bot_post (ann, "1", "", NULL, "INVALID_REQUEST: No recipient.");
  client_bot_post (ann, "1", "rec", NULL,
                   "INVALID_REQUEST: User has not joined to the recipient group. Run "
                   "joinRealtime({ group: \"rec\" })");
  client_bot_enter (ann, "rec");
  client_bot_enter (bob, "rec");
  post (ann, "1", "rec");
  assert_message (client_bot_await (bob, "message"), "1");

  /* An id is a user, even one that nobody has. */
  post (ann, "2", UUID_OF_NOBODY);
  event = client_bot_await (ann, "error");
  g_assert_cmpstr (json_object_get_string_member (
                     json_node_get_object (confab_realtime_event_get_message (event)), "code"),
                   ==, "NOT_EXISTS");
}

static void
test_one_group (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autofree char *answer = client_bot_join (ann, "HelloWorld-2", NULL);
  g_autofree char *left = NULL;

  g_assert_cmpstr (answer, ==, "Joined realtime message group: \"HelloWorld-2\".");
  client_bot_enter (bob, "HelloWorld-2");
  g_assert_cmpstr (confab_client_get_group (ann->client), ==, "HelloWorld-2");
  client_bot_enter (ann, "other");
  g_assert_cmpstr (confab_client_get_group (ann->client), ==, "other");
  client_bot_post (ann, "1", "HelloWorld-2", NULL,
                   "INVALID_REQUEST: User has not joined to the recipient group. Run "
                   "joinRealtime({ group: \"HelloWorld-2\" })");

  /* Bob alone hears what he says. */
  post (bob, "2", "HelloWorld-2");
  assert_message (client_bot_await (bob, "message"), "2");

  /* While in a group, what is private arrives as before. */
  post (bob, "3", confab_client_get_user_id (ann->client));
  assert_message (client_bot_await (ann, "private"), "3");

  left = client_bot_join (ann, "", NULL);
  g_assert_cmpstr (left, ==, "Left realtime message group.");
  g_assert_null (confab_client_get_group (ann->client));
  for (guint i = 0; i < ann->events->len; i++)
    g_assert_cmpint (confab_realtime_event_get_kind (g_ptr_array_index (ann->events, i)), !=,
                     CONFAB_REALTIME_EVENT_MESSAGE);
}

static void
test_notifications (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autofree char *long_text = g_strnfill (3072, 'x');
  g_autofree char *too_long =
    g_strdup_printf ("{\"title\":\"t\",\"body\":\"%s\"}", long_text);
  g_autofree char *answer = NULL;

  client_bot_enter (ann, "notified");
  client_bot_post (ann, "1", "notified", "{\"body\":\"b\"}",
                   "INVALID_PARAMETER: Key \"title\" is required.");
  client_bot_post (ann, "1", "notified", "{\"title\":\"t\"}",
                   "INVALID_PARAMETER: Key \"body\" is required.");
  client_bot_post (ann, "1", "notified", "{\"title\":1,\"body\":\"b\"}",
                   "INVALID_PARAMETER: \"title\" must be a string.");
  client_bot_post (ann, "1", "notified", too_long,
                   "INVALID_PARAMETER: Notification size exceeds 3kb.");
  answer = client_bot_post (ann, "1", "notified",
                            "{\"title\":\"t\",\"body\":\"b\",\"config\":{\"always\":true}}", NULL);
  g_assert_cmpstr (answer, ==, "Message sent.");
  assert_message (client_bot_await (ann, "message"), "1");
}

static void
test_200_rooms (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();

  /* One group at a time, and no message from one that was left. */
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *group = g_strdup_printf ("room %u", i);
      g_autofree char *message = g_strdup_printf ("%u", i);

      client_bot_enter (bob, group);
      client_bot_enter (ann, group);
      post (ann, message, group);
      assert_message (client_bot_await (bob, "message"), message);
    }
}

static void
test_server_restart (void)
{
  g_autoptr(ServerProcess) own = server_process_new (NULL);
  g_autoptr(ClientBot) ann = client_bot_new_at (own, "ann");
  g_autoptr(ClientBot) bob = client_bot_new_at (own, "bob");
  g_autofree char *heard = NULL;

  client_bot_enter (ann, "again");
  client_bot_enter (bob, "again");
  server_process_kill (own);
  client_bot_await (ann, "error");
  client_bot_post (ann, "1", "again", NULL,
                   "INVALID_REQUEST: Realtime connection is not open. Try reconnecting with "
                   "connectRealtime().");
  server_process_start (own);
  assert_message (client_bot_await (ann, "reconnect"),
                  "\"Reconnecting to WebSocket server...1\"");
  client_bot_await (ann, "success");
  client_bot_await (bob, "success");

  /* Both are in their group again by themselves. */
  while (bob->n_seen < bob->events->len)
    bob->n_seen++;
  support_wait_until (confab_client_is_connected (bob->client));
  do
    {
      g_autoptr(ConfabDatabaseResponse) users =
        client_bot_list_users (ann, "again", NULL, NULL, NULL);

      if (g_list_model_get_n_items (confab_database_response_get_list (users)) == 2)
        break;
    }
  while (TRUE);
  post (ann, "\"back\"", "again");
  assert_message (client_bot_await (bob, "message"), "\"back\"");
}

static void
test_refused (void)
{
  g_autofree char *url = make_url ();
  g_autofree char *name = make_name ("bot");
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);
  g_autoptr(ClientBot) bot = client_bot_new (confab_client_new (url, NULL, NULL));
  g_autofree char *heard = NULL;

  client_bot_log_in (bot, account, NULL);
  server_process_request (server, "POST", "/v1/sign-out", account->access_token, "", NULL);
  client_bot_connect (bot, "ERROR: Skapi: WebSocket connection error.");
  heard = client_bot_see_all (bot);
  g_assert_cmpstr (heard, ==,
                   "error Skapi: WebSocket connection error.|close WebSocket connection closed.");
}

static void
test_login (void)
{
  g_autofree char *url = make_url ();
  g_autofree char *name = make_name ("bot");
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);
  g_autoptr(ConfabClient) client = confab_client_new (url, NULL, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) wrong = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_login_async (client, name, "not the password", NULL, support_take_result_cb,
                             &wrong);
  support_wait_for (wrong);
  g_assert_false (confab_client_login_finish (client, wrong, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_REQUEST);
  g_clear_error (&error);

  confab_client_login_async (client, name, "correct horse", NULL, support_take_result_cb,
                             &result);
  support_wait_for (result);
  g_assert_true (confab_client_login_finish (client, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (confab_client_get_user_id (client), ==, account->user_id);
}

static void
test_rtc (void)
{
  g_autoptr(ClientBot) ann = new_bot ();
  g_autoptr(ClientBot) bob = new_bot ();
  g_autoptr(JsonNode) content = json_from_string ("{\"sdpoffer\":{\"sdp\":\"v=0 100%\"}}", NULL);
  g_autoptr(ConfabDatabaseResponse) users = NULL;
  g_autoptr(ConfabRealtimeUser) user = NULL;
  g_autoptr(GError) error = NULL;
  ConfabRealtimeEvent *event;

  client_bot_enter (bob, "calls");
  users = client_bot_list_users (ann, "calls", confab_client_get_user_id (bob->client), NULL,
                                 NULL);
  user = g_list_model_get_item (confab_database_response_get_list (users), 0);
  g_assert_true (confab_client_send_rtc (ann->client, confab_realtime_user_get_cid (user), content,
                                         &error));
  g_assert_no_error (error);
  event = client_bot_await (bob, "rtc");
  g_assert_true (json_node_equal (confab_realtime_event_get_message (event), content));
  g_assert_cmpstr (confab_realtime_event_get_sender (event), ==,
                   confab_client_get_user_id (ann->client));

  g_assert_false (confab_client_send_rtc (ann->client, "nobody", content, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER);
  g_assert_cmpstr (error->message, ==, "\"cid\" should be a valid connection id.");
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = server_process_new (NULL);

  g_test_add_func ("/client/realtime/group-message-reaches-all #1 #5 #6 #18 #20 #21 #22 #28 #35 "
                   "#45 #49", test_messages);
  g_test_add_func ("/client/realtime/private-message #7 #37 #48", test_private);
  g_test_add_func ("/client/realtime/message-is-any-json #19 #36", test_any_json);
  g_test_add_func ("/client/realtime/two-mebibytes-and-no-byte-more", test_large);
  g_test_add_func ("/client/realtime/notices-with-codes #13 #14 #25 #26 #27 #31", test_notices);
  g_test_add_func ("/client/realtime/close-leaves-the-group #11 #12 #29 #30 #32 #40", test_close);
  g_test_add_func ("/client/realtime/second-call-returns-the-same #4 #9", test_second_call);
  g_test_add_func ("/client/realtime/things-in-their-order #2 #3 #33 #44", test_order);
  g_test_add_func ("/client/realtime/recipients #37 #41 #51", test_recipients);
  g_test_add_func ("/client/realtime/one-group-at-a-time #43 #46 #47 #52 #53", test_one_group);
  g_test_add_func ("/client/realtime/notification-of-a-message #38 #39", test_notifications);
  g_test_add_func ("/client/realtime/200-rooms", test_200_rooms);
  g_test_add_func ("/client/realtime/comes-back-into-its-group #10 #15 #42", test_server_restart);
  g_test_add_func ("/client/realtime/refused-at-the-door #8 #34", test_refused);
  g_test_add_func ("/client/realtime/login-with-a-password", test_login);
  g_test_add_func ("/client/realtime/rtc-to-one-connection", test_rtc);

  status = g_test_run ();
  g_clear_pointer (&server, server_process_free);

  return status;
}
