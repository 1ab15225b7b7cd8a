/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-memory-store.h"
#include "confabd-push-request.h"
#include "confabd-web-push.h"
#include "support-push-browser.h"
#include "support-push-service.h"
#include "support-store.h"
#include "support-wait.h"
#include "wire-error.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const loopback[] = { "127.0.0.0/8", NULL };
static const char *const nothing[] = { NULL };

typedef struct
{
  SupportStore          store;
  SupportPushService   *service;
  SupportPushBrowser   *browser;
  ConfabdWebPush       *push;
  ConfabdWebPushLimits  limits;
  BaseMailbox          *mailbox;
  GSource              *letters;
  char                 *folder;
  char                 *key_path;
  BaseUuid              ada;
  BaseUuid              ben;
} Fixture;

static ConfabdWebPush *
make_push (Fixture            *f,
           const char * const *networks,
           GTlsDatabase       *trust)
{
  g_autoptr(GError) error = NULL;
  const ConfabdWebPushOptions options = {
    .key_path = f->key_path,
    .contact = "mailto:admin@example.net",
    .allowed_networks = networks,
    .trust = trust,
    .clock = base_clock_system (),
    .mailbox = f->mailbox,
    .store = f->store.store,
    .limits = &f->limits,
  };
  ConfabdWebPush *push = confabd_web_push_new (&options, &error);

  g_assert_no_error (error);

  return push;
}

static void
set_up (Fixture       *f,
        gconstpointer  user_data)
{
  f->folder = g_dir_make_tmp ("confab-push-XXXXXX", NULL);
  f->key_path = g_build_filename (f->folder, "vapid.pem", NULL);
  support_store_init (&f->store, confabd_memory_store_new (base_clock_system ()));
  support_store_add_user (&f->store, "Ada", &f->ada);
  support_store_add_user (&f->store, "Ben", &f->ben);

  f->service = support_push_service_new (NULL);
  f->browser = support_push_browser_new ();
  f->mailbox = base_mailbox_new ();
  f->letters = base_mailbox_create_source (f->mailbox);
  g_source_attach (f->letters, NULL);

  f->limits = confabd_web_push_limits;
  f->limits.patience = (ConfabdPushPatience) { .base_ms = 5, .max_ms = 20, .max_failures = 4 };
  f->push = make_push (f, loopback, NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  user_data)
{
  if (f->push)
    {
      ConfabdWebPushStats stats;

      g_object_add_weak_pointer (G_OBJECT (f->push), (gpointer *) &f->push);
      confabd_web_push_get_stats (f->push, &stats);
      confabd_web_push_shut_down (f->push);
      g_object_unref (f->push);
      support_wait_until (f->push == NULL);
    }

  support_push_service_free (f->service);
  support_push_browser_free (f->browser);
  g_source_destroy (f->letters);
  g_source_unref (f->letters);
  base_mailbox_drain (f->mailbox);
  base_mailbox_unref (f->mailbox);
  support_store_clear (&f->store);
  g_unlink (f->key_path);
  g_rmdir (f->folder);
  g_free (f->key_path);
  g_free (f->folder);
}

static ConfabdWebPushStats
stats_of (Fixture *f)
{
  ConfabdWebPushStats stats;

  confabd_web_push_get_stats (f->push, &stats);

  return stats;
}

static void
subscribe_at (Fixture        *f,
              const BaseUuid *user_id,
              const char     *endpoint)
{
  g_autoptr(ConfabdQuery) query =
    support_store_query (&f->store, CONFABD_QUERY_STORE_SUBSCRIPTION);
  ConfabdSubscription *subscription = g_new0 (ConfabdSubscription, 1);

  subscription->user_id = *user_id;
  subscription->endpoint = g_strdup (endpoint);
  memcpy (subscription->public_key, support_push_browser_get_public_key (f->browser), 65);
  memcpy (subscription->auth_secret, support_push_browser_get_secret (f->browser), 16);
  query->subscription = subscription;
  query->limit = 10000;
  query = support_store_ask (&f->store, g_steal_pointer (&query));
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
}

static void
subscribe (Fixture        *f,
           const BaseUuid *user_id,
           const char     *path)
{
  g_autofree char *endpoint = support_push_service_dup_endpoint (f->service, path);

  subscribe_at (f, user_id, endpoint);
}

static guint
count_subscriptions (Fixture *f)
{
  g_autoptr(ConfabdQuery) query =
    support_store_ask (&f->store, support_store_query (&f->store, CONFABD_QUERY_SUBSCRIPTIONS));

  return query->subscriptions->len;
}

static void
notify (Fixture        *f,
        const BaseUuid *user_id,
        const char     *title)
{
  g_autoptr(GArray) ids = user_id ? g_array_new (FALSE, FALSE, sizeof (BaseUuid)) : NULL;
  g_autoptr(GError) error = NULL;
  ConfabdNotification *notification;

  if (ids)
    g_array_append_vals (ids, user_id, 1);
  notification = confabd_notification_new (ids, title, "text", &error);
  g_assert_no_error (error);
  confabd_push_submit (CONFABD_PUSH (f->push), notification);
}

static char *
open_delivery (Fixture                   *f,
               const SupportPushDelivery *delivery)
{
  return support_push_browser_open (f->browser, g_bytes_get_data (delivery->body, NULL),
                                    g_bytes_get_size (delivery->body));
}

/* The titles' first letters, in the order in which they arrived. */
static char *
list_arrived (Fixture *f)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < support_push_service_get_n (f->service); i++)
    {
      g_autofree char *json = open_delivery (f, support_push_service_get (f->service, i));

      g_string_append_c (text, json[10]);
    }

  return g_string_free_and_steal (text);
}

static void
test_a_notification_arrives_encrypted_and_signed (Fixture       *f,
                                                  gconstpointer  user_data)
{
  const SupportPushDelivery *delivery;
  g_autofree char *origin = support_push_service_dup_endpoint (f->service, "");
  g_autofree char *json = NULL;
  g_auto(GStrv) parts = NULL;
  g_autoptr(GBytes) claims = NULL;
  g_autofree char *start = g_strdup_printf ("{\"aud\":\"%s\",", origin);
  const char *key = confabd_push_get_public_key (CONFABD_PUSH (f->push));

  subscribe (f, &f->ada, "/a");
  notify (f, &f->ada, "Hello");
  support_wait_until (stats_of (f).n_delivered == 1);

  delivery = support_push_service_get (f->service, 0);
  g_assert_cmpstr (delivery->path, ==, "/a");
  g_assert_cmpstr (delivery->encoding, ==, "aes128gcm");
  g_assert_cmpstr (delivery->urgency, ==, "normal");
  g_assert_null (delivery->topic);
  g_assert_cmpint (atoi (delivery->ttl), >=, CONFABD_PUSH_TTL_S - 10);
  g_assert_cmpint (atoi (delivery->ttl), <=, CONFABD_PUSH_TTL_S);

  json = open_delivery (f, delivery);
  g_assert_cmpstr (json, ==, "{\"title\":\"Hello\",\"body\":\"text\"}");

  parts = g_strsplit_set (delivery->authorization, " .,=", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 8);
  claims = support_base64url_decode (parts[3]);
  g_assert_cmpint (strncmp (g_bytes_get_data (claims, NULL), start, strlen (start)), ==, 0);
  g_assert_cmpstr (parts[7], ==, key);
  g_assert_cmpint (stats_of (f).n_pending, ==, 0);
}

static void
test_only_who_is_named_is_told (Fixture       *f,
                                gconstpointer  user_data)
{
  subscribe (f, &f->ada, "/a1");
  subscribe (f, &f->ada, "/a2");
  subscribe (f, &f->ben, "/b");
  notify (f, &f->ada, "Hello");
  support_wait_until (stats_of (f).n_delivered == 2);
  g_assert_cmpstr (support_push_service_get (f->service, 0)->path, !=, "/b");
  g_assert_cmpstr (support_push_service_get (f->service, 1)->path, !=, "/b");

  notify (f, NULL, "All");
  support_wait_until (stats_of (f).n_delivered == 5);
}

static void
test_everybody_is_reached_with_bounded_memory (Fixture       *f,
                                               gconstpointer  user_data)
{
  guint most = 0;

  g_clear_object (&f->push);
  f->limits.max_pending = 10;
  f->push = make_push (f, loopback, NULL);

  for (guint i = 0; i < 520; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%04u", i);

      subscribe (f, i % 2 ? &f->ada : &f->ben, path);
    }

  notify (f, NULL, "x");
  while (stats_of (f).n_delivered < 520)
    {
      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, stats_of (f).n_pending);
      g_assert_cmpuint (stats_of (f).n_requests, <=, f->limits.max_requests_each);
    }

  /* one page on top of what makes it stop */
  g_assert_cmpuint (most, <=, 510);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 520);
}

static void
test_a_subscription_that_is_over_is_deleted (Fixture       *f,
                                             gconstpointer  user_data)
{
  subscribe (f, &f->ada, "/gone");
  subscribe (f, &f->ada, "/missing");
  subscribe (f, &f->ada, "/alive");
  support_push_service_answer (f->service, "/gone", 410, NULL, NULL);
  support_push_service_answer (f->service, "/missing", 404, NULL, NULL);
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_gone == 2 && stats_of (f).n_delivered == 1);
  support_wait_until (count_subscriptions (f) == 1);
  g_assert_cmpint (stats_of (f).n_pending, ==, 0);

  notify (f, &f->ada, "y");
  support_wait_until (stats_of (f).n_delivered == 2);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 4);
}

static void
test_what_failed_is_tried_again_in_order (Fixture       *f,
                                          gconstpointer  user_data)
{
  g_autofree char *arrived = NULL;

  subscribe (f, &f->ada, "/a");
  support_push_service_answer (f->service, "/a", 503, NULL, NULL);
  support_push_service_answer (f->service, "/a", 500, NULL, NULL);
  support_push_service_answer (f->service, "/a", 429, NULL, NULL);
  notify (f, &f->ada, "a");
  notify (f, &f->ada, "b");
  support_wait_until (stats_of (f).n_delivered == 2);
  arrived = list_arrived (f);
  g_assert_cmpstr (arrived, ==, "aaaab");
  g_assert_cmpint (stats_of (f).n_retried, ==, 3);
}

static void
test_what_never_works_is_given_up (Fixture       *f,
                                   gconstpointer  user_data)
{
  g_autofree char *arrived = NULL;

  subscribe (f, &f->ada, "/a");
  for (guint i = 0; i < 4; i++)
    support_push_service_answer (f->service, "/a", 502, NULL, NULL);
  notify (f, &f->ada, "a");
  notify (f, &f->ada, "b");
  support_wait_until (stats_of (f).n_delivered == 1);
  arrived = list_arrived (f);
  g_assert_cmpstr (arrived, ==, "aaaab");
  g_assert_cmpint (stats_of (f).n_dropped, ==, 1);
}

static void
test_retry_after_is_heeded (Fixture       *f,
                            gconstpointer  user_data)
{
  gint64 waited_us;

  subscribe (f, &f->ada, "/a");
  subscribe (f, &f->ben, "/b");
  support_push_service_answer (f->service, "/a", 429, "Retry-After", "1");
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_retried == 1);

  /* others need not wait for it */
  notify (f, &f->ben, "y");
  support_wait_until (stats_of (f).n_delivered == 1);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 2);

  support_wait_until (stats_of (f).n_delivered == 2);
  waited_us = support_push_service_get (f->service, 2)->at_us -
              support_push_service_get (f->service, 0)->at_us;
  g_assert_cmpint (waited_us, >=, G_USEC_PER_SEC);
}

static void
test_who_waits_long_makes_room (Fixture       *f,
                                gconstpointer  user_data)
{
  g_clear_object (&f->push);
  f->limits.max_pending = 2;
  f->push = make_push (f, loopback, NULL);
  subscribe (f, &f->ada, "/a1");
  subscribe (f, &f->ada, "/a2");
  subscribe (f, &f->ben, "/b");
  support_push_service_answer (f->service, "/a1", 503, "Retry-After", "3600");
  support_push_service_answer (f->service, "/a2", 503, "Retry-After", "600");
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_retried == 2);

  notify (f, &f->ben, "y");
  support_wait_until (stats_of (f).n_delivered == 1);
  g_assert_cmpuint (stats_of (f).n_dropped, ==, 1);
  g_assert_cmpuint (stats_of (f).n_pending, ==, 1);
}

static void
test_what_is_refused_is_not_tried_again (Fixture       *f,
                                         gconstpointer  user_data)
{
  g_autofree char *elsewhere = support_push_service_dup_endpoint (f->service, "/elsewhere");

  subscribe (f, &f->ada, "/a");
  support_push_service_answer (f->service, "/a", 413, NULL, NULL);
  support_push_service_answer (f->service, "/a", 400, NULL, NULL);
  support_push_service_answer (f->service, "/a", 307, "Location", elsewhere);
  support_push_service_answer (f->service, "/a", 301, "Location", elsewhere);
  for (guint i = 0; i < 5; i++)
    notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_delivered == 1);
  g_assert_cmpint (stats_of (f).n_refused, ==, 4);
  g_assert_cmpint (stats_of (f).n_retried, ==, 0);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpstr (support_push_service_get (f->service, i)->path, ==, "/a");
  g_assert_cmpuint (count_subscriptions (f), ==, 1);
}

static void
test_a_token_that_is_not_taken_is_made_anew_once (Fixture       *f,
                                                  gconstpointer  user_data)
{
  subscribe (f, &f->ada, "/a");
  support_push_service_answer (f->service, "/a", 401, "WWW-Authenticate", "vapid");
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_delivered == 1);
  g_assert_cmpstr (support_push_service_get (f->service, 0)->authorization, !=,
                   support_push_service_get (f->service, 1)->authorization);

  support_push_service_answer (f->service, "/a", 403, NULL, NULL);
  support_push_service_answer (f->service, "/a", 403, NULL, NULL);
  notify (f, &f->ada, "y");
  support_wait_until (stats_of (f).n_refused == 1);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 4);
}

static void
test_a_silent_service_harms_only_itself (Fixture       *f,
                                         gconstpointer  user_data)
{
  g_autoptr(SupportPushService) other = support_push_service_new (NULL);
  g_autofree char *endpoint = support_push_service_dup_endpoint (other, "/b");

  g_clear_object (&f->push);
  f->limits.deadline_ms = 500;
  f->push = make_push (f, loopback, NULL);
  subscribe (f, &f->ada, "/a");
  subscribe_at (f, &f->ben, endpoint);
  support_push_service_answer (f->service, "/a", SUPPORT_PUSH_SILENT, NULL, NULL);
  notify (f, &f->ada, "x");
  support_wait_until (support_push_service_get_n (f->service) == 1);
  notify (f, &f->ben, "y");
  support_wait_until (support_push_service_get_n (other) > 0);

  /* and is asked again when its time is up */
  support_wait_until (stats_of (f).n_delivered == 2);
  g_assert_cmpint (stats_of (f).n_retried, >=, 1);
}

static void
test_an_answer_without_end_is_not_read (Fixture       *f,
                                        gconstpointer  user_data)
{
  subscribe (f, &f->ada, "/a");
  support_push_service_answer (f->service, "/a", SUPPORT_PUSH_ENDLESS, NULL, NULL);
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_delivered == 1);
  notify (f, &f->ada, "y");
  support_wait_until (stats_of (f).n_delivered == 2);
}

static void
test_a_service_that_is_not_there_is_given_up (Fixture       *f,
                                              gconstpointer  user_data)
{
  g_autofree char *endpoint = support_push_service_dup_endpoint (f->service, "/a");

  subscribe_at (f, &f->ada, endpoint);
  support_push_service_free (f->service);
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_dropped == 1);
  g_assert_cmpint (stats_of (f).n_retried, ==, 3);
  f->service = support_push_service_new (NULL);
}

static void
test_of_too_many_for_one_the_newest_stay (Fixture       *f,
                                          gconstpointer  user_data)
{
  static const char titles[] = "abcdefghijklmnopqrstuvwxyz";
  g_autofree char *arrived = NULL;

  g_clear_object (&f->push);
  f->limits.max_queued = 5;
  f->push = make_push (f, loopback, NULL);

  subscribe (f, &f->ada, "/a");
  support_push_service_hold (f->service, TRUE);
  for (guint i = 0; titles[i]; i++)
    {
      const char title[2] = { titles[i], '\0' };

      notify (f, &f->ada, title);
      support_wait_until (stats_of (f).n_jobs == 0 &&
                          support_push_service_get_n_held (f->service) == 1);
    }
  support_wait_until (stats_of (f).n_dropped == 21);
  support_push_service_hold (f->service, FALSE);
  support_wait_until (stats_of (f).n_delivered == 5);
  arrived = list_arrived (f);
  g_assert_cmpstr (arrived, ==, "awxyz");
}

static void
test_requests_at_a_time_are_bounded (Fixture       *f,
                                     gconstpointer  user_data)
{
  g_autoptr(SupportPushService) other = support_push_service_new (NULL);

  g_clear_object (&f->push);
  f->limits.max_requests = 3;
  f->limits.max_requests_each = 2;
  f->push = make_push (f, loopback, NULL);
  support_push_service_hold (f->service, TRUE);
  support_push_service_hold (other, TRUE);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);
      g_autofree char *endpoint = support_push_service_dup_endpoint (other, path);

      subscribe (f, &f->ada, path);
      subscribe_at (f, &f->ada, endpoint);
    }

  notify (f, &f->ada, "x");
  support_wait_until (support_push_service_get_n_held (f->service) +
                      support_push_service_get_n_held (other) == 3);
  g_assert_cmpint (stats_of (f).n_requests, ==, 3);
  g_assert_cmpuint (support_push_service_get_n_held (f->service), <=, 2);
  g_assert_cmpuint (support_push_service_get_n_held (other), <=, 2);

  support_push_service_hold (f->service, FALSE);
  support_push_service_hold (other, FALSE);
  support_wait_until (stats_of (f).n_delivered == 20);
}

static void
test_jobs_are_bounded (Fixture       *f,
                       gconstpointer  user_data)
{
  g_clear_object (&f->push);
  f->limits.max_jobs = 5;
  f->push = make_push (f, loopback, NULL);
  subscribe (f, &f->ada, "/a");

  for (guint i = 0; i < 20; i++)
    notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_delivered + stats_of (f).n_dropped == 20);
  g_assert_cmpint (stats_of (f).n_dropped, >=, 14);
}

static void
test_private_addresses_are_never_asked (Fixture       *f,
                                        gconstpointer  user_data)
{
  g_autofree char *plain = support_push_service_dup_endpoint (f->service, "/a");
  g_autofree char *secure = g_strconcat ("https", plain + 4, NULL);
  g_auto(GStrv) parts = g_strsplit (secure, "127.0.0.1", 2);
  g_autofree char *by_name = g_strjoinv ("localhost", parts);
  g_autofree char *by_number = g_strjoinv ("2130706433", parts);

  g_clear_object (&f->push);
  f->push = make_push (f, nothing, NULL);

  /* stored before the configuration was changed */
  subscribe_at (f, &f->ada, plain);
  subscribe_at (f, &f->ada, secure);
  subscribe_at (f, &f->ada, by_name);
  subscribe_at (f, &f->ada, by_number);
  notify (f, &f->ada, "x");

  /* a number is a host to some resolvers and none to others */
  support_wait_until (stats_of (f).n_refused + stats_of (f).n_dropped == 4);
  g_assert_cmpint (stats_of (f).n_refused, >=, 3);
  g_assert_cmpuint (support_push_service_get_n (f->service), ==, 0);
}

static void
test_subscriptions_are_checked_before_they_are_stored (Fixture       *f,
                                                       gconstpointer  user_data)
{
  ConfabdSubscription subscription = { .endpoint = (char *) "https://push.example.net/a" };
  g_autoptr(GError) error = NULL;

  memcpy (subscription.public_key, support_push_browser_get_public_key (f->browser), 65);
  g_assert_true (confabd_push_check (CONFABD_PUSH (f->push), &subscription, &error));
  g_assert_no_error (error);

  subscription.public_key[64] ^= 1;
  g_assert_false (confabd_push_check (CONFABD_PUSH (f->push), &subscription, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);
  g_assert_nonnull (strstr (error->message, "p256dh"));
  g_clear_error (&error);

  subscription.public_key[64] ^= 1;
  subscription.endpoint = (char *) "https://10.0.0.1/a";
  g_assert_false (confabd_push_check (CONFABD_PUSH (f->push), &subscription, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);
  g_assert_nonnull (strstr (error->message, "endpoint"));
}

static GTlsCertificate *
make_certificate (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "tls.pem", NULL);
  g_autoptr(GSubprocess) openssl = NULL;
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate;

  openssl = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "req", "-x509",
                              "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                              "-keyout", path, "-out", path, "-days", "2", "-subj", "/CN=push",
                              "-addext", "subjectAltName=IP:127.0.0.1", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (openssl, NULL, &error));
  g_assert_no_error (error);
  certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);

  return certificate;
}

static void
test_tls_is_checked (Fixture       *f,
                     gconstpointer  user_data)
{
  g_autoptr(GTlsCertificate) certificate = make_certificate (f);
  g_autofree char *path = g_build_filename (f->folder, "tls.pem", NULL);
  g_autoptr(GTlsDatabase) trust = g_tls_file_database_new (path, NULL);
  g_autoptr(SupportPushService) secure = support_push_service_new (certificate);
  g_autofree char *endpoint = support_push_service_dup_endpoint (secure, "/a");

  subscribe_at (f, &f->ada, endpoint);

  /* nobody we trust has signed it */
  notify (f, &f->ada, "x");
  support_wait_until (stats_of (f).n_dropped == 1);
  g_assert_cmpuint (support_push_service_get_n (secure), ==, 0);

  g_clear_object (&f->push);
  f->push = make_push (f, loopback, trust);
  notify (f, &f->ada, "y");
  support_wait_until (stats_of (f).n_delivered == 1);
  g_assert_cmpuint (support_push_service_get_n (secure), ==, 1);
  g_unlink (path);
}

static void
test_the_end_does_not_wait (Fixture       *f,
                            gconstpointer  user_data)
{
  g_clear_object (&f->push);
  f->limits.deadline_ms = 60000;
  f->push = make_push (f, loopback, NULL);
  subscribe (f, &f->ada, "/a");
  support_push_service_hold (f->service, TRUE);
  for (guint i = 0; i < 3; i++)
    notify (f, &f->ada, "x");
  support_wait_until (support_push_service_get_n_held (f->service) == 1);

  /* tear_down() lets go of it and waits until it is gone */
}

static void
test_statuses_mean_what_the_rfcs_say (void)
{
  static const struct
  {
    guint              status;
    ConfabdPushOutcome outcome;
  } table[] = {
    { 200, CONFABD_PUSH_DELIVERED },    { 201, CONFABD_PUSH_DELIVERED },
    { 202, CONFABD_PUSH_DELIVERED },    { 204, CONFABD_PUSH_DELIVERED },
    { 301, CONFABD_PUSH_REFUSED },      { 307, CONFABD_PUSH_REFUSED },
    { 400, CONFABD_PUSH_REFUSED },      { 401, CONFABD_PUSH_UNAUTHORIZED },
    { 403, CONFABD_PUSH_UNAUTHORIZED }, { 404, CONFABD_PUSH_GONE },
    { 408, CONFABD_PUSH_LATER },        { 410, CONFABD_PUSH_GONE },
    { 413, CONFABD_PUSH_REFUSED },      { 429, CONFABD_PUSH_LATER },
    { 500, CONFABD_PUSH_LATER },        { 503, CONFABD_PUSH_LATER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (confabd_push_judge_status (table[i].status), ==, table[i].outcome);
}

static void
test_retry_after_is_seconds_or_a_date (void)
{
  static const gint64 now_s = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */

  g_assert_cmpint (confabd_push_read_retry_after (NULL, now_s), ==, -1);
  g_assert_cmpint (confabd_push_read_retry_after ("", now_s), ==, -1);
  g_assert_cmpint (confabd_push_read_retry_after ("soon", now_s), ==, -1);
  g_assert_cmpint (confabd_push_read_retry_after ("-5", now_s), ==, -1);
  g_assert_cmpint (confabd_push_read_retry_after ("0", now_s), ==, 0);
  g_assert_cmpint (confabd_push_read_retry_after ("120", now_s), ==, 120);
  g_assert_cmpint (confabd_push_read_retry_after ("99999999999999999999", now_s), ==, -1);
  g_assert_cmpint (confabd_push_read_retry_after ("Sun, 06 Nov 1994 08:50:37 GMT", now_s), ==, 60);
  g_assert_cmpint (confabd_push_read_retry_after ("Sun, 06 Nov 1994 08:48:37 GMT", now_s), ==, 0);
}

static void
add (const char *name,
     void      (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/push/web-push/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("a-notification-arrives-encrypted-and-signed",
       test_a_notification_arrives_encrypted_and_signed);
  add ("only-who-is-named-is-told", test_only_who_is_named_is_told);
  add ("everybody-is-reached-with-bounded-memory", test_everybody_is_reached_with_bounded_memory);
  add ("a-subscription-that-is-over-is-deleted", test_a_subscription_that_is_over_is_deleted);
  add ("what-failed-is-tried-again-in-order", test_what_failed_is_tried_again_in_order);
  add ("what-never-works-is-given-up", test_what_never_works_is_given_up);
  add ("retry-after-is-heeded", test_retry_after_is_heeded);
  add ("who-waits-long-makes-room-for-others", test_who_waits_long_makes_room);
  add ("what-is-refused-is-not-tried-again", test_what_is_refused_is_not_tried_again);
  add ("a-token-that-is-not-taken-is-made-anew-once",
       test_a_token_that_is_not_taken_is_made_anew_once);
  add ("a-silent-service-harms-only-itself", test_a_silent_service_harms_only_itself);
  add ("an-answer-without-end-is-not-read", test_an_answer_without_end_is_not_read);
  add ("a-service-that-is-not-there-is-given-up", test_a_service_that_is_not_there_is_given_up);
  add ("of-too-many-for-one-the-newest-stay", test_of_too_many_for_one_the_newest_stay);
  add ("requests-at-a-time-are-bounded", test_requests_at_a_time_are_bounded);
  add ("jobs-are-bounded", test_jobs_are_bounded);
  add ("private-addresses-are-never-asked", test_private_addresses_are_never_asked);
  add ("subscriptions-are-checked-before-they-are-stored",
       test_subscriptions_are_checked_before_they_are_stored);
  add ("tls-is-checked", test_tls_is_checked);
  add ("the-end-does-not-wait", test_the_end_does_not_wait);
  g_test_add_func ("/push/web-push/statuses-mean-what-the-rfcs-say",
                   test_statuses_mean_what_the_rfcs_say);
  g_test_add_func ("/push/web-push/retry-after-is-seconds-or-a-date",
                   test_retry_after_is_seconds_or_a_date);

  return g_test_run ();
}
