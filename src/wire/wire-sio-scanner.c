/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-sio-scanner"

#include "config.h"

#include "wire-sio-private.h"

#include "wire-base64.h"

#include <string.h>

/* Finds the few objects that mean bytes in a JSON text of any size: one pass, no tree, and as much
 * memory as there are such objects. The text is known to be valid and not nested deeper than a
 * content with an envelope around it, so it is enough to tell strings from what is between them. */

#define MAX_DEPTH (WIRE_JSON_MAX_DEPTH + WIRE_SIO_ENVELOPE_DEPTH)

#define KEY_PLACEHOLDER "_placeholder"
#define KEY_NUMBER      "num"
#define KEY_BINARY      "binary"   /* behind one or more dollars */

/* What is open around the place where the scanner stands. */
typedef struct
{
  gboolean  is_object;
  gsize     start;
  guint     n_members;
  WireSlice key;            /* the last one */
  gboolean  has_placeholder;
  gboolean  expects_key;
} Level;

typedef struct
{
  const char *json;
  gsize       length;
  gsize       at;
  guint       depth;
  Level       levels[MAX_DEPTH];
  GArray     *marks;
} Scanner;

static gboolean
key_is (const WireSlice *key,
        const char      *name)
{
  WireJsonValue value = { .type = WIRE_JSON_NULL, .key = *key };

  return wire_json_key_is (&value, name);
}

/* One or more dollars, then "binary". An escaped key is unescaped first; a raw one, which is the
 * rule, is looked at where it stands. */
static gboolean
key_is_escaped_binary (const WireSlice *key,
                       guint           *n_dollars)
{
  WireJsonValue value = { .type = WIRE_JSON_STRING, .raw = *key };
  g_autofree char *unescaped = NULL;
  const char *text = key->data;
  gsize length = key->length;
  gsize n = 0;

  if (memchr (text, '\\', length))
    {
      unescaped = wire_json_dup_string (&value);
      if (!unescaped)
        return FALSE;
      text = unescaped;
      length = strlen (unescaped);
    }

  while (n < length && text[n] == '$')
    n++;

  *n_dollars = (guint) n;

  return n > 0 && length - n == strlen (KEY_BINARY) &&
         memcmp (text + n, KEY_BINARY, strlen (KEY_BINARY)) == 0;
}

/* Returns where the closing quote is; @at is where the opening one is. */
static gsize
find_quote (const Scanner *self,
            gsize          at)
{
  at++;

  while (self->json[at] != '"')
    at += self->json[at] == '\\' ? 2 : 1;

  return at;
}

/* Whether "true" is what stands behind the key that ends before @at. */
static gboolean
value_is_true (const Scanner *self,
               gsize          at)
{
  while (self->json[at] != ':')
    at++;

  at++;
  while (strchr (" \t\r\n", self->json[at]))
    at++;

  return self->length - at >= 4 && memcmp (self->json + at, "true", 4) == 0;
}

static void
take_string (Scanner *self)
{
  Level *level = self->depth > 0 ? &self->levels[self->depth - 1] : NULL;
  gsize quote = find_quote (self, self->at);

  if (level && level->is_object && level->expects_key)
    {
      level->expects_key = FALSE;
      level->n_members++;
      level->key = (WireSlice) { self->json + self->at + 1, quote - self->at - 1 };

      if (key_is (&level->key, KEY_PLACEHOLDER) && value_is_true (self, quote + 1))
        level->has_placeholder = TRUE;
    }

  self->at = quote + 1;
}

static gboolean
read_placeholder (const WireSlice *object,
                  guint64         *number)
{
  WireJsonReader reader;
  WireJsonValue value;
  guint n_flags = 0;
  guint n_numbers = 0;

  if (!wire_json_reader_init (&reader, object->data, object->length, 1))
    return FALSE;

  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    {
      if (wire_json_key_is (&value, KEY_PLACEHOLDER) &&
          value.type == WIRE_JSON_TRUE)
        n_flags++;
      else if (wire_json_key_is (&value, KEY_NUMBER) &&
               wire_json_get_integer (&value, number))
        n_numbers++;
      else
        return FALSE;
    }

  return n_flags == 1 && n_numbers == 1;
}

static gboolean
read_bytes (const WireSlice *object,
            WireSlice       *base64)
{
  WireJsonReader reader;
  WireJsonValue value;
  g_autofree char *text = NULL;

  if (!wire_json_reader_init (&reader, object->data, object->length, 1) ||
      wire_json_reader_next (&reader, &value) != WIRE_JSON_ITEM ||
      value.type != WIRE_JSON_STRING)
    return FALSE;

  *base64 = value.raw;

  if (!memchr (value.raw.data, '\\', value.raw.length))
    return wire_base64_is_valid (value.raw.data, value.raw.length);

  /* Some writers escape every slash. */
  text = wire_json_dup_string (&value);

  return text && wire_base64_is_valid (text, strlen (text));
}

static void
close_object (Scanner     *self,
              const Level *level)
{
  WireSlice object = { self->json + level->start, self->at + 1 - level->start };
  WireSioMark mark = { .start = level->start, .length = object.length, .key = level->key };
  guint n_dollars;

  if (level->has_placeholder)
    mark.kind = read_placeholder (&object, &mark.number) ? WIRE_SIO_MARK_PLACEHOLDER
                                                         : WIRE_SIO_MARK_BROKEN;
  else if (level->n_members != 1 || !key_is_escaped_binary (&level->key, &n_dollars))
    return;
  else if (n_dollars == 1 && read_bytes (&object, &mark.value))
    mark.kind = WIRE_SIO_MARK_BYTES;
  else
    mark.kind = WIRE_SIO_MARK_ESCAPED;

  g_array_append_val (self->marks, mark);
}

static void
take_punctuation (Scanner *self)
{
  char c = self->json[self->at];

  if (c == '{' || c == '[')
    {
      g_assert (self->depth < MAX_DEPTH);
      self->levels[self->depth++] = (Level) {
        .is_object = c == '{',
        .start = self->at,
        .expects_key = c == '{',
      };
    }
  else if (c == '}' || c == ']')
    {
      self->depth--;
      if (c == '}')
        close_object (self, &self->levels[self->depth]);
    }
  else if (c == ',')
    {
      self->levels[self->depth - 1].expects_key = self->levels[self->depth - 1].is_object;
    }

  self->at++;
}

static int
compare_marks (gconstpointer a,
               gconstpointer b)
{
  const WireSioMark *first = a;
  const WireSioMark *second = b;

  return first->start < second->start ? -1 : first->start > second->start;
}

/*
 * wire_sio_find_marks:
 * @json: valid JSON, not deeper than %WIRE_JSON_MAX_DEPTH and %WIRE_SIO_ENVELOPE_DEPTH together
 * @length: bytes of @json
 *
 * Returns: (transfer full): a WireSioMark for each object that means something, in the order in
 *   which they start
 */
GArray *
wire_sio_find_marks (const char *json,
                     gsize       length)
{
  Scanner scanner = {
    .json = json,
    .length = length,
    .marks = g_array_new (FALSE, FALSE, sizeof (WireSioMark)),
  };

  while (scanner.at < length)
    {
      if (json[scanner.at] == '"')
        take_string (&scanner);
      else
        take_punctuation (&scanner);
    }

  /* An object is found where it ends, after those inside it. */
  g_array_sort (scanner.marks, compare_marks);

  return scanner.marks;
}

/*
 * wire_sio_check_payload:
 * @json: the valid payload of a binary packet
 * @length: bytes of @json
 * @n_attachments: how many attachments follow it
 *
 * A placeholder that came twice would be a way to make a small packet large, so each attachment
 * has exactly one.
 *
 * Returns: whether placeholders and attachments belong to each other
 */
gboolean
wire_sio_check_payload (const char *json,
                        gsize       length,
                        guint       n_attachments)
{
  g_autoptr(GArray) marks = wire_sio_find_marks (json, length);
  g_autofree gboolean *seen = g_new0 (gboolean, n_attachments + 1);
  guint n_seen = 0;

  for (guint i = 0; i < marks->len; i++)
    {
      const WireSioMark *mark = &g_array_index (marks, WireSioMark, i);

      if (mark->kind == WIRE_SIO_MARK_BROKEN)
        return FALSE;

      if (mark->kind != WIRE_SIO_MARK_PLACEHOLDER)
        continue;

      if (mark->number >= n_attachments || seen[mark->number])
        return FALSE;

      seen[mark->number] = TRUE;
      n_seen++;
    }

  return n_seen == n_attachments;
}
