/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-event"

#include "config.h"

#include "confab-event-private.h"

#include "confab-json-private.h"

#include "base-uuid.h"

#include <string.h>

ConfabEvent *
confab_event_new (ConfabEventType type,
                  guint64         seq)
{
  ConfabEvent *self = g_new0 (ConfabEvent, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->type = type;
  self->seq = seq;

  return self;
}

ConfabEvent *
confab_event_ref (ConfabEvent *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
confab_event_unref (ConfabEvent *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_free (self->user_id);
  g_free (self->text);
  g_free (self->content);
  g_free (self);
}

/* The one way we write an id, so that ids can be compared as text; NULL if it is none. */
char *
confab_event_normalize_uuid (const char *text)
{
  char normal[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  if (!text || !base_uuid_parse (&uuid, text, -1))
    return NULL;

  base_uuid_format (&uuid, normal);

  return g_strdup (normal);
}

static const char *
find_text (JsonObject *object)
{
  static const char *const keys[] = { "text", "msg", "message", "body" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = confab_json_get_string (object, keys[i]);

      if (text)
        return text;
    }

  return NULL;
}

char *
confab_event_read_content (JsonNode          *content,
                           ConfabMessageKind *kind,
                           gboolean          *only_text)
{
  g_autofree char *json = NULL;

  *kind = CONFAB_MESSAGE_KIND_TEXT;
  *only_text = FALSE;

  if (content && JSON_NODE_HOLDS_OBJECT (content))
    {
      JsonObject *object = json_node_get_object (content);
      const char *text = find_text (object);

      *only_text = json_object_get_size (object) == 1 && json_object_has_member (object, "text");
      if (text)
        return g_strdup (text);
    }
  else if (content && JSON_NODE_HOLDS_VALUE (content) &&
           json_node_get_value_type (content) == G_TYPE_STRING)
    {
      return g_utf8_make_valid (json_node_get_string (content), -1);
    }

  *kind = CONFAB_MESSAGE_KIND_JSON;
  json = content ? json_to_string (content, TRUE) : g_strdup ("null");

  return g_utf8_make_valid (json, -1);
}

static void
take_content (ConfabEvent *self,
              JsonNode    *content)
{
  gboolean only_text;

  self->text = confab_event_read_content (content, &self->kind, &only_text);
  if (!only_text && content)
    {
      g_autofree char *json = json_to_string (content, FALSE);

      self->content = g_utf8_make_valid (json, -1);
    }
}

static void
take_notice (ConfabEvent *self)
{
  self->kind = self->type == CONFAB_EVENT_JOINED ? CONFAB_MESSAGE_KIND_JOINED
                                                 : CONFAB_MESSAGE_KIND_LEFT;
  self->text = g_strdup ("");
}

static ConfabEvent *
make_event (const char *type,
            guint64     seq,
            gint64      at_us,
            const char *id,
            const char *user_id,
            JsonNode   *content)
{
  g_autofree char *normal_id = confab_event_normalize_uuid (id);
  g_autofree char *normal_user_id = confab_event_normalize_uuid (user_id);
  ConfabEvent *self = confab_event_new (CONFAB_EVENT_OTHER, seq);

  self->at_us = at_us;
  if (normal_id && normal_user_id)
    {
      if (g_strcmp0 (type, "message") == 0)
        self->type = CONFAB_EVENT_MESSAGE;
      else if (g_strcmp0 (type, "joined") == 0)
        self->type = CONFAB_EVENT_JOINED;
      else if (g_strcmp0 (type, "left") == 0)
        self->type = CONFAB_EVENT_LEFT;
    }

  if (self->type == CONFAB_EVENT_OTHER)
    {
      self->text = g_strdup ("");
      return self;
    }

  self->id = g_steal_pointer (&normal_id);
  self->user_id = g_steal_pointer (&normal_user_id);
  if (self->type == CONFAB_EVENT_MESSAGE)
    take_content (self, content);
  else
    take_notice (self);

  return self;
}

ConfabEvent *
confab_event_parse (JsonObject *object)
{
  guint64 seq;

  if (!confab_json_get_uint (object, "seq", &seq) || seq == 0)
    return NULL;

  return make_event (confab_json_get_string (object, "type"), seq,
                     confab_json_get_time_us (object, "at"),
                     confab_json_get_string (object, "id"),
                     confab_json_get_string (object, "user_id"),
                     json_object_get_member (object, "content"));
}

ConfabEvent *
confab_event_parse_frame (JsonObject *frame)
{
  JsonObject *event = confab_json_get_object (frame, "#event");
  JsonNode *content = json_object_get_member (frame, "#message");
  guint64 seq;

  if (event)
    return confab_event_parse (event);

  if (!content)
    content = json_object_get_member (frame, "#private");
  if (!content || !confab_json_get_uint (frame, "#seq", &seq) || seq == 0)
    return NULL;

  return make_event ("message", seq, confab_json_get_time_us (frame, "#at"),
                     confab_json_get_string (frame, "#id"),
                     confab_json_get_string (frame, "#user_id"), content);
}

static int
compare_seq (gconstpointer a,
             gconstpointer b)
{
  const ConfabEvent *first = *(const ConfabEvent *const *) a;
  const ConfabEvent *second = *(const ConfabEvent *const *) b;

  return first->seq < second->seq ? -1 : first->seq > second->seq;
}

GPtrArray *
confab_event_parse_array (JsonArray *array)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
  guint n_elements = array ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n_elements; i++)
    {
      JsonObject *object = confab_json_array_object (array, i);
      ConfabEvent *event = object ? confab_event_parse (object) : NULL;

      if (event)
        g_ptr_array_add (events, event);
    }

  /* PROTOCOL.md promises this order; a server may break its promises. */
  g_ptr_array_sort (events, compare_seq);
  for (guint i = events->len; i > 1; i--)
    {
      ConfabEvent *newer = g_ptr_array_index (events, i - 1);
      ConfabEvent *older = g_ptr_array_index (events, i - 2);

      if (newer->seq == older->seq)
        g_ptr_array_remove_index (events, i - 1);
    }

  return events;
}
