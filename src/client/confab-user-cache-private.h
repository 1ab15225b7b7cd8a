/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-connection-private.h"
#include "confab-store-private.h"
#include "confab-user-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _ConfabUserCache ConfabUserCache;

ConfabUserCache *confab_user_cache_new      (ConfabStore      *store,
                                             ConfabConnection *connection);
void             confab_user_cache_free     (ConfabUserCache  *self);
/* (transfer full): the user, looked up in the background if nothing is known yet; NULL if it is no
 * user id */
ConfabUser      *confab_user_cache_dup_user (ConfabUserCache  *self,
                                             const char       *user_id);
/* (transfer full): a USER of PROTOCOL.md, remembered; NULL if it is none */
ConfabUser      *confab_user_cache_take     (ConfabUserCache  *self,
                                             JsonObject       *object);
/* Asks the server for those that the store did not know. */
void             confab_user_cache_resume   (ConfabUserCache  *self);

G_END_DECLS
