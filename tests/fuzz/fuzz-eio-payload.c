/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A body of the polling transport, its packets, and the same packets written
 * and read again.
 */

#include "config.h"

#include "wire-eio-request.h"
#include "wire-eio.h"

#include <stdint.h>
#include <string.h>

#define MAX_BYTES 100000

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

typedef struct
{
  WireEioType  type;
  gboolean     binary;
  GBytes      *data;
} Seen;

static void
seen_clear (gpointer data)
{
  Seen *seen = data;

  g_bytes_unref (seen->data);
}

/* Reads @body and tells whether all of it was packets. */
static gboolean
read_packets (const char *body,
              gsize       length,
              gsize       max_bytes,
              GArray     *packets)
{
  g_autofree char *copy = g_malloc (length + 1);
  g_autoptr(GError) error = NULL;
  WireEioPayload payload;
  WireEioPacket packet;
  WireEioStep step;

  memcpy (copy, body, length);

  if (!wire_eio_payload_init (&payload, copy, length, max_bytes, &error))
    {
      g_assert_nonnull (error);
      return FALSE;
    }

  while ((step = wire_eio_payload_next (&payload, &packet, &error)) == WIRE_EIO_STEP_PACKET)
    {
      Seen seen = { packet.type, packet.binary, g_bytes_new (packet.data, packet.length) };

      g_array_append_val (packets, seen);
    }

  g_assert_cmpint (error != NULL, ==, step == WIRE_EIO_STEP_FAILED);

  return step == WIRE_EIO_STEP_DONE;
}

static GString *
write_packets (const GArray *packets)
{
  GString *body = g_string_new (NULL);

  for (guint i = 0; i < packets->len; i++)
    {
      const Seen *seen = &g_array_index (packets, Seen, i);
      g_autoptr(GError) error = NULL;
      WireEioPacket packet = { .type = seen->type, .binary = seen->binary };
      gsize expected;

      packet.data = g_bytes_get_data (seen->data, &packet.length);
      expected = wire_eio_payload_add_up (&packet, body->len);
      wire_eio_payload_append (body, &packet, MAX_BYTES * 2, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (body->len, ==, expected);
    }

  return body;
}

static void
try_packet (const char *text,
            gsize       length)
{
  g_auto(WireEioOpen) open = { 0 };
  g_autoptr(GError) error = NULL;
  WireEioPacket packet;

  if (wire_eio_packet_parse (&packet, text, length, NULL) && packet.type == WIRE_EIO_OPEN &&
      !wire_eio_open_parse (&open, packet.data, packet.length, &error))
    g_assert_nonnull (error);
}

static void
try_query (const char *text,
           gsize       length)
{
  g_autofree char *query = g_strndup (text, length);
  g_auto(WireEioRequest) request = { 0 };
  WireEioRefusal refusal = WIRE_EIO_REFUSAL_FORBIDDEN;

  if (!wire_eio_request_parse (&request, "GET", query, FALSE, &refusal))
    g_assert_cmpint (refusal, !=, WIRE_EIO_REFUSAL_FORBIDDEN);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autoptr(GArray) first = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_autoptr(GArray) second = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_autoptr(GString) body = NULL;

  g_array_set_clear_func (first, seen_clear);
  g_array_set_clear_func (second, seen_clear);

  try_packet ((const char *) data, n_bytes);
  try_query ((const char *) data, n_bytes);

  if (!read_packets ((const char *) data, n_bytes, MAX_BYTES, first))
    return 0;

  body = write_packets (first);
  g_assert_true (read_packets (body->str, body->len, MAX_BYTES * 2, second));
  g_assert_cmpuint (first->len, ==, second->len);

  for (guint i = 0; i < first->len; i++)
    {
      const Seen *a = &g_array_index (first, Seen, i);
      const Seen *b = &g_array_index (second, Seen, i);

      g_assert_cmpint (a->type, ==, b->type);
      g_assert_cmpint (a->binary, ==, b->binary);
      g_assert_true (g_bytes_equal (a->data, b->data));
    }

  return 0;
}
