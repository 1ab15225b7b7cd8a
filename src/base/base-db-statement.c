/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-db"

#include "config.h"

#include "base-db-private.h"

#include <string.h>

/**
 * BaseDbStatement:
 *
 * A prepared statement, borrowed from its connection's cache.
 *
 * g_autoptr() gives it back: it is then reset and its parameters are forgotten, so
 * that it holds no lock and no memory. A second use of the same SQL while the first
 * one still runs gets a statement of its own. A parameter that could not be bound
 * makes the next step fail, so that the binders need not be checked one by one.
 */
struct _BaseDbStatement
{
  BaseDb       *db;
  sqlite3_stmt *handle;
  int           bind_result; /* of the first binder that failed, or SQLITE_OK */
  gboolean      cached;
  gboolean      in_use;
};

void
base_db_statement_destroy (BaseDbStatement *self)
{
  sqlite3_finalize (self->handle);
  g_free (self);
}

/**
 * base_db_prepare:
 * @self: a connection
 * @sql: one statement; parameters are written `?1`, `?2`, …
 * @error: return location for a %BASE_DB_ERROR
 *
 * @sql stays prepared for the life of the connection: give it constant texts, not
 * ones with values pasted in.
 *
 * Returns: (transfer full): a statement, given back by base_db_statement_done()
 */
BaseDbStatement *
base_db_prepare (BaseDb      *self,
                 const char  *sql,
                 GError     **error)
{
  BaseDbStatement *statement = g_hash_table_lookup (self->statements, sql);
  gboolean cached = statement == NULL;
  sqlite3_stmt *handle = NULL;
  int result;

  if (statement && !statement->in_use)
    {
      statement->in_use = TRUE;
      return statement;
    }

  result = sqlite3_prepare_v3 (self->handle, sql, -1, cached ? SQLITE_PREPARE_PERSISTENT : 0,
                               &handle, NULL);

  if (result != SQLITE_OK)
    {
      base_db_set_error (self, result, error);
      return NULL;
    }

  statement = g_new0 (BaseDbStatement, 1);
  statement->db = self;
  statement->handle = handle;
  statement->cached = cached;
  statement->in_use = TRUE;

  if (cached)
    g_hash_table_insert (self->statements, g_strdup (sql), statement);

  return statement;
}

/**
 * base_db_statement_done:
 * @self: (transfer full): a statement
 *
 * Gives @self back.
 */
void
base_db_statement_done (BaseDbStatement *self)
{
  if (!self->cached)
    {
      base_db_statement_destroy (self);
      return;
    }

  sqlite3_reset (self->handle);
  sqlite3_clear_bindings (self->handle);
  self->bind_result = SQLITE_OK;
  self->in_use = FALSE;
}

/**
 * base_db_statement_reset:
 * @self: a statement
 *
 * Makes @self ready to run again with the same parameters.
 */
void
base_db_statement_reset (BaseDbStatement *self)
{
  sqlite3_reset (self->handle);
}

/**
 * base_db_statement_step:
 * @self: a statement
 * @error: return location for a %BASE_DB_ERROR
 *
 * Runs on to the next row. After the last one, or a failure, the statement is reset
 * and its columns are gone.
 *
 * Returns: whether there is a row
 */
BaseDbStep
base_db_statement_step (BaseDbStatement  *self,
                        GError          **error)
{
  int result = self->bind_result;

  if (result == SQLITE_OK)
    result = sqlite3_step (self->handle);

  if (result == SQLITE_ROW)
    return BASE_DB_STEP_ROW;

  if (result == SQLITE_DONE)
    {
      sqlite3_reset (self->handle);
      return BASE_DB_STEP_DONE;
    }

  base_db_set_error (self->db, result, error);
  sqlite3_reset (self->handle);

  return BASE_DB_STEP_FAILED;
}

/**
 * base_db_statement_run:
 * @self: a statement
 * @error: return location for a %BASE_DB_ERROR
 *
 * Runs a statement whose rows, if any, do not matter.
 *
 * Returns: %FALSE if it failed
 */
gboolean
base_db_statement_run (BaseDbStatement  *self,
                       GError          **error)
{
  BaseDbStep step;

  do
    step = base_db_statement_step (self, error);
  while (step == BASE_DB_STEP_ROW);

  return step == BASE_DB_STEP_DONE;
}

static void
keep_result (BaseDbStatement *self,
             int              result)
{
  if (self->bind_result == SQLITE_OK)
    self->bind_result = result;
}

/**
 * base_db_bind_null:
 * @self: a statement
 * @parameter: its number, from 1
 *
 * Binds NULL, which is also what a parameter is that nothing was bound to.
 */
void
base_db_bind_null (BaseDbStatement *self,
                   guint            parameter)
{
  keep_result (self, sqlite3_bind_null (self->handle, (int) parameter));
}

/**
 * base_db_bind_int64:
 * @self: a statement
 * @parameter: its number, from 1
 * @value: a number
 */
void
base_db_bind_int64 (BaseDbStatement *self,
                    guint            parameter,
                    gint64           value)
{
  keep_result (self, sqlite3_bind_int64 (self->handle, (int) parameter, value));
}

/**
 * base_db_bind_text:
 * @self: a statement
 * @parameter: its number, from 1
 * @value: (nullable): a text that stays until the statement is done; NULL binds NULL
 */
void
base_db_bind_text (BaseDbStatement *self,
                   guint            parameter,
                   const char      *value)
{
  keep_result (self, sqlite3_bind_text (self->handle, (int) parameter, value, -1, SQLITE_STATIC));
}

/**
 * base_db_bind_blob:
 * @self: a statement
 * @parameter: its number, from 1
 * @value: (nullable): bytes that stay until the statement is done; NULL binds NULL
 * @length: how many
 */
void
base_db_bind_blob (BaseDbStatement *self,
                   guint            parameter,
                   const void      *value,
                   gsize            length)
{
  keep_result (self,
               sqlite3_bind_blob64 (self->handle, (int) parameter, value, length, SQLITE_STATIC));
}

/**
 * base_db_bind_bytes:
 * @self: a statement
 * @parameter: its number, from 1
 * @value: (nullable): bytes that stay until the statement is done; NULL binds NULL
 */
void
base_db_bind_bytes (BaseDbStatement *self,
                    guint            parameter,
                    GBytes          *value)
{
  gsize length = 0;
  const void *data = value ? g_bytes_get_data (value, &length) : NULL;

  /* Empty is not absent, but a GBytes of nothing has no address. */
  base_db_bind_blob (self, parameter, value && !data ? "" : data, length);
}

/**
 * base_db_bind_uuid:
 * @self: a statement
 * @parameter: its number, from 1
 * @value: (nullable): an id that stays until the statement is done; NULL binds NULL
 */
void
base_db_bind_uuid (BaseDbStatement *self,
                   guint            parameter,
                   const BaseUuid  *value)
{
  base_db_bind_blob (self, parameter, value ? value->bytes : NULL, value ? sizeof value->bytes : 0);
}

/**
 * base_db_column_is_null:
 * @self: a statement at a row
 * @column: its number, from 0
 *
 * Returns: whether it is NULL
 */
gboolean
base_db_column_is_null (BaseDbStatement *self,
                        guint            column)
{
  return sqlite3_column_type (self->handle, (int) column) == SQLITE_NULL;
}

/**
 * base_db_column_int64:
 * @self: a statement at a row
 * @column: its number, from 0
 *
 * Returns: its value, 0 for NULL
 */
gint64
base_db_column_int64 (BaseDbStatement *self,
                      guint            column)
{
  return sqlite3_column_int64 (self->handle, (int) column);
}

/**
 * base_db_column_text:
 * @self: a statement at a row
 * @column: its number, from 0
 *
 * Returns: (transfer none) (nullable): its text until the next step
 */
const char *
base_db_column_text (BaseDbStatement *self,
                     guint            column)
{
  return (const char *) sqlite3_column_text (self->handle, (int) column);
}

/**
 * base_db_column_dup_text:
 * @self: a statement at a row
 * @column: its number, from 0
 *
 * Returns: (transfer full) (nullable): its text
 */
char *
base_db_column_dup_text (BaseDbStatement *self,
                         guint            column)
{
  return g_strdup (base_db_column_text (self, column));
}

/**
 * base_db_column_blob:
 * @self: a statement at a row
 * @column: its number, from 0
 * @length: (out): how many bytes
 *
 * Returns: (transfer none) (nullable): its bytes until the next step; %NULL if there
 *   are none
 */
const void *
base_db_column_blob (BaseDbStatement *self,
                     guint            column,
                     gsize           *length)
{
  const void *data = sqlite3_column_blob (self->handle, (int) column);

  *length = (gsize) sqlite3_column_bytes (self->handle, (int) column);

  return data;
}

/**
 * base_db_column_dup_bytes:
 * @self: a statement at a row
 * @column: its number, from 0
 *
 * Returns: (transfer full) (nullable): its bytes, or %NULL for NULL
 */
GBytes *
base_db_column_dup_bytes (BaseDbStatement *self,
                          guint            column)
{
  const void *data;
  gsize length;

  if (base_db_column_is_null (self, column))
    return NULL;

  data = base_db_column_blob (self, column, &length);

  return g_bytes_new (data, length);
}

/**
 * base_db_column_uuid:
 * @self: a statement at a row
 * @column: its number, from 0
 * @value: (out caller-allocates): the id; untouched if there is none
 *
 * Returns: %FALSE if the column holds no id
 */
gboolean
base_db_column_uuid (BaseDbStatement *self,
                     guint            column,
                     BaseUuid        *value)
{
  gsize length;
  const void *data = base_db_column_blob (self, column, &length);

  if (!data || length != sizeof value->bytes)
    return FALSE;

  memcpy (value->bytes, data, sizeof value->bytes);

  return TRUE;
}
