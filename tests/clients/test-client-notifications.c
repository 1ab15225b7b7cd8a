/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-bot.h"
#include "support-push-browser.h"
#include "support-push-service.h"
#include "support-wait.h"

/* The rows of tests/clients/rows.txt that are proven are in the names. */

typedef struct
{
  ServerProcess      *server;
  ClientBot          *ann;      /* an admin */
  ClientBot          *bob;
  SupportPushService *service;
  SupportPushBrowser *browser;
} Space;

static void
setup (Space         *self,
       gconstpointer  unused)
{
  static const char * const arguments[] = {
    "--push-network", "127.0.0.0/8", "--push-contact", "mailto:admin@example.org", "--admin",
    "ann", NULL
  };

  self->server = server_process_new (arguments);
  self->ann = client_bot_new_at (self->server, "ann");
  self->bob = client_bot_new_at (self->server, "bob");
  self->service = support_push_service_new (NULL);
  self->browser = support_push_browser_new ();
}

static void
teardown (Space         *self,
          gconstpointer  unused)
{
  support_push_browser_free (self->browser);
  support_push_service_free (self->service);
  client_bot_free (self->ann);
  client_bot_free (self->bob);
  server_process_free (self->server);
}

typedef void (*SubscriptionCall) (ConfabClient        *client,
                                  const char          *endpoint,
                                  const char          *p256dh,
                                  const char          *auth,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

static char *
call_with_subscription (Space            *self,
                        ClientBot        *bot,
                        SubscriptionCall  call,
                        const char       *path)
{
  g_autofree char *endpoint = support_push_service_dup_endpoint (self->service, path);
  g_autofree char *p256dh =
    g_base64_encode (support_push_browser_get_public_key (self->browser), 65);
  g_autofree char *auth = g_base64_encode (support_push_browser_get_secret (self->browser), 16);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = NULL;

  g_strdelimit (p256dh, "+", '-');
  g_strdelimit (p256dh, "/", '_');
  g_strdelimit (auth, "+", '-');
  g_strdelimit (auth, "/", '_');
  call (bot->client, endpoint, p256dh, auth, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  answer = call == confab_client_subscribe_notification_async
             ? confab_client_subscribe_notification_finish (bot->client, result, &error)
             : confab_client_unsubscribe_notification_finish (bot->client, result, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&answer);
}

static char *
push (ClientBot           *bot,
      const char          *title,
      const char          *body,
      const char * const  *user_ids,
      GError             **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_client_push_notification_async (bot->client, title, body, user_ids, NULL,
                                         support_take_result_cb, &result);
  support_wait_for (result);

  return confab_client_push_notification_finish (bot->client, result, error);
}

static void
assert_delivered (Space      *self,
                  guint       index,
                  const char *path,
                  const char *expected)
{
  const SupportPushDelivery *delivery;
  g_autoptr(JsonNode) wanted = json_from_string (expected, NULL);
  g_autoptr(JsonNode) got = NULL;
  g_autofree char *json = NULL;

  support_wait_until (support_push_service_get_n (self->service) > index);
  delivery = support_push_service_get (self->service, index);
  json = support_push_browser_open (self->browser, g_bytes_get_data (delivery->body, NULL),
                                    g_bytes_get_size (delivery->body));
  got = json_from_string (json, NULL);
  g_assert_cmpstr (delivery->path, ==, path);
  g_assert_true (json_node_equal (got, wanted));
}

static void
test_key (Space         *self,
          gconstpointer  unused)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;
  g_autoptr(GBytes) point = NULL;

  confab_client_vapid_public_key_async (self->bob->client, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  key = confab_client_vapid_public_key_finish (self->bob->client, result, &error);
  g_assert_no_error (error);
  point = support_base64url_decode (key);
  g_assert_cmpuint (g_bytes_get_size (point), ==, 65);
  g_assert_cmpuint (*(const guint8 *) g_bytes_get_data (point, NULL), ==, 4);
}

static void
test_subscription (Space         *self,
                   gconstpointer  unused)
{
  const char *one[] = { confab_client_get_user_id (self->bob->client), NULL };
  const char *two[] = { confab_client_get_user_id (self->bob->client),
                        confab_client_get_user_id (self->ann->client), NULL };
  g_autofree char *subscribed = call_with_subscription (
    self, self->bob, confab_client_subscribe_notification_async, "/bob");
  g_autofree char *unsubscribed = NULL;
  g_autofree char *answer = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (subscribed, ==, "SUCCESS: Subscribed to receive notifications.");
  answer = push (self->ann, "Hi", "50% ☃", one, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, "SUCCESS: Notification sent.");
  assert_delivered (self, 0, "/bob", "{\"title\":\"Hi\",\"body\":\"50% ☃\"}");

  g_free (answer);
  answer = push (self->ann, "two", "of them", two, &error);
  g_assert_no_error (error);
  assert_delivered (self, 1, "/bob", "{\"title\":\"two\",\"body\":\"of them\"}");

  g_free (answer);
  answer = push (self->ann, "all", "of them", NULL, &error);
  g_assert_no_error (error);
  assert_delivered (self, 2, "/bob", "{\"title\":\"all\",\"body\":\"of them\"}");

  unsubscribed = call_with_subscription (self, self->bob,
                                         confab_client_unsubscribe_notification_async, "/bob");
  g_assert_cmpstr (unsubscribed, ==, "SUCCESS: Unsubscribed from notifications.");
}

static void
test_refusals (Space         *self,
               gconstpointer  unused)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (push (self->ann, NULL, "body", NULL, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER);
  g_assert_cmpstr (error->message, ==, "Missing parameter: message title");
  g_clear_error (&error);

  g_assert_null (push (self->ann, "title", "", NULL, &error));
  g_assert_cmpstr (error->message, ==, "Missing parameter: message body");
  g_clear_error (&error);

  g_assert_null (push (self->bob, "title", "body", NULL, &error));
  g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_NOT_ALLOWED);
  g_clear_error (&error);

  confab_client_subscribe_notification_async (self->bob->client, NULL, "key", "secret", NULL,
                                              support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_null (confab_client_subscribe_notification_finish (self->bob->client, result, &error));
  g_assert_cmpstr (error->message, ==, "Missing parameter: endpoint");
  g_clear_error (&error);

  g_clear_object (&result);
  confab_client_subscribe_notification_async (self->bob->client, "https://x/", "key", NULL, NULL,
                                              support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_null (confab_client_subscribe_notification_finish (self->bob->client, result, &error));
  g_assert_cmpstr (error->message, ==, "Missing parameter: keys.p256dh or keys.auth");
}

/* A message with a notification wakes a member who is away, and with "always" one who is there. */
static void
test_with_a_message (Space         *self,
                     gconstpointer  unused)
{
  const char *bob_id = confab_client_get_user_id (self->bob->client);
  g_autofree char *subscribed = call_with_subscription (
    self, self->bob, confab_client_subscribe_notification_async, "/bob");
  g_autofree char *quiet = NULL;
  g_autofree char *always = NULL;
  g_autofree char *away = NULL;

  quiet = client_bot_post (self->ann, "1", bob_id, "{\"title\":\"no\",\"body\":\"need\"}", NULL);
  client_bot_await (self->bob, "private");
  always = client_bot_post (self->ann, "2", bob_id,
                            "{\"title\":\"in\",\"body\":\"any case\",\"config\":{\"always\":true}}",
                            NULL);
  assert_delivered (self, 0, "/bob", "{\"title\":\"in\",\"body\":\"any case\"}");

  client_bot_enter (self->ann, "here");
  client_bot_enter (self->bob, "here");
  client_bot_close (self->bob);
  while (g_strcmp0 (confab_realtime_event_get_code (client_bot_await (self->ann, "notice")),
                    "USER_DISCONNECTED") != 0)
    continue;
  away = client_bot_post (self->ann, "3", bob_id, "{\"title\":\"come\",\"body\":\"back\"}",
                          NULL);
  assert_delivered (self, 1, "/bob", "{\"title\":\"come\",\"body\":\"back\"}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Space, NULL, setup, func, teardown)
  ADD ("/client/notifications/the-key-of-the-server #90", test_key);
  ADD ("/client/notifications/subscribed-and-no-longer #91 #92 #93 #94", test_subscription);
  ADD ("/client/notifications/parameters-that-are-refused #91 #93", test_refusals);
  ADD ("/client/notifications/with-a-message #38 #39", test_with_a_message);
#undef ADD

  return g_test_run ();
}
