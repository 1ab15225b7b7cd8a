/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-peer-voice"

#include "config.h"

#include "confab-peer-voice-private.h"

#include "confab-gst-private.h"

#define N_LEVELS 10u      /* ten a second */
#define LONGEST_PACKET (120 * GST_MSECOND)
#define USUAL_PACKET (20 * GST_MSECOND)
#define PAUSE (40 * GST_MSECOND)  /* nothing is said for longer: it is not sent */

/**
 * ConfabPeerVoice:
 *
 * Decodes what a peer says, gives it to the mixer and tells how loud it is.
 *
 * Comes and goes with the stream of the peer, for which it may be started again.
 */
struct _ConfabPeerVoice
{
  GstElement     *pipeline;             /* borrowed, like the next */
  ConfabPlayback *playback;
  GstElement     *bin;                  /* owned by the pipeline; NULL while nothing comes */
  GstPad         *input;                /* of the mixer */
  guint64         n_unheard;            /* pieces that were decoded too late to be mixed */
  GstClockTime    newest;               /* when the last packet was said; in the streaming thread */
  double          levels_db[N_LEVELS];  /* of the last second */
  guint           n_levels;
};

ConfabPeerVoice *
confab_peer_voice_new (GstElement     *pipeline,
                       ConfabPlayback *playback)
{
  ConfabPeerVoice *self = g_new0 (ConfabPeerVoice, 1);

  self->pipeline = pipeline;
  self->playback = playback;
  for (guint i = 0; i < N_LEVELS; i++)
    self->levels_db[i] = CONFAB_GST_SILENCE_DB;

  return self;
}

/* When it has stopped. */
void
confab_peer_voice_free (ConfabPeerVoice *self)
{
  g_assert (self->bin == NULL);

  g_free (self);
}

/* The decoder keeps one packet back, to mend the one before with it, and says that this may be as
 * long as a packet can be. Those that people send have 20 ms. All of the pipeline waits for what
 * it says, pictures too. Where packets are longer, sound comes too late at first, and the jitter
 * buffer grows by as much. */
static GstPadProbeReturn
latency_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstClockTime min, max;
  gboolean live;

  /* On the way back, with the answer. */
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY || !(info->type & GST_PAD_PROBE_TYPE_PULL))
    return GST_PAD_PROBE_OK;

  gst_query_parse_latency (query, &live, &min, &max);
  if (min >= LONGEST_PACKET)
    gst_query_set_latency (query, live, min - LONGEST_PACKET + USUAL_PACKET, max);

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
packet_cb (GstPad          *pad,
           GstPadProbeInfo *info,
           gpointer         user_data)
{
  ConfabPeerVoice *self = user_data;

  self->newest = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  return GST_PAD_PROBE_OK;
}

/* The packet that the decoder keeps back before a pause comes out with the first one behind it.
 * That is too late for the mixer, but no reason to wait longer for packets; and it was silent. */
static GstPadProbeReturn
piece_cb (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         user_data)
{
  ConfabPeerVoice *self = user_data;
  GstBuffer *piece = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!GST_BUFFER_PTS_IS_VALID (piece) || !GST_BUFFER_DURATION_IS_VALID (piece) ||
      !GST_CLOCK_TIME_IS_VALID (self->newest))
    return GST_PAD_PROBE_OK;

  return self->newest > GST_BUFFER_PTS (piece) + GST_BUFFER_DURATION (piece) + PAUSE
         ? GST_PAD_PROBE_DROP
         : GST_PAD_PROBE_OK;
}

/**
 * confab_peer_voice_start:
 * @self: a voice that has stopped
 * @info: how it is coded
 * @rtp: where its packets come from
 * @error: where to put an error
 *
 * Returns: whether it can be decoded
 */
gboolean
confab_peer_voice_start (ConfabPeerVoice        *self,
                         const ConfabCodecInfo  *info,
                         GstPad                 *rtp,
                         GError                **error)
{
  g_autofree char *decoding = confab_codec_describe_decoding (info);
  g_autofree char *description =
    g_strconcat (decoding, " ! audioconvert ! audioresample ! "
                 "audio/x-raw,rate=48000,channels=1 ! level name=level interval=100000000", NULL);
  g_autoptr(GstPad) input = NULL;
  g_autoptr(GstPad) output = NULL;

  self->bin = confab_gst_add_bin (self->pipeline, description, error);
  if (!self->bin)
    return FALSE;

  self->newest = GST_CLOCK_TIME_NONE;
  input = gst_element_get_static_pad (self->bin, "sink");
  gst_pad_add_probe (input, GST_PAD_PROBE_TYPE_BUFFER, packet_cb, self, NULL);
  output = gst_element_get_static_pad (self->bin, "src");
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_BUFFER, piece_cb, self, NULL);
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL,
                     latency_cb, NULL, NULL);
  self->input = confab_playback_add_voice (self->playback);
  gst_pad_link (output, self->input);

  return confab_gst_start_from (rtp, self->bin, error);
}

void
confab_peer_voice_stop (ConfabPeerVoice *self)
{
  if (!self->bin)
    return;

  g_clear_pointer (&self->bin, confab_gst_remove);
  confab_playback_remove_voice (self->playback, self->input);
  g_clear_object (&self->input);
}

gboolean
confab_peer_voice_is_on (ConfabPeerVoice *self)
{
  return self->bin != NULL;
}

gboolean
confab_peer_voice_owns (ConfabPeerVoice *self,
                        GstObject       *object)
{
  return confab_gst_is_inside (object, self->bin);
}

/* Of the messages of the pipeline, those about its level and about what came too late. */
gboolean
confab_peer_voice_take_message (ConfabPeerVoice *self,
                                GstMessage      *message)
{
  GstObject *from = GST_MESSAGE_SRC (message);
  double level_db;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_QOS && self->input &&
      from == GST_OBJECT (self->input))
    {
      self->n_unheard++;
      return TRUE;
    }

  if (!confab_gst_is_inside (from, self->bin) || !confab_gst_read_level (message, &level_db))
    return FALSE;

  self->levels_db[self->n_levels++ % N_LEVELS] = level_db;

  return TRUE;
}

/* The loudest of the last second: who speaks pauses, and who looks now and then must not hear
 * nothing but pauses. */
double
confab_peer_voice_get_level_db (ConfabPeerVoice *self)
{
  double loudest_db = CONFAB_GST_SILENCE_DB;

  for (guint i = 0; i < N_LEVELS; i++)
    loudest_db = MAX (loudest_db, self->levels_db[i]);

  return loudest_db;
}

guint64
confab_peer_voice_count_unheard (ConfabPeerVoice *self)
{
  return self->n_unheard;
}
