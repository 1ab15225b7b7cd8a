/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-utf8.h"
#include "wire-ws-frame.h"

#include <glib.h>

G_BEGIN_DECLS

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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireWsReader, wire_ws_reader_clear)

G_END_DECLS
