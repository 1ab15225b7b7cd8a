/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-peer"

#include "config.h"

#include "confab-call-peer-private.h"

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

static GParamSpec *properties[PEER_PROP_SAFETY_CODE + 1];

typedef enum {
  SIGNAL_STATS_CHANGED,
  SIGNAL_ANSWERED,
  SIGNAL_HUNG_UP,
  SIGNAL_FAILED,
} ConfabCallPeerSignal;

static guint signals[SIGNAL_FAILED + 1];

void
confab_call_peer_notify (ConfabCallPeer         *self,
                         ConfabCallPeerProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
confab_call_peer_move (ConfabCallPeer *self,
                       const char     *cid)
{
  g_set_str (&self->cid, cid);
}

void
confab_call_peer_close (ConfabCallPeer *self)
{
  if (!self->shared)
    return;

  confab_call_peer_drop_link (self);
  g_clear_object (&self->video_sink);
  confab_call_peer_set_connected (self, FALSE);
  self->shared = NULL;
}

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
  self->made_at_us = base_clock_get_monotonic_us (shared->clock);

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
confab_call_peer_get_missing_screen (ConfabCallPeer *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL_PEER (self), CONFAB_MISSING_NONE);

  return self->missing_screen;
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
    case PEER_PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PEER_PROP_CONNECTED:
      g_value_set_boolean (value, self->connected);
      break;
    case PEER_PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PEER_PROP_VIDEO_ON:
      g_value_set_boolean (value, self->video_on);
      break;
    case PEER_PROP_SCREEN_ON:
      g_value_set_boolean (value, self->screen_on);
      break;
    case PEER_PROP_MISSING_AUDIO:
      g_value_set_enum (value, (int) self->missing_audio);
      break;
    case PEER_PROP_MISSING_VIDEO:
      g_value_set_enum (value, (int) self->missing_video);
      break;
    case PEER_PROP_MISSING_SCREEN:
      g_value_set_enum (value, (int) self->missing_screen);
      break;
    case PEER_PROP_SAFETY_CODE:
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
  g_free (self->fingerprint);
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
  properties[PEER_PROP_USER] =
    g_param_spec_object ("user", NULL, NULL, CONFAB_TYPE_USER, PARAM_READABLE);
  /**
   * ConfabCallPeer:connected:
   *
   * Whether its media come through now.
   */
  properties[PEER_PROP_CONNECTED] =
    g_param_spec_boolean ("connected", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:muted:
   *
   * Whether the other side has muted itself.
   */
  properties[PEER_PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:video-on:
   *
   * Whether the other side sends a picture.
   */
  properties[PEER_PROP_VIDEO_ON] =
    g_param_spec_boolean ("video-on", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:screen-on:
   *
   * Whether the picture is that of a screen.
   */
  properties[PEER_PROP_SCREEN_ON] =
    g_param_spec_boolean ("screen-on", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCallPeer:missing-audio:
   *
   * Why the other side cannot be heard.
   */
  properties[PEER_PROP_MISSING_AUDIO] =
    g_param_spec_enum ("missing-audio", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCallPeer:missing-video:
   *
   * Why the other side cannot be seen.
   */
  properties[PEER_PROP_MISSING_VIDEO] =
    g_param_spec_enum ("missing-video", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCallPeer:missing-screen:
   *
   * Why the other side's screen is not seen.
   */
  properties[PEER_PROP_MISSING_SCREEN] =
    g_param_spec_enum ("missing-screen", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCallPeer:safety-code:
   *
   * The code that both ends show.
   */
  properties[PEER_PROP_SAFETY_CODE] =
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
  /**
   * ConfabCallPeer::failed: (skip)
   * @self: the peer
   * @error: an error in #ConfabCallError
   *
   * The link to it cannot go on as it is.
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_call_peer_init (ConfabCallPeer *self)
{
  self->stats = g_new0 (ConfabCallStats, 1);
  self->stats->audio_level_db = -100;
}
