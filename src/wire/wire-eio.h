/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine.IO 4 (https://github.com/socketio/engine.io-protocol): the packets below Socket.IO, of
 * either end. PROTOCOL.md, "Socket.IO", says what of them is refused. */
typedef enum {
  WIRE_EIO_OPEN    = 0,
  WIRE_EIO_CLOSE   = 1,
  WIRE_EIO_PING    = 2,
  WIRE_EIO_PONG    = 3,
  WIRE_EIO_MESSAGE = 4,
  WIRE_EIO_UPGRADE = 5,
  WIRE_EIO_NOOP    = 6,
} WireEioType;

/* One packet. It owns nothing: data points into what was parsed and is not NUL-terminated. */
typedef struct
{
  WireEioType  type;
  gboolean     binary;   /* a message of bytes instead of text */
  const char  *data;     /* what stands behind the type: text, or the bytes themselves */
  gsize        length;
} WireEioPacket;

/* The packets of one HTTP body of the polling transport, one after the other. */
typedef struct
{
  char    *next;   /* where the next packet starts; NULL after the last one */
  char    *end;
} WireEioPayload;

typedef enum {
  WIRE_EIO_STEP_PACKET,
  WIRE_EIO_STEP_DONE,
  WIRE_EIO_STEP_FAILED,
} WireEioStep;

/* What stands between the packets of a payload. */
#define WIRE_EIO_SEPARATOR '\x1e'

/* The data of the ping and the pong that precede an upgrade. */
#define WIRE_EIO_PROBE     "probe"

gboolean    wire_eio_packet_parse   (WireEioPacket       *self,
                                     const char          *text,
                                     gsize                length,
                                     GError             **error);
gboolean    wire_eio_packet_is      (const WireEioPacket *self,
                                     WireEioType          type,
                                     const char          *data);
void        wire_eio_packet_append  (const WireEioPacket *self,
                                     GString             *text);

gboolean    wire_eio_payload_init   (WireEioPayload      *self,
                                     char                *body,
                                     gsize                length,
                                     gsize                max_bytes,
                                     GError             **error);
WireEioStep wire_eio_payload_next   (WireEioPayload      *self,
                                     WireEioPacket       *packet,
                                     GError             **error);
gsize       wire_eio_payload_add_up (const WireEioPacket *packet,
                                     gsize                payload_length);
gboolean    wire_eio_payload_append (GString             *payload,
                                     const WireEioPacket *packet,
                                     gsize                max_bytes,
                                     GError             **error);

G_END_DECLS
