/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-media-link"

#include "config.h"

#include "confab-media-internal-private.h"

#include "confab-call-error.h"
#include "confab-congestion-private.h"
#include "confab-gst-private.h"

#include <gst/video/video.h>

#define N_KINDS 2u
#define N_LEVELS 10u      /* ten a second */
#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define START_RATE_BPS 800000u
#define MIN_RATE_BPS 40000u
#define MAX_RATE_BPS 4000000u
/* How long the jitter buffer waits for a packet: little where packets come evenly, more where they
 * came too late lately, be it for the network or for want of processor time. */
#define PATIENCE_EVERY_US G_USEC_PER_SEC
#define PATIENCE_MIN_MS 40u
#define PATIENCE_MAX_MS 300u
#define PATIENCE_UP_MS 20u
#define PATIENCE_DOWN_MS 5u
#define PATIENCE_DOWN_AFTER_US (10 * G_USEC_PER_SEC)

/* Of sound. */
#define LONGEST_PACKET (120 * GST_MSECOND)
#define USUAL_PACKET (20 * GST_MSECOND)

#define FPS_OVER_US (2 * G_USEC_PER_SEC)

/* What goes to the peer: from the shared encoder to a payloader of its own. */
typedef struct {
  GstElement  *bin;        /* owned by the pipeline; NULL while nothing is sent */
  GstElement  *valve;
  ConfabCodec  codec;
} Sender;

/* What comes from the peer, decoded. */
typedef struct {
  GstElement *bin;         /* owned by the pipeline; NULL while nothing comes */
  GstElement *tee;         /* of pictures */
  GstPad     *voice;       /* of the mixer */
} Receiver;

/**
 * ConfabMediaLink:
 *
 * What stands between the media of a call and one peer.
 *
 * Sends what is coded for all with the payload type and SSRC of this peer, nothing before
 * confab_media_link_connected(); decodes what comes; and finds from the peer's feedback how
 * much may be sent. Close it before its webrtcbin goes.
 */
struct _ConfabMediaLink
{
  GObject           parent_instance;

  ConfabMedia      *media;          /* NULL when closed */
  GstElement       *pipeline;
  Sender            senders[N_KINDS];
  gboolean          connected;

  GRecMutex         lock;           /* pads come in streaming threads */
  Receiver          receivers[N_KINDS];
  GstElement       *video_sink;     /* of the application */
  GstElement       *view;
  GstElement       *webrtc;         /* of the peer, from the first pad that came */

  guint             patience_ms;
  guint64           n_late;         /* packets that came too late, in all */
  guint64           n_unheard;      /* pieces of sound that were decoded too late to be mixed */
  gint64            late_at_us;     /* when that number grew last */
  gint64            patience_at_us; /* when it was looked at last */

  GMutex            feedback_lock;  /* the rest is of streaming threads as well */
  ConfabCongestion *congestion;
  guint32           last_feedback;  /* seqnum of the event: each stream gets the same */
  guint64           n_reported;     /* packets that feedback has told of */
  guint64           n_frames;
  guint64           n_frames_before;
  gint64            frames_at_us;
  double            fps;
  double            levels_db[N_LEVELS];  /* of the last second */
  guint             n_levels;
};

G_DEFINE_FINAL_TYPE (ConfabMediaLink, confab_media_link, G_TYPE_OBJECT)

/* --- Feedback --- */

static gboolean
read_report (const GValue       *value,
             ConfabPacketReport *report)
{
  const GstStructure *packet = GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value)
                                                                 : NULL;
  guint64 sent_ns, received_ns = GST_CLOCK_TIME_NONE;
  gboolean lost = FALSE;

  if (!packet || !gst_structure_get_uint64 (packet, "local-ts", &sent_ns) ||
      !GST_CLOCK_TIME_IS_VALID (sent_ns) ||
      !gst_structure_get_uint (packet, "size", &report->size_bytes))
    return FALSE;

  gst_structure_get_uint64 (packet, "remote-ts", &received_ns);
  gst_structure_get_boolean (packet, "lost", &lost);
  report->sent_us = (gint64) (sent_ns / GST_USECOND);
  report->received_us = lost || !GST_CLOCK_TIME_IS_VALID (received_ns)
    ? CONFAB_PACKET_LOST : (gint64) (received_ns / GST_USECOND);

  return TRUE;
}

static void
take_feedback (ConfabMediaLink    *self,
               const GstStructure *feedback)
{
  g_autoptr(GArray) reports = g_array_new (FALSE, FALSE, sizeof (ConfabPacketReport));
  guint n_packets;
  const GValue *packets = confab_gst_get_values (feedback, "packets", &n_packets);

  for (guint i = 0; i < n_packets; i++)
    {
      ConfabPacketReport report;

      if (read_report (&packets[i], &report))
        g_array_append_val (reports, report);
    }

  confab_congestion_add_feedback (self->congestion, g_get_monotonic_time (),
                                  (ConfabPacketReport *) reports->data, reports->len);
  self->n_reported += reports->len;
}

/* What webrtcbin sends up on the pads of this peer. */
static GstPadProbeReturn
upstream_cb (GstPad          *pad,
             GstPadProbeInfo *info,
             gpointer         user_data)
{
  ConfabMediaLink *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  const GstStructure *structure = gst_event_get_structure (event);

  if (!structure || !gst_structure_has_name (structure, "RTPTWCCPackets"))
    return GST_PAD_PROBE_OK;

  g_mutex_lock (&self->feedback_lock);
  if (self->last_feedback != gst_event_get_seqnum (event))
    {
      self->last_feedback = gst_event_get_seqnum (event);
      take_feedback (self, structure);
    }
  g_mutex_unlock (&self->feedback_lock);

  /* It is for us; the encoders behind do not know it. */
  return GST_PAD_PROBE_DROP;
}

/* --- Sending --- */

static GstCaps *
make_rtp_caps (const ConfabCodecInfo *info,
               guint                  payload_type,
               guint                  twcc_id)
{
  GstCaps *caps =
    gst_caps_new_simple ("application/x-rtp",
                         "media", G_TYPE_STRING,
                         info->kind == CONFAB_MEDIA_KIND_AUDIO ? "audio" : "video",
                         "encoding-name", G_TYPE_STRING, info->encoding_name,
                         "clock-rate", G_TYPE_INT, (int) info->clock_rate,
                         "payload", G_TYPE_INT, (int) payload_type, NULL);

  if (twcc_id > 0)
    {
      g_autofree char *field = g_strdup_printf ("extmap-%u", twcc_id);

      /* The payloader adds what its caps ask for. */
      gst_caps_set_simple (caps, field, G_TYPE_STRING, TWCC_URI, NULL);
    }

  return caps;
}

static GstElement *
make_sender (ConfabMediaLink        *self,
             const ConfabCodecInfo  *info,
             guint                   payload_type,
             guint                   twcc_id,
             guint32                 ssrc,
             GError                **error)
{
  g_autofree char *description =
    g_strdup_printf ("valve name=valve drop=true drop-mode=forward-sticky-events ! %s ! "
                     "capsfilter name=rtp ! queue max-size-buffers=0 max-size-bytes=0 "
                     "max-size-time=1000000000 leaky=downstream", info->payload);
  g_autoptr(GstCaps) caps = make_rtp_caps (info, payload_type, twcc_id);
  GstElement *bin = confab_gst_add_bin (self->pipeline, NULL, description, error);
  g_autoptr(GstElement) pay = NULL;
  g_autoptr(GstElement) rtp = NULL;

  if (!bin)
    return NULL;

  pay = confab_gst_get_child (bin, "pay");
  rtp = confab_gst_get_child (bin, "rtp");
  g_object_set (pay, "pt", payload_type, "ssrc", ssrc, "mtu", 1200, NULL);
  g_object_set (rtp, "caps", caps, NULL);

  return bin;
}

/**
 * confab_media_link_send:
 * @self: a link
 * @encoding_name: the codec, as SDP calls it
 * @payload_type: its number in this peer's SDP
 * @twcc_id: the number of the header extension for transport-wide feedback, 0 for none
 * @ssrc: what this stream is called in SDP
 * @error: where to put an error
 *
 * Begins to code what is captured, if nobody has yet, and packs it for this peer. Sends nothing
 * before confab_media_link_connected(). What was sent of the same kind stops.
 *
 * Returns: (transfer full) (nullable): a pad that has `application/x-rtp`, to be linked to
 *   webrtcbin
 */
GstPad *
confab_media_link_send (ConfabMediaLink  *self,
                        const char       *encoding_name,
                        guint             payload_type,
                        guint             twcc_id,
                        guint32           ssrc,
                        GError          **error)
{
  const ConfabCodecInfo *info = confab_codec_find (encoding_name);
  GstElement *tee;
  Sender *sender;
  GstPad *output;

  g_return_val_if_fail (CONFAB_IS_MEDIA_LINK (self) && self->media, NULL);

  if (!info || !confab_codec_is_usable (info->codec))
    {
      g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                   "“%s” cannot be coded here", encoding_name);
      return NULL;
    }

  confab_media_link_stop_sending (self, info->kind);
  tee = confab_media_acquire_coded (self->media, info->codec, error);
  if (!tee)
    return NULL;

  sender = &self->senders[info->kind];
  sender->bin = make_sender (self, info, payload_type, twcc_id, ssrc, error);
  if (!sender->bin)
    {
      confab_media_release_coded (self->media, info->codec);
      return NULL;
    }

  sender->codec = info->codec;
  sender->valve = confab_gst_get_child (sender->bin, "valve");
  g_object_set (sender->valve, "drop", !self->connected, NULL);
  output = gst_element_get_static_pad (sender->bin, "src");
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, upstream_cb, self, NULL);
  confab_gst_tee_add (tee, sender->bin);
  if (self->connected)
    confab_media_force_key (self->media, sender->codec);

  return output;
}

/**
 * confab_media_link_stop_sending:
 * @self: a link
 * @kind: sound or picture
 *
 * Sends it no more, and takes it off its webrtcbin's pad.
 */
void
confab_media_link_stop_sending (ConfabMediaLink *self,
                                ConfabMediaKind  kind)
{
  Sender *sender = &self->senders[kind];

  if (!sender->bin)
    return;

  g_clear_object (&sender->valve);
  g_clear_pointer (&sender->bin, confab_gst_tee_remove);
  confab_media_release_coded (self->media, sender->codec);
}

/**
 * confab_media_link_connected:
 * @self: a link
 *
 * Lets go what is sent: the way to the peer is open. The picture begins with a key frame.
 */
void
confab_media_link_connected (ConfabMediaLink *self)
{
  g_return_if_fail (CONFAB_IS_MEDIA_LINK (self));

  self->connected = TRUE;
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (self->senders[kind].bin)
      {
        g_object_set (self->senders[kind].valve, "drop", FALSE, NULL);
        confab_media_force_key (self->media, self->senders[kind].codec);
      }
}

/* --- Receiving --- */

static GstPadProbeReturn
decoded_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  ConfabMediaLink *self = user_data;

  g_mutex_lock (&self->feedback_lock);
  self->n_frames++;
  g_mutex_unlock (&self->feedback_lock);

  return GST_PAD_PROBE_OK;
}

static GstElement *
make_receiver (ConfabMediaLink        *self,
               const ConfabCodecInfo  *info,
               GError                **error)
{
  const char *tail = info->kind == CONFAB_MEDIA_KIND_AUDIO
    ? " ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! "
                     "level name=level interval=100000000"
    : "";
  /* The queue lets the jitter buffer go on with what comes while this decodes. */
  g_autofree char *description =
    g_strdup_printf ("queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 ! "
                     "%s ! %s%s", info->depayload, confab_codec_get_decoder (info->codec), tail);

  return confab_gst_add_bin (self->pipeline, NULL, description, error);
}

/* The decoder keeps one packet back, to mend the one before with it, and says that this may be as
 * long as a packet can be. Those that people send have 20 ms. All of the pipeline waits for what
 * it says, pictures too. Where packets are longer, sound comes too late at first, and the jitter
 * buffer grows by as much. */
static GstPadProbeReturn
voice_latency_cb (GstPad          *pad,
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

static void
connect_voice (ConfabMediaLink *self,
               Receiver        *receiver)
{
  g_autoptr(GstPad) output = gst_element_get_static_pad (receiver->bin, "src");

  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL,
                     voice_latency_cb, NULL, NULL);
  receiver->voice = confab_playback_add_voice (confab_media_get_playback (self->media));
  gst_pad_link (output, receiver->voice);
}

static void
connect_picture (ConfabMediaLink *self,
                 Receiver        *receiver)
{
  g_autoptr(GstPad) input = NULL;

  receiver->tee = confab_gst_add_tee (receiver->bin);
  input = gst_element_get_static_pad (receiver->tee, "sink");
  gst_pad_add_probe (input, GST_PAD_PROBE_TYPE_BUFFER, decoded_cb, self, NULL);
  if (self->video_sink)
    self->view = confab_gst_add_view (self->pipeline, receiver->tee, self->video_sink);
}

static void
stop_receiving (ConfabMediaLink *self,
                ConfabMediaKind  kind)
{
  Receiver *receiver = &self->receivers[kind];

  if (!receiver->bin)
    return;

  if (kind == CONFAB_MEDIA_KIND_VIDEO)
    g_clear_pointer (&self->view, confab_gst_remove_view);
  g_clear_pointer (&receiver->bin, confab_gst_remove);
  g_clear_pointer (&receiver->tee, confab_gst_remove);
  if (receiver->voice)
    confab_playback_remove_voice (confab_media_get_playback (self->media), receiver->voice);
  g_clear_object (&receiver->voice);
}

static const ConfabCodecInfo *
find_codec_of (GstPad *rtp)
{
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (rtp);

  if (!caps)
    caps = gst_pad_query_caps (rtp, NULL);
  if (!caps || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return NULL;

  return confab_codec_find (gst_structure_get_string (gst_caps_get_structure (caps, 0),
                                                      "encoding-name"));
}

/**
 * confab_media_link_receive:
 * @self: a link
 * @rtp: a source pad of this peer's webrtcbin
 * @error: where to put an error
 *
 * Decodes what comes out of the pad, and lets it be heard or seen. What was received of the same
 * kind stops. May be called in the streaming thread.
 *
 * Returns: whether it can be decoded
 */
gboolean
confab_media_link_receive (ConfabMediaLink  *self,
                           GstPad           *rtp,
                           GError          **error)
{
  const ConfabCodecInfo *info = find_codec_of (rtp);
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  g_autoptr(GstPad) input = NULL;
  Receiver *receiver;

  if (!self->media || !info || !confab_codec_is_usable (info->codec))
    {
      g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                   "“%s” cannot be decoded here", info ? info->encoding_name : "An unknown codec");
      return FALSE;
    }

  stop_receiving (self, info->kind);
  if (!self->webrtc)
    self->webrtc = gst_pad_get_parent_element (rtp);
  receiver = &self->receivers[info->kind];
  receiver->bin = make_receiver (self, info, error);
  if (!receiver->bin)
    return FALSE;

  if (info->kind == CONFAB_MEDIA_KIND_AUDIO)
    connect_voice (self, receiver);
  else
    connect_picture (self, receiver);

  gst_element_sync_state_with_parent (receiver->bin);
  input = gst_element_get_static_pad (receiver->bin, "sink");

  return gst_pad_link (rtp, input) == GST_PAD_LINK_OK;
}

void
confab_media_link_stop_receiving (ConfabMediaLink *self,
                                  ConfabMediaKind  kind)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  stop_receiving (self, kind);
}

/**
 * confab_media_link_set_video_sink:
 * @self: a link
 * @sink: (nullable): an element with one sink pad for raw video
 *
 * Sets where the peer's picture is shown, whether there is one already or not.
 */
void
confab_media_link_set_video_sink (ConfabMediaLink *self,
                                  GstElement      *sink)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  Receiver *receiver = &self->receivers[CONFAB_MEDIA_KIND_VIDEO];

  if (self->video_sink == sink)
    return;

  g_clear_pointer (&self->view, confab_gst_remove_view);
  g_set_object (&self->video_sink, sink);
  if (sink && receiver->tee)
    self->view = confab_gst_add_view (self->pipeline, receiver->tee, sink);
}

/* --- What is known --- */

static void
measure_fps (ConfabMediaLink *self,
             gint64           now_us)
{
  gint64 passed_us = now_us - self->frames_at_us;

  if (passed_us < FPS_OVER_US)
    return;

  self->fps = (double) (self->n_frames - self->n_frames_before) * G_USEC_PER_SEC /
              (double) passed_us;
  self->n_frames_before = self->n_frames;
  self->frames_at_us = now_us;
}

static void
get_size (Receiver             *receiver,
          ConfabMediaLinkStats *stats)
{
  g_autoptr(GstPad) pad = NULL;
  g_autoptr(GstCaps) caps = NULL;
  GstVideoInfo info;

  if (!receiver->tee)
    return;

  pad = gst_element_get_static_pad (receiver->tee, "sink");
  caps = gst_pad_get_current_caps (pad);
  if (caps && gst_video_info_from_caps (&info, caps))
    {
      stats->width = (guint) info.width;
      stats->height = (guint) info.height;
    }
}

/* Who speaks pauses, and who looks now and then must not hear nothing but pauses. */
static double
find_level (ConfabMediaLink *self)
{
  double loudest_db = CONFAB_GST_SILENCE_DB;

  for (guint i = 0; i < N_LEVELS; i++)
    loudest_db = MAX (loudest_db, self->levels_db[i]);

  return loudest_db;
}

/**
 * confab_media_link_get_stats:
 * @self: a link
 * @stats: (out caller-allocates): what is known now
 */
void
confab_media_link_get_stats (ConfabMediaLink      *self,
                             ConfabMediaLinkStats *stats)
{
  *stats = (ConfabMediaLinkStats) { .audio_level_db = CONFAB_GST_SILENCE_DB };

  g_rec_mutex_lock (&self->lock);
  stats->has_audio = self->receivers[CONFAB_MEDIA_KIND_AUDIO].bin != NULL;
  stats->has_video = self->receivers[CONFAB_MEDIA_KIND_VIDEO].bin != NULL;
  get_size (&self->receivers[CONFAB_MEDIA_KIND_VIDEO], stats);
  g_rec_mutex_unlock (&self->lock);

  g_mutex_lock (&self->feedback_lock);
  measure_fps (self, g_get_monotonic_time ());
  stats->frames_decoded = self->n_frames;
  stats->frames_per_second = self->fps;
  stats->audio_level_db = find_level (self);
  stats->send_rate_bps = confab_congestion_get_rate_bps (self->congestion);
  stats->send_loss = confab_congestion_get_loss (self->congestion);
  stats->n_reported = self->n_reported;
  g_mutex_unlock (&self->feedback_lock);
}

gboolean
confab_media_link_get_rate (ConfabMediaLink *self,
                            gint64           now_us,
                            guint           *bits_per_s)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->feedback_lock);

  /* A peer that gives no feedback gets what everybody can take. */
  if (!self->connected || self->n_reported == 0)
    return FALSE;

  confab_congestion_tick (self->congestion, now_us);
  *bits_per_s = confab_congestion_get_rate_bps (self->congestion);

  return TRUE;
}

static guint64
count_late (GstElement *webrtc)
{
  g_autoptr(GstIterator) buffers = NULL;
  g_auto(GValue) item = G_VALUE_INIT;
  guint64 n_late = 0;

  if (!GST_IS_BIN (webrtc))
    return 0;

  buffers = gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtc), "rtpjitterbuffer");
  while (gst_iterator_next (buffers, &item) == GST_ITERATOR_OK)
    {
      g_autoptr(GstStructure) stats = NULL;
      guint64 n = 0;

      g_object_get (g_value_get_object (&item), "stats", &stats, NULL);
      if (stats && gst_structure_get_uint64 (stats, "num-late", &n))
        n_late += n;
      g_value_reset (&item);
    }

  return n_late;
}

static guint
pick_patience (ConfabMediaLink *self,
               guint64          n_late,
               gint64           now_us)
{
  if (n_late > self->n_late)
    {
      self->late_at_us = now_us;
      return MIN (self->patience_ms + MAX (PATIENCE_UP_MS, self->patience_ms / 3),
                  PATIENCE_MAX_MS);
    }

  if (now_us - self->late_at_us > PATIENCE_DOWN_AFTER_US)
    return MAX (self->patience_ms - PATIENCE_DOWN_MS, PATIENCE_MIN_MS);

  return self->patience_ms;
}

void
confab_media_link_tick (ConfabMediaLink *self,
                        gint64           now_us)
{
  g_autoptr(GstElement) webrtc = NULL;
  guint64 n_late;
  guint patience_ms;

  if (now_us - self->patience_at_us < PATIENCE_EVERY_US)
    return;

  g_rec_mutex_lock (&self->lock);
  webrtc = self->webrtc ? gst_object_ref (self->webrtc) : NULL;
  g_rec_mutex_unlock (&self->lock);
  if (!webrtc || !g_object_class_find_property (G_OBJECT_GET_CLASS (webrtc), "latency"))
    return;

  self->patience_at_us = now_us;
  n_late = count_late (webrtc) + self->n_unheard;
  patience_ms = pick_patience (self, n_late, now_us);
  self->n_late = n_late;
  if (patience_ms == self->patience_ms)
    return;

  self->patience_ms = patience_ms;
  g_debug ("Waits %u ms for packets", patience_ms);
  g_object_set (webrtc, "latency", patience_ms, NULL);
}

gboolean
confab_media_link_owns (ConfabMediaLink *self,
                        GstObject       *object)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  for (guint kind = 0; kind < N_KINDS; kind++)
    if (confab_gst_is_inside (object, self->senders[kind].bin) ||
        confab_gst_is_inside (object, self->receivers[kind].bin) ||
        confab_gst_is_inside (object, self->receivers[kind].tee))
      return TRUE;

  return FALSE;
}

gboolean
confab_media_link_take_message (ConfabMediaLink *self,
                                GstMessage      *message)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  Receiver *receiver = &self->receivers[CONFAB_MEDIA_KIND_AUDIO];
  GstElement *bin = receiver->bin;
  double level_db;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_QOS && receiver->voice &&
      GST_MESSAGE_SRC (message) == GST_OBJECT (receiver->voice))
    {
      self->n_unheard++;
      return TRUE;
    }

  if (!confab_gst_is_inside (GST_MESSAGE_SRC (message), bin) ||
      !confab_gst_read_level (message, &level_db))
    return FALSE;

  self->levels_db[self->n_levels++ % N_LEVELS] = level_db;

  return TRUE;
}

static void
confab_media_link_dispose (GObject *object)
{
  confab_media_link_close (CONFAB_MEDIA_LINK (object));

  G_OBJECT_CLASS (confab_media_link_parent_class)->dispose (object);
}

static void
confab_media_link_finalize (GObject *object)
{
  ConfabMediaLink *self = CONFAB_MEDIA_LINK (object);

  g_clear_pointer (&self->congestion, confab_congestion_free);
  g_rec_mutex_clear (&self->lock);
  g_mutex_clear (&self->feedback_lock);

  G_OBJECT_CLASS (confab_media_link_parent_class)->finalize (object);
}

static void
confab_media_link_class_init (ConfabMediaLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_media_link_dispose;
  object_class->finalize = confab_media_link_finalize;
}

static void
confab_media_link_init (ConfabMediaLink *self)
{
  g_rec_mutex_init (&self->lock);
  g_mutex_init (&self->feedback_lock);
  self->patience_ms = PATIENCE_MIN_MS;
  self->congestion = confab_congestion_new (START_RATE_BPS, MIN_RATE_BPS, MAX_RATE_BPS);
  for (guint i = 0; i < N_LEVELS; i++)
    self->levels_db[i] = CONFAB_GST_SILENCE_DB;
  self->frames_at_us = g_get_monotonic_time ();
}

ConfabMediaLink *
confab_media_link_new (ConfabMedia *media)
{
  ConfabMediaLink *self = g_object_new (CONFAB_TYPE_MEDIA_LINK, NULL);

  self->media = g_object_ref (media);
  self->pipeline = gst_object_ref (confab_media_get_pipeline (media));
  confab_media_add_link (media, self);

  return self;
}

/**
 * confab_media_link_close:
 * @self: a link
 *
 * Takes all of it out of the pipeline. To be called before the peer's webrtcbin is removed. Does
 * nothing the second time.
 */
void
confab_media_link_close (ConfabMediaLink *self)
{
  g_autoptr(ConfabMedia) media = NULL;

  g_return_if_fail (CONFAB_IS_MEDIA_LINK (self));

  if (!self->media)
    return;

  for (guint kind = 0; kind < N_KINDS; kind++)
    confab_media_link_stop_sending (self, kind);

  g_rec_mutex_lock (&self->lock);
  for (guint kind = 0; kind < N_KINDS; kind++)
    stop_receiving (self, kind);
  g_clear_object (&self->video_sink);
  gst_clear_object (&self->webrtc);
  media = g_steal_pointer (&self->media);
  g_rec_mutex_unlock (&self->lock);

  confab_media_remove_link (media, self);
  gst_clear_object (&self->pipeline);
}
