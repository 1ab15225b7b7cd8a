/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-eio"

#include "config.h"

#include "wire-eio.h"

#include "wire-base64.h"
#include "wire-error.h"
#include "wire-utf8.h"

#include <string.h>

/* A packet of bytes in a payload starts with this instead of a type. */
#define BASE64_PREFIX 'b'

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, message);

  return FALSE;
}

/**
 * wire_eio_packet_parse:
 * @self: (out caller-allocates): the packet
 * @text: one text message of a WebSocket, whose UTF-8 has been checked
 * @length: its length in bytes
 * @error: return location for a %WIRE_ERROR
 *
 * Reads a packet of the WebSocket transport. A binary WebSocket message needs no parsing: it is a
 * message packet of its bytes.
 *
 * Returns: whether it is a packet
 */
gboolean
wire_eio_packet_parse (WireEioPacket  *self,
                       const char     *text,
                       gsize           length,
                       GError        **error)
{
  if (length == 0)
    return refuse (error, "An Engine.IO packet is empty");

  if (text[0] < '0' || text[0] > '0' + WIRE_EIO_NOOP)
    return refuse (error, "An Engine.IO packet has an unknown type");

  self->type = (WireEioType) (text[0] - '0');
  self->binary = FALSE;
  self->data = text + 1;
  self->length = length - 1;

  return TRUE;
}

/**
 * wire_eio_packet_is:
 * @self: a packet
 * @type: a type
 * @data: (nullable): a text; %NULL for any data
 *
 * Returns: whether @self is a packet of @type that carries exactly @data
 */
gboolean
wire_eio_packet_is (const WireEioPacket *self,
                    WireEioType          type,
                    const char          *data)
{
  if (self->type != type)
    return FALSE;

  return !data || (!self->binary && self->length == strlen (data) &&
                   memcmp (self->data, data, self->length) == 0);
}

/**
 * wire_eio_packet_append:
 * @self: a packet of text
 * @text: where to write
 *
 * Writes @self as the WebSocket transport carries it. Bytes go into a binary WebSocket message as
 * they are, so they have no such form.
 */
void
wire_eio_packet_append (const WireEioPacket *self,
                        GString             *text)
{
  g_return_if_fail (!self->binary);

  g_string_append_c (text, (char) ('0' + self->type));
  g_string_append_len (text, self->data, (gssize) self->length);
}

static gboolean
parse_bytes (WireEioPacket  *self,
             char           *text,
             gsize           length,
             GError        **error)
{
  if (!wire_base64_is_valid (text, length))
    return refuse (error, "The bytes of an Engine.IO packet are not base64");

  self->type = WIRE_EIO_MESSAGE;
  self->binary = TRUE;
  self->data = text;
  self->length = wire_base64_decode (text, length, (guint8 *) text);

  return TRUE;
}

/**
 * wire_eio_payload_init:
 * @self: (out caller-allocates): the payload
 * @body: the body of a request or an answer of the polling transport; it is written to
 * @length: its length in bytes
 * @max_bytes: the longest body that is taken
 * @error: return location for a %WIRE_ERROR
 *
 * Starts to read @body, which has to stay while its packets are in use.
 *
 * Returns: whether @body may be read; a longer one is %WIRE_ERROR_TOO_LARGE
 */
gboolean
wire_eio_payload_init (WireEioPayload  *self,
                       char            *body,
                       gsize            length,
                       gsize            max_bytes,
                       GError         **error)
{
  if (length > max_bytes)
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                   "An Engine.IO payload is larger than %" G_GSIZE_FORMAT " bytes", max_bytes);
      return FALSE;
    }

  if (!wire_utf8_is_valid ((const guint8 *) body, length))
    return refuse (error, "An Engine.IO payload is not UTF-8");

  self->next = body;
  self->end = body + length;

  return TRUE;
}

/**
 * wire_eio_payload_next:
 * @self: a payload
 * @packet: (out caller-allocates): its next packet
 * @error: return location for a %WIRE_ERROR
 *
 * Reads the next packet. Base64 is decoded in place, nothing is copied. After a failure the payload
 * is over.
 *
 * Returns: what came of it; @packet is only set with %WIRE_EIO_STEP_PACKET
 */
WireEioStep
wire_eio_payload_next (WireEioPayload  *self,
                       WireEioPacket   *packet,
                       GError         **error)
{
  char *start = self->next;
  char *stop;
  WireEioPacket found = { 0 };
  gboolean ok;

  if (!start)
    return WIRE_EIO_STEP_DONE;

  stop = memchr (start, WIRE_EIO_SEPARATOR, (gsize) (self->end - start));
  self->next = stop ? stop + 1 : NULL;
  if (!stop)
    stop = self->end;

  if (start < stop && *start == BASE64_PREFIX)
    ok = parse_bytes (&found, start + 1, (gsize) (stop - start - 1), error);
  else
    ok = wire_eio_packet_parse (&found, start, (gsize) (stop - start), error);

  if (!ok)
    {
      self->next = NULL;
      return WIRE_EIO_STEP_FAILED;
    }

  *packet = found;

  return WIRE_EIO_STEP_PACKET;
}

/**
 * wire_eio_payload_add_up:
 * @packet: a packet
 * @payload_length: how long a payload is
 *
 * Returns: how long the payload will be with @packet
 */
gsize
wire_eio_payload_add_up (const WireEioPacket *packet,
                         gsize                payload_length)
{
  gsize own = packet->binary ? wire_base64_get_length (packet->length) : packet->length;

  return payload_length + (payload_length > 0) + 1 + own;
}

/**
 * wire_eio_payload_append:
 * @payload: a payload, empty at first
 * @packet: the packet to add
 * @max_bytes: the longest payload that the other end takes
 * @error: return location for a %WIRE_ERROR
 *
 * Adds @packet to @payload, which stays as it is on failure: %WIRE_ERROR_TOO_LARGE when it would
 * become too long, %WIRE_ERROR_INVALID_REQUEST for a text that contains the separator, for which
 * the polling transport has no form.
 *
 * Returns: whether it was added
 */
gboolean
wire_eio_payload_append (GString              *payload,
                         const WireEioPacket  *packet,
                         gsize                 max_bytes,
                         GError              **error)
{
  if (!packet->binary && packet->length > 0 &&
      memchr (packet->data, WIRE_EIO_SEPARATOR, packet->length))
    return refuse (error, "A text with a record separator cannot go into an Engine.IO payload");

  if (wire_eio_payload_add_up (packet, payload->len) > max_bytes)
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                   "An Engine.IO payload would be larger than %" G_GSIZE_FORMAT " bytes",
                   max_bytes);
      return FALSE;
    }

  if (payload->len > 0)
    g_string_append_c (payload, WIRE_EIO_SEPARATOR);

  if (packet->binary)
    {
      g_string_append_c (payload, BASE64_PREFIX);
      wire_base64_append (payload, packet->data, packet->length);
    }
  else
    {
      wire_eio_packet_append (packet, payload);
    }

  return TRUE;
}
