/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "confabd-websocket.h"
#include "wire-limits.h"

#include <string.h>

/* GET /api: who asks for a WebSocket, and whether they may have one. */

typedef struct
{
  ConfabdHttp     *http;
  ConfabdIdentity  identity;
} Upgrade;

/* skapi-js puts the token behind "?token=" as it is; a JWT has no character that would need
 * escaping. */
static char *
dup_token (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *header = soup_message_headers_get_one (headers, "Authorization");
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_auto(GStrv) parts = NULL;

  if (header && g_ascii_strncasecmp (header, "Bearer ", 7) == 0)
    return g_strdup (header + 7);

  parts = g_strsplit (query ? query : "", "&", -1);
  for (gsize i = 0; parts[i]; i++)
    if (g_str_has_prefix (parts[i], "token="))
      return g_strdup (parts[i] + strlen ("token="));

  return NULL;
}

static gboolean
check_token (ConfabdHttp       *http,
             SoupServerMessage *message,
             ConfabdIdentity   *identity)
{
  g_autofree char *token = dup_token (message);
  ConfabdTokenClaims claims;
  g_autoptr(GError) error = NULL;

  if (!token)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_TOKEN, "An access token is needed");
      return FALSE;
    }

  if (!confabd_accounts_check_token (http->options.accounts, token, &claims, &error))
    {
      confabd_http_reply_error (message, error, 0);
      return FALSE;
    }

  if (claims.use != CONFABD_TOKEN_ACCESS)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_TOKEN, "This is not an access token");
      return FALSE;
    }

  identity->user_id = claims.user_id;
  identity->session_id = claims.session_id;
  identity->expires_ms = claims.expires_s * 1000;

  return TRUE;
}

static void
switched_cb (int       fd,
             SSL      *tls,
             GBytes   *early,
             gpointer  user_data)
{
  Upgrade *upgrade = user_data;
  const ConfabdHttpOptions *options = &upgrade->http->options;

  (void) options->hooks->sockets.adopt (fd, tls, early, &upgrade->identity, options->hooks_data);
}

static void
switch_protocols (ConfabdHttp       *http,
                  SoupServerMessage *message,
                  Upgrade           *upgrade)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  upgrade->http = http;
  upgrade->identity.native = soup_message_headers_header_contains (headers,
                                                                   "Sec-WebSocket-Protocol",
                                                                   WIRE_SUBPROTOCOL);
  confabd_websocket_switch (message, http->doorway,
                            upgrade->identity.native ? WIRE_SUBPROTOCOL : NULL,
                            switched_cb, upgrade, g_free);
}

/**
 * confabd_http_upgrade:
 * @http: the API
 * @message: a GET of the socket's path
 *
 * Makes a WebSocket of it, or says why not.
 */
void
confabd_http_upgrade (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  g_autofree Upgrade *upgrade = g_new0 (Upgrade, 1);

  if (!confabd_http_is_origin_allowed (http, message))
    {
      confabd_http_reply_code (message, WIRE_ERROR_NOT_ALLOWED,
                               "That page may not connect to this server");
      return;
    }

  if (confabd_websocket_check (message) && check_token (http, message, &upgrade->identity))
    switch_protocols (http, message, g_steal_pointer (&upgrade));
}
