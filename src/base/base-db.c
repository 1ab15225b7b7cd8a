/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-db"

#include "config.h"

#include "base-db-private.h"

#include <errno.h>

G_DEFINE_QUARK (base-db-error-quark, base_db_error)

/**
 * BaseDb:
 *
 * One connection to an SQLite database.
 *
 * Write-ahead logging is always on, so that readers on connections of their own go
 * on beside one writer. Statements are prepared once and kept. A connection belongs
 * to one thread at a time; only base_db_interrupt() may be called from another.
 * Errors carry what SQLite said and a code that tells the caller what to do.
 */

/* SQLite knows a disk without room, but no quota and no limit to the size of files. */
static gboolean
has_no_room (BaseDb *self)
{
  int number = self->handle ? sqlite3_system_errno (self->handle) : 0;

  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

static BaseDbError
code_of_result (BaseDb *self,
                int     result)
{
  switch (result & 0xff)
    {
    case SQLITE_FULL:
      return BASE_DB_ERROR_FULL;
    case SQLITE_IOERR:
      return has_no_room (self) ? BASE_DB_ERROR_FULL : BASE_DB_ERROR_IO;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return BASE_DB_ERROR_BUSY;
    case SQLITE_CORRUPT:
      return BASE_DB_ERROR_CORRUPT;
    case SQLITE_NOTADB:
      return BASE_DB_ERROR_NOT_A_DATABASE;
    case SQLITE_CONSTRAINT:
      return BASE_DB_ERROR_CONSTRAINT;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return BASE_DB_ERROR_CANNOT_OPEN;
    case SQLITE_INTERRUPT:
      return BASE_DB_ERROR_INTERRUPTED;
    default:
      return BASE_DB_ERROR_FAILED;
    }
}

void
base_db_set_error (BaseDb  *self,
                   int      result,
                   GError **error)
{
  const char *text = sqlite3_errstr (result);

  /* The connection's own words say more, as long as they are about this failure. */
  if (self->handle && (sqlite3_errcode (self->handle) & 0xff) == (result & 0xff))
    text = sqlite3_errmsg (self->handle);

  g_set_error_literal (error, BASE_DB_ERROR, code_of_result (self, result), text);
}

static gboolean
set_up (BaseDb               *self,
        const BaseDbOptions  *options,
        GError              **error)
{
  const char *synchronous = options->durable ? "PRAGMA synchronous = FULL"
                                             : "PRAGMA synchronous = NORMAL";
  g_autofree char *cache = NULL;

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, (int) options->busy_ms);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);

  if (options->cache_kib > 0)
    {
      cache = g_strdup_printf ("PRAGMA cache_size = -%u", options->cache_kib);

      if (!base_db_exec (self, cache, error))
        return FALSE;
    }

  return base_db_exec (self, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", error) &&
         (options->read_only || base_db_exec (self, "PRAGMA journal_mode = WAL", error)) &&
         base_db_exec (self, synchronous, error);
}

/**
 * base_db_open:
 * @path: the file, made if it is not there; or ":memory:"
 * @options: how
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: (transfer full): a connection, or %NULL
 */
BaseDb *
base_db_open (const char           *path,
              const BaseDbOptions  *options,
              GError              **error)
{
  g_autoptr(BaseDb) self = g_new0 (BaseDb, 1);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int result;

  flags |= options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) base_db_statement_destroy);
  result = sqlite3_open_v2 (path, &self->handle, flags, options->vfs);

  if (result != SQLITE_OK)
    {
      base_db_set_error (self, result, error);
      g_prefix_error (error, "Cannot open “%s”: ", path);
      return NULL;
    }

  if (!set_up (self, options, error))
    {
      g_prefix_error (error, "Cannot set up “%s”: ", path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * base_db_close:
 * @self: (transfer full): a connection whose statements are all done
 *
 * Closes the connection. What was not committed is rolled back. The last connection
 * to a database folds the write-ahead log into it.
 */
void
base_db_close (BaseDb *self)
{
  g_clear_pointer (&self->statements, g_hash_table_unref);

  if (self->handle)
    {
      int result = sqlite3_close (self->handle);

      /* Busy means that a statement outlived its connection: our own bug. */
      g_assert (result == SQLITE_OK);
    }

  g_free (self);
}

/**
 * base_db_interrupt:
 * @self: a connection
 *
 * Makes what runs on @self now fail with %BASE_DB_ERROR_INTERRUPTED. May be called
 * from any thread while the connection is open.
 */
void
base_db_interrupt (BaseDb *self)
{
  sqlite3_interrupt (self->handle);
}

/**
 * base_db_exec:
 * @self: a connection
 * @sql: one or more statements without parameters
 * @error: return location for a %BASE_DB_ERROR
 *
 * For set-up and schemas; what runs often is prepared.
 *
 * Returns: %FALSE if one of them failed; those before it have been run
 */
gboolean
base_db_exec (BaseDb      *self,
              const char  *sql,
              GError     **error)
{
  int result = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (result == SQLITE_OK)
    return TRUE;

  base_db_set_error (self, result, error);

  return FALSE;
}

static gboolean
run_cached (BaseDb      *self,
            const char  *sql,
            GError     **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self, sql, error);

  return statement && base_db_statement_run (statement, error);
}

/**
 * base_db_begin:
 * @self: a connection
 * @error: return location for a %BASE_DB_ERROR
 *
 * Begins a transaction that will write, taking the write lock at once: taking it
 * later could find that another wrote in between, which waiting does not mend.
 *
 * Returns: %FALSE if it could not be begun
 */
gboolean
base_db_begin (BaseDb  *self,
               GError **error)
{
  return run_cached (self, "BEGIN IMMEDIATE", error);
}

/**
 * base_db_begin_read:
 * @self: a connection
 * @error: return location for a %BASE_DB_ERROR
 *
 * Begins a transaction that only reads: all its questions see one state.
 *
 * Returns: %FALSE if it could not be begun
 */
gboolean
base_db_begin_read (BaseDb  *self,
                    GError **error)
{
  return run_cached (self, "BEGIN DEFERRED", error);
}

/**
 * base_db_commit:
 * @self: a connection in a transaction
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if nothing of it was kept; the transaction is over either way
 */
gboolean
base_db_commit (BaseDb  *self,
                GError **error)
{
  if (run_cached (self, "COMMIT", error))
    return TRUE;

  base_db_roll_back (self);

  return FALSE;
}

/**
 * base_db_roll_back:
 * @self: a connection
 *
 * Drops the transaction, if there is one: some failures have already ended it.
 */
void
base_db_roll_back (BaseDb *self)
{
  if (base_db_in_transaction (self))
    run_cached (self, "ROLLBACK", NULL);
}

/**
 * base_db_in_transaction:
 * @self: a connection
 *
 * Returns: whether a transaction is open. A full disk or a failing one may have
 *   ended it behind the caller's back
 */
gboolean
base_db_in_transaction (BaseDb *self)
{
  return !sqlite3_get_autocommit (self->handle);
}

/**
 * base_db_save:
 * @self: a connection in a transaction
 * @error: return location for a %BASE_DB_ERROR
 *
 * Sets a savepoint, to be ended by base_db_release(), before which
 * base_db_roll_back_to_save() may undo what came after it.
 *
 * Returns: %FALSE if it could not be set
 */
gboolean
base_db_save (BaseDb  *self,
              GError **error)
{
  return run_cached (self, "SAVEPOINT step", error);
}

/**
 * base_db_release:
 * @self: a connection with a savepoint
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if it failed
 */
gboolean
base_db_release (BaseDb  *self,
                 GError **error)
{
  return run_cached (self, "RELEASE step", error);
}

/**
 * base_db_roll_back_to_save:
 * @self: a connection with a savepoint
 * @error: return location for a %BASE_DB_ERROR
 *
 * Undoes what was done since base_db_save(), and ends the savepoint.
 *
 * Returns: %FALSE if it failed, which it does when the whole transaction is gone
 */
gboolean
base_db_roll_back_to_save (BaseDb  *self,
                           GError **error)
{
  return run_cached (self, "ROLLBACK TO step", error) && base_db_release (self, error);
}

/**
 * base_db_get_n_changes:
 * @self: a connection
 *
 * Returns: how many rows the last statement changed
 */
gint64
base_db_get_n_changes (BaseDb *self)
{
  return sqlite3_changes64 (self->handle);
}

/**
 * base_db_get_last_row_id:
 * @self: a connection
 *
 * Returns: the row id of the last row inserted
 */
gint64
base_db_get_last_row_id (BaseDb *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}
