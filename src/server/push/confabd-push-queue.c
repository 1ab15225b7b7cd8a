/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-push-queue.h"

/**
 * confabd_push_message_new:
 * @notification: what is said
 * @now_us: the monotonic time
 *
 * Returns: (transfer full): @notification for one subscription
 */
ConfabdPushMessage *
confabd_push_message_new (const ConfabdNotification *notification,
                          gint64                     now_us)
{
  ConfabdPushMessage *self = g_new0 (ConfabdPushMessage, 1);

  self->payload = g_bytes_ref (notification->payload);
  self->urgency = notification->urgency;
  self->topic = g_strdup (notification->topic);
  self->expires_us = now_us + (gint64) notification->ttl_s * G_USEC_PER_SEC;

  return self;
}

/**
 * confabd_push_message_free:
 * @self: (transfer full): a message
 *
 * Frees @self.
 */
void
confabd_push_message_free (ConfabdPushMessage *self)
{
  g_bytes_unref (self->payload);
  g_free (self->topic);
  g_free (self);
}

/**
 * confabd_push_queue_init:
 * @self: (out caller-allocates): a queue
 *
 * Makes @self an empty queue.
 */
void
confabd_push_queue_init (ConfabdPushQueue *self)
{
  g_queue_init (&self->messages);
  self->n_failures = 0;
  self->not_before_us = 0;
}

/**
 * confabd_push_queue_clear:
 * @self: a queue
 *
 * Drops what waits.
 */
void
confabd_push_queue_clear (ConfabdPushQueue *self)
{
  g_queue_clear_full (&self->messages, (GDestroyNotify) confabd_push_message_free);
}

static guint
drop (ConfabdPushQueue *self,
      GList            *link)
{
  confabd_push_message_free (link->data);
  g_queue_delete_link (&self->messages, link);

  return 1;
}

/**
 * confabd_push_queue_add:
 * @self: a queue
 * @message: (transfer full): the newest message
 * @max_messages: how many may wait
 *
 * Puts @message behind the others. It replaces one of its topic, as it would at the push service.
 * Of too many the oldest is dropped; the very first, which may be on its way, is spared by both.
 *
 * Returns: how many were dropped
 */
guint
confabd_push_queue_add (ConfabdPushQueue   *self,
                        ConfabdPushMessage *message,
                        guint               max_messages)
{
  GList *second = self->messages.head ? self->messages.head->next : NULL;
  guint n_dropped = 0;

  for (GList *link = second; message->topic && link; link = link->next)
    {
      const ConfabdPushMessage *other = link->data;

      if (g_strcmp0 (other->topic, message->topic) == 0)
        {
          n_dropped += drop (self, link);
          break;
        }
    }

  g_queue_push_tail (&self->messages, message);

  while (self->messages.length > MAX (max_messages, 2))
    n_dropped += drop (self, self->messages.head->next);

  return n_dropped;
}

/**
 * confabd_push_queue_expire:
 * @self: a queue of which nothing is on its way
 * @now_us: the monotonic time
 *
 * Drops what came too late.
 *
 * Returns: how many were dropped
 */
guint
confabd_push_queue_expire (ConfabdPushQueue *self,
                           gint64            now_us)
{
  guint n_dropped = 0;
  GList *next;

  for (GList *link = self->messages.head; link; link = next)
    {
      const ConfabdPushMessage *message = link->data;

      next = link->next;
      if (message->expires_us <= now_us)
        n_dropped += drop (self, link);
    }

  return n_dropped;
}

/**
 * confabd_push_queue_peek:
 * @self: a queue
 *
 * Returns: (nullable): the message whose turn it is
 */
ConfabdPushMessage *
confabd_push_queue_peek (ConfabdPushQueue *self)
{
  return g_queue_peek_head (&self->messages);
}

/**
 * confabd_push_queue_done:
 * @self: a queue whose first message was on its way
 * @delivered: whether it has arrived
 *
 * Drops the first message.
 */
void
confabd_push_queue_done (ConfabdPushQueue *self,
                         gboolean          delivered)
{
  drop (self, self->messages.head);
  self->n_failures = 0;

  if (delivered)
    self->not_before_us = 0;
}

/**
 * confabd_push_queue_failed:
 * @self: a queue whose first message was on its way
 * @patience: how long to wait
 * @now_us: the monotonic time
 * @retry_after_s: what the push service asks for, or -1
 * @chance: a random number from 0 to 1
 *
 * Waits are doubled with each failure, and shortened by up to a half at random, so that a service
 * which comes back is not met by everybody at once. What the service asks for is the least.
 *
 * Returns: whether the message stays; %FALSE if it was given up
 */
gboolean
confabd_push_queue_failed (ConfabdPushQueue          *self,
                           const ConfabdPushPatience *patience,
                           gint64                     now_us,
                           gint64                     retry_after_s,
                           double                     chance)
{
  guint n_doublings = MIN (self->n_failures, 20);
  gint64 wait_ms = MIN ((gint64) patience->base_ms << n_doublings, patience->max_ms);

  wait_ms -= (gint64) ((double) wait_ms / 2 * chance);
  self->not_before_us = now_us + MAX (wait_ms * 1000, retry_after_s * G_USEC_PER_SEC);
  self->n_failures++;

  if (self->n_failures < patience->max_failures)
    return TRUE;

  confabd_push_queue_done (self, FALSE);

  return FALSE;
}
