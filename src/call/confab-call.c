/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call"

#include "config.h"

#include "confab-call-private.h"

#include "confab-call-error.h"

#include <string.h>

#define PARAM_READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)
#define PARAM_READWRITE (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

#define RING_S        45
/* The caller gives up after RING_S and says so; this is for one who cannot say it any more. */
#define RING_IN_S     55
#define CONNECT_S     30
#define TICK_MS       1000
#define POLL_EVERY_S  3
#define RECONNECT_S   4      /* away that long: another way is looked for */
#define RETRY_S       8      /* and again after that */
#define LOST_S        25     /* away that long: gone */
#define CLOSED_S      2      /* closed without a word: gone */
#define MAX_PEERS     3

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
struct _ConfabCall
{
  GObject              parent_instance;

  ConfabCallHome       home;
  ConfabCallShared     shared;
  ConfabRoom          *room;
  ConfabUser          *user;         /* the other one in a call of two */
  ConfabCallState      state;
  ConfabCallEndReason  end_reason;
  char                *end_message;
  gboolean             outgoing;
  gboolean             video;
  gboolean             is_group;
  gboolean             muted;
  gboolean             camera_on;
  gint64               started_at;
  gboolean             reconnecting;

  GPtrArray           *ringing;      /* of ConfabCallPeer: devices that are called, or that call */
  GListStore          *peers;        /* of ConfabCallPeer: who is in it */
  GHashTable          *devices;      /* cid → user id: who the server says is in a group's call */
  GstElement          *self_view;
  guint                tick;
  guint                n_ticks;      /* in this state */
  guint                n_missed_polls;
  GCancellable        *lifetime;
};

G_DEFINE_FINAL_TYPE (ConfabCall, confab_call, G_TYPE_OBJECT)

typedef enum {
  PROP_STATE = 1,
  PROP_END_REASON,
  PROP_ROOM,
  PROP_USER,
  PROP_OUTGOING,
  PROP_VIDEO,
  PROP_STARTED_AT,
  PROP_RECONNECTING,
  PROP_PEERS,
  PROP_MUTED,
  PROP_CAMERA_ON,
  PROP_SCREEN_ON,
  PROP_MISSING_AUDIO,
  PROP_MISSING_VIDEO,
  PROP_SAFETY_CODE,
} ConfabCallProperty;

static GParamSpec *properties[PROP_SAFETY_CODE + 1];

static void
notify (ConfabCall         *self,
        ConfabCallProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static guint
count_peers (ConfabCall *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->peers));
}

/* Borrowed. */
static ConfabCallPeer *
get_peer (ConfabCall *self,
          guint       position)
{
  g_autoptr(ConfabCallPeer) peer =
    g_list_model_get_item (G_LIST_MODEL (self->peers), position);

  return peer;
}

/* --- States ------------------------------------------------------------------------------------
 */

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

static void
set_state (ConfabCall      *self,
           ConfabCallState  state)
{
  g_assert (confab_call_state_may_follow (self->state, state));

  self->state = state;
  self->n_ticks = 0;
  if (state == CONFAB_CALL_STATE_ACTIVE)
    {
      self->started_at = g_get_real_time ();
      notify (self, PROP_STARTED_AT);
    }
  notify (self, PROP_STATE);
}

static void
end (ConfabCall          *self,
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
  for (guint i = 0; i < count_peers (self); i++)
    {
      g_signal_handlers_disconnect_by_data (get_peer (self, i), self);
      confab_call_peer_close (get_peer (self, i));
    }
  close_media (self);

  self->end_reason = reason;
  g_set_str (&self->end_message, message);
  notify (self, PROP_END_REASON);
  set_state (self, CONFAB_CALL_STATE_ENDED);
}

static void
hang_up_ringing (ConfabCall     *self,
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

static void
hang_up_all (ConfabCall *self,
             const char *reason)
{
  hang_up_ringing (self, NULL, reason);
  for (guint i = 0; i < count_peers (self); i++)
    {
      g_signal_handlers_disconnect_by_data (get_peer (self, i), self);
      confab_call_peer_hang_up (get_peer (self, i), reason);
    }
}

static void
set_reconnecting (ConfabCall *self,
                  gboolean    reconnecting)
{
  if (self->reconnecting == reconnecting)
    return;

  self->reconnecting = reconnecting;
  notify (self, PROP_RECONNECTING);
}

/* --- The own side ------------------------------------------------------------------------------
 */

static void
set_missing (JsonObject    *object,
             const char    *key,
             ConfabMissing  missing)
{
  const char *nick = confab_call_get_missing_nick (missing);

  if (nick)
    json_object_set_string_member (object, key, nick);
}

static JsonObject *
make_media_object (ConfabCall *self)
{
  JsonObject *call = json_object_new ();
  JsonObject *media = json_object_new ();

  json_object_set_boolean_member (media, "muted", self->muted);
  json_object_set_boolean_member (
    media, "camera",
    self->camera_on && confab_call_get_missing_video (self) == CONFAB_MISSING_NONE);
  json_object_set_boolean_member (media, "screen", confab_call_get_screen_on (self));
  set_missing (media, "missing_audio", confab_call_get_missing_audio (self));
  set_missing (media, "missing_video", confab_call_get_missing_video (self));
  json_object_set_object_member (call, "media", media);

  return call;
}

static void
tell_peers_of_media (ConfabCall *self)
{
  for (guint i = 0; i < count_peers (self); i++)
    if (get_peer (self, i)->native)
      confab_call_peer_tell (get_peer (self, i), make_media_object (self));
}

static void
missing_changed_cb (ConfabMedia *media,
                    guint        kind,
                    ConfabCall  *self)
{
  notify (self, PROP_MISSING_AUDIO);
  notify (self, PROP_MISSING_VIDEO);
  tell_peers_of_media (self);
}

static gboolean
make_media (ConfabCall *self)
{
  g_autoptr(GError) error = NULL;

  self->shared.media = confab_media_new (self->home.devices, &error);
  if (!self->shared.media)
    {
      end (self,
           g_error_matches (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN)
             ? CONFAB_CALL_END_REASON_NO_PLUGIN
             : CONFAB_CALL_END_REASON_FAILED,
           error->message);
      return FALSE;
    }

  g_signal_connect (self->shared.media, "missing-changed", G_CALLBACK (missing_changed_cb), self);
  if (self->self_view)
    confab_media_set_self_view (self->shared.media, self->self_view);

  return TRUE;
}

static void
open_devices (ConfabCall *self)
{
  confab_media_set_microphone (self->shared.media, TRUE);
  confab_media_set_muted (self->shared.media, self->muted);
  if (self->camera_on)
    confab_media_set_camera (self->shared.media, TRUE);
}

/* --- Peers ---------------------------------------------------------------------------------------
 */

static void
remove_peer (ConfabCall     *self,
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

static void
become_peer (ConfabCall     *self,
             ConfabCallPeer *peer)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (peer);

  g_ptr_array_remove (self->ringing, peer);
  g_list_store_append (self->peers, peer);
  if (self->state != CONFAB_CALL_STATE_ACTIVE && self->state != CONFAB_CALL_STATE_CONNECTING)
    set_state (self, CONFAB_CALL_STATE_CONNECTING);
  if (peer->native)
    confab_call_peer_tell (peer, make_media_object (self));
}

static void
answered_cb (ConfabCallPeer *peer,
             ConfabCall     *self)
{
  if (self->is_group)
    return;

  hang_up_ringing (self, peer, "answered-elsewhere");
  become_peer (self, peer);
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

static void
refused (ConfabCall *self,
         const char *reason)
{
  gboolean busy = g_strcmp0 (reason, "busy") == 0;

  hang_up_ringing (self, NULL, busy ? "cancelled" : "declined-elsewhere");
  end (self, busy ? CONFAB_CALL_END_REASON_BUSY : CONFAB_CALL_END_REASON_PEER_DECLINED, NULL);
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
  remove_peer (self, peer);

  if (self->is_group)
    return;
  if (self->state == CONFAB_CALL_STATE_RINGING_IN)
    end (self, reason_of_caller (reason), NULL);
  else if (!was_ringing)
    end (self, CONFAB_CALL_END_REASON_PEER_HUNG_UP, NULL);
  else if (g_strcmp0 (reason, "no-answer") != 0)
    refused (self, reason);
  else if (self->ringing->len == 0)
    end (self, CONFAB_CALL_END_REASON_NO_ANSWER, NULL);
}

static void
check_reconnecting (ConfabCall *self)
{
  gboolean any_away = FALSE;

  for (guint i = 0; i < count_peers (self); i++)
    any_away = any_away || !get_peer (self, i)->connected;
  set_reconnecting (self, self->state == CONFAB_CALL_STATE_ACTIVE && any_away && !self->is_group);
}

static void
connected_cb (ConfabCallPeer *peer,
              GParamSpec     *pspec,
              ConfabCall     *self)
{
  if (peer->connected && self->state == CONFAB_CALL_STATE_CONNECTING)
    set_state (self, CONFAB_CALL_STATE_ACTIVE);
  check_reconnecting (self);
}

static void
safety_code_cb (ConfabCallPeer *peer,
                GParamSpec     *pspec,
                ConfabCall     *self)
{
  if (!self->is_group)
    notify (self, PROP_SAFETY_CODE);
}

static void
add_peer (ConfabCall     *self,
          ConfabCallPeer *peer)
{
  g_ptr_array_add (self->ringing, g_object_ref (peer));
  g_signal_connect (peer, "answered", G_CALLBACK (answered_cb), self);
  g_signal_connect (peer, "hung-up", G_CALLBACK (hung_up_cb), self);
  g_signal_connect (peer, "notify::connected", G_CALLBACK (connected_cb), self);
  g_signal_connect (peer, "notify::safety-code", G_CALLBACK (safety_code_cb), self);
}

static JsonObject *
make_invitation (ConfabCall *self)
{
  JsonObject *invitation = json_object_new ();

  json_object_set_boolean_member (invitation, "video", self->video);
  if (self->is_group)
    json_object_set_string_member (invitation, "group", confab_room_get_rid (self->room));

  return invitation;
}

static gboolean
knows_device (ConfabCall *self,
              const char *cid)
{
  for (guint i = 0; i < self->ringing->len; i++)
    if (g_str_equal (confab_call_peer_get_cid (g_ptr_array_index (self->ringing, i)), cid))
      return TRUE;

  for (guint i = 0; i < count_peers (self); i++)
    if (g_str_equal (confab_call_peer_get_cid (get_peer (self, i)), cid))
      return TRUE;

  return FALSE;
}

static void
ring_device (ConfabCall *self,
             JsonObject *device)
{
  const char *cid = confab_call_json_get_string (device, "cid");
  g_autoptr(ConfabCallPeer) peer = NULL;

  if (!cid || knows_device (self, cid))
    return;

  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = confab_call_json_get_boolean (device, "native");
  add_peer (self, peer);
  confab_call_peer_invite (peer, make_invitation (self));
}

/* A device that has gone rings no longer. */
static void
forget_gone_devices (ConfabCall *self,
                     JsonArray  *connections)
{
  for (guint i = self->ringing->len; i-- > 0;)
    {
      ConfabCallPeer *peer = g_ptr_array_index (self->ringing, i);
      gboolean is_there = FALSE;

      for (guint j = 0; j < json_array_get_length (connections); j++)
        {
          JsonObject *device = confab_call_json_get_item (connections, j);
          const char *cid = device ? confab_call_json_get_string (device, "cid") : NULL;

          is_there = is_there || g_strcmp0 (cid, confab_call_peer_get_cid (peer)) == 0;
        }
      if (!is_there)
        remove_peer (self, peer);
    }
}

static void
take_connections_ringing_out (ConfabCall *self,
                              JsonArray  *connections)
{
  forget_gone_devices (self, connections);
  for (guint i = 0; i < json_array_get_length (connections); i++)
    {
      JsonObject *device = confab_call_json_get_item (connections, i);

      if (device)
        ring_device (self, device);
    }

  if (self->ringing->len == 0 && self->n_ticks < POLL_EVERY_S)
    end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
}

/* The one who calls here has vanished: not just its socket, which would come back. */
static void
take_connections_ringing_in (ConfabCall *self,
                             JsonArray  *connections)
{
  if (json_array_get_length (connections) > 0)
    self->n_missed_polls = 0;
  else if (++self->n_missed_polls >= 2)
    end (self, CONFAB_CALL_END_REASON_PEER_LOST, NULL);
}

static void
connections_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(ConfabCall) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, &error);
  JsonArray *connections =
    answer ? confab_call_json_get_array (answer, "connections") : NULL;

  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  if (!connections)
    {
      if (self->state == CONFAB_CALL_STATE_RINGING_OUT && self->ringing->len == 0)
        end (self, CONFAB_CALL_END_REASON_OFFLINE, error ? error->message : NULL);
      return;
    }

  if (self->state == CONFAB_CALL_STATE_RINGING_OUT)
    take_connections_ringing_out (self, connections);
  else if (self->state == CONFAB_CALL_STATE_RINGING_IN)
    take_connections_ringing_in (self, connections);
}

static void
ask_connections (ConfabCall *self)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "action", "connections");
  json_object_set_string_member (request, "uid", confab_user_get_user_id (self->user));
  confab_call_line_ask_async (self->home.line, request, self->lifetime, connections_cb,
                              g_object_ref (self));
}

/* --- Time ----------------------------------------------------------------------------------------
 */

static void
tick_peer (ConfabCall     *self,
           ConfabCallPeer *peer)
{
  gint64 away_us = peer->away_since_us ? g_get_monotonic_time () - peer->away_since_us : 0;
  gint64 away_s = away_us / G_USEC_PER_SEC;
  gboolean closed =
    peer->link && confab_call_link_get_state (peer->link) == CONFAB_CALL_LINK_STATE_CLOSED;

  confab_call_peer_measure (peer);
  if (peer->connected || !peer->away_since_us)
    return;

  if (away_s >= LOST_S || (closed && away_s >= CLOSED_S))
    {
      remove_peer (self, peer);
      if (!self->is_group)
        end (self, CONFAB_CALL_END_REASON_PEER_LOST, NULL);
    }
  else if (away_s >= RECONNECT_S && (away_s - RECONNECT_S) % RETRY_S == 0)
    {
      confab_call_peer_reconnect (peer);
    }
}

static void
tick_ringing (ConfabCall *self)
{
  guint limit_s = self->state == CONFAB_CALL_STATE_RINGING_OUT ? RING_S : RING_IN_S;

  if (self->n_ticks >= limit_s)
    {
      hang_up_ringing (self, NULL, "no-answer");
      end (self, CONFAB_CALL_END_REASON_NO_ANSWER, NULL);
    }
  else if (self->n_ticks % POLL_EVERY_S == 0 && confab_call_line_get_online (self->home.line))
    {
      ask_connections (self);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  g_autoptr(ConfabCall) self = g_object_ref (user_data);

  self->n_ticks++;
  if (self->state == CONFAB_CALL_STATE_RINGING_OUT || self->state == CONFAB_CALL_STATE_RINGING_IN)
    {
      tick_ringing (self);
    }
  else if (self->state == CONFAB_CALL_STATE_CONNECTING && self->n_ticks >= CONNECT_S)
    {
      hang_up_all (self, "no-way");
      end (self, CONFAB_CALL_END_REASON_NO_WAY, NULL);
    }

  for (guint i = count_peers (self); i-- > 0 && self->state != CONFAB_CALL_STATE_ENDED;)
    tick_peer (self, get_peer (self, i));

  return self->state == CONFAB_CALL_STATE_ENDED ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* --- Beginnings ------------------------------------------------------------------------------- */

static ConfabCall *
make_call (const ConfabCallHome *home,
           const ConfabCallIce  *ice)
{
  ConfabCall *self = g_object_new (CONFAB_TYPE_CALL, NULL);

  self->home.session = g_object_ref (home->session);
  self->home.devices = g_object_ref (home->devices);
  self->home.line = g_object_ref (home->line);
  self->shared.line = self->home.line;
  self->shared.own_user_id =
    g_strdup (confab_user_get_user_id (confab_session_get_user (home->session)));
  self->shared.ice.stun_uris = g_strdupv (ice->stun_uris);
  self->shared.ice.turn_uris = g_strdupv (ice->turn_uris);
  self->shared.ice.relay_only = ice->relay_only;
  self->tick = g_timeout_add (TICK_MS, tick_cb, self);

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

void
confab_call_ring_out (ConfabCall *self)
{
  set_state (self, CONFAB_CALL_STATE_RINGING_OUT);
  if (!self->user || !confab_call_line_get_online (self->home.line))
    {
      end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
      return;
    }
  if (!make_media (self))
    return;

  open_devices (self);
  ask_connections (self);
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
  if (!make_media (self))
    return g_steal_pointer (&self);

  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = call != NULL;
  add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp ? sdp : "", error))
    return NULL;

  self->video = call ? confab_call_json_get_boolean (call, "video")
                     : confab_call_link_get_offers_video (peer->link);
  set_state (self, CONFAB_CALL_STATE_RINGING_IN);

  return g_steal_pointer (&self);
}

/* --- The call of a group ------------------------------------------------------------------------
 */

static void
meet_device (ConfabCall *self,
             JsonObject *device)
{
  const char *cid = confab_call_json_get_string (device, "cid");
  const char *user_id = confab_call_json_get_string (device, "user_id");
  const char *own = confab_connection_get_cid (confab_session_get_connection (self->home.session));
  g_autoptr(ConfabUser) user = NULL;
  g_autoptr(ConfabCallPeer) peer = NULL;

  if (!cid || !user_id || g_strcmp0 (cid, own) == 0 || knows_device (self, cid) ||
      g_str_equal (user_id, self->shared.own_user_id) || count_peers (self) >= MAX_PEERS)
    return;

  user = confab_session_dup_user (self->home.session, user_id);
  peer = confab_call_peer_new (&self->shared, user, cid);
  peer->native = TRUE;
  add_peer (self, peer);
  become_peer (self, peer);
  confab_call_peer_invite (peer, make_invitation (self));
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

static void
joined_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(ConfabCall) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, &error);
  JsonArray *devices = answer ? confab_call_json_get_array (answer, "devices") : NULL;

  if (g_cancellable_is_cancelled (self->lifetime) || self->state == CONFAB_CALL_STATE_ACTIVE)
    return;

  if (!devices)
    {
      end (self,
           g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED)
             ? CONFAB_CALL_END_REASON_FULL
             : CONFAB_CALL_END_REASON_FAILED,
           error ? error->message : NULL);
      return;
    }

  confab_call_take_devices (self, devices);
  set_state (self, CONFAB_CALL_STATE_ACTIVE);
  for (guint i = 0; i < json_array_get_length (devices); i++)
    {
      JsonObject *device = confab_call_json_get_item (devices, i);

      if (device)
        meet_device (self, device);
    }
}

static void
say_presence (ConfabCall *self,
              gboolean    on)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "action", "call");
  json_object_set_string_member (request, "rid", confab_room_get_rid (self->room));
  json_object_set_boolean_member (request, "on", on);
  confab_call_line_ask_async (self->home.line, request, NULL, joined_cb, g_object_ref (self));
}

void
confab_call_join_group (ConfabCall *self)
{
  set_state (self, CONFAB_CALL_STATE_CONNECTING);
  if (!confab_call_line_get_online (self->home.line))
    {
      end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
      return;
    }
  if (!make_media (self))
    return;

  open_devices (self);
  say_presence (self, TRUE);
}

/* Somebody who came later makes the offer; it is taken without asking, if the server says that they
 * are in the call. */
static void
take_newcomer (ConfabCall *self,
               const char *user_id,
               const char *cid,
               const char *sdp)
{
  g_autoptr(ConfabUser) user = NULL;
  g_autoptr(ConfabCallPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  if (count_peers (self) >= MAX_PEERS || self->state != CONFAB_CALL_STATE_ACTIVE ||
      g_strcmp0 (g_hash_table_lookup (self->devices, cid), user_id) != 0)
    return;

  user = confab_session_dup_user (self->home.session, user_id);
  peer = confab_call_peer_new (&self->shared, user, cid);
  peer->native = TRUE;
  add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp, &error))
    {
      g_debug ("%s", error->message);
      remove_peer (self, peer);
      return;
    }

  become_peer (self, peer);
  confab_call_peer_accept (peer);
}

/* --- What is heard -------------------------------------------------------------------------------
 */

static ConfabCallPeer *
find_peer (ConfabCall *self,
           const char *user_id,
           const char *cid)
{
  for (guint i = 0; i < self->ringing->len; i++)
    if (confab_call_peer_is (g_ptr_array_index (self->ringing, i), user_id, cid))
      return g_ptr_array_index (self->ringing, i);

  for (guint i = 0; i < count_peers (self); i++)
    if (confab_call_peer_is (get_peer (self, i), user_id, cid))
      return get_peer (self, i);

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

  peer = find_peer (self, user_id, moved ? moved : cid);
  if (peer && moved)
    confab_call_peer_move (peer, cid);

  if (peer)
    confab_call_peer_take (peer, content);
  else if (self->is_group && id && sdp)
    take_newcomer (self, user_id, cid, sdp);

  return peer || id;
}

gboolean
confab_call_is_ringing_for (ConfabCall *self,
                            const char *user_id)
{
  return self->state == CONFAB_CALL_STATE_RINGING_OUT && !self->is_group &&
         g_str_equal (confab_user_get_user_id (self->user), user_id);
}

gboolean
confab_call_yield (ConfabCall *self,
                   const char *cid,
                   JsonObject *content)
{
  JsonObject *offer = confab_call_json_get_object (content, "sdpoffer");
  JsonObject *call = confab_call_json_get_object (content, "call");
  const char *id = call ? confab_call_json_get_string (call, "id") : NULL;
  const char *sdp = offer ? confab_call_json_get_string (offer, "sdp") : NULL;
  g_autoptr(ConfabCallPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  /* The lesser id stays; both sides see the same two. */
  if (!id || !sdp || strcmp (id, self->shared.call_id) >= 0)
    return FALSE;

  hang_up_ringing (self, NULL, "glare");
  g_set_str (&self->shared.call_id, id);
  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = TRUE;
  add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp, &error))
    {
      end (self, CONFAB_CALL_END_REASON_FAILED, error->message);
      return TRUE;
    }

  become_peer (self, peer);
  confab_call_peer_accept (peer);

  return TRUE;
}

void
confab_call_signalling_back (ConfabCall *self,
                             const char *cid_before)
{
  for (guint i = 0; i < self->ringing->len; i++)
    {
      JsonObject *call = json_object_new ();

      json_object_set_string_member (call, "moved", cid_before);
      confab_call_peer_tell (g_ptr_array_index (self->ringing, i), call);
    }
  for (guint i = 0; i < count_peers (self); i++)
    {
      JsonObject *call = json_object_new ();

      json_object_set_string_member (call, "moved", cid_before);
      confab_call_peer_tell (get_peer (self, i), call);
    }

  if (self->is_group && self->state == CONFAB_CALL_STATE_ACTIVE)
    say_presence (self, TRUE);
}

/* --- What the person does ------------------------------------------------------------------------
 */

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
  become_peer (self, peer);
  open_devices (self);
  notify (self, PROP_CAMERA_ON);
}

void
confab_call_decline (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->state != CONFAB_CALL_STATE_RINGING_IN)
    return;

  hang_up_ringing (self, NULL, "declined");
  end (self, CONFAB_CALL_END_REASON_DECLINED, NULL);
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
      hang_up_ringing (self, NULL, "cancelled");
      end (self, CONFAB_CALL_END_REASON_CANCELLED, NULL);
      break;

    case CONFAB_CALL_STATE_CONNECTING:
    case CONFAB_CALL_STATE_ACTIVE:
      hang_up_all (self, NULL);
      if (self->is_group)
        say_presence (self, FALSE);
      end (self, CONFAB_CALL_END_REASON_HUNG_UP, NULL);
      break;

    case CONFAB_CALL_STATE_ENDED:
      break;
    }
}

void
confab_call_set_muted (ConfabCall *self,
                       gboolean    muted)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->muted == !!muted)
    return;

  self->muted = !!muted;
  if (self->shared.media)
    confab_media_set_muted (self->shared.media, self->muted);
  notify (self, PROP_MUTED);
  tell_peers_of_media (self);
}

void
confab_call_set_camera_on (ConfabCall *self,
                           gboolean    camera_on)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->camera_on == !!camera_on)
    return;

  self->camera_on = !!camera_on;
  if (self->shared.media && self->state != CONFAB_CALL_STATE_RINGING_IN)
    confab_media_set_camera (self->shared.media, self->camera_on);
  notify (self, PROP_CAMERA_ON);
  tell_peers_of_media (self);
}

static void
screen_changed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(ConfabCall) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_media_set_screen_finish (CONFAB_MEDIA (source), result, &error))
    g_debug ("%s", error->message);
  if (self->state == CONFAB_CALL_STATE_ENDED)
    return;

  notify (self, PROP_SCREEN_ON);
  tell_peers_of_media (self);
}

void
confab_call_share_screen (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->shared.media)
    confab_media_set_screen_async (self->shared.media, TRUE, self->lifetime, screen_changed_cb,
                                   g_object_ref (self));
}

void
confab_call_stop_screen (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->shared.media)
    confab_media_set_screen_async (self->shared.media, FALSE, self->lifetime, screen_changed_cb,
                                   g_object_ref (self));
}

void
confab_call_set_self_view_sink (ConfabCall *self,
                                GstElement *sink)
{
  g_return_if_fail (CONFAB_IS_CALL (self));
  g_return_if_fail (!sink || GST_IS_ELEMENT (sink));

  g_set_object (&self->self_view, sink);
  if (self->shared.media)
    confab_media_set_self_view (self->shared.media, sink);
}

/* --- What can be asked
 * ----------------------------------------------------------------------------- */

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

gboolean
confab_call_get_muted (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->muted;
}

gboolean
confab_call_get_camera_on (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->camera_on;
}

gboolean
confab_call_get_screen_on (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->shared.media && confab_media_get_picture_source (self->shared.media) ==
         CONFAB_PICTURE_SOURCE_SCREEN;
}

ConfabMissing
confab_call_get_missing_audio (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_MISSING_NONE);

  return self->shared.media
           ? confab_media_get_missing (self->shared.media, CONFAB_DEVICE_KIND_MICROPHONE)
           : CONFAB_MISSING_NONE;
}

ConfabMissing
confab_call_get_missing_video (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_MISSING_NONE);

  return self->shared.media
           ? confab_media_get_missing (self->shared.media, CONFAB_DEVICE_KIND_CAMERA)
           : CONFAB_MISSING_NONE;
}

const char *
confab_call_get_safety_code (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), NULL);

  return !self->is_group && count_peers (self) == 1
           ? confab_call_peer_get_safety_code (get_peer (self, 0))
           : NULL;
}

/* --- The object
 * ------------------------------------------------------------------------------------- */

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

  end (self, CONFAB_CALL_END_REASON_FAILED, NULL);
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
  g_strfreev (self->shared.ice.stun_uris);
  g_strfreev (self->shared.ice.turn_uris);
  g_free (self->shared.call_id);
  g_free (self->shared.own_user_id);
  g_free (self->end_message);

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
  self->lifetime = g_cancellable_new ();
}
