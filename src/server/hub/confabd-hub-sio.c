/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

#include "base-random.h"
#include "wire-eio-request.h"
#include "wire-error.h"

/* Engine.IO over WebSocket, and Socket.IO packets put together: what the core is told of such a
 * peer is packets. Everything here handles what a stranger sent. */

/* 20 characters, as the reference's session ids have. */
#define SID_BYTES 15

/**
 * confabd_hub_sio_greet:
 * @thread: its thread
 * @peer: a new peer of Socket.IO
 *
 * Says how the session goes.
 */
void
confabd_hub_sio_greet (ConfabdHubThread *thread,
                       ConfabdHubPeer   *peer)
{
  g_autofree char *sid = base_random_make_text (SID_BYTES);
  const WireEioOpen open = {
    .sid = sid,
    .ping_interval_ms = thread->options->eio_ping_interval_ms,
    .ping_timeout_ms = thread->options->eio_ping_timeout_ms,
    .max_payload_bytes = thread->options->max_message_bytes,
  };
  g_autofree char *text = wire_eio_open_print (&open);
  g_autoptr(GBytes) bytes = wire_ws_frame_new (WIRE_WS_TEXT, text, strlen (text));
  ConfabdFrame *frame = confabd_frame_new (bytes, CONFABD_FRAME_DURABLE);

  confabd_hub_peer_push (thread, peer, frame, FALSE);
  confabd_frame_unref (frame);
}

/**
 * confabd_hub_sio_clear:
 * @peer: a peer
 *
 * Forgets what has not become whole.
 */
void
confabd_hub_sio_clear (ConfabdHubPeer *peer)
{
  if (!peer->decoder)
    return;

  wire_sio_decoder_clear (peer->decoder);
  g_clear_pointer (&peer->decoder, g_free);
}

/* Where a peer has lost its step there is no way back. */
static void
end (ConfabdHubThread *thread,
     ConfabdHubPeer   *peer,
     guint16           code,
     const char       *reason)
{
  confabd_hub_sio_clear (peer);
  confabd_hub_peer_close (thread, peer, code, reason);
}

static void
report_packet (ConfabdHubThread *thread,
               ConfabdHubPeer   *peer,
               WireSioPacket    *packet,
               gsize             length)
{
  confabd_hub_thread_add_report (thread, CONFABD_HUB_REPORT_PACKET, peer->id)->packet = packet;
  confabd_hub_peer_count_in_core (thread, peer, length);
}

static void
report_message (ConfabdHubThread *thread,
                ConfabdHubPeer   *peer,
                gboolean          binary,
                const char       *data,
                gsize             length)
{
  ConfabdHubReportType type = binary ? CONFABD_HUB_REPORT_BYTES : CONFABD_HUB_REPORT_TEXT;

  confabd_hub_thread_add_report (thread, type, peer->id)->bytes = g_bytes_new (data, length);
  confabd_hub_peer_count_in_core (thread, peer, length);
}

/* A decoder is kept only while it waits, so that an idle peer costs a pointer. */
static void
take_message (ConfabdHubThread    *thread,
              ConfabdHubPeer      *peer,
              const WireWsMessage *message,
              const char          *text,
              gsize                length)
{
  const WireSioLimits limits = { WIRE_LIMIT_SIO_ATTACHMENTS, thread->options->max_message_bytes,
                                 WIRE_LIMIT_JSON_DEPTH };
  WireSioDecoder fresh = { 0 };
  WireSioDecoder *decoder = peer->decoder ? peer->decoder : &fresh;
  gsize n_before = decoder->n_bytes;
  g_autoptr(GError) error = NULL;
  WireSioPacket *packet = NULL;
  WireSioStatus status;

  if (thread->options->events->message)
    {
      report_message (thread, peer, message->opcode == WIRE_WS_BINARY, text, length);
      return;
    }

  if (message->opcode == WIRE_WS_TEXT)
    status = wire_sio_decoder_feed_text (decoder, &limits, text, length, &packet, &error);
  else
    status = wire_sio_decoder_feed_bytes (decoder, &limits, text, length, &packet, &error);

  switch (status)
    {
    case WIRE_SIO_NEED_MORE:
      if (!peer->decoder)
        peer->decoder = g_memdup2 (&fresh, sizeof fresh);
      confabd_hub_peer_set_partial (thread, peer, decoder->n_bytes);
      break;

    case WIRE_SIO_PACKET:
      confabd_hub_sio_clear (peer);
      report_packet (thread, peer, packet, n_before + length);
      break;

    case WIRE_SIO_FAILED:
      end (thread, peer,
           error->code == WIRE_ERROR_TOO_LARGE ? WIRE_WS_CLOSE_TOO_BIG
                                               : WIRE_WS_CLOSE_PROTOCOL_ERROR, NULL);
      break;
    }
}

/* What a client may say beside messages: that it is there, and that it goes. The rest is
 * for the server to say. The end of an upgrade comes through the listener, which has seen
 * its beginning, and only for a session that began with polling. */
static void
take_control (ConfabdHubThread    *thread,
              ConfabdHubPeer      *peer,
              const WireEioPacket *packet)
{
  switch (packet->type)
    {
    case WIRE_EIO_PONG:
      peer->awaits_pong = FALSE;
      confabd_hub_peer_set_timer (thread, peer);
      break;

    case WIRE_EIO_CLOSE:
      end (thread, peer, WIRE_WS_CLOSE_NORMAL, NULL);
      break;

    case WIRE_EIO_UPGRADE:
      if (peer->polling)
        confabd_hub_move_begin (thread, peer);
      else
        end (thread, peer, WIRE_WS_CLOSE_PROTOCOL_ERROR, NULL);
      break;

    case WIRE_EIO_OPEN:
    case WIRE_EIO_PING:
    case WIRE_EIO_MESSAGE:
    case WIRE_EIO_NOOP:
      end (thread, peer, WIRE_WS_CLOSE_PROTOCOL_ERROR, NULL);
      break;
    }
}

/**
 * confabd_hub_sio_take:
 * @thread: its thread
 * @peer: an open peer of Socket.IO
 * @message: a text or binary message
 *
 * Makes packets of what @peer sent.
 */
void
confabd_hub_sio_take (ConfabdHubThread    *thread,
                      ConfabdHubPeer      *peer,
                      const WireWsMessage *message)
{
  WireEioPacket packet;

  /* Here a message cannot be refused by itself: what follows it may be its attachments. */
  if (!confabd_hub_peer_take_token (thread, peer))
    {
      thread->stats.n_flood_closed++;
      end (thread, peer, WIRE_CLOSE_FLOOD, "flood");
      return;
    }

  if (message->opcode == WIRE_WS_BINARY)
    {
      take_message (thread, peer, message, (const char *) message->data, message->length);
      return;
    }

  if (!wire_eio_packet_parse (&packet, (const char *) message->data, message->length, NULL))
    end (thread, peer, WIRE_WS_CLOSE_PROTOCOL_ERROR, NULL);
  else if (packet.type == WIRE_EIO_MESSAGE)
    take_message (thread, peer, message, packet.data, packet.length);
  else
    take_control (thread, peer, &packet);
}
