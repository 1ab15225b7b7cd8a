/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WORLD_TYPE_PEERS (world_peers_get_type ())

G_DECLARE_FINAL_TYPE (WorldPeers, world_peers, WORLD, PEERS, GObject)

/**
 * WorldPeers:
 *
 * Hubs that remember what they were told.
 *
 * They are strict where real hubs are not: a word to a connection that is gone, or an attachment
 * that was there, ends the test.
 */
struct _WorldPeers
{
  GObject     parent_instance;

  GHashTable *peers;          /* gint64 → WorldPeer */
  GHashTable *audiences;      /* number → GHashTable of WorldPeer */
  guint       n_sends;
  guint       n_fan_outs;
  gboolean    counts_only;    /* a fan-out is counted, not carried out */
};

typedef struct
{
  ConfabdPeer  peer;
  gboolean     native;
  gboolean     socket_io;
  gboolean     open;
  guint16      close_code;
  GQueue       frames;        /* of GBytes */
  guint        n_transient;   /* of all it got */
  guint        n_audiences;
} WorldPeer;

WorldPeers *world_peers_new         (void);
WorldPeer  *world_peers_open        (WorldPeers    *self,
                                     ConfabdPeer    peer,
                                     gboolean       native);
void        world_peers_close       (WorldPeers    *self,
                                     ConfabdPeer    peer);
WorldPeer  *world_peers_find        (WorldPeers    *self,
                                     ConfabdPeer    peer);
guint       world_peers_n_attached  (WorldPeers    *self);

JsonObject *world_peer_take         (WorldPeer     *self);
char       *world_peer_take_text    (WorldPeer     *self);

G_END_DECLS
