/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

/* "cfbd" */
#define STORE_APPLICATION_ID 0x63666264
#define BUSY_MS 10000

/* The schema and its history. A version that was released is never changed: a dump of each
 * is kept in tests/unit/server/store. */

/* key is the row of the room and the seq, so that a room's events lie together in their
 * order and a page of them is one walk: key = room << 40 | seq. rank counts the messages of
 * the room up to there; it makes unread counts a subtraction. */
static const char version_1[] =
  "CREATE TABLE users ("
  "  id            INTEGER PRIMARY KEY,"
  "  user_id       BLOB NOT NULL UNIQUE CHECK (length (user_id) = 16),"
  "  name          TEXT NOT NULL,"
  "  folded_name   TEXT NOT NULL UNIQUE,"
  "  display_name  TEXT NOT NULL,"
  "  sort_name     TEXT NOT NULL,"
  "  password_hash TEXT,"
  "  last_seen_ms  INTEGER NOT NULL DEFAULT 0,"
  "  created_ms    INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX users_in_order ON users (sort_name, user_id);"

  "CREATE TABLE sessions ("
  "  session_id    BLOB PRIMARY KEY CHECK (length (session_id) = 16),"
  "  user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  refresh_hash  BLOB NOT NULL UNIQUE CHECK (length (refresh_hash) = 32),"
  "  created_ms    INTEGER NOT NULL,"
  "  expires_ms    INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX sessions_of_user ON sessions (user_id);"
  "CREATE TABLE used_refreshes ("
  "  refresh_hash  BLOB PRIMARY KEY CHECK (length (refresh_hash) = 32),"
  "  session_id    BLOB NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX used_refreshes_of_session ON used_refreshes (session_id);"

  "CREATE TABLE rooms ("
  "  id               INTEGER PRIMARY KEY,"
  "  room             TEXT NOT NULL UNIQUE,"
  "  kind             INTEGER NOT NULL CHECK (kind IN (0, 1)),"
  "  folded           TEXT NOT NULL,"
  "  epoch            TEXT NOT NULL,"
  "  last_seq         INTEGER NOT NULL DEFAULT 0,"
  "  n_messages       INTEGER NOT NULL DEFAULT 0,"
  "  last_message_seq INTEGER NOT NULL DEFAULT 0,"
  "  n_members        INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE INDEX groups_in_order ON rooms (room) WHERE kind = 0;"
  "CREATE TABLE room_users ("
  "  room_id      INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
  "  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  member       INTEGER NOT NULL DEFAULT 0 CHECK (member IN (0, 1)),"
  "  read_seq     INTEGER NOT NULL DEFAULT 0,"
  "  received_seq INTEGER NOT NULL DEFAULT 0,"
  "  read_rank    INTEGER NOT NULL DEFAULT 0,"
  "  n_own        INTEGER NOT NULL DEFAULT 0,"
  "  own_at_read  INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (room_id, user_id)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX rooms_of_user ON room_users (user_id, member);"

  "CREATE TABLE events ("
  "  key     INTEGER PRIMARY KEY,"
  "  type    INTEGER NOT NULL,"
  "  id      BLOB NOT NULL UNIQUE CHECK (length (id) = 16),"
  "  sender  INTEGER NOT NULL REFERENCES users (id),"
  "  at_ms   INTEGER NOT NULL,"
  "  rank    INTEGER NOT NULL,"
  "  content BLOB"
  ") STRICT;"
  "CREATE INDEX messages_of_sender ON events (sender) WHERE type = 0;"

  "CREATE TABLE subscriptions ("
  "  endpoint    TEXT PRIMARY KEY,"
  "  user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  public_key  BLOB NOT NULL CHECK (length (public_key) = 65),"
  "  auth_secret BLOB NOT NULL CHECK (length (auth_secret) = 16),"
  "  created_ms  INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX subscriptions_of_user ON subscriptions (user_id, created_ms);";

/* The token before the present one, and when it was used up. */
static const char version_2[] =
  "ALTER TABLE sessions ADD COLUMN previous_hash BLOB;"
  "ALTER TABLE sessions ADD COLUMN rotated_ms INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX sessions_by_previous ON sessions (previous_hash);";

static const BaseDbMigration migrations[] = {
  { .sql = version_1 },
  { .sql = version_2 },
};

/**
 * confabd_tables_open:
 * @path: the database
 * @vfs: (nullable): SQLite's way to the disk
 * @read_only: for a reader, after a writer has made the database
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: (transfer full): a connection to a database of the newest version
 */
BaseDb *
confabd_tables_open (const char  *path,
                     const char  *vfs,
                     gboolean     read_only,
                     GError     **error)
{
  const BaseDbOptions options = {
    .vfs = vfs,
    .read_only = read_only,
    .durable = TRUE,
    .busy_ms = BUSY_MS,
    .cache_kib = read_only ? 4096 : 16384,
  };
  g_autoptr(BaseDb) db = base_db_open (path, &options, error);

  if (!db)
    return NULL;

  if (!read_only &&
      !base_db_migrate (db, STORE_APPLICATION_ID, migrations, G_N_ELEMENTS (migrations), error))
    {
      g_prefix_error (error, "“%s”: ", path);
      return NULL;
    }

  return g_steal_pointer (&db);
}
