/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-hub.h"
#include "confabd-outbox.h"
#include "confabd-rolls.h"
#include "confabd-slab.h"
#include "confabd-timer-wheel.h"

#include "base-token-bucket.h"
#include "wire-limits.h"
#include "wire-sio.h"
#include "wire-ws-reader.h"

G_BEGIN_DECLS

typedef struct _ConfabdHubThread ConfabdHubThread;
typedef struct _ConfabdHubPeer ConfabdHubPeer;
typedef struct _ConfabdHubReports ConfabdHubReports;
typedef struct _ConfabdHubOrders ConfabdHubOrders;
typedef struct _ConfabdHubAdoptions ConfabdHubAdoptions;

/* What one read may bring, and what one record of TLS carries. */
#define CONFABD_HUB_BUFFER_BYTES (64 * 1024)
#define CONFABD_HUB_RECORD_BYTES (16 * 1024)

/* A ConfabdPeer is its thread, counted from 1 (8 bits), its slot there (24 bits), and how often
 * that has been taken (32 bits). */
static inline ConfabdPeer
confabd_hub_make_id (guint   n_thread,
                     guint32 slot,
                     guint32 generation)
{
  return (guint64) (n_thread + 1) << 56 | (guint64) slot << 32 | generation;
}

static inline guint32
confabd_hub_get_slot (ConfabdPeer id)
{
  return (id >> 32) & (CONFABD_SLAB_MAX_SLOTS - 1);
}

typedef enum {
  CONFABD_HUB_PEER_OPEN,
  CONFABD_HUB_PEER_CLOSING,   /* our close frame is queued or sent; theirs is awaited */
  CONFABD_HUB_PEER_LAST_WORD, /* only the outbox is still to be written */
  CONFABD_HUB_PEER_LINGERING, /* all is written and shut; waits for the end of file */
} ConfabdHubPeerState;

/* One connection. There are ten thousands of these: each byte counts. */
struct _ConfabdHubPeer
{
  ConfabdTimer        timer;
  ConfabdMemberships  memberships;
  SSL                *tls;          /* NULL: plain */
  ConfabdOutbox      *outbox;       /* NULL: nothing waits */
  WireSioDecoder     *decoder;      /* of Socket.IO; NULL while no attachment is awaited */
  WireWsReader        reader;
  BaseTokenBucket     bucket;       /* of frames */
  gint64              heard_ms;     /* when anything came last */
  gint64              pinged_ms;
  gint64              due_ms;       /* if blocked: end of patience; if closing: of the handshake */
  gint64              sated_ms;     /* when what it sent would be digested at the allowed rate */
  ConfabdPeer         id;
  int                 fd;
  guint32             n_partial;    /* bytes that are kept of a message that is not whole yet */
  guint16             n_refused;    /* frames over the rate, in a row */
  guint16             n_in_core;    /* requests that the core has not seen yet */
  guint8              state;        /* ConfabdHubPeerState */
  guint8              native : 1;
  guint8              socket_io : 1;
  guint8              polling : 1;  /* its socket leads to HTTP requests */
  guint8              moving : 1;   /* between two sockets: fd is -1 */
  guint8              awaits_pong : 1; /* of Engine.IO */
  guint8              dirty : 1;    /* in the list of those to be flushed soon */
  guint8              broad : 1;    /* in the list of those that a fan-out reached */
  guint8              blocked : 1;  /* the socket took no more; epoll tells when it does */
  guint8              paused : 1;   /* not read */
  guint8              throttled : 1; /* not read until it has digested */
  guint8              flooding : 1; /* to be closed when its requests have been answered */
  guint8              told : 1;     /* the core knows of it */
  guint8              gone : 1;     /* to be freed at the end of the turn */
};

/* From the core to one hub thread. */
typedef enum {
  CONFABD_HUB_ORDER_SEND,
  CONFABD_HUB_ORDER_ATTACH,
  CONFABD_HUB_ORDER_DETACH,
  CONFABD_HUB_ORDER_FAN_OUT,
  CONFABD_HUB_ORDER_CLOSE,
  CONFABD_HUB_ORDER_CREDIT,
} ConfabdHubOrderType;

typedef struct
{
  ConfabdHubOrderType  type;
  ConfabdFrameClass    frame_class;
  ConfabdAudience      audience;
  guint16              code;
  ConfabdPeer          peer;     /* or who is left out of a fan-out */
  union
  {
    GBytes            *native;   /* or the frame of SEND */
    char              *reason;
    ConfabdHubReports *reports;  /* that the core has done with */
  };
  GBytes              *skapi;
  GBytes              *packet;   /* for those of Socket.IO */
} ConfabdHubOrder;

struct _ConfabdHubOrders
{
  ConfabdHubThread *thread;
  GArray           *orders;      /* of ConfabdHubOrder */
};

/* From one hub thread to the core. */
typedef enum {
  CONFABD_HUB_REPORT_OPENED,
  CONFABD_HUB_REPORT_CLOSED,
  CONFABD_HUB_REPORT_REQUEST,
  CONFABD_HUB_REPORT_BAD_REQUEST,
  CONFABD_HUB_REPORT_PACKET,
  CONFABD_HUB_REPORT_TEXT,     /* of Engine.IO alone */
  CONFABD_HUB_REPORT_BYTES,
} ConfabdHubReportType;

typedef struct
{
  ConfabdHubReportType  type;
  ConfabdPeer           peer;
  union
  {
    ConfabdIdentity    *identity;
    WireRequest        *request;
    WireSioPacket      *packet;
    GBytes             *bytes;
    char               *ref;
  };
  GError               *error;
} ConfabdHubReport;

struct _ConfabdHubReports
{
  ConfabdHub *hub;
  guint       n_thread;
  gsize       n_bytes;           /* what the requests weigh */
  GArray     *reports;           /* of ConfabdHubReport */
};

struct _ConfabdHubThread
{
  ConfabdHub              *hub;
  guint                    index;
  const ConfabdHubOptions *options;
  GThread                 *thread;
  BaseMailbox             *mailbox;

  int                      epoll_fd;
  ConfabdSlab             *peers;
  ConfabdRolls            *rolls;
  ConfabdTimerWheel       *wheel;
  GArray                  *dirty;         /* of ConfabdPeer: to be written at the end of the turn */
  GArray                  *broad;         /* those whom a fan-out reached; may wait */
  GArray                  *flushing;      /* a flush of broad that goes on over several turns */
  guint                    n_flushed;     /* of flushing */
  guint                    n_flush_frames;
  gint64                   flush_began_us;
  gint64                   broad_at_us;   /* the next flush of broad does not begin before this */
  GArray                  *gone;          /* of slots */
  GHashTable              *polling;       /* tickets to ConfabdPeer */
  ConfabdHubReports       *reports;       /* being filled */
  gsize                    n_bytes_in_core;
  gsize                    n_partial_bytes;
  ConfabdFrame            *ping;
  ConfabdFrame            *eio_ping;
  guint8                  *buffer;        /* one for all peers: an idle one costs nothing */
  guint8                  *record;        /* where frames are put together for TLS */
  ConfabdOutboxLimits      limits;
  WireWsReaderOptions      reader_options;
  gint64                   now_us;        /* of this turn */
  gint64                   now_ms;
  gboolean                 quiet;         /* nobody is read any more */
  gboolean                 stopping;
  gint64                   stop_ms;
  ConfabdHubStats          stats;
};

/* confabd-hub.c */
void                  confabd_hub_run_reports         (gpointer               data);

/* confabd-hub-thread.c */
ConfabdHubThread     *confabd_hub_thread_new          (ConfabdHub              *hub,
                                                       guint                    index,
                                                       const ConfabdHubOptions *options);
void                  confabd_hub_thread_start        (ConfabdHubThread        *self);
void                  confabd_hub_thread_join         (ConfabdHubThread        *self);
void                  confabd_hub_thread_free         (ConfabdHubThread        *self);
void                  confabd_hub_thread_post_reports (ConfabdHubThread        *self);
ConfabdHubReport     *confabd_hub_thread_add_report   (ConfabdHubThread        *self,
                                                       ConfabdHubReportType     type,
                                                       ConfabdPeer              peer);
ConfabdHubPeer       *confabd_hub_thread_find         (ConfabdHubThread        *self,
                                                       ConfabdPeer              peer);

/* confabd-hub-adopt.c */
ConfabdHubAdoptions  *confabd_hub_adoptions_new       (ConfabdHubThread        *thread);
void                  confabd_hub_adoptions_add       (ConfabdHubAdoptions     *self,
                                                       int                      fd,
                                                       SSL                     *tls,
                                                       GBytes                  *early,
                                                       guint64                  ticket,
                                                       const ConfabdIdentity   *identity);
void                  confabd_hub_adoptions_post      (ConfabdHubAdoptions     *self);

/* confabd-hub-orders.c */
void                  confabd_hub_orders_run          (gpointer                 data);
void                  confabd_hub_orders_free         (ConfabdHubOrders        *orders);
void                  confabd_hub_reports_free        (ConfabdHubReports       *reports);

/* confabd-hub-peer.c */
ConfabdHubPeer       *confabd_hub_peer_open           (ConfabdHubThread        *thread,
                                                       int                      fd,
                                                       SSL                     *tls,
                                                       const ConfabdIdentity   *identity);
void                  confabd_hub_peer_close          (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       guint16                  code,
                                                       const char              *reason);
gint64                confabd_hub_peer_get_hungry_ms  (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_may_read       (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_close_flooding (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_drop           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_free           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_set_socket_options (int                fd);
void                  confabd_hub_peer_watch          (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_set_timer      (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_timer_cb       (ConfabdTimer            *timer,
                                                       gpointer                 user_data);

/* confabd-hub-move.c */
void                  confabd_hub_move_expect         (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       guint64                  ticket);
void                  confabd_hub_move_forget         (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_move_begin          (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_move_post           (ConfabdHubThread        *thread,
                                                       guint64                  ticket,
                                                       int                      fd,
                                                       SSL                     *tls,
                                                       GBytes                  *early,
                                                       GBytes                  *unread);

/* confabd-hub-sio.c */
void                  confabd_hub_sio_greet           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_sio_take            (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       const WireWsMessage     *message);
void                  confabd_hub_sio_clear           (ConfabdHubPeer          *peer);

/* confabd-hub-read.c */
gboolean              confabd_hub_peer_take_token     (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_count_in_core  (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       gsize                    length);
void                  confabd_hub_peer_set_partial    (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       gsize                    n_bytes);
void                  confabd_hub_peer_read           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_read_held      (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_peer_take           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       guint8                  *data,
                                                       gsize                    length);
void                  confabd_hub_peer_take_early     (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       GBytes                  *early);

/* confabd-hub-write.c */
void                  confabd_hub_peer_push           (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       ConfabdFrame            *frame,
                                                       gboolean                 broad);
void                  confabd_hub_peer_push_last      (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer,
                                                       ConfabdFrame            *frame);
void                  confabd_hub_peer_write          (ConfabdHubThread        *thread,
                                                       ConfabdHubPeer          *peer);
void                  confabd_hub_flush_dirty         (ConfabdHubThread        *thread);
gint64                confabd_hub_get_flush_wait_us   (ConfabdHubThread        *thread);

G_END_DECLS
