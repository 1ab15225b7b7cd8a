/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"
#include "support-push-browser.h"
#include "support-push-service.h"
#include "support-wait.h"

#include <string.h>
#include <sys/stat.h>

/* Subscriptions and notifications as skapi-js asks for them, of a real server, and what a push
 * service and a browser get. */

typedef struct
{
  ServerProcess      *server;
  ServerAccount      *ann;    /* an admin */
  ServerAccount      *bob;
  SupportPushService *service;
  SupportPushBrowser *browser;
} Space;

static void
setup (Space         *self,
       gconstpointer  unused)
{
  static const char * const arguments[] = {
    "--push-network", "127.0.0.0/8", "--push-contact", "mailto:admin@example.org", "--admin", "Ann",
    NULL
  };

  self->server = server_process_new (arguments);
  self->ann = server_process_sign_up (self->server, "ann");
  self->bob = server_process_sign_up (self->server, "bob");
  self->service = support_push_service_new (NULL);
  self->browser = support_push_browser_new ();
}

static void
teardown (Space         *self,
          gconstpointer  unused)
{
  support_push_browser_free (self->browser);
  support_push_service_free (self->service);
  server_account_free (self->ann);
  server_account_free (self->bob);
  server_process_free (self->server);
}

static void
wait_for_deliveries (Space *self,
                     guint  n)
{
  support_wait_until (support_push_service_get_n (self->service) >= n);
}

static void
ask (Space               *self,
     const ServerAccount *account,
     const char          *path,
     const char          *body,
     guint                expected_status,
     const char          *expected)
{
  g_autofree char *answer = NULL;
  guint status = server_process_request (self->server, "POST", path,
                                         account ? account->id_token : NULL, body, &answer);

  g_test_message ("%s %s: %s", path, body, answer);
  g_assert_cmpuint (status, ==, expected_status);
  g_assert_nonnull (strstr (answer, expected));
}

static char *
make_subscription (Space      *self,
                   const char *endpoint)
{
  const guint8 *key = support_push_browser_get_public_key (self->browser);
  const guint8 *secret = support_push_browser_get_secret (self->browser);
  g_autofree char *p256dh = g_base64_encode (key, 65);
  g_autofree char *auth = g_base64_encode (secret, 16);

  g_strdelimit (p256dh, "+", '-');
  g_strdelimit (p256dh, "/", '_');

  return g_strdup_printf ("{\"service\":\"s\",\"owner\":\"o\",\"endpoint\":\"%s\","
                          "\"keys\":{\"p256dh\":\"%s\",\"auth\":\"%s\"}}",
                          endpoint, p256dh, auth);
}

static void
subscribe (Space               *self,
           const ServerAccount *account,
           const char          *path)
{
  g_autofree char *endpoint = support_push_service_dup_endpoint (self->service, path);
  g_autofree char *body = make_subscription (self, endpoint);

  ask (self, account, "/api/store-subscription", body, 200,
       "\"SUCCESS: Subscribed to receive notifications.\"");
}

static void
assert_delivered (Space      *self,
                  guint       index,
                  const char *path,
                  const char *expected)
{
  const SupportPushDelivery *delivery = support_push_service_get (self->service, index);
  g_autofree char *json =
    support_push_browser_open (self->browser, g_bytes_get_data (delivery->body, NULL),
                               g_bytes_get_size (delivery->body));

  g_assert_cmpstr (delivery->path, ==, path);
  g_assert_cmpstr (json, ==, expected);
}

static void
test_an_admin_wakes_whom_they_name (Space         *self,
                                    gconstpointer  unused)
{
  g_autofree char *body =
    g_strdup_printf ("{\"title\":\"Hi\",\"body\":\"there\",\"user_ids\":[\"%s\"]}",
                     self->bob->user_id);

  subscribe (self, self->ann, "/ann");
  subscribe (self, self->bob, "/bob");

  ask (self, self->ann, "/api/push-notification", body, 200, "\"SUCCESS: Notification sent.\"");
  wait_for_deliveries (self, 1);
  assert_delivered (self, 0, "/bob", "{\"title\":\"Hi\",\"body\":\"there\"}");

  ask (self, self->ann, "/api/push-notification",
       "{\"title\":\"All\",\"body\":\"100%\",\"user_ids\":\"all_users\"}", 200, "SUCCESS");
  wait_for_deliveries (self, 3);
}

static void
test_others_wake_only_themselves (Space         *self,
                                  gconstpointer  unused)
{
  g_autofree char *to_ann =
    g_strdup_printf ("{\"title\":\"x\",\"body\":\"y\",\"user_ids\":[\"%s\",\"%s\"]}",
                     self->bob->user_id, self->ann->user_id);
  g_autofree char *to_bob =
    g_strdup_printf ("{\"title\":\"x\",\"body\":\"y\",\"user_ids\":\"%s\"}", self->bob->user_id);

  subscribe (self, self->bob, "/bob");
  ask (self, self->bob, "/api/push-notification", to_ann, 403, "NOT_ALLOWED");
  ask (self, self->bob, "/api/push-notification",
       "{\"title\":\"x\",\"body\":\"y\",\"user_ids\":\"all_users\"}", 403, "NOT_ALLOWED");
  ask (self, self->bob, "/api/push-notification", to_bob, 200, "SUCCESS");
  wait_for_deliveries (self, 1);
}

static void
test_the_key_is_the_one_that_signs (Space         *self,
                                    gconstpointer  unused)
{
  g_autofree char *key = NULL;
  g_autofree char *token = NULL;
  const SupportPushDelivery *delivery;
  g_autofree char *path =
    g_build_filename (server_process_get_data_dir (self->server), "vapid.pem", NULL);
  g_autofree char *body =
    g_strdup_printf ("{\"title\":\"x\",\"body\":\"y\",\"user_ids\":\"%s\"}", self->bob->user_id);
  struct stat status;

  server_process_request (self->server, "POST", "/api/get-vapid-public-key", self->bob->id_token,
                          "{}", &key);
  g_assert_cmpuint (strlen (key), ==, 89);
  key[88] = '\0';

  subscribe (self, self->bob, "/bob");
  ask (self, self->bob, "/api/push-notification", body, 200, "SUCCESS");
  wait_for_deliveries (self, 1);
  delivery = support_push_service_get (self->service, 0);
  token = g_strndup (delivery->authorization + strlen ("vapid t="),
                     strcspn (delivery->authorization + strlen ("vapid t="), ","));
  g_assert_true (support_es256_verify (token, key + 1));

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
test_subscriptions_outlive_the_server (Space         *self,
                                       gconstpointer  unused)
{
  g_autofree char *body =
    g_strdup_printf ("{\"title\":\"x\",\"body\":\"y\",\"user_ids\":\"%s\"}", self->bob->user_id);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  subscribe (self, self->bob, "/bob");
  server_process_request (self->server, "POST", "/api/get-vapid-public-key", self->bob->id_token,
                          "{}", &before);
  server_process_kill (self->server);
  server_process_start (self->server);
  server_process_request (self->server, "POST", "/api/get-vapid-public-key", self->bob->id_token,
                          "{}", &after);
  g_assert_cmpstr (before, ==, after);
  ask (self, self->bob, "/api/push-notification", body, 200, "SUCCESS");
  wait_for_deliveries (self, 1);
}

static void
test_who_unsubscribes_is_left_alone (Space         *self,
                                     gconstpointer  unused)
{
  g_autofree char *endpoint = support_push_service_dup_endpoint (self->service, "/bob");
  g_autofree char *body = make_subscription (self, endpoint);

  subscribe (self, self->bob, "/bob");
  subscribe (self, self->ann, "/ann");

  /* not by somebody else */
  ask (self, self->ann, "/api/delete-subscription", body, 200, "SUCCESS: Unsubscribed");
  ask (self, self->ann, "/api/push-notification",
       "{\"title\":\"1\",\"body\":\"\",\"user_ids\":\"all_users\"}", 200, "SUCCESS");
  wait_for_deliveries (self, 2);

  ask (self, self->bob, "/api/delete-subscription", body, 200,
       "\"SUCCESS: Unsubscribed from notifications.\"");
  ask (self, self->ann, "/api/push-notification",
       "{\"title\":\"2\",\"body\":\"\",\"user_ids\":\"all_users\"}", 200, "SUCCESS");
  wait_for_deliveries (self, 3);
  assert_delivered (self, 2, "/ann", "{\"title\":\"2\",\"body\":\"\"}");
}

static void
test_a_busy_push_service_does_not_hold_up_the_end (Space         *self,
                                                   gconstpointer  unused)
{
  g_autofree char *body =
    g_strdup_printf ("{\"title\":\"x\",\"body\":\"y\",\"user_ids\":\"%s\"}", self->bob->user_id);

  subscribe (self, self->bob, "/bob");
  support_push_service_hold (self->service, TRUE);
  ask (self, self->bob, "/api/push-notification", body, 200, "SUCCESS");
  wait_for_deliveries (self, 1);

  /* teardown() has the server drain and end well */
}

static void
send_private (RawPeer    *peer,
              const char *to,
              const char *title,
              gboolean    always)
{
  g_autoptr(JsonObject) echo = NULL;

  raw_peer_sendf (peer,
                  "{\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":\"hello\","
                  "\"notification\":\"{\\\"title\\\":\\\"%s\\\",\\\"body\\\":\\\"b\\\"}\","
                  "\"notificationConfig\":{\"always\":%s}}",
                  to, title, always ? "true" : "false");
  echo = raw_peer_await_key (peer, "#private");
}

static void
test_a_private_message_wakes_who_is_away (Space         *self,
                                          gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = server_process_connect_skapi (self->server, self->ann);
  g_autoptr(RawPeer) bob = NULL;

  subscribe (self, self->bob, "/bob");
  subscribe (self, self->ann, "/ann");
  send_private (ann, self->bob->user_id, "1", FALSE);
  wait_for_deliveries (self, 1);
  assert_delivered (self, 0, "/bob", "{\"title\":\"1\",\"body\":\"b\"}");

  /* who is here needs no waking, unless it is asked for */
  bob = server_process_connect_skapi (self->server, self->bob);
  json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"keepAlive\""));
  send_private (ann, self->bob->user_id, "2", FALSE);
  send_private (ann, self->bob->user_id, "3", TRUE);
  wait_for_deliveries (self, 2);
  assert_delivered (self, 1, "/bob", "{\"title\":\"3\",\"body\":\"b\"}");
}

static void
test_nonsense_is_refused_by_name (Space         *self,
                                  gconstpointer  unused)
{
  g_autofree char *inside = make_subscription (self, "http://10.0.0.1/push");
  g_autofree char *cloud = make_subscription (self, "https://169.254.169.254/latest/meta-data");
  g_autofree char *large = g_strnfill (5000, 'x');
  g_autofree char *too_large =
    g_strdup_printf ("{\"title\":\"%s\",\"body\":\"\",\"user_ids\":\"all_users\"}", large);

  ask (self, NULL, "/api/store-subscription", inside, 401, "User login is required.");
  ask (self, NULL, "/api/get-vapid-public-key", "{}", 401, "User login is required.");
  ask (self, self->bob, "/api/store-subscription", inside, 400, "endpoint");
  ask (self, self->bob, "/api/store-subscription", cloud, 400, "not public");
  ask (self, self->bob, "/api/store-subscription", "{\"endpoint\":\"https://a.example\"}", 400,
       "INVALID_PARAMETER");
  ask (self, self->bob, "/api/store-subscription",
       "{\"endpoint\":\"https://a.example\",\"keys\":{\"p256dh\":\"AAAA\",\"auth\":\"AAAA\"}}", 400,
       "p256dh");
  ask (self, self->bob, "/api/store-subscription", "{\"endpoint\":5}", 400, "INVALID_PARAMETER");
  ask (self, self->bob, "/api/store-subscription", "[]", 400, "INVALID_REQUEST");
  ask (self, self->bob, "/api/delete-subscription", "{}", 400, "endpoint");
  ask (self, self->ann, "/api/push-notification", "{\"title\":\"x\",\"body\":\"y\"}", 400,
       "user_ids");
  ask (self, self->ann, "/api/push-notification",
       "{\"title\":\"x\",\"body\":\"y\",\"user_ids\":[\"ann\"]}", 400, "user_ids");
  ask (self, self->ann, "/api/push-notification", too_large, 413, "TOO_LARGE");
}

static void
add (const char *path,
     void      (*test) (Space *, gconstpointer))
{
  g_test_add (path, Space, NULL, setup, test, teardown);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/server/push/an-admin-wakes-whom-they-name", test_an_admin_wakes_whom_they_name);
  add ("/server/push/others-wake-only-themselves", test_others_wake_only_themselves);
  add ("/server/push/the-key-is-the-one-that-signs", test_the_key_is_the_one_that_signs);
  add ("/server/push/subscriptions-outlive-the-server", test_subscriptions_outlive_the_server);
  add ("/server/push/who-unsubscribes-is-left-alone", test_who_unsubscribes_is_left_alone);
  add ("/server/push/a-busy-push-service-does-not-hold-up-the-end",
       test_a_busy_push_service_does_not_hold_up_the_end);
  add ("/server/push/a-private-message-wakes-who-is-away",
       test_a_private_message_wakes_who_is_away);
  add ("/server/push/nonsense-is-refused-by-name", test_nonsense_is_refused_by_name);

  return g_test_run ();
}
