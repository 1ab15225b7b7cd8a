/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-group"

#include "config.h"

#include "confab-call-private.h"

#define MAX_PEERS 3
#define CONNECT_S 30

/* The call of a group: everybody in it is linked with everybody else. Who comes later makes the
 * offers, so that no two meet. */

/* Whether the server says that this device is in the call. */
static gboolean
is_listed (ConfabCall     *self,
           ConfabCallPeer *peer)
{
  return g_hash_table_contains (self->devices, confab_call_peer_get_cid (peer));
}

/* There are few places, and none for who is neither linked nor in the call any more. */
static gboolean
make_room (ConfabCall *self)
{
  for (guint i = confab_call_count_peers (self); i-- > 0;)
    {
      ConfabCallPeer *peer = confab_call_get_peer (self, i);

      if (confab_call_count_peers (self) >= MAX_PEERS && !peer->connected &&
          !is_listed (self, peer))
        confab_call_remove_peer (self, peer);
    }

  return confab_call_count_peers (self) < MAX_PEERS;
}

/* A device of that user is linked with this one and has another cid now, of which it tells. */
static gboolean
is_moving (ConfabCall *self,
           const char *user_id)
{
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    {
      ConfabCallPeer *peer = confab_call_get_peer (self, i);

      if (peer->connected && g_str_equal (peer->user_id, user_id) && !is_listed (self, peer))
        return TRUE;
    }

  return FALSE;
}

static void
meet_device (ConfabCall *self,
             JsonObject *device)
{
  const char *cid = confab_call_json_get_string (device, "cid");
  const char *user_id = confab_call_json_get_string (device, "user_id");
  const char *own = confab_connection_get_cid (confab_session_get_connection (self->home.session));
  g_autoptr(ConfabUser) user = NULL;
  g_autoptr(ConfabCallPeer) peer = NULL;

  if (!cid || !user_id || g_strcmp0 (cid, own) == 0 || confab_call_knows_device (self, cid) ||
      g_str_equal (user_id, self->shared.own_user_id) || is_moving (self, user_id) ||
      !make_room (self))
    return;

  user = confab_session_dup_user (self->home.session, user_id);
  peer = confab_call_peer_new (&self->shared, user, cid);
  peer->native = TRUE;
  confab_call_add_peer (self, peer);
  confab_call_become_peer (self, peer);
  confab_call_peer_invite (peer, confab_call_make_invitation (self));
}

void
confab_call_take_devices (ConfabCall *self,
                          JsonArray  *devices)
{
  g_hash_table_remove_all (self->devices);
  for (guint i = 0; i < json_array_get_length (devices); i++)
    {
      JsonObject *device = confab_call_json_get_item (devices, i);
      const char *cid = device ? confab_call_json_get_string (device, "cid") : NULL;
      const char *user_id = device ? confab_call_json_get_string (device, "user_id") : NULL;

      if (cid && user_id)
        g_hash_table_replace (self->devices, g_strdup (cid), g_strdup (user_id));
    }
}

/* A line that was lost meanwhile is waited for by the ticks. */
static void
take_refusal (ConfabCall   *self,
              const GError *error)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CLOSED))
    return;

  confab_call_end (self,
                   g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED)
         ? CONFAB_CALL_END_REASON_FULL
         : CONFAB_CALL_END_REASON_FAILED,
                   error ? error->message : NULL);
}

static void
joined_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(ConfabCall) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, &error);
  JsonArray *devices = answer ? confab_call_json_get_array (answer, "devices") : NULL;

  if (g_cancellable_is_cancelled (self->lifetime) ||
      (!devices && self->state == CONFAB_CALL_STATE_ACTIVE))
    return;

  self->asking = FALSE;
  if (!devices)
    {
      take_refusal (self, error);
      return;
    }

  confab_call_take_devices (self, devices);
  if (self->state != CONFAB_CALL_STATE_ACTIVE)
    confab_call_set_state (self, CONFAB_CALL_STATE_ACTIVE);
  /* Whoever came while the signalling was away could not call this device. */
  for (guint i = 0; i < json_array_get_length (devices); i++)
    {
      JsonObject *device = confab_call_json_get_item (devices, i);

      if (device)
        meet_device (self, device);
    }
}

void
confab_call_say_presence (ConfabCall *self,
                          gboolean    on)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "action", "call");
  json_object_set_string_member (request, "rid", confab_room_get_rid (self->room));
  json_object_set_boolean_member (request, "on", on);
  self->asking = on;
  confab_call_line_ask_async (self->home.line, request, NULL, joined_cb, g_object_ref (self));
}

void
confab_call_join_group (ConfabCall *self)
{
  confab_call_set_state (self, CONFAB_CALL_STATE_CONNECTING);
  if (!confab_call_make_media (self))
    return;

  confab_call_open_devices (self);
  if (confab_call_line_get_online (self->home.line))
    confab_call_say_presence (self, TRUE);
}

/* Somebody who came later makes the offer; it is taken without asking, if the server says that they
 * are in the call. */
void
confab_call_take_newcomer (ConfabCall *self,
                           const char *user_id,
                           const char *cid,
                           const char *sdp)
{
  g_autoptr(ConfabUser) user = NULL;
  g_autoptr(ConfabCallPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  if (self->state != CONFAB_CALL_STATE_ACTIVE ||
      g_strcmp0 (g_hash_table_lookup (self->devices, cid), user_id) != 0 || !make_room (self))
    return;

  user = confab_session_dup_user (self->home.session, user_id);
  peer = confab_call_peer_new (&self->shared, user, cid);
  peer->native = TRUE;
  confab_call_add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp, &error))
    {
      g_debug ("%s", error->message);
      confab_call_remove_peer_with (self, peer, "failed");
      return;
    }

  confab_call_become_peer (self, peer);
  confab_call_peer_accept (peer);
}

void
confab_call_tick_group (ConfabCall *self,
                        gint64      seconds)
{
  gint64 now_us = base_clock_get_monotonic_us (self->home.clock);

  if (self->state == CONFAB_CALL_STATE_CONNECTING && !self->asking)
    {
      if (confab_call_line_get_online (self->home.line))
        confab_call_say_presence (self, TRUE);
      else if (seconds >= CONFAB_CALL_OFFLINE_S)
        confab_call_end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
    }

  for (guint i = confab_call_count_peers (self); i-- > 0;)
    {
      ConfabCallPeer *peer = confab_call_get_peer (self, i);

      if (!peer->connected && peer->away_since_us == 0 &&
          now_us - peer->made_at_us >= CONNECT_S * G_USEC_PER_SEC)
        confab_call_remove_peer_with (self, peer, "no-way");
    }
}
