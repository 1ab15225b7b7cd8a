/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client.h"

G_BEGIN_DECLS

/**
 * ConfabEcho:
 * @CONFAB_ECHO_DEFAULT: as confab_client_set_echo_messages() says
 * @CONFAB_ECHO_ON: yes
 * @CONFAB_ECHO_OFF: no
 *
 * Whether a client is told what it does itself: the message that it sends, the channel that it
 * joins.
 */
typedef enum {
  CONFAB_ECHO_DEFAULT,
  CONFAB_ECHO_ON,
  CONFAB_ECHO_OFF,
} ConfabEcho;

/**
 * ConfabTransports:
 * @CONFAB_TRANSPORTS_WEBSOCKET: a WebSocket, and nothing else
 * @CONFAB_TRANSPORTS_POLLING_FIRST: HTTP long polling at once, and a WebSocket as soon as one works
 * @CONFAB_TRANSPORTS_POLLING: HTTP long polling, and nothing else
 *
 * How a client reaches a Socket.IO server.
 */
typedef enum {
  CONFAB_TRANSPORTS_WEBSOCKET,
  CONFAB_TRANSPORTS_POLLING_FIRST,
  CONFAB_TRANSPORTS_POLLING,
} ConfabTransports;

#define CONFAB_TYPE_ECHO (confab_echo_get_type ())
#define CONFAB_TYPE_TRANSPORTS (confab_transports_get_type ())

CONFAB_EXPORT
GType confab_echo_get_type (void);
CONFAB_EXPORT
GType confab_transports_get_type (void);

/**
 * confab_client_new_altogic:
 * @env_url: the address of an environment, or of any Socket.IO 5 server or Confab space
 * @client_key: the key of the client; a Confab space takes any
 * @error: return location for a #ConfabClientError
 *
 * Makes a client of a server that speaks Altogic's realtime protocol, which is events on
 * Socket.IO 5. Where the WebSocket is follows from @env_url as with Altogic's own clients for
 * addresses of theirs; of any other address it is the same host and port.
 *
 * Nothing happens before the first use of a realtime function, which opens the connection.
 *
 * Returns: (transfer full): a new client, or %NULL if @env_url is no address
 */
CONFAB_EXPORT
ConfabClient *confab_client_new_altogic (const char  *env_url,
                                         const char  *client_key,
                                         GError     **error);

/**
 * confab_client_open:
 * @self: a client
 *
 * Opens the connection, and keeps it open until confab_client_close(). Does nothing while there is
 * one; an attempt that is due later is made at once.
 */
CONFAB_EXPORT
void confab_client_open (ConfabClient *self);

/**
 * confab_client_close:
 * @self: a client
 *
 * Closes the connection, or gives up the attempt to open one. Nothing reconnects it but
 * confab_client_open(). #ConfabClient::disconnect tells of it, if there was a connection, before
 * this returns.
 */
CONFAB_EXPORT
void confab_client_close (ConfabClient *self);

/**
 * confab_client_is_connected:
 * @self: a client
 *
 * Returns: whether there is a connection now
 */
CONFAB_EXPORT
gboolean confab_client_is_connected (ConfabClient *self);

/**
 * confab_client_get_socket_id:
 * @self: a client
 *
 * Gets the id of the connection, by which other clients know it: the `id` of
 * #ConfabClient::channel-join and of confab_client_get_members_async(). Each connection has
 * another one. While #ConfabClient::disconnect is told it is still the one that has ended; where
 * the services' own clients have lost it by then, this one keeps to their documents.
 *
 * A client of Skapi has none, because that protocol does not tell it.
 *
 * Returns: (transfer none) (nullable): the id; %NULL without a connection
 */
CONFAB_EXPORT
const char *confab_client_get_socket_id (ConfabClient *self);

/**
 * confab_client_set_session:
 * @self: a client
 * @session: (nullable): a session token; of a Confab space, an access token
 *
 * Signs the client in, or out with %NULL: it counts from the next connection on.
 */
CONFAB_EXPORT
void confab_client_set_session (ConfabClient *self,
                                const char   *session);

/**
 * confab_client_set_transports:
 * @self: a client
 * @transports: how to connect; %CONFAB_TRANSPORTS_WEBSOCKET at first
 *
 * Chooses how to reach the server. It counts from the next attempt on.
 */
CONFAB_EXPORT
void confab_client_set_transports (ConfabClient     *self,
                                   ConfabTransports  transports);

/**
 * confab_client_set_reconnection_delay:
 * @self: a client
 * @delay_ms: milliseconds; 1000 at first
 *
 * Sets the wait before the first attempt to reconnect. It doubles with each further attempt up to
 * five seconds, and is up to half longer or shorter at random.
 */
CONFAB_EXPORT
void confab_client_set_reconnection_delay (ConfabClient *self,
                                           guint         delay_ms);

/**
 * confab_client_set_timeout:
 * @self: a client
 * @timeout_ms: milliseconds; 20000 at first
 *
 * Sets how long an attempt to connect may take.
 */
CONFAB_EXPORT
void confab_client_set_timeout (ConfabClient *self,
                                guint         timeout_ms);

/**
 * confab_client_set_echo_messages:
 * @self: a client
 * @echo_messages: whether the client is told what it does itself; %TRUE at first
 *
 * Sets what %CONFAB_ECHO_DEFAULT means. The server learns of it with the next connection.
 */
CONFAB_EXPORT
void confab_client_set_echo_messages (ConfabClient *self,
                                      gboolean      echo_messages);

/**
 * confab_client_set_buffer_messages:
 * @self: a client
 * @buffer_messages: whether messages wait for a connection; %TRUE at first
 *
 * Sets what becomes of a message that is sent while there is no connection: it waits for one, or
 * it is lost without a word. What waits is bounded: beyond 1000 messages or 4 MiB it is refused
 * with %CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS.
 */
CONFAB_EXPORT
void confab_client_set_buffer_messages (ConfabClient *self,
                                        gboolean      buffer_messages);

/**
 * confab_client_set_auto_join_channels:
 * @self: a client
 * @auto_join_channels: whether each new connection joins what was joined; %TRUE at first
 *
 * Sets whether the channels and the profile are told to the server again when it is connected
 * again.
 */
CONFAB_EXPORT
void confab_client_set_auto_join_channels (ConfabClient *self,
                                           gboolean      auto_join_channels);

/**
 * confab_client_join:
 * @self: a client
 * @channel: a channel
 * @echo: whether #ConfabClient::channel-join tells of it here, too
 * @error: return location for a #ConfabClientError
 *
 * Joins @channel: from then on #ConfabClient::event tells what is sent to it.
 *
 * Returns: %FALSE if it cannot be done at all; not whether the server agrees
 */
CONFAB_EXPORT
gboolean confab_client_join (ConfabClient  *self,
                             const char    *channel,
                             ConfabEcho     echo,
                             GError       **error);

/**
 * confab_client_leave:
 * @self: a client
 * @channel: a channel
 * @echo: whether #ConfabClient::channel-leave tells of it here, too
 * @error: return location for a #ConfabClientError
 *
 * Leaves @channel.
 *
 * Returns: %FALSE if it cannot be done at all
 */
CONFAB_EXPORT
gboolean confab_client_leave (ConfabClient  *self,
                              const char    *channel,
                              ConfabEcho     echo,
                              GError       **error);

/**
 * confab_client_send:
 * @self: a client
 * @channel: a channel; one need not have joined it
 * @event_name: the name of the event
 * @message: (nullable): its message, any JSON
 * @echo: whether it comes back here, if @channel was joined
 * @error: return location for a #ConfabClientError
 *
 * Sends an event to everybody in @channel. Bytes in @message go as bytes; see
 * confab_client_make_bytes().
 *
 * Returns: %FALSE if it cannot be sent: a name is missing, it is longer than the server takes, or
 *   too much waits already
 */
CONFAB_EXPORT
gboolean confab_client_send (ConfabClient  *self,
                             const char    *channel,
                             const char    *event_name,
                             JsonNode      *message,
                             ConfabEcho     echo,
                             GError       **error);

/**
 * confab_client_broadcast:
 * @self: a client
 * @event_name: the name of the event
 * @message: (nullable): its message, any JSON
 * @echo: whether it comes back here
 * @error: return location for a #ConfabClientError
 *
 * Sends an event to all clients of the environment.
 *
 * Returns: as confab_client_send()
 */
CONFAB_EXPORT
gboolean confab_client_broadcast (ConfabClient  *self,
                                  const char    *event_name,
                                  JsonNode      *message,
                                  ConfabEcho     echo,
                                  GError       **error);

/**
 * confab_client_update_profile:
 * @self: a client
 * @data: what the client says of itself, any JSON
 * @echo: whether #ConfabClient::channel-update tells of it here, too
 * @error: return location for a #ConfabClientError
 *
 * Says who this is to everybody in the channels that were joined, and with each join to come.
 *
 * Returns: as confab_client_send()
 */
CONFAB_EXPORT
gboolean confab_client_update_profile (ConfabClient  *self,
                                       JsonNode      *data,
                                       ConfabEcho     echo,
                                       GError       **error);

/**
 * confab_client_get_members_async:
 * @self: a client
 * @channel: a channel
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when there is an answer
 * @user_data: data for @callback
 *
 * Asks who is in @channel.
 */
CONFAB_EXPORT
void confab_client_get_members_async (ConfabClient        *self,
                                      const char          *channel,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);

/**
 * confab_client_get_members_finish:
 * @self: a client
 * @result: the result
 * @error: return location for a #ConfabClientError
 *
 * Returns: (transfer full): an object for each member, with its `id` and, if it has set a profile,
 *   its `data`
 */
CONFAB_EXPORT
JsonArray *confab_client_get_members_finish (ConfabClient  *self,
                                             GAsyncResult  *result,
                                             GError       **error);

/**
 * confab_client_make_bytes:
 * @bytes: some bytes
 *
 * Makes the JSON that stands for bytes in messages: `{"$binary":"BASE64"}`. A Socket.IO client at
 * the other end gets a buffer.
 *
 * Returns: (transfer full): the JSON
 */
CONFAB_EXPORT
JsonNode *confab_client_make_bytes (GBytes *bytes);

/**
 * confab_client_read_bytes:
 * @node: JSON
 *
 * Reads what confab_client_make_bytes() makes.
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL if @node does not stand for any
 */
CONFAB_EXPORT
GBytes *confab_client_read_bytes (JsonNode *node);

G_END_DECLS
