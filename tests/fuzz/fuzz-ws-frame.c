/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A stream of WebSocket frames, cut anywhere. However it is cut the same messages come out,
 * and those, written as frames, are read as the same again.
 *
 * The first byte says which end reads, the second how the rest is cut.
 */

#include "config.h"

#include "wire-ws-reader.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

/* What came out, as frames of the server, and how it ended. */
typedef struct
{
  GByteArray *frames;
  guint16     failed_code;
} Outcome;

static void
note (Outcome             *outcome,
      WireWsStatus         status,
      const WireWsMessage *message)
{
  g_autoptr(GBytes) frame = NULL;
  guint8 payload[WIRE_WS_MAX_CONTROL];

  if (status == WIRE_WS_FAILED)
    {
      outcome->failed_code = message->close_code;
      g_assert_nonnull (message->reason);
      return;
    }

  if (message->opcode == WIRE_WS_CLOSE && message->close_code != WIRE_WS_CLOSE_NO_STATUS)
    {
      g_assert_true (wire_ws_close_code_ok (message->close_code));
      payload[0] = (guint8) (message->close_code >> 8);
      payload[1] = (guint8) message->close_code;
      memcpy (payload + 2, message->data, message->length);
      frame = wire_ws_frame_new (message->opcode, payload, message->length + 2);
    }
  else
    {
      frame = wire_ws_frame_new (message->opcode, message->data, message->length);
    }

  if (message->opcode == WIRE_WS_TEXT)
    g_assert_true (wire_utf8_is_valid (message->data, message->length));

  g_byte_array_append (outcome->frames, g_bytes_get_data (frame, NULL),
                       (guint) g_bytes_get_size (frame));
}

static void
read_piece (WireWsReader              *reader,
            const WireWsReaderOptions *options,
            const guint8              *data,
            gsize                      length,
            Outcome                   *outcome)
{
  g_autofree guint8 *copy = g_memdup2 (data, length);
  guint8 *next = copy;
  WireWsStatus status = WIRE_WS_NEED_MORE;

  do
    {
      WireWsMessage message;
      gsize used = 0;

      status = wire_ws_reader_feed (reader, options, next, length, &used, &message);
      g_assert_cmpuint (used, <=, length);
      next += used;
      length -= used;

      if (status != WIRE_WS_NEED_MORE)
        note (outcome, status, &message);
    }
  while (status == WIRE_WS_MESSAGE || status == WIRE_WS_CONTROL);

  if (status == WIRE_WS_NEED_MORE)
    g_assert_cmpuint (length, ==, 0);
}

static void
read_all (const WireWsReaderOptions *options,
          const guint8              *data,
          gsize                      length,
          guint8                     cut,
          Outcome                   *outcome)
{
  g_auto(WireWsReader) reader = { 0 };

  outcome->frames = g_byte_array_new ();
  outcome->failed_code = 0;

  while (length > 0 && outcome->failed_code == 0)
    {
      gsize n_taken = MIN (length, cut == 0 ? length : 1 + cut % 61u);

      read_piece (&reader, options, data, n_taken, outcome);
      data += n_taken;
      length -= n_taken;
      cut = cut == 0 ? 0 : (guint8) MAX (1, cut * 5u + 1);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  WireWsReaderOptions options = { .max_message_bytes = 5000, .max_fragments = 20 };
  Outcome whole;
  Outcome cut;
  Outcome again;

  if (n_bytes < 2)
    return 0;

  options.expect_masked = (data[0] & 1) != 0;
  read_all (&options, data + 2, n_bytes - 2, 0, &whole);
  read_all (&options, data + 2, n_bytes - 2, (guint8) MAX (1, data[1]), &cut);
  g_assert_cmpmem (whole.frames->data, whole.frames->len, cut.frames->data, cut.frames->len);
  g_assert_cmpint (whole.failed_code, ==, cut.failed_code);

  options.expect_masked = FALSE;
  read_all (&options, whole.frames->data, whole.frames->len, 0, &again);
  g_assert_cmpmem (whole.frames->data, whole.frames->len, again.frames->data, again.frames->len);
  g_assert_cmpint (again.failed_code, ==, 0);

  g_byte_array_unref (whole.frames);
  g_byte_array_unref (cut.frames);
  g_byte_array_unref (again.frames);

  return 0;
}
