/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-memory-store.h"

#include "confabd-jobs-private.h"
#include "confabd-tables-private.h"

/**
 * ConfabdMemoryStore:
 *
 * A log and a store that forget everything when they go.
 *
 * It has the tables of the real one, in memory, and does everything on the thread of the
 * caller before the call returns; the answers go through the mailbox like the real one's. For
 * tests.
 */
struct _ConfabdMemoryStore
{
  GObject          parent_instance;

  const BaseClock *clock;
  BaseDb          *db;
};

static void confabd_memory_store_init_log (ConfabdLogInterface *iface);
static void confabd_memory_store_init_store (ConfabdStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdMemoryStore, confabd_memory_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_LOG,
                                                      confabd_memory_store_init_log)
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_STORE,
                                                      confabd_memory_store_init_store))

static void
run (ConfabdMemoryStore *self,
     const ConfabdJob   *job)
{
  guint64 now_ms = (guint64) (base_clock_get_wall_us (self->clock) / 1000);
  g_autoptr(GError) error = NULL;

  confabd_jobs_run_batch (job, 1, self->db, now_ms, &error);
  confabd_job_post (job);
}

static void
confabd_memory_store_append (ConfabdLog    *log,
                             ConfabdAppend *append)
{
  const ConfabdJob job = { .kind = CONFABD_JOB_APPEND, .append = append };

  run (CONFABD_MEMORY_STORE (log), &job);
}

static void
confabd_memory_store_read_tail (ConfabdLog  *log,
                                ConfabdTail *tail)
{
  const ConfabdJob job = { .kind = CONFABD_JOB_TAIL, .tail = tail };

  run (CONFABD_MEMORY_STORE (log), &job);
}

static void
confabd_memory_store_submit (ConfabdStore *store,
                             ConfabdQuery *query)
{
  const ConfabdJob job = { .kind = CONFABD_JOB_QUERY, .query = query };

  run (CONFABD_MEMORY_STORE (store), &job);
}

static void
confabd_memory_store_init_log (ConfabdLogInterface *iface)
{
  iface->append = confabd_memory_store_append;
  iface->read_tail = confabd_memory_store_read_tail;
}

static void
confabd_memory_store_init_store (ConfabdStoreInterface *iface)
{
  iface->submit = confabd_memory_store_submit;
}

static void
confabd_memory_store_finalize (GObject *object)
{
  ConfabdMemoryStore *self = CONFABD_MEMORY_STORE (object);

  g_clear_pointer (&self->db, base_db_close);

  G_OBJECT_CLASS (confabd_memory_store_parent_class)->finalize (object);
}

static void
confabd_memory_store_class_init (ConfabdMemoryStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_memory_store_finalize;
}

static void
confabd_memory_store_init (ConfabdMemoryStore *self)
{
}

/**
 * confabd_memory_store_new:
 * @clock: for the times of events
 *
 * Returns: (transfer full): an empty log and store
 */
ConfabdMemoryStore *
confabd_memory_store_new (const BaseClock *clock)
{
  ConfabdMemoryStore *self = g_object_new (CONFABD_TYPE_MEMORY_STORE, NULL);
  g_autoptr(GError) error = NULL;

  self->clock = clock;
  self->db = confabd_tables_open (":memory:", NULL, FALSE, &error);

  /* There is no disk that could fail. */
  g_assert_no_error (error);

  return self;
}
