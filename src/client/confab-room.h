/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"
#include "confab-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_ROOM (confab_room_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRoom, confab_room, CONFAB, ROOM, GObject)

/**
 * confab_room_get_session:
 * @self: a room
 *
 * Gets the session the room belongs to.
 *
 * Returns: (transfer none) (nullable): the session, or %NULL after it was removed
 */
CONFAB_EXPORT
ConfabSession *confab_room_get_session (ConfabRoom *self);

/**
 * confab_room_get_rid:
 * @self: a room
 *
 * Gets the address of the room: the name of a group, or `@` and the other user's id. It never
 * changes.
 *
 * Returns: (transfer none): the address
 */
CONFAB_EXPORT
const char *confab_room_get_rid (ConfabRoom *self);

/**
 * confab_room_get_kind:
 * @self: a room
 *
 * Returns: whether it is a group or a direct room
 */
CONFAB_EXPORT
ConfabRoomKind confab_room_get_kind (ConfabRoom *self);

/**
 * confab_room_get_title:
 * @self: a room
 *
 * Gets what to call the room: the group's name, or the display name of the other user.
 *
 * Returns: (transfer none): the title
 */
CONFAB_EXPORT
const char *confab_room_get_title (ConfabRoom *self);

/**
 * confab_room_get_n_members:
 * @self: a room
 *
 * Returns: how many users are members
 */
CONFAB_EXPORT
guint confab_room_get_n_members (ConfabRoom *self);

/**
 * confab_room_get_n_present:
 * @self: a room
 *
 * Returns: how many users are in the room now
 */
CONFAB_EXPORT
guint confab_room_get_n_present (ConfabRoom *self);

/**
 * confab_room_get_n_unread:
 * @self: a room
 *
 * Returns: how many messages of others come after the read marker
 */
CONFAB_EXPORT
guint confab_room_get_n_unread (ConfabRoom *self);

/**
 * confab_room_get_read_seq:
 * @self: a room
 *
 * Gets the read marker: the user has read everything up to this number. It only grows.
 *
 * Returns: the sequence number
 */
CONFAB_EXPORT
guint64 confab_room_get_read_seq (ConfabRoom *self);

/**
 * confab_room_get_last_message:
 * @self: a room
 *
 * Gets the newest message, the user's own unacknowledged ones included.
 *
 * Returns: (transfer none) (nullable): the message, or %NULL in an empty room
 */
CONFAB_EXPORT
ConfabMessage *confab_room_get_last_message (ConfabRoom *self);

/**
 * confab_room_get_last_activity_at:
 * @self: a room
 *
 * Gets the time that rooms are sorted by: of the last message, or of joining.
 *
 * Returns: µs since the epoch, UTC
 */
CONFAB_EXPORT
gint64 confab_room_get_last_activity_at (ConfabRoom *self);

/**
 * confab_room_get_peer:
 * @self: a room
 *
 * Gets the other user of a direct room.
 *
 * Returns: (transfer none) (nullable): the user; %NULL for a group
 */
CONFAB_EXPORT
ConfabUser *confab_room_get_peer (ConfabRoom *self);

/**
 * confab_room_get_joined:
 * @self: a room
 *
 * Tells whether the user is a member of the group. A room that was left stays usable as an object
 * but is no longer in
 * #ConfabSession:rooms. Direct rooms are always joined.
 *
 * Returns: whether the user is a member
 */
CONFAB_EXPORT
gboolean confab_room_get_joined (ConfabRoom *self);

/**
 * confab_room_get_muted:
 * @self: a room
 *
 * Tells whether #ConfabSession::message-received stays silent for this room on this device.
 *
 * Returns: whether the room is muted
 */
CONFAB_EXPORT
gboolean confab_room_get_muted (ConfabRoom *self);

/**
 * confab_room_set_muted:
 * @self: a room
 * @muted: whether to be silent
 *
 * Mutes the room on this device; kept in the local store.
 */
CONFAB_EXPORT
void confab_room_set_muted (ConfabRoom *self,
                            gboolean    muted);

/**
 * confab_room_get_draft:
 * @self: a room
 *
 * Gets what the user has begun to write.
 *
 * Returns: (transfer none): the draft; empty if there is none
 */
CONFAB_EXPORT
const char *confab_room_get_draft (ConfabRoom *self);

/**
 * confab_room_set_draft:
 * @self: a room
 * @draft: (nullable): the text
 *
 * Keeps a draft. It is written to the local store half a second after the last change, and when
 * the profile closes.
 */
CONFAB_EXPORT
void confab_room_set_draft (ConfabRoom *self,
                            const char *draft);

/**
 * confab_room_get_typing:
 * @self: a room
 *
 * Gets who else is typing now. Entries lapse by themselves.
 *
 * Returns: (transfer none): a list of #ConfabUser
 */
CONFAB_EXPORT
GListModel *confab_room_get_typing (ConfabRoom *self);

/**
 * confab_room_get_present:
 * @self: a room
 *
 * Gets who is in the room now, in the order of coming. Empty while offline.
 *
 * Returns: (transfer none): a list of #ConfabUser
 */
CONFAB_EXPORT
GListModel *confab_room_get_present (ConfabRoom *self);

/**
 * confab_room_get_messages:
 * @self: a room
 *
 * Gets the conversation. Call confab_message_list_open_async() before showing it.
 *
 * Returns: (transfer none): the list; the same object for as long as somebody holds it
 */
CONFAB_EXPORT
ConfabMessageList *confab_room_get_messages (ConfabRoom *self);

/**
 * confab_room_send_text:
 * @self: a room
 * @text: what to say; not empty
 * @error: return location for an error
 *
 * Queues a text. It is in #ConfabRoom:messages at once, is kept in the local store before anything
 * is sent, survives a crash, and
 * goes out once, in order, as soon as there is a connection. Does not wait; what becomes of it is
 * seen in #ConfabMessage:state.
 *
 * Returns: (transfer full): the message, or %NULL with %CONFAB_ERROR_TOO_LARGE or
 * %CONFAB_ERROR_INVALID_PARAMETER
 */
CONFAB_EXPORT
ConfabMessage *confab_room_send_text (ConfabRoom  *self,
                                      const char  *text,
                                      GError     **error);

/**
 * confab_room_send_content:
 * @self: a room
 * @json: what to say, as JSON
 * @error: return location for an error
 *
 * Queues a content of any form, as confab_room_send_text() queues a text. An object should have a
 * member `text` with what it means in words: that is what is shown where nothing else is known of
 * it, and what is searched.
 *
 * Returns: (transfer full): the message, or %NULL with %CONFAB_ERROR_TOO_LARGE or
 * %CONFAB_ERROR_INVALID_PARAMETER
 */
CONFAB_EXPORT
ConfabMessage *confab_room_send_content (ConfabRoom  *self,
                                         const char  *json,
                                         GError     **error);

/**
 * confab_room_retry:
 * @self: a room
 * @message: a failed message of this room
 *
 * Queues a failed message anew, under the same id. Does nothing in other states.
 */
CONFAB_EXPORT
void confab_room_retry (ConfabRoom    *self,
                        ConfabMessage *message);

/**
 * confab_room_discard:
 * @self: a room
 * @message: a failed or queued message of this room
 *
 * Takes an outgoing message back out of the outbox. Does nothing once the message may have reached
 * the server.
 */
CONFAB_EXPORT
void confab_room_discard (ConfabRoom    *self,
                          ConfabMessage *message);

/**
 * confab_room_mark_read:
 * @self: a room
 * @seq: the newest sequence number that was seen
 *
 * Moves the read marker forward. Cheap: the server and the store hear of it at most once a second.
 */
CONFAB_EXPORT
void confab_room_mark_read (ConfabRoom *self,
                            guint64     seq);

/**
 * confab_room_set_typing:
 * @self: a room
 * @typing: whether the user is typing
 *
 * Tells the others. Call it with %TRUE at every change of the text: it is sent at most every 4 s,
 * and lapses by itself 6 s after
 * the last call.
 */
CONFAB_EXPORT
void confab_room_set_typing (ConfabRoom *self,
                             gboolean    typing);

/**
 * confab_room_leave_async:
 * @self: a room
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Ends the membership of a group; hides a direct room until its next message. Needs a connection.
 */
CONFAB_EXPORT
void confab_room_leave_async (ConfabRoom          *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data);

/**
 * confab_room_leave_finish:
 * @self: a room
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_room_leave_async().
 *
 * Returns: %TRUE if the room was left
 */
CONFAB_EXPORT
gboolean confab_room_leave_finish (ConfabRoom    *self,
                                   GAsyncResult  *result,
                                   GError       **error);

/**
 * confab_room_list_members_async:
 * @self: a room
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the list
 * @user_data: data for @callback
 *
 * Asks for all members, at most 1 000, by display name. Needs a connection.
 */
CONFAB_EXPORT
void confab_room_list_members_async (ConfabRoom          *self,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);

/**
 * confab_room_list_members_finish:
 * @self: a room
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_room_list_members_async().
 *
 * Returns: (transfer full): a list of #ConfabUser
 */
CONFAB_EXPORT
GListModel *confab_room_list_members_finish (ConfabRoom    *self,
                                             GAsyncResult  *result,
                                             GError       **error);

G_END_DECLS
