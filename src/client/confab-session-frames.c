/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-json-private.h"
#include "confab-room-private.h"
#include "confab-session-private.h"

/* What the server sends by itself: PROTOCOL.md, "Deliveries". Whatever does not fit is ignored. */

static ConfabRoom *
find_room (ConfabSession *self,
           JsonObject    *frame,
           const char    *key)
{
  const char *rid = confab_json_get_string (frame, key);

  return rid ? confab_session_get_room (self, rid) : NULL;
}

static void
take_event (ConfabSession *self,
            JsonObject    *frame)
{
  const char *rid = confab_json_get_string (frame, "#room");
  g_autoptr(ConfabEvent) event = confab_event_parse_frame (frame);
  ConfabRoom *room;

  if (!rid)
    rid = confab_json_get_string (frame, "#srid");
  if (!event || !rid)
    return;

  room = confab_session_get_room (self, rid);
  if (!room && rid[0] == '@')
    {
      room = confab_session_ensure_room (self, rid);
      if (room)
        {
          room->appeared = TRUE;
          confab_room_set_joined (room, TRUE);
          confab_session_sync_room (self, room);
        }
    }
  if (room)
    confab_room_take_live (room, event, confab_json_get_string (frame, "#epoch"));
}

static void
take_notice (ConfabSession *self,
             JsonObject    *frame)
{
  ConfabRoom *room = find_room (self, frame, "#srid");
  const char *user_id = confab_json_get_string (frame, "#user_id");
  guint64 n_connections = 0;

  confab_json_get_uint (frame, "#present", &n_connections);
  if (room && user_id)
    confab_room_take_notice (room, confab_json_get_string (frame, "#code"), user_id,
                             (guint) MIN (n_connections, G_MAXUINT));
}

static void
take_typing (ConfabSession *self,
             JsonObject    *frame)
{
  ConfabRoom *room = find_room (self, frame, "#room");
  const char *user_id = confab_json_get_string (frame, "#user_id");

  if (room && user_id)
    confab_room_take_typing (room, user_id, confab_json_get_boolean (frame, "#typing"));
}

static void
take_read (ConfabSession *self,
           JsonObject    *frame)
{
  ConfabRoom *room = find_room (self, frame, "#room");
  JsonObject *marker = confab_json_get_object (frame, "#read");
  const char *user_id = confab_json_get_string (frame, "#user_id");
  guint64 seq = 0, received = 0;

  if (!room || !marker || !user_id)
    return;

  confab_json_get_uint (marker, "seq", &seq);
  confab_json_get_uint (marker, "received", &received);
  confab_room_take_marker (room, user_id, seq, received);
}

static void
take_presence (ConfabSession *self,
               JsonObject    *frame)
{
  const char *user_id = confab_json_get_string (frame, "#user_id");
  gboolean online = g_strcmp0 (confab_json_get_string (frame, "#presence"), "online") == 0;
  g_autoptr(ConfabUser) user =
    user_id ? confab_user_cache_dup_user (self->users, user_id) : NULL;

  if (user)
    confab_user_set_presence (user, online,
                              online ? 0 : confab_json_get_time_us (frame, "#at"));
}

static void
take_user (ConfabSession *self,
           JsonObject    *frame)
{
  JsonObject *object = confab_json_get_object (frame, "#user");
  g_autoptr(ConfabUser) user = object ? confab_user_cache_take (self->users, object) : NULL;
}

static void
take_room (ConfabSession *self,
           JsonObject    *frame)
{
  JsonObject *info = confab_json_get_object (frame, "#room");
  const char *rid = info ? confab_json_get_string (info, "rid") : NULL;
  gboolean known = rid && confab_session_get_room (self, rid);
  ConfabRoom *room = rid ? confab_session_ensure_room (self, rid) : NULL;

  if (!room)
    return;

  /* Somebody's first words to us; a group was read up to where another device has joined it. */
  if (!known && rid[0] == '@')
    room->appeared = TRUE;

  confab_room_take_info (room, info);
  confab_room_set_joined (room, TRUE);
  confab_session_room_moved (self, room);
  confab_room_save (room);
  if (!room->synced)
    confab_session_sync_room (self, room);
}

static void
take_left (ConfabSession *self,
           JsonObject    *frame)
{
  ConfabRoom *room = find_room (self, frame, "#left");

  if (!room)
    return;

  confab_room_set_joined (room, FALSE);
  confab_room_disconnected (room);
  confab_session_room_moved (self, room);
  confab_room_save (room);
}

static const struct
{
  const char  *key;
  void       (*take) (ConfabSession *self,
                      JsonObject    *frame);
} deliveries[] = {
  { "#message", take_event },
  { "#private", take_event },
  { "#event", take_event },
  { "#notice", take_notice },
  { "#typing", take_typing },
  { "#read", take_read },
  { "#presence", take_presence },
  { "#user", take_user },
  { "#left", take_left },
  /* Last: "#room" is also what others say where they belong. */
  { "#room", take_room },
};

void
confab_session_take_frame (ConfabSession *self,
                           JsonObject    *frame)
{
  for (guint i = 0; i < G_N_ELEMENTS (deliveries); i++)
    if (json_object_has_member (frame, deliveries[i].key))
      {
        deliveries[i].take (self, frame);
        return;
      }
}
