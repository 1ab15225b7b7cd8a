/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-answers"

#include "config.h"

#include "confabd-frames-private.h"

#include "confabd-address.h"

#include "wire-limits.h"

/* What log and store know, joined with what the core knows: who is online and who is present. */

/* What one event, user or room takes in a reply, so that its buffer seldom grows. */
#define EVENT_BYTES 256
#define ITEM_BYTES  320
#define ID_BYTES    (BASE_UUID_STRING_LENGTH + 3)

static WireUser
view_user (ConfabdCore       *core,
           const ConfabdUser *user)
{
  return (WireUser) {
           .user_id = &user->user_id,
           .name = user->name,
           .display_name = user->display_name,
           .online = confabd_core_is_online (core, &user->user_id),
           .last_seen_ms = user->last_seen_ms,
  };
}

/* Present in a direct room is who is online. */
static guint
count_present (ConfabdCore *core,
               const char  *key)
{
  BaseUuid users[2];
  ConfabdRoom *room;
  guint n_online;

  if (!confabd_address_get_users (key, users))
    {
      room = confabd_rooms_find (&core->rooms, key);
      return room ? confabd_room_get_n_persons (room) : 0;
    }

  n_online = confabd_core_is_online (core, &users[0]) ? 1 : 0;
  if (!base_uuid_equal (&users[0], &users[1]) && confabd_core_is_online (core, &users[1]))
    n_online++;

  return n_online;
}

/* A room in the words of the wire, with what those words point to. */
typedef struct
{
  WireRoom   room;
  WireEvent  last;
  WireUser   peer;
  char      *rid;
} RoomView;

static void
room_view_init (RoomView             *self,
                ConfabdCore          *core,
                const ConfabdRoomRow *row,
                const BaseUuid       *viewer)
{
  self->rid = confabd_address_make_rid (row->room, viewer);
  self->room = (WireRoom) {
    .rid = self->rid,
    .direct = row->kind == CONFABD_ROOM_DIRECT,
    .epoch = row->epoch,
    .seq = row->last_seq,
    .n_members = row->n_members,
    .n_present = count_present (core, row->room),
    .member = row->member,
    .read_seq = row->read_seq,
    .n_unread = row->n_unread,
  };

  if (row->last)
    {
      self->last = confabd_frames_view_event (row->last);
      self->room.last = &self->last;
    }

  if (row->peer)
    {
      self->peer = view_user (core, row->peer);
      self->room.peer = &self->peer;
    }
}

static void
room_view_clear (RoomView *self)
{
  g_clear_pointer (&self->rid, g_free);
}

static void
append_row (GString              *json,
            ConfabdCore          *core,
            const ConfabdRoomRow *row,
            const BaseUuid       *viewer)
{
  RoomView view;

  room_view_init (&view, core, row, viewer);
  wire_append_room (json, &view.room);
  room_view_clear (&view);
}

/* The room of a tail, as a row. All of it stays the tail's. */
static ConfabdRoomRow
view_tail (const ConfabdTail *tail)
{
  ConfabdRoomRow row = {
    .room = tail->room,
    .kind = confabd_address_get_kind (tail->room),
    .last_seq = tail->last_seq,
    .n_members = tail->n_members,
    .member = tail->member,
    .read_seq = tail->read_seq,
    .n_unread = tail->n_unread,
    .last = tail->last,
    .peer = tail->peer,
  };

  g_strlcpy (row.epoch, tail->epoch, sizeof row.epoch);

  return row;
}

static void
append_tail_room (GString           *json,
                  ConfabdCore       *core,
                  const ConfabdTail *tail)
{
  ConfabdRoomRow row = view_tail (tail);

  append_row (json, core, &row, &tail->user_id);
}

static void
append_boolean_member (GString    *json,
                       const char *member,
                       gboolean    value)
{
  g_string_append (json, member);
  wire_json_append_boolean (json, value);
}

static void
append_events (GString   *json,
               GPtrArray *events)
{
  g_string_append (json, "\"events\":[");

  for (guint i = 0; events && i < events->len; i++)
    {
      WireEvent event = confabd_frames_view_event (g_ptr_array_index (events, i));

      if (i > 0)
        g_string_append_c (json, ',');
      wire_append_event (json, &event);
    }

  g_string_append_c (json, ']');
}

static void
append_id (GString        *json,
           const BaseUuid *user_id,
           guint          *n_appended)
{
  if ((*n_appended)++ > 0)
    g_string_append_c (json, ',');
  wire_json_append_uuid (json, user_id);
}

static void
append_present (GString     *json,
                ConfabdCore *core,
                const char  *key)
{
  ConfabdRoom *room = confabd_rooms_find (&core->rooms, key);
  guint n_appended = 0;
  BaseUuid users[2];
  GHashTableIter iter;
  ConfabdPerson *person;

  g_string_append (json, ",\"present\":[");

  if (confabd_address_get_users (key, users))
    {
      for (guint i = 0; i < (base_uuid_equal (&users[0], &users[1]) ? 1 : 2); i++)
        {
          if (confabd_core_is_online (core, &users[i]))
            append_id (json, &users[i], &n_appended);
        }
    }
  else if (room && room->persons)
    {
      g_hash_table_iter_init (&iter, room->persons);
      while (n_appended < WIRE_LIMIT_PRESENT &&
             g_hash_table_iter_next (&iter, (gpointer *) &person, NULL))
        append_id (json, &person->user_id, &n_appended);
    }

  g_string_append_c (json, ']');
}

static void
append_reads (GString *json,
              GArray  *reads)
{
  g_string_append (json, ",\"reads\":[");

  for (guint i = 0; reads && i < reads->len; i++)
    {
      const ConfabdReadMarker *marker = &g_array_index (reads, ConfabdReadMarker, i);

      g_string_append (json, i > 0 ? ",{\"user_id\":" : "{\"user_id\":");
      wire_json_append_uuid (json, &marker->user_id);
      g_string_append (json, ",\"seq\":");
      wire_json_append_integer (json, marker->seq);
      g_string_append (json, ",\"received\":");
      wire_json_append_integer (json, marker->received);
      g_string_append_c (json, '}');
    }

  g_string_append_c (json, ']');
}

static gsize
guess_event_bytes (GPtrArray *events)
{
  gsize n_bytes = 0;

  for (guint i = 0; events && i < events->len; i++)
    {
      ConfabdEvent *event = g_ptr_array_index (events, i);

      n_bytes += EVENT_BYTES + (event->content ? g_bytes_get_size (event->content) : 0);
    }

  return n_bytes;
}

/* The answer to join. */
GBytes *
confabd_frames_new_joined (ConfabdCore       *core,
                           const ConfabdTail *tail,
                           const char        *ref)
{
  GString *json = wire_reply_begin (ITEM_BYTES);

  g_string_append (json, "{\"room\":");
  append_tail_room (json, core, tail);
  g_string_append_c (json, '}');

  return wire_reply_end (json, ref);
}

/* The answer to subscribe. */
GBytes *
confabd_frames_new_snapshot (ConfabdCore       *core,
                             const ConfabdTail *tail,
                             const char        *ref)
{
  gsize n_present = MIN (count_present (core, tail->room), WIRE_LIMIT_PRESENT);
  GString *json = wire_reply_begin (ITEM_BYTES + n_present * ID_BYTES +
                                    guess_event_bytes (tail->events));

  g_string_append (json, "{\"room\":");
  append_tail_room (json, core, tail);
  g_string_append_c (json, ',');
  append_events (json, tail->events);
  append_boolean_member (json, ",\"more\":", tail->more);
  append_boolean_member (json, ",\"reset\":", tail->reset);
  append_present (json, core, tail->room);
  append_reads (json, tail->reads);
  g_string_append_c (json, '}');

  return wire_reply_end (json, ref);
}

static void
append_rooms (GString            *json,
              ConfabdCore        *core,
              const ConfabdQuery *query)
{
  g_string_append (json, "\"rooms\":[");

  for (guint i = 0; query->rooms && i < query->rooms->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_row (json, core, g_ptr_array_index (query->rooms, i), &query->user_id);
    }

  g_string_append_c (json, ']');
}

/* {"rid","members","present","member"} */
static void
append_groups (GString            *json,
               ConfabdCore        *core,
               const ConfabdQuery *query)
{
  g_string_append (json, "\"groups\":[");

  for (guint i = 0; query->rooms && i < query->rooms->len; i++)
    {
      const ConfabdRoomRow *row = g_ptr_array_index (query->rooms, i);

      g_string_append (json, i > 0 ? ",{\"rid\":" : "{\"rid\":");
      wire_json_append_string (json, row->room);
      g_string_append (json, ",\"members\":");
      wire_json_append_integer (json, row->n_members);
      g_string_append (json, ",\"present\":");
      wire_json_append_integer (json, count_present (core, row->room));
      append_boolean_member (json, ",\"member\":", row->member);
      g_string_append_c (json, '}');
    }

  g_string_append_c (json, ']');
}

static void
append_users (GString            *json,
              ConfabdCore        *core,
              const ConfabdQuery *query)
{
  g_string_append (json, "\"users\":[");

  for (guint i = 0; query->users && i < query->users->len; i++)
    {
      WireUser user = view_user (core, g_ptr_array_index (query->users, i));

      if (i > 0)
        g_string_append_c (json, ',');
      wire_append_user (json, &user);
    }

  g_string_append_c (json, ']');
}

/* The answer to rooms, history, groups, users and members. */
GBytes *
confabd_frames_new_answer (ConfabdCore        *core,
                           const ConfabdQuery *query,
                           const char         *ref)
{
  gsize n_items = (query->rooms ? query->rooms->len : 0) + (query->users ? query->users->len : 0);
  GString *json = wire_reply_begin (n_items * ITEM_BYTES + guess_event_bytes (query->events));

  g_string_append_c (json, '{');

  if (query->kind == CONFABD_QUERY_ROOMS)
    append_rooms (json, core, query);
  else if (query->kind == CONFABD_QUERY_GROUPS)
    append_groups (json, core, query);
  else if (query->kind == CONFABD_QUERY_HISTORY)
    append_events (json, query->events);
  else
    append_users (json, core, query);

  if (query->kind != CONFABD_QUERY_ROOMS)
    append_boolean_member (json, ",\"more\":", query->more);

  if (query->kind == CONFABD_QUERY_HISTORY)
    {
      g_string_append (json, ",\"epoch\":");
      wire_json_append_string (json, query->epoch);
    }

  g_string_append_c (json, '}');

  return wire_reply_end (json, ref);
}

GBytes *
confabd_frames_new_user (ConfabdCore       *core,
                         const ConfabdUser *user)
{
  WireUser view = view_user (core, user);

  return wire_frame_user (&view);
}

/* The room of a tail, as its asker addresses it. */
GBytes *
confabd_frames_new_room (ConfabdCore       *core,
                         const ConfabdTail *tail)
{
  ConfabdRoomRow row = view_tail (tail);
  RoomView view;
  GBytes *frame;

  room_view_init (&view, core, &row, &tail->user_id);
  frame = wire_frame_room (&view.room);
  room_view_clear (&view);

  return frame;
}
