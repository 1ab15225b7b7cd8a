/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-group-query"

#include "config.h"

#include "wire-group-query.h"

#include "wire-json.h"

#include <string.h>

static void
row_clear (gpointer row)
{
  g_free (((WireGroupRow *) row)->name);
}

/**
 * wire_group_rows_new:
 *
 * Returns: (transfer full) (element-type WireGroupRow): an empty list of rows
 */
GArray *
wire_group_rows_new (void)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (WireGroupRow));

  g_array_set_clear_func (rows, row_clear);

  return rows;
}

/**
 * wire_group_rows_add:
 * @rows: a list of rows
 * @name: of a group, or the cid of a connection
 * @n_users: how many users are in the group
 * @user_id: (nullable): whose connection it is
 *
 * Adds a row.
 */
void
wire_group_rows_add (GArray         *rows,
                     const char     *name,
                     guint           n_users,
                     const BaseUuid *user_id)
{
  WireGroupRow row = { .name = g_strdup (name), .n_users = n_users };

  if (user_id)
    row.user_id = *user_id;

  g_array_append_val (rows, row);
}

/* By the code points of their names (the order of UTF-8's bytes), by size first if that is asked.
 */
static int
compare (const WireGroupQuery *self,
         const char           *name,
         guint64               n_users,
         const WireGroupRow   *row)
{
  if (self->list == WIRE_GROUP_BY_SIZE && n_users != row->n_users)
    return n_users < row->n_users ? -1 : 1;

  return strcmp (name, row->name);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const WireGroupQuery *self = user_data;
  const WireGroupRow *one = a;
  int order = compare (self, one->name, one->n_users, b);

  return self->descending ? -order : order;
}

static gboolean
name_matches (const WireGroupQuery *self,
              const char           *name)
{
  int order = strcmp (name, self->text);

  switch (self->condition)
    {
    case WIRE_GROUP_ALL:
      return TRUE;
    case WIRE_GROUP_GREATER:
      return order > 0;
    case WIRE_GROUP_AT_LEAST:
      return g_str_has_prefix (name, self->text);
    case WIRE_GROUP_EQUAL:
    case WIRE_GROUP_AT_MOST:
      return order == 0;
    case WIRE_GROUP_LESS:
      return order < 0;
    case WIRE_GROUP_NOT_EQUAL:
      return order != 0;
    case WIRE_GROUP_BETWEEN:
      return order >= 0 && strcmp (name, self->text_to) <= 0;
    }

  return FALSE;
}

static gboolean
size_matches (const WireGroupQuery *self,
              double                n_users)
{
  switch (self->condition)
    {
    case WIRE_GROUP_ALL:
      return TRUE;
    case WIRE_GROUP_GREATER:
      return n_users > self->number;
    case WIRE_GROUP_AT_LEAST:
      return n_users >= self->number;
    case WIRE_GROUP_EQUAL:
      return n_users >= self->number && n_users <= self->number;
    case WIRE_GROUP_LESS:
      return n_users < self->number;
    case WIRE_GROUP_AT_MOST:
      return n_users <= self->number;
    case WIRE_GROUP_NOT_EQUAL:
      return n_users < self->number || n_users > self->number;
    case WIRE_GROUP_BETWEEN:
      return n_users >= self->number && n_users <= self->number_to;
    }

  return FALSE;
}

static gboolean
matches (const WireGroupQuery *self,
         const WireGroupRow   *row)
{
  switch (self->list)
    {
    case WIRE_GROUP_BY_NAME:
      return name_matches (self, row->name);
    case WIRE_GROUP_BY_SIZE:
      return size_matches (self, row->n_users);
    case WIRE_GROUP_USERS:
      return !self->has_user_id || base_uuid_equal (&self->user_id, &row->user_id);
    }

  return FALSE;
}

/* Behind the place where the last page ended. Whether that row is still there does not matter, so
 * nothing is skipped or repeated when groups come and go. */
static gboolean
is_behind_start (const WireGroupQuery *self,
                 const WireGroupRow   *row)
{
  int order;

  if (!self->start_name)
    return TRUE;

  order = compare (self, self->start_name, self->start_size, row);

  return self->descending ? order > 0 : order < 0;
}

static void
append_qualified (GString    *json,
                  const char *key,
                  const char *service,
                  const char *name)
{
  g_autofree char *qualified = g_strconcat (service, "#", name, NULL);

  g_string_append_printf (json, "\"%s\":", key);
  wire_json_append_string (json, qualified);
}

static void
append_row (GString              *json,
            const WireGroupQuery *self,
            const char           *service,
            const WireGroupRow   *row)
{
  char user_id[BASE_UUID_STRING_LENGTH + 1];

  if (self->list != WIRE_GROUP_USERS)
    {
      g_string_append_c (json, '{');
      append_qualified (json, "rid", service, row->name);
      g_string_append_printf (json, ",\"cnt\":%u}", row->n_users);
      return;
    }

  base_uuid_format (&row->user_id, user_id);
  g_string_append_c (json, '{');
  append_qualified (json, "uid", service, user_id);
  g_string_append (json, ",\"cid\":");
  wire_json_append_string (json, row->name);
  g_string_append_c (json, '}');
}

/* Where the next page starts; in the shapes of the hosted service. */
static void
append_start_key (GString              *json,
                  const WireGroupQuery *self,
                  const char           *service,
                  const WireGroupRow   *last)
{
  char user_id[BASE_UUID_STRING_LENGTH + 1];

  g_string_append_c (json, '{');

  if (self->list == WIRE_GROUP_USERS)
    {
      base_uuid_format (&last->user_id, user_id);
      append_qualified (json, "rid", service, self->group);
      g_string_append (json, ",\"cid\":");
      wire_json_append_string (json, last->name);
      g_string_append_c (json, ',');
      append_qualified (json, "uid", service, user_id);
    }
  else
    {
      g_string_append (json, "\"srvc\":");
      wire_json_append_string (json, service);
      g_string_append_c (json, ',');
      append_qualified (json, "rid", service, last->name);
      if (self->list == WIRE_GROUP_BY_SIZE)
        g_string_append_printf (json, ",\"cnt\":%u", last->n_users);
    }

  g_string_append_c (json, '}');
}

/**
 * wire_group_query_answer:
 * @self: a query
 * @service: id of the space, which stands before each name
 * @rows: all that there is; the order is changed, and what does not match is removed
 *
 * Returns: (transfer full): the page that is asked for, as JSON
 */
char *
wire_group_query_answer (const WireGroupQuery *self,
                         const char           *service,
                         GArray               *rows)
{
  GString *json = g_string_new ("{\"list\":[");
  guint n_left;

  for (guint i = 0; i < rows->len;)
    {
      const WireGroupRow *row = &g_array_index (rows, WireGroupRow, i);

      if (matches (self, row) && is_behind_start (self, row))
        i++;
      else
        g_array_remove_index_fast (rows, i);
    }

  g_array_sort_with_data (rows, compare_rows, (gpointer) self);
  n_left = MIN (rows->len, self->limit);

  for (guint i = 0; i < n_left; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_row (json, self, service, &g_array_index (rows, WireGroupRow, i));
    }

  g_string_append (json, "],\"startKey\":");
  if (n_left < rows->len)
    append_start_key (json, self, service, &g_array_index (rows, WireGroupRow, n_left - 1));
  else
    g_string_append (json, "\"end\"");
  g_string_append_printf (json, ",\"endOfList\":%s}", n_left < rows->len ? "false" : "true");

  return g_string_free_and_steal (json);
}
