/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-http"

#include "config.h"

#include "confab-http-private.h"

#include "confab-error-private.h"
#include "confab-http-exchange-private.h"
#include "confab-json-private.h"

#include <string.h>

#define MAX_ANSWER_BYTES (256 * 1024)

/**
 * ConfabHttp:
 *
 * Asks a space over HTTP: JSON in, JSON out, as PROTOCOL.md describes it.
 *
 * Every answer is bounded in size and in time, whatever the other side does. Errors are in
 * #ConfabError. Redirects are not followed, because a token must not go where nobody sent it.
 */
struct _ConfabHttp
{
  GObject      parent_instance;

  SoupSession *session;
  ConfabTime  *time;
};

G_DEFINE_FINAL_TYPE (ConfabHttp, confab_http, G_TYPE_OBJECT)

static void
confab_http_dispose (GObject *object)
{
  ConfabHttp *self = CONFAB_HTTP (object);

  if (self->session)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->time, confab_time_unref);

  G_OBJECT_CLASS (confab_http_parent_class)->dispose (object);
}

static void
confab_http_class_init (ConfabHttpClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_http_dispose;
}

static void
confab_http_init (ConfabHttp *self)
{
  self->session = soup_session_new_with_options ("user-agent", "libconfab/" PACKAGE_VERSION,
                                                 "max-conns-per-host", 4,
                                                 "idle-timeout", 30,
                                                 NULL);
}

ConfabHttp *
confab_http_new (ConfabTime *time)
{
  ConfabHttp *self = g_object_new (CONFAB_TYPE_HTTP, NULL);

  self->time = confab_time_ref (time);

  return self;
}

SoupSession *
confab_http_get_session (ConfabHttp *self)
{
  return self->session;
}

ConfabTime *
confab_http_get_time (ConfabHttp *self)
{
  return self->time;
}

static ConfabError
code_of_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_BAD_REQUEST:
      return CONFAB_ERROR_INVALID_REQUEST;
    case SOUP_STATUS_UNAUTHORIZED:
      return CONFAB_ERROR_INVALID_TOKEN;
    case SOUP_STATUS_FORBIDDEN:
      return CONFAB_ERROR_NOT_ALLOWED;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return CONFAB_ERROR_TOO_LARGE;
    case 429:
      return CONFAB_ERROR_TOO_MANY_REQUESTS;
    case SOUP_STATUS_BAD_GATEWAY: /* a proxy without its server */
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return CONFAB_ERROR_UNAVAILABLE;
    default:
      return CONFAB_ERROR_NOT_A_CONFAB_SERVER;
    }
}

static GError *
error_of_answer (guint       status,
                 JsonObject *answer)
{
  const char *name = answer ? confab_json_get_string (answer, "code") : NULL;
  const char *message = answer ? confab_json_get_string (answer, "message") : NULL;

  if (!name)
    return g_error_new (CONFAB_ERROR, (int) code_of_status (status), "HTTP status %u", status);

  return g_error_new (CONFAB_ERROR, (int) confab_error_from_name (name), "%s",
                      message ? message : name);
}

static void
send_exchanged_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  guint status = soup_message_get_status (g_task_get_task_data (task));
  g_autoptr(GBytes) body = NULL;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GError) error = NULL;

  body = confab_http_exchange_finish (CONFAB_HTTP (source), result, &error);
  if (!body)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (status == SOUP_STATUS_NO_CONTENT)
    answer = json_object_new ();
  else
    answer = confab_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);

  if (status < 200 || status >= 300)
    g_task_return_error (task, error_of_answer (status, answer));
  else if (!answer)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) json_object_unref);
}

static SoupMessage *
make_message (const char *method,
              const char *space_url,
              const char *path,
              JsonObject *body,
              const char *access_token)
{
  g_autofree char *uri = g_strconcat (space_url, path, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (method, uri);
  SoupMessageHeaders *headers;

  if (!message)
    return NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "Accept", "application/json");
  if (access_token)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", access_token, NULL);

      soup_message_headers_append (headers, "Authorization", bearer);
    }

  if (body)
    {
      char *text = confab_json_print_object (body);
      g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }

  return g_steal_pointer (&message);
}

/* @path begins with a slash; @body and @access_token may be NULL. */
void
confab_http_send_async (ConfabHttp          *self,
                        const char          *method,
                        const char          *space_url,
                        const char          *path,
                        JsonObject          *body,
                        const char          *access_token,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  SoupMessage *message = make_message (method, space_url, path, body, access_token);

  g_task_set_source_tag (task, confab_http_send_async);

  if (!message)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                               "“%s” is not an address", space_url);
      return;
    }

  g_task_set_task_data (task, message, g_object_unref);
  confab_http_exchange_async (self, message, MAX_ANSWER_BYTES, CONFAB_HTTP_DEADLINE_MS,
                              cancellable, send_exchanged_cb, g_steal_pointer (&task));
}

JsonObject *
confab_http_send_finish (ConfabHttp    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
