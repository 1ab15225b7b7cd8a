/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client-error.h"
#include "confab-database-response.h"
#include "confab-realtime-event.h"
#include "confab-types.h"
#include "confab-websocket.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_CLIENT (confab_client_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabClient, confab_client, CONFAB, CLIENT, GObject)

/**
 * confab_client_new:
 * @url: where the service is, `http://…` or `https://…`
 * @service: (nullable): the id of the service; %NULL: the one of the Confab space at @url
 * @owner: (nullable): the id of the owner of the service; %NULL together with @service
 *
 * Makes a client of a service that speaks Skapi's protocol. Where to connect to is read from the
 * endpoint documents of the service below @url, once it is needed.
 *
 * Returns: (transfer full): a new client
 */
CONFAB_EXPORT
ConfabClient *confab_client_new (const char *url,
                                 const char *service,
                                 const char *owner);

/**
 * confab_client_new_for_endpoints:
 * @service: the id of the service
 * @owner: the id of the owner of the service
 * @record_url: where requests go to, `http://…/` or `https://…/`
 * @realtime_url: where the WebSocket is, `ws://…` or `wss://…`
 *
 * Makes a client of a service that speaks Skapi's protocol and whose endpoints are known.
 *
 * Returns: (transfer full): a new client
 */
CONFAB_EXPORT
ConfabClient *confab_client_new_for_endpoints (const char *service,
                                               const char *owner,
                                               const char *record_url,
                                               const char *realtime_url);

/**
 * confab_client_get_user_id:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): the id of the user who is logged in
 */
CONFAB_EXPORT
const char *confab_client_get_user_id (ConfabClient *self);

/**
 * confab_client_get_group:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): the group that was joined
 */
CONFAB_EXPORT
const char *confab_client_get_group (ConfabClient *self);

/**
 * confab_client_login_async:
 * @self: a client
 * @name: the name of the account
 * @password: its password
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Logs in at a Confab space with name and password. Other services make their tokens elsewhere: see
 * confab_client_login_with_token_async().
 */
CONFAB_EXPORT
void confab_client_login_async (ConfabClient        *self,
                                const char          *name,
                                const char          *password,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/**
 * confab_client_login_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_login_async().
 *
 * Returns: %TRUE if the user is logged in
 */
CONFAB_EXPORT
gboolean confab_client_login_finish (ConfabClient  *self,
                                     GAsyncResult  *result,
                                     GError       **error);

/**
 * confab_client_login_with_token_async:
 * @self: a client
 * @access_token: the access token
 * @id_token: the id token
 * @refresh_token: (nullable): a refresh token of a Confab space; without one the login ends
 *   with the tokens
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Logs in with tokens. They have to be of this service and of one user, and must not have
 * ended. The client renews them in time if it has a @refresh_token.
 */
CONFAB_EXPORT
void confab_client_login_with_token_async (ConfabClient        *self,
                                           const char          *access_token,
                                           const char          *id_token,
                                           const char          *refresh_token,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_client_login_with_token_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_login_with_token_async().
 *
 * Returns: %TRUE if the user is logged in
 */
CONFAB_EXPORT
gboolean confab_client_login_with_token_finish (ConfabClient  *self,
                                                GAsyncResult  *result,
                                                GError       **error);

/**
 * confab_client_connect_realtime_async:
 * @self: a client
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Connects. Somebody has to listen to #ConfabClient::realtime-event before. While there is a
 * connection, or one is being made, that one is the answer.
 *
 * A connection that is lost is made again twice, after 3 s each, and the group is joined
 * again. What happens to it is told by events.
 */
CONFAB_EXPORT
void confab_client_connect_realtime_async (ConfabClient        *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_client_connect_realtime_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_connect_realtime_async().
 *
 * Returns: (transfer full): the connection
 */
CONFAB_EXPORT
ConfabWebsocket *confab_client_connect_realtime_finish (ConfabClient  *self,
                                                        GAsyncResult  *result,
                                                        GError       **error);

/**
 * confab_client_close_realtime_async:
 * @self: a client
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Closes the connection, if there is one; the group is left. Nothing reconnects it. The
 * event that says so follows.
 */
CONFAB_EXPORT
void confab_client_close_realtime_async (ConfabClient        *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);

/**
 * confab_client_close_realtime_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_close_realtime_async().
 *
 * Returns: %TRUE
 */
CONFAB_EXPORT
gboolean confab_client_close_realtime_finish (ConfabClient  *self,
                                              GAsyncResult  *result,
                                              GError       **error);

/**
 * confab_client_join_realtime_async:
 * @self: a client
 * @group: (nullable): a group; %NULL or empty to leave
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Joins a group, which comes into being if nobody is in it yet. A connection is in one
 * group at a time: the one before is left.
 */
CONFAB_EXPORT
void confab_client_join_realtime_async (ConfabClient        *self,
                                        const char          *group,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

/**
 * confab_client_join_realtime_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_join_realtime_async().
 *
 * Returns: (transfer full): a success, with a sentence about it
 */
CONFAB_EXPORT
ConfabRealtimeEvent *confab_client_join_realtime_finish (ConfabClient  *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);

/**
 * confab_client_post_realtime_async:
 * @self: a client
 * @message: (nullable): any JSON up to 2 MiB
 * @recipient: the id of a user, or the group that was joined
 * @notification: (nullable): `title` and `body` for those who are not connected, and
 *   `config` with `always`, whether to notify those who are as well
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Sends something to a user or to the group. The answer says that it was sent, not that
 * anybody has got it.
 */
CONFAB_EXPORT
void confab_client_post_realtime_async (ConfabClient        *self,
                                        JsonNode            *message,
                                        const char          *recipient,
                                        JsonObject          *notification,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

/**
 * confab_client_post_realtime_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_post_realtime_async().
 *
 * Returns: (transfer full): a success, with a sentence about it
 */
CONFAB_EXPORT
ConfabRealtimeEvent *confab_client_post_realtime_finish (ConfabClient  *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);

/**
 * confab_client_check_rtc:
 * @self: a client
 * @error: return location for an error in #ConfabClientError, as `connectRTC` gives it
 *
 * Asks whether somebody could be called now.
 *
 * Returns: %TRUE if the realtime connection is open
 */
CONFAB_EXPORT
gboolean confab_client_check_rtc (ConfabClient  *self,
                                  GError       **error);

/**
 * confab_client_send_rtc:
 * @self: a client
 * @cid: a connection, with its `cid:`
 * @content: any JSON
 * @error: return location for an error in #ConfabClientError
 *
 * Sends something to one connection, at once, in order, and stored nowhere: what two ends of a call
 * have to settle. The other side gets a #ConfabRealtimeEvent of the kind
 * %CONFAB_REALTIME_EVENT_RTC.
 *
 * Returns: %TRUE if it is on its way
 */
CONFAB_EXPORT
gboolean confab_client_send_rtc (ConfabClient  *self,
                                 const char    *cid,
                                 JsonNode      *content,
                                 GError       **error);

/**
 * confab_client_get_realtime_groups_async:
 * @self: a client
 * @params: (nullable): `searchFor`, `value` and `condition` or `range`
 * @fetch_options: (nullable): `limit`, `ascending`, `startKey`, `fetchMore`
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Lists groups and how many users each has.
 */
CONFAB_EXPORT
void confab_client_get_realtime_groups_async (ConfabClient        *self,
                                              JsonObject          *params,
                                              JsonObject          *fetch_options,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);

/**
 * confab_client_get_realtime_groups_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_get_realtime_groups_async().
 *
 * Returns: (transfer full): a page of #ConfabRealtimeGroup
 */
CONFAB_EXPORT
ConfabDatabaseResponse *confab_client_get_realtime_groups_finish (ConfabClient  *self,
                                                                  GAsyncResult  *result,
                                                                  GError       **error);

/**
 * confab_client_get_realtime_users_async:
 * @self: a client
 * @group: (nullable): a group; %NULL: the one that was joined
 * @user_id: (nullable): only the connections of that user
 * @fetch_options: (nullable): as for confab_client_get_realtime_groups_async()
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Lists who is in a group.
 */
CONFAB_EXPORT
void confab_client_get_realtime_users_async (ConfabClient        *self,
                                             const char          *group,
                                             const char          *user_id,
                                             JsonObject          *fetch_options,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);

/**
 * confab_client_get_realtime_users_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_get_realtime_users_async().
 *
 * Returns: (transfer full): a page of #ConfabRealtimeUser
 */
CONFAB_EXPORT
ConfabDatabaseResponse *confab_client_get_realtime_users_finish (ConfabClient  *self,
                                                                 GAsyncResult  *result,
                                                                 GError       **error);

/**
 * confab_client_vapid_public_key_async:
 * @self: a client
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Gets the key that a browser subscribes to notifications with (RFC 8292).
 */
CONFAB_EXPORT
void confab_client_vapid_public_key_async (ConfabClient        *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_client_vapid_public_key_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_vapid_public_key_async().
 *
 * Returns: (transfer full): a point of P-256 in base64url
 */
CONFAB_EXPORT
char *confab_client_vapid_public_key_finish (ConfabClient  *self,
                                             GAsyncResult  *result,
                                             GError       **error);

/**
 * confab_client_subscribe_notification_async:
 * @self: a client
 * @endpoint: where the push service takes them
 * @p256dh: the key of the receiver
 * @auth: its secret
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Has notifications sent to a push service (RFC 8030).
 */
CONFAB_EXPORT
void confab_client_subscribe_notification_async (ConfabClient        *self,
                                                 const char          *endpoint,
                                                 const char          *p256dh,
                                                 const char          *auth,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);

/**
 * confab_client_subscribe_notification_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_subscribe_notification_async().
 *
 * Returns: (transfer full): a sentence about the success
 */
CONFAB_EXPORT
char *confab_client_subscribe_notification_finish (ConfabClient  *self,
                                                   GAsyncResult  *result,
                                                   GError       **error);

/**
 * confab_client_unsubscribe_notification_async:
 * @self: a client
 * @endpoint: where the push service takes them
 * @p256dh: the key of the receiver
 * @auth: its secret
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * No longer has notifications sent to a push service (RFC 8030).
 */
CONFAB_EXPORT
void confab_client_unsubscribe_notification_async (ConfabClient        *self,
                                                   const char          *endpoint,
                                                   const char          *p256dh,
                                                   const char          *auth,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);

/**
 * confab_client_unsubscribe_notification_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_unsubscribe_notification_async().
 *
 * Returns: (transfer full): a sentence about the success
 */
CONFAB_EXPORT
char *confab_client_unsubscribe_notification_finish (ConfabClient  *self,
                                                     GAsyncResult  *result,
                                                     GError       **error);

/**
 * confab_client_push_notification_async:
 * @self: a client
 * @title: what the notification is about
 * @body: what it says
 * @user_ids: (nullable) (array zero-terminated=1): users; %NULL: all who have subscribed
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Sends a notification. To others only admins may.
 */
CONFAB_EXPORT
void confab_client_push_notification_async (ConfabClient *self,
                                            const char *title,
                                            const char *body,
                                            const char * const *user_ids,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);

/**
 * confab_client_push_notification_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error in #ConfabClientError
 *
 * Finishes confab_client_push_notification_async().
 *
 * Returns: (transfer full): a sentence about the success
 */
CONFAB_EXPORT
char *confab_client_push_notification_finish (ConfabClient  *self,
                                              GAsyncResult  *result,
                                              GError       **error);

G_END_DECLS
