/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-ringing"

#include "config.h"

#include "confab-call-private.h"

#include <string.h>

#define RING_S        45
/* The caller gives up after RING_S and says so; this is for one who cannot say it any more. */
#define RING_IN_S     55
#define POLL_EVERY_S  3

/* A call that is not answered yet: the devices that ring, or the one that calls, and what
 * becomes of two who call each other. */

static void
ring_device (ConfabCall *self,
             JsonObject *device)
{
  const char *cid = confab_call_json_get_string (device, "cid");
  g_autoptr(ConfabCallPeer) peer = NULL;

  if (!cid || confab_call_knows_device (self, cid) || g_hash_table_contains (self->unable, cid))
    return;

  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = confab_call_json_get_boolean (device, "native");
  confab_call_add_peer (self, peer);
  confab_call_peer_invite (peer, confab_call_make_invitation (self));
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
        confab_call_remove_peer (self, peer);
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

  /* Later they may come back. */
  if (self->ringing->len == 0 && !self->looked)
    confab_call_end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
}

/* The one who calls here has vanished: not just its socket, which would come back. */
static void
take_connections_ringing_in (ConfabCall *self,
                             JsonArray  *connections)
{
  if (json_array_get_length (connections) > 0)
    self->n_missed_polls = 0;
  else if (++self->n_missed_polls >= 2)
    confab_call_end (self, CONFAB_CALL_END_REASON_PEER_LOST, NULL);
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
      /* Asked again when the line is back. */
      if (self->state == CONFAB_CALL_STATE_RINGING_OUT && self->ringing->len == 0 &&
          confab_call_line_get_online (self->home.line))
        confab_call_end (self, CONFAB_CALL_END_REASON_OFFLINE, error ? error->message : NULL);
      return;
    }

  if (self->state == CONFAB_CALL_STATE_RINGING_OUT)
    take_connections_ringing_out (self, connections);
  else if (self->state == CONFAB_CALL_STATE_RINGING_IN)
    take_connections_ringing_in (self, connections);
  self->looked = TRUE;
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

void
confab_call_ring_out (ConfabCall *self)
{
  confab_call_set_state (self, CONFAB_CALL_STATE_RINGING_OUT);
  if (!self->user)
    {
      confab_call_end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
      return;
    }
  if (!confab_call_make_media (self))
    return;

  confab_call_open_devices (self);
  if (confab_call_line_get_online (self->home.line))
    ask_connections (self);
}

void
confab_call_tick_ringing (ConfabCall *self,
                          gint64      seconds)
{
  gboolean looks = self->state == CONFAB_CALL_STATE_RINGING_OUT && !self->looked;
  gint64 limit_s = self->state == CONFAB_CALL_STATE_RINGING_OUT ? RING_S : RING_IN_S;

  if (seconds >= limit_s)
    {
      confab_call_hang_up_ringing (self, NULL, "no-answer");
      confab_call_end (self, CONFAB_CALL_END_REASON_NO_ANSWER, NULL);
    }
  else if (looks && seconds >= CONFAB_CALL_OFFLINE_S)
    {
      confab_call_end (self, CONFAB_CALL_END_REASON_OFFLINE, NULL);
    }
  else if ((looks || self->n_ticks % POLL_EVERY_S == 0) &&
           confab_call_line_get_online (self->home.line))
    {
      ask_connections (self);
    }
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

  confab_call_hang_up_ringing (self, NULL, "glare");
  g_set_str (&self->shared.call_id, id);
  peer = confab_call_peer_new (&self->shared, self->user, cid);
  peer->native = TRUE;
  confab_call_add_peer (self, peer);
  if (!confab_call_peer_take_offer (peer, sdp, &error))
    {
      confab_call_hang_up_ringing (self, NULL, "failed");
      confab_call_end (self, CONFAB_CALL_END_REASON_FAILED, error->message);
      return TRUE;
    }

  confab_call_become_peer (self, peer);
  confab_call_peer_accept (peer);

  return TRUE;
}
