/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub.h"

#include "confabd-hub-thread-private.h"
#include "wire-limits.h"

/* A turn of the core that orders more than this is handed over in pieces. */
#define MAX_ORDERS 1024

/* A ConfabdPeer has 8 bits for its thread, which is counted from 1. */
#define MAX_THREADS 255

/**
 * ConfabdHub:
 *
 * All WebSocket connections of this process, spread over a few epoll threads.
 *
 * To the core it is the mouth, ConfabdPeers: what is said there is gathered and goes
 * to the hub threads when confabd_hub_flush() is called at the end of the core's
 * turn. From the hub threads come reports, a batch for each turn of theirs.
 *
 * It is made and stopped on the main thread, started before the core's thread
 * is; a ConfabdPeers call is made on the core's thread only.
 */
struct _ConfabdHub
{
  GObject               parent_instance;

  ConfabdHubOptions     options;
  gpointer              core_data;
  guint                 n_threads;
  ConfabdHubThread    **threads;
  ConfabdHubOrders    **orders;    /* of the core's thread: gathered for each hub thread */
  ConfabdHubAdoptions **adopted;   /* of the main thread: the same */
  guint                 next;      /* of the main thread: who gets the next connection */
  guint64               n_tickets; /* of the main thread */
};

static void confabd_hub_peers_init (ConfabdPeersInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdHub, confabd_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_PEERS, confabd_hub_peers_init))

static void
post_orders (ConfabdHub *self,
             guint       n_thread)
{
  ConfabdHubOrders *orders = g_steal_pointer (&self->orders[n_thread]);

  if (orders)
    base_mailbox_post (orders->thread->mailbox, confabd_hub_orders_run, orders);
}

static void
add_order (ConfabdHub            *self,
           guint                  n_thread,
           const ConfabdHubOrder *order)
{
  ConfabdHubOrders *orders = self->orders[n_thread];

  if (!orders)
    {
      orders = g_new (ConfabdHubOrders, 1);
      orders->thread = self->threads[n_thread];
      orders->orders = g_array_new (FALSE, FALSE, sizeof (ConfabdHubOrder));
      self->orders[n_thread] = orders;
    }

  g_array_append_vals (orders->orders, order, 1);

  if (orders->orders->len >= MAX_ORDERS)
    post_orders (self, n_thread);
}

/* Whose thread a peer is on, or MAX_THREADS for a number that is no peer. */
static guint
get_n_thread (ConfabdHub  *self,
              ConfabdPeer  peer)
{
  guint n_thread = (guint) (peer >> 56) - 1;

  return n_thread < self->n_threads ? n_thread : MAX_THREADS;
}

static void
order_for_peer (ConfabdHub      *self,
                ConfabdHubOrder *order)
{
  guint n_thread = get_n_thread (self, order->peer);

  g_return_if_fail (n_thread != MAX_THREADS);

  add_order (self, n_thread, order);
}

static void
confabd_hub_peers_send (ConfabdPeers      *peers,
                        ConfabdPeer        peer,
                        ConfabdFrameClass  frame_class,
                        GBytes            *frame)
{
  ConfabdHubOrder order = {
    .type = CONFABD_HUB_ORDER_SEND,
    .frame_class = frame_class,
    .peer = peer,
    .native = g_bytes_ref (frame),
  };

  order_for_peer (CONFABD_HUB (peers), &order);
}

static void
confabd_hub_peers_attach (ConfabdPeers    *peers,
                          ConfabdPeer      peer,
                          ConfabdAudience  audience)
{
  ConfabdHubOrder order = {
    .type = CONFABD_HUB_ORDER_ATTACH,
    .peer = peer,
    .audience = audience,
  };

  order_for_peer (CONFABD_HUB (peers), &order);
}

static void
confabd_hub_peers_detach (ConfabdPeers    *peers,
                          ConfabdPeer      peer,
                          ConfabdAudience  audience)
{
  ConfabdHubOrder order = {
    .type = CONFABD_HUB_ORDER_DETACH,
    .peer = peer,
    .audience = audience,
  };

  order_for_peer (CONFABD_HUB (peers), &order);
}

static void
confabd_hub_peers_fan_out (ConfabdPeers      *peers,
                           ConfabdAudience    audience,
                           ConfabdFrameClass  frame_class,
                           GBytes            *native,
                           GBytes            *skapi,
                           ConfabdPeer        except)
{
  ConfabdHub *self = CONFABD_HUB (peers);

  for (guint i = 0; i < self->n_threads; i++)
    {
      ConfabdHubOrder order = {
        .type = CONFABD_HUB_ORDER_FAN_OUT,
        .frame_class = frame_class,
        .audience = audience,
        .peer = except,
        .native = native ? g_bytes_ref (native) : NULL,
        .skapi = skapi ? g_bytes_ref (skapi) : NULL,
      };

      add_order (self, i, &order);
    }
}

static void
confabd_hub_peers_fan_out_packet (ConfabdPeers      *peers,
                                  ConfabdAudience    audience,
                                  ConfabdFrameClass  frame_class,
                                  GBytes            *frames,
                                  ConfabdPeer        except)
{
  ConfabdHub *self = CONFABD_HUB (peers);

  for (guint i = 0; i < self->n_threads; i++)
    {
      ConfabdHubOrder order = {
        .type = CONFABD_HUB_ORDER_FAN_OUT,
        .frame_class = frame_class,
        .audience = audience,
        .peer = except,
        .packet = g_bytes_ref (frames),
      };

      add_order (self, i, &order);
    }
}

static void
confabd_hub_peers_close (ConfabdPeers *peers,
                         ConfabdPeer   peer,
                         guint16       code,
                         const char   *reason)
{
  ConfabdHubOrder order = {
    .type = CONFABD_HUB_ORDER_CLOSE,
    .peer = peer,
    .code = code,
    .reason = g_strdup (reason),
  };

  order_for_peer (CONFABD_HUB (peers), &order);
}

static void
confabd_hub_peers_init (ConfabdPeersInterface *iface)
{
  iface->send = confabd_hub_peers_send;
  iface->attach = confabd_hub_peers_attach;
  iface->detach = confabd_hub_peers_detach;
  iface->fan_out = confabd_hub_peers_fan_out;
  iface->close = confabd_hub_peers_close;
  iface->fan_out_packet = confabd_hub_peers_fan_out_packet;
}

static void
run_report (ConfabdHub       *self,
            ConfabdHubReport *report)
{
  const ConfabdHubEvents *events = self->options.events;

  switch (report->type)
    {
    case CONFABD_HUB_REPORT_OPENED:
      events->opened (self->core_data, report->peer, report->identity);
      break;

    case CONFABD_HUB_REPORT_CLOSED:
      events->closed (self->core_data, report->peer);
      break;

    case CONFABD_HUB_REPORT_REQUEST:
      events->request (self->core_data, report->peer, g_steal_pointer (&report->request));
      break;

    case CONFABD_HUB_REPORT_PACKET:
      events->packet (self->core_data, report->peer, g_steal_pointer (&report->packet));
      break;

    case CONFABD_HUB_REPORT_TEXT:
    case CONFABD_HUB_REPORT_BYTES:
      events->message (self->core_data, report->peer, report->type == CONFABD_HUB_REPORT_BYTES,
                       report->bytes);
      break;

    case CONFABD_HUB_REPORT_BAD_REQUEST:
      events->bad_request (self->core_data, report->peer, report->ref, report->error);
      break;
    }
}

/* On the core's thread. The reports go back, so that their senders are credited. */
void
confabd_hub_run_reports (gpointer data)
{
  ConfabdHubReports *reports = data;
  ConfabdHub *self = reports->hub;
  ConfabdHubOrder order = {
    .type = CONFABD_HUB_ORDER_CREDIT,
    .reports = reports,
  };

  for (guint i = 0; i < reports->reports->len; i++)
    run_report (self, &g_array_index (reports->reports, ConfabdHubReport, i));

  if (reports->n_bytes > 0)
    add_order (self, reports->n_thread, &order);
  else
    confabd_hub_reports_free (reports);
}

static void
confabd_hub_finalize (GObject *object)
{
  ConfabdHub *self = CONFABD_HUB (object);

  for (guint i = 0; i < self->n_threads; i++)
    {
      g_clear_pointer (&self->orders[i], confabd_hub_orders_free);
      confabd_hub_thread_free (self->threads[i]);
    }

  g_free (self->adopted);
  g_free (self->orders);
  g_free (self->threads);
  base_mailbox_unref (self->options.core_mailbox);

  G_OBJECT_CLASS (confabd_hub_parent_class)->finalize (object);
}

static void
confabd_hub_class_init (ConfabdHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_hub_finalize;
}

static void
confabd_hub_init (ConfabdHub *self)
{
}

/**
 * confabd_hub_options_init:
 * @options: (out): where to put the defaults
 *
 * Fills in all but core_mailbox and events.
 */
void
confabd_hub_options_init (ConfabdHubOptions *options)
{
  *options = (ConfabdHubOptions) {
    .ping_ms = WIRE_PING_MS,
    .close_ms = 5 * 1000,
    .slow_close_ms = 30 * 1000,
    .stall_ms = 10 * 1000,
    .max_queue_bytes = 1024 * 1024,
    .max_queue_frames = 1000,
    .max_message_bytes = WIRE_LIMIT_FRAME_BYTES,
    .max_fragments = WIRE_LIMIT_FRAGMENTS,
    .frames_per_second = WIRE_LIMIT_FRAMES_PER_SECOND,
    .frames_burst = WIRE_LIMIT_FRAMES_BURST,
    .bytes_per_second = 8 * 1024 * 1024,
    .bytes_burst = 32 * 1024 * 1024,
    .max_refusals = WIRE_LIMIT_REFUSALS_IN_A_ROW,
    .max_in_core = 256,
    .eio_ping_interval_ms = WIRE_EIO_PING_INTERVAL_MS,
    .eio_ping_timeout_ms = WIRE_EIO_PING_TIMEOUT_MS,
    .max_partial_bytes = 256 * 1024 * 1024,
    .clock = base_clock_system (),
  };
}

/**
 * confabd_hub_new:
 * @options: how to behave
 *
 * Returns: (transfer full): a hub that does not run yet
 */
ConfabdHub *
confabd_hub_new (const ConfabdHubOptions *options)
{
  ConfabdHub *self = g_object_new (CONFABD_TYPE_HUB, NULL);

  self->options = *options;
  base_mailbox_ref (self->options.core_mailbox);
  self->n_threads = CLAMP (options->n_threads ? options->n_threads : g_get_num_processors (), 1,
                           MAX_THREADS);
  self->threads = g_new0 (ConfabdHubThread *, self->n_threads);
  self->orders = g_new0 (ConfabdHubOrders *, self->n_threads);
  self->adopted = g_new0 (ConfabdHubAdoptions *, self->n_threads);

  for (guint i = 0; i < self->n_threads; i++)
    self->threads[i] = confabd_hub_thread_new (self, i, &self->options);

  return self;
}

/**
 * confabd_hub_start:
 * @self: a hub
 * @core_data: what the events are called with
 *
 * Starts the threads.
 */
void
confabd_hub_start (ConfabdHub *self,
                   gpointer    core_data)
{
  g_return_if_fail (CONFABD_IS_HUB (self));

  self->core_data = core_data;

  for (guint i = 0; i < self->n_threads; i++)
    confabd_hub_thread_start (self->threads[i]);
}

/**
 * confabd_hub_adopt:
 * @self: a hub
 * @fd: (transfer full): a connected socket whose WebSocket handshake is done
 * @tls: (transfer full) (nullable): what to read and write through; its descriptor is @fd
 * @early: (transfer full) (nullable): what the peer sent right behind its handshake
 * @identity: who it is
 *
 * Gives a connection to the hub, with the next confabd_hub_flush_adopted(). Called on the
 * main thread.
 *
 * Returns: for a polling peer what confabd_hub_move() finds it by, otherwise 0
 */
guint64
confabd_hub_adopt (ConfabdHub            *self,
                   int                    fd,
                   SSL                   *tls,
                   GBytes                *early,
                   const ConfabdIdentity *identity)
{
  guint64 ticket = 0;
  guint n_thread;

  g_return_val_if_fail (CONFABD_IS_HUB (self), 0);

  n_thread = self->next++ % self->n_threads;
  if (identity->polling)
    ticket = ++self->n_tickets << 8 | n_thread;

  if (!self->adopted[n_thread])
    self->adopted[n_thread] = confabd_hub_adoptions_new (self->threads[n_thread]);

  confabd_hub_adoptions_add (self->adopted[n_thread], fd, tls, early, ticket, identity);

  return ticket;
}

/**
 * confabd_hub_move:
 * @self: a hub
 * @ticket: of a polling peer that has said "upgrade" and read to the end what the hub had written
 * @fd: (transfer full): the WebSocket it goes on with
 * @tls: (transfer full) (nullable): what to read and write through; its descriptor is @fd
 * @early: (transfer full) (nullable): what the peer sent there already
 * @unread: (transfer full) (nullable): what it has read and not passed on; goes first
 *
 * Gives a peer another socket. For all others it stays what it was. Called on the main
 * thread.
 */
void
confabd_hub_move (ConfabdHub *self,
                  guint64     ticket,
                  int         fd,
                  SSL        *tls,
                  GBytes     *early,
                  GBytes     *unread)
{
  g_return_if_fail (CONFABD_IS_HUB (self));

  confabd_hub_flush_adopted (self);
  confabd_hub_move_post (self->threads[ticket & 0xff], ticket, fd, tls, early, unread);
}

/**
 * confabd_hub_flush_adopted:
 * @self: a hub
 *
 * Hands the connections to their threads. One waking for a batch of them is what
 * keeps thousands a second cheap. Called on the main thread.
 */
void
confabd_hub_flush_adopted (ConfabdHub *self)
{
  for (guint i = 0; i < self->n_threads; i++)
    if (self->adopted[i])
      confabd_hub_adoptions_post (g_steal_pointer (&self->adopted[i]));
}

/**
 * confabd_hub_flush:
 * @self: a hub
 *
 * Hands what the core said in this turn to the hub threads. Called on the core's
 * thread, at the end of each turn.
 */
void
confabd_hub_flush (ConfabdHub *self)
{
  for (guint i = 0; i < self->n_threads; i++)
    post_orders (self, i);
}

typedef struct
{
  guint            n_left;   /* counted down on the core's thread */
  BaseMailboxFunc  done;
  gpointer         data;
} Quiet;

typedef struct
{
  ConfabdHubThread *thread;
  Quiet            *quiet;
} QuietPart;

static void
quiet_reached_core_cb (gpointer data)
{
  Quiet *quiet = data;

  if (--quiet->n_left > 0)
    return;

  quiet->done (quiet->data);
  g_free (quiet);
}

static void
quiet_cb (gpointer data)
{
  g_autofree QuietPart *part = data;
  ConfabdHubThread *thread = part->thread;

  thread->quiet = TRUE;

  for (guint32 slot = 0; slot < confabd_slab_get_n_slots (thread->peers); slot++)
    {
      ConfabdHubPeer *peer = confabd_slab_get (thread->peers, slot);

      if (peer && !peer->gone)
        confabd_hub_peer_watch (thread, peer);
    }

  confabd_hub_thread_post_reports (thread);
  base_mailbox_post (thread->options->core_mailbox, quiet_reached_core_cb, part->quiet);
}

/**
 * confabd_hub_quiesce:
 * @self: a hub
 * @done: called on the core's thread
 * @data: data for @done
 *
 * Reads no more requests. When @done is called, the core has been given all that
 * were read.
 */
void
confabd_hub_quiesce (ConfabdHub      *self,
                     BaseMailboxFunc  done,
                     gpointer         data)
{
  Quiet *quiet = g_new (Quiet, 1);

  g_return_if_fail (CONFABD_IS_HUB (self));

  quiet->n_left = self->n_threads;
  quiet->done = done;
  quiet->data = data;

  for (guint i = 0; i < self->n_threads; i++)
    {
      QuietPart *part = g_new (QuietPart, 1);

      part->thread = self->threads[i];
      part->quiet = quiet;
      base_mailbox_post (part->thread->mailbox, quiet_cb, part);
    }
}

typedef struct
{
  guint                n_left;   /* counted down on the asker's thread */
  ConfabdHubStats      sum;
  BaseMailbox         *reply_to;
  ConfabdHubStatsFunc  func;
  gpointer             user_data;
} Survey;

typedef struct
{
  ConfabdHubThread *thread;
  ConfabdHubStats   stats;
  Survey           *survey;
} SurveyPart;

static void
survey_answered_cb (gpointer data)
{
  g_autofree SurveyPart *part = data;
  Survey *survey = part->survey;
  const guint64 *from = (const guint64 *) &part->stats;
  guint64 *to = (guint64 *) &survey->sum;

  G_STATIC_ASSERT (sizeof (ConfabdHubStats) % sizeof (guint64) == 0);

  for (gsize i = 0; i < sizeof (ConfabdHubStats) / sizeof (guint64); i++)
    to[i] += from[i];

  if (--survey->n_left > 0)
    return;

  survey->func (&survey->sum, survey->user_data);
  base_mailbox_unref (survey->reply_to);
  g_free (survey);
}

static void
survey_asked_cb (gpointer data)
{
  SurveyPart *part = data;

  part->stats = part->thread->stats;
  part->stats.n_peers = confabd_slab_get_n_taken (part->thread->peers);
  base_mailbox_post (part->survey->reply_to, survey_answered_cb, part);
}

/**
 * confabd_hub_collect_stats:
 * @self: a running hub
 * @reply_to: where the answer goes
 * @func: called on the thread that drains @reply_to
 * @user_data: data for @func
 *
 * Asks all threads what they have counted.
 */
void
confabd_hub_collect_stats (ConfabdHub          *self,
                           BaseMailbox         *reply_to,
                           ConfabdHubStatsFunc  func,
                           gpointer             user_data)
{
  Survey *survey = g_new0 (Survey, 1);

  g_return_if_fail (CONFABD_IS_HUB (self));

  survey->n_left = self->n_threads;
  survey->reply_to = base_mailbox_ref (reply_to);
  survey->func = func;
  survey->user_data = user_data;

  for (guint i = 0; i < self->n_threads; i++)
    {
      SurveyPart *part = g_new0 (SurveyPart, 1);

      part->thread = self->threads[i];
      part->survey = survey;
      base_mailbox_post (part->thread->mailbox, survey_asked_cb, part);
    }
}

typedef struct
{
  ConfabdHubThread *thread;
  guint             grace_ms;
} Stop;

static void
stop_cb (gpointer data)
{
  g_autofree Stop *stop = data;

  stop->thread->stopping = TRUE;
  stop->thread->stop_ms = stop->thread->now_ms + stop->grace_ms;
}

/**
 * confabd_hub_stop:
 * @self: a hub
 * @grace_ms: how long to wait for peers that are being closed
 *
 * Ends the threads and waits for their end. Peers that are left then are cut
 * off. Called on the main thread.
 */
void
confabd_hub_stop (ConfabdHub *self,
                  guint       grace_ms)
{
  g_return_if_fail (CONFABD_IS_HUB (self));

  confabd_hub_flush_adopted (self);

  for (guint i = 0; i < self->n_threads; i++)
    {
      Stop *stop = g_new (Stop, 1);

      stop->thread = self->threads[i];
      stop->grace_ms = grace_ms;
      base_mailbox_post (stop->thread->mailbox, stop_cb, stop);
    }

  for (guint i = 0; i < self->n_threads; i++)
    confabd_hub_thread_join (self->threads[i]);
}
