/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-eio-request.h"
#include "wire-limits.h"

#include <string.h>
#include <unistd.h>

/* RFC 6455 §4.2: from GET /api to a socket of the hub. */

#define ACCEPT_GUID      "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_CHARS        24
#define KEY_BYTES        16
#define UPGRADE_REQUIRED 426
#define READ_BYTES       (64 * 1024)

typedef struct
{
  ConfabdHttp     *http;
  ConfabdIdentity  identity;
} Upgrade;

static char *
compute_accept (const char *key)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guint8 *) key, strlen (key));
  g_checksum_update (checksum, (const guint8 *) ACCEPT_GUID, strlen (ACCEPT_GUID));
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static gboolean
is_key (const char *key)
{
  g_autofree guint8 *bytes = NULL;
  gsize length = 0;

  if (!key || strlen (key) != KEY_CHARS)
    return FALSE;

  bytes = g_base64_decode (key, &length);

  return length == KEY_BYTES;
}

/* Answers what is wrong with the handshake itself. */
static gboolean
check_handshake (SoupServerMessage  *message,
                 SoupMessageHeaders *headers)
{
  const char *version = soup_message_headers_get_one (headers, "Sec-WebSocket-Version");

  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket") ||
      !soup_message_headers_header_contains (headers, "Connection", "upgrade") ||
      soup_server_message_get_http_version (message) != SOUP_HTTP_1_1)
    {
      confabd_http_reply_status (message, UPGRADE_REQUIRED, "INVALID_REQUEST",
                                 "This is a WebSocket");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Upgrade",
                                    "websocket");
      return FALSE;
    }

  if (g_strcmp0 (version, "13") != 0)
    {
      confabd_http_reply_status (message, UPGRADE_REQUIRED, "INVALID_REQUEST",
                                 "WebSocket version 13 is needed");
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Sec-WebSocket-Version", "13");
      return FALSE;
    }

  if (!is_key (soup_message_headers_get_one (headers, "Sec-WebSocket-Key")))
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_REQUEST,
                               "The Sec-WebSocket-Key is malformed");
      return FALSE;
    }

  return TRUE;
}

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

/* What libsoup has read of the socket beyond the request, then what we had and it did not ask
 * for. */
static GBytes *
collect_early (GIOStream *stolen,
               GBytes    *unread)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stolen));
  g_autoptr(GByteArray) early = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gssize n;

  while ((n = g_pollable_input_stream_read_nonblocking (input, buffer, READ_BYTES, NULL, NULL)) > 0)
    g_byte_array_append (early, buffer, n);

  if (unread)
    g_byte_array_append (early, g_bytes_get_data (unread, NULL), g_bytes_get_size (unread));

  return early->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&early)) : NULL;
}

static void
switched_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Upgrade *upgrade = user_data;
  ConfabdHttp *http = upgrade->http;
  g_autoptr(ConfabdSocketStream) stream = NULL;
  g_autoptr(GIOStream) stolen = NULL;
  g_autoptr(GBytes) unread = NULL;
  GBytes *early;
  SSL *tls;
  int fd;

  stream = confabd_doorway_get_stream (http->doorway, message);
  if (!stream)
    return;

  g_object_ref (stream);
  confabd_socket_stream_detach (stream);
  stolen = soup_server_message_steal_connection (message);
  early = collect_early (stolen, NULL);
  fd = confabd_socket_stream_steal (stream, &tls, &unread);

  if (fd >= 0)
    http->options.hooks->adopt (fd, tls, early, &upgrade->identity, http->options.hooks_data);
  else
    g_clear_pointer (&early, g_bytes_unref);
}

static void
upgrade_free (gpointer  data,
              GClosure *closure)
{
  g_free (data);
}

static void
switch_protocols (ConfabdHttp       *http,
                  SoupServerMessage *message,
                  Upgrade           *upgrade)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
  g_autofree char *accept = compute_accept (soup_message_headers_get_one (request,
                                                                          "Sec-WebSocket-Key"));

  upgrade->http = http;
  upgrade->identity.native = !upgrade->identity.socket_io &&
                             soup_message_headers_header_contains (request,
                                                                   "Sec-WebSocket-Protocol",
                                                                   WIRE_SUBPROTOCOL);

  soup_message_headers_replace (response, "Upgrade", "websocket");
  soup_message_headers_replace (response, "Connection", "Upgrade");
  soup_message_headers_replace (response, "Sec-WebSocket-Accept", accept);
  if (upgrade->identity.native)
    soup_message_headers_replace (response, "Sec-WebSocket-Protocol", WIRE_SUBPROTOCOL);

  soup_server_message_set_status (message, SOUP_STATUS_SWITCHING_PROTOCOLS, NULL);
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (switched_cb), upgrade,
                         upgrade_free, 0);
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

  if (check_handshake (message, soup_server_message_get_request_headers (message)) &&
      check_token (http, message, &upgrade->identity))
    switch_protocols (http, message, g_steal_pointer (&upgrade));
}

static void
turn_away (ConfabdHttp       *http,
           SoupServerMessage *message,
           WireEioRefusal     refusal)
{
  confabd_http_reply_cors (http, message, FALSE);
  confabd_http_reply_json (message, wire_eio_refusal_get_status (refusal),
                           wire_eio_refusal_get_body (refusal));
}

/**
 * confabd_http_socket_io:
 * @http: the API
 * @message: a request for /socket.io/
 *
 * Makes a WebSocket of it, or says why not. Who it is, it says in its first packet. Sessions begin
 * as WebSockets here, so no session id is known.
 */
void
confabd_http_socket_io (ConfabdHttp       *http,
                        SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree Upgrade *upgrade = g_new0 (Upgrade, 1);
  g_auto(WireEioRequest) request = { 0 };
  WireEioRefusal refusal;
  gboolean is_upgrade = soup_message_headers_header_contains (headers, "Upgrade", "websocket");

  if (!confabd_http_is_origin_allowed (http, message))
    turn_away (http, message, WIRE_EIO_REFUSAL_FORBIDDEN);
  else if (!wire_eio_request_parse (&request, soup_server_message_get_method (message),
                                    g_uri_get_query (soup_server_message_get_uri (message)),
                                    is_upgrade, &refusal))
    turn_away (http, message, refusal);
  else if (request.sid)
    turn_away (http, message, WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN);
  else if (request.transport == WIRE_EIO_POLLING)
    turn_away (http, message, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN);
  else if (check_handshake (message, headers))
    {
      upgrade->identity.socket_io = TRUE;
      switch_protocols (http, message, g_steal_pointer (&upgrade));
    }
}
