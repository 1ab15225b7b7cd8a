/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-users"

#include "config.h"

#include "confab-store-users-private.h"

ConfabUserRow *
confab_user_row_new (const char *user_id,
                     const char *name,
                     const char *display_name,
                     gint64      last_seen_us)
{
  ConfabUserRow *self = g_new0 (ConfabUserRow, 1);

  self->user_id = g_strdup (user_id);
  self->name = g_strdup (name);
  self->display_name = g_strdup (display_name);
  self->last_seen_us = last_seen_us;

  return self;
}

void
confab_user_row_free (ConfabUserRow *self)
{
  g_free (self->user_id);
  g_free (self->name);
  g_free (self->display_name);
  g_free (self);
}

gint64
confab_store_users_get_key (BaseDb      *db,
                            const char  *user_id,
                            GError     **error)
{
  g_autoptr(BaseDbStatement) find =
    base_db_prepare (db, "SELECT user_key FROM users WHERE user_id = ?1", error);
  g_autoptr(BaseDbStatement) add = NULL;
  BaseDbStep step;

  if (!find)
    return 0;

  base_db_bind_text (find, 1, user_id);
  step = base_db_statement_step (find, error);
  if (step == BASE_DB_STEP_FAILED)
    return 0;
  if (step == BASE_DB_STEP_ROW)
    return base_db_column_int64 (find, 0);

  add = base_db_prepare (db, "INSERT INTO users (user_id) VALUES (?1)", error);
  if (!add)
    return 0;

  base_db_bind_text (add, 1, user_id);

  return base_db_statement_run (add, error) ? base_db_get_last_row_id (db) : 0;
}

gboolean
confab_store_users_save (BaseDb               *db,
                         const ConfabUserRow  *row,
                         GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "INSERT INTO users (user_id, name, display_name, last_seen_us)"
                     " VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (user_id) DO UPDATE SET name = excluded.name,"
                     "   display_name = excluded.display_name,"
                     "   last_seen_us = max (last_seen_us, excluded.last_seen_us)",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, row->user_id);
  base_db_bind_text (statement, 2, row->name);
  base_db_bind_text (statement, 3, row->display_name);
  base_db_bind_int64 (statement, 4, row->last_seen_us);

  return base_db_statement_run (statement, error);
}

ConfabUserRow *
confab_store_users_find (BaseDb      *db,
                         const char  *user_id,
                         GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "SELECT name, display_name, last_seen_us FROM users"
                     " WHERE user_id = ?1 AND name <> ''",
                     error);

  if (!statement)
    return NULL;

  base_db_bind_text (statement, 1, user_id);
  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return NULL;

  return confab_user_row_new (user_id, base_db_column_text (statement, 0),
                              base_db_column_text (statement, 1),
                              base_db_column_int64 (statement, 2));
}
