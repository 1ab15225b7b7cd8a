/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-reply"

#include "config.h"

#include "wire-reply.h"

/* Answers to requests, and the parts they are made of: PROTOCOL.md, "Requests". */

static const char *
get_type_name (WireEventType type)
{
  switch (type)
    {
    case WIRE_EVENT_MESSAGE:
      return "message";
    case WIRE_EVENT_JOINED:
      return "joined";
    case WIRE_EVENT_LEFT:
      return "left";
    }

  g_return_val_if_reached ("message");
}

/**
 * wire_append_event:
 * @json: where to append
 * @event: an event
 *
 * Appends an EVENT.
 */
void
wire_append_event (GString         *json,
                   const WireEvent *event)
{
  g_string_append (json, "{\"type\":\"");
  g_string_append (json, get_type_name (event->type));
  g_string_append (json, "\",\"id\":");
  wire_json_append_uuid (json, event->id);
  g_string_append (json, ",\"seq\":");
  wire_json_append_integer (json, event->seq);
  g_string_append (json, ",\"at\":");
  wire_json_append_integer (json, event->at_ms);
  g_string_append (json, ",\"user_id\":");
  wire_json_append_uuid (json, event->user_id);

  if (event->type == WIRE_EVENT_MESSAGE)
    {
      g_string_append (json, ",\"content\":");
      wire_json_append_bytes (json, event->content);
    }

  g_string_append_c (json, '}');
}

/**
 * wire_append_user:
 * @json: where to append
 * @user: a user
 *
 * Appends a USER.
 */
void
wire_append_user (GString        *json,
                  const WireUser *user)
{
  g_string_append (json, "{\"user_id\":");
  wire_json_append_uuid (json, user->user_id);
  g_string_append (json, ",\"name\":");
  wire_json_append_string (json, user->name);
  g_string_append (json, ",\"display_name\":");
  wire_json_append_string (json, user->display_name);
  g_string_append (json, ",\"online\":");
  wire_json_append_boolean (json, user->online);
  g_string_append (json, ",\"last_seen\":");

  if (user->last_seen_ms > 0)
    wire_json_append_integer (json, user->last_seen_ms);
  else
    g_string_append (json, "null");

  g_string_append_c (json, '}');
}

static void
append_numbers (GString        *json,
                const WireRoom *room)
{
  g_string_append (json, ",\"seq\":");
  wire_json_append_integer (json, room->seq);
  g_string_append (json, ",\"members\":");
  wire_json_append_integer (json, room->n_members);
  g_string_append (json, ",\"present\":");
  wire_json_append_integer (json, room->n_present);
  g_string_append (json, ",\"member\":");
  wire_json_append_boolean (json, room->member);
  g_string_append (json, ",\"read\":");
  wire_json_append_integer (json, room->read_seq);
  g_string_append (json, ",\"unread\":");
  wire_json_append_integer (json, room->n_unread);
}

/**
 * wire_append_room:
 * @json: where to append
 * @room: a room, as it looks to the receiver
 *
 * Appends a ROOM.
 */
void
wire_append_room (GString        *json,
                  const WireRoom *room)
{
  g_string_append (json, "{\"rid\":");
  wire_json_append_string (json, room->rid);
  g_string_append (json, ",\"kind\":");
  wire_json_append_string (json, room->direct ? "direct" : "group");
  g_string_append (json, ",\"epoch\":");
  wire_json_append_string (json, room->epoch);
  append_numbers (json, room);
  g_string_append (json, ",\"last\":");

  if (room->last)
    wire_append_event (json, room->last);
  else
    g_string_append (json, "null");

  if (room->peer)
    {
      g_string_append (json, ",\"peer\":");
      wire_append_user (json, room->peer);
    }

  g_string_append_c (json, '}');
}

/**
 * wire_reply_begin:
 * @n_bytes_expected: how long the answer will about be
 *
 * Returns: (transfer full): where to append the JSON object that is the answer
 */
GString *
wire_reply_begin (gsize n_bytes_expected)
{
  GString *json = wire_frame_begin (n_bytes_expected + 100);

  g_string_append (json, "{\"#ok\":");

  return json;
}

/**
 * wire_reply_end:
 * @json: (transfer full): what wire_reply_begin() gave, with the answer appended
 * @ref: the request's
 *
 * Returns: (transfer full): the reply
 */
GBytes *
wire_reply_end (GString    *json,
                const char *ref)
{
  g_string_append (json, ",\"#ref\":");
  wire_json_append_string (json, ref);
  g_string_append_c (json, '}');

  return wire_frame_end (json);
}

/**
 * wire_frame_error:
 * @code: what kind of error
 * @message: in words
 * @retry_after_ms: when it may go better, or 0
 * @ref: (nullable): the request's, if it had one
 *
 * Returns: (transfer full): `#error`
 */
GBytes *
wire_frame_error (WireError   code,
                  const char *message,
                  guint64     retry_after_ms,
                  const char *ref)
{
  GString *json = wire_frame_begin (256);

  g_string_append (json, "{\"#error\":{\"code\":");
  wire_json_append_string (json, wire_error_get_name (code));
  g_string_append (json, ",\"message\":");
  wire_json_append_string (json, message);

  if (retry_after_ms > 0)
    {
      g_string_append (json, ",\"retry_after_ms\":");
      wire_json_append_integer (json, retry_after_ms);
    }

  g_string_append_c (json, '}');

  if (ref)
    {
      g_string_append (json, ",\"#ref\":");
      wire_json_append_string (json, ref);
    }

  g_string_append_c (json, '}');

  return wire_frame_end (json);
}
