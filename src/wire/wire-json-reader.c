/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-json-reader"

#include "config.h"

#include "wire-json-private.h"

#include "wire-utf8.h"

#include <string.h>

/**
 * WireJsonReader:
 *
 * Goes through one level of a JSON text without copying and without building a tree.
 *
 * Each byte is looked at once. What is nested is remembered as one bit for each level, so
 * that no depth of nesting costs memory or stack. A key that comes twice is reported twice:
 * the last one counts.
 */

typedef enum {
  EXPECTS_ITEM_OR_CLOSER,
  EXPECTS_ITEM,
  EXPECTS_COMMA_OR_CLOSER,
  EXPECTS_NOTHING,
} Expects;

static const char *
skip_space (const char *next,
            const char *end)
{
  while (next < end && (*next == ' ' || *next == '\n' || *next == '\r' || *next == '\t'))
    next++;

  return next;
}

/* @next is behind the backslash. Returns where it goes on, or NULL. */
static const char *
skip_escape (const char  *next,
             const char  *end,
             const char **fault)
{
  int code;

  *fault = "a wrong escape";

  if (next == end)
    return NULL;

  if (*next != 'u')
    return memchr ("\"\\/bfnrt", *next, 8) ? next + 1 : NULL;

  code = wire_json_read_hex4 (next + 1, end);

  if (code < 0)
    return NULL;

  next += 5;

  if (code < 0xd800 || code > 0xdfff)
    return next;

  *fault = "half a surrogate pair";

  if (code > 0xdbff || end - next < 6 || next[0] != '\\' || next[1] != 'u')
    return NULL;

  code = wire_json_read_hex4 (next + 2, end);

  return code >= 0xdc00 && code <= 0xdfff ? next + 6 : NULL;
}

/* @next is behind the opening quote. Returns where the closing one is, or NULL. */
static const char *
find_quote (const char  *next,
            const char  *end,
            const char **fault)
{
  while (next < end)
    {
      guint8 byte = (guint8) *next;

      if (byte == '"')
        return next;

      if (byte < 0x20)
        {
          *fault = "a control character in a string";
          return NULL;
        }

      next++;

      if (byte == '\\')
        {
          next = skip_escape (next, end, fault);

          if (!next)
            return NULL;
        }
    }

  *fault = "a string without an end";

  return NULL;
}

static const char *
skip_digits (const char *next,
             const char *end)
{
  const char *first = next;

  while (next < end && g_ascii_isdigit (*next))
    next++;

  return next > first ? next : NULL;
}

/* RFC 8259 §6 */
static const char *
skip_number (const char  *next,
             const char  *end,
             const char **fault)
{
  *fault = "a wrong number";

  if (next < end && *next == '-')
    next++;

  if (next < end && *next == '0')
    next++;
  else if (!(next = skip_digits (next, end)))
    return NULL;

  if (next < end && *next == '.' && !(next = skip_digits (next + 1, end)))
    return NULL;

  if (next < end && (*next == 'e' || *next == 'E'))
    {
      next++;
      if (next < end && (*next == '+' || *next == '-'))
        next++;
      next = skip_digits (next, end);
    }

  return next;
}

static const char *
skip_word (const char  *next,
           const char  *end,
           const char  *word,
           const char **fault)
{
  gsize length = strlen (word);

  if ((gsize) (end - next) >= length && memcmp (next, word, length) == 0)
    return next + length;

  *fault = "an unknown word";

  return NULL;
}

/* Skips a value that contains no others, and tells what it was. */
static const char *
skip_scalar (const char    *next,
             const char    *end,
             WireJsonType  *type,
             const char   **fault)
{
  switch (next < end ? *next : '\0')
    {
    case '"':
      *type = WIRE_JSON_STRING;
      next = find_quote (next + 1, end, fault);
      return next ? next + 1 : NULL;
    case 't':
      *type = WIRE_JSON_TRUE;
      return skip_word (next, end, "true", fault);
    case 'f':
      *type = WIRE_JSON_FALSE;
      return skip_word (next, end, "false", fault);
    case 'n':
      *type = WIRE_JSON_NULL;
      return skip_word (next, end, "null", fault);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      *type = WIRE_JSON_NUMBER;
      return skip_number (next, end, fault);
    default:
      *fault = "a value is missing";
      return NULL;
    }
}

/* Skips `"key" :`, and tells where the key is. */
static const char *
skip_key (const char  *next,
          const char  *end,
          WireSlice   *key,
          const char **fault)
{
  const char *quote;

  next = skip_space (next, end);

  if (next == end || *next != '"')
    {
      *fault = "a key is missing";
      return NULL;
    }

  quote = find_quote (next + 1, end, fault);

  if (!quote)
    return NULL;

  key->data = next + 1;
  key->length = (gsize) (quote - key->data);
  next = skip_space (quote + 1, end);

  if (next == end || *next != ':')
    {
      *fault = "a colon is missing";
      return NULL;
    }

  return next + 1;
}

/* What is open around the place where a nest is being skipped. */
typedef struct
{
  guint64 objects;  /* a bit for each level: an object, not an array; the innermost is the lowest */
  guint   depth;
  guint   max_depth;
} Nest;

static gboolean
is_in_object (const Nest *nest)
{
  return (nest->objects & 1) != 0;
}

static gboolean
open_level (Nest        *nest,
            char         opener,
            const char **fault)
{
  if (nest->depth >= nest->max_depth)
    {
      *fault = "it is nested too deep";
      return FALSE;
    }

  nest->depth++;
  nest->objects = nest->objects << 1 | (opener == '{');

  return TRUE;
}

/* A value has ended: closes all levels that end with it, and takes the comma, and the key if
 * there is one, to the next value. Returns where it goes on, with depth 0 when the outermost
 * level is closed. */
static const char *
go_on_after_value (Nest        *nest,
                   const char  *next,
                   const char  *end,
                   const char **fault)
{
  WireSlice key;

  while (nest->depth > 0)
    {
      next = skip_space (next, end);

      if (next < end && *next == ',')
        return is_in_object (nest) ? skip_key (next + 1, end, &key, fault) : next + 1;

      if (next == end || *next != (is_in_object (nest) ? '}' : ']'))
        {
          *fault = "a comma or a bracket is missing";
          return NULL;
        }

      next++;
      nest->objects >>= 1;
      nest->depth--;
    }

  return next;
}

/* @next is at a bracket. Skips all up to the one that closes it. */
static const char *
skip_nest (const char  *next,
           const char  *end,
           guint        max_depth,
           const char **fault)
{
  Nest nest = { .max_depth = max_depth };
  WireJsonType type;
  WireSlice key;

  do
    {
      next = skip_space (next, end);

      if (next < end && (*next == '{' || *next == '['))
        {
          char closer = *next == '{' ? '}' : ']';

          if (!open_level (&nest, *next, fault))
            return NULL;

          next = skip_space (next + 1, end);

          if (next == end || *next != closer)
            {
              if (is_in_object (&nest))
                next = skip_key (next, end, &key, fault);
              if (!next)
                return NULL;
              continue;
            }
        }
      else if (!(next = skip_scalar (next, end, &type, fault)))
        {
          return NULL;
        }

      /* An empty level is closed like any other. */
      next = go_on_after_value (&nest, next, end, fault);
    }
  while (next && nest.depth > 0);

  return next;
}

static WireJsonStep
fail (WireJsonReader *self,
      const char     *fault)
{
  self->fault = fault;
  self->expects = EXPECTS_NOTHING;

  return WIRE_JSON_FAULTY;
}

/**
 * wire_json_reader_init:
 * @self: (out caller-allocates): a reader
 * @text: a JSON text that stays
 * @length: bytes of @text
 * @max_depth: how many levels may be nested, the outermost included; at most
 *   %WIRE_JSON_MAX_DEPTH
 *
 * Returns: %FALSE if @text is no object and no array, or not UTF-8
 */
gboolean
wire_json_reader_init (WireJsonReader *self,
                       const char     *text,
                       gsize           length,
                       guint           max_depth)
{
  self->start = text;
  self->end = text + length;
  self->next = skip_space (text, self->end);
  self->fault = NULL;
  self->max_depth = MIN (max_depth, WIRE_JSON_MAX_DEPTH);
  self->expects = EXPECTS_ITEM_OR_CLOSER;

  if (!wire_utf8_is_valid ((const guint8 *) text, length))
    {
      fail (self, "it is not UTF-8");
      return FALSE;
    }

  if (self->next == self->end || (*self->next != '{' && *self->next != '['))
    {
      fail (self, "it is no object");
      return FALSE;
    }

  if (self->max_depth == 0)
    {
      fail (self, "it is nested too deep");
      return FALSE;
    }

  self->closer = *self->next == '{' ? '}' : ']';
  self->next++;

  return TRUE;
}

static WireJsonStep
read_item (WireJsonReader *self,
           WireJsonValue  *value)
{
  const char *next = self->next;
  const char *fault = NULL;
  const char *first;

  value->key = (WireSlice) { NULL, 0 };

  if (self->closer == '}' && !(next = skip_key (next, self->end, &value->key, &fault)))
    return fail (self, fault);

  first = next = skip_space (next, self->end);

  if (next < self->end && (*next == '{' || *next == '['))
    {
      value->type = *next == '{' ? WIRE_JSON_OBJECT : WIRE_JSON_ARRAY;
      next = skip_nest (next, self->end, self->max_depth - 1, &fault);
    }
  else
    {
      next = skip_scalar (next, self->end, &value->type, &fault);
    }

  if (!next)
    return fail (self, fault);

  value->raw = (WireSlice) { first, (gsize) (next - first) };

  if (value->type == WIRE_JSON_STRING)
    {
      value->raw.data++;
      value->raw.length -= 2;
    }

  self->next = next;
  self->expects = EXPECTS_COMMA_OR_CLOSER;

  return WIRE_JSON_ITEM;
}

static WireJsonStep
close_text (WireJsonReader *self)
{
  self->next = skip_space (self->next + 1, self->end);

  if (self->next != self->end)
    return fail (self, "something comes after the end");

  self->expects = EXPECTS_NOTHING;

  return WIRE_JSON_END;
}

/**
 * wire_json_reader_next:
 * @self: a reader
 * @value: (out caller-allocates): the next member or element
 *
 * Returns: whether there was one. The text was valid only if the last answer is
 *   %WIRE_JSON_END
 */
WireJsonStep
wire_json_reader_next (WireJsonReader *self,
                       WireJsonValue  *value)
{
  if (self->expects == EXPECTS_NOTHING)
    return self->fault ? WIRE_JSON_FAULTY : WIRE_JSON_END;

  self->next = skip_space (self->next, self->end);

  if (self->next < self->end && *self->next == self->closer && self->expects != EXPECTS_ITEM)
    return close_text (self);

  if (self->expects == EXPECTS_COMMA_OR_CLOSER)
    {
      if (self->next == self->end || *self->next != ',')
        return fail (self, "a comma or a bracket is missing");

      self->next++;
      self->expects = EXPECTS_ITEM;
    }

  return read_item (self, value);
}

/**
 * wire_json_is_valid:
 * @text: some text
 * @length: bytes of @text
 * @max_depth: how many levels may be nested
 *
 * Returns: whether @text is one JSON value, with white space around it or not
 */
gboolean
wire_json_is_valid (const char *text,
                    gsize       length,
                    guint       max_depth)
{
  const char *end = text + length;
  const char *next = skip_space (text, end);
  const char *fault;
  WireJsonType type;

  if (!wire_utf8_is_valid ((const guint8 *) text, length))
    return FALSE;

  if (next < end && (*next == '{' || *next == '['))
    next = skip_nest (next, end, MIN (max_depth, WIRE_JSON_MAX_DEPTH), &fault);
  else
    next = skip_scalar (next, end, &type, &fault);

  return next && skip_space (next, end) == end;
}
