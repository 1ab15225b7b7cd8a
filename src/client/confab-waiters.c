/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-waiters"

#include "config.h"

#include "confab-waiters-private.h"

struct _ConfabWaiters
{
  GPtrArray *list;  /* of Waiter */
};

typedef struct
{
  ConfabWaiters *waiters;
  GTask         *task;
  GSource       *cancelled;  /* NULL: cannot be cancelled */
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->cancelled)
    g_source_destroy (waiter->cancelled);
  g_clear_pointer (&waiter->cancelled, g_source_unref);
  g_object_unref (waiter->task);
  g_free (waiter);
}

ConfabWaiters *
confab_waiters_new (void)
{
  ConfabWaiters *self = g_new0 (ConfabWaiters, 1);

  self->list = g_ptr_array_new_with_free_func (waiter_free);

  return self;
}

void
confab_waiters_free (ConfabWaiters *self)
{
  g_ptr_array_unref (self->list);
  g_free (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Waiter *waiter = user_data;
  g_autoptr(GTask) task = g_object_ref (waiter->task);

  /* Frees the waiter: what is needed is held. */
  g_ptr_array_remove (waiter->waiters->list, waiter);
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

void
confab_waiters_add (ConfabWaiters *self,
                    GTask         *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->waiters = self;
  waiter->task = task;
  g_ptr_array_add (self->list, waiter);
  if (!g_task_get_cancellable (task))
    return;

  waiter->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (cancelled_cb), waiter, NULL);
  g_source_attach (waiter->cancelled, g_task_get_context (task));
}

/* Who is called back may wait again at once: those wait for the next time. */
static GPtrArray *
steal_list (ConfabWaiters *self)
{
  GPtrArray *list = self->list;

  self->list = g_ptr_array_new_with_free_func (waiter_free);
  for (guint i = 0; i < list->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (list, i);

      if (waiter->cancelled)
        g_source_destroy (waiter->cancelled);
    }

  return list;
}

void
confab_waiters_succeed (ConfabWaiters *self,
                        GObject       *object)
{
  g_autoptr(GPtrArray) list = steal_list (self);
  g_autoptr(GObject) alive = object ? g_object_ref (object) : NULL;

  for (guint i = 0; i < list->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (list, i);

      if (object)
        g_task_return_pointer (waiter->task, g_object_ref (object), g_object_unref);
      else
        g_task_return_boolean (waiter->task, TRUE);
    }
}

void
confab_waiters_fail (ConfabWaiters *self,
                     const GError  *error)
{
  g_autoptr(GPtrArray) list = steal_list (self);
  g_autoptr(GError) reason = g_error_copy (error);

  for (guint i = 0; i < list->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (list, i);

      g_task_return_error (waiter->task, g_error_copy (reason));
    }
}
