/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-uuid"

#include "config.h"

#include "base-uuid.h"

#include "base-random.h"
#include "base-siphash.h"

#include <string.h>

static gboolean
is_hyphen_at (gsize position)
{
  return position == 8 || position == 13 || position == 18 || position == 23;
}

/**
 * base_uuid_parse:
 * @self: (out caller-allocates): the id; untouched on failure
 * @text: the form with hyphens of RFC 9562 §4, in either case
 * @length: bytes of @text, or -1 if it ends with a zero
 *
 * Any version and variant is accepted.
 *
 * Returns: %FALSE if @text is not a UUID
 */
gboolean
base_uuid_parse (BaseUuid   *self,
                 const char *text,
                 gssize      length)
{
  BaseUuid parsed;
  guint n_digits = 0;

  if (length < 0)
    length = (gssize) strlen (text);

  if (length != BASE_UUID_STRING_LENGTH)
    return FALSE;

  for (gsize i = 0; i < BASE_UUID_STRING_LENGTH; i++)
    {
      int digit;

      if (is_hyphen_at (i))
        {
          if (text[i] != '-')
            return FALSE;
          continue;
        }

      digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return FALSE;

      if (n_digits % 2 == 0)
        parsed.bytes[n_digits / 2] = (guint8) (digit << 4);
      else
        parsed.bytes[n_digits / 2] |= (guint8) digit;
      n_digits++;
    }

  *self = parsed;

  return TRUE;
}

/**
 * base_uuid_format:
 * @self: an id
 * @text: (out caller-allocates): where to write it, in lower case, ending with a zero
 */
void
base_uuid_format (const BaseUuid *self,
                  char            text[BASE_UUID_STRING_LENGTH + 1])
{
  static const char digits[] = "0123456789abcdef";
  char *next = text;

  for (guint i = 0; i < sizeof self->bytes; i++)
    {
      if (is_hyphen_at ((gsize) (next - text)))
        *next++ = '-';

      *next++ = digits[self->bytes[i] >> 4];
      *next++ = digits[self->bytes[i] & 0xf];
    }

  *next = '\0';
}

static void
set_version (BaseUuid *self,
             guint     version)
{
  self->bytes[6] = (guint8) ((self->bytes[6] & 0x0f) | version << 4);
  self->bytes[8] = (guint8) ((self->bytes[8] & 0x3f) | 0x80);
}

/**
 * base_uuid_make_v4:
 * @self: (out caller-allocates): a new random id (RFC 9562 §5.4)
 */
void
base_uuid_make_v4 (BaseUuid *self)
{
  base_random_fill (self->bytes, sizeof self->bytes);
  set_version (self, 4);
}

/**
 * base_uuid_make_v7:
 * @self: (out caller-allocates): a new id that sorts by time (RFC 9562 §5.7)
 * @at_ms: the time, in milliseconds since the epoch
 *
 * Ids of one millisecond are in no order among themselves.
 */
void
base_uuid_make_v7 (BaseUuid *self,
                   guint64   at_ms)
{
  base_random_fill (self->bytes + 6, sizeof self->bytes - 6);

  for (guint i = 0; i < 6; i++)
    self->bytes[i] = (guint8) (at_ms >> (40 - 8 * i));

  set_version (self, 7);
}

/**
 * base_uuid_equal:
 * @a: (type BaseUuid): an id
 * @b: (type BaseUuid): another
 *
 * Returns: whether they are the same; a #GEqualFunc
 */
gboolean
base_uuid_equal (gconstpointer a,
                 gconstpointer b)
{
  return memcmp (a, b, sizeof (BaseUuid)) == 0;
}

/**
 * base_uuid_hash:
 * @self: (type BaseUuid): an id
 *
 * Keyed anew in each process: nobody can make ids that collide in a table of ours.
 *
 * Returns: a hash value; a #GHashFunc
 */
guint
base_uuid_hash (gconstpointer self)
{
  static BaseSiphashKey key;
  static gsize keyed;

  if (g_once_init_enter (&keyed))
    {
      base_random_fill (&key, sizeof key);
      g_once_init_leave (&keyed, 1);
    }

  return (guint) base_siphash (&key, self, sizeof (BaseUuid));
}
