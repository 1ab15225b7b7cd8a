/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-eio-transport-private.h"
#include "confab-http-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_EIO_WEBSOCKET (confab_eio_websocket_get_type ())

G_DECLARE_FINAL_TYPE (ConfabEioWebsocket, confab_eio_websocket, CONFAB, EIO_WEBSOCKET, GObject)

/* @endpoint is http:// or https:// with the path; @sid is NULL unless it is for an upgrade. */
ConfabEioTransport *confab_eio_websocket_new (ConfabHttp *http,
                                              const char *endpoint,
                                              const char *sid);

G_END_DECLS
