/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-utf8"

#include "config.h"

#include "wire-utf8.h"

#include <string.h>

static gsize
skip_ascii (const guint8 *data,
            gsize         length)
{
  gsize n_skipped = 0;

  for (; length - n_skipped >= sizeof (guint64); n_skipped += sizeof (guint64))
    {
      guint64 word;

      memcpy (&word, data + n_skipped, sizeof word);

      if (word & G_GUINT64_CONSTANT (0x8080808080808080))
        break;
    }

  while (n_skipped < length && data[n_skipped] < 0x80)
    n_skipped++;

  return n_skipped;
}

/* RFC 3629 §4: the table of what may follow which first byte. */
static gboolean
start_character (WireUtf8 *self,
                 guint8    first)
{
  self->low = 0x80;
  self->high = 0xbf;

  if (first >= 0xc2 && first <= 0xdf)
    {
      self->n_left = 1;
      return TRUE;
    }

  if (first >= 0xe0 && first <= 0xef)
    {
      self->n_left = 2;
      if (first == 0xe0)
        self->low = 0xa0;
      else if (first == 0xed)
        self->high = 0x9f;
      return TRUE;
    }

  if (first >= 0xf0 && first <= 0xf4)
    {
      self->n_left = 3;
      if (first == 0xf0)
        self->low = 0x90;
      else if (first == 0xf4)
        self->high = 0x8f;
      return TRUE;
    }

  return FALSE;
}

/**
 * wire_utf8_feed:
 * @self: what was seen so far
 * @data: the next bytes
 * @length: how many
 *
 * Returns: %FALSE at the first byte that cannot be UTF-8; @self is then of no more use
 */
gboolean
wire_utf8_feed (WireUtf8     *self,
                const guint8 *data,
                gsize         length)
{
  gsize position = 0;

  while (position < length)
    {
      guint8 byte;

      if (self->n_left == 0)
        {
          position += skip_ascii (data + position, length - position);

          if (position == length)
            return TRUE;

          if (!start_character (self, data[position++]))
            return FALSE;
          continue;
        }

      byte = data[position++];

      if (byte < self->low || byte > self->high)
        return FALSE;

      self->low = 0x80;
      self->high = 0xbf;
      self->n_left--;
    }

  return TRUE;
}

/**
 * wire_utf8_is_whole:
 * @self: what was seen so far
 *
 * Returns: whether it does not end within a character
 */
gboolean
wire_utf8_is_whole (const WireUtf8 *self)
{
  return self->n_left == 0;
}

/**
 * wire_utf8_is_valid:
 * @data: some bytes
 * @length: how many
 *
 * Unlike g_utf8_validate() this takes U+0000 for the character that it is.
 *
 * Returns: whether they are UTF-8
 */
gboolean
wire_utf8_is_valid (const guint8 *data,
                    gsize         length)
{
  WireUtf8 utf8 = { 0 };

  return wire_utf8_feed (&utf8, data, length) && wire_utf8_is_whole (&utf8);
}
