/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-json"

#include "config.h"

#include "confab-call-json-private.h"

static JsonNode *
get_node (JsonObject *object,
          const char *key,
          GType       type)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node
                                                                                       : NULL;
}

const char *
confab_call_json_get_string (JsonObject *object,
                             const char *key)
{
  JsonNode *node = get_node (object, key, G_TYPE_STRING);

  return node ? json_node_get_string (node) : NULL;
}

gboolean
confab_call_json_get_boolean (JsonObject *object,
                              const char *key)
{
  JsonNode *node = get_node (object, key, G_TYPE_BOOLEAN);

  return node && json_node_get_boolean (node);
}

/* A small number that counts from 0, or -1. */
int
confab_call_json_get_index (JsonObject *object,
                            const char *key)
{
  JsonNode *node = get_node (object, key, G_TYPE_INT64);
  gint64 value = node ? json_node_get_int (node) : -1;

  return value >= 0 && value <= G_MAXINT ? (int) value : -1;
}

JsonObject *
confab_call_json_get_object (JsonObject *object,
                             const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
confab_call_json_get_array (JsonObject *object,
                            const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
confab_call_json_get_item (JsonArray *array,
                           guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
