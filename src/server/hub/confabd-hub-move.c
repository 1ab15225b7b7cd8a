/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A peer that changes its socket. A session of Engine.IO that begins with HTTP requests is here a
 * peer like others, whose socket leads to the listener. When it goes on with a WebSocket, that
 * takes the socket's place. What is between the two is a stream of bytes that must not break:
 *
 *  1. The listener says "upgrade" behind the last of what it has to say, so that all of it has been
 *     read here by then. The hub closes its end and writes no more.
 *  2. The listener reads to that end. What it has not passed on comes back with the WebSocket,
 *     and is written there first. The outbox follows, from where it was. */

/* How long a peer may be without a socket. */
#define MOVE_MS (10 * 1000)

typedef struct
{
  ConfabdHubThread *thread;
  guint64           ticket;
  int               fd;
  SSL              *tls;
  GBytes           *early;
  GBytes           *unread;
} Move;

/* Lets @peer be found by @ticket. */
void
confabd_hub_move_expect (ConfabdHubThread *thread,
                         ConfabdHubPeer   *peer,
                         guint64           ticket)
{
  g_hash_table_insert (thread->polling, g_memdup2 (&ticket, sizeof ticket),
                       g_memdup2 (&peer->id, sizeof peer->id));
}

static gboolean
is_id_cb (gpointer ticket,
          gpointer id,
          gpointer user_data)
{
  return *(const ConfabdPeer *) id == *(const ConfabdPeer *) user_data;
}

/* @peer goes, or does not move again. There are few who poll, so that no peer has to keep its
 * ticket. */
void
confabd_hub_move_forget (ConfabdHubThread *thread,
                         ConfabdHubPeer   *peer)
{
  g_hash_table_foreach_remove (thread->polling, is_id_cb, &peer->id);
  peer->polling = FALSE;
}

/**
 * confabd_hub_move_begin:
 * @thread: its thread
 * @peer: an open peer that has said all it has to say here
 *
 * Closes its socket. What it is told meanwhile waits.
 */
void
confabd_hub_move_begin (ConfabdHubThread *thread,
                        ConfabdHubPeer   *peer)
{
  close (peer->fd);
  peer->fd = -1;
  peer->moving = TRUE;
  peer->paused = TRUE;
  peer->blocked = TRUE;
  peer->due_ms = thread->now_ms + MOVE_MS;
  confabd_hub_peer_set_timer (thread, peer);
}

static ConfabdHubPeer *
find (ConfabdHubThread *thread,
      guint64           ticket)
{
  const ConfabdPeer *id = g_hash_table_lookup (thread->polling, &ticket);
  ConfabdHubPeer *peer = id ? confabd_hub_thread_find (thread, *id) : NULL;

  return peer && peer->moving ? peer : NULL;
}

static gboolean
connect_peer (ConfabdHubThread *thread,
              ConfabdHubPeer   *peer,
              Move             *move)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = peer->id };

  peer->fd = g_steal_fd (&move->fd);
  peer->tls = g_steal_pointer (&move->tls);
  confabd_hub_peer_set_socket_options (peer->fd);
  peer->moving = FALSE;
  peer->blocked = FALSE;
  confabd_hub_move_forget (thread, peer);

  if (epoll_ctl (thread->epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) < 0)
    {
      g_warning ("Cannot watch a connection that has moved: %s", g_strerror (errno));
      confabd_hub_peer_drop (thread, peer);
    }

  return !peer->gone;
}

static void
go_on (ConfabdHubThread *thread,
       ConfabdHubPeer   *peer,
       Move             *move)
{
  if (move->unread && !peer->outbox)
    peer->outbox = confabd_outbox_new ();
  if (move->unread)
    confabd_outbox_prepend (peer->outbox, move->unread);

  confabd_hub_peer_write (thread, peer);
  if (peer->gone)
    return;

  confabd_hub_peer_watch (thread, peer);
  confabd_hub_peer_may_read (thread, peer);

  confabd_hub_peer_take_early (thread, peer, g_steal_pointer (&move->early));
  if (!peer->gone)
    confabd_hub_peer_set_timer (thread, peer);
}

static void
move_cb (gpointer data)
{
  g_autofree Move *move = data;
  ConfabdHubPeer *peer = find (move->thread, move->ticket);

  if (peer && connect_peer (move->thread, peer, move))
    go_on (move->thread, peer, move);

  /* It has been closed meanwhile. */
  g_clear_pointer (&move->tls, SSL_free);
  if (move->fd >= 0)
    close (move->fd);
  g_clear_pointer (&move->early, g_bytes_unref);
  g_clear_pointer (&move->unread, g_bytes_unref);
}

/* On the main thread: hands the rest of a move to @thread. */
void
confabd_hub_move_post (ConfabdHubThread *thread,
                       guint64           ticket,
                       int               fd,
                       SSL              *tls,
                       GBytes           *early,
                       GBytes           *unread)
{
  Move *move = g_new (Move, 1);

  *move = (Move) { thread, ticket, fd, tls, early, unread };
  base_mailbox_post (thread->mailbox, move_cb, move);
}
