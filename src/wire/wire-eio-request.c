/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-eio-request"

#include "config.h"

#include "wire-eio-request.h"

#include "wire-eio.h"
#include "wire-error.h"
#include "wire-json.h"

#include <string.h>

/* More than any server's session id has; what is longer is not one of ours either. */
#define MAX_SID_BYTES 64

/* Bounds of what a server may ask of a client: an hour, and what fits into a gsize anywhere. */
#define MAX_INTERVAL_MS (60 * 60 * 1000)
#define MAX_PAYLOAD_BYTES G_MAXUINT32

/* What a server that does not say it takes (the reference's default). */
#define DEFAULT_PAYLOAD_BYTES 1000000

#define MAX_OPEN_BYTES 4096
#define OPEN_DEPTH 4

#define REFUSAL(code, message) "{\"code\":" code ",\"message\":\"" message "\"}"

static const struct
{
  guint       status;
  const char *body;
} refusals[] = {
  [WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN] = { 400, REFUSAL ("0", "Transport unknown") },
  [WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN] = { 400, REFUSAL ("1", "Session ID unknown") },
  [WIRE_EIO_REFUSAL_BAD_HANDSHAKE_METHOD] = { 400, REFUSAL ("2", "Bad handshake method") },
  [WIRE_EIO_REFUSAL_BAD_REQUEST] = { 400, REFUSAL ("3", "Bad request") },
  [WIRE_EIO_REFUSAL_FORBIDDEN] = { 403, REFUSAL ("4", "Forbidden") },
  [WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION] = { 400, REFUSAL ("5", "Unsupported protocol version") },
};

/* What a query says about Engine.IO; everything else in it is somebody else's. */
typedef struct
{
  char *version;
  char *transport;
  char *sid;
} Query;

static void
query_clear (Query *self)
{
  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->transport, g_free);
  g_clear_pointer (&self->sid, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Query, query_clear)

/* A parameter that comes twice means two things to two readers: such a query is refused. */
static gboolean
query_parse (Query      *self,
             const char *text)
{
  GUriParamsIter iter;
  char *key;
  char *value;
  g_autoptr(GError) error = NULL;

  g_uri_params_iter_init (&iter, text ? text : "", -1, "&", G_URI_PARAMS_NONE);

  while (g_uri_params_iter_next (&iter, &key, &value, &error))
    {
      g_autofree char *owned_key = key;
      g_autofree char *owned_value = value;
      char **where = NULL;

      if (strcmp (key, "EIO") == 0)
        where = &self->version;
      else if (strcmp (key, "transport") == 0)
        where = &self->transport;
      else if (strcmp (key, "sid") == 0)
        where = &self->sid;

      if (where && *where)
        return FALSE;

      if (where)
        *where = g_steal_pointer (&owned_value);
    }

  return error == NULL;
}

static gboolean
parse_transport (const char       *name,
                 WireEioTransport *transport)
{
  if (g_strcmp0 (name, "polling") == 0)
    *transport = WIRE_EIO_POLLING;
  else if (g_strcmp0 (name, "websocket") == 0)
    *transport = WIRE_EIO_WEBSOCKET;
  else
    return FALSE;

  return TRUE;
}

/* A session is opened by a GET; in a session one polls by GET and POST. A WebSocket is asked for
 * by an upgrade, and an upgrade asks for nothing else. */
static gboolean
check_method (WireEioTransport  transport,
              const char       *method,
              gboolean          has_sid,
              gboolean          is_upgrade,
              WireEioRefusal   *refusal)
{
  gboolean is_get = strcmp (method, "GET") == 0;

  *refusal = WIRE_EIO_REFUSAL_BAD_REQUEST;

  if (!is_get && !has_sid)
    {
      *refusal = WIRE_EIO_REFUSAL_BAD_HANDSHAKE_METHOD;
      return FALSE;
    }

  if (transport == WIRE_EIO_WEBSOCKET)
    return is_get && is_upgrade;

  return !is_upgrade && (is_get || strcmp (method, "POST") == 0);
}

/**
 * wire_eio_request_parse:
 * @self: (out caller-allocates): what is asked for, to be cleared
 * @method: the HTTP method
 * @query: (nullable): the query of the request's URI, as it was encoded
 * @is_upgrade: whether the request asks for a WebSocket
 * @refusal: (out): why the request is turned away
 *
 * Checks a request for the Engine.IO path. Whether a session id is known is not known here.
 *
 * Returns: whether the request may go on; @refusal is only set if not
 */
gboolean
wire_eio_request_parse (WireEioRequest *self,
                        const char     *method,
                        const char     *query,
                        gboolean        is_upgrade,
                        WireEioRefusal *refusal)
{
  g_auto(Query) asked = { 0 };
  WireEioTransport transport;
  WireEioRefusal why = WIRE_EIO_REFUSAL_BAD_REQUEST;

  if (!query_parse (&asked, query))
    why = WIRE_EIO_REFUSAL_BAD_REQUEST;
  else if (!parse_transport (asked.transport, &transport))
    why = WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN;
  else if (g_strcmp0 (asked.version, "4") != 0)
    why = WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION;
  else if (asked.sid && (*asked.sid == '\0' || strlen (asked.sid) > MAX_SID_BYTES))
    why = WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN;
  else if (check_method (transport, method, asked.sid != NULL, is_upgrade, &why))
    {
      self->transport = transport;
      self->sid = g_steal_pointer (&asked.sid);
      return TRUE;
    }

  *refusal = why;

  return FALSE;
}

/**
 * wire_eio_request_clear:
 * @self: a request that was parsed
 *
 * Frees what @self holds.
 */
void
wire_eio_request_clear (WireEioRequest *self)
{
  g_clear_pointer (&self->sid, g_free);
}

/**
 * wire_eio_refusal_get_status:
 * @refusal: why a request is turned away
 *
 * Returns: the HTTP status of the answer
 */
guint
wire_eio_refusal_get_status (WireEioRefusal refusal)
{
  g_return_val_if_fail (refusal < G_N_ELEMENTS (refusals), 400);

  return refusals[refusal].status;
}

/**
 * wire_eio_refusal_get_body:
 * @refusal: why a request is turned away
 *
 * Returns: the JSON body of the answer
 */
const char *
wire_eio_refusal_get_body (WireEioRefusal refusal)
{
  g_return_val_if_fail (refusal < G_N_ELEMENTS (refusals), "{}");

  return refusals[refusal].body;
}

/**
 * wire_eio_open_print:
 * @self: a session's terms
 *
 * Returns: (transfer full): the open packet that starts the session
 */
char *
wire_eio_open_print (const WireEioOpen *self)
{
  GString *text = g_string_new ("0{\"sid\":");

  wire_json_append_string (text, self->sid);
  g_string_append_printf (text,
                          ",\"upgrades\":[%s],\"pingInterval\":%u,\"pingTimeout\":%u"
                          ",\"maxPayload\":%" G_GSIZE_FORMAT "}",
                          self->can_upgrade ? "\"websocket\"" : "", self->ping_interval_ms,
                          self->ping_timeout_ms, self->max_payload_bytes);

  return g_string_free (text, FALSE);
}

static gboolean
parse_upgrades (WireEioOpen         *self,
                const WireJsonValue *value)
{
  WireJsonReader reader;
  WireJsonValue name;
  WireJsonStep step;

  if (value->type != WIRE_JSON_ARRAY ||
      !wire_json_reader_init (&reader, value->raw.data, value->raw.length, OPEN_DEPTH))
    return FALSE;

  while ((step = wire_json_reader_next (&reader, &name)) == WIRE_JSON_ITEM)
    {
      g_autofree char *text = name.type == WIRE_JSON_STRING ? wire_json_dup_string (&name) : NULL;

      if (!text)
        return FALSE;

      if (strcmp (text, "websocket") == 0)
        self->can_upgrade = TRUE;
    }

  return step == WIRE_JSON_END;
}

static gboolean
parse_number (const WireJsonValue *value,
              guint64              max,
              guint64             *number)
{
  return wire_json_get_integer (value, number) && *number > 0 && *number <= max;
}

static gboolean
parse_member (WireEioOpen         *self,
              const WireJsonValue *value)
{
  guint64 number;

  if (wire_json_key_is (value, "sid"))
    {
      g_free (self->sid);
      self->sid = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;
      return self->sid && *self->sid && strlen (self->sid) <= MAX_SID_BYTES;
    }

  if (wire_json_key_is (value, "upgrades"))
    return parse_upgrades (self, value);

  if (wire_json_key_is (value, "pingInterval"))
    {
      if (!parse_number (value, MAX_INTERVAL_MS, &number))
        return FALSE;
      self->ping_interval_ms = (guint) number;
    }
  else if (wire_json_key_is (value, "pingTimeout"))
    {
      if (!parse_number (value, MAX_INTERVAL_MS, &number))
        return FALSE;
      self->ping_timeout_ms = (guint) number;
    }
  else if (wire_json_key_is (value, "maxPayload"))
    {
      if (!parse_number (value, MAX_PAYLOAD_BYTES, &number))
        return FALSE;
      self->max_payload_bytes = (gsize) number;
    }

  return TRUE;
}

/**
 * wire_eio_open_parse:
 * @self: (out caller-allocates): the session's terms, to be cleared
 * @text: the data of an open packet
 * @length: its length in bytes
 * @error: return location for a %WIRE_ERROR
 *
 * Reads what a server demands of a client. A server that names no largest payload is taken to have
 * the reference's; unknown members are ignored.
 *
 * Returns: whether it makes sense
 */
gboolean
wire_eio_open_parse (WireEioOpen  *self,
                     const char   *text,
                     gsize         length,
                     GError      **error)
{
  g_auto(WireEioOpen) open = { .max_payload_bytes = DEFAULT_PAYLOAD_BYTES };
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;

  if (length <= MAX_OPEN_BYTES && length > 0 && *text == '{' &&
      wire_json_reader_init (&reader, text, length, OPEN_DEPTH))
    {
      while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
        if (!parse_member (&open, &value))
          break;
    }

  if (step != WIRE_JSON_END || !open.sid || open.ping_interval_ms == 0 || open.ping_timeout_ms == 0)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                           "The Engine.IO handshake makes no sense");
      return FALSE;
    }

  *self = open;
  open.sid = NULL;

  return TRUE;
}

/**
 * wire_eio_open_clear:
 * @self: a session's terms
 *
 * Frees what @self holds.
 */
void
wire_eio_open_clear (WireEioOpen *self)
{
  g_clear_pointer (&self->sid, g_free);
}
