/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-delivery"

#include "config.h"

#include "confabd-core-private.h"

#include <string.h>

/* What goes over the bus: one byte of flags, the cid of a connection that is not to get it (zeros:
 * none), then the frame. The subject is "room:" and a room's key, or "user:" and a user id. */
#define HEADER_BYTES (1 + CONFABD_CID_BYTES)
#define ROOM_SUBJECT "room:"
#define USER_SUBJECT "user:"
#define ALL_SUBJECT  "all:"

typedef enum {
  FLAG_TRANSIENT   = 1 << 0,
  FLAG_NATIVE_ONLY = 1 << 1,
  FLAG_PACKET      = 1 << 2,   /* for Socket.IO clients only */
} Flags;

void
confabd_core_send (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   ConfabdFrameClass  frame_class,
                   GBytes            *frame)
{
  /* It would not understand it. */
  if (connection->altogic)
    return;

  confabd_peers_send (self->peers, connection->peer, frame_class, frame);
}

/* A frame for all connections of a user. As long as they have only one, which is the rule, the hubs
 * need no audience for them. */
void
confabd_core_deliver_to_person (ConfabdCore       *self,
                                ConfabdPerson     *person,
                                ConfabdFrameClass  frame_class,
                                GBytes            *native,
                                GBytes            *skapi,
                                ConfabdPeer        except)
{
  ConfabdConnection *only = person->connections;
  GBytes *frame;

  if (person->audience)
    {
      confabd_peers_fan_out (self->peers, person->audience, frame_class, native, skapi, except);
      return;
    }

  frame = only->native ? native : only->altogic ? NULL : skapi;

  if (frame && only->peer != except)
    confabd_core_send (self, only, frame_class, frame);
}

static void
publish (ConfabdCore       *self,
         const char        *subject,
         ConfabdFrameClass  frame_class,
         Flags              flags,
         GBytes            *frame,
         ConfabdConnection *except)
{
  gsize length = g_bytes_get_size (frame);
  guint8 *bytes = g_malloc (HEADER_BYTES + length);
  g_autoptr(GBytes) payload = g_bytes_new_take (bytes, HEADER_BYTES + length);

  bytes[0] = (guint8) (flags | (frame_class == CONFABD_FRAME_TRANSIENT ? FLAG_TRANSIENT : 0));
  memset (bytes + 1, 0, CONFABD_CID_BYTES);
  if (except)
    memcpy (bytes + 1, except->cid, CONFABD_CID_BYTES);
  memcpy (bytes + HEADER_BYTES, g_bytes_get_data (frame, NULL), length);

  confabd_bus_publish (self->bus, subject, payload);
}

/* A frame that is not stored, for all who are present in a group, on whichever node. */
void
confabd_core_publish_to_room (ConfabdCore       *self,
                              const char        *key,
                              ConfabdFrameClass  frame_class,
                              gboolean           native_only,
                              GBytes            *frame,
                              ConfabdConnection *except)
{
  g_autofree char *subject = g_strconcat (ROOM_SUBJECT, key, NULL);

  publish (self, subject, frame_class, native_only ? FLAG_NATIVE_ONLY : 0, frame, except);
}

/* A packet that is not stored, for all Socket.IO clients in a group, or for all that there are. */
void
confabd_core_publish_packet (ConfabdCore       *self,
                             const char        *key,
                             ConfabdFrameClass  frame_class,
                             GBytes            *frames,
                             ConfabdConnection *except)
{
  g_autofree char *subject = key ? g_strconcat (ROOM_SUBJECT, key, NULL) : g_strdup (ALL_SUBJECT);

  publish (self, subject, frame_class, FLAG_PACKET, frames, except);
}

static void
make_user_subject (const BaseUuid *user_id,
                   char            subject[sizeof USER_SUBJECT + BASE_UUID_STRING_LENGTH])
{
  memcpy (subject, USER_SUBJECT, strlen (USER_SUBJECT));
  base_uuid_format (user_id, subject + strlen (USER_SUBJECT));
}

/* A packet that is not stored, for all Socket.IO clients of a user. */
void
confabd_core_publish_packet_to_user (ConfabdCore    *self,
                                     const BaseUuid *user_id,
                                     GBytes         *frames)
{
  char subject[sizeof USER_SUBJECT + BASE_UUID_STRING_LENGTH];

  make_user_subject (user_id, subject);
  publish (self, subject, CONFABD_FRAME_DURABLE, FLAG_PACKET, frames, NULL);
}

/* A frame that is not stored, for all connections of a user, on whichever node. */
void
confabd_core_publish_to_user (ConfabdCore       *self,
                              const BaseUuid    *user_id,
                              ConfabdFrameClass  frame_class,
                              gboolean           native_only,
                              GBytes            *frame,
                              ConfabdConnection *except)
{
  char subject[sizeof USER_SUBJECT + BASE_UUID_STRING_LENGTH];

  make_user_subject (user_id, subject);
  publish (self, subject, frame_class, native_only ? FLAG_NATIVE_ONLY : 0, frame, except);
}

static void
hear_packet_for_user (ConfabdCore *self,
                      const char  *text,
                      GBytes      *frames)
{
  ConfabdPerson *person;
  BaseUuid user_id;

  person = base_uuid_parse (&user_id, text, -1) ? confabd_core_find_person (self, &user_id) : NULL;
  if (!person)
    return;

  if (person->audience)
    confabd_peers_fan_out_packet (self->peers, person->audience, CONFABD_FRAME_DURABLE, frames, 0);
  else if (person->connections->altogic)
    confabd_peers_send (self->peers, person->connections->peer, CONFABD_FRAME_DURABLE, frames);
}

static void
hear_packet (ConfabdCore       *self,
             const char        *subject,
             ConfabdFrameClass  frame_class,
             GBytes            *frames,
             ConfabdPeer        except)
{
  ConfabdRoom *room;

  if (g_str_equal (subject, ALL_SUBJECT))
    {
      confabd_peers_fan_out_packet (self->peers, self->altogic_audience, frame_class, frames,
                                    except);
      return;
    }

  if (g_str_has_prefix (subject, USER_SUBJECT))
    {
      hear_packet_for_user (self, subject + strlen (USER_SUBJECT), frames);
      return;
    }

  room = g_str_has_prefix (subject, ROOM_SUBJECT)
           ? confabd_rooms_find (&self->rooms, subject + strlen (ROOM_SUBJECT)) : NULL;

  if (room && room->n_connections > 0)
    confabd_peers_fan_out_packet (self->peers, room->audience, frame_class, frames, except);
}

static void
hear_for_room (ConfabdCore       *self,
               const char        *key,
               ConfabdFrameClass  frame_class,
               GBytes            *native,
               GBytes            *skapi,
               ConfabdPeer        except)
{
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, key);

  if (room && room->n_connections > 0)
    confabd_peers_fan_out (self->peers, room->audience, frame_class, native, skapi, except);
}

static void
hear_for_user (ConfabdCore       *self,
               const char        *text,
               ConfabdFrameClass  frame_class,
               GBytes            *native,
               GBytes            *skapi,
               ConfabdPeer        except)
{
  ConfabdPerson *person;
  BaseUuid user_id;

  if (!base_uuid_parse (&user_id, text, -1))
    return;

  person = confabd_core_find_person (self, &user_id);

  if (person)
    confabd_core_deliver_to_person (self, person, frame_class, native, skapi, except);
}

/* What came over the bus, from this node or another: a payload that is too short or for nobody is
 * left alone. */
void
confabd_core_heard_cb (const char *subject,
                       GBytes     *payload,
                       gpointer    user_data)
{
  ConfabdCore *self = user_data;
  ConfabdConnection probe;
  ConfabdConnection *except;
  ConfabdFrameClass frame_class;
  g_autoptr(GBytes) frame = NULL;
  const guint8 *bytes;
  GBytes *skapi;
  gsize length;

  bytes = g_bytes_get_data (payload, &length);
  if (length <= HEADER_BYTES)
    return;

  memcpy (probe.cid, bytes + 1, CONFABD_CID_BYTES);
  except = g_hash_table_lookup (self->cids, &probe);
  frame_class = bytes[0] & FLAG_TRANSIENT ? CONFABD_FRAME_TRANSIENT : CONFABD_FRAME_DURABLE;
  frame = g_bytes_new_from_bytes (payload, HEADER_BYTES, length - HEADER_BYTES);
  skapi = bytes[0] & FLAG_NATIVE_ONLY ? NULL : frame;

  if (bytes[0] & FLAG_PACKET)
    hear_packet (self, subject, frame_class, frame, except ? except->peer : 0);
  else if (g_str_has_prefix (subject, ROOM_SUBJECT))
    hear_for_room (self, subject + strlen (ROOM_SUBJECT), frame_class, frame, skapi,
                   except ? except->peer : 0);
  else if (g_str_has_prefix (subject, USER_SUBJECT))
    hear_for_user (self, subject + strlen (USER_SUBJECT), frame_class, frame, skapi,
                   except ? except->peer : 0);
}
