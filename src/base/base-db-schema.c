/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-db"

#include "config.h"

#include "base-db-private.h"

/* The state and upkeep of a whole database: its version, its health, its log. */

static gboolean
read_number (BaseDb      *self,
             const char  *sql,
             gint64      *number,
             GError     **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self, sql, error);

  if (!statement || base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return FALSE;

  *number = base_db_column_int64 (statement, 0);

  return TRUE;
}

static gboolean
write_number (BaseDb      *self,
              const char  *pragma,
              gint64       number,
              GError     **error)
{
  /* A pragma takes no parameters. */
  g_autofree char *sql = g_strdup_printf ("PRAGMA %s = %" G_GINT64_FORMAT, pragma, number);

  return base_db_exec (self, sql, error);
}

static gboolean
check_identity (BaseDb   *self,
                guint32   application_id,
                guint     n_migrations,
                gint64   *version,
                GError  **error)
{
  gint64 found_id;
  gint64 n_tables;

  if (!read_number (self, "PRAGMA user_version", version, error) ||
      !read_number (self, "PRAGMA application_id", &found_id, error) ||
      !read_number (self, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;

  if ((guint32) found_id != application_id && (found_id != 0 || *version != 0 || n_tables != 0))
    {
      g_set_error (error, BASE_DB_ERROR, BASE_DB_ERROR_NOT_A_DATABASE,
                   "It is a database of something else (application id %08x, expected %08x)",
                   (guint32) found_id, application_id);
      return FALSE;
    }

  if (*version > n_migrations)
    {
      g_set_error (error, BASE_DB_ERROR, BASE_DB_ERROR_TOO_NEW,
                   "It was made by a later version (schema %" G_GINT64_FORMAT ", this one knows "
                   "up to %u)",
                   *version, n_migrations);
      return FALSE;
    }

  return TRUE;
}

static gboolean
run_migration (BaseDb                 *self,
               const BaseDbMigration  *migration,
               guint32                 application_id,
               guint                   version,
               GError                **error)
{
  return (!migration->sql || base_db_exec (self, migration->sql, error)) &&
         (!migration->migrate || migration->migrate (self, error)) &&
         write_number (self, "application_id", (gint32) application_id, error) &&
         write_number (self, "user_version", version, error);
}

/**
 * base_db_migrate:
 * @self: a connection that may write
 * @application_id: a number that tells this kind of database from others
 * @migrations: the history of the schema; entry n leads from version n to n + 1
 * @n_migrations: how many
 * @error: return location for a %BASE_DB_ERROR
 *
 * Brings the database to the newest version. Each step is a transaction, so that a
 * crash leaves a whole version behind; two processes may try at the same time.
 *
 * Returns: %FALSE with %BASE_DB_ERROR_TOO_NEW or %BASE_DB_ERROR_NOT_A_DATABASE if it is
 *   not ours to touch, or with another error if a step failed, of which nothing is left
 */
gboolean
base_db_migrate (BaseDb                 *self,
                 guint32                 application_id,
                 const BaseDbMigration  *migrations,
                 guint                   n_migrations,
                 GError                **error)
{
  gint64 version;

  if (!check_identity (self, application_id, n_migrations, &version, error))
    return FALSE;

  while (version < n_migrations)
    {
      if (!base_db_begin (self, error))
        return FALSE;

      /* Another process may have come first while we waited for the lock. */
      if (!check_identity (self, application_id, n_migrations, &version, error) ||
          (version < n_migrations &&
           !run_migration (self, &migrations[version], application_id, (guint) version + 1, error)))
        {
          g_prefix_error (error, "Cannot bring the database to version %u: ", (guint) version + 1);
          base_db_roll_back (self);
          return FALSE;
        }

      if (!base_db_commit (self, error))
        return FALSE;

      version = MIN (version + 1, n_migrations);
    }

  return TRUE;
}

/**
 * base_db_check:
 * @self: a connection
 * @error: return location for a %BASE_DB_ERROR
 *
 * Reads the whole database and checks its structure. Takes about a second per
 * gigabyte.
 *
 * Returns: %FALSE with %BASE_DB_ERROR_CORRUPT if it is damaged
 */
gboolean
base_db_check (BaseDb  *self,
               GError **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self, "PRAGMA quick_check(1)", error);
  const char *verdict;

  if (!statement || base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return FALSE;

  verdict = base_db_column_text (statement, 0);

  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;

  g_set_error (error, BASE_DB_ERROR, BASE_DB_ERROR_CORRUPT, "The database is damaged: %s", verdict);

  return FALSE;
}
