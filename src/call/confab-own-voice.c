/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-own-voice"

#include "config.h"

#include "confab-own-voice-private.h"

#include "confab-codec-private.h"
#include "confab-feed-private.h"
#include "confab-gst-private.h"

/**
 * ConfabOwnVoice:
 *
 * Codes what the microphone hears once for all peers, whose payloaders hang on its tee.
 *
 * Runs without a microphone too. Muted it sends silence, and still tells how loud the microphone
 * is.
 */
struct _ConfabOwnVoice
{
  GstElement *bin;       /* owned by the pipeline */
  GstElement *level;
  GstElement *volume;
  GstElement *encoder;
  GstElement *tee;       /* owned by the pipeline */
  ConfabFeed  microphone;
  double      level_db;
  guint       rate_bps;  /* as set last */
};

/**
 * confab_own_voice_new:
 * @pipeline: where it works
 * @probe_name: (nullable): the echo probe of what is heard, the sound of which is to be taken out
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a voice without a microphone
 */
ConfabOwnVoice *
confab_own_voice_new (GstElement  *pipeline,
                      const char  *probe_name,
                      GError     **error)
{
  g_autofree char *dsp =
    probe_name ? g_strdup_printf ("webrtcdsp name=dsp probe=%s ! ", probe_name) : g_strdup ("");
  g_autofree char *description =
    g_strdup_printf ("queue leaky=downstream max-size-buffers=0 max-size-bytes=0 "
                     "max-size-time=200000000 ! audioconvert ! audioresample ! "
                     "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! %s"
                     "level name=level interval=100000000 ! volume name=volume ! %s",
                     dsp, confab_codec_get_encoder (CONFAB_CODEC_OPUS));
  GstElement *bin = confab_gst_add_bin (pipeline, description, error);
  ConfabOwnVoice *self;

  if (!bin)
    return NULL;

  self = g_new0 (ConfabOwnVoice, 1);
  self->bin = bin;
  self->level = confab_gst_get_child (bin, "level");
  self->volume = confab_gst_get_child (bin, "volume");
  self->encoder = confab_gst_get_child (bin, "encoder");
  self->tee = confab_gst_add_tee (bin);
  self->level_db = CONFAB_GST_SILENCE_DB;
  confab_feed_init (&self->microphone, CONFAB_FEED_SOUND, pipeline, bin);

  return self;
}

/* Its pipeline is about to go: what stands in it stays there. */
void
confab_own_voice_free (ConfabOwnVoice *self)
{
  confab_feed_clear (&self->microphone);
  g_object_unref (self->level);
  g_object_unref (self->volume);
  g_object_unref (self->encoder);
  g_free (self);
}

/**
 * confab_own_voice_set_source:
 * @self: a voice
 * @source: (transfer floating) (nullable): the microphone, with a pad `src`
 *
 * Returns: whether it fits
 */
gboolean
confab_own_voice_set_source (ConfabOwnVoice *self,
                             GstElement     *source)
{
  if (!source)
    self->level_db = CONFAB_GST_SILENCE_DB;

  return confab_feed_set_source (&self->microphone, source);
}

/* Whether what @object says is about the microphone. */
gboolean
confab_own_voice_owns_source (ConfabOwnVoice *self,
                              GstObject      *object)
{
  return confab_feed_owns (&self->microphone, object);
}

/* Whether it is about what stands between the microphone and the peers. */
gboolean
confab_own_voice_owns (ConfabOwnVoice *self,
                       GstObject      *object)
{
  return confab_gst_is_inside (object, self->bin);
}

GstElement *
confab_own_voice_get_tee (ConfabOwnVoice *self)
{
  return self->tee;
}

void
confab_own_voice_set_muted (ConfabOwnVoice *self,
                            gboolean        muted)
{
  g_object_set (self->volume, "mute", muted, NULL);
}

gboolean
confab_own_voice_get_muted (ConfabOwnVoice *self)
{
  gboolean muted;

  g_object_get (self->volume, "mute", &muted, NULL);

  return muted;
}

void
confab_own_voice_set_rate (ConfabOwnVoice *self,
                           guint           rate_bps)
{
  if (self->rate_bps == rate_bps)
    return;

  self->rate_bps = rate_bps;
  confab_codec_set_bitrate (CONFAB_CODEC_OPUS, self->encoder, rate_bps);
}

/* Of the messages of the pipeline, those about its level. */
void
confab_own_voice_take_level (ConfabOwnVoice *self,
                             GstMessage     *message)
{
  double level_db;

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->level) &&
      confab_gst_read_level (message, &level_db))
    self->level_db = level_db;
}

/* How loud the microphone is, muted or not: 0 is the loudest, -100 silence. */
double
confab_own_voice_get_level_db (ConfabOwnVoice *self)
{
  return self->level_db;
}
