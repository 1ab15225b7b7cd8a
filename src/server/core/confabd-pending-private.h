/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-alerts-private.h"
#include "confabd-core-private.h"

G_BEGIN_DECLS

/**
 * ConfabdPending:
 *
 * A question to the log or the store, on its way.
 *
 * It holds the core, but the connection that asked only by its names: when the answer
 * comes the connection is there or it is not, and nobody else can be mistaken for it. The
 * number of a peer is never used twice; but a Socket.IO client that leaves the namespace and
 * comes again is another connection, perhaps another user's, of the same peer, and only the
 * cid tells the two apart. It counts as one of the connection's pending requests.
 */
typedef struct
{
  ConfabdCore  *core;
  ConfabdPeer   peer;       /* 0: nobody waits for it */
  guint8        cid[CONFABD_CID_BYTES];
  WireAction    action;
  char         *ref;
  BaseUuid      user_id;    /* whose question it is */
  char         *key;        /* of the room */
  guint32       arrival;    /* the seat's, of subscribe and join */
  guint32       n_bytes;    /* of a message on its way to the disk */
  gboolean      reading;    /* one of the reads that are bounded in number */
  ConfabdTail  *tail;       /* a read that waits for its turn: this, */
  ConfabdQuery *query;      /* or this */
  gboolean      changed;    /* of join and leave: it was news */
  gboolean      online;     /* of a question for contacts: what they are to be told */
  ConfabdAlert *alert;      /* of a message: whom it is to wake */
  GBytes       *frame;      /* of a changed profile: the news */
  GError       *error;      /* an earlier answer of several was a refusal */
} ConfabdPending;

ConfabdPending    *confabd_pending_new            (ConfabdCore       *core,
                                                   ConfabdConnection *connection,
                                                   WireRequest       *request,
                                                   char              *key);
ConfabdPending    *confabd_pending_new_unasked    (ConfabdCore       *core,
                                                   const BaseUuid    *user_id,
                                                   const char        *key);
void               confabd_pending_free           (ConfabdPending    *self);
ConfabdConnection *confabd_pending_get_connection (ConfabdPending    *self);

ConfabdQuery      *confabd_pending_make_query     (ConfabdPending    *self,
                                                   ConfabdQueryKind   kind,
                                                   void             (*done) (ConfabdQuery *query));
void               confabd_pending_append         (ConfabdPending    *self,
                                                   ConfabdEvent      *event,
                                                   void             (*done) (ConfabdAppend *));
gboolean           confabd_pending_check_bytes    (ConfabdCore             *core,
                                                   const ConfabdConnection *connection,
                                                   gsize                    n_bytes,
                                                   GError                 **error);
void               confabd_pending_read_tail      (ConfabdPending    *self,
                                                   ConfabdTail       *tail);
void               confabd_pending_read_query     (ConfabdPending    *self,
                                                   ConfabdQuery      *query);
void               confabd_pending_read_all       (ConfabdCore       *core);
ConfabdTail       *confabd_pending_make_tail      (ConfabdPending    *self,
                                                   void             (*done) (ConfabdTail *tail));

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPending, confabd_pending_free)

G_END_DECLS
