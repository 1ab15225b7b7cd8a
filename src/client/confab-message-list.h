/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_MESSAGE_LIST (confab_message_list_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabMessageList, confab_message_list, CONFAB, MESSAGE_LIST, GObject)

/**
 * confab_message_list_get_has_older:
 * @self: a message list
 *
 * Tells whether the room has older messages than the first item.
 *
 * Returns: whether confab_message_list_load_older_async() would find something
 */
CONFAB_EXPORT
gboolean confab_message_list_get_has_older (ConfabMessageList *self);

/**
 * confab_message_list_get_has_newer:
 * @self: a message list
 *
 * Tells whether the room has newer messages than the last item. While it is %FALSE the list
 * follows the room: new messages
 * and the outgoing ones that are not acknowledged yet appear at its end.
 *
 * Returns: whether confab_message_list_load_newer_async() would find something
 */
CONFAB_EXPORT
gboolean confab_message_list_get_has_newer (ConfabMessageList *self);

/**
 * confab_message_list_get_loading:
 * @self: a message list
 *
 * Returns: whether a page is on its way
 */
CONFAB_EXPORT
gboolean confab_message_list_get_loading (ConfabMessageList *self);

/**
 * confab_message_list_open_async:
 * @self: a message list
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the first page is there
 * @user_data: data for @callback
 *
 * Shows the newest 30 messages and no others, wherever the list stood before. Messages come
 * from the local store; the server is asked for what the store lacks.
 */
CONFAB_EXPORT
void confab_message_list_open_async (ConfabMessageList   *self,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);

/**
 * confab_message_list_open_finish:
 * @self: a message list
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_message_list_open_async().
 *
 * Returns: %FALSE if nothing could be loaded
 */
CONFAB_EXPORT
gboolean confab_message_list_open_finish (ConfabMessageList  *self,
                                          GAsyncResult       *result,
                                          GError            **error);

/**
 * confab_message_list_load_older_async:
 * @self: a message list
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the page is there
 * @user_data: data for @callback
 *
 * Prepends up to 50 older messages. When the list gets longer than 400, its newest end is let go.
 * While a page is on its
 * way, another call just waits for it.
 */
CONFAB_EXPORT
void confab_message_list_load_older_async (ConfabMessageList   *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_message_list_load_older_finish:
 * @self: a message list
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_NETWORK_UNREACHABLE while only the server
 *   has what is older
 *
 * Finishes confab_message_list_load_older_async().
 *
 * Returns: %TRUE on success, also if there was nothing older
 */
CONFAB_EXPORT
gboolean confab_message_list_load_older_finish (ConfabMessageList  *self,
                                                GAsyncResult       *result,
                                                GError            **error);

/**
 * confab_message_list_load_newer_async:
 * @self: a message list
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the page is there
 * @user_data: data for @callback
 *
 * Appends up to 50 newer messages. When the list gets longer than 400, its oldest end is let go.
 */
CONFAB_EXPORT
void confab_message_list_load_newer_async (ConfabMessageList   *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/**
 * confab_message_list_load_newer_finish:
 * @self: a message list
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_message_list_load_newer_async().
 *
 * Returns: %TRUE on success, also if there was nothing newer
 */
CONFAB_EXPORT
gboolean confab_message_list_load_newer_finish (ConfabMessageList  *self,
                                                GAsyncResult       *result,
                                                GError            **error);

/**
 * confab_message_list_jump_to_seq_async:
 * @self: a message list
 * @seq: the sequence number to go to; 1 is the first of the room
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the messages around @seq are there
 * @user_data: data for @callback
 *
 * Makes the messages around @seq the content of the list, in one change, unless they are there
 * already. Find the row with
 * confab_message_list_get_position_of_seq().
 */
CONFAB_EXPORT
void confab_message_list_jump_to_seq_async (ConfabMessageList   *self,
                                            guint64              seq,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);

/**
 * confab_message_list_jump_to_seq_finish:
 * @self: a message list
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_message_list_jump_to_seq_async().
 *
 * Returns: %TRUE if the messages around the number are there
 */
CONFAB_EXPORT
gboolean confab_message_list_jump_to_seq_finish (ConfabMessageList  *self,
                                                 GAsyncResult       *result,
                                                 GError            **error);

/**
 * confab_message_list_jump_to_newest_async:
 * @self: a message list
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the newest messages are there
 * @user_data: data for @callback
 *
 * Makes the newest messages the content of the list, unless they are there already.
 */
CONFAB_EXPORT
void confab_message_list_jump_to_newest_async (ConfabMessageList   *self,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);

/**
 * confab_message_list_jump_to_newest_finish:
 * @self: a message list
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_message_list_jump_to_newest_async().
 *
 * Returns: %TRUE if the newest messages are there
 */
CONFAB_EXPORT
gboolean confab_message_list_jump_to_newest_finish (ConfabMessageList  *self,
                                                    GAsyncResult       *result,
                                                    GError            **error);

/**
 * confab_message_list_get_position_of_seq:
 * @self: a message list
 * @seq: a sequence number
 * @position: (out) (optional): the position of that message, or of the next newer one that can be
 *   shown
 *
 * Finds a message in the list as it is now.
 *
 * Returns: whether the list spans @seq
 */
CONFAB_EXPORT
gboolean confab_message_list_get_position_of_seq (ConfabMessageList *self,
                                                  guint64            seq,
                                                  guint             *position);

G_END_DECLS
