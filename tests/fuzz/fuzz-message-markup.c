/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message. Its spans lie in the text one behind the other; as Pango markup they are well
 * formed, have only the tags they should, and show the same text.
 */

#include "config.h"

#include "wire-markup.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

static void
start_element_cb (GMarkupParseContext  *context,
                  const char           *name,
                  const char          **attribute_names,
                  const char          **attribute_values,
                  gpointer              user_data,
                  GError              **error)
{
  static const char *const tags[] = { "markup", "a", "b", "i", "tt", NULL };
  gboolean is_link = strcmp (name, "a") == 0;

  g_assert_true (g_strv_contains (tags, name));
  g_assert_cmpstr (attribute_names[0], ==, is_link ? "href" : NULL);

  if (is_link)
    g_assert_true (g_ascii_strncasecmp (attribute_values[0], "http://", 7) == 0 ||
                   g_ascii_strncasecmp (attribute_values[0], "https://", 8) == 0 ||
                   g_ascii_strncasecmp (attribute_values[0], "mailto:", 7) == 0);
}

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              user_data,
         GError              **error)
{
  g_string_append_len (user_data, text, (gssize) length);
}

static char *
show_markup (const char *pango)
{
  static const GMarkupParser parser = { .start_element = start_element_cb, .text = text_cb };
  g_autoptr(GString) shown = g_string_new (NULL);
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, shown, NULL);
  g_autofree char *document = g_strconcat ("<markup>", pango, "</markup>", NULL);
  g_autoptr(GError) error = NULL;

  g_markup_parse_context_parse (context, document, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);

  return g_string_free_and_steal (g_steal_pointer (&shown));
}

static char *
show_spans (const char *text)
{
  g_autoptr(GArray) spans = wire_markup_parse (text, strlen (text));
  g_autoptr(GString) shown = g_string_new (NULL);
  const char *next = text;

  for (guint i = 0; i < spans->len; i++)
    {
      const WireSpan *span = &g_array_index (spans, WireSpan, i);

      g_assert_cmpuint (span->text.length, >, 0);
      g_assert_true (span->text.data >= next);
      next = span->text.data + span->text.length;
      g_assert_true (next <= text + strlen (text));
      g_assert_true (g_utf8_validate_len (span->text.data, span->text.length, NULL));
      g_string_append_len (shown, span->text.data, (gssize) span->text.length);
    }

  return g_string_free_and_steal (g_steal_pointer (&shown));
}

/* What cannot be in XML is shown as a sign for it. */
static char *
replace_controls (const char *text)
{
  g_autoptr(GString) replaced = g_string_new (NULL);

  for (; *text; text++)
    if (((guint8) *text < 0x20 && *text != '\n' && *text != '\t') || *text == 0x7f)
      g_string_append (replaced, "\xef\xbf\xbd");
    else
      g_string_append_c (replaced, *text);

  return g_string_free_and_steal (g_steal_pointer (&replaced));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *pango = wire_markup_to_pango (text);
  g_autofree char *from_pango = show_markup (pango);
  g_autofree char *from_spans = show_spans (valid);
  g_autofree char *expected = replace_controls (from_spans);

  g_assert_cmpstr (from_pango, ==, expected);

  return 0;
}
