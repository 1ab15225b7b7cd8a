/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-altogic"

#include "config.h"

#include "confabd-altogic-private.h"

#include "wire-limits.h"

#include <string.h>

/* What Altogic's clients are told, and how an event of theirs is a content of ours: an event called
 * "message" is its message, any other is {"eventName":…,"message":…}. */

#define PLAIN_EVENT "message"

/* Takes @packet. */
void
confabd_altogic_send (ConfabdCore    *core,
                      ConfabdAltogic *self,
                      WireSioPacket  *packet)
{
  g_autoptr(WireSioPacket) owned = packet;
  g_autoptr(GBytes) frames = wire_sio_packet_to_frames (packet);

  confabd_peers_send (core->peers, self->peer, CONFABD_FRAME_DURABLE, frames);
}

/* Takes @json, the payload of an event. Bytes in it go as attachments. */
static GBytes *
make_event (GString *json)
{
  g_autoptr(WireSioPacket) packet =
    wire_sio_packet_new (WIRE_SIO_EVENT, WIRE_SIO_MAIN_NAMESPACE, NULL);
  g_autoptr(GBytes) payload = g_string_free_to_bytes (json);

  wire_sio_packet_take_json (packet, payload, WIRE_LIMIT_SIO_ATTACHMENTS);

  return wire_sio_packet_to_frames (packet);
}

/* `["EVENT",{"channel":CHANNEL,"message":` */
static GString *
begin_event (const char *event,
             const char *channel,
             gsize       n_bytes)
{
  GString *json = g_string_sized_new (n_bytes + strlen (event) + 128);

  g_string_append_c (json, '[');
  wire_json_append_string (json, event);
  g_string_append (json, ",{\"channel\":");
  if (channel)
    wire_json_append_string (json, channel);
  else
    g_string_append (json, "null");
  g_string_append (json, ",\"message\":");

  return json;
}

static GBytes *
end_event (GString         *json,
           const WireSlice *message)
{
  g_string_append_len (json, message->data, (gssize) message->length);
  g_string_append (json, "}]");

  return make_event (json);
}

/* `channel:join` and its like: who it is, and what it says of itself. */
static GBytes *
make_member_event (const char        *event,
                   const char        *channel,
                   ConfabdConnection *connection)
{
  GBytes *profile = connection->altogic ? connection->altogic->profile : NULL;
  GString *json = begin_event (event, channel, profile ? g_bytes_get_size (profile) : 0);
  char cid[CONFABD_CID_LENGTH + 1];

  confabd_connection_format_cid (connection, cid);
  g_string_append (json, "{\"id\":");
  wire_json_append_string (json, cid);
  if (profile)
    {
      g_string_append (json, ",\"data\":");
      g_string_append_len (json, g_bytes_get_data (profile, NULL),
                           (gssize) g_bytes_get_size (profile));
    }
  g_string_append (json, "}}]");

  return make_event (json);
}

static void
append_error (GString    *json,
              WireError   code,
              const char *message)
{
  g_string_append (json, "{\"code\":");
  wire_json_append_string (json, wire_error_get_name (code));
  g_string_append (json, ",\"message\":");
  wire_json_append_string (json, message);
  g_string_append_c (json, '}');
}

static void
send_ack (ConfabdCore    *core,
          ConfabdAltogic *self,
          const char     *ref,
          GString        *json)
{
  g_autoptr(GBytes) payload = g_string_free_to_bytes (json);
  WireSioPacket *packet = wire_sio_packet_new (WIRE_SIO_ACK, WIRE_SIO_MAIN_NAMESPACE, payload);

  packet->has_id = TRUE;
  packet->id = g_ascii_strtoull (ref, NULL, 10);
  confabd_altogic_send (core, self, packet);
}

/* Altogic has no word for it: an event "error", and the same in the ack if one was asked for. */
void
confabd_altogic_refuse (ConfabdCore    *core,
                        ConfabdAltogic *self,
                        const char     *ref,
                        WireError       code,
                        const char     *message)
{
  GString *json = g_string_new ("[\"error\",");
  g_autoptr(GBytes) frames = NULL;

  append_error (json, code, message);
  g_string_append_c (json, ']');
  frames = make_event (json);
  confabd_peers_send (core->peers, self->peer, CONFABD_FRAME_DURABLE, frames);

  if (ref)
    {
      json = g_string_new ("[{\"error\":");
      append_error (json, code, message);
      g_string_append (json, "}]");
      send_ack (core, self, ref, json);
    }
}

void
confabd_altogic_accept (ConfabdCore    *core,
                        ConfabdAltogic *self,
                        const char     *ref)
{
  if (ref)
    send_ack (core, self, ref, g_string_new ("[{\"status\":\"ok\"}]"));
}

/* Somebody has come into a group or left it: what that is to Altogic's clients in it. */
void
confabd_altogic_tell_notice (ConfabdCore       *core,
                             ConfabdConnection *connection,
                             const char        *key,
                             WireNotice         notice)
{
  gboolean joined = notice == WIRE_NOTICE_JOINED;
  gboolean spare = connection->altogic && !connection->altogic->echo_now;
  g_autoptr(GBytes) frames = NULL;

  if (g_hash_table_size (core->altogics) == 0)
    return;

  frames = make_member_event (joined ? "channel:join" : "channel:leave", key, connection);
  confabd_core_publish_packet (core, key, CONFABD_FRAME_DURABLE, frames,
                               spare ? connection : NULL);
}

/* The one who left is in the group no more, and is told apart. */
void
confabd_altogic_tell_left (ConfabdCore    *core,
                           ConfabdAltogic *self,
                           const char     *key)
{
  g_autoptr(GBytes) frames = make_member_event ("channel:leave", key, self->connection);

  confabd_peers_send (core->peers, self->peer, CONFABD_FRAME_DURABLE, frames);
}

void
confabd_altogic_tell_update (ConfabdCore    *core,
                             ConfabdAltogic *self,
                             const char     *key)
{
  g_autoptr(GBytes) frames = make_member_event ("channel:update", key, self->connection);

  confabd_core_publish_packet (core, key, CONFABD_FRAME_DURABLE, frames,
                               self->echo_now ? NULL : self->connection);
}

/* To everybody who speaks Socket.IO; not stored. */
void
confabd_altogic_broadcast (ConfabdCore     *core,
                           ConfabdAltogic  *self,
                           const char      *event,
                           const WireSlice *message)
{
  g_autoptr(GBytes) frames = end_event (begin_event (event, NULL, message->length), message);

  confabd_core_publish_packet (core, NULL, CONFABD_FRAME_TRANSIENT, frames,
                               self->echo_now ? NULL : self->connection);
}

/**
 * confabd_altogic_check_name:
 * @event: the name of an event
 *
 * Returns: whether a client may give an event that name: not one that Socket.IO or Altogic keep for
 *   themselves
 */
gboolean
confabd_altogic_check_name (const char *event)
{
  if (*event == '\0' || strlen (event) > CONFABD_EVENT_NAME_BYTES ||
      wire_sio_event_is_reserved (event) || g_str_has_prefix (event, "channel:") ||
      g_str_has_prefix (event, "user:"))
    return FALSE;

  for (const char *c = event; *c; c++)
    if (g_ascii_iscntrl (*c))
      return FALSE;

  return TRUE;
}

/**
 * confabd_altogic_make_content:
 * @event: the name of an event
 * @message: what it carries, JSON
 *
 * Returns: (transfer full): the content that it is stored and seen as by others
 */
GBytes *
confabd_altogic_make_content (const char      *event,
                              const WireSlice *message)
{
  GString *json;

  if (strcmp (event, PLAIN_EVENT) == 0)
    return g_bytes_new (message->data, message->length);

  json = g_string_sized_new (message->length + strlen (event) + 64);
  g_string_append (json, "{\"eventName\":");
  wire_json_append_string (json, event);
  g_string_append (json, ",\"message\":");
  g_string_append_len (json, message->data, (gssize) message->length);
  g_string_append_c (json, '}');

  return g_string_free_to_bytes (json);
}

/* Undoes confabd_altogic_make_content(): the name of the event, and what it carries. */
static char *
read_content (const WireSlice *content,
              WireSlice       *message)
{
  g_autofree char *name = NULL;
  WireJsonReader reader;
  WireJsonValue value;
  WireSlice inner = { NULL, 0 };
  guint n_members = 0;

  *message = *content;

  if (wire_json_reader_init (&reader, content->data, content->length, WIRE_JSON_MAX_DEPTH) &&
      reader.closer == '}')
    while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM && n_members++ < 2)
      {
        if (wire_json_key_is (&value, "eventName") && !name &&
            value.type == WIRE_JSON_STRING)
          name = wire_json_dup_string (&value);
        else if (wire_json_key_is (&value, "message"))
          inner = wire_json_get_whole (&value);
      }

  if (n_members != 2 || !name || !inner.data || !confabd_altogic_check_name (name))
    return g_strdup (PLAIN_EVENT);

  *message = inner;

  return g_steal_pointer (&name);
}

static ConfabdPeer
find_sender (ConfabdCore        *core,
             const ConfabdEvent *event)
{
  ConfabdConnection probe = { 0 };
  ConfabdConnection *sender = NULL;

  if (event->no_echo && confabd_connection_parse_cid (&probe, event->cid))
    sender = g_hash_table_lookup (core->cids, &probe);

  return sender ? sender->peer : 0;
}

/**
 * confabd_altogic_deliver:
 * @core: the core
 * @room: a group
 * @event: a committed event of it
 *
 * Tells Altogic's clients in @room of a message.
 */
void
confabd_altogic_deliver (ConfabdCore        *core,
                         ConfabdRoom        *room,
                         const ConfabdEvent *event)
{
  g_autofree char *name = NULL;
  g_autoptr(GBytes) frames = NULL;
  WireSlice content;
  WireSlice message;

  if (event->type != CONFABD_EVENT_MESSAGE || !event->content ||
      g_hash_table_size (core->altogics) == 0)
    return;

  content.data = g_bytes_get_data (event->content, &content.length);
  name = read_content (&content, &message);
  frames = end_event (begin_event (name, room->key, message.length), &message);
  confabd_peers_fan_out_packet (core->peers, room->audience, CONFABD_FRAME_DURABLE, frames,
                                find_sender (core, event));
}
