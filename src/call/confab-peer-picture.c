/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-peer-picture"

#include "config.h"

#include "confab-peer-picture-private.h"

#include "confab-gst-private.h"

#include <gst/video/video.h>

#define FPS_OVER_US (2 * G_USEC_PER_SEC)

/**
 * ConfabPeerPicture:
 *
 * Decodes a peer's picture, shows it and counts its frames.
 *
 * Comes and goes with the stream of the peer, for which it may be started again; where it is shown
 * may be known before.
 */
struct _ConfabPeerPicture
{
  GstElement *pipeline;  /* borrowed */
  GstElement *bin;       /* owned by the pipeline; NULL while nothing comes */
  GstElement *tee;
  GstElement *sink;      /* of the application */
  GstElement *view;
  guint       n_frames;  /* atomic: counted in the streaming thread */
  guint       n_frames_before;
  gint64      frames_at_us;
  double      fps;
};

ConfabPeerPicture *
confab_peer_picture_new (GstElement *pipeline)
{
  ConfabPeerPicture *self = g_new0 (ConfabPeerPicture, 1);

  self->pipeline = pipeline;
  self->frames_at_us = g_get_monotonic_time ();

  return self;
}

/* When it has stopped. */
void
confab_peer_picture_free (ConfabPeerPicture *self)
{
  g_assert (self->bin == NULL);

  g_clear_object (&self->sink);
  g_free (self);
}

static GstPadProbeReturn
decoded_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  ConfabPeerPicture *self = user_data;

  g_atomic_int_inc (&self->n_frames);

  return GST_PAD_PROBE_OK;
}

/**
 * confab_peer_picture_start:
 * @self: a picture that has stopped
 * @info: how it is coded
 * @rtp: where its packets come from
 * @error: where to put an error
 *
 * Returns: whether it can be decoded
 */
gboolean
confab_peer_picture_start (ConfabPeerPicture      *self,
                           const ConfabCodecInfo  *info,
                           GstPad                 *rtp,
                           GError                **error)
{
  g_autofree char *description = confab_codec_describe_decoding (info);
  g_autoptr(GstPad) input = NULL;

  self->bin = confab_gst_add_bin (self->pipeline, description, error);
  if (!self->bin)
    return FALSE;

  self->tee = confab_gst_add_tee (self->bin);
  input = gst_element_get_static_pad (self->tee, "sink");
  gst_pad_add_probe (input, GST_PAD_PROBE_TYPE_BUFFER, decoded_cb, self, NULL);
  if (self->sink)
    self->view = confab_gst_add_view (self->pipeline, self->tee, self->sink);

  return confab_gst_start_from (rtp, self->bin, error);
}

void
confab_peer_picture_stop (ConfabPeerPicture *self)
{
  g_clear_pointer (&self->view, confab_gst_remove_view);
  g_clear_pointer (&self->bin, confab_gst_remove);
  g_clear_pointer (&self->tee, confab_gst_remove);
}

gboolean
confab_peer_picture_is_on (ConfabPeerPicture *self)
{
  return self->bin != NULL;
}

/* Whether @object is a part of it; not of what shows it. */
gboolean
confab_peer_picture_owns (ConfabPeerPicture *self,
                          GstObject         *object)
{
  return confab_gst_is_inside (object, self->bin) || confab_gst_is_inside (object, self->tee);
}

/**
 * confab_peer_picture_set_sink:
 * @self: a picture
 * @sink: (nullable): an element with one sink pad for raw video
 *
 * Sets where it is shown, whether it has come already or not.
 */
void
confab_peer_picture_set_sink (ConfabPeerPicture *self,
                              GstElement        *sink)
{
  if (self->sink == sink)
    return;

  g_clear_pointer (&self->view, confab_gst_remove_view);
  g_set_object (&self->sink, sink);
  if (sink && self->tee)
    self->view = confab_gst_add_view (self->pipeline, self->tee, sink);
}

static void
measure_fps (ConfabPeerPicture *self,
             guint              n_frames,
             gint64             now_us)
{
  gint64 passed_us = now_us - self->frames_at_us;

  if (passed_us < FPS_OVER_US)
    return;

  self->fps = (double) (n_frames - self->n_frames_before) * G_USEC_PER_SEC / (double) passed_us;
  self->n_frames_before = n_frames;
  self->frames_at_us = now_us;
}

static void
find_size (ConfabPeerPicture      *self,
           ConfabPeerPictureStats *stats)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad (self->tee, "sink");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;

  if (caps && gst_video_info_from_caps (&info, caps))
    {
      stats->width = (guint) info.width;
      stats->height = (guint) info.height;
    }
}

void
confab_peer_picture_get_stats (ConfabPeerPicture      *self,
                               ConfabPeerPictureStats *stats)
{
  guint n_frames = (guint) g_atomic_int_get (&self->n_frames);

  measure_fps (self, n_frames, g_get_monotonic_time ());
  *stats = (ConfabPeerPictureStats) { .frames_decoded = n_frames,
                                      .frames_per_second = self->fps };
  if (self->tee)
    find_size (self, stats);
}
