/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-mailbox.h"
#include "base-uuid.h"
#include "confabd-bus.h"
#include "confabd-log.h"
#include "confabd-peers.h"
#include "confabd-push.h"
#include "confabd-store.h"
#include "wire-request.h"
#include "wire-sio.h"

G_BEGIN_DECLS

/* Rooms, presence, sessions, rights and routing. All functions are called on one thread, the one
 * that drains the mailbox given to confabd_core_new(); answers of log and store come through that
 * mailbox too. */
typedef struct _ConfabdCore ConfabdCore;

typedef struct _ConfabdIdentity ConfabdIdentity;

/**
 * ConfabdSessionFunc:
 * @identity: (nullable): who it is, or %NULL if the token is not good
 */
typedef void (*ConfabdSessionFunc) (const ConfabdIdentity *identity,
                                    gpointer               done_data);

typedef struct
{
  const char   *service;         /* of GET /v1/server */
  const char   *limits_json;     /* of GET /v1/server, an object */
  guint         ping_ms;
  guint         max_rooms_per_connection;
  guint         max_pending_requests;
  gint64      (*now_ms) (gpointer clock_data); /* wall clock */
  gpointer      clock_data;
  /* Whether the "token" of a frame, in either form of PROTOCOL.md, is valid now and belongs to the
   * user. Called on the core's thread, must not block. */
  gboolean    (*check_token) (const char     *token,
                              const BaseUuid *user_id,
                              gpointer        token_data);
  /* Whose session a token of a Socket.IO client is; answers by @done, on the core's thread, now or
   * later. May be NULL: then there is no Socket.IO. */
  void        (*find_session) (const char         *token,
                               ConfabdSessionFunc  done,
                               gpointer            done_data,
                               gpointer            token_data);
  gpointer      token_data;
  /* Hears, on the core's thread, what each connection is called. May be NULL. */
  void        (*named)        (ConfabdPeer  peer,
                               const char  *cid,
                               gpointer     named_data);
  gpointer      named_data;
  guint         connect_ms;      /* how long a Socket.IO client may stay nobody */
  /* What calls are helped with, any of them NULL: "stun:HOST:PORT", "turn:HOST:PORT?transport=udp",
   * and the secret that is shared with the relays (coturn's static-auth-secret). */
  const char * const *stun_uris;
  const char * const *turn_uris;
  const char         *turn_secret;
} ConfabdCoreOptions;

/* Who is at the other end; from the token, checked before the upgrade. */
struct _ConfabdIdentity
{
  BaseUuid user_id;
  BaseUuid session_id;
  guint64  expires_ms;           /* of the token: the connection is closed with 3500 then */
  gboolean native;               /* confab.v1 was agreed on */
  gboolean socket_io;            /* who it is comes later, in its first packet */
  gboolean polling;              /* its socket is a way through to HTTP requests, and may be
                                  * changed for a WebSocket */
};

/* What can happen to an account, beside what is sent and read. */
typedef enum {
  CONFABD_USER_SIGNED_IN,
  CONFABD_USER_SIGNED_OUT,
  CONFABD_USER_UPDATED,
  CONFABD_USER_PASSWORD_CHANGED,
} ConfabdUserEvent;

ConfabdCore *confabd_core_new             (const ConfabdCoreOptions *options,
                                           BaseMailbox              *mailbox,
                                           ConfabdPeers             *peers,
                                           ConfabdLog               *log,
                                           ConfabdStore             *store,
                                           ConfabdBus               *bus);
void         confabd_core_free            (ConfabdCore              *self);
void         confabd_core_set_push        (ConfabdCore              *self,
                                           ConfabdPush              *push);

void         confabd_core_peer_opened     (ConfabdCore              *self,
                                           ConfabdPeer               peer,
                                           const ConfabdIdentity    *identity);
void         confabd_core_peer_closed     (ConfabdCore              *self,
                                           ConfabdPeer               peer);
/* Takes @request. */
void         confabd_core_request         (ConfabdCore              *self,
                                           ConfabdPeer               peer,
                                           WireRequest              *request);
/* Takes @packet, of a Socket.IO client. */
void         confabd_core_packet          (ConfabdCore              *self,
                                           ConfabdPeer               peer,
                                           WireSioPacket            *packet);
/* A frame that was no request: answers with the error. */
void         confabd_core_bad_request     (ConfabdCore              *self,
                                           ConfabdPeer               peer,
                                           const char               *ref,
                                           const GError             *error);
/* The session was revoked: closes its connections with 3501. */
void         confabd_core_session_revoked (ConfabdCore              *self,
                                           const BaseUuid           *session_id);
/* A profile changed: tells those who share a room. */
void         confabd_core_user_changed    (ConfabdCore              *self,
                                           const ConfabdUser        *user);
/* Something happened to an account: tells the user's clients of Altogic's kind. */
void         confabd_core_user_event      (ConfabdCore              *self,
                                           const BaseUuid           *user_id,
                                           ConfabdUserEvent          event);
/* Once a second: expires tokens, writes last_seen. */
void         confabd_core_tick            (ConfabdCore              *self);
/* Draining: closes everyone with 3000. */
void         confabd_core_shut_down       (ConfabdCore              *self);

/**
 * ConfabdGroupFunc:
 * @name: a group in which somebody is present
 * @n_users: how many users are, with however many connections
 */
typedef void (*ConfabdGroupFunc) (const char *name,
                                  guint       n_users,
                                  gpointer    user_data);

/**
 * ConfabdPresentFunc:
 * @user_id: a user
 * @cid: one of their connections that is present
 */
typedef void (*ConfabdPresentFunc) (const BaseUuid *user_id,
                                    const char     *cid,
                                    gpointer        user_data);

/* Who is where, for the lists that are asked for over HTTP. */
void         confabd_core_list_groups     (ConfabdCore              *self,
                                           ConfabdGroupFunc          func,
                                           gpointer                  user_data);
void         confabd_core_list_present    (ConfabdCore              *self,
                                           const char               *group,
                                           ConfabdPresentFunc        func,
                                           gpointer                  user_data);
/**
 * ConfabdMemberFunc:
 * @cid: a connection that is present
 * @profile: (nullable): what it says of itself, as JSON
 */
typedef void (*ConfabdMemberFunc) (const char *cid,
                                   GBytes     *profile,
                                   gpointer    user_data);

void         confabd_core_list_members    (ConfabdCore              *self,
                                           const char               *group,
                                           ConfabdMemberFunc         func,
                                           gpointer                  user_data);
gboolean     confabd_core_is_online       (ConfabdCore              *self,
                                           const BaseUuid           *user_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdCore, confabd_core_free)

G_END_DECLS
