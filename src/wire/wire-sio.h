/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-eio.h"
#include "wire-json.h"

#include <glib.h>

G_BEGIN_DECLS

/* Socket.IO 5 (https://github.com/socketio/socket.io-protocol), of either end. */
typedef enum {
  WIRE_SIO_CONNECT       = 0,
  WIRE_SIO_DISCONNECT    = 1,
  WIRE_SIO_EVENT         = 2,
  WIRE_SIO_ACK           = 3,
  WIRE_SIO_CONNECT_ERROR = 4,
  WIRE_SIO_BINARY_EVENT  = 5,
  WIRE_SIO_BINARY_ACK    = 6,
} WireSioType;

/* One packet, whole. The payload stays the JSON text that was sent: an array for events and acks,
 * an object or nothing for CONNECT, an object or a string for CONNECT_ERROR, nothing for
 * DISCONNECT. In a binary packet each attachment has one placeholder in it. */
typedef struct
{
  WireSioType  type;
  char        *namespace_path;   /* "/" or "/…" */
  gboolean     has_id;           /* of an event: an ack is asked for; of an ack: always */
  guint64      id;
  GBytes      *payload;          /* NULL: none */
  GPtrArray   *attachments;      /* of GBytes; NULL but for binary packets */
} WireSioPacket;

/* What a decoder lets through. */
typedef struct
{
  guint max_attachments;
  gsize max_bytes;        /* text and attachments of one packet together */
  guint max_depth;        /* of the payload */
} WireSioLimits;

typedef enum {
  WIRE_SIO_NEED_MORE,  /* attachments are still to come */
  WIRE_SIO_PACKET,
  WIRE_SIO_FAILED,     /* the connection has to be closed */
} WireSioStatus;

/* Puts packets and their attachments together; starts as zeros. */
typedef struct
{
  WireSioPacket *pending;       /* waits for attachments */
  guint          n_missing;
  gsize          n_bytes;
} WireSioDecoder;

#define WIRE_SIO_MAIN_NAMESPACE "/"

WireSioPacket *wire_sio_packet_new           (WireSioType           type,
                                              const char           *namespace_path,
                                              GBytes               *payload);
void           wire_sio_packet_free          (WireSioPacket        *self);
char          *wire_sio_packet_dup_event     (const WireSioPacket  *self);
gboolean       wire_sio_event_is_reserved    (const char           *event);
void           wire_sio_packet_append        (const WireSioPacket  *self,
                                              GString              *text);
GBytes        *wire_sio_packet_to_frames     (const WireSioPacket  *self);

/* Bytes as JSON and back; PROTOCOL.md, "Bytes". */
GBytes        *wire_sio_packet_dup_json      (const WireSioPacket  *self);
void           wire_sio_packet_take_json     (WireSioPacket        *self,
                                              GBytes               *json,
                                              guint                 max_attachments);

WireSioStatus  wire_sio_decoder_feed_text    (WireSioDecoder       *self,
                                              const WireSioLimits  *limits,
                                              const char           *text,
                                              gsize                 length,
                                              WireSioPacket       **packet,
                                              GError              **error);
WireSioStatus  wire_sio_decoder_feed_bytes   (WireSioDecoder       *self,
                                              const WireSioLimits  *limits,
                                              const void           *data,
                                              gsize                 length,
                                              WireSioPacket       **packet,
                                              GError              **error);
void           wire_sio_decoder_clear        (WireSioDecoder       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireSioPacket, wire_sio_packet_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireSioDecoder, wire_sio_decoder_clear)

G_END_DECLS
