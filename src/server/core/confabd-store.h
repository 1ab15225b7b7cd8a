/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-mailbox.h"
#include "confabd-event.h"
#include "confabd-log.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Every question and every change other than an event. Readers run side by side; writers join
 * the group commit. */
typedef enum {
  /* rooms */
  CONFABD_QUERY_ROOMS,               /* user_id → rooms; where the last messages are together
                                      * over a mebibyte, without them */
  CONFABD_QUERY_HISTORY,             /* room, before|after, limit → events, more, epoch;
                                      * bounded in bytes like a tail */
  CONFABD_QUERY_MARK_READ,           /* room, user_id, seq, received → reads[0], changed */
  CONFABD_QUERY_HIDE,                /* direct room, user_id: no member until its next message,
                                      * no event for the other → changed */
  CONFABD_QUERY_GROUPS,              /* user_id, search, after, limit → rooms, more */
  CONFABD_QUERY_MEMBERS,             /* room, after, limit → users, more */
  CONFABD_QUERY_CONTACTS,            /* user_id → users: the others of their direct rooms */
  /* users */
  CONFABD_QUERY_USERS,               /* ids, or search, after, limit → users, more */
  CONFABD_QUERY_SEEN,                /* user_id, seq (ms): write last_seen */
  CONFABD_QUERY_CREATE_USER,         /* user: name, folded_name, display_name, password_hash;
                                      * session → user | EXISTS */
  CONFABD_QUERY_FIND_USER,           /* name (folded) → users[0] with password_hash |
                                      * NOT_EXISTS */
  CONFABD_QUERY_UPDATE_USER,         /* user_id; display_name and/or password_hash (NULL: keep);
                                      * verified_hash → users[0] | NOT_EXISTS */
  /* sessions */
  CONFABD_QUERY_CREATE_SESSION,      /* session, verified_hash, limit (0: none) → ids of those that
                                      * gave way: expired, or beyond the limit of one user, the
                                      * longest unused first | NOT_EXISTS without such a user */
  CONFABD_QUERY_ROTATE_SESSION,      /* refresh_hash, new_refresh_hash, seq (its new end in ms,
                                      * 0: as it was), before_seq (now in ms) → sessions[0] |
                                      * REPLAYED: a used one, or one too many for the session's
                                      * used ones to be remembered; sessions[0] was revoked |
                                      * NOT_EXISTS, also when expired */
  CONFABD_QUERY_REVOKE_SESSIONS,     /* session_id; with user_id all sessions of theirs but it
                                      * → ids of those revoked */
  CONFABD_QUERY_SESSIONS,            /* → sessions that are alive: read once at start */
  /* push subscriptions */
  CONFABD_QUERY_STORE_SUBSCRIPTION,  /* subscription, limit → OK | EXISTS | NOT_EXISTS */
  CONFABD_QUERY_DELETE_SUBSCRIPTION, /* name (endpoint), user_id (nil: anybody's) → changed */
  CONFABD_QUERY_SUBSCRIPTIONS,       /* ids → all their subscriptions; no ids: everybody's by
                                      * endpoint, after, limit → subscriptions, more */
} ConfabdQueryKind;

typedef struct _ConfabdUser
{
  BaseUuid  user_id;
  char     *name;            /* as given */
  char     *folded_name;     /* NFKC, case-folded: unique */
  char     *display_name;
  char     *password_hash;   /* PHC string; NULL in lists */
  guint64   last_seen_ms;
  guint64   created_ms;
} ConfabdUser;

typedef struct
{
  BaseUuid  session_id;
  BaseUuid  user_id;
  guint8    refresh_hash[32];  /* SHA-256 */
  guint64   created_ms;
  guint64   expires_ms;
} ConfabdSession;

/* Where a browser wants to be woken (Push API). An endpoint belongs to one browser, so it is stored
 * once: it moves to the user who brings the same keys, and is EXISTS to one who brings others. Of
 * more than the query's limit for one user, the oldest gives way. */
typedef struct
{
  BaseUuid  user_id;
  char     *endpoint;
  guint8    public_key[65];    /* "p256dh": an uncompressed point of P-256 */
  guint8    auth_secret[16];
  guint64   created_ms;
} ConfabdSubscription;

typedef struct
{
  char            *room;
  ConfabdRoomKind  kind;
  char             epoch[17];
  guint64          last_seq;
  guint            n_members;
  gboolean         member;
  guint64          read_seq;
  guint64          n_unread;
  ConfabdEvent    *last;       /* the newest message, or NULL */
  ConfabdUser     *peer;       /* of a direct room */
} ConfabdRoomRow;

typedef enum {
  CONFABD_QUERY_OK,
  CONFABD_QUERY_NOT_EXISTS,
  CONFABD_QUERY_EXISTS,
  CONFABD_QUERY_REPLAYED,      /* a used refresh token: its session was revoked */
  CONFABD_QUERY_FULL,
  CONFABD_QUERY_FAILED,
} ConfabdQueryStatus;

typedef struct _ConfabdQuery ConfabdQuery;

struct _ConfabdQuery
{
  ConfabdQueryKind    kind;

  /* asked */
  char               *room;
  BaseUuid            user_id;
  BaseUuid            session_id;
  GArray             *ids;           /* of BaseUuid */
  char               *search;
  char               *after;
  char               *name;
  guint               limit;
  guint64             before_seq;    /* 0: none */
  guint64             after_seq;
  gboolean            oldest_first;  /* of history: from after_seq on, not up to before_seq */
  guint64             seq;
  guint64             received;
  guint8              refresh_hash[32];
  guint8              new_refresh_hash[32];
  char               *verified_hash; /* only while this is the user's password_hash; NULL: always */
  ConfabdUser        *user;
  ConfabdSession     *session;
  ConfabdSubscription *subscription;

  /* answered */
  ConfabdQueryStatus  status;
  gboolean            changed;
  gboolean            more;
  char                epoch[17];
  GPtrArray          *rooms;         /* of ConfabdRoomRow */
  GPtrArray          *events;        /* of ConfabdEvent */
  GPtrArray          *users;         /* of ConfabdUser */
  GPtrArray          *sessions;      /* of ConfabdSession */
  GPtrArray          *subscriptions; /* of ConfabdSubscription, by endpoint */
  GArray             *reads;         /* of ConfabdReadMarker */

  BaseMailbox        *reply_to;
  void              (*done) (ConfabdQuery *query);
  gpointer            user_data;
};

#define CONFABD_TYPE_STORE (confabd_store_get_type ())

G_DECLARE_INTERFACE (ConfabdStore, confabd_store, CONFABD, STORE, GObject)

struct _ConfabdStoreInterface
{
  GTypeInterface parent_iface;

  void (*submit) (ConfabdStore *self,
                  ConfabdQuery *query);
};

/* Answers @query on a thread of the store, then posts query->done to query->reply_to. Takes
 * @query; done owns it. */
void            confabd_store_submit   (ConfabdStore     *self,
                                        ConfabdQuery     *query);

ConfabdQuery   *confabd_query_new      (ConfabdQueryKind  kind,
                                        BaseMailbox      *reply_to,
                                        void            (*done) (ConfabdQuery *query),
                                        gpointer          user_data);
void            confabd_query_free     (ConfabdQuery     *self);
ConfabdUser    *confabd_user_copy      (const ConfabdUser *self);
void            confabd_user_free      (ConfabdUser      *self);
void            confabd_session_free   (ConfabdSession   *self);
void            confabd_subscription_free (ConfabdSubscription *self);
void            confabd_room_row_free  (ConfabdRoomRow   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdQuery, confabd_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdUser, confabd_user_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSession, confabd_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSubscription, confabd_subscription_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdRoomRow, confabd_room_row_free)

G_END_DECLS
