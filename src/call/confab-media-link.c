/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-media-link"

#include "config.h"

#include "confab-media-internal-private.h"

#include "confab-call-error.h"
#include "confab-feedback-private.h"
#include "confab-missing-private.h"
#include "confab-patience-private.h"
#include "confab-peer-picture-private.h"
#include "confab-peer-voice-private.h"
#include "confab-sender-private.h"

#define N_KINDS 2u

/**
 * ConfabMediaLink:
 *
 * What stands between the media of a call and one peer.
 *
 * Sends what is coded for all with the payload type and SSRC of this peer (#ConfabSender), nothing
 * before confab_media_link_connected(); has decoded what comes (#ConfabPeerVoice,
 * #ConfabPeerPicture); and knows from the peer's feedback how much may be sent (#ConfabFeedback).
 * Close it before its webrtcbin goes.
 */
struct _ConfabMediaLink
{
  GObject            parent_instance;

  ConfabMedia       *media;             /* NULL when closed */
  GstElement        *pipeline;
  ConfabSender      *senders[N_KINDS];  /* NULL while nothing is sent */
  ConfabMissing      unsent[N_KINDS];   /* why not */
  ConfabFeedback    *feedback;
  gboolean           connected;

  GRecMutex          lock;              /* of the rest: pads come in streaming threads */
  ConfabPeerVoice   *voice;
  ConfabPeerPicture *picture;
  GstElement        *webrtc;            /* of the peer, from the first pad that came */
  ConfabPatience     patience;
};

G_DEFINE_FINAL_TYPE (ConfabMediaLink, confab_media_link, G_TYPE_OBJECT)

static void
set_unsent (ConfabMediaLink *self,
            ConfabMediaKind  kind,
            ConfabMissing    unsent)
{
  if (self->unsent[kind] == unsent)
    return;

  self->unsent[kind] = unsent;
  confab_media_unsent_changed (self->media, kind);
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
  ConfabSender *sender;
  GstElement *tee;
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

  sender = confab_sender_new (self->pipeline, info, payload_type, twcc_id, ssrc, error);
  if (!sender)
    {
      confab_media_release_coded (self->media, info->codec);
      return NULL;
    }

  self->senders[info->kind] = sender;
  output = confab_sender_get_output (sender);
  confab_feedback_watch (self->feedback, output);
  if (self->connected)
    confab_sender_open (sender);
  confab_sender_start (sender, tee);
  if (self->connected)
    confab_media_force_key (self->media, info->codec);
  set_unsent (self, info->kind, CONFAB_MISSING_NONE);

  return output;
}

/**
 * confab_media_link_cannot_send:
 * @self: a link
 * @encoding_name: the codec that was agreed on
 * @error: why nothing is sent with it
 *
 * Tells the media of the call what this peer misses.
 */
void
confab_media_link_cannot_send (ConfabMediaLink *self,
                               const char      *encoding_name,
                               const GError    *error)
{
  const ConfabCodecInfo *info = confab_codec_find (encoding_name);

  if (info)
    set_unsent (self, info->kind, confab_missing_from_error (error));
}

ConfabMissing
confab_media_link_get_unsent (ConfabMediaLink *self,
                              ConfabMediaKind  kind)
{
  return self->unsent[kind];
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
  ConfabSender *sender = g_steal_pointer (&self->senders[kind]);
  ConfabCodec codec;

  if (!sender)
    return;

  codec = confab_sender_get_codec (sender);
  confab_sender_free (sender);
  confab_media_release_coded (self->media, codec);
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
    if (self->senders[kind])
      {
        confab_sender_open (self->senders[kind]);
        confab_media_force_key (self->media, confab_sender_get_codec (self->senders[kind]));
      }
}

static void
stop_receiving (ConfabMediaLink *self,
                ConfabMediaKind  kind)
{
  if (kind == CONFAB_MEDIA_KIND_AUDIO)
    confab_peer_voice_stop (self->voice);
  else
    confab_peer_picture_stop (self->picture);
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

  if (!self->media || !info || !confab_codec_is_usable (info->codec))
    {
      g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                   "“%s” cannot be decoded here", info ? info->encoding_name : "An unknown codec");
      return FALSE;
    }

  stop_receiving (self, info->kind);
  if (!self->webrtc)
    self->webrtc = gst_pad_get_parent_element (rtp);

  return info->kind == CONFAB_MEDIA_KIND_AUDIO
    ? confab_peer_voice_start (self->voice, info, rtp, error)
    : confab_peer_picture_start (self->picture, info, rtp, error);
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

  confab_peer_picture_set_sink (self->picture, sink);
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
  ConfabPeerPictureStats picture;
  ConfabFeedbackStats feedback;

  g_rec_mutex_lock (&self->lock);
  confab_peer_picture_get_stats (self->picture, &picture);
  *stats = (ConfabMediaLinkStats) {
    .frames_decoded = picture.frames_decoded,
    .width = picture.width,
    .height = picture.height,
    .frames_per_second = picture.frames_per_second,
    .audio_level_db = confab_peer_voice_get_level_db (self->voice),
    .has_audio = confab_peer_voice_is_on (self->voice),
    .has_video = confab_peer_picture_is_on (self->picture),
  };
  g_rec_mutex_unlock (&self->lock);

  confab_feedback_get_stats (self->feedback, &feedback);
  stats->send_rate_bps = feedback.rate_bps;
  stats->send_loss = feedback.loss;
  stats->n_reported = feedback.n_reported;
}

gboolean
confab_media_link_get_rate (ConfabMediaLink *self,
                            gint64           now_us,
                            guint           *bits_per_s)
{
  return self->connected && confab_feedback_tick (self->feedback, now_us, bits_per_s);
}

void
confab_media_link_tick (ConfabMediaLink *self,
                        gint64           now_us)
{
  g_autoptr(GstElement) webrtc = NULL;
  guint64 n_unheard;

  g_rec_mutex_lock (&self->lock);
  g_set_object (&webrtc, self->webrtc);
  n_unheard = confab_peer_voice_count_unheard (self->voice);
  g_rec_mutex_unlock (&self->lock);

  /* Not under the lock: webrtcbin may wait for a pad that waits for it. */
  if (webrtc && g_object_class_find_property (G_OBJECT_GET_CLASS (webrtc), "latency"))
    confab_patience_tick (&self->patience, webrtc, n_unheard, now_us);
}

gboolean
confab_media_link_owns (ConfabMediaLink *self,
                        GstObject       *object)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  for (guint kind = 0; kind < N_KINDS; kind++)
    if (self->senders[kind] && confab_sender_owns (self->senders[kind], object))
      return TRUE;

  return confab_peer_voice_owns (self->voice, object) ||
         confab_peer_picture_owns (self->picture, object);
}

gboolean
confab_media_link_take_message (ConfabMediaLink *self,
                                GstMessage      *message)
{
  g_autoptr(GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  return confab_peer_voice_take_message (self->voice, message);
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

  confab_peer_voice_free (self->voice);
  confab_peer_picture_free (self->picture);
  confab_feedback_free (self->feedback);
  g_rec_mutex_clear (&self->lock);

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
  self->feedback = confab_feedback_new ();
  confab_patience_init (&self->patience);
}

ConfabMediaLink *
confab_media_link_new (ConfabMedia *media)
{
  ConfabMediaLink *self = g_object_new (CONFAB_TYPE_MEDIA_LINK, NULL);

  self->media = g_object_ref (media);
  self->pipeline = gst_object_ref (confab_media_get_pipeline (media));
  self->voice = confab_peer_voice_new (self->pipeline, confab_media_get_playback (media));
  self->picture = confab_peer_picture_new (self->pipeline);
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
    {
      confab_media_link_stop_sending (self, kind);
      set_unsent (self, kind, CONFAB_MISSING_NONE);
    }

  g_rec_mutex_lock (&self->lock);
  for (guint kind = 0; kind < N_KINDS; kind++)
    stop_receiving (self, kind);
  confab_peer_picture_set_sink (self->picture, NULL);
  gst_clear_object (&self->webrtc);
  media = g_steal_pointer (&self->media);
  g_rec_mutex_unlock (&self->lock);

  confab_media_remove_link (media, self);
  gst_clear_object (&self->pipeline);
}
