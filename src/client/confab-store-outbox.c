/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-outbox"

#include "config.h"

#include "confab-store-outbox-private.h"

ConfabOutgoingRow *
confab_outgoing_row_new (const char *id,
                         const char *rid,
                         gint64      at_us,
                         const char *content)
{
  ConfabOutgoingRow *self = g_new0 (ConfabOutgoingRow, 1);

  self->id = g_strdup (id);
  self->rid = g_strdup (rid);
  self->at_us = at_us;
  self->content = g_strdup (content);

  return self;
}

void
confab_outgoing_row_free (ConfabOutgoingRow *self)
{
  g_free (self->id);
  g_free (self->rid);
  g_free (self->content);
  g_free (self->error_message);
  g_free (self);
}

GPtrArray *
confab_store_outbox_load (BaseDb  *db,
                          GError **error)
{
  g_autoptr(GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_outgoing_row_free);
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "SELECT id, rid, at_us, content, state, seq, error_code, error_message,"
                     "  retryable"
                     " FROM outbox ORDER BY position",
                     error);
  BaseDbStep step;

  if (!statement)
    return NULL;

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      ConfabOutgoingRow *row = confab_outgoing_row_new (
        base_db_column_text (statement, 0), base_db_column_text (statement, 1),
        base_db_column_int64 (statement, 2), base_db_column_text (statement, 3));

      row->state = (ConfabOutgoingState) base_db_column_int64 (statement, 4);
      row->seq = (guint64) base_db_column_int64 (statement, 5);
      row->error_code = (int) base_db_column_int64 (statement, 6);
      row->error_message = base_db_column_dup_text (statement, 7);
      row->retryable = base_db_column_int64 (statement, 8) != 0;
      g_ptr_array_add (rows, row);
    }

  return step == BASE_DB_STEP_DONE ? g_steal_pointer (&rows) : NULL;
}

gboolean
confab_store_outbox_add (BaseDb                   *db,
                         const ConfabOutgoingRow  *row,
                         GError                  **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "INSERT INTO outbox (id, rid, at_us, content) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (id) DO NOTHING",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, row->id);
  base_db_bind_text (statement, 2, row->rid);
  base_db_bind_int64 (statement, 3, row->at_us);
  base_db_bind_text (statement, 4, row->content);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_outbox_update (BaseDb                   *db,
                            const ConfabOutgoingRow  *row,
                            GError                  **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "UPDATE outbox SET state = ?2, seq = ?3, error_code = ?4,"
                     "  error_message = ?5, retryable = ?6"
                     " WHERE id = ?1",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, row->id);
  base_db_bind_int64 (statement, 2, row->state);
  base_db_bind_int64 (statement, 3, (gint64) row->seq);
  base_db_bind_int64 (statement, 4, row->error_code);
  base_db_bind_text (statement, 5, row->error_message);
  base_db_bind_int64 (statement, 6, row->retryable);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_outbox_remove (BaseDb      *db,
                            const char  *id,
                            GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "DELETE FROM outbox WHERE id = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, id);

  return base_db_statement_run (statement, error);
}
