/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-utf8.h"

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

typedef enum {
  WIRE_WS_NEED_MORE,   /* everything given was taken; nothing complete yet */
  WIRE_WS_MESSAGE,     /* a whole text or binary message, unmasked, UTF-8 checked */
  WIRE_WS_CONTROL,     /* a ping, pong or close frame */
  WIRE_WS_FAILED,      /* the connection has to be closed with close_code */
} WireWsStatus;

/* The receiving half of one connection: frames to messages. Which end it is decides about
 * masking. It holds no buffer while it is between messages, so that an idle connection costs
 * only this struct; its fields are its own. Starts as zeros. */
typedef struct
{
  guint8   *message;         /* of a message that comes in pieces, or NULL */
  guint8   *control;         /* of a control frame that comes in pieces, or NULL */
  guint64   n_payload_left;  /* of the frame that is being read */
  guint32   message_length;
  guint32   message_size;    /* allocated */
  guint16   failed_code;     /* 0: not failed */
  guint16   n_fragments;
  guint8    header[WIRE_WS_MAX_HEADER];
  guint8    n_header;
  guint8    control_length;
  guint8    mask[4];
  guint8    mask_offset;     /* 0–3: which byte of the mask comes next */
  guint8    frame_opcode;
  guint8    message_opcode;  /* 0: no message has begun */
  guint8    in_payload : 1;
  guint8    fin        : 1;
  guint8    handed_out : 1;  /* message or control are to be freed at the next call */
  guint8    closed     : 1;  /* a close frame came: the rest is not read (§5.5.1) */
  WireUtf8  utf8;
} WireWsReader;

typedef struct
{
  WireWsOpcode  opcode;
  const guint8 *data;        /* valid until the next call; of a close frame: its reason */
  gsize         length;
  guint16       close_code;  /* of a close frame (1005: none given), or why it failed */
  const char   *reason;      /* why it failed, or NULL */
} WireWsMessage;

typedef struct
{
  gsize    max_message_bytes;
  guint    max_fragments;    /* at most 65535 */
  gboolean expect_masked;    /* TRUE at the server */
} WireWsReaderOptions;

void          wire_ws_reader_init     (WireWsReader              *self);
void          wire_ws_reader_clear    (WireWsReader              *self);
WireWsStatus  wire_ws_reader_feed     (WireWsReader              *self,
                                       const WireWsReaderOptions *options,
                                       guint8                    *data,
                                       gsize                      length,
                                       gsize                     *used,
                                       WireWsMessage             *message);

/* The sending half. */
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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireWsReader, wire_ws_reader_clear)

G_END_DECLS
