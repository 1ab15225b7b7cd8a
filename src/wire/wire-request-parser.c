/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-request"

#include "config.h"

#include "wire-request-private.h"

#include "wire-error.h"
#include "wire-json.h"
#include "wire-limits.h"
#include "wire-names.h"

#include <string.h>

/* From the text of a frame to a WireRequest: one pass notes where each known key has its
 * value, then only those that mean something to the action are looked at. */

typedef enum {
  KEY_RID,
  KEY_UID,
  KEY_ID,
  KEY_CONTENT,
  KEY_TOKEN,
  KEY_SINCE,
  KEY_EPOCH,
  KEY_BEFORE,
  KEY_AFTER,
  KEY_LIMIT,
  KEY_SEQ,
  KEY_RECEIVED,
  KEY_SEARCH,
  KEY_IDS,
  KEY_ON,
  KEY_NOTIFICATION,
  KEY_NOTIFICATION_CONFIG,
  N_FIELDS,            /* up to here key n is bit n of WireField */

  KEY_ACTION = N_FIELDS,
  KEY_REF,
  N_KEYS,
} Key;

#define KEY(name) { name, sizeof name - 1 }

static const struct
{
  const char *name;
  gsize       length;
} keys[N_KEYS] = {
  [KEY_RID] = KEY ("rid"),
  [KEY_UID] = KEY ("uid"),
  [KEY_ID] = KEY ("id"),
  [KEY_CONTENT] = KEY ("content"),
  [KEY_TOKEN] = KEY ("token"),
  [KEY_SINCE] = KEY ("since"),
  [KEY_EPOCH] = KEY ("epoch"),
  [KEY_BEFORE] = KEY ("before"),
  [KEY_AFTER] = KEY ("after"),
  [KEY_LIMIT] = KEY ("limit"),
  [KEY_SEQ] = KEY ("seq"),
  [KEY_RECEIVED] = KEY ("received"),
  [KEY_SEARCH] = KEY ("search"),
  [KEY_IDS] = KEY ("ids"),
  [KEY_ON] = KEY ("on"),
  [KEY_NOTIFICATION] = KEY ("notification"),
  [KEY_NOTIFICATION_CONFIG] = KEY ("notificationConfig"),
  [KEY_ACTION] = KEY ("action"),
  [KEY_REF] = KEY ("ref"),
};

G_STATIC_ASSERT (WIRE_FIELD_NOTIFICATION_CONFIG == 1 << KEY_NOTIFICATION_CONFIG);

/* What the frame holds, before it is known what it asks. */
typedef struct
{
  WireJsonValue values[N_KEYS];
  guint32       seen;            /* a bit for each key */
} Members;

static gboolean
refuse (GError     **error,
        Key          key,
        const char  *what)
{
  g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, "\"%s\" %s", keys[key].name, what);

  return FALSE;
}

static gboolean
has (const Members *members,
     Key            key)
{
  return (members->seen & 1u << key) && members->values[key].type != WIRE_JSON_NULL;
}

static void
note_member (Members             *members,
             const WireJsonValue *value)
{
  for (guint i = 0; i < N_KEYS; i++)
    if (wire_json_key_equals (value, keys[i].name, keys[i].length))
      {
        members->values[i] = *value;
        members->seen |= 1u << i;
        return;
      }
}

static gboolean
read_members (Members     *members,
              const char  *text,
              gsize        length,
              GError     **error)
{
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;

  if (wire_json_reader_init (&reader, text, length, WIRE_LIMIT_JSON_DEPTH))
    {
      if (reader.closer == '}')
        while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
          note_member (members, &value);
      else
        reader.fault = "it is no object";
    }

  if (step == WIRE_JSON_END)
    return TRUE;

  g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
               "No JSON object: %s, at byte %" G_GSIZE_FORMAT,
               reader.fault, (gsize) (reader.next - reader.start));

  return FALSE;
}

/* A string of so many bytes, the empty one included. */
static gboolean
take_string (const Members  *members,
             Key             key,
             gsize           max_bytes,
             char          **field,
             GError        **error)
{
  const WireJsonValue *value = &members->values[key];

  if (!has (members, key))
    return TRUE;

  if (value->type != WIRE_JSON_STRING)
    return refuse (error, key, "must be a string");

  /* An escape takes six bytes for one. */
  if (value->raw.length <= 6 * max_bytes)
    *field = wire_json_dup_string (value);
  else
    return refuse (error, key, "is too long");

  if (!*field)
    return refuse (error, key, "must not contain U+0000");

  return strlen (*field) <= max_bytes || refuse (error, key, "is too long");
}

static gboolean
take_integer (const Members  *members,
              Key             key,
              guint64        *field,
              GError        **error)
{
  return !has (members, key) || wire_json_get_integer (&members->values[key], field) ||
         refuse (error, key, "must be an integer from 0 to 2^53 - 1");
}

static gboolean
take_boolean (const Members  *members,
              Key             key,
              gboolean       *field,
              GError        **error)
{
  WireJsonType type = members->values[key].type;

  if (!has (members, key))
    return TRUE;

  if (type != WIRE_JSON_TRUE && type != WIRE_JSON_FALSE)
    return refuse (error, key, "must be true or false");

  *field = type == WIRE_JSON_TRUE;

  return TRUE;
}

static gboolean
take_uuid (const WireJsonValue *value,
           BaseUuid            *field)
{
  g_autofree char *text = wire_json_dup_string (value);

  return text && base_uuid_parse (field, text, -1);
}

static gboolean
take_rid (WireRequest    *self,
          const Members  *members,
          GError        **error)
{
  g_autofree char *rid = NULL;

  if (!take_string (members, KEY_RID, WIRE_LIMIT_GROUP_NAME_BYTES, &rid, error))
    return FALSE;

  if (!rid || !*rid)
    {
      self->fields &= ~(guint) WIRE_FIELD_RID;
      return TRUE;
    }

  self->rid = wire_rid_normalize (rid, error);
  if (!self->rid)
    g_prefix_error (error, "\"rid\": ");

  return self->rid != NULL;
}

static gboolean
take_uid (WireRequest    *self,
          const Members  *members,
          GError        **error)
{
  BaseUuid id;

  if (!take_string (members, KEY_UID, WIRE_LIMIT_REF_BYTES, &self->uid, error))
    return FALSE;

  if (!self->uid)
    return TRUE;

  if (self->action == WIRE_ACTION_RTC)
    return (g_str_has_prefix (self->uid, "cid:") && self->uid[4]) ||
           refuse (error, KEY_UID, "must be \"cid:\" and a connection id");

  if (!base_uuid_parse (&id, self->uid, -1))
    return refuse (error, KEY_UID, "must be a user id");

  base_uuid_format (&id, self->uid);

  return TRUE;
}

static gboolean
take_content (WireRequest    *self,
              const Members  *members,
              GError        **error)
{
  gsize limit_bytes =
    self->action == WIRE_ACTION_RTC ? WIRE_LIMIT_SIGNAL_BYTES : WIRE_LIMIT_MESSAGE_BYTES;
  WireSlice content;

  /* Here null is a value. */
  if (!(members->seen & WIRE_FIELD_CONTENT))
    return TRUE;

  content = wire_json_get_whole (&members->values[KEY_CONTENT]);
  if (content.length > limit_bytes)
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                   "\"content\" has more than %" G_GSIZE_FORMAT " bytes", limit_bytes);
      return FALSE;
    }

  self->fields |= WIRE_FIELD_CONTENT;
  self->content = g_bytes_new (content.data, content.length);

  return TRUE;
}

static gboolean
take_after (WireRequest    *self,
            const Members  *members,
            GError        **error)
{
  if (self->action == WIRE_ACTION_HISTORY)
    return take_integer (members, KEY_AFTER, &self->after_seq, error);

  return take_string (members, KEY_AFTER, WIRE_LIMIT_AFTER_BYTES, &self->after, error);
}

static gboolean
take_limit (WireRequest    *self,
            const Members  *members,
            GError        **error)
{
  guint64 limit = 1;

  if (!has (members, KEY_LIMIT))
    return TRUE;

  if (!wire_json_get_integer (&members->values[KEY_LIMIT], &limit) || limit < 1 ||
      limit > WIRE_LIMIT_PAGE)
    return refuse (error, KEY_LIMIT, "must be an integer from 1 to " G_STRINGIFY (WIRE_LIMIT_PAGE));

  self->limit = (guint) limit;

  return TRUE;
}

static gboolean
take_ids (WireRequest    *self,
          const Members  *members,
          GError        **error)
{
  const WireJsonValue *array = &members->values[KEY_IDS];
  WireJsonReader reader;
  WireJsonValue value;

  if (!has (members, KEY_IDS))
    return TRUE;

  if (array->type != WIRE_JSON_ARRAY ||
      !wire_json_reader_init (&reader, array->raw.data, array->raw.length, WIRE_LIMIT_JSON_DEPTH))
    return refuse (error, KEY_IDS, "must be an array of user ids");

  self->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));

  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    {
      BaseUuid id;

      if (!take_uuid (&value, &id))
        return refuse (error, KEY_IDS, "must be an array of user ids");

      if (self->ids->len == WIRE_LIMIT_IDS)
        return refuse (error, KEY_IDS, "has more than " G_STRINGIFY (WIRE_LIMIT_IDS) " entries");

      g_array_append_val (self->ids, id);
    }

  return TRUE;
}

/* {"always": true}; anything else of it is of no meaning. */
static gboolean
take_notification_config (WireRequest    *self,
                          const Members  *members,
                          GError        **error)
{
  const WireJsonValue *object = &members->values[KEY_NOTIFICATION_CONFIG];
  WireJsonReader reader;
  WireJsonValue value;

  if (!has (members, KEY_NOTIFICATION_CONFIG))
    return TRUE;

  if (object->type != WIRE_JSON_OBJECT ||
      !wire_json_reader_init (&reader, object->raw.data, object->raw.length, WIRE_LIMIT_JSON_DEPTH))
    return refuse (error, KEY_NOTIFICATION_CONFIG, "must be an object");

  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    if (wire_json_key_is (&value, "always"))
      self->notify_always = value.type == WIRE_JSON_TRUE;

  return TRUE;
}

static gboolean
take_field (WireRequest    *self,
            const Members  *members,
            Key             key,
            GError        **error)
{
  switch (key)
    {
    case KEY_RID:
      return take_rid (self, members, error);
    case KEY_UID:
      return take_uid (self, members, error);
    case KEY_ID:
      return !has (members, KEY_ID) || take_uuid (&members->values[KEY_ID], &self->id) ||
             refuse (error, KEY_ID, "must be a UUID");
    case KEY_CONTENT:
      return take_content (self, members, error);
    case KEY_TOKEN:
      return take_string (members, KEY_TOKEN, WIRE_LIMIT_TOKEN_BYTES, &self->token, error);
    case KEY_SINCE:
      return take_integer (members, KEY_SINCE, &self->since, error);
    case KEY_EPOCH:
      return take_string (members, KEY_EPOCH, WIRE_LIMIT_EPOCH_BYTES, &self->epoch, error);
    case KEY_BEFORE:
      return take_integer (members, KEY_BEFORE, &self->before, error);
    case KEY_AFTER:
      return take_after (self, members, error);
    case KEY_LIMIT:
      return take_limit (self, members, error);
    case KEY_SEQ:
      return take_integer (members, KEY_SEQ, &self->seq, error);
    case KEY_RECEIVED:
      return take_integer (members, KEY_RECEIVED, &self->received, error);
    case KEY_SEARCH:
      return take_string (members, KEY_SEARCH, WIRE_LIMIT_SEARCH_BYTES, &self->search, error);
    case KEY_IDS:
      return take_ids (self, members, error);
    case KEY_ON:
      return take_boolean (members, KEY_ON, &self->on, error);
    case KEY_NOTIFICATION:
      return take_string (members, KEY_NOTIFICATION, WIRE_LIMIT_NOTIFICATION_BYTES,
                          &self->notification, error);
    case KEY_NOTIFICATION_CONFIG:
      return take_notification_config (self, members, error);
    case N_FIELDS:
    case KEY_REF:
    case N_KEYS:
      break;
    }

  g_assert_not_reached ();
}

static gboolean
take_fields (WireRequest           *self,
             const WireActionInfo  *info,
             const Members         *members,
             GError               **error)
{
  WireField missing;

  for (guint key = 0; key < N_FIELDS; key++)
    {
      if (!(info->fields & 1u << key))
        continue;

      if (has (members, (Key) key))
        self->fields |= 1u << key;

      if (!take_field (self, members, (Key) key, error))
        return FALSE;
    }

  missing = info->required & ~self->fields;

  if (missing)
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "\"%s\" needs \"%s\"",
                   info->name, keys[g_bit_nth_lsf (missing, -1)].name);
      return FALSE;
    }

  if (self->action == WIRE_ACTION_HISTORY && (self->fields & WIRE_FIELD_BEFORE) &&
      (self->fields & WIRE_FIELD_AFTER))
    return refuse (error, KEY_AFTER, "and \"before\" exclude each other");

  return TRUE;
}

static gboolean
take_ref (const Members  *members,
          char          **ref,
          GError        **error)
{
  g_autofree char *text = NULL;

  if (!take_string (members, KEY_REF, WIRE_LIMIT_REF_BYTES, &text, error))
    return FALSE;

  if (text && !*text)
    return refuse (error, KEY_REF, "must not be empty");

  *ref = g_steal_pointer (&text);

  return TRUE;
}

static const WireActionInfo *
find_action (const Members  *members,
             WireAction     *action,
             GError        **error)
{
  const WireJsonValue *value = &members->values[KEY_ACTION];
  g_autofree char *name = has (members, KEY_ACTION) ? wire_json_dup_string (value) : NULL;
  const WireActionInfo *info;

  if (!name)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                           "\"action\" must be a string");
      return NULL;
    }

  for (guint i = 0; (info = wire_action_get_info ((WireAction) i)); i++)
    if (strcmp (info->name, name) == 0)
      {
        *action = (WireAction) i;
        return info;
      }

  if (strlen (name) <= WIRE_LIMIT_REF_BYTES)
    g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "There is no action \"%s\"", name);
  else
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "There is no such action");

  return NULL;
}

/**
 * wire_request_parse:
 * @text: one text message
 * @length: bytes of @text
 * @ref: (out) (transfer full) (nullable): of a refused request, what to answer with, where it
 *   could be read; otherwise %NULL
 * @error: return location for a %WIRE_ERROR
 *
 * Parses one request of PROTOCOL.md. Never recurses. Of a key that comes twice the last one
 * counts.
 *
 * Returns: (transfer full): the request, or %NULL
 */
WireRequest *
wire_request_parse (const char  *text,
                    gsize        length,
                    char       **ref,
                    GError     **error)
{
  g_autoptr(WireRequest) self = g_new0 (WireRequest, 1);
  const WireActionInfo *info;
  Members members = { 0 };
  gboolean readable;

  *ref = NULL;
  readable = read_members (&members, text, length, error);

  if (!take_ref (&members, ref, readable ? error : NULL) || !readable)
    return NULL;

  info = find_action (&members, &self->action, error);

  if (!info || !take_fields (self, info, &members, error))
    return NULL;

  /* Only a refusal needs it beside the request. */
  self->ref = g_steal_pointer (ref);

  return g_steal_pointer (&self);
}
