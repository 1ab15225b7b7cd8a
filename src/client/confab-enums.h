/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabConnectionState:
 * @CONFAB_CONNECTION_STATE_IDLE: not connected, and nothing is tried: at first, and after a wished
 *   disconnect
 * @CONFAB_CONNECTION_STATE_CONNECTING: a token is made ready and the WebSocket is being opened
 * @CONFAB_CONNECTION_STATE_GREETING: the socket is open; rooms, outbox and gaps are being settled
 *   replayed, gaps are filled
 * @CONFAB_CONNECTION_STATE_ONLINE: everything is up to date and live
 * @CONFAB_CONNECTION_STATE_WAITING: the connection was lost; the next attempt is due in a while
 * @CONFAB_CONNECTION_STATE_REFUSED: the server does not accept the account any more; only signing
 *   in again helps
 *
 * Where a connection is. The way is IDLE → CONNECTING → GREETING → ONLINE, and back over WAITING
 * when it is lost.
 */
typedef enum {
  CONFAB_CONNECTION_STATE_IDLE,
  CONFAB_CONNECTION_STATE_CONNECTING,
  CONFAB_CONNECTION_STATE_GREETING,
  CONFAB_CONNECTION_STATE_ONLINE,
  CONFAB_CONNECTION_STATE_WAITING,
  CONFAB_CONNECTION_STATE_REFUSED,
} ConfabConnectionState;

#define CONFAB_TYPE_CONNECTION_STATE (confab_connection_state_get_type ())

CONFAB_EXPORT
GType confab_connection_state_get_type (void);

/**
 * ConfabRoomKind:
 * @CONFAB_ROOM_KIND_GROUP: a group, addressed by its name
 * @CONFAB_ROOM_KIND_DIRECT: a conversation of two users
 *
 * What a room is.
 */
typedef enum {
  CONFAB_ROOM_KIND_GROUP,
  CONFAB_ROOM_KIND_DIRECT,
} ConfabRoomKind;

#define CONFAB_TYPE_ROOM_KIND (confab_room_kind_get_type ())

CONFAB_EXPORT
GType confab_room_kind_get_type (void);

/**
 * ConfabMessageKind:
 * @CONFAB_MESSAGE_KIND_TEXT: text that somebody wrote
 * @CONFAB_MESSAGE_KIND_JSON: other content; the text is its JSON, to be shown as a code block
 * @CONFAB_MESSAGE_KIND_JOINED: the sender became a member
 * @CONFAB_MESSAGE_KIND_LEFT: the sender left the group
 *
 * What a row of a conversation is.
 */
typedef enum {
  CONFAB_MESSAGE_KIND_TEXT,
  CONFAB_MESSAGE_KIND_JSON,
  CONFAB_MESSAGE_KIND_JOINED,
  CONFAB_MESSAGE_KIND_LEFT,
} ConfabMessageKind;

#define CONFAB_TYPE_MESSAGE_KIND (confab_message_kind_get_type ())

CONFAB_EXPORT
GType confab_message_kind_get_type (void);

/**
 * ConfabMessageState:
 * @CONFAB_MESSAGE_STATE_QUEUED: in the local outbox, not acknowledged yet
 * @CONFAB_MESSAGE_STATE_SENT: stored by the server; also what messages of others are
 * @CONFAB_MESSAGE_STATE_DELIVERED: at least one other person's device has it
 * @CONFAB_MESSAGE_STATE_READ: at least one other person has read it
 * @CONFAB_MESSAGE_STATE_FAILED: refused by the server, or not kept by the local store
 *   #ConfabMessage:error-message
 *
 * How far a message has got.
 */
typedef enum {
  CONFAB_MESSAGE_STATE_QUEUED,
  CONFAB_MESSAGE_STATE_SENT,
  CONFAB_MESSAGE_STATE_DELIVERED,
  CONFAB_MESSAGE_STATE_READ,
  CONFAB_MESSAGE_STATE_FAILED,
} ConfabMessageState;

#define CONFAB_TYPE_MESSAGE_STATE (confab_message_state_get_type ())

CONFAB_EXPORT
GType confab_message_state_get_type (void);

/**
 * ConfabRegistration:
 * @CONFAB_REGISTRATION_OPEN: anybody may sign up
 * @CONFAB_REGISTRATION_INVITE: an invitation is needed
 * @CONFAB_REGISTRATION_CLOSED: only existing accounts may sign in
 *
 * Who may sign up at a space.
 */
typedef enum {
  CONFAB_REGISTRATION_OPEN,
  CONFAB_REGISTRATION_INVITE,
  CONFAB_REGISTRATION_CLOSED,
} ConfabRegistration;

#define CONFAB_TYPE_REGISTRATION (confab_registration_get_type ())

CONFAB_EXPORT
GType confab_registration_get_type (void);

G_END_DECLS
