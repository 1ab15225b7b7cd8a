/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 256

/* Requests that the core has not seen yet; above it nobody is read until it has caught up. */
#define MAX_BYTES_IN_CORE (64 * 1024 * 1024)

/* epoll's data for the mailbox; no peer has this id. */
#define MAILBOX_ID 0

/**
 * ConfabdHubThread:
 *
 * One epoll loop and the connections that it serves, for all their life.
 *
 * A turn reads what came, carries out what the core ordered, hands the core all
 * requests at once, and writes each peer at most once. Nothing here is seen by
 * another thread: what comes and goes, does so through mailboxes.
 */

/* A wheel that is too coarse would make a short time-out much longer. */
static guint
pick_tick_ms (const ConfabdHubOptions *options)
{
  return CLAMP (MIN (options->eio_ping_interval_ms, options->eio_ping_timeout_ms) / 64, 1,
                CONFABD_TIMER_WHEEL_TICK_MS);
}

ConfabdHubThread *
confabd_hub_thread_new (ConfabdHub              *hub,
                        guint                    index,
                        const ConfabdHubOptions *options)
{
  ConfabdHubThread *self = g_new0 (ConfabdHubThread, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = MAILBOX_ID };
  g_autoptr(GBytes) ping = wire_ws_frame_new (WIRE_WS_PING, NULL, 0);
  g_autoptr(GBytes) eio_ping = wire_ws_frame_new (WIRE_WS_TEXT, "2", 1);

  self->hub = hub;
  self->index = index;
  self->options = options;
  self->mailbox = base_mailbox_new ();
  self->now_us = base_clock_get_monotonic_us (options->clock);
  self->now_ms = self->now_us / 1000;

  self->peers = confabd_slab_new (sizeof (ConfabdHubPeer));
  self->rolls = confabd_rolls_new ();
  self->wheel = confabd_timer_wheel_new (self->now_ms, pick_tick_ms (options),
                                         confabd_hub_peer_timer_cb, self);
  self->dirty = g_array_new (FALSE, FALSE, sizeof (ConfabdPeer));
  self->broad = g_array_new (FALSE, FALSE, sizeof (ConfabdPeer));
  self->flushing = g_array_new (FALSE, FALSE, sizeof (ConfabdPeer));
  self->gone = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->polling = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->ping = confabd_frame_new (ping, CONFABD_FRAME_TRANSIENT);
  self->eio_ping = confabd_frame_new (eio_ping, CONFABD_FRAME_DURABLE);
  self->buffer = g_malloc (CONFABD_HUB_BUFFER_BYTES);
  self->record = g_malloc (CONFABD_HUB_RECORD_BYTES);

  self->limits.max_bytes = options->max_queue_bytes;
  self->limits.max_frames = options->max_queue_frames;
  self->reader_options.max_message_bytes = options->max_message_bytes;
  self->reader_options.max_fragments = options->max_fragments;
  self->reader_options.expect_masked = TRUE;

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, base_mailbox_get_fd (self->mailbox), &event) < 0)
    g_error ("Cannot make an epoll set: %s", g_strerror (errno));

  return self;
}

/**
 * confabd_hub_thread_free:
 * @self: (transfer full): a thread that never ran, or was joined
 */
void
confabd_hub_thread_free (ConfabdHubThread *self)
{
  /* Orders for peers that are gone: carried out, they only free what they carry. */
  while (base_mailbox_drain (self->mailbox) > 0)
    ;

  confabd_frame_unref (self->ping);
  confabd_frame_unref (self->eio_ping);
  g_clear_pointer (&self->reports, confabd_hub_reports_free);
  confabd_timer_wheel_free (self->wheel);
  confabd_rolls_free (self->rolls);
  confabd_slab_free (self->peers);
  g_array_unref (self->dirty);
  g_array_unref (self->broad);
  g_array_unref (self->flushing);
  g_array_unref (self->gone);
  g_hash_table_unref (self->polling);
  g_free (self->buffer);
  g_free (self->record);
  close (self->epoll_fd);
  base_mailbox_unref (self->mailbox);
  g_free (self);
}

/**
 * confabd_hub_thread_find:
 * @self: a thread
 * @peer: a name of a peer of this thread, living or not
 *
 * Returns: (nullable): the peer, unless it is gone
 */
ConfabdHubPeer *
confabd_hub_thread_find (ConfabdHubThread *self,
                         ConfabdPeer       peer)
{
  ConfabdHubPeer *found = confabd_slab_look_up (self->peers, confabd_hub_get_slot (peer),
                                                (guint32) peer);

  return found && !found->gone ? found : NULL;
}

/**
 * confabd_hub_thread_add_report:
 * @self: a thread
 * @type: what happened
 * @peer: to whom
 *
 * Returns: (transfer none): a report to be completed at once; it goes to the core with
 *   the others of this turn
 */
ConfabdHubReport *
confabd_hub_thread_add_report (ConfabdHubThread     *self,
                               ConfabdHubReportType  type,
                               ConfabdPeer           peer)
{
  ConfabdHubReport report = { .type = type, .peer = peer };

  if (!self->reports)
    {
      self->reports = g_new0 (ConfabdHubReports, 1);
      self->reports->hub = self->hub;
      self->reports->n_thread = self->index;
      self->reports->reports = g_array_new (FALSE, FALSE, sizeof (ConfabdHubReport));
    }

  g_array_append_val (self->reports->reports, report);

  return &g_array_index (self->reports->reports, ConfabdHubReport, self->reports->reports->len - 1);
}

void
confabd_hub_thread_post_reports (ConfabdHubThread *self)
{
  if (self->reports)
    base_mailbox_post (self->options->core_mailbox, confabd_hub_run_reports,
                       g_steal_pointer (&self->reports));
}

static void
free_gone (ConfabdHubThread *self)
{
  for (guint i = 0; i < self->gone->len; i++)
    confabd_hub_peer_free (self,
                           confabd_slab_get (self->peers, g_array_index (self->gone, guint32, i)));

  g_array_set_size (self->gone, 0);
}

static void
handle_event (ConfabdHubThread         *self,
              const struct epoll_event *event)
{
  ConfabdHubPeer *peer = confabd_hub_thread_find (self, event->data.u64);

  if (!peer)
    return;

  if (event->events & EPOLLOUT && peer->blocked)
    confabd_hub_peer_write (self, peer);

  if (peer->gone)
    return;

  if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    {
      /* Broken while it is not being read: nobody else would notice. */
      if (event->events & (EPOLLHUP | EPOLLERR) && (peer->paused || self->quiet))
        confabd_hub_peer_drop (self, peer);
      else
        confabd_hub_peer_read (self, peer);
    }
}

static int
get_timeout_ms (ConfabdHubThread *self)
{
  gint64 timer_ms = confabd_timer_wheel_get_timeout_ms (self->wheel, self->now_ms);
  gint64 flush_us = confabd_hub_get_flush_wait_us (self);

  if (self->stopping && (timer_ms < 0 || timer_ms > 100))
    timer_ms = 100;

  if (flush_us >= 0 && (timer_ms < 0 || flush_us < timer_ms * 1000))
    return (flush_us + 999) / 1000;

  return timer_ms;
}

static void
read_clock (ConfabdHubThread *self)
{
  self->now_us = base_clock_get_monotonic_us (self->options->clock);
  self->now_ms = self->now_us / 1000;
}

/* The core is far behind: nothing but its orders can help, and the kernel holds up the peers
 * meanwhile. */
static void
wait_for_core (ConfabdHubThread *self)
{
  struct pollfd mailbox = { .fd = base_mailbox_get_fd (self->mailbox), .events = POLLIN };

  (void) poll (&mailbox, 1, get_timeout_ms (self));
  read_clock (self);
  base_mailbox_drain (self->mailbox);
}

static void
wait_for_events (ConfabdHubThread *self)
{
  struct epoll_event events[MAX_EVENTS];
  gboolean has_mail = FALSE;
  int n = epoll_wait (self->epoll_fd, events, MAX_EVENTS, get_timeout_ms (self));

  read_clock (self);

  for (int i = 0; i < n; i++)
    {
      if (events[i].data.u64 == MAILBOX_ID)
        has_mail = TRUE;
      else
        handle_event (self, &events[i]);
    }

  if (has_mail)
    base_mailbox_drain (self->mailbox);
}

static void
take_turn (ConfabdHubThread *self)
{
  if (self->n_bytes_in_core > MAX_BYTES_IN_CORE && !self->stopping)
    wait_for_core (self);
  else
    wait_for_events (self);

  confabd_timer_wheel_advance (self->wheel, self->now_ms);

  /* The core works while we write. */
  confabd_hub_thread_post_reports (self);
  confabd_hub_flush_dirty (self);
  confabd_hub_thread_post_reports (self);
  free_gone (self);
}

static gboolean
is_done (ConfabdHubThread *self)
{
  return self->stopping &&
         (confabd_slab_get_n_taken (self->peers) == 0 || self->now_ms >= self->stop_ms);
}

static void
drop_all (ConfabdHubThread *self)
{
  for (guint32 slot = 0; slot < confabd_slab_get_n_slots (self->peers); slot++)
    {
      ConfabdHubPeer *peer = confabd_slab_get (self->peers, slot);

      if (peer)
        confabd_hub_peer_drop (self, peer);
    }

  free_gone (self);
  confabd_hub_thread_post_reports (self);
}

static gpointer
run (gpointer data)
{
  ConfabdHubThread *self = data;

  while (!is_done (self))
    take_turn (self);

  drop_all (self);

  return NULL;
}

void
confabd_hub_thread_start (ConfabdHubThread *self)
{
  g_autofree char *name = g_strdup_printf ("hub-%u", self->index);

  self->thread = g_thread_new (name, run, self);
}

/* Waits for its end; then carries out what came too late, so that nothing leaks. */
void
confabd_hub_thread_join (ConfabdHubThread *self)
{
  g_clear_pointer (&self->thread, g_thread_join);

  while (base_mailbox_drain (self->mailbox) > 0)
    ;

  drop_all (self);
}
