/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-sio"

#include "config.h"

#include "wire-sio.h"

#include "wire-ws-frame.h"

#include <string.h>

/* Socket.IO keeps these for itself: no peer may send or be sent an event of that name. */
static const char *const reserved[] = {
  "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
};

/**
 * wire_sio_packet_new:
 * @type: its type
 * @namespace_path: "/" or another namespace
 * @payload: (nullable): its JSON, of the shape that @type asks for
 *
 * Returns: (transfer full): a packet without id and attachments
 */
WireSioPacket *
wire_sio_packet_new (WireSioType  type,
                     const char  *namespace_path,
                     GBytes      *payload)
{
  WireSioPacket *self = g_new0 (WireSioPacket, 1);

  self->type = type;
  self->namespace_path = g_strdup (namespace_path);
  self->payload = payload ? g_bytes_ref (payload) : NULL;

  return self;
}

/**
 * wire_sio_packet_free:
 * @self: (transfer full): a packet
 *
 * Frees @self.
 */
void
wire_sio_packet_free (WireSioPacket *self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_free (self->namespace_path);
  g_free (self);
}

/**
 * wire_sio_event_is_reserved:
 * @event: the name of an event
 *
 * Returns: whether Socket.IO keeps @event for itself
 */
gboolean
wire_sio_event_is_reserved (const char *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (strcmp (reserved[i], event) == 0)
      return TRUE;

  return FALSE;
}

/**
 * wire_sio_packet_dup_event:
 * @self: a packet that was decoded
 *
 * Returns: (transfer full) (nullable): the name of the event, the first element of its payload;
 *   %NULL if @self is no event, or if the name is a number, which the protocol allows
 */
char *
wire_sio_packet_dup_event (const WireSioPacket *self)
{
  WireJsonReader reader;
  WireJsonValue name;
  gsize length;
  const char *json;

  if (self->type != WIRE_SIO_EVENT && self->type != WIRE_SIO_BINARY_EVENT)
    return NULL;

  json = g_bytes_get_data (self->payload, &length);

  if (!wire_json_reader_init (&reader, json, length, WIRE_JSON_MAX_DEPTH) ||
      wire_json_reader_next (&reader, &name) != WIRE_JSON_ITEM || name.type != WIRE_JSON_STRING)
    return NULL;

  return wire_json_dup_string (&name);
}

/**
 * wire_sio_packet_append:
 * @self: a packet
 * @text: where to append
 *
 * Appends the text of @self as it stands in an Engine.IO message packet. Its attachments follow as
 * packets of their own.
 */
void
wire_sio_packet_append (const WireSioPacket *self,
                        GString             *text)
{
  g_string_append_c (text, (char) ('0' + self->type));

  if (self->type == WIRE_SIO_BINARY_EVENT || self->type == WIRE_SIO_BINARY_ACK)
    g_string_append_printf (text, "%u-", self->attachments ? self->attachments->len : 0);

  if (strcmp (self->namespace_path, WIRE_SIO_MAIN_NAMESPACE) != 0)
    g_string_append_printf (text, "%s,", self->namespace_path);

  if (self->has_id)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, self->id);

  if (self->payload)
    {
      gsize length;
      const char *json = g_bytes_get_data (self->payload, &length);

      g_string_append_len (text, json, (gssize) length);
    }
}

static GString *
print_message (const WireSioPacket *self)
{
  gsize length = self->payload ? g_bytes_get_size (self->payload) : 0;
  GString *text = g_string_sized_new (length + 64);

  g_string_append_c (text, '0' + WIRE_EIO_MESSAGE);
  wire_sio_packet_append (self, text);

  return text;
}

static void
append_frame (GByteArray    *frames,
              WireWsOpcode   opcode,
              gconstpointer  data,
              gsize          length)
{
  guint8 header[WIRE_WS_MAX_HEADER];
  gsize n = wire_ws_write_header (header, opcode, TRUE, length, NULL);

  g_byte_array_append (frames, header, (guint) n);
  if (length > 0)
    g_byte_array_append (frames, data, (guint) length);
}

/**
 * wire_sio_packet_to_frames:
 * @self: a packet
 *
 * Returns: (transfer full): the unmasked WebSocket frames of a server that carry @self, one behind
 *   the other in one block, so that nothing comes between a packet and its attachments
 */
GBytes *
wire_sio_packet_to_frames (const WireSioPacket *self)
{
  g_autoptr(GString) text = print_message (self);
  GByteArray *frames = g_byte_array_sized_new ((guint) text->len + WIRE_WS_MAX_HEADER);

  append_frame (frames, WIRE_WS_TEXT, text->str, text->len);

  for (guint i = 0; self->attachments && i < self->attachments->len; i++)
    {
      gsize length;
      gconstpointer data = g_bytes_get_data (self->attachments->pdata[i], &length);

      append_frame (frames, WIRE_WS_BINARY, data, length);
    }

  return g_byte_array_free_to_bytes (frames);
}
