/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-audience-numbers.h"
#include "confabd-connection-private.h"
#include "confabd-core.h"
#include "confabd-room-private.h"

#include "wire-error.h"

G_BEGIN_DECLS

/* Slots of the wheel in which connections wait for their token to expire, a second each. */
#define CONFABD_EXPIRY_SLOTS 1024

/* A user who is online: has a connection at least. */
struct _ConfabdPerson
{
  BaseUuid           user_id;        /* first: what the table of persons hashes */
  ConfabdAudience    audience;       /* 0 until there is a second connection */
  guint              n_connections;
  ConfabdConnection *connections;
};

struct _ConfabdCore
{
  guint               ref_count;     /* one of the owner's, one of each unanswered question */
  gboolean            stopped;       /* the owner let go */
  gboolean            draining;
  ConfabdCoreOptions  options;
  BaseMailbox        *mailbox;
  ConfabdPeers       *peers;
  ConfabdLog         *log;
  ConfabdStore       *store;
  ConfabdBus         *bus;
  ConfabdPush        *push;          /* NULL: nobody is woken */

  GHashTable         *connections;   /* by peer */
  GHashTable         *cids;          /* the same, by cid */
  GHashTable         *persons;       /* by user id */
  GHashTable         *calls;         /* by key of a group → GPtrArray of connections */
  GHashTable         *altogics;      /* by peer: the Socket.IO clients, whoever they are */
  ConfabdAudience     altogic_audience; /* all of them who are somebody */
  ConfabdRooms        rooms;
  ConfabdAudienceNumbers    audiences;
  guint32             last_arrival;
  gsize               n_pending_bytes; /* of messages that are not stored yet */
  guint               n_reading;       /* reads on their way */
  GQueue              to_read;         /* of ConfabdPending that wait for their turn */

  ConfabdConnection  *expiring[CONFABD_EXPIRY_SLOTS];
  guint64             ticked_s;      /* up to which second the wheel was turned */
  GHashTable         *revoked;       /* BaseUuid of a session → guint64 *, when (ms) */
  GArray             *gone;          /* BaseUuid of users whose last_seen is to be written */
};

void               confabd_core_unref             (ConfabdCore             *self);
guint64            confabd_core_get_now_ms        (ConfabdCore             *self);
ConfabdConnection *confabd_core_find_connection   (ConfabdCore             *self,
                                                   ConfabdPeer              peer);
ConfabdPerson     *confabd_core_find_person       (ConfabdCore             *self,
                                                   const BaseUuid          *user_id);

ConfabdConnection *confabd_core_admit            (ConfabdCore             *self,
                                                  ConfabdPeer              peer,
                                                  const ConfabdIdentity   *identity);
gboolean           confabd_core_is_welcome        (ConfabdCore             *self,
                                                   ConfabdPeer              peer,
                                                   const ConfabdIdentity   *identity);
void               confabd_core_forget_connection (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   gboolean                 detach);

/* confabd-delivery.c: frames to connections */
void               confabd_core_send              (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   ConfabdFrameClass        frame_class,
                                                   GBytes                  *frame);
void               confabd_core_deliver_to_person (ConfabdCore             *self,
                                                   ConfabdPerson           *person,
                                                   ConfabdFrameClass        frame_class,
                                                   GBytes                  *native,
                                                   GBytes                  *skapi,
                                                   ConfabdPeer              except);
void               confabd_core_publish_to_room   (ConfabdCore             *self,
                                                   const char              *key,
                                                   ConfabdFrameClass        frame_class,
                                                   gboolean                 native_only,
                                                   GBytes                  *frame,
                                                   ConfabdConnection       *except);
void               confabd_core_publish_packet    (ConfabdCore             *self,
                                                   const char              *key,
                                                   ConfabdFrameClass        frame_class,
                                                   GBytes                  *frames,
                                                   ConfabdConnection       *except);
void               confabd_core_publish_packet_to_user (ConfabdCore        *self,
                                                        const BaseUuid          *user_id,
                                                        GBytes                  *frames);
void               confabd_core_publish_to_user   (ConfabdCore             *self,
                                                   const BaseUuid          *user_id,
                                                   ConfabdFrameClass        frame_class,
                                                   gboolean                 native_only,
                                                   GBytes                  *frame,
                                                   ConfabdConnection       *except);
void               confabd_core_heard_cb          (const char              *subject,
                                                   GBytes                  *payload,
                                                   gpointer                 user_data);

/* confabd-presence.c: who is online, and who is in which group */
void               confabd_core_come_online       (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   const BaseUuid          *user_id);
void               confabd_core_go_offline        (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   gboolean                 detach);
gboolean           confabd_core_take_seat         (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   const char              *key,
                                                   gboolean                *is_new,
                                                   ConfabdSeat            **seat);
gboolean           confabd_core_count_seat        (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   ConfabdSeat             *seat);
void               confabd_core_attach_seat       (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   ConfabdSeat             *seat,
                                                   gboolean                 notify);
guint32            confabd_core_await_seat        (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   ConfabdSeat             *seat);
guint32            confabd_core_make_arrival      (ConfabdCore             *self);
void               confabd_core_leave_seat        (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   ConfabdSeat             *seat);
void               confabd_core_lose_all_seats    (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   gboolean                 detach);
ConfabdSeat       *confabd_core_find_seat         (ConfabdCore             *self,
                                                   const ConfabdConnection *connection,
                                                   const char              *key);

/* confabd-requests.c: answers */
gboolean           confabd_requests_check         (const ConfabdQuery      *query,
                                                   GError                 **error);
void               confabd_core_refuse            (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   const char              *ref,
                                                   WireError                code,
                                                   const char              *message);
void               confabd_core_refuse_error      (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   const char              *ref,
                                                   const GError            *error);
void               confabd_core_accept            (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   const char              *ref);

/* One function per group of actions; each is given a request that was checked as far as it can be
 * without knowing the action. */
void               confabd_core_post              (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_join_room         (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_join              (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_leave             (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_subscribe         (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_unsubscribe       (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_relay_rtc         (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_typing            (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_read              (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);
void               confabd_core_list              (ConfabdCore             *self,
                                                   ConfabdConnection       *connection,
                                                   WireRequest             *request);

G_END_DECLS
