/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-ws-frame"

#include "config.h"

#include "wire-ws-frame.h"

#include <string.h>

/* The sending half of a WebSocket, and what both halves share: RFC 6455 §5. */

/**
 * wire_ws_mask:
 * @data: (inout): bytes to mask or unmask in place
 * @length: how many
 * @mask: the key
 * @offset: how many bytes of the payload came before @data
 *
 * RFC 6455 §5.3; doing it twice undoes it.
 */
void
wire_ws_mask (guint8       *data,
              gsize         length,
              const guint8  mask[4],
              gsize         offset)
{
  guint8 turned[8];
  guint64 key;
  gsize position = 0;

  for (guint i = 0; i < sizeof turned; i++)
    turned[i] = mask[(offset + i) % 4];

  memcpy (&key, turned, sizeof key);

  for (; length - position >= sizeof key; position += sizeof key)
    {
      guint64 word;

      memcpy (&word, data + position, sizeof word);
      word ^= key;
      memcpy (data + position, &word, sizeof word);
    }

  for (; position < length; position++)
    data[position] ^= turned[position % 8];
}

/**
 * wire_ws_write_header:
 * @header: (out caller-allocates): where to write it
 * @opcode: what the frame is
 * @fin: whether it is the last fragment of its message
 * @length: bytes of payload
 * @mask: (nullable): the key, at a client; %NULL at the server
 *
 * Writes the header of a frame (RFC 6455 §5.2), with the length in as few bytes as it
 * takes.
 *
 * Returns: the length of the header
 */
gsize
wire_ws_write_header (guint8        header[WIRE_WS_MAX_HEADER],
                      WireWsOpcode  opcode,
                      gboolean      fin,
                      guint64       length,
                      const guint8 *mask)
{
  guint n_length_bytes = length < 126 ? 0 : length <= G_MAXUINT16 ? 2 : 8;
  gsize position = 2;

  header[0] = (guint8) ((fin ? 0x80 : 0) | opcode);
  header[1] = mask ? 0x80 : 0;
  header[1] |= n_length_bytes == 0 ? (guint8) length : n_length_bytes == 2 ? 126 : 127;

  for (guint i = n_length_bytes; i > 0; i--)
    header[position++] = (guint8) (length >> (8 * (i - 1)));

  if (mask)
    {
      memcpy (header + position, mask, 4);
      position += 4;
    }

  return position;
}

/**
 * wire_ws_frame_new:
 * @opcode: what the frame is
 * @data: its payload
 * @length: how many bytes
 *
 * Returns: (transfer full): a whole unmasked frame in one block, ready to be shared by
 *   all its receivers
 */
GBytes *
wire_ws_frame_new (WireWsOpcode  opcode,
                   const void   *data,
                   gsize         length)
{
  guint8 header[WIRE_WS_MAX_HEADER];
  gsize header_length = wire_ws_write_header (header, opcode, TRUE, length, NULL);
  guint8 *frame = g_malloc (header_length + length);

  memcpy (frame, header, header_length);
  if (length > 0)
    memcpy (frame + header_length, data, length);

  return g_bytes_new_take (frame, header_length + length);
}

/**
 * wire_ws_close_frame_new:
 * @code: why; 1005 for a frame without a code
 * @reason: (nullable): in words; what is over 123 bytes is cut off
 *
 * Returns: (transfer full): a whole unmasked close frame (RFC 6455 §5.5.1)
 */
GBytes *
wire_ws_close_frame_new (guint16     code,
                         const char *reason)
{
  guint8 payload[WIRE_WS_MAX_CONTROL];
  gsize length = 0;

  if (code != WIRE_WS_CLOSE_NO_STATUS)
    {
      payload[length++] = (guint8) (code >> 8);
      payload[length++] = (guint8) code;
    }

  if (length > 0 && reason)
    {
      gsize n_wanted = strlen (reason);
      gsize n_taken = MIN (n_wanted, sizeof payload - length);

      /* Not within a character. */
      while (n_taken < n_wanted && n_taken > 0 && (reason[n_taken] & 0xc0) == 0x80)
        n_taken--;

      memcpy (payload + length, reason, n_taken);
      length += n_taken;
    }

  return wire_ws_frame_new (WIRE_WS_CLOSE, payload, length);
}

/**
 * wire_ws_close_code_ok:
 * @code: a code from a close frame
 *
 * Returns: whether a peer may send it (RFC 6455 §7.4 and the IANA registry)
 */
gboolean
wire_ws_close_code_ok (guint code)
{
  return (code >= 1000 && code <= 1003) ||
         (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}
