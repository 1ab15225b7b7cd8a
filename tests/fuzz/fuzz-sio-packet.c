/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A body of the polling transport as the messages of one connection: Socket.IO packets and their
 * attachments, the same packets written and read again, and their bytes as JSON and back.
 */

#include "config.h"

#include "wire-error.h"
#include "wire-sio.h"
#include "wire-ws-frame.h"

#include <stdint.h>
#include <string.h>

#define MAX_BYTES 100000

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

static const WireSioLimits limits = { 10, MAX_BYTES, 64 };

static GPtrArray *
decode_all (const char *body,
            gsize       length)
{
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify) wire_sio_packet_free);
  g_autofree char *copy = g_malloc (length + 1);
  g_auto(WireSioDecoder) decoder = { 0 };
  WireEioPayload payload;
  WireEioPacket message;
  WireSioStatus status = WIRE_SIO_NEED_MORE;

  memcpy (copy, body, length);

  if (!wire_eio_payload_init (&payload, copy, length, MAX_BYTES * 4, NULL))
    return packets;

  while (status != WIRE_SIO_FAILED &&
         wire_eio_payload_next (&payload, &message, NULL) == WIRE_EIO_STEP_PACKET)
    {
      WireSioPacket *packet = NULL;
      g_autoptr(GError) error = NULL;

      if (message.binary)
        status = wire_sio_decoder_feed_bytes (&decoder, &limits, message.data, message.length,
                                              &packet, &error);
      else
        status = wire_sio_decoder_feed_text (&decoder, &limits, message.data, message.length,
                                             &packet, &error);

      g_assert_cmpint (status == WIRE_SIO_FAILED, ==, error != NULL);
      g_assert_cmpint (status == WIRE_SIO_PACKET, ==, packet != NULL);
      if (packet)
        g_ptr_array_add (packets, packet);
    }

  return packets;
}

static gboolean
bytes_are_equal (GBytes *a,
                 GBytes *b)
{
  return a && b ? g_bytes_equal (a, b) : a == b;
}

static void
assert_same (const WireSioPacket *a,
             const WireSioPacket *b)
{
  g_assert_cmpint (a->type, ==, b->type);
  g_assert_cmpstr (a->namespace_path, ==, b->namespace_path);
  g_assert_cmpint (a->has_id, ==, b->has_id);
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_true (bytes_are_equal (a->payload, b->payload));
  g_assert_cmpuint (a->attachments ? a->attachments->len : 0, ==,
                    b->attachments ? b->attachments->len : 0);

  for (guint i = 0; a->attachments && i < a->attachments->len; i++)
    g_assert_true (g_bytes_equal (a->attachments->pdata[i], b->attachments->pdata[i]));
}

/* As a body of the polling transport. */
static GString *
print (const WireSioPacket *packet)
{
  GString *body = g_string_new (NULL);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  WireEioPacket message = { .type = WIRE_EIO_MESSAGE };

  wire_sio_packet_append (packet, text);
  message.data = text->str;
  message.length = text->len;
  wire_eio_payload_append (body, &message, G_MAXSIZE, &error);

  message.binary = TRUE;
  for (guint i = 0; !error && packet->attachments && i < packet->attachments->len; i++)
    {
      message.data = g_bytes_get_data (packet->attachments->pdata[i], &message.length);
      wire_eio_payload_append (body, &message, G_MAXSIZE, &error);
    }

  /* A namespace or a payload with a separator in it came from a body, so it has none. */
  g_assert_no_error (error);

  return body;
}

static void
check_round_trip (const WireSioPacket *packet)
{
  g_autoptr(GString) body = print (packet);
  g_autoptr(GPtrArray) again = NULL;
  g_autoptr(GBytes) frames = wire_sio_packet_to_frames (packet);
  g_autofree char *event = wire_sio_packet_dup_event (packet);

  again = decode_all (body->str, body->len);
  g_assert_cmpuint (again->len, ==, 1);
  assert_same (packet, again->pdata[0]);
  g_assert_cmpuint (g_bytes_get_size (frames), >, 2);
}

static void
check_json (const WireSioPacket *packet)
{
  g_autoptr(WireSioPacket) back = NULL;
  g_autoptr(GBytes) json = NULL;
  g_autoptr(GBytes) again = NULL;

  if (packet->type != WIRE_SIO_EVENT && packet->type != WIRE_SIO_BINARY_EVENT)
    return;

  json = wire_sio_packet_dup_json (packet);
  g_assert_true (wire_json_is_valid (g_bytes_get_data (json, NULL), g_bytes_get_size (json), 64));

  /* What came in by Socket.IO can always leave by it. */
  back = wire_sio_packet_new (WIRE_SIO_EVENT, packet->namespace_path, NULL);
  wire_sio_packet_take_json (back, json, limits.max_attachments);
  again = wire_sio_packet_dup_json (back);
  g_assert_true (g_bytes_equal (json, again));

  /* And any JSON gives a packet that a receiver takes. */
  g_clear_pointer (&back, wire_sio_packet_free);
  back = wire_sio_packet_new (WIRE_SIO_EVENT, packet->namespace_path, NULL);
  wire_sio_packet_take_json (back, packet->payload, limits.max_attachments);
  check_round_trip (back);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autoptr(GPtrArray) packets = NULL;

  if (n_bytes > MAX_BYTES)
    return 0;

  packets = decode_all ((const char *) data, n_bytes);

  for (guint i = 0; i < packets->len; i++)
    {
      check_round_trip (packets->pdata[i]);
      check_json (packets->pdata[i]);
    }

  return 0;
}
