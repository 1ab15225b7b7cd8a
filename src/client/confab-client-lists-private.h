/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What is asked of get-ws-group for such parameters; @params may be NULL. */
JsonObject *confab_client_make_group_query  (JsonObject  *params,
                                             GError     **error);
/* @name is set to what tells the list from others. */
GError     *confab_client_add_fetch_options (JsonObject  *parameters,
                                             JsonObject  *options,
                                             char       **name);

G_END_DECLS
