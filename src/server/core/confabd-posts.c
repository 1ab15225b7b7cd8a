/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-posts"

#include "config.h"

#include "confabd-events-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

#include "wire-limits.h"

/* Messages: post, sendMessage and broadcast. */

static const char empty_content[] = "null";

/* Whom a message is for: the key of the room, or %NULL after the request was refused. */
static char *
make_key (ConfabdCore        *self,
          ConfabdConnection  *connection,
          WireRequest        *request,
          GError            **error)
{
  const BaseUuid *user_id = &connection->person->user_id;
  g_autofree char *key = NULL;
  BaseUuid recipient;

  if (request->action == WIRE_ACTION_SEND_MESSAGE)
    {
      if (request->uid && base_uuid_parse (&recipient, request->uid, -1))
        return confabd_address_make_direct (user_id, &recipient);

      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“uid” should be a user id");
      return NULL;
    }

  key = confabd_address_make_key (request->rid, user_id, error);
  if (!key)
    return NULL;

  if (request->action == WIRE_ACTION_BROADCAST &&
      confabd_address_get_kind (key) != CONFABD_ROOM_GROUP)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“rid” should be the name of a group");
      return NULL;
    }

  /* An Altogic client need not be in a channel to send to it. Arriving is enough: who sends
   * right behind a subscribe need not wait for its answer. */
  if (confabd_address_get_kind (key) == CONFABD_ROOM_GROUP && !connection->altogic &&
      !confabd_core_find_seat (self, connection, key))
    {
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                   "Not present in the group “%s”", key);
      return NULL;
    }

  return g_steal_pointer (&key);
}

static gboolean
check_size (ConfabdCore        *self,
            ConfabdConnection  *connection,
            WireRequest        *request,
            GError            **error)
{
  gsize n_bytes = request->content ? g_bytes_get_size (request->content) : 0;

  if (n_bytes <= WIRE_LIMIT_MESSAGE_BYTES)
    return confabd_pending_check_bytes (self, connection, n_bytes, error);

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                       "“content” is over the limit of a message");
  return FALSE;
}

static void
reply_to_append (ConfabdCore    *self,
                 ConfabdPending *pending,
                 ConfabdAppend  *append)
{
  ConfabdConnection *connection = confabd_pending_get_connection (pending);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) frame = NULL;

  if (!connection)
    return;

  if (!confabd_events_check (append, &error))
    {
      confabd_core_refuse_error (self, connection, pending->ref, error);
      return;
    }

  if (connection->altogic)
    confabd_core_accept (self, connection, pending->ref);

  if (!pending->ref || connection->altogic)
    return;

  frame = confabd_frames_new_posted (append, pending->ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

static void
posted_cb (ConfabdAppend *answer)
{
  g_autoptr(ConfabdAppend) append = answer;
  g_autoptr(ConfabdPending) pending = append->user_data;
  ConfabdCore *self = pending->core;

  if (self->stopped)
    return;

  reply_to_append (self, pending, append);

  if (append->status != CONFABD_APPEND_COMMITTED)
    return;

  confabd_events_deliver (self, append->event, append->epoch);
  if (append->first_member)
    confabd_events_announce_room (self, append->event->room);
  if (pending->alert)
    confabd_alert_send (g_steal_pointer (&pending->alert), self, append->event->room,
                        &pending->user_id);
}

static ConfabdEvent *
make_event (ConfabdCore       *self,
            ConfabdConnection *connection,
            WireRequest       *request,
            const char        *key)
{
  g_autoptr(GBytes) content = NULL;
  ConfabdEvent *event;
  BaseUuid id = request->id;

  if (!(request->fields & WIRE_FIELD_ID))
    base_uuid_make_v7 (&id, confabd_core_get_now_ms (self));

  content = request->content ? g_bytes_ref (request->content)
                             : g_bytes_new_static (empty_content, strlen (empty_content));
  event = confabd_event_new (CONFABD_EVENT_MESSAGE, key, &id, &connection->person->user_id,
                             content);
  confabd_connection_format_cid (connection, event->cid);
  event->no_echo = connection->altogic && !request->on;

  return event;
}

/**
 * confabd_core_post:
 * @self: the core
 * @connection: who sends
 * @request: a post, sendMessage or broadcast
 *
 * Has a message stored. It is acknowledged and delivered when it is.
 */
void
confabd_core_post (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   WireRequest       *request)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *key = make_key (self, connection, request, &error);
  g_autoptr(ConfabdAlert) alert = NULL;
  ConfabdEvent *event;
  ConfabdPending *pending;

  if (!key)
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return;
    }

  if (!check_size (self, connection, request, &error) ||
      !confabd_alert_parse (request, &alert, &error))
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return;
    }

  event = make_event (self, connection, request, key);
  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));
  pending->alert = g_steal_pointer (&alert);
  confabd_pending_append (pending, event, posted_cb);
}
