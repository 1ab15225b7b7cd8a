/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-websocket.h"

#include "confabd-http-private.h"

#include <string.h>

#define ACCEPT_GUID      "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_CHARS        24
#define KEY_BYTES        16
#define UPGRADE_REQUIRED 426

typedef struct
{
  ConfabdDoorway       *doorway;
  ConfabdWebSocketFunc  func;
  gpointer              user_data;
  GDestroyNotify        destroy;
} Switch;

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

static void
require_upgrade (SoupServerMessage *message,
                 const char        *text,
                 const char        *header,
                 const char        *value)
{
  confabd_http_reply_status (message, UPGRADE_REQUIRED, "INVALID_REQUEST", text);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), header, value);
}

/**
 * confabd_websocket_check:
 * @message: a GET
 *
 * Returns: whether it asks for a WebSocket in the right way; if not it has been answered
 */
gboolean
confabd_websocket_check (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *version = soup_message_headers_get_one (headers, "Sec-WebSocket-Version");

  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket") ||
      !soup_message_headers_header_contains (headers, "Connection", "upgrade") ||
      soup_server_message_get_http_version (message) != SOUP_HTTP_1_1)
    {
      require_upgrade (message, "This is a WebSocket", "Upgrade", "websocket");
      return FALSE;
    }

  if (g_strcmp0 (version, "13") != 0)
    {
      require_upgrade (message, "WebSocket version 13 is needed", "Sec-WebSocket-Version", "13");
      return FALSE;
    }

  /* Behind a body without a length, libsoup may have read what is the WebSocket's already. */
  if (!is_key (soup_message_headers_get_one (headers, "Sec-WebSocket-Key")) ||
      soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_REQUEST,
                               "The WebSocket handshake is malformed");
      return FALSE;
    }

  return TRUE;
}

static void
switched_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Switch *data = user_data;
  g_autoptr(ConfabdSocketStream) stream = NULL;
  g_autoptr(GIOStream) stolen = NULL;
  GBytes *early;
  SSL *tls;
  int fd;

  stream = confabd_doorway_get_stream (data->doorway, message);
  if (!stream)
    return;

  g_object_ref (stream);
  stolen = soup_server_message_steal_connection (message);
  fd = confabd_socket_stream_steal (stream, &tls, &early);

  if (fd >= 0)
    data->func (fd, tls, early, data->user_data);
  else
    g_clear_pointer (&early, g_bytes_unref);
}

static void
switch_free (gpointer  data,
             GClosure *closure)
{
  Switch *self = data;

  if (self->destroy)
    self->destroy (self->user_data);
  g_free (self);
}

/**
 * confabd_websocket_switch:
 * @message: a request that confabd_websocket_check() found right
 * @doorway: by which it came
 * @subprotocol: (nullable): what to agree on
 * @func: called once the answer is written, unless the client has gone
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data, later
 *
 * Makes a WebSocket of it.
 */
void
confabd_websocket_switch (SoupServerMessage    *message,
                          ConfabdDoorway       *doorway,
                          const char           *subprotocol,
                          ConfabdWebSocketFunc  func,
                          gpointer              user_data,
                          GDestroyNotify        destroy)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
  g_autofree char *accept = compute_accept (soup_message_headers_get_one (request,
                                                                          "Sec-WebSocket-Key"));
  Switch *data = g_new (Switch, 1);

  *data = (Switch) { doorway, func, user_data, destroy };

  soup_message_headers_remove (response, "Keep-Alive");
  soup_message_headers_replace (response, "Upgrade", "websocket");
  soup_message_headers_replace (response, "Connection", "Upgrade");
  soup_message_headers_replace (response, "Sec-WebSocket-Accept", accept);
  if (subprotocol)
    soup_message_headers_replace (response, "Sec-WebSocket-Protocol", subprotocol);

  soup_server_message_set_status (message, SOUP_STATUS_SWITCHING_PROTOCOLS, NULL);
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (switched_cb), data,
                         switch_free, 0);
}
