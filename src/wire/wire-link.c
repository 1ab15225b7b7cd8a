/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-link"

#include "config.h"

#include "wire-link.h"

#include <string.h>

/**
 * WireLinkFinder:
 *
 * Tells whether a link begins at some place, and how long it is.
 *
 * A link is what people paste: everything up to white space, less the punctuation that
 * belongs to the sentence around it. However a text is made, each of its bytes is looked at
 * a bounded number of times: where the word ends is remembered from one question to the next.
 */

typedef enum {
  NO_LINK,
  LINK_WEB,   /* http://, https:// */
  LINK_MAIL,  /* mailto: */
  LINK_WWW,   /* www. */
} LinkKind;

static gboolean
has_prefix (const char *next,
            const char *end,
            const char *prefix)
{
  gsize length = strlen (prefix);

  return (gsize) (end - next) > length && g_ascii_strncasecmp (next, prefix, length) == 0;
}

static LinkKind
find_kind (const char *next,
           const char *end,
           gsize      *n_skipped)
{
  static const struct
  {
    const char *prefix;
    LinkKind    kind;
  } kinds[] = {
    { "http://", LINK_WEB },
    { "https://", LINK_WEB },
    { "mailto:", LINK_MAIL },
    { "www.", LINK_WWW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (has_prefix (next, end, kinds[i].prefix))
      {
        *n_skipped = strlen (kinds[i].prefix);
        return kinds[i].kind;
      }

  return NO_LINK;
}

static gboolean
is_in_link (gunichar c)
{
  return c > 0x20 && c != 0x7f && c != '<' && c != '>' && c != '"' && c != '`' &&
         !g_unichar_isspace (c) && !g_unichar_iscntrl (c);
}

static void
look_at_word (WireLinkFinder *self,
              const char     *next)
{
  if (self->word_end && next < self->word_end)
    return;

  self->word_at = NULL;

  while (next < self->end && is_in_link (g_utf8_get_char (next)))
    {
      if (*next == '@')
        self->word_at = next;
      next = g_utf8_next_char (next);
    }

  self->word_end = next;
}

/* What stands at the end of a sentence or closes a bracket around the link. */
static const char *
trim (const char *start,
      const char *end)
{
  gssize n_unopened = 0;

  for (const char *next = start; next < end; next++)
    n_unopened += *next == ')' ? 1 : *next == '(' ? -1 : 0;

  while (end > start)
    {
      char last = end[-1];

      if (last == ')' && n_unopened > 0)
        n_unopened--;
      else if (!strchr (".,;:!?'*_]}", last))
        break;

      end--;
    }

  return end;
}

/* A letter or digit of any script. */
static gboolean
is_of_name (char c)
{
  return g_ascii_isalnum (c) || (guint8) c >= 0x80;
}

static gboolean
begins_with_host (const char *next,
                  const char *end)
{
  return next < end && (is_of_name (*next) || *next == '[');
}

static gboolean
has_domain (const char *next,
            const char *end)
{
  if (next == end || !is_of_name (*next))
    return FALSE;

  while (next < end && (is_of_name (*next) || *next == '-'))
    next++;

  return next + 1 < end && *next == '.' && is_of_name (next[1]);
}

/**
 * wire_link_measure:
 * @self: a finder
 * @next: a place in the text where a word begins; not before the last one that was asked for
 *
 * Returns: how many bytes from @next are a link, or 0
 */
gsize
wire_link_measure (WireLinkFinder *self,
                   const char     *next)
{
  gsize n_skipped = 0;
  LinkKind kind = find_kind (next, self->end, &n_skipped);
  const char *start = next + n_skipped;
  const char *end;
  gboolean found = FALSE;

  if (kind == NO_LINK)
    return 0;

  look_at_word (self, next);

  /* Without an @ there is no need to look where it would end, again and again. */
  if (kind == LINK_MAIL && (!self->word_at || self->word_at <= start))
    return 0;

  if (kind != LINK_MAIL && !begins_with_host (start, self->word_end))
    return 0;

  if (kind == LINK_WWW && !has_domain (start, self->word_end))
    return 0;

  end = trim (start, self->word_end);

  switch (kind)
    {
    case LINK_WEB:
      found = end > start;
      break;
    case LINK_MAIL:
      found = self->word_at + 1 < end;
      break;
    case LINK_WWW:
      found = has_domain (start, end);
      break;
    case NO_LINK:
      break;
    }

  return found ? (gsize) (end - next) : 0;
}
