/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel may keep unsent for one peer: enough for a fast line, and a thousand peers
 * that do not read cost it 128 MiB, not 4 GiB. */
#define MAX_UNSENT_BYTES (128 * 1024)

/* The life of one connection: opened, watched, timed, closed. Reading and writing stand in their
 * own files. */

void
confabd_hub_peer_set_socket_options (int fd)
{
  const int one = 1;
  const int max_unsent = MAX_UNSENT_BYTES;

  /* A socket that is not TCP (a test's) refuses these, which does no harm. */
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent, sizeof max_unsent);
}

static guint32
get_watched_events (ConfabdHubThread *thread,
                    ConfabdHubPeer   *peer)
{
  guint32 events = 0;

  if (!peer->paused && !(thread->quiet && peer->state == CONFABD_HUB_PEER_OPEN))
    events |= EPOLLIN;
  if (peer->blocked)
    events |= EPOLLOUT;

  return events;
}

/* Tells epoll what is wanted of @peer now. */
void
confabd_hub_peer_watch (ConfabdHubThread *thread,
                        ConfabdHubPeer   *peer)
{
  struct epoll_event event = {
    .events = get_watched_events (thread, peer),
    .data.u64 = peer->id,
  };

  if (peer->moving)
    return;

  if (epoll_ctl (thread->epoll_fd, EPOLL_CTL_MOD, peer->fd, &event) < 0)
    g_warning ("Cannot watch a connection: %s", g_strerror (errno));
}

/* Of Engine.IO only a pong shows that somebody is there. */
static gint64
get_silent_ms (ConfabdHubThread *thread,
               ConfabdHubPeer   *peer)
{
  if (peer->socket_io)
    return peer->awaits_pong ? peer->pinged_ms + thread->options->eio_ping_timeout_ms : G_MAXINT64;

  return peer->heard_ms + (gint64) thread->options->ping_ms * 5 / 2;
}

/* When a throttled peer may be read again. */
gint64
confabd_hub_peer_get_hungry_ms (ConfabdHubThread *thread,
                                ConfabdHubPeer   *peer)
{
  const ConfabdHubOptions *options = thread->options;

  return peer->sated_ms - (gint64) (options->bytes_burst * 1000 / options->bytes_per_second);
}

/**
 * confabd_hub_peer_may_read:
 * @thread: its thread
 * @peer: a peer that was not read
 *
 * Reads it again, if nothing speaks against it any more.
 */
void
confabd_hub_peer_may_read (ConfabdHubThread *thread,
                           ConfabdHubPeer   *peer)
{
  if (peer->throttled && thread->now_ms >= confabd_hub_peer_get_hungry_ms (thread, peer))
    peer->throttled = FALSE;

  if (!peer->paused || peer->throttled || peer->flooding || peer->moving ||
      peer->n_in_core > thread->options->max_in_core / 2)
    return;

  peer->paused = FALSE;
  confabd_hub_peer_watch (thread, peer);

  confabd_hub_peer_read_held (thread, peer);
}

static gint64
get_ping_ms (ConfabdHubThread *thread,
             ConfabdHubPeer   *peer)
{
  if (peer->socket_io)
    return peer->awaits_pong ? G_MAXINT64 : peer->pinged_ms + thread->options->eio_ping_interval_ms;

  return peer->pinged_ms + thread->options->ping_ms;
}

void
confabd_hub_peer_set_timer (ConfabdHubThread *thread,
                            ConfabdHubPeer   *peer)
{
  gint64 due_ms = peer->due_ms;

  if (peer->state == CONFABD_HUB_PEER_OPEN)
    {
      due_ms = MIN (get_ping_ms (thread, peer), get_silent_ms (thread, peer));
      if (peer->blocked)
        due_ms = MIN (due_ms, peer->due_ms);
      if (peer->throttled)
        due_ms = MIN (due_ms, confabd_hub_peer_get_hungry_ms (thread, peer));
    }

  confabd_timer_wheel_add (thread->wheel, &peer->timer, due_ms);
}

/**
 * confabd_hub_peer_open:
 * @thread: the thread that will serve it
 * @fd: (transfer full): a connected socket
 * @tls: (transfer full) (nullable): what to read and write through
 * @identity: who it is
 *
 * Returns: (nullable): the peer, or %NULL when there is no room; then it is closed already
 */
ConfabdHubPeer *
confabd_hub_peer_open (ConfabdHubThread      *thread,
                       int                    fd,
                       SSL                   *tls,
                       const ConfabdIdentity *identity)
{
  guint32 slot = confabd_slab_take (thread->peers);
  struct epoll_event event = { .events = thread->quiet ? 0 : EPOLLIN };
  ConfabdHubPeer *peer;
  ConfabdHubReport *report;

  if (slot == CONFABD_SLAB_NONE)
    {
      g_clear_pointer (&tls, SSL_free);
      close (fd);
      return NULL;
    }

  peer = confabd_slab_get (thread->peers, slot);
  peer->id = confabd_hub_make_id (thread->index, slot,
                                  confabd_slab_get_generation (thread->peers, slot));
  peer->fd = fd;
  peer->tls = tls;
  peer->native = identity->native;
  peer->socket_io = identity->socket_io;
  peer->polling = identity->polling;
  peer->heard_ms = thread->now_ms;
  peer->pinged_ms = thread->now_ms;
  base_token_bucket_init (&peer->bucket, thread->options->frames_per_second,
                          thread->options->frames_burst, thread->now_us);
  wire_ws_reader_init (&peer->reader);
  confabd_hub_peer_set_socket_options (fd);

  event.data.u64 = peer->id;
  if (epoll_ctl (thread->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    {
      g_warning ("Cannot watch a new connection: %s", g_strerror (errno));
      confabd_hub_peer_drop (thread, peer);
      return NULL;
    }

  confabd_hub_peer_set_timer (thread, peer);
  report = confabd_hub_thread_add_report (thread, CONFABD_HUB_REPORT_OPENED, peer->id);
  report->identity = g_memdup2 (identity, sizeof *identity);
  peer->told = TRUE;

  /* A session that begins with HTTP requests is greeted there. */
  if (peer->socket_io && !peer->polling)
    confabd_hub_sio_greet (thread, peer);

  return peer;
}

/* From here on nothing comes from it and nothing new goes to it. */
static void
end_for_core (ConfabdHubThread *thread,
              ConfabdHubPeer   *peer)
{
  confabd_rolls_leave (thread->rolls, &peer->memberships);

  if (peer->told)
    confabd_hub_thread_add_report (thread, CONFABD_HUB_REPORT_CLOSED, peer->id);
  peer->told = FALSE;
}

/**
 * confabd_hub_peer_close:
 * @thread: its thread
 * @peer: a peer
 * @code: of RFC 6455 §7.4 or PROTOCOL.md
 * @reason: (nullable): why
 *
 * Begins the close handshake, unless it has begun. What is queued is still sent,
 * but not to one who is closed for being slow.
 */
void
confabd_hub_peer_close (ConfabdHubThread *thread,
                        ConfabdHubPeer   *peer,
                        guint16           code,
                        const char       *reason)
{
  g_autoptr(GBytes) bytes = NULL;
  ConfabdFrame *frame;

  if (peer->state != CONFABD_HUB_PEER_OPEN || peer->gone)
    return;

  bytes = wire_ws_close_frame_new (code, reason);
  frame = confabd_frame_new (bytes, CONFABD_FRAME_DURABLE);

  peer->state = CONFABD_HUB_PEER_CLOSING;
  peer->due_ms = thread->now_ms + thread->options->close_ms;
  end_for_core (thread, peer);

  /* One who does not read finds out late: with nothing queued, waiting costs next to nothing. */
  if (code == WIRE_CLOSE_SLOW)
    {
      peer->due_ms = thread->now_ms + thread->options->slow_close_ms;
      if (peer->outbox)
        confabd_outbox_forget (peer->outbox);
    }

  confabd_hub_peer_push_last (thread, peer, frame);
  confabd_frame_unref (frame);

  /* One that was not read because it asked too much is read again, for its close frame. */
  if (peer->paused || thread->quiet)
    {
      peer->paused = FALSE;
      confabd_hub_peer_watch (thread, peer);
    }

  confabd_hub_peer_set_timer (thread, peer);
}

/* Its requests are answered; its stream is cut in the middle, so what it still sends is not looked
 * at. */
void
confabd_hub_peer_close_flooding (ConfabdHubThread *thread,
                                 ConfabdHubPeer   *peer)
{
  if (peer->state != CONFABD_HUB_PEER_OPEN)
    return;

  thread->stats.n_flood_closed++;
  confabd_hub_peer_close (thread, peer, WIRE_CLOSE_FLOOD, "flood");
  peer->state = CONFABD_HUB_PEER_LAST_WORD;
}

/**
 * confabd_hub_peer_drop:
 * @thread: its thread
 * @peer: a peer
 *
 * Ends it at once: the other side is gone, or does not answer.
 */
void
confabd_hub_peer_drop (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer)
{
  guint32 slot = confabd_hub_get_slot (peer->id);

  if (peer->gone)
    return;

  if (thread->options->trace)
    confabd_trace_gone (thread->options->trace, peer->id);

  /* Freed when the turn is over: whoever called us may still hold it. */
  peer->gone = TRUE;
  if (peer->polling)
    confabd_hub_move_forget (thread, peer);
  end_for_core (thread, peer);
  confabd_timer_wheel_remove (thread->wheel, &peer->timer);
  g_array_append_val (thread->gone, slot);
}

/* Frees what @peer holds and its slot. */
void
confabd_hub_peer_free (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer)
{
  thread->n_partial_bytes -= peer->n_partial;
  wire_ws_reader_clear (&peer->reader);
  confabd_hub_sio_clear (peer);
  g_clear_pointer (&peer->outbox, confabd_outbox_free);
  g_clear_pointer (&peer->tls, SSL_free);
  if (peer->fd >= 0)
    close (peer->fd);
  confabd_slab_give_back (thread->peers, confabd_hub_get_slot (peer->id));
}

static void
ping (ConfabdHubThread *thread,
      ConfabdHubPeer   *peer)
{
  peer->pinged_ms = thread->now_ms;
  peer->awaits_pong = peer->socket_io;
  confabd_hub_peer_push (thread, peer, peer->socket_io ? thread->eio_ping : thread->ping, FALSE);
}

static void
check_open_peer (ConfabdHubThread *thread,
                 ConfabdHubPeer   *peer)
{
  /* After a pause of this process its own ear was closed: listen once more before
   * calling anyone silent. */
  if (thread->now_ms >= get_silent_ms (thread, peer) && !peer->paused && !thread->quiet)
    confabd_hub_peer_read (thread, peer);

  if (peer->throttled)
    confabd_hub_peer_may_read (thread, peer);

  if (peer->gone || peer->state != CONFABD_HUB_PEER_OPEN)
    return;

  if (peer->blocked && thread->now_ms >= peer->due_ms)
    {
      thread->stats.n_slow_closed++;
      confabd_hub_peer_close (thread, peer, WIRE_CLOSE_SLOW, "slow");
    }
  else if (thread->now_ms >= get_silent_ms (thread, peer))
    {
      /* One that is not read on purpose cannot be heard. */
      if (peer->paused || thread->quiet)
        {
          peer->heard_ms = thread->now_ms;
          if (peer->socket_io)
            peer->pinged_ms = thread->now_ms;
          return;
        }

      thread->stats.n_silent_closed++;
      confabd_hub_peer_close (thread, peer, WIRE_CLOSE_SILENT, "silent");
    }
  else if (thread->now_ms >= get_ping_ms (thread, peer))
    {
      ping (thread, peer);
    }
}

void
confabd_hub_peer_timer_cb (ConfabdTimer *timer,
                           gpointer      user_data)
{
  ConfabdHubThread *thread = user_data;
  ConfabdHubPeer *peer = (ConfabdHubPeer *) timer;

  if (peer->state == CONFABD_HUB_PEER_OPEN)
    {
      check_open_peer (thread, peer);
    }
  else if (thread->now_ms >= peer->due_ms)
    {
      confabd_hub_peer_drop (thread, peer);
    }

  if (!peer->gone && !peer->timer.next)
    confabd_hub_peer_set_timer (thread, peer);
}
