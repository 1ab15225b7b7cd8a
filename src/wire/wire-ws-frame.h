/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 6455 §5.2 */
typedef enum {
  WIRE_WS_CONTINUATION = 0x0,
  WIRE_WS_TEXT         = 0x1,
  WIRE_WS_BINARY       = 0x2,
  WIRE_WS_CLOSE        = 0x8,
  WIRE_WS_PING         = 0x9,
  WIRE_WS_PONG         = 0xA,
} WireWsOpcode;

#define WIRE_WS_MAX_HEADER  14
#define WIRE_WS_MAX_CONTROL 125

/* RFC 6455 §7.4.1, and what was registered since */
#define WIRE_WS_CLOSE_NORMAL         1000
#define WIRE_WS_CLOSE_PROTOCOL_ERROR 1002
#define WIRE_WS_CLOSE_NO_STATUS      1005  /* stands for a close frame without a code */
#define WIRE_WS_CLOSE_INVALID_DATA   1007
#define WIRE_WS_CLOSE_TOO_BIG        1009
#define WIRE_WS_CLOSE_TRY_AGAIN      1013

gsize         wire_ws_write_header    (guint8                     header[WIRE_WS_MAX_HEADER],
                                       WireWsOpcode               opcode,
                                       gboolean                   fin,
                                       guint64                    length,
                                       const guint8              *mask);
GBytes       *wire_ws_frame_new       (WireWsOpcode               opcode,
                                       const void                *data,
                                       gsize                      length);
GBytes       *wire_ws_close_frame_new (guint16                    code,
                                       const char                *reason);
void          wire_ws_mask            (guint8                    *data,
                                       gsize                      length,
                                       const guint8               mask[4],
                                       gsize                      offset);
gboolean      wire_ws_close_code_ok   (guint                      code);

G_END_DECLS
