/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http.h"

#include "confabd-http-private.h"
#include "wire-limits.h"

#include <string.h>

typedef void (*RouteFunc) (ConfabdHttp       *http,
                           SoupServerMessage *message);

typedef struct
{
  const char *method;
  const char *path;
  RouteFunc   func;
  gboolean    for_anyone; /* a page of any origin may ask */
} Route;

/**
 * ConfabdHttp:
 *
 * Answers HTTP requests, and turns those that ask for it into WebSockets.
 *
 * libsoup parses and prints; the doorway has seen to it that a request is whole
 * and clean before libsoup gets it. Each connection answers one request: libsoup keeps
 * a connection alive only for a SoupServer that listens by itself, and ours does not.
 */

static const Route routes[] = {
  { "GET", WIRE_SOCKET_PATH, confabd_http_upgrade, TRUE }, /* looks at the origin itself */
  { "GET", "/v1/server", confabd_http_server, TRUE },
  { "POST", "/v1/sign-up", confabd_http_sign_up, FALSE },
  { "POST", "/v1/sign-in", confabd_http_sign_in, FALSE },
  { "POST", "/v1/refresh", confabd_http_refresh, FALSE },
  { "POST", "/v1/sign-out", confabd_http_sign_out, FALSE },
  { "POST", "/v1/profile", confabd_http_profile, FALSE },
  { "POST", "/v1/password", confabd_http_password, FALSE },
  { "GET", "/api/service", confabd_http_skapi_service, TRUE },
  { "POST", "/api/service", confabd_http_skapi_service, TRUE },
  { "POST", "/api/get-ws-group", confabd_http_skapi_groups, FALSE },
  { "GET", "/healthz", confabd_http_health, TRUE },
  { "GET", "/metrics", confabd_http_metrics, TRUE },
};

static void
reply_method_not_allowed (SoupServerMessage *message,
                          const char        *path)
{
  g_autoptr(GString) allowed = g_string_new ("OPTIONS");

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].path, path))
      g_string_append_printf (allowed, ", %s", routes[i].method);

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                allowed->str);
  confabd_http_reply_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "INVALID_REQUEST",
                             "That method is not for this path");
}

static void
run_route (ConfabdHttp       *self,
           SoupServerMessage *message,
           const Route       *route)
{
  if (!route->for_anyone)
    {
      if (!confabd_http_is_origin_allowed (self, message))
        {
          confabd_http_reply_code (message, WIRE_ERROR_NOT_ALLOWED,
                                   "That page may not ask this server");
          return;
        }

      confabd_http_reply_cors (self, message, FALSE);
    }

  route->func (self, message);
}

static void
run_any_route (ConfabdHttp       *self,
               SoupServerMessage *message,
               const char        *path)
{
  const char *method = soup_server_message_get_method (message);
  gboolean path_known = FALSE;

  /* libsoup leaves out the body of an answer to HEAD. */
  if (g_str_equal (method, "HEAD"))
    method = "GET";

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!g_str_equal (routes[i].path, path))
        continue;

      path_known = TRUE;
      if (g_str_equal (routes[i].method, method))
        {
          run_route (self, message, &routes[i]);
          return;
        }
    }

  if (path_known && g_str_equal (method, "OPTIONS"))
    {
      confabd_http_reply_cors (self, message, FALSE);
      soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
    }
  else if (path_known)
    reply_method_not_allowed (message, path);
  else if (!g_str_equal (method, "GET") || !confabd_http_skapi_boot (self, message, path))
    confabd_http_reply_code (message, WIRE_ERROR_NOT_EXISTS, "There is nothing here");
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  run_any_route (user_data, message, path ? path : "/");
}

/**
 * confabd_http_new:
 * @options: what to say and whom to ask; the accounts, the mailbox, the hooks and the clock
 *   outlive it
 *
 * Returns: (transfer full): the API, without a doorway yet
 */
ConfabdHttp *
confabd_http_new (const ConfabdHttpOptions *options)
{
  ConfabdHttp *self = g_new0 (ConfabdHttp, 1);

  self->options = *options;
  self->name = g_strdup (options->name);
  self->service = g_strdup (options->service);
  self->owner = g_strdup (options->owner);
  self->public_url = g_strdup (options->public_url);
  self->limits_json = g_strdup (options->limits_json);
  self->allowed_origins = g_strdupv ((GStrv) options->allowed_origins);
  if (self->public_url && g_str_has_suffix (self->public_url, "/"))
    self->public_url[strlen (self->public_url) - 1] = '\0';

  self->server = soup_server_new ("server-header", "confabd", NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);

  return self;
}

void
confabd_http_free (ConfabdHttp *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->name);
  g_free (self->service);
  g_free (self->owner);
  g_free (self->public_url);
  g_free (self->limits_json);
  g_strfreev (self->allowed_origins);
  g_free (self);
}

/**
 * confabd_http_get_server:
 * @self: the API
 *
 * Returns: (transfer none): what a doorway hands connections to
 */
SoupServer *
confabd_http_get_server (ConfabdHttp *self)
{
  return self->server;
}

/* By which its requests come in; outlives it. */
void
confabd_http_set_doorway (ConfabdHttp    *self,
                          ConfabdDoorway *doorway)
{
  self->doorway = doorway;
}

/* Only ever named in letters to the core's thread. */
void
confabd_http_set_core (ConfabdHttp *self,
                       ConfabdCore *core)
{
  self->core = core;
}
