/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "raw-peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

struct _RawPeer
{
  int         fd;
  SSL_CTX    *tls_context;
  SSL        *tls;
  GByteArray *unread;
  gboolean    ended;
};

static gint64
get_deadline (guint timeout_ms)
{
  return g_get_monotonic_time () + (gint64) timeout_ms * 1000;
}

/* FALSE when the time is over. */
static gboolean
wait_for (RawPeer *self,
          short    events,
          gint64   deadline_us)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = events };

  for (;;)
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      int n_ready = poll (&poll_fd, 1, left_us > 0 ? (int) ((left_us + 999) / 1000) : 0);

      if (n_ready > 0)
        return TRUE;
      if (n_ready == 0 && left_us <= 0)
        return FALSE;
      g_assert_true (n_ready == 0 || errno == EINTR);
    }
}

/**
 * raw_peer_new:
 * @port: of the loopback
 *
 * Returns: (transfer full): a connected peer
 */
RawPeer *
raw_peer_new (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  RawPeer *self = g_new0 (RawPeer, 1);
  int one = 1;

  self->unread = g_byte_array_new ();
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_no_errno (connect (self->fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
  g_assert_no_errno (fcntl (self->fd, F_SETFL, O_NONBLOCK));

  return self;
}

/* What poll() is to wait for after an operation that could not go on; 0: it failed. */
static short
get_tls_wish (RawPeer *self,
              int      result)
{
  switch (SSL_get_error (self->tls, result))
    {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      ERR_clear_error ();
      return 0;
    }
}

/**
 * raw_peer_new_tls:
 * @port: of the loopback
 * @ca_file: whose certificates are trusted
 *
 * Returns: (transfer full): a peer behind TLS, whose certificate was checked
 */
RawPeer *
raw_peer_new_tls (guint16     port,
                  const char *ca_file)
{
  RawPeer *self = raw_peer_new (port);
  gint64 deadline_us = get_deadline (RAW_PEER_DEADLINE_MS);
  int result;

  self->tls_context = SSL_CTX_new (TLS_client_method ());
  g_assert_nonnull (self->tls_context);
  g_assert_cmpint (SSL_CTX_load_verify_locations (self->tls_context, ca_file, NULL), ==, 1);
  SSL_CTX_set_verify (self->tls_context, SSL_VERIFY_PEER, NULL);
  self->tls = SSL_new (self->tls_context);
  g_assert_cmpint (SSL_set_fd (self->tls, self->fd), ==, 1);

  while ((result = SSL_connect (self->tls)) != 1)
    {
      short wish = get_tls_wish (self, result);

      g_assert_cmpint (wish, !=, 0);
      g_assert_true (wait_for (self, wish, deadline_us));
    }

  return self;
}

/**
 * raw_peer_free:
 * @self: (transfer full): a peer
 *
 * Cuts the connection without a word.
 */
void
raw_peer_free (RawPeer *self)
{
  g_clear_pointer (&self->tls, SSL_free);
  g_clear_pointer (&self->tls_context, SSL_CTX_free);
  close (self->fd);
  g_byte_array_unref (self->unread);
  g_free (self);
}

/* Bytes written, 0 after it waited, -1 if the connection is broken or too slow. */
static gssize
write_some (RawPeer      *self,
            const guint8 *data,
            gsize         length,
            gint64        deadline_us)
{
  short wish = 0;
  gssize n_written;

  if (self->tls)
    {
      n_written = SSL_write (self->tls, data, (int) MIN (length, G_MAXINT));
      if (n_written <= 0)
        wish = get_tls_wish (self, (int) n_written);
    }
  else
    {
      n_written = send (self->fd, data, length, MSG_NOSIGNAL);
      if (n_written < 0 && (errno == EAGAIN || errno == EINTR))
        wish = POLLOUT;
    }

  if (n_written > 0)
    return n_written;

  return wish != 0 && wait_for (self, wish, deadline_us) ? 0 : -1;
}

/**
 * raw_peer_write:
 * @self: a peer
 * @data: (array length=length): any bytes
 * @length: how many
 *
 * Returns: %FALSE if the connection broke, or nobody took them in time
 */
gboolean
raw_peer_write (RawPeer    *self,
                const void *data,
                gsize       length)
{
  gint64 deadline_us = get_deadline (RAW_PEER_DEADLINE_MS);
  const guint8 *next = data;

  while (length > 0)
    {
      gssize n_written = write_some (self, next, length, deadline_us);

      if (n_written < 0)
        return FALSE;
      next += n_written;
      length -= n_written;
    }

  return TRUE;
}

gboolean
raw_peer_write_text (RawPeer    *self,
                     const char *text)
{
  return raw_peer_write (self, text, strlen (text));
}

/* Bytes read, 0 at the end, -1 if there is nothing yet (*wish says what to wait for). */
static gssize
read_some (RawPeer *self,
           guint8  *data,
           gsize    length,
           short   *wish)
{
  gssize n_read;

  *wish = POLLIN;

  if (self->tls)
    {
      n_read = SSL_read (self->tls, data, (int) length);
      if (n_read > 0)
        return n_read;
      *wish = get_tls_wish (self, (int) n_read);
      return *wish != 0 ? -1 : 0;
    }

  n_read = recv (self->fd, data, length, 0);
  if (n_read < 0 && errno != EAGAIN && errno != EINTR)
    return 0;

  return n_read;
}

/**
 * raw_peer_fill:
 * @self: a peer
 * @timeout_ms: how long to wait
 *
 * Reads what there is, and waits for something if there is nothing.
 *
 * Returns: %RAW_PEER_GOT_FRAME if there are more unread bytes than before
 */
RawPeerStatus
raw_peer_fill (RawPeer *self,
               guint    timeout_ms)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gint64 deadline_us = get_deadline (timeout_ms);
  gssize n_read;
  short wish;

  if (self->ended)
    return RAW_PEER_GOT_END;

  while ((n_read = read_some (self, buffer, READ_BYTES, &wish)) < 0)
    {
      if (!wait_for (self, wish, deadline_us))
        return RAW_PEER_GOT_NOTHING;
    }

  if (n_read == 0)
    {
      self->ended = TRUE;
      return RAW_PEER_GOT_END;
    }

  g_byte_array_append (self->unread, buffer, (guint) n_read);
  return RAW_PEER_GOT_FRAME;
}

/**
 * raw_peer_awaits_end:
 * @self: a peer
 * @timeout_ms: how long to wait
 *
 * Returns: %TRUE if the other end let go of the connection in time, whatever it said before
 */
gboolean
raw_peer_awaits_end (RawPeer *self,
                     guint    timeout_ms)
{
  gint64 deadline_us = get_deadline (timeout_ms);
  RawPeerStatus status;

  do
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();

      g_byte_array_set_size (self->unread, 0);
      status = raw_peer_fill (self, left_us > 0 ? (guint) (left_us / 1000) : 0);
    }
  while (status == RAW_PEER_GOT_FRAME);

  return status == RAW_PEER_GOT_END;
}

/* What the kernel keeps for a peer that does not read. */
void
raw_peer_set_receive_buffer (RawPeer *self,
                             int      n_bytes)
{
  g_assert_no_errno (setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &n_bytes, sizeof n_bytes));
}

/**
 * raw_peer_get_unread:
 * @self: a peer
 *
 * Returns: (transfer none): what came and was not looked at
 */
GByteArray *
raw_peer_get_unread (RawPeer *self)
{
  return self->unread;
}
