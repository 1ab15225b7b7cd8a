/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A connection as the core names it: hub thread in the top 8 bits, then the hub's slot and its
 * generation, so that a number is never used for two connections. 0 is none. */
typedef guint64 ConfabdPeer;

/* A group, or all connections of one user, as the hubs know them: a number that the core gives out
 * while somebody is in it. */
typedef guint32 ConfabdAudience;

typedef enum {
  CONFABD_FRAME_DURABLE,      /* dropping it means closing the peer */
  CONFABD_FRAME_TRANSIENT,    /* may be dropped when the peer is behind */
} ConfabdFrameClass;

#define CONFABD_TYPE_PEERS (confabd_peers_get_type ())

G_DECLARE_INTERFACE (ConfabdPeers, confabd_peers, CONFABD, PEERS, GObject)

/* The core's mouth: what the hub threads do for it. Calls are in order for each peer; none blocks.
 * Frames are complete WebSocket frames and are shared, never copied. A call for a peer that is gone
 * does nothing. */
struct _ConfabdPeersInterface
{
  GTypeInterface parent_iface;

  void (*send)    (ConfabdPeers      *self,
                   ConfabdPeer        peer,
                   ConfabdFrameClass  frame_class,
                   GBytes            *frame);
  void (*attach)  (ConfabdPeers      *self,
                   ConfabdPeer        peer,
                   ConfabdAudience    audience);
  void (*detach)  (ConfabdPeers      *self,
                   ConfabdPeer        peer,
                   ConfabdAudience    audience);
  /* native goes to native peers, skapi to the others; either may be NULL; except is skipped (0:
   * nobody) */
  void (*fan_out) (ConfabdPeers      *self,
                   ConfabdAudience    audience,
                   ConfabdFrameClass  frame_class,
                   GBytes            *native,
                   GBytes            *skapi,
                   ConfabdPeer        except);
  void (*close)   (ConfabdPeers      *self,
                   ConfabdPeer        peer,
                   guint16            code,
                   const char        *reason);
  /* To those of Socket.IO only, who get nothing by fan_out. A frame may be several of them: a
   * packet and its attachments. */
  void (*fan_out_packet) (ConfabdPeers      *self,
                          ConfabdAudience    audience,
                          ConfabdFrameClass  frame_class,
                          GBytes            *frames,
                          ConfabdPeer        except);
};

void confabd_peers_send    (ConfabdPeers      *self,
                            ConfabdPeer        peer,
                            ConfabdFrameClass  frame_class,
                            GBytes            *frame);
void confabd_peers_attach  (ConfabdPeers      *self,
                            ConfabdPeer        peer,
                            ConfabdAudience    audience);
void confabd_peers_detach  (ConfabdPeers      *self,
                            ConfabdPeer        peer,
                            ConfabdAudience    audience);
void confabd_peers_fan_out (ConfabdPeers      *self,
                            ConfabdAudience    audience,
                            ConfabdFrameClass  frame_class,
                            GBytes            *native,
                            GBytes            *skapi,
                            ConfabdPeer        except);
void confabd_peers_fan_out_packet (ConfabdPeers      *self,
                                   ConfabdAudience    audience,
                                   ConfabdFrameClass  frame_class,
                                   GBytes            *frames,
                                   ConfabdPeer        except);
void confabd_peers_close   (ConfabdPeers      *self,
                            ConfabdPeer        peer,
                            guint16            code,
                            const char        *reason);

G_END_DECLS
