/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-http-exchange"

#include "config.h"

#include "confab-http-exchange-private.h"

#include "confab-error-private.h"

#define CHUNK_BYTES (16 * 1024u)

/* One message on its way, and what has come of its answer: bounded in size and in time, whatever
 * the other side does. */
typedef struct
{
  SoupMessage  *message;
  GCancellable *cancellable;  /* ours: the deadline and the caller's end it */
  GCancellable *outer;
  gulong        outer_id;
  GSource      *deadline;
  guint         deadline_ms;
  gboolean      timed_out;
  GInputStream *stream;
  GByteArray   *answer;
  gsize         n_bytes;      /* of it that have come */
  gsize         max_bytes;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  if (exchange->outer)
    g_cancellable_disconnect (exchange->outer, exchange->outer_id);
  g_clear_object (&exchange->outer);
  confab_source_clear (&exchange->deadline);
  g_clear_object (&exchange->stream);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->cancellable);
  g_byte_array_unref (exchange->answer);
  g_free (exchange);
}

static void
return_failure (GTask        *task,
                const GError *error)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->timed_out)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                             "No answer within %u s", exchange->deadline_ms / 1000);
  else
    g_task_return_error (task, confab_error_translate (error));
}

static void
return_answer (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GBytes) whole = NULL;

  g_byte_array_set_size (exchange->answer, (guint) exchange->n_bytes);
  g_byte_array_append (exchange->answer, (const guint8 *) "", 1);
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&exchange->answer));
  exchange->answer = g_byte_array_new ();
  g_task_return_pointer (task, g_bytes_new_from_bytes (whole, 0, exchange->n_bytes),
                         (GDestroyNotify) g_bytes_unref);
}

static void read_on (GTask *task);

static void
exchange_read_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      return_failure (task, error);
      return;
    }

  exchange->n_bytes += (gsize) n;

  if (n == 0)
    return_answer (task);
  else if (exchange->n_bytes > exchange->max_bytes)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                             "The answer is longer than %" G_GSIZE_FORMAT " bytes",
                             exchange->max_bytes);
  else
    read_on (g_steal_pointer (&task));
}

/* Takes the task. */
static void
read_on (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->answer->len - exchange->n_bytes < CHUNK_BYTES)
    g_byte_array_set_size (exchange->answer, exchange->answer->len * 2 + CHUNK_BYTES);

  g_input_stream_read_async (exchange->stream, exchange->answer->data + exchange->n_bytes,
                             exchange->answer->len - exchange->n_bytes, G_PRIORITY_DEFAULT,
                             exchange->cancellable, exchange_read_cb, task);
}

static void
exchange_sent_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (!exchange->stream)
    return_failure (task, error);
  else
    read_on (g_steal_pointer (&task));
}

static gboolean
deadline_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->timed_out = TRUE;
  g_cancellable_cancel (exchange->cancellable);

  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static Exchange *
exchange_new (ConfabHttp   *http,
              SoupMessage  *message,
              guint         deadline_ms,
              GCancellable *cancellable)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->message = g_object_ref (message);
  exchange->cancellable = g_cancellable_new ();
  exchange->answer = g_byte_array_new ();
  exchange->deadline_ms = deadline_ms;

  if (deadline_ms > 0)
    {
      confab_time_start_timer (confab_http_get_time (http), &exchange->deadline, deadline_ms,
                               deadline_cb, exchange);
    }

  if (cancellable)
    {
      exchange->outer = g_object_ref (cancellable);
      exchange->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb),
                                                  g_object_ref (exchange->cancellable),
                                                  g_object_unref);
    }

  return exchange;
}

void
confab_http_exchange_async (ConfabHttp          *self,
                            SoupMessage         *message,
                            gsize                max_bytes,
                            guint                deadline_ms,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Exchange *exchange = exchange_new (self, message, deadline_ms, cancellable);

  exchange->max_bytes = max_bytes;
  g_task_set_source_tag (task, confab_http_exchange_async);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  soup_session_send_async (confab_http_get_session (self), message, G_PRIORITY_DEFAULT,
                           exchange->cancellable, exchange_sent_cb, g_steal_pointer (&task));
}

GBytes *
confab_http_exchange_finish (ConfabHttp    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
