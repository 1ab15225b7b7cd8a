/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-delivery"

#include "config.h"

#include "wire-delivery.h"

#include <string.h>

/* The frames that the server sends without being asked, each whole and ready to be shared:
 * PROTOCOL.md, "Deliveries". */

#define FRAME_BYTES 320

static void
append_user_id (GString        *json,
                const BaseUuid *user_id)
{
  g_string_append (json, ",\"#user_id\":");
  wire_json_append_uuid (json, user_id);
}

/* @key is `,"key":`. */
static void
append_member (GString    *json,
               const char *key,
               const char *value)
{
  if (!value || !*value)
    return;

  g_string_append (json, key);
  wire_json_append_string (json, value);
}

static GBytes *
end_object (GString *json)
{
  g_string_append_c (json, '}');

  return wire_frame_end (json);
}

/**
 * wire_frame_hello:
 * @cid: the id of the connection
 * @user_id: whose it is
 * @service: of the space
 * @at_ms: the server's time
 * @ping_ms: how often the server pings
 * @limits_json: its limits as a JSON object
 *
 * Returns: (transfer full): the first frame of a native connection
 */
GBytes *
wire_frame_hello (const char     *cid,
                  const BaseUuid *user_id,
                  const char     *service,
                  guint64         at_ms,
                  guint           ping_ms,
                  const char     *limits_json)
{
  GString *json = wire_frame_begin (512);

  g_string_append (json, "{\"#hello\":{\"cid\":");
  wire_json_append_string (json, cid);
  g_string_append (json, ",\"user_id\":");
  wire_json_append_uuid (json, user_id);
  g_string_append (json, ",\"service\":");
  wire_json_append_string (json, service);
  g_string_append (json, ",\"at\":");
  wire_json_append_integer (json, at_ms);
  g_string_append (json, ",\"ping_ms\":");
  wire_json_append_integer (json, ping_ms);
  g_string_append (json, ",\"limits\":");
  wire_json_append_raw (json, limits_json, strlen (limits_json));
  g_string_append_c (json, '}');

  return end_object (json);
}

static void
append_native_keys (GString           *json,
                    const WireMessage *message)
{
  const WireEvent *event = message->event;

  g_string_append (json, ",\"#id\":");
  wire_json_append_uuid (json, event->id);
  g_string_append (json, ",\"#seq\":");
  wire_json_append_integer (json, event->seq);
  g_string_append (json, ",\"#at\":");
  wire_json_append_integer (json, event->at_ms);
  append_member (json, ",\"#epoch\":", message->epoch);
  append_member (json, ",\"#room\":", message->direct_rid);
}

/**
 * wire_frame_message:
 * @layer: who gets it
 * @message: a message, with a group or without one
 *
 * Returns: (transfer full): `#message` to a group, `#private` otherwise
 */
GBytes *
wire_frame_message (WireLayer          layer,
                    const WireMessage *message)
{
  GBytes *content = message->event->content;
  GString *json = wire_frame_begin (FRAME_BYTES + (content ? g_bytes_get_size (content) : 0));

  g_string_append (json, message->group ? "{\"#message\":" : "{\"#private\":");
  wire_json_append_bytes (json, content);
  append_user_id (json, message->event->user_id);
  append_member (json, ",\"#scid\":", message->scid);
  append_member (json, ",\"#srid\":", message->group);

  if (layer == WIRE_LAYER_NATIVE)
    append_native_keys (json, message);

  return end_object (json);
}

/**
 * wire_frame_notice:
 * @notice: what happened
 * @user_id: to whom
 * @scid: on which connection
 * @group: in which group
 * @n_present: connections of the user that are present in the group now
 *
 * Returns: (transfer full): `#notice`, in the words that Skapi clients of all ages look for
 */
GBytes *
wire_frame_notice (WireNotice      notice,
                   const BaseUuid *user_id,
                   const char     *scid,
                   const char     *group,
                   guint           n_present)
{
  static const struct
  {
    const char *words;
    const char *code;
  } notices[] = {
    [WIRE_NOTICE_JOINED] = { "has joined the message group.", "USER_JOINED" },
    [WIRE_NOTICE_LEFT] = { "has left the message group.", "USER_LEFT" },
    [WIRE_NOTICE_DISCONNECTED] = { "in the message group has been disconnected.",
                                   "USER_DISCONNECTED" },
  };
  char user[BASE_UUID_STRING_LENGTH + 1];
  GString *json = wire_frame_begin (FRAME_BYTES);

  base_uuid_format (user_id, user);
  g_string_append_printf (json, "{\"#notice\":\"User \\\"%s\\\" %s\"", user, notices[notice].words);
  append_user_id (json, user_id);
  append_member (json, ",\"#scid\":", scid);
  append_member (json, ",\"#srid\":", group);
  append_member (json, ",\"#code\":", notices[notice].code);
  g_string_append (json, ",\"#present\":");
  wire_json_append_integer (json, n_present);

  return end_object (json);
}

/**
 * wire_frame_rtc:
 * @content: (nullable): JSON, of the sender
 * @user_id: the sender
 * @scid: the sender's connection
 *
 * Returns: (transfer full): `#rtc`
 */
GBytes *
wire_frame_rtc (GBytes         *content,
                const BaseUuid *user_id,
                const char     *scid)
{
  GString *json = wire_frame_begin (FRAME_BYTES + (content ? g_bytes_get_size (content) : 0));

  g_string_append (json, "{\"#rtc\":");
  wire_json_append_bytes (json, content);
  append_user_id (json, user_id);
  append_member (json, ",\"#scid\":", scid);

  return end_object (json);
}

/**
 * wire_frame_event:
 * @event: an event other than a message
 * @rid: its room, as the receiver addresses it
 * @epoch: the room's
 *
 * Returns: (transfer full): `#event`
 */
GBytes *
wire_frame_event (const WireEvent *event,
                  const char      *rid,
                  const char      *epoch)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#event\":");
  wire_append_event (json, event);
  append_member (json, ",\"#room\":", rid);
  append_member (json, ",\"#epoch\":", epoch);

  return end_object (json);
}

/**
 * wire_frame_typing:
 * @on: whether they type or have stopped
 * @user_id: who
 * @rid: in which room, as the receiver addresses it
 *
 * Returns: (transfer full): `#typing`
 */
GBytes *
wire_frame_typing (gboolean        on,
                   const BaseUuid *user_id,
                   const char     *rid)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#typing\":");
  wire_json_append_boolean (json, on);
  append_user_id (json, user_id);
  append_member (json, ",\"#room\":", rid);

  return end_object (json);
}

/**
 * wire_frame_read:
 * @seq: read up to here
 * @received: received up to here
 * @user_id: who
 * @rid: in which room, as the receiver addresses it
 *
 * Returns: (transfer full): `#read`
 */
GBytes *
wire_frame_read (guint64         seq,
                 guint64         received,
                 const BaseUuid *user_id,
                 const char     *rid)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#read\":{\"seq\":");
  wire_json_append_integer (json, seq);
  g_string_append (json, ",\"received\":");
  wire_json_append_integer (json, received);
  g_string_append_c (json, '}');
  append_user_id (json, user_id);
  append_member (json, ",\"#room\":", rid);

  return end_object (json);
}

/**
 * wire_frame_presence:
 * @online: whether the first connection came or the last one went
 * @user_id: whose
 * @at_ms: when
 *
 * Returns: (transfer full): `#presence`
 */
GBytes *
wire_frame_presence (gboolean        online,
                     const BaseUuid *user_id,
                     guint64         at_ms)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#presence\":");
  wire_json_append_string (json, online ? "online" : "offline");
  append_user_id (json, user_id);
  g_string_append (json, ",\"#at\":");
  wire_json_append_integer (json, at_ms);

  return end_object (json);
}

/**
 * wire_frame_user:
 * @user: whose profile changed
 *
 * Returns: (transfer full): `#user`
 */
GBytes *
wire_frame_user (const WireUser *user)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#user\":");
  wire_append_user (json, user);

  return end_object (json);
}

/**
 * wire_frame_room:
 * @room: what the receiver became a member of
 *
 * Returns: (transfer full): `#room`
 */
GBytes *
wire_frame_room (const WireRoom *room)
{
  GString *json = wire_frame_begin (2 * FRAME_BYTES);

  g_string_append (json, "{\"#room\":");
  wire_append_room (json, room);

  return end_object (json);
}

/**
 * wire_frame_left:
 * @rid: the room that the receiver left
 *
 * Returns: (transfer full): `#left`
 */
GBytes *
wire_frame_left (const char *rid)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#left\":");
  wire_json_append_string (json, rid);

  return end_object (json);
}

/**
 * wire_frame_call:
 * @devices_json: who is in the call, an array
 * @rid: the group
 *
 * Returns: (transfer full): `#call`
 */
GBytes *
wire_frame_call (const char *devices_json,
                 const char *rid)
{
  GString *json = wire_frame_begin (FRAME_BYTES);

  g_string_append (json, "{\"#call\":");
  g_string_append (json, devices_json);
  append_member (json, ",\"#room\":", rid);

  return end_object (json);
}
