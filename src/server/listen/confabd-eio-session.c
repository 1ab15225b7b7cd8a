/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-eio"

#include "config.h"

#include "confabd-eio-private.h"

#include "base-random.h"
#include "wire-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* 20 characters, as the reference's session ids have. */
#define SID_BYTES 15

/* Above it the hub's own bounds begin to count; a frame that is larger alone is read whole. */
#define MAX_UNREAD_BYTES (256 * 1024)
#define READ_BYTES       (64 * 1024)

/* More than the hub gives a peer for the end of a close handshake. */
#define PARTING_MS 10000

/* The way to the hub and back. */

gint64
confabd_eio_session_get_deadline_us (ConfabdEioSession *self)
{
  const ConfabdEioOptions *options = &self->eio->options;

  return confabd_eio_get_now_us (self->eio) +
         ((gint64) options->ping_interval_ms + options->ping_timeout_ms) * 1000;
}

/* Reads more of what the hub says as soon as there is room for it. */
void
confabd_eio_session_watch (ConfabdEioSession *self)
{
  guint32 events = 0;

  if (self->unread->len < MAX_UNREAD_BYTES || self->n_whole == 0 ||
      self->state >= CONFABD_EIO_MOVING)
    events |= EPOLLIN;
  if (self->n_sent < self->unsent->len)
    events |= EPOLLOUT;

  /* 0 would mean that it is not in the set. */
  confabd_eio_watch (self->eio, &self->tunnel, events | EPOLLRDHUP);
}

static void
close_tunnel (ConfabdEioSession *self)
{
  confabd_eio_unwatch (self->eio, &self->tunnel);
  if (self->tunnel.fd >= 0)
    close (self->tunnel.fd);
  self->tunnel.fd = -1;
}

/* RFC 6455 §5.2, of a frame of our own hub: not masked, not in pieces. Returns its size, or 0 if
 * it is not there whole. */
gsize
confabd_eio_measure_frame (const guint8 *data,
                           gsize         length,
                           gsize        *n_header)
{
  guint64 n_payload;

  if (length < 2)
    return 0;

  n_payload = data[1] & 0x7f;
  *n_header = n_payload < 126 ? 2 : n_payload == 126 ? 4 : 10;
  if (length < *n_header)
    return 0;

  if (n_payload >= 126)
    {
      guint n_bytes = n_payload == 126 ? 2 : 8;

      n_payload = 0;
      for (guint i = 0; i < n_bytes; i++)
        n_payload = n_payload << 8 | data[2 + i];
    }

  return length - *n_header >= n_payload ? *n_header + (gsize) n_payload : 0;
}

/* The hub has said its last word. @silent: it does not believe that anybody is there. */
static void
end (ConfabdEioSession *self,
     gboolean           silent)
{
  self->over = TRUE;

  switch (self->state)
    {
    case CONFABD_EIO_OPEN:
    case CONFABD_EIO_PROBED:
      close_tunnel (self);
      confabd_eio_drop_probe (self);
      self->due_us = confabd_eio_get_now_us (self->eio) +
                     (gint64) self->eio->options.ping_timeout_ms * 1000;
      if (silent)
        confabd_eio_session_part (self, NULL);
      else
        confabd_eio_answer_poll (self, NULL);
      break;

    case CONFABD_EIO_MOVING:
      close_tunnel (self);
      confabd_eio_hand_over (self);
      break;

    case CONFABD_EIO_PARTING:
      confabd_eio_session_free (self);
      break;
    }
}

/* Finds the ends of frames in what came. Returns whether @self is still there to be read. */
static gboolean
scan (ConfabdEioSession *self)
{
  for (;;)
    {
      const guint8 *data = self->unread->data + self->n_whole;
      gsize n_header;
      gsize size = confabd_eio_measure_frame (data, self->unread->len - self->n_whole, &n_header);
      gboolean silent;

      if (size == 0)
        return TRUE;

      if ((data[0] & 0x0f) != WIRE_WS_CLOSE)
        {
          self->n_whole += size;
          continue;
        }

      silent = size >= n_header + 2 &&
               (data[n_header] << 8 | data[n_header + 1]) == WIRE_CLOSE_SILENT;
      self->closed = TRUE;
      if (self->state != CONFABD_EIO_MOVING)
        g_byte_array_set_size (self->unread, self->n_whole);
      end (self, silent);
      return FALSE;
    }
}

static void
read_tunnel (ConfabdEioSession *self)
{
  static guint8 buffer[READ_BYTES];
  gssize n;

  do
    {
      n = recv (self->tunnel.fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN)
        break;

      if (n <= 0)
        {
          close_tunnel (self);
          end (self, FALSE);
          return;
        }

      if (self->state != CONFABD_EIO_PARTING)
        g_byte_array_append (self->unread, buffer, n);
    }
  while (n == sizeof buffer && self->unread->len < MAX_UNREAD_BYTES);

  if (self->state == CONFABD_EIO_PARTING || !scan (self))
    return;

  if (self->state != CONFABD_EIO_MOVING)
    confabd_eio_answer_poll (self, NULL);

  confabd_eio_session_watch (self);
}

static void
tunnel_ready (ConfabdEioSession *self,
              guint32            events)
{
  if (events & EPOLLOUT)
    confabd_eio_session_send (self);
  else
    read_tunnel (self);
}

/**
 * confabd_eio_session_send:
 * @self: a session
 *
 * Passes on to the hub what it has taken so far. When all has gone, the POST that brought it
 * is answered: a client is slowed down as the hub would slow down a WebSocket.
 */
void
confabd_eio_session_send (ConfabdEioSession *self)
{
  while (self->tunnel.fd >= 0 && self->n_sent < self->unsent->len)
    {
      gssize n = send (self->tunnel.fd, self->unsent->data + self->n_sent,
                       self->unsent->len - self->n_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        break;

      /* The hub has closed its end: reading tells why. */
      self->n_sent = n < 0 ? self->unsent->len : self->n_sent + n;
    }

  if (self->tunnel.fd < 0 || self->n_sent == self->unsent->len)
    {
      g_byte_array_set_size (self->unsent, 0);
      self->n_sent = 0;
      confabd_eio_answer_post (self, TRUE);
    }

  confabd_eio_session_watch (self);
}

/* The hub wants frames masked like every server does. Nothing hides behind a mask of zeros, but
 * nobody is there from whom it would have to be hidden. */
void
confabd_eio_session_add_frame (ConfabdEioSession *self,
                               WireWsOpcode       opcode,
                               const void        *data,
                               gsize              length)
{
  static const guint8 mask[4] = { 0 };
  guint8 header[WIRE_WS_MAX_HEADER];
  gsize n = wire_ws_write_header (header, opcode, TRUE, length, mask);

  g_byte_array_append (self->unsent, header, n);
  g_byte_array_append (self->unsent, data, length);
}

static void
count_address (ConfabdEio *eio,
               const char *address,
               int         change)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (eio->addresses, address)) + change;

  if (n > 0)
    g_hash_table_replace (eio->addresses, g_strdup (address), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (eio->addresses, address);
}

/**
 * confabd_eio_session_new:
 * @eio: the endpoint
 * @address: (transfer full): whose it is
 *
 * Returns: (nullable): a session that the hub knows, or %NULL when descriptors have run out
 */
ConfabdEioSession *
confabd_eio_session_new (ConfabdEio *eio,
                         char       *address)
{
  const ConfabdIdentity identity = { .socket_io = TRUE, .polling = TRUE };
  ConfabdEioSession *self;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
    {
      g_free (address);
      return NULL;
    }

  self = g_new0 (ConfabdEioSession, 1);
  self->eio = eio;
  self->sid = base_random_make_text (SID_BYTES);
  self->address = address;
  self->known = TRUE;
  self->unread = g_byte_array_new ();
  self->unsent = g_byte_array_new ();
  self->tunnel = (ConfabdEioWatch) { self, tunnel_ready, pair[0], 0 };
  self->probe.fd = -1;
  self->due_us = confabd_eio_session_get_deadline_us (self);
  self->ticket = eio->options.hooks->adopt (pair[1], NULL, NULL, &identity,
                                            eio->options.hooks_data);

  self->link.data = self;
  g_queue_push_tail_link (&eio->sessions, &self->link);
  g_hash_table_insert (eio->sids, self->sid, self);
  count_address (eio, address, 1);
  confabd_eio_session_watch (self);
  confabd_eio_need_sweeper (eio);

  return self;
}

/**
 * confabd_eio_session_forget:
 * @self: a session
 *
 * From here on its sid is unknown.
 */
void
confabd_eio_session_forget (ConfabdEioSession *self)
{
  if (!self->known)
    return;

  self->known = FALSE;
  g_hash_table_remove (self->eio->sids, self->sid);
  count_address (self->eio, self->address, -1);
}

/**
 * confabd_eio_session_part:
 * @self: a session
 * @last_word: (nullable): the packet for a GET that waits
 *
 * Ends it for the client, and tells the hub, behind all that the client has said.
 */
void
confabd_eio_session_part (ConfabdEioSession *self,
                          const char        *last_word)
{
  static const guint8 normal[2] = { WIRE_WS_CLOSE_NORMAL >> 8, WIRE_WS_CLOSE_NORMAL & 0xff };

  if (self->state == CONFABD_EIO_PARTING)
    return;

  self->state = CONFABD_EIO_PARTING;
  confabd_eio_session_forget (self);
  confabd_eio_drop_probe (self);
  confabd_eio_answer_poll (self, last_word ? last_word : "1");
  confabd_eio_answer_post (self, FALSE);

  self->due_us = confabd_eio_get_now_us (self->eio);
  if (self->tunnel.fd < 0)
    return;

  self->due_us += PARTING_MS * 1000;
  confabd_eio_session_add_frame (self, WIRE_WS_CLOSE, normal, sizeof normal);
  confabd_eio_session_send (self);
}

void
confabd_eio_session_free (ConfabdEioSession *self)
{
  confabd_eio_session_forget (self);
  confabd_eio_drop_probe (self);
  close_tunnel (self);
  g_queue_unlink (&self->eio->sessions, &self->link);
  g_clear_object (&self->poll);
  g_clear_object (&self->post);
  g_clear_pointer (&self->early, g_bytes_unref);
  g_byte_array_unref (self->unread);
  g_byte_array_unref (self->unsent);
  g_free (self->sid);
  g_free (self->address);
  g_free (self);
}
