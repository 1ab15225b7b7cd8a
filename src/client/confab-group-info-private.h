/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-group-info.h"

G_BEGIN_DECLS

ConfabGroupInfo *confab_group_info_new (const char *name,
                                        guint       n_members,
                                        guint       n_present,
                                        gboolean    member);

G_END_DECLS
