/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store"

#include "config.h"

#include "confab-store-private.h"

#include "confab-error-private.h"
#include "confab-object-private.h"
#include "confab-store-schema-private.h"

/* What the threads share with each other; outlives the object if need be. */
typedef struct
{
  gatomicrefcount  ref_count;
  char            *path;
  gint             generation; /* atomic: how often the database was begun anew */
} Shared;

/**
 * ConfabStore:
 *
 * The local database of one account, and the two threads that use it.
 *
 * One thread writes, in the order of asking, each piece of work in a transaction of its own; the
 * other reads, so that a page that is scrolled to does not wait behind a thousand messages that
 * come in. Nothing of SQLite runs on the thread that asks.
 *
 * A database that turns out to be damaged is moved aside and begun anew, with the outbox saved
 * over; the rest is a copy of what the server has. #ConfabStore::lost tells.
 */
struct _ConfabStore
{
  GObject      parent_instance;

  GAsyncQueue *to_writer; /* of Job */
  GAsyncQueue *to_reader;
  GThread     *writer;
  GThread     *reader;
  Shared      *shared;
  gint         generation; /* of the database, as far as this thread has heard */
  gboolean     closed;
  GError      *error;
};

G_DEFINE_FINAL_TYPE (ConfabStore, confab_store, G_TYPE_OBJECT)

typedef enum {
  PROP_ERROR = 1,
} ConfabStoreProperty;

typedef enum {
  SIGNAL_LOST,
} ConfabStoreSignal;

static GParamSpec *properties[PROP_ERROR + 1];
static guint signals[SIGNAL_LOST + 1];

typedef enum {
  JOB_RUN,
  JOB_MEND,
  JOB_END,    /* the thread */
} JobKind;

typedef struct
{
  JobKind          kind;
  ConfabStoreMode  mode;
  ConfabStoreFunc  func;
  gpointer         data;
  GDestroyNotify   free_data;
  gint             generation;  /* JOB_MEND: of the database that is damaged */
} Job;

/* A thread and its connection. */
typedef struct
{
  Shared      *shared;
  GAsyncQueue *queue;       /* of GTask with a Job */
  GAsyncQueue *to_writer;   /* where the reader reports damage */
  gboolean     writes;
  BaseDb      *db;
  gint         generation;  /* of the database that db is */
} Worker;

static void
shared_unref (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;

  g_free (shared->path);
  g_free (shared);
}

static void
job_free (Job *job)
{
  if (job->free_data)
    job->free_data (job->data);
  g_free (job);
}

static gboolean
is_damage (const GError *error)
{
  return g_error_matches (error, BASE_DB_ERROR, BASE_DB_ERROR_CORRUPT) ||
         g_error_matches (error, BASE_DB_ERROR, BASE_DB_ERROR_NOT_A_DATABASE);
}

static gboolean
recover (Worker  *worker,
         GError **error)
{
  g_clear_pointer (&worker->db, base_db_close);
  worker->db = confab_store_schema_recover (worker->shared->path, error);
  if (!worker->db)
    return FALSE;

  worker->generation = g_atomic_int_add (&worker->shared->generation, 1) + 1;

  return TRUE;
}

static gboolean
open_database (Worker  *worker,
               GError **error)
{
  g_autoptr(GError) local_error = NULL;

  if (worker->db && worker->generation == g_atomic_int_get (&worker->shared->generation))
    return TRUE;

  /* Each failed opening is tried again with the next job: a disk may have room again. */
  g_clear_pointer (&worker->db, base_db_close);
  worker->generation = g_atomic_int_get (&worker->shared->generation);
  worker->db = confab_store_schema_open (worker->shared->path, &local_error);
  if (worker->db)
    return TRUE;

  if (worker->writes && is_damage (local_error) && recover (worker, NULL))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
run_in_transaction (Worker  *worker,
                    Job     *job,
                    GError **error)
{
  if (!(worker->writes ? base_db_begin (worker->db, error)
                       : base_db_begin_read (worker->db, error)))
    return FALSE;

  if (job->func (worker->db, job->data, error))
    return base_db_commit (worker->db, error);

  base_db_roll_back (worker->db);

  return FALSE;
}

static gboolean
run_job (Worker  *worker,
         Job     *job,
         GError **error)
{
  gboolean durable = job->mode == CONFAB_STORE_WRITE_DURABLY;
  gboolean done;

  if (!open_database (worker, error))
    return FALSE;

  if (durable && !base_db_exec (worker->db, "PRAGMA synchronous = FULL", error))
    return FALSE;

  done = run_in_transaction (worker, job, error);
  if (durable)
    base_db_exec (worker->db, "PRAGMA synchronous = NORMAL", NULL);

  return done;
}

/* The writer mends what the reader finds. */
static void
report_damage (Worker *worker)
{
  Job *job = g_new0 (Job, 1);
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);

  job->kind = JOB_MEND;
  job->generation = worker->generation;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_async_queue_push (worker->to_writer, task);
}

/* The reader may have found the damage several times. */
static void
mend (Worker *worker,
      GTask  *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->generation == g_atomic_int_get (&worker->shared->generation))
    recover (worker, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
end (Worker *worker,
     GTask  *task)
{
  g_clear_pointer (&worker->db, base_db_close);
  g_task_return_boolean (task, TRUE);
}

static void
work (Worker *worker,
      GTask  *task)
{
  Job *job = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;

  if (run_job (worker, job, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (is_damage (error) && worker->writes && recover (worker, NULL))
    {
      g_autoptr(GError) second = NULL;

      if (run_job (worker, job, &second))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  else if (is_damage (error) && !worker->writes)
    {
      report_damage (worker);
    }

  g_task_return_error (task, g_steal_pointer (&error));
}

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;
  JobKind kind;

  do
    {
      g_autoptr(GTask) task = g_async_queue_pop (worker->queue);

      kind = ((Job *) g_task_get_task_data (task))->kind;
      switch (kind)
        {
        case JOB_RUN:
          work (worker, task);
          break;
        case JOB_MEND:
          mend (worker, task);
          break;
        case JOB_END:
          end (worker, task);
          break;
        }
    }
  while (kind != JOB_END);

  g_async_queue_unref (worker->queue);
  g_async_queue_unref (worker->to_writer);
  shared_unref (worker->shared);
  g_free (worker);

  return NULL;
}

static GThread *
start_worker (Shared      *shared,
              GAsyncQueue *queue,
              GAsyncQueue *to_writer,
              gboolean     writes)
{
  Worker *worker = g_new0 (Worker, 1);

  g_atomic_ref_count_inc (&shared->ref_count);
  worker->shared = shared;
  worker->queue = g_async_queue_ref (queue);
  worker->to_writer = g_async_queue_ref (to_writer);
  worker->writes = writes;

  return g_thread_new (writes ? "confab-write" : "confab-read", worker_thread, worker);
}

static GTask *
make_end (ConfabStore         *self,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->kind = JOB_END;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);

  return task;
}

static void
confab_store_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ConfabStore *self = CONFAB_STORE (object);

  switch ((ConfabStoreProperty) property_id)
    {
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    }
}

static void
confab_store_finalize (GObject *object)
{
  ConfabStore *self = CONFAB_STORE (object);

  /* Not closed: the threads finish what they have and end by themselves. */
  if (!self->closed)
    {
      g_async_queue_push (self->to_reader, make_end (NULL, NULL, NULL));
      g_async_queue_push (self->to_writer, make_end (NULL, NULL, NULL));
    }
  g_clear_pointer (&self->writer, g_thread_unref);
  g_clear_pointer (&self->reader, g_thread_unref);
  g_async_queue_unref (self->to_writer);
  g_async_queue_unref (self->to_reader);
  shared_unref (self->shared);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (confab_store_parent_class)->finalize (object);
}

static void
confab_store_class_init (ConfabStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_store_get_property;
  object_class->finalize = confab_store_finalize;

  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_LOST] = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_store_init (ConfabStore *self)
{
  self->to_writer = g_async_queue_new_full (g_object_unref);
  self->to_reader = g_async_queue_new_full (g_object_unref);
}

ConfabStore *
confab_store_new (const char *path)
{
  ConfabStore *self = g_object_new (CONFAB_TYPE_STORE, NULL);
  Shared *shared = g_new0 (Shared, 1);

  g_atomic_ref_count_init (&shared->ref_count);
  shared->path = g_strdup (path);
  self->writer = start_worker (shared, self->to_writer, self->to_writer, TRUE);
  self->reader = start_worker (shared, self->to_reader, self->to_writer, FALSE);
  self->shared = shared;

  return self;
}

const GError *
confab_store_get_error (ConfabStore *self)
{
  return self->error;
}

static void
set_error (ConfabStore  *self,
           const GError *error)
{
  if (!error && !self->error)
    return;

  g_clear_error (&self->error);
  self->error = error ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
confab_store_run_async (ConfabStore         *self,
                        ConfabStoreMode      mode,
                        ConfabStoreFunc      func,
                        gpointer             data,
                        GDestroyNotify       free_data,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->mode = mode;
  job->func = func;
  job->data = data;
  job->free_data = free_data;
  g_task_set_source_tag (task, confab_store_run_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);

  if (self->closed)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_STORE, "The store is closed");
      return;
    }

  g_async_queue_push (mode == CONFAB_STORE_READ ? self->to_reader : self->to_writer,
                      g_steal_pointer (&task));
}

static void
check_generation (ConfabStore *self)
{
  gint generation = g_atomic_int_get (&self->shared->generation);

  if (self->generation == generation)
    return;

  self->generation = generation;
  g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

/* Returns: (transfer none): the data, until the callback returns */
gpointer
confab_store_run_finish (ConfabStore   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) local_error = NULL;

  check_generation (self);
  if (g_task_propagate_boolean (G_TASK (result), &local_error))
    {
      /* A reader may find its pages in the cache while the disk is full. */
      if (job->mode != CONFAB_STORE_READ)
        set_error (self, NULL);
      return job->data;
    }

  if (local_error->domain == BASE_DB_ERROR)
    {
      g_autoptr(GError) translated = confab_error_translate (local_error);

      g_prefix_error_literal (&translated, "The local database: ");
      set_error (self, translated);
      g_propagate_error (error, g_steal_pointer (&translated));
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
    }

  return NULL;
}

static void
close_writer_ended_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  g_task_return_boolean (task, TRUE);
}

static void
close_reader_ended_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  ConfabStore *self = CONFAB_STORE (source);

  /* The writer closes last, so that it is the one that folds the log into the database. */
  g_async_queue_push (self->to_writer, make_end (self, close_writer_ended_cb, user_data));
}

void
confab_store_close_async (ConfabStore         *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, confab_store_close_async);
  if (self->closed)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  self->closed = TRUE;
  g_async_queue_push (self->to_reader,
                      make_end (self, close_reader_ended_cb, g_steal_pointer (&task)));
}

gboolean
confab_store_close_finish (ConfabStore   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
