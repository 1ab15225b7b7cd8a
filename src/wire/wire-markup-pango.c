/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-markup"

#include "config.h"

#include "wire-markup.h"

#include <string.h>

/* Spans as Pango markup, which is a kind of XML. */

#define REPLACEMENT "\357\277\275" /* U+FFFD */

static const char *
get_entity (guint8 byte)
{
  switch (byte)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\n':
    case '\t':
      return NULL;
    default:
      return byte < 0x20 || byte == 0x7f ? REPLACEMENT : NULL;
    }
}

static void
append_escaped (GString    *markup,
                const char *text,
                gsize       length)
{
  const char *plain = text;
  const char *end = text + length;

  for (const char *next = text; next < end; next++)
    {
      const char *entity = get_entity ((guint8) *next);

      if (!entity)
        continue;

      g_string_append_len (markup, plain, next - plain);
      g_string_append (markup, entity);
      plain = next + 1;
    }

  g_string_append_len (markup, plain, end - plain);
}

static void
append_content (GString        *markup,
                const WireSpan *span)
{
  g_autofree char *href = wire_span_dup_href (span);
  gboolean code = span->kind == WIRE_SPAN_CODE || span->kind == WIRE_SPAN_BLOCK;

  if (href)
    {
      g_string_append (markup, "<a href=\"");
      append_escaped (markup, href, strlen (href));
      g_string_append (markup, "\">");
    }

  if (code)
    g_string_append (markup, "<tt>");

  append_escaped (markup, span->text.data, span->text.length);

  if (code)
    g_string_append (markup, "</tt>");

  if (href)
    g_string_append (markup, "</a>");
}

static void
append_span (GString        *markup,
             const WireSpan *span)
{
  if (span->style & WIRE_STYLE_BOLD)
    g_string_append (markup, "<b>");
  if (span->style & WIRE_STYLE_ITALIC)
    g_string_append (markup, "<i>");

  append_content (markup, span);

  if (span->style & WIRE_STYLE_ITALIC)
    g_string_append (markup, "</i>");
  if (span->style & WIRE_STYLE_BOLD)
    g_string_append (markup, "</b>");
}

/**
 * wire_markup_to_pango:
 * @text: what somebody wrote; anything at all
 *
 * Returns: (transfer full): @text as Pango markup, which is valid whatever @text was:
 *   links as `<a href>`, the styles as `<b>`, `<i>` and `<tt>`, all else escaped
 */
char *
wire_markup_to_pango (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize length = strlen (valid);
  g_autoptr(GArray) spans = wire_markup_parse (valid, length);
  g_autoptr(GString) markup = g_string_sized_new (length + 64);

  for (guint i = 0; i < spans->len; i++)
    append_span (markup, &g_array_index (spans, WireSpan, i));

  return g_string_free_and_steal (g_steal_pointer (&markup));
}
