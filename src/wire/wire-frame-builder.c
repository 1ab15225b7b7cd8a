/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-frame-builder"

#include "config.h"

#include "wire-frame-builder.h"

#include "wire-ws-frame.h"

#include <string.h>

/* The longest header of a frame without a mask. */
#define HEADER_ROOM 10

/**
 * wire_frame_begin:
 * @n_bytes_expected: how long the JSON will about be
 *
 * Returns: (transfer full): where to append the JSON; it is not empty, so only append
 */
GString *
wire_frame_begin (gsize n_bytes_expected)
{
  GString *json = g_string_sized_new (HEADER_ROOM + n_bytes_expected);

  g_string_append_len (json, "\0\0\0\0\0\0\0\0\0\0", HEADER_ROOM);

  return json;
}

/**
 * wire_frame_end:
 * @json: (transfer full): what wire_frame_begin() gave, with the JSON appended
 *
 * Returns: (transfer full): a whole unmasked text frame, ready to be shared by all its
 *   receivers; nothing was copied
 */
GBytes *
wire_frame_end (GString *json)
{
  guint8 header[WIRE_WS_MAX_HEADER];
  gsize length = json->len - HEADER_ROOM;
  gsize header_length = wire_ws_write_header (header, WIRE_WS_TEXT, TRUE, length, NULL);
  char *block = g_string_free_and_steal (json);
  char *frame = block + HEADER_ROOM - header_length;

  memcpy (frame, header, header_length);

  return g_bytes_new_with_free_func (frame, header_length + length, g_free, block);
}
