/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>

/* From frames to bytes. A write costs the same whatever it carries, so each peer is written to
 * once for all that a turn brought it; and when fan-outs follow each other faster than they can
 * be written, they are let gather for a while. */

#define N_VECTORS 128

/* So many writes, then the others have their turn. */
#define WRITES_PER_SLICE 512

#define MIN_WINDOW_US (2 * 1000)
#define MAX_WINDOW_US (20 * 1000)
#define MIN_CROWD     128

static void
mark_dirty (ConfabdHubThread *thread,
            ConfabdHubPeer   *peer,
            gboolean          broad)
{
  /* When the socket is full, epoll says when to go on. */
  if (peer->blocked)
    return;

  if (broad && !peer->broad && !peer->dirty)
    {
      peer->broad = TRUE;
      g_array_append_val (thread->broad, peer->id);
    }
  else if (!broad && !peer->dirty)
    {
      peer->dirty = TRUE;
      g_array_append_val (thread->dirty, peer->id);
    }
}

static void
trace (ConfabdHubThread *thread,
       ConfabdHubPeer   *peer,
       ConfabdFrame     *frame)
{
  if (thread->options->trace)
    confabd_trace_sent (thread->options->trace, peer->id, frame->data, frame->n_bytes);
}

/**
 * confabd_hub_peer_push:
 * @thread: its thread
 * @peer: a peer
 * @frame: what to send
 * @broad: %TRUE if this is part of a fan-out, which may wait
 *
 * Queues @frame; it is written when the turn ends. Closes a peer that is too far
 * behind.
 */
void
confabd_hub_peer_push (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer,
                       ConfabdFrame     *frame,
                       gboolean          broad)
{
  ConfabdOutboxStatus status;

  if (peer->state != CONFABD_HUB_PEER_OPEN || peer->gone)
    return;

  if (!peer->outbox)
    peer->outbox = confabd_outbox_new ();

  status = confabd_outbox_push (peer->outbox, frame, &thread->limits);

  /* Perhaps it is we who did not get round to writing. */
  if (status != CONFABD_OUTBOX_QUEUED && !peer->blocked)
    {
      confabd_hub_peer_write (thread, peer);
      if (peer->gone)
        return;
      if (!peer->outbox)
        peer->outbox = confabd_outbox_new ();
      status = confabd_outbox_push (peer->outbox, frame, &thread->limits);
    }

  switch (status)
    {
    case CONFABD_OUTBOX_QUEUED:
      trace (thread, peer, frame);
      mark_dirty (thread, peer, broad);
      break;

    case CONFABD_OUTBOX_DROPPED:
      thread->stats.n_dropped++;
      break;

    case CONFABD_OUTBOX_FULL:
      thread->stats.n_slow_closed++;
      confabd_hub_peer_close (thread, peer, WIRE_CLOSE_SLOW, "slow");
      break;
    }
}

/* Queues a close frame, whatever the bounds. */
void
confabd_hub_peer_push_last (ConfabdHubThread *thread,
                            ConfabdHubPeer   *peer,
                            ConfabdFrame     *frame)
{
  if (!peer->outbox)
    peer->outbox = confabd_outbox_new ();

  confabd_outbox_push_last (peer->outbox, frame);
  trace (thread, peer, frame);
  mark_dirty (thread, peer, FALSE);
}

/* -1: the socket is full; -2: the peer is gone. */
static gssize
send_plain (ConfabdHubPeer *peer,
            gsize          *n_wanted)
{
  struct iovec vectors[N_VECTORS];
  struct msghdr message = { .msg_iov = vectors };
  gssize n;

  message.msg_iovlen = confabd_outbox_peek (peer->outbox, vectors, N_VECTORS);
  *n_wanted = 0;
  for (gsize i = 0; i < message.msg_iovlen; i++)
    *n_wanted += vectors[i].iov_len;

  /* A fan-out that comes alone is one frame for each of very many: the simpler call is cheaper. */
  do
    {
      if (message.msg_iovlen == 1)
        n = send (peer->fd, vectors[0].iov_base, vectors[0].iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
      else
        n = sendmsg (peer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  while (n < 0 && errno == EINTR);

  if (n < 0)
    return errno == EAGAIN ? -1 : -2;

  return n;
}

static gsize
fill_record (ConfabdHubPeer *peer,
             guint8         *record)
{
  struct iovec vectors[N_VECTORS];
  guint n_vectors = confabd_outbox_peek (peer->outbox, vectors, N_VECTORS);
  gsize n = 0;

  for (guint i = 0; i < n_vectors && n < CONFABD_HUB_RECORD_BYTES; i++)
    {
      gsize part = MIN (vectors[i].iov_len, CONFABD_HUB_RECORD_BYTES - n);

      memcpy (record + n, vectors[i].iov_base, part);
      n += part;
    }

  return n;
}

static gssize
send_tls (ConfabdHubThread *thread,
          ConfabdHubPeer   *peer,
          gsize            *n_wanted)
{
  int n;

  *n_wanted = fill_record (peer, thread->record);
  ERR_clear_error ();
  n = SSL_write (peer->tls, thread->record, *n_wanted);
  if (n > 0)
    return n;

  switch (SSL_get_error (peer->tls, n))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      confabd_outbox_pin (peer->outbox, *n_wanted);
      return -1;

    default:
      return -2;
    }
}

static void
set_blocked (ConfabdHubThread *thread,
             ConfabdHubPeer   *peer,
             gboolean          blocked)
{
  if (peer->blocked == blocked)
    return;

  peer->blocked = blocked;
  confabd_hub_peer_watch (thread, peer);
}

/* Everything is said: close our half, then wait for the end of theirs, so that our last frame is
 * not lost to a reset. */
static void
linger (ConfabdHubThread *thread,
        ConfabdHubPeer   *peer)
{
  peer->state = CONFABD_HUB_PEER_LINGERING;
  peer->due_ms = thread->now_ms + thread->options->close_ms;

  if (peer->tls)
    {
      ERR_clear_error ();
      (void) SSL_shutdown (peer->tls);
    }

  (void) shutdown (peer->fd, SHUT_WR);
  confabd_hub_peer_set_timer (thread, peer);
}

static void
finish_write (ConfabdHubThread *thread,
              ConfabdHubPeer   *peer)
{
  g_clear_pointer (&peer->outbox, confabd_outbox_free);
  set_blocked (thread, peer, FALSE);

  if (peer->state == CONFABD_HUB_PEER_LAST_WORD)
    linger (thread, peer);
}

/* The socket took less than there is. Progress renews the patience, but not once the connection
 * is being closed. */
static void
wait_for_room (ConfabdHubThread *thread,
               ConfabdHubPeer   *peer,
               gboolean          progressed)
{
  gboolean first = !peer->blocked;

  if (peer->state == CONFABD_HUB_PEER_OPEN && (first || progressed))
    peer->due_ms = thread->now_ms + thread->options->stall_ms;

  set_blocked (thread, peer, TRUE);
  if (first)
    confabd_hub_peer_set_timer (thread, peer);
}

/**
 * confabd_hub_peer_write:
 * @thread: its thread
 * @peer: a peer
 *
 * Writes what @peer's outbox holds, as far as the socket takes it.
 */
void
confabd_hub_peer_write (ConfabdHubThread *thread,
                        ConfabdHubPeer   *peer)
{
  gboolean progressed = FALSE;

  while (peer->outbox && confabd_outbox_get_n_frames (peer->outbox) > 0)
    {
      gsize n_wanted;
      gssize n = peer->tls ? send_tls (thread, peer, &n_wanted) : send_plain (peer, &n_wanted);

      if (n == -2)
        {
          confabd_hub_peer_drop (thread, peer);
          return;
        }

      if (n > 0)
        {
          progressed = TRUE;
          thread->stats.n_writes++;
          thread->stats.n_bytes_out += n;
          confabd_outbox_consume (peer->outbox, n);
        }

      if (n < (gssize) n_wanted)
        {
          wait_for_room (thread, peer, progressed);
          return;
        }
    }

  finish_write (thread, peer);
}

static void
flush_peer (ConfabdHubThread *thread,
            ConfabdHubPeer   *peer)
{
  if (!peer->outbox || peer->blocked || peer->gone)
    return;

  thread->n_flush_frames += confabd_outbox_get_n_frames (peer->outbox);
  thread->stats.n_frames_out += confabd_outbox_get_n_frames (peer->outbox);
  confabd_hub_peer_write (thread, peer);
}

static void
flush_direct (ConfabdHubThread *thread)
{
  for (guint i = 0; i < thread->dirty->len; i++)
    {
      ConfabdHubPeer *peer = confabd_hub_thread_find (thread,
                                                      g_array_index (thread->dirty, ConfabdPeer,
                                                                     i));

      if (!peer)
        continue;

      peer->dirty = FALSE;
      flush_peer (thread, peer);
    }

  g_array_set_size (thread->dirty, 0);
}

/* Where several frames went out in each write, more wait would have saved more writes: about as
 * long as the writing took, so that half of the time is spent on it at most. A fan-out that came
 * alone is never held up. */
static void
open_window (ConfabdHubThread *thread,
             gint64            now_us)
{
  guint n_writes = thread->flushing->len;
  gint64 took_us = now_us - thread->flush_began_us;

  if (n_writes < MIN_CROWD || thread->n_flush_frames < 2 * n_writes)
    return;

  thread->broad_at_us = now_us + CLAMP (took_us, MIN_WINDOW_US, MAX_WINDOW_US);
}

static void
begin_broad_flush (ConfabdHubThread *thread)
{
  GArray *empty = thread->flushing;

  thread->flushing = thread->broad;
  thread->broad = empty;
  thread->n_flushed = 0;
  thread->n_flush_frames = 0;
  thread->flush_began_us = base_clock_get_monotonic_us (thread->options->clock);
}

static void
continue_broad_flush (ConfabdHubThread *thread)
{
  guint end = MIN (thread->flushing->len, thread->n_flushed + WRITES_PER_SLICE);

  for (; thread->n_flushed < end; thread->n_flushed++)
    {
      ConfabdPeer id = g_array_index (thread->flushing, ConfabdPeer, thread->n_flushed);
      ConfabdHubPeer *peer = confabd_hub_thread_find (thread, id);

      if (!peer)
        continue;

      peer->broad = FALSE;
      flush_peer (thread, peer);
    }

  if (thread->n_flushed < thread->flushing->len)
    return;

  open_window (thread, base_clock_get_monotonic_us (thread->options->clock));
  g_array_set_size (thread->flushing, 0);
}

/**
 * confabd_hub_flush_dirty:
 * @thread: a thread at the end of its turn
 *
 * Writes to those who were addressed alone, then a slice of those whom a fan-out reached.
 */
void
confabd_hub_flush_dirty (ConfabdHubThread *thread)
{
  flush_direct (thread);

  if (thread->flushing->len == 0 && thread->broad->len > 0 && thread->now_us >= thread->broad_at_us)
    begin_broad_flush (thread);

  if (thread->flushing->len > 0)
    continue_broad_flush (thread);
}

/**
 * confabd_hub_get_flush_wait_us:
 * @thread: a thread
 *
 * Returns: µs until there is something to flush: 0 at once, -1 nothing
 */
gint64
confabd_hub_get_flush_wait_us (ConfabdHubThread *thread)
{
  if (thread->flushing->len > 0 || thread->dirty->len > 0)
    return 0;

  if (thread->broad->len == 0)
    return -1;

  return MAX (thread->broad_at_us - thread->now_us, 0);
}
