/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-enums"

#include "config.h"

#include "confab-enums.h"

/* The nicknames are what a property expression or a script sees. */

G_DEFINE_ENUM_TYPE (ConfabConnectionState, confab_connection_state,
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_GREETING, "greeting"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CONNECTION_STATE_REFUSED, "refused"))

G_DEFINE_ENUM_TYPE (ConfabRoomKind, confab_room_kind,
                    G_DEFINE_ENUM_VALUE (CONFAB_ROOM_KIND_GROUP, "group"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ROOM_KIND_DIRECT, "direct"))

G_DEFINE_ENUM_TYPE (ConfabMessageKind, confab_message_kind,
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_KIND_TEXT, "text"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_KIND_JSON, "json"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_KIND_JOINED, "joined"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_KIND_LEFT, "left"))

G_DEFINE_ENUM_TYPE (ConfabMessageState, confab_message_state,
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_STATE_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_STATE_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_STATE_DELIVERED, "delivered"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_STATE_READ, "read"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MESSAGE_STATE_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (ConfabRegistration, confab_registration,
                    G_DEFINE_ENUM_VALUE (CONFAB_REGISTRATION_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REGISTRATION_INVITE, "invite"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REGISTRATION_CLOSED, "closed"))
