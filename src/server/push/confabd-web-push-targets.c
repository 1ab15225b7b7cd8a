/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-web-push-private.h"

#include "confabd-push-cipher.h"

/* Who gets what when: subscriptions take turns within their push service, and push services among
 * themselves. A target lives while something waits for it or is on its way to it. */

static const char *const urgencies[] = {
  [CONFABD_URGENCY_VERY_LOW] = "very-low",
  [CONFABD_URGENCY_LOW] = "low",
  [CONFABD_URGENCY_NORMAL] = "normal",
  [CONFABD_URGENCY_HIGH] = "high",
};

static void make_ready (PushTarget *target);

void
confabd_push_service_free (gpointer data)
{
  PushService *service = data;

  soup_session_abort (service->session);
  g_object_unref (service->session);
  g_queue_clear (&service->ready);
  g_free (service->origin);
  g_free (service);
}

void
confabd_push_target_free (gpointer data)
{
  PushTarget *target = data;

  if (target->timer)
    {
      g_source_destroy (target->timer);
      g_source_unref (target->timer);
    }

  target->service->n_targets--;
  confabd_push_queue_clear (&target->queue);
  confabd_subscription_free (target->subscription);
  g_uri_unref (target->uri);
  g_free (target);
}

static gint64
get_now_us (ConfabdWebPush *self)
{
  return base_clock_get_monotonic_us (self->clock);
}

static void
count_dropped (ConfabdWebPush *self,
               guint           n_dropped)
{
  self->stats.n_pending -= n_dropped;
  self->stats.n_dropped += n_dropped;
}

static void
forget_target (PushTarget *target)
{
  ConfabdWebPush *self = target->owner;

  if (target->queued)
    g_queue_remove (&target->service->ready, target);

  g_hash_table_remove (self->targets, target->subscription->endpoint);
}

/* Whoever names ever new hosts must not make us keep them all. */
static void
forget_idle_services (ConfabdWebPush *self)
{
  GHashTableIter iter;
  PushService *service;

  g_hash_table_iter_init (&iter, self->services);

  while (g_hash_table_size (self->services) >= self->limits.max_services &&
         g_hash_table_iter_next (&iter, NULL, (gpointer *) &service))
    if (service->n_targets == 0 && !service->queued)
      g_hash_table_iter_remove (&iter);
}

static PushService *
find_service (ConfabdWebPush *self,
              GUri           *uri)
{
  g_autofree char *origin = confabd_endpoint_dup_origin (uri);
  PushService *service = g_hash_table_lookup (self->services, origin);

  if (service)
    return service;

  forget_idle_services (self);
  service = g_new0 (PushService, 1);
  service->origin = g_steal_pointer (&origin);
  service->session = confabd_push_session_new (uri, self->policy, self->trust,
                                               self->limits.timeout_s,
                                               self->limits.max_requests_each);
  g_queue_init (&service->ready);
  g_hash_table_insert (self->services, service->origin, service);

  return service;
}

static ConfabdSubscription *
copy_subscription (const ConfabdSubscription *subscription)
{
  ConfabdSubscription *copy = g_memdup2 (subscription, sizeof *subscription);

  copy->endpoint = g_strdup (subscription->endpoint);

  return copy;
}

static PushTarget *
find_target (ConfabdWebPush            *self,
             const ConfabdSubscription *subscription)
{
  PushTarget *target = g_hash_table_lookup (self->targets, subscription->endpoint);
  g_autoptr(GUri) uri = NULL;

  if (target)
    return target;

  uri = confabd_endpoint_policy_parse (self->policy, subscription->endpoint, NULL);

  if (!uri)
    return NULL;

  target = g_new0 (PushTarget, 1);
  target->owner = self;
  target->subscription = copy_subscription (subscription);
  target->service = find_service (self, uri);
  target->service->n_targets++;
  target->uri = g_steal_pointer (&uri);
  confabd_push_queue_init (&target->queue);
  g_hash_table_insert (self->targets, target->subscription->endpoint, target);

  return target;
}

static void
deleted_cb (ConfabdQuery *query)
{
  if (query->status != CONFABD_QUERY_OK)
    g_warning ("A subscription that is over could not be deleted");

  confabd_query_free (query);
}

/* The push service says that nobody listens there any more. */
static void
bury (PushTarget *target)
{
  ConfabdWebPush *self = target->owner;
  ConfabdQuery *query =
    confabd_query_new (CONFABD_QUERY_DELETE_SUBSCRIPTION, self->mailbox, deleted_cb, NULL);

  query->name = g_strdup (target->subscription->endpoint);
  confabd_store_submit (self->store, query);

  self->stats.n_gone++;
  self->stats.n_pending -= target->queue.messages.length;
  confabd_push_queue_clear (&target->queue);
}

static void
end_message (PushTarget *target,
             gboolean    delivered)
{
  ConfabdWebPush *self = target->owner;

  confabd_push_queue_done (&target->queue, delivered);
  self->stats.n_pending--;
  self->stats.n_delivered += delivered;
  self->stats.n_refused += !delivered;
}

static void
try_later (PushTarget              *target,
           const ConfabdPushAnswer *answer)
{
  ConfabdWebPush *self = target->owner;

  if (confabd_push_queue_failed (&target->queue, &self->limits.patience, get_now_us (self),
                                 answer->retry_after_s, g_random_double ()))
    self->stats.n_retried++;
  else
    count_dropped (self, 1);
}

/* A token can be refused because of a clock; a new one is tried once. */
static void
try_new_token (PushTarget *target)
{
  ConfabdPushMessage *message = confabd_push_queue_peek (&target->queue);

  confabd_vapid_forget (target->owner->vapid, target->service->origin);

  if (message->reauthorized)
    end_message (target, FALSE);
  else
    message->reauthorized = TRUE;
}

static void
take_answer (PushTarget              *target,
             const ConfabdPushAnswer *answer)
{
  if (answer->outcome != CONFABD_PUSH_DELIVERED)
    g_info ("%s answers %u%s%s", target->service->origin, answer->status,
            answer->reason ? ": " : "", answer->reason ? answer->reason : "");

  switch (answer->outcome)
    {
    case CONFABD_PUSH_DELIVERED:
      end_message (target, TRUE);
      break;
    case CONFABD_PUSH_GONE:
      bury (target);
      break;
    case CONFABD_PUSH_UNAUTHORIZED:
      try_new_token (target);
      break;
    case CONFABD_PUSH_REFUSED:
      end_message (target, FALSE);
      break;
    case CONFABD_PUSH_LATER:
      try_later (target, answer);
      break;
    }
}

static void
queue_service (ConfabdWebPush *self,
               PushService    *service)
{
  if (service->queued || service->ready.length == 0 ||
      service->n_requests >= self->limits.max_requests_each)
    return;

  service->queued = TRUE;
  g_queue_push_tail (&self->ready, service);
}

static void send_next (ConfabdWebPush *self);

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  PushTarget *target = user_data;
  g_autoptr(ConfabdWebPush) self = target->owner;
  g_auto(ConfabdPushAnswer) answer = { 0 };
  gint64 now_s = base_clock_get_wall_us (self->clock) / G_USEC_PER_SEC;
  gboolean cancelled = !confabd_push_request_send_finish (SOUP_SESSION (source), result, now_s,
                                                          &answer, NULL);

  target->in_flight = FALSE;
  target->service->n_requests--;
  self->stats.n_requests--;

  if (cancelled)
    return;

  take_answer (target, &answer);
  queue_service (self, target->service);
  make_ready (target);
  send_next (self);
  confabd_web_push_look_up (self);
}

static gboolean
send_message (PushTarget *target)
{
  ConfabdWebPush *self = target->owner;
  const ConfabdPushMessage *message = confabd_push_queue_peek (&target->queue);
  const ConfabdSubscription *subscription = target->subscription;
  g_autoptr(GError) error = NULL;
  g_autofree char *authorization =
    confabd_vapid_dup_authorization (self->vapid, target->service->origin, &error);
  g_autoptr(GBytes) body =
    authorization ? confabd_push_encrypt (subscription->public_key, subscription->auth_secret,
                                          message->payload, &error)
                  : NULL;
  ConfabdPushLetter letter = { target->uri, body, authorization, urgencies[message->urgency],
                               message->topic, 0 };

  if (!body)
    {
      g_warning ("A notification cannot be sent: %s", error->message);
      return FALSE;
    }

  letter.ttl_s = (guint) ((message->expires_us - get_now_us (self)) / G_USEC_PER_SEC);
  target->in_flight = TRUE;
  target->service->n_requests++;
  self->stats.n_requests++;
  g_object_ref (self);
  confabd_push_request_send_async (target->service->session, self->policy, &letter,
                                   self->limits.deadline_ms, self->lifetime, sent_cb, target);

  return TRUE;
}

static void
send_next (ConfabdWebPush *self)
{
  PushService *service;

  while (self->stats.n_requests < self->limits.max_requests &&
         (service = g_queue_pop_head (&self->ready)))
    {
      PushTarget *target = g_queue_pop_head (&service->ready);

      service->queued = FALSE;

      if (!target)
        continue;

      target->queued = FALSE;
      count_dropped (self, confabd_push_queue_expire (&target->queue, get_now_us (self)));

      if (target->queue.messages.length > 0 && !send_message (target))
        end_message (target, FALSE);

      queue_service (self, service);

      if (!target->in_flight)
        make_ready (target);
    }
}

static gboolean
waited_cb (gpointer user_data)
{
  PushTarget *target = user_data;
  g_autoptr(ConfabdWebPush) self = g_object_ref (target->owner);

  g_clear_pointer (&target->timer, g_source_unref);

  if (!g_cancellable_is_cancelled (self->lifetime))
    {
      make_ready (target);
      send_next (self);
      confabd_web_push_look_up (self);
    }

  return G_SOURCE_REMOVE;
}

/* A day is more than any message lives. */
static void
wait_until (PushTarget *target,
            gint64      wait_us)
{
  target->timer = g_timeout_source_new ((guint) (MIN (wait_us, G_TIME_SPAN_DAY) / 1000 + 1));
  g_source_set_callback (target->timer, waited_cb, target, NULL);
  g_source_attach (target->timer, g_main_context_get_thread_default ());
}

/* Queues a target that has something to send, lets one wait that has to, forgets an empty one. */
static void
make_ready (PushTarget *target)
{
  ConfabdWebPush *self = target->owner;
  gint64 now_us = get_now_us (self);

  if (target->in_flight || target->queued || target->timer)
    return;

  count_dropped (self, confabd_push_queue_expire (&target->queue, now_us));

  if (target->queue.messages.length == 0)
    {
      forget_target (target);
      return;
    }

  if (target->queue.not_before_us > now_us)
    {
      wait_until (target, target->queue.not_before_us - now_us);
      return;
    }

  target->queued = TRUE;
  g_queue_push_tail (&target->service->ready, target);
  queue_service (self, target->service);
}

/*
 * confabd_web_push_add:
 * @self: web push
 * @subscription: where to
 * @notification: what
 *
 * Queues @notification for @subscription, and sends what may be sent.
 */
void
confabd_web_push_add (ConfabdWebPush            *self,
                      const ConfabdSubscription *subscription,
                      const ConfabdNotification *notification)
{
  PushTarget *target = find_target (self, subscription);
  ConfabdPushMessage *message;

  if (!target)
    {
      self->stats.n_refused++;
      return;
    }

  message = confabd_push_message_new (notification, get_now_us (self));
  self->stats.n_pending++;
  count_dropped (self, confabd_push_queue_add (&target->queue, message, self->limits.max_queued));
  make_ready (target);
  send_next (self);
}

/* Those that wait longest come first. */
static int
compare_waits (gconstpointer one,
               gconstpointer other)
{
  gint64 a = (*(PushTarget * const *) one)->queue.not_before_us;
  gint64 b = (*(PushTarget * const *) other)->queue.not_before_us;

  return (a < b) - (a > b);
}

/*
 * confabd_web_push_make_room:
 * @self: web push
 *
 * Sees whether more may be queued. Where all that is queued waits for push services that do not
 * answer, they must not keep the messages for the others away: those that would wait longest are
 * dropped.
 *
 * Returns: whether there is room
 */
gboolean
confabd_web_push_make_room (ConfabdWebPush *self)
{
  g_autoptr(GPtrArray) targets = NULL;

  if (self->stats.n_pending < self->limits.max_pending)
    return TRUE;

  if (self->stats.n_requests > 0 || self->ready.length > 0)
    return FALSE;

  targets = g_hash_table_get_values_as_ptr_array (self->targets);
  g_ptr_array_sort (targets, compare_waits);

  for (guint i = 0; i < targets->len && self->stats.n_pending >= self->limits.max_pending; i++)
    {
      PushTarget *target = g_ptr_array_index (targets, i);

      count_dropped (self, target->queue.messages.length);
      forget_target (target);
    }

  return TRUE;
}
