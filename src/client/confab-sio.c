/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-sio"

#include "config.h"

#include "confab-sio-private.h"

#include "confab-error.h"
#include "confab-json-private.h"
#include "confab-sio-acks-private.h"

#include "wire-limits.h"
#include "wire-sio.h"

/* What may wait for a connection. Half of what a connection takes, so that it can take all. */
#define MAX_BUFFER_BYTES (4 * 1024 * 1024u)
#define MAX_BUFFER_PACKETS 1000u

typedef enum {
  STATE_IDLE,       /* until somebody opens it */
  STATE_OPENING,    /* the handshake of Engine.IO */
  STATE_GREETING,   /* our CONNECT is on its way */
  STATE_CONNECTED,
  STATE_WAITING,    /* until the next attempt */
} State;

/**
 * ConfabSio:
 *
 * A client of Socket.IO 5 in one namespace, which comes back by itself.
 *
 * An attempt that fails, and a connection that is lost, are followed by another attempt: after
 * first_delay_ms, twice that, and so on up to max_delay_ms, each half longer or shorter at random.
 * A refusal of the server, its DISCONNECT and confab_sio_close() are not. What is emitted in the
 * meantime waits in a bounded buffer, and goes as soon as there is a connection, before anybody
 * hears of that.
 *
 * Signals: connected (); disconnected (reason, GError *), only after "connected", while
 * confab_sio_get_id() is still the old one; connect-error (GError *, GBytes *data);
 * reconnect-attempt (guint n), from 1; reconnect-failed (), after max_attempts; event
 * (GBytes *payload, gboolean wants_ack, guint64 id).
 */
struct _ConfabSio
{
  GObject           parent_instance;

  ConfabHttp       *http;
  char             *endpoint;
  char             *namespace_path;
  ConfabSioOptions  options;
  GBytes           *auth;       /* the payload of CONNECT; NULL: none */

  State             state;
  ConfabEio        *eio;        /* in OPENING, GREETING and CONNECTED */
  WireSioDecoder    decoder;
  char             *id;         /* what the server calls us; also while "disconnected" is told */
  guint             n_attempts; /* since it was last connected */
  GSource          *timer;      /* of an attempt, or until the next one */

  GQueue            buffer;     /* of WireSioPacket */
  gsize             buffer_bytes;
  ConfabSioAcks    *acks;
};

G_DEFINE_FINAL_TYPE (ConfabSio, confab_sio, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_CONNECTED,
  SIGNAL_DISCONNECTED,
  SIGNAL_CONNECT_ERROR,
  SIGNAL_RECONNECT_ATTEMPT,
  SIGNAL_RECONNECT_FAILED,
  SIGNAL_EVENT,
} ConfabSioSignal;

static guint signals[SIGNAL_EVENT + 1];

static const WireSioLimits limits = {
  .max_attachments = WIRE_LIMIT_SIO_ATTACHMENTS,
  .max_bytes = CONFAB_EIO_MAX_INCOMING_BYTES,
  .max_depth = WIRE_LIMIT_JSON_DEPTH,
};

static void start_attempt (ConfabSio *self);

static void
start_timer (ConfabSio   *self,
             guint        delay_ms,
             GSourceFunc  callback)
{
  confab_time_start_timer (confab_http_get_time (self->http), &self->timer, delay_ms, callback,
                           self);
}

/* Ends everything that belongs to the present state. */
static void
leave_state (ConfabSio *self,
             State      next)
{
  g_autoptr(ConfabEio) eio = g_steal_pointer (&self->eio);

  confab_source_clear (&self->timer);
  wire_sio_decoder_clear (&self->decoder);
  self->state = next;
  if (eio)
    {
      g_signal_handlers_disconnect_by_data (eio, self);
      confab_eio_close (eio);
    }
}

static gboolean
waited_cb (gpointer user_data)
{
  g_autoptr(ConfabSio) self = g_object_ref (user_data);

  self->n_attempts++;
  g_signal_emit (self, signals[SIGNAL_RECONNECT_ATTEMPT], 0, self->n_attempts);
  if (self->state == STATE_WAITING)
    start_attempt (self);

  return G_SOURCE_REMOVE;
}

static guint
pick_delay (ConfabSio *self)
{
  guint64 full = self->options.first_delay_ms;
  guint64 delay_ms;

  for (guint i = 0; i < self->n_attempts && full < self->options.max_delay_ms; i++)
    full *= 2;

  delay_ms = (guint64) (g_random_double_range (0.5, 1.5) * (double) full);

  return (guint) MIN (delay_ms, self->options.max_delay_ms);
}

/* Call it in IDLE; FALSE: it has been tried often enough. */
static gboolean
come_back (ConfabSio *self)
{
  if (!self->options.reconnects)
    return TRUE;

  if (self->options.max_attempts > 0 && self->n_attempts >= self->options.max_attempts)
    {
      self->n_attempts = 0;
      return FALSE;
    }

  self->state = STATE_WAITING;
  start_timer (self, pick_delay (self), waited_cb);

  return TRUE;
}

/* Decides first and tells last: who hears of it may do anything with us. */
static void
fail_attempt (ConfabSio    *self,
              const GError *error,
              GBytes       *data,
              gboolean      again)
{
  g_autoptr(ConfabSio) guard = g_object_ref (self);
  gboolean given_up;

  leave_state (self, STATE_IDLE);
  given_up = again && !come_back (self);
  g_signal_emit (self, signals[SIGNAL_CONNECT_ERROR], 0, error, data);
  if (given_up && self->state == STATE_IDLE)
    g_signal_emit (self, signals[SIGNAL_RECONNECT_FAILED], 0);
}

static void
lose (ConfabSio    *self,
      const char   *reason,
      const GError *error,
      gboolean      again)
{
  g_autoptr(ConfabSio) guard = g_object_ref (self);
  g_autoptr(GError) gone = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                                                "socket has been disconnected");

  leave_state (self, STATE_IDLE);
  self->n_attempts = 0;
  if (again)
    come_back (self);
  g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0, reason, error);
  /* Unless somebody has opened it again and is connected by now. */
  if (self->state != STATE_CONNECTED)
    g_clear_pointer (&self->id, g_free);
  confab_sio_acks_fail_sent (self->acks, gone);
}

/* The connection is of no use any more, by nobody's wish. */
static void
give_up_connection (ConfabSio    *self,
                    const char   *reason,
                    const GError *error)
{
  if (self->state == STATE_CONNECTED)
    lose (self, reason, error, TRUE);
  else
    fail_attempt (self, error, NULL, TRUE);
}

static gsize
packet_size (const WireSioPacket *packet)
{
  gsize n_bytes = packet->payload ? g_bytes_get_size (packet->payload) : 0;

  for (guint i = 0; packet->attachments && i < packet->attachments->len; i++)
    n_bytes += g_bytes_get_size (packet->attachments->pdata[i]);

  return n_bytes;
}

static gboolean
send_packet (ConfabSio            *self,
             const WireSioPacket  *packet,
             GError              **error)
{
  GString *text = g_string_new (NULL);
  g_autoptr(GBytes) bytes = NULL;

  wire_sio_packet_append (packet, text);
  bytes = g_string_free_to_bytes (text);
  if (!confab_eio_send (self->eio, bytes, packet->attachments, error))
    return FALSE;

  if (packet->has_id && (packet->type == WIRE_SIO_EVENT || packet->type == WIRE_SIO_BINARY_EVENT))
    confab_sio_acks_set_sent (self->acks, packet->id);

  return TRUE;
}

static gboolean
buffer_packet (ConfabSio      *self,
               WireSioPacket  *packet,
               GError        **error)
{
  gsize n_bytes = packet_size (packet);

  if (g_queue_get_length (&self->buffer) >= MAX_BUFFER_PACKETS ||
      n_bytes > MAX_BUFFER_BYTES - MIN (self->buffer_bytes, MAX_BUFFER_BYTES))
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY_REQUESTS,
                           "Too much waits for a connection");
      return FALSE;
    }

  g_queue_push_tail (&self->buffer, packet);
  self->buffer_bytes += n_bytes;

  return TRUE;
}

/* Takes the packet. */
static gboolean
send_or_buffer (ConfabSio      *self,
                WireSioPacket  *packet,
                GError        **error)
{
  gboolean ok;

  if (self->state == STATE_CONNECTED)
    {
      ok = send_packet (self, packet, error);
      wire_sio_packet_free (packet);
      return ok;
    }

  ok = buffer_packet (self, packet, error);
  if (!ok)
    wire_sio_packet_free (packet);

  return ok;
}

static void
send_buffer (ConfabSio *self)
{
  GQueue buffer = self->buffer;
  WireSioPacket *packet;

  g_queue_init (&self->buffer);
  self->buffer_bytes = 0;

  while ((packet = g_queue_pop_head (&buffer)))
    {
      g_autoptr(GError) error = NULL;

      if (!send_packet (self, packet, &error))
        {
          /* This server takes no message that long. */
          g_debug ("A message that has waited is lost: %s", error->message);
          if (packet->has_id)
            confab_sio_acks_fail (self->acks, packet->id, error);
        }
      wire_sio_packet_free (packet);
    }
}

/* Forgets a buffered event whose ack nobody waits for any more. */
static void
ack_timed_out (guint64  id,
               gpointer user_data)
{
  ConfabSio *self = user_data;

  for (GList *l = self->buffer.head; l; l = l->next)
    {
      WireSioPacket *packet = l->data;

      if (!packet->has_id || packet->id != id)
        continue;

      self->buffer_bytes -= packet_size (packet);
      wire_sio_packet_free (packet);
      g_queue_delete_link (&self->buffer, l);
      return;
    }
}

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER, message);

  return FALSE;
}

static JsonObject *
parse_object (const WireSioPacket *packet)
{
  gsize length;
  const char *json;

  if (!packet->payload)
    return NULL;

  json = g_bytes_get_data (packet->payload, &length);

  return confab_json_parse (json, length, NULL);
}

static void
take_connect (ConfabSio           *self,
              const WireSioPacket *packet)
{
  g_autoptr(JsonObject) answer = parse_object (packet);
  const char *id = answer ? confab_json_get_string (answer, "sid") : NULL;
  g_autoptr(GError) error = NULL;

  if (self->state != STATE_GREETING)
    return;

  if (!id || !*id)
    {
      refuse (&error, "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x "
                      "client, but they are not compatible");
      fail_attempt (self, error, NULL, FALSE);
      return;
    }

  confab_source_clear (&self->timer);
  g_set_str (&self->id, id);
  self->state = STATE_CONNECTED;
  self->n_attempts = 0;
  send_buffer (self);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

/* {"message":…,"data":…}, or only a message as in the first days of the protocol. */
static void
take_connect_error (ConfabSio           *self,
                    const WireSioPacket *packet)
{
  g_autoptr(JsonObject) answer = parse_object (packet);
  const char *message = answer ? confab_json_get_string (answer, "message") : NULL;
  g_autoptr(GBytes) data = NULL;
  g_autoptr(GError) error = NULL;

  if (self->state != STATE_GREETING)
    return;

  if (answer && json_object_has_member (answer, "data"))
    {
      char *text = json_to_string (json_object_get_member (answer, "data"), FALSE);

      data = g_bytes_new_take (text, strlen (text));
    }

  g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                       message ? message : "The server refuses the connection");
  fail_attempt (self, error, data, FALSE);
}

static gboolean
take_event (ConfabSio            *self,
            const WireSioPacket  *packet,
            GError              **error)
{
  g_autoptr(GBytes) payload = NULL;

  if (self->state != STATE_CONNECTED)
    return refuse (error, "An event comes before the connection");

  payload = wire_sio_packet_dup_json (packet);
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, payload, packet->has_id, packet->id);

  return TRUE;
}

static gboolean
take_ack (ConfabSio            *self,
          const WireSioPacket  *packet,
          GError              **error)
{
  g_autoptr(GBytes) payload = NULL;

  if (self->state != STATE_CONNECTED)
    return refuse (error, "An ack comes before the connection");

  payload = wire_sio_packet_dup_json (packet);
  if (!confab_sio_acks_answer (self->acks, packet->id, payload))
    g_debug ("An ack that nobody waits for");

  return TRUE;
}

static gboolean
take_packet (ConfabSio            *self,
             const WireSioPacket  *packet,
             GError              **error)
{
  if (!g_str_equal (packet->namespace_path, self->namespace_path))
    return TRUE;

  switch (packet->type)
    {
    case WIRE_SIO_CONNECT:
      take_connect (self, packet);
      return TRUE;
    case WIRE_SIO_CONNECT_ERROR:
      take_connect_error (self, packet);
      return TRUE;
    case WIRE_SIO_DISCONNECT:
      if (self->state == STATE_CONNECTED)
        lose (self, CONFAB_SIO_CLOSED_BY_SERVER, NULL, FALSE);
      return TRUE;
    case WIRE_SIO_EVENT:
    case WIRE_SIO_BINARY_EVENT:
      return take_event (self, packet, error);
    case WIRE_SIO_ACK:
    case WIRE_SIO_BINARY_ACK:
      return take_ack (self, packet, error);
    }

  return TRUE;
}

static void
message_cb (ConfabEio *eio,
            gboolean   binary,
            GBytes    *data,
            gpointer   user_data)
{
  g_autoptr(ConfabSio) self = g_object_ref (user_data);
  g_autoptr(WireSioPacket) packet = NULL;
  g_autoptr(GError) error = NULL;
  WireSioStatus status;
  gsize length;
  const char *bytes = g_bytes_get_data (data, &length);

  if (binary)
    status = wire_sio_decoder_feed_bytes (&self->decoder, &limits, bytes, length, &packet, &error);
  else
    status = wire_sio_decoder_feed_text (&self->decoder, &limits, bytes, length, &packet, &error);

  if (status == WIRE_SIO_NEED_MORE)
    return;

  if (status == WIRE_SIO_FAILED || !take_packet (self, packet, &error))
    give_up_connection (self, CONFAB_EIO_PARSE_ERROR, error);
}

static void
opened_cb (ConfabEio *eio,
           gpointer   user_data)
{
  ConfabSio *self = user_data;
  g_autoptr(WireSioPacket) packet =
    wire_sio_packet_new (WIRE_SIO_CONNECT, self->namespace_path, self->auth);
  g_autoptr(GError) error = NULL;

  self->state = STATE_GREETING;
  if (!send_packet (self, packet, &error))
    fail_attempt (self, error, NULL, FALSE);
}

static void
closed_cb (ConfabEio    *eio,
           const char   *reason,
           const GError *error,
           gpointer      user_data)
{
  g_autoptr(GError) lost = NULL;

  if (!error)
    {
      g_set_error_literal (&lost, CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                           "The server has closed the connection");
      error = lost;
    }

  give_up_connection (user_data, reason, error);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "timeout");

  fail_attempt (user_data, error, NULL, TRUE);

  return G_SOURCE_REMOVE;
}

static void
start_attempt (ConfabSio *self)
{
  self->state = STATE_OPENING;
  self->eio = confab_eio_new (self->http, self->endpoint, self->options.way);
  g_signal_connect (self->eio, "opened", G_CALLBACK (opened_cb), self);
  g_signal_connect (self->eio, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->eio, "closed", G_CALLBACK (closed_cb), self);
  start_timer (self, self->options.timeout_ms, timed_out_cb);
  confab_eio_open (self->eio);
}

static void
confab_sio_dispose (GObject *object)
{
  ConfabSio *self = CONFAB_SIO (object);

  leave_state (self, STATE_IDLE);
  g_queue_clear_full (&self->buffer, (GDestroyNotify) wire_sio_packet_free);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_sio_parent_class)->dispose (object);
}

static void
confab_sio_finalize (GObject *object)
{
  ConfabSio *self = CONFAB_SIO (object);

  g_clear_pointer (&self->acks, confab_sio_acks_free);
  g_clear_pointer (&self->auth, g_bytes_unref);
  g_free (self->endpoint);
  g_free (self->namespace_path);
  g_free (self->id);

  G_OBJECT_CLASS (confab_sio_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  signals[SIGNAL_CONNECTED] = g_signal_new ("connected", CONFAB_TYPE_SIO, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISCONNECTED] = g_signal_new ("disconnected", CONFAB_TYPE_SIO, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                               G_TYPE_ERROR);
  signals[SIGNAL_CONNECT_ERROR] = g_signal_new ("connect-error", CONFAB_TYPE_SIO,
                                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 2, G_TYPE_ERROR, G_TYPE_BYTES);
  signals[SIGNAL_RECONNECT_ATTEMPT] = g_signal_new ("reconnect-attempt", CONFAB_TYPE_SIO,
                                                    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                    G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_RECONNECT_FAILED] = g_signal_new ("reconnect-failed", CONFAB_TYPE_SIO,
                                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                   G_TYPE_NONE, 0);
  signals[SIGNAL_EVENT] = g_signal_new ("event", CONFAB_TYPE_SIO, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 3, G_TYPE_BYTES, G_TYPE_BOOLEAN,
                                        G_TYPE_UINT64);
}

static void
confab_sio_class_init (ConfabSioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_sio_dispose;
  object_class->finalize = confab_sio_finalize;
  install_signals ();
}

static void
confab_sio_init (ConfabSio *self)
{
  g_queue_init (&self->buffer);
  confab_sio_options_init (&self->options);
}

void
confab_sio_options_init (ConfabSioOptions *self)
{
  *self = (ConfabSioOptions) {
    .way = CONFAB_EIO_WAY_UPGRADE,
    .timeout_ms = 20000,
    .reconnects = TRUE,
    .first_delay_ms = 1000,
    .max_delay_ms = 5000,
  };
}

/* @endpoint as of confab_eio_new(); @namespace_path is "/" or another one. */
ConfabSio *
confab_sio_new (ConfabHttp *http,
                const char *endpoint,
                const char *namespace_path)
{
  ConfabSio *self = g_object_new (CONFAB_TYPE_SIO, NULL);

  self->http = g_object_ref (http);
  self->endpoint = g_strdup (endpoint);
  self->namespace_path = g_strdup (namespace_path);
  self->acks = confab_sio_acks_new (confab_http_get_time (http), ack_timed_out, self);

  return self;
}

/* Count from the next attempt on. */
void
confab_sio_set_options (ConfabSio              *self,
                        const ConfabSioOptions *options)
{
  self->options = *options;
}

void
confab_sio_set_auth (ConfabSio *self,
                     GBytes    *json)
{
  g_clear_pointer (&self->auth, g_bytes_unref);
  self->auth = g_bytes_ref (json);
}

/* In a wait it is tried at once. */
void
confab_sio_open (ConfabSio *self)
{
  if (self->state != STATE_IDLE && self->state != STATE_WAITING)
    return;

  confab_source_clear (&self->timer);
  start_attempt (self);
}

/* Ends the connection, an attempt and a wait alike; only the first is told. */
void
confab_sio_close (ConfabSio *self)
{
  g_autoptr(WireSioPacket) packet = NULL;

  if (self->state != STATE_CONNECTED)
    {
      leave_state (self, STATE_IDLE);
      self->n_attempts = 0;
      return;
    }

  packet = wire_sio_packet_new (WIRE_SIO_DISCONNECT, self->namespace_path, NULL);
  send_packet (self, packet, NULL);
  lose (self, CONFAB_SIO_CLOSED_BY_CLIENT, NULL, FALSE);
}

/* Whether it is connected or on its way to be. */
gboolean
confab_sio_is_active (ConfabSio *self)
{
  return self->state != STATE_IDLE;
}

gboolean
confab_sio_is_connected (ConfabSio *self)
{
  return self->state == STATE_CONNECTED;
}

/* Whether it has left polling for a WebSocket. */
gboolean
confab_sio_is_upgraded (ConfabSio *self)
{
  return self->eio && confab_eio_is_upgraded (self->eio);
}

const char *
confab_sio_get_id (ConfabSio *self)
{
  return self->id;
}

static WireSioPacket *
make_event (ConfabSio  *self,
            GBytes     *payload,
            GError    **error)
{
  g_autoptr(WireSioPacket) packet = wire_sio_packet_new (WIRE_SIO_EVENT, self->namespace_path,
                                                         payload);
  g_autofree char *name = wire_sio_packet_dup_event (packet);

  if (!name || wire_sio_event_is_reserved (name))
    {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                   "\"%s\" is a reserved event name", name ? name : "");
      return NULL;
    }

  g_clear_pointer (&packet->payload, g_bytes_unref);
  wire_sio_packet_take_json (packet, payload, WIRE_LIMIT_SIO_ATTACHMENTS);

  return g_steal_pointer (&packet);
}

gboolean
confab_sio_emit (ConfabSio  *self,
                 GBytes     *payload,
                 GError    **error)
{
  WireSioPacket *packet = make_event (self, payload, error);

  return packet && send_or_buffer (self, packet, error);
}

/* Lost without a word if it cannot go at once. */
gboolean
confab_sio_emit_volatile (ConfabSio  *self,
                          GBytes     *payload,
                          GError    **error)
{
  g_autoptr(WireSioPacket) packet = make_event (self, payload, error);

  if (!packet)
    return FALSE;

  if (self->state == STATE_CONNECTED && confab_eio_is_writable (self->eio))
    return send_packet (self, packet, error);

  return TRUE;
}

void
confab_sio_emit_with_ack_async (ConfabSio           *self,
                                GBytes              *payload,
                                guint                timeout_ms,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GError) error = NULL;
  WireSioPacket *packet = make_event (self, payload, &error);
  guint64 id;

  g_task_set_source_tag (task, confab_sio_emit_with_ack_async);
  id = confab_sio_acks_add (self->acks, task, timeout_ms);
  if (packet)
    {
      packet->has_id = TRUE;
      packet->id = id;
      send_or_buffer (self, packet, &error);
    }
  if (error)
    confab_sio_acks_fail (self->acks, id, error);
}

GBytes *
confab_sio_emit_with_ack_finish (ConfabSio     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The ack to an event that wants one. It goes only by the connection that the event came by. */
gboolean
confab_sio_answer (ConfabSio  *self,
                   guint64     id,
                   GBytes     *payload,
                   GError    **error)
{
  g_autoptr(WireSioPacket) packet = wire_sio_packet_new (WIRE_SIO_ACK, self->namespace_path, NULL);

  packet->has_id = TRUE;
  packet->id = id;
  wire_sio_packet_take_json (packet, payload, WIRE_LIMIT_SIO_ATTACHMENTS);

  if (self->state == STATE_CONNECTED)
    return send_packet (self, packet, error);

  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CLOSED, "There is no connection");

  return FALSE;
}
