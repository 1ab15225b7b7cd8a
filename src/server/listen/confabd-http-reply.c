/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-json.h"
#include "wire-limits.h"

#include <string.h>

/* What all routes need: answers, addresses, origins, and bodies that are flat JSON objects. */

/* IPv6 peers own a /64 as a rule; limits go by that. */
#define V6_PREFIX_BYTES 8

/* @json is an object that has been begun, and perhaps has members. */
void
confabd_http_append_member (GString    *json,
                            const char *key,
                            const char *value)
{
  g_string_append_printf (json, "%s\"%s\":", json->len > 1 ? "," : "", key);
  wire_json_append_string (json, value);
}

void
confabd_http_reply_json (SoupServerMessage *message,
                         guint              status,
                         const char        *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json,
                                    strlen (json));
}

void
confabd_http_reply_status (SoupServerMessage *message,
                           guint              status,
                           const char        *code,
                           const char        *text)
{
  g_autoptr(GString) json = g_string_new ("{");

  confabd_http_append_member (json, "code", code);
  confabd_http_append_member (json, "message", text);
  g_string_append_c (json, '}');
  confabd_http_reply_json (message, status, json->str);
}

void
confabd_http_reply_code (SoupServerMessage *message,
                         WireError          code,
                         const char        *text)
{
  confabd_http_reply_status (message, wire_error_get_status (code), wire_error_get_name (code),
                             text);
}

void
confabd_http_reply_error (SoupServerMessage *message,
                          const GError      *error,
                          guint              retry_after_s)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  WireError code;

  if (retry_after_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", retry_after_s);

      soup_message_headers_replace (headers, "Retry-After", seconds);
    }

  code = error->domain == WIRE_ERROR ? (WireError) error->code : WIRE_ERROR_FAILED;
  confabd_http_reply_code (message, code, error->message);
}

/**
 * confabd_http_pending_new:
 * @http: the API
 * @message: a request that cannot be answered yet
 *
 * Returns: (transfer full): what to finish when it can
 */
ConfabdHttpPending *
confabd_http_pending_new (ConfabdHttp       *http,
                          SoupServerMessage *message)
{
  ConfabdHttpPending *pending = g_new (ConfabdHttpPending, 1);

  pending->http = http;
  pending->message = g_object_ref (message);
  soup_server_message_pause (message);

  return pending;
}

/* Takes @pending. The client may have gone meanwhile; libsoup knows. */
void
confabd_http_pending_finish (ConfabdHttpPending *pending)
{
  soup_server_message_unpause (pending->message);
  g_object_unref (pending->message);
  g_free (pending);
}

static GInetAddress *
get_remote (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
}

char *
confabd_http_dup_address (SoupServerMessage *message)
{
  GInetAddress *address = get_remote (message);
  const guint8 *bytes = g_inet_address_to_bytes (address);
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      memcmp (bytes, mapped, sizeof mapped) != 0)
    {
      guint8 prefix[16] = { 0 };
      g_autoptr(GInetAddress) network = NULL;

      memcpy (prefix, bytes, V6_PREFIX_BYTES);
      network = g_inet_address_new_from_bytes (prefix, G_SOCKET_FAMILY_IPV6);
      return g_inet_address_to_string (network);
    }

  return g_inet_address_to_string (address);
}

gboolean
confabd_http_is_from_loopback (SoupServerMessage *message)
{
  GInetAddress *address = get_remote (message);
  const guint8 *bytes = g_inet_address_to_bytes (address);

  /* ::ffff:127.0.0.0/104 */
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && bytes[10] == 0xff &&
      bytes[11] == 0xff &&
      bytes[12] == 127)
    return TRUE;

  return g_inet_address_get_is_loopback (address);
}

const char *
confabd_http_get_header (SoupServerMessage *message,
                         const char        *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message), name);
}

/**
 * confabd_http_dup_base_url:
 * @http: the API
 * @message: a request
 * @websocket: ws rather than http
 *
 * Returns: (transfer full): the server as this client calls it, without a slash at the end
 */
char *
confabd_http_dup_base_url (ConfabdHttp       *http,
                           SoupServerMessage *message,
                           gboolean           websocket)
{
  const char *host = confabd_http_get_header (message, "Host");
  gboolean secure = http->options.tls;

  if (http->public_url)
    return g_strconcat (websocket ? "ws" : "http", http->public_url + strlen ("http"), NULL);

  return g_strdup_printf ("%s%s://%s", websocket ? "ws" : "http", secure ? "s" : "",
                          host ? host : "localhost");
}

static gboolean
is_listed (ConfabdHttp *http,
           const char  *origin)
{
  return http->allowed_origins && (g_strv_contains ((const char * const *) http->allowed_origins,
                                                    origin) ||
                                   g_strv_contains ((const char * const *) http->allowed_origins,
                                                    "*"));
}

/* Whether it is a name that only this machine or its network gives away. Others lead where their
 * owner wants them to, to us as well (DNS rebinding): then a page of theirs and we would have the
 * same origin. */
static gboolean
is_local_url (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *host = uri ? g_ascii_strdown (g_uri_get_host (uri), -1) : NULL;

  return host && (g_hostname_is_ip_address (host) || !strchr (host, '.') ||
                  g_str_has_suffix (host, ".localhost") || g_str_has_suffix (host, ".local"));
}

/**
 * confabd_http_is_origin_allowed:
 * @http: the API
 * @message: a request
 *
 * Returns: whether it comes from a page of ours, from one on the list, or from no page at all
 */
gboolean
confabd_http_is_origin_allowed (ConfabdHttp       *http,
                                SoupServerMessage *message)
{
  const char *origin = confabd_http_get_header (message, "Origin");
  g_autofree char *own = NULL;

  if (!origin || is_listed (http, origin))
    return TRUE;

  own = confabd_http_dup_base_url (http, message, FALSE);

  return g_ascii_strcasecmp (origin, own) == 0 && (http->public_url || is_local_url (own));
}

/* For @for_anyone, what is answered is no secret and changes nothing. */
void
confabd_http_reply_cors (ConfabdHttp       *http,
                         SoupServerMessage *message,
                         gboolean           for_anyone)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *origin = confabd_http_get_header (message, "Origin");

  if (for_anyone)
    soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
  else if (origin && confabd_http_is_origin_allowed (http, message))
    {
      soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
      soup_message_headers_replace (headers, "Access-Control-Allow-Credentials", "true");
      soup_message_headers_replace (headers, "Vary", "Origin");
    }

  soup_message_headers_replace (headers, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  soup_message_headers_replace (headers, "Access-Control-Allow-Headers",
                                "Authorization, Content-Meta, Content-Type, Session, X-Client, "
                                "X-Client-Key");
  soup_message_headers_replace (headers, "Access-Control-Expose-Headers", "Retry-After");
  soup_message_headers_replace (headers, "Access-Control-Max-Age", "86400");
}

static gboolean
take_member (const WireJsonValue  *value,
             const char * const   *keys,
             char                **values,
             gsize                 n_keys,
             GError              **error)
{
  for (gsize i = 0; i < n_keys; i++)
    {
      if (!wire_json_key_is (value, keys[i]) || value->type == WIRE_JSON_NULL)
        continue;

      g_clear_pointer (&values[i], g_free);
      if (value->type == WIRE_JSON_STRING)
        values[i] = wire_json_dup_string (value);

      if (!values[i])
        {
          g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, "\"%s\" has to be a string",
                       keys[i]);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * confabd_http_read_strings:
 * @message: a request
 * @keys: (array length=n_keys): members of the object that its body has to be
 * @values: (array length=n_keys) (out): %NULL at first; what was there
 * @n_keys: how many
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: whether the body was a JSON object whose members in @keys are strings
 */
gboolean
confabd_http_read_strings (SoupServerMessage   *message,
                           const char * const  *keys,
                           char               **values,
                           gsize                n_keys,
                           GError             **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(GBytes) bytes = soup_message_body_flatten (body);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;

  if (length > 0 && wire_json_reader_init (&reader, text, length, WIRE_JSON_MAX_DEPTH) &&
      reader.closer == '}')
    while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
      if (!take_member (&value, keys, values, n_keys, error))
        return FALSE;

  if (step == WIRE_JSON_END)
    return TRUE;

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                       "The body has to be a JSON object");

  return FALSE;
}
