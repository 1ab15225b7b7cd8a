/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-peer"

#include "config.h"

#include "confab-call-peer-private.h"

#include "confab-safety-code-private.h"

/* Sound comes fifty times a second, and of who is muted there are still reports. */
#define DOUBT_TICKS 3

#define PARAM_READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

/**
 * ConfabCallPeer:
 *
 * Somebody else in a call: who it is, how the way to them is, and what they send.
 *
 * What it says of itself (#ConfabCallPeer:muted and the like) is what the other side told; its
 * picture goes to the sink that is set with confab_call_peer_set_video_sink().
 */

G_DEFINE_FINAL_TYPE (ConfabCallPeer, confab_call_peer, G_TYPE_OBJECT)

typedef enum {
  PROP_USER = 1,
  PROP_CONNECTED,
  PROP_MUTED,
  PROP_VIDEO_ON,
  PROP_SCREEN_ON,
  PROP_MISSING_AUDIO,
  PROP_MISSING_VIDEO,
  PROP_SAFETY_CODE,
} ConfabCallPeerProperty;

static GParamSpec *properties[PROP_SAFETY_CODE + 1];

typedef enum {
  SIGNAL_STATS_CHANGED,
  SIGNAL_ANSWERED,
  SIGNAL_HUNG_UP,
  N_SIGNALS
} ConfabCallPeerSignal;

static guint signals[N_SIGNALS];

static const struct
{
  ConfabMissing  missing;
  const char    *nick;
} missings[] = {
  { CONFAB_MISSING_NO_DEVICE, "no-device" },
  { CONFAB_MISSING_NO_PERMISSION, "no-permission" },
  { CONFAB_MISSING_BUSY, "busy" },
  { CONFAB_MISSING_NO_PLUGIN, "no-plugin" },
  { CONFAB_MISSING_FAILED, "failed" },
  { CONFAB_MISSING_LOST, "lost" },
};

const char *
confab_call_get_missing_nick (ConfabMissing missing)
{
  for (guint i = 0; i < G_N_ELEMENTS (missings); i++)
    if (missings[i].missing == missing)
      return missings[i].nick;

  return NULL;
}

ConfabMissing
confab_call_parse_missing (const char *nick)
{
  if (!nick)
    return CONFAB_MISSING_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (missings); i++)
    if (g_str_equal (missings[i].nick, nick))
      return missings[i].missing;

  return CONFAB_MISSING_FAILED;
}

static void
notify (ConfabCallPeer         *self,
        ConfabCallPeerProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- What is said ----------------------------------------------------------------------------- */

static JsonObject *
make_call_object (ConfabCallPeer *self,
                  JsonObject     *more)
{
  JsonObject *call = more ? more : json_object_new ();

  json_object_set_string_member (call, "id", self->shared->call_id);

  return call;
}

/* A client of Skapi hears what it knows and nothing else. */
static void
say (ConfabCallPeer *self,
     JsonObject     *content,
     JsonObject     *more)
{
  if (self->native)
    json_object_set_object_member (content, "call", make_call_object (self, more));
  else if (more)
    json_object_unref (more);
  confab_call_line_say (self->shared->line, self->cid, content);
}

static void
say_own_user (ConfabCallPeer *self,
              const char     *key,
              JsonObject     *more)
{
  JsonObject *content = json_object_new ();

  json_object_set_string_member (content, key, self->shared->own_user_id);
  say (self, content, more);
}

static JsonObject *
make_description (const char *type,
                  const char *sdp)
{
  JsonObject *description = json_object_new ();

  json_object_set_string_member (description, "type", type);
  json_object_set_string_member (description, "sdp", sdp);

  return description;
}

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *sdp,
                ConfabCallPeer *self)
{
  JsonObject *content = json_object_new ();
  JsonObject *more = NULL;

  if (is_offer)
    {
      json_object_set_object_member (content, "sdpoffer", make_description ("offer", sdp));
      if (self->invitation)
        more = json_object_ref (self->invitation);
    }
  else
    {
      json_object_set_object_member (content, "sdpanswer", make_description ("answer", sdp));
    }

  say (self, content, more);
  /* Skapi's order: answer, pickup, candidates. */
  if (!is_offer && self->n_links == 1)
    say_own_user (self, "pickup", NULL);
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *text,
              const char     *mid,
              int             media_index,
              ConfabCallPeer *self)
{
  JsonObject *content = json_object_new ();
  JsonObject *candidate = json_object_new ();

  json_object_set_string_member (candidate, "candidate", text);
  if (mid)
    json_object_set_string_member (candidate, "sdpMid", mid);
  json_object_set_int_member (candidate, "sdpMLineIndex", media_index);
  json_object_set_object_member (content, "candidate", candidate);
  say (self, content, NULL);
}

void
confab_call_peer_tell (ConfabCallPeer *self,
                       JsonObject     *call)
{
  JsonObject *content;

  if (!self->shared || !self->native)
    {
      json_object_unref (call);
      return;
    }

  content = json_object_new ();
  say (self, content, call);
}

void
confab_call_peer_tell_at (ConfabCallPeer *self,
                          const char     *cid,
                          JsonObject     *call)
{
  JsonObject *content;

  if (!self->shared)
    {
      json_object_unref (call);
      return;
    }

  content = json_object_new ();
  json_object_set_object_member (content, "call", make_call_object (self, call));
  confab_call_line_say (self->shared->line, cid, content);
}

void
confab_call_peer_hang_up (ConfabCallPeer *self,
                          const char     *reason)
{
  JsonObject *more;

  if (!self->shared)
    return;

  more = json_object_new ();
  if (reason)
    json_object_set_string_member (more, "reason", reason);
  say_own_user (self, "hungup", more);
  confab_call_peer_close (self);
}

/* --- The link ----------------------------------------------------------------------------------
 */

static void
sending_cb (ConfabCallLink *link,
            GstPad         *sink,
            const char     *encoding_name,
            guint           payload_type,
            guint           twcc_id,
            guint           ssrc,
            ConfabCallPeer *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstPad) source = confab_media_link_send (self->media_link, encoding_name, payload_type,
                                                     twcc_id, ssrc, &error);

  if (!source)
    g_debug ("%s is not sent: %s", encoding_name, error->message);
  else if (gst_pad_link (source, sink) != GST_PAD_LINK_OK)
    g_debug ("%s is not sent: its pads do not fit", encoding_name);
}

/* In the streaming thread. */
static void
receiving_cb (ConfabCallLink  *link,
              GstPad          *source,
              ConfabMediaLink *media_link)
{
  g_autoptr(GError) error = NULL;

  if (!confab_media_link_receive (media_link, source, &error))
    g_debug ("Not received: %s", error ? error->message : "its pads do not fit");
}

/* Of a peer that is not closed. */
static gint64
get_now_us (ConfabCallPeer *self)
{
  return base_clock_get_monotonic_us (self->shared->clock);
}

static void
set_connected (ConfabCallPeer *self,
               gboolean        connected)
{
  if (self->connected == connected)
    return;

  self->connected = connected;
  self->away_since_us = connected ? 0 : get_now_us (self);
  notify (self, PROP_CONNECTED);
}

/* Of a link that is connected. */
static void
learn_safety_code (gpointer            object,
                   const GstStructure *news)
{
  ConfabCallPeer *self = object;
  const char *own = confab_call_link_get_local_fingerprint (self->link);
  const char *other = confab_call_link_get_remote_fingerprint (self->link);
  g_autofree char *code = NULL;

  if (!own || !other)
    return;

  /* A link may end at another certificate than the one before: an old code would vouch for it. */
  code = confab_safety_code_new (self->shared->own_user_id, own, self->user_id, other);
  if (g_set_str (&self->safety_code, code))
    notify (self, PROP_SAFETY_CODE);
}

static void
link_state_cb (ConfabCallLink *link,
               GParamSpec     *pspec,
               ConfabCallPeer *self)
{
  switch (confab_call_link_get_state (link))
    {
    case CONFAB_CALL_LINK_STATE_NEW:
    case CONFAB_CALL_LINK_STATE_CONNECTING:
      break;

    case CONFAB_CALL_LINK_STATE_CONNECTED:
      confab_media_link_connected (self->media_link);
      set_connected (self, TRUE);
      /* The code is dear to compute, and nobody needs it in this moment. */
      confab_call_door_tell (self->door, learn_safety_code, NULL);
      break;

    case CONFAB_CALL_LINK_STATE_AWAY:
    case CONFAB_CALL_LINK_STATE_FAILED:
    case CONFAB_CALL_LINK_STATE_CLOSED:
      set_connected (self, FALSE);
      if (self->away_since_us == 0)
        self->away_since_us = get_now_us (self);
      break;
    }
}

static void
drop_link (ConfabCallPeer *self)
{
  if (!self->link)
    return;

  g_signal_handlers_disconnect_by_data (self->link, self);
  confab_call_door_shut (self->door);
  g_clear_pointer (&self->door, confab_call_door_unref);
  confab_media_link_close (self->media_link);
  confab_call_link_close (self->link);
  g_clear_object (&self->media_link);
  g_clear_object (&self->link);
}

static void
make_link (ConfabCallPeer *self)
{
  static const char * const codecs[] = { "VP8", "H264", "AV1", NULL };
  ConfabCallPlan plan = { .audio = TRUE, .video = TRUE, .video_codecs = codecs };

  drop_link (self);
  self->n_links++;
  self->door = confab_call_door_new (self);
  self->media_link = confab_media_link_new (self->shared->media);
  if (self->video_sink)
    confab_media_link_set_video_sink (self->media_link, self->video_sink);
  self->link = confab_call_link_new (GST_BIN (confab_media_get_pipeline (self->shared->media)),
                                     &plan, &self->shared->ice);

  g_signal_connect (self->link, "description", G_CALLBACK (description_cb), self);
  g_signal_connect (self->link, "candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (self->link, "sending", G_CALLBACK (sending_cb), self);
  g_signal_connect (self->link, "notify::state", G_CALLBACK (link_state_cb), self);
  g_signal_connect_object (self->link, "receiving", G_CALLBACK (receiving_cb), self->media_link,
                           G_CONNECT_DEFAULT);
}

void
confab_call_peer_invite (ConfabCallPeer *self,
                         JsonObject     *invitation)
{
  g_clear_pointer (&self->invitation, json_object_unref);
  self->invitation = invitation;
  self->offering = TRUE;
  make_link (self);
  confab_call_link_offer (self->link);
}

gboolean
confab_call_peer_take_offer (ConfabCallPeer  *self,
                             const char      *sdp,
                             GError         **error)
{
  if (!self->link)
    make_link (self);

  return confab_call_link_take_offer (self->link, sdp, error);
}

void
confab_call_peer_accept (ConfabCallPeer *self)
{
  if (!self->link)
    return;

  self->accepted = TRUE;
  confab_call_link_answer (self->link);
}

void
confab_call_peer_reconnect (ConfabCallPeer *self)
{
  JsonObject *invitation;

  if (!self->shared || !self->native)
    return;

  if (!self->offering)
    {
      /* The one that offered does so again; it may not have noticed. */
      invitation = json_object_new ();
      json_object_set_boolean_member (invitation, "reconnect", TRUE);
      confab_call_peer_tell (self, invitation);
      return;
    }

  invitation = json_object_new ();
  json_object_set_boolean_member (invitation, "reconnect", TRUE);
  set_connected (self, FALSE);
  confab_call_peer_invite (self, invitation);
}

/* --- What is heard ------------------------------------------------------------------------------
 */

static void
set_boolean (ConfabCallPeer         *self,
             gboolean               *field,
             gboolean                value,
             ConfabCallPeerProperty  property)
{
  if (*field == value)
    return;

  *field = value;
  notify (self, property);
}

static void
take_media (ConfabCallPeer *self,
            JsonObject     *media)
{
  gboolean screen_on = confab_call_json_get_boolean (media, "screen");
  ConfabMissing audio =
    confab_call_parse_missing (confab_call_json_get_string (media, "missing_audio"));
  ConfabMissing video =
    confab_call_parse_missing (confab_call_json_get_string (media, "missing_video"));

  set_boolean (self, &self->muted, confab_call_json_get_boolean (media, "muted"), PROP_MUTED);
  set_boolean (self, &self->screen_on, screen_on, PROP_SCREEN_ON);
  set_boolean (self, &self->video_on,
               screen_on || confab_call_json_get_boolean (media, "camera"), PROP_VIDEO_ON);
  if (self->missing_audio != audio)
    {
      self->missing_audio = audio;
      notify (self, PROP_MISSING_AUDIO);
    }
  if (self->missing_video != video)
    {
      self->missing_video = video;
      notify (self, PROP_MISSING_VIDEO);
    }
}

static void
take_later_offer (ConfabCallPeer *self,
                  JsonObject     *offer,
                  JsonObject     *call)
{
  const char *sdp = confab_call_json_get_string (offer, "sdp");
  g_autoptr(GError) error = NULL;

  if (!sdp || !self->accepted)
    return;

  if (call && confab_call_json_get_boolean (call, "reconnect"))
    {
      drop_link (self);
      set_connected (self, FALSE);
    }
  if (confab_call_peer_take_offer (self, sdp, &error))
    confab_call_link_answer (self->link);
  else
    g_debug ("%s", error->message);
}

static void
take_answer (ConfabCallPeer *self,
             JsonObject     *answer)
{
  const char *sdp = confab_call_json_get_string (answer, "sdp");
  g_autoptr(GError) error = NULL;

  /* Who is called waits for none: an answer must not accept in the place of the person here. */
  if (!sdp || !self->link || !self->offering)
    return;

  if (!self->accepted)
    {
      self->accepted = TRUE;
      g_signal_emit (self, signals[SIGNAL_ANSWERED], 0);
      if (!self->link)
        return;
    }
  if (!confab_call_link_take_answer (self->link, sdp, &error))
    g_debug ("%s", error->message);
}

static void
take_candidate (ConfabCallPeer *self,
                JsonObject     *candidate)
{
  const char *text = confab_call_json_get_string (candidate, "candidate");

  if (text && self->link)
    confab_call_link_take_candidate (self->link, text,
                                     confab_call_json_get_string (candidate, "sdpMid"),
                                     confab_call_json_get_index (candidate, "sdpMLineIndex"));
}

static void
take_call (ConfabCallPeer *self,
           JsonObject     *call)
{
  JsonObject *media = confab_call_json_get_object (call, "media");

  self->native = TRUE;
  if (media)
    take_media (self, media);
}

void
confab_call_peer_take (ConfabCallPeer *self,
                       JsonObject     *content)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (self);
  JsonObject *call = confab_call_json_get_object (content, "call");
  JsonObject *part;

  if (!self->shared)
    return;

  if (call)
    take_call (self, call);

  if (json_object_has_member (content, "hungup"))
    g_signal_emit (self, signals[SIGNAL_HUNG_UP], 0,
                   call ? confab_call_json_get_string (call, "reason") : NULL);
  else if ((part = confab_call_json_get_object (content, "sdpoffer")))
    take_later_offer (self, part, call);
  else if ((part = confab_call_json_get_object (content, "sdpanswer")))
    take_answer (self, part);
  else if ((part = confab_call_json_get_object (content, "candidate")))
    take_candidate (self, part);
  else if (call && confab_call_json_get_boolean (call, "reconnect") && self->offering)
    confab_call_peer_reconnect (self);
}

void
confab_call_peer_move (ConfabCallPeer *self,
                       const char     *cid)
{
  g_set_str (&self->cid, cid);
}

static void
measure (ConfabCallPeer *self)
{
  ConfabMediaLinkStats media;

  if (!self->link)
    return;

  confab_media_link_get_stats (self->media_link, &media);
  /* Who does not say whether there is a picture shows it. */
  if (!self->native)
    set_boolean (self, &self->video_on, media.has_video, PROP_VIDEO_ON);
  self->stats->frames_decoded = media.frames_decoded;
  self->stats->width = media.width;
  self->stats->height = media.height;
  self->stats->frames_per_second = media.frames_per_second;
  self->stats->audio_level_db = media.audio_level_db;
  confab_call_peer_ask_stats (self);
}

void
confab_call_peer_doubt (ConfabCallPeer *self)
{
  if (!self->connected)
    return;

  self->n_ticks_to_doubt = DOUBT_TICKS;
  self->n_packets_when_doubted = self->n_packets_received;
}

void
confab_call_peer_tick (ConfabCallPeer *self)
{
  measure (self);
  if (self->n_ticks_to_doubt > 0 && --self->n_ticks_to_doubt == 0 && self->connected &&
      self->n_packets_received == self->n_packets_when_doubted)
    confab_call_peer_reconnect (self);
}

void
confab_call_peer_close (ConfabCallPeer *self)
{
  if (!self->shared)
    return;

  drop_link (self);
  g_clear_object (&self->video_sink);
  set_connected (self, FALSE);
  self->shared = NULL;
}

/* --- The object ---------------------------------------------------------------------------------
 */

ConfabCallPeer *
confab_call_peer_new (const ConfabCallShared *shared,
                      ConfabUser             *user,
                      const char             *cid)
{
  ConfabCallPeer *self = g_object_new (CONFAB_TYPE_CALL_PEER, NULL);

  self->shared = shared;
  self->user = g_object_ref (user);
  self->user_id = g_strdup (confab_user_get_user_id (user));
  self->cid = g_strdup (cid);

  return self;
}

const char *
confab_call_peer_get_cid (ConfabCallPeer *self)
{
  return self->cid;
}

gboolean
confab_call_peer_is (ConfabCallPeer *self,
                     const char     *user_id,
                     const char     *cid)
{
  return g_str_equal (self->user_id, user_id) && g_str_equal (self->cid, cid);
}

ConfabUser *
confab_call_peer_get_user (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), NULL);

  return self->user;
}

gboolean
confab_call_peer_get_connected (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), FALSE);

  return self->connected;
}

gboolean
confab_call_peer_get_muted (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), FALSE);

  return self->muted;
}

gboolean
confab_call_peer_get_video_on (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), FALSE);

  return self->video_on;
}

gboolean
confab_call_peer_get_screen_on (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), FALSE);

  return self->screen_on;
}

ConfabMissing
confab_call_peer_get_missing_audio (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), CONFAB_MISSING_NONE);

  return self->missing_audio;
}

ConfabMissing
confab_call_peer_get_missing_video (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), CONFAB_MISSING_NONE);

  return self->missing_video;
}

const char *
confab_call_peer_get_safety_code (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), NULL);

  return self->safety_code;
}

ConfabCallStats *
confab_call_peer_dup_stats (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), NULL);

  return confab_call_stats_copy (self->stats);
}

void
confab_call_peer_set_video_sink (ConfabCallPeer *self,
                                 GstElement     *sink)
{
  g_return_if_fail (CONFAB_IS_CALL_PEER (self));
  g_return_if_fail (!sink || GST_IS_ELEMENT (sink));

  if (sink && !self->shared)
    return;

  g_set_object (&self->video_sink, sink);
  if (self->media_link)
    confab_media_link_set_video_sink (self->media_link, sink);
}

static void
confab_call_peer_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ConfabCallPeer *self = CONFAB_CALL_PEER (object);

  switch ((ConfabCallPeerProperty) property_id)
    {
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_CONNECTED:
      g_value_set_boolean (value, self->connected);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_VIDEO_ON:
      g_value_set_boolean (value, self->video_on);
      break;
    case PROP_SCREEN_ON:
      g_value_set_boolean (value, self->screen_on);
      break;
    case PROP_MISSING_AUDIO:
      g_value_set_enum (value, (int) self->missing_audio);
      break;
    case PROP_MISSING_VIDEO:
      g_value_set_enum (value, (int) self->missing_video);
      break;
    case PROP_SAFETY_CODE:
      g_value_set_string (value, self->safety_code);
      break;
    }
}

static void
confab_call_peer_dispose (GObject *object)
{
  confab_call_peer_close (CONFAB_CALL_PEER (object));

  G_OBJECT_CLASS (confab_call_peer_parent_class)->dispose (object);
}

static void
confab_call_peer_finalize (GObject *object)
{
  ConfabCallPeer *self = CONFAB_CALL_PEER (object);

  g_clear_object (&self->user);
  g_clear_pointer (&self->stats, confab_call_stats_free);
  g_clear_pointer (&self->invitation, json_object_unref);
  g_free (self->user_id);
  g_free (self->cid);
  g_free (self->safety_code);

  G_OBJECT_CLASS (confab_call_peer_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * ConfabCallPeer:user:
   *
   * Who it is.
   */
  properties[PROP_USER] =
    g_param_spec_object ("user", NULL, NULL, CONFAB_TYPE_USER, PARAM_READABLE);
  /**
   * ConfabCallPeer:connected:
   *
   * Whether its media come through now.
   */
  properties[PROP_CONNECTED] =
    g_param_spec_boolean ("connected", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:muted:
   *
   * Whether the other side has muted itself.
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:video-on:
   *
   * Whether the other side sends a picture.
   */
  properties[PROP_VIDEO_ON] =
    g_param_spec_boolean ("video-on", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:screen-on:
   *
   * Whether the picture is that of a screen.
   */
  properties[PROP_SCREEN_ON] =
    g_param_spec_boolean ("screen-on", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:missing-audio:
   *
   * Why the other side cannot be heard.
   */
  properties[PROP_MISSING_AUDIO] =
    g_param_spec_enum ("missing-audio", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCallPeer:missing-video:
   *
   * Why the other side cannot be seen.
   */
  properties[PROP_MISSING_VIDEO] =
    g_param_spec_enum ("missing-video", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCallPeer:safety-code:
   *
   * The code that both ends show.
   */
  properties[PROP_SAFETY_CODE] =
    g_param_spec_string ("safety-code", NULL, NULL, NULL, PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_call_peer_class_init (ConfabCallPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = confab_call_peer_get_property;
  object_class->dispose = confab_call_peer_dispose;
  object_class->finalize = confab_call_peer_finalize;
  install_properties (object_class);

  /**
   * ConfabCallPeer::stats-changed:
   * @self: the peer
   *
   * There are new statistics.
   */
  signals[SIGNAL_STATS_CHANGED] = g_signal_new ("stats-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabCallPeer::answered: (skip)
   * @self: the peer
   *
   * It wants to talk.
   */
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 0);
  /**
   * ConfabCallPeer::hung-up: (skip)
   * @self: the peer
   * @reason: (nullable): a word of PROTOCOL.md
   *
   * It does not want to talk, or no longer.
   */
  signals[SIGNAL_HUNG_UP] = g_signal_new ("hung-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confab_call_peer_init (ConfabCallPeer *self)
{
  self->stats = g_new0 (ConfabCallStats, 1);
  self->stats->audio_level_db = -100;
}
