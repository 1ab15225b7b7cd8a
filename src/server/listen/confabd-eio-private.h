/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-eio.h"

#include "wire-eio-request.h"
#include "wire-ws-reader.h"

G_BEGIN_DECLS

typedef struct _ConfabdEioSession ConfabdEioSession;

typedef enum {
  CONFABD_EIO_OPEN,
  CONFABD_EIO_PROBED,   /* a WebSocket has asked whether it may take over */
  CONFABD_EIO_MOVING,   /* it has; what the hub wrote before is being read */
  CONFABD_EIO_PARTING,  /* nobody knows it any more; the hub is told the last words */
} ConfabdEioState;

/* A descriptor in the sessions' epoll set. */
typedef struct
{
  ConfabdEioSession *session;
  void             (*ready) (ConfabdEioSession *session,
                             guint32            events);
  int                fd;         /* -1: closed */
  guint32            events;     /* that are watched */
} ConfabdEioWatch;

/* One session that polls. */
struct _ConfabdEioSession
{
  ConfabdEio        *eio;
  ConfabdEioState    state;
  GList              link;          /* in eio->sessions */
  char              *sid;
  char              *address;       /* for the limit of sessions by address */
  gboolean           known;         /* in the tables; a sid that is not known is refused */
  gint64             due_us;        /* the end of patience with the client, or with the hub */

  ConfabdEioWatch    tunnel;        /* our end of a pair of sockets; the hub has the other */
  guint64            ticket;
  gboolean           over;          /* the hub has ended it; what is in unread is the last */
  gboolean           closed;        /* by a close frame, which is the end of unread when MOVING */
  GByteArray        *unread;        /* frames from the hub that no GET has taken */
  gsize              n_whole;       /* bytes of whole frames in it */
  GByteArray        *unsent;        /* masked frames to the hub */
  gsize              n_sent;        /* of unsent */

  SoupServerMessage *poll;          /* a GET that waits, or NULL */
  SoupServerMessage *post;          /* a POST that comes in or is being passed on, or NULL */
  gboolean           post_passed;   /* its body has been taken */

  ConfabdEioWatch    probe;         /* the WebSocket that wants to take over */
  SSL               *probe_tls;
  WireWsReader       probe_reader;
  gint64             probe_due_us;
  GBytes            *early;         /* what it sent behind the end of the upgrade */
};

struct _ConfabdEio
{
  ConfabdEioOptions  options;
  ConfabdDoorway    *doorway;
  int                epoll_fd;
  GSource           *source;
  GSource           *sweeper;       /* while there are sessions */
  GHashTable        *sids;          /* of known sessions */
  GHashTable        *addresses;     /* how many known sessions each has */
  GHashTable        *crossed;       /* sids of sessions that were just closed by their clients, to
                                     * when a GET may still come in µs */
  GQueue             sessions;      /* all */
  gboolean           closed;
};

/* confabd-eio.c */
void               confabd_eio_unref          (ConfabdEio        *self);
ConfabdEioSession *confabd_eio_find           (ConfabdEio        *self,
                                               const char        *sid);
gint64             confabd_eio_get_now_us     (ConfabdEio        *self);
void               confabd_eio_need_sweeper   (ConfabdEio        *self);
void               confabd_eio_expect_crossed (ConfabdEio        *self,
                                               const char        *sid);
void               confabd_eio_watch          (ConfabdEio        *self,
                                               ConfabdEioWatch   *watch,
                                               guint32            events);
void               confabd_eio_unwatch        (ConfabdEio        *self,
                                               ConfabdEioWatch   *watch);
void               confabd_eio_reply          (ConfabdEio        *self,
                                               SoupServerMessage *message,
                                               const char        *type,
                                               const char        *body,
                                               gsize              length);

/* confabd-eio-session.c */
ConfabdEioSession *confabd_eio_session_new    (ConfabdEio        *eio,
                                               char              *address);
void               confabd_eio_session_free   (ConfabdEioSession *self);
void               confabd_eio_session_forget (ConfabdEioSession *self);
void               confabd_eio_session_part   (ConfabdEioSession *self,
                                               const char        *last_word);
void               confabd_eio_session_watch  (ConfabdEioSession *self);
void               confabd_eio_session_send   (ConfabdEioSession *self);
void               confabd_eio_session_add_frame (ConfabdEioSession *self,
                                                  WireWsOpcode       opcode,
                                                  const void        *data,
                                                  gsize              length);
gsize              confabd_eio_measure_frame  (const guint8      *data,
                                               gsize              length,
                                               gsize             *n_header);
gint64             confabd_eio_session_get_deadline_us (ConfabdEioSession *self);

/* confabd-eio-polling.c */
void               confabd_eio_poll           (ConfabdEioSession *self,
                                               SoupServerMessage *message);
void               confabd_eio_answer_poll    (ConfabdEioSession *self,
                                               const char        *otherwise);
void               confabd_eio_begin_post     (ConfabdEioSession *self,
                                               SoupServerMessage *message);
void               confabd_eio_take_post      (ConfabdEioSession *self);
void               confabd_eio_answer_post    (ConfabdEioSession *self,
                                               gboolean           accepted);

/* confabd-eio-upgrade.c */
void               confabd_eio_upgrade        (ConfabdEio        *self,
                                               SoupServerMessage *message,
                                               const char        *sid);
void               confabd_eio_read_probe     (ConfabdEioSession *self);
void               confabd_eio_drop_probe     (ConfabdEioSession *self);
void               confabd_eio_hand_over      (ConfabdEioSession *self);

G_END_DECLS
