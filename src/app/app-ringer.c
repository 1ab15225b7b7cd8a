/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-ringer"

#include "config.h"

#include "app-ringer.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

/* What stands in for the loudspeaker where there is none to be heard: tests. */
#define SINK_VARIABLE "CONFAB_RING_SINK"

/**
 * AppRinger:
 *
 * Plays a tone, once or until it is told to stop; a new one replaces the old.
 *
 * Where sound cannot be played it is silent: a window rings all the same. What
 * may have to wait for the sound server happens in a thread of its own, one
 * after the other.
 */
struct _AppRinger
{
  GObject      parent_instance;

  GThreadPool *thread;
  GstElement  *pipeline;
  guint        bus_watch;
};

G_DEFINE_FINAL_TYPE (AppRinger, app_ringer, G_TYPE_OBJECT)

/* What one tone is played from; the pipeline owns it. */
typedef struct
{
  GBytes   *round;
  gboolean  repeated;
} Tape;

static void
tape_free (gpointer data)
{
  Tape *tape = data;

  g_bytes_unref (tape->round);
  g_free (tape);
}

/* In a thread of the pipeline: the tape alone is touched. */
static void
need_data_cb (GstAppSrc *source,
              guint      length,
              gpointer   user_data)
{
  Tape *tape = user_data;

  gst_app_src_push_buffer (source, gst_buffer_new_wrapped_bytes (tape->round));
  if (!tape->repeated)
    gst_app_src_end_of_stream (source);
}

static GstElement *
make_source (AppRingTone tone,
             gboolean    repeated)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr(GstCaps) caps = gst_caps_new_simple (
    "audio/x-raw", "format", G_TYPE_STRING, G_BYTE_ORDER == G_LITTLE_ENDIAN ? "S16LE" : "S16BE",
    "rate", G_TYPE_INT, APP_RING_TONE_RATE_HZ, "channels", G_TYPE_INT, 1, "layout", G_TYPE_STRING,
    "interleaved", NULL);
  const GstAppSrcCallbacks callbacks = { .need_data = need_data_cb };
  Tape *tape;

  if (!source)
    return NULL;

  tape = g_new0 (Tape, 1);
  tape->round = app_ring_tone_render (tone);
  tape->repeated = repeated;
  /* A buffer knows its length only by its place, so it has to get one. */
  g_object_set (source, "caps", caps, "format", GST_FORMAT_TIME, "do-timestamp", FALSE,
                "max-bytes", (guint64) g_bytes_get_size (tape->round), NULL);
  gst_app_src_set_callbacks (GST_APP_SRC (source), (GstAppSrcCallbacks *) &callbacks, tape,
                             tape_free);

  return source;
}

static gboolean
bus_cb (GstBus     *bus,
        GstMessage *message,
        gpointer    user_data)
{
  AppRinger *self = user_data;
  g_autoptr(GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, NULL);
      g_debug ("Cannot ring: %s", error->message);
    }
  else if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS)
    {
      return G_SOURCE_CONTINUE;
    }

  self->bus_watch = 0;
  app_ringer_stop (self);

  return G_SOURCE_REMOVE;
}

/* What a pipeline is to become: playing or, for good, silent. */
typedef struct
{
  GstElement *pipeline;
  GstState    state;
} Order;

static void
carry_out (gpointer data,
           gpointer user_data)
{
  Order *order = data;

  gst_element_set_state (order->pipeline, order->state);
  gst_object_unref (order->pipeline);
  g_free (order);
}

static void
give_order (AppRinger *self,
            GstState   state)
{
  Order *order = g_new0 (Order, 1);

  order->pipeline = gst_object_ref (self->pipeline);
  order->state = state;
  g_thread_pool_push (self->thread, order, NULL);
}

static void
app_ringer_dispose (GObject *object)
{
  app_ringer_stop (APP_RINGER (object));

  G_OBJECT_CLASS (app_ringer_parent_class)->dispose (object);
}

static void
app_ringer_finalize (GObject *object)
{
  /* What was ordered is still carried out. */
  g_thread_pool_free (APP_RINGER (object)->thread, FALSE, FALSE);

  G_OBJECT_CLASS (app_ringer_parent_class)->finalize (object);
}

static void
app_ringer_class_init (AppRingerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_ringer_dispose;
  G_OBJECT_CLASS (klass)->finalize = app_ringer_finalize;
}

static void
app_ringer_init (AppRinger *self)
{
  self->thread = g_thread_pool_new (carry_out, NULL, 1, FALSE, NULL);
}

/**
 * app_ringer_new:
 *
 * Returns: (transfer full): a ringer that is silent
 */
AppRinger *
app_ringer_new (void)
{
  return g_object_new (APP_TYPE_RINGER, NULL);
}

static GstElement *
make_pipeline (AppRingTone tone,
               double      volume,
               gboolean    repeated)
{
  const char *sink = g_getenv (SINK_VARIABLE);
  g_autofree char *description = g_strdup_printf (
    "audioconvert name=convert ! audioresample ! volume volume=%f ! %s", volume,
    sink ? sink : "autoaudiosink");
  g_autoptr(GstElement) pipeline = NULL;
  g_autoptr(GstElement) convert = NULL;
  GstElement *source = make_source (tone, repeated);
  g_autoptr(GError) error = NULL;

  pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!source || !pipeline)
    {
      g_debug ("Cannot ring: %s", error ? error->message : "appsrc is missing");
      g_clear_pointer (&source, gst_object_unref);
      return NULL;
    }

  convert = gst_bin_get_by_name (GST_BIN (pipeline), "convert");
  gst_bin_add (GST_BIN (pipeline), source);
  gst_element_link (source, convert);

  return gst_object_ref_sink (g_steal_pointer (&pipeline));
}

/**
 * app_ringer_play:
 * @self: a ringer
 * @tone: what to play
 * @volume: how loud, from 0 to 1
 * @repeated: whether again and again
 *
 * Plays a tone in place of what is played now.
 */
void
app_ringer_play (AppRinger   *self,
                 AppRingTone  tone,
                 double       volume,
                 gboolean     repeated)
{
  g_autoptr(GstBus) bus = NULL;

  g_return_if_fail (APP_IS_RINGER (self));

  app_ringer_stop (self);
  self->pipeline = make_pipeline (tone, volume, repeated);
  if (!self->pipeline)
    return;

  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, bus_cb, self);
  give_order (self, GST_STATE_PLAYING);
}

/**
 * app_ringer_stop:
 * @self: a ringer
 *
 * Is silent at once.
 */
void
app_ringer_stop (AppRinger *self)
{
  g_return_if_fail (APP_IS_RINGER (self));

  g_clear_handle_id (&self->bus_watch, g_source_remove);
  if (!self->pipeline)
    return;

  give_order (self, GST_STATE_NULL);
  g_clear_object (&self->pipeline);
}
