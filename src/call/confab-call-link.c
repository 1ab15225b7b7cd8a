/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-link"

#include "config.h"

#include "confab-call-link-private.h"

#include "confab-call-certificate-private.h"
#include "confab-call-door-private.h"
#include "confab-call-error.h"
#include "confab-call-ice-private.h"
#include "confab-call-sdp-private.h"

#include <gst/webrtc/webrtc.h>

/* Between two rooms of a house 40 ms are plenty, and each more is heard; the default is 200. */
#define JITTER_MS 40
#define MAX_EARLY_CANDIDATES 200

/**
 * ConfabCallLink:
 *
 * One link to one device: a webrtcbin in the pipeline of the call, and the order in which
 * descriptions and candidates have to be handed to it.
 *
 * One side calls confab_call_link_offer(), the other takes the offer, and answers it when it
 * wants to. What has to be told to the other side comes as #ConfabCallLink::description and
 * #ConfabCallLink::candidate, always in this order; what comes from it may come in any. All but
 * #ConfabCallLink::receiving happens in the main context. It knows nothing of ringing, of
 * people, or of what the pictures show.
 */
struct _ConfabCallLink
{
  GObject               parent_instance;

  GstBin               *pipeline;
  GstElement           *webrtc;
  ConfabCallDoor       *door;
  GPtrArray            *tunnels;       /* to relays that speak TLS */
  ConfabCallLinkState   state;

  gboolean              audio;
  gboolean              video;
  GStrv                 video_codecs;
  guint32               audio_ssrc;
  guint32               video_ssrc;

  gboolean              answer_wanted;
  gboolean              remote_is_set;
  gboolean              described;     /* the other side has been told the local description */
  gboolean              certified;     /* the other side has shown what it announced */
  GQueue                early;         /* of Candidate: theirs, before the remote description */
  GQueue                unsaid;        /* of Candidate: ours, before ::description */
  GstSDPMessage        *offer;         /* that is being answered */
  GstSDPMessage        *remote;        /* the last one */
  GHashTable           *sending;       /* m-lines that have something linked */
  char                 *local_fingerprint;
  char                 *remote_fingerprint;
};

G_DEFINE_FINAL_TYPE (ConfabCallLink, confab_call_link, G_TYPE_OBJECT)

typedef enum {
  PROP_STATE = 1,
} ConfabCallLinkProperty;

static GParamSpec *properties[PROP_STATE + 1];

typedef enum {
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_SENDING,
  SIGNAL_RECEIVING,
  SIGNAL_CHANNEL,
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS
} ConfabCallLinkSignal;

static guint signals[N_SIGNALS];

typedef struct
{
  char *text;
  char *mid;
  int   media_index;
} Candidate;

static Candidate *
candidate_new (const char *text,
               const char *mid,
               int         media_index)
{
  Candidate *self = g_new (Candidate, 1);

  self->text = g_strdup (text);
  self->mid = g_strdup (mid);
  self->media_index = media_index;

  return self;
}

static void
candidate_free (Candidate *self)
{
  g_free (self->text);
  g_free (self->mid);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Candidate, candidate_free)

static void
candidate_free_cb (gpointer data)
{
  candidate_free (data);
}

static void
set_state (ConfabCallLink      *self,
           ConfabCallLinkState  state)
{
  if (self->state == state || self->state == CONFAB_CALL_LINK_STATE_CLOSED)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
fail (ConfabCallLink *self,
      const GError   *error)
{
  g_debug ("%s", error->message);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
  set_state (self, CONFAB_CALL_LINK_STATE_FAILED);
}

/* What a promise was answered: whether it went well. */
static gboolean
check_reply (ConfabCallLink     *self,
             const GstStructure *reply)
{
  g_autoptr(GError) error = NULL;

  if (!self->webrtc)
    return FALSE;
  if (!reply || !gst_structure_has_field_typed (reply, "error", G_TYPE_ERROR))
    return TRUE;

  gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL);
  fail (self, error);

  return FALSE;
}

/* --- Candidates ------------------------------------------------------------------------------ */

static int
find_media_index (const GstSDPMessage *message,
                  const Candidate     *candidate)
{
  for (guint i = 0; candidate->mid && i < gst_sdp_message_medias_len (message); i++)
    if (g_strcmp0 (confab_call_sdp_get_mid (message, i), candidate->mid) == 0)
      return (int) i;

  return candidate->media_index;
}

static void
hand_over_candidate (ConfabCallLink  *self,
                     const Candidate *candidate)
{
  int media_index = find_media_index (self->remote, candidate);

  if (media_index < 0 || (guint) media_index >= gst_sdp_message_medias_len (self->remote))
    return;

  /* The end is NULL: an empty string would be taken for a candidate that is none. */
  g_signal_emit_by_name (self->webrtc, "add-ice-candidate", (guint) media_index,
                         *candidate->text ? candidate->text : NULL);
}

static void
hand_over_early (ConfabCallLink *self)
{
  Candidate *next;

  while ((next = g_queue_pop_head (&self->early)))
    {
      g_autoptr(Candidate) candidate = next;

      hand_over_candidate (self, candidate);
    }
}

static void
say_candidate (ConfabCallLink  *self,
               const Candidate *candidate)
{
  g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, candidate->text, candidate->mid,
                 candidate->media_index);
}

static void
found_candidate (gpointer            object,
                 const GstStructure *news)
{
  ConfabCallLink *self = object;
  const char *text = gst_structure_get_string (news, "candidate");
  g_autoptr(GstWebRTCSessionDescription) local = NULL;
  g_autoptr(Candidate) candidate = NULL;
  guint media_index = 0;

  if (!self->webrtc || !text || !*text)
    return;

  gst_structure_get_uint (news, "media-index", &media_index);
  g_object_get (self->webrtc, "local-description", &local, NULL);
  candidate = candidate_new (text,
                             local ? confab_call_sdp_get_mid (local->sdp, media_index) : NULL,
                             (int) media_index);
  if (self->described)
    say_candidate (self, candidate);
  else
    g_queue_push_tail (&self->unsaid, g_steal_pointer (&candidate));
}

static void
ice_candidate_cb (GstElement     *webrtc,
                  guint           media_index,
                  const char     *candidate,
                  ConfabCallDoor *door)
{
  confab_call_door_tell (door, found_candidate,
                         gst_structure_new ("candidate", "media-index", G_TYPE_UINT, media_index,
                                            "candidate", G_TYPE_STRING, candidate, NULL));
}

/* --- Descriptions ---------------------------------------------------------------------------- */

static void
say_description (ConfabCallLink *self,
                 gboolean        is_offer)
{
  g_autoptr(GstWebRTCSessionDescription) local = NULL;
  g_autofree char *text = NULL;
  Candidate *next;

  g_object_get (self->webrtc, is_offer ? "pending-local-description" : "current-local-description",
                &local, NULL);
  if (!local)
    return;

  text = gst_sdp_message_as_text (local->sdp);
  if (!self->local_fingerprint)
    self->local_fingerprint = confab_call_sdp_dup_fingerprint (local->sdp);
  self->described = TRUE;
  g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, is_offer, text);

  while (self->webrtc && (next = g_queue_pop_head (&self->unsaid)))
    {
      g_autoptr(Candidate) candidate = next;

      say_candidate (self, candidate);
    }
}

/* What was agreed on for a pad of webrtcbin that wants something to send. */
static void
link_sink_pad (ConfabCallLink *self,
               GstPad         *pad,
               GstSDPMessage  *agreed)
{
  g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;
  GstWebRTCRTPTransceiverDirection direction;
  guint media_index = 0;
  ConfabCallCodec codec = { 0 };
  gboolean is_audio;

  g_object_get (pad, "transceiver", &transceiver, NULL);
  if (!transceiver)
    return;

  g_object_get (transceiver, "mlineindex", &media_index, "current-direction", &direction, NULL);
  if (direction != GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV &&
      direction != GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY)
    return;
  if (g_hash_table_contains (self->sending, GUINT_TO_POINTER (media_index)))
    return;
  if (!confab_call_sdp_get_codec (agreed, media_index, &codec))
    return;

  g_hash_table_add (self->sending, GUINT_TO_POINTER (media_index));
  is_audio = g_str_equal (codec.encoding_name, "OPUS");
  g_signal_emit (self, signals[SIGNAL_SENDING], 0, pad, codec.encoding_name, codec.payload_type,
                 codec.twcc_id, is_audio ? self->audio_ssrc : self->video_ssrc);
  confab_call_codec_clear (&codec);
}

static void
link_sink_pads (ConfabCallLink *self,
                GstSDPMessage  *agreed)
{
  g_autoptr(GPtrArray) pads = g_ptr_array_new_with_free_func (gst_object_unref);

  GST_OBJECT_LOCK (self->webrtc);
  for (GList *each = self->webrtc->sinkpads; each; each = each->next)
    g_ptr_array_add (pads, gst_object_ref (each->data));
  GST_OBJECT_UNLOCK (self->webrtc);

  for (guint i = 0; i < pads->len && self->webrtc; i++)
    link_sink_pad (self, g_ptr_array_index (pads, i), agreed);
}

static void
local_offer_is_set (gpointer            object,
                    const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (check_reply (self, reply))
    say_description (self, TRUE);
}

static void
offer_is_made (gpointer            object,
               const GstStructure *reply)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) offer = NULL;

  if (!check_reply (self, reply))
    return;

  gst_structure_get (reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, NULL);
  confab_call_door_ask (self->door, self->webrtc, "set-local-description", offer,
                        local_offer_is_set);
}

static void
local_answer_is_set (gpointer            object,
                     const GstStructure *reply)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) local = NULL;

  if (!check_reply (self, reply))
    return;

  say_description (self, FALSE);
  if (!self->webrtc)
    return;

  g_object_get (self->webrtc, "current-local-description", &local, NULL);
  link_sink_pads (self, local->sdp);
}

static void
answer_is_made (gpointer            object,
                const GstStructure *reply)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) answer = NULL;

  if (!check_reply (self, reply))
    return;

  gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL);
  confab_call_sdp_prune (answer->sdp);
  confab_call_door_ask (self->door, self->webrtc, "set-local-description", answer,
                        local_answer_is_set);
}

static gboolean
wants (ConfabCallLink *self,
       const char     *media)
{
  return g_str_equal (media, "audio") ? self->audio
                                      : g_str_equal (media, "video") ? self->video : FALSE;
}

/* Each m-line of the offer that can be served sends as well as it receives; with one codec, so that
 * both sides know which. */
static void
prepare_transceiver (ConfabCallLink          *self,
                     GstWebRTCRTPTransceiver *transceiver,
                     GHashTable              *served)
{
  static const char * const audio_codecs[] = { "OPUS", NULL };
  const GstSDPMedia *media;
  const char *kind;
  gboolean is_audio;
  guint media_index = 0;
  GstCaps *caps;

  g_object_get (transceiver, "mlineindex", &media_index, NULL);
  if (media_index >= gst_sdp_message_medias_len (self->offer))
    return;

  media = gst_sdp_message_get_media (self->offer, media_index);
  kind = gst_sdp_media_get_media (media);
  is_audio = g_str_equal (kind, "audio");
  caps = confab_call_sdp_choose (self->offer, media_index,
                                 is_audio ? audio_codecs
                                          : (const char * const *) self->video_codecs,
                                 is_audio ? self->audio_ssrc : self->video_ssrc);
  if (!caps)
    return;

  g_object_set (transceiver, "codec-preferences", caps, "do-nack", !is_audio, "direction",
                wants (self, kind) && g_hash_table_add (served, (gpointer) kind)
                  ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV
                  : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                NULL);
  gst_caps_unref (caps);
}

static void
make_answer (ConfabCallLink *self)
{
  g_autoptr(GArray) transceivers = NULL;
  g_autoptr(GHashTable) served = g_hash_table_new (g_str_hash, g_str_equal);

  self->answer_wanted = FALSE;
  g_signal_emit_by_name (self->webrtc, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers && i < transceivers->len; i++)
    prepare_transceiver (self, g_array_index (transceivers, GstWebRTCRTPTransceiver *, i), served);

  confab_call_door_ask (self->door, self->webrtc, "create-answer", NULL, answer_is_made);
}

/* An answer that is made before this is empty. */
static void
remote_offer_is_set (gpointer            object,
                     const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->remote_is_set = TRUE;
  hand_over_early (self);
  if (self->answer_wanted)
    make_answer (self);
}

static void
remote_answer_is_set (gpointer            object,
                      const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->remote_is_set = TRUE;
  hand_over_early (self);
  link_sink_pads (self, self->remote);
}

static gboolean
take_remote (ConfabCallLink  *self,
             const char      *sdp,
             GError         **error)
{
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (sdp, error);
  g_autofree char *fingerprint = NULL;

  if (!message)
    return FALSE;

  fingerprint = confab_call_sdp_dup_fingerprint (message);
  if (self->remote &&
      (!confab_call_sdp_continues (message, self->remote) ||
       g_strcmp0 (fingerprint, self->remote_fingerprint) != 0))
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
                           "The other side's description does not continue the one before");
      return FALSE;
    }

  g_clear_pointer (&self->remote, gst_sdp_message_free);
  self->remote = g_steal_pointer (&message);
  g_set_str (&self->remote_fingerprint, fingerprint);

  return TRUE;
}

static void
set_remote (ConfabCallLink     *self,
            GstWebRTCSDPType    type,
            ConfabCallDoorFunc  then)
{
  g_autoptr(GstWebRTCSessionDescription) description = NULL;
  GstSDPMessage *copy;

  gst_sdp_message_copy (self->remote, &copy);
  description = gst_webrtc_session_description_new (type, copy);
  confab_call_door_ask (self->door, self->webrtc, "set-remote-description", description, then);
}

/* --- The state of the element ----------------------------------------------------------------- */

/* What webrtcbin leaves out: the certificate that was shown has to be the one of the description
 * (RFC 8827 §6.5). It comes in the middle of the handshake, so that this is told here before
 * anything that went over the connection. */
static void
certificate_shown (gpointer            object,
                   const GstStructure *news)
{
  ConfabCallLink *self = object;
  const char *pem = gst_structure_get_string (news, "pem");
  g_autoptr(GError) error = NULL;

  if (!self->webrtc)
    return;

  self->certified = pem && self->remote_fingerprint &&
                    confab_call_certificate_matches (pem, self->remote_fingerprint);
  if (self->certified)
    return;

  error = g_error_new_literal (CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                               "The other side's certificate is not the one it announced");
  fail (self, error);
  confab_call_link_close (self);
}

static void
peer_pem_cb (GstElement     *decoder,
             GParamSpec     *pspec,
             ConfabCallDoor *door)
{
  g_autofree char *pem = NULL;

  g_object_get (decoder, "peer-pem", &pem, NULL);
  confab_call_door_tell (door, certificate_shown,
                         gst_structure_new ("certificate", "pem", G_TYPE_STRING, pem, NULL));
}

static void
connection_changed (gpointer            object,
                    const GstStructure *news)
{
  ConfabCallLink *self = object;
  GstWebRTCPeerConnectionState state;

  if (!self->webrtc)
    return;

  g_object_get (self->webrtc, "connection-state", &state, NULL);
  switch (state)
    {
    case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      if (self->state == CONFAB_CALL_LINK_STATE_NEW)
        set_state (self, CONFAB_CALL_LINK_STATE_CONNECTING);
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      if (self->certified)
        set_state (self, CONFAB_CALL_LINK_STATE_CONNECTED);
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
      set_state (self, CONFAB_CALL_LINK_STATE_AWAY);
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
      set_state (self, CONFAB_CALL_LINK_STATE_FAILED);
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      set_state (self, CONFAB_CALL_LINK_STATE_CLOSED);
      break;
    }
}

static void
connection_state_cb (GstElement     *webrtc,
                     GParamSpec     *pspec,
                     ConfabCallDoor *door)
{
  confab_call_door_tell (door, connection_changed, NULL);
}

static void
something_changed (gpointer            object,
                   const GstStructure *news)
{
  ConfabCallLink *self = object;

  if (self->webrtc)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, gst_structure_get_string (news, "type"),
                   gst_structure_get_string (news, "value"));
}

static void
tell_change (ConfabCallDoor *door,
             const char     *type,
             const char     *value)
{
  confab_call_door_tell (door, something_changed,
                         gst_structure_new ("change", "type", G_TYPE_STRING, type, "value",
                                            G_TYPE_STRING, value, NULL));
}

/* "ice-connection-state" → "iceconnectionstatechange": GStreamer's names are W3C's with dashes. */
static void
state_changed_cb (GstElement     *webrtc,
                  GParamSpec     *pspec,
                  ConfabCallDoor *door)
{
  g_auto(GStrv) words = g_strsplit (pspec->name, "-", -1);
  g_autofree char *name = g_strjoinv (NULL, words);
  g_autofree char *type = g_strconcat (name, "change", NULL);
  g_auto(GValue) value = G_VALUE_INIT;
  const GEnumValue *state;

  g_object_get_property (G_OBJECT (webrtc), pspec->name, &value);
  state = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, g_value_get_enum (&value));
  tell_change (door, type, state->value_nick);
}

static void
negotiation_needed_cb (GstElement     *webrtc,
                       ConfabCallDoor *door)
{
  tell_change (door, "negotiationneeded", NULL);
}

/* In the streaming thread: whoever takes the pad has to link it before it returns. */
static void
pad_added_cb (GstElement     *webrtc,
              GstPad         *pad,
              ConfabCallLink *self)
{
  g_autoptr(GstCaps) caps = NULL;

  if (!GST_PAD_IS_SRC (pad))
    return;

  caps = gst_pad_get_current_caps (pad);
  tell_change (self->door, "track",
               caps ? gst_structure_get_string (gst_caps_get_structure (caps, 0), "media") : NULL);
  g_signal_emit (self, signals[SIGNAL_RECEIVING], 0, pad);
}

static void
channel_opened (gpointer            object,
                const GstStructure *news)
{
  ConfabCallLink *self = object;
  g_autoptr(GObject) channel = NULL;

  gst_structure_get (news, "channel", G_TYPE_OBJECT, &channel, NULL);
  if (self->webrtc)
    g_signal_emit (self, signals[SIGNAL_CHANNEL], 0, channel);
}

static void
data_channel_cb (GstElement     *webrtc,
                 GObject        *channel,
                 ConfabCallDoor *door)
{
  confab_call_door_tell (door, channel_opened,
                         gst_structure_new ("channel", "channel", G_TYPE_OBJECT, channel, NULL));
}

static void
deep_element_added_cb (GstBin         *bin,
                       GstBin         *sub_bin,
                       GstElement     *element,
                       ConfabCallDoor *door)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (!factory)
    return;

  /* What is sent comes from live sources at the right pace; to wait for its time once more would
   * add the latency of the whole pipeline to it. */
  if (g_str_equal (GST_OBJECT_NAME (factory), "clocksync"))
    g_object_set (element, "sync", FALSE, NULL);
  else if (g_str_equal (GST_OBJECT_NAME (factory), "dtlsdec"))
    confab_call_door_connect (door, element, "notify::peer-pem", G_CALLBACK (peer_pem_cb));
}

/* --- The object ------------------------------------------------------------------------------ */

/* Chromium takes no sound that has a second SSRC for what is sent again; Opus has FEC.
 *
 * The offering side asks for its pads beforehand: to a transceiver without one, webrtcbin
 * gives none when the answer comes. */
static void
request_pad (ConfabCallLink     *self,
             guint               media_index,
             const char * const *codecs,
             guint32             ssrc,
             gboolean            nack)
{
  GstCaps *caps = confab_call_sdp_make_caps (codecs, ssrc);
  g_autofree char *name = g_strdup_printf ("sink_%u", media_index);
  g_autoptr(GstPad) pad = gst_element_request_pad (
    self->webrtc,
    gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self->webrtc), "sink_%u"), name,
    caps);
  g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;

  if (pad)
    g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver)
    g_object_set (transceiver, "codec-preferences", caps, "do-nack", nack, NULL);
  gst_caps_unref (caps);
}

static void
connect_element (ConfabCallLink *self)
{
  static const char * const states[] = {
    "notify::connection-state",
    "notify::ice-connection-state",
    "notify::ice-gathering-state",
    "notify::signaling-state",
  };
  ConfabCallDoor *door = self->door;

  confab_call_door_connect (door, self->webrtc, "on-ice-candidate", G_CALLBACK (ice_candidate_cb));
  confab_call_door_connect (door, self->webrtc, "on-data-channel", G_CALLBACK (data_channel_cb));
  confab_call_door_connect (door, self->webrtc, "notify::connection-state",
                            G_CALLBACK (connection_state_cb));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    confab_call_door_connect (door, self->webrtc, states[i], G_CALLBACK (state_changed_cb));
  confab_call_door_connect (door, self->webrtc, "on-negotiation-needed",
                            G_CALLBACK (negotiation_needed_cb));
  confab_call_door_connect (door, self->webrtc, "deep-element-added",
                            G_CALLBACK (deep_element_added_cb));
  g_signal_connect_object (self->webrtc, "pad-added", G_CALLBACK (pad_added_cb), self,
                           G_CONNECT_DEFAULT);
}

/**
 * confab_call_link_new:
 * @pipeline: the pipeline of the call, playing
 * @plan: what is sent and taken
 * @ice: (nullable): what helps to find a way
 *
 * Returns: (transfer full) (nullable): a new link; %NULL if there is no webrtcbin
 */
ConfabCallLink *
confab_call_link_new (GstBin               *pipeline,
                      const ConfabCallPlan *plan,
                      const ConfabCallIce  *ice)
{
  g_autoptr(ConfabCallLink) self = g_object_new (CONFAB_TYPE_CALL_LINK, NULL);

  self->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  if (!self->webrtc)
    return NULL;

  gst_object_ref_sink (self->webrtc);
  self->pipeline = gst_object_ref (pipeline);
  self->audio = plan->audio;
  self->video = plan->video;
  self->video_codecs = g_strdupv ((GStrv) plan->video_codecs);
  g_object_set (self->webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency",
                JITTER_MS, NULL);
  connect_element (self);
  self->tunnels = confab_call_ice_tune (self->webrtc, ice);
  gst_bin_add (pipeline, self->webrtc);
  gst_element_sync_state_with_parent (self->webrtc);

  return g_steal_pointer (&self);
}

void
confab_call_link_offer (ConfabCallLink *self)
{
  static const char * const audio_codecs[] = { "OPUS", NULL };

  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;

  if (!self->remote)
    {
      guint n_media = 0;

      if (self->audio)
        request_pad (self, n_media++, audio_codecs, self->audio_ssrc, FALSE);
      if (self->video)
        request_pad (self, n_media++, (const char * const *) self->video_codecs,
                     self->video_ssrc, TRUE);
    }
  confab_call_door_ask (self->door, self->webrtc, "create-offer", NULL, offer_is_made);
}

gboolean
confab_call_link_take_offer (ConfabCallLink  *self,
                             const char      *sdp,
                             GError         **error)
{
  g_return_val_if_fail (CONFAB_IS_CALL_LINK (self), FALSE);

  if (!self->webrtc || !take_remote (self, sdp, error))
    return !self->webrtc;

  g_clear_pointer (&self->offer, gst_sdp_message_free);
  gst_sdp_message_copy (self->remote, &self->offer);
  self->remote_is_set = FALSE;
  set_remote (self, GST_WEBRTC_SDP_TYPE_OFFER, remote_offer_is_set);

  return TRUE;
}

void
confab_call_link_answer (ConfabCallLink *self)
{
  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;
  if (self->remote_is_set)
    make_answer (self);
  else
    self->answer_wanted = TRUE;
}

gboolean
confab_call_link_take_answer (ConfabCallLink  *self,
                              const char      *sdp,
                              GError         **error)
{
  GstWebRTCSignalingState state;

  g_return_val_if_fail (CONFAB_IS_CALL_LINK (self), FALSE);

  if (!self->webrtc)
    return TRUE;

  g_object_get (self->webrtc, "signaling-state", &state, NULL);
  if (state != GST_WEBRTC_SIGNALING_STATE_HAVE_LOCAL_OFFER)
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
                           "An answer to nothing");
      return FALSE;
    }
  if (!take_remote (self, sdp, error))
    return FALSE;

  set_remote (self, GST_WEBRTC_SDP_TYPE_ANSWER, remote_answer_is_set);

  return TRUE;
}

void
confab_call_link_take_candidate (ConfabCallLink *self,
                                 const char     *candidate,
                                 const char     *mid,
                                 int             media_index)
{
  g_autoptr(Candidate) item = candidate_new (candidate, mid, media_index);

  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;
  if (self->remote_is_set)
    hand_over_candidate (self, item);
  else if (g_queue_get_length (&self->early) < MAX_EARLY_CANDIDATES)
    g_queue_push_tail (&self->early, g_steal_pointer (&item));
}

void
confab_call_link_close (ConfabCallLink *self)
{
  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;

  confab_call_door_shut (self->door);
  g_signal_handlers_disconnect_by_data (self->webrtc, self);
  gst_element_set_locked_state (self->webrtc, TRUE);
  gst_element_set_state (self->webrtc, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, self->webrtc);
  g_clear_object (&self->webrtc);
  g_clear_object (&self->pipeline);
  g_clear_pointer (&self->tunnels, g_ptr_array_unref);
  set_state (self, CONFAB_CALL_LINK_STATE_CLOSED);
}

ConfabCallLinkState
confab_call_link_get_state (ConfabCallLink *self)
{
  return self->state;
}

GstElement *
confab_call_link_get_element (ConfabCallLink *self)
{
  return self->webrtc;
}

const char *
confab_call_link_get_local_fingerprint (ConfabCallLink *self)
{
  return self->local_fingerprint;
}

const char *
confab_call_link_get_remote_fingerprint (ConfabCallLink *self)
{
  return self->remote_fingerprint;
}

gboolean
confab_call_link_get_offers_video (ConfabCallLink *self)
{
  for (guint i = 0; self->remote && i < gst_sdp_message_medias_len (self->remote); i++)
    if (g_str_equal (gst_sdp_media_get_media (gst_sdp_message_get_media (self->remote, i)),
                     "video"))
      return TRUE;

  return FALSE;
}

static void
confab_call_link_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ConfabCallLink *self = CONFAB_CALL_LINK (object);

  switch ((ConfabCallLinkProperty) property_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    }
}

static void
confab_call_link_dispose (GObject *object)
{
  ConfabCallLink *self = CONFAB_CALL_LINK (object);

  confab_call_link_close (self);

  G_OBJECT_CLASS (confab_call_link_parent_class)->dispose (object);
}

static void
confab_call_link_finalize (GObject *object)
{
  ConfabCallLink *self = CONFAB_CALL_LINK (object);

  g_queue_clear_full (&self->early, candidate_free_cb);
  g_queue_clear_full (&self->unsaid, candidate_free_cb);
  g_clear_pointer (&self->offer, gst_sdp_message_free);
  g_clear_pointer (&self->remote, gst_sdp_message_free);
  g_clear_pointer (&self->sending, g_hash_table_unref);
  g_clear_pointer (&self->door, confab_call_door_unref);
  g_strfreev (self->video_codecs);
  g_free (self->local_fingerprint);
  g_free (self->remote_fingerprint);

  G_OBJECT_CLASS (confab_call_link_parent_class)->finalize (object);
}

static void
confab_call_link_class_init (ConfabCallLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = confab_call_link_get_property;
  object_class->dispose = confab_call_link_dispose;
  object_class->finalize = confab_call_link_finalize;

  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /* To be sent to the other side: whether it is an offer, and the description. */
  signals[SIGNAL_DESCRIPTION] =
    g_signal_new ("description", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_BOOLEAN, G_TYPE_STRING);
  /* To be sent to the other side: the candidate, its mid (nullable) and m-line. */
  signals[SIGNAL_CANDIDATE] =
    g_signal_new ("candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_INT);
  /* A sink pad of webrtcbin wants RTP: encoding name, payload type, id of the TWCC extension, SSRC.
   */
  signals[SIGNAL_SENDING] =
    g_signal_new ("sending", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  GST_TYPE_PAD, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
  /* A source pad of webrtcbin gives RTP. In the streaming thread. */
  signals[SIGNAL_RECEIVING] = g_signal_new ("receiving", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, GST_TYPE_PAD);
  /* The other side has opened a data channel. */
  signals[SIGNAL_CHANNEL] = g_signal_new ("channel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_OBJECT);
  /* What an RTCPeerConnection would tell: the type of its event, and the new state if it has one.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /* A description was not taken; the state follows. */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_call_link_init (ConfabCallLink *self)
{
  self->door = confab_call_door_new (self);
  self->sending = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->early);
  g_queue_init (&self->unsaid);
  self->audio_ssrc = g_random_int ();
  self->video_ssrc = g_random_int ();
}
