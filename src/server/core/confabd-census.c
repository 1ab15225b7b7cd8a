/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-census"

#include "config.h"

#include "confabd-altogic-private.h"
#include "confabd-core-private.h"

/* Who is where. */

/**
 * confabd_core_list_groups:
 * @self: the core
 * @func: (scope call): told of each group
 * @user_data: data for @func
 *
 * Goes through the groups in which somebody is present, in no order.
 */
void
confabd_core_list_groups (ConfabdCore      *self,
                          ConfabdGroupFunc  func,
                          gpointer          user_data)
{
  GHashTableIter iter;
  ConfabdRoom *room;

  g_hash_table_iter_init (&iter, self->rooms.rooms);
  while (g_hash_table_iter_next (&iter, (gpointer *) &room, NULL))
    {
      if (room->n_connections > 0)
        func (room->key, confabd_room_get_n_persons (room), user_data);
    }
}

static void
list_person (ConfabdRoom        *room,
             ConfabdPerson      *person,
             ConfabdPresentFunc  func,
             gpointer            user_data)
{
  for (ConfabdConnection *each = person->connections; each; each = each->next)
    {
      ConfabdSeat *seat = confabd_connection_find_seat (each, room);
      char cid[CONFABD_CID_LENGTH + 1];

      if (!seat || !seat->present)
        continue;

      confabd_connection_format_cid (each, cid);
      func (&person->user_id, cid, user_data);
    }
}

/**
 * confabd_core_list_present:
 * @self: the core
 * @group: the name of a group
 * @func: (scope call): told of each connection
 * @user_data: data for @func
 *
 * Goes through the connections that are present in a group, in no order.
 */
void
confabd_core_list_present (ConfabdCore        *self,
                           const char         *group,
                           ConfabdPresentFunc  func,
                           gpointer            user_data)
{
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, group);
  ConfabdPerson *person;
  GHashTableIter iter;

  if (!room || !room->persons)
    return;

  g_hash_table_iter_init (&iter, room->persons);
  while (g_hash_table_iter_next (&iter, (gpointer *) &person, NULL))
    list_person (room, person, func, user_data);
}

/**
 * confabd_core_list_members:
 * @self: the core
 * @group: the name of a group
 * @func: (scope call): told of each connection
 * @user_data: data for @func
 *
 * Goes through the connections that are present in a group with what they say of themselves, in
 * no order.
 */
void
confabd_core_list_members (ConfabdCore       *self,
                           const char        *group,
                           ConfabdMemberFunc  func,
                           gpointer           user_data)
{
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, group);
  ConfabdPerson *person;
  GHashTableIter iter;

  if (!room || !room->persons)
    return;

  g_hash_table_iter_init (&iter, room->persons);
  while (g_hash_table_iter_next (&iter, (gpointer *) &person, NULL))
    for (ConfabdConnection *each = person->connections; each; each = each->next)
      {
        ConfabdSeat *seat = confabd_connection_find_seat (each, room);
        char cid[CONFABD_CID_LENGTH + 1];

        if (!seat || !seat->present)
          continue;

        confabd_connection_format_cid (each, cid);
        func (cid, each->altogic ? each->altogic->profile : NULL, user_data);
      }
}

/**
 * confabd_core_is_online:
 * @self: the core
 * @user_id: a user
 *
 * Returns: whether the user has a connection
 */
gboolean
confabd_core_is_online (ConfabdCore    *self,
                        const BaseUuid *user_id)
{
  return confabd_core_find_person (self, user_id) != NULL;
}
