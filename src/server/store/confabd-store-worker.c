/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store-worker-private.h"

#include "base-mailbox.h"

#include <errno.h>
#include <poll.h>

/* What goes into one transaction at most: more would make the first of them wait for the
 * last. */
#define MAX_BATCH_JOBS  1024
#define MAX_BATCH_BYTES (8 * 1024 * 1024)

/**
 * ConfabdStoreWorker:
 *
 * A thread with a connection to the database.
 *
 * A writer takes all that waits, does it in one transaction and answers in the order of
 * asking: while one batch waits for the disk the next one gathers, so that the load itself
 * decides how large it is. A reader answers one question after the other.
 */
struct _ConfabdStoreWorker
{
  BaseMailbox     *mailbox;
  GThread         *thread;
  BaseDb          *db;
  const BaseClock *clock;
  gboolean         writes;
  int              n_waiting; /* atomic */

  /* of the thread alone */
  GArray          *jobs;      /* of ConfabdJob */
  gboolean         stopping;
  gboolean         failing;
};

/* A job on its way to the thread. */
typedef struct
{
  ConfabdStoreWorker *worker;
  ConfabdJob          job;
} Letter;

static void
job_arrived_cb (gpointer data)
{
  Letter *letter = data;

  g_array_append_val (letter->worker->jobs, letter->job);
  g_free (letter);
}

static void
stop_cb (gpointer data)
{
  ConfabdStoreWorker *self = data;

  self->stopping = TRUE;
}

static guint64
now_ms (ConfabdStoreWorker *self)
{
  return (guint64) (base_clock_get_wall_us (self->clock) / 1000);
}

static void
answer (ConfabdStoreWorker *self,
        const ConfabdJob   *jobs,
        guint               n_jobs)
{
  g_atomic_int_add (&self->n_waiting, -(int) n_jobs);

  for (guint i = 0; i < n_jobs; i++)
    confabd_job_post (&jobs[i]);
}

/* Tells of a failing disk once, not once for each message. */
static void
note_outcome (ConfabdStoreWorker *self,
              const GError       *error)
{
  if (error && !self->failing)
    g_message ("Cannot write to the database: %s", error->message);
  else if (!error && self->failing)
    g_message ("Can write to the database again");

  self->failing = error != NULL;
}

static guint
count_batch (ConfabdStoreWorker *self,
             guint               first)
{
  gsize n_bytes = 0;
  guint n_jobs = 0;

  while (first + n_jobs < self->jobs->len && n_jobs < MAX_BATCH_JOBS && n_bytes < MAX_BATCH_BYTES)
    n_bytes += confabd_job_get_size (&g_array_index (self->jobs, ConfabdJob, first + n_jobs++));

  return n_jobs;
}

static void
write_all (ConfabdStoreWorker *self)
{
  guint first = 0;

  while (first < self->jobs->len)
    {
      const ConfabdJob *jobs = &g_array_index (self->jobs, ConfabdJob, first);
      guint n_jobs = count_batch (self, first);
      g_autoptr(GError) error = NULL;

      confabd_jobs_run_batch (jobs, n_jobs, self->db, now_ms (self), &error);
      note_outcome (self, error);
      answer (self, jobs, n_jobs);
      first += n_jobs;
    }
}

static void
read_all (ConfabdStoreWorker *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const ConfabdJob *job = &g_array_index (self->jobs, ConfabdJob, i);

      confabd_job_run_read (job, self->db, now_ms (self));
      answer (self, job, 1);
    }
}

static gpointer
work (gpointer data)
{
  ConfabdStoreWorker *self = data;
  struct pollfd poll_fd = { .fd = base_mailbox_get_fd (self->mailbox), .events = POLLIN };

  while (!self->stopping)
    {
      while (poll (&poll_fd, 1, -1) < 0 && errno == EINTR)
        ;

      base_mailbox_drain (self->mailbox);

      if (self->writes)
        write_all (self);
      else
        read_all (self);

      g_array_set_size (self->jobs, 0);
    }

  return NULL;
}

/**
 * confabd_store_worker_new:
 * @name: of the thread
 * @db: (transfer full): its connection
 * @writes: whether it is the writer
 * @clock: for the times of events
 *
 * Returns: (transfer full): a worker that waits for jobs
 */
ConfabdStoreWorker *
confabd_store_worker_new (const char      *name,
                          BaseDb          *db,
                          gboolean         writes,
                          const BaseClock *clock)
{
  ConfabdStoreWorker *self = g_new0 (ConfabdStoreWorker, 1);

  self->mailbox = base_mailbox_new ();
  self->db = db;
  self->writes = writes;
  self->clock = clock;
  self->jobs = g_array_new (FALSE, FALSE, sizeof (ConfabdJob));
  self->thread = g_thread_new (name, work, self);

  return self;
}

/**
 * confabd_store_worker_stop:
 * @self: (transfer full): a worker that is given no more jobs
 *
 * Waits until all jobs are done and answered, then ends the thread and closes its
 * connection.
 */
void
confabd_store_worker_stop (ConfabdStoreWorker *self)
{
  base_mailbox_post (self->mailbox, stop_cb, self);
  g_thread_join (self->thread);

  base_db_close (self->db);
  base_mailbox_unref (self->mailbox);
  g_array_unref (self->jobs);
  g_free (self);
}

/**
 * confabd_store_worker_take:
 * @self: a worker
 * @job: what to do
 *
 * Queues @job; any thread may.
 */
void
confabd_store_worker_take (ConfabdStoreWorker *self,
                           const ConfabdJob   *job)
{
  Letter *letter = g_new (Letter, 1);

  letter->worker = self;
  letter->job = *job;
  g_atomic_int_inc (&self->n_waiting);
  base_mailbox_post (self->mailbox, job_arrived_cb, letter);
}

/**
 * confabd_store_worker_get_n_waiting:
 * @self: a worker
 *
 * Returns: how many jobs were given to it and are not answered
 */
guint
confabd_store_worker_get_n_waiting (ConfabdStoreWorker *self)
{
  return (guint) g_atomic_int_get (&self->n_waiting);
}
