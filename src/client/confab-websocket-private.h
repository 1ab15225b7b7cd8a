/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"
#include "confab-transport-private.h"
#include "confab-websocket.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A ConfabTransport. @uri is ws:// or wss://; no redirect is followed. */
ConfabWebsocket *confab_websocket_new        (SoupSession     *session,
                                              ConfabTime      *time,
                                              const char      *uri,
                                              guint            connect_timeout_ms);
/* Of the answer to the handshake; 0 if there was none. */
guint            confab_websocket_get_status (ConfabWebsocket *self);

G_END_DECLS
