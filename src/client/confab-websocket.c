/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-websocket"

#include "config.h"

#include "confab-websocket-private.h"

#include "confab-object-private.h"

#include <string.h>

/* A message of 2 MiB in which each byte takes six as "\u0025", and what stands around it. */
#define MAX_MESSAGE_BYTES (16 * 1024 * 1024)
/* Who says nothing any more is found out by asking (RFC 6455 §5.5.2). */
#define PING_EVERY_S 30
#define PONG_WITHIN_S 20

/**
 * ConfabWebsocket:
 *
 * One WebSocket, from its handshake to its end.
 *
 * It is opened once and never again: who reconnects makes another one. It asks now and then
 * whether the other side is still there.
 */
struct _ConfabWebsocket
{
  GObject                  parent_instance;

  SoupSession             *session;
  ConfabTime              *time;
  char                    *uri;
  guint                    connect_timeout_ms;

  ConfabWebsocketState     ready_state;
  GCancellable            *attempt;
  SoupMessage             *handshake;
  GSource                 *deadline;       /* of the handshake */
  GSource                 *broken;         /* tells that there will be no handshake */
  SoupWebsocketConnection *socket;
  GError                  *error;          /* why it is going to be closed */
  gboolean                 held;           /* by itself, until its goodbye has been said */
};

G_DEFINE_FINAL_TYPE (ConfabWebsocket, confab_websocket, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (ConfabWebsocketState, confab_websocket_state,
                    G_DEFINE_ENUM_VALUE (CONFAB_WEBSOCKET_STATE_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CONFAB_WEBSOCKET_STATE_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (CONFAB_WEBSOCKET_STATE_CLOSING, "closing"),
                    G_DEFINE_ENUM_VALUE (CONFAB_WEBSOCKET_STATE_CLOSED, "closed"))

typedef enum {
  PROP_READY_STATE = 1,
} ConfabWebsocketProperty;

typedef enum {
  SIGNAL_OPENED,
  SIGNAL_MESSAGE,
  SIGNAL_CLOSED,
} ConfabWebsocketSignal;

static GParamSpec *properties[PROP_READY_STATE + 1];
static guint signals[SIGNAL_CLOSED + 1];

static void
set_ready_state (ConfabWebsocket      *self,
                 ConfabWebsocketState  ready_state)
{
  if (self->ready_state == ready_state)
    return;

  self->ready_state = ready_state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY_STATE]);
}

/* The one way out: nothing is said after it. */
static void
finish (ConfabWebsocket *self,
        const GError    *error)
{
  g_autoptr(ConfabWebsocket) alive = g_object_ref (self);

  if (self->ready_state == CONFAB_WEBSOCKET_STATE_CLOSED)
    return;

  confab_source_clear (&self->deadline);
  confab_source_clear (&self->broken);
  if (self->socket)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  if (self->held)
    g_object_unref (self);
  self->held = FALSE;
  set_ready_state (self, CONFAB_WEBSOCKET_STATE_CLOSED);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}

static void
message_received_cb (SoupWebsocketConnection *socket,
                     SoupWebsocketDataType    type,
                     GBytes                  *message,
                     gpointer                 user_data)
{
  g_autoptr(ConfabWebsocket) self = g_object_ref (user_data);

  if (self->ready_state == CONFAB_WEBSOCKET_STATE_OPEN && type == SOUP_WEBSOCKET_DATA_TEXT)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

static void
socket_error_cb (SoupWebsocketConnection *socket,
                 GError                  *error,
                 gpointer                 user_data)
{
  ConfabWebsocket *self = user_data;

  if (!self->error)
    self->error = g_error_copy (error);
}

static void
socket_closed_cb (SoupWebsocketConnection *socket,
                  gpointer                 user_data)
{
  ConfabWebsocket *self = user_data;
  gboolean wished = self->ready_state == CONFAB_WEBSOCKET_STATE_CLOSING;
  gushort code = soup_websocket_connection_get_close_code (socket);

  /* A close frame is a goodbye, whatever its code; the end of the stream without one is none. */
  if (!wished && !self->error && !code)
    g_set_error_literal (&self->error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection broke");
  finish (self, wished ? NULL : self->error);
}

/* Lives on until the closing handshake is done, which libsoup bounds to some seconds. */
static void
start_closing (ConfabWebsocket *self)
{
  g_object_ref (self);
  self->held = TRUE;
  set_ready_state (self, CONFAB_WEBSOCKET_STATE_CLOSING);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(ConfabWebsocket) self = user_data;
  g_autoptr(GError) error = NULL;

  self->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  confab_source_clear (&self->deadline);
  if (!self->socket)
    {
      finish (self, self->ready_state == CONFAB_WEBSOCKET_STATE_CLOSING ? NULL
              : self->error ? self->error : error);
      return;
    }

  soup_websocket_connection_set_max_incoming_payload_size (self->socket, MAX_MESSAGE_BYTES);
  soup_websocket_connection_set_keepalive_interval (self->socket, PING_EVERY_S);
  soup_websocket_connection_set_keepalive_pong_timeout (self->socket, PONG_WITHIN_S);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_received_cb), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (socket_error_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (socket_closed_cb), self);
  if (self->ready_state == CONFAB_WEBSOCKET_STATE_CLOSING)
    {
      start_closing (self);
      return;
    }

  set_ready_state (self, CONFAB_WEBSOCKET_STATE_OPEN);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

static gboolean
deadline_cb (gpointer user_data)
{
  ConfabWebsocket *self = user_data;

  confab_source_clear (&self->deadline);
  g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer within %u ms",
               self->connect_timeout_ms);
  g_cancellable_cancel (self->attempt);

  return G_SOURCE_REMOVE;
}

static gboolean
broken_cb (gpointer user_data)
{
  ConfabWebsocket *self = user_data;
  g_autoptr(GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                         "“%s” is no address of a WebSocket", self->uri);

  finish (self, self->ready_state == CONFAB_WEBSOCKET_STATE_CLOSING ? NULL : error);

  return G_SOURCE_REMOVE;
}

static void
confab_websocket_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ConfabWebsocket *self = CONFAB_WEBSOCKET (object);

  switch ((ConfabWebsocketProperty) property_id)
    {
    case PROP_READY_STATE:
      g_value_set_enum (value, (int) self->ready_state);
      break;
    }
}

static void
confab_websocket_dispose (GObject *object)
{
  ConfabWebsocket *self = CONFAB_WEBSOCKET (object);

  confab_source_clear (&self->deadline);
  confab_source_clear (&self->broken);
  if (self->socket)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
    }
  g_clear_object (&self->socket);
  g_clear_object (&self->handshake);
  g_clear_object (&self->attempt);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (confab_websocket_parent_class)->dispose (object);
}

static void
confab_websocket_finalize (GObject *object)
{
  ConfabWebsocket *self = CONFAB_WEBSOCKET (object);

  g_clear_pointer (&self->time, confab_time_unref);
  g_clear_error (&self->error);
  g_free (self->uri);

  G_OBJECT_CLASS (confab_websocket_parent_class)->finalize (object);
}

static void
confab_websocket_class_init (ConfabWebsocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_websocket_get_property;
  object_class->dispose = confab_websocket_dispose;
  object_class->finalize = confab_websocket_finalize;

  /**
   * ConfabWebsocket:ready-state:
   *
   * Where the connection is.
   */
  properties[PROP_READY_STATE] =
    g_param_spec_enum ("ready-state", NULL, NULL, CONFAB_TYPE_WEBSOCKET_STATE,
                       CONFAB_WEBSOCKET_STATE_CONNECTING, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabWebsocket::opened:
   * @self: the WebSocket
   *
   * The handshake is done.
   */
  signals[SIGNAL_OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabWebsocket::message:
   * @self: the WebSocket
   * @message: a text
   *
   * The other side has said something.
   */
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * ConfabWebsocket::closed:
   * @self: the WebSocket
   * @error: (nullable): why; %NULL if one of the two sides wished it
   *
   * It is over, or never came about. Told once, and nothing after it.
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_websocket_init (ConfabWebsocket *self)
{
}

ConfabWebsocket *
confab_websocket_new (SoupSession *session,
                      ConfabTime  *time,
                      const char  *uri,
                      guint        connect_timeout_ms)
{
  ConfabWebsocket *self = g_object_new (CONFAB_TYPE_WEBSOCKET, NULL);

  self->session = g_object_ref (session);
  self->time = confab_time_ref (time);
  self->uri = g_strdup (uri);
  self->connect_timeout_ms = connect_timeout_ms;

  return self;
}

ConfabWebsocketState
confab_websocket_get_ready_state (ConfabWebsocket *self)
{
  g_return_val_if_fail (CONFAB_IS_WEBSOCKET (self), CONFAB_WEBSOCKET_STATE_CLOSED);

  return self->ready_state;
}

/* "closed" follows exactly once, but never from within a function of this file. */
void
confab_websocket_open (ConfabWebsocket *self)
{
  g_assert (!self->attempt);

  self->attempt = g_cancellable_new ();
  self->handshake = soup_message_new ("GET", self->uri);
  if (!self->handshake)
    {
      self->broken = g_idle_source_new ();
      g_source_set_callback (self->broken, broken_cb, self, NULL);
      g_source_attach (self->broken, g_main_context_get_thread_default ());
      return;
    }

  /* What is in the address must not go where nobody sent it. */
  soup_message_add_flags (self->handshake, SOUP_MESSAGE_NO_REDIRECT);
  confab_time_start_timer (self->time, &self->deadline, self->connect_timeout_ms, deadline_cb,
                           self);
  soup_session_websocket_connect_async (self->session, self->handshake, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->attempt, connected_cb,
                                        g_object_ref (self));
}

/* FALSE: it is not open, and the text is lost. */
gboolean
confab_websocket_send (ConfabWebsocket *self,
                       const char      *text)
{
  g_autoptr(GBytes) message = NULL;

  if (self->ready_state != CONFAB_WEBSOCKET_STATE_OPEN ||
      soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;

  message = g_bytes_new (text, strlen (text));
  soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_TEXT, message);

  return TRUE;
}

void
confab_websocket_close (ConfabWebsocket *self)
{
  switch (self->ready_state)
    {
    case CONFAB_WEBSOCKET_STATE_CONNECTING:
      set_ready_state (self, CONFAB_WEBSOCKET_STATE_CLOSING);
      g_cancellable_cancel (self->attempt);
      break;
    case CONFAB_WEBSOCKET_STATE_OPEN:
      start_closing (self);
      break;
    case CONFAB_WEBSOCKET_STATE_CLOSING:
    case CONFAB_WEBSOCKET_STATE_CLOSED:
      break;
    }
}
