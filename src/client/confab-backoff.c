/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-backoff"

#include "config.h"

#include "confab-backoff-private.h"

#define FIRST_DELAY_MS 500u
#define MAX_DELAY_MS (30 * 1000u)
#define MAX_DOUBLINGS 6u /* 500 ms << 6 is over the maximum */

/**
 * ConfabBackoff:
 *
 * Spaces out attempts.
 *
 * Waits double up to half a minute and are shortened at random, so that a server that restarts is
 * not met by everyone at once. It never gives up: a chat stays open for days, and comes back by
 * itself. A pending wait keeps the object alive; cancel it to let go.
 */
struct _ConfabBackoff
{
  GObject     parent_instance;

  ConfabTime *time;
  guint       attempt;
  gint64      due_us;  /* of the last wait, monotonic */
};

G_DEFINE_FINAL_TYPE (ConfabBackoff, confab_backoff, G_TYPE_OBJECT)

static guint
pick_delay (guint attempt)
{
  guint full = MIN (FIRST_DELAY_MS << MIN (attempt, MAX_DOUBLINGS), MAX_DELAY_MS);

  return (guint) g_random_int_range ((gint32) full / 2, (gint32) full + 1);
}

static gboolean
elapsed_cb (gpointer user_data)
{
  GTask *task = user_data;

  /* A cancelled task turns this into G_IO_ERROR_CANCELLED by itself. */
  g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
confab_backoff_finalize (GObject *object)
{
  ConfabBackoff *self = CONFAB_BACKOFF (object);

  g_clear_pointer (&self->time, confab_time_unref);

  G_OBJECT_CLASS (confab_backoff_parent_class)->finalize (object);
}

static void
confab_backoff_class_init (ConfabBackoffClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = confab_backoff_finalize;
}

static void
confab_backoff_init (ConfabBackoff *self)
{
}

ConfabBackoff *
confab_backoff_new (ConfabTime *time)
{
  ConfabBackoff *self = g_object_new (CONFAB_TYPE_BACKOFF, NULL);

  self->time = confab_time_ref (time);

  return self;
}

/* When the wait that is pending ends; monotonic. */
gint64
confab_backoff_get_due_us (ConfabBackoff *self)
{
  return self->due_us;
}

void
confab_backoff_reset (ConfabBackoff *self)
{
  self->attempt = 0;
}

void
confab_backoff_wait_async (ConfabBackoff       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSource) timer = NULL;
  guint delay_ms;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_backoff_wait_async);

  delay_ms = pick_delay (self->attempt);
  timer = confab_time_create_source (self->time, delay_ms);
  self->due_us = confab_time_get_monotonic_us (self->time) + (gint64) delay_ms * 1000;
  self->attempt++;

  if (cancellable)
    {
      g_autoptr(GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timer, cancelled);
    }

  g_task_attach_source (task, timer, elapsed_cb);
}

gboolean
confab_backoff_wait_finish (ConfabBackoff  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
