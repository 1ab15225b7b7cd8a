/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-group-query"

#include "config.h"

#include "wire-group-query.h"

#include "wire-error.h"
#include "wire-json.h"
#include "wire-limits.h"

#include <string.h>

#define MAX_LIMIT 1000

/* What the parameters say before it is known what they are about. */
typedef struct
{
  char          *group;
  char          *search_for;
  char          *condition;
  char          *user_id;
  WireJsonValue  value;
  WireJsonValue  range;
  WireJsonValue  start_key;
  gboolean       has_value;
  gboolean       has_range;
  gboolean       has_start_key;
  gboolean       has_ascending;
  gboolean       ascending;
  guint          limit;
} Parameters;

static void
parameters_clear (Parameters *self)
{
  g_free (self->group);
  g_free (self->search_for);
  g_free (self->condition);
  g_free (self->user_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parameters, parameters_clear)

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, message);

  return FALSE;
}

static gboolean
take_text (const WireJsonValue  *value,
           char                **text,
           const char           *complaint,
           GError              **error)
{
  g_clear_pointer (text, g_free);

  if (value->type == WIRE_JSON_NULL)
    return TRUE;

  *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;

  return *text || refuse (error, complaint);
}

static gboolean
take_limit (const WireJsonValue  *value,
            guint                *limit,
            GError              **error)
{
  guint64 number;

  if (value->type != WIRE_JSON_NUMBER)
    return refuse (error, "Fetch limit should be a number.");

  if (!wire_json_get_integer (value, &number) || number == 0 || number > MAX_LIMIT)
    return refuse (error, "Fetch limit should be below 1000.");

  *limit = (guint) number;

  return TRUE;
}

static gboolean
take_ascending (const WireJsonValue  *value,
                Parameters           *parameters,
                GError              **error)
{
  if (value->type != WIRE_JSON_TRUE && value->type != WIRE_JSON_FALSE)
    return refuse (error, "\"ascending\" should be type: boolean.");

  parameters->has_ascending = TRUE;
  parameters->ascending = value->type == WIRE_JSON_TRUE;

  return TRUE;
}

static gboolean
take_member (const WireJsonValue  *value,
             Parameters           *parameters,
             GError              **error)
{
  gboolean there = value->type != WIRE_JSON_NULL;

  if (wire_json_key_is (value, "group"))
    return take_text (value, &parameters->group, "\"group\" should be type: string.", error);

  if (wire_json_key_is (value, "searchFor"))
    return take_text (value, &parameters->search_for, "\"searchFor\" should be type: string.",
                      error);

  if (wire_json_key_is (value, "condition"))
    return take_text (value, &parameters->condition, "\"condition\" should be type: string.",
                      error);

  if (wire_json_key_is (value, "user_id"))
    return take_text (value, &parameters->user_id, "\"user_id\" should be type: string.", error);

  if (wire_json_key_is (value, "limit"))
    return take_limit (value, &parameters->limit, error);

  if (wire_json_key_is (value, "ascending"))
    return take_ascending (value, parameters, error);

  if (wire_json_key_is (value, "value"))
    {
      parameters->value = *value;
      parameters->has_value = there;
    }
  else if (wire_json_key_is (value, "range"))
    {
      parameters->range = *value;
      parameters->has_range = there;
    }
  else if (wire_json_key_is (value, "startKey"))
    {
      parameters->start_key = *value;
      parameters->has_start_key = value->type == WIRE_JSON_OBJECT;
    }

  return TRUE;
}

static gboolean
read_parameters (Parameters  *self,
                 const char  *json,
                 gsize        length,
                 GError     **error)
{
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;

  self->limit = WIRE_LIMIT_PAGE_DEFAULT;

  if (length > 0 && wire_json_reader_init (&reader, json, length, WIRE_JSON_MAX_DEPTH) &&
      reader.closer == '}')
    while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
      if (!take_member (&value, self, error))
        return FALSE;

  if (step == WIRE_JSON_END)
    return TRUE;

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                       "The body has to be a JSON object");

  return FALSE;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " ")] == '\0';
}

static gboolean
parse_condition (const char          *text,
                 WireGroupCondition  *condition,
                 GError             **error)
{
  static const struct
  {
    const char         *sign;
    const char         *word;
    WireGroupCondition  condition;
  } table[] = {
    { ">", "gt", WIRE_GROUP_GREATER }, { ">=", "gte", WIRE_GROUP_AT_LEAST },
    { "=", "eq", WIRE_GROUP_EQUAL },   { "<", "lt", WIRE_GROUP_LESS },
    { "<=", "lte", WIRE_GROUP_AT_MOST }, { "!=", "ne", WIRE_GROUP_NOT_EQUAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (text, table[i].sign) == 0 || strcmp (text, table[i].word) == 0)
      {
        *condition = table[i].condition;
        return TRUE;
      }

  return refuse (error, "\"condition\" is invalid.");
}

/* A number in a text that was found valid. */
static double
read_number (const WireJsonValue *value)
{
  g_autofree char *text = g_strndup (value->raw.data, value->raw.length);

  return g_ascii_strtod (text, NULL);
}

static gboolean
read_names (WireGroupQuery    *self,
            const Parameters  *parameters,
            GError           **error)
{
  if (parameters->has_value &&
      !take_text (&parameters->value, &self->text, "\"value\" must be a string.", error))
    return FALSE;

  if (parameters->has_range &&
      !take_text (&parameters->range, &self->text_to, "\"range\" must be a string.", error))
    return FALSE;

  if (!self->text)
    self->text = g_strdup ("");

  return TRUE;
}

static gboolean
read_sizes (WireGroupQuery    *self,
            const Parameters  *parameters,
            GError           **error)
{
  if (parameters->has_value && parameters->value.type != WIRE_JSON_NUMBER)
    return refuse (error, "\"value\" must be a number.");

  if (parameters->has_range && parameters->range.type != WIRE_JSON_NUMBER)
    return refuse (error, "\"range\" must be a number.");

  if (parameters->has_value)
    self->number = read_number (&parameters->value);

  if (parameters->has_range)
    self->number_to = read_number (&parameters->range);

  return TRUE;
}

/* A range that goes backwards is listed backwards. */
static void
order_range (WireGroupQuery *self)
{
  gboolean backwards = self->list == WIRE_GROUP_BY_NAME ? strcmp (self->text, self->text_to) > 0
                                                        : self->number > self->number_to;

  if (!backwards)
    return;

  self->descending = TRUE;

  if (self->list == WIRE_GROUP_BY_NAME)
    {
      char *text = self->text;

      self->text = self->text_to;
      self->text_to = text;
    }
  else
    {
      double number = self->number;

      self->number = self->number_to;
      self->number_to = number;
    }
}

static gboolean
choose_condition (WireGroupQuery    *self,
                  const Parameters  *parameters,
                  GError           **error)
{
  gboolean names = self->list == WIRE_GROUP_BY_NAME;
  gboolean blank = names ? is_blank (self->text) : !parameters->has_value;

  if (parameters->has_range && parameters->has_value)
    {
      self->condition = WIRE_GROUP_BETWEEN;
      order_range (self);
      return TRUE;
    }

  self->condition = blank ? WIRE_GROUP_GREATER : WIRE_GROUP_EQUAL;

  if (parameters->condition &&
      !parse_condition (parameters->condition, &self->condition, error))
    return FALSE;

  if (blank && (!parameters->has_value || self->condition == WIRE_GROUP_GREATER))
    self->condition = WIRE_GROUP_ALL;

  self->descending = self->condition == WIRE_GROUP_LESS ||
                     (!names && self->condition == WIRE_GROUP_AT_MOST);

  return TRUE;
}

/* The name behind the service's own "…#". */
static char *
dup_unqualified (const char *qualified)
{
  const char *hash = strchr (qualified, '#');

  return g_strdup (hash ? hash + 1 : qualified);
}

static void
take_start_member (WireGroupQuery      *self,
                   const WireJsonValue *value,
                   gboolean            *has_size)
{
  g_autofree char *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;

  if (text && self->list == WIRE_GROUP_USERS && wire_json_key_is (value, "cid"))
    {
      g_free (self->start_name);
      self->start_name = g_steal_pointer (&text);
    }
  else if (text && self->list != WIRE_GROUP_USERS && wire_json_key_is (value, "rid"))
    {
      g_free (self->start_name);
      self->start_name = dup_unqualified (text);
    }
  else if (wire_json_key_is (value, "cnt") && wire_json_get_integer (value, &self->start_size))
    {
      *has_size = TRUE;
    }
}

static gboolean
read_start_key (WireGroupQuery       *self,
                const WireJsonValue  *key,
                GError              **error)
{
  WireJsonReader reader;
  WireJsonValue value;
  gboolean has_size = FALSE;

  wire_json_reader_init (&reader, key->raw.data, key->raw.length, WIRE_JSON_MAX_DEPTH);
  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    take_start_member (self, &value, &has_size);

  if (!self->start_name || (self->list == WIRE_GROUP_BY_SIZE && !has_size))
    return refuse (error, "\"startKey\" is not of this list.");

  return TRUE;
}

static gboolean
read_group (WireGroupQuery  *self,
            Parameters      *parameters,
            GError         **error)
{
  self->list = WIRE_GROUP_USERS;
  self->group = g_steal_pointer (&parameters->group);

  if (!parameters->user_id)
    return TRUE;

  self->has_user_id = base_uuid_parse (&self->user_id, parameters->user_id, -1);

  return self->has_user_id || refuse (error, "User ID in \"user_id\" is invalid.");
}

static gboolean
read_search (WireGroupQuery    *self,
             const Parameters  *parameters,
             GError           **error)
{
  self->list = g_strcmp0 (parameters->search_for, "number_of_users") == 0 ? WIRE_GROUP_BY_SIZE
                                                                          : WIRE_GROUP_BY_NAME;

  return (self->list == WIRE_GROUP_BY_NAME ? read_names (self, parameters, error)
                                           : read_sizes (self, parameters, error)) &&
         choose_condition (self, parameters, error);
}

/**
 * wire_group_query_parse:
 * @json: the body of a get-ws-group request
 * @length: bytes of @json
 * @error: return location for a %WIRE_ERROR
 *
 * Reads what is asked; what is missing is what skapi-js means by that (reference §1.9).
 *
 * Returns: (transfer full): the query, or %NULL if it makes no sense
 */
WireGroupQuery *
wire_group_query_parse (const char  *json,
                        gsize        length,
                        GError     **error)
{
  g_autoptr(WireGroupQuery) self = g_new0 (WireGroupQuery, 1);
  g_auto(Parameters) parameters = { 0 };

  if (!read_parameters (&parameters, json, length, error))
    return NULL;

  if (!(parameters.group ? read_group (self, &parameters, error)
                         : read_search (self, &parameters, error)))
    return NULL;

  if (parameters.has_start_key && !read_start_key (self, &parameters.start_key, error))
    return NULL;

  if (parameters.has_ascending)
    self->descending = !parameters.ascending;
  self->limit = parameters.limit;

  return g_steal_pointer (&self);
}

/**
 * wire_group_query_free:
 * @self: (transfer full): a query
 *
 * Frees @self.
 */
void
wire_group_query_free (WireGroupQuery *self)
{
  g_free (self->group);
  g_free (self->text);
  g_free (self->text_to);
  g_free (self->start_name);
  g_free (self);
}
