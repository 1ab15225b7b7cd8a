/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-sqlite-store.h"

#include "confabd-data-lock.h"
#include "confabd-jobs-private.h"
#include "confabd-store-worker-private.h"
#include "confabd-tables-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "space.db"
#define N_READERS 3

/* A small database is checked at every start, a larger one only after a crash; one that is
 * larger still would keep people waiting. */
#define ALWAYS_CHECKED_BYTES      (64 * 1024 * 1024)
#define CHECKED_AFTER_CRASH_BYTES (512 * 1024 * 1024)

/**
 * ConfabdSqliteStore:
 *
 * The log and the store of a space on one machine: an SQLite database in its data directory.
 *
 * One thread writes, a few read beside it. An event is answered after the commit that holds
 * it has reached the disk, never before. A full or failing disk refuses what is new; reading
 * goes on, and writing again as soon as the disk lets it. One process at a time has the
 * directory.
 */
struct _ConfabdSqliteStore
{
  GObject             parent_instance;

  int                 lock_fd;
  ConfabdStoreWorker *writer;
  ConfabdStoreWorker *readers[N_READERS];
  gboolean            closed;
};

static void confabd_sqlite_store_init_log (ConfabdLogInterface *iface);
static void confabd_sqlite_store_init_store (ConfabdStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSqliteStore, confabd_sqlite_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_LOG,
                                                      confabd_sqlite_store_init_log)
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_STORE,
                                                      confabd_sqlite_store_init_store))

static ConfabdStoreWorker *
pick_reader (ConfabdSqliteStore *self)
{
  ConfabdStoreWorker *idlest = self->readers[0];
  guint n_least = confabd_store_worker_get_n_waiting (idlest);

  for (guint i = 1; i < N_READERS; i++)
    {
      guint n_waiting = confabd_store_worker_get_n_waiting (self->readers[i]);

      if (n_waiting >= n_least)
        continue;

      idlest = self->readers[i];
      n_least = n_waiting;
    }

  return idlest;
}

static void
give (ConfabdSqliteStore *self,
      ConfabdStoreWorker *worker,
      const ConfabdJob   *job)
{
  g_autoptr(GError) error = NULL;

  if (!self->closed)
    {
      confabd_store_worker_take (worker, job);
      return;
    }

  g_set_error_literal (&error, BASE_DB_ERROR, BASE_DB_ERROR_FAILED, "The store is closed");
  confabd_job_fail (job, error);
  confabd_job_post (job);
}

static void
confabd_sqlite_store_append (ConfabdLog    *log,
                             ConfabdAppend *append)
{
  ConfabdSqliteStore *self = CONFABD_SQLITE_STORE (log);
  const ConfabdJob job = { .kind = CONFABD_JOB_APPEND, .append = append };

  give (self, self->writer, &job);
}

static void
confabd_sqlite_store_read_tail (ConfabdLog  *log,
                                ConfabdTail *tail)
{
  ConfabdSqliteStore *self = CONFABD_SQLITE_STORE (log);
  const ConfabdJob job = { .kind = CONFABD_JOB_TAIL, .tail = tail };

  give (self, self->writer, &job);
}

static void
confabd_sqlite_store_submit (ConfabdStore *store,
                             ConfabdQuery *query)
{
  ConfabdSqliteStore *self = CONFABD_SQLITE_STORE (store);
  const ConfabdJob job = { .kind = CONFABD_JOB_QUERY, .query = query };
  gboolean writes = self->closed || confabd_tables_query_writes (query->kind);

  give (self, writes ? self->writer : pick_reader (self), &job);
}

static void
confabd_sqlite_store_init_log (ConfabdLogInterface *iface)
{
  iface->append = confabd_sqlite_store_append;
  iface->read_tail = confabd_sqlite_store_read_tail;
}

static void
confabd_sqlite_store_init_store (ConfabdStoreInterface *iface)
{
  iface->submit = confabd_sqlite_store_submit;
}

static void
confabd_sqlite_store_dispose (GObject *object)
{
  confabd_sqlite_store_close (CONFABD_SQLITE_STORE (object));

  G_OBJECT_CLASS (confabd_sqlite_store_parent_class)->dispose (object);
}

static void
confabd_sqlite_store_class_init (ConfabdSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_sqlite_store_dispose;
}

static void
confabd_sqlite_store_init (ConfabdSqliteStore *self)
{
  self->lock_fd = -1;
}

static gint64
get_size (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

/* A log that is left over was not folded in: the server did not end by itself. */
static gboolean
is_to_be_checked (const char *path)
{
  g_autofree char *log_path = g_strconcat (path, "-wal", NULL);
  gint64 size = get_size (path);

  return size > 0 &&
         (size <= ALWAYS_CHECKED_BYTES ||
          (size <= CHECKED_AFTER_CRASH_BYTES && get_size (log_path) > 0));
}

/* Groups that were looked at once and never used. That can wait when the disk is full: reading
 * is possible all the same. */
static gboolean
sweep (BaseDb  *db,
       GError **error)
{
  g_autoptr(GError) sweep_error = NULL;

  if (base_db_exec (db,
                    "DELETE FROM rooms WHERE last_seq = 0 AND n_members = 0 "
                    "AND id NOT IN (SELECT room_id FROM room_users)", &sweep_error) ||
      g_error_matches (sweep_error, BASE_DB_ERROR, BASE_DB_ERROR_FULL))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&sweep_error));

  return FALSE;
}

/* Only the owner reads what people wrote. SQLite gives the files beside the database the mode that
 * it finds the database with, so that comes first. */
static void
make_private (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0)
    {
      (void) fchmod (fd, 0600);
      close (fd);
    }
}

static BaseDb *
open_writer (const char  *path,
             const char  *vfs,
             GError     **error)
{
  gboolean check = is_to_be_checked (path);
  g_autoptr(BaseDb) db = NULL;

  make_private (path);
  db = confabd_tables_open (path, vfs, FALSE, error);
  if (!db)
    return NULL;

  if ((check && !base_db_check (db, error)) || !sweep (db, error))
    {
      g_prefix_error (error, "“%s”: ", path);
      return NULL;
    }

  return g_steal_pointer (&db);
}

static gboolean
start_workers (ConfabdSqliteStore  *self,
               const char          *path,
               const char          *vfs,
               const BaseClock     *clock,
               GError             **error)
{
  BaseDb *db = open_writer (path, vfs, error);

  if (!db)
    return FALSE;

  self->writer = confabd_store_worker_new ("store-writer", db, TRUE, clock);

  for (guint i = 0; i < N_READERS; i++)
    {
      db = confabd_tables_open (path, vfs, TRUE, error);

      if (!db)
        return FALSE;

      self->readers[i] = confabd_store_worker_new ("store-reader", db, FALSE, clock);
    }

  return TRUE;
}

/**
 * confabd_sqlite_store_new:
 * @data_dir: where the database is; made if it is not there
 * @clock: for the times of events; outlives the store
 * @error: return location for an error that says what to do about it
 *
 * Returns: (transfer full): a store that is ready, or %NULL with %G_IO_ERROR_BUSY if another
 *   process has the directory, or a %BASE_DB_ERROR if its database is damaged, too new or
 *   something else
 */
ConfabdSqliteStore *
confabd_sqlite_store_new (const char       *data_dir,
                          const BaseClock  *clock,
                          GError          **error)
{
  return confabd_sqlite_store_new_with_vfs (data_dir, clock, NULL, error);
}

/**
 * confabd_sqlite_store_new_with_vfs:
 * @data_dir: where the database is; made if it is not there
 * @clock: for the times of events; outlives the store
 * @vfs: (nullable): SQLite's way to the disk, which may be one that fails
 * @error: return location for an error
 *
 * Like confabd_sqlite_store_new().
 *
 * Returns: (transfer full): a store that is ready, or %NULL
 */
ConfabdSqliteStore *
confabd_sqlite_store_new_with_vfs (const char       *data_dir,
                                   const BaseClock  *clock,
                                   const char       *vfs,
                                   GError          **error)
{
  g_autoptr(ConfabdSqliteStore) self = g_object_new (CONFABD_TYPE_SQLITE_STORE, NULL);
  g_autofree char *path = g_build_filename (data_dir, DATABASE, NULL);

  self->lock_fd = confabd_data_lock_take (data_dir, error);

  if (self->lock_fd < 0 || !start_workers (self, path, vfs, clock, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * confabd_sqlite_store_close:
 * @self: a store
 *
 * Does and answers all that was asked for, then closes the database and lets go of the
 * directory. What is asked afterwards fails.
 */
void
confabd_sqlite_store_close (ConfabdSqliteStore *self)
{
  g_return_if_fail (CONFABD_IS_SQLITE_STORE (self));

  self->closed = TRUE;

  /* The writer is the last, and folds the log into the database. */
  for (guint i = 0; i < N_READERS; i++)
    g_clear_pointer (&self->readers[i], confabd_store_worker_stop);

  g_clear_pointer (&self->writer, confabd_store_worker_stop);
  confabd_data_lock_release (self->lock_fd);
  self->lock_fd = -1;
}
