/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-skapi-line.h"
#include "support-wait.h"

#include <string.h>

/* What a service answers to the client's questions, by the path that it asks. */
typedef struct
{
  const char *admin;
  const char *record;
  const char *service;
} Documents;

static char *
fill_in (FakePeer   *peer,
         const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "HOST", -1);

  return g_strjoinv (fake_peer_get_header (peer, "host"), parts);
}

static void
answer_document (FakePeer   *peer,
                 const char *text)
{
  g_autofree char *filled = fill_in (peer, text);

  fake_peer_tell (peer, fake_peer_get_path (peer));
  fake_peer_answer (peer, 200, filled);
}

#define GOOD_ADMIN "{\"userpool_id\":\"x_y\",\"service_public\":\"http://HOST/api/\"}"
#define GOOD_RECORD \
        "{\"record_private_1\":\"http://HOST/api/\",\"websocket_private\":\"ws://HOST/api\"}"

static void
serve_documents (FakePeer *peer,
                 guint     number,
                 gpointer  user_data)
{
  const Documents *documents = user_data;
  const char *path = fake_peer_get_path (peer);

  if (strstr (path, "admin-v1.json"))
    answer_document (peer, documents->admin);
  else if (strstr (path, "record-v1.json"))
    answer_document (peer, documents->record);
  else if (g_str_has_prefix (path, "/api/service?"))
    answer_document (peer, documents->service);
  else
    answer_document (peer, "{\"list\":[],\"startKey\":\"end\",\"endOfList\":true}");
}

static void
test_boot (void)
{
  static const Documents good = { GOOD_ADMIN, GOOD_RECORD, "{\"locale\":\"XX\"}" };
  g_autoptr(ClientSkapiLine) line =
    client_skapi_line_new_lost (serve_documents, (gpointer) &good);
  g_autoptr(ConfabDatabaseResponse) groups = NULL;

  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, NULL, NULL);
  g_assert_cmpstr (confab_client_get_user_id (line->bot->client), ==, CLIENT_SKAPI_USER);
  groups = client_bot_list_groups (line->bot, NULL, NULL, NULL);
  client_skapi_line_hear (line, "/us31/admin-v1.json");
  client_skapi_line_hear (line, "/us31/record-v1.json");
  client_skapi_line_hear (line, "/api/service?service=" CLIENT_SKAPI_SERVICE
                          "&owner=" CLIENT_SKAPI_OWNER "&refresh=false");
  client_skapi_line_hear (line, "/api/get-ws-group");
}

static void
test_boot_lies (void)
{
  static const Documents lies[] = {
    { "[]", GOOD_RECORD, "{}" },
    { "{}", GOOD_RECORD, "{}" },
    { "{\"service_public\":5}", GOOD_RECORD, "{}" },
    { "{\"service_public\":\"ftp://HOST/\"}", GOOD_RECORD, "{}" },
    { "{\"service_public\":\"http://\"}", GOOD_RECORD, "{}" },
    { "not JSON", GOOD_RECORD, "{}" },
    { GOOD_ADMIN, "{}", "{}" },
    { GOOD_ADMIN, "{\"websocket_private\":\"ws://HOST/api\"}", "{}" },
    { GOOD_ADMIN, "{\"record_private\":\"http://HOST/\",\"websocket_private\":\"http://HOST/\"}",
      "{}" },
    { GOOD_ADMIN, GOOD_RECORD, "null" },
    { GOOD_ADMIN, GOOD_RECORD, "\"disabled\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr(ClientSkapiLine) line =
        client_skapi_line_new_lost (serve_documents, (gpointer) &lies[i]);

      client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, NULL,
                                "INVALID_REQUEST: Invalid connection. The service could have been "
                                "disabled, or has a restricted CORS.");
    }
}

static void
test_endpoints_without_slash (void)
{
  static const Documents plain = {
    "{\"service_public\":\"http://HOST/api\"}",
    "{\"record_private\":\"http://HOST/api\",\"websocket_private\":\"ws://HOST/api\"}", "{}",
  };
  g_autoptr(ClientSkapiLine) line =
    client_skapi_line_new_lost (serve_documents, (gpointer) &plain);
  g_autoptr(ConfabDatabaseResponse) groups = NULL;

  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, NULL, NULL);
  groups = client_bot_list_groups (line->bot, NULL, NULL, NULL);
}

static void
test_endpoint_that_is_none (void)
{
  g_autoptr(ClientBot) bot = client_bot_new (confab_client_new_for_endpoints (
                                               CLIENT_SKAPI_SERVICE, CLIENT_SKAPI_OWNER, "http://[/", "ws://[/"));
  g_autofree char *claims = g_strdup_printf (
    "{\"sub\":\"" CLIENT_SKAPI_USER "\",\"custom:service\":\"" CLIENT_SKAPI_SERVICE "\","
    "\"iat\":1,\"exp\":%" G_GINT64_FORMAT "}", g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_autofree char *body = g_base64_encode ((const guchar *) claims, strlen (claims));
  g_autofree char *token = NULL;
  ServerAccount account = { NULL };

  g_strdelimit (body, "+", '-');
  g_strdelimit (body, "/", '_');
  g_strdelimit (body, "=", '\0');
  token = g_strdup_printf ("e30.%s.c2ln", body);
  account.access_token = account.id_token = token;
  client_bot_log_in (bot, &account, NULL);
  client_bot_connect (bot, "ERROR: Skapi: WebSocket connection error.");
  client_bot_list_groups (bot, NULL, NULL,
                          "INVALID_REQUEST: Invalid connection. The service could have been "
                          "disabled, or has a restricted CORS.");
}

static void
test_tokens (void)
{
  static const Documents good = { GOOD_ADMIN, GOOD_RECORD, "{}" };
  const char *refused = "INVALID_REQUEST: The token is not one of this service, or has expired.";
  g_autofree char *good_token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 3600);
  g_autofree char *with_header = g_strconcat (good_token, "\r\nX: y", NULL);
  const char *no_tokens[] = { "", "a.b", "a.b.c", "..", "e30.e30.e30", with_header };
  g_autoptr(ClientSkapiLine) line =
    client_skapi_line_new_lost (serve_documents, (gpointer) &good);

  client_skapi_line_log_in (line, "us31somebodyelse0000", 3600, NULL, refused);
  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, -1, NULL, refused);
  for (guint i = 0; i < G_N_ELEMENTS (no_tokens); i++)
    {
      ServerAccount account = { .access_token = (char *) no_tokens[i],
                                .id_token = (char *) no_tokens[i] };

      client_bot_log_in (line->bot, &account, refused);
    }
  g_assert_null (confab_client_get_user_id (line->bot->client));
  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, NULL, NULL);
}

static void
drop_once (FakePeer *peer)
{
  JsonObject *frame;

  fake_peer_upgrade (peer);
  while ((frame = fake_peer_read (peer)))
    {
      const char *action = json_object_get_string_member (frame, "action");
      gboolean drop = g_str_equal (action, "joinRoom");

      json_object_unref (frame);
      if (drop)
        return;
    }
}

static void
renew (FakePeer *peer,
       guint     number,
       gpointer  user_data)
{
  g_autofree char *token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 48 * 3600);
  g_autofree char *answer = g_strdup_printf (
    "{\"access_token\":\"%s\",\"id_token\":\"%s\",\"refresh_token\":\"second\"}", token, token);

  static const Documents good = { GOOD_ADMIN, GOOD_RECORD, "{}" };

  if (g_str_has_prefix (fake_peer_get_path (peer), "/api?token="))
    {
      fake_peer_tell (peer, fake_peer_get_path (peer) + strlen ("/api?token="));
      drop_once (peer);
      return;
    }

  if (!g_str_equal (fake_peer_get_path (peer), "/v1/refresh"))
    {
      serve_documents (peer, number, (gpointer) &good);
      return;
    }

  fake_peer_tell (peer, fake_peer_get_body (peer));
  if (user_data)
    fake_peer_answer (peer, 401, "{\"code\":\"INVALID_TOKEN\",\"message\":\"used up\"}");
  else
    fake_peer_answer (peer, 200, answer);
}

static void
skip_boot (ClientSkapiLine *line)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *heard = NULL;

      support_wait_until ((heard = fake_space_pop (line->space)) != NULL);
    }
}

static void
test_renewal (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new_lost (renew, NULL);
  GAsyncResult *results[2] = { NULL, NULL };

  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, "first", NULL);
  skip_boot (line);
  confab_time_advance (line->time, 3600 * 1000);

  /* Two who ask at the same time share it: a refresh token is good for one time. */
  for (guint i = 0; i < 2; i++)
    confab_client_get_realtime_groups_async (line->bot->client, NULL, NULL, NULL,
                                             support_take_result_cb, &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(ConfabDatabaseResponse) response = NULL;
      g_autoptr(GError) error = NULL;

      support_wait_for (results[i]);
      response = confab_client_get_realtime_groups_finish (line->bot->client, results[i], &error);
      g_assert_no_error (error);
      g_clear_object (&results[i]);
    }
  client_skapi_line_hear (line, "{\"refresh_token\":\"first\"}");
  client_skapi_line_hear (line, "/api/get-ws-group");
  client_skapi_line_hear (line, "/api/get-ws-group");
}

static void
test_renewal_when_connecting_again (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new_lost (renew, NULL);
  g_autofree char *old_token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 3600);
  g_autofree char *new_token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 48 * 3600);
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autofree char *joined = NULL;

  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, "first", NULL);
  skip_boot (line);
  socket = client_bot_connect (line->bot, NULL);
  client_skapi_line_hear (line, old_token);
  confab_time_advance (line->time, 3600 * 1000);
  joined = client_bot_join (line->bot, "g", NULL);
  client_bot_await (line->bot, "reconnect");
  confab_time_advance (line->time, CONFAB_REALTIME_RECONNECT_MS);
  client_skapi_line_hear (line, "{\"refresh_token\":\"first\"}");
  client_skapi_line_hear (line, new_token);
}

static void
test_end_of_login (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new_lost (renew, GUINT_TO_POINTER (TRUE));

  client_skapi_line_log_in (line, CLIENT_SKAPI_SERVICE, 3600, "first", NULL);
  skip_boot (line);
  confab_time_advance (line->time, 3600 * 1000);
  client_bot_list_groups (line->bot, NULL, NULL, "INVALID_REQUEST: User login is required.");
  client_bot_connect (line->bot, "INVALID_REQUEST: User login is required.");
}

typedef struct
{
  guint       status;
  const char *body;
  const char *fault;
} Answer;

static void
give_answer (FakePeer *peer,
             guint     number,
             gpointer  user_data)
{
  const Answer *answer = user_data;

  fake_peer_answer (peer, answer->status, answer->body);
}

static void
test_errors (void)
{
  static const Answer answers[] = {
    { 400, "{\"code\":\"NOT_EXISTS\",\"message\":\"There is none.\"}",
      "NOT_EXISTS: There is none." },
    { 400, "{\"code\":\"SOMETHING_NEW\",\"message\":\"What?\"}", "ERROR: What?" },
    { 400, "\"INVALID_REQUEST: Not now.\"", "INVALID_REQUEST: Not now." },
    { 400, "SERVICE_DISABLED: Switched off.", "SERVICE_DISABLED: Switched off." },
    { 400, "INVALID_CORS: Not from there.", "INVALID_CORS: Not from there." },
    { 400, "EXISTS: It does.", "EXISTS: It does." },
    { 400, "OTHER: rest", "ERROR: rest" },
    { 500, "Something went wrong.", "ERROR: Something went wrong." },
    { 500, "", "ERROR: HTTP status 500" },
    { 302, "", "ERROR: HTTP status 302" },
    { 429, "", "TOO_MANY_REQUESTS: Too many requests" },
    { 400, "\xff\xfe", "ERROR: ��" },
    { 200, "[]", "ERROR: The answer makes no sense." },
    { 200, "nothing", "ERROR: The answer makes no sense." },
    { 200, "{\"list\":5}", "ERROR: The answer makes no sense." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(ClientSkapiLine) line =
        client_skapi_line_new (give_answer, (gpointer) &answers[i]);

      client_bot_list_groups (line->bot, NULL, NULL, answers[i].fault);
    }
}

static void
test_odd_rows (void)
{
  static const Answer odd = {
    200,
    "{\"list\":[5,null,[],{},{\"rid\":5},{\"rid\":\"no hash\"},{\"rid\":\"s#a#b\",\"cnt\":3},"
    "{\"rid\":\"s#\",\"cnt\":-1},{\"rid\":\"s#c\",\"cnt\":\"many\"}]}",
    NULL,
  };
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (give_answer, (gpointer) &odd);
  g_autoptr(ConfabDatabaseResponse) response =
    client_bot_list_groups (line->bot, NULL, NULL, NULL);
  GListModel *list = confab_database_response_get_list (response);
  g_autoptr(ConfabRealtimeGroup) first = g_list_model_get_item (list, 0);

  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 3);
  g_assert_cmpstr (confab_realtime_group_get_group (first), ==, "a#b");
  g_assert_cmpuint (confab_realtime_group_get_number_of_users (first), ==, 3);
  g_assert_true (confab_database_response_get_end_of_list (response));
  g_assert_null (confab_database_response_get_start_key (response));
}

static void
be_busy (FakePeer *peer,
         guint     number,
         gpointer  user_data)
{
  static const char busy[] = "HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nConnection: close\r\n"
                             "Content-Length: 0\r\n\r\n";
  guint n_times = GPOINTER_TO_UINT (user_data);

  fake_peer_tell (peer, "asked");
  if (number < n_times)
    fake_peer_send (peer, busy, strlen (busy));
  else
    fake_peer_answer (peer, 200, "{\"list\":[]}");
}

static void
count_cb (SoupSession *session,
          SoupMessage *message,
          gpointer     user_data)
{
  guint *n_answered = user_data;

  (*n_answered)++;
}

static void
test_retry_after (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (be_busy, GUINT_TO_POINTER (2));
  guint n_answered = 0;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabDatabaseResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  g_signal_connect (confab_http_get_session (line->bot->client->http), "request-unqueued",
                    G_CALLBACK (count_cb), &n_answered);
  confab_client_get_realtime_groups_async (line->bot->client, NULL, NULL, NULL,
                                           support_take_result_cb, &result);
  for (guint i = 0; i < 2; i++)
    {
      client_skapi_line_hear (line, "asked");

      /* The answer is there; before that the time must not go on. */
      support_wait_until (n_answered == i + 1);
      support_run_pending ();
      confab_time_advance (line->time, 6999);
      support_run_pending ();
      g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, i + 1);
      confab_time_advance (line->time, 1);
    }
  client_skapi_line_hear (line, "asked");
  support_wait_for (result);
  response = confab_client_get_realtime_groups_finish (line->bot->client, result, &error);
  g_assert_no_error (error);
}

static void
say_nothing (FakePeer *peer,
             guint     number,
             gpointer  user_data)
{
  fake_peer_tell (peer, "asked");
  fake_peer_wait (peer);
}

static void
test_no_answer (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (say_nothing, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) late = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_get_realtime_groups_async (line->bot->client, NULL, NULL, NULL,
                                           support_take_result_cb, &late);
  client_skapi_line_hear (line, "asked");
  confab_time_advance (line->time, 15 * 1000);
  support_wait_for (late);
  g_assert_null (confab_client_get_realtime_groups_finish (line->bot->client, late, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_TIMED_OUT);
  g_clear_error (&error);

  confab_client_get_realtime_groups_async (line->bot->client, NULL, NULL, cancellable,
                                           support_take_result_cb, &cancelled);
  client_skapi_line_hear (line, "asked");
  g_cancellable_cancel (cancellable);
  support_wait_for (cancelled);
  g_assert_null (confab_client_get_realtime_groups_finish (line->bot->client, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
look_at_question (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  fake_peer_tell (peer, fake_peer_get_header (peer, "content-meta"));
  fake_peer_tell (peer, fake_peer_get_header (peer, "content-type"));
  fake_peer_tell (peer, g_str_has_prefix (fake_peer_get_header (peer, "authorization"), "ey")
                          ? "bare token"
                          : "other");
  fake_peer_tell (peer, fake_peer_get_body (peer));
  fake_peer_answer (peer, 200, "{\"list\":[]}");
}

static void
test_question (void)
{
  g_autoptr(ClientSkapiLine) line = client_skapi_line_new (look_at_question, NULL);
  g_autoptr(ConfabDatabaseResponse) response =
    client_bot_list_groups (line->bot, NULL, "{\"limit\":7,\"ascending\":true}", NULL);

  client_skapi_line_hear (line, "{\"public_identifier\":\"\",\"service\":\"" CLIENT_SKAPI_SERVICE
                          "\",\"owner\":\"" CLIENT_SKAPI_OWNER "\"}");
  client_skapi_line_hear (line, "application/json");
  client_skapi_line_hear (line, "bare token");
  client_skapi_line_hear (line, "{\"service\":\"" CLIENT_SKAPI_SERVICE "\",\"owner\":\""
                          CLIENT_SKAPI_OWNER "\",\"searchFor\":\"group\",\"value\":\" \","
                          "\"condition\":\">\",\"limit\":7,\"ascending\":true}");
}

#define NOT_SKAPI "NOT_SUPPORTED: This is not a client of a Skapi service."

typedef void (*PlainCall) (ConfabClient        *client,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data);

static void
test_other_service (void)
{
  g_autoptr(ClientBot) altogic =
    client_bot_new (confab_client_new_altogic ("http://127.0.0.1:9", "key", NULL));
  g_autoptr(ClientSkapiLine) skapi = client_skapi_line_new (serve_documents, NULL);
  g_autofree char *token = client_skapi_make_token (CLIENT_SKAPI_SERVICE, 3600);
  ServerAccount account = { .access_token = token, .id_token = token };
  static const PlainCall calls[] = { confab_client_close_realtime_async,
                                     confab_client_vapid_public_key_async };
  g_autoptr(JsonNode) content = json_node_init_int (json_node_alloc (), 1);
  g_autoptr(GError) error = NULL;

  client_bot_log_in (altogic, &account, NOT_SKAPI);
  client_bot_connect (altogic, NOT_SKAPI);
  client_bot_join (altogic, "g", NOT_SKAPI);
  client_bot_post (altogic, "1", "g", NULL, NOT_SKAPI);
  client_bot_list_groups (altogic, NULL, NULL, NOT_SKAPI);
  client_bot_list_users (altogic, "g", NULL, NULL, NOT_SKAPI);
  g_assert_false (confab_client_send_rtc (altogic->client, "cid:x", content, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_NOT_SUPPORTED);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr(GAsyncResult) result = NULL;

      g_clear_error (&error);
      calls[i](altogic->client, NULL, support_take_result_cb, &result);
      support_wait_for (result);
      if (i == 0)
        g_assert_false (confab_client_close_realtime_finish (altogic->client, result, &error));
      else
        g_assert_null (confab_client_vapid_public_key_finish (altogic->client, result, &error));
      g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_NOT_SUPPORTED);
    }

  g_clear_error (&error);
  g_assert_false (confab_client_join (skapi->bot->client, "c", CONFAB_ECHO_DEFAULT, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_NOT_SUPPORTED);
}

static void
test_codes (void)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (CONFAB_TYPE_CLIENT_ERROR);

  /* Each code has a name, and the nickname is the same in other letters. */
  for (guint i = 0; i < klass->n_values; i++)
    {
      g_autofree char *name =
        g_ascii_strdown (confab_client_error_to_string ((ConfabClientError) i), -1);

      g_strdelimit (name, "_", '-');
      g_assert_cmpstr (name, ==, klass->values[i].value_nick);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/reads-its-documents", test_boot);
  g_test_add_func ("/service/documents-that-lie", test_boot_lies);
  g_test_add_func ("/service/endpoints-without-a-slash", test_endpoints_without_slash);
  g_test_add_func ("/service/an-endpoint-that-is-none", test_endpoint_that_is_none);
  g_test_add_func ("/service/tokens-that-are-none", test_tokens);
  g_test_add_func ("/service/renews-tokens-once", test_renewal);
  g_test_add_func ("/service/renews-tokens-when-connecting-again",
                   test_renewal_when_connecting_again);
  g_test_add_func ("/service/a-login-ends", test_end_of_login);
  g_test_add_func ("/service/errors-of-a-server", test_errors);
  g_test_add_func ("/service/odd-rows-are-left-out", test_odd_rows);
  g_test_add_func ("/service/asks-again-when-told-so", test_retry_after);
  g_test_add_func ("/service/no-answer", test_no_answer);
  g_test_add_func ("/service/what-a-question-looks-like", test_question);
  g_test_add_func ("/service/functions-of-the-other-service", test_other_service);
  g_test_add_func ("/service/codes-have-names", test_codes);

  return g_test_run ();
}
