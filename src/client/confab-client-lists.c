/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"

#include "confab-client-error-private.h"
#include "confab-client-lists-private.h"
#include "confab-json-private.h"
#include "confab-question-private.h"
#include "confab-realtime-list-private.h"
#include "confab-token-private.h"

#include <string.h>

#define MAX_LIMIT 1000
/* Of so many lists it is remembered where their next page starts. */
#define MAX_REMEMBERED_LISTS 100

/* One page that is asked for. */
typedef struct
{
  GType       item_type;
  JsonObject *parameters;
  char       *name;         /* of the list: its parameters */
  gboolean    more;         /* the page after the one that came last */
} Page;

static void
page_free (Page *page)
{
  g_clear_pointer (&page->parameters, json_object_unref);
  g_free (page->name);
  g_free (page);
}

static gboolean
is_string (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
is_number (JsonNode *node)
{
  GType type = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean
is_blank (JsonNode *node)
{
  g_autofree char *text = is_string (node) ? g_strdup (json_node_get_string (node)) : NULL;

  return text && !g_strstrip (text)[0];
}

static GError *
check_condition (JsonNode *condition)
{
  static const char * const allowed[] = {
    ">", ">=", "=", "<", "<=", "!=", "gt", "gte", "eq", "lt", "lte", "ne", NULL,
  };
  g_autofree char *text = NULL;

  if (is_string (condition) && g_strv_contains (allowed, json_node_get_string (condition)))
    return NULL;

  text = json_to_string (condition, FALSE);

  return confab_fault_new (CONFAB_FAULT_CONDITION, text, NULL);
}

/* What is searched for decides of which type it has to be. */
static GError *
check_type (JsonNode   *node,
            const char *key,
            gboolean    number)
{
  if (number ? is_number (node) : is_string (node))
    return NULL;

  return confab_fault_new (CONFAB_FAULT_WRONG_TYPE, key, number ? "number" : "string");
}

JsonObject *
confab_client_make_group_query (JsonObject  *params,
                                GError     **error)
{
  g_autoptr(JsonObject) query = json_object_new ();
  const char *search_for = params ? confab_json_get_string (params, "searchFor") : NULL;
  JsonNode *value = params ? json_object_get_member (params, "value") : NULL;
  JsonNode *range = params ? json_object_get_member (params, "range") : NULL;
  JsonNode *condition = params ? json_object_get_member (params, "condition") : NULL;
  gboolean by_number = g_strcmp0 (search_for, "number_of_users") == 0;
  g_autoptr(JsonNode) blank = json_node_init_string (json_node_alloc (), " ");
  GError *fault = NULL;

  /* What is of no type at all that could be searched for is as if it were not there. */
  if (!is_string (value) && !is_number (value))
    value = blank;

  if (value != blank || by_number)
    fault = check_type (value, "value", by_number);
  if (!fault && range)
    fault = check_type (range, "range", by_number);
  if (!fault && condition)
    fault = check_condition (condition);
  if (fault)
    {
      g_propagate_error (error, fault);
      return NULL;
    }

  json_object_set_string_member (query, "searchFor", by_number ? "number_of_users" : "group");
  json_object_set_member (query, "value", json_node_copy (value));
  if (range)
    json_object_set_member (query, "range", json_node_copy (range));
  else if (condition)
    json_object_set_member (query, "condition", json_node_copy (condition));
  else
    json_object_set_string_member (query, "condition", is_blank (value) ? ">" : "=");

  return g_steal_pointer (&query);
}

static GError *
add_start_key (JsonObject *parameters,
               JsonNode   *start_key)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (start_key) &&
      json_object_get_size (json_node_get_object (start_key)) > 0)
    {
      json_object_set_member (parameters, "startKey", json_node_copy (start_key));
      return NULL;
    }

  if (is_string (start_key) && g_str_equal (json_node_get_string (start_key), "start"))
    return NULL;

  if (is_string (start_key) && g_str_equal (json_node_get_string (start_key), "end"))
    {
      json_object_set_string_member (parameters, "startKey", "end");
      return NULL;
    }

  text = is_string (start_key) ? g_strdup (json_node_get_string (start_key))
                               : json_to_string (start_key, FALSE);

  return confab_fault_new (CONFAB_FAULT_START_KEY, text, NULL);
}

/* The start key stands apart: without it, the parameters are the name of the list. */
GError *
confab_client_add_fetch_options (JsonObject  *parameters,
                                 JsonObject  *options,
                                 char       **name)
{
  JsonNode *limit = options ? json_object_get_member (options, "limit") : NULL;
  JsonNode *ascending = options ? json_object_get_member (options, "ascending") : NULL;
  JsonNode *start_key = options ? json_object_get_member (options, "startKey") : NULL;

  if (limit && !is_number (limit))
    return confab_fault_new (CONFAB_FAULT_LIMIT_TYPE, NULL, NULL);
  if (limit && json_node_get_double (limit) > MAX_LIMIT)
    return confab_fault_new (CONFAB_FAULT_LIMIT_SIZE, NULL, NULL);

  if (limit)
    json_object_set_member (parameters, "limit", json_node_copy (limit));
  if (ascending)
    json_object_set_boolean_member (parameters, "ascending",
                                    confab_json_get_boolean (options, "ascending"));
  *name = confab_json_print_object (parameters);

  return start_key ? add_start_key (parameters, start_key) : NULL;
}

/* A page after the last one needs no asking. */
static gboolean
return_if_over (ConfabClient *self,
                GTask        *task)
{
  Page *page = g_task_get_task_data (task);
  GPtrArray *history = g_hash_table_lookup (self->pages, page->name);
  const char *last = history ? g_ptr_array_index (history, history->len - 1) : NULL;
  g_autoptr(JsonNode) end = NULL;

  if (!page->more || !last)
    return FALSE;

  if (!g_str_equal (last, "end"))
    {
      json_object_set_member (page->parameters, "startKey",
                              confab_json_parse_node (last, strlen (last), NULL));
      return FALSE;
    }

  end = json_node_init_string (json_node_alloc (), "end");
  g_task_return_pointer (task,
                         confab_database_response_new (g_list_store_new (page->item_type), end,
                                                       TRUE, history),
                         g_object_unref);

  return TRUE;
}

static GPtrArray *
remember_start_key (ConfabClient *self,
                    Page         *page,
                    JsonNode     *start_key)
{
  GPtrArray *history = page->more ? g_hash_table_lookup (self->pages, page->name) : NULL;

  if (!history)
    {
      if (g_hash_table_size (self->pages) >= MAX_REMEMBERED_LISTS)
        g_hash_table_remove_all (self->pages);
      history = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->pages, g_strdup (page->name), history);
    }

  g_ptr_array_add (history, JSON_NODE_HOLDS_OBJECT (start_key) ? json_to_string (start_key, FALSE)
                                                               : g_strdup ("end"));

  return history;
}

static GListStore *
parse_rows (GType      item_type,
            JsonArray *rows)
{
  GListStore *list = g_list_store_new (item_type);

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = confab_json_array_object (rows, i);
      g_autoptr(GObject) item = NULL;

      if (row && item_type == CONFAB_TYPE_REALTIME_GROUP)
        item = (GObject *) confab_realtime_group_parse (row);
      else if (row)
        item = (GObject *) confab_realtime_user_parse (row);
      if (item)
        g_list_store_append (list, item);
    }

  return list;
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabClient *self = g_task_get_source_object (task);
  Page *page = g_task_get_task_data (task);
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *history = NULL;
  JsonArray *rows = NULL;
  JsonNode *start_key;
  JsonObject *object;

  answer = confab_question_ask_finish (CONFAB_SERVICE (source), result, &error);
  if (!answer)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  object = JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer) : NULL;
  if (object)
    rows = confab_json_get_array (object, "list");
  if (!rows)
    {
      g_task_return_error (task, confab_fault_new (CONFAB_FAULT_ANSWER, NULL, NULL));
      return;
    }

  start_key = json_object_get_member (object, "startKey");
  if (start_key && self->pages)
    history = remember_start_key (self, page, start_key);
  g_task_return_pointer (task,
                         confab_database_response_new (parse_rows (page->item_type, rows),
                                                       start_key,
                                                       confab_json_get_boolean (object, "endOfList") ||
                                                         !start_key || is_string (start_key),
                                                       history),
                         g_object_unref);
}

static void
progress_cb (const char *status,
             guint64     loaded,
             guint64     total,
             gpointer    user_data)
{
  confab_client_tell_progress (g_task_get_source_object (user_data), status, loaded, total);
}

/* Takes @parameters. */
static void
fetch (GTask      *task,
       GType       item_type,
       JsonObject *parameters,
       JsonObject *options)
{
  ConfabClient *self = g_task_get_source_object (task);
  Page *page = g_new0 (Page, 1);
  GError *fault;

  page->item_type = item_type;
  page->parameters = parameters;
  page->more = options && confab_json_get_boolean (options, "fetchMore");
  g_task_set_task_data (task, page, (GDestroyNotify) page_free);

  fault = confab_client_add_fetch_options (parameters, options, &page->name);
  if (fault)
    g_task_return_error (task, fault);
  else if (!return_if_over (self, task))
    confab_question_ask_async (self->service, "get-ws-group", parameters, progress_cb,
                               g_task_get_cancellable (task), answered_cb, g_object_ref (task));
}

void
confab_client_get_realtime_groups_async (ConfabClient        *self,
                                         JsonObject          *params,
                                         JsonObject          *fetch_options,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *query;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_get_realtime_groups_async, cancellable,
                                   callback, user_data);
  if (!task)
    return;

  query = confab_client_make_group_query (params, &error);
  if (query)
    fetch (task, CONFAB_TYPE_REALTIME_GROUP, query, fetch_options);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

ConfabDatabaseResponse *
confab_client_get_realtime_groups_finish (ConfabClient  *self,
                                          GAsyncResult  *result,
                                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static GError *
check_user_query (const char *group,
                  const char *user_id)
{
  if (user_id && !user_id[0])
    return confab_fault_new (CONFAB_FAULT_USER_ID_EMPTY, NULL, NULL);
  if (user_id && !confab_token_is_user_id (user_id))
    return confab_fault_new (CONFAB_FAULT_USER_ID_INVALID, NULL, NULL);
  if (!group)
    return confab_fault_new (CONFAB_FAULT_GROUP_REQUIRED, NULL, NULL);

  return NULL;
}

void
confab_client_get_realtime_users_async (ConfabClient        *self,
                                        const char          *group,
                                        const char          *user_id,
                                        JsonObject          *fetch_options,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  JsonObject *query;
  GError *fault;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_get_realtime_users_async, cancellable,
                                   callback, user_data);
  if (!task)
    return;

  if (!group || !group[0])
    group = confab_client_get_group (self);
  fault = check_user_query (group, user_id);
  if (fault)
    {
      g_task_return_error (task, fault);
      return;
    }

  query = json_object_new ();
  json_object_set_string_member (query, "group", group);
  if (user_id)
    json_object_set_string_member (query, "user_id", user_id);
  fetch (task, CONFAB_TYPE_REALTIME_USER, query, fetch_options);
}

ConfabDatabaseResponse *
confab_client_get_realtime_users_finish (ConfabClient  *self,
                                         GAsyncResult  *result,
                                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
