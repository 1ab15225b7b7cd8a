/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core.h"
#include "confabd-room-private.h"

G_BEGIN_DECLS

#define CONFABD_CID_BYTES  11
#define CONFABD_CID_LENGTH 16

/* A group in which a connection is present, or which it is about to enter. */
typedef struct
{
  ConfabdRoom *room;
  guint32      arrival;   /* whose snapshot it waits for; 0: attached to the audience */
  guint8       present;   /* counted in the room */
  guint8       typing;    /* the others think that it types */
  guint16      typed_s;   /* when they were told so last, modulo 2^16 */
} ConfabdSeat;

/* One WebSocket. There may be very many, and most of them do nothing most of the time: keep it
 * small. */
struct _ConfabdConnection
{
  ConfabdPeer        peer;           /* first: what the table of connections hashes */
  ConfabdPerson     *person;
  ConfabdConnection *next;           /* of the same person */
  ConfabdConnection *previous;
  ConfabdConnection *next_expiring;  /* of the same slot of the wheel */
  ConfabdConnection *previous_expiring;
  ConfabdSeat       *seats;          /* NULL while there are none */
  struct _ConfabdAltogic *altogic;   /* of a Socket.IO client, else NULL */
  guint64            expires_ms;
  BaseUuid           session_id;
  guint32            n_pending_bytes; /* of messages among the pending */
  guint16            n_pending;      /* requests that are not answered yet */
  guint16            n_seats;
  guint16            n_seats_allocated;
  guint8             native;
  guint8             calling;        /* in the call of a group */
  guint8             cid[CONFABD_CID_BYTES];
};

ConfabdConnection *confabd_connection_new         (ConfabdPeer              peer,
                                                   const ConfabdIdentity   *identity);
void               confabd_connection_free        (ConfabdConnection       *self);
guint              confabd_connection_hash_cid    (gconstpointer            connection);
gboolean           confabd_connection_equal_cid   (gconstpointer            one,
                                                   gconstpointer            other);
void               confabd_connection_format_cid  (const ConfabdConnection *self,
                                                   char                    *cid);
gboolean           confabd_connection_parse_cid   (ConfabdConnection       *probe,
                                                   const char              *text);

ConfabdSeat       *confabd_connection_find_seat   (const ConfabdConnection *self,
                                                   const ConfabdRoom       *room);
ConfabdSeat       *confabd_connection_add_seat    (ConfabdConnection       *self,
                                                   ConfabdRoom             *room);
void               confabd_connection_remove_seat (ConfabdConnection       *self,
                                                   ConfabdSeat             *seat);

G_END_DECLS
