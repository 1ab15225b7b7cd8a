/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-eio-transport"

#include "config.h"

#include "confab-eio-transport-private.h"

#include <string.h>

G_DEFINE_INTERFACE (ConfabEioTransport, confab_eio_transport, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_OPENED,
  SIGNAL_PACKET,
  SIGNAL_DRAINED,
  SIGNAL_PAUSED,
  SIGNAL_CLOSED,
} ConfabEioTransportSignal;

static guint signals[SIGNAL_CLOSED + 1];

ConfabEioMessage *
confab_eio_message_new (WireEioType  type,
                        gboolean     binary,
                        GBytes      *data)
{
  ConfabEioMessage *self = g_new0 (ConfabEioMessage, 1);

  self->type = type;
  self->binary = binary;
  self->data = g_bytes_ref (data);

  return self;
}

ConfabEioMessage *
confab_eio_message_new_text (WireEioType  type,
                             const char  *text)
{
  g_autoptr(GBytes) data = g_bytes_new (text, strlen (text));

  return confab_eio_message_new (type, FALSE, data);
}

void
confab_eio_message_free (ConfabEioMessage *self)
{
  g_bytes_unref (self->data);
  g_free (self);
}

void
confab_eio_message_peek (const ConfabEioMessage *self,
                         WireEioPacket          *packet)
{
  packet->type = self->type;
  packet->binary = self->binary;
  packet->data = g_bytes_get_data (self->data, &packet->length);
}

static void
confab_eio_transport_default_init (ConfabEioTransportInterface *iface)
{
  signals[SIGNAL_OPENED] = g_signal_new ("opened", CONFAB_TYPE_EIO_TRANSPORT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PACKET] = g_signal_new ("packet", CONFAB_TYPE_EIO_TRANSPORT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_DRAINED] = g_signal_new ("drained", CONFAB_TYPE_EIO_TRANSPORT, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PAUSED] = g_signal_new ("paused", CONFAB_TYPE_EIO_TRANSPORT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", CONFAB_TYPE_EIO_TRANSPORT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

void
confab_eio_transport_open (ConfabEioTransport *self)
{
  CONFAB_EIO_TRANSPORT_GET_IFACE (self)->open (self);
}

gboolean
confab_eio_transport_is_writable (ConfabEioTransport *self)
{
  return CONFAB_EIO_TRANSPORT_GET_IFACE (self)->is_writable (self);
}

void
confab_eio_transport_send (ConfabEioTransport *self,
                           GQueue             *outbox)
{
  CONFAB_EIO_TRANSPORT_GET_IFACE (self)->send (self, outbox);
}

/* Ahead of whatever waits: only for a transport that is writable. */
void
confab_eio_transport_send_one (ConfabEioTransport *self,
                               WireEioType         type,
                               const char         *text)
{
  GQueue outbox = G_QUEUE_INIT;

  g_queue_push_tail (&outbox, confab_eio_message_new_text (type, text));
  confab_eio_transport_send (self, &outbox);
  g_queue_clear_full (&outbox, (GDestroyNotify) confab_eio_message_free);
}

void
confab_eio_transport_set_paused (ConfabEioTransport *self,
                                 gboolean            paused)
{
  CONFAB_EIO_TRANSPORT_GET_IFACE (self)->set_paused (self, paused);
}

void
confab_eio_transport_close (ConfabEioTransport *self)
{
  CONFAB_EIO_TRANSPORT_GET_IFACE (self)->close (self);
}

/* Once, with @self, which is kept until then. */
void
confab_eio_transport_call_soon (ConfabEioTransport *self,
                                GSourceFunc         callback)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, callback, g_object_ref (self), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

void
confab_eio_transport_emit_opened (ConfabEioTransport *self)
{
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

void
confab_eio_transport_emit_packet (ConfabEioTransport  *self,
                                  const WireEioPacket *packet)
{
  g_signal_emit (self, signals[SIGNAL_PACKET], 0, packet);
}

void
confab_eio_transport_emit_drained (ConfabEioTransport *self)
{
  g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

void
confab_eio_transport_emit_paused (ConfabEioTransport *self)
{
  g_signal_emit (self, signals[SIGNAL_PAUSED], 0);
}

void
confab_eio_transport_emit_closed (ConfabEioTransport *self,
                                  const GError       *error)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}
