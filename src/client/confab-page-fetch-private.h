/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-room-private.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_PAGE_BEFORE,
  CONFAB_PAGE_AFTER,
} ConfabPageSide;

/* A page from the local store, and from the server what the store lacks. */
void        confab_page_fetch_async  (ConfabRoom           *room,
                                      ConfabPageSide        side,
                                      guint64               seq,
                                      guint                 limit,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
ConfabPage *confab_page_fetch_finish (ConfabRoom           *room,
                                      GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
