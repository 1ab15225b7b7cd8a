/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-encoder"

#include "config.h"

#include "confab-encoder-private.h"

#include "confab-gst-private.h"

#include <gst/video/video.h>

/* A key frame is ten times as large as another one: peers that ask within this time share one. */
#define KEY_EVERY_US (G_USEC_PER_SEC / 2)

/**
 * ConfabEncoder:
 *
 * Codes the picture once for all peers that take this codec.
 *
 * Hangs on the tee of raw pictures; the payloaders of the peers hang on its own tee. Does nothing
 * while confab_encoder_set_wanted() has not been called. Requests for
 * key frames come up from there: the first is granted at once, those that follow within half a
 * second are granted together when it is over.
 */
struct _ConfabEncoder
{
  ConfabCodec  codec;
  GstElement  *bin;        /* owned by the pipeline */
  GstElement  *encoder;
  GstElement  *shape;
  GstElement  *rate;
  GstElement  *valve;
  GstElement  *tee;        /* owned by the pipeline */
  ConfabQuality quality;   /* as set last */
  gboolean     wanted;     /* somebody takes what is coded */
  gboolean     paused;     /* there is no room for a picture */
  gboolean     closed;     /* the valve, for either */

  GMutex       lock;       /* the rest is of the streaming threads as well */
  gint64       key_at_us;  /* when the encoder was last asked */
  gboolean     key_waits;
};

static gboolean
may_ask (ConfabEncoder *self,
         gint64         now_us)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->key_at_us != 0 && now_us - self->key_at_us < KEY_EVERY_US)
    {
      self->key_waits = TRUE;
      return FALSE;
    }

  self->key_at_us = now_us;
  self->key_waits = FALSE;

  return TRUE;
}

/* What peers ask, on its way up from the tee. */
static GstPadProbeReturn
request_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  ConfabEncoder *self = user_data;

  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;

  return may_ask (self, g_get_monotonic_time ()) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* With each picture that goes in: grants what had to wait. */
static GstPadProbeReturn
picture_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  ConfabEncoder *self = user_data;
  gboolean waits;

  g_mutex_lock (&self->lock);
  waits = self->key_waits;
  g_mutex_unlock (&self->lock);

  /* To the element itself, past the probe. */
  if (waits && may_ask (self, g_get_monotonic_time ()))
    gst_element_send_event (self->encoder,
                            gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE,
                                                                         TRUE, 0));

  return GST_PAD_PROBE_OK;
}

static void
add_probes (ConfabEncoder *self)
{
  g_autoptr(GstPad) input = gst_element_get_static_pad (self->encoder, "sink");
  g_autoptr(GstPad) output = gst_element_get_static_pad (self->tee, "sink");

  gst_pad_add_probe (input, GST_PAD_PROBE_TYPE_BUFFER, picture_cb, self, NULL);
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, request_cb, self, NULL);
}

/**
 * confab_encoder_new:
 * @pipeline: where it works
 * @raw_tee: what has the raw pictures
 * @codec: a usable codec
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): an encoder
 */
ConfabEncoder *
confab_encoder_new (GstElement   *pipeline,
                    GstElement   *raw_tee,
                    ConfabCodec   codec,
                    GError      **error)
{
  g_autofree char *description =
    g_strdup_printf ("queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! "
                     "valve name=valve drop=true ! videorate name=rate drop-only=true skip-to-first=true ! "
                     "videoscale name=scale ! capsfilter name=shape caps=video/x-raw,format=I420 ! "
                     "%s ", confab_codec_get_encoder (codec));
  GstElement *bin = confab_gst_add_bin (pipeline, description, error);
  ConfabEncoder *self;

  if (!bin)
    return NULL;

  self = g_new0 (ConfabEncoder, 1);
  g_mutex_init (&self->lock);
  self->codec = codec;
  self->closed = TRUE;
  self->bin = bin;
  self->encoder = confab_gst_get_child (bin, "encoder");
  self->shape = confab_gst_get_child (bin, "shape");
  self->rate = confab_gst_get_child (bin, "rate");
  self->valve = confab_gst_get_child (bin, "valve");
  self->tee = confab_gst_add_tee (bin);
  add_probes (self);
  confab_gst_tee_add (raw_tee, bin);

  return self;
}

void
confab_encoder_free (ConfabEncoder *self)
{
  confab_gst_tee_remove (self->bin);
  confab_gst_remove (self->tee);
  g_object_unref (self->encoder);
  g_object_unref (self->shape);
  g_object_unref (self->rate);
  g_object_unref (self->valve);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
confab_encoder_owns (ConfabEncoder *self,
                     GstObject     *object)
{
  return confab_gst_is_inside (object, self->bin);
}

GstElement *
confab_encoder_get_tee (ConfabEncoder *self)
{
  return self->tee;
}

static void
set_valve (ConfabEncoder *self)
{
  gboolean closed = self->paused || !self->wanted;

  /* Only when it changes: each time the valve lets the camera negotiate anew. */
  if (self->closed == closed)
    return;

  self->closed = closed;
  g_object_set (self->valve, "drop", closed, NULL);
}

static void
set_shape (ConfabEncoder       *self,
           const ConfabQuality *quality)
{
  g_autoptr(GstCaps) caps =
    gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
                         "width", G_TYPE_INT, (int) quality->width,
                         "height", G_TYPE_INT, (int) quality->height,
                         "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);

  g_object_set (self->shape, "caps", caps, NULL);
}

/* Whether it codes at all. One that is made in time costs nothing until somebody wants it. */
void
confab_encoder_set_wanted (ConfabEncoder *self,
                           gboolean       wanted)
{
  self->wanted = wanted;
  set_valve (self);
}

/* Sends as @quality says, from the next picture on. */
void
confab_encoder_set_quality (ConfabEncoder       *self,
                            const ConfabQuality *quality)
{
  gboolean resized = quality->width != self->quality.width ||
                     quality->height != self->quality.height;

  self->paused = quality->video_bps == 0;
  set_valve (self);
  if (self->paused)
    return;

  if (quality->video_bps != self->quality.video_bps)
    confab_codec_set_bitrate (self->codec, self->encoder, quality->video_bps);
  if (quality->fps != self->quality.fps)
    g_object_set (self->rate, "max-rate", (int) quality->fps, NULL);
  if (resized)
    set_shape (self, quality);
  self->quality = *quality;
}

/* Asks for a key frame, as a peer would that begins to look. */
void
confab_encoder_force_key (ConfabEncoder *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  /* With the next picture; what was asked just now does not help who comes now. */
  self->key_waits = TRUE;
}
