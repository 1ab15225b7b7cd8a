/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world-peers.h"

#include <string.h>

static void world_peers_peers_init (ConfabdPeersInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WorldPeers, world_peers, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_PEERS, world_peers_peers_init))

static void
free_peer_cb (gpointer data)
{
  WorldPeer *peer = data;

  g_queue_clear_full (&peer->frames, (GDestroyNotify) g_bytes_unref);
  g_free (peer);
}

static WorldPeer *
get_open (WorldPeers  *self,
          ConfabdPeer  peer)
{
  WorldPeer *found = world_peers_find (self, peer);

  g_assert_nonnull (found);
  g_assert_true (found->open);

  return found;
}

static void
deliver (WorldPeer         *peer,
         ConfabdFrameClass  frame_class,
         GBytes            *frame)
{
  g_queue_push_tail (&peer->frames, g_bytes_ref (frame));
  if (frame_class == CONFABD_FRAME_TRANSIENT)
    peer->n_transient++;
}

static void
world_peers_send (ConfabdPeers      *peers,
                  ConfabdPeer        peer,
                  ConfabdFrameClass  frame_class,
                  GBytes            *frame)
{
  WorldPeers *self = WORLD_PEERS (peers);

  self->n_sends++;
  deliver (get_open (self, peer), frame_class, frame);
}

static GHashTable *
get_audience (WorldPeers      *self,
              ConfabdAudience  audience)
{
  GHashTable *attached = g_hash_table_lookup (self->audiences, GUINT_TO_POINTER (audience));

  g_assert_cmpuint (audience, !=, 0);

  if (!attached)
    {
      attached = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (self->audiences, GUINT_TO_POINTER (audience), attached);
    }

  return attached;
}

static void
world_peers_attach (ConfabdPeers    *peers,
                    ConfabdPeer      peer,
                    ConfabdAudience  audience)
{
  WorldPeers *self = WORLD_PEERS (peers);
  WorldPeer *found = get_open (self, peer);

  g_assert_true (g_hash_table_add (get_audience (self, audience), found));
  found->n_audiences++;
}

static void
world_peers_detach (ConfabdPeers    *peers,
                    ConfabdPeer      peer,
                    ConfabdAudience  audience)
{
  WorldPeers *self = WORLD_PEERS (peers);
  WorldPeer *found = get_open (self, peer);

  g_assert_true (g_hash_table_remove (get_audience (self, audience), found));
  found->n_audiences--;
}

static void
world_peers_fan_out (ConfabdPeers      *peers,
                     ConfabdAudience    audience,
                     ConfabdFrameClass  frame_class,
                     GBytes            *native,
                     GBytes            *skapi,
                     ConfabdPeer        except)
{
  WorldPeers *self = WORLD_PEERS (peers);
  GHashTableIter iter;
  WorldPeer *peer;

  self->n_fan_outs++;
  if (self->counts_only)
    return;

  g_hash_table_iter_init (&iter, get_audience (self, audience));
  while (g_hash_table_iter_next (&iter, (gpointer *) &peer, NULL))
    {
      GBytes *frame = peer->native ? native : peer->socket_io ? NULL : skapi;

      g_assert_true (peer->open);
      if (frame && peer->peer != except)
        deliver (peer, frame_class, frame);
    }
}

static void
world_peers_fan_out_packet (ConfabdPeers      *peers,
                            ConfabdAudience    audience,
                            ConfabdFrameClass  frame_class,
                            GBytes            *frames,
                            ConfabdPeer        except)
{
  WorldPeers *self = WORLD_PEERS (peers);
  GHashTableIter iter;
  WorldPeer *peer;

  g_hash_table_iter_init (&iter, get_audience (self, audience));
  while (g_hash_table_iter_next (&iter, (gpointer *) &peer, NULL))
    if (peer->socket_io && peer->peer != except)
      deliver (peer, frame_class, frames);
}

static void
world_peers_close_peer (ConfabdPeers *peers,
                        ConfabdPeer   peer,
                        guint16       code,
                        const char   *reason)
{
  WorldPeer *found = get_open (WORLD_PEERS (peers), peer);

  /* The core has to let go first: a number of an audience may be used again at once. */
  g_assert_cmpuint (found->n_audiences, ==, 0);
  g_assert_cmpuint (strlen (reason), >, 0);
  found->open = FALSE;
  found->close_code = code;
}

static void
world_peers_peers_init (ConfabdPeersInterface *iface)
{
  iface->send = world_peers_send;
  iface->attach = world_peers_attach;
  iface->detach = world_peers_detach;
  iface->fan_out = world_peers_fan_out;
  iface->close = world_peers_close_peer;
  iface->fan_out_packet = world_peers_fan_out_packet;
}

static void
world_peers_finalize (GObject *object)
{
  WorldPeers *self = WORLD_PEERS (object);

  g_hash_table_unref (self->audiences);
  g_hash_table_unref (self->peers);

  G_OBJECT_CLASS (world_peers_parent_class)->finalize (object);
}

static void
world_peers_class_init (WorldPeersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = world_peers_finalize;
}

static void
world_peers_init (WorldPeers *self)
{
  self->peers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_peer_cb);
  self->audiences = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
}

WorldPeers *
world_peers_new (void)
{
  return g_object_new (WORLD_TYPE_PEERS, NULL);
}

WorldPeer *
world_peers_find (WorldPeers  *self,
                  ConfabdPeer  peer)
{
  return g_hash_table_lookup (self->peers, &peer);
}

WorldPeer *
world_peers_open (WorldPeers  *self,
                  ConfabdPeer  peer,
                  gboolean     native)
{
  WorldPeer *opened = g_new0 (WorldPeer, 1);

  opened->peer = peer;
  opened->native = native;
  opened->open = TRUE;
  g_queue_init (&opened->frames);
  g_assert_true (g_hash_table_insert (self->peers, &opened->peer, opened));

  return opened;
}

/* The socket is gone, and with it all that the hub knew. */
void
world_peers_close (WorldPeers  *self,
                   ConfabdPeer  peer)
{
  WorldPeer *found = get_open (self, peer);
  GHashTableIter iter;
  GHashTable *attached;

  found->open = FALSE;
  found->n_audiences = 0;

  g_hash_table_iter_init (&iter, self->audiences);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &attached))
    g_hash_table_remove (attached, found);
}

/* Attachments of all peers to all audiences. */
guint
world_peers_n_attached (WorldPeers *self)
{
  GHashTableIter iter;
  GHashTable *attached;
  guint n_attached = 0;

  g_hash_table_iter_init (&iter, self->audiences);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &attached))
    n_attached += g_hash_table_size (attached);

  return n_attached;
}

/**
 * world_peer_take_text:
 * @self: a peer
 *
 * Returns: (transfer full) (nullable): the payload of the oldest frame it got, or %NULL
 */
char *
world_peer_take_text (WorldPeer *self)
{
  g_autoptr(GBytes) frame = g_queue_pop_head (&self->frames);
  const guint8 *data;
  gsize header;
  gsize length;

  if (!frame)
    return NULL;

  data = g_bytes_get_data (frame, &length);
  g_assert_cmphex (data[0], ==, 0x81);
  header = data[1] < 126 ? 2 : data[1] == 126 ? 4 : 10;

  return g_strndup ((const char *) data + header, length - header);
}

/**
 * world_peer_take:
 * @self: a peer
 *
 * Returns: (transfer full) (nullable): the oldest frame it got, or %NULL
 */
JsonObject *
world_peer_take (WorldPeer *self)
{
  g_autofree char *text = world_peer_take_text (self);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;

  if (!text)
    return NULL;

  node = json_from_string (text, &error);
  g_assert_no_error (error);

  return json_node_dup_object (node);
}
