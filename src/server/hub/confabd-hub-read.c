/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include "wire-error.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>

/* From bytes to requests. Everything here handles what a stranger sent. */

#define MAX_RECORDS            4
#define REQUEST_OVERHEAD_BYTES 256

/* One who floods is read no more, but told what its last requests came to before it is closed. */
static void
refuse (ConfabdHubThread *thread,
        ConfabdHubPeer   *peer)
{
  if (++peer->n_refused < thread->options->max_refusals || peer->flooding)
    return;

  peer->flooding = TRUE;
  peer->paused = TRUE;
  confabd_hub_peer_watch (thread, peer);
  if (peer->n_in_core == 0)
    confabd_hub_peer_close_flooding (thread, peer);
}

/* Over the rate a frame counts up, under it one counts down: who sends twice what is
 * allowed is only refused, who sends five times as much is closed after a while. */
gboolean
confabd_hub_peer_take_token (ConfabdHubThread *thread,
                             ConfabdHubPeer   *peer)
{
  if (!base_token_bucket_take (&peer->bucket, 1, thread->now_us))
    {
      refuse (thread, peer);
      return FALSE;
    }

  if (peer->n_refused > 0)
    peer->n_refused--;

  return TRUE;
}

void
confabd_hub_peer_count_in_core (ConfabdHubThread *thread,
                                ConfabdHubPeer   *peer,
                                gsize             length)
{
  thread->reports->n_bytes += length + REQUEST_OVERHEAD_BYTES;
  thread->n_bytes_in_core += length + REQUEST_OVERHEAD_BYTES;
  peer->n_in_core++;

  if (peer->n_in_core >= thread->options->max_in_core && !peer->paused)
    {
      peer->paused = TRUE;
      confabd_hub_peer_watch (thread, peer);
    }
}

/* Two hundred messages of 2 MiB a second are within the rate of frames, but not what memory
 * and disk can take from everybody: beyond the burst, one is read only as fast as the rate
 * of bytes. */
static void
count_bytes (ConfabdHubThread *thread,
             ConfabdHubPeer   *peer,
             gsize             length)
{
  gint64 since_ms = MAX (peer->sated_ms, thread->now_ms);

  peer->sated_ms = since_ms + (gint64) (length * 1000 / thread->options->bytes_per_second);

  if (peer->throttled || thread->now_ms >= confabd_hub_peer_get_hungry_ms (thread, peer))
    return;

  peer->throttled = TRUE;
  confabd_hub_peer_set_timer (thread, peer);
  if (!peer->paused)
    {
      peer->paused = TRUE;
      confabd_hub_peer_watch (thread, peer);
    }
}

static void
report_bad_request (ConfabdHubThread *thread,
                    ConfabdHubPeer   *peer,
                    gsize             length,
                    char             *ref,
                    GError           *error)
{
  ConfabdHubReport *report;

  report = confabd_hub_thread_add_report (thread, CONFABD_HUB_REPORT_BAD_REQUEST, peer->id);
  report->ref = ref;
  report->error = error;
  confabd_hub_peer_count_in_core (thread, peer, length);
}

static void
take_text (ConfabdHubThread    *thread,
           ConfabdHubPeer      *peer,
           const WireWsMessage *message)
{
  gboolean allowed = confabd_hub_peer_take_token (thread, peer);
  g_autofree char *ref = NULL;
  GError *error = NULL;
  WireRequest *request;

  if (peer->state != CONFABD_HUB_PEER_OPEN)
    return;

  request = wire_request_parse ((const char *) message->data, message->length, &ref, &error);

  if (!request)
    {
      report_bad_request (thread, peer, message->length, g_steal_pointer (&ref), error);
    }
  else if (!allowed)
    {
      report_bad_request (thread, peer, 0, g_steal_pointer (&request->ref),
                          g_error_new_literal (WIRE_ERROR, WIRE_ERROR_TOO_MANY_REQUESTS,
                                               "Too many requests"));
      wire_request_free (request);
    }
  else
    {
      confabd_hub_thread_add_report (thread, CONFABD_HUB_REPORT_REQUEST,
                                     peer->id)->request = request;
      confabd_hub_peer_count_in_core (thread, peer, message->length);
    }
}

static void
take_message (ConfabdHubThread    *thread,
              ConfabdHubPeer      *peer,
              const WireWsMessage *message)
{
  if (peer->state != CONFABD_HUB_PEER_OPEN)
    return;

  count_bytes (thread, peer, message->length);

  if (peer->socket_io)
    confabd_hub_sio_take (thread, peer, message);
  else if (message->opcode == WIRE_WS_TEXT)
    take_text (thread, peer, message);
  else
    (void) confabd_hub_peer_take_token (thread, peer);
}

static void
pong (ConfabdHubThread    *thread,
      ConfabdHubPeer      *peer,
      const WireWsMessage *message)
{
  g_autoptr(GBytes) bytes = wire_ws_frame_new (WIRE_WS_PONG, message->data, message->length);
  ConfabdFrame *frame = confabd_frame_new (bytes, CONFABD_FRAME_TRANSIENT);

  confabd_hub_peer_push (thread, peer, frame, FALSE);
  confabd_frame_unref (frame);
}

/* RFC 6455 §5.5.1: a close frame is answered with one, then the server closes. */
static void
take_close (ConfabdHubThread    *thread,
            ConfabdHubPeer      *peer,
            const WireWsMessage *message)
{
  guint16 code = message->close_code == WIRE_WS_CLOSE_NO_STATUS ? WIRE_WS_CLOSE_NORMAL
                                                                : message->close_code;

  confabd_hub_peer_close (thread, peer, code, NULL);
  peer->state = CONFABD_HUB_PEER_LAST_WORD;

  /* Our own close frame may have been written long ago. */
  if (!peer->outbox)
    confabd_hub_peer_write (thread, peer);
}

static void
take_control (ConfabdHubThread    *thread,
              ConfabdHubPeer      *peer,
              const WireWsMessage *message)
{
  if (message->opcode == WIRE_WS_CLOSE)
    {
      take_close (thread, peer, message);
      return;
    }

  if (peer->state == CONFABD_HUB_PEER_OPEN && confabd_hub_peer_take_token (thread, peer) &&
      message->opcode == WIRE_WS_PING)
    pong (thread, peer, message);
}

static void
fail (ConfabdHubThread    *thread,
      ConfabdHubPeer      *peer,
      const WireWsMessage *message)
{
  confabd_hub_peer_close (thread, peer, message->close_code, message->reason);

  /* What follows a broken frame cannot be read, so no answer is waited for. */
  peer->state = CONFABD_HUB_PEER_LAST_WORD;
}

void
confabd_hub_peer_set_partial (ConfabdHubThread *thread,
                              ConfabdHubPeer   *peer,
                              gsize             n_bytes)
{
  thread->n_partial_bytes = thread->n_partial_bytes - peer->n_partial + n_bytes;
  peer->n_partial = n_bytes;

  if (n_bytes > 0 && thread->n_partial_bytes > thread->options->max_partial_bytes)
    confabd_hub_peer_close (thread, peer, WIRE_WS_CLOSE_TRY_AGAIN, "too many large messages");
}

/**
 * confabd_hub_peer_take:
 * @thread: its thread
 * @peer: a peer
 * @data: what it sent; unmasked in place
 * @length: how much
 *
 * Makes frames, messages and requests of what @peer sent.
 */
void
confabd_hub_peer_take (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer,
                       guint8           *data,
                       gsize             length)
{
  while (peer->state <= CONFABD_HUB_PEER_CLOSING && !peer->gone && !peer->flooding)
    {
      WireWsMessage message;
      gsize used = 0;
      WireWsStatus status;

      status = wire_ws_reader_feed (&peer->reader, &thread->reader_options,
                                    data, length, &used, &message);
      data += used;
      length -= used;

      if (thread->options->trace && (status == WIRE_WS_MESSAGE || status == WIRE_WS_CONTROL))
        confabd_trace_received (thread->options->trace, peer->id, message.opcode, message.data,
                                message.length, message.close_code);

      switch (status)
        {
        case WIRE_WS_NEED_MORE:
          confabd_hub_peer_set_partial (thread, peer, peer->reader.message_size +
                                                      (peer->decoder ? peer->decoder->n_bytes : 0));
          return;

        case WIRE_WS_MESSAGE:
          confabd_hub_peer_set_partial (thread, peer, 0);
          thread->stats.n_frames_in++;
          take_message (thread, peer, &message);
          break;

        case WIRE_WS_CONTROL:
          take_control (thread, peer, &message);
          break;

        case WIRE_WS_FAILED:
          fail (thread, peer, &message);
          return;
        }
    }
}

/* -1: nothing there now; 0: the end. */
static gssize
receive_tls (ConfabdHubPeer *peer,
             guint8         *buffer)
{
  int n;

  ERR_clear_error ();
  n = SSL_read (peer->tls, buffer, CONFABD_HUB_BUFFER_BYTES);
  if (n > 0)
    return n;

  switch (SSL_get_error (peer->tls, n))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return -1;

    default:
      return 0;
    }
}

static gssize
receive (ConfabdHubPeer *peer,
         guint8         *buffer)
{
  gssize n;

  if (peer->tls)
    return receive_tls (peer, buffer);

  do
    n = recv (peer->fd, buffer, CONFABD_HUB_BUFFER_BYTES, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    return errno == EAGAIN ? -1 : 0;

  return n;
}

/**
 * confabd_hub_peer_read:
 * @thread: its thread
 * @peer: a peer whose socket has something
 *
 * Reads once: what remains brings it back in the next turn, after the others.
 */
void
confabd_hub_peer_read (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer)
{
  /* A TLS record is at most 16 KiB and read whole; small ones would cost a turn each. */
  guint n_reads = peer->tls ? MAX_RECORDS : 1;

  while (n_reads-- > 0 && !peer->gone && !peer->paused)
    {
      gssize n = receive (peer, thread->buffer);

      if (n < 0)
        return;

      if (n == 0)
        {
          confabd_hub_peer_drop (thread, peer);
          return;
        }

      peer->heard_ms = thread->now_ms;
      thread->stats.n_bytes_in += n;
      confabd_hub_peer_take (thread, peer, thread->buffer, n);
    }
}

/* OpenSSL may hold what epoll does not know of. */
void
confabd_hub_peer_read_held (ConfabdHubThread *thread,
                            ConfabdHubPeer   *peer)
{
  if (!peer->gone && peer->tls && SSL_pending (peer->tls) > 0)
    confabd_hub_peer_read (thread, peer);
}

/**
 * confabd_hub_peer_take_early:
 * @thread: its thread
 * @peer: a peer that has just got its socket
 * @early: (transfer full) (nullable): what had been read there before
 *
 * Takes all that epoll will not tell of.
 */
void
confabd_hub_peer_take_early (ConfabdHubThread *thread,
                             ConfabdHubPeer   *peer,
                             GBytes           *early)
{
  if (early)
    {
      gsize length;
      g_autofree guint8 *bytes = g_bytes_unref_to_data (early, &length);

      confabd_hub_peer_take (thread, peer, bytes, length);
    }

  confabd_hub_peer_read_held (thread, peer);
}
