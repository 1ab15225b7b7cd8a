/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-door"

#include "config.h"

#include "confab-call-door-private.h"

struct _ConfabCallDoor
{
  gatomicrefcount  ref_count;
  GMainContext    *context;
  GWeakRef         object;
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

void
confab_call_door_shut (ConfabCallDoor *self)
{
  g_weak_ref_set (&self->object, NULL);
}

static void
promise_changed_cb (GstPromise *promise,
                    gpointer    user_data)
{
  Errand *errand = user_data;
  const GstStructure *reply = NULL;

  /* Interrupted and expired promises belong to a link that is being closed. */
  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED)
    return;

  reply = gst_promise_get_reply (promise);
  confab_call_door_tell (errand->door, errand->func, reply ? gst_structure_copy (reply) : NULL);
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
  g_signal_emit_by_name (webrtc, action, argument, promise);
  gst_promise_unref (promise);
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
