/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-playback"

#include "config.h"

#include "confab-playback-private.h"

#include "confab-gst-private.h"

/* What voices may be late by, beyond the mixer's own 10 ms: the jitter buffer's wait and the
 * packet that the decoder keeps back. A voice that joins later than the first must not find a
 * mixer that has less. */
#define VOICE_LATENCY (60 * GST_MSECOND)

/**
 * ConfabPlayback:
 *
 * Mixes voices and plays them.
 *
 * The mixer runs whether or not there are voices or a speaker, so both can come and go. What it
 * plays goes through the echo probe, if there is one, for the microphone to subtract.
 */
struct _ConfabPlayback
{
  GstElement *pipeline;
  GstElement *mixer;
  GstElement *tail;
  GstElement *tee;
  GstElement *speaker;  /* a bin on the tee, or NULL */
};

static GstElement *
add_mixer (GstElement *pipeline)
{
  GstElement *mixer = gst_element_factory_make_full ("audiomixer", "force-live", TRUE,
                                                     "min-upstream-latency",
                                                     (guint64) VOICE_LATENCY, NULL);

  if (mixer)
    gst_bin_add (GST_BIN (pipeline), mixer);

  return mixer;
}

/* GStreamer 1.26's echo probe forgets to free a query at each latency it is told: it is told once,
 * not as often as the pipeline says it again. */
static GstPadProbeReturn
latency_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  int *told_us = user_data;
  GstClockTime latency;
  int latency_us;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_LATENCY)
    return GST_PAD_PROBE_OK;

  gst_event_parse_latency (GST_PAD_PROBE_INFO_EVENT (info), &latency);
  latency_us = (int) MIN (latency / GST_USECOND, G_MAXINT);

  return g_atomic_int_exchange (told_us, latency_us) == latency_us ? GST_PAD_PROBE_DROP
                                                                   : GST_PAD_PROBE_OK;
}

static void
spare_probe (GstElement *tail)
{
  g_autoptr(GstPad) output = gst_element_get_static_pad (tail, "src");

  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, latency_cb, g_new0 (int, 1),
                     g_free);
}

/**
 * confab_playback_new:
 * @pipeline: where it works
 * @probe_name: (nullable): what to call the echo probe; %NULL for none
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a mixer without voices and speaker
 */
ConfabPlayback *
confab_playback_new (GstElement  *pipeline,
                     const char  *probe_name,
                     GError     **error)
{
  g_autofree char *probe =
    probe_name ? g_strdup_printf ("! webrtcechoprobe name=%s", probe_name) : g_strdup ("");
  g_autofree char *description =
    g_strdup_printf ("audioconvert ! audioresample ! capsfilter caps=\"audio/x-raw,"
                     "format=S16LE,rate=48000,channels=1,layout=interleaved\" %s", probe);
  GstElement *tail = confab_gst_add_bin (pipeline, description, error);
  ConfabPlayback *self;

  if (!tail)
    return NULL;

  if (probe_name)
    spare_probe (tail);
  self = g_new0 (ConfabPlayback, 1);
  self->pipeline = pipeline;
  self->tail = tail;
  self->tee = confab_gst_add_tee (tail);
  self->mixer = add_mixer (pipeline);
  g_assert (self->mixer != NULL);  /* of the same plugin set as audioconvert */
  gst_element_link (self->mixer, tail);
  gst_element_sync_state_with_parent (tail);
  gst_element_sync_state_with_parent (self->mixer);

  return self;
}

void
confab_playback_free (ConfabPlayback *self)
{
  confab_playback_set_speaker (self, NULL);
  confab_gst_remove (self->mixer);
  confab_gst_remove (self->tail);
  confab_gst_remove (self->tee);
  g_free (self);
}

/**
 * confab_playback_set_speaker:
 * @self: a playback
 * @sink: (transfer floating) (nullable): where to play, with a pad `sink`
 *
 * Goes over to another speaker.
 *
 * Returns: whether it fits
 */
gboolean
confab_playback_set_speaker (ConfabPlayback *self,
                             GstElement     *sink)
{
  GstElement *head;

  g_clear_pointer (&self->speaker, confab_gst_tee_remove);
  if (!sink)
    return TRUE;

  /* Old sound is worth nothing: a sink that stalls must not delay what comes after. */
  head = gst_parse_bin_from_description ("queue leaky=downstream max-size-buffers=0 "
                                         "max-size-bytes=0 max-size-time=200000000 ! "
                                         "audioconvert ! audioresample", TRUE, NULL);
  g_assert (head != NULL);
  self->speaker = gst_bin_new (NULL);
  gst_bin_add_many (GST_BIN (self->speaker), head, sink, NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->speaker);
  if (!gst_element_link (head, sink))
    {
      g_clear_pointer (&self->speaker, confab_gst_remove);
      return FALSE;
    }

  {
    g_autoptr(GstPad) inner = gst_element_get_static_pad (head, "sink");

    gst_element_add_pad (self->speaker, gst_ghost_pad_new ("sink", inner));
  }
  confab_gst_tee_add (self->tee, self->speaker);

  return TRUE;
}

gboolean
confab_playback_owns (ConfabPlayback *self,
                      GstObject      *object)
{
  return confab_gst_is_inside (object, self->speaker);
}

/**
 * confab_playback_add_voice:
 * @self: a playback
 *
 * Returns: (transfer full): a pad for sound, to be given back to confab_playback_remove_voice()
 */
GstPad *
confab_playback_add_voice (ConfabPlayback *self)
{
  GstPad *voice = gst_element_request_pad_simple (self->mixer, "sink_%u");

  /* It says when it drops what came too late. */
  g_object_set (voice, "qos-messages", TRUE, NULL);

  return voice;
}

void
confab_playback_remove_voice (ConfabPlayback *self,
                              GstPad         *voice)
{
  gst_element_release_request_pad (self->mixer, voice);
}
