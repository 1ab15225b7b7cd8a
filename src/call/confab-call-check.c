/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-check"

#include "config.h"

#include "confab-call-check.h"

#include "confab-check-result-private.h"
#include "confab-loopback-private.h"
#include "confab-sources-private.h"

#include <math.h>

#define LEVEL_EVERY_MS 100u
#define LOUD_DB -60.0 /* what the meter shows as nothing */
#define TONE_MS 1000u
#define TONE_DESCRIPTION "audiotestsrc num-buffers=100 samplesperbuffer=480 freq=660 volume=0.3 ! " \
        "audio/x-raw,rate=48000,channels=1 ! audioconvert ! audioresample"
#define TRIAL_EVERY_MS 100u
#define TRIAL_FOR_US (15 * G_USEC_PER_SEC)
#define TRIAL_FRAMES 10u
#define TRIAL_HEARD_DB -50.0

/**
 * ConfabCallCheck:
 *
 * Tries what calls need, one thing at a time, and tells what is wrong.
 *
 * Microphone and camera are those that a call would use, captured as a call captures them. Close it
 * with confab_call_check_stop() when nobody looks any more.
 */
struct _ConfabCallCheck
{
  GObject        parent_instance;

  ConfabDevices *devices;
  ConfabMedia   *media;       /* while microphone or camera are open */
  gboolean       microphone;
  gboolean       camera;
  guint          level_timer;
  double         level;
  GCancellable  *lifetime;
};

G_DEFINE_FINAL_TYPE (ConfabCallCheck, confab_call_check, G_TYPE_OBJECT)

typedef enum {
  PROP_LEVEL = 1,
} ConfabCallCheckProperty;

static GParamSpec *properties[PROP_LEVEL + 1];

enum {
  MISSING_CHANGED,
};

static guint signals[MISSING_CHANGED + 1];

static void
set_level (ConfabCallCheck *self,
           double           level)
{
  if (fabs (self->level - level) < 0.001)
    return;

  self->level = level;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEVEL]);
}

static gboolean
level_cb (gpointer user_data)
{
  ConfabCallCheck *self = user_data;
  double level_db = confab_media_get_level_db (self->media);

  set_level (self, CLAMP (1 - level_db / LOUD_DB, 0, 1));

  return G_SOURCE_CONTINUE;
}

static void
missing_changed_cb (ConfabMedia      *media,
                    ConfabDeviceKind  kind,
                    ConfabCallCheck  *self)
{
  g_signal_emit (self, signals[MISSING_CHANGED], 0, kind);
}

static gboolean
open_media (ConfabCallCheck *self)
{
  g_autoptr(GError) error = NULL;

  if (self->media)
    return TRUE;

  self->media = confab_media_new (self->devices, &error);
  if (!self->media)
    {
      g_debug ("%s", error->message);
      return FALSE;
    }

  g_signal_connect_object (self->media, "missing-changed", G_CALLBACK (missing_changed_cb), self,
                           G_CONNECT_DEFAULT);

  return TRUE;
}

static void
close_media_if_unused (ConfabCallCheck *self)
{
  if (self->microphone || self->camera || !self->media)
    return;

  confab_media_stop (self->media);
  g_clear_object (&self->media);
}

void
confab_call_check_start_microphone (ConfabCallCheck *self)
{
  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  if (self->microphone || !open_media (self))
    return;

  self->microphone = TRUE;
  confab_media_set_microphone (self->media, TRUE);
  self->level_timer = g_timeout_add (LEVEL_EVERY_MS, level_cb, self);
}

void
confab_call_check_stop_microphone (ConfabCallCheck *self)
{
  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  if (!self->microphone)
    return;

  self->microphone = FALSE;
  g_clear_handle_id (&self->level_timer, g_source_remove);
  set_level (self, 0);
  confab_media_set_microphone (self->media, FALSE);
  close_media_if_unused (self);
}

double
confab_call_check_get_level (ConfabCallCheck *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_CHECK (self), 0);

  return self->level;
}

ConfabMissing
confab_call_check_get_missing (ConfabCallCheck  *self,
                               ConfabDeviceKind  kind)
{
  g_return_val_if_fail (CONFAB_IS_CALL_CHECK (self), CONFAB_MISSING_NONE);

  return self->media ? confab_media_get_missing (self->media, kind) : CONFAB_MISSING_NONE;
}

void
confab_call_check_set_camera_sink (ConfabCallCheck *self,
                                   GstElement      *sink)
{
  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  if (!sink && !self->camera)
    return;
  if (!open_media (self))
    return;

  self->camera = sink != NULL;
  confab_media_set_camera (self->media, self->camera);
  confab_media_set_self_view (self->media, sink);
  close_media_if_unused (self);
}

/* A tone that plays out of the speaker, until its end or an error. */
typedef struct {
  GstElement *pipeline;
  guint       watch;
} Tone;

static void
tone_free (gpointer data)
{
  Tone *tone = data;

  g_clear_handle_id (&tone->watch, g_source_remove);
  gst_element_set_state (tone->pipeline, GST_STATE_NULL);
  gst_object_unref (tone->pipeline);
  g_free (tone);
}

static void
return_result (GTask              *task,
               const char         *subject,
               ConfabCheckProblem  problem)
{
  g_task_return_pointer (task, confab_check_result_new (subject, problem), g_object_unref);
}

static gboolean
tone_message_cb (GstBus     *bus,
                 GstMessage *message,
                 gpointer    user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  GstMessageType type = GST_MESSAGE_TYPE (message);

  if (type != GST_MESSAGE_EOS && type != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;

  /* Who watches holds the task. */
  ((Tone *) g_task_get_task_data (task))->watch = 0;
  return_result (task, "The speaker", type == GST_MESSAGE_EOS ? CONFAB_CHECK_PROBLEM_NONE
                                                              : CONFAB_CHECK_PROBLEM_DEVICE_FAILED);

  return G_SOURCE_REMOVE;
}

static GstElement *
make_tone (ConfabDevice *device)
{
  GstElement *sink = confab_sources_make_speaker (device, CONFAB_ECHO_CANCELLATION_NONE);
  GstElement *tone, *pipeline;

  if (!sink)
    return NULL;

  tone = gst_parse_bin_from_description (TONE_DESCRIPTION, TRUE, NULL);
  pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  if (!tone)
    {
      gst_object_unref (gst_object_ref_sink (sink));
      gst_object_unref (pipeline);
      return NULL;
    }

  gst_bin_add_many (GST_BIN (pipeline), tone, sink, NULL);
  gst_element_link (tone, sink);

  return pipeline;
}

void
confab_call_check_play_tone_async (ConfabCallCheck     *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(ConfabDevice) device = NULL;
  g_autoptr(GstBus) bus = NULL;
  Tone *tone;

  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  task = g_task_new (self, cancellable ? cancellable : self->lifetime, callback, user_data);
  g_task_set_source_tag (task, confab_call_check_play_tone_async);
  device = confab_devices_dup_current (self->devices, CONFAB_DEVICE_KIND_SPEAKER);
  if (!device)
    {
      return_result (task, "The speaker", CONFAB_CHECK_PROBLEM_NO_DEVICE);
      return;
    }

  tone = g_new0 (Tone, 1);
  tone->pipeline = make_tone (device);
  if (!tone->pipeline)
    {
      g_free (tone);
      return_result (task, "The speaker", CONFAB_CHECK_PROBLEM_NO_PLUGIN);
      return;
    }

  g_task_set_task_data (task, tone, tone_free);
  bus = gst_element_get_bus (tone->pipeline);
  tone->watch = gst_bus_add_watch_full (bus, G_PRIORITY_DEFAULT, tone_message_cb,
                                        g_object_ref (task), g_object_unref);
  gst_element_set_state (tone->pipeline, GST_STATE_PLAYING);
}

ConfabCheckResult *
confab_call_check_play_tone_finish (ConfabCallCheck  *self,
                                    GAsyncResult     *result,
                                    GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Servers that are asked, all at once. */
typedef struct {
  GPtrArray *results;  /* of ConfabCheckResult, by number; NULL until it is there */
  guint      n_left;
} Probes;

typedef struct {
  GTask *task;
  guint  number;
} ProbeAt;

static void
probes_free (gpointer data)
{
  Probes *probes = data;

  g_ptr_array_unref (probes->results);
  g_free (probes);
}

static void
clear_result (gpointer data)
{
  g_clear_object (&data);
}

static void
finish_probes (GTask *task)
{
  Probes *probes = g_task_get_task_data (task);
  GListStore *list = g_list_store_new (CONFAB_TYPE_CHECK_RESULT);

  for (guint i = 0; i < probes->results->len; i++)
    if (probes->results->pdata[i])
      g_list_store_append (list, probes->results->pdata[i]);
  g_task_return_pointer (task, list, g_object_unref);
}

static void
probed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree ProbeAt *at = user_data;
  g_autoptr(GTask) task = at->task;
  Probes *probes = g_task_get_task_data (task);

  probes->results->pdata[at->number] = confab_ice_probe_finish (result, NULL);
  if (--probes->n_left == 0)
    finish_probes (task);
}

void
confab_call_check_probe_network_async (ConfabCallCheck     *self,
                                       const char *const   *uris,
                                       const char          *user,
                                       const char          *password,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  GCancellable *lifetime;
  Probes *probes;

  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));
  g_return_if_fail (uris != NULL);

  lifetime = cancellable ? cancellable : self->lifetime;
  task = g_task_new (self, lifetime, callback, user_data);
  g_task_set_source_tag (task, confab_call_check_probe_network_async);
  probes = g_new0 (Probes, 1);
  probes->results = g_ptr_array_new_with_free_func (clear_result);
  probes->n_left = g_strv_length ((char **) uris);
  g_ptr_array_set_size (probes->results, (int) probes->n_left);
  g_task_set_task_data (task, probes, probes_free);
  if (probes->n_left == 0)
    {
      finish_probes (task);
      return;
    }

  for (guint i = 0; uris[i]; i++)
    {
      ProbeAt *at = g_new0 (ProbeAt, 1);

      at->task = g_object_ref (task);
      at->number = i;
      confab_ice_probe_async (uris[i], user, password, lifetime, probed_cb, at);
    }
}

GListModel *
confab_call_check_probe_network_finish (ConfabCallCheck  *self,
                                        GAsyncResult     *result,
                                        GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct {
  ConfabLoopback *loopback;
  gint64          end_us;
  gboolean        connected;
  gboolean        spoken;     /* the microphone heard something */
} Trial;

static void
trial_free (gpointer data)
{
  Trial *trial = data;

  confab_loopback_close (trial->loopback);
  g_object_unref (trial->loopback);
  g_free (trial);
}

/* What both ends have of each other; NONE when it is all there. */
static ConfabCheckProblem
look_at_trial (Trial *trial)
{
  ConfabMedia *own = confab_loopback_get_media (trial->loopback, CONFAB_LOOPBACK_OWN);
  ConfabMediaLinkStats here, there;

  trial->connected = trial->connected || confab_loopback_get_connected (trial->loopback);
  trial->spoken = trial->spoken || confab_media_get_level_db (own) >= TRIAL_HEARD_DB;
  if (!trial->connected)
    return CONFAB_CHECK_PROBLEM_NO_CONNECTION;

  confab_media_link_get_stats (
    confab_loopback_get_media_link (trial->loopback, CONFAB_LOOPBACK_OWN), &here);
  confab_media_link_get_stats (
    confab_loopback_get_media_link (trial->loopback, CONFAB_LOOPBACK_OTHER), &there);
  if (here.frames_decoded < TRIAL_FRAMES || there.frames_decoded < TRIAL_FRAMES)
    return CONFAB_CHECK_PROBLEM_NO_PICTURE;
  if (here.audio_level_db < TRIAL_HEARD_DB)
    return CONFAB_CHECK_PROBLEM_NO_SOUND;
  if (there.audio_level_db < TRIAL_HEARD_DB)
    return trial->spoken ? CONFAB_CHECK_PROBLEM_NO_SOUND : CONFAB_CHECK_PROBLEM_SILENT;

  return CONFAB_CHECK_PROBLEM_NONE;
}

static gboolean
trial_cb (gpointer user_data)
{
  GTask *task = user_data;
  Trial *trial = g_task_get_task_data (task);
  ConfabMedia *own = confab_loopback_get_media (trial->loopback, CONFAB_LOOPBACK_OWN);
  ConfabCheckProblem problem = look_at_trial (trial);
  ConfabCheckResult *found;

  if (problem != CONFAB_CHECK_PROBLEM_NONE && g_get_monotonic_time () < trial->end_us &&
      !confab_loopback_get_failed (trial->loopback) &&
      !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return G_SOURCE_CONTINUE;

  found = confab_check_result_new_trial (
    problem, confab_media_get_missing (own, CONFAB_DEVICE_KIND_MICROPHONE),
    confab_media_get_missing (own, CONFAB_DEVICE_KIND_CAMERA));
  /* Whoever is told may want the devices, and keep the task. */
  confab_loopback_close (trial->loopback);
  g_task_return_pointer (task, found, g_object_unref);

  return G_SOURCE_REMOVE;
}

void
confab_call_check_loop_back_async (ConfabCallCheck     *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  ConfabCallIce nowhere = { 0 };
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSource) timer = NULL;
  ConfabLoopback *loopback;
  Trial *trial;

  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  task = g_task_new (self, cancellable ? cancellable : self->lifetime, callback, user_data);
  g_task_set_source_tag (task, confab_call_check_loop_back_async);
  loopback = confab_loopback_new (self->devices, &nowhere, "VP8", NULL, NULL, &error);
  if (!loopback)
    {
      g_debug ("%s", error->message);
      return_result (task, "The trial call", CONFAB_CHECK_PROBLEM_NO_PLUGIN);
      return;
    }

  trial = g_new0 (Trial, 1);
  trial->loopback = loopback;
  trial->end_us = g_get_monotonic_time () + TRIAL_FOR_US;
  g_task_set_task_data (task, trial, trial_free);
  timer = g_timeout_source_new (TRIAL_EVERY_MS);
  g_source_set_callback (timer, trial_cb, g_steal_pointer (&task), g_object_unref);
  g_source_attach (timer, g_main_context_get_thread_default ());
}

ConfabCheckResult *
confab_call_check_loop_back_finish (ConfabCallCheck  *self,
                                    GAsyncResult     *result,
                                    GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
confab_call_check_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ConfabCallCheck *self = CONFAB_CALL_CHECK (object);

  switch ((ConfabCallCheckProperty) property_id)
    {
    case PROP_LEVEL:
      g_value_set_double (value, self->level);
      break;
    }
}

static void
confab_call_check_dispose (GObject *object)
{
  ConfabCallCheck *self = CONFAB_CALL_CHECK (object);

  confab_call_check_stop (self);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->devices);

  G_OBJECT_CLASS (confab_call_check_parent_class)->dispose (object);
}

static void
confab_call_check_class_init (ConfabCallCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_call_check_get_property;
  object_class->dispose = confab_call_check_dispose;

  /**
   * ConfabCallCheck:level:
   *
   * How loud the microphone is, 0 (silence) to 1.
   */
  properties[PROP_LEVEL] =
    g_param_spec_double ("level", NULL, NULL, 0, 1, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabCallCheck::missing-changed:
   * @self: a check
   * @kind: a device
   *
   * confab_call_check_get_missing() tells something else now.
   */
  signals[MISSING_CHANGED] =
    g_signal_new ("missing-changed", CONFAB_TYPE_CALL_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, CONFAB_TYPE_DEVICE_KIND);
}

static void
confab_call_check_init (ConfabCallCheck *self)
{
  self->lifetime = g_cancellable_new ();
}

ConfabCallCheck *
confab_call_check_new (ConfabDevices *devices)
{
  ConfabCallCheck *self;

  g_return_val_if_fail (CONFAB_IS_DEVICES (devices), NULL);

  self = g_object_new (CONFAB_TYPE_CALL_CHECK, NULL);
  self->devices = g_object_ref (devices);
  confab_devices_start (devices);

  return self;
}

void
confab_call_check_stop (ConfabCallCheck *self)
{
  g_return_if_fail (CONFAB_IS_CALL_CHECK (self));

  confab_call_check_set_camera_sink (self, NULL);
  confab_call_check_stop_microphone (self);
  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  self->lifetime = g_cancellable_new ();
}
