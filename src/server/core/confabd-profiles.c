/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-profiles"

#include "config.h"

#include "confabd-core-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

/* The groups in which the user is present, and those in @told, which they are a member of: each
 * once. */
static void
publish_to_present_rooms (ConfabdCore   *self,
                          ConfabdPerson *person,
                          GHashTable    *told,
                          GBytes        *frame)
{
  for (ConfabdConnection *each = person->connections; each; each = each->next)
    {
      for (guint i = 0; i < each->n_seats; i++)
        {
          const char *key = each->seats[i].room->key;

          if (g_hash_table_add (told, g_strdup (key)))
            confabd_core_publish_to_room (self, key, CONFABD_FRAME_TRANSIENT, TRUE, frame, NULL);
        }
    }
}

static void
publish_to_member_rooms (ConfabdCore *self,
                         GPtrArray   *rooms,
                         GHashTable  *told,
                         GBytes      *frame)
{
  for (guint i = 0; rooms && i < rooms->len; i++)
    {
      ConfabdRoomRow *row = g_ptr_array_index (rooms, i);

      if (row->kind == CONFABD_ROOM_DIRECT && row->peer)
        confabd_core_publish_to_user (self, &row->peer->user_id, CONFABD_FRAME_TRANSIENT, TRUE,
                                      frame, NULL);
      else if (row->kind == CONFABD_ROOM_GROUP && g_hash_table_add (told, g_strdup (row->room)))
        confabd_core_publish_to_room (self, row->room, CONFABD_FRAME_TRANSIENT, TRUE, frame, NULL);
    }
}

static void
rooms_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  ConfabdCore *self = pending->core;
  g_autoptr(GHashTable) told = NULL;
  ConfabdPerson *person;

  if (self->stopped)
    return;

  told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  person = confabd_core_find_person (self, &pending->user_id);

  /* Should the store have failed, those who are here hear of it anyway. */
  publish_to_member_rooms (self, query->rooms, told, pending->frame);
  if (person)
    publish_to_present_rooms (self, person, told, pending->frame);
  confabd_core_publish_to_user (self, &pending->user_id, CONFABD_FRAME_TRANSIENT, TRUE,
                                pending->frame, NULL);
}

/**
 * confabd_core_user_changed:
 * @self: the core
 * @user: a user, as they are now
 *
 * Tells those who share a room with the user, and the user's own connections.
 */
void
confabd_core_user_changed (ConfabdCore       *self,
                           const ConfabdUser *user)
{
  ConfabdPending *pending = confabd_pending_new_unasked (self, &user->user_id, NULL);

  pending->frame = confabd_frames_new_user (self, user);
  confabd_pending_read_query (pending, confabd_pending_make_query (pending, CONFABD_QUERY_ROOMS,
                                                                   rooms_cb));
  confabd_core_user_event (self, &user->user_id, CONFABD_USER_UPDATED);
}
