/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"
#include "confab-websocket.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* @uri is ws:// or wss://; no redirect is followed. */
ConfabWebsocket *confab_websocket_new   (SoupSession     *session,
                                         ConfabTime      *time,
                                         const char      *uri,
                                         guint            connect_timeout_ms);
void             confab_websocket_open  (ConfabWebsocket *self);
gboolean         confab_websocket_send  (ConfabWebsocket *self,
                                         const char      *text);
void             confab_websocket_close (ConfabWebsocket *self);

G_END_DECLS
