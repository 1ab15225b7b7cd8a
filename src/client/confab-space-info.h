/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"
#include "confab-types.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_SPACE_INFO (confab_space_info_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabSpaceInfo, confab_space_info, CONFAB, SPACE_INFO, GObject)

/**
 * confab_space_info_get_name:
 * @self: what a space tells about itself
 *
 * Returns: (transfer none): the name of the space
 */
CONFAB_EXPORT
const char *confab_space_info_get_name (ConfabSpaceInfo *self);

/**
 * confab_space_info_get_url:
 * @self: what a space tells about itself
 *
 * Gets the address under which it answered, to be given to confab_profile_sign_up_async() and
 * confab_profile_sign_in_async().
 *
 * Returns: (transfer none): `http://HOST[:PORT]` or `https://HOST[:PORT]`, without a slash at the
 * end
 */
CONFAB_EXPORT
const char *confab_space_info_get_url (ConfabSpaceInfo *self);

/**
 * confab_space_info_get_registration:
 * @self: what a space tells about itself
 *
 * Returns: who may sign up
 */
CONFAB_EXPORT
ConfabRegistration confab_space_info_get_registration (ConfabSpaceInfo *self);

/**
 * confab_space_info_get_version:
 * @self: what a space tells about itself
 *
 * Returns: (transfer none): the version of the server
 */
CONFAB_EXPORT
const char *confab_space_info_get_version (ConfabSpaceInfo *self);

G_END_DECLS
