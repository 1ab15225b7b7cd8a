/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-text"

#include "config.h"

#include "confab-store-search-private.h"

#include <string.h>

#define SNIPPET_BEFORE_CHARS 30
#define SNIPPET_CHARS 120

/* The folding of SQLite's trigram tokenizer: one character for one. */
static gunichar
fold (gunichar c)
{
  return c < 0x80 ? (gunichar) g_ascii_tolower ((char) c) : g_unichar_tolower (c);
}

static const char *
match_at (const char *text,
          const char *needle)
{
  while (*needle)
    {
      if (!*text || fold (g_utf8_get_char (text)) != fold (g_utf8_get_char (needle)))
        return NULL;
      text = g_utf8_next_char (text);
      needle = g_utf8_next_char (needle);
    }

  return text;
}

gboolean
confab_text_find (const char *text,
                  const char *needle,
                  gsize      *start,
                  gsize      *end)
{
  for (const char *at = text; *at && *needle; at = g_utf8_next_char (at))
    {
      const char *after = match_at (at, needle);

      if (after)
        {
          *start = (gsize) (at - text);
          *end = (gsize) (after - text);
          return TRUE;
        }
    }

  return FALSE;
}

static void
append_escaped (GString    *markup,
                const char *text,
                gsize       length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

  /* One line, whatever the message has. */
  for (char *c = escaped; *c; c++)
    if (*c == '\n' || *c == '\r' || *c == '\t')
      *c = ' ';
  g_string_append (markup, escaped);
}

static const char *
skip (const char *text,
      guint       n_chars)
{
  while (n_chars-- && *text)
    text = g_utf8_next_char (text);

  return text;
}

static const char *
step_back (const char *begin,
           const char *text,
           guint       n_chars)
{
  while (n_chars-- && text > begin)
    text = g_utf8_prev_char (text);

  return text;
}

char *
confab_text_make_snippet (const char *text,
                          const char *needle)
{
  g_autoptr(GString) markup = g_string_new ("");
  gsize start, end;
  const char *from, *to;

  if (!confab_text_find (text, needle, &start, &end))
    start = end = 0;

  from = step_back (text, text + start, SNIPPET_BEFORE_CHARS);
  to = skip (from, SNIPPET_CHARS);
  if (to < text + end)
    to = text + end;

  if (from > text)
    g_string_append (markup, "…");
  for (const char *at = from; at < to; at += end)
    {
      if (!confab_text_find (at, needle, &start, &end) || at + end > to)
        {
          append_escaped (markup, at, (gsize) (to - at));
          break;
        }
      append_escaped (markup, at, start);
      g_string_append (markup, "<b>");
      append_escaped (markup, at + start, end - start);
      g_string_append (markup, "</b>");
    }
  if (*to)
    g_string_append (markup, "…");

  return g_string_free_and_steal (g_steal_pointer (&markup));
}
