/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-user.h"

G_BEGIN_DECLS

ConfabUser *confab_user_new          (const char *user_id);
gboolean    confab_user_get_known    (ConfabUser *self);
void        confab_user_set_names    (ConfabUser *self,
                                      const char *name,
                                      const char *display_name);
void        confab_user_set_presence (ConfabUser *self,
                                      gboolean    online,
                                      gint64      last_seen_us);

G_END_DECLS
