/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-socket-stream"

#include "config.h"

#include "confabd-socket-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * ConfabdSocketStream:
 *
 * What libsoup speaks HTTP through: a connected socket, in the clear or under TLS,
 * that can be taken away again.
 *
 * TLS here is OpenSSL's, not GIO's, because after the WebSocket handshake the
 * connection moves to an epoll thread: an `SSL *` moves with its descriptor as it is,
 * while GIO's TLS state lives in a GIOStream of this main context. The alternatives were
 * a proxy thread (another copy and two more descriptors for each connection) and kernel
 * TLS (not in every kernel; OpenSSL uses it by itself where it is).
 *
 * The stream begins with what was read of the request before there was a stream, and ends
 * with the request: what was sent behind it stays where it is, for whoever has the socket
 * next. It never blocks: a read or write that would is G_IO_ERROR_WOULD_BLOCK.
 */
struct _ConfabdSocketStream
{
  GIOStream      parent_instance;

  GInputStream  *input;
  GOutputStream *output;
  int            fd;         /* -1: closed or stolen */
  SSL           *tls;        /* NULL: plain */
  GBytes        *head;       /* was read from the socket, but not from here */
  gsize          n_left;     /* of the request; G_MAXSIZE: nobody knows */
};

G_DEFINE_FINAL_TYPE (ConfabdSocketStream, confabd_socket_stream, G_TYPE_IO_STREAM)

#define CONFABD_TYPE_SOCKET_INPUT (confabd_socket_input_get_type ())
#define CONFABD_TYPE_SOCKET_OUTPUT (confabd_socket_output_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdSocketInput, confabd_socket_input, CONFABD, SOCKET_INPUT, GInputStream)
G_DECLARE_FINAL_TYPE (ConfabdSocketOutput, confabd_socket_output, CONFABD, SOCKET_OUTPUT,
                      GOutputStream)

/* The two halves belong to the stream and know it without a reference: it outlives them, or
 * tells them. */
struct _ConfabdSocketInput
{
  GInputStream         parent_instance;
  ConfabdSocketStream *stream;
};

struct _ConfabdSocketOutput
{
  GOutputStream        parent_instance;
  ConfabdSocketStream *stream;
};

static void confabd_socket_input_pollable_init (GPollableInputStreamInterface *iface);
static void confabd_socket_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSocketInput, confabd_socket_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      confabd_socket_input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSocketOutput, confabd_socket_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      confabd_socket_output_pollable_init))

static gssize
fail_with_errno (GError **error)
{
  int saved = errno;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));

  return -1;
}

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Would block");

  return -1;
}

static gssize
fail_tls (ConfabdSocketStream  *self,
          int                   n,
          GError              **error)
{
  switch (SSL_get_error (self->tls, n))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return would_block (error);

    case SSL_ERROR_ZERO_RETURN:
      return 0;

    default:
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_MISC, "The TLS connection broke");
      return -1;
    }
}

static gssize
read_head (ConfabdSocketStream *self,
           void                *buffer,
           gsize                count)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (self->head, &length);
  gsize n = MIN (count, length);
  GBytes *rest = n < length ? g_bytes_new_from_bytes (self->head, n, length - n) : NULL;

  memcpy (buffer, data, n);
  g_bytes_unref (self->head);
  self->head = rest;

  return n;
}

static gssize
read_socket (ConfabdSocketStream  *self,
             void                 *buffer,
             gsize                 count,
             GError              **error)
{
  gssize n;

  if (self->tls)
    {
      ERR_clear_error ();
      n = SSL_read (self->tls, buffer, MIN (count, G_MAXINT));
      return n > 0 ? n : fail_tls (self, n, error);
    }

  do
    n = recv (self->fd, buffer, count, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n < 0 ? fail_with_errno (error) : n;
}

static gssize
confabd_socket_input_read_nonblocking (GPollableInputStream  *pollable,
                                       void                  *buffer,
                                       gsize                  count,
                                       GError               **error)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_INPUT (pollable)->stream;
  gssize n;

  if (!self || self->fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
      return -1;
    }

  count = MIN (count, self->n_left);
  if (count == 0)
    return would_block (error);

  n = self->head ? read_head (self, buffer, count) : read_socket (self, buffer, count, error);
  if (n > 0 && self->n_left != G_MAXSIZE)
    self->n_left -= n;

  return n;
}

static gssize
confabd_socket_input_read (GInputStream  *input,
                           void          *buffer,
                           gsize          count,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return confabd_socket_input_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer, count,
                                                error);
}

static gboolean
has_something (ConfabdSocketStream *self)
{
  if (!self || self->fd < 0)
    return TRUE;

  return self->n_left > 0 && (self->head || (self->tls && SSL_pending (self->tls) > 0));
}

static gboolean
confabd_socket_input_is_readable (GPollableInputStream *pollable)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_INPUT (pollable)->stream;
  GPollFD poll_fd;

  if (has_something (self))
    return TRUE;

  poll_fd = (GPollFD) { .fd = self->fd, .events = G_IO_IN };

  return g_poll (&poll_fd, 1, 0) > 0;
}

static GSource *
new_source (GObject             *half,
            ConfabdSocketStream *self,
            gboolean             ready,
            GIOCondition         condition,
            GCancellable        *cancellable)
{
  g_autoptr(GSource) child = NULL;

  if (ready)
    child = g_timeout_source_new (0);
  else
    child = g_unix_fd_source_new (self->fd, condition);

  return g_pollable_source_new_full (half, child, cancellable);
}

static GSource *
confabd_socket_input_create_source (GPollableInputStream *pollable,
                                    GCancellable         *cancellable)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_INPUT (pollable)->stream;

  return new_source (G_OBJECT (pollable), self, has_something (self), G_IO_IN, cancellable);
}

static void
confabd_socket_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = confabd_socket_input_is_readable;
  iface->create_source = confabd_socket_input_create_source;
  iface->read_nonblocking = confabd_socket_input_read_nonblocking;
}

static void
confabd_socket_input_class_init (ConfabdSocketInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = confabd_socket_input_read;
}

static void
confabd_socket_input_init (ConfabdSocketInput *self)
{
}

static gssize
write_socket (ConfabdSocketStream  *self,
              const void           *buffer,
              gsize                 count,
              GError              **error)
{
  gssize n;

  if (self->tls)
    {
      ERR_clear_error ();
      n = SSL_write (self->tls, buffer, MIN (count, G_MAXINT));
      return n > 0 ? n : fail_tls (self, n, error);
    }

  do
    n = send (self->fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  return n < 0 ? fail_with_errno (error) : n;
}

static gssize
confabd_socket_output_write (GOutputStream  *output,
                             const void     *buffer,
                             gsize           count,
                             GCancellable   *cancellable,
                             GError        **error)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_OUTPUT (output)->stream;

  if (!self || self->fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
      return -1;
    }

  return write_socket (self, buffer, count, error);
}

static gssize
confabd_socket_output_write_nonblocking (GPollableOutputStream  *pollable,
                                         const void             *buffer,
                                         gsize                   count,
                                         GError                **error)
{
  return confabd_socket_output_write (G_OUTPUT_STREAM (pollable), buffer, count, NULL, error);
}

static gboolean
confabd_socket_output_is_writable (GPollableOutputStream *pollable)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_OUTPUT (pollable)->stream;
  GPollFD poll_fd;

  if (!self || self->fd < 0)
    return TRUE;

  poll_fd = (GPollFD) { .fd = self->fd, .events = G_IO_OUT };

  return g_poll (&poll_fd, 1, 0) > 0;
}

static GSource *
confabd_socket_output_create_source (GPollableOutputStream *pollable,
                                     GCancellable          *cancellable)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_OUTPUT (pollable)->stream;

  return new_source (G_OBJECT (pollable), self, !self || self->fd < 0, G_IO_OUT, cancellable);
}

static void
confabd_socket_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = confabd_socket_output_is_writable;
  iface->create_source = confabd_socket_output_create_source;
  iface->write_nonblocking = confabd_socket_output_write_nonblocking;
}

static void
confabd_socket_output_class_init (ConfabdSocketOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = confabd_socket_output_write;
}

static void
confabd_socket_output_init (ConfabdSocketOutput *self)
{
}

static void
close_socket (ConfabdSocketStream *self)
{
  if (self->fd < 0)
    return;

  if (self->tls)
    {
      ERR_clear_error ();
      (void) SSL_shutdown (self->tls);
    }

  g_clear_pointer (&self->tls, SSL_free);
  close (self->fd);
  self->fd = -1;
}

static GInputStream *
confabd_socket_stream_get_input_stream (GIOStream *stream)
{
  return CONFABD_SOCKET_STREAM (stream)->input;
}

static GOutputStream *
confabd_socket_stream_get_output_stream (GIOStream *stream)
{
  return CONFABD_SOCKET_STREAM (stream)->output;
}

static gboolean
confabd_socket_stream_close (GIOStream     *stream,
                             GCancellable  *cancellable,
                             GError       **error)
{
  close_socket (CONFABD_SOCKET_STREAM (stream));

  return TRUE;
}

static void
confabd_socket_stream_finalize (GObject *object)
{
  ConfabdSocketStream *self = CONFABD_SOCKET_STREAM (object);

  close_socket (self);
  g_clear_pointer (&self->head, g_bytes_unref);
  CONFABD_SOCKET_INPUT (self->input)->stream = NULL;
  CONFABD_SOCKET_OUTPUT (self->output)->stream = NULL;
  g_object_unref (self->input);
  g_object_unref (self->output);

  G_OBJECT_CLASS (confabd_socket_stream_parent_class)->finalize (object);
}

static void
confabd_socket_stream_class_init (ConfabdSocketStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = confabd_socket_stream_finalize;

  stream_class->get_input_stream = confabd_socket_stream_get_input_stream;
  stream_class->get_output_stream = confabd_socket_stream_get_output_stream;
  stream_class->close_fn = confabd_socket_stream_close;
}

static void
confabd_socket_stream_init (ConfabdSocketStream *self)
{
  self->fd = -1;
  self->input = g_object_new (CONFABD_TYPE_SOCKET_INPUT, NULL);
  self->output = g_object_new (CONFABD_TYPE_SOCKET_OUTPUT, NULL);
  CONFABD_SOCKET_INPUT (self->input)->stream = self;
  CONFABD_SOCKET_OUTPUT (self->output)->stream = self;
}

/**
 * confabd_socket_stream_new:
 * @fd: (transfer full): a connected, non-blocking socket
 * @tls: (transfer full) (nullable): TLS on it, its handshake done
 * @head: (transfer full) (nullable): what was read from it already
 * @n_bytes: how long the request is, or %G_MAXSIZE if nobody knows
 *
 * Returns: (transfer full): a stream of one request
 */
ConfabdSocketStream *
confabd_socket_stream_new (int     fd,
                           SSL    *tls,
                           GBytes *head,
                           gsize   n_bytes)
{
  ConfabdSocketStream *self = g_object_new (CONFABD_TYPE_SOCKET_STREAM, NULL);

  self->fd = fd;
  self->tls = tls;
  self->head = head;
  self->n_left = n_bytes;

  return self;
}

int
confabd_socket_stream_get_fd (ConfabdSocketStream *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET_STREAM (self), -1);

  return self->fd;
}

/**
 * confabd_socket_stream_is_spent:
 * @self: a stream
 *
 * Returns: whether the whole request has been read, so that what comes next is another one
 */
gboolean
confabd_socket_stream_is_spent (ConfabdSocketStream *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET_STREAM (self), FALSE);

  return self->fd >= 0 && self->n_left == 0;
}

/**
 * confabd_socket_stream_steal:
 * @self: a stream
 * @tls: (out) (transfer full) (nullable): its TLS
 * @unread: (out) (transfer full) (nullable): what was read from the socket, but not from @self
 *
 * Takes the socket away; @self is closed for all others.
 *
 * Returns: the descriptor, or -1 when it was closed
 */
int
confabd_socket_stream_steal (ConfabdSocketStream  *self,
                             SSL                 **tls,
                             GBytes              **unread)
{
  int fd;

  g_return_val_if_fail (CONFABD_IS_SOCKET_STREAM (self), -1);

  fd = self->fd;
  self->fd = -1;
  *tls = g_steal_pointer (&self->tls);
  *unread = g_steal_pointer (&self->head);

  return fd;
}
