/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-http-private.h"
#include "confab-space-info.h"

G_BEGIN_DECLS

void             confab_space_lookup_async  (ConfabHttp           *http,
                                             const char           *address,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
ConfabSpaceInfo *confab_space_lookup_finish (ConfabHttp           *http,
                                             GAsyncResult         *result,
                                             GError              **error);
/* `scheme://host[:port]` of what a person typed; @scheme is that of an address without one.
 * NULL if it is no address. */
char            *confab_space_lookup_make_url (const char *address,
                                               const char *scheme,
                                               gboolean   *has_scheme);
/* This computer or the local network: where plain HTTP will do. */
gboolean         confab_space_lookup_is_near  (GInetAddress *address);

G_END_DECLS
