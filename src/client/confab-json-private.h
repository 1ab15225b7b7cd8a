/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The greatest whole number that JSON carries safely (RFC 8259 §6). */
#define CONFAB_JSON_MAX_NUMBER (G_GUINT64_CONSTANT (1) << 53)

/* Reading what a peer wrote: a member that is missing and one of the wrong type are the same, and
 * every string is valid UTF-8. None of these complains, none can be made to crash. */
JsonObject *confab_json_parse        (const char  *text,
                                      gsize        length,
                                      GError     **error);
JsonNode   *confab_json_parse_node   (const char  *text,
                                      gsize        length,
                                      GError     **error);
gboolean    confab_json_is_finite    (JsonNode    *node);
const char *confab_json_get_string   (JsonObject  *object,
                                      const char  *key);
gboolean    confab_json_get_uint     (JsonObject  *object,
                                      const char  *key,
                                      guint64     *value);
gint64      confab_json_get_time_us  (JsonObject  *object,
                                      const char  *key);
gboolean    confab_json_get_boolean  (JsonObject  *object,
                                      const char  *key);
JsonObject *confab_json_get_object   (JsonObject  *object,
                                      const char  *key);
JsonArray  *confab_json_get_array    (JsonObject  *object,
                                      const char  *key);
JsonObject *confab_json_array_object (JsonArray   *array,
                                      guint        index);
const char *confab_json_array_string (JsonArray   *array,
                                      guint        index);
char       *confab_json_print_object (JsonObject  *object);
/* A request of PROTOCOL.md with its action. */
JsonObject *confab_json_request_new  (const char  *action,
                                      const char  *rid);

G_END_DECLS
