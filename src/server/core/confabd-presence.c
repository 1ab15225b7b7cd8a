/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-presence"

#include "config.h"

#include "confabd-altogic-private.h"
#include "confabd-core-private.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

/* Who is online, and who is in which group. A user is online from their first connection to their
 * last; a connection takes a seat in a group, and the user is present there as long as one of their
 * connections is. */

/* In a crowd of n, n who come would tell n each. There only who comes is told; how many there are
 * is in the answers to subscribe and groups. */
#define CROWD_CONNECTIONS 2000

static void
contacts_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  ConfabdCore *self = pending->core;
  g_autoptr(GBytes) frame = NULL;
  gboolean online;

  if (self->stopped || query->status != CONFABD_QUERY_OK || !query->users)
    return;

  /* They may have come and gone while the store was asked; then another question is under way that
   * tells the newer thing. */
  online = confabd_core_find_person (self, &pending->user_id) != NULL;
  if (online != pending->online)
    return;

  frame = confabd_frames_new_presence (&pending->user_id, online, confabd_core_get_now_ms (self));

  for (guint i = 0; i < query->users->len; i++)
    {
      ConfabdUser *contact = g_ptr_array_index (query->users, i);

      if (!base_uuid_equal (&contact->user_id, &pending->user_id))
        confabd_core_publish_to_user (self, &contact->user_id, CONFABD_FRAME_TRANSIENT, TRUE,
                                      frame, NULL);
    }
}

static void
tell_contacts (ConfabdCore    *self,
               const BaseUuid *user_id,
               gboolean        online)
{
  ConfabdPending *pending = confabd_pending_new_unasked (self, user_id, NULL);

  pending->online = online;
  confabd_store_submit (self->store,
                        confabd_pending_make_query (pending, CONFABD_QUERY_CONTACTS, contacts_cb));
}

static void
attach_person (ConfabdCore       *self,
               ConfabdPerson     *person,
               ConfabdConnection *connection)
{
  if (person->audience)
    {
      confabd_peers_attach (self->peers, connection->peer, person->audience);
      return;
    }

  if (person->n_connections < 2)
    return;

  person->audience = confabd_audience_numbers_take (&self->audiences);

  for (ConfabdConnection *each = person->connections; each; each = each->next)
    confabd_peers_attach (self->peers, each->peer, person->audience);
}

/**
 * confabd_core_come_online:
 * @self: the core
 * @connection: a new connection
 * @user_id: whose
 *
 * Makes @connection one of the user's.
 */
void
confabd_core_come_online (ConfabdCore       *self,
                          ConfabdConnection *connection,
                          const BaseUuid    *user_id)
{
  ConfabdPerson *person = confabd_core_find_person (self, user_id);

  if (!person)
    {
      person = g_new0 (ConfabdPerson, 1);
      person->user_id = *user_id;
      g_hash_table_add (self->persons, person);
    }

  connection->person = person;
  connection->next = person->connections;
  if (connection->next)
    connection->next->previous = connection;
  person->connections = connection;
  person->n_connections++;

  attach_person (self, person, connection);

  if (person->n_connections == 1)
    tell_contacts (self, user_id, TRUE);
}

/**
 * confabd_core_go_offline:
 * @self: the core
 * @connection: a connection without seats
 * @detach: the hub still has it
 *
 * Undoes confabd_core_come_online().
 */
void
confabd_core_go_offline (ConfabdCore       *self,
                         ConfabdConnection *connection,
                         gboolean           detach)
{
  ConfabdPerson *person = g_steal_pointer (&connection->person);

  if (connection->next)
    connection->next->previous = connection->previous;
  if (connection->previous)
    connection->previous->next = connection->next;
  else
    person->connections = connection->next;

  if (detach && person->audience)
    confabd_peers_detach (self->peers, connection->peer, person->audience);

  if (--person->n_connections > 0)
    return;

  if (person->audience)
    confabd_audience_numbers_release (&self->audiences, person->audience);

  g_array_append_val (self->gone, person->user_id);
  if (!self->draining)
    tell_contacts (self, &person->user_id, FALSE);

  g_hash_table_remove (self->persons, person);
}

ConfabdSeat *
confabd_core_find_seat (ConfabdCore             *self,
                        const ConfabdConnection *connection,
                        const char              *key)
{
  ConfabdRoom *room = connection->n_seats > 0 ? confabd_rooms_find (&self->rooms, key) : NULL;

  return room ? confabd_connection_find_seat (connection, room) : NULL;
}

/**
 * confabd_core_take_seat:
 * @self: the core
 * @connection: who wants to be in a group
 * @key: which
 * @is_new: (out): nobody was in the group
 * @seat: (out): the seat, good until the connection gets or loses another
 *
 * Finds or makes the connection's seat. A new one is neither counted nor attached.
 *
 * Returns: %FALSE if the connection is in as many groups as it may be
 */
gboolean
confabd_core_take_seat (ConfabdCore        *self,
                        ConfabdConnection  *connection,
                        const char         *key,
                        gboolean           *is_new,
                        ConfabdSeat       **seat)
{
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, key);
  ConfabdSeat *found = room ? confabd_connection_find_seat (connection, room) : NULL;

  *is_new = FALSE;

  if (!found)
    {
      if (connection->n_seats >= self->options.max_rooms_per_connection)
        return FALSE;

      if (!room)
        {
          room = confabd_rooms_add (&self->rooms, key,
                                    confabd_audience_numbers_take (&self->audiences));
          *is_new = TRUE;
        }

      room->n_seats++;
      found = confabd_connection_add_seat (connection, room);
    }

  *seat = found;
  return TRUE;
}

/* Numbers subscriptions in the order in which they were asked for; none waits so long that the
 * numbers come round. */
guint32
confabd_core_make_arrival (ConfabdCore *self)
{
  if (++self->last_arrival == 0)
    self->last_arrival = 1;

  return self->last_arrival;
}

static void
publish_notice (ConfabdCore       *self,
                ConfabdConnection *connection,
                ConfabdRoom       *room,
                WireNotice         notice,
                guint              n_present)
{
  g_autoptr(GBytes) frame = NULL;
  gboolean is_crowded = room->n_connections > CROWD_CONNECTIONS;

  if (is_crowded && notice != WIRE_NOTICE_JOINED)
    return;

  frame = confabd_frames_new_notice (notice, connection, room->key, n_present);
  if (is_crowded)
    confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
  else
    confabd_core_publish_to_room (self, room->key, CONFABD_FRAME_DURABLE, FALSE, frame, NULL);

  if (!is_crowded)
    confabd_altogic_tell_notice (self, connection, room->key, notice);
}

/**
 * confabd_core_count_seat:
 * @self: the core
 * @connection: a connection
 * @seat: one of its seats
 *
 * Makes the connection present, if it is not; attaching it must follow at once.
 *
 * Returns: %TRUE if it was not present
 */
gboolean
confabd_core_count_seat (ConfabdCore       *self,
                         ConfabdConnection *connection,
                         ConfabdSeat       *seat)
{
  if (seat->present)
    return FALSE;

  seat->present = TRUE;
  confabd_room_count (seat->room, connection->person, connection->native, 1);

  return TRUE;
}

/**
 * confabd_core_attach_seat:
 * @self: the core
 * @connection: a connection
 * @seat: one of its seats, in which it is present
 * @notify: tell the group, the connection itself included, that it has come
 *
 * From now on the connection gets what is delivered to the group.
 */
void
confabd_core_attach_seat (ConfabdCore       *self,
                          ConfabdConnection *connection,
                          ConfabdSeat       *seat,
                          gboolean           notify)
{
  ConfabdRoom *room = seat->room;

  seat->arrival = 0;
  confabd_peers_attach (self->peers, connection->peer, room->audience);

  if (notify)
    publish_notice (self, connection, room, WIRE_NOTICE_JOINED,
                    confabd_room_get_n_connections (room, connection->person));
}

/**
 * confabd_core_await_seat:
 * @self: the core
 * @connection: a connection
 * @seat: one of its seats
 *
 * Makes the seat wait for a snapshot. A connection that is in the group stays
 * present, but what the snapshot may hold is not delivered to it.
 *
 * Returns: the number by which the answer recognizes the seat
 */
guint32
confabd_core_await_seat (ConfabdCore       *self,
                         ConfabdConnection *connection,
                         ConfabdSeat       *seat)
{
  if (seat->present && seat->arrival == 0)
    confabd_peers_detach (self->peers, connection->peer, seat->room->audience);

  seat->arrival = confabd_core_make_arrival (self);

  return seat->arrival;
}

static void
give_up_seat (ConfabdCore       *self,
              ConfabdConnection *connection,
              ConfabdSeat       *seat,
              WireNotice         notice,
              gboolean           detach)
{
  ConfabdRoom *room = seat->room;
  gboolean was_present = seat->present;
  gboolean was_attached = was_present && seat->arrival == 0;

  confabd_connection_remove_seat (connection, seat);

  if (detach && was_attached)
    confabd_peers_detach (self->peers, connection->peer, room->audience);

  if (was_present)
    {
      guint n_left = confabd_room_count (room, connection->person, connection->native, -1);

      if (room->n_connections > 0 && !self->draining)
        publish_notice (self, connection, room, notice, n_left);
    }

  if (--room->n_seats > 0)
    return;

  confabd_audience_numbers_release (&self->audiences, room->audience);
  confabd_rooms_remove (&self->rooms, room);
}

/* The connection leaves a group; the others hear USER_LEFT. */
void
confabd_core_leave_seat (ConfabdCore       *self,
                         ConfabdConnection *connection,
                         ConfabdSeat       *seat)
{
  give_up_seat (self, connection, seat, WIRE_NOTICE_LEFT, TRUE);
}

/* The connection is gone; the others hear USER_DISCONNECTED. @detach: the hub still has it. */
void
confabd_core_lose_all_seats (ConfabdCore       *self,
                             ConfabdConnection *connection,
                             gboolean           detach)
{
  while (connection->n_seats > 0)
    give_up_seat (self, connection, &connection->seats[connection->n_seats - 1],
                  WIRE_NOTICE_DISCONNECTED, detach);
}
