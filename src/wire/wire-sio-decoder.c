/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-sio-decoder"

#include "config.h"

#include "wire-sio.h"

#include "wire-error.h"
#include "wire-limits.h"
#include "wire-sio-private.h"

#include <string.h>

/**
 * WireSioDecoder:
 *
 * Puts Socket.IO packets together from the Engine.IO messages of one connection.
 *
 * A packet with attachments waits for them; meanwhile nothing but bytes may come. After a failure
 * the connection has to be closed: there is no way back into step with a peer that has lost it.
 */

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, message);

  return FALSE;
}

static gboolean
is_binary (WireSioType type)
{
  return type == WIRE_SIO_BINARY_EVENT || type == WIRE_SIO_BINARY_ACK;
}

static gboolean
is_event (WireSioType type)
{
  return type == WIRE_SIO_EVENT || type == WIRE_SIO_BINARY_EVENT;
}

static gboolean
is_ack (WireSioType type)
{
  return type == WIRE_SIO_ACK || type == WIRE_SIO_BINARY_ACK;
}

/* Digits without a leading zero, and not more than JavaScript counts exactly. */
static gboolean
take_number (WireSlice *text,
             guint64   *number)
{
  guint64 value = 0;
  gsize n = 0;

  while (n < text->length && g_ascii_isdigit (text->data[n]))
    {
      value = value * 10 + (guint64) (text->data[n++] - '0');
      if (value > WIRE_JSON_MAX_INTEGER)
        return FALSE;
    }

  if (n == 0 || (n > 1 && text->data[0] == '0'))
    return FALSE;

  text->data += n;
  text->length -= n;
  *number = value;

  return TRUE;
}

static gboolean
take_attachments (WireSlice  *text,
                  guint       max,
                  guint      *n_attachments,
                  GError    **error)
{
  guint64 number;

  if (!take_number (text, &number) || text->length == 0 || text->data[0] != '-')
    return refuse (error, "A Socket.IO packet has a wrong count of attachments");

  if (number > max)
    return refuse (error, "A Socket.IO packet has too many attachments");

  text->data++;
  text->length--;
  *n_attachments = (guint) number;

  return TRUE;
}

/* A namespace ends with a comma, or with the packet. */
static gboolean
take_namespace (WireSlice  *text,
                char      **path,
                GError    **error)
{
  const char *comma;
  gsize length;

  if (text->length == 0 || text->data[0] != '/')
    {
      *path = g_strdup (WIRE_SIO_MAIN_NAMESPACE);
      return TRUE;
    }

  comma = memchr (text->data, ',', text->length);
  length = comma ? (gsize) (comma - text->data) : text->length;

  if (length > WIRE_LIMIT_SIO_NAMESPACE_BYTES)
    return refuse (error, "A Socket.IO namespace is too long");

  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (text->data[i]))
      return refuse (error, "A Socket.IO namespace contains a control character");

  *path = g_strndup (text->data, length);
  length += comma != NULL;
  text->data += length;
  text->length -= length;

  return TRUE;
}

static gboolean
take_id (WireSlice      *text,
         WireSioPacket  *packet,
         GError        **error)
{
  packet->has_id = text->length > 0 && g_ascii_isdigit (text->data[0]);

  if (packet->has_id && (!take_number (text, &packet->id) ||
                         (!is_event (packet->type) && !is_ack (packet->type))))
    return refuse (error, "A Socket.IO packet has a wrong id");

  if (!packet->has_id && is_ack (packet->type))
    return refuse (error, "A Socket.IO ack has no id");

  return TRUE;
}

/* The first element of an event: a number, or a string that is not reserved. */
static gboolean
check_event_name (const WireJsonValue *value)
{
  g_autofree char *name = NULL;

  if (value->type == WIRE_JSON_NUMBER)
    return TRUE;

  if (value->type != WIRE_JSON_STRING)
    return FALSE;

  /* A name that contains a NUL is no reserved one, but no name either. */
  name = wire_json_dup_string (value);

  return name && !wire_sio_event_is_reserved (name);
}

static gboolean
check_json (WireSioType      type,
            const WireSlice *json,
            guint            max_depth)
{
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step;
  guint n_items = 0;

  if (!wire_json_reader_init (&reader, json->data, json->length, max_depth))
    return FALSE;

  while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
    if (n_items++ == 0 && is_event (type) && !check_event_name (&value))
      return FALSE;

  return step == WIRE_JSON_END && (n_items > 0 || !is_event (type));
}

/* The payload starts with its first character: nothing comes before or behind it. */
static gboolean
check_payload (WireSioType      type,
               const WireSlice *json,
               guint            max_depth)
{
  char first = json->length > 0 ? json->data[0] : '\0';

  if (json->length > 0 && g_ascii_isspace (json->data[json->length - 1]))
    return FALSE;

  switch (type)
    {
    case WIRE_SIO_CONNECT:
      return json->length == 0 || (first == '{' && check_json (type, json, max_depth));
    case WIRE_SIO_DISCONNECT:
      return json->length == 0;
    case WIRE_SIO_CONNECT_ERROR:
      return (first == '{' && check_json (type, json, max_depth)) ||
             (first == '"' && wire_json_is_valid (json->data, json->length, max_depth));
    case WIRE_SIO_EVENT:
    case WIRE_SIO_ACK:
    case WIRE_SIO_BINARY_EVENT:
    case WIRE_SIO_BINARY_ACK:
      return first == '[' && check_json (type, json, max_depth);
    }

  return FALSE;
}

static gboolean
take_payload (WireSlice            *text,
              WireSioPacket        *packet,
              guint                 n_attachments,
              const WireSioLimits  *limits,
              GError              **error)
{
  if (!check_payload (packet->type, text, MIN (limits->max_depth, WIRE_JSON_MAX_DEPTH)))
    return refuse (error, "The payload of a Socket.IO packet is not of its type");

  if (is_binary (packet->type))
    {
      if (!wire_sio_check_payload (text->data, text->length, n_attachments))
        return refuse (error, "Placeholders and attachments of a Socket.IO packet do not match");
      packet->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    }

  if (text->length > 0)
    packet->payload = g_bytes_new (text->data, text->length);

  return TRUE;
}

static WireSioPacket *
parse_packet (WireSlice             text,
              const WireSioLimits  *limits,
              guint                *n_attachments,
              GError              **error)
{
  g_autoptr(WireSioPacket) packet = g_new0 (WireSioPacket, 1);

  if (text.length == 0 || text.data[0] < '0' || text.data[0] > '0' + WIRE_SIO_BINARY_ACK)
    {
      refuse (error, "A Socket.IO packet has an unknown type");
      return NULL;
    }

  packet->type = (WireSioType) (text.data[0] - '0');
  text.data++;
  text.length--;
  *n_attachments = 0;

  if (is_binary (packet->type) &&
      !take_attachments (&text, limits->max_attachments, n_attachments, error))
    return NULL;

  if (!take_namespace (&text, &packet->namespace_path, error) || !take_id (&text, packet, error) ||
      !take_payload (&text, packet, *n_attachments, limits, error))
    return NULL;

  return g_steal_pointer (&packet);
}

static gboolean
count_bytes (WireSioDecoder       *self,
             const WireSioLimits  *limits,
             gsize                 length,
             GError              **error)
{
  if (length > limits->max_bytes || self->n_bytes > limits->max_bytes - length)
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                   "A Socket.IO packet is larger than %" G_GSIZE_FORMAT " bytes",
                   limits->max_bytes);
      return FALSE;
    }

  self->n_bytes += length;

  return TRUE;
}

/* Hands out what is whole. */
static WireSioStatus
finish (WireSioDecoder  *self,
        WireSioPacket  **packet)
{
  if (self->n_missing > 0)
    return WIRE_SIO_NEED_MORE;

  *packet = g_steal_pointer (&self->pending);
  self->n_bytes = 0;

  return WIRE_SIO_PACKET;
}

/**
 * wire_sio_decoder_feed_text:
 * @self: a decoder
 * @limits: what it lets through
 * @text: the data of an Engine.IO message of text, whose UTF-8 has been checked
 * @length: bytes of @text
 * @packet: (out) (transfer full): the packet, once it is whole
 * @error: return location for a %WIRE_ERROR
 *
 * Takes the text of a packet.
 *
 * Returns: what came of it; @packet is only set with %WIRE_SIO_PACKET
 */
WireSioStatus
wire_sio_decoder_feed_text (WireSioDecoder       *self,
                            const WireSioLimits  *limits,
                            const char           *text,
                            gsize                 length,
                            WireSioPacket       **packet,
                            GError              **error)
{
  if (self->pending)
    {
      refuse (error, "Text comes where an attachment is due");
      return WIRE_SIO_FAILED;
    }

  self->n_bytes = 0;

  if (!count_bytes (self, limits, length, error))
    return WIRE_SIO_FAILED;

  self->pending = parse_packet ((WireSlice) { text, length }, limits, &self->n_missing, error);

  return self->pending ? finish (self, packet) : WIRE_SIO_FAILED;
}

/**
 * wire_sio_decoder_feed_bytes:
 * @self: a decoder
 * @limits: what it lets through
 * @data: an Engine.IO message of bytes
 * @length: how many
 * @packet: (out) (transfer full): the packet, once it is whole
 * @error: return location for a %WIRE_ERROR
 *
 * Takes the next attachment of the packet that waits for it.
 *
 * Returns: what came of it; @packet is only set with %WIRE_SIO_PACKET
 */
WireSioStatus
wire_sio_decoder_feed_bytes (WireSioDecoder       *self,
                             const WireSioLimits  *limits,
                             const void           *data,
                             gsize                 length,
                             WireSioPacket       **packet,
                             GError              **error)
{
  if (!self->pending)
    {
      refuse (error, "An attachment comes where none is due");
      return WIRE_SIO_FAILED;
    }

  if (!count_bytes (self, limits, length, error))
    return WIRE_SIO_FAILED;

  g_ptr_array_add (self->pending->attachments, g_bytes_new (data, length));
  self->n_missing--;

  return finish (self, packet);
}

/**
 * wire_sio_decoder_clear:
 * @self: a decoder
 *
 * Forgets what has not become whole.
 */
void
wire_sio_decoder_clear (WireSioDecoder *self)
{
  g_clear_pointer (&self->pending, wire_sio_packet_free);
  self->n_missing = 0;
  self->n_bytes = 0;
}
