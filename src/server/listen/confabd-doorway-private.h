/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-doorway.h"
#include "confabd-http-head.h"

G_BEGIN_DECLS

typedef struct _ConfabdVisitor ConfabdVisitor;

/* What an event of the doorway's epoll set is about: data.ptr points to one of these, which is
 * the first member of its owner. */
typedef enum {
  CONFABD_DOORWAY_LISTENER,
  CONFABD_DOORWAY_VISITOR,
} ConfabdDoorwayKind;

typedef struct
{
  ConfabdDoorwayKind  kind;
  int                 fd;
  GSocketAddress     *address;   /* our own */
} ConfabdDoorwayListener;

typedef enum {
  CONFABD_VISITOR_SHAKING,    /* the TLS handshake */
  CONFABD_VISITOR_READING,    /* the head of the request */
  CONFABD_VISITOR_IDLE,       /* was answered, and may ask again */
  CONFABD_VISITOR_SERVING,    /* with libsoup */
  CONFABD_VISITOR_HELD,       /* the same, but the answer may take any time */
  CONFABD_VISITOR_LINGERING,  /* has its last answer; what still comes is thrown away */
} ConfabdVisitorState;

/* One who came in by the door. */
struct _ConfabdVisitor
{
  ConfabdDoorwayKind   kind;
  ConfabdVisitorState  state;
  ConfabdDoorway      *doorway;
  int                  fd;         /* -1 once the stream has it */
  gboolean             watched;    /* by the doorway's epoll set */
  SSL                 *tls;
  GByteArray          *head;       /* of a request that came in pieces, or was sent early */
  ConfabdSocketStream *stream;     /* weak: while libsoup serves it */
  GSocketAddress      *local;
  GSocketAddress      *remote;     /* one object for each visitor: it names them */
  gint64               due_us;
  gsize                max_body_bytes;
  gsize                n_body_bytes;  /* of the doorway's n_body_bytes */
  guint                n_requests;
  gboolean             chunked;    /* the request that is served */
  gboolean             persistent; /* comes back after the answer */
  ConfabdDoorwayGoneFunc gone;     /* of HELD */
  gpointer             gone_data;
  GList                link;       /* in the queue of its state */
};

struct _ConfabdDoorway
{
  SoupServer            *server;
  ConfabdDoorwayOptions  options;
  ConfabdTls            *tls;
  int                    epoll_fd;
  int                    spare_fd;     /* kept to be given up when there are no others */
  guint                  max_fd;
  GSource               *source;       /* all that the main context knows: epoll_fd is readable */
  GSource               *sweeper;      /* while there are visitors */
  GSource               *resume;       /* while accepting is paused */
  GPtrArray             *listeners;    /* of ConfabdDoorwayListener */
  GHashTable            *serving;      /* remote address → visitor */
  GQueue                 waiting;      /* of visitors, in the order of their deadlines */
  GQueue                 idle;
  GQueue                 answering;    /* SERVING */
  GQueue                 held;         /* no deadline: whoever holds them has one */
  GQueue                 lingering;
  gsize                  n_body_bytes; /* of large bodies that are coming in, at most */
  GSource               *early;        /* while somebody has sent requests early */
  gboolean               closed;       /* nobody comes back for another request */
  gboolean               busy;         /* in the middle of a batch of events */
  ConfabdDoorwayStats    stats;
};

/* What large bodies may take together. */
#define CONFABD_DOORWAY_MAX_BODIES_BYTES (64 * 1024 * 1024)

/* confabd-visitor.c */
void      confabd_visitor_arrive     (ConfabdDoorway *doorway,
                                      int             fd,
                                      GSocketAddress *local,
                                      GSocketAddress *remote);
void      confabd_visitor_go_on      (ConfabdVisitor *self);
void      confabd_visitor_free       (ConfabdVisitor *self);
void      confabd_visitor_sweep      (ConfabdDoorway *doorway,
                                      gint64          now_us);
GQueue   *confabd_visitor_get_queue  (ConfabdVisitor *self);
void      confabd_visitor_enter      (ConfabdVisitor      *self,
                                      ConfabdVisitorState  state,
                                      guint                patience_ms);
void      confabd_visitor_watch      (ConfabdVisitor *self);
void      confabd_visitor_take_early (ConfabdVisitor *self);
void      confabd_visitor_linger     (ConfabdVisitor *self);

/* confabd-visitor-service.c */
void      confabd_visitor_serve      (ConfabdVisitor        *self,
                                      const ConfabdHttpHead *head,
                                      const guint8          *data,
                                      gsize                  length);
void      confabd_visitor_leave_service (ConfabdVisitor *self);
void      confabd_visitor_hang_up    (ConfabdVisitor *self);
void      confabd_visitor_connect    (ConfabdDoorway *doorway);

/* confabd-doorway.c */
void      confabd_doorway_need_sweeper (ConfabdDoorway *self);

G_END_DECLS
