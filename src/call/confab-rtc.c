/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-rtc"

#include "config.h"

#include "confab-rtc-private.h"

#include "confab-call-json-private.h"
#include "confab-call-sdp-private.h"
#include "confab-data-channel-private.h"
#include "confab-media-wiring-private.h"
#include "confab-rtc-params-private.h"

#include <string.h>

/**
 * ConfabRtc:
 *
 * One connection from device to device, as Skapi's `connectRTC` makes it: sound, picture and data
 * channels, with an unmodified page or with another of these.
 *
 * One that rings here and is neither accepted nor refused is over after a minute, and so is
 * one that finds no way half a minute after it was accepted; at the other side it may ring
 * as long as it likes, as with Skapi.
 *
 * It begins with confab_rtc_port_connect_rtc() or with #ConfabRtcPort::incoming, is
 * #ConfabRtc::connected once both sides want it, and over with #ConfabRtc::closed. Its pipeline
 * and its devices end with it.
 */
struct _ConfabRtc
{
  GObject          parent_instance;

  ConfabClient    *client;
  ConfabDevices   *devices;
  ConfabMedia     *media;
  ConfabMediaLink *media_link;
  ConfabCallLink  *link;
  GListStore      *channels;
  GstElement      *video_sink;
  GstElement      *self_view;
  char            *own_user_id;
  char            *cid;        /* with its "cid:" */
  char            *sender;
  char            *sdp;        /* of an offer that waits to be accepted */
  GPtrArray       *candidates; /* that came with it */
  ConfabRtcPatience patience;
  guint            limit;      /* the end of it, unless something happens before */
  gboolean         is_caller;
  gboolean         accepted;
  gboolean         connected;
  gboolean         closed;
};

G_DEFINE_FINAL_TYPE (ConfabRtc, confab_rtc, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_CONNECTED,
  SIGNAL_CHANNEL,
  SIGNAL_CLOSED,
  SIGNAL_EVENT,
} ConfabRtcSignal;

static guint signals[SIGNAL_EVENT + 1];

#define MAX_CANDIDATES 200
#define MAX_CANDIDATE_BYTES 1024

static void
say (ConfabRtc  *self,
     JsonObject *content)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(GError) error = NULL;

  json_node_take_object (node, content);
  if (!confab_client_send_rtc (self->client, self->cid, node, &error))
    g_debug ("Not said: %s", error->message);
}

static void
say_own_user (ConfabRtc  *self,
              const char *key)
{
  JsonObject *content = json_object_new ();

  json_object_set_string_member (content, key, self->own_user_id);
  say (self, content);
}

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *sdp,
                ConfabRtc      *self)
{
  JsonObject *content = json_object_new ();
  JsonObject *description = json_object_new ();

  json_object_set_string_member (description, "type", is_offer ? "offer" : "answer");
  json_object_set_string_member (description, "sdp", sdp);
  json_object_set_object_member (content, is_offer ? "sdpoffer" : "sdpanswer", description);
  say (self, content);
  if (!is_offer && !self->is_caller && !self->connected)
    {
      say_own_user (self, "pickup");
      self->connected = TRUE;
      g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
    }
}

static void
tell_event (ConfabRtc  *self,
            const char *type,
            const char *value)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], g_quark_from_string (type), type, value);
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *text,
              const char     *mid,
              int             media_index,
              ConfabRtc      *self)
{
  JsonObject *content = json_object_new ();
  JsonObject *candidate = json_object_new ();

  json_object_set_string_member (candidate, "candidate", text);
  if (mid)
    json_object_set_string_member (candidate, "sdpMid", mid);
  json_object_set_int_member (candidate, "sdpMLineIndex", media_index);
  json_object_set_object_member (content, "candidate", candidate);
  say (self, content);
  tell_event (self, "icecandidate", text);
}

static void
limit_cb (gpointer user_data)
{
  ConfabRtc *self = user_data;

  self->limit = 0;
  confab_rtc_hangup (self);
}

static void
set_limit (ConfabRtc *self,
           guint      limit_ms)
{
  g_clear_handle_id (&self->limit, g_source_remove);
  if (limit_ms > 0)
    self->limit = g_timeout_add_once (limit_ms, limit_cb, self);
}

static void
close_rtc (ConfabRtc *self)
{
  g_autoptr(ConfabRtc) kept = g_object_ref (self);

  if (self->closed)
    return;

  self->closed = TRUE;
  set_limit (self, 0);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->channels)); i++)
    {
      g_autoptr(ConfabDataChannel) channel =
        g_list_model_get_item (G_LIST_MODEL (self->channels), i);

      confab_data_channel_close (channel);
    }
  if (self->link)
    {
      g_signal_handlers_disconnect_by_data (self->link, self);
      confab_media_link_close (self->media_link);
      confab_call_link_close (self->link);
      confab_media_stop (self->media);
    }
  g_clear_object (&self->media_link);
  g_clear_object (&self->link);
  g_clear_object (&self->media);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

void
confab_rtc_hangup (ConfabRtc *self)
{
  g_return_if_fail (CONFAB_IS_RTC (self));

  if (self->closed)
    return;

  say_own_user (self, "hungup");
  close_rtc (self);
}

static void
link_state_cb (ConfabCallLink *link,
               GParamSpec     *pspec,
               ConfabRtc      *self)
{
  ConfabCallLinkState state = confab_call_link_get_state (link);

  if (state == CONFAB_CALL_LINK_STATE_CONNECTED)
    {
      set_limit (self, 0);
      confab_media_link_connected (self->media_link);
    }
  else if (state == CONFAB_CALL_LINK_STATE_FAILED || state == CONFAB_CALL_LINK_STATE_CLOSED)
    close_rtc (self);
}

static void
add_channel (ConfabRtc            *self,
             GstWebRTCDataChannel *native)
{
  g_autoptr(ConfabDataChannel) channel = confab_data_channel_new (native);

  g_list_store_append (self->channels, channel);
  g_signal_emit (self, signals[SIGNAL_CHANNEL], 0, channel);
}

static void
channel_cb (ConfabCallLink *link,
            GObject        *channel,
            ConfabRtc      *self)
{
  add_channel (self, GST_WEBRTC_DATA_CHANNEL (channel));
}

static void
changed_cb (ConfabCallLink *link,
            const char     *type,
            const char     *value,
            ConfabRtc      *self)
{
  tell_event (self, type, value);
  if (g_str_equal (type, "icegatheringstatechange") && g_strcmp0 (value, "complete") == 0)
    tell_event (self, "icecandidateend", NULL);
}

static gboolean
check_device (ConfabRtc         *self,
              ConfabDeviceKind   kind,
              GError           **error)
{
  GListModel *list = confab_devices_get_list (self->devices, kind);

  if (g_list_model_get_n_items (list) > 0 || !confab_devices_get_ready (self->devices))
    return TRUE;

  return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_DEVICE_NOT_FOUND,
                            "Requested media device not found.");
}

static gboolean
check_devices (ConfabRtc              *self,
               const ConfabRtcParams  *params,
               GError                **error)
{
  return (!params->audio || check_device (self, CONFAB_DEVICE_KIND_MICROPHONE, error)) &&
         (!params->video || check_device (self, CONFAB_DEVICE_KIND_CAMERA, error));
}

static void
connect_link (ConfabRtc *self)
{
  g_signal_connect (self->link, "description", G_CALLBACK (description_cb), self);
  g_signal_connect (self->link, "candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (self->link, "channel", G_CALLBACK (channel_cb), self);
  g_signal_connect (self->link, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (self->link, "notify::state", G_CALLBACK (link_state_cb), self);
  confab_media_wire (self->media_link, self->link);
}

/* With what is captured here, or with the sources that were given. */
static gboolean
make_link (ConfabRtc              *self,
           const ConfabRtcParams  *params,
           GstElement             *audio,
           GstElement             *video,
           GError                **error)
{
  static const char * const codecs[] = { "VP8", "H264", "AV1", NULL };
  gboolean own = !audio && !video;
  ConfabCallPlan plan = {
    .audio = own ? params->audio : audio != NULL,
    .video = own ? params->video : video != NULL,
    .video_codecs = codecs,
  };
  ConfabCallIce ice = { .stun_uris = params->stun_uris };
  g_autoptr(GError) media_error = NULL;

  if (own && !check_devices (self, params, error))
    return FALSE;

  self->media = confab_media_new (self->devices, &media_error);
  if (!self->media)
    return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_NOT_SUPPORTED, media_error->message);

  if (self->self_view)
    confab_media_set_self_view (self->media, self->self_view);
  self->media_link = confab_media_link_new (self->media);
  confab_media_link_set_video_sink (self->media_link, self->video_sink);
  self->link = confab_call_link_new (GST_BIN (confab_media_get_pipeline (self->media)), &plan,
                                     &ice);
  connect_link (self);
  if (own)
    {
      confab_media_set_microphone (self->media, plan.audio);
      confab_media_set_camera (self->media, plan.video);
    }
  else
    {
      confab_media_set_stream (self->media, audio, video);
    }

  return TRUE;
}

gboolean
confab_rtc_call (ConfabRtc   *self,
                 JsonObject  *object,
                 GstElement  *audio,
                 GstElement  *video,
                 GError     **error)
{
  g_auto(ConfabRtcParams) params = { 0 };

  if (!confab_rtc_params_read (&params, object, error) ||
      !make_link (self, &params, audio, video, error))
    return FALSE;

  self->is_caller = TRUE;
  for (guint i = 0; i < params.channels->len; i++)
    {
      const GstStructure *options = g_ptr_array_index (params.channels, i);
      g_autoptr(GstWebRTCDataChannel) channel = NULL;

      g_signal_emit_by_name (confab_call_link_get_element (self->link), "create-data-channel",
                             gst_structure_get_string (options, "protocol"), options, &channel);
      if (channel)
        add_channel (self, channel);
    }
  confab_call_link_offer (self->link);

  return TRUE;
}

gboolean
confab_rtc_take_call (ConfabRtc   *self,
                      const char  *user_id,
                      JsonObject  *offer,
                      GError     **error)
{
  const char *sdp = confab_call_json_get_string (offer, "sdp");
  g_autoptr(GError) sdp_error = NULL;
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (sdp ? sdp : "", &sdp_error);

  if (!message)
    return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_PARAMETER, sdp_error->message);

  self->sender = g_strdup (user_id);
  self->sdp = g_strdup (sdp);
  set_limit (self, self->patience.ring_ms);

  return TRUE;
}

static void
hand_over_candidate (ConfabRtc  *self,
                     JsonObject *candidate)
{
  const char *text = confab_call_json_get_string (candidate, "candidate");

  if (text)
    confab_call_link_take_candidate (self->link, text,
                                     confab_call_json_get_string (candidate, "sdpMid"),
                                     confab_call_json_get_index (candidate, "sdpMLineIndex"));
}

gboolean
confab_rtc_connect_rtc (ConfabRtc   *self,
                        JsonObject  *params,
                        GError     **error)
{
  return confab_rtc_connect_rtc_with_stream (self, params, NULL, NULL, error);
}

gboolean
confab_rtc_connect_rtc_with_stream (ConfabRtc   *self,
                                    JsonObject  *object,
                                    GstElement  *audio,
                                    GstElement  *video,
                                    GError     **error)
{
  g_auto(ConfabRtcParams) params = { 0 };
  g_autoptr(GError) sdp_error = NULL;

  g_return_val_if_fail (CONFAB_IS_RTC (self), FALSE);
  g_return_val_if_fail (object, FALSE);
  g_return_val_if_fail (!audio || GST_IS_ELEMENT (audio), FALSE);
  g_return_val_if_fail (!video || GST_IS_ELEMENT (video), FALSE);

  if (self->closed || !self->sdp)
    return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_REQUEST, "It rings no longer.");
  if (!confab_rtc_params_read_of_callee (&params, object, error) ||
      !make_link (self, &params, audio, video, error))
    return FALSE;

  if (!confab_call_link_take_offer (self->link, self->sdp, &sdp_error))
    {
      confab_rtc_hangup (self);
      return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_ERROR, sdp_error->message);
    }

  self->accepted = TRUE;
  set_limit (self, self->patience.connect_ms);
  g_clear_pointer (&self->sdp, g_free);
  confab_call_link_answer (self->link);
  for (guint i = 0; i < self->candidates->len; i++)
    hand_over_candidate (self, g_ptr_array_index (self->candidates, i));
  g_ptr_array_set_size (self->candidates, 0);

  return TRUE;
}

static void
take_description (ConfabRtc  *self,
                  JsonObject *description,
                  gboolean    is_offer)
{
  const char *sdp = confab_call_json_get_string (description, "sdp");
  g_autoptr(GError) error = NULL;

  if (!sdp || !self->link)
    return;

  if (!is_offer)
    {
      if (confab_call_link_take_answer (self->link, sdp, &error) && !self->accepted)
        {
          self->accepted = TRUE;
          set_limit (self, self->patience.connect_ms);
        }
    }
  else if (confab_call_link_take_offer (self->link, sdp, &error))
    confab_call_link_answer (self->link);
  if (error)
    g_debug ("%s", error->message);
}

/* What is kept until it is needed, and nothing else that somebody may have put in. */
static JsonObject *
copy_candidate (JsonObject *candidate)
{
  const char *text = confab_call_json_get_string (candidate, "candidate");
  const char *mid = confab_call_json_get_string (candidate, "sdpMid");
  JsonObject *copy = json_object_new ();

  if (text && strlen (text) <= MAX_CANDIDATE_BYTES)
    json_object_set_string_member (copy, "candidate", text);
  if (mid && strlen (mid) <= MAX_CANDIDATE_BYTES)
    json_object_set_string_member (copy, "sdpMid", mid);
  json_object_set_int_member (copy, "sdpMLineIndex",
                              confab_call_json_get_index (candidate, "sdpMLineIndex"));

  return copy;
}

static void
take_candidate (ConfabRtc  *self,
                JsonObject *candidate)
{
  if (self->link)
    hand_over_candidate (self, candidate);
  else if (self->candidates->len < MAX_CANDIDATES)
    g_ptr_array_add (self->candidates, copy_candidate (candidate));
}

void
confab_rtc_take (ConfabRtc  *self,
                 const char *user_id,
                 JsonObject *content)
{
  JsonObject *part;

  g_set_str (&self->sender, user_id);
  if (json_object_has_member (content, "hungup"))
    {
      /* skapi-js waits for the same word. */
      confab_rtc_hangup (self);
    }
  else if ((part = confab_call_json_get_object (content, "sdpoffer")))
    {
      take_description (self, part, TRUE);
    }
  else if ((part = confab_call_json_get_object (content, "sdpanswer")))
    {
      take_description (self, part, FALSE);
    }
  else if ((part = confab_call_json_get_object (content, "candidate")))
    {
      take_candidate (self, part);
    }
  else if (json_object_has_member (content, "pickup") && self->is_caller && !self->connected)
    {
      self->connected = TRUE;
      g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
    }
}

ConfabRtc *
confab_rtc_new (ConfabClient            *client,
                ConfabDevices           *devices,
                const ConfabRtcPatience *patience,
                const char              *own_user_id,
                const char              *cid)
{
  ConfabRtc *self = g_object_new (CONFAB_TYPE_RTC, NULL);

  self->patience = *patience;

  self->client = g_object_ref (client);
  self->devices = g_object_ref (devices);
  self->own_user_id = g_strdup (own_user_id);
  self->cid = g_strdup (cid);

  return self;
}

gboolean
confab_rtc_get_ringing_in (ConfabRtc *self)
{
  return self->sdp && !self->closed;
}

const char *
confab_rtc_get_sender (ConfabRtc *self)
{
  g_return_val_if_fail (CONFAB_IS_RTC (self), NULL);

  return self->sender;
}

const char *
confab_rtc_get_sender_cid (ConfabRtc *self)
{
  g_return_val_if_fail (CONFAB_IS_RTC (self), NULL);

  return self->cid;
}

gboolean
confab_rtc_get_connected (ConfabRtc *self)
{
  g_return_val_if_fail (CONFAB_IS_RTC (self), FALSE);

  return self->connected && !self->closed;
}

GListModel *
confab_rtc_get_channels (ConfabRtc *self)
{
  g_return_val_if_fail (CONFAB_IS_RTC (self), NULL);

  return G_LIST_MODEL (self->channels);
}

void
confab_rtc_set_video_sink (ConfabRtc  *self,
                           GstElement *sink)
{
  g_return_if_fail (CONFAB_IS_RTC (self));
  g_return_if_fail (!sink || GST_IS_ELEMENT (sink));

  g_set_object (&self->video_sink, sink);
  if (self->media_link)
    confab_media_link_set_video_sink (self->media_link, sink);
}

void
confab_rtc_set_self_view_sink (ConfabRtc  *self,
                               GstElement *sink)
{
  g_return_if_fail (CONFAB_IS_RTC (self));
  g_return_if_fail (!sink || GST_IS_ELEMENT (sink));

  g_set_object (&self->self_view, sink);
  if (self->media)
    confab_media_set_self_view (self->media, sink);
}

GstElement *
confab_rtc_get_target (ConfabRtc *self)
{
  g_return_val_if_fail (CONFAB_IS_RTC (self), NULL);

  return self->link ? confab_call_link_get_element (self->link) : NULL;
}

static void
confab_rtc_dispose (GObject *object)
{
  ConfabRtc *self = CONFAB_RTC (object);

  if (!self->closed)
    close_rtc (self);
  g_clear_object (&self->channels);
  g_clear_object (&self->video_sink);
  g_clear_object (&self->self_view);
  g_clear_object (&self->client);
  g_clear_object (&self->devices);

  G_OBJECT_CLASS (confab_rtc_parent_class)->dispose (object);
}

static void
confab_rtc_finalize (GObject *object)
{
  ConfabRtc *self = CONFAB_RTC (object);

  g_ptr_array_unref (self->candidates);
  g_free (self->own_user_id);
  g_free (self->cid);
  g_free (self->sender);
  g_free (self->sdp);

  G_OBJECT_CLASS (confab_rtc_parent_class)->finalize (object);
}

static void
confab_rtc_class_init (ConfabRtcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = confab_rtc_dispose;
  object_class->finalize = confab_rtc_finalize;

  /**
   * ConfabRtc::connected:
   * @self: the connection
   *
   * Both sides want it.
   */
  signals[SIGNAL_CONNECTED] =
    g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabRtc::channel:
   * @self: the connection
   * @channel: the channel
   *
   * There is another channel.
   */
  signals[SIGNAL_CHANNEL] = g_signal_new ("channel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, CONFAB_TYPE_DATA_CHANNEL);
  /**
   * ConfabRtc::closed:
   * @self: the connection
   *
   * It was refused, or is over.
   */
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabRtc::rtc-event:
   * @self: the connection
   * @type: `track`, `connectionstatechange`, `iceconnectionstatechange`,
   *   `icegatheringstatechange`, `signalingstatechange`, `negotiationneeded`, `icecandidate` or
   *   `icecandidateend`
   * @value: (nullable): the new state, the candidate, or `audio` or `video` of a track
   *
   * What the callback of Skapi's `connectRTC` is told; `rtc-event::track` is one type only. The
   * events of a channel are signals of #ConfabDataChannel.
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("rtc-event", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
object_free_cb (gpointer data)
{
  json_object_unref (data);
}

static void
confab_rtc_init (ConfabRtc *self)
{
  self->channels = g_list_store_new (CONFAB_TYPE_DATA_CHANNEL);
  self->candidates = g_ptr_array_new_with_free_func (object_free_cb);
}
