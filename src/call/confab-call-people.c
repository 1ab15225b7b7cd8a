/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-people"

#include "config.h"

#include "confab-call-private.h"

#include "confab-call-error.h"

#define CONNECT_S     30
#define TICK_MS       1000
#define RECONNECT_S   4      /* away that long: another way is looked for */
#define RETRY_S       8      /* and again after that */
#define LOST_S        25     /* away that long: gone */
#define CLOSED_S      2      /* closed without a word: gone */

/* A call and the devices in it: how they come and go, what they say, and how long they may be
 * away. */

void
confab_call_remove_peer (ConfabCall     *self,
                         ConfabCallPeer *peer)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (peer);
  guint position;

  g_signal_handlers_disconnect_by_data (peer, self);
  confab_call_peer_close (peer);
  g_ptr_array_remove (self->ringing, peer);
  if (g_list_store_find (self->peers, peer, &position))
    g_list_store_remove (self->peers, position);
}

void
confab_call_remove_peer_with (ConfabCall     *self,
                              ConfabCallPeer *peer,
                              const char     *reason)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (peer);

  g_signal_handlers_disconnect_by_data (peer, self);
  confab_call_peer_hang_up (peer, reason);
  confab_call_remove_peer (self, peer);
}

void
confab_call_become_peer (ConfabCall     *self,
                         ConfabCallPeer *peer)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (peer);

  g_ptr_array_remove (self->ringing, peer);
  g_list_store_append (self->peers, peer);
  if (self->state != CONFAB_CALL_STATE_ACTIVE && self->state != CONFAB_CALL_STATE_CONNECTING)
    confab_call_set_state (self, CONFAB_CALL_STATE_CONNECTING);
  if (peer->native)
    confab_call_peer_tell (peer, confab_call_make_media_object (self));
}

static void
answered_cb (ConfabCallPeer *peer,
             ConfabCall     *self)
{
  /* In a group it has been a peer from the beginning, but only now it knows of us. */
  if (self->is_group)
    {
      confab_call_peer_tell (peer, confab_call_make_media_object (self));
      return;
    }

  confab_call_hang_up_ringing (self, peer, "answered-elsewhere");
  confab_call_become_peer (self, peer);
}

static ConfabCallEndReason
reason_of_caller (const char *reason)
{
  if (g_strcmp0 (reason, "answered-elsewhere") == 0)
    return CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE;
  if (g_strcmp0 (reason, "declined-elsewhere") == 0)
    return CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE;
  if (g_strcmp0 (reason, "no-answer") == 0)
    return CONFAB_CALL_END_REASON_NO_ANSWER;

  return CONFAB_CALL_END_REASON_PEER_CANCELLED;
}

/* How a call ends whose only other one says that word in the middle of it. */
static ConfabCallEndReason
reason_of_peer (const char *reason)
{
  if (g_strcmp0 (reason, "no-way") == 0)
    return CONFAB_CALL_END_REASON_NO_WAY;
  if (g_strcmp0 (reason, "insecure") == 0)
    return CONFAB_CALL_END_REASON_INSECURE;
  if (g_strcmp0 (reason, "failed") == 0 || g_strcmp0 (reason, "no-plugin") == 0)
    return CONFAB_CALL_END_REASON_PEER_FAILED;

  return CONFAB_CALL_END_REASON_PEER_HUNG_UP;
}

/* One device rings no longer, for a reason that is not the person's: the others go on. */
static void
device_refused (ConfabCall          *self,
                ConfabCallPeer      *device,
                ConfabCallEndReason  reason)
{
  g_hash_table_add (self->unable, g_strdup (confab_call_peer_get_cid (device)));
  if (self->ringing->len == 0)
    confab_call_end (self, reason, NULL);
}

static void
refused (ConfabCall *self,
         const char *reason)
{
  gboolean busy = g_strcmp0 (reason, "busy") == 0;

  confab_call_hang_up_ringing (self, NULL, busy ? "cancelled" : "declined-elsewhere");
  confab_call_end (self, busy ? CONFAB_CALL_END_REASON_BUSY : CONFAB_CALL_END_REASON_PEER_DECLINED,
                   NULL);
}

static void
hung_up_cb (ConfabCallPeer *peer,
            const char     *reason,
            ConfabCall     *self)
{
  gboolean was_ringing = g_ptr_array_find (self->ringing, peer, NULL);

  /* Skapi's clients wait for the same word back. */
  if (!peer->native)
    confab_call_peer_hang_up (peer, NULL);
  confab_call_remove_peer (self, peer);

  if (self->is_group)
    return;
  if (self->state == CONFAB_CALL_STATE_RINGING_IN)
    confab_call_end (self, reason_of_caller (reason), NULL);
  else if (!was_ringing)
    confab_call_end (self, reason_of_peer (reason), NULL);
  else if (g_strcmp0 (reason, "no-answer") == 0)
    device_refused (self, peer, CONFAB_CALL_END_REASON_NO_ANSWER);
  else if (reason_of_peer (reason) == CONFAB_CALL_END_REASON_PEER_FAILED)
    device_refused (self, peer, CONFAB_CALL_END_REASON_PEER_FAILED);
  else
    refused (self, reason);
}

/* What was lost is looked for anew by the ticks, where the other side knows how to, or given up by
 * them; who has hung up may still say so. But nothing goes on with somebody who may be another. */
static void
failed_cb (ConfabCallPeer *peer,
           const GError   *error,
           ConfabCall     *self)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (peer);
  gboolean insecure = g_error_matches (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INSECURE);

  g_debug ("%s", error->message);
  if (!insecure && self->state == CONFAB_CALL_STATE_ACTIVE)
    return;

  confab_call_remove_peer_with (self, peer, insecure ? "insecure" : "failed");
  /* Other devices ring on, and others talk on. */
  if (!self->is_group && self->ringing->len == 0)
    confab_call_end (self,
                     insecure ? CONFAB_CALL_END_REASON_INSECURE : CONFAB_CALL_END_REASON_FAILED,
                     error->message);
}

static void
check_reconnecting (ConfabCall *self)
{
  gboolean any_away = FALSE;

  for (guint i = 0; i < confab_call_count_peers (self); i++)
    any_away = any_away || !confab_call_get_peer (self, i)->connected;
  confab_call_set_reconnecting (self,
                                self->state == CONFAB_CALL_STATE_ACTIVE && any_away &&
                                !self->is_group);
}

static void
connected_cb (ConfabCallPeer *peer,
              GParamSpec     *pspec,
              ConfabCall     *self)
{
  if (peer->connected && self->state == CONFAB_CALL_STATE_CONNECTING)
    confab_call_set_state (self, CONFAB_CALL_STATE_ACTIVE);
  check_reconnecting (self);
}

static void
safety_code_cb (ConfabCallPeer *peer,
                GParamSpec     *pspec,
                ConfabCall     *self)
{
  if (!self->is_group)
    confab_call_notify (self, PROP_SAFETY_CODE);
}

void
confab_call_add_peer (ConfabCall     *self,
                      ConfabCallPeer *peer)
{
  g_ptr_array_add (self->ringing, g_object_ref (peer));
  g_signal_connect (peer, "answered", G_CALLBACK (answered_cb), self);
  g_signal_connect (peer, "hung-up", G_CALLBACK (hung_up_cb), self);
  g_signal_connect (peer, "failed", G_CALLBACK (failed_cb), self);
  g_signal_connect (peer, "notify::connected", G_CALLBACK (connected_cb), self);
  g_signal_connect (peer, "notify::safety-code", G_CALLBACK (safety_code_cb), self);
}

JsonObject *
confab_call_make_invitation (ConfabCall *self)
{
  JsonObject *invitation = json_object_new ();

  json_object_set_boolean_member (invitation, "video", self->video);
  if (self->is_group)
    json_object_set_string_member (invitation, "group", confab_room_get_rid (self->room));

  return invitation;
}

gboolean
confab_call_knows_device (ConfabCall *self,
                          const char *cid)
{
  for (guint i = 0; i < self->ringing->len; i++)
    if (g_str_equal (confab_call_peer_get_cid (g_ptr_array_index (self->ringing, i)), cid))
      return TRUE;

  for (guint i = 0; i < confab_call_count_peers (self); i++)
    if (g_str_equal (confab_call_peer_get_cid (confab_call_get_peer (self, i)), cid))
      return TRUE;

  return FALSE;
}

static void
tick_peer (ConfabCall     *self,
           ConfabCallPeer *peer)
{
  gint64 now_us = base_clock_get_monotonic_us (self->home.clock);
  gint64 away_us = peer->away_since_us ? now_us - peer->away_since_us : 0;
  gint64 away_s = away_us / G_USEC_PER_SEC;
  gint64 retry_at_us = peer->tried_at_us ? peer->tried_at_us + RETRY_S * G_USEC_PER_SEC
                                         : peer->away_since_us + RECONNECT_S * G_USEC_PER_SEC;
  gboolean closed =
    peer->link && confab_call_link_get_state (peer->link) == CONFAB_CALL_LINK_STATE_CLOSED;

  confab_call_peer_tick (peer);
  if (peer->connected || !peer->away_since_us)
    return;

  if (away_s >= LOST_S || (closed && away_s >= CLOSED_S))
    {
      confab_call_remove_peer (self, peer);
      if (!self->is_group)
        confab_call_end (self, CONFAB_CALL_END_REASON_PEER_LOST, NULL);
    }
  else if (now_us >= retry_at_us)
    {
      confab_call_peer_reconnect (peer);
    }
}

/* How long it has been in its state. */
static gint64
get_seconds (ConfabCall *self)
{
  return (base_clock_get_monotonic_us (self->home.clock) - self->state_since_us) /
         G_USEC_PER_SEC;
}

static gboolean
tick_cb (gpointer user_data)
{
  g_autoptr(ConfabCall) self = g_object_ref (user_data);

  self->n_ticks++;
  if (self->state == CONFAB_CALL_STATE_RINGING_OUT || self->state == CONFAB_CALL_STATE_RINGING_IN)
    {
      confab_call_tick_ringing (self, get_seconds (self));
    }
  else if (self->state == CONFAB_CALL_STATE_CONNECTING && get_seconds (self) >= CONNECT_S)
    {
      confab_call_hang_up_all (self, "no-way");
      confab_call_end (self, CONFAB_CALL_END_REASON_NO_WAY, NULL);
    }

  if (self->is_group)
    confab_call_tick_group (self, get_seconds (self));
  for (guint i = confab_call_count_peers (self); i-- > 0 && self->state != CONFAB_CALL_STATE_ENDED;)
    tick_peer (self, confab_call_get_peer (self, i));

  return self->state == CONFAB_CALL_STATE_ENDED ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
network_changed_cb (GNetworkMonitor *monitor,
                    gboolean         available,
                    ConfabCall      *self)
{
  for (guint i = 0; available && i < confab_call_count_peers (self); i++)
    confab_call_peer_network_changed (confab_call_get_peer (self, i));
}

static ConfabCall *
make_call (const ConfabCallHome *home,
           const ConfabCallIce  *ice)
{
  ConfabCall *self = g_object_new (CONFAB_TYPE_CALL, NULL);

  self->home.session = g_object_ref (home->session);
  self->home.devices = g_object_ref (home->devices);
  self->home.line = g_object_ref (home->line);
  self->home.clock = home->clock;
  self->shared.line = self->home.line;
  self->shared.clock = self->home.clock;
  self->shared.own_user_id =
    g_strdup (confab_user_get_user_id (confab_session_get_user (home->session)));
  self->shared.ice.stun_uris = g_strdupv (ice->stun_uris);
  self->shared.ice.turn_uris = g_strdupv (ice->turn_uris);
  self->shared.ice.relay_only = ice->relay_only;
  self->tick = g_timeout_add (TICK_MS, tick_cb, self);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (network_changed_cb), self, G_CONNECT_DEFAULT);

  return self;
}

ConfabCall *
confab_call_new (const ConfabCallHome *home,
                 const ConfabCallIce  *ice,
                 ConfabRoom           *room,
                 gboolean              video)
{
  ConfabCall *self = make_call (home, ice);

  self->room = g_object_ref (room);
  self->is_group = confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP;
  if (!self->is_group)
    g_set_object (&self->user, confab_room_get_peer (room));
  self->shared.call_id = self->is_group ? g_strconcat ("group:", confab_room_get_rid (room), NULL)
                                        : g_uuid_string_random ();
  self->outgoing = TRUE;
  self->video = self->camera_on = video;

  return self;
}

ConfabCall *
confab_call_new_incoming (const ConfabCallHome  *home,
                          const ConfabCallIce   *ice,
                          const char            *user_id,
                          const char            *cid,
                          JsonObject            *content,
                          GError               **error)
{
  JsonObject *offer = confab_call_json_get_object (content, "sdpoffer");
  JsonObject *call = confab_call_json_get_object (content, "call");
  const char *sdp = offer ? confab_call_json_get_string (offer, "sdp") : NULL;
  const char *id = call ? confab_call_json_get_string (call, "id") : NULL;
  g_autofree char *rid = g_strconcat ("@", user_id, NULL);
  g_autoptr(ConfabCall) self = make_call (home, ice);
  g_autoptr(ConfabCallPeer) peer = NULL;

  g_set_object (&self->room, confab_session_get_room (home->session, rid));
  self->user = confab_session_dup_user (home->session, user_id);
  self->shared.call_id = id ? g_strdup (id) : g_uuid_string_random ();
  if (!confab_call_make_media (self))
    return g_steal_pointer (&self);

  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = call != NULL;
  confab_call_add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp ? sdp : "", error))
    return NULL;

  self->video = call ? confab_call_json_get_boolean (call, "video")
                     : confab_call_link_get_offers_video (peer->link);
  confab_call_set_state (self, CONFAB_CALL_STATE_RINGING_IN);

  return g_steal_pointer (&self);
}

ConfabCallPeer *
confab_call_find_peer (ConfabCall *self,
                       const char *user_id,
                       const char *cid)
{
  for (guint i = 0; i < self->ringing->len; i++)
    if (confab_call_peer_is (g_ptr_array_index (self->ringing, i), user_id, cid))
      return g_ptr_array_index (self->ringing, i);

  for (guint i = 0; i < confab_call_count_peers (self); i++)
    if (confab_call_peer_is (confab_call_get_peer (self, i), user_id, cid))
      return confab_call_get_peer (self, i);

  return NULL;
}

gboolean
confab_call_hear (ConfabCall *self,
                  const char *user_id,
                  const char *cid,
                  JsonObject *content)
{
  JsonObject *call = confab_call_json_get_object (content, "call");
  JsonObject *offer = confab_call_json_get_object (content, "sdpoffer");
  const char *id = call ? confab_call_json_get_string (call, "id") : NULL;
  const char *moved = call ? confab_call_json_get_string (call, "moved") : NULL;
  const char *sdp = offer ? confab_call_json_get_string (offer, "sdp") : NULL;
  ConfabCallPeer *peer;

  if (self->state == CONFAB_CALL_STATE_ENDED ||
      (id && !g_str_equal (id, self->shared.call_id)))
    return FALSE;

  peer = confab_call_find_peer (self, user_id, cid);
  if (!peer && moved)
    peer = confab_call_take_moved (self, user_id, cid, moved);

  if (peer)
    confab_call_peer_take (peer, content);
  else if (self->is_group && id && sdp)
    confab_call_take_newcomer (self, user_id, cid, sdp);

  return peer || id;
}
