/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-eio"

#include "config.h"

#include "confabd-eio-private.h"

#include "confabd-websocket.h"
#include "wire-eio.h"
#include "wire-limits.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* From HTTP requests to a WebSocket: the client asks "2probe" there, is told "3probe", waits for
 * its GET to come back, and says "5". Until then the session goes on as before, and if the
 * WebSocket breaks, it goes on for good. */

#define READ_BYTES 4096

static const WireWsReaderOptions reader_options = {
  .max_message_bytes = 125,
  .max_fragments = 4,
  .expect_masked = TRUE,
};

static void
write_probe (int           fd,
             SSL          *tls,
             const guint8 *data,
             gsize         length)
{
  if (tls)
    {
      ERR_clear_error ();
      (void) SSL_write (tls, data, length);
    }
  else
    {
      (void) send (fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

static void
write_bytes (int     fd,
             SSL    *tls,
             GBytes *bytes)
{
  write_probe (fd, tls, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
close_websocket (int  fd,
                 SSL *tls)
{
  if (tls)
    {
      ERR_clear_error ();
      (void) SSL_shutdown (tls);
    }

  g_clear_pointer (&tls, SSL_free);
  close (fd);
}

/* Closes a WebSocket that nobody wants. */
static void
turn_away (int  fd,
           SSL *tls)
{
  g_autoptr(GBytes) frame = wire_ws_close_frame_new (WIRE_WS_CLOSE_PROTOCOL_ERROR, NULL);

  write_bytes (fd, tls, frame);
  close_websocket (fd, tls);
}

/**
 * confabd_eio_drop_probe:
 * @self: a session
 *
 * Closes the WebSocket that wanted to take over, if there is one.
 */
void
confabd_eio_drop_probe (ConfabdEioSession *self)
{
  if (self->probe.fd < 0)
    return;

  confabd_eio_unwatch (self->eio, &self->probe);
  turn_away (g_steal_fd (&self->probe.fd), g_steal_pointer (&self->probe_tls));
  wire_ws_reader_clear (&self->probe_reader);
  if (self->state == CONFABD_EIO_PROBED)
    self->state = CONFABD_EIO_OPEN;
}

/* The WebSocket is the client's way from now on. What it has said before goes before. */
static void
begin_move (ConfabdEioSession *self,
            const guint8      *early,
            gsize              n_early)
{
  confabd_eio_unwatch (self->eio, &self->probe);
  wire_ws_reader_clear (&self->probe_reader);
  if (n_early > 0)
    self->early = g_bytes_new (early, n_early);

  /* Only a client that does not wait for it has a GET left. */
  confabd_eio_answer_poll (self, "6");

  self->state = CONFABD_EIO_MOVING;
  self->due_us = confabd_eio_get_now_us (self->eio) + WIRE_EIO_UPGRADE_TIMEOUT_MS * 1000;
  confabd_eio_session_forget (self);
  confabd_eio_session_add_frame (self, WIRE_WS_TEXT, "5", 1);
  confabd_eio_session_send (self);
}

/**
 * confabd_eio_hand_over:
 * @self: (transfer full): a session whose upgrade is done and whose tunnel has been read to its end
 *
 * Gives the WebSocket to the hub.
 */
void
confabd_eio_hand_over (ConfabdEioSession *self)
{
  g_autoptr(GBytes) unread = NULL;
  int fd = g_steal_fd (&self->probe.fd);
  SSL *tls = g_steal_pointer (&self->probe_tls);

  if (self->unread->len > 0)
    unread = g_byte_array_free_to_bytes (g_steal_pointer (&self->unread));
  if (!self->unread)
    self->unread = g_byte_array_new ();

  /* The hub may have closed it just before. */
  if (self->closed)
    {
      write_bytes (fd, tls, unread);
      close_websocket (fd, tls);
    }
  else
    {
      self->eio->options.hooks->move (self->ticket, fd, tls, g_steal_pointer (&self->early),
                                      g_steal_pointer (&unread), self->eio->options.hooks_data);
    }

  confabd_eio_session_free (self);
}

static void
answer_probe (ConfabdEioSession *self)
{
  g_autoptr(GBytes) frame = wire_ws_frame_new (WIRE_WS_TEXT, "3" WIRE_EIO_PROBE,
                                               strlen ("3" WIRE_EIO_PROBE));

  self->state = CONFABD_EIO_PROBED;
  write_bytes (self->probe.fd, self->probe_tls, frame);
  confabd_eio_answer_poll (self, "6");
}

/* TRUE: the probe goes on. */
static gboolean
take_message (ConfabdEioSession   *self,
              const WireWsMessage *message,
              const guint8        *rest,
              gsize                n_rest)
{
  WireEioPacket packet;

  if (message->opcode == WIRE_WS_TEXT &&
      wire_eio_packet_parse (&packet, (const char *) message->data, message->length, NULL))
    {
      if (self->state == CONFABD_EIO_OPEN &&
          wire_eio_packet_is (&packet, WIRE_EIO_PING, WIRE_EIO_PROBE))
        {
          answer_probe (self);
          return self->probe.fd >= 0;
        }

      if (self->state == CONFABD_EIO_PROBED && wire_eio_packet_is (&packet, WIRE_EIO_UPGRADE, ""))
        {
          begin_move (self, rest, n_rest);
          return FALSE;
        }
    }

  confabd_eio_drop_probe (self);

  return FALSE;
}

static gboolean
take_control (ConfabdEioSession   *self,
              const WireWsMessage *message)
{
  g_autoptr(GBytes) pong = NULL;

  if (message->opcode == WIRE_WS_CLOSE)
    {
      confabd_eio_drop_probe (self);
      return FALSE;
    }

  if (message->opcode == WIRE_WS_PING)
    {
      pong = wire_ws_frame_new (WIRE_WS_PONG, message->data, message->length);
      write_bytes (self->probe.fd, self->probe_tls, pong);
    }

  return TRUE;
}

static gboolean
take_bytes (ConfabdEioSession *self,
            guint8            *data,
            gsize              length)
{
  for (;;)
    {
      WireWsMessage message;
      gsize used = 0;
      WireWsStatus status;

      status = wire_ws_reader_feed (&self->probe_reader, &reader_options, data, length, &used,
                                    &message);
      data += used;
      length -= used;

      switch (status)
        {
        case WIRE_WS_NEED_MORE:
          return TRUE;

        case WIRE_WS_MESSAGE:
          if (!take_message (self, &message, data, length))
            return FALSE;
          break;

        case WIRE_WS_CONTROL:
          if (!take_control (self, &message))
            return FALSE;
          break;

        case WIRE_WS_FAILED:
          confabd_eio_drop_probe (self);
          return FALSE;
        }
    }
}

/* -1: nothing now; 0: the end. */
static gssize
receive (ConfabdEioSession *self,
         guint8            *buffer)
{
  gssize n;

  if (self->probe_tls)
    {
      int error;

      ERR_clear_error ();
      n = SSL_read (self->probe_tls, buffer, READ_BYTES);
      if (n > 0)
        return n;

      error = SSL_get_error (self->probe_tls, n);
      return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : 0;
    }

  n = recv (self->probe.fd, buffer, READ_BYTES, MSG_DONTWAIT);

  return n < 0 && errno == EAGAIN ? -1 : MAX (n, 0);
}

/**
 * confabd_eio_read_probe:
 * @self: a session with a WebSocket that wants to take over
 *
 * Reads what has come there.
 */
void
confabd_eio_read_probe (ConfabdEioSession *self)
{
  guint8 buffer[READ_BYTES];
  gssize n;

  do
    {
      n = receive (self, buffer);
      if (n == 0)
        confabd_eio_drop_probe (self);
    }
  while (n > 0 && take_bytes (self, buffer, n));
}

static void
probe_ready (ConfabdEioSession *self,
             guint32            events)
{
  confabd_eio_read_probe (self);
}

/* A WebSocket whose handshake is about to be answered. */
typedef struct
{
  ConfabdEio *eio;
  char       *sid;   /* NULL: it begins a session */
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  confabd_eio_unref (candidate->eio);
  g_free (candidate->sid);
  g_free (candidate);
}

static void
begin_probe (ConfabdEioSession *self,
             int                fd,
             SSL               *tls,
             GBytes            *early)
{
  wire_ws_reader_init (&self->probe_reader);
  self->probe = (ConfabdEioWatch) { self, probe_ready, fd, 0 };
  self->probe_tls = tls;
  self->probe_due_us = confabd_eio_get_now_us (self->eio) + WIRE_EIO_UPGRADE_TIMEOUT_MS * 1000;
  confabd_eio_watch (self->eio, &self->probe, EPOLLIN);

  if (early)
    {
      gsize length;
      g_autofree guint8 *data = g_bytes_unref_to_data (g_bytes_ref (early), &length);

      if (!take_bytes (self, data, length))
        return;
    }

  /* OpenSSL may hold what epoll does not know of. */
  if (tls && SSL_pending (tls) > 0)
    confabd_eio_read_probe (self);
}

static void
switched_cb (int       fd,
             SSL      *tls,
             GBytes   *early,
             gpointer  user_data)
{
  const ConfabdIdentity identity = { .socket_io = TRUE };
  Candidate *candidate = user_data;
  ConfabdEio *eio = candidate->eio;
  g_autoptr(GBytes) unread = early;
  ConfabdEioSession *session;

  if (!candidate->sid && !eio->closed)
    {
      (void) eio->options.hooks->adopt (fd, tls, g_steal_pointer (&unread), &identity,
                                        eio->options.hooks_data);
      return;
    }

  session = candidate->sid ? confabd_eio_find (eio, candidate->sid) : NULL;
  if (session && session->state == CONFABD_EIO_OPEN && session->probe.fd < 0 && !session->over)
    begin_probe (session, fd, tls, unread);
  else
    turn_away (fd, tls);
}

/**
 * confabd_eio_upgrade:
 * @self: the endpoint
 * @message: a handshake that is right
 * @sid: (nullable): of the session that it names
 *
 * Makes a WebSocket of it. Whether the session is there and can be upgraded is looked at only then:
 * a client is told by the end of the WebSocket, not by HTTP.
 */
void
confabd_eio_upgrade (ConfabdEio        *self,
                     SoupServerMessage *message,
                     const char        *sid)
{
  Candidate *candidate = g_new (Candidate, 1);

  candidate->eio = g_rc_box_acquire (self);
  candidate->sid = g_strdup (sid);
  confabd_websocket_switch (message, self->doorway, NULL, switched_cb, candidate, candidate_free);
}
