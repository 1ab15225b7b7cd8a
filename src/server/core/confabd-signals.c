/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-signals"

#include "config.h"

#include "confabd-core-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

/* What is said in a room without being stored as an event: rtc, typing, and read markers. */

static const char cid_prefix[] = "cid:";

/* In a crowd of n, n who read a message would tell n each: there only their own devices hear. */
#define CROWD_CONNECTIONS 200

/**
 * confabd_core_relay_rtc:
 * @self: the core
 * @connection: who sends
 * @request: an rtc
 *
 * Hands signalling to one connection, at once and in order.
 */
void
confabd_core_relay_rtc (ConfabdCore       *self,
                        ConfabdConnection *connection,
                        WireRequest       *request)
{
  ConfabdConnection *target = NULL;
  ConfabdConnection probe;
  g_autoptr(GBytes) frame = NULL;

  if (!request->uid || !g_str_has_prefix (request->uid, cid_prefix) || !request->content)
    {
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_INVALID_PARAMETER,
                           "“uid” should be “cid:CID”, and “content” is needed");
      return;
    }

  if (confabd_connection_parse_cid (&probe, request->uid + strlen (cid_prefix)))
    target = g_hash_table_lookup (self->cids, &probe);

  if (!target)
    {
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_NOT_EXISTS,
                           "There is no such connection");
      return;
    }

  frame = confabd_frames_new_rtc (connection, request->content);
  confabd_core_send (self, target, CONFABD_FRAME_DURABLE, frame);
  confabd_core_accept (self, connection, request->ref);
}

/* For all of a room but the connection that causes it; each side of a direct room is given the room
 * by its own name for it. */
typedef GBytes *(*MakeFrameFunc) (gconstpointer  data,
                                  const char    *rid);

static void
publish_to_other (ConfabdCore       *self,
                  const char        *key,
                  const BaseUuid    *user_id,
                  MakeFrameFunc      make_frame,
                  gconstpointer      data,
                  ConfabdConnection *except)
{
  g_autofree char *rid = confabd_address_make_rid (key, user_id);
  g_autoptr(GBytes) frame = make_frame (data, rid);

  confabd_core_publish_to_user (self, user_id, CONFABD_FRAME_TRANSIENT, TRUE, frame, except);
}

typedef struct
{
  BaseUuid user_id;
  gboolean on;
} Typing;

static GBytes *
make_typing_cb (gconstpointer  data,
                const char    *rid)
{
  const Typing *typing = data;

  return confabd_frames_new_typing (&typing->user_id, rid, typing->on);
}

/* Whether the others are to be told: one frame of a flood would be one for each of them. That
 * somebody stops is told if they were told before; that somebody types, once a second. */
static gboolean
is_news (ConfabdCore *self,
         ConfabdSeat *seat,
         gboolean     on)
{
  guint16 now_s = (guint16) (confabd_core_get_now_ms (self) / 1000);

  if (on ? seat->typing && seat->typed_s == now_s : !seat->typing)
    return FALSE;

  seat->typing = on;
  seat->typed_s = now_s;

  return TRUE;
}

/**
 * confabd_core_typing:
 * @self: the core
 * @connection: where it is typed
 * @request: a typing
 *
 * Tells the others of a room that somebody types, or no longer does.
 */
void
confabd_core_typing (ConfabdCore       *self,
                     ConfabdConnection *connection,
                     WireRequest       *request)
{
  Typing typing = { connection->person->user_id, request->on };
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;
  ConfabdSeat *seat = NULL;
  BaseUuid users[2];

  key = confabd_address_make_key (request->rid, &typing.user_id, &error);
  if (key && confabd_address_get_kind (key) == CONFABD_ROOM_GROUP)
    {
      seat = confabd_core_find_seat (self, connection, key);
      if (!seat)
        g_set_error (&error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                     "Not present in the group “%s”", key);
    }

  if (error)
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return;
    }

  if (seat && is_news (self, seat, request->on))
    {
      g_autoptr(GBytes) frame = make_typing_cb (&typing, key);

      confabd_core_publish_to_room (self, key, CONFABD_FRAME_TRANSIENT, TRUE, frame, connection);
    }
  else if (confabd_address_get_users (key, users))
    {
      gboolean is_low = base_uuid_equal (&users[0], &typing.user_id);

      /* In a room with oneself there is nobody to tell. */
      if (!base_uuid_equal (&users[0], &users[1]))
        publish_to_other (self, key, &users[is_low ? 1 : 0], make_typing_cb, &typing, connection);
    }

  confabd_core_accept (self, connection, request->ref);
}

static GBytes *
make_read_cb (gconstpointer  data,
              const char    *rid)
{
  return confabd_frames_new_read (data, rid);
}

/* The user's other devices want to know too: those that did not hear of it in the group. */
static void
tell_own_devices (ConfabdCore       *self,
                  ConfabdPerson     *person,
                  const char        *key,
                  gboolean           room_was_told,
                  GBytes            *frame,
                  ConfabdConnection *except)
{
  for (ConfabdConnection *each = person->connections; each; each = each->next)
    {
      ConfabdSeat *seat = confabd_core_find_seat (self, each, key);

      gboolean was_told = room_was_told && seat && seat->present && seat->arrival == 0;

      if (each != except && each->native && !was_told)
        confabd_core_send (self, each, CONFABD_FRAME_TRANSIENT, frame);
    }
}

static void
tell_read (ConfabdCore             *self,
           ConfabdPending          *pending,
           ConfabdConnection       *connection,
           const ConfabdReadMarker *marker)
{
  ConfabdPerson *person = confabd_core_find_person (self, &pending->user_id);
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, pending->key);
  gboolean is_crowded = room && room->n_connections > CROWD_CONNECTIONS;
  g_autoptr(GBytes) frame = NULL;
  BaseUuid users[2];

  if (confabd_address_get_users (pending->key, users))
    {
      publish_to_other (self, pending->key, &users[0], make_read_cb, marker, connection);
      if (!base_uuid_equal (&users[0], &users[1]))
        publish_to_other (self, pending->key, &users[1], make_read_cb, marker, connection);
      return;
    }

  frame = make_read_cb (marker, pending->key);
  if (!is_crowded)
    confabd_core_publish_to_room (self, pending->key, CONFABD_FRAME_TRANSIENT, TRUE, frame,
                                  connection);
  if (person)
    tell_own_devices (self, person, pending->key, !is_crowded, frame, connection);
}

static void
read_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  ConfabdCore *self = pending->core;
  ConfabdConnection *connection = confabd_pending_get_connection (pending);
  g_autoptr(GError) error = NULL;

  if (self->stopped)
    return;

  if (!confabd_requests_check (query, &error))
    {
      if (connection)
        confabd_core_refuse_error (self, connection, pending->ref, error);
      return;
    }

  if (connection)
    confabd_core_accept (self, connection, pending->ref);

  if (query->changed && query->reads && query->reads->len > 0)
    tell_read (self, pending, connection, &g_array_index (query->reads, ConfabdReadMarker, 0));
}

/**
 * confabd_core_read:
 * @self: the core
 * @connection: where it was read
 * @request: a read
 *
 * Moves the user's markers in a room forward, and tells the room.
 */
void
confabd_core_read (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   WireRequest       *request)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;
  ConfabdPending *pending;
  ConfabdQuery *query;

  key = confabd_address_make_key (request->rid, &connection->person->user_id, &error);

  if (key && !(request->fields & (WIRE_FIELD_SEQ | WIRE_FIELD_RECEIVED)))
    g_set_error_literal (&error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                         "“seq” or “received” is needed");

  if (error)
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return;
    }

  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));
  query = confabd_pending_make_query (pending, CONFABD_QUERY_MARK_READ, read_cb);
  query->seq = request->seq;
  query->received = request->received;
  confabd_store_submit (self->store, query);
}
