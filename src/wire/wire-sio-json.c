/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-sio-json"

#include "config.h"

#include "wire-sio.h"

#include "wire-base64.h"
#include "wire-sio-private.h"

#include <string.h>

/* Bytes for those who only have JSON, and back (PROTOCOL.md, "Bytes"): an attachment is
 * {"$binary":"BASE64"} there. So that nothing else is taken for it, an object of one member whose
 * key is dollars and "binary" gets one dollar more on its way in, and loses it on its way out. */

static void
append_upto (GString    *out,
             const char *json,
             gsize      *done,
             gsize       upto)
{
  g_string_append_len (out, json + *done, (gssize) (upto - *done));
  *done = upto;
}

static void
append_attachment (GString *out,
                   GBytes  *attachment)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (attachment, &length);

  g_string_append (out, "{\"$binary\":\"");
  wire_base64_append (out, data, length);
  g_string_append (out, "\"}");
}

/**
 * wire_sio_packet_dup_json:
 * @self: a packet with a payload
 *
 * Returns: (transfer full): the payload as JSON without attachments: their bytes stand in it, and
 *   what only looks like bytes is marked as something else
 */
GBytes *
wire_sio_packet_dup_json (const WireSioPacket *self)
{
  gsize length;
  const char *json = g_bytes_get_data (self->payload, &length);
  g_autoptr(GArray) marks = wire_sio_find_marks (json, length);
  GString *out;
  gsize done = 0;

  out = g_string_sized_new (length);

  for (guint i = 0; i < marks->len; i++)
    {
      const WireSioMark *mark = &g_array_index (marks, WireSioMark, i);

      if (mark->kind == WIRE_SIO_MARK_PLACEHOLDER && self->attachments)
        {
          append_upto (out, json, &done, mark->start);
          append_attachment (out, self->attachments->pdata[mark->number]);
          done = mark->start + mark->length;
        }
      else if (mark->kind == WIRE_SIO_MARK_BYTES || mark->kind == WIRE_SIO_MARK_ESCAPED)
        {
          append_upto (out, json, &done, (gsize) (mark->key.data - json));
          g_string_append_c (out, '$');
        }
    }

  append_upto (out, json, &done, length);

  return g_string_free_to_bytes (out);
}

/* Whether bytes may leave @json as attachments. A literal placeholder would be taken for one of
 * them, and receivers hang up on more attachments than they expect. */
static gboolean
can_attach (const GArray *marks,
            guint         max_attachments)
{
  guint n_bytes = 0;

  for (guint i = 0; i < marks->len; i++)
    {
      const WireSioMark *mark = &g_array_index (marks, WireSioMark, i);

      if (mark->kind == WIRE_SIO_MARK_PLACEHOLDER || mark->kind == WIRE_SIO_MARK_BROKEN)
        return FALSE;

      n_bytes += mark->kind == WIRE_SIO_MARK_BYTES;
    }

  return n_bytes > 0 && n_bytes <= max_attachments;
}

static GBytes *
decode_bytes (const WireSlice *base64)
{
  WireJsonValue value = { .type = WIRE_JSON_STRING, .raw = *base64 };
  char *text = wire_json_dup_string (&value);
  gsize length = wire_base64_decode (text, strlen (text), (guint8 *) text);

  return g_bytes_new_take (text, length);
}

/* How many characters the first dollar of a key takes: an escaped one takes six. */
static gsize
get_dollar_length (const WireSlice *key)
{
  return key->data[0] == '$' ? 1 : strlen ("\\u0024");
}

/* {"$binary":…} that holds no base64 was never marked on its way in: it stays as it is. */
static gboolean
has_two_dollars (const WireSlice *key)
{
  gsize first = get_dollar_length (key);

  return key->data[first] == '$' ||
         (key->length >= first + 6 && g_ascii_strncasecmp (key->data + first, "\\u0024", 6) == 0);
}

static void
take_mark (WireSioPacket     *self,
           GString           *out,
           const char        *json,
           gsize             *done,
           const WireSioMark *mark)
{
  if (mark->kind == WIRE_SIO_MARK_BYTES && self->attachments)
    {
      append_upto (out, json, done, mark->start);
      g_string_append_printf (out, "{\"_placeholder\":true,\"num\":%u}", self->attachments->len);
      g_ptr_array_add (self->attachments, decode_bytes (&mark->value));
      *done = mark->start + mark->length;
    }
  else if (mark->kind == WIRE_SIO_MARK_ESCAPED && has_two_dollars (&mark->key))
    {
      append_upto (out, json, done, (gsize) (mark->key.data - json));
      *done += get_dollar_length (&mark->key);
    }
}

/**
 * wire_sio_packet_take_json:
 * @self: an event or an ack without attachments
 * @json: its payload, valid JSON, content and envelope
 * @max_attachments: how many attachments its receivers take
 *
 * Gives @self the payload @json; the bytes in it become attachments, which makes @self a binary
 * packet. They stay in the JSON where they are more than @max_attachments, or where something
 * else in it would be taken for a placeholder.
 */
void
wire_sio_packet_take_json (WireSioPacket *self,
                           GBytes        *json,
                           guint          max_attachments)
{
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  g_autoptr(GArray) marks = wire_sio_find_marks (text, length);
  GString *out;
  gsize done = 0;

  g_return_if_fail (self->type == WIRE_SIO_EVENT || self->type == WIRE_SIO_ACK);

  if (can_attach (marks, max_attachments))
    {
      self->type = self->type == WIRE_SIO_EVENT ? WIRE_SIO_BINARY_EVENT : WIRE_SIO_BINARY_ACK;
      self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    }

  g_clear_pointer (&self->payload, g_bytes_unref);

  if (marks->len == 0)
    {
      self->payload = g_bytes_ref (json);
      return;
    }

  out = g_string_sized_new (length);
  for (guint i = 0; i < marks->len; i++)
    take_mark (self, out, text, &done, &g_array_index (marks, WireSioMark, i));
  append_upto (out, text, &done, length);

  self->payload = g_string_free_to_bytes (out);
}
