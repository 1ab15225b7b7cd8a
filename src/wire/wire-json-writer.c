/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-json-writer"

#include "config.h"

#include "wire-json.h"

#include <string.h>

/* Appends JSON to a string. There is no state: commas and brackets are the caller's. */

static void
append_escaped (GString *json,
                guint8   byte)
{
  switch (byte)
    {
    case '"':
      g_string_append_len (json, "\\\"", 2);
      break;
    case '\\':
      g_string_append_len (json, "\\\\", 2);
      break;
    case '\n':
      g_string_append_len (json, "\\n", 2);
      break;
    case '\r':
      g_string_append_len (json, "\\r", 2);
      break;
    case '\t':
      g_string_append_len (json, "\\t", 2);
      break;
    default:
      g_string_append_printf (json, "\\u%04x", byte);
      break;
    }
}

/**
 * wire_json_append_string:
 * @json: where to append
 * @text: UTF-8
 *
 * Appends @text with quotes, escaped as far as it has to be.
 */
void
wire_json_append_string (GString    *json,
                         const char *text)
{
  const char *plain = text;

  g_string_append_c (json, '"');

  for (const char *next = text; *next; next++)
    {
      guint8 byte = (guint8) *next;

      if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != '%')
        continue;

      g_string_append_len (json, plain, next - plain);
      append_escaped (json, byte);
      plain = next + 1;
    }

  g_string_append (json, plain);
  g_string_append_c (json, '"');
}

/**
 * wire_json_append_raw:
 * @json: where to append
 * @data: valid JSON
 * @length: bytes of @data
 *
 * Appends @data as it is, except that each `%` becomes `\u0025`: in valid JSON it can only
 * stand in a string, and never behind a backslash.
 */
void
wire_json_append_raw (GString    *json,
                      const char *data,
                      gsize       length)
{
  while (length > 0)
    {
      const char *percent = memchr (data, '%', length);
      gsize n_plain = percent ? (gsize) (percent - data) : length;

      g_string_append_len (json, data, (gssize) n_plain);

      if (!percent)
        return;

      g_string_append_len (json, "\\u0025", 6);
      data += n_plain + 1;
      length -= n_plain + 1;
    }
}

/**
 * wire_json_append_bytes:
 * @json: where to append
 * @value: (nullable): valid JSON; %NULL appends null
 *
 * Like wire_json_append_raw().
 */
void
wire_json_append_bytes (GString *json,
                        GBytes  *value)
{
  gsize length = 0;
  const char *data = value ? g_bytes_get_data (value, &length) : NULL;

  if (length > 0)
    wire_json_append_raw (json, data, length);
  else
    g_string_append_len (json, "null", 4);
}

/**
 * wire_json_append_integer:
 * @json: where to append
 * @number: a number
 */
void
wire_json_append_integer (GString *json,
                          guint64  number)
{
  char digits[20];
  guint position = sizeof digits;

  do
    {
      digits[--position] = (char) ('0' + number % 10);
      number /= 10;
    }
  while (number > 0);

  g_string_append_len (json, digits + position, (gssize) (sizeof digits - position));
}

/**
 * wire_json_append_boolean:
 * @json: where to append
 * @value: true or false
 */
void
wire_json_append_boolean (GString  *json,
                          gboolean  value)
{
  g_string_append (json, value ? "true" : "false");
}

/**
 * wire_json_append_uuid:
 * @json: where to append
 * @id: an id
 *
 * Appends @id as a string.
 */
void
wire_json_append_uuid (GString        *json,
                       const BaseUuid *id)
{
  char text[BASE_UUID_STRING_LENGTH + 1];

  base_uuid_format (id, text);
  g_string_append_c (json, '"');
  g_string_append_len (json, text, BASE_UUID_STRING_LENGTH);
  g_string_append_c (json, '"');
}
