/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-realtime"

#include "config.h"

#include "confab-realtime-private.h"

#include "confab-client-error-private.h"
#include "confab-json-private.h"
#include "confab-realtime-event-private.h"
#include "confab-waiters-private.h"
#include "confab-websocket-private.h"

#define CONNECT_TIMEOUT_MS (20 * 1000)
/* So many connections may be lost in a row: after the last one nothing is tried any more. */
#define MAX_LOSSES 3

/**
 * ConfabRealtime:
 *
 * The realtime connection of a client to a Skapi service.
 *
 * It opens a WebSocket, says every 15 s that it is there, and remembers the group. A connection
 * that was open and is lost is made again, 3 s later and once more 3 s after that, and then given
 * up; one that never opened is not tried again, and neither is one that was closed as wished. All
 * of that is told by events with the texts of Skapi's own client.
 */
struct _ConfabRealtime
{
  GObject              parent_instance;

  ConfabService       *service;
  ConfabRealtimeState  state;
  char                *group;        /* NULL: in none */
  guint                n_losses;     /* since it was open last */

  GCancellable        *attempt;      /* ends what is under way before there is a socket */
  ConfabWebsocket     *socket;       /* NULL: none, or not yet */
  GSource             *keep_alive;
  GSource             *reconnect;    /* the wait before an attempt */
  ConfabWaiters       *waiters;      /* who want the connection */
};

G_DEFINE_FINAL_TYPE (ConfabRealtime, confab_realtime, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_EVENT,
} ConfabRealtimeSignal;

static guint signals[SIGNAL_EVENT + 1];

typedef struct
{
  ConfabRealtime *self;
  GCancellable   *cancellable;
} Attempt;

static void
start_timer (ConfabRealtime  *self,
             GSource        **timer,
             guint            delay_ms,
             GSourceFunc      callback)
{
  ConfabTime *time = confab_http_get_time (confab_service_get_http (self->service));

  confab_time_start_timer (time, timer, delay_ms, callback, self);
}

static void
tell (ConfabRealtime          *self,
      ConfabRealtimeEventKind  kind,
      const char              *message)
{
  g_autoptr(ConfabRealtimeEvent) event = confab_realtime_event_new (kind, message);

  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

static void
tell_reconnect (ConfabRealtime *self)
{
  g_autofree char *message = g_strdup_printf ("Reconnecting to WebSocket server...%u",
                                              self->n_losses);

  tell (self, CONFAB_REALTIME_EVENT_RECONNECT, message);
}

static void
let_go (ConfabRealtime *self)
{
  g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  confab_source_clear (&self->keep_alive);
  confab_source_clear (&self->reconnect);
  if (self->socket)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
}

/* It did not come about the first time: not tried again. */
static void
give_up (ConfabRealtime *self)
{
  g_autoptr(GError) error = confab_fault_new (CONFAB_FAULT_CONNECTION_ERROR, NULL, NULL);

  let_go (self);
  self->state = CONFAB_REALTIME_IDLE;
  tell (self, CONFAB_REALTIME_EVENT_ERROR, error->message);
  tell (self, CONFAB_REALTIME_EVENT_CLOSE, "WebSocket connection closed.");
  if (self->state == CONFAB_REALTIME_IDLE)
    confab_waiters_fail (self->waiters, error);
}

static gboolean reconnect_cb (gpointer user_data);

static void
lose (ConfabRealtime *self)
{
  g_autoptr(GError) error = confab_fault_new (CONFAB_FAULT_CONNECTION_ERROR, NULL, NULL);

  let_go (self);
  self->n_losses++;
  if (self->n_losses < MAX_LOSSES)
    {
      self->state = CONFAB_REALTIME_LOST;
      start_timer (self, &self->reconnect, CONFAB_REALTIME_RECONNECT_MS, reconnect_cb);
      tell (self, CONFAB_REALTIME_EVENT_ERROR, "Skapi: WebSocket unexpected close.");
      /* Who heard that may have closed it, or be connecting again already. */
      if (self->reconnect)
        tell_reconnect (self);
      return;
    }

  self->state = CONFAB_REALTIME_FAILED;
  tell (self, CONFAB_REALTIME_EVENT_ERROR, "Skapi: WebSocket unexpected close.");
  if (self->state != CONFAB_REALTIME_FAILED)
    return;
  tell (self, CONFAB_REALTIME_EVENT_ERROR, "Skapi: Max reconnection attempts reached.");
  if (self->state == CONFAB_REALTIME_FAILED)
    confab_waiters_fail (self->waiters, error);
}

static void
fail (ConfabRealtime *self)
{
  if (self->state == CONFAB_REALTIME_CONNECTING)
    {
      give_up (self);
      return;
    }

  tell (self, CONFAB_REALTIME_EVENT_ERROR, "Skapi: WebSocket connection error.");
  if (self->state == CONFAB_REALTIME_LOST && !self->reconnect)
    lose (self);
}

gboolean
confab_realtime_send (ConfabRealtime *self,
                      JsonObject     *frame)
{
  g_autofree char *text = confab_json_print_object (frame);

  return self->state == CONFAB_REALTIME_OPEN && confab_websocket_send (self->socket, text);
}

static gboolean
keep_alive_cb (gpointer user_data)
{
  ConfabRealtime *self = user_data;
  g_autoptr(JsonObject) frame = confab_json_request_new ("keepAlive", NULL);

  start_timer (self, &self->keep_alive, CONFAB_REALTIME_KEEP_ALIVE_MS, keep_alive_cb);
  confab_realtime_send (self, frame);

  return G_SOURCE_REMOVE;
}

static gboolean
send_join (ConfabRealtime *self)
{
  g_autoptr(JsonObject) frame = confab_json_request_new ("joinRoom", NULL);

  if (self->group)
    json_object_set_string_member (frame, "rid", self->group);
  else
    json_object_set_null_member (frame, "rid");
  json_object_set_string_member (frame, "token", confab_service_get_access_token (self->service));

  return confab_realtime_send (self, frame);
}

gboolean
confab_realtime_join (ConfabRealtime *self,
                      const char     *group)
{
  g_autofree char *before = NULL;

  /* Leaving what was never joined is done already. */
  if (!group && !self->group)
    return self->state == CONFAB_REALTIME_OPEN;

  before = g_steal_pointer (&self->group);
  self->group = g_strdup (group);
  if (send_join (self))
    return TRUE;

  g_free (self->group);
  self->group = g_steal_pointer (&before);

  return FALSE;
}

static void
opened_cb (ConfabWebsocket *socket,
           gpointer         user_data)
{
  g_autoptr(ConfabRealtime) self = g_object_ref (user_data);

  self->state = CONFAB_REALTIME_OPEN;
  self->n_losses = 0;
  if (self->group)
    send_join (self);
  keep_alive_cb (self);
  tell (self, CONFAB_REALTIME_EVENT_SUCCESS, "Connected to WebSocket server.");
  if (self->socket == socket)
    confab_waiters_succeed (self->waiters, G_OBJECT (socket));
}

static void
message_cb (ConfabWebsocket *socket,
            GBytes          *message,
            gpointer         user_data)
{
  g_autoptr(ConfabRealtime) self = g_object_ref (user_data);
  g_autoptr(ConfabRealtimeEvent) event = NULL;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  /* What makes no sense is as if it had not come. */
  event = confab_realtime_event_parse (text, length);
  if (event)
    g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

static void
closed_cb (ConfabWebsocket *socket,
           const GError    *error,
           gpointer         user_data)
{
  g_autoptr(ConfabRealtime) self = g_object_ref (user_data);

  if (self->state == CONFAB_REALTIME_OPEN)
    lose (self);
  else
    fail (self);
}

static void
attempt_prepared_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  ConfabService *service = CONFAB_SERVICE (source);
  g_autofree Attempt *attempt = user_data;
  g_autoptr(ConfabRealtime) self = attempt->self;
  g_autoptr(GCancellable) cancellable = attempt->cancellable;
  ConfabHttp *http = confab_service_get_http (service);
  g_autofree char *uri = NULL;
  g_autoptr(GError) error = NULL;

  if (!confab_service_prepare_finish (service, result, &error))
    {
      if (g_cancellable_is_cancelled (cancellable))
        return;
      if (self->state == CONFAB_REALTIME_LOST)
        {
          fail (self);
          return;
        }
      /* There was no socket that could have said anything about it. */
      let_go (self);
      self->state = CONFAB_REALTIME_IDLE;
      confab_waiters_fail (self->waiters, error);
      return;
    }

  if (g_cancellable_is_cancelled (cancellable))
    return;

  uri = confab_service_dup_socket_uri (service);
  self->socket = confab_websocket_new (confab_http_get_session (http),
                                       confab_http_get_time (http), uri, CONNECT_TIMEOUT_MS);
  g_signal_connect (self->socket, "opened", G_CALLBACK (opened_cb), self);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  confab_websocket_open (self->socket);
}

static void
start_attempt (ConfabRealtime *self)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  confab_source_clear (&self->reconnect);
  self->attempt = g_cancellable_new ();
  attempt->self = g_object_ref (self);
  attempt->cancellable = g_object_ref (self->attempt);
  confab_service_prepare_async (self->service, self->attempt, attempt_prepared_cb, attempt);
}

static gboolean
reconnect_cb (gpointer user_data)
{
  start_attempt (user_data);

  return G_SOURCE_REMOVE;
}

void
confab_realtime_connect_async (ConfabRealtime      *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_realtime_connect_async);
  if (self->state == CONFAB_REALTIME_OPEN)
    {
      g_task_return_pointer (task, g_object_ref (self->socket), g_object_unref);
      return;
    }

  confab_waiters_add (self->waiters, g_steal_pointer (&task));
  if (self->state == CONFAB_REALTIME_IDLE || self->state == CONFAB_REALTIME_FAILED)
    {
      self->state = CONFAB_REALTIME_CONNECTING;
      self->n_losses = 0;
      start_attempt (self);
    }
  else if (self->reconnect)
    {
      /* Somebody is waiting for it now. */
      start_attempt (self);
    }
}

ConfabWebsocket *
confab_realtime_connect_finish (ConfabRealtime  *self,
                                GAsyncResult    *result,
                                GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
goodbye_cb (ConfabWebsocket *socket,
            const GError    *error,
            gpointer         user_data)
{
  tell (user_data, CONFAB_REALTIME_EVENT_CLOSE, "WebSocket connection closed.");
}

static void
release_realtime (gpointer  self,
                  GClosure *closure)
{
  g_object_unref (self);
}

/* The event that says so comes when the other side has heard of it, or soon after. */
void
confab_realtime_close (ConfabRealtime *self)
{
  g_autoptr(ConfabWebsocket) socket = self->socket ? g_object_ref (self->socket) : NULL;
  g_autoptr(GError) error = confab_fault_new (CONFAB_FAULT_NOT_OPEN, NULL, NULL);
  gboolean under_way =
    self->state == CONFAB_REALTIME_CONNECTING || self->state == CONFAB_REALTIME_LOST;

  let_go (self);
  self->state = CONFAB_REALTIME_IDLE;
  self->n_losses = 0;
  g_clear_pointer (&self->group, g_free);
  if (socket)
    {
      g_signal_connect_data (socket, "closed", G_CALLBACK (goodbye_cb), g_object_ref (self),
                             release_realtime, G_CONNECT_DEFAULT);
      confab_websocket_close (socket);
    }
  else if (under_way)
    tell (self, CONFAB_REALTIME_EVENT_CLOSE, "WebSocket connection closed.");
  if (self->state == CONFAB_REALTIME_IDLE)
    confab_waiters_fail (self->waiters, error);
}

static void
confab_realtime_dispose (GObject *object)
{
  ConfabRealtime *self = CONFAB_REALTIME (object);

  if (self->service)
    let_go (self);
  g_clear_object (&self->service);

  G_OBJECT_CLASS (confab_realtime_parent_class)->dispose (object);
}

static void
confab_realtime_finalize (GObject *object)
{
  ConfabRealtime *self = CONFAB_REALTIME (object);

  confab_waiters_free (self->waiters);
  g_free (self->group);

  G_OBJECT_CLASS (confab_realtime_parent_class)->finalize (object);
}

static void
confab_realtime_class_init (ConfabRealtimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_realtime_dispose;
  object_class->finalize = confab_realtime_finalize;

  signals[SIGNAL_EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        CONFAB_TYPE_REALTIME_EVENT);
}

static void
confab_realtime_init (ConfabRealtime *self)
{
  self->waiters = confab_waiters_new ();
}

ConfabRealtime *
confab_realtime_new (ConfabService *service)
{
  ConfabRealtime *self = g_object_new (CONFAB_TYPE_REALTIME, NULL);

  self->service = g_object_ref (service);

  return self;
}

ConfabRealtimeState
confab_realtime_get_state (ConfabRealtime *self)
{
  return self->state;
}

const char *
confab_realtime_get_group (ConfabRealtime *self)
{
  return self->group;
}
