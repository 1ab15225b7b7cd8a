/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-http-private.h"

G_BEGIN_DECLS

/* How long an answer may take unless there is a reason. */
#define CONFAB_HTTP_DEADLINE_MS (15 * 1000)

/* Sends any message. @deadline_ms 0: for as long as @cancellable lets it. */
void    confab_http_exchange_async  (ConfabHttp           *self,
                                     SoupMessage          *message,
                                     gsize                 max_bytes,
                                     guint                 deadline_ms,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
/* The body, whatever the status is. One zero stands behind its end. */
GBytes *confab_http_exchange_finish (ConfabHttp           *self,
                                     GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
