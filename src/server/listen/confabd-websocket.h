/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-doorway.h"

G_BEGIN_DECLS

/**
 * ConfabdWebSocketFunc:
 * @fd: (transfer full): a socket whose WebSocket handshake is done
 * @tls: (transfer full) (nullable): what to read and write through
 * @early: (transfer full) (nullable): what was read behind the handshake
 */
typedef void (*ConfabdWebSocketFunc) (int       fd,
                                      SSL      *tls,
                                      GBytes   *early,
                                      gpointer  user_data);

/* RFC 6455 §4.2: from a GET to a socket without libsoup. */
gboolean confabd_websocket_check  (SoupServerMessage    *message);
void     confabd_websocket_switch (SoupServerMessage    *message,
                                   ConfabdDoorway       *doorway,
                                   const char           *subprotocol,
                                   ConfabdWebSocketFunc  func,
                                   gpointer              user_data,
                                   GDestroyNotify        destroy);

G_END_DECLS
