/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "raw-peer.h"

#include <string.h>

#define NO_CLOSE_CODE 1005

/**
 * raw_peer_make_frame:
 * @first: FIN, reserved bits and opcode
 * @masked: as a client has to; FALSE: as none may
 * @data: the payload
 * @length: its bytes
 *
 * Returns: (transfer full): a frame (RFC 6455 §5.2)
 */
GBytes *
raw_peer_make_frame (guint8      first,
                     gboolean    masked,
                     const void *data,
                     gsize       length)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  GByteArray *frame = g_byte_array_sized_new ((guint) length + 14);
  guint8 mask_bit = masked ? 0x80 : 0;
  guint64 long_length = GUINT64_TO_BE (length);
  guint8 second;

  g_byte_array_append (frame, &first, 1);

  if (length < 126)
    {
      second = mask_bit | (guint8) length;
      g_byte_array_append (frame, &second, 1);
    }
  else
    {
      gsize n_bytes = length < 65536 ? 2 : 8;

      second = mask_bit | (n_bytes == 2 ? 126 : 127);
      g_byte_array_append (frame, &second, 1);
      g_byte_array_append (frame, (guint8 *) &long_length + 8 - n_bytes, (guint) n_bytes);
    }

  if (masked)
    g_byte_array_append (frame, mask, sizeof mask);

  g_byte_array_append (frame, data, (guint) length);
  for (gsize i = 0; masked && i < length; i++)
    frame->data[frame->len - length + i] ^= mask[i % 4];

  return g_byte_array_free_to_bytes (frame);
}

gboolean
raw_peer_send_frame (RawPeer    *self,
                     guint8      first,
                     const void *data,
                     gsize       length)
{
  g_autoptr(GBytes) frame = raw_peer_make_frame (first, TRUE, data, length);

  return raw_peer_write (self, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

/**
 * raw_peer_send:
 * @self: a peer
 * @text: one text message
 *
 * Returns: %FALSE if the connection broke
 */
gboolean
raw_peer_send (RawPeer    *self,
               const char *text)
{
  return raw_peer_send_frame (self, RAW_PEER_TEXT, text, strlen (text));
}

gboolean
raw_peer_sendf (RawPeer    *self,
                const char *format,
                ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  return raw_peer_send (self, text);
}

/* Takes a frame off the unread bytes, if there is a whole one. */
static gboolean
take_frame (RawPeer      *self,
            RawPeerFrame *frame)
{
  GByteArray *unread = raw_peer_get_unread (self);
  guint64 length;
  gsize header = 2;
  char *payload;

  if (unread->len < header)
    return FALSE;

  /* RFC 6455 §5.1: a server never masks. */
  g_assert_cmphex (unread->data[1] & 0x80, ==, 0);
  length = unread->data[1];

  if (length >= 126)
    {
      gsize n_bytes = length == 126 ? 2 : 8;

      header += n_bytes;
      if (unread->len < header)
        return FALSE;
      length = 0;
      for (gsize i = 2; i < header; i++)
        length = length << 8 | unread->data[i];
    }

  if (unread->len - header < length)
    return FALSE;

  payload = g_malloc (length + 1);
  memcpy (payload, unread->data + header, length);
  payload[length] = '\0';

  *frame = (RawPeerFrame) { unread->data[0], g_bytes_new_take (payload, length), 0 };
  if (frame->first == RAW_PEER_CLOSE)
    frame->close_code = length < 2 ? NO_CLOSE_CODE
                                   : (guint16) ((guint8) payload[0] << 8 | (guint8) payload[1]);
  g_byte_array_remove_range (unread, 0, (guint) (header + length));

  return TRUE;
}

/**
 * raw_peer_receive:
 * @self: a peer
 * @timeout_ms: how long to wait
 * @frame: (out caller-allocates): what came; to be cleared
 *
 * Waits for a whole frame of any kind.
 *
 * Returns: what came of it
 */
RawPeerStatus
raw_peer_receive (RawPeer      *self,
                  guint         timeout_ms,
                  RawPeerFrame *frame)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  *frame = (RawPeerFrame) { 0 };

  while (!take_frame (self, frame))
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      RawPeerStatus status = raw_peer_fill (self, left_us > 0 ? (guint) (left_us / 1000) : 0);

      if (status != RAW_PEER_GOT_FRAME)
        return status;
    }

  return RAW_PEER_GOT_FRAME;
}

void
raw_peer_frame_clear (RawPeerFrame *frame)
{
  g_clear_pointer (&frame->payload, g_bytes_unref);
}

/**
 * raw_peer_await_close:
 * @self: a peer
 * @timeout_ms: how long to wait
 *
 * Passes over everything up to a close frame.
 *
 * Returns: its code; 0 if there was none, but an end; 1 if neither came in time
 */
guint16
raw_peer_await_close (RawPeer *self,
                      guint    timeout_ms)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  for (;;)
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      g_auto(RawPeerFrame) frame = { 0 };
      RawPeerStatus status;

      status = raw_peer_receive (self, left_us > 0 ? (guint) (left_us / 1000) : 0, &frame);
      if (status != RAW_PEER_GOT_FRAME)
        return status == RAW_PEER_GOT_END ? 0 : 1;
      if (frame.first == RAW_PEER_CLOSE)
        return frame.close_code;
    }
}
