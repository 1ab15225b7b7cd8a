/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/**
 * ConfabWebsocketState:
 * @CONFAB_WEBSOCKET_STATE_CONNECTING: the handshake is under way
 * @CONFAB_WEBSOCKET_STATE_OPEN: messages can be sent
 * @CONFAB_WEBSOCKET_STATE_CLOSING: it is being closed
 * @CONFAB_WEBSOCKET_STATE_CLOSED: it is over
 *
 * What a browser calls the `readyState` of a WebSocket, with the same numbers.
 */
typedef enum {
  CONFAB_WEBSOCKET_STATE_CONNECTING,
  CONFAB_WEBSOCKET_STATE_OPEN,
  CONFAB_WEBSOCKET_STATE_CLOSING,
  CONFAB_WEBSOCKET_STATE_CLOSED,
} ConfabWebsocketState;

#define CONFAB_TYPE_WEBSOCKET_STATE (confab_websocket_state_get_type ())

CONFAB_EXPORT
GType confab_websocket_state_get_type (void);

#define CONFAB_TYPE_WEBSOCKET (confab_websocket_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabWebsocket, confab_websocket, CONFAB, WEBSOCKET, GObject)

/**
 * confab_websocket_get_ready_state:
 * @self: a WebSocket
 *
 * Returns: where the connection is
 */
CONFAB_EXPORT
ConfabWebsocketState confab_websocket_get_ready_state (ConfabWebsocket *self);

G_END_DECLS
