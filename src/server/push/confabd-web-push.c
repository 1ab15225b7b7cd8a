/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-web-push.h"

#include "confabd-p256.h"
#include "confabd-web-push-private.h"
#include "wire-error.h"

/* How much is asked of the store at a time. */
#define USERS_AT_ONCE 100
#define PAGE          500

const ConfabdWebPushLimits confabd_web_push_limits = {
  .max_jobs = 1000,
  .max_pending = 10000,
  .max_queued = 16,
  .max_requests = 64,
  .max_requests_each = 16,
  .max_services = 64,
  .timeout_s = 15,
  .deadline_ms = 20000,
  .patience = { .base_ms = 1000, .max_ms = 15 * 60 * 1000, .max_failures = 10 },
};

/**
 * ConfabdWebPush:
 *
 * Sends notifications to browsers by Web Push (RFC 8030, 8188, 8291, 8292).
 *
 * A notification becomes a job; its receivers' subscriptions are read from the store page by page,
 * and no further while too many messages wait. Each subscription has a short queue of its own and
 * at most one request under way, so that its messages stay in order and a slow push service is
 * only slow for itself. What fails is tried again with growing waits until it is too old;
 * subscriptions that the push service declares dead are deleted.
 *
 * All of it is of the main thread, but for the three methods of ConfabdPush. Each request and each
 * query under way keeps it alive; confabd_web_push_shut_down() ends them.
 */
static void confabd_web_push_push_init (ConfabdPushInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdWebPush, confabd_web_push, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_PUSH,
                                                      confabd_web_push_push_init))

static void
job_free (gpointer data)
{
  PushJob *job = data;

  confabd_notification_free (job->notification);
  g_free (job->after);
  g_free (job);
}

static void
finish_job (ConfabdWebPush *self)
{
  job_free (g_queue_pop_head (&self->jobs));
}

/* Notes how far the job has come. */
static void
advance_job (ConfabdWebPush     *self,
             PushJob            *job,
             const ConfabdQuery *query)
{
  const ConfabdSubscription *last;

  if (query->ids)
    {
      job->next_user += query->ids->len;
      if (job->next_user == job->notification->user_ids->len)
        finish_job (self);
      return;
    }

  if (!query->more || query->subscriptions->len == 0)
    {
      finish_job (self);
      return;
    }

  last = query->subscriptions->pdata[query->subscriptions->len - 1];
  g_free (job->after);
  job->after = g_strdup (last->endpoint);
}

static void
looked_up_cb (ConfabdQuery *answered)
{
  g_autoptr(ConfabdQuery) query = answered;
  g_autoptr(ConfabdWebPush) self = query->user_data;
  PushJob *job = g_queue_peek_head (&self->jobs);

  self->asking = FALSE;

  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  if (query->status != CONFABD_QUERY_OK)
    {
      g_warning ("A notification is dropped: its receivers cannot be read");
      self->stats.n_dropped++;
      finish_job (self);
    }
  else
    {
      for (guint i = 0; i < query->subscriptions->len; i++)
        confabd_web_push_add (self, query->subscriptions->pdata[i], job->notification);
      advance_job (self, job, query);
    }

  confabd_web_push_look_up (self);
}

static GArray *
list_next_users (const PushJob *job)
{
  const GArray *all = job->notification->user_ids;
  guint n = MIN (all->len - job->next_user, USERS_AT_ONCE);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (BaseUuid), n);

  return g_array_append_vals (ids, &g_array_index (all, BaseUuid, job->next_user), n);
}

/*
 * confabd_web_push_look_up:
 * @self: web push
 *
 * Asks for the next receivers, unless enough waits already.
 */
void
confabd_web_push_look_up (ConfabdWebPush *self)
{
  PushJob *job = g_queue_peek_head (&self->jobs);
  ConfabdQuery *query;

  if (!job || self->asking || !confabd_web_push_make_room (self))
    return;

  query = confabd_query_new (CONFABD_QUERY_SUBSCRIPTIONS, self->mailbox, looked_up_cb,
                             g_object_ref (self));
  query->limit = PAGE;
  query->after = g_strdup (job->after);
  if (job->notification->user_ids)
    query->ids = list_next_users (job);

  self->asking = TRUE;
  confabd_store_submit (self->store, query);
}

/* What a thread wants to have sent, on its way to the main thread. */
typedef struct
{
  ConfabdWebPush      *self;
  ConfabdNotification *notification;
} Order;

static void
order_cb (gpointer data)
{
  g_autofree Order *order = data;
  g_autoptr(ConfabdWebPush) self = order->self;
  g_autoptr(ConfabdNotification) notification = order->notification;
  PushJob *job;

  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  if (notification->user_ids && notification->user_ids->len == 0)
    return;

  if (self->jobs.length >= self->limits.max_jobs)
    {
      self->stats.n_dropped++;
      return;
    }

  job = g_new0 (PushJob, 1);
  job->notification = g_steal_pointer (&notification);
  g_queue_push_tail (&self->jobs, job);
  confabd_web_push_look_up (self);
}

static void
confabd_web_push_submit (ConfabdPush         *push,
                         ConfabdNotification *notification)
{
  ConfabdWebPush *self = CONFABD_WEB_PUSH (push);
  Order *order = g_new (Order, 1);

  order->self = g_object_ref (self);
  order->notification = notification;
  base_mailbox_post (self->mailbox, order_cb, order);
}

static const char *
confabd_web_push_get_public_key (ConfabdPush *push)
{
  return confabd_vapid_get_public_key (CONFABD_WEB_PUSH (push)->vapid);
}

static gboolean
confabd_web_push_check (ConfabdPush                *push,
                        const ConfabdSubscription  *subscription,
                        GError                    **error)
{
  ConfabdWebPush *self = CONFABD_WEB_PUSH (push);
  g_autoptr(GError) reason = NULL;
  g_autoptr(GUri) uri =
    confabd_endpoint_policy_parse (self->policy, subscription->endpoint, &reason);
  g_autoptr(EVP_PKEY) key = uri ? confabd_p256_from_point (subscription->public_key,
                                                           &reason) : NULL;

  if (key)
    return TRUE;

  g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, "%s",
               uri ? "keys.p256dh is not a point of P-256" : reason->message);

  return FALSE;
}

static void
confabd_web_push_push_init (ConfabdPushInterface *iface)
{
  iface->submit = confabd_web_push_submit;
  iface->get_public_key = confabd_web_push_get_public_key;
  iface->check = confabd_web_push_check;
}

static void
confabd_web_push_finalize (GObject *object)
{
  ConfabdWebPush *self = CONFABD_WEB_PUSH (object);

  g_queue_clear_full (&self->jobs, job_free);
  g_queue_clear (&self->ready);
  g_hash_table_unref (self->targets);
  g_hash_table_unref (self->services);
  g_clear_pointer (&self->vapid, confabd_vapid_free);
  g_clear_pointer (&self->policy, confabd_endpoint_policy_unref);
  g_clear_pointer (&self->mailbox, base_mailbox_unref);
  g_clear_object (&self->trust);
  g_clear_object (&self->store);
  g_clear_object (&self->lifetime);

  G_OBJECT_CLASS (confabd_web_push_parent_class)->finalize (object);
}

static void
confabd_web_push_class_init (ConfabdWebPushClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_web_push_finalize;
}

static void
confabd_web_push_init (ConfabdWebPush *self)
{
  self->targets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, confabd_push_target_free);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, confabd_push_service_free);
  self->lifetime = g_cancellable_new ();
  g_queue_init (&self->jobs);
  g_queue_init (&self->ready);
}

/**
 * confabd_web_push_new:
 * @options: what it needs
 * @error: return location for an error
 *
 * Reads or makes the server's key pair; touches no network.
 *
 * Returns: (transfer full): web push, or %NULL if there can be no key or a network is none
 */
ConfabdWebPush *
confabd_web_push_new (const ConfabdWebPushOptions  *options,
                      GError                      **error)
{
  g_autoptr(ConfabdEndpointPolicy) policy =
    confabd_endpoint_policy_new (options->allowed_networks, error);
  g_autoptr(ConfabdVapid) vapid =
    policy ? confabd_vapid_load (options->key_path, options->contact, options->clock, error) : NULL;
  ConfabdWebPush *self;

  if (!vapid)
    return NULL;

  self = g_object_new (CONFABD_TYPE_WEB_PUSH, NULL);
  self->policy = g_steal_pointer (&policy);
  self->vapid = g_steal_pointer (&vapid);
  self->trust = options->trust ? g_object_ref (options->trust) : NULL;
  self->clock = options->clock;
  self->mailbox = base_mailbox_ref (options->mailbox);
  self->store = g_object_ref (options->store);
  self->limits = *options->limits;

  return self;
}

/**
 * confabd_web_push_shut_down:
 * @self: web push
 *
 * Ends every request and drops what waits. The object is free once they are over, which takes a
 * turn of the main loop.
 */
void
confabd_web_push_shut_down (ConfabdWebPush *self)
{
  g_return_if_fail (CONFABD_IS_WEB_PUSH (self));

  g_cancellable_cancel (self->lifetime);
}

/**
 * confabd_web_push_get_stats:
 * @self: web push
 * @stats: (out): what it did
 *
 * Tells what became of the notifications, for the metrics.
 */
void
confabd_web_push_get_stats (ConfabdWebPush      *self,
                            ConfabdWebPushStats *stats)
{
  g_return_if_fail (CONFABD_IS_WEB_PUSH (self));

  *stats = self->stats;
  stats->n_jobs = self->jobs.length;
}
