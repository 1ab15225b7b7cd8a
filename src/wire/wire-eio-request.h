/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WIRE_EIO_POLLING,
  WIRE_EIO_WEBSOCKET,
} WireEioTransport;

/* Why a request is turned away; the numbers are the "code" of the answer's body. */
typedef enum {
  WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN    = 0,
  WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN   = 1,
  WIRE_EIO_REFUSAL_BAD_HANDSHAKE_METHOD = 2,
  WIRE_EIO_REFUSAL_BAD_REQUEST          = 3,
  WIRE_EIO_REFUSAL_FORBIDDEN            = 4,
  WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION  = 5,
} WireEioRefusal;

/* A request of the polling transport, or one that opens a WebSocket. */
typedef struct
{
  WireEioTransport  transport;
  char             *sid;       /* NULL: opens a session */
} WireEioRequest;

/* The open packet: how the server wants the session to go. */
typedef struct
{
  char     *sid;
  gboolean  can_upgrade;         /* to a WebSocket */
  guint     ping_interval_ms;
  guint     ping_timeout_ms;
  gsize     max_payload_bytes;
} WireEioOpen;

gboolean    wire_eio_request_parse     (WireEioRequest     *self,
                                        const char         *method,
                                        const char         *query,
                                        gboolean            is_upgrade,
                                        WireEioRefusal     *refusal);
void        wire_eio_request_clear     (WireEioRequest     *self);

guint       wire_eio_refusal_get_status (WireEioRefusal     refusal);
const char *wire_eio_refusal_get_body   (WireEioRefusal     refusal);

char       *wire_eio_open_print        (const WireEioOpen  *self);
gboolean    wire_eio_open_parse        (WireEioOpen        *self,
                                        const char         *text,
                                        gsize               length,
                                        GError            **error);
void        wire_eio_open_clear        (WireEioOpen        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireEioRequest, wire_eio_request_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireEioOpen, wire_eio_open_clear)

G_END_DECLS
