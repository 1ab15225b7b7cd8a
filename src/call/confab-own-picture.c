/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-own-picture"

#include "config.h"

#include "confab-own-picture-private.h"

#include "confab-encoder-private.h"
#include "confab-feed-private.h"
#include "confab-gst-private.h"

#include <gst/video/video.h>

/* Screens have no rate, and more than this is wasted on a call. */
#define MAX_FPS 30

/**
 * ConfabOwnPicture:
 *
 * Shows the person what is sent, and codes it for the peers.
 *
 * The source, a camera or a screen, may come and go and change its size. There is one encoder for
 * each codec that a peer takes, and all are told by confab_own_picture_adapt() how good the picture
 * may be.
 */
struct _ConfabOwnPicture
{
  GstElement    *pipeline;  /* borrowed */
  GstElement    *bin;       /* owned by the pipeline */
  GstElement    *tee;       /* owned by the pipeline: what is raw */
  gulong         caps_changed;
  ConfabFeed     source;
  gboolean       is_screen;
  GstElement    *sink;      /* of the application, for the person to see it */
  GstElement    *view;
  struct {
    ConfabEncoder *encoder;
    guint          n_users;
  }              encoders[CONFAB_N_CODECS];
  ConfabPicture  picture;   /* as seen last */
  ConfabQuality  quality;
  gint           resized;   /* atomic: the picture's size has changed */
};

static void
caps_cb (GstPad           *pad,
         GParamSpec       *pspec,
         ConfabOwnPicture *self)
{
  g_atomic_int_set (&self->resized, TRUE);
}

static gboolean
make_encoder (ConfabOwnPicture  *self,
              ConfabCodec        codec,
              GError           **error)
{
  if (!self->encoders[codec].encoder)
    self->encoders[codec].encoder = confab_encoder_new (self->pipeline, self->tee, codec, error);

  return self->encoders[codec].encoder != NULL;
}

/**
 * confab_own_picture_new:
 * @pipeline: where it works
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a picture without a source
 */
ConfabOwnPicture *
confab_own_picture_new (GstElement  *pipeline,
                        GError     **error)
{
  GstElement *bin = confab_gst_add_bin (pipeline,
                                        "queue leaky=downstream max-size-buffers=2 "
                                        "max-size-bytes=0 max-size-time=0 ! videoconvert ! "
                                        "capsfilter caps=video/x-raw,format=I420", error);
  g_autoptr(GstPad) pad = NULL;
  ConfabOwnPicture *self;

  if (!bin)
    return NULL;

  self = g_new0 (ConfabOwnPicture, 1);
  self->pipeline = pipeline;
  self->bin = bin;
  self->tee = confab_gst_add_tee (bin);
  confab_feed_init (&self->source, CONFAB_FEED_PICTURE, pipeline, bin);
  pad = gst_element_get_static_pad (self->tee, "sink");
  self->caps_changed = g_signal_connect (pad, "notify::caps", G_CALLBACK (caps_cb), self);

  /* The one that most calls have, while it rings: it is not to be waited for. */
  if (!make_encoder (self, CONFAB_CODEC_VP8, error))
    g_clear_pointer (&self, confab_own_picture_free);

  return self;
}

/* Its pipeline is about to go: but for the encoders, what stands in it stays there. */
void
confab_own_picture_free (ConfabOwnPicture *self)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad (self->tee, "sink");

  g_clear_signal_handler (&self->caps_changed, pad);
  confab_own_picture_set_view (self, NULL);
  confab_feed_clear (&self->source);
  for (guint i = 0; i < CONFAB_N_CODECS; i++)
    g_clear_pointer (&self->encoders[i].encoder, confab_encoder_free);
  g_free (self);
}

/**
 * confab_own_picture_set_camera:
 * @self: a picture
 * @camera: (transfer floating) (nullable): what to show, with a pad `src`; %NULL for nothing
 *
 * Takes out what was there, be it a screen.
 *
 * Returns: whether it fits
 */
gboolean
confab_own_picture_set_camera (ConfabOwnPicture *self,
                               GstElement       *camera)
{
  self->is_screen = FALSE;

  return confab_feed_set_source (&self->source, camera);
}

/* The same with a screen, whose letters have to stay readable. */
gboolean
confab_own_picture_set_screen (ConfabOwnPicture *self,
                               GstElement       *screen)
{
  self->is_screen = confab_feed_set_source (&self->source, screen);

  return self->is_screen;
}

gboolean
confab_own_picture_is_screen (ConfabOwnPicture *self)
{
  return self->is_screen;
}

/* Whether what @object says is about the camera or the screen. */
gboolean
confab_own_picture_owns_source (ConfabOwnPicture *self,
                                GstObject        *object)
{
  return confab_feed_owns (&self->source, object);
}

/* Whether it is about what stands between these and the peers. */
gboolean
confab_own_picture_owns (ConfabOwnPicture *self,
                         GstObject        *object)
{
  for (guint i = 0; i < CONFAB_N_CODECS; i++)
    if (self->encoders[i].encoder && confab_encoder_owns (self->encoders[i].encoder, object))
      return TRUE;

  return confab_gst_is_inside (object, self->bin);
}

/**
 * confab_own_picture_set_view:
 * @self: a picture
 * @sink: (nullable): an element with one sink pad for raw video
 *
 * Shows what is sent, before it is coded, to the person who sends it.
 */
void
confab_own_picture_set_view (ConfabOwnPicture *self,
                             GstElement       *sink)
{
  if (self->sink == sink)
    return;

  g_clear_pointer (&self->view, confab_gst_remove_view);
  g_set_object (&self->sink, sink);
  if (sink)
    self->view = confab_gst_add_view (self->pipeline, self->tee, sink);
}

static void
find_picture (ConfabOwnPicture *self)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad (self->tee, "sink");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;

  self->picture = (ConfabPicture) { 0 };
  if (!caps || !gst_video_info_from_caps (&info, caps))
    return;

  self->picture.width = (guint) info.width;
  self->picture.height = (guint) info.height;
  self->picture.fps =
    info.fps_n > 0 ? (guint) MIN (info.fps_n / MAX (info.fps_d, 1), MAX_FPS) : MAX_FPS;
  self->picture.detailed = self->is_screen;
}

static void
apply_quality (ConfabOwnPicture *self,
               ConfabEncoder    *encoder)
{
  if (encoder && self->picture.width > 0)
    confab_encoder_set_quality (encoder, &self->quality);
}

/**
 * confab_own_picture_adapt:
 * @self: a picture
 * @rate_bps: what may be sent to each peer, sound and all
 *
 * Chooses what to send, and codes so from now on. To be called often: the picture may be another
 * one by now.
 */
void
confab_own_picture_adapt (ConfabOwnPicture *self,
                          guint             rate_bps)
{
  ConfabQuality before = self->quality;

  find_picture (self);
  /* Another picture: what was chosen for the old one says nothing. */
  if (g_atomic_int_compare_and_exchange (&self->resized, TRUE, FALSE))
    self->quality = (ConfabQuality) { 0 }
  ;

  confab_quality_choose (&self->quality, &self->picture, rate_bps, g_get_monotonic_time ());
  if (self->quality.step != before.step ||
      (self->quality.video_bps == 0) != (before.video_bps == 0))
    g_debug ("Sends %u×%u at %u/s in %u bit/s", self->quality.width, self->quality.height,
             self->quality.fps, rate_bps);

  for (guint i = 0; i < CONFAB_N_CODECS; i++)
    apply_quality (self, self->encoders[i].encoder);
}

/* What is sent now, the share of the sound included. */
const ConfabQuality *
confab_own_picture_get_quality (ConfabOwnPicture *self)
{
  return &self->quality;
}

/* The tee that has what is coded with @codec, to be given back. */
GstElement *
confab_own_picture_acquire_coded (ConfabOwnPicture  *self,
                                  ConfabCodec        codec,
                                  GError           **error)
{
  ConfabEncoder *encoder;

  if (!make_encoder (self, codec, error))
    return NULL;

  encoder = self->encoders[codec].encoder;
  self->encoders[codec].n_users++;
  apply_quality (self, encoder);
  confab_encoder_set_wanted (encoder, TRUE);

  return confab_encoder_get_tee (encoder);
}

void
confab_own_picture_release_coded (ConfabOwnPicture *self,
                                  ConfabCodec       codec)
{
  if (--self->encoders[codec].n_users == 0)
    confab_encoder_set_wanted (self->encoders[codec].encoder, FALSE);
}

void
confab_own_picture_force_key (ConfabOwnPicture *self,
                              ConfabCodec       codec)
{
  if (self->encoders[codec].encoder)
    confab_encoder_force_key (self->encoders[codec].encoder);
}
