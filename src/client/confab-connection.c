/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-connection"

#include "config.h"

#include "confab-connection-private.h"

#include "confab-backoff-private.h"
#include "confab-credentials-private.h"
#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-object-private.h"
#include "confab-requests-private.h"
#include "confab-socket-private.h"

#include "wire-limits.h"

#include <libsoup/soup.h>
#include <string.h>

#define CONNECT_DEADLINE_MS (20 * 1000)
#define HELLO_DEADLINE_MS (10 * 1000)
#define BEAT_EVERY_MS (20 * 1000)
#define BEAT_DEADLINE_MS (10 * 1000)
/* After a suspend, or at another address, the socket is most likely dead; a living server answers
 * at once. */
#define DOUBT_DEADLINE_MS (3 * 1000)
#define ASLEEP_US (5 * G_USEC_PER_SEC)
/* A page of history may hold one message of 2 MiB in which each byte takes six as "\u0025". */
#define MAX_FRAME_BYTES (16 * 1024 * 1024)
#define MAX_BAD_FRAMES 100

#define CLOSE_DO_NOT_RETURN_MIN 3500
#define CLOSE_DO_NOT_RETURN_MAX 3999

/**
 * ConfabConnection:
 *
 * One connection to a space that stays up: it opens the WebSocket, greets, notices when the other
 * side is gone, and comes back by itself with ever longer waits.
 *
 * It announces %CONFAB_CONNECTION_STATE_ONLINE last: who has something to do before that
 * returns %TRUE from #ConfabConnection::greet and calls confab_connection_finish_greeting()
 * when it is done. The waits begin anew after a connection has survived its first
 * heartbeat, not when it opens. A close that was asked for is never followed by a
 * reconnect.
 *
 * It knows requests and frames, not rooms or messages; those are #ConfabSession's.
 */
struct _ConfabConnection
{
  GObject                  parent_instance;

  char                    *space_url;
  ConfabCredentials       *credentials;
  ConfabTime              *time;
  ConfabBackoff           *backoff;
  ConfabRequests          *requests;
  GNetworkMonitor         *monitor;

  ConfabConnectionState    state;
  GError                  *last_error;
  guint                    retry_in_seconds;

  GCancellable            *attempt;        /* ends what the present state waits for */
  GSocketAddress          *own_address;    /* of the last socket; NULL if it is not known */
  SoupWebsocketConnection *socket;         /* from GREETING on */
  gboolean                 greeted;        /* #hello came */
  char                    *cid;            /* of the last #hello */
  guint                    n_bad_frames;
  gboolean                 renew_token;    /* the server has refused the access token */
  gboolean                 renewed_token;  /* and that was tried since the last heartbeat */
  gint64                   asleep_us;      /* at the last heartbeat */

  GSource                 *deadline;       /* of connecting and of #hello */
  GSource                 *heartbeat;      /* the next one */
  GSource                 *ticker;         /* counts retry-in-seconds down */
  GSource                 *renewal;        /* of the access token */
};

G_DEFINE_FINAL_TYPE (ConfabConnection, confab_connection, G_TYPE_OBJECT)

typedef enum {
  PROP_STATE = 1,
  PROP_RETRY_IN_SECONDS,
  PROP_LAST_ERROR,
} ConfabConnectionProperty;

typedef enum {
  SIGNAL_GREET,
  SIGNAL_FRAME,
} ConfabConnectionSignal;

static GParamSpec *properties[PROP_LAST_ERROR + 1];
static guint signals[SIGNAL_FRAME + 1];

/* One try to open the socket; what is cancelled has been given up. */
typedef struct
{
  ConfabConnection *self;
  GCancellable     *cancellable;
  SoupMessage      *message;
} Attempt;

static void start_connecting (ConfabConnection *self);
static void go_waiting (ConfabConnection *self,
                        const GError     *error);

#define TO(name) (1u << CONFAB_CONNECTION_STATE_ ## name)

static const guint legal_moves[] = {
  [CONFAB_CONNECTION_STATE_IDLE] = TO (CONNECTING),
  [CONFAB_CONNECTION_STATE_CONNECTING] = TO (IDLE) | TO (GREETING) | TO (WAITING) | TO (REFUSED),
  [CONFAB_CONNECTION_STATE_GREETING] =
    TO (IDLE) | TO (ONLINE) | TO (WAITING) | TO (REFUSED) | TO (CONNECTING),
  [CONFAB_CONNECTION_STATE_ONLINE] = TO (IDLE) | TO (WAITING) | TO (REFUSED) | TO (CONNECTING),
  [CONFAB_CONNECTION_STATE_WAITING] = TO (IDLE) | TO (CONNECTING),
  [CONFAB_CONNECTION_STATE_REFUSED] = TO (IDLE) | TO (CONNECTING),
};

#undef TO

gboolean
confab_connection_state_may_follow (ConfabConnectionState state,
                                    ConfabConnectionState next)
{
  return (legal_moves[state] & (1u << next)) != 0;
}

static void
attempt_free (Attempt *attempt)
{
  g_clear_object (&attempt->self);
  g_clear_object (&attempt->cancellable);
  g_clear_object (&attempt->message);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static Attempt *
attempt_new (ConfabConnection *self)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->self = g_object_ref (self);
  attempt->cancellable = g_object_ref (self->attempt);

  return attempt;
}

static void
set_retry_in_seconds (ConfabConnection *self,
                      guint             seconds)
{
  if (self->retry_in_seconds == seconds)
    return;

  self->retry_in_seconds = seconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_IN_SECONDS]);
}

static void
set_last_error (ConfabConnection *self,
                const GError     *error)
{
  if (!error && !self->last_error)
    return;

  g_clear_error (&self->last_error);
  self->last_error = error ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_ERROR]);
}

/* The one place where the state changes. */
static void
set_state (ConfabConnection      *self,
           ConfabConnectionState  state)
{
  g_assert (confab_connection_state_may_follow (self->state, state));

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* Ends everything that belongs to the present state, before the next one begins. */
static void
leave_state (ConfabConnection *self)
{
  g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  confab_source_clear (&self->deadline);
  confab_source_clear (&self->heartbeat);
  confab_source_clear (&self->ticker);
  confab_source_clear (&self->renewal);
  confab_socket_let_go (g_steal_pointer (&self->socket), self, SOUP_WEBSOCKET_CLOSE_NORMAL);
  self->greeted = FALSE;
  self->n_bad_frames = 0;
}

static void
fail_requests (ConfabConnection *self)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                                                 "The connection ended");

  confab_requests_fail_all (self->requests, error);
}

/* Tells the requests last: their callbacks may do anything, this connection included. */
static void
move (ConfabConnection      *self,
      ConfabConnectionState  state,
      const GError          *error)
{
  leave_state (self);
  set_last_error (self, error);
  set_retry_in_seconds (self, 0);
  set_state (self, state);
}

static void
go_refused (ConfabConnection *self,
            const GError     *error)
{
  move (self, CONFAB_CONNECTION_STATE_REFUSED, error);
  fail_requests (self);
}

static void
go_connecting (ConfabConnection *self)
{
  /* Why it was lost is of interest until it is back. */
  g_autoptr(GError) error = self->last_error ? g_error_copy (self->last_error) : NULL;

  move (self, CONFAB_CONNECTION_STATE_CONNECTING, error);
  fail_requests (self);
  if (self->state == CONFAB_CONNECTION_STATE_CONNECTING && !self->attempt)
    start_connecting (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  ConfabConnection *self = user_data;
  gint64 left_us = confab_backoff_get_due_us (self->backoff) -
                   confab_time_get_monotonic_us (self->time);

  confab_time_start_timer (self->time, &self->ticker, 1000, tick_cb, self);
  set_retry_in_seconds (self, (guint) (MAX (left_us, 1) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  return G_SOURCE_REMOVE;
}

static void
waiting_over_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(ConfabConnection) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_backoff_wait_finish (CONFAB_BACKOFF (source), result, &error))
    return;

  go_connecting (self);
}

static void
go_waiting (ConfabConnection *self,
            const GError     *error)
{
  move (self, CONFAB_CONNECTION_STATE_WAITING, error);
  if (self->state == CONFAB_CONNECTION_STATE_WAITING)
    {
      self->attempt = g_cancellable_new ();
      confab_backoff_wait_async (self->backoff, self->attempt, waiting_over_cb,
                                 g_object_ref (self));
      tick_cb (self);
    }
  fail_requests (self);
}

static gboolean beat_cb (gpointer user_data);

static void
beat_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Attempt) attempt = user_data;
  ConfabConnection *self = attempt->self;
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;

  ok = confab_connection_request_finish (self, result, &error);
  if (g_cancellable_is_cancelled (attempt->cancellable))
    return;

  /* An error that the server sends is a sign of life like any other. */
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT))
    {
      go_waiting (self, error);
      return;
    }

  confab_backoff_reset (self->backoff);
  self->renewed_token = FALSE;
  confab_time_start_timer (self->time, &self->heartbeat, BEAT_EVERY_MS, beat_cb, self);
}

static void
beat (ConfabConnection *self,
      guint             deadline_ms)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("keepAlive", NULL);

  confab_source_clear (&self->heartbeat);
  confab_connection_request_within (self, request, deadline_ms, NULL, beat_answered_cb,
                                    attempt_new (self));
}

static gboolean
beat_cb (gpointer user_data)
{
  ConfabConnection *self = user_data;
  gint64 asleep_us = confab_time_get_asleep_us (self->time);
  gboolean slept = asleep_us - self->asleep_us > ASLEEP_US;

  self->asleep_us = asleep_us;
  beat (self, slept ? DOUBT_DEADLINE_MS : BEAT_DEADLINE_MS);

  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (GNetworkMonitor *monitor,
                    gboolean         available,
                    gpointer         user_data)
{
  ConfabConnection *self = user_data;

  if (!available)
    return;

  if (self->state == CONFAB_CONNECTION_STATE_WAITING ||
      (self->socket && confab_socket_is_stranded (self->own_address)))
    go_connecting (self);
  else if (self->heartbeat)
    beat (self, DOUBT_DEADLINE_MS);
}

static void
renewal_done_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(ConfabConnection) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *token = NULL;

  token = confab_credentials_get_token_finish (CONFAB_CREDENTIALS (source), result, &error);
  if (!token)
    g_debug ("The token could not be renewed before its end: %s", error->message);
}

static gboolean
renew_cb (gpointer user_data)
{
  ConfabConnection *self = user_data;

  confab_source_clear (&self->renewal);
  confab_credentials_get_token_async (self->credentials, FALSE, NULL, renewal_done_cb,
                                      g_object_ref (self));

  return G_SOURCE_REMOVE;
}

/* The socket goes on with the old token until the server closes it with 3500; by then there is a
 * new one. */
static void
schedule_renewal (ConfabConnection *self)
{
  gint64 at_us = confab_credentials_get_renew_at_us (self->credentials);
  gint64 in_us = at_us - confab_time_get_wall_us (self->time);

  if (at_us)
    confab_time_start_timer (self->time, &self->renewal,
                             (guint) CLAMP (in_us / 1000, 1000, 24 * 3600 * 1000), renew_cb, self);
}

static void
take_hello (ConfabConnection *self,
            JsonObject       *hello)
{
  gboolean handled = FALSE;

  if (self->greeted)
    return;

  self->greeted = TRUE;
  confab_source_clear (&self->deadline);
  self->asleep_us = confab_time_get_asleep_us (self->time);
  confab_time_start_timer (self->time, &self->heartbeat, BEAT_EVERY_MS, beat_cb, self);
  schedule_renewal (self);
  g_set_str (&self->cid, confab_json_get_string (hello, "cid"));
  g_signal_emit (self, signals[SIGNAL_GREET], 0, hello, &handled);
  if (!handled)
    confab_connection_finish_greeting (self);
}

static void
take_bad_frame (ConfabConnection *self,
                const GError     *error)
{
  g_debug ("A frame that makes no sense: %s", error->message);
  if (++self->n_bad_frames >= MAX_BAD_FRAMES)
    go_waiting (self, error);
}

static void
message_received_cb (SoupWebsocketConnection *socket,
                     SoupWebsocketDataType    type,
                     GBytes                  *message,
                     gpointer                 user_data)
{
  g_autoptr(ConfabConnection) self = g_object_ref (user_data);
  g_autoptr(JsonObject) frame = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  JsonObject *hello;

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    return;

  frame = confab_json_parse (text, length, &error);
  if (!frame)
    {
      take_bad_frame (self, error);
      return;
    }

  self->n_bad_frames = 0;
  hello = confab_json_get_object (frame, "#hello");
  if (hello)
    take_hello (self, hello);
  else if (!confab_requests_answer (self->requests, frame))
    g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
}

static GError *
error_of_close (guint       code,
                const char *reason)
{
  ConfabError error = CONFAB_ERROR_CLOSED;

  if (code == WIRE_CLOSE_TOKEN_EXPIRED || code == WIRE_CLOSE_SESSION_REVOKED)
    error = CONFAB_ERROR_INVALID_TOKEN;
  else if (code >= CLOSE_DO_NOT_RETURN_MIN && code <= CLOSE_DO_NOT_RETURN_MAX)
    error = CONFAB_ERROR_NOT_ALLOWED;

  return g_error_new (CONFAB_ERROR, (int) error, "The server closed the connection: %u %s", code,
                      reason ? reason : "");
}

static void
socket_closed_cb (SoupWebsocketConnection *socket,
                  gpointer                 user_data)
{
  g_autoptr(ConfabConnection) self = g_object_ref (user_data);
  guint code = soup_websocket_connection_get_close_code (socket);
  g_autoptr(GError) error =
    error_of_close (code, soup_websocket_connection_get_close_data (socket));

  if (code == WIRE_CLOSE_TOKEN_EXPIRED && !self->renewed_token)
    {
      self->renew_token = TRUE;
      go_connecting (self);
    }
  else if (code > CLOSE_DO_NOT_RETURN_MIN && code <= CLOSE_DO_NOT_RETURN_MAX)
    {
      go_refused (self, error);
    }
  else
    {
      self->renew_token = code == WIRE_CLOSE_TOKEN_EXPIRED;
      go_waiting (self, error);
    }
}

static void
socket_error_cb (SoupWebsocketConnection *socket,
                 GError                  *error,
                 gpointer                 user_data)
{
  /* "closed" follows. */
  g_debug ("WebSocket: %s", error->message);
}

static void
send_text (const char *text,
           gpointer    user_data)
{
  ConfabConnection *self = user_data;

  if (self->socket && soup_websocket_connection_get_state (self->socket) ==
                        SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->socket, text);
}

static gboolean
step_deadline_cb (gpointer user_data)
{
  g_autoptr(ConfabConnection) self = g_object_ref (user_data);
  g_autoptr(GError) error = NULL;

  g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                       "The server does not answer in time");
  go_waiting (self, error);

  return G_SOURCE_REMOVE;
}

static void
start_greeting (ConfabConnection        *self,
                SoupWebsocketConnection *socket)
{
  self->socket = g_object_ref (socket);
  soup_websocket_connection_set_max_incoming_payload_size (socket, MAX_FRAME_BYTES);
  g_signal_connect (socket, "message", G_CALLBACK (message_received_cb), self);
  g_signal_connect (socket, "error", G_CALLBACK (socket_error_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (socket_closed_cb), self);
  confab_time_start_timer (self->time, &self->deadline, HELLO_DEADLINE_MS, step_deadline_cb, self);
  set_state (self, CONFAB_CONNECTION_STATE_GREETING);
}

static void
connect_refused (ConfabConnection *self,
                 guint             status,
                 const GError     *error)
{
  g_autoptr(GError) reason = confab_error_translate (error);

  if (status == SOUP_STATUS_UNAUTHORIZED && !self->renewed_token)
    {
      /* Expired while we were away, or by another clock than ours. */
      self->renew_token = TRUE;
      g_cancellable_cancel (self->attempt);
      g_clear_object (&self->attempt);
      start_connecting (self);
      return;
    }

  if (status == SOUP_STATUS_UNAUTHORIZED)
    {
      reason->code = CONFAB_ERROR_INVALID_TOKEN;
      go_refused (self, reason);
      return;
    }

  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE || status == SOUP_STATUS_BAD_GATEWAY)
    reason->code = CONFAB_ERROR_UNAVAILABLE;
  else if (status == SOUP_STATUS_FORBIDDEN)
    reason->code = CONFAB_ERROR_NOT_ALLOWED;
  go_waiting (self, reason);
}

static void
connect_opened_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(Attempt) attempt = user_data;
  ConfabConnection *self = attempt->self;
  g_autoptr(SoupWebsocketConnection) socket = NULL;
  g_autoptr(GError) error = NULL;

  socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (g_cancellable_is_cancelled (attempt->cancellable))
    return;

  if (!socket)
    {
      connect_refused (self, soup_message_get_status (attempt->message), error);
      return;
    }

  if (g_strcmp0 (soup_websocket_connection_get_protocol (socket), WIRE_SUBPROTOCOL) != 0)
    {
      g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                           "The server does not speak " WIRE_SUBPROTOCOL);
      go_waiting (self, error);
      return;
    }

  start_greeting (self, socket);
}

static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *stream,
                  ConfabConnection   *self)
{
  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;

  g_clear_object (&self->own_address);
  self->own_address = g_socket_connection_get_local_address (G_SOCKET_CONNECTION (stream), NULL);
}

static void
connect_token_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Attempt) attempt = user_data;
  ConfabConnection *self = attempt->self;
  static const char *protocols[] = { WIRE_SUBPROTOCOL, NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *bearer = NULL;
  SoupSession *session;

  token = confab_credentials_get_token_finish (CONFAB_CREDENTIALS (source), result, &error);
  if (g_cancellable_is_cancelled (attempt->cancellable))
    return;

  if (!token)
    {
      if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_TOKEN))
        go_refused (self, error);
      else
        go_waiting (self, error);
      return;
    }

  uri = g_strconcat ("ws", self->space_url + strlen ("http"), WIRE_SOCKET_PATH, NULL);
  attempt->message = soup_message_new ("GET", uri);
  soup_message_add_flags (attempt->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (attempt->message, "network-event", G_CALLBACK (network_event_cb), self,
                           G_CONNECT_DEFAULT);
  bearer = g_strconcat ("Bearer ", token, NULL);
  soup_message_headers_append (soup_message_get_request_headers (attempt->message),
                               "Authorization", bearer);

  session = confab_http_get_session (confab_credentials_get_http (self->credentials));
  soup_session_websocket_connect_async (session, attempt->message, NULL, (char **) protocols,
                                        G_PRIORITY_DEFAULT, attempt->cancellable,
                                        connect_opened_cb, attempt);
  g_steal_pointer (&attempt);
}

static void
start_connecting (ConfabConnection *self)
{
  gboolean force = self->renew_token;

  self->attempt = g_cancellable_new ();
  self->renew_token = FALSE;
  if (force)
    self->renewed_token = TRUE;
  confab_time_start_timer (self->time, &self->deadline, CONNECT_DEADLINE_MS, step_deadline_cb,
                           self);
  confab_credentials_get_token_async (self->credentials, force, self->attempt, connect_token_cb,
                                      attempt_new (self));
}

static void
confab_connection_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ConfabConnection *self = CONFAB_CONNECTION (object);

  switch ((ConfabConnectionProperty) property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_RETRY_IN_SECONDS:
      g_value_set_uint (value, self->retry_in_seconds);
      break;
    case PROP_LAST_ERROR:
      g_value_set_boxed (value, self->last_error);
      break;
    }
}

static void
confab_connection_dispose (GObject *object)
{
  ConfabConnection *self = CONFAB_CONNECTION (object);

  leave_state (self);
  if (self->monitor)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_object (&self->own_address);
  g_clear_object (&self->credentials);
  g_clear_object (&self->backoff);

  G_OBJECT_CLASS (confab_connection_parent_class)->dispose (object);
}

static void
confab_connection_finalize (GObject *object)
{
  ConfabConnection *self = CONFAB_CONNECTION (object);

  g_clear_pointer (&self->requests, confab_requests_free);
  g_clear_pointer (&self->time, confab_time_unref);
  g_clear_error (&self->last_error);
  g_free (self->space_url);
  g_free (self->cid);

  G_OBJECT_CLASS (confab_connection_parent_class)->finalize (object);
}

static void
confab_connection_class_init (ConfabConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_connection_get_property;
  object_class->dispose = confab_connection_dispose;
  object_class->finalize = confab_connection_finalize;

  /**
   * ConfabConnection:state:
   *
   * Where the connection is.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CONFAB_TYPE_CONNECTION_STATE,
                       CONFAB_CONNECTION_STATE_IDLE, CONFAB_PARAM_READABLE);
  /**
   * ConfabConnection:retry-in-seconds:
   *
   * How long it is to the next attempt; 0 in other states than %CONFAB_CONNECTION_STATE_WAITING.
   */
  properties[PROP_RETRY_IN_SECONDS] =
    g_param_spec_uint ("retry-in-seconds", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabConnection:last-error:
   *
   * Why the last attempt failed or the connection ended.
   */
  properties[PROP_LAST_ERROR] =
    g_param_spec_boxed ("last-error", NULL, NULL, G_TYPE_ERROR, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabConnection::greet:
   * @self: the connection
   * @hello: the value of `#hello`
   *
   * The server has greeted. Requests can be made from now on.
   *
   * Returns: %TRUE to call confab_connection_finish_greeting() later; %FALSE to be online at once
   */
  signals[SIGNAL_GREET] =
    g_signal_new ("greet", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                  JSON_TYPE_OBJECT);
  /**
   * ConfabConnection::frame:
   * @self: the connection
   * @frame: a frame that is neither a greeting nor an answer
   *
   * The server has sent a delivery.
   */
  signals[SIGNAL_FRAME] = g_signal_new ("frame", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
}

static void
confab_connection_init (ConfabConnection *self)
{
}

ConfabConnection *
confab_connection_new (const char        *space_url,
                       ConfabCredentials *credentials)
{
  ConfabConnection *self;

  g_return_val_if_fail (space_url && g_str_has_prefix (space_url, "http"), NULL);
  g_return_val_if_fail (CONFAB_IS_CREDENTIALS (credentials), NULL);

  self = g_object_new (CONFAB_TYPE_CONNECTION, NULL);
  self->space_url = g_strdup (space_url);
  self->credentials = g_object_ref (credentials);
  self->time =
    confab_time_ref (confab_http_get_time (confab_credentials_get_http (credentials)));
  self->backoff = confab_backoff_new (self->time);
  self->requests = confab_requests_new (self->time, send_text, self);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self);

  return self;
}

ConfabConnectionState
confab_connection_get_state (ConfabConnection *self)
{
  g_return_val_if_fail (CONFAB_IS_CONNECTION (self), CONFAB_CONNECTION_STATE_IDLE);

  return self->state;
}

guint
confab_connection_get_retry_in_seconds (ConfabConnection *self)
{
  g_return_val_if_fail (CONFAB_IS_CONNECTION (self), 0);

  return self->retry_in_seconds;
}

const GError *
confab_connection_get_last_error (ConfabConnection *self)
{
  g_return_val_if_fail (CONFAB_IS_CONNECTION (self), NULL);

  return self->last_error;
}

ConfabTime *
confab_connection_get_time (ConfabConnection *self)
{
  return self->time;
}

guint
confab_connection_get_n_in_flight (ConfabConnection *self)
{
  return confab_requests_get_n_in_flight (self->requests);
}

const char *
confab_connection_get_cid (ConfabConnection *self)
{
  g_return_val_if_fail (CONFAB_IS_CONNECTION (self), NULL);

  return self->cid;
}

void
confab_connection_open (ConfabConnection *self)
{
  g_return_if_fail (CONFAB_IS_CONNECTION (self));

  if (self->state != CONFAB_CONNECTION_STATE_IDLE && self->state != CONFAB_CONNECTION_STATE_REFUSED)
    return;

  confab_backoff_reset (self->backoff);
  self->renewed_token = FALSE;
  go_connecting (self);
}

void
confab_connection_close (ConfabConnection *self)
{
  g_return_if_fail (CONFAB_IS_CONNECTION (self));

  if (self->state == CONFAB_CONNECTION_STATE_IDLE)
    return;

  move (self, CONFAB_CONNECTION_STATE_IDLE, NULL);
  fail_requests (self);
}

void
confab_connection_try_now (ConfabConnection *self)
{
  g_return_if_fail (CONFAB_IS_CONNECTION (self));

  if (self->state == CONFAB_CONNECTION_STATE_WAITING)
    go_connecting (self);
}

void
confab_connection_finish_greeting (ConfabConnection *self)
{
  g_return_if_fail (CONFAB_IS_CONNECTION (self));

  if (self->state != CONFAB_CONNECTION_STATE_GREETING || !self->greeted)
    return;

  set_last_error (self, NULL);
  set_state (self, CONFAB_CONNECTION_STATE_ONLINE);
}

/* Gives this connection up and tries again later: the greeting could not be completed. */
void
confab_connection_fail (ConfabConnection *self,
                        const GError     *error)
{
  if (self->state == CONFAB_CONNECTION_STATE_GREETING ||
      self->state == CONFAB_CONNECTION_STATE_ONLINE)
    go_waiting (self, error);
}

void
confab_connection_request_within (ConfabConnection    *self,
                                  JsonObject          *request,
                                  guint                deadline_ms,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_connection_request_within);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!self->greeted)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NETWORK_UNREACHABLE,
                               "There is no connection now");
      return;
    }

  confab_requests_add (self->requests, g_steal_pointer (&task), request, deadline_ms);
}

void
confab_connection_request_async (ConfabConnection    *self,
                                 JsonObject          *request,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_CONNECTION (self));
  g_return_if_fail (request);
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  confab_connection_request_within (self, request, CONFAB_REQUESTS_DEADLINE_MS, cancellable,
                                    callback, user_data);
}

JsonObject *
confab_connection_request_finish (ConfabConnection  *self,
                                  GAsyncResult      *result,
                                  GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
