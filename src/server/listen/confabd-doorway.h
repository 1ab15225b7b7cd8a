/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-socket-stream.h"
#include "confabd-tls.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Listening sockets and the connections that come in by them, up to the moment that libsoup or
 * the hub has them. */
typedef struct _ConfabdDoorway ConfabdDoorway;

/* The client of a request that was held has gone before there was an answer. */
typedef void (*ConfabdDoorwayGoneFunc) (gpointer user_data);

typedef struct
{
  guint            head_ms;          /* for the TLS handshake and the head of the request */
  guint            answer_ms;        /* from there on, for the body and the answer */
  guint            idle_ms;          /* between an answer and the next request */
  guint            max_requests;     /* on one connection */
  gsize            max_body_bytes;
  const char      *payload_path;     /* requests whose target begins so may have larger bodies */
  gsize            max_payload_bytes;
  guint            max_fd;           /* above it they are shed; 0: the limit less a reserve */
  const BaseClock *clock;
  void           (*batch_ended) (gpointer user_data); /* after each batch of events; or NULL */
  gpointer         user_data;
} ConfabdDoorwayOptions;

typedef struct
{
  guint64 n_accepted;
  guint64 n_shed;
  guint64 n_refused;
  guint64 n_timed_out;
  guint   n_waiting;      /* heads that are not whole yet */
  guint   n_idle;         /* who may ask again */
  guint   n_serving;      /* with libsoup */
} ConfabdDoorwayStats;

ConfabdDoorway      *confabd_doorway_new            (SoupServer                  *server,
                                                     const ConfabdDoorwayOptions *options);
void                 confabd_doorway_free           (ConfabdDoorway              *self);
void                 confabd_doorway_set_tls        (ConfabdDoorway              *self,
                                                     ConfabdTls                  *tls);
gboolean             confabd_doorway_listen         (ConfabdDoorway              *self,
                                                     const char                  *address,
                                                     GError                     **error);
gboolean             confabd_doorway_listen_fd      (ConfabdDoorway              *self,
                                                     int                          fd,
                                                     GError                     **error);
void                 confabd_doorway_open           (ConfabdDoorway              *self);
char                *confabd_doorway_get_uri        (ConfabdDoorway              *self);
void                 confabd_doorway_close          (ConfabdDoorway              *self);
ConfabdSocketStream *confabd_doorway_get_stream     (ConfabdDoorway              *self,
                                                     SoupServerMessage           *message);
guint                confabd_doorway_get_keep_s     (ConfabdDoorway              *self,
                                                     SoupServerMessage           *message);
void                 confabd_doorway_hold           (ConfabdDoorway              *self,
                                                     SoupServerMessage           *message,
                                                     ConfabdDoorwayGoneFunc       func,
                                                     gpointer                     user_data);
void                 confabd_doorway_release        (ConfabdDoorway              *self,
                                                     SoupServerMessage           *message);
gboolean             confabd_doorway_is_busy        (ConfabdDoorway              *self);
void                 confabd_doorway_get_stats      (ConfabdDoorway              *self,
                                                     ConfabdDoorwayStats         *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdDoorway, confabd_doorway_free)

G_END_DECLS
