/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-lists"

#include "config.h"

#include "confabd-core-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

#include "wire-limits.h"

/* What is only read: rooms, history, groups, users and members. */

static ConfabdQueryKind
get_kind (WireAction action)
{
  switch ((int) action)
    {
    case WIRE_ACTION_ROOMS:
      return CONFABD_QUERY_ROOMS;
    case WIRE_ACTION_HISTORY:
      return CONFABD_QUERY_HISTORY;
    case WIRE_ACTION_GROUPS:
      return CONFABD_QUERY_GROUPS;
    case WIRE_ACTION_USERS:
      return CONFABD_QUERY_USERS;
    case WIRE_ACTION_MEMBERS:
      return CONFABD_QUERY_MEMBERS;
    default:
      g_assert_not_reached ();
    }
}

static void
listed_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  ConfabdCore *self = pending->core;
  ConfabdConnection *connection = confabd_pending_get_connection (pending);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) frame = NULL;

  if (!connection)
    return;

  if (!confabd_requests_check (query, &error))
    {
      confabd_core_refuse_error (self, connection, pending->ref, error);
      return;
    }

  if (!pending->ref)
    return;

  frame = confabd_frames_new_answer (self, query, pending->ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

static gboolean
check_fields (WireRequest  *request,
              const char   *key,
              GError      **error)
{
  gboolean lists_users = request->action == WIRE_ACTION_USERS ||
                         request->action == WIRE_ACTION_MEMBERS;
  BaseUuid after;

  if (request->action == WIRE_ACTION_MEMBERS &&
      confabd_address_get_kind (key) != CONFABD_ROOM_GROUP)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“rid” should be the name of a group");
      return FALSE;
    }

  if (lists_users && request->after && !base_uuid_parse (&after, request->after, -1))
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“after” should be a user id");
      return FALSE;
    }

  return TRUE;
}

static void
fill_in (ConfabdQuery *query,
         WireRequest  *request)
{
  query->limit = request->limit > 0 ? request->limit : WIRE_LIMIT_PAGE_DEFAULT;
  /* Nothing comes before the first, and 0 is none. */
  query->before_seq = request->fields & WIRE_FIELD_BEFORE ? MAX (request->before, 1) : 0;
  query->after_seq = request->after_seq;
  query->oldest_first = (request->fields & WIRE_FIELD_AFTER) != 0;
  query->search = g_steal_pointer (&request->search);
  query->after = g_steal_pointer (&request->after);
  query->ids = g_steal_pointer (&request->ids);
}

/**
 * confabd_core_list:
 * @self: the core
 * @connection: who asks
 * @request: rooms, history, groups, users or members
 *
 * Has the store look something up.
 */
void
confabd_core_list (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   WireRequest       *request)
{
  gboolean needs_room = request->action == WIRE_ACTION_HISTORY ||
                        request->action == WIRE_ACTION_MEMBERS;
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;
  ConfabdPending *pending;
  ConfabdQuery *query;

  if (needs_room)
    key = confabd_address_make_key (request->rid, &connection->person->user_id, &error);

  if (error || !check_fields (request, key, &error))
    {
      confabd_core_refuse_error (self, connection, request->ref, error);
      return;
    }

  pending = confabd_pending_new (self, connection, request, g_steal_pointer (&key));
  query = confabd_pending_make_query (pending, get_kind (request->action), listed_cb);
  fill_in (query, request);
  confabd_pending_read_query (pending, query);
}
