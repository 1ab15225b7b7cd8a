/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http.h"

#include "confabd-http-private.h"
#include "wire-http-routes.h"

#include <string.h>

/* Sessions of Socket.IO that poll. They cost two descriptors each, and nobody has to sign in for
 * one; after the upgrade they do not count. */
#define MAX_POLLING             2000
#define MAX_POLLING_PER_ADDRESS 250

typedef void (*RouteFunc) (ConfabdHttp       *http,
                           SoupServerMessage *message);

typedef struct
{
  RouteFunc func;
  gboolean  for_anyone; /* a page of any origin may ask */
} Route;

/**
 * ConfabdHttp:
 *
 * Answers HTTP requests, and turns those that ask for it into WebSockets.
 *
 * libsoup parses and prints; the doorway has seen to it that a request is whole
 * and clean before libsoup gets it, and has the connection back when libsoup has answered.
 */

/* What is not here is answered by run_any_route() itself. */
static const Route routes[] = {
  [WIRE_ROUTE_SOCKET] = { confabd_http_upgrade, TRUE }, /* looks at the origin itself */
  [WIRE_ROUTE_SERVER] = { confabd_http_server, TRUE },
  [WIRE_ROUTE_SIGN_UP] = { confabd_http_sign_up, FALSE },
  [WIRE_ROUTE_SIGN_IN] = { confabd_http_sign_in, FALSE },
  [WIRE_ROUTE_REFRESH] = { confabd_http_refresh, FALSE },
  [WIRE_ROUTE_SIGN_OUT] = { confabd_http_sign_out, FALSE },
  [WIRE_ROUTE_PROFILE] = { confabd_http_profile, FALSE },
  [WIRE_ROUTE_PASSWORD] = { confabd_http_password, FALSE },
  [WIRE_ROUTE_HEALTH] = { confabd_http_health, TRUE },
  [WIRE_ROUTE_METRICS] = { confabd_http_metrics, TRUE },
  [WIRE_ROUTE_SKAPI_SERVICE] = { confabd_http_skapi_service, TRUE },
  [WIRE_ROUTE_SKAPI_GROUPS] = { confabd_http_skapi_groups, FALSE },
  [WIRE_ROUTE_SKAPI_SUBSCRIBE] = { confabd_http_push_subscribe, FALSE },
  [WIRE_ROUTE_SKAPI_UNSUBSCRIBE] = { confabd_http_push_unsubscribe, FALSE },
  [WIRE_ROUTE_SKAPI_PUSH_KEY] = { confabd_http_push_key, FALSE },
  [WIRE_ROUTE_SKAPI_NOTIFY] = { confabd_http_push_notify, FALSE },
  [WIRE_ROUTE_SOCKET_IO] = { confabd_http_socket_io, TRUE }, /* looks at the origin itself */
  [WIRE_ROUTE_ALTOGIC_MEMBERS] = { confabd_http_altogic_members, FALSE },
  [WIRE_ROUTE_SKAPI_ADMIN] = { confabd_http_skapi_admin, TRUE },
  [WIRE_ROUTE_SKAPI_RECORD] = { confabd_http_skapi_record, TRUE },
};

static void
reply_method_not_allowed (SoupServerMessage *message,
                          WireMethods        methods)
{
  g_autoptr(GString) allowed = g_string_new ("OPTIONS");

  if (methods & WIRE_METHOD_GET)
    g_string_append (allowed, ", GET");
  if (methods & WIRE_METHOD_POST)
    g_string_append (allowed, ", POST");

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
run_any_route (ConfabdHttp           *self,
               SoupServerMessage     *message,
               const WireHttpRequest *request)
{
  switch ((int) request->route)
    {
    case WIRE_ROUTE_MALFORMED:
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_REQUEST, "That is no path");
      break;
    case WIRE_ROUTE_NONE:
      confabd_http_reply_code (message, WIRE_ERROR_NOT_EXISTS, "There is nothing here");
      break;
    case WIRE_ROUTE_WRONG_METHOD:
      reply_method_not_allowed (message, request->methods);
      break;
    case WIRE_ROUTE_OPTIONS:
      /* A preflight for skapi-js, which asks for this before it has anything else; cookies and
       * the like would need the origin by name. */
      confabd_http_reply_cors (self, message, request->asked == WIRE_ROUTE_SKAPI_SERVICE);
      soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
      break;
    default:
      /* Nothing to do with us is the file of another service. */
      if (*request->region &&
          strncmp (request->region, self->service, strlen (request->region)) != 0)
        confabd_http_reply_code (message, WIRE_ERROR_NOT_EXISTS, "There is nothing here");
      else
        run_route (self, message, &routes[request->route]);
      break;
    }
}

/* As it came: what libsoup hands on is decoded already. */
static char *
dup_target (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = g_uri_get_path (uri);
  const char *query = g_uri_get_query (uri);

  return g_strconcat (*path ? path : "/", query ? "?" : NULL, query, NULL);
}

static void
announce (ConfabdHttp       *self,
          SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  guint keep_s = confabd_doorway_get_keep_s (self->doorway, message);

  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");

  if (keep_s > 0)
    {
      g_autofree char *value = g_strdup_printf ("timeout=%u", keep_s);

      soup_message_headers_replace (headers, "Keep-Alive", value);
    }
  else
    {
      soup_message_headers_replace (headers, "Connection", "close");
    }
}

/* The head of a request has come, its body not yet. */
static void
begin_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  ConfabdHttp *self = user_data;
  g_autofree char *target = dup_target (message);
  g_auto(WireHttpRequest) request = { 0 };

  announce (self, message);
  if (soup_server_message_get_method (message) != SOUP_METHOD_POST)
    return;

  wire_http_request_parse (&request, soup_server_message_get_method (message), target);
  if (request.route == WIRE_ROUTE_SOCKET_IO)
    confabd_http_begin_socket_io (self, message);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  g_autofree char *target = dup_target (message);
  g_auto(WireHttpRequest) request = { 0 };

  wire_http_request_parse (&request, soup_server_message_get_method (message), target);
  run_any_route (user_data, message, &request);
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
  self->admins = g_strdupv ((GStrv) options->admins);
  self->options.admins = (const char * const *) self->admins;
  if (self->public_url && g_str_has_suffix (self->public_url, "/"))
    self->public_url[strlen (self->public_url) - 1] = '\0';

  self->server = soup_server_new ("server-header", "confabd", NULL);
  soup_server_add_early_handler (self->server, NULL, begin_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);

  return self;
}

/**
 * confabd_http_is_busy:
 * @self: the API of a server that is ending
 *
 * Returns: whether somebody is still to be answered
 */
gboolean
confabd_http_is_busy (ConfabdHttp *self)
{
  ConfabdDoorwayStats stats;

  confabd_doorway_get_stats (self->doorway, &stats);

  return stats.n_serving > 0 || confabd_eio_is_busy (self->eio);
}

/**
 * confabd_http_shut_down:
 * @self: the API
 *
 * Ends what needs the doorway.
 */
void
confabd_http_shut_down (ConfabdHttp *self)
{
  g_clear_pointer (&self->eio, confabd_eio_free);
}

void
confabd_http_free (ConfabdHttp *self)
{
  confabd_http_shut_down (self);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->name);
  g_free (self->service);
  g_free (self->owner);
  g_free (self->public_url);
  g_free (self->limits_json);
  g_strfreev (self->allowed_origins);
  g_strfreev (self->admins);
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

/* By which its requests come in; to be kept until confabd_http_shut_down(). */
void
confabd_http_set_doorway (ConfabdHttp    *self,
                          ConfabdDoorway *doorway)
{
  const ConfabdEioOptions options = {
    .ping_interval_ms = self->options.eio_ping_interval_ms,
    .ping_timeout_ms = self->options.eio_ping_timeout_ms,
    .max_payload_bytes = self->options.eio_max_payload_bytes,
    .max_sessions = MAX_POLLING,
    .max_sessions_per_address = MAX_POLLING_PER_ADDRESS,
    .clock = self->options.clock,
    .hooks = &self->options.hooks->sockets,
    .hooks_data = self->options.hooks_data,
  };

  self->doorway = doorway;
  self->eio = confabd_eio_new (&options, doorway);
}

/* Only ever named in letters to the core's thread. */
void
confabd_http_set_core (ConfabdHttp *self,
                       ConfabdCore *core)
{
  self->core = core;
}
