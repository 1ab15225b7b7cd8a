/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-question"

#include "config.h"

#include "confab-question-private.h"

#include "confab-client-error-private.h"
#include "confab-http-exchange-private.h"
#include "confab-json-private.h"

#include <string.h>

#define MAX_ANSWER_BYTES (4 * 1024 * 1024)
/* A server that is busy is asked again when it says so, but not for ever. */
#define MAX_ATTEMPTS 6
#define MAX_RETRY_AFTER_S 60

#define STATUS_TOO_MANY_REQUESTS 429

typedef struct
{
  char                   *endpoint;
  JsonObject             *parameters;
  ConfabQuestionProgress  progress;    /* or NULL */
  gpointer                user_data;
  SoupMessage            *message;     /* the attempt that is under way */
  guint64                 n_sent;      /* bytes of its body */
  guint64                 n_received;  /* bytes of the answer's */
  guint                   n_attempts;
} Question;

static void start (GTask *task);

static void
question_free (Question *question)
{
  g_free (question->endpoint);
  json_object_unref (question->parameters);
  g_clear_object (&question->message);
  g_free (question);
}

/* "CODE: what happened", where the code is one of those that mean something; others are cut off. */
static GError *
error_of_text (const char *text)
{
  const char *colon = strstr (text, ": ");
  g_autofree char *name = colon ? g_strndup (text, (gsize) (colon - text)) : NULL;
  gboolean known;
  ConfabClientError code;

  if (!name || strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != strlen (name) || !name[0])
    return g_error_new_literal (CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_ERROR, text);

  code = confab_client_error_from_name (name, &known);

  return g_error_new_literal (CONFAB_CLIENT_ERROR, (int) code, colon + strlen (": "));
}

GError *
confab_question_error_new (guint       status,
                           const char *text,
                           gsize       length)
{
  g_autoptr(JsonNode) node = confab_json_parse_node (text, length, NULL);
  g_autofree char *plain = NULL;

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    {
      const char *name = confab_json_get_string (json_node_get_object (node), "code");
      const char *message = confab_json_get_string (json_node_get_object (node), "message");

      if (name || message)
        return g_error_new_literal (CONFAB_CLIENT_ERROR,
                                    (int) confab_client_error_from_name (name, NULL),
                                    message ? message : name);
    }

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    plain = g_utf8_make_valid (json_node_get_string (node), -1);
  else
    plain = g_utf8_make_valid (text, (gssize) length);

  if (status == STATUS_TOO_MANY_REQUESTS && !plain[0])
    return g_error_new_literal (CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS,
                                "Too many requests");
  if (!plain[0])
    return g_error_new (CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_ERROR, "HTTP status %u", status);

  return error_of_text (plain);
}

/* In ms; 0: it does not say. RFC 9110 §10.2.3: seconds or a date. */
static guint
get_retry_after_ms (SoupMessage *message,
                    ConfabTime  *time)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr(GDateTime) date = NULL;
  guint64 seconds;
  gint64 left_s;

  if (!text)
    return 0;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &seconds, NULL))
    return (guint) MIN (seconds, MAX_RETRY_AFTER_S) * 1000;

  date = soup_date_time_new_from_http_string (text);
  if (!date)
    return 0;
  left_s = g_date_time_to_unix (date) - confab_time_get_wall_us (time) / G_USEC_PER_SEC;

  return (guint) CLAMP (left_s, 1, MAX_RETRY_AFTER_S) * 1000;
}

static gboolean
again_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    start (g_object_ref (task));

  return G_SOURCE_REMOVE;
}

static void
start_later (GTask *task,
             guint  delay_ms)
{
  ConfabService *service = g_task_get_source_object (task);
  ConfabTime *time = confab_http_get_time (confab_service_get_http (service));
  g_autoptr(GSource) timer = confab_time_create_source (time, delay_ms);

  if (g_task_get_cancellable (task))
    {
      g_autoptr(GSource) cancelled = g_cancellable_source_new (g_task_get_cancellable (task));

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timer, cancelled);
    }

  g_source_set_callback (timer, again_cb, g_object_ref (task), g_object_unref);
  g_source_attach (timer, g_main_context_get_thread_default ());
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *text;
  guint status, retry_after_ms;
  JsonNode *node;
  gsize length;

  answer = confab_http_exchange_finish (CONFAB_HTTP (source), result, &error);
  if (!answer)
    {
      g_task_return_error (task, confab_client_error_translate (error));
      return;
    }

  status = soup_message_get_status (question->message);
  retry_after_ms = status == STATUS_TOO_MANY_REQUESTS && question->n_attempts < MAX_ATTEMPTS
                     ? get_retry_after_ms (question->message,
                                           confab_http_get_time (CONFAB_HTTP (source)))
                     : 0;
  if (retry_after_ms > 0)
    {
      start_later (task, retry_after_ms);
      return;
    }

  text = g_bytes_get_data (answer, &length);
  if (status < 200 || status >= 300)
    {
      g_task_return_error (task, confab_question_error_new (status, text, length));
      return;
    }

  node = confab_json_parse_node (text, length, NULL);
  if (!node)
    {
      g_autofree char *plain = g_utf8_make_valid (text, (gssize) length);

      node = json_node_init_string (json_node_alloc (), plain);
    }
  g_task_return_pointer (task, node, (GDestroyNotify) json_node_unref);
}

static void
tell_progress (Question           *question,
               const char         *status,
               guint64             loaded,
               SoupMessageHeaders *headers)
{
  guint64 total = (guint64) soup_message_headers_get_content_length (headers);

  if (question->progress)
    question->progress (status, loaded, total, question->user_data);
}

static void
wrote_body_data_cb (SoupMessage *message,
                    guint        n_bytes,
                    gpointer     user_data)
{
  Question *question = g_task_get_task_data (user_data);

  question->n_sent += n_bytes;
  tell_progress (question, "upload", question->n_sent, soup_message_get_request_headers (message));
}

static void
got_body_data_cb (SoupMessage *message,
                  guint        n_bytes,
                  gpointer     user_data)
{
  Question *question = g_task_get_task_data (user_data);

  question->n_received += n_bytes;
  tell_progress (question, "download", question->n_received,
                 soup_message_get_response_headers (message));
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ConfabService *service = CONFAB_SERVICE (source);
  g_autoptr(GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!confab_service_prepare_finish (service, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_clear_object (&question->message);
  question->message = confab_service_make_question (service, question->endpoint,
                                                    question->parameters);
  if (!question->message)
    {
      g_task_return_error (task, confab_fault_new (CONFAB_FAULT_INVALID_CONNECTION, NULL, NULL));
      return;
    }

  question->n_attempts++;
  question->n_sent = question->n_received = 0;
  g_signal_connect_object (question->message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb),
                           task, G_CONNECT_DEFAULT);
  g_signal_connect_object (question->message, "got-body-data", G_CALLBACK (got_body_data_cb), task,
                           G_CONNECT_DEFAULT);
  confab_http_exchange_async (confab_service_get_http (service), question->message,
                              MAX_ANSWER_BYTES, CONFAB_HTTP_DEADLINE_MS,
                              g_task_get_cancellable (task), answered_cb, g_object_ref (task));
}

static void
start (GTask *task)
{
  confab_service_prepare_async (g_task_get_source_object (task), g_task_get_cancellable (task),
                                prepared_cb, task);
}

void
confab_question_ask_async (ConfabService          *service,
                           const char             *endpoint,
                           JsonObject             *parameters,
                           ConfabQuestionProgress  progress,
                           GCancellable           *cancellable,
                           GAsyncReadyCallback     callback,
                           gpointer                user_data)
{
  GTask *task = g_task_new (service, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, confab_question_ask_async);
  question->endpoint = g_strdup (endpoint);
  question->parameters = json_object_ref (parameters);
  question->progress = progress;
  question->user_data = user_data;
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  start (task);
}

JsonNode *
confab_question_ask_finish (ConfabService  *service,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
