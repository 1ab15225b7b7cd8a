/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-membership"

#include "config.h"

#include "confabd-events-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

#include "wire-limits.h"

/* Coming into rooms and leaving them: joinRoom, subscribe, unsubscribe, join and leave. */

static char *
make_key_or_refuse (ConfabdCore       *self,
                    ConfabdConnection *connection,
                    WireRequest       *request,
                    gboolean           must_be_group)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;

  key = confabd_address_make_key (request->rid, &connection->person->user_id, &error);

  if (!key)
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return NULL;
    }

  if (must_be_group && confabd_address_get_kind (key) != CONFABD_ROOM_GROUP)
    {
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_INVALID_PARAMETER,
                           "“rid” should be the name of a group");
      return NULL;
    }

  return g_steal_pointer (&key);
}

static ConfabdSeat *
take_seat_or_refuse (ConfabdCore       *self,
                     ConfabdConnection *connection,
                     const char        *ref,
                     const char        *key,
                     gboolean          *is_new)
{
  g_autofree char *message = NULL;
  ConfabdSeat *seat;

  if (confabd_core_take_seat (self, connection, key, is_new, &seat))
    return seat;

  message = g_strdup_printf ("A connection can be in %u groups",
                             self->options.max_rooms_per_connection);
  confabd_core_refuse (self, connection, ref, WIRE_ERROR_TOO_MANY_REQUESTS, message);

  return NULL;
}

static gboolean
check_tail (const ConfabdTail  *tail,
            GError            **error)
{
  if (tail->missing)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_NOT_EXISTS, "There is no such user");
  else if (tail->full)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_STORAGE_FULL,
                         "The server has no space left to store this");
  else if (tail->failed)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_FAILED, "The server could not read this");

  return !tail->missing && !tail->failed;
}

/* The seat that waits for this very answer, if it was not given up or claimed by a newer request
 * meanwhile. */
static ConfabdSeat *
find_awaiting_seat (ConfabdCore       *self,
                    ConfabdPending    *pending,
                    ConfabdConnection *connection)
{
  ConfabdSeat *seat = NULL;

  if (pending->arrival != 0)
    seat = confabd_core_find_seat (self, connection, pending->key);

  return seat && seat->arrival == pending->arrival ? seat : NULL;
}

/* The answer to subscribe or join has come among the events of the log: this is the moment to
 * attach. What was committed before is in the snapshot and was delivered to those who were there;
 * what is committed later is delivered to this connection too. */
static void
arrive (ConfabdCore       *self,
        ConfabdPending    *pending,
        ConfabdConnection *connection,
        ConfabdTail       *tail)
{
  ConfabdSeat *seat = find_awaiting_seat (self, pending, connection);
  g_autoptr(GError) error = g_steal_pointer (&pending->error);
  g_autoptr(GBytes) frame = NULL;
  gboolean is_new;

  if (error || !check_tail (tail, &error))
    {
      if (seat)
        confabd_core_leave_seat (self, connection, seat);
      confabd_core_refuse_error (self, connection, pending->ref, error);
      return;
    }

  is_new = seat && confabd_core_count_seat (self, connection, seat);

  if (pending->ref)
    {
      frame = pending->action == WIRE_ACTION_JOIN
                ? confabd_frames_new_joined (self, tail, pending->ref)
                : confabd_frames_new_snapshot (self, tail, pending->ref);
      confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
    }

  if (seat)
    confabd_core_attach_seat (self, connection, seat, is_new);
}

static void
subscribed_cb (ConfabdTail *answer)
{
  g_autoptr(ConfabdTail) tail = answer;
  g_autoptr(ConfabdPending) pending = tail->user_data;
  ConfabdConnection *connection = confabd_pending_get_connection (pending);

  if (connection)
    arrive (pending->core, pending, connection, tail);
}

/**
 * confabd_core_subscribe:
 * @self: the core
 * @connection: who asks
 * @request: a subscribe
 *
 * Makes the connection present in a group, and answers with what it missed. To a
 * direct room it need not be attached: all connections of its users are.
 */
void
confabd_core_subscribe (ConfabdCore       *self,
                        ConfabdConnection *connection,
                        WireRequest       *request)
{
  g_autofree char *key = make_key_or_refuse (self, connection, request, FALSE);
  ConfabdSeat *seat = NULL;
  ConfabdPending *pending;
  ConfabdTail *tail;
  gboolean is_new;

  if (!key)
    return;

  if (confabd_address_get_kind (key) == CONFABD_ROOM_GROUP)
    {
      seat = take_seat_or_refuse (self, connection, request->ref, key, &is_new);
      if (!seat)
        return;
    }

  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));
  pending->arrival = seat ? confabd_core_await_seat (self, connection, seat) : 0;

  tail = confabd_pending_make_tail (pending, subscribed_cb);
  tail->has_since = (request->fields & WIRE_FIELD_SINCE) != 0;
  tail->since = request->since;
  tail->since_epoch = g_steal_pointer (&request->epoch);
  tail->limit = tail->has_since ? WIRE_LIMIT_PAGE : WIRE_LIMIT_PAGE_DEFAULT;
  confabd_pending_read_tail (pending, tail);
}

/**
 * confabd_core_unsubscribe:
 * @self: the core
 * @connection: who asks
 * @request: an unsubscribe
 *
 * Ends the connection's presence in a group. In a direct room there is none to end.
 */
void
confabd_core_unsubscribe (ConfabdCore       *self,
                          ConfabdConnection *connection,
                          WireRequest       *request)
{
  g_autofree char *key = make_key_or_refuse (self, connection, request, FALSE);
  ConfabdSeat *seat;

  if (!key)
    return;

  seat = confabd_core_find_seat (self, connection, key);
  if (seat)
    confabd_core_leave_seat (self, connection, seat);

  confabd_core_accept (self, connection, request->ref);
}

static void
member_cb (ConfabdAppend *answer)
{
  g_autoptr(ConfabdAppend) append = answer;
  ConfabdPending *pending = append->user_data;
  ConfabdCore *self = pending->core;

  /* The answer of the tail is still to come, and frees the question. */
  confabd_events_check (append, &pending->error);
  pending->changed = append->status == CONFABD_APPEND_COMMITTED;

  if (pending->changed && !self->stopped)
    confabd_events_deliver (self, append->event, append->epoch);
}

static void
joined_cb (ConfabdTail *answer)
{
  g_autoptr(ConfabdTail) tail = answer;
  g_autoptr(ConfabdPending) pending = tail->user_data;
  ConfabdCore *self = pending->core;
  ConfabdConnection *connection = confabd_pending_get_connection (pending);
  ConfabdPerson *person;

  if (connection)
    arrive (self, pending, connection, tail);

  if (self->stopped || !pending->changed || tail->failed)
    return;

  person = confabd_core_find_person (self, &pending->user_id);
  if (person)
    {
      g_autoptr(GBytes) frame = confabd_frames_new_room (self, tail);

      confabd_core_deliver_to_person (self, person, CONFABD_FRAME_DURABLE, frame, NULL,
                                      pending->peer);
    }
}

static ConfabdEvent *
make_membership_event (ConfabdCore             *self,
                       const ConfabdConnection *connection,
                       ConfabdEventType         type,
                       const char              *key)
{
  ConfabdEvent *event;
  BaseUuid id;

  base_uuid_make_v7 (&id, confabd_core_get_now_ms (self));
  event = confabd_event_new (type, key, &id, &connection->person->user_id, NULL);
  confabd_connection_format_cid (connection, event->cid);

  return event;
}

/**
 * confabd_core_join:
 * @self: the core
 * @connection: who asks
 * @request: a join
 *
 * Makes the user a member of a group, and the connection present in it. The log is
 * asked for both at once; it answers in order.
 */
void
confabd_core_join (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   WireRequest       *request)
{
  g_autofree char *key = make_key_or_refuse (self, connection, request, TRUE);
  ConfabdPending *pending;
  ConfabdEvent *event;
  ConfabdSeat *seat;
  gboolean is_new;

  if (!key)
    return;

  seat = take_seat_or_refuse (self, connection, request->ref, key, &is_new);
  if (!seat)
    return;

  event = make_membership_event (self, connection, CONFABD_EVENT_JOINED, key);
  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));

  /* One that is attached stays so, and one that waits for the snapshot of a subscribe goes on
   * waiting for that: the answer to join has no events that could fill the gap. */
  if (!seat->present && seat->arrival == 0)
    pending->arrival = confabd_core_await_seat (self, connection, seat);

  confabd_pending_append (pending, event, member_cb);
  confabd_pending_read_tail (pending, confabd_pending_make_tail (pending, joined_cb));
}

/* Ends what the user's connections had in the room when they left it; what they asked for since
 * then stands. */
static void
leave_seats_of_person (ConfabdCore    *self,
                       ConfabdPerson  *person,
                       ConfabdPending *pending)
{
  for (ConfabdConnection *each = person->connections; each; each = each->next)
    {
      ConfabdSeat *seat = confabd_core_find_seat (self, each, pending->key);
      gboolean is_newer = seat && seat->arrival != 0 &&
                          (gint32) (seat->arrival - pending->arrival) > 0;

      if (seat && !is_newer)
        confabd_core_leave_seat (self, each, seat);
    }
}

static void
finish_leaving (ConfabdCore    *self,
                ConfabdPending *pending,
                const GError   *error)
{
  ConfabdConnection *connection = confabd_pending_get_connection (pending);
  ConfabdPerson *person = confabd_core_find_person (self, &pending->user_id);
  g_autofree char *rid = confabd_address_make_rid (pending->key, &pending->user_id);
  g_autoptr(GBytes) frame = NULL;

  if (connection && error)
    confabd_core_refuse_error (self, connection, pending->ref, error);
  else if (connection)
    confabd_core_accept (self, connection, pending->ref);

  if (error || !person || !pending->changed)
    return;

  frame = confabd_frames_new_left (rid);
  confabd_core_deliver_to_person (self, person, CONFABD_FRAME_DURABLE, frame, NULL, pending->peer);
}

static void
left_cb (ConfabdAppend *answer)
{
  g_autoptr(ConfabdAppend) append = answer;
  g_autoptr(ConfabdPending) pending = append->user_data;
  ConfabdCore *self = pending->core;
  g_autoptr(GError) error = NULL;
  ConfabdPerson *person;

  if (self->stopped)
    return;

  pending->changed = append->status == CONFABD_APPEND_COMMITTED;
  confabd_events_check (append, &error);

  if (pending->changed)
    confabd_events_deliver (self, append->event, append->epoch);

  person = confabd_core_find_person (self, &pending->user_id);
  if (person && !error)
    leave_seats_of_person (self, person, pending);

  finish_leaving (self, pending, error);
}

static void
hidden_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  g_autoptr(GError) error = NULL;

  if (pending->core->stopped)
    return;

  pending->changed = query->changed;
  confabd_requests_check (query, &error);
  finish_leaving (pending->core, pending, error);
}

/**
 * confabd_core_leave:
 * @self: the core
 * @connection: who asks
 * @request: a leave
 *
 * Ends the user's membership of a group and the presence of all their connections,
 * or hides a direct room until its next message.
 */
void
confabd_core_leave (ConfabdCore       *self,
                    ConfabdConnection *connection,
                    WireRequest       *request)
{
  g_autofree char *key = make_key_or_refuse (self, connection, request, FALSE);
  gboolean is_direct = key && confabd_address_get_kind (key) == CONFABD_ROOM_DIRECT;
  ConfabdPending *pending;
  ConfabdEvent *event;

  if (!key)
    return;

  event = is_direct ? NULL : make_membership_event (self, connection, CONFABD_EVENT_LEFT, key);
  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));
  pending->arrival = confabd_core_make_arrival (self);

  if (is_direct)
    confabd_store_submit (self->store, confabd_pending_make_query (pending, CONFABD_QUERY_HIDE,
                                                                   hidden_cb));
  else
    confabd_pending_append (pending, event, left_cb);
}

static void
created_cb (ConfabdTail *answer)
{
  g_autoptr(ConfabdTail) tail = answer;

  confabd_pending_free (tail->user_data);
}

static void
leave_other_seats (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   const char        *key)
{
  for (guint i = connection->n_seats; i > 0; i--)
    {
      ConfabdSeat *seat = &connection->seats[i - 1];

      if (g_strcmp0 (seat->room->key, key) != 0)
        confabd_core_leave_seat (self, connection, seat);
    }
}

/**
 * confabd_core_join_room:
 * @self: the core
 * @connection: who asks
 * @request: a joinRoom
 *
 * Makes the connection present in one group and in no other, or in none. It takes
 * effect at once: there is no snapshot to wait for.
 */
void
confabd_core_join_room (ConfabdCore       *self,
                        ConfabdConnection *connection,
                        WireRequest       *request)
{
  g_autofree char *key = NULL;
  ConfabdSeat *seat;
  gboolean is_new;

  key = request->rid ? make_key_or_refuse (self, connection, request, TRUE) : NULL;
  if (request->rid && !key)
    return;

  leave_other_seats (self, connection, key);

  if (key)
    {
      seat = take_seat_or_refuse (self, connection, request->ref, key, &is_new);
      if (!seat)
        return;

      if (!seat->present || seat->arrival != 0)
        confabd_core_attach_seat (self, connection, seat,
                                  confabd_core_count_seat (self, connection, seat));

      /* So that the group is there for those who list groups, though nothing was said in it yet. */
      if (is_new)
        {
          ConfabdPending *pending = confabd_pending_new_unasked (self, &connection->person->user_id,
                                                                 key);

          confabd_pending_read_tail (pending, confabd_pending_make_tail (pending, created_cb));
        }
    }

  confabd_core_accept (self, connection, request->ref);
}
