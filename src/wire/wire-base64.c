/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-base64"

#include "config.h"

#include "wire-base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static gboolean
is_digit (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

/**
 * wire_base64_is_valid:
 * @text: some text
 * @length: bytes of @text
 *
 * Returns: whether @text is base64 and nothing else: the standard alphabet without white space,
 *   padded to fours, with nothing hidden in the bits that are left over
 */
gboolean
wire_base64_is_valid (const char *text,
                      gsize       length)
{
  gsize n_pad = 0;
  gsize last;

  if (length % 4 != 0)
    return FALSE;

  while (n_pad < 2 && n_pad < length && text[length - 1 - n_pad] == '=')
    n_pad++;

  for (gsize i = 0; i < length - n_pad; i++)
    if (!is_digit (text[i]))
      return FALSE;

  if (n_pad == 0)
    return TRUE;

  last = (gsize) (strchr (alphabet, text[length - 1 - n_pad]) - alphabet);

  return (last & (n_pad == 1 ? 0x3 : 0xf)) == 0;
}

/**
 * wire_base64_get_length:
 * @n_bytes: a number of bytes
 *
 * Returns: how many characters they are as base64
 */
gsize
wire_base64_get_length (gsize n_bytes)
{
  return (n_bytes / 3 + (n_bytes % 3 != 0)) * 4;
}

/**
 * wire_base64_decode:
 * @text: valid base64
 * @length: bytes of @text
 * @bytes: (out caller-allocates): where to write; room for three quarters of @length. It may be
 *   @text itself: three bytes never reach beyond the four characters they came from
 *
 * Returns: how many bytes @text was
 */
gsize
wire_base64_decode (const char *text,
                    gsize       length,
                    guint8     *bytes)
{
  int state = 0;
  guint save = 0;

  return g_base64_decode_step (text, length, bytes, &state, &save);
}

/**
 * wire_base64_append:
 * @text: where to append
 * @data: some bytes
 * @n_bytes: how many
 *
 * Appends @data as base64.
 */
void
wire_base64_append (GString       *text,
                    gconstpointer  data,
                    gsize          n_bytes)
{
  gsize start = text->len;
  int state = 0;
  int save = 0;
  gsize n;

  /* GLib writes up to four characters more in the closing step. */
  g_string_set_size (text, start + wire_base64_get_length (n_bytes) + 4);
  n = g_base64_encode_step (data, n_bytes, FALSE, text->str + start, &state, &save);
  n += g_base64_encode_close (FALSE, text->str + start + n, &state, &save);
  g_string_truncate (text, start + n);
}
