/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-link"

#include "config.h"

#include "confab-call-link-internal-private.h"

#include "confab-call-certificate-private.h"
#include "confab-call-error.h"
#include "confab-call-ice-private.h"
#include "confab-call-sdp-private.h"

#include <gst/webrtc/webrtc.h>

/* Between two rooms of a house 40 ms are plenty, and each more is heard; the default is 200. */
#define JITTER_MS 40
/* A stream's first packet need not wait that long for others that were sent before it: those of one
 * picture come together. */
#define START_WAIT_MS 5
/* What arrived is reported as often as Chromium does at its most. */
#define FEEDBACK_INTERVAL (50 * GST_MSECOND)
/* That the other side may open: each costs memory here. */
#define MAX_CHANNELS 64u

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
G_DEFINE_FINAL_TYPE (ConfabCallLink, confab_call_link, G_TYPE_OBJECT)

typedef enum {
  PROP_STATE = 1,
} ConfabCallLinkProperty;

static GParamSpec *properties[PROP_STATE + 1];

guint confab_call_link_signals[LINK_SIGNAL_FAILED + 1];

static void
set_state (ConfabCallLink      *self,
           ConfabCallLinkState  state)
{
  if (self->state == state || self->state == CONFAB_CALL_LINK_STATE_CLOSED)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
confab_call_link_fail (ConfabCallLink *self,
                       const GError   *error)
{
  /* Whoever hears of it may let go of the link. */
  g_autoptr(ConfabCallLink) kept = g_object_ref (self);

  g_debug ("%s", error->message);
  g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_FAILED], 0, error);
  set_state (self, CONFAB_CALL_LINK_STATE_FAILED);
}

static void
ice_candidate_cb (GstElement     *webrtc,
                  guint           media_index,
                  const char     *candidate,
                  ConfabCallDoor *door)
{
  confab_call_door_tell (door, confab_call_link_found_candidate,
                         gst_structure_new ("candidate", "media-index", G_TYPE_UINT, media_index,
                                            "candidate", G_TYPE_STRING, candidate, NULL));
}

static GstPadProbeReturn
hold_cb (GstPad          *pad,
         GstPadProbeInfo *info,
         gpointer         user_data)
{
  return GST_PAD_PROBE_OK;
}

/* In the streaming thread. Nothing is decoded before the certificate has been looked at. */
static void
hold_data (ConfabCallLink *self,
           GstPad         *pad)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->held_lock);
  gulong probe;

  if (self->certified)
    return;

  probe = gst_pad_add_probe (pad,
                             GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER |
                             GST_PAD_PROBE_TYPE_BUFFER_LIST,
                             hold_cb, NULL, NULL);
  g_hash_table_insert (self->held, gst_object_ref (pad), GSIZE_TO_POINTER (probe));
}

static void
let_data_go (ConfabCallLink *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->held_lock);
  GHashTableIter iter;
  gpointer pad, probe;

  self->certified = TRUE;
  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, &pad, &probe))
    {
      gst_pad_remove_probe (pad, GPOINTER_TO_SIZE (probe));
      g_hash_table_iter_remove (&iter);
    }
}

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

  if (pem && self->remote_fingerprint &&
      confab_call_certificate_matches (pem, self->remote_fingerprint))
    {
      let_data_go (self);
      return;
    }

  error = g_error_new_literal (CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INSECURE,
                               "The other side's certificate is not the one it announced");
  confab_call_link_fail (self, error);
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
    g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_CHANGED], 0,
                   gst_structure_get_string (news, "type"),
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

static gboolean
has_ssrc (GstElement *jitter_buffer,
          guint       ssrc)
{
  g_autoptr(GstPad) output = gst_element_get_static_pad (jitter_buffer, "src");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (output);
  guint its;

  return caps && gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &its) &&
         its == ssrc;
}

/* Where nothing is sent for a while, in a pause of who speaks or before a screen that
 * rests, a jitter buffer would take the next packet for lost, ask for it, and throw it away
 * when it comes at last. It asks for what is known to be missing only; and not for sound,
 * which nobody sends again, though webrtcbin lets it once it does so for pictures. */
static void
let_pause (GstElement *webrtc,
           guint       ssrc,
           gboolean    is_audio)
{
  g_autoptr(GstIterator) buffers =
    gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtc), "rtpjitterbuffer");
  g_auto(GValue) item = G_VALUE_INIT;

  while (gst_iterator_next (buffers, &item) == GST_ITERATOR_OK)
    {
      GstElement *jitter_buffer = g_value_get_object (&item);

      if (has_ssrc (jitter_buffer, ssrc))
        {
          g_object_set (jitter_buffer, "rtx-next-seqnum", FALSE, NULL);
          if (is_audio)
            g_object_set (jitter_buffer, "do-retransmission", FALSE, NULL);
        }
      g_value_reset (&item);
    }
}

/* In the streaming thread: whoever takes the pad has to link it before it returns. */
static void
pad_added_cb (GstElement     *webrtc,
              GstPad         *pad,
              ConfabCallLink *self)
{
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  GstStructure *structure = caps ? gst_caps_get_structure (caps, 0) : NULL;
  const char *media = structure ? gst_structure_get_string (structure, "media") : NULL;
  guint ssrc;

  if (!GST_PAD_IS_SRC (pad))
    return;

  hold_data (self, pad);
  if (media && gst_structure_get_uint (structure, "ssrc", &ssrc))
    let_pause (webrtc, ssrc, g_str_equal (media, "audio"));
  tell_change (self->door, "track", media);
  g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_RECEIVING], 0, pad);
}

static void
channel_closed (gpointer            object,
                const GstStructure *news)
{
  ConfabCallLink *self = object;

  self->n_channels--;
}

static void
channel_state_cb (GObject        *channel,
                  GParamSpec     *pspec,
                  ConfabCallDoor *door)
{
  GstWebRTCDataChannelState state;

  g_object_get (channel, "ready-state", &state, NULL);
  if (state != GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED)
    return;

  confab_call_door_tell (door, channel_closed, NULL);
  g_signal_handlers_disconnect_by_func (channel, channel_state_cb, door);
}

static void
channel_opened (gpointer            object,
                const GstStructure *news)
{
  ConfabCallLink *self = object;
  g_autoptr(GObject) channel = NULL;
  g_autoptr(GError) error = NULL;

  gst_structure_get (news, "channel", G_TYPE_OBJECT, &channel, NULL);
  confab_call_door_connect (self->door, channel, "notify::ready-state",
                            G_CALLBACK (channel_state_cb));
  if (self->webrtc && ++self->n_channels > MAX_CHANNELS)
    {
      g_set_error (&error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
                   "The other side has more than %u channels open", MAX_CHANNELS);
      confab_call_link_fail (self, error);
      confab_call_link_close (self);
    }
  if (self->webrtc)
    g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_CHANNEL], 0, channel);
}

static void
data_channel_cb (GstElement     *webrtc,
                 GObject        *channel,
                 ConfabCallDoor *door)
{
  confab_call_door_tell (door, channel_opened,
                         gst_structure_new ("channel", "channel", G_TYPE_OBJECT, channel, NULL));
}

/* From now on it waits as long as all do. */
static GstPadProbeReturn
first_packet_cb (GstPad          *pad,
                 GstPadProbeInfo *info,
                 gpointer         user_data)
{
  g_autoptr(GstElement) buffer = gst_pad_get_parent_element (pad);
  g_autoptr(GstObject) rtpbin = buffer ? gst_object_get_parent (GST_OBJECT (buffer)) : NULL;
  guint wait_ms;

  if (rtpbin)
    {
      g_object_get (rtpbin, "latency", &wait_ms, NULL);
      g_object_set (buffer, "latency", wait_ms, NULL);
    }

  return GST_PAD_PROBE_REMOVE;
}

static void
new_buffer_cb (GstElement     *rtpbin,
               GstElement     *buffer,
               guint           session,
               guint           ssrc,
               ConfabCallDoor *door)
{
  g_autoptr(GstPad) output = gst_element_get_static_pad (buffer, "src");

  g_object_set (buffer, "latency", START_WAIT_MS, NULL);
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
                     first_packet_cb, NULL, NULL);
}

static void
tune_session (GstElement *rtpsession)
{
  g_autoptr(GObject) session = NULL;

  /* Whoever has the key may speak: a first packet need not wait for a second to be believed. */
  g_object_set (rtpsession, "probation", 0, NULL);
  /* By itself it reports at the end of each picture, and where there is only sound every five
   * seconds: a picture that was left out for want of room would hardly ever come back. */
  g_object_get (rtpsession, "internal-session", &session, NULL);
  g_object_set (session, "twcc-feedback-interval", (guint64) FEEDBACK_INTERVAL, NULL);
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
  else if (g_str_equal (GST_OBJECT_NAME (factory), "rtpsession"))
    tune_session (element);
  else if (g_str_equal (GST_OBJECT_NAME (factory), "dtlsdec"))
    confab_call_door_connect (door, element, "notify::peer-pem", G_CALLBACK (peer_pem_cb));
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
  g_autoptr(GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (self->webrtc), "rtpbin");

  if (rtpbin)
    confab_call_door_connect (door, rtpbin, "new-jitterbuffer", G_CALLBACK (new_buffer_cb));
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
confab_call_link_close (ConfabCallLink *self)
{
  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;

  confab_call_door_shut (self->door);
  g_clear_handle_id (&self->repeat, g_source_remove);
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

gboolean
confab_call_link_is_stranded (ConfabCallLink *self)
{
  return self->webrtc && confab_call_ice_is_stranded (self->webrtc);
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

  confab_call_link_clear_session (self);
  g_clear_pointer (&self->sending, g_hash_table_unref);
  g_clear_pointer (&self->held, g_hash_table_unref);
  g_mutex_clear (&self->held_lock);
  g_clear_pointer (&self->door, confab_call_door_unref);
  g_strfreev (self->video_codecs);
  g_free (self->heard);
  g_free (self->next_offer);
  g_free (self->local_fingerprint);
  g_free (self->remote_fingerprint);

  G_OBJECT_CLASS (confab_call_link_parent_class)->finalize (object);
}

static void
confab_call_link_class_init (ConfabCallLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  guint *signals = confab_call_link_signals;

  object_class->get_property = confab_call_link_get_property;
  object_class->dispose = confab_call_link_dispose;
  object_class->finalize = confab_call_link_finalize;

  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /* To be sent to the other side: whether it is an offer, and the description. */
  signals[LINK_SIGNAL_DESCRIPTION] =
    g_signal_new ("description", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_BOOLEAN, G_TYPE_STRING);
  /* To be sent to the other side: the candidate, its mid (nullable) and m-line. */
  signals[LINK_SIGNAL_CANDIDATE] =
    g_signal_new ("candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_INT);
  /* A sink pad of webrtcbin wants RTP: encoding name, payload type, id of the TWCC extension, SSRC.
   */
  signals[LINK_SIGNAL_SENDING] =
    g_signal_new ("sending", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  GST_TYPE_PAD, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
  /* A source pad of webrtcbin gives RTP. In the streaming thread. */
  signals[LINK_SIGNAL_RECEIVING] = g_signal_new ("receiving", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL,
                                                 NULL, G_TYPE_NONE, 1, GST_TYPE_PAD);
  /* The other side has opened a data channel. */
  signals[LINK_SIGNAL_CHANNEL] = g_signal_new ("channel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL,
                                               G_TYPE_NONE, 1, G_TYPE_OBJECT);
  /* What an RTCPeerConnection would tell: the type of its event, and the new state if it has one.
   */
  signals[LINK_SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL,
                                               G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /* A description was not taken; the state follows. */
  signals[LINK_SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL,
                                              G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_call_link_init (ConfabCallLink *self)
{
  self->door = confab_call_door_new (self);
  self->sending = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->held_lock);
  self->held = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
  confab_call_link_init_session (self);
  self->audio_ssrc = g_random_int ();
  self->video_ssrc = g_random_int ();
}
