/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reading what a stranger wrote: a member that is missing and one of the wrong type are the same.
 */
const char *confab_call_json_get_string  (JsonObject *object,
                                          const char *key);
gboolean    confab_call_json_get_boolean (JsonObject *object,
                                          const char *key);
int         confab_call_json_get_index   (JsonObject *object,
                                          const char *key);
JsonObject *confab_call_json_get_object  (JsonObject *object,
                                          const char *key);
JsonArray  *confab_call_json_get_array   (JsonObject *object,
                                          const char *key);
JsonObject *confab_call_json_get_item    (JsonArray  *array,
                                          guint       index);

G_END_DECLS
