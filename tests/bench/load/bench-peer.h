/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BenchPeer BenchPeer;

/* Hears a whole text message; @payload is valid during the call only. */
typedef void (*BenchPeerFunc) (BenchPeer    *peer,
                               const guint8 *payload,
                               gsize         length,
                               gpointer      user_data);

typedef enum {
  BENCH_PEER_CONNECTING,
  BENCH_PEER_UPGRADING,   /* the request is on its way */
  BENCH_PEER_GREETING,    /* upgraded; confabd will say #hello */
  BENCH_PEER_OPEN,
  BENCH_PEER_LOST,
} BenchPeerState;

/* The client's end of one connection under load. */
struct _BenchPeer
{
  int             fd;
  BenchPeerState  state;
  guint           index;        /* among the peers of its worker */
  char            cid[32];      /* its own name, from #hello */
  guint8         *rest;         /* the part of a frame that has arrived, or NULL */
  guint32         rest_length;
  guint           next_post;    /* of the post phase: the number it waits for */
};

/* Where to connect and as whom; the token is NULL for the ceiling. A target of its own is for
 * clients that are not native: it says who they are as well. */
typedef struct
{
  guint16     port;
  const char *token;
  const char *target;       /* or NULL */
} BenchAddress;

gboolean bench_peer_connect (BenchPeer          *self,
                             const BenchAddress *address,
                             GError            **error);
void     bench_peer_clear   (BenchPeer          *self);
/* To be called when the socket is writable while CONNECTING. */
void     bench_peer_upgrade (BenchPeer          *self,
                             const BenchAddress *address);
/* Reads what is there. Returns FALSE when the connection is over; the state is LOST then. */
gboolean bench_peer_read    (BenchPeer          *self,
                             gboolean            greets,
                             BenchPeerFunc       func,
                             gpointer            user_data);
gboolean bench_peer_send    (BenchPeer          *self,
                             guint8              opcode,
                             const char         *payload,
                             gsize               length);

G_END_DECLS
