/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-media"

#include "config.h"

#include "confab-media-internal-private.h"

#include "confab-call-error.h"
#include "confab-devices-private.h"
#include "confab-feed-private.h"
#include "confab-gst-private.h"
#include "confab-sources-private.h"

#include <gst/video/video.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define N_KINDS 3u
#define WHOLE_PIECE_BYTES (128 * 1024)
#define ADAPT_EVERY_MS 200u
#define START_RATE_BPS 800000u

/**
 * ConfabMedia:
 *
 * What one end of a call captures, codes and plays.
 *
 * Owns the one pipeline of the call, in which the caller puts a webrtcbin for each peer: so a group
 * shares one encoding, one mixer and one clock. A #ConfabMediaLink is what stands between this and
 * one webrtcbin. Microphone, camera, screen and speaker can come and go at any time; what stands
 * behind them does not notice. A device that is missing or breaks is told by
 * ConfabMedia::missing-changed and never ends anything. Lives until confab_media_stop().
 */
struct _ConfabMedia
{
  GObject                 parent_instance;

  ConfabDevices          *devices;
  gulong                  current_changed;
  GstElement             *pipeline;
  guint                   bus_watch;
  guint                   latency_idle;

  /* sound that goes out */
  GstElement             *audio;         /* bins are owned by the pipeline */
  GstElement             *audio_level;
  GstElement             *volume;
  GstElement             *audio_encoder;
  GstElement             *audio_tee;
  ConfabFeed              microphone;
  double                  level_db;
  guint                   audio_bps;
  ConfabEchoCancellation  echo;

  /* the picture that goes out */
  GstElement             *video;
  GstElement             *video_tee;
  ConfabFeed              picture;
  ConfabPictureSource     picture_source;
  GstElement             *self_view;     /* the sink of the application */
  GstElement             *self_view_branch;
  struct {
    ConfabEncoder *encoder;
    guint          n_users;
  }                       encoders[CONFAB_N_CODECS];
  ConfabQuality           quality;
  gint                    resized;       /* atomic: the picture's size has changed */

  ConfabPlayback         *playback;

  gboolean                wanted[N_KINDS];
  ConfabMissing           missing[N_KINDS];

  GPtrArray              *links;         /* borrowed: they take themselves out */
  guint                   adapt_timer;
  GCancellable           *lifetime;
};

G_DEFINE_FINAL_TYPE (ConfabMedia, confab_media, G_TYPE_OBJECT)

enum {
  MISSING_CHANGED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_missing (ConfabMedia      *self,
             ConfabDeviceKind  kind,
             ConfabMissing     missing)
{
  if (self->missing[kind] == missing)
    return;

  self->missing[kind] = missing;
  g_signal_emit (self, signals[MISSING_CHANGED], 0, kind);
}

/* --- Devices --- */

static gboolean
plug_speaker (ConfabMedia  *self,
              ConfabDevice *device)
{
  GstElement *sink = confab_sources_make_speaker (device, self->echo);

  return sink && confab_playback_set_speaker (self->playback, sink);
}

static gboolean
plug_microphone (ConfabMedia  *self,
                 ConfabDevice *device)
{
  GstElement *source = confab_sources_make_microphone (device, self->echo);

  return source && confab_feed_set_source (&self->microphone, source);
}

static gboolean
plug_camera (ConfabMedia  *self,
             ConfabDevice *device)
{
  GstElement *source = confab_sources_make_camera (device);

  return source && confab_feed_set_source (&self->picture, source);
}

static void
unplug (ConfabMedia      *self,
        ConfabDeviceKind  kind)
{
  switch (kind)
    {
    case CONFAB_DEVICE_KIND_MICROPHONE:
      confab_feed_set_source (&self->microphone, NULL);
      self->level_db = CONFAB_GST_SILENCE_DB;
      break;
    case CONFAB_DEVICE_KIND_SPEAKER:
      confab_playback_set_speaker (self->playback, NULL);
      break;
    case CONFAB_DEVICE_KIND_CAMERA:
      if (self->picture_source != CONFAB_PICTURE_SOURCE_SCREEN)
        confab_feed_set_source (&self->picture, NULL);
      break;
    }
}

static ConfabMissing
explain_none (ConfabMedia      *self,
              ConfabDeviceKind  kind)
{
  return kind == CONFAB_DEVICE_KIND_CAMERA && confab_devices_get_camera_refused (self->devices)
    ? CONFAB_MISSING_NO_PERMISSION : CONFAB_MISSING_NO_DEVICE;
}

/* Plugs in what is to be used now, or tells that it is missing. */
static void
plug (ConfabMedia      *self,
      ConfabDeviceKind  kind)
{
  g_autoptr(ConfabDevice) device = NULL;
  gboolean fits = FALSE;

  if (!self->wanted[kind] || !self->pipeline)
    return;

  /* Devices that are still looked for come with `current-changed`. */
  if (self->devices && !confab_devices_get_ready (self->devices))
    return;

  device = self->devices ? confab_devices_dup_current (self->devices, kind)
                         : confab_test_devices_make (kind);
  if (!device)
    {
      unplug (self, kind);
      /* What comes of asking comes with `current-changed`. */
      if (kind != CONFAB_DEVICE_KIND_CAMERA || !confab_devices_ask_for_camera (self->devices))
        set_missing (self, kind, explain_none (self, kind));
      return;
    }

  switch (kind)
    {
    case CONFAB_DEVICE_KIND_MICROPHONE:
      fits = plug_microphone (self, device);
      break;
    case CONFAB_DEVICE_KIND_SPEAKER:
      fits = plug_speaker (self, device);
      break;
    case CONFAB_DEVICE_KIND_CAMERA:
      if (self->picture_source == CONFAB_PICTURE_SOURCE_SCREEN)
        return;
      fits = plug_camera (self, device);
      break;
    }

  set_missing (self, kind, fits ? CONFAB_MISSING_NONE : CONFAB_MISSING_NO_PLUGIN);
}

static void
current_changed_cb (ConfabDevices    *devices,
                    ConfabDeviceKind  kind,
                    ConfabMedia      *self)
{
  plug (self, kind);
}

static void
ready_cb (ConfabDevices *devices,
          GParamSpec    *pspec,
          ConfabMedia   *self)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    plug (self, kind);
}

static void
set_wanted (ConfabMedia      *self,
            ConfabDeviceKind  kind,
            gboolean          wanted)
{
  if (self->wanted[kind] == wanted)
    return;

  self->wanted[kind] = wanted;
  if (wanted)
    {
      plug (self, kind);
    }
  else
    {
      unplug (self, kind);
      set_missing (self, kind, CONFAB_MISSING_NONE);
    }
}

/* The camera takes its place again, if it is wanted. */
static void
end_screen (ConfabMedia *self)
{
  if (self->picture_source != CONFAB_PICTURE_SOURCE_SCREEN)
    return;

  confab_feed_set_source (&self->picture, NULL);
  self->picture_source = CONFAB_PICTURE_SOURCE_NONE;
  if (self->wanted[CONFAB_DEVICE_KIND_CAMERA])
    {
      self->picture_source = CONFAB_PICTURE_SOURCE_CAMERA;
      plug (self, CONFAB_DEVICE_KIND_CAMERA);
    }
}

/* --- What the pipeline says --- */

static ConfabMissing
explain (const GError *error)
{
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return CONFAB_MISSING_BUSY;
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    return CONFAB_MISSING_NO_PERMISSION;
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND))
    return CONFAB_MISSING_NO_DEVICE;
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
    return CONFAB_MISSING_NO_PLUGIN;
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ))
    return CONFAB_MISSING_LOST;

  return CONFAB_MISSING_FAILED;
}

static void
lose_picture (ConfabMedia  *self,
              const GError *error)
{
  if (self->picture_source == CONFAB_PICTURE_SOURCE_SCREEN)
    {
      /* The window was closed, or the desktop was told to show it no more. */
      end_screen (self);
      g_signal_emit (self, signals[MISSING_CHANGED], 0, CONFAB_DEVICE_KIND_CAMERA);
    }
  else
    {
      confab_feed_set_source (&self->picture, NULL);
      set_missing (self, CONFAB_DEVICE_KIND_CAMERA, explain (error));
    }
}

/* What stands between the camera and the peers. */
static gboolean
is_of_picture (ConfabMedia *self,
               GstObject   *object)
{
  for (guint i = 0; i < CONFAB_N_CODECS; i++)
    if (self->encoders[i].encoder && confab_encoder_owns (self->encoders[i].encoder, object))
      return TRUE;

  return confab_gst_is_inside (object, self->video);
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

  if (confab_feed_owns (&self->microphone, from))
    {
      unplug (self, CONFAB_DEVICE_KIND_MICROPHONE);
      set_missing (self, CONFAB_DEVICE_KIND_MICROPHONE, explain (error));
    }
  else if (confab_feed_owns (&self->picture, from))
    {
      lose_picture (self, error);
    }
  else if (confab_playback_owns (self->playback, from))
    {
      unplug (self, CONFAB_DEVICE_KIND_SPEAKER);
      set_missing (self, CONFAB_DEVICE_KIND_SPEAKER, explain (error));
    }
  else if (confab_gst_is_inside (from, self->audio))
    {
      set_missing (self, CONFAB_DEVICE_KIND_MICROPHONE, explain (error));
    }
  else if (is_of_picture (self, from))
    {
      set_missing (self, CONFAB_DEVICE_KIND_CAMERA, explain (error));
    }
  else if (confab_gst_is_inside (from, self->pipeline))
    {
      g_signal_emit (self, signals[FAILED], 0, from, error);
    }
}

static void
take_level (ConfabMedia *self,
            GstMessage  *message)
{
  double level_db;

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->audio_level) &&
      confab_gst_read_level (message, &level_db))
    self->level_db = level_db;
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
    /* Twenty elements say so when a call begins: once for all of them is enough. */
    self->latency_idle = g_idle_add (latency_cb, self);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    take_level (self, message);

  return G_SOURCE_CONTINUE;
}

/* --- Adaptation --- */

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

static gboolean
find_picture (ConfabMedia   *self,
              ConfabPicture *picture)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad (self->video_tee, "sink");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;

  *picture = (ConfabPicture) { 0 };
  if (!caps || !gst_video_info_from_caps (&info, caps))
    return FALSE;

  picture->width = (guint) info.width;
  picture->height = (guint) info.height;
  /* Screens have no rate, and more than this is wasted on a call. */
  picture->fps = info.fps_n > 0 ? (guint) MIN (info.fps_n / MAX (info.fps_d, 1), 30) : 30;
  picture->detailed = self->picture_source == CONFAB_PICTURE_SOURCE_SCREEN;

  return TRUE;
}

static void
adapt (ConfabMedia *self)
{
  ConfabQuality before = self->quality;
  ConfabPicture picture;
  guint rate_bps;

  find_picture (self, &picture);
  /* Another picture: what was chosen for the old one says nothing. */
  if (g_atomic_int_compare_and_exchange (&self->resized, TRUE, FALSE))
    self->quality = (ConfabQuality) { 0 }
  ;
  rate_bps = find_rate (self);
  confab_quality_choose (&self->quality, &picture, rate_bps, g_get_monotonic_time ());
  if (self->quality.step != before.step ||
      (self->quality.video_bps == 0) != (before.video_bps == 0))
    g_debug ("Sends %u×%u at %u/s in %u bit/s", self->quality.width, self->quality.height,
             self->quality.fps, rate_bps);

  if (self->audio_bps != self->quality.audio_bps)
    {
      self->audio_bps = self->quality.audio_bps;
      confab_codec_set_bitrate (CONFAB_CODEC_OPUS, self->audio_encoder, self->audio_bps);
    }

  for (guint i = 0; picture.width > 0 && i < CONFAB_N_CODECS; i++)
    if (self->encoders[i].encoder)
      confab_encoder_set_quality (self->encoders[i].encoder, &self->quality);
}

static gboolean
adapt_cb (gpointer user_data)
{
  adapt (user_data);

  return G_SOURCE_CONTINUE;
}

static void
caps_cb (GstPad      *pad,
         GParamSpec  *pspec,
         ConfabMedia *self)
{
  g_atomic_int_set (&self->resized, TRUE);
}

/* --- Objects --- */

static void
confab_media_dispose (GObject *object)
{
  ConfabMedia *self = CONFAB_MEDIA (object);

  confab_media_stop (self);
  if (self->devices)
    g_clear_signal_handler (&self->current_changed, self->devices);
  g_clear_object (&self->devices);
  g_clear_object (&self->self_view);
  g_clear_object (&self->lifetime);
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
   * confab_media_get_missing() tells something else now, or, for the camera, a screen that was
   * sent is gone.
   */
  signals[MISSING_CHANGED] =
    g_signal_new ("missing-changed", CONFAB_TYPE_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_DEVICE_KIND);

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
  self->lifetime = g_cancellable_new ();
  self->level_db = CONFAB_GST_SILENCE_DB;
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

static gboolean
make_audio (ConfabMedia  *self,
            const char   *probe_name,
            GError      **error)
{
  g_autofree char *dsp =
    probe_name ? g_strdup_printf ("webrtcdsp name=dsp probe=%s ! ", probe_name) : g_strdup ("");
  g_autofree char *description =
    g_strdup_printf ("queue leaky=downstream max-size-buffers=0 max-size-bytes=0 "
                     "max-size-time=200000000 ! audioconvert ! audioresample ! "
                     "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! %s"
                     "level name=level interval=100000000 ! volume name=volume ! %s",
                     dsp, confab_codec_get_encoder (CONFAB_CODEC_OPUS));

  self->audio = confab_gst_add_bin (self->pipeline, NULL, description, error);
  if (!self->audio)
    return FALSE;

  confab_feed_init (&self->microphone, self->pipeline, self->audio);
  self->audio_level = confab_gst_get_child (self->audio, "level");
  self->volume = confab_gst_get_child (self->audio, "volume");
  self->audio_encoder = confab_gst_get_child (self->audio, "encoder");
  self->audio_tee = confab_gst_add_tee (self->audio);

  return TRUE;
}

static gboolean
make_encoder (ConfabMedia  *self,
              ConfabCodec   codec,
              GError      **error)
{
  if (!self->encoders[codec].encoder)
    self->encoders[codec].encoder =
      confab_encoder_new (self->pipeline, self->video_tee, codec, error);

  return self->encoders[codec].encoder != NULL;
}

static gboolean
make_video (ConfabMedia  *self,
            GError      **error)
{
  g_autoptr(GstPad) pad = NULL;

  self->video = confab_gst_add_bin (self->pipeline, NULL,
                                    "queue leaky=downstream max-size-buffers=2 "
                                    "max-size-bytes=0 max-size-time=0 ! videoconvert ! "
                                    "capsfilter caps=video/x-raw,format=I420", error);
  if (!self->video)
    return FALSE;

  confab_feed_init (&self->picture, self->pipeline, self->video);
  self->video_tee = confab_gst_add_tee (self->video);
  pad = gst_element_get_static_pad (self->video_tee, "sink");
  g_signal_connect_object (pad, "notify::caps", G_CALLBACK (caps_cb), self, G_CONNECT_DEFAULT);

  /* The one that most calls have, while it rings: it is not to be waited for. */
  return make_encoder (self, CONFAB_CODEC_VP8, error);
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

static gboolean
make_pipeline (ConfabMedia  *self,
               GError      **error)
{
  static guint n_probes = 0;
  g_autoptr(GstClock) clock = gst_system_clock_obtain ();
  g_autoptr(GstBus) bus = NULL;
  g_autofree char *probe_name = NULL;

  if (!check_plugins (error))
    return FALSE;

  /* The clock of a device would go away with it. */
  self->pipeline = gst_pipeline_new (NULL);
  gst_object_ref_sink (self->pipeline);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, message_cb, self);

  self->echo = find_echo_cancellation ();
  if (self->echo == CONFAB_ECHO_CANCELLATION_OWN)
    probe_name = g_strdup_printf ("confab-probe-%u", n_probes++);

  self->playback = confab_playback_new (self->pipeline, probe_name, error);
  if (!self->playback || !make_audio (self, probe_name, error) || !make_video (self, error))
    return FALSE;

  return gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
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
  self = g_object_new (CONFAB_TYPE_MEDIA, NULL);
  if (!make_pipeline (self, error))
    return NULL;

  if (g_set_object (&self->devices, devices))
    {
      self->current_changed = g_signal_connect (devices, "current-changed",
                                                G_CALLBACK (current_changed_cb), self);
      g_signal_connect_object (devices, "notify::ready", G_CALLBACK (ready_cb), self,
                               G_CONNECT_DEFAULT);
      confab_devices_start (devices);
    }
  set_wanted (self, CONFAB_DEVICE_KIND_SPEAKER, TRUE);

  return g_steal_pointer (&self);
}

static void
clear_encoders (ConfabMedia *self)
{
  for (guint i = 0; i < CONFAB_N_CODECS; i++)
    g_clear_pointer (&self->encoders[i].encoder, confab_encoder_free);
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

  g_cancellable_cancel (self->lifetime);
  g_clear_handle_id (&self->adapt_timer, g_source_remove);
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  g_clear_handle_id (&self->latency_idle, g_source_remove);
  confab_media_set_self_view (self, NULL);
  confab_feed_clear (&self->microphone);
  confab_feed_clear (&self->picture);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  clear_encoders (self);
  g_clear_pointer (&self->playback, confab_playback_free);
  g_clear_object (&self->audio_level);
  g_clear_object (&self->volume);
  g_clear_object (&self->audio_encoder);
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

/* Opens or closes the microphone. */
void
confab_media_set_microphone (ConfabMedia *self,
                             gboolean     on)
{
  set_wanted (self, CONFAB_DEVICE_KIND_MICROPHONE, on);
}

/* Sends silence; the microphone stays open, and its level is still told. */
void
confab_media_set_muted (ConfabMedia *self,
                        gboolean     muted)
{
  g_object_set (self->volume, "mute", muted, NULL);
}

gboolean
confab_media_get_muted (ConfabMedia *self)
{
  gboolean muted;

  g_object_get (self->volume, "mute", &muted, NULL);

  return muted;
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
  if (self->picture_source != CONFAB_PICTURE_SOURCE_SCREEN)
    self->picture_source = on ? CONFAB_PICTURE_SOURCE_CAMERA : CONFAB_PICTURE_SOURCE_NONE;

  set_wanted (self, CONFAB_DEVICE_KIND_CAMERA, on);
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
    confab_feed_set_source (&self->microphone, audio);
  if (video && confab_feed_set_source (&self->picture, video))
    self->picture_source = CONFAB_PICTURE_SOURCE_CAMERA;
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

  if (!source)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (!self->pipeline || !confab_feed_set_source (&self->picture, source))
    {
      g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                       "The screen's picture does not fit");
      return;
    }

  self->picture_source = CONFAB_PICTURE_SOURCE_SCREEN;
  g_task_return_boolean (task, TRUE);
}

/**
 * confab_media_set_screen_async:
 * @self: the media
 * @on: whether to send a screen
 * @cancellable: (nullable): ends the question to the person
 * @callback: called when it is sent, or not
 * @user_data: data for @callback
 *
 * Sends a screen in the place of the camera, or the camera again. Where there is a portal the
 * person is asked which screen or window.
 */
void
confab_media_set_screen_async (ConfabMedia         *self,
                               gboolean             on,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_media_set_screen_async);
  if (!on)
    {
      end_screen (self);
      g_task_return_boolean (task, TRUE);
      return;
    }

  confab_sources_make_screen_async (cancellable, screen_made_cb, g_steal_pointer (&task));
}

gboolean
confab_media_set_screen_finish (ConfabMedia   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

ConfabPictureSource
confab_media_get_picture_source (ConfabMedia *self)
{
  return self->picture_source;
}

/**
 * confab_media_set_self_view:
 * @self: the media
 * @sink: (nullable): an element with one sink pad for raw video
 *
 * Shows what is sent, before it is coded, to the person who sends it.
 */
void
confab_media_set_self_view (ConfabMedia *self,
                            GstElement  *sink)
{
  if (self->self_view == sink)
    return;

  g_clear_pointer (&self->self_view_branch, confab_gst_remove_view);
  g_set_object (&self->self_view, sink);
  if (sink && self->pipeline)
    self->self_view_branch = confab_gst_add_view (self->pipeline, self->video_tee, sink);
}

/* Why a device that is wanted does not work; CONFAB_MISSING_NONE when it does. */
ConfabMissing
confab_media_get_missing (ConfabMedia      *self,
                          ConfabDeviceKind  kind)
{
  return self->missing[kind];
}

ConfabEchoCancellation
confab_media_get_echo_cancellation (ConfabMedia *self)
{
  return self->echo;
}

/* How loud the microphone is, muted or not: 0 is the loudest, -100 silence. */
double
confab_media_get_level_db (ConfabMedia *self)
{
  return self->level_db;
}

/* What is sent now, after adaptation. */
const ConfabQuality *
confab_media_get_quality (ConfabMedia *self)
{
  return &self->quality;
}

/* --- For links --- */

GstElement *
confab_media_acquire_coded (ConfabMedia  *self,
                            ConfabCodec   codec,
                            GError      **error)
{
  if (codec == CONFAB_CODEC_OPUS)
    return self->audio_tee;

  if (!make_encoder (self, codec, error))
    return NULL;

  self->encoders[codec].n_users++;
  adapt (self);
  confab_encoder_set_wanted (self->encoders[codec].encoder, TRUE);

  return confab_encoder_get_tee (self->encoders[codec].encoder);
}

void
confab_media_release_coded (ConfabMedia *self,
                            ConfabCodec  codec)
{
  if (codec == CONFAB_CODEC_OPUS || !self->encoders[codec].encoder)
    return;

  if (--self->encoders[codec].n_users == 0)
    confab_encoder_set_wanted (self->encoders[codec].encoder, FALSE);
}

void
confab_media_force_key (ConfabMedia *self,
                        ConfabCodec  codec)
{
  if (self->encoders[codec].encoder)
    confab_encoder_force_key (self->encoders[codec].encoder);
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
