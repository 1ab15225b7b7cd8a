/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-service"

#include "config.h"

#include "confab-service-private.h"

#include "confab-client-error-private.h"
#include "confab-error.h"
#include "confab-json-private.h"
#include "confab-token-private.h"
#include "confab-waiters-private.h"

#include <string.h>

/* Tokens that end sooner are renewed before they are used. */
#define FRESH_FOR_S 60
#define N_REGION_CHARS 4

/**
 * ConfabService:
 *
 * One service that speaks Skapi's protocol: where its endpoints are, who this client is there, and
 * what it answers over HTTP.
 *
 * What it has to know it finds out when it is needed for the first time, once, whoever asks; if
 * that fails, the next who asks has it tried again. Tokens are renewed by it alone, because
 * a refresh token that is used twice ends the login.
 */
struct _ConfabService
{
  GObject     parent_instance;

  ConfabHttp *http;
  char       *url;            /* NULL: the endpoints were given */
  char       *service;        /* NULL: still to be asked for, like those below */
  char       *owner;
  char       *public_url;     /* of the admin document */
  char       *record_url;     /* of the record document */
  char       *realtime_url;
  gboolean    confirmed;      /* the service says that it is there */

  char       *access_token;   /* NULL: nobody is logged in */
  char       *id_token;
  char       *refresh_token;  /* NULL: cannot be renewed */
  char       *user_id;
  gint64      expires_at;     /* of the tokens, in s since the epoch */

  ConfabWaiters *waiters;     /* they share what is under way */
  gboolean    preparing;
};

G_DEFINE_FINAL_TYPE (ConfabService, confab_service, G_TYPE_OBJECT)

static void prepare_next (ConfabService *self);

static void
confab_service_dispose (GObject *object)
{
  ConfabService *self = CONFAB_SERVICE (object);

  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_service_parent_class)->dispose (object);
}

static void
confab_service_finalize (GObject *object)
{
  ConfabService *self = CONFAB_SERVICE (object);

  g_free (self->url);
  g_free (self->service);
  g_free (self->owner);
  g_free (self->public_url);
  g_free (self->record_url);
  g_free (self->realtime_url);
  g_free (self->access_token);
  g_free (self->id_token);
  g_free (self->refresh_token);
  g_free (self->user_id);
  confab_waiters_free (self->waiters);

  G_OBJECT_CLASS (confab_service_parent_class)->finalize (object);
}

static void
confab_service_class_init (ConfabServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_service_dispose;
  object_class->finalize = confab_service_finalize;
}

static void
confab_service_init (ConfabService *self)
{
  self->waiters = confab_waiters_new ();
}

ConfabService *
confab_service_new (ConfabHttp *http,
                    const char *url,
                    const char *service,
                    const char *owner)
{
  ConfabService *self = g_object_new (CONFAB_TYPE_SERVICE, NULL);

  self->http = g_object_ref (http);
  self->url = g_strdup (url);
  if (self->url && g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  self->service = g_strdup (service);
  self->owner = g_strdup (owner);

  return self;
}

/* What stands behind an endpoint is the name of a question. */
static char *
dup_endpoint (const char *address)
{
  return g_strconcat (address, g_str_has_suffix (address, "/") ? NULL : "/", NULL);
}

void
confab_service_set_endpoints (ConfabService *self,
                              const char    *record_url,
                              const char    *realtime_url)
{
  self->record_url = dup_endpoint (record_url);
  self->realtime_url = g_strdup (realtime_url);
  self->confirmed = TRUE;
}

const char *
confab_service_get_user_id (ConfabService *self)
{
  return self->user_id;
}

const char *
confab_service_get_access_token (ConfabService *self)
{
  return self->access_token;
}

/* The token stands there as it is, not encoded. */
char *
confab_service_dup_socket_uri (ConfabService *self)
{
  return g_strconcat (self->realtime_url, "?token=", self->access_token, NULL);
}

char *
confab_service_dup_send_token (ConfabService *self)
{
  return g_strconcat ("IdT:", self->service, ":", self->owner, ":", self->id_token, NULL);
}

static void
prepare_done (ConfabService *self,
              const GError  *error)
{
  self->preparing = FALSE;
  if (error)
    confab_waiters_fail (self->waiters, error);
  else
    confab_waiters_succeed (self->waiters, NULL);
}

static gboolean
is_address (const char *text,
            const char *scheme)
{
  g_autoptr(GUri) uri = text ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri ? g_uri_get_host (uri) : NULL;

  /* With or without TLS. */
  return host && host[0] && g_str_has_prefix (g_uri_get_scheme (uri), scheme) &&
         strlen (g_uri_get_scheme (uri)) <= strlen (scheme) + 1;
}

/* The first member with such a word in its name: there may be several, numbered. */
static char *
find_endpoint (JsonObject *document,
               const char *word)
{
  g_autoptr(GList) names = json_object_get_members (document);

  for (GList *name = names; name; name = name->next)
    {
      const char *address = confab_json_get_string (document, name->data);

      if (strstr (name->data, word) && is_address (address, "http"))
        return dup_endpoint (address);
    }

  return NULL;
}

static gboolean
take_document (ConfabService *self,
               JsonObject    *answer)
{
  const char *realtime_url;

  if (!self->service)
    {
      const char *service = confab_json_get_string (answer, "service");

      if (!service || strlen (service) < N_REGION_CHARS)
        return FALSE;
      self->service = g_strdup (service);
      self->owner = g_strdup (confab_json_get_string (answer, "owner"));
      return self->owner != NULL;
    }

  if (!self->public_url)
    {
      self->public_url = find_endpoint (answer, "service_public");
      return self->public_url != NULL;
    }

  if (!self->record_url)
    {
      realtime_url = confab_json_get_string (answer, "websocket_private");
      if (!is_address (realtime_url, "ws"))
        return FALSE;
      g_set_str (&self->realtime_url, realtime_url);
      self->record_url = find_endpoint (answer, "record_private");
      return self->record_url != NULL;
    }

  /* An object, whatever is in it. */
  self->confirmed = TRUE;

  return TRUE;
}

static void
document_received_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(ConfabService) self = user_data;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) reason = NULL;

  answer = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (answer && take_document (self, answer))
    {
      prepare_next (self);
      return;
    }

  if (answer || g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER))
    reason = confab_fault_new (CONFAB_FAULT_INVALID_CONNECTION, NULL, NULL);
  else
    reason = confab_client_error_translate (error);
  prepare_done (self, reason);
}

static void
get_document (ConfabService *self,
              const char    *base,
              const char    *path)
{
  confab_http_send_async (self->http, "GET", base, path, NULL, NULL, NULL, document_received_cb,
                          g_object_ref (self));
}

static void
get_region_document (ConfabService *self,
                     const char    *name)
{
  g_autofree char *region = g_strndup (self->service, N_REGION_CHARS);
  g_autofree char *escaped = g_uri_escape_string (region, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/%s/%s", escaped, name);

  get_document (self, self->url, path);
}

static void
get_confirmation (ConfabService *self)
{
  g_autofree char *service = g_uri_escape_string (self->service, NULL, FALSE);
  g_autofree char *owner = g_uri_escape_string (self->owner, NULL, FALSE);
  g_autofree char *path =
    g_strdup_printf ("service?service=%s&owner=%s&refresh=false", service, owner);

  get_document (self, self->public_url, path);
}

static gboolean
take_tokens (ConfabService  *self,
             const char     *access_token,
             const char     *id_token,
             const char     *refresh_token,
             GError        **error)
{
  gint64 now = confab_time_get_wall_us (confab_http_get_time (self->http)) / G_USEC_PER_SEC;
  g_autofree char *user_id = NULL;
  gint64 expires_at;

  user_id = confab_token_check (access_token, id_token, self->service, now, &expires_at);
  if (!user_id)
    {
      g_propagate_error (error, confab_fault_new (CONFAB_FAULT_TOKEN, NULL, NULL));
      return FALSE;
    }

  g_set_str (&self->access_token, access_token);
  g_set_str (&self->id_token, id_token);
  g_set_str (&self->refresh_token, refresh_token);
  g_set_str (&self->user_id, user_id);
  self->expires_at = expires_at;

  return TRUE;
}

static gboolean
take_session (ConfabService  *self,
              JsonObject     *session,
              GError        **error)
{
  const char *access_token = confab_json_get_string (session, "access_token");
  const char *id_token = confab_json_get_string (session, "id_token");
  const char *refresh_token = confab_json_get_string (session, "refresh_token");

  if (!access_token || !id_token || !refresh_token)
    {
      g_propagate_error (error, confab_fault_new (CONFAB_FAULT_NOT_A_SPACE, NULL, NULL));
      return FALSE;
    }

  return take_tokens (self, access_token, id_token, refresh_token, error);
}

static gboolean
is_fresh (ConfabService *self)
{
  gint64 now = confab_time_get_wall_us (confab_http_get_time (self->http)) / G_USEC_PER_SEC;

  return self->expires_at >= now + FRESH_FOR_S;
}

static void
refreshed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(ConfabService) self = user_data;
  g_autoptr(JsonObject) session = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) reason = NULL;

  session = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (session && take_session (self, session, &error))
    {
      prepare_next (self);
      return;
    }

  /* Used up, or of another kind of server: only a new login helps. */
  if (!session && !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_TOKEN) &&
      !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER))
    reason = confab_client_error_translate (error);
  else
    reason = confab_fault_new (CONFAB_FAULT_NO_LOGIN, NULL, NULL);
  prepare_done (self, reason);
}

static void
refresh (ConfabService *self)
{
  g_autoptr(JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "refresh_token", self->refresh_token);
  confab_http_send_async (self->http, "POST", self->url, "/v1/refresh", body, NULL, NULL,
                          refreshed_cb, g_object_ref (self));
}

/* What is missing first. */
static void
prepare_next (ConfabService *self)
{
  g_autoptr(ConfabService) alive = g_object_ref (self);

  if (!self->service)
    get_document (self, self->url, "/v1/server");
  else if (!self->record_url && !self->public_url)
    get_region_document (self, "admin-v1.json");
  else if (!self->record_url)
    get_region_document (self, "record-v1.json");
  else if (!self->confirmed)
    get_confirmation (self);
  else if (self->access_token && !is_fresh (self) && self->refresh_token && self->url)
    refresh (self);
  else
    prepare_done (self, NULL);
}

static void
prepare (ConfabService *self,
         GTask         *task)
{
  confab_waiters_add (self->waiters, task);
  if (self->preparing)
    return;

  self->preparing = TRUE;
  prepare_next (self);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ConfabService *self = CONFAB_SERVICE (source);
  g_autoptr(GTask) task = user_data;
  gint64 now = confab_time_get_wall_us (confab_http_get_time (self->http)) / G_USEC_PER_SEC;
  g_autoptr(GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!self->access_token || self->expires_at <= now)
    g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NO_LOGIN, NULL, NULL));
  else
    g_task_return_boolean (task, TRUE);
}

void
confab_service_prepare_async (ConfabService       *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_service_prepare_async);
  prepare (self, g_task_new (self, cancellable, prepared_cb, g_steal_pointer (&task)));
}

gboolean
confab_service_prepare_finish (ConfabService  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  char *access_token;
  char *id_token;
  char *refresh_token;
} Tokens;

static void
tokens_free (Tokens *tokens)
{
  g_free (tokens->access_token);
  g_free (tokens->id_token);
  g_free (tokens->refresh_token);
  g_free (tokens);
}

/* By now it is known which service it is. */
static void
take_tokens_prepared_cb (GObject      *source,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  ConfabService *self = CONFAB_SERVICE (source);
  g_autoptr(GTask) task = user_data;
  Tokens *tokens = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) ||
      !take_tokens (self, tokens->access_token, tokens->id_token, tokens->refresh_token, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
confab_service_take_tokens_async (ConfabService       *self,
                                  const char          *access_token,
                                  const char          *id_token,
                                  const char          *refresh_token,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Tokens *tokens = g_new0 (Tokens, 1);

  g_task_set_source_tag (task, confab_service_take_tokens_async);
  tokens->access_token = g_strdup (access_token);
  tokens->id_token = g_strdup (id_token);
  tokens->refresh_token = g_strdup (refresh_token);
  g_task_set_task_data (task, tokens, (GDestroyNotify) tokens_free);

  /* The tokens that were there before have nothing to do with it. */
  g_clear_pointer (&self->refresh_token, g_free);
  prepare (self, g_task_new (self, cancellable, take_tokens_prepared_cb, g_steal_pointer (&task)));
}

static void
login_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabService *self = g_task_get_source_object (task);
  g_autoptr(JsonObject) session = NULL;
  g_autoptr(GError) error = NULL;

  session = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER))
    g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NOT_A_SPACE, NULL, NULL));
  else if (!session)
    g_task_return_error (task, confab_client_error_translate (error));
  else if (!take_session (self, session, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
login_prepared_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  ConfabService *self = CONFAB_SERVICE (source);
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  confab_http_send_async (self->http, "POST", self->url, "/v1/sign-in",
                          g_task_get_task_data (task), NULL, g_task_get_cancellable (task),
                          login_answered_cb, g_object_ref (task));
}

void
confab_service_login_async (ConfabService       *self,
                            const char          *name,
                            const char          *password,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonObject *body = json_object_new ();

  g_task_set_source_tag (task, confab_service_login_async);
  json_object_set_string_member (body, "name", name);
  json_object_set_string_member (body, "password", password);
  g_task_set_task_data (task, body, (GDestroyNotify) json_object_unref);

  if (!self->url)
    {
      g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NOT_A_SPACE, NULL, NULL));
      return;
    }

  g_clear_pointer (&self->refresh_token, g_free);
  prepare (self, g_task_new (self, cancellable, login_prepared_cb, g_steal_pointer (&task)));
}

gboolean
confab_service_login_finish (ConfabService  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

ConfabHttp *
confab_service_get_http (ConfabService *self)
{
  return self->http;
}

static char *
make_meta (ConfabService *self)
{
  g_autoptr(JsonObject) meta = json_object_new ();

  json_object_set_string_member (meta, "public_identifier", "");
  json_object_set_string_member (meta, "service", self->service);
  json_object_set_string_member (meta, "owner", self->owner);

  return confab_json_print_object (meta);
}

static void
add_member (JsonObject *object,
            const char *name,
            JsonNode   *node,
            gpointer    user_data)
{
  json_object_set_member (user_data, name, json_node_copy (node));
}

SoupMessage *
confab_service_make_question (ConfabService *self,
                              const char    *endpoint,
                              JsonObject    *parameters)
{
  g_autofree char *uri = g_strconcat (self->record_url, endpoint, NULL);
  g_autofree char *meta = make_meta (self);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(GBytes) bytes = NULL;
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, uri);
  SoupMessageHeaders *headers;
  char *text;

  if (!message)
    return NULL;

  json_object_set_string_member (body, "service", self->service);
  json_object_set_string_member (body, "owner", self->owner);
  json_object_foreach_member (parameters, add_member, body);
  text = confab_json_print_object (body);
  bytes = g_bytes_new_take (text, strlen (text));

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "Accept", "*/*");
  soup_message_headers_append (headers, "Authorization", self->id_token);
  soup_message_headers_append (headers, "Content-Meta", meta);

  return message;
}
