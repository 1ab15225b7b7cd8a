/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The bounds of PROTOCOL.md, "Limits": what the server announces unless its configuration
 * lowers it, and what either end holds against a peer that keeps to nothing. */

#define WIRE_LIMIT_MESSAGE_BYTES       2097152  /* one message's content as JSON */
#define WIRE_LIMIT_SIGNAL_BYTES        131072   /* content of rtc; an SDP has some ten KiB */
#define WIRE_LIMIT_FRAME_BYTES         2162688  /* one assembled WebSocket message */
#define WIRE_LIMIT_FRAGMENTS           1024     /* of one WebSocket message */
#define WIRE_LIMIT_JSON_DEPTH          64
#define WIRE_LIMIT_FRAMES_PER_SECOND   200
#define WIRE_LIMIT_FRAMES_BURST        2000
#define WIRE_LIMIT_REFUSALS_IN_A_ROW   1000     /* of frames over the rate, then 3009 */
#define WIRE_LIMIT_ROOMS_PER_CONNECTION 1000
#define WIRE_LIMIT_PENDING_REQUESTS    256
#define WIRE_LIMIT_REF_BYTES           64
#define WIRE_LIMIT_GROUP_NAME_BYTES    256
#define WIRE_LIMIT_USER_NAME_CHARS     64
#define WIRE_LIMIT_DISPLAY_NAME_CHARS  128
#define WIRE_LIMIT_PASSWORD_BYTES_MIN  8
#define WIRE_LIMIT_PASSWORD_BYTES      1024
#define WIRE_LIMIT_SEARCH_BYTES        256
#define WIRE_LIMIT_AFTER_BYTES         256      /* where a list goes on */
#define WIRE_LIMIT_EPOCH_BYTES         16
#define WIRE_LIMIT_TOKEN_BYTES         16384
#define WIRE_LIMIT_NOTIFICATION_BYTES  4096     /* as JSON; skapi-js lets 3 kB through */
#define WIRE_LIMIT_IDS                 200
#define WIRE_LIMIT_PAGE                200
#define WIRE_LIMIT_PAGE_DEFAULT        50
#define WIRE_LIMIT_PRESENT             1000     /* users named in one snapshot */

#define WIRE_LIMIT_HTTP_BODY_BYTES     65536

/* Of the native layer. */
#define WIRE_PING_MS                   25000
#define WIRE_LIMIT_RINGING_CONNECTIONS 8
#define WIRE_LIMIT_CALL_DEVICES        4
#define WIRE_TURN_SECONDS              (6 * 60 * 60)
#define WIRE_TYPING_REPEAT_MS          4000
#define WIRE_TYPING_LAPSE_MS           6000

/* Of Engine.IO and Socket.IO: the reference's defaults, and what its parser takes. */
#define WIRE_EIO_PING_INTERVAL_MS      25000
#define WIRE_EIO_PING_TIMEOUT_MS       20000
#define WIRE_EIO_UPGRADE_TIMEOUT_MS    10000
#define WIRE_SIO_CONNECT_TIMEOUT_MS    45000
#define WIRE_LIMIT_SIO_ATTACHMENTS     10
#define WIRE_LIMIT_SIO_NAMESPACE_BYTES 256

#define WIRE_SUBPROTOCOL               "confab.v1"
#define WIRE_SOCKET_PATH               "/api"

/* The close codes beyond those of RFC 6455 §7.4.1: 3000–3499 ask the client to come back,
 * 3500–3999 not to. */
#define WIRE_CLOSE_SHUTDOWN            3000
#define WIRE_CLOSE_SILENT              3004
#define WIRE_CLOSE_SLOW                3008
#define WIRE_CLOSE_FLOOD               3009
#define WIRE_CLOSE_TOKEN_EXPIRED       3500
#define WIRE_CLOSE_SESSION_REVOKED     3501

/* Those that a server's configuration may lower. */
typedef struct
{
  guint message_bytes;
  guint frame_bytes;
  guint fragments;
  guint frames_per_second;
  guint frames_burst;
  guint rooms_per_connection;
  guint pending_requests;
} WireLimits;

void  wire_limits_init         (WireLimits        *self);
char *wire_limits_print        (const WireLimits  *self);

G_END_DECLS
