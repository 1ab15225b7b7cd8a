/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ConfabRealtimeEventKind:
 * @CONFAB_REALTIME_EVENT_MESSAGE: somebody has sent something to the group
 * @CONFAB_REALTIME_EVENT_PRIVATE: somebody has sent something to this user
 * @CONFAB_REALTIME_EVENT_ERROR: something went wrong; most often the connection has failed
 * @CONFAB_REALTIME_EVENT_SUCCESS: the connection is there, or there again
 * @CONFAB_REALTIME_EVENT_CLOSE: the connection was closed as wished, or never came about
 * @CONFAB_REALTIME_EVENT_NOTICE: somebody has joined or left the group, or was cut off
 * @CONFAB_REALTIME_EVENT_RECONNECT: the connection was lost; an attempt to get it back follows
 * @CONFAB_REALTIME_EVENT_RTC: what another connection has sent with confab_client_send_rtc()
 *
 * What a #ConfabRealtimeEvent is about. The nicknames are the types of Skapi's documents.
 */
typedef enum {
  CONFAB_REALTIME_EVENT_MESSAGE,
  CONFAB_REALTIME_EVENT_PRIVATE,
  CONFAB_REALTIME_EVENT_ERROR,
  CONFAB_REALTIME_EVENT_SUCCESS,
  CONFAB_REALTIME_EVENT_CLOSE,
  CONFAB_REALTIME_EVENT_NOTICE,
  CONFAB_REALTIME_EVENT_RECONNECT,
  CONFAB_REALTIME_EVENT_RTC,
} ConfabRealtimeEventKind;

#define CONFAB_TYPE_REALTIME_EVENT_KIND (confab_realtime_event_kind_get_type ())

CONFAB_EXPORT
GType confab_realtime_event_kind_get_type (void);

#define CONFAB_TYPE_REALTIME_EVENT (confab_realtime_event_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRealtimeEvent, confab_realtime_event, CONFAB, REALTIME_EVENT, GObject)

/**
 * confab_realtime_event_get_kind:
 * @self: an event
 *
 * Returns: what the event is about
 */
CONFAB_EXPORT
ConfabRealtimeEventKind confab_realtime_event_get_kind (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_message:
 * @self: an event
 *
 * Gets what was sent, or a sentence that says what happened.
 *
 * Returns: (transfer none): any JSON
 */
CONFAB_EXPORT
JsonNode *confab_realtime_event_get_message (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_text:
 * @self: an event
 *
 * Gets the message where it is a string.
 *
 * Returns: (transfer none) (nullable): the text; %NULL if the message is other JSON
 */
CONFAB_EXPORT
const char *confab_realtime_event_get_text (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_dup_json:
 * @self: an event
 *
 * Gets the message as JSON text.
 *
 * Returns: (transfer full): the text
 */
CONFAB_EXPORT
char *confab_realtime_event_dup_json (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_sender:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the id of the user whom the event comes from
 */
CONFAB_EXPORT
const char *confab_realtime_event_get_sender (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_sender_cid:
 * @self: an event
 *
 * Gets the connection that the event comes from, which tells the devices of a user apart.
 *
 * Returns: (transfer none) (nullable): the connection, which begins with `cid:`
 */
CONFAB_EXPORT
const char *confab_realtime_event_get_sender_cid (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_sender_rid:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the group that the event comes from
 */
CONFAB_EXPORT
const char *confab_realtime_event_get_sender_rid (ConfabRealtimeEvent *self);

/**
 * confab_realtime_event_get_code:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): for a notice `USER_JOINED`, `USER_LEFT` or
 *   `USER_DISCONNECTED`
 */
CONFAB_EXPORT
const char *confab_realtime_event_get_code (ConfabRealtimeEvent *self);

G_END_DECLS
