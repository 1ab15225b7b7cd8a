/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client-altogic"

#include "config.h"

#include "confab-client-altogic-private.h"

#include "confab-client-error-private.h"
#include "confab-client-private.h"
#include "confab-json-private.h"
#include "confab-realtime-private.h"

#include "wire-base64.h"

#include <string.h>

#define BYTES_KEY "$binary"

G_DEFINE_ENUM_TYPE (ConfabEcho, confab_echo,
                    G_DEFINE_ENUM_VALUE (CONFAB_ECHO_DEFAULT, "default"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ECHO_ON, "on"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ECHO_OFF, "off"))

G_DEFINE_ENUM_TYPE (ConfabTransports, confab_transports,
                    G_DEFINE_ENUM_VALUE (CONFAB_TRANSPORTS_WEBSOCKET, "websocket"),
                    G_DEFINE_ENUM_VALUE (CONFAB_TRANSPORTS_POLLING_FIRST, "polling-first"),
                    G_DEFINE_ENUM_VALUE (CONFAB_TRANSPORTS_POLLING, "polling"))

typedef enum {
  SIGNAL_CONNECT,
  SIGNAL_DISCONNECT,
  SIGNAL_CONNECT_ERROR,
  SIGNAL_RECONNECT_ATTEMPT,
  SIGNAL_EVENT,
  SIGNAL_CHANNEL_JOIN,
  SIGNAL_CHANNEL_LEAVE,
  SIGNAL_CHANNEL_UPDATE,
  SIGNAL_USER_EVENT,
} ConfabClientAltogicSignal;

static guint signals[SIGNAL_USER_EVENT + 1];

static const struct
{
  const char                *event;
  ConfabClientAltogicSignal  signal;
} channel_events[] = {
  { "channel:join", SIGNAL_CHANNEL_JOIN },
  { "channel:leave", SIGNAL_CHANNEL_LEAVE },
  { "channel:update", SIGNAL_CHANNEL_UPDATE },
};

static void
connected_cb (ConfabAltogic *altogic,
              gpointer       user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CONNECT], 0);
}

static void
disconnected_cb (ConfabAltogic *altogic,
                 const char    *reason,
                 gpointer       user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_DISCONNECT], 0, reason);
}

static void
connect_error_cb (ConfabAltogic *altogic,
                  const GError  *error,
                  JsonNode      *data,
                  gpointer       user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CONNECT_ERROR], 0, error, data);
}

static void
reconnect_attempt_cb (ConfabAltogic *altogic,
                      guint          n,
                      gpointer       user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_RECONNECT_ATTEMPT], 0, n);
}

/* {"channel":…,"message":{"id":…,"data":…}} */
static void
tell_of_channel (ConfabClient              *self,
                 ConfabClientAltogicSignal  signal,
                 JsonNode                  *payload)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (payload) ? json_node_get_object (payload) : NULL;
  const char *channel = object ? confab_json_get_string (object, "channel") : NULL;
  JsonObject *message = object ? confab_json_get_object (object, "message") : NULL;
  const char *id = message ? confab_json_get_string (message, "id") : NULL;
  JsonNode *data = message ? json_object_get_member (message, "data") : NULL;

  if (data && JSON_NODE_HOLDS_NULL (data))
    data = NULL;
  if (channel && id)
    g_signal_emit (self, signals[signal], 0, channel, id, data);
}

static void
tell_of_what_it_means (ConfabClient *self,
                       const char   *name,
                       JsonNode     *payload,
                       JsonArray    *arguments)
{
  for (guint i = 0; i < G_N_ELEMENTS (channel_events); i++)
    if (g_str_equal (name, channel_events[i].event))
      tell_of_channel (self, channel_events[i].signal, payload);

  /* The arguments are the name of the event again, and the session or null. */
  if (g_str_has_prefix (name, "user:"))
    {
      JsonNode *session =
        json_array_get_length (arguments) > 1 ? json_array_get_element (arguments, 1) : NULL;

      g_signal_emit (self, signals[SIGNAL_USER_EVENT], 0, name,
                     session && JSON_NODE_HOLDS_OBJECT (session) ? session : NULL);
    }
}

static void
event_cb (ConfabAltogic *altogic,
          const char    *name,
          JsonArray     *arguments,
          gpointer       user_data)
{
  g_autoptr(ConfabClient) self = g_object_ref (user_data);
  g_autoptr(JsonNode) nothing = json_node_new (JSON_NODE_NULL);
  JsonNode *payload =
    json_array_get_length (arguments) > 0 ? json_array_get_element (arguments, 0) : nothing;

  /* Who listens to a name has made a quark of it; a server must not be able to make more. */
  g_signal_emit (self, signals[SIGNAL_EVENT], g_quark_try_string (name), name, payload, arguments);
  tell_of_what_it_means (self, name, payload, arguments);
}

static void
install_connection_signals (GType type)
{
  /**
   * ConfabClient::connect:
   * @self: the client
   *
   * The client is connected, for the first time or again. What was sent before has been sent, and
   * the channels that were joined are being joined again. Altogic's `onConnect`.
   */
  signals[SIGNAL_CONNECT] =
    g_signal_new ("connect", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabClient::disconnect:
   * @self: the client
   * @reason: `io client disconnect` after confab_client_close(), `io server disconnect` if the
   *   server wants it so, and otherwise `transport close`, `transport error`, `ping timeout` or
   *   `parse error`
   *
   * The connection has ended. After the first two reasons it stays so until confab_client_open().
   * Altogic's `onDisconnect`.
   */
  signals[SIGNAL_DISCONNECT] =
    g_signal_new ("disconnect", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_STRING);
  /**
   * ConfabClient::connect-error:
   * @self: the client
   * @error: why: %CONFAB_CLIENT_ERROR_REFUSED if the server does not take this client, which ends
   *   the attempts; anything else is followed by another one
   * @data: (nullable): what the server says beside its message
   *
   * A connection could not be established. Altogic's `onError`.
   */
  signals[SIGNAL_CONNECT_ERROR] =
    g_signal_new ("connect-error", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_ERROR, JSON_TYPE_NODE);
  /**
   * ConfabClient::reconnect-attempt:
   * @self: the client
   * @n: which attempt this is since the last connection, from 1
   *
   * The client tries to connect again. Altogic's `onReconnectAttempt`.
   */
  signals[SIGNAL_RECONNECT_ATTEMPT] =
    g_signal_new ("reconnect-attempt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  1, G_TYPE_UINT);
}

static guint
install_channel_signal (GType       type,
                        const char *name)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                       G_TYPE_STRING, G_TYPE_STRING, JSON_TYPE_NODE);
}

void
confab_client_altogic_install_signals (GType client_type)
{
  install_connection_signals (client_type);

  /**
   * ConfabClient::event:
   * @self: the client
   * @name: the name of the event
   * @payload: its first argument; of a message `{"channel":…,"message":…}`, where the channel is
   *   null if it was sent to everybody
   * @arguments: all of its arguments
   *
   * An event has come. With the name as the detail, `event::chat`, it is Altogic's `on`; without
   * it is `onAny`; `once` and `off` are what signals of GObject do anyway.
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("event", client_type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, JSON_TYPE_NODE, JSON_TYPE_ARRAY);
  /**
   * ConfabClient::channel-join:
   * @self: the client
   * @channel: a channel that was joined here
   * @id: the id of the connection that has joined it
   * @data: (nullable): the profile of that client
   *
   * Somebody has joined a channel. Altogic's `onJoin`.
   */
  signals[SIGNAL_CHANNEL_JOIN] = install_channel_signal (client_type, "channel-join");
  /**
   * ConfabClient::channel-leave:
   * @self: the client
   * @channel: a channel that was joined here
   * @id: the id of the connection that has left it, or was lost
   * @data: (nullable): the profile of that client
   *
   * Somebody has left a channel. Altogic's `onLeave`.
   */
  signals[SIGNAL_CHANNEL_LEAVE] = install_channel_signal (client_type, "channel-leave");
  /**
   * ConfabClient::channel-update:
   * @self: the client
   * @channel: a channel that was joined here
   * @id: the id of a connection that is in it
   * @data: (nullable): the new profile of that client
   *
   * Somebody has changed their profile. Altogic's `onUpdate`.
   */
  signals[SIGNAL_CHANNEL_UPDATE] = install_channel_signal (client_type, "channel-update");
  /**
   * ConfabClient::user-event:
   * @self: the client
   * @name: `user:signin`, `user:signout`, `user:update`, `user:delete`, `user:pwdchange`,
   *   `user:emailchange` or `user:phonechange`
   * @session: (nullable): the session that it is about
   *
   * Something has happened to the account of the user who is signed in. Altogic's `onUserEvent`.
   */
  signals[SIGNAL_USER_EVENT] =
    g_signal_new ("user-event", client_type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  2, G_TYPE_STRING, JSON_TYPE_NODE);
}

ConfabClient *
confab_client_new_altogic_with_time (ConfabTime  *time,
                                     const char  *env_url,
                                     const char  *client_key,
                                     GError     **error)
{
  g_autoptr(ConfabClient) self = confab_client_new_with_time (time);

  self->altogic = confab_altogic_new (self->http, env_url, client_key, error);
  if (!self->altogic)
    return NULL;

  g_signal_connect_object (self->altogic, "connected", G_CALLBACK (connected_cb), self, 0);
  g_signal_connect_object (self->altogic, "disconnected", G_CALLBACK (disconnected_cb), self, 0);
  g_signal_connect_object (self->altogic, "connect-error", G_CALLBACK (connect_error_cb), self, 0);
  g_signal_connect_object (self->altogic, "reconnect-attempt", G_CALLBACK (reconnect_attempt_cb),
                           self, 0);
  g_signal_connect_object (self->altogic, "event", G_CALLBACK (event_cb), self, 0);

  return g_steal_pointer (&self);
}

ConfabClient *
confab_client_new_altogic (const char  *env_url,
                           const char  *client_key,
                           GError     **error)
{
  g_autoptr(ConfabTime) time = NULL;

  g_return_val_if_fail (env_url, NULL);
  g_return_val_if_fail (client_key, NULL);
  g_return_val_if_fail (!error || !*error, NULL);

  time = confab_time_new ();

  return confab_client_new_altogic_with_time (time, env_url, client_key, error);
}

void
confab_client_open (ConfabClient *self)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_sio_open (confab_altogic_use (self->altogic));
  else
    confab_realtime_connect_async (self->realtime, NULL, NULL, NULL);
}

void
confab_client_close (ConfabClient *self)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_altogic_close (self->altogic);
  else
    confab_realtime_close (self->realtime);
}

gboolean
confab_client_is_connected (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  if (self->altogic)
    return confab_sio_is_connected (confab_altogic_use (self->altogic));

  return confab_realtime_get_state (self->realtime) == CONFAB_REALTIME_OPEN;
}

const char *
confab_client_get_socket_id (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return self->altogic ? confab_sio_get_id (confab_altogic_use (self->altogic)) : NULL;
}

void
confab_client_set_session (ConfabClient *self,
                           const char   *session)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_altogic_set_session (self->altogic, session);
}

static ConfabEioWay
way_of_transports (ConfabTransports transports)
{
  switch (transports)
    {
    case CONFAB_TRANSPORTS_POLLING_FIRST:
      return CONFAB_EIO_WAY_UPGRADE;
    case CONFAB_TRANSPORTS_POLLING:
      return CONFAB_EIO_WAY_POLLING;
    case CONFAB_TRANSPORTS_WEBSOCKET:
      break;
    }

  return CONFAB_EIO_WAY_WEBSOCKET;
}

void
confab_client_set_transports (ConfabClient     *self,
                              ConfabTransports  transports)
{
  ConfabSioOptions options;

  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (!self->altogic)
    return;

  confab_altogic_get_options (self->altogic, &options);
  options.way = way_of_transports (transports);
  confab_altogic_set_options (self->altogic, &options);
}

void
confab_client_set_reconnection_delay (ConfabClient *self,
                                      guint         delay_ms)
{
  ConfabSioOptions options;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (delay_ms > 0);

  if (!self->altogic)
    return;

  confab_altogic_get_options (self->altogic, &options);
  options.first_delay_ms = delay_ms;
  confab_altogic_set_options (self->altogic, &options);
}

void
confab_client_set_timeout (ConfabClient *self,
                           guint         timeout_ms)
{
  ConfabSioOptions options;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (timeout_ms > 0);

  if (!self->altogic)
    return;

  confab_altogic_get_options (self->altogic, &options);
  options.timeout_ms = timeout_ms;
  confab_altogic_set_options (self->altogic, &options);
}

void
confab_client_set_echo_messages (ConfabClient *self,
                                 gboolean      echo_messages)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_altogic_set_echo (self->altogic, echo_messages);
}

void
confab_client_set_buffer_messages (ConfabClient *self,
                                   gboolean      buffer_messages)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_altogic_set_buffers (self->altogic, buffer_messages);
}

void
confab_client_set_auto_join_channels (ConfabClient *self,
                                      gboolean      auto_join_channels)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->altogic)
    confab_altogic_set_auto_joins (self->altogic, auto_join_channels);
}

static gboolean
speaks_altogic (ConfabClient  *self,
                GError       **error)
{
  if (self->altogic)
    return TRUE;

  g_set_error_literal (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_NOT_SUPPORTED,
                       "This is a client of Skapi, not of Altogic");

  return FALSE;
}

gboolean
confab_client_join (ConfabClient  *self,
                    const char    *channel,
                    ConfabEcho     echo,
                    GError       **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  return speaks_altogic (self, error) && confab_altogic_join (self->altogic, channel, echo, error);
}

gboolean
confab_client_leave (ConfabClient  *self,
                     const char    *channel,
                     ConfabEcho     echo,
                     GError       **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  return speaks_altogic (self, error) && confab_altogic_leave (self->altogic, channel, echo, error);
}

gboolean
confab_client_send (ConfabClient  *self,
                    const char    *channel,
                    const char    *event_name,
                    JsonNode      *message,
                    ConfabEcho     echo,
                    GError       **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  return speaks_altogic (self, error) &&
         confab_altogic_send (self->altogic, channel ? channel : "", event_name, message, echo,
                              error);
}

gboolean
confab_client_broadcast (ConfabClient  *self,
                         const char    *event_name,
                         JsonNode      *message,
                         ConfabEcho     echo,
                         GError       **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  return speaks_altogic (self, error) &&
         confab_altogic_send (self->altogic, NULL, event_name, message, echo, error);
}

gboolean
confab_client_update_profile (ConfabClient  *self,
                              JsonNode      *data,
                              ConfabEcho     echo,
                              GError       **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (data, FALSE);

  return speaks_altogic (self, error) && confab_altogic_update (self->altogic, data, echo, error);
}

static void
members_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  JsonArray *members = confab_altogic_get_members_finish (CONFAB_ALTOGIC (source), result, &error);

  if (!members)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, members, (GDestroyNotify) json_array_unref);
}

void
confab_client_get_members_async (ConfabClient        *self,
                                 const char          *channel,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_client_get_members_async);
  if (!speaks_altogic (self, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    confab_altogic_get_members_async (self->altogic, channel, cancellable, members_cb,
                                      g_steal_pointer (&task));
}

JsonArray *
confab_client_get_members_finish (ConfabClient  *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

JsonNode *
confab_client_make_bytes (GBytes *bytes)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  gsize length;
  const guchar *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_base64_encode (data, length);

  json_object_set_string_member (object, BYTES_KEY, text);
  json_node_take_object (node, object);

  return node;
}

GBytes *
confab_client_read_bytes (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *text;
  guchar *data;
  gsize length;

  if (!object || json_object_get_size (object) != 1)
    return NULL;

  text = confab_json_get_string (object, BYTES_KEY);
  if (!text || !wire_base64_is_valid (text, strlen (text)))
    return NULL;

  data = g_base64_decode (text, &length);

  return g_bytes_new_take (data, length);
}
