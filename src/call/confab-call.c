/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call"

#include "config.h"

#include "confab-call-private.h"

#define PARAM_READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)
#define PARAM_READWRITE (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

/**
 * ConfabCall:
 *
 * One call, of two people or of a group, from ringing to its end.
 *
 * Its state only moves forward; what ends it is in #ConfabCall:end-reason. A call that was
 * begun is there at once, in whatever state it can get into: nothing of it throws. It goes on
 * while the signalling connection is away, and while the network between the people is gone for
 * some seconds. When it has ended, its devices are closed.
 */
G_DEFINE_FINAL_TYPE (ConfabCall, confab_call, G_TYPE_OBJECT)

static GParamSpec *properties[PROP_SAFETY_CODE + 1];

void
confab_call_notify (ConfabCall         *self,
                    ConfabCallProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

guint
confab_call_count_peers (ConfabCall *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->peers));
}

/* Borrowed. */
ConfabCallPeer *
confab_call_get_peer (ConfabCall *self,
                      guint       position)
{
  g_autoptr(ConfabCallPeer) peer =
    g_list_model_get_item (G_LIST_MODEL (self->peers), position);

  return peer;
}

static void
close_media (ConfabCall *self)
{
  ConfabMedia *media = g_steal_pointer (&self->shared.media);

  if (!media)
    return;

  g_signal_handlers_disconnect_by_data (media, self);
  confab_media_stop (media);
  g_object_unref (media);
}

void
confab_call_set_state (ConfabCall      *self,
                       ConfabCallState  state)
{
  g_assert (confab_call_state_may_follow (self->state, state));

  self->state = state;
  self->n_ticks = 0;
  self->state_since_us = base_clock_get_monotonic_us (self->home.clock);
  if (state == CONFAB_CALL_STATE_ACTIVE)
    {
      self->started_at = g_get_real_time ();
      confab_call_notify (self, PROP_STARTED_AT);
    }
  confab_call_notify (self, PROP_STATE);
}

void
confab_call_end (ConfabCall          *self,
                 ConfabCallEndReason  reason,
                 const char          *message)
{
  g_autoptr(ConfabCall) kept = g_object_ref (self);

  if (self->state == CONFAB_CALL_STATE_ENDED)
    return;

  g_cancellable_cancel (self->lifetime);
  g_clear_handle_id (&self->tick, g_source_remove);
  for (guint i = 0; i < self->ringing->len; i++)
    {
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->ringing, i), self);
      confab_call_peer_close (g_ptr_array_index (self->ringing, i));
    }
  g_ptr_array_set_size (self->ringing, 0);
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    {
      g_signal_handlers_disconnect_by_data (confab_call_get_peer (self, i), self);
      confab_call_peer_close (confab_call_get_peer (self, i));
    }
  close_media (self);

  self->end_reason = reason;
  g_set_str (&self->end_message, message);
  confab_call_notify (self, PROP_END_REASON);
  confab_call_set_state (self, CONFAB_CALL_STATE_ENDED);
}

void
confab_call_hang_up_ringing (ConfabCall     *self,
                             ConfabCallPeer *except,
                             const char     *reason)
{
  for (guint i = self->ringing->len; i-- > 0;)
    {
      g_autoptr(ConfabCallPeer) peer = g_object_ref (g_ptr_array_index (self->ringing, i));

      if (peer == except)
        continue;

      g_signal_handlers_disconnect_by_data (peer, self);
      g_ptr_array_remove_index (self->ringing, i);
      confab_call_peer_hang_up (peer, reason);
    }
}

void
confab_call_hang_up_all (ConfabCall *self,
                         const char *reason)
{
  confab_call_hang_up_ringing (self, NULL, reason);
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    {
      g_signal_handlers_disconnect_by_data (confab_call_get_peer (self, i), self);
      confab_call_peer_hang_up (confab_call_get_peer (self, i), reason);
    }
}

void
confab_call_set_reconnecting (ConfabCall *self,
                              gboolean    reconnecting)
{
  if (self->reconnecting == reconnecting)
    return;

  self->reconnecting = reconnecting;
  confab_call_notify (self, PROP_RECONNECTING);
}

void
confab_call_accept (ConfabCall *self,
                    gboolean    video)
{
  ConfabCallPeer *peer;

  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->state != CONFAB_CALL_STATE_RINGING_IN || self->ringing->len == 0)
    return;

  peer = g_ptr_array_index (self->ringing, 0);
  self->camera_on = video;
  /* The answer first: devices take their time. */
  confab_call_peer_accept (peer);
  confab_call_become_peer (self, peer);
  confab_call_open_devices (self);
  confab_call_notify (self, PROP_CAMERA_ON);
}

void
confab_call_decline (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->state != CONFAB_CALL_STATE_RINGING_IN)
    return;

  confab_call_hang_up_ringing (self, NULL, "declined");
  confab_call_end (self, CONFAB_CALL_END_REASON_DECLINED, NULL);
}

void
confab_call_hang_up (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  switch (self->state)
    {
    case CONFAB_CALL_STATE_RINGING_IN:
      confab_call_decline (self);
      break;

    case CONFAB_CALL_STATE_IDLE:
    case CONFAB_CALL_STATE_RINGING_OUT:
      confab_call_hang_up_ringing (self, NULL, "cancelled");
      confab_call_end (self, CONFAB_CALL_END_REASON_CANCELLED, NULL);
      break;

    case CONFAB_CALL_STATE_CONNECTING:
    case CONFAB_CALL_STATE_ACTIVE:
      confab_call_hang_up_all (self, NULL);
      if (self->is_group)
        confab_call_say_presence (self, FALSE);
      confab_call_end (self, CONFAB_CALL_END_REASON_HUNG_UP, NULL);
      break;

    case CONFAB_CALL_STATE_ENDED:
      break;
    }
}

const char *
confab_call_get_id (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return self->shared.call_id;
}

ConfabCallState
confab_call_get_state (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_CALL_STATE_ENDED);

  return self->state;
}

ConfabCallEndReason
confab_call_get_end_reason (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_CALL_END_REASON_NONE);

  return self->end_reason;
}

const char *
confab_call_get_end_message (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return self->end_message;
}

ConfabRoom *
confab_call_get_room (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return self->room;
}

ConfabUser *
confab_call_get_user (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return self->user;
}

gboolean
confab_call_get_outgoing (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->outgoing;
}

gboolean
confab_call_get_video (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->video;
}

gint64
confab_call_get_started_at (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), 0);

  return self->started_at;
}

gboolean
confab_call_get_reconnecting (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->reconnecting;
}

GListModel *
confab_call_get_peers (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return G_LIST_MODEL (self->peers);
}

const char *
confab_call_get_safety_code (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return !self->is_group && confab_call_count_peers (self) == 1
           ? confab_call_peer_get_safety_code (confab_call_get_peer (self, 0))
           : NULL;
}

static void
confab_call_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ConfabCall *self = CONFAB_CALL (object);

  switch ((ConfabCallProperty) property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_END_REASON:
      g_value_set_enum (value, (int) self->end_reason);
      break;
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, self->outgoing);
      break;
    case PROP_VIDEO:
      g_value_set_boolean (value, self->video);
      break;
    case PROP_STARTED_AT:
      g_value_set_int64 (value, self->started_at);
      break;
    case PROP_RECONNECTING:
      g_value_set_boolean (value, self->reconnecting);
      break;
    case PROP_PEERS:
      g_value_set_object (value, self->peers);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_CAMERA_ON:
      g_value_set_boolean (value, self->camera_on);
      break;
    case PROP_SCREEN_ON:
      g_value_set_boolean (value, confab_call_get_screen_on (self));
      break;
    case PROP_MISSING_AUDIO:
      g_value_set_enum (value, (int) confab_call_get_missing_audio (self));
      break;
    case PROP_MISSING_VIDEO:
      g_value_set_enum (value, (int) confab_call_get_missing_video (self));
      break;
    case PROP_MISSING_SCREEN:
      g_value_set_enum (value, (int) self->missing_screen);
      break;
    case PROP_SAFETY_CODE:
      g_value_set_string (value, confab_call_get_safety_code (self));
      break;
    }
}

static void
confab_call_set_property (GObject      *object,
                          guint         property_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ConfabCall *self = CONFAB_CALL (object);

  switch (property_id)
    {
    case PROP_MUTED:
      confab_call_set_muted (self, g_value_get_boolean (value));
      break;
    case PROP_CAMERA_ON:
      confab_call_set_camera_on (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
confab_call_dispose (GObject *object)
{
  ConfabCall *self = CONFAB_CALL (object);

  confab_call_end (self, CONFAB_CALL_END_REASON_FAILED, NULL);
  g_clear_pointer (&self->ringing, g_ptr_array_unref);
  g_clear_object (&self->peers);
  g_clear_object (&self->room);
  g_clear_object (&self->user);
  g_clear_object (&self->self_view);
  g_clear_object (&self->home.session);
  g_clear_object (&self->home.devices);
  g_clear_object (&self->home.line);

  G_OBJECT_CLASS (confab_call_parent_class)->dispose (object);
}

static void
confab_call_finalize (GObject *object)
{
  ConfabCall *self = CONFAB_CALL (object);

  g_clear_object (&self->lifetime);
  g_clear_pointer (&self->devices, g_hash_table_unref);
  g_clear_pointer (&self->unable, g_hash_table_unref);
  g_strfreev (self->shared.ice.stun_uris);
  g_strfreev (self->shared.ice.turn_uris);
  g_free (self->shared.call_id);
  g_free (self->shared.own_user_id);
  g_free (self->end_message);
  g_free (self->cid_before);

  G_OBJECT_CLASS (confab_call_parent_class)->finalize (object);
}

static void
install_properties_of_the_call (void)
{
  /**
   * ConfabCall:state:
   *
   * Where the call is.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CONFAB_TYPE_CALL_STATE, CONFAB_CALL_STATE_IDLE,
                       PARAM_READABLE);
  /**
   * ConfabCall:end-reason:
   *
   * Why it has ended.
   */
  properties[PROP_END_REASON] =
    g_param_spec_enum ("end-reason", NULL, NULL, CONFAB_TYPE_CALL_END_REASON,
                       CONFAB_CALL_END_REASON_NONE, PARAM_READABLE);
  /**
   * ConfabCall:room:
   *
   * The room it belongs to.
   */
  properties[PROP_ROOM] =
    g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, PARAM_READABLE);
  /**
   * ConfabCall:user:
   *
   * The other user, in a call of two.
   */
  properties[PROP_USER] =
    g_param_spec_object ("user", NULL, NULL, CONFAB_TYPE_USER, PARAM_READABLE);
  /**
   * ConfabCall:outgoing:
   *
   * Whether it was begun here.
   */
  properties[PROP_OUTGOING] =
    g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCall:video:
   *
   * Whether the caller began it with a camera.
   */
  properties[PROP_VIDEO] = g_param_spec_boolean ("video", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCall:started-at:
   *
   * When it became active, in µs since the epoch.
   */
  properties[PROP_STARTED_AT] =
    g_param_spec_int64 ("started-at", NULL, NULL, 0, G_MAXINT64, 0, PARAM_READABLE);
  /**
   * ConfabCall:reconnecting:
   *
   * Whether nothing comes through just now.
   */
  properties[PROP_RECONNECTING] =
    g_param_spec_boolean ("reconnecting", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCall:peers:
   *
   * Who else is in the call.
   */
  properties[PROP_PEERS] =
    g_param_spec_object ("peers", NULL, NULL, G_TYPE_LIST_MODEL, PARAM_READABLE);
  /**
   * ConfabCall:safety-code:
   *
   * The code that both ends of a call of two show.
   */
  properties[PROP_SAFETY_CODE] =
    g_param_spec_string ("safety-code", NULL, NULL, NULL, PARAM_READABLE);
}

static void
install_properties_of_the_own_side (void)
{
  /**
   * ConfabCall:muted:
   *
   * Whether the own microphone is silent.
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, PARAM_READWRITE);
  /**
   * ConfabCall:camera-on:
   *
   * Whether the own camera is to be seen.
   */
  properties[PROP_CAMERA_ON] =
    g_param_spec_boolean ("camera-on", NULL, NULL, FALSE, PARAM_READWRITE);
  /**
   * ConfabCall:screen-on:
   *
   * Whether the own screen is seen.
   */
  properties[PROP_SCREEN_ON] =
    g_param_spec_boolean ("screen-on", NULL, NULL, FALSE, PARAM_READABLE);
  /**
   * ConfabCall:missing-audio:
   *
   * Why the person here cannot be heard.
   */
  properties[PROP_MISSING_AUDIO] =
    g_param_spec_enum ("missing-audio", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCall:missing-video:
   *
   * Why the person here cannot be seen.
   */
  properties[PROP_MISSING_VIDEO] =
    g_param_spec_enum ("missing-video", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
  /**
   * ConfabCall:missing-screen:
   *
   * Why the screen is not seen that was to be shown.
   */
  properties[PROP_MISSING_SCREEN] =
    g_param_spec_enum ("missing-screen", NULL, NULL, CONFAB_TYPE_MISSING, CONFAB_MISSING_NONE,
                       PARAM_READABLE);
}

static void
confab_call_class_init (ConfabCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_call_get_property;
  object_class->set_property = confab_call_set_property;
  object_class->dispose = confab_call_dispose;
  object_class->finalize = confab_call_finalize;

  install_properties_of_the_call ();
  install_properties_of_the_own_side ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_call_init (ConfabCall *self)
{
  self->ringing = g_ptr_array_new_with_free_func (g_object_unref);
  self->peers = g_list_store_new (CONFAB_TYPE_CALL_PEER);
  self->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lifetime = g_cancellable_new ();
}
