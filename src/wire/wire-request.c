/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-request"

#include "config.h"

#include "wire-request-private.h"

#include "wire-json.h"

#define FIELDS_OF_SENDING \
        (WIRE_FIELD_CONTENT | WIRE_FIELD_TOKEN | WIRE_FIELD_ID | WIRE_FIELD_NOTIFICATION | \
         WIRE_FIELD_NOTIFICATION_CONFIG)
#define FIELDS_OF_A_LIST (WIRE_FIELD_AFTER | WIRE_FIELD_LIMIT)

static const WireActionInfo actions[] = {
  [WIRE_ACTION_KEEP_ALIVE] = { "keepAlive", 0, 0 },
  [WIRE_ACTION_JOIN_ROOM] = { "joinRoom", WIRE_FIELD_RID | WIRE_FIELD_TOKEN, 0 },
  [WIRE_ACTION_SEND_MESSAGE] = { "sendMessage", WIRE_FIELD_UID | FIELDS_OF_SENDING,
                                 WIRE_FIELD_UID },
  [WIRE_ACTION_BROADCAST] = { "broadcast", WIRE_FIELD_RID | FIELDS_OF_SENDING, WIRE_FIELD_RID },
  [WIRE_ACTION_RTC] = { "rtc", WIRE_FIELD_UID | WIRE_FIELD_CONTENT | WIRE_FIELD_TOKEN,
                        WIRE_FIELD_UID },
  [WIRE_ACTION_POST] = { "post", WIRE_FIELD_RID | WIRE_FIELD_ID | WIRE_FIELD_CONTENT,
                         WIRE_FIELD_RID | WIRE_FIELD_CONTENT },
  [WIRE_ACTION_ROOMS] = { "rooms", 0, 0 },
  [WIRE_ACTION_JOIN] = { "join", WIRE_FIELD_RID, WIRE_FIELD_RID },
  [WIRE_ACTION_LEAVE] = { "leave", WIRE_FIELD_RID, WIRE_FIELD_RID },
  [WIRE_ACTION_SUBSCRIBE] = { "subscribe", WIRE_FIELD_RID | WIRE_FIELD_SINCE | WIRE_FIELD_EPOCH,
                              WIRE_FIELD_RID },
  [WIRE_ACTION_UNSUBSCRIBE] = { "unsubscribe", WIRE_FIELD_RID, WIRE_FIELD_RID },
  [WIRE_ACTION_HISTORY] = { "history", WIRE_FIELD_RID | WIRE_FIELD_BEFORE | FIELDS_OF_A_LIST,
                            WIRE_FIELD_RID },
  [WIRE_ACTION_TYPING] = { "typing", WIRE_FIELD_RID | WIRE_FIELD_ON,
                           WIRE_FIELD_RID | WIRE_FIELD_ON },
  [WIRE_ACTION_READ] = { "read", WIRE_FIELD_RID | WIRE_FIELD_SEQ | WIRE_FIELD_RECEIVED,
                         WIRE_FIELD_RID },
  [WIRE_ACTION_GROUPS] = { "groups", WIRE_FIELD_SEARCH | FIELDS_OF_A_LIST, 0 },
  [WIRE_ACTION_USERS] = { "users", WIRE_FIELD_IDS | WIRE_FIELD_SEARCH | FIELDS_OF_A_LIST, 0 },
  [WIRE_ACTION_MEMBERS] = { "members", WIRE_FIELD_RID | FIELDS_OF_A_LIST, WIRE_FIELD_RID },
  [WIRE_ACTION_CONNECTIONS] = { "connections", WIRE_FIELD_UID, WIRE_FIELD_UID },
  [WIRE_ACTION_CALL] = { "call", WIRE_FIELD_RID | WIRE_FIELD_ON, WIRE_FIELD_RID },
  [WIRE_ACTION_ICE] = { "ice", 0, 0 },
};

const WireActionInfo *
wire_action_get_info (WireAction action)
{
  return action < G_N_ELEMENTS (actions) ? &actions[action] : NULL;
}

/**
 * wire_action_get_name:
 * @action: an action
 *
 * Returns: its name as it stands in a frame
 */
const char *
wire_action_get_name (WireAction action)
{
  g_return_val_if_fail (action < G_N_ELEMENTS (actions), NULL);

  return actions[action].name;
}

/**
 * wire_request_free:
 * @self: (transfer full): a request
 *
 * Frees @self.
 */
void
wire_request_free (WireRequest *self)
{
  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self->ref);
  g_free (self->rid);
  g_free (self->uid);
  g_free (self->token);
  g_free (self->epoch);
  g_free (self->after);
  g_free (self->search);
  g_free (self->notification);
  g_free (self);
}

static void
append_key (GString    *json,
            const char *key)
{
  g_string_append_printf (json, ",\"%s\":", key);
}

static void
append_string (GString    *json,
               const char *key,
               const char *value)
{
  if (!value)
    return;

  append_key (json, key);
  wire_json_append_string (json, value);
}

static void
append_integer (const WireRequest *self,
                WireField          field,
                GString           *json,
                const char        *key,
                guint64            value)
{
  if (!(self->fields & field))
    return;

  append_key (json, key);
  wire_json_append_integer (json, value);
}

static void
append_ids (GString *json,
            GArray  *ids)
{
  append_key (json, "ids");
  g_string_append_c (json, '[');

  for (guint i = 0; i < ids->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      wire_json_append_uuid (json, &g_array_index (ids, BaseUuid, i));
    }

  g_string_append_c (json, ']');
}

static void
append_numbers (const WireRequest *self,
                GString           *json)
{
  append_integer (self, WIRE_FIELD_SINCE, json, "since", self->since);
  append_integer (self, WIRE_FIELD_BEFORE, json, "before", self->before);
  append_integer (self, WIRE_FIELD_LIMIT, json, "limit", self->limit);
  append_integer (self, WIRE_FIELD_SEQ, json, "seq", self->seq);
  append_integer (self, WIRE_FIELD_RECEIVED, json, "received", self->received);

  if (self->action == WIRE_ACTION_HISTORY)
    append_integer (self, WIRE_FIELD_AFTER, json, "after", self->after_seq);
}

static void
append_contents (const WireRequest *self,
                 GString           *json)
{
  if (self->fields & WIRE_FIELD_ID)
    {
      append_key (json, "id");
      wire_json_append_uuid (json, &self->id);
    }

  if (self->content)
    {
      append_key (json, "content");
      wire_json_append_bytes (json, self->content);
    }

  if (self->fields & WIRE_FIELD_ON)
    {
      append_key (json, "on");
      wire_json_append_boolean (json, self->on);
    }

  if (self->fields & WIRE_FIELD_NOTIFICATION_CONFIG)
    g_string_append_printf (json, ",\"notificationConfig\":{\"always\":%s}",
                            self->notify_always ? "true" : "false");

  if (self->ids)
    append_ids (json, self->ids);
}

/**
 * wire_request_print:
 * @self: a request
 *
 * Returns: (transfer full): @self as it goes over the wire
 */
char *
wire_request_print (const WireRequest *self)
{
  g_autoptr(GString) json = g_string_sized_new (256);

  g_string_append_printf (json, "{\"action\":\"%s\"", wire_action_get_name (self->action));
  append_string (json, "ref", self->ref);
  append_string (json, "rid", self->rid);
  append_string (json, "uid", self->uid);
  append_string (json, "token", self->token);
  append_string (json, "epoch", self->epoch);
  append_string (json, "after", self->after);
  append_string (json, "search", self->search);
  append_string (json, "notification", self->notification);
  append_numbers (self, json);
  append_contents (self, json);
  g_string_append_c (json, '}');

  return g_string_free_and_steal (g_steal_pointer (&json));
}
