/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-events"

#include "config.h"

#include "confabd-events-private.h"

#include "confabd-address.h"
#include "confabd-altogic-private.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

/**
 * confabd_events_check:
 * @append: an append that came back
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: %TRUE if what was asked for is so now; %FALSE with what the asker is to be told
 */
gboolean
confabd_events_check (const ConfabdAppend  *append,
                      GError              **error)
{
  switch (append->status)
    {
    case CONFABD_APPEND_COMMITTED:
    case CONFABD_APPEND_DUPLICATE:
    case CONFABD_APPEND_NOTHING:
      return TRUE;

    case CONFABD_APPEND_CONFLICT:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_EXISTS,
                           "“id” was used for another message");
      return FALSE;

    case CONFABD_APPEND_NOT_EXISTS:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_NOT_EXISTS,
                           "There is no such user or room");
      return FALSE;

    case CONFABD_APPEND_FULL:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_STORAGE_FULL,
                           "The server has no space left to store this");
      return FALSE;

    case CONFABD_APPEND_FAILED:
      break;
    }

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_FAILED, "The server could not store this");
  return FALSE;
}

static void
deliver_to_group (ConfabdCore        *self,
                  const ConfabdEvent *event,
                  const char         *epoch)
{
  ConfabdRoom *room = confabd_rooms_find (&self->rooms, event->room);
  g_autoptr(GBytes) native = NULL;
  g_autoptr(GBytes) skapi = NULL;

  if (!room)
    return;

  if (room->n_native > 0)
    native = event->type == CONFABD_EVENT_MESSAGE
               ? confabd_frames_new_message (event, epoch, &event->user_id)
               : confabd_frames_new_event (event, epoch);

  if (room->n_native < room->n_connections && event->type == CONFABD_EVENT_MESSAGE)
    skapi = confabd_frames_new_skapi (event);

  if (native || skapi)
    confabd_peers_fan_out (self->peers, room->audience, CONFABD_FRAME_DURABLE, native, skapi, 0);

  confabd_altogic_deliver (self, room, event);
}

static void
deliver_direct (ConfabdCore        *self,
                const ConfabdEvent *event,
                const char         *epoch,
                const BaseUuid      users[2])
{
  g_autoptr(GBytes) skapi = confabd_frames_new_skapi (event);

  for (guint i = 0; i < 2; i++)
    {
      ConfabdPerson *person = confabd_core_find_person (self, &users[i]);
      g_autoptr(GBytes) native = NULL;

      /* In a room with oneself both are the same. */
      if (!person || (i == 1 && base_uuid_equal (&users[0], &users[1])))
        continue;

      /* The two address the room differently. */
      native = confabd_frames_new_message (event, epoch, &users[i]);
      confabd_core_deliver_to_person (self, person, CONFABD_FRAME_DURABLE, native, skapi, 0);
    }
}

/**
 * confabd_events_deliver:
 * @self: the core
 * @event: a committed event
 * @epoch: of its room
 *
 * Tells everyone whom it concerns. Each form of the frame is made once and shared.
 */
void
confabd_events_deliver (ConfabdCore        *self,
                        const ConfabdEvent *event,
                        const char         *epoch)
{
  BaseUuid users[2];

  if (!confabd_address_get_users (event->room, users))
    deliver_to_group (self, event, epoch);
  else if (event->type == CONFABD_EVENT_MESSAGE)
    deliver_direct (self, event, epoch, users);
}

static void
announce_cb (ConfabdTail *answer)
{
  g_autoptr(ConfabdTail) tail = answer;
  g_autoptr(ConfabdPending) pending = tail->user_data;
  ConfabdCore *self = pending->core;
  ConfabdPerson *person;
  g_autoptr(GBytes) frame = NULL;

  if (self->stopped || tail->failed || tail->missing)
    return;

  person = confabd_core_find_person (self, &pending->user_id);
  if (!person)
    return;

  frame = confabd_frames_new_room (self, tail);
  confabd_core_deliver_to_person (self, person, CONFABD_FRAME_DURABLE, frame, NULL, 0);
}

/**
 * confabd_events_announce_room:
 * @self: the core
 * @key: a direct room
 *
 * Shows the room to both of its users, of whom one at least did not have it among theirs.
 */
void
confabd_events_announce_room (ConfabdCore *self,
                              const char  *key)
{
  BaseUuid users[2];

  if (!confabd_address_get_users (key, users))
    return;

  for (guint i = 0; i < 2; i++)
    {
      ConfabdPending *pending;

      if (i == 1 && base_uuid_equal (&users[0], &users[1]))
        break;

      if (!confabd_core_find_person (self, &users[i]))
        continue;

      pending = confabd_pending_new_unasked (self, &users[i], key);
      confabd_pending_read_tail (pending, confabd_pending_make_tail (pending, announce_cb));
    }
}
