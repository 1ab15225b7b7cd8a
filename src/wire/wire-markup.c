/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-markup"

#include "config.h"

#include "wire-markup.h"

#include "wire-link.h"

#include <string.h>

/* The little markup of chats: *bold*, _italic_, `code`, ```block``` and links.
 *
 * One pass notes marks, a second makes spans of what lies between them. A mark that finds no
 * partner on its line is text. Nothing nests but the two styles, so there is no text that
 * takes more than a time in proportion to its length. */

typedef enum {
  MARK_STYLE,  /* turns a style on or off */
  MARK_SPAN,   /* begins and ends a span */
} MarkKind;

typedef struct
{
  MarkKind      kind;
  const char   *start;
  const char   *end;
  WireStyle     style;    /* of MARK_STYLE */
  gboolean      matched;  /* of MARK_STYLE: there is a partner */
  WireSpanKind  span;     /* of MARK_SPAN … */
  WireSlice     text;     /* … and what it shows */
} Mark;

#define NO_MARK G_MAXUINT

typedef struct
{
  const char     *start;
  const char     *end;
  GArray         *marks;
  guint           open_bold;    /* the mark that may begin it, or NO_MARK */
  guint           open_italic;
  gboolean        no_fence;     /* no ``` comes any more */
  WireLinkFinder  links;
} Parser;

static gboolean
is_word_before (const Parser *self,
                const char   *at)
{
  return at > self->start && g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)));
}

static gboolean
is_word_at (const Parser *self,
            const char   *at)
{
  return at < self->end && g_unichar_isalnum (g_utf8_get_char (at));
}

static gboolean
is_space_before (const Parser *self,
                 const char   *at)
{
  return at == self->start || g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (at)));
}

static gboolean
is_space_at (const Parser *self,
             const char   *at)
{
  return at == self->end || g_unichar_isspace (g_utf8_get_char (at));
}

static const char *
add_span (Parser       *self,
          const char   *start,
          const char   *end,
          WireSpanKind  kind,
          const char   *text,
          const char   *text_end)
{
  const Mark mark = {
    .kind = MARK_SPAN,
    .start = start,
    .end = end,
    .span = kind,
    .text = { text, (gsize) (text_end - text) },
  };

  g_array_append_val (self->marks, mark);

  return end;
}

static const char *
find_fence (const char *next,
            const char *end)
{
  while ((next = memchr (next, '`', (gsize) (end - next))) != NULL)
    {
      if (end - next < 3)
        return NULL;
      if (next[1] == '`' && next[2] == '`')
        return next;
      next++;
    }

  return NULL;
}

static void
end_line (Parser *self)
{
  self->open_bold = NO_MARK;
  self->open_italic = NO_MARK;
}

/* Returns where to go on, or NULL if no block begins here. */
static const char *
take_block (Parser     *self,
            const char *at)
{
  const char *text = at + 3;
  const char *text_end;
  const char *fence;

  if (self->no_fence || self->end - at < 6 || at[1] != '`' || at[2] != '`')
    return NULL;

  fence = find_fence (text, self->end);

  if (!fence)
    {
      self->no_fence = TRUE;
      return NULL;
    }

  text_end = fence;
  if (text < text_end && *text == '\n')
    text++;
  if (text < text_end && text_end[-1] == '\n')
    text_end--;

  if (text == text_end)
    return NULL;

  end_line (self);

  return add_span (self, at, fence + 3, WIRE_SPAN_BLOCK, text, text_end);
}

static const char *
take_code (Parser     *self,
           const char *at)
{
  const char *next = at + 1;

  while (next < self->end && *next != '`' && *next != '\n')
    next++;

  if (next == self->end || *next == '\n' || next == at + 1)
    return NULL;

  return add_span (self, at, next + 1, WIRE_SPAN_CODE, at + 1, next);
}

static gboolean
can_open (const Parser *self,
          const char   *at)
{
  return !is_word_before (self, at) && (at == self->start || at[-1] != *at) &&
         !is_space_at (self, at + 1) && at[1] != *at;
}

static gboolean
can_close (const Parser *self,
           const char   *at)
{
  return !is_space_before (self, at) && at[-1] != *at &&
         !is_word_at (self, at + 1) && (at + 1 == self->end || at[1] != *at);
}

static guint
add_style (Parser     *self,
           const char *at,
           WireStyle   style,
           gboolean    matched)
{
  const Mark mark = { .kind = MARK_STYLE, .start = at, .end = at + 1, .style = style,
                      .matched = matched };

  g_array_append_val (self->marks, mark);

  return self->marks->len - 1;
}

static const char *
take_style (Parser     *self,
            const char *at)
{
  gboolean bold = *at == '*';
  guint *open = bold ? &self->open_bold : &self->open_italic;
  guint *other = bold ? &self->open_italic : &self->open_bold;
  WireStyle style = bold ? WIRE_STYLE_BOLD : WIRE_STYLE_ITALIC;

  if (*open != NO_MARK && can_close (self, at) && g_array_index (self->marks, Mark, *open).end < at)
    {
      g_array_index (self->marks, Mark, *open).matched = TRUE;
      add_style (self, at, style, TRUE);

      /* What began within ends within, or is text. */
      if (*other != NO_MARK && *other > *open)
        *other = NO_MARK;
      *open = NO_MARK;
    }
  else if (*open == NO_MARK && can_open (self, at))
    {
      *open = add_style (self, at, style, FALSE);
    }

  return at + 1;
}

static const char *
take_link (Parser     *self,
           const char *at)
{
  gsize length = is_word_before (self, at) ? 0 : wire_link_measure (&self->links, at);

  return length > 0 ? add_span (self, at, at + length, WIRE_SPAN_LINK, at, at + length) : NULL;
}

static const char *
take (Parser     *self,
      const char *at)
{
  const char *next = NULL;

  switch (*at)
    {
    case '\n':
      end_line (self);
      break;
    case '`':
      next = take_block (self, at);
      if (!next)
        next = take_code (self, at);
      break;
    case '*':
    case '_':
      return take_style (self, at);
    case 'h':
    case 'H':
    case 'm':
    case 'M':
    case 'w':
    case 'W':
      next = take_link (self, at);
      break;
    default:
      break;
    }

  return next ? next : g_utf8_next_char (at);
}

static void
append_span (GArray       *spans,
             WireSpanKind  kind,
             WireStyle     style,
             const char   *start,
             const char   *end)
{
  const WireSpan span = { kind, style, { start, (gsize) (end - start) } };

  if (end > start)
    g_array_append_val (spans, span);
}

static GArray *
make_spans (const Parser *self)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (WireSpan));
  const char *text = self->start;
  guint style = WIRE_STYLE_PLAIN;

  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);

      if (mark->kind == MARK_STYLE && !mark->matched)
        continue;

      append_span (spans, WIRE_SPAN_TEXT, (WireStyle) style, text, mark->start);
      text = mark->end;

      if (mark->kind == MARK_STYLE)
        style ^= mark->style;
      else
        append_span (spans, mark->span, (WireStyle) style, mark->text.data,
                     mark->text.data + mark->text.length);
    }

  append_span (spans, WIRE_SPAN_TEXT, (WireStyle) style, text, self->end);

  return spans;
}

/**
 * wire_markup_parse:
 * @text: UTF-8
 * @length: bytes of @text
 *
 * Takes time and memory in proportion to @length, whatever the text.
 *
 * Returns: (transfer full): the spans that are to be shown one after the other; an array of
 *   #WireSpan that point into @text
 */
GArray *
wire_markup_parse (const char *text,
                   gsize       length)
{
  g_autoptr(GArray) marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  Parser parser = {
    .start = text,
    .end = text + length,
    .marks = marks,
    .open_bold = NO_MARK,
    .open_italic = NO_MARK,
    .links = { .end = text + length },
  };

  for (const char *next = text; next < parser.end;)
    next = take (&parser, next);

  return make_spans (&parser);
}

/**
 * wire_span_dup_href:
 * @self: a span
 *
 * Returns: (transfer full) (nullable): what a link leads to; %NULL for other spans
 */
char *
wire_span_dup_href (const WireSpan *self)
{
  g_autofree char *text = NULL;

  if (self->kind != WIRE_SPAN_LINK)
    return NULL;

  text = g_strndup (self->text.data, self->text.length);

  if (g_ascii_strncasecmp (text, "www.", 4) == 0)
    return g_strconcat ("http://", text, NULL);

  return g_steal_pointer (&text);
}
