/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-json"

#include "config.h"

#include "confab-json-private.h"

#include "confab-error-private.h"

#include <math.h>

#include <string.h>

/* json-glib goes one level down the stack for each level of nesting. PROTOCOL.md allows 64. */
#define MAX_DEPTH 100

static gboolean
is_shallow (const char *text,
            gsize       length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (quoted && c == '\\')
        i++;
      else if (c == '"')
        quoted = !quoted;
      else if (!quoted && (c == '{' || c == '[') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (!quoted && (c == '}' || c == ']') && depth > 0)
        depth--;
    }

  return TRUE;
}

static gboolean
is_surrogate (const char *escape,
              const char *end,
              char        first,
              char        last)
{
  return end - escape >= 6 && escape[0] == '\\' && escape[1] == 'u' &&
         g_ascii_tolower (escape[2]) == 'd' && g_ascii_tolower (escape[3]) >= first &&
         g_ascii_tolower (escape[3]) <= last;
}

/* Half of a pair, "\ud800", would come out of the parser as bytes that are no UTF-8. JavaScript
 * makes such strings by cutting others; there they become U+FFFD when they are shown. NULL: there
 * is none. */
static char *
mend_surrogates (const char *text,
                 gsize       length)
{
  char *mended = NULL;
  const char *end = text + length;

  for (const char *at = text; (at = memchr (at, '\\', (gsize) (end - at)));)
    {
      gboolean high = is_surrogate (at, end, '8', 'b');

      if (high && is_surrogate (at + 6, end, 'c', 'f'))
        {
          at += 12;
          continue;
        }

      if (high || is_surrogate (at, end, 'c', 'f'))
        {
          if (!mended)
            mended = g_strndup (text, length);
          memcpy (mended + (at - text), "\\ufffd", 6);
        }
      at = MIN (at + 2, end);
    }

  return mended;
}

/* Any value. */
JsonNode *
confab_json_parse_node (const char  *text,
                        gsize        length,
                        GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autofree char *mended = mend_surrogates (text, length);
  g_autoptr(GError) local_error = NULL;
  JsonNode *root = NULL;

  if (!is_shallow (text, length))
    {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                   "Nested deeper than %u levels", MAX_DEPTH);
      return NULL;
    }

  if (json_parser_load_from_data (parser, mended ? mended : text, (gssize) length, &local_error))
    root = json_parser_steal_root (parser);

  /* A parser that makes immutable nodes itself dies of "{}{}" (json-glib 1.10). */
  if (root)
    json_node_seal (root);
  else
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                         local_error ? local_error->message : "Nothing");

  return root;
}

JsonObject *
confab_json_parse (const char  *text,
                   gsize        length,
                   GError     **error)
{
  g_autoptr(JsonNode) root = confab_json_parse_node (text, length, error);

  if (!root)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                           "Not a JSON object");
      return NULL;
    }

  return json_node_dup_object (root);
}

static void
check_member (JsonObject *object,
              const char *name,
              JsonNode   *node,
              gpointer    user_data)
{
  gboolean *finite = user_data;

  *finite = *finite && confab_json_is_finite (node);
}

static void
check_element (JsonArray *array,
               guint      index,
               JsonNode  *node,
               gpointer   user_data)
{
  check_member (NULL, NULL, node, user_data);
}

/* Whether each number can be written down: "1e999" can be read, but comes out as "inf". */
gboolean
confab_json_is_finite (JsonNode *node)
{
  gboolean finite = TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), check_member, &finite);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    json_array_foreach_element (json_node_get_array (node), check_element, &finite);
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    finite = isfinite (json_node_get_double (node));

  return finite;
}

static const char *
string_of_node (JsonNode *node)
{
  const char *text;

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  /* A lone surrogate, "\ud800", comes out of the parser as bytes that are no UTF-8. */
  text = json_node_get_string (node);

  return text && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

const char *
confab_json_get_string (JsonObject *object,
                        const char *key)
{
  return string_of_node (json_object_get_member (object, key));
}

gboolean
confab_json_get_uint (JsonObject *object,
                      const char *key,
                      guint64    *value)
{
  JsonNode *node = json_object_get_member (object, key);
  gint64 number;

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  number = json_node_get_int (node);
  if (number < 0 || (guint64) number > CONFAB_JSON_MAX_NUMBER)
    return FALSE;

  *value = (guint64) number;

  return TRUE;
}

/* The wire has milliseconds; 0 if there is none. */
gint64
confab_json_get_time_us (JsonObject *object,
                         const char *key)
{
  guint64 at_ms = 0;

  if (!confab_json_get_uint (object, key, &at_ms) || at_ms > CONFAB_JSON_MAX_NUMBER / 1000)
    return 0;

  return (gint64) at_ms * 1000;
}

gboolean
confab_json_get_boolean (JsonObject *object,
                         const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

JsonObject *
confab_json_get_object (JsonObject *object,
                        const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
confab_json_get_array (JsonObject *object,
                       const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
confab_json_array_object (JsonArray *array,
                          guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *
confab_json_array_string (JsonArray *array,
                          guint      index)
{
  return string_of_node (json_array_get_element (array, index));
}

char *
confab_json_print_object (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

JsonObject *
confab_json_request_new (const char *action,
                         const char *rid)
{
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "action", action);
  if (rid)
    json_object_set_string_member (request, "rid", rid);

  return request;
}
