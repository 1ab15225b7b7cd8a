/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-eio"

#include "config.h"

#include "confab-eio-private.h"

#include "confab-eio-polling-private.h"
#include "confab-eio-websocket-private.h"
#include "confab-error.h"

#include "wire-eio-request.h"
#include "wire-limits.h"

/* What may wait to be written: a message to a server that has stopped reading has to be refused
 * some day. */
#define MAX_OUTBOX_BYTES (8 * 1024 * 1024u)
#define MAX_OUTBOX_PACKETS 10000u
/* How long what was sent before a close may take. */
#define FLUSH_DEADLINE_MS 2000u

typedef enum {
  STATE_IDLE,
  STATE_OPENING,
  STATE_OPEN,
  STATE_FLUSHING,  /* closed by the user, but not everything is on its way yet */
  STATE_CLOSED,
} State;

/* How far the change from polling to a WebSocket is. */
typedef enum {
  PROBE_CONNECTING,
  PROBE_ASKED,     /* our ping is on its way */
  PROBE_PAUSING,   /* it was answered; polling comes to a halt, and nothing is sent */
} ProbeStep;

/**
 * ConfabEio:
 *
 * One connection of a client of Engine.IO 4, from its handshake to its end.
 *
 * It opens once and closes once. Pings come from the server; if they stop, the connection is over.
 * When it begins with polling, a WebSocket is tried beside it, and takes over without a message
 * lost or twice; if that fails in any way and at any moment, polling goes on. What is sent waits in
 * a bounded queue for its transport.
 *
 * Signals: opened (); message (gboolean binary, GBytes *); closed (reason, GError *), with a reason
 * of confab-eio-private.h. There is none after confab_eio_close(), which sends
 * what was queued before it.
 */
struct _ConfabEio
{
  GObject             parent_instance;

  ConfabHttp         *http;
  char               *endpoint;
  ConfabEioWay        way;

  State               state;
  ConfabEioTransport *transport;
  WireEioOpen         terms;        /* of the server, once it is open */
  GQueue              outbox;       /* of ConfabEioMessage */
  gsize               outbox_bytes;

  ConfabEioTransport *probe;        /* while there is one */
  ProbeStep           probe_step;
  gboolean            upgraded;

  gint64              ping_due_us;  /* awake and asleep; the server's next ping comes before */
  GSource            *ping_timer;
  GSource            *probe_timer;
  GSource            *flush_timer;
};

G_DEFINE_FINAL_TYPE (ConfabEio, confab_eio, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_OPENED,
  SIGNAL_MESSAGE,
  SIGNAL_CLOSED,
} ConfabEioSignal;

static guint signals[SIGNAL_CLOSED + 1];

static ConfabTime *
get_time (ConfabEio *self)
{
  return confab_http_get_time (self->http);
}

static void
drop_transport (ConfabEio           *self,
                ConfabEioTransport **transport)
{
  g_autoptr(ConfabEioTransport) gone = g_steal_pointer (transport);

  if (!gone)
    return;

  g_signal_handlers_disconnect_by_data (gone, self);
  confab_eio_transport_close (gone);
}

static void
let_go (ConfabEio *self)
{
  /* The timer of who flushes is the last to hold it. */
  g_autoptr(ConfabEio) guard = g_object_ref (self);

  self->state = STATE_CLOSED;
  confab_source_clear (&self->ping_timer);
  confab_source_clear (&self->probe_timer);
  confab_source_clear (&self->flush_timer);
  drop_transport (self, &self->probe);
  drop_transport (self, &self->transport);
  g_queue_clear_full (&self->outbox, (GDestroyNotify) confab_eio_message_free);
  self->outbox_bytes = 0;
}

static void
end (ConfabEio    *self,
     const char   *reason,
     const GError *error)
{
  g_autoptr(ConfabEio) guard = g_object_ref (self);
  gboolean silent = self->state == STATE_FLUSHING || self->state == STATE_CLOSED;

  let_go (self);
  if (!silent)
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0, reason, error);
}

static void
flush (ConfabEio *self)
{
  guint before = g_queue_get_length (&self->outbox);

  if ((self->state != STATE_OPEN && self->state != STATE_FLUSHING) || before == 0 ||
      (self->probe && self->probe_step == PROBE_PAUSING) ||
      !confab_eio_transport_is_writable (self->transport))
    return;

  confab_eio_transport_send (self->transport, &self->outbox);
  self->outbox_bytes = 0;
  for (GList *l = self->outbox.head; l; l = l->next)
    self->outbox_bytes += g_bytes_get_size (((ConfabEioMessage *) l->data)->data);
}

static void
queue_message (ConfabEio *self,
               gboolean   binary,
               GBytes    *data)
{
  g_queue_push_tail (&self->outbox, confab_eio_message_new (WIRE_EIO_MESSAGE, binary, data));
  self->outbox_bytes += g_bytes_get_size (data);
}

static void
drained_cb (ConfabEioTransport *transport,
            gpointer            user_data)
{
  ConfabEio *self = user_data;

  flush (self);
  if (self->state == STATE_FLUSHING && g_queue_is_empty (&self->outbox) &&
      confab_eio_transport_is_writable (self->transport))
    let_go (self);
}

/* A computer that sleeps hears no ping, and its timers stand still. */
static gint64
get_now_us (ConfabEio *self)
{
  return confab_time_get_monotonic_us (get_time (self)) +
         confab_time_get_asleep_us (get_time (self));
}

static gboolean
ping_is_overdue (ConfabEio *self)
{
  return self->ping_timer && get_now_us (self) >= self->ping_due_us;
}

static gboolean
ping_missed_cb (gpointer user_data)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                                                 "The server has stopped to ping");

  end (user_data, CONFAB_EIO_PING_TIMEOUT, error);

  return G_SOURCE_REMOVE;
}

static void
await_ping (ConfabEio *self)
{
  guint delay_ms = self->terms.ping_interval_ms + self->terms.ping_timeout_ms;

  self->ping_due_us = get_now_us (self) + (gint64) delay_ms * 1000;
  confab_time_start_timer (get_time (self), &self->ping_timer, delay_ms, ping_missed_cb, self);
}

static void connect_transport (ConfabEio *self);

static void
fail_probe (ConfabEio *self)
{
  gboolean paused = self->probe_step == PROBE_PAUSING;

  confab_source_clear (&self->probe_timer);
  drop_transport (self, &self->probe);
  if (paused)
    confab_eio_transport_set_paused (self->transport, FALSE);
  flush (self);
}

static gboolean
probe_deadline_cb (gpointer user_data)
{
  fail_probe (user_data);

  return G_SOURCE_REMOVE;
}

static void
probe_opened_cb (ConfabEioTransport *probe,
                 gpointer            user_data)
{
  ConfabEio *self = user_data;

  self->probe_step = PROBE_ASKED;
  confab_eio_transport_send_one (probe, WIRE_EIO_PING, WIRE_EIO_PROBE);
}

/* Polling has come to a halt: from here on the server reads and writes the WebSocket. */
static void
probe_paused_cb (ConfabEioTransport *polling,
                 gpointer            user_data)
{
  g_autoptr(ConfabEio) self = g_object_ref (user_data);
  g_autoptr(ConfabEioTransport) old = NULL;

  if (!self->probe || self->probe_step != PROBE_PAUSING)
    return;

  confab_source_clear (&self->probe_timer);
  old = g_steal_pointer (&self->transport);
  g_signal_handlers_disconnect_by_data (old, self);
  self->transport = g_steal_pointer (&self->probe);
  g_signal_handlers_disconnect_by_data (self->transport, self);
  connect_transport (self);
  g_queue_push_head (&self->outbox, confab_eio_message_new_text (WIRE_EIO_UPGRADE, ""));
  self->upgraded = TRUE;
  flush (self);
}

static void
probe_packet_cb (ConfabEioTransport  *probe,
                 const WireEioPacket *packet,
                 gpointer             user_data)
{
  ConfabEio *self = user_data;

  if (self->probe_step != PROBE_ASKED ||
      !wire_eio_packet_is (packet, WIRE_EIO_PONG, WIRE_EIO_PROBE))
    {
      fail_probe (self);
      return;
    }

  self->probe_step = PROBE_PAUSING;
  confab_eio_transport_set_paused (self->transport, TRUE);
}

static void
probe_closed_cb (ConfabEioTransport *probe,
                 const GError       *error,
                 gpointer            user_data)
{
  fail_probe (user_data);
}

static void
start_probe (ConfabEio *self)
{
  self->probe = confab_eio_websocket_new (self->http, self->endpoint, self->terms.sid);
  self->probe_step = PROBE_CONNECTING;
  g_signal_connect (self->probe, "opened", G_CALLBACK (probe_opened_cb), self);
  g_signal_connect (self->probe, "packet", G_CALLBACK (probe_packet_cb), self);
  g_signal_connect (self->probe, "closed", G_CALLBACK (probe_closed_cb), self);
  g_signal_connect (self->transport, "paused", G_CALLBACK (probe_paused_cb), self);
  confab_time_start_timer (get_time (self), &self->probe_timer, WIRE_EIO_UPGRADE_TIMEOUT_MS,
                           probe_deadline_cb, self);
  confab_eio_transport_open (self->probe);
}

static void
take_open (ConfabEio           *self,
           const WireEioPacket *packet)
{
  if (self->state != STATE_OPENING || packet->binary ||
      !wire_eio_open_parse (&self->terms, packet->data, packet->length, NULL))
    {
      g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                                                     "The open packet makes no sense");

      end (self, CONFAB_EIO_PARSE_ERROR, error);
      return;
    }

  self->state = STATE_OPEN;
  if (CONFAB_IS_EIO_POLLING (self->transport))
    confab_eio_polling_set_session (CONFAB_EIO_POLLING (self->transport), self->terms.sid,
                                    self->terms.max_payload_bytes);
  await_ping (self);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
  if (self->state == STATE_OPEN && self->way == CONFAB_EIO_WAY_UPGRADE &&
      self->terms.can_upgrade)
    start_probe (self);
}

static void
take_message (ConfabEio           *self,
              const WireEioPacket *packet)
{
  g_autoptr(GBytes) data = NULL;

  if (self->state != STATE_OPEN)
    return;

  data = g_bytes_new (packet->data, packet->length);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, packet->binary, data);
}

static void
take_ping (ConfabEio *self)
{
  if (self->state != STATE_OPEN)
    return;

  await_ping (self);
  /* Ahead of all that waits: it is what tells the server that we are slow, and not gone. */
  g_queue_push_head (&self->outbox, confab_eio_message_new_text (WIRE_EIO_PONG, ""));
  flush (self);
}

static void
packet_cb (ConfabEioTransport  *transport,
           const WireEioPacket *packet,
           gpointer             user_data)
{
  g_autoptr(ConfabEio) self = g_object_ref (user_data);

  switch (packet->type)
    {
    case WIRE_EIO_OPEN:
      take_open (self, packet);
      break;
    case WIRE_EIO_PING:
      take_ping (self);
      break;
    case WIRE_EIO_MESSAGE:
      take_message (self, packet);
      break;
    case WIRE_EIO_CLOSE:   /* of a WebSocket; the reference waits for the socket itself to end */
    case WIRE_EIO_PONG:
    case WIRE_EIO_UPGRADE:
    case WIRE_EIO_NOOP:
      break;
    }
}

static void
closed_cb (ConfabEioTransport *transport,
           const GError       *error,
           gpointer            user_data)
{
  end (user_data, error ? CONFAB_EIO_TRANSPORT_ERROR : CONFAB_EIO_TRANSPORT_CLOSE, error);
}

static void
connect_transport (ConfabEio *self)
{
  g_signal_connect (self->transport, "packet", G_CALLBACK (packet_cb), self);
  g_signal_connect (self->transport, "drained", G_CALLBACK (drained_cb), self);
  g_signal_connect (self->transport, "closed", G_CALLBACK (closed_cb), self);
}

static void
confab_eio_dispose (GObject *object)
{
  ConfabEio *self = CONFAB_EIO (object);

  let_go (self);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_eio_parent_class)->dispose (object);
}

static void
confab_eio_finalize (GObject *object)
{
  ConfabEio *self = CONFAB_EIO (object);

  wire_eio_open_clear (&self->terms);
  g_free (self->endpoint);

  G_OBJECT_CLASS (confab_eio_parent_class)->finalize (object);
}

static void
confab_eio_class_init (ConfabEioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_eio_dispose;
  object_class->finalize = confab_eio_finalize;

  signals[SIGNAL_OPENED] = g_signal_new ("opened", CONFAB_TYPE_EIO, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", CONFAB_TYPE_EIO, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN,
                                          G_TYPE_BYTES);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", CONFAB_TYPE_EIO, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
confab_eio_init (ConfabEio *self)
{
  g_queue_init (&self->outbox);
}

/* @endpoint is http:// or https:// with the path, as "https://chat.example.org/socket.io/". */
ConfabEio *
confab_eio_new (ConfabHttp   *http,
                const char   *endpoint,
                ConfabEioWay  way)
{
  ConfabEio *self = g_object_new (CONFAB_TYPE_EIO, NULL);

  self->http = g_object_ref (http);
  self->endpoint = g_strdup (endpoint);
  self->way = way;

  return self;
}

void
confab_eio_open (ConfabEio *self)
{
  g_return_if_fail (self->state == STATE_IDLE);

  self->state = STATE_OPENING;
  self->transport = self->way == CONFAB_EIO_WAY_WEBSOCKET
                      ? confab_eio_websocket_new (self->http, self->endpoint, NULL)
                      : confab_eio_polling_new (self->http, self->endpoint);
  connect_transport (self);
  confab_eio_transport_open (self->transport);
}

static gboolean
flush_deadline_cb (gpointer user_data)
{
  let_go (user_data);

  return G_SOURCE_REMOVE;
}

/* Who flushes is kept by its timer. */
static void
start_flushing (ConfabEio *self)
{
  self->state = STATE_FLUSHING;
  confab_source_clear (&self->ping_timer);
  self->flush_timer = confab_time_create_source (get_time (self), FLUSH_DEADLINE_MS);
  g_source_set_callback (self->flush_timer, flush_deadline_cb, g_object_ref (self),
                         g_object_unref);
  g_source_attach (self->flush_timer, g_main_context_get_thread_default ());
  flush (self);
}

void
confab_eio_close (ConfabEio *self)
{
  if (self->state == STATE_FLUSHING || self->state == STATE_CLOSED)
    return;

  if (self->probe)
    fail_probe (self);

  /* What was sent last is waited for as well. */
  if (self->state == STATE_OPEN &&
      (!g_queue_is_empty (&self->outbox) || !confab_eio_transport_is_writable (self->transport)))
    start_flushing (self);
  else
    let_go (self);
}

gboolean
confab_eio_is_upgraded (ConfabEio *self)
{
  return self->upgraded;
}

/* Whether something sent now would go at once; also FALSE once a ping is overdue. */
gboolean
confab_eio_is_writable (ConfabEio *self)
{
  return self->state == STATE_OPEN && g_queue_is_empty (&self->outbox) &&
         !(self->probe && self->probe_step == PROBE_PAUSING) && !ping_is_overdue (self) &&
         confab_eio_transport_is_writable (self->transport);
}

static gboolean
check_size (ConfabEio  *self,
            gboolean    binary,
            GBytes     *data,
            GError    **error)
{
  WireEioPacket packet = { .type = WIRE_EIO_MESSAGE, .binary = binary };
  gsize size;

  packet.data = g_bytes_get_data (data, &packet.length);
  size = binary && CONFAB_IS_EIO_WEBSOCKET (self->transport)
           ? packet.length : wire_eio_payload_add_up (&packet, 0);

  if (size <= self->terms.max_payload_bytes)
    return TRUE;

  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE,
               "The server takes messages of up to %" G_GSIZE_FORMAT " bytes",
               self->terms.max_payload_bytes);

  return FALSE;
}

/* Whether this could be sent now. */
static gboolean
check_message (ConfabEio  *self,
               GBytes     *text,
               GPtrArray  *attachments,
               GError    **error)
{
  gsize n_bytes = self->outbox_bytes + g_bytes_get_size (text);
  guint n = attachments ? attachments->len : 0;

  if (self->state != STATE_OPEN)
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CLOSED, "There is no connection");
      return FALSE;
    }

  if (!check_size (self, FALSE, text, error))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      if (!check_size (self, TRUE, attachments->pdata[i], error))
        return FALSE;
      n_bytes += g_bytes_get_size (attachments->pdata[i]);
    }

  if (n_bytes > MAX_OUTBOX_BYTES ||
      g_queue_get_length (&self->outbox) + n + 1 > MAX_OUTBOX_PACKETS)
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY_REQUESTS,
                           "Too much waits to be sent");
      return FALSE;
    }

  return TRUE;
}

gboolean
confab_eio_send (ConfabEio  *self,
                 GBytes     *text,
                 GPtrArray  *attachments,
                 GError    **error)
{
  if (!check_message (self, text, attachments, error))
    return FALSE;

  if (ping_is_overdue (self))
    /* The timer was asleep with the computer: what is sent now would be lost. */
    confab_time_start_timer (get_time (self), &self->ping_timer, 0, ping_missed_cb, self);

  queue_message (self, FALSE, text);
  for (guint i = 0; attachments && i < attachments->len; i++)
    queue_message (self, TRUE, attachments->pdata[i]);
  flush (self);

  return TRUE;
}
