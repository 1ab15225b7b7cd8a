/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-schema"

#include "config.h"

#include "confab-store-schema-private.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define BUSY_MS 5000

/* Every released version of the schema stays here; a step is never changed, only followed.
 *
 * A message's key grows with its time, so that the newest are found first whatever order they
 * arrived in. A span is a run of sequence numbers that is known without a gap, whether or not each
 * has a message. message_text holds no text of its own, only the trigrams. */
const BaseDbMigration confab_store_migrations[] = {
  {
    .sql =
      "CREATE TABLE rooms ("
      "  room_key INTEGER PRIMARY KEY,"
      "  rid TEXT NOT NULL UNIQUE,"
      "  kind INTEGER NOT NULL,"
      "  epoch TEXT NOT NULL DEFAULT '',"
      "  joined INTEGER NOT NULL DEFAULT 1,"
      "  n_members INTEGER NOT NULL DEFAULT 0,"
      "  n_unread INTEGER NOT NULL DEFAULT 0,"
      "  read_seq INTEGER NOT NULL DEFAULT 0,"
      "  shared_read_seq INTEGER NOT NULL DEFAULT 0,"
      "  last_activity_us INTEGER NOT NULL DEFAULT 0,"
      "  muted INTEGER NOT NULL DEFAULT 0,"
      "  draft TEXT NOT NULL DEFAULT ''"
      ") STRICT;"
      "CREATE TABLE users ("
      "  user_key INTEGER PRIMARY KEY,"
      "  user_id TEXT NOT NULL UNIQUE,"
      "  name TEXT NOT NULL DEFAULT '',"
      "  display_name TEXT NOT NULL DEFAULT '',"
      "  last_seen_us INTEGER NOT NULL DEFAULT 0"
      ") STRICT;"
      "CREATE TABLE messages ("
      "  message_key INTEGER PRIMARY KEY,"
      "  room_key INTEGER NOT NULL,"
      "  seq INTEGER NOT NULL,"
      "  type INTEGER NOT NULL,"
      "  at_us INTEGER NOT NULL,"
      "  id BLOB NOT NULL,"
      "  user_key INTEGER NOT NULL,"
      "  kind INTEGER NOT NULL,"
      "  text TEXT NOT NULL,"
      "  content TEXT,"
      "  UNIQUE (room_key, seq)"
      ") STRICT;"
      "CREATE TABLE spans ("
      "  room_key INTEGER NOT NULL,"
      "  first_seq INTEGER NOT NULL,"
      "  last_seq INTEGER NOT NULL,"
      "  PRIMARY KEY (room_key, first_seq)"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE read_markers ("
      "  room_key INTEGER NOT NULL,"
      "  user_key INTEGER NOT NULL,"
      "  read_seq INTEGER NOT NULL,"
      "  received_seq INTEGER NOT NULL,"
      "  PRIMARY KEY (room_key, user_key)"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE outbox ("
      "  position INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  id TEXT NOT NULL UNIQUE,"
      "  rid TEXT NOT NULL,"
      "  at_us INTEGER NOT NULL,"
      "  content TEXT NOT NULL,"
      "  state INTEGER NOT NULL DEFAULT 0,"
      "  seq INTEGER NOT NULL DEFAULT 0,"
      "  error_code INTEGER NOT NULL DEFAULT 0,"
      "  error_message TEXT,"
      "  retryable INTEGER NOT NULL DEFAULT 0"
      ") STRICT;"
      "CREATE VIRTUAL TABLE message_text USING fts5 ("
      "  text, content='', contentless_delete=1, detail=none, tokenize='trigram');",
  },
};

const guint confab_store_n_migrations = G_N_ELEMENTS (confab_store_migrations);

BaseDb *
confab_store_schema_open (const char  *path,
                          GError     **error)
{
  BaseDbOptions options = { .busy_ms = BUSY_MS, .cache_kib = 4096 };
  g_autoptr(BaseDb) db = base_db_open (path, &options, error);

  if (!db || !base_db_migrate (db, CONFAB_STORE_APPLICATION_ID, confab_store_migrations,
                               confab_store_n_migrations, error))
    return NULL;

  return g_steal_pointer (&db);
}

static gboolean
save_outgoing (BaseDb           *db,
               BaseDbStatement  *row,
               GError          **error)
{
  g_autoptr(BaseDbStatement) write =
    base_db_prepare (db,
                     "INSERT INTO outbox"
                     " (id, rid, at_us, content, state, error_code, error_message, retryable)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     error);

  if (!write)
    return FALSE;

  base_db_bind_text (write, 1, base_db_column_text (row, 0));
  base_db_bind_text (write, 2, base_db_column_text (row, 1));
  base_db_bind_int64 (write, 3, base_db_column_int64 (row, 2));
  base_db_bind_text (write, 4, base_db_column_text (row, 3));
  base_db_bind_int64 (write, 5, base_db_column_int64 (row, 4));
  base_db_bind_int64 (write, 6, base_db_column_int64 (row, 5));
  base_db_bind_text (write, 7, base_db_column_text (row, 6));
  base_db_bind_int64 (write, 8, base_db_column_int64 (row, 7));

  return base_db_statement_run (write, error);
}

/* What can still be read of the outbox goes over, message by message; the rest of the database is
 * a copy of what the server has. */
static void
save_outbox (BaseDb     *db,
             const char *damaged)
{
  BaseDbOptions options = { .read_only = TRUE };
  g_autoptr(BaseDb) old = base_db_open (damaged, &options, NULL);
  g_autoptr(BaseDbStatement) read = NULL;

  if (!old)
    return;

  read = base_db_prepare (old,
                          "SELECT id, rid, at_us, content, state, error_code, error_message,"
                          " retryable FROM outbox WHERE state <> 1 ORDER BY position",
                          NULL);
  while (read && base_db_statement_step (read, NULL) == BASE_DB_STEP_ROW)
    {
      g_autoptr(GError) error = NULL;

      if (!save_outgoing (db, read, &error))
        g_message ("A message that was not sent yet is lost: %s", error->message);
    }
}

BaseDb *
confab_store_schema_recover (const char  *path,
                             GError     **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *damaged = g_strconcat (path, ".damaged", NULL);
  g_autoptr(BaseDb) db = NULL;

  /* One damaged database is kept for whoever wants to look; the next takes its place. */
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (damaged, suffixes[i], NULL);

      g_unlink (to);
      g_rename (from, to);
    }

  db = confab_store_schema_open (path, error);
  if (db)
    save_outbox (db, damaged);

  return g_steal_pointer (&db);
}
