/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-media"

#include "config.h"

#include "confab-media-internal-private.h"

#include "confab-call-error.h"
#include "confab-device-use-private.h"
#include "confab-gst-private.h"
#include "confab-own-picture-private.h"
#include "confab-own-voice-private.h"
#include "confab-sources-private.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define WHOLE_PIECE_BYTES (128 * 1024)
#define ADAPT_EVERY_MS 200u
#define START_RATE_BPS 800000u

/**
 * ConfabMedia:
 *
 * What one end of a call captures, codes and plays.
 *
 * Owns the one pipeline of the call, in which the caller puts a webrtcbin for each peer: so a group
 * shares one voice and one picture that are coded (#ConfabOwnVoice, #ConfabOwnPicture), one mixer
 * (#ConfabPlayback) and one clock. A #ConfabMediaLink is what stands between this and one
 * webrtcbin. Devices come and go behind #ConfabDeviceUse; what is missing is told by
 * ConfabMedia::missing-changed and never ends anything. Lives until confab_media_stop().
 */
struct _ConfabMedia
{
  GObject           parent_instance;

  GstElement       *pipeline;      /* NULL when stopped, and with it the next three */
  ConfabOwnVoice   *voice;
  ConfabOwnPicture *picture;
  ConfabPlayback   *playback;
  ConfabDeviceUse  *use;
  guint             bus_watch;
  guint             latency_idle;

  GPtrArray        *links;         /* borrowed: they take themselves out */
  guint             adapt_timer;
  GCancellable     *question;      /* which screen to send; NULL when nobody is asked */
};

G_DEFINE_FINAL_TYPE (ConfabMedia, confab_media, G_TYPE_OBJECT)

enum {
  MISSING_CHANGED,
  SCREEN_ENDED,
  FAILED,
};

static guint signals[FAILED + 1];

static void
missing_changed_cb (ConfabDeviceUse  *use,
                    ConfabDeviceKind  kind,
                    ConfabMedia      *self)
{
  g_signal_emit (self, signals[MISSING_CHANGED], 0, kind);
}

static void
screen_ended_cb (ConfabDeviceUse *use,
                 ConfabMissing    missing,
                 ConfabMedia     *self)
{
  g_signal_emit (self, signals[SCREEN_ENDED], 0, missing);
}

static void
take_error (ConfabMedia *self,
            GstMessage  *message)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *details = NULL;
  GstObject *from = GST_MESSAGE_SRC (message);

  gst_message_parse_error (message, &error, &details);
  g_debug ("%s: %s (%s)", GST_OBJECT_NAME (from), error->message, details ?: "no details");

  if (!confab_device_use_take_error (self->use, from, error) &&
      confab_gst_is_inside (from, self->pipeline))
    g_signal_emit (self, signals[FAILED], 0, from, error);
}

static gboolean
latency_cb (gpointer user_data)
{
  ConfabMedia *self = user_data;

  self->latency_idle = 0;
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));

  return G_SOURCE_REMOVE;
}

static gboolean
message_cb (GstBus     *bus,
            GstMessage *message,
            gpointer    user_data)
{
  g_autoptr(ConfabMedia) self = g_object_ref (CONFAB_MEDIA (user_data));

  for (guint i = 0; i < self->links->len; i++)
    if (confab_media_link_take_message (self->links->pdata[i], message))
      return G_SOURCE_CONTINUE;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    take_error (self, message);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY && self->latency_idle == 0)
    /* Twenty elements say so when a call begins: once for all of them is enough, but before
     * pictures are drawn, which may take all the time there is. */
    self->latency_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, latency_cb, self, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    confab_own_voice_take_level (self->voice, message);

  return G_SOURCE_CONTINUE;
}

/* What the peer with the poorest way can take: all share the encoding. */
static guint
find_rate (ConfabMedia *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint lowest = G_MAXUINT, rate;

  for (guint i = 0; i < self->links->len; i++)
    confab_media_link_tick (self->links->pdata[i], now_us);

  for (guint i = 0; i < self->links->len; i++)
    if (confab_media_link_get_rate (self->links->pdata[i], now_us, &rate))
      lowest = MIN (lowest, rate);

  return lowest == G_MAXUINT ? START_RATE_BPS : lowest;
}

static void
adapt (ConfabMedia *self)
{
  confab_own_picture_adapt (self->picture, find_rate (self));
  confab_own_voice_set_rate (self->voice, confab_media_get_quality (self)->audio_bps);
}

static gboolean
adapt_cb (gpointer user_data)
{
  adapt (user_data);

  return G_SOURCE_CONTINUE;
}

static void
confab_media_dispose (GObject *object)
{
  ConfabMedia *self = CONFAB_MEDIA (object);

  confab_media_stop (self);
  g_clear_object (&self->use);
  g_clear_pointer (&self->links, g_ptr_array_unref);

  G_OBJECT_CLASS (confab_media_parent_class)->dispose (object);
}

static void
confab_media_class_init (ConfabMediaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_media_dispose;

  /**
   * ConfabMedia::missing-changed:
   * @self: the media
   * @kind: what is missing, or is there again
   *
   * confab_media_get_missing() tells something else now.
   */
  signals[MISSING_CHANGED] =
    g_signal_new ("missing-changed", CONFAB_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_DEVICE_KIND);

  /**
   * ConfabMedia::screen-ended:
   * @self: the media
   * @missing: why: %CONFAB_MISSING_NONE if the person ended it, at the desktop
   *
   * A screen that was sent is gone.
   */
  signals[SCREEN_ENDED] =
    g_signal_new ("screen-ended", CONFAB_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_MISSING);

  /**
   * ConfabMedia::failed:
   * @self: the media
   * @element: who says so
   * @error: what
   *
   * Something in the pipeline failed that is of a peer: a webrtcbin, most of all.
   */
  signals[FAILED] =
    g_signal_new ("failed", CONFAB_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, GST_TYPE_OBJECT, G_TYPE_ERROR);
}

static void
confab_media_init (ConfabMedia *self)
{
  self->links = g_ptr_array_new ();
}

static gboolean
is_installed (const char *name)
{
  g_autoptr(GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static ConfabEchoCancellation
find_echo_cancellation (void)
{
  if (is_installed ("webrtcdsp") && is_installed ("webrtcechoprobe"))
    return CONFAB_ECHO_CANCELLATION_OWN;

  return is_installed ("pulsesrc") ? CONFAB_ECHO_CANCELLATION_SERVER
                                   : CONFAB_ECHO_CANCELLATION_NONE;
}

/* Without them there is no link, and who calls is told so here. */
static gboolean
check_plugins (GError **error)
{
  if (is_installed ("webrtcbin") && is_installed ("nicesrc") &&
      confab_codec_is_usable (CONFAB_CODEC_OPUS) && confab_codec_is_usable (CONFAB_CODEC_VP8))
    return TRUE;

  g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                       "GStreamer has no WebRTC, Opus or VP8 here");

  return FALSE;
}

static void
start_pipeline (ConfabMedia *self)
{
  g_autoptr(GstClock) clock = gst_system_clock_obtain ();
  g_autoptr(GstBus) bus = NULL;

  self->pipeline = gst_pipeline_new (NULL);
  gst_object_ref_sink (self->pipeline);
  /* The clock of a device would go away with it. */
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, message_cb, self);
}

static gboolean
fill_pipeline (ConfabMedia    *self,
               ConfabDevices  *devices,
               GError        **error)
{
  static guint n_probes = 0;
  ConfabEchoCancellation echo = find_echo_cancellation ();
  g_autofree char *probe_name = NULL;

  if (echo == CONFAB_ECHO_CANCELLATION_OWN)
    probe_name = g_strdup_printf ("confab-probe-%u", n_probes++);

  self->playback = confab_playback_new (self->pipeline, probe_name, error);
  self->voice =
    self->playback ? confab_own_voice_new (self->pipeline, probe_name, error) : NULL;
  self->picture = self->voice ? confab_own_picture_new (self->pipeline, error) : NULL;
  if (!self->picture)
    return FALSE;

  self->use = confab_device_use_new (devices, self->voice, self->picture, self->playback, echo);
  g_signal_connect_object (self->use, "missing-changed", G_CALLBACK (missing_changed_cb), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->use, "screen-ended", G_CALLBACK (screen_ended_cb), self,
                           G_CONNECT_DEFAULT);

  return TRUE;
}

/* glibc gets big pieces from the system and gives them back, but takes ever bigger ones for small
 * when it has seen pictures come and go. Then the arena of each thread keeps some, and a process
 * that calls often grows: by 1.5 MiB a call with a picture, up to 200 MiB. */
static void
keep_pictures_out_of_arenas (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, WHOLE_PIECE_BYTES);
#endif
}

/**
 * confab_media_new:
 * @devices: (nullable): what to speak, hear and see with; %NULL for a tone, a moving picture and no
 *   ear, for a trial
 * @error: where to put an error
 *
 * Plays at once; microphone and camera wait until they are wanted.
 *
 * Returns: (transfer full) (nullable): the media of a call
 */
ConfabMedia *
confab_media_new (ConfabDevices  *devices,
                  GError        **error)
{
  g_autoptr(ConfabMedia) self = NULL;

  gst_init (NULL, NULL);
  keep_pictures_out_of_arenas ();
  if (!check_plugins (error))
    return NULL;

  self = g_object_new (CONFAB_TYPE_MEDIA, NULL);
  start_pipeline (self);
  if (!fill_pipeline (self, devices, error))
    return NULL;

  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                           "The pipeline does not start");
      return NULL;
    }

  confab_device_use_set_wanted (self->use, CONFAB_DEVICE_KIND_SPEAKER, TRUE);

  return g_steal_pointer (&self);
}

/* Nobody wants to know any more which screen to send. */
static void
end_question (ConfabMedia *self)
{
  g_autoptr(GCancellable) question = g_steal_pointer (&self->question);

  g_cancellable_cancel (question);
}

/**
 * confab_media_stop:
 * @self: the media
 *
 * Closes all devices and the pipeline, with whatever else is in it. Close the links before. Does
 * nothing the second time.
 */
void
confab_media_stop (ConfabMedia *self)
{
  g_return_if_fail (CONFAB_IS_MEDIA (self));

  if (!self->pipeline)
    return;

  end_question (self);
  g_clear_handle_id (&self->adapt_timer, g_source_remove);
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  g_clear_handle_id (&self->latency_idle, g_source_remove);
  confab_media_set_self_view (self, NULL);
  if (self->use)
    confab_device_use_close (self->use);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->picture, confab_own_picture_free);
  g_clear_pointer (&self->voice, confab_own_voice_free);
  g_clear_pointer (&self->playback, confab_playback_free);
  gst_clear_object (&self->pipeline);
}

/**
 * confab_media_get_pipeline:
 * @self: the media
 *
 * Returns: (transfer none): where to put each peer's webrtcbin; it plays
 */
GstElement *
confab_media_get_pipeline (ConfabMedia *self)
{
  return self->pipeline;
}

/* For a trial: a tone and a moving picture are sent for a microphone and a camera that are missing,
 * which is told all the same. To be said before any is wanted. */
void
confab_media_let_stand_in (ConfabMedia *self)
{
  confab_device_use_let_stand_in (self->use);
}

/* What cannot be coded for a peer is missing while it is wanted. */
static ConfabMissing
find_unsent (ConfabMedia     *self,
             ConfabMediaKind  kind)
{
  ConfabMissing unsent = CONFAB_MISSING_NONE;

  for (guint i = 0; i < self->links->len && unsent == CONFAB_MISSING_NONE; i++)
    unsent = confab_media_link_get_unsent (self->links->pdata[i], kind);

  return unsent;
}

static void
set_wanted (ConfabMedia      *self,
            ConfabDeviceKind  device,
            ConfabMediaKind   kind,
            gboolean          wanted)
{
  confab_device_use_set_wanted (self->use, device, wanted);
  if (find_unsent (self, kind) != CONFAB_MISSING_NONE)
    g_signal_emit (self, signals[MISSING_CHANGED], 0, device);
}

/* Opens or closes the microphone. */
void
confab_media_set_microphone (ConfabMedia *self,
                             gboolean     on)
{
  set_wanted (self, CONFAB_DEVICE_KIND_MICROPHONE, CONFAB_MEDIA_KIND_AUDIO, on);
}

/* Sends silence; the microphone stays open, and its level is still told. */
void
confab_media_set_muted (ConfabMedia *self,
                        gboolean     muted)
{
  confab_own_voice_set_muted (self->voice, muted);
}

gboolean
confab_media_get_muted (ConfabMedia *self)
{
  return confab_own_voice_get_muted (self->voice);
}

/**
 * confab_media_set_camera:
 * @self: the media
 * @on: whether to send the camera's picture
 *
 * Opens or closes the camera. While a screen is sent the camera waits, and takes its place when the
 * screen is done with.
 */
void
confab_media_set_camera (ConfabMedia *self,
                         gboolean     on)
{
  set_wanted (self, CONFAB_DEVICE_KIND_CAMERA, CONFAB_MEDIA_KIND_VIDEO, on);
}

/**
 * confab_media_set_stream:
 * @self: the media
 * @audio: (transfer floating) (nullable): what to send as sound, with a pad `src`
 * @video: (transfer floating) (nullable): what to send as picture, with a pad `src`
 *
 * Sends what somebody else makes, and no device.
 */
void
confab_media_set_stream (ConfabMedia *self,
                         GstElement  *audio,
                         GstElement  *video)
{
  if (audio)
    confab_own_voice_set_source (self->voice, audio);
  if (video)
    confab_own_picture_set_camera (self->picture, video);
}

static void
screen_made_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ConfabMedia *self = g_task_get_source_object (task);
  GstElement *source = confab_sources_make_screen_finish (result, &error);

  if (self->question == g_task_get_cancellable (task))
    g_clear_object (&self->question);
  if (!source)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (!self->pipeline || !confab_device_use_show_screen (self->use, source))
    {
      g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                       "The screen's picture does not fit");
      return;
    }

  g_task_return_boolean (task, TRUE);
}

/**
 * confab_media_set_screen_async:
 * @self: the media
 * @on: whether to send a screen
 * @callback: called when it is sent, or not
 * @user_data: data for @callback
 *
 * Sends a screen in the place of the camera, or the camera again. Where there is a portal the
 * person is asked which screen or window: once, until there is an answer (else G_IO_ERROR_PENDING),
 * or sending the camera or confab_media_stop() ends the question.
 */
void
confab_media_set_screen_async (ConfabMedia         *self,
                               gboolean             on,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GCancellable) question = on ? g_cancellable_new () : NULL;
  g_autoptr(GTask) task = g_task_new (self, question, callback, user_data);

  g_task_set_source_tag (task, confab_media_set_screen_async);
  if (!on)
    {
      end_question (self);
      confab_device_use_end_screen (self->use);
      g_task_return_boolean (task, TRUE);
    }
  else if (self->question)
    {
      g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_PENDING,
                                       "The person is asked already");
    }
  else
    {
      g_set_object (&self->question, question);
      confab_sources_make_screen_async (question, screen_made_cb, g_steal_pointer (&task));
    }
}

gboolean
confab_media_set_screen_finish (ConfabMedia   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Whether a screen is sent. */
gboolean
confab_media_get_screen_on (ConfabMedia *self)
{
  return self->picture && confab_own_picture_is_screen (self->picture);
}

/* Shows what is sent, before it is coded, in @sink; %NULL for nowhere. */
void
confab_media_set_self_view (ConfabMedia *self,
                            GstElement  *sink)
{
  if (self->picture)
    confab_own_picture_set_view (self->picture, sink);
}

/* Why a device that is wanted does not work, or why a peer gets nothing of it all the same;
 * CONFAB_MISSING_NONE when all is well. */
ConfabMissing
confab_media_get_missing (ConfabMedia      *self,
                          ConfabDeviceKind  kind)
{
  ConfabMissing missing = confab_device_use_get_missing (self->use, kind);

  if (missing != CONFAB_MISSING_NONE || kind == CONFAB_DEVICE_KIND_SPEAKER ||
      !confab_device_use_is_wanted (self->use, kind))
    return missing;

  return find_unsent (self, kind == CONFAB_DEVICE_KIND_CAMERA ? CONFAB_MEDIA_KIND_VIDEO
                                                              : CONFAB_MEDIA_KIND_AUDIO);
}

/* How loud the microphone is, muted or not: 0 is the loudest, -100 silence. */
double
confab_media_get_level_db (ConfabMedia *self)
{
  return confab_own_voice_get_level_db (self->voice);
}

/* What is sent now, after adaptation. */
const ConfabQuality *
confab_media_get_quality (ConfabMedia *self)
{
  return confab_own_picture_get_quality (self->picture);
}

GstElement *
confab_media_acquire_coded (ConfabMedia  *self,
                            ConfabCodec   codec,
                            GError      **error)
{
  if (codec == CONFAB_CODEC_OPUS)
    return confab_own_voice_get_tee (self->voice);

  /* Its first picture has the size that is wanted now. */
  adapt (self);

  return confab_own_picture_acquire_coded (self->picture, codec, error);
}

void
confab_media_release_coded (ConfabMedia *self,
                            ConfabCodec  codec)
{
  if (codec != CONFAB_CODEC_OPUS && self->picture)
    confab_own_picture_release_coded (self->picture, codec);
}

void
confab_media_force_key (ConfabMedia *self,
                        ConfabCodec  codec)
{
  if (codec != CONFAB_CODEC_OPUS)
    confab_own_picture_force_key (self->picture, codec);
}

ConfabPlayback *
confab_media_get_playback (ConfabMedia *self)
{
  return self->playback;
}

void
confab_media_add_link (ConfabMedia     *self,
                       ConfabMediaLink *link)
{
  g_ptr_array_add (self->links, link);
  if (self->adapt_timer == 0)
    self->adapt_timer = g_timeout_add (ADAPT_EVERY_MS, adapt_cb, self);
}

void
confab_media_remove_link (ConfabMedia     *self,
                          ConfabMediaLink *link)
{
  g_ptr_array_remove (self->links, link);
}

void
confab_media_unsent_changed (ConfabMedia     *self,
                             ConfabMediaKind  kind)
{
  g_signal_emit (self, signals[MISSING_CHANGED], 0,
                 kind == CONFAB_MEDIA_KIND_VIDEO ? CONFAB_DEVICE_KIND_CAMERA
                                                 : CONFAB_DEVICE_KIND_MICROPHONE);
}
