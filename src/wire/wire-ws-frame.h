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

#define WIRE_WS_MAX_HEADER 14

typedef enum {
  WIRE_WS_NEED_MORE,   /* everything given was taken; nothing complete yet */
  WIRE_WS_MESSAGE,     /* a whole text or binary message, unmasked, UTF-8 checked */
  WIRE_WS_CONTROL,     /* a ping, pong or close frame */
  WIRE_WS_FAILED,      /* the connection has to be closed with close_code */
} WireWsStatus;

/* The receiving half of one connection: frames to messages. Which end it is decides about masking. It holds no buffer while it
 * is between messages, so that an idle connection costs only this struct. */
typedef struct _WireWsReader WireWsReader;

typedef struct
{
  WireWsOpcode  opcode;
  const guint8 *data;        /* valid until the next call */
  gsize         length;
  guint16       close_code;  /* of a close frame (1005: none given), or why it failed */
  const char   *reason;      /* why it failed, or NULL */
} WireWsMessage;

typedef struct
{
  gsize    max_message_bytes;
  guint    max_fragments;
  gboolean expect_masked;    /* TRUE at the server */
} WireWsReaderOptions;

gsize         wire_ws_reader_get_size (void);                              /* for embedding in a slab */
void          wire_ws_reader_init     (WireWsReader              *self);
void          wire_ws_reader_clear    (WireWsReader              *self);
WireWsReader *wire_ws_reader_new      (void);
void          wire_ws_reader_free     (WireWsReader              *self);

/* Takes some of @data (which it may unmask in place), tells in *used how much, and what came of it. Call again with the rest until
 * WIRE_WS_NEED_MORE. A message that lies whole inside @data is handed out without a copy. */
WireWsStatus  wire_ws_reader_feed     (WireWsReader              *self,
                                       const WireWsReaderOptions *options,
                                       guint8                    *data,
                                       gsize                      length,
                                       gsize                     *used,
                                       WireWsMessage             *message);

/* The sending half. @mask is NULL at the server. Returns the length of the header written. */
gsize         wire_ws_write_header    (guint8                     header[WIRE_WS_MAX_HEADER],
                                       WireWsOpcode               opcode,
                                       gboolean                   fin,
                                       guint64                    length,
                                       const guint8              *mask);
/* A whole frame in one block, ready to be shared by all its receivers. */
GBytes       *wire_ws_frame_new       (WireWsOpcode               opcode,
                                       const void                *data,
                                       gsize                      length);
GBytes       *wire_ws_close_frame_new (guint16                    code,
                                       const char                *reason);
void          wire_ws_mask            (guint8                    *data,
                                       gsize                      length,
                                       const guint8               mask[4],
                                       gsize                      offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireWsReader, wire_ws_reader_free)

G_END_DECLS
