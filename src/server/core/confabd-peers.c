/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-peers"

#include "config.h"

#include "confabd-peers.h"

/**
 * ConfabdPeers:
 *
 * The core's mouth: what the hub threads do for it.
 */
G_DEFINE_INTERFACE (ConfabdPeers, confabd_peers, G_TYPE_OBJECT)

static void
confabd_peers_default_init (ConfabdPeersInterface *iface)
{
}

/**
 * confabd_peers_send:
 * @self: the hubs
 * @peer: to whom
 * @frame_class: whether it may be dropped
 * @frame: a complete WebSocket frame
 *
 * Queues @frame to one connection.
 */
void
confabd_peers_send (ConfabdPeers      *self,
                    ConfabdPeer        peer,
                    ConfabdFrameClass  frame_class,
                    GBytes            *frame)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));
  g_return_if_fail (frame != NULL);

  CONFABD_PEERS_GET_IFACE (self)->send (self, peer, frame_class, frame);
}

/**
 * confabd_peers_attach:
 * @self: the hubs
 * @peer: a connection
 * @audience: a number the core gives out
 *
 * Makes what is fanned out to @audience from now on go to @peer too.
 */
void
confabd_peers_attach (ConfabdPeers    *self,
                      ConfabdPeer      peer,
                      ConfabdAudience  audience)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));

  CONFABD_PEERS_GET_IFACE (self)->attach (self, peer, audience);
}

/**
 * confabd_peers_detach:
 * @self: the hubs
 * @peer: a connection that is attached
 * @audience: to this
 *
 * Undoes confabd_peers_attach().
 */
void
confabd_peers_detach (ConfabdPeers    *self,
                      ConfabdPeer      peer,
                      ConfabdAudience  audience)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));

  CONFABD_PEERS_GET_IFACE (self)->detach (self, peer, audience);
}

/**
 * confabd_peers_fan_out:
 * @self: the hubs
 * @audience: to whom
 * @frame_class: whether it may be dropped
 * @native: (nullable): the frame for native connections
 * @skapi: (nullable): the frame for the others
 * @except: a connection that is left out, or 0
 *
 * Queues a frame to each connection of @audience.
 */
void
confabd_peers_fan_out (ConfabdPeers      *self,
                       ConfabdAudience    audience,
                       ConfabdFrameClass  frame_class,
                       GBytes            *native,
                       GBytes            *skapi,
                       ConfabdPeer        except)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));
  g_return_if_fail (native != NULL || skapi != NULL);

  CONFABD_PEERS_GET_IFACE (self)->fan_out (self, audience, frame_class, native, skapi, except);
}

/**
 * confabd_peers_fan_out_packet:
 * @self: the hubs
 * @audience: to whom
 * @frame_class: whether it may be dropped
 * @frames: a Socket.IO packet with its attachments
 * @except: a connection that is left out, or 0
 *
 * Queues a packet to each Socket.IO connection of @audience.
 */
void
confabd_peers_fan_out_packet (ConfabdPeers      *self,
                              ConfabdAudience    audience,
                              ConfabdFrameClass  frame_class,
                              GBytes            *frames,
                              ConfabdPeer        except)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));
  g_return_if_fail (frames != NULL);

  CONFABD_PEERS_GET_IFACE (self)->fan_out_packet (self, audience, frame_class, frames, except);
}

/**
 * confabd_peers_close:
 * @self: the hubs
 * @peer: whom
 * @code: a close code of PROTOCOL.md
 * @reason: the text beside it
 *
 * Sends what is queued and a close frame, and lets go of the connection.
 */
void
confabd_peers_close (ConfabdPeers *self,
                     ConfabdPeer   peer,
                     guint16       code,
                     const char   *reason)
{
  g_return_if_fail (CONFABD_IS_PEERS (self));
  g_return_if_fail (reason != NULL);

  CONFABD_PEERS_GET_IFACE (self)->close (self, peer, code, reason);
}
