/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_DATABASE_RESPONSE (confab_database_response_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabDatabaseResponse, confab_database_response, CONFAB, DATABASE_RESPONSE,
                      GObject)

/**
 * confab_database_response_get_list:
 * @self: a page of a list
 *
 * Returns: (transfer none): the items, each #ConfabRealtimeGroup or #ConfabRealtimeUser
 */
CONFAB_EXPORT
GListModel *confab_database_response_get_list (ConfabDatabaseResponse *self);

/**
 * confab_database_response_get_start_key:
 * @self: a page of a list
 *
 * Gets where the next page starts, for `startKey` of the fetch options.
 *
 * Returns: (transfer none) (nullable): an object, or the string `end`
 */
CONFAB_EXPORT
JsonNode *confab_database_response_get_start_key (ConfabDatabaseResponse *self);

/**
 * confab_database_response_get_end_of_list:
 * @self: a page of a list
 *
 * Returns: whether nothing comes after this page
 */
CONFAB_EXPORT
gboolean confab_database_response_get_end_of_list (ConfabDatabaseResponse *self);

/**
 * confab_database_response_get_start_key_history:
 * @self: a page of a list
 *
 * Gets the start keys of the pages up to this one, as JSON text.
 *
 * Returns: (transfer none) (array zero-terminated=1): the start keys
 */
CONFAB_EXPORT
const char * const *confab_database_response_get_start_key_history (ConfabDatabaseResponse *self);

G_END_DECLS
