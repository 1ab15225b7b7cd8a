/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-sio-acks"

#include "config.h"

#include "confab-sio-acks-private.h"

#include "confab-error.h"

/**
 * ConfabSioAcks:
 *
 * Who waits for which ack. Each wait ends exactly once: with the ack, with its time-out or with the
 * connection; one whose event has not been sent yet survives the connection, as its event does.
 */
struct _ConfabSioAcks
{
  ConfabTime           *time;
  GHashTable           *waits;      /* id → Wait */
  guint64               next_id;
  ConfabSioAckTimedOut  timed_out;
  gpointer              user_data;
};

typedef struct
{
  ConfabSioAcks *acks;
  guint64        id;       /* the key */
  GTask         *task;
  GSource       *timer;
  gboolean       sent;
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  confab_source_clear (&wait->timer);
  g_clear_object (&wait->task);
  g_free (wait);
}

/* The task of a wait that is over from now on. */
static GTask *
take_task (ConfabSioAcks *self,
           guint64        id)
{
  Wait *wait = g_hash_table_lookup (self->waits, &id);
  GTask *task;

  if (!wait)
    return NULL;

  task = g_steal_pointer (&wait->task);
  g_hash_table_remove (self->waits, &id);

  return task;
}

static gboolean
timed_out_cb (gpointer user_data)
{
  Wait *wait = user_data;
  ConfabSioAcks *self = wait->acks;
  guint64 id = wait->id;
  g_autoptr(GTask) task = take_task (self, id);

  self->timed_out (id, self->user_data);
  g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                           "operation has timed out");

  return G_SOURCE_REMOVE;
}

ConfabSioAcks *
confab_sio_acks_new (ConfabTime           *time,
                     ConfabSioAckTimedOut  timed_out,
                     gpointer              user_data)
{
  ConfabSioAcks *self = g_new0 (ConfabSioAcks, 1);

  self->time = confab_time_ref (time);
  self->waits = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, wait_free);
  self->timed_out = timed_out;
  self->user_data = user_data;

  return self;
}

/* Nobody may wait any more. */
void
confab_sio_acks_free (ConfabSioAcks *self)
{
  g_hash_table_unref (self->waits);
  confab_time_unref (self->time);
  g_free (self);
}

guint64
confab_sio_acks_add (ConfabSioAcks *self,
                     GTask         *task,
                     guint          timeout_ms)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->acks = self;
  wait->id = self->next_id++;
  wait->task = task;
  if (timeout_ms > 0)
    confab_time_start_timer (self->time, &wait->timer, timeout_ms, timed_out_cb, wait);
  g_hash_table_insert (self->waits, &wait->id, wait);

  return wait->id;
}

void
confab_sio_acks_set_sent (ConfabSioAcks *self,
                          guint64        id)
{
  Wait *wait = g_hash_table_lookup (self->waits, &id);

  if (wait)
    wait->sent = TRUE;
}

gboolean
confab_sio_acks_answer (ConfabSioAcks *self,
                        guint64        id,
                        GBytes        *payload)
{
  g_autoptr(GTask) task = take_task (self, id);

  if (!task)
    return FALSE;

  g_task_return_pointer (task, g_bytes_ref (payload), (GDestroyNotify) g_bytes_unref);

  return TRUE;
}

void
confab_sio_acks_fail (ConfabSioAcks *self,
                      guint64        id,
                      const GError  *error)
{
  g_autoptr(GTask) task = take_task (self, id);

  if (task)
    g_task_return_error (task, g_error_copy (error));
}

/* A task that ends may call anything, so they are put aside first. */
void
confab_sio_acks_fail_sent (ConfabSioAcks *self,
                           const GError  *error)
{
  g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Wait *wait = value;

      if (!wait->sent)
        continue;

      g_ptr_array_add (tasks, g_steal_pointer (&wait->task));
      g_hash_table_iter_remove (&iter);
    }

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (tasks->pdata[i], g_error_copy (error));
}
