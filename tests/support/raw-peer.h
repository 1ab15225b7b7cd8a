/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "support-wait.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How long anything may take that is bound to happen. */
#define RAW_PEER_DEADLINE_MS SUPPORT_WAIT_MS

/* RFC 6455 §5.2, the first byte of a frame: FIN and the opcode. */
#define RAW_PEER_CONTINUATION 0x00
#define RAW_PEER_TEXT         0x81
#define RAW_PEER_BINARY       0x82
#define RAW_PEER_CLOSE        0x88
#define RAW_PEER_PING         0x89
#define RAW_PEER_PONG         0x8A

/**
 * RawPeer:
 *
 * The other end of a server, byte by byte.
 *
 * A blocking socket on which each call has a deadline, and a WebSocket layer of its
 * own that shares no code with what is tested: it can send what no library would,
 * and sees exactly what came. It answers no ping and no close by itself.
 */
typedef struct _RawPeer RawPeer;

typedef enum {
  RAW_PEER_GOT_FRAME,
  RAW_PEER_GOT_END,      /* the other end closed the connection, or it broke */
  RAW_PEER_GOT_NOTHING,  /* the time is over */
} RawPeerStatus;

typedef struct
{
  guint8  first;         /* FIN, reserved bits and opcode */
  GBytes *payload;       /* ends with a zero beyond its length */
  guint16 close_code;    /* of a close frame; 1005: none given */
} RawPeerFrame;

/* the connection */
RawPeer       *raw_peer_new            (guint16        port);
RawPeer       *raw_peer_new_tls        (guint16        port,
                                        const char    *ca_file);
void           raw_peer_free           (RawPeer       *self);
gboolean       raw_peer_write          (RawPeer       *self,
                                        const void    *data,
                                        gsize          length);
gboolean       raw_peer_write_text     (RawPeer       *self,
                                        const char    *text);
RawPeerStatus  raw_peer_fill           (RawPeer       *self,
                                        guint          timeout_ms);
gboolean       raw_peer_awaits_end     (RawPeer       *self,
                                        guint          timeout_ms);
void           raw_peer_set_receive_buffer (RawPeer   *self,
                                            int            n_bytes);
GByteArray    *raw_peer_get_unread     (RawPeer       *self);

/* HTTP */
guint          raw_peer_request        (RawPeer       *self,
                                        const char    *method,
                                        const char    *path,
                                        const char    *headers,
                                        const char    *body,
                                        char         **answer);
guint          raw_peer_read_answer    (RawPeer       *self,
                                        char         **answer);
guint          raw_peer_read_whole_answer (RawPeer    *self,
                                           char      **headers,
                                           char      **answer);
char          *raw_peer_make_upgrade   (const char    *path,
                                        const char    *headers);
guint          raw_peer_upgrade        (RawPeer       *self,
                                        const char    *path,
                                        const char    *headers);

/* WebSocket */
GBytes        *raw_peer_make_frame     (guint8         first,
                                        gboolean       masked,
                                        const void    *data,
                                        gsize          length);
gboolean       raw_peer_send_frame     (RawPeer       *self,
                                        guint8         first,
                                        const void    *data,
                                        gsize          length);
gboolean       raw_peer_send           (RawPeer       *self,
                                        const char    *text);
gboolean       raw_peer_sendf          (RawPeer       *self,
                                        const char    *format,
                                        ...) G_GNUC_PRINTF (2, 3);
RawPeerStatus  raw_peer_receive        (RawPeer       *self,
                                        guint          timeout_ms,
                                        RawPeerFrame  *frame);
void           raw_peer_frame_clear    (RawPeerFrame  *frame);
guint16        raw_peer_await_close    (RawPeer       *self,
                                        guint          timeout_ms);

/* JSON; what is passed over on the way is dropped */
JsonObject    *raw_peer_receive_object (RawPeer       *self,
                                        guint          timeout_ms);
JsonObject    *raw_peer_await_key      (RawPeer       *self,
                                        const char    *key);
JsonObject    *raw_peer_await_reply    (RawPeer       *self,
                                        const char    *ref);
JsonObject    *raw_peer_ask            (RawPeer       *self,
                                        const char    *format,
                                        ...) G_GNUC_PRINTF (2, 3);
JsonObject    *raw_peer_ask_ok         (RawPeer       *self,
                                        const char    *format,
                                        ...) G_GNUC_PRINTF (2, 3);
const char    *raw_peer_get_error_code (JsonObject    *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawPeer, raw_peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RawPeerFrame, raw_peer_frame_clear)

G_END_DECLS
