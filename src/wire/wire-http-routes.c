/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-http-routes"

#include "config.h"

#include "wire-http-routes.h"

#include "wire-utf8.h"

#include <string.h>

/* The longest path of ours is much shorter; a longer one needs no looking at. */
#define MAX_PATH_BYTES 256

#define END_OF_PATH '?'

#define ALTOGIC_MEMBERS "/_api/rest/v1/realtime/get-members"

static const struct
{
  const char  *path;
  WireRoute    route;
  WireMethods  methods;
} routes[] = {
  { "/api", WIRE_ROUTE_SOCKET, WIRE_METHOD_GET },
  { "/v1/server", WIRE_ROUTE_SERVER, WIRE_METHOD_GET },
  { "/v1/sign-up", WIRE_ROUTE_SIGN_UP, WIRE_METHOD_POST },
  { "/v1/sign-in", WIRE_ROUTE_SIGN_IN, WIRE_METHOD_POST },
  { "/v1/refresh", WIRE_ROUTE_REFRESH, WIRE_METHOD_POST },
  { "/v1/sign-out", WIRE_ROUTE_SIGN_OUT, WIRE_METHOD_POST },
  { "/v1/profile", WIRE_ROUTE_PROFILE, WIRE_METHOD_POST },
  { "/v1/password", WIRE_ROUTE_PASSWORD, WIRE_METHOD_POST },
  { "/healthz", WIRE_ROUTE_HEALTH, WIRE_METHOD_GET },
  { "/metrics", WIRE_ROUTE_METRICS, WIRE_METHOD_GET },
  { "/api/service", WIRE_ROUTE_SKAPI_SERVICE, WIRE_METHOD_GET | WIRE_METHOD_POST },
  { "/api/get-ws-group", WIRE_ROUTE_SKAPI_GROUPS, WIRE_METHOD_POST },
  { "/api/store-subscription", WIRE_ROUTE_SKAPI_SUBSCRIBE, WIRE_METHOD_POST },
  { "/api/delete-subscription", WIRE_ROUTE_SKAPI_UNSUBSCRIBE, WIRE_METHOD_POST },
  { "/api/get-vapid-public-key", WIRE_ROUTE_SKAPI_PUSH_KEY, WIRE_METHOD_POST },
  { "/api/push-notification", WIRE_ROUTE_SKAPI_NOTIFY, WIRE_METHOD_POST },
  { "/socket.io/", WIRE_ROUTE_SOCKET_IO, WIRE_METHOD_ANY },
  { "/socket.io", WIRE_ROUTE_SOCKET_IO, WIRE_METHOD_ANY },
  { ALTOGIC_MEMBERS, WIRE_ROUTE_ALTOGIC_MEMBERS, WIRE_METHOD_POST },
};

/* Behind "/REGION". */
static const struct
{
  const char *path;
  WireRoute   route;
} skapi_files[] = {
  { "/admin-v1.json", WIRE_ROUTE_SKAPI_ADMIN },
  { "/admin-v2.json", WIRE_ROUTE_SKAPI_ADMIN },
  { "/record-v1.json", WIRE_ROUTE_SKAPI_RECORD },
  { "/record-v2.json", WIRE_ROUTE_SKAPI_RECORD },
};

/* Returns a byte, or -1 if @text does not begin with `%` and two digits. */
static int
decode_escape (const char *text)
{
  int high = text[0] == '%' ? g_ascii_xdigit_value (text[1]) : -1;
  int low = high >= 0 ? g_ascii_xdigit_value (text[2]) : -1;

  return low >= 0 ? high << 4 | low : -1;
}

/* Decodes %-escapes (RFC 3986 §2.1) up to one of @stop_at. What would mean something else once
 * decoded is refused: control characters, and in a path a slash. Returns how much was read, or -1.
 */
static gssize
decode (const char *text,
        char        stop_at,
        char       *decoded,
        gsize       size)
{
  gsize n_read = 0;
  gsize n_written = 0;

  while (text[n_read] && text[n_read] != stop_at)
    {
      int byte = (guint8) text[n_read];
      gboolean escaped = byte == '%';

      if (escaped)
        byte = decode_escape (text + n_read);

      if (byte <= 0x20 || byte == 0x7f || (escaped && byte == '/' && stop_at == END_OF_PATH) ||
          n_written + 1 >= size)
        return -1;

      decoded[n_written++] = (char) byte;
      n_read += escaped ? 3 : 1;
    }

  decoded[n_written] = '\0';

  return wire_utf8_is_valid ((const guint8 *) decoded, n_written) ? (gssize) n_read : -1;
}

/* RFC 3986 §3.3: a path with these means another one, and nobody who is honest sends it. */
static gboolean
has_dot_segment (const char *path)
{
  for (const char *next = strchr (path, '/'); next; next = strchr (next + 1, '/'))
    {
      gsize n_dots = strspn (next + 1, ".");

      if ((n_dots == 1 || n_dots == 2) && (next[1 + n_dots] == '/' || next[1 + n_dots] == '\0'))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_region (const char *text)
{
  for (guint i = 0; i < 4; i++)
    if (!g_ascii_isalnum (text[i]))
      return FALSE;

  return TRUE;
}

static WireRoute
find_skapi_file (WireHttpRequest *self,
                 const char      *path)
{
  if (strlen (path) < 5 || !is_region (path + 1))
    return WIRE_ROUTE_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (skapi_files); i++)
    if (strcmp (path + 5, skapi_files[i].path) == 0)
      {
        g_strlcpy (self->region, path + 1, sizeof self->region);
        self->methods = WIRE_METHOD_GET;
        return skapi_files[i].route;
      }

  return WIRE_ROUTE_NONE;
}

/* Altogic's clients name their environment before some paths; here there is one. */
static const char *
skip_environment (const char *path)
{
  const char *rest;

  if (g_ascii_strncasecmp (path, "/e:", 3) != 0)
    return path;

  rest = strchr (path + 3, '/');

  return rest && strcmp (rest, ALTOGIC_MEMBERS) == 0 ? rest : path;
}

static WireRoute
find_route (WireHttpRequest *self,
            const char      *path)
{
  path = skip_environment (path);

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (path, routes[i].path) == 0)
      {
        self->methods = routes[i].methods;
        return routes[i].route;
      }

  return find_skapi_file (self, path);
}

static WireMethods
find_method (const char *method)
{
  if (strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0)
    return WIRE_METHOD_GET;

  return strcmp (method, "POST") == 0 ? WIRE_METHOD_POST : 0;
}

/* skapi-js appends the token as it is, others encode it: a token has nothing in it that either
 * could change. Returns FALSE if it is there twice, or no text. */
static gboolean
take_token (WireHttpRequest *self,
            const char      *query)
{
  g_autofree char *decoded = g_malloc (strlen (query) + 1);

  while (*query)
    {
      gsize length = strcspn (query, "&");

      if (strncmp (query, "token=", 6) == 0)
        {
          if (self->token || decode (query + 6, '&', decoded, length) < 0)
            return FALSE;

          self->token = g_strdup (decoded);
        }

      query += length;
      query += *query == '&';
    }

  return TRUE;
}

/* Where the path begins in "/path" and in "http://host/path" (RFC 9112 §3.2). */
static const char *
find_path (const char *target)
{
  const char *host;

  if (target[0] == '/')
    return target;

  if (g_ascii_strncasecmp (target, "http://", 7) == 0)
    host = target + 7;
  else if (g_ascii_strncasecmp (target, "https://", 8) == 0)
    host = target + 8;
  else
    return NULL;

  host += strcspn (host, "/?#");

  return *host == '/' ? host : NULL;
}

static WireRoute
parse (WireHttpRequest *self,
       const char      *method,
       const char      *target)
{
  char path[MAX_PATH_BYTES];
  const char *start = find_path (target);
  gsize length;
  WireRoute route;

  if (!start || strlen (target) > WIRE_HTTP_MAX_TARGET_BYTES || strchr (target, '#'))
    return WIRE_ROUTE_MALFORMED;

  length = strcspn (start, "?");

  if (length >= 3 * sizeof path)
    return WIRE_ROUTE_NONE;

  if (decode (start, END_OF_PATH, path, sizeof path) < 0 || has_dot_segment (path))
    return WIRE_ROUTE_MALFORMED;

  route = find_route (self, path);

  if (route == WIRE_ROUTE_NONE)
    return route;

  if (strcmp (method, "OPTIONS") == 0)
    {
      self->asked = route;
      return WIRE_ROUTE_OPTIONS;
    }

  if (!((find_method (method) | WIRE_METHOD_ANY) & self->methods))
    return WIRE_ROUTE_WRONG_METHOD;

  if (route == WIRE_ROUTE_SOCKET && start[length] == '?' && !take_token (self, start + length + 1))
    return WIRE_ROUTE_MALFORMED;

  return route;
}

/**
 * wire_http_request_parse:
 * @self: (out caller-allocates): what is asked
 * @method: the method of a request
 * @target: its target (RFC 9112 §3.2), %-escapes and query and all
 *
 * Never fails: what cannot be served is a route of its own.
 */
void
wire_http_request_parse (WireHttpRequest *self,
                         const char      *method,
                         const char      *target)
{
  memset (self, 0, sizeof *self);
  self->route = parse (self, method, target);

  if (self->route != WIRE_ROUTE_SOCKET)
    g_clear_pointer (&self->token, g_free);
}

/**
 * wire_http_request_print:
 * @self: a request for one of our paths
 *
 * Returns: (transfer full) (nullable): a target that means the same; %NULL if @self is no
 *   route that can be asked for
 */
char *
wire_http_request_print (const WireHttpRequest *self)
{
  g_autofree char *token = self->token ? g_uri_escape_string (self->token, NULL, FALSE) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (routes[i].route == self->route)
      return g_strconcat (routes[i].path, token ? "?token=" : NULL, token, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (skapi_files); i++)
    if (skapi_files[i].route == self->route)
      return g_strconcat ("/", self->region, skapi_files[i].path, NULL);

  return NULL;
}

/**
 * wire_http_request_clear:
 * @self: a request
 *
 * Frees what it holds.
 */
void
wire_http_request_clear (WireHttpRequest *self)
{
  g_clear_pointer (&self->token, g_free);
}
