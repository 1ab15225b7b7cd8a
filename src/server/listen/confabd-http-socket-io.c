/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-eio-request.h"

/* /socket.io/: which pages may ask. The rest is Engine.IO's. */

static gboolean
may_ask (ConfabdHttp       *http,
         SoupServerMessage *message)
{
  if (!confabd_http_is_origin_allowed (http, message))
    confabd_eio_refuse (message, WIRE_EIO_REFUSAL_FORBIDDEN);
  else if (!http->eio)
    confabd_http_reply_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "UNAVAILABLE",
                               "The server is ending");
  else
    {
      confabd_http_reply_cors (http, message, FALSE);
      return TRUE;
    }

  return FALSE;
}

/* The head of a POST has come. */
void
confabd_http_begin_socket_io (ConfabdHttp       *http,
                              SoupServerMessage *message)
{
  if (may_ask (http, message))
    confabd_eio_begin (http->eio, message);
  else
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

/**
 * confabd_http_socket_io:
 * @http: the API
 * @message: a request for /socket.io/
 *
 * Answers it, or makes a WebSocket of it. Who it is, it says in its first packet.
 */
void
confabd_http_socket_io (ConfabdHttp       *http,
                        SoupServerMessage *message)
{
  if (may_ask (http, message))
    confabd_eio_request (http->eio, message);
}
