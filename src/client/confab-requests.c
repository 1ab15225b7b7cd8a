/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-requests"

#include "config.h"

#include "confab-requests-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"

/**
 * ConfabRequests:
 *
 * The requests of one connection that wait for their answer.
 *
 * Each ends exactly once: with its answer, with its deadline, when its cancellable says so, or when
 * the connection is lost. Only so many are in flight; the rest waits in line, and its deadline
 * runs meanwhile.
 */
struct _ConfabRequests
{
  ConfabTime             *time;
  ConfabRequestsSendFunc  send;
  gpointer                user_data;
  GHashTable             *in_flight; /* ref → Request */
  GQueue                  queued;    /* of Request */
  guint64                 last_ref;
};

typedef struct
{
  ConfabRequests *requests;
  GTask          *task;
  char           *ref;
  char           *text;      /* NULL once it was sent */
  GSource        *deadline;
} Request;

static void
request_free (Request *request)
{
  confab_source_clear (&request->deadline);
  g_clear_object (&request->task);
  g_free (request->ref);
  g_free (request->text);
  g_free (request);
}

static GTask *
end_request (Request *request)
{
  GTask *task = g_steal_pointer (&request->task);

  request_free (request);

  return task;
}

ConfabRequests *
confab_requests_new (ConfabTime             *time,
                     ConfabRequestsSendFunc  send,
                     gpointer                user_data)
{
  ConfabRequests *self = g_new0 (ConfabRequests, 1);

  self->time = confab_time_ref (time);
  self->send = send;
  self->user_data = user_data;
  self->in_flight = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->queued);

  return self;
}

/* Every task keeps its source object alive, and with it the owner of this: none is left. */
void
confab_requests_free (ConfabRequests *self)
{
  g_assert (g_hash_table_size (self->in_flight) == 0 && self->queued.length == 0);

  g_hash_table_unref (self->in_flight);
  confab_time_unref (self->time);
  g_free (self);
}

static void
send_queued (ConfabRequests *self)
{
  Request *request;

  while (g_hash_table_size (self->in_flight) < CONFAB_REQUESTS_MAX_IN_FLIGHT &&
         (request = g_queue_pop_head (&self->queued)))
    {
      g_autofree char *text = g_steal_pointer (&request->text);

      g_hash_table_insert (self->in_flight, request->ref, request);
      self->send (text, self->user_data);
    }
}

static gboolean
ended_cb (gpointer user_data)
{
  Request *request = user_data;
  ConfabRequests *self = request->requests;
  g_autoptr(GTask) task = NULL;

  if (request->text)
    g_queue_remove (&self->queued, request);
  else
    g_hash_table_remove (self->in_flight, request->ref);

  task = end_request (request);
  send_queued (self);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "No answer in time");

  return G_SOURCE_REMOVE;
}

static void
start_deadline (Request *request,
                guint    deadline_ms)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);

  request->deadline = confab_time_create_source (request->requests->time, deadline_ms);
  if (cancellable)
    {
      g_autoptr(GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (request->deadline, cancelled);
    }
  g_source_set_callback (request->deadline, ended_cb, request, NULL);
  g_source_attach (request->deadline, g_main_context_get_thread_default ());
}

void
confab_requests_add (ConfabRequests *self,
                     GTask          *task,
                     JsonObject     *object,
                     guint           deadline_ms)
{
  Request *request;

  if (self->queued.length >= CONFAB_REQUESTS_MAX_QUEUED)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                               "Too many requests are waiting already");
      g_object_unref (task);
      return;
    }

  request = g_new0 (Request, 1);
  request->requests = self;
  request->task = task;
  request->ref = g_strdup_printf ("%" G_GUINT64_FORMAT, ++self->last_ref);
  json_object_set_string_member (object, "ref", request->ref);
  request->text = confab_json_print_object (object);
  start_deadline (request, deadline_ms);

  g_queue_push_tail (&self->queued, request);
  send_queued (self);
}

static void
return_answer (GTask      *task,
               JsonObject *frame)
{
  JsonObject *ok = confab_json_get_object (frame, "#ok");
  JsonObject *failure = confab_json_get_object (frame, "#error");
  const char *message;

  if (ok)
    {
      g_task_return_pointer (task, json_object_ref (ok), (GDestroyNotify) json_object_unref);
      return;
    }

  message = failure ? confab_json_get_string (failure, "message") : NULL;
  if (failure)
    g_task_return_new_error (
      task, CONFAB_ERROR, (int) confab_error_from_name (confab_json_get_string (failure, "code")),
      "%s", message ? message : "The server gives no reason");
  else
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                             "An answer that is neither #ok nor #error");
}

gboolean
confab_requests_answer (ConfabRequests *self,
                        JsonObject     *frame)
{
  const char *ref = confab_json_get_string (frame, "#ref");
  g_autoptr(GTask) task = NULL;
  Request *request;

  if (!ref)
    return FALSE;

  /* Late answers, after the deadline, are ordinary. */
  request = g_hash_table_lookup (self->in_flight, ref);
  if (!request)
    return TRUE;

  g_hash_table_remove (self->in_flight, request->ref);
  task = end_request (request);
  send_queued (self);
  return_answer (task, frame);

  return TRUE;
}

void
confab_requests_fail_all (ConfabRequests *self,
                          const GError   *error)
{
  g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer request;

  g_hash_table_iter_init (&iter, self->in_flight);
  while (g_hash_table_iter_next (&iter, NULL, &request))
    {
      g_hash_table_iter_remove (&iter);
      g_ptr_array_add (tasks, end_request (request));
    }
  while ((request = g_queue_pop_head (&self->queued)))
    g_ptr_array_add (tasks, end_request (request));

  /* What the callbacks ask for anew finds an empty table. */
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

guint
confab_requests_get_n_in_flight (ConfabRequests *self)
{
  return g_hash_table_size (self->in_flight);
}
