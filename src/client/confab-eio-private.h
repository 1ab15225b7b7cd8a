/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-eio-transport-private.h"
#include "confab-http-private.h"

G_BEGIN_DECLS

/* The transports that a connection uses. */
typedef enum {
  CONFAB_EIO_WAY_WEBSOCKET,  /* only that */
  CONFAB_EIO_WAY_UPGRADE,    /* polling, and a WebSocket as soon as one works */
  CONFAB_EIO_WAY_POLLING,    /* only that */
} ConfabEioWay;

/* Why a connection has ended, in Socket.IO's words. */
#define CONFAB_EIO_TRANSPORT_CLOSE "transport close"
#define CONFAB_EIO_TRANSPORT_ERROR "transport error"
#define CONFAB_EIO_PING_TIMEOUT    "ping timeout"
#define CONFAB_EIO_PARSE_ERROR     "parse error"

#define CONFAB_TYPE_EIO (confab_eio_get_type ())

G_DECLARE_FINAL_TYPE (ConfabEio, confab_eio, CONFAB, EIO, GObject)

ConfabEio  *confab_eio_new           (ConfabHttp    *http,
                                      const char    *endpoint,
                                      ConfabEioWay   way);
void        confab_eio_open          (ConfabEio     *self);
void        confab_eio_close         (ConfabEio     *self);
gboolean    confab_eio_is_upgraded   (ConfabEio     *self);
gboolean    confab_eio_is_writable   (ConfabEio     *self);
/* Text first, and bytes behind it: all or nothing. */
gboolean    confab_eio_send          (ConfabEio     *self,
                                      GBytes        *text,
                                      GPtrArray     *attachments,
                                      GError       **error);

G_END_DECLS
