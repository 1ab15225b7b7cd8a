/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_USER (confab_user_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabUser, confab_user, CONFAB, USER, GObject)

/**
 * confab_user_get_user_id:
 * @self: a user
 *
 * Gets the id, a UUID in lower case. It never changes.
 *
 * Returns: (transfer none): the id
 */
CONFAB_EXPORT
const char *confab_user_get_user_id (ConfabUser *self);

/**
 * confab_user_get_name:
 * @self: a user
 *
 * Gets the name the user signs in with.
 *
 * Returns: (transfer none): the name; empty until the user was looked up
 */
CONFAB_EXPORT
const char *confab_user_get_name (ConfabUser *self);

/**
 * confab_user_get_display_name:
 * @self: a user
 *
 * Gets the name to show: the display name, the name where there is none, and the first part of the
 * id
 * until the user was looked up (watch #ConfabUser:display-name).
 *
 * Returns: (transfer none): the name to show; never empty
 */
CONFAB_EXPORT
const char *confab_user_get_display_name (ConfabUser *self);

/**
 * confab_user_get_online:
 * @self: a user
 *
 * Tells whether the user has a connection to the space, as far as is known. Reliable for the peers
 * of direct rooms.
 *
 * Returns: whether the user is online
 */
CONFAB_EXPORT
gboolean confab_user_get_online (ConfabUser *self);

/**
 * confab_user_get_last_seen:
 * @self: a user
 *
 * Gets when the last connection of the user ended.
 *
 * Returns: µs since the epoch, UTC, or 0 if it is not known
 */
CONFAB_EXPORT
gint64 confab_user_get_last_seen (ConfabUser *self);

G_END_DECLS
