/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_REALTIME_GROUP (confab_realtime_group_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRealtimeGroup, confab_realtime_group, CONFAB, REALTIME_GROUP, GObject)

/**
 * confab_realtime_group_get_group:
 * @self: a group
 *
 * Returns: (transfer none): the name of the group
 */
CONFAB_EXPORT
const char *confab_realtime_group_get_group (ConfabRealtimeGroup *self);

/**
 * confab_realtime_group_get_number_of_users:
 * @self: a group
 *
 * Returns: how many users are in it
 */
CONFAB_EXPORT
guint64 confab_realtime_group_get_number_of_users (ConfabRealtimeGroup *self);

G_END_DECLS
