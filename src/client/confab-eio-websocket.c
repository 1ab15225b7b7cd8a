/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-eio-websocket"

#include "config.h"

#include "confab-eio-websocket-private.h"

#include "confab-error-private.h"
#include "confab-socket-private.h"

#include <string.h>

/* Handed to libsoup before its queue has to be empty again. */
#define BATCH_BYTES (64 * 1024u)

/**
 * ConfabEioWebsocket:
 *
 * Engine.IO packets as the messages of a WebSocket.
 *
 * libsoup queues what it is given without a bound, so it is given little at a time: the next batch
 * goes when the socket takes bytes and libsoup, whose own source has a higher priority than ours,
 * has nothing left to write.
 */
struct _ConfabEioWebsocket
{
  GObject                  parent_instance;

  ConfabHttp              *http;
  char                    *uri;
  GCancellable            *lifetime;   /* cancelled: nothing is told any more */
  SoupWebsocketConnection *socket;     /* once it is open */
  GSource                 *drain;      /* while a batch is on its way */
  GError                  *error;      /* what libsoup complained of before it closed */
};

static void transport_init (ConfabEioTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabEioWebsocket, confab_eio_websocket, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_EIO_TRANSPORT, transport_init))

static void
let_go_of_socket (ConfabEioWebsocket *self)
{
  confab_source_clear (&self->drain);
  confab_socket_let_go (g_steal_pointer (&self->socket), self, SOUP_WEBSOCKET_CLOSE_NO_STATUS);
}

static void
end (ConfabEioWebsocket *self,
     const GError       *error)
{
  g_autoptr(ConfabEioWebsocket) guard = g_object_ref (self);
  g_autoptr(GError) reason = error ? confab_error_translate (error) : NULL;

  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  g_cancellable_cancel (self->lifetime);
  let_go_of_socket (self);
  g_prefix_error_literal (&reason, "websocket error: ");
  confab_eio_transport_emit_closed (CONFAB_EIO_TRANSPORT (self), reason);
}

static void
message_cb (SoupWebsocketConnection *socket,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            gpointer                 user_data)
{
  ConfabEioWebsocket *self = user_data;
  WireEioPacket packet = { .type = WIRE_EIO_MESSAGE, .binary = TRUE };
  g_autoptr(GError) error = NULL;

  packet.data = g_bytes_get_data (message, &packet.length);

  if (type == SOUP_WEBSOCKET_DATA_BINARY ||
      wire_eio_packet_parse (&packet, packet.data, packet.length, &error))
    confab_eio_transport_emit_packet (CONFAB_EIO_TRANSPORT (self), &packet);
  else
    end (self, error);
}

static void
error_cb (SoupWebsocketConnection *socket,
          GError                  *error,
          gpointer                 user_data)
{
  ConfabEioWebsocket *self = user_data;

  /* "closed" follows. That the other side is gone without a word is no error of it. */
  if (error->domain == SOUP_WEBSOCKET_ERROR && !self->error)
    self->error = g_error_copy (error);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           gpointer                 user_data)
{
  ConfabEioWebsocket *self = user_data;

  end (self, self->error);
}

static void
open_connected_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(ConfabEioWebsocket) self = user_data;
  g_autoptr(SoupWebsocketConnection) socket = NULL;
  g_autoptr(GError) error = NULL;

  socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  if (!socket)
    {
      end (self, error);
      return;
    }

  self->socket = g_steal_pointer (&socket);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket,
                                                           CONFAB_EIO_MAX_INCOMING_BYTES);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  confab_eio_transport_emit_opened (CONFAB_EIO_TRANSPORT (self));
}

static gboolean
fail_cb (gpointer user_data)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                                                 "This is no address");

  end (user_data, error);

  return G_SOURCE_REMOVE;
}

static void
confab_eio_websocket_open (ConfabEioTransport *transport)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (transport);
  g_autoptr(SoupMessage) message = soup_message_new ("GET", self->uri);

  if (!message)
    {
      confab_eio_transport_call_soon (transport, fail_cb);
      return;
    }

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* What is chat is short, and what is inflated has no bound. */
  soup_message_disable_feature (message, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  soup_session_websocket_connect_async (confab_http_get_session (self->http), message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->lifetime, open_connected_cb,
                                        g_object_ref (self));
}

static gboolean
confab_eio_websocket_is_writable (ConfabEioTransport *transport)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (transport);

  return self->socket && !self->drain &&
         soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN;
}

static gboolean
drain_cb (GObject  *stream,
          gpointer  user_data)
{
  g_autoptr(ConfabEioWebsocket) self = g_object_ref (user_data);

  confab_source_clear (&self->drain);
  if (self->socket)
    confab_eio_transport_emit_drained (CONFAB_EIO_TRANSPORT (self));

  return G_SOURCE_REMOVE;
}

static void
start_drain (ConfabEioWebsocket *self)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);
  GOutputStream *output = g_io_stream_get_output_stream (io);

  self->drain = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (output), NULL);
  g_source_set_priority (self->drain, G_PRIORITY_LOW);
  g_source_set_callback (self->drain, G_SOURCE_FUNC (drain_cb), self, NULL);
  g_source_attach (self->drain, g_main_context_get_thread_default ());
}

static void
send_message (ConfabEioWebsocket     *self,
              const ConfabEioMessage *message)
{
  g_autoptr(GBytes) bytes = NULL;
  WireEioPacket packet;
  GString *text;

  if (message->binary)
    {
      soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_BINARY,
                                              message->data);
      return;
    }

  confab_eio_message_peek (message, &packet);
  text = g_string_sized_new (packet.length + 2);
  wire_eio_packet_append (&packet, text);
  bytes = g_string_free_to_bytes (text);
  soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_TEXT, bytes);
}

static void
confab_eio_websocket_send (ConfabEioTransport *transport,
                           GQueue             *outbox)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (transport);
  gsize n_bytes = 0;

  if (!confab_eio_websocket_is_writable (transport))
    return;

  while (n_bytes < BATCH_BYTES && !g_queue_is_empty (outbox))
    {
      g_autoptr(ConfabEioMessage) message = g_queue_pop_head (outbox);

      n_bytes += g_bytes_get_size (message->data) + 1;
      send_message (self, message);
    }

  start_drain (self);
}

/* Nobody changes from a WebSocket to another transport. */
static void
confab_eio_websocket_set_paused (ConfabEioTransport *transport,
                                 gboolean            paused)
{
}

static void
confab_eio_websocket_close (ConfabEioTransport *transport)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (transport);

  g_cancellable_cancel (self->lifetime);
  let_go_of_socket (self);
}

static void
confab_eio_websocket_dispose (GObject *object)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (object);

  confab_eio_websocket_close (CONFAB_EIO_TRANSPORT (self));
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_eio_websocket_parent_class)->dispose (object);
}

static void
confab_eio_websocket_finalize (GObject *object)
{
  ConfabEioWebsocket *self = CONFAB_EIO_WEBSOCKET (object);

  g_clear_object (&self->lifetime);
  g_clear_error (&self->error);
  g_free (self->uri);

  G_OBJECT_CLASS (confab_eio_websocket_parent_class)->finalize (object);
}

static void
transport_init (ConfabEioTransportInterface *iface)
{
  iface->open = confab_eio_websocket_open;
  iface->is_writable = confab_eio_websocket_is_writable;
  iface->send = confab_eio_websocket_send;
  iface->set_paused = confab_eio_websocket_set_paused;
  iface->close = confab_eio_websocket_close;
}

static void
confab_eio_websocket_class_init (ConfabEioWebsocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_eio_websocket_dispose;
  object_class->finalize = confab_eio_websocket_finalize;
}

static void
confab_eio_websocket_init (ConfabEioWebsocket *self)
{
  self->lifetime = g_cancellable_new ();
}

ConfabEioTransport *
confab_eio_websocket_new (ConfabHttp *http,
                          const char *endpoint,
                          const char *sid)
{
  ConfabEioWebsocket *self = g_object_new (CONFAB_TYPE_EIO_WEBSOCKET, NULL);
  g_autofree char *escaped = sid ? g_uri_escape_string (sid, NULL, FALSE) : NULL;

  self->http = g_object_ref (http);
  self->uri = g_strconcat ("ws", endpoint + strlen ("http"), "?EIO=4&transport=websocket",
                           sid ? "&sid=" : "", sid ? escaped : "", NULL);

  return CONFAB_EIO_TRANSPORT (self);
}
