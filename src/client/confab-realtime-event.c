/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-realtime-event"

#include "config.h"

#include "confab-realtime-event-private.h"

#include "confab-json-private.h"
#include "confab-object-private.h"

#include <string.h>

/**
 * ConfabRealtimeEvent:
 *
 * Something that happens on a realtime connection: with the same fields, and of the same types, as
 * Skapi's documents have them.
 *
 * What cannot be known is %NULL. Once made, an event never changes.
 */
struct _ConfabRealtimeEvent
{
  GObject                  parent_instance;

  ConfabRealtimeEventKind  kind;
  JsonNode                *message;
  char                    *sender;
  char                    *sender_cid;
  char                    *sender_rid;
  char                    *code;
};

G_DEFINE_FINAL_TYPE (ConfabRealtimeEvent, confab_realtime_event, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (ConfabRealtimeEventKind, confab_realtime_event_kind,
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_MESSAGE, "message"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_PRIVATE, "private"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_SUCCESS, "success"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_CLOSE, "close"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_NOTICE, "notice"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_RECONNECT, "reconnect"),
                    G_DEFINE_ENUM_VALUE (CONFAB_REALTIME_EVENT_RTC, "rtc"))

typedef enum {
  PROP_TYPE = 1,
  PROP_KIND,
  PROP_MESSAGE,
  PROP_SENDER,
  PROP_SENDER_CID,
  PROP_SENDER_RID,
  PROP_CODE,
} ConfabRealtimeEventProperty;

static GParamSpec *properties[PROP_CODE + 1];

/* The payload keys of a frame, the one that counts first. */
static const struct
{
  const char              *key;
  ConfabRealtimeEventKind  kind;
} payloads[] = {
  { "#message", CONFAB_REALTIME_EVENT_MESSAGE },
  { "#private", CONFAB_REALTIME_EVENT_PRIVATE },
  { "#notice", CONFAB_REALTIME_EVENT_NOTICE },
  { "#rtc", CONFAB_REALTIME_EVENT_RTC },
  { "#error", CONFAB_REALTIME_EVENT_ERROR },
};

static void
confab_realtime_event_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  ConfabRealtimeEvent *self = CONFAB_REALTIME_EVENT (object);

  switch ((ConfabRealtimeEventProperty) property_id)
    {
    case PROP_TYPE:
      g_value_set_static_string (value, confab_realtime_event_type_name (self));
      break;
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_MESSAGE:
      g_value_set_boxed (value, self->message);
      break;
    case PROP_SENDER:
      g_value_set_string (value, self->sender);
      break;
    case PROP_SENDER_CID:
      g_value_set_string (value, self->sender_cid);
      break;
    case PROP_SENDER_RID:
      g_value_set_string (value, self->sender_rid);
      break;
    case PROP_CODE:
      g_value_set_string (value, self->code);
      break;
    }
}

static void
confab_realtime_event_finalize (GObject *object)
{
  ConfabRealtimeEvent *self = CONFAB_REALTIME_EVENT (object);

  g_clear_pointer (&self->message, json_node_unref);
  g_free (self->sender);
  g_free (self->sender_cid);
  g_free (self->sender_rid);
  g_free (self->code);

  G_OBJECT_CLASS (confab_realtime_event_parent_class)->finalize (object);
}

static void
confab_realtime_event_class_init (ConfabRealtimeEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_realtime_event_get_property;
  object_class->finalize = confab_realtime_event_finalize;

  /**
   * ConfabRealtimeEvent:type:
   *
   * What the event is about, as Skapi's documents write it: `message`, `private`, `error`,
   * `success`, `close`, `notice`, `reconnect` or `rtc`.
   */
  properties[PROP_TYPE] =
    g_param_spec_string ("type", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:kind:
   *
   * What the event is about.
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, CONFAB_TYPE_REALTIME_EVENT_KIND,
                       CONFAB_REALTIME_EVENT_MESSAGE, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:message:
   *
   * What was sent, or a sentence that says what happened: any JSON.
   */
  properties[PROP_MESSAGE] =
    g_param_spec_boxed ("message", NULL, NULL, JSON_TYPE_NODE, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:sender:
   *
   * The id of the user whom the event comes from.
   */
  properties[PROP_SENDER] =
    g_param_spec_string ("sender", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:sender-cid:
   *
   * The connection that the event comes from, which begins with `cid:`.
   */
  properties[PROP_SENDER_CID] =
    g_param_spec_string ("sender-cid", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:sender-rid:
   *
   * The group that the event comes from.
   */
  properties[PROP_SENDER_RID] =
    g_param_spec_string ("sender-rid", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeEvent:code:
   *
   * Of a notice: `USER_JOINED`, `USER_LEFT` or `USER_DISCONNECTED`.
   */
  properties[PROP_CODE] =
    g_param_spec_string ("code", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_realtime_event_init (ConfabRealtimeEvent *self)
{
}

ConfabRealtimeEvent *
confab_realtime_event_new (ConfabRealtimeEventKind  kind,
                           const char              *message)
{
  ConfabRealtimeEvent *self = g_object_new (CONFAB_TYPE_REALTIME_EVENT, NULL);

  self->kind = kind;
  self->message = json_node_init_string (json_node_alloc (), message);
  json_node_seal (self->message);

  return self;
}

/* What JavaScript takes for false: a key like that is as if it were not there, unless there is no
 * other. */
static gboolean
is_truthy (JsonNode *node)
{
  GType type;

  if (!node || json_node_is_null (node))
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return TRUE;

  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return json_node_get_string (node)[0] != '\0';
  if (type == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);

  return json_node_get_double (node) != 0;
}

static gboolean
find_payload (JsonObject *frame,
              guint      *index)
{
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      JsonNode *node = json_object_get_member (frame, payloads[i].key);

      if (is_truthy (node))
        {
          *index = i;
          return TRUE;
        }

      if (node && !found)
        {
          *index = i;
          found = TRUE;
        }
    }

  return found;
}

/* A frame may have been percent-encoded as a whole; within one that was not, a "%" is a "%". */
static JsonObject *
parse_frame (const char *text,
             gsize       length)
{
  g_autofree char *decoded = NULL;

  if (length > 0 && text[0] == '%')
    {
      decoded = g_uri_unescape_segment (text, text + length, NULL);
      if (!decoded)
        return NULL;
      text = decoded;
      length = strlen (decoded);
    }

  return confab_json_parse (text, length, NULL);
}

ConfabRealtimeEvent *
confab_realtime_event_parse (const char *text,
                             gsize       length)
{
  g_autoptr(JsonObject) frame = parse_frame (text, length);
  ConfabRealtimeEvent *self;
  const char *cid;
  guint index;

  if (!frame || !find_payload (frame, &index) ||
      !confab_json_is_finite (json_object_get_member (frame, payloads[index].key)))
    return NULL;

  self = g_object_new (CONFAB_TYPE_REALTIME_EVENT, NULL);
  cid = confab_json_get_string (frame, "#scid");
  self->kind = payloads[index].kind;
  self->message = json_object_dup_member (frame, payloads[index].key);
  self->sender = g_strdup (confab_json_get_string (frame, "#user_id"));
  self->sender_cid = cid ? g_strconcat ("cid:", cid, NULL) : NULL;
  self->sender_rid = g_strdup (confab_json_get_string (frame, "#srid"));
  self->code = g_strdup (confab_json_get_string (frame, "#code"));

  return self;
}

const char *
confab_realtime_event_type_name (ConfabRealtimeEvent *self)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (CONFAB_TYPE_REALTIME_EVENT_KIND);

  return g_enum_get_value (klass, (int) self->kind)->value_nick;
}

ConfabRealtimeEventKind
confab_realtime_event_get_kind (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), CONFAB_REALTIME_EVENT_ERROR);

  return self->kind;
}

JsonNode *
confab_realtime_event_get_message (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return self->message;
}

const char *
confab_realtime_event_get_text (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  if (!JSON_NODE_HOLDS_VALUE (self->message) ||
      json_node_get_value_type (self->message) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (self->message);
}

char *
confab_realtime_event_dup_json (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return json_to_string (self->message, FALSE);
}

const char *
confab_realtime_event_get_sender (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return self->sender;
}

const char *
confab_realtime_event_get_sender_cid (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return self->sender_cid;
}

const char *
confab_realtime_event_get_sender_rid (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return self->sender_rid;
}

const char *
confab_realtime_event_get_code (ConfabRealtimeEvent *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_EVENT (self), NULL);

  return self->code;
}
