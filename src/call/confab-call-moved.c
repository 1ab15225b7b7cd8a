/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-moved"

#include "config.h"

#include "confab-call-private.h"

/* When the signalling of a device breaks and comes back, the device has another cid. The
 * call goes on meanwhile; both sides tell each other who they are now. */

static JsonObject *
make_moved_object (ConfabCall *self)
{
  JsonObject *call = json_object_new ();

  json_object_set_string_member (call, "moved", self->cid_before);

  return call;
}

ConfabCallPeer *
confab_call_take_moved (ConfabCall *self,
                        const char *user_id,
                        const char *cid,
                        const char *moved)
{
  ConfabCallPeer *peer = confab_call_find_peer (self, user_id, moved);

  if (!peer)
    return NULL;

  confab_call_peer_move (peer, cid);
  if (self->cid_before)
    confab_call_peer_tell (peer, make_moved_object (self));
  /* What was said while it was away did not reach it. */
  confab_call_peer_tell (peer, confab_call_make_media_object (self));
  confab_call_peer_reconnect_again (peer);

  return peer;
}

typedef struct
{
  ConfabCall     *call;
  ConfabCallPeer *peer;
} Search;

/* The other side may have moved too, and then neither knows the other: it is told on all devices.
 */
static void
searched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autofree Search *search = user_data;
  g_autoptr(ConfabCall) self = search->call;
  g_autoptr(ConfabCallPeer) peer = search->peer;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, NULL);
  JsonArray *connections =
    answer ? confab_call_json_get_array (answer, "connections") : NULL;

  if (!connections || self->state == CONFAB_CALL_STATE_ENDED)
    return;

  for (guint i = 0; i < json_array_get_length (connections); i++)
    {
      JsonObject *device = confab_call_json_get_item (connections, i);
      const char *cid = device ? confab_call_json_get_string (device, "cid") : NULL;

      if (!cid || !confab_call_json_get_boolean (device, "native"))
        continue;

      confab_call_peer_tell_at (peer, cid, make_moved_object (self));
      /* What was said meanwhile may have come from somebody unknown. */
      confab_call_peer_tell_at (peer, cid, confab_call_make_media_object (self));
    }
  confab_call_peer_reconnect_again (peer);
}

static void
tell_that_it_moved (ConfabCall     *self,
                    ConfabCallPeer *peer)
{
  Search *search;
  g_autoptr(JsonObject) request = NULL;

  if (!peer->native)
    return;

  search = g_new (Search, 1);
  search->call = g_object_ref (self);
  search->peer = g_object_ref (peer);
  request = json_object_new ();
  json_object_set_string_member (request, "action", "connections");
  json_object_set_string_member (request, "uid", peer->user_id);
  confab_call_line_ask_async (self->home.line, request, self->lifetime, searched_cb, search);
}

void
confab_call_signalling_back (ConfabCall *self,
                             const char *cid_before)
{
  g_set_str (&self->cid_before, cid_before);
  for (guint i = 0; i < self->ringing->len; i++)
    tell_that_it_moved (self, g_ptr_array_index (self->ringing, i));
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    tell_that_it_moved (self, confab_call_get_peer (self, i));

  if (self->is_group && self->state == CONFAB_CALL_STATE_ACTIVE)
    confab_call_say_presence (self, TRUE);
}
