/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-eio-transport-private.h"
#include "confab-http-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_EIO_POLLING (confab_eio_polling_get_type ())

G_DECLARE_FINAL_TYPE (ConfabEioPolling, confab_eio_polling, CONFAB, EIO_POLLING, GObject)

/* @endpoint is http:// or https:// with the path. */
ConfabEioTransport *confab_eio_polling_new         (ConfabHttp       *http,
                                                    const char       *endpoint);
/* What the open packet said. @max_bytes is the longest body that the server takes. */
void                confab_eio_polling_set_session (ConfabEioPolling *self,
                                                    const char       *sid,
                                                    gsize             max_bytes);

G_END_DECLS
