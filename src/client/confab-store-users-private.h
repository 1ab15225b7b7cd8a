/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"

G_BEGIN_DECLS

typedef struct
{
  char   *user_id;
  char   *name;
  char   *display_name;
  gint64  last_seen_us;
} ConfabUserRow;

ConfabUserRow *confab_user_row_new        (const char           *user_id,
                                           const char           *name,
                                           const char           *display_name,
                                           gint64                last_seen_us);
void           confab_user_row_free       (ConfabUserRow        *self);

/* The key of a user, who is made if need be; 0 on failure. */
gint64         confab_store_users_get_key (BaseDb               *db,
                                           const char           *user_id,
                                           GError              **error);
gboolean       confab_store_users_save    (BaseDb               *db,
                                           const ConfabUserRow  *row,
                                           GError              **error);
/* NULL without an error: nothing is known of that user. */
ConfabUserRow *confab_store_users_find    (BaseDb               *db,
                                           const char           *user_id,
                                           GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabUserRow, confab_user_row_free)

G_END_DECLS
