/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-json-value"

#include "config.h"

#include "wire-json-private.h"

#include <string.h>

/* What a value holds that a reader has found. */

/* Returns the number that four digits are, or -1. */
int
wire_json_read_hex4 (const char *next,
                     const char *end)
{
  int code = 0;

  if (end - next < 4)
    return -1;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (next[i]);

      if (digit < 0)
        return -1;

      code = code << 4 | digit;
    }

  return code;
}

static void
append_escape (GString     *text,
               const char **next,
               const char  *end)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  char escape = *(*next)++;
  int code;

  if (escape != 'u')
    {
      g_string_append_c (text, to[strchr (from, escape) - from]);
      return;
    }

  code = wire_json_read_hex4 (*next, end);
  *next += 4;

  if (code >= 0xd800 && code <= 0xdbff)
    {
      int low = wire_json_read_hex4 (*next + 2, end);

      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      *next += 6;
    }

  g_string_append_unichar (text, (gunichar) code);
}

/* A piece that was found valid. */
static char *
unescape (const WireSlice *raw)
{
  g_autoptr(GString) text = NULL;
  const char *next = raw->data;
  const char *end = next + raw->length;

  if (!memchr (next, '\\', raw->length))
    return g_strndup (raw->data, raw->length);

  text = g_string_sized_new (raw->length);

  while (next < end)
    {
      const char *escape = memchr (next, '\\', (gsize) (end - next));

      g_string_append_len (text, next, (escape ? escape : end) - next);

      if (!escape)
        break;

      next = escape + 1;
      append_escape (text, &next, end);
    }

  if (strlen (text->str) != text->len)
    return NULL;

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * wire_json_key_equals:
 * @value: a member of an object
 * @key: what its key may be; plain ASCII
 * @length: bytes of @key
 *
 * Returns: whether it is, however it was escaped
 */
gboolean
wire_json_key_equals (const WireJsonValue *value,
                      const char          *key,
                      gsize                length)
{
  g_autofree char *plain = NULL;

  if (value->key.length == length)
    return memcmp (value->key.data, key, length) == 0;

  /* An escape makes a key longer, never shorter. */
  if (value->key.length < length || !memchr (value->key.data, '\\', value->key.length))
    return FALSE;

  plain = unescape (&value->key);

  return g_strcmp0 (plain, key) == 0;
}

/**
 * wire_json_dup_string:
 * @value: a value
 *
 * Returns: (transfer full) (nullable): the string it is; %NULL if it is something else, or
 *   if U+0000 is in it
 */
char *
wire_json_dup_string (const WireJsonValue *value)
{
  return value->type == WIRE_JSON_STRING ? unescape (&value->raw) : NULL;
}

/**
 * wire_json_get_whole:
 * @value: a value
 *
 * Returns: where it stands in its text, a string with its quotes
 */
WireSlice
wire_json_get_whole (const WireJsonValue *value)
{
  gsize n_quotes = value->type == WIRE_JSON_STRING ? 1 : 0;
  WireSlice whole = { value->raw.data - n_quotes, value->raw.length + 2 * n_quotes };

  return whole;
}

/**
 * wire_json_get_integer:
 * @value: a value
 * @number: (out): the number; untouched on failure
 *
 * Returns: %FALSE if it is not written as an integer from 0 to 2⁵³ − 1
 */
gboolean
wire_json_get_integer (const WireJsonValue *value,
                       guint64             *number)
{
  guint64 sum = 0;

  /* 2⁵³ has 16 digits. */
  if (value->type != WIRE_JSON_NUMBER || value->raw.length > 16)
    return FALSE;

  for (gsize i = 0; i < value->raw.length; i++)
    {
      if (!g_ascii_isdigit (value->raw.data[i]))
        return FALSE;

      sum = sum * 10 + (guint64) (value->raw.data[i] - '0');
    }

  if (sum > WIRE_JSON_MAX_INTEGER)
    return FALSE;

  *number = sum;

  return TRUE;
}
