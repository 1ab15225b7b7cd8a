/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-push-request.h"

#include "confabd-guarded-address.h"
#include "confabd-push-error.h"

/* An answer has a short text at most; of a longer one no more is read. */
#define MAX_ANSWER_BYTES (16 * 1024)

#define IDLE_TIMEOUT_S 60

/* One request to a push service: sent, its answer looked at, the rest of it skipped. */
typedef struct
{
  SoupMessage           *message;
  ConfabdEndpointPolicy *policy;
  GInputStream          *answer;
  GCancellable          *cancellable;  /* ours; the caller's is tied to it */
  GCancellable          *outer;
  gulong                 outer_id;
  GSource               *deadline;
  GError                *reason;       /* why we ended it ourselves */
  gsize                  n_skipped;
  gboolean               encrypted;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  if (self->outer)
    g_cancellable_disconnect (self->outer, self->outer_id);

  g_source_destroy (self->deadline);
  g_source_unref (self->deadline);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->answer);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->outer);
  g_clear_error (&self->reason);
  confabd_endpoint_policy_unref (self->policy);
  g_free (self);
}

/**
 * confabd_push_session_new:
 * @uri: an endpoint of a push service
 * @policy: what is allowed
 * @trust: (nullable): whom to believe; %NULL for the system's authorities
 * @timeout_s: how long the service may be silent
 * @n_connections: how many at most
 *
 * Returns: (transfer full): connections to that push service and no other
 */
SoupSession *
confabd_push_session_new (GUri                  *uri,
                          ConfabdEndpointPolicy *policy,
                          GTlsDatabase          *trust,
                          guint                  timeout_s,
                          guint                  n_connections)
{
  g_autoptr(GSocketConnectable) address = confabd_guarded_address_new (uri, policy);
  SoupSession *session = soup_session_new_with_options ("remote-connectable", address,
                                                        "proxy-resolver", NULL,
                                                        "timeout", timeout_s,
                                                        "idle-timeout", IDLE_TIMEOUT_S,
                                                        "max-conns", n_connections,
                                                        "max-conns-per-host", n_connections,
                                                        "user-agent", "confabd/" PACKAGE_VERSION,
                                                        NULL);

  if (trust)
    soup_session_set_tls_database (session, trust);

  /* Nothing in an answer is of interest, least of all unpacked. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);

  return session;
}

static gboolean
deadline_cb (gpointer user_data)
{
  Request *self = g_task_get_task_data (G_TASK (user_data));

  if (!self->reason)
    self->reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer in time");
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

/* The address was checked before it was connected to; this is the one that was connected to. */
static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *stream,
                  gpointer            user_data)
{
  Request *self = user_data;
  g_autoptr(GSocketAddress) address = NULL;
  GInetAddress *inet = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;

  address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream), NULL);

  if (G_IS_INET_SOCKET_ADDRESS (address))
    inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));

  if (inet && confabd_endpoint_policy_allows (self->policy, inet, self->encrypted))
    return;

  if (!self->reason)
    self->reason = g_error_new_literal (CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS,
                                        "The connection went to an address that is not public");
  g_cancellable_cancel (self->cancellable);
}

static SoupMessage *
make_message (const ConfabdPushLetter *letter)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_POST, letter->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *ttl = g_strdup_printf ("%u", letter->ttl_s);

  soup_message_headers_append (headers, "Authorization", letter->authorization);
  soup_message_headers_append (headers, "Content-Encoding", "aes128gcm");
  soup_message_headers_append (headers, "TTL", ttl);
  soup_message_headers_append (headers, "Urgency", letter->urgency);
  if (letter->topic)
    soup_message_headers_append (headers, "Topic", letter->topic);

  soup_message_set_request_body_from_bytes (message, "application/octet-stream", letter->body);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);

  return message;
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  /* The answer has come; how its connection ends matters to nobody. */
  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
skipped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  gssize n = g_input_stream_skip_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    self->n_skipped += (gsize) n;

  if (n > 0 && self->n_skipped < MAX_ANSWER_BYTES)
    {
      g_input_stream_skip_async (self->answer, MAX_ANSWER_BYTES - self->n_skipped,
                                 G_PRIORITY_DEFAULT, self->cancellable, skipped_cb,
                                 g_object_ref (task));
      return;
    }

  /* Not read to its end, the connection cannot be used again. */
  if (n != 0)
    g_cancellable_cancel (self->cancellable);

  g_input_stream_close_async (self->answer, G_PRIORITY_DEFAULT, self->cancellable, closed_cb,
                              g_steal_pointer (&task));
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  self->answer = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (self->answer)
    g_input_stream_skip_async (self->answer, MAX_ANSWER_BYTES, G_PRIORITY_DEFAULT,
                               self->cancellable, skipped_cb, g_steal_pointer (&task));
  else if (self->reason)
    g_task_return_error (task, g_steal_pointer (&self->reason));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * confabd_push_request_send_async:
 * @session: connections to the push service, from confabd_push_session_new()
 * @policy: what is allowed
 * @letter: what to send
 * @deadline_ms: how long all of it may take
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when it is over
 * @user_data: data for @callback
 *
 * Sends one message and waits for the answer. Nothing is followed: neither redirections nor
 * challenges.
 */
void
confabd_push_request_send_async (SoupSession             *session,
                                 ConfabdEndpointPolicy   *policy,
                                 const ConfabdPushLetter *letter,
                                 guint                    deadline_ms,
                                 GCancellable            *cancellable,
                                 GAsyncReadyCallback      callback,
                                 gpointer                 user_data)
{
  /* Not the caller's cancellable: an answer that came is told even if nobody waits any more. */
  g_autoptr(GTask) task = g_task_new (session, NULL, callback, user_data);
  Request *self = g_new0 (Request, 1);

  g_task_set_source_tag (task, confabd_push_request_send_async);
  g_task_set_task_data (task, self, request_free);

  self->message = make_message (letter);
  self->policy = confabd_endpoint_policy_ref (policy);
  self->encrypted = g_str_equal (g_uri_get_scheme (letter->uri), "https");
  self->cancellable = g_cancellable_new ();
  self->deadline = g_timeout_source_new (deadline_ms);
  g_source_set_callback (self->deadline, deadline_cb, task, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
  g_signal_connect (self->message, "network-event", G_CALLBACK (network_event_cb), self);

  if (cancellable)
    {
      self->outer = g_object_ref (cancellable);
      self->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb),
                                              g_object_ref (self->cancellable), g_object_unref);
    }

  soup_session_send_async (session, self->message, G_PRIORITY_DEFAULT, self->cancellable,
                           answered_cb, g_steal_pointer (&task));
}

/**
 * confabd_push_judge_status:
 * @status: of an answer
 *
 * Returns: what it means (RFC 8030 §5, §7.3, §8.4; RFC 8292 §4.2)
 */
ConfabdPushOutcome
confabd_push_judge_status (guint status)
{
  if (status >= 200 && status < 300)
    return CONFABD_PUSH_DELIVERED;

  switch (status)
    {
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return CONFABD_PUSH_GONE;
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return CONFABD_PUSH_UNAUTHORIZED;
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case 425:
    case 429:
      return CONFABD_PUSH_LATER;
    default:
      return status >= 500 ? CONFABD_PUSH_LATER : CONFABD_PUSH_REFUSED;
    }
}

/**
 * confabd_push_read_retry_after:
 * @value: (nullable): of the header Retry-After
 * @now_s: the wall clock
 *
 * Returns: how many seconds to wait (RFC 9110 §10.2.3), or -1 if @value says nothing
 */
gint64
confabd_push_read_retry_after (const char *value,
                               gint64      now_s)
{
  g_autoptr(GDateTime) when = NULL;
  guint64 seconds;

  if (!value)
    return -1;

  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64) seconds;

  when = soup_date_time_new_from_http_string (value);

  return when ? MAX (g_date_time_to_unix (when) - now_s, 0) : -1;
}

/**
 * confabd_push_request_send_finish:
 * @session: where it was sent
 * @result: what the callback was given
 * @now_s: the wall clock
 * @answer: (out): what came of it, to be cleared
 * @error: return location for %G_IO_ERROR_CANCELLED
 *
 * A service that cannot be reached is an outcome like any other.
 *
 * Returns: %FALSE only if it was cancelled
 */
gboolean
confabd_push_request_send_finish (SoupSession        *session,
                                  GAsyncResult       *result,
                                  gint64              now_s,
                                  ConfabdPushAnswer  *answer,
                                  GError            **error)
{
  Request *self = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) reason = NULL;

  *answer = (ConfabdPushAnswer) { .outcome = CONFABD_PUSH_LATER, .retry_after_s = -1 };

  if (g_task_propagate_boolean (G_TASK (result), &reason))
    {
      answer->status = soup_message_get_status (self->message);
      answer->outcome = confabd_push_judge_status (answer->status);
      answer->retry_after_s = confabd_push_read_retry_after (
        soup_message_headers_get_one (soup_message_get_response_headers (self->message),
                                      "Retry-After"),
        now_s);
      return TRUE;
    }

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  if (g_error_matches (reason, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS))
    answer->outcome = CONFABD_PUSH_REFUSED;

  answer->reason = g_strdup (reason->message);

  return TRUE;
}

/**
 * confabd_push_answer_clear:
 * @self: an answer
 *
 * Frees what @self holds.
 */
void
confabd_push_answer_clear (ConfabdPushAnswer *self)
{
  g_clear_pointer (&self->reason, g_free);
}
