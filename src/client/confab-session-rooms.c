/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-session-private.h"

#include "confab-room-private.h"

#include "wire-names.h"

/* The rooms of a session: all that it knows of, and of these the list that is shown. */

GPtrArray *
confab_session_list_all_rooms (ConfabSession *self)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->all_rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    g_ptr_array_add (rooms, g_object_ref (room));

  return rooms;
}

/* Returns: (transfer none) (nullable): the room, made if need be; NULL if no room can be called so
 */
ConfabRoom *
confab_session_ensure_room (ConfabSession *self,
                            const char    *rid)
{
  g_autofree char *normal = wire_rid_normalize (rid, NULL);
  ConfabRoom *room;

  if (!normal)
    return NULL;

  room = g_hash_table_lookup (self->all_rooms, normal);
  if (!room)
    {
      room = confab_room_new (self, normal);
      g_hash_table_insert (self->all_rooms, (char *) confab_room_get_rid (room), room);
    }

  return room;
}

static guint
find_place (ConfabSession *self,
            ConfabRoom    *room)
{
  GListModel *rooms = G_LIST_MODEL (self->rooms);
  guint n_rooms = g_list_model_get_n_items (rooms);
  guint position = 0;

  for (guint i = 0; i < n_rooms; i++)
    {
      g_autoptr(ConfabRoom) other = g_list_model_get_item (rooms, i);

      if (other == room)
        continue;
      if (other->last_activity_at < room->last_activity_at)
        break;
      position++;
    }

  return position;
}

/* Its activity or its membership has changed. */
void
confab_session_room_moved (ConfabSession *self,
                           ConfabRoom    *room)
{
  guint place;
  guint position;
  gboolean listed = g_list_store_find (self->rooms, room, &position);

  if (!room->joined)
    {
      if (listed)
        g_list_store_remove (self->rooms, position);
      confab_session_unread_changed (self);
      return;
    }

  place = find_place (self, room);
  if (listed && place == position)
    return;

  if (listed)
    {
      g_object_ref (room);
      g_list_store_remove (self->rooms, position);
    }
  g_list_store_insert (self->rooms, place, room);
  if (listed)
    g_object_unref (room);
  else
    confab_session_unread_changed (self);
}

void
confab_session_unread_changed (ConfabSession *self)
{
  guint n_unread = 0;
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->all_rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    if (CONFAB_ROOM (room)->joined)
      n_unread += CONFAB_ROOM (room)->n_unread;

  confab_session_set_n_unread (self, n_unread);
}
