/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"
#include "confab-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_SESSION (confab_session_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabSession, confab_session, CONFAB, SESSION, GObject)

/**
 * confab_session_get_id:
 * @self: a session
 *
 * Gets a string that names this account on this device for good.
 *
 * Returns: (transfer none): the id
 */
CONFAB_EXPORT
const char *confab_session_get_id (ConfabSession *self);

/**
 * confab_session_get_space_url:
 * @self: a session
 *
 * Returns: (transfer none): the address of the space
 */
CONFAB_EXPORT
const char *confab_session_get_space_url (ConfabSession *self);

/**
 * confab_session_get_space_name:
 * @self: a session
 *
 * Returns: (transfer none): the name of the space
 */
CONFAB_EXPORT
const char *confab_session_get_space_name (ConfabSession *self);

/**
 * confab_session_get_user:
 * @self: a session
 *
 * Returns: (transfer none): the user whose account it is
 */
CONFAB_EXPORT
ConfabUser *confab_session_get_user (ConfabSession *self);

/**
 * confab_session_get_state:
 * @self: a session
 *
 * Returns: where the connection is
 */
CONFAB_EXPORT
ConfabConnectionState confab_session_get_state (ConfabSession *self);

/**
 * confab_session_get_retry_in_seconds:
 * @self: a session
 *
 * Returns: seconds to the next attempt while %CONFAB_CONNECTION_STATE_WAITING, else 0
 */
CONFAB_EXPORT
guint confab_session_get_retry_in_seconds (ConfabSession *self);

/**
 * confab_session_get_last_error:
 * @self: a session
 *
 * Gets what is wrong now: why there is no connection, or what the local store suffers from
 * (%CONFAB_ERROR_STORE).
 *
 * Returns: (transfer none) (nullable): the error, or %NULL
 */
CONFAB_EXPORT
const GError *confab_session_get_last_error (ConfabSession *self);

/**
 * confab_session_get_rooms:
 * @self: a session
 *
 * Gets the rooms that the user is a member of, newest activity first.
 *
 * Returns: (transfer none): a list of #ConfabRoom
 */
CONFAB_EXPORT
GListModel *confab_session_get_rooms (ConfabSession *self);

/**
 * confab_session_get_n_unread:
 * @self: a session
 *
 * Returns: how many unread messages all rooms have together
 */
CONFAB_EXPORT
guint confab_session_get_n_unread (ConfabSession *self);

/**
 * confab_session_get_connection:
 * @self: a session
 *
 * Returns: (transfer none): the connection underneath
 */
CONFAB_EXPORT
ConfabConnection *confab_session_get_connection (ConfabSession *self);

/**
 * confab_session_go_online:
 * @self: a session
 *
 * Connects, and stays connected until confab_session_go_offline().
 */
CONFAB_EXPORT
void confab_session_go_online (ConfabSession *self);

/**
 * confab_session_go_offline:
 * @self: a session
 *
 * Goes offline until confab_session_go_online().
 */
CONFAB_EXPORT
void confab_session_go_offline (ConfabSession *self);

/**
 * confab_session_try_now:
 * @self: a session
 *
 * Makes the next attempt at once if it is waiting.
 */
CONFAB_EXPORT
void confab_session_try_now (ConfabSession *self);

/**
 * confab_session_get_room:
 * @self: a session
 * @rid: the name of a group, or `@` and a user's id
 *
 * Finds a room among those that are known.
 *
 * Returns: (transfer none) (nullable): the room, or %NULL
 */
CONFAB_EXPORT
ConfabRoom *confab_session_get_room (ConfabSession *self,
                                     const char    *rid);

/**
 * confab_session_dup_user:
 * @self: a session
 * @user_id: the id of a user
 *
 * Gets somebody of the space. What is not known of them yet arrives later, and notifies.
 *
 * Returns: (transfer full): the user
 */
CONFAB_EXPORT
ConfabUser *confab_session_dup_user (ConfabSession *self,
                                     const char    *user_id);

/**
 * confab_session_join_group_async:
 * @self: a session
 * @name: the name of the group, 1–256 bytes without control characters, not beginning with `@`
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the room
 * @user_data: data for @callback
 *
 * Joins a group, which comes into being if it does not exist. Needs a connection.
 */
CONFAB_EXPORT
void confab_session_join_group_async (ConfabSession       *self,
                                      const char          *name,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);

/**
 * confab_session_join_group_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_session_join_group_async().
 *
 * Returns: (transfer full): the room
 */
CONFAB_EXPORT
ConfabRoom *confab_session_join_group_finish (ConfabSession  *self,
                                              GAsyncResult   *result,
                                              GError        **error);

/**
 * confab_session_open_direct_async:
 * @self: a session
 * @user_id: the id of another user
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the room
 * @user_data: data for @callback
 *
 * Opens the direct room with another user. A room that is known already is there without a
 * connection.
 */
CONFAB_EXPORT
void confab_session_open_direct_async (ConfabSession       *self,
                                       const char          *user_id,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data);

/**
 * confab_session_open_direct_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_NOT_EXISTS if there is no such user
 *
 * Finishes confab_session_open_direct_async().
 *
 * Returns: (transfer full): the room
 */
CONFAB_EXPORT
ConfabRoom *confab_session_open_direct_finish (ConfabSession  *self,
                                               GAsyncResult   *result,
                                               GError        **error);

/**
 * confab_session_list_groups_async:
 * @self: a session
 * @search: (nullable): part of the name
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the list
 * @user_data: data for @callback
 *
 * Asks for the groups of the space, at most 1 000, by name. Needs a connection.
 */
CONFAB_EXPORT
void confab_session_list_groups_async (ConfabSession       *self,
                                       const char          *search,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data);

/**
 * confab_session_list_groups_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_session_list_groups_async().
 *
 * Returns: (transfer full): a list of #ConfabGroupInfo
 */
CONFAB_EXPORT
GListModel *confab_session_list_groups_finish (ConfabSession  *self,
                                               GAsyncResult   *result,
                                               GError        **error);

/**
 * confab_session_list_users_async:
 * @self: a session
 * @search: (nullable): part of the name or display name
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the list
 * @user_data: data for @callback
 *
 * Asks for the users of the space, at most 1 000, by display name. Needs a connection.
 */
CONFAB_EXPORT
void confab_session_list_users_async (ConfabSession       *self,
                                      const char          *search,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);

/**
 * confab_session_list_users_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_session_list_users_async().
 *
 * Returns: (transfer full): a list of #ConfabUser
 */
CONFAB_EXPORT
GListModel *confab_session_list_users_finish (ConfabSession  *self,
                                              GAsyncResult   *result,
                                              GError        **error);

/**
 * confab_session_search_async:
 * @self: a session
 * @text: what to look for, anywhere inside a message, in any case
 * @room: (nullable): where; %NULL for everywhere
 * @limit: how many hits at most
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the list
 * @user_data: data for @callback
 *
 * Searches the messages of the local store, newest first. One or two characters are looked for in
 * the newest messages only.
 */
CONFAB_EXPORT
void confab_session_search_async (ConfabSession       *self,
                                  const char          *text,
                                  ConfabRoom          *room,
                                  guint                limit,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

/**
 * confab_session_search_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_session_search_async().
 *
 * Returns: (transfer full): a list of #ConfabSearchHit
 */
CONFAB_EXPORT
GListModel *confab_session_search_finish (ConfabSession  *self,
                                          GAsyncResult   *result,
                                          GError        **error);

/**
 * confab_session_set_display_name_async:
 * @self: a session
 * @display_name: the new display name, 1–128 characters
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Changes how others see the user.
 */
CONFAB_EXPORT
void confab_session_set_display_name_async (ConfabSession       *self,
                                            const char          *display_name,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);

/**
 * confab_session_set_display_name_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_session_set_display_name_async().
 *
 * Returns: %TRUE if it was changed
 */
CONFAB_EXPORT
gboolean confab_session_set_display_name_finish (ConfabSession  *self,
                                                 GAsyncResult   *result,
                                                 GError        **error);

/**
 * confab_session_change_password_async:
 * @self: a session
 * @password: the password until now
 * @new_password: the new password, 8–1024 bytes
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Changes the password and ends all other sessions of the user.
 */
CONFAB_EXPORT
void confab_session_change_password_async (ConfabSession       *self,
                                           const char          *password,
                                           const char          *new_password,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_session_change_password_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_INVALID_CREDENTIALS if the old password was
 *   wrong
 *
 * Finishes confab_session_change_password_async().
 *
 * Returns: %TRUE if it was changed
 */
CONFAB_EXPORT
gboolean confab_session_change_password_finish (ConfabSession  *self,
                                                GAsyncResult   *result,
                                                GError        **error);

/**
 * confab_session_sign_out_async:
 * @self: a session
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Ends the session at the server, forgets its tokens and goes offline for good. The local data
 * stay until
 * confab_profile_remove_async().
 */
CONFAB_EXPORT
void confab_session_sign_out_async (ConfabSession       *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data);

/**
 * confab_session_sign_out_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error: the server could not be told; the tokens are gone from
 *   this device all the same
 *
 * Finishes confab_session_sign_out_async().
 *
 * Returns: %TRUE if the server has ended the session
 */
CONFAB_EXPORT
gboolean confab_session_sign_out_finish (ConfabSession  *self,
                                         GAsyncResult   *result,
                                         GError        **error);

/**
 * confab_session_get_share_typing:
 * @self: a session
 *
 * Returns: whether others see when the user is typing; %TRUE unless it was changed
 */
CONFAB_EXPORT
gboolean confab_session_get_share_typing (ConfabSession *self);

/**
 * confab_session_set_share_typing:
 * @self: a session
 * @share_typing: whether others see when the user is typing
 *
 * Changes what confab_room_set_typing() does. Not kept; set it when the session appears.
 */
CONFAB_EXPORT
void confab_session_set_share_typing (ConfabSession *self,
                                      gboolean       share_typing);

/**
 * confab_session_get_share_read:
 * @self: a session
 *
 * Returns: whether others see what the user has read; %TRUE unless it was changed
 */
CONFAB_EXPORT
gboolean confab_session_get_share_read (ConfabSession *self);

/**
 * confab_session_set_share_read:
 * @self: a session
 * @share_read: whether others see what the user has read
 *
 * Changes what confab_room_mark_read() does: while it is %FALSE, markers stay on this device. Not
 * kept;
 * set it when the session appears.
 */
CONFAB_EXPORT
void confab_session_set_share_read (ConfabSession *self,
                                    gboolean       share_read);

G_END_DECLS
