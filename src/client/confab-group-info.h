/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_GROUP_INFO (confab_group_info_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabGroupInfo, confab_group_info, CONFAB, GROUP_INFO, GObject)

/**
 * confab_group_info_get_name:
 * @self: a group of a space
 *
 * Returns: (transfer none): its name
 */
CONFAB_EXPORT
const char *confab_group_info_get_name (ConfabGroupInfo *self);

/**
 * confab_group_info_get_n_members:
 * @self: a group of a space
 *
 * Returns: how many users are members
 */
CONFAB_EXPORT
guint confab_group_info_get_n_members (ConfabGroupInfo *self);

/**
 * confab_group_info_get_n_present:
 * @self: a group of a space
 *
 * Returns: how many users were in it when the list was made
 */
CONFAB_EXPORT
guint confab_group_info_get_n_present (ConfabGroupInfo *self);

/**
 * confab_group_info_get_member:
 * @self: a group of a space
 *
 * Returns: whether the user of the session is a member
 */
CONFAB_EXPORT
gboolean confab_group_info_get_member (ConfabGroupInfo *self);

G_END_DECLS
