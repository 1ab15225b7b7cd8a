/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_REALTIME_USER (confab_realtime_user_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRealtimeUser, confab_realtime_user, CONFAB, REALTIME_USER, GObject)

/**
 * confab_realtime_user_get_user_id:
 * @self: a user in a group
 *
 * Returns: (transfer none): the id of the user
 */
CONFAB_EXPORT
const char *confab_realtime_user_get_user_id (ConfabRealtimeUser *self);

/**
 * confab_realtime_user_get_cid:
 * @self: a user in a group
 *
 * Returns: (transfer none): the connection, which begins with `cid:`
 */
CONFAB_EXPORT
const char *confab_realtime_user_get_cid (ConfabRealtimeUser *self);

/**
 * confab_realtime_user_get_connection_id:
 * @self: a user in a group
 *
 * Returns: (transfer none): the connection, by the name that it had in earlier documents
 */
CONFAB_EXPORT
const char *confab_realtime_user_get_connection_id (ConfabRealtimeUser *self);

G_END_DECLS
