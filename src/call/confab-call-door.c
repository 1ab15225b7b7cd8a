/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-door"

#include "config.h"

#include "confab-call-door-private.h"

struct _ConfabCallDoor
{
  gatomicrefcount  ref_count;
  GMainContext    *context;
  GWeakRef         object;
  GMutex           lock;
  GPtrArray       *asked;     /* under the lock, of GstPromise: not answered yet */
};

typedef struct
{
  ConfabCallDoor     *door;
  ConfabCallDoorFunc  func;
  GstStructure       *news;
} Errand;

ConfabCallDoor *
confab_call_door_new (gpointer object)
{
  ConfabCallDoor *self = g_new0 (ConfabCallDoor, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->object, object);
  g_mutex_init (&self->lock);
  self->asked = g_ptr_array_new ();

  return self;
}

ConfabCallDoor *
confab_call_door_ref (ConfabCallDoor *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
confab_call_door_unref (ConfabCallDoor *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  /* What was asked and not answered keeps the door. */
  g_ptr_array_unref (self->asked);
  g_mutex_clear (&self->lock);
  g_weak_ref_clear (&self->object);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  if (errand->news)
    gst_structure_free (errand->news);
  confab_call_door_unref (errand->door);
  g_free (errand);
}

static gboolean
run_errand_cb (gpointer user_data)
{
  Errand *errand = user_data;
  g_autoptr(GObject) object = g_weak_ref_get (&errand->door->object);

  if (object)
    errand->func (object, errand->news);

  return G_SOURCE_REMOVE;
}

void
confab_call_door_tell (ConfabCallDoor     *self,
                       ConfabCallDoorFunc  func,
                       GstStructure       *news)
{
  Errand *errand = g_new (Errand, 1);
  g_autoptr(GSource) source = g_idle_source_new ();

  errand->door = confab_call_door_ref (self);
  errand->func = func;
  errand->news = news;

  /* Media do not wait for the drawing of a window. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_errand_cb, errand, errand_free);
  g_source_set_static_name (source, "confab-call-door");
  g_source_attach (source, self->context);
}

static gpointer
promise_ref_cb (gconstpointer promise,
                gpointer      user_data)
{
  return gst_promise_ref ((GstPromise *) promise);
}

/* An element that goes lets its promises drop without a word, and GStreamer does not like that. */
static void
interrupt_asked (ConfabCallDoor *self)
{
  g_autoptr(GPtrArray) asked = NULL;

  g_mutex_lock (&self->lock);
  asked = g_ptr_array_copy (self->asked, promise_ref_cb, NULL);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < asked->len; i++)
    {
      gst_promise_interrupt (asked->pdata[i]);
      gst_promise_unref (asked->pdata[i]);
    }
}

void
confab_call_door_shut (ConfabCallDoor *self)
{
  g_weak_ref_set (&self->object, NULL);
  interrupt_asked (self);
}

/* Answered, or interrupted; in any thread. The last reference to the promise frees the errand. */
static void
promise_changed_cb (GstPromise *promise,
                    gpointer    user_data)
{
  Errand *errand = user_data;
  g_autoptr(ConfabCallDoor) self = confab_call_door_ref (errand->door);
  gboolean asked;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    {
      const GstStructure *reply = gst_promise_get_reply (promise);

      confab_call_door_tell (self, errand->func, reply ? gst_structure_copy (reply) : NULL);
    }

  g_mutex_lock (&self->lock);
  asked = g_ptr_array_remove_fast (self->asked, promise);
  g_mutex_unlock (&self->lock);
  if (asked)
    gst_promise_unref (promise);
}

void
confab_call_door_ask (ConfabCallDoor     *self,
                      GstElement         *webrtc,
                      const char         *action,
                      gpointer            argument,
                      ConfabCallDoorFunc  func)
{
  Errand *errand = g_new0 (Errand, 1);
  GstPromise *promise;

  errand->door = confab_call_door_ref (self);
  errand->func = func;
  promise = gst_promise_new_with_change_func (promise_changed_cb, errand, errand_free);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->asked, promise);
  g_mutex_unlock (&self->lock);
  g_signal_emit_by_name (webrtc, action, argument, promise);
}

static void
closure_gone_cb (gpointer  data,
                 GClosure *closure)
{
  confab_call_door_unref (data);
}

void
confab_call_door_connect (ConfabCallDoor *self,
                          gpointer        instance,
                          const char     *detailed_signal,
                          GCallback       callback)
{
  g_signal_connect_data (instance, detailed_signal, callback, confab_call_door_ref (self),
                         closure_gone_cb, 0);
}
