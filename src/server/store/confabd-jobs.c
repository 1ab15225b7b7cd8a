/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-jobs-private.h"

#include "confabd-tables-private.h"

/* Jobs, run one by one or many in one transaction. */

static gboolean
run (const ConfabdJob     *self,
     const ConfabdTables  *tables,
     GError              **error)
{
  switch (self->kind)
    {
    case CONFABD_JOB_APPEND:
      return confabd_events_append (tables, self->append, error);
    case CONFABD_JOB_TAIL:
      return confabd_events_read_tail (tables, self->tail, error);
    case CONFABD_JOB_QUERY:
      return confabd_tables_answer (tables, self->query, error);
    }

  g_return_val_if_reached (FALSE);
}

/**
 * confabd_job_get_size:
 * @self: a job
 *
 * Returns: about how many bytes it will write
 */
gsize
confabd_job_get_size (const ConfabdJob *self)
{
  if (self->kind != CONFABD_JOB_APPEND || !self->append->event->content)
    return 0;

  return g_bytes_get_size (self->append->event->content);
}

static void
append_done_cb (gpointer data)
{
  ConfabdAppend *append = data;

  append->done (append);
}

static void
tail_done_cb (gpointer data)
{
  ConfabdTail *tail = data;

  tail->done (tail);
}

static void
query_done_cb (gpointer data)
{
  ConfabdQuery *query = data;

  query->done (query);
}

/**
 * confabd_job_post:
 * @self: a job that is done
 *
 * Sends its answer to whoever asked.
 */
void
confabd_job_post (const ConfabdJob *self)
{
  switch (self->kind)
    {
    case CONFABD_JOB_APPEND:
      base_mailbox_post (self->append->reply_to, append_done_cb, self->append);
      break;
    case CONFABD_JOB_TAIL:
      base_mailbox_post (self->tail->reply_to, tail_done_cb, self->tail);
      break;
    case CONFABD_JOB_QUERY:
      base_mailbox_post (self->query->reply_to, query_done_cb, self->query);
      break;
    }
}

/**
 * confabd_job_fail:
 * @self: a job
 * @error: why it came to nothing
 *
 * Writes down that nothing of it was done.
 */
void
confabd_job_fail (const ConfabdJob *self,
                  const GError     *error)
{
  gboolean full = g_error_matches (error, BASE_DB_ERROR, BASE_DB_ERROR_FULL);

  switch (self->kind)
    {
    case CONFABD_JOB_APPEND:
      self->append->status = full ? CONFABD_APPEND_FULL : CONFABD_APPEND_FAILED;
      self->append->first_member = FALSE;
      self->append->event->seq = 0;
      self->append->event->at_ms = 0;
      break;
    case CONFABD_JOB_TAIL:
      self->tail->failed = TRUE;
      self->tail->full = full;
      break;
    case CONFABD_JOB_QUERY:
      self->query->status = full ? CONFABD_QUERY_FULL : CONFABD_QUERY_FAILED;
      self->query->changed = FALSE;
      break;
    }
}

/**
 * confabd_job_run_read:
 * @self: a query that changes nothing
 * @db: a connection for reading
 * @now_ms: the time
 *
 * Answers @self from one state of the database.
 */
void
confabd_job_run_read (const ConfabdJob *self,
                      BaseDb           *db,
                      guint64           now_ms)
{
  const ConfabdTables tables = { .db = db, .now_ms = now_ms };
  g_autoptr(GError) error = NULL;

  if (!base_db_begin_read (db, &error) || !run (self, &tables, &error))
    {
      g_message ("Cannot read from the database: %s", error->message);
      confabd_job_fail (self, error);
    }

  base_db_roll_back (db);
}

/* Runs one job of a batch; whatever it wrote is undone if it fails. Returns FALSE if the
 * whole transaction is gone. */
static gboolean
run_in_batch (const ConfabdJob     *job,
              const ConfabdTables  *tables,
              GError              **last_error)
{
  g_autoptr(GError) error = NULL;

  if (base_db_save (tables->db, &error) && run (job, tables, &error))
    {
      if (base_db_release (tables->db, &error))
        return TRUE;
    }

  confabd_job_fail (job, error);
  g_clear_error (last_error);
  *last_error = g_steal_pointer (&error);

  return base_db_in_transaction (tables->db) && base_db_roll_back_to_save (tables->db, NULL);
}

static gboolean
run_together (const ConfabdJob     *jobs,
              guint                 n_jobs,
              const ConfabdTables  *tables,
              GError              **last_error)
{
  g_autoptr(GError) error = NULL;
  gboolean alive = base_db_begin (tables->db, &error);

  for (guint i = 0; alive && i < n_jobs; i++)
    alive = run_in_batch (&jobs[i], tables, last_error);

  if (alive && base_db_commit (tables->db, &error))
    return TRUE;

  base_db_roll_back (tables->db);

  if (error)
    {
      g_clear_error (last_error);
      *last_error = g_steal_pointer (&error);
    }

  return FALSE;
}

static void
run_alone (const ConfabdJob     *job,
           const ConfabdTables  *tables,
           GError              **last_error)
{
  g_autoptr(GError) error = NULL;

  if (base_db_begin (tables->db, &error) &&
      run (job, tables, &error) &&
      base_db_commit (tables->db, &error))
    return;

  base_db_roll_back (tables->db);
  confabd_job_fail (job, error);
  g_clear_error (last_error);
  *last_error = g_steal_pointer (&error);
}

/**
 * confabd_jobs_run_batch:
 * @jobs: what to do, in this order
 * @n_jobs: how many
 * @db: the writer's connection
 * @now_ms: the time
 * @error: (out): the last failure, for the server's log
 *
 * Does all jobs in one transaction, which costs one wait for the disk. A job that fails
 * takes nothing with it: only its own writes are undone. When the transaction itself comes to
 * nothing, each job is tried alone, so that each gets its own fate: what fits is stored, what
 * does not is told so.
 *
 * Returns: whether all went well; each job knows for itself
 */
gboolean
confabd_jobs_run_batch (const ConfabdJob  *jobs,
                        guint              n_jobs,
                        BaseDb            *db,
                        guint64            now_ms,
                        GError           **error)
{
  const ConfabdTables tables = { .db = db, .now_ms = now_ms };
  g_autoptr(GError) last_error = NULL;

  if (!run_together (jobs, n_jobs, &tables, &last_error))
    {
      g_clear_error (&last_error);

      for (guint i = 0; i < n_jobs; i++)
        run_alone (&jobs[i], &tables, &last_error);
    }

  if (!last_error)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&last_error));

  return FALSE;
}
