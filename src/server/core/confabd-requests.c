/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-requests"

#include "config.h"

#include "confabd-altogic-private.h"
#include "confabd-calls-private.h"
#include "confabd-core-private.h"
#include "confabd-frames-private.h"

#include "wire-limits.h"

typedef void (*RequestFunc) (ConfabdCore       *self,
                             ConfabdConnection *connection,
                             WireRequest       *request);

static void
keep_alive (ConfabdCore       *self,
            ConfabdConnection *connection,
            WireRequest       *request)
{
  confabd_core_accept (self, connection, request->ref);
}

static const struct
{
  const char  *name;
  RequestFunc  func;
  gboolean     native;   /* part of the native additions */
  gboolean     asks;     /* asks log or store, so that its answer is pending for a while */
} actions[] = {
  [WIRE_ACTION_KEEP_ALIVE]   = { "keepAlive", keep_alive, FALSE, FALSE },
  [WIRE_ACTION_JOIN_ROOM]    = { "joinRoom", confabd_core_join_room, FALSE, FALSE },
  [WIRE_ACTION_SEND_MESSAGE] = { "sendMessage", confabd_core_post, FALSE, TRUE },
  [WIRE_ACTION_BROADCAST]    = { "broadcast", confabd_core_post, FALSE, TRUE },
  [WIRE_ACTION_RTC]          = { "rtc", confabd_core_relay_rtc, FALSE, FALSE },
  [WIRE_ACTION_POST]         = { "post", confabd_core_post, TRUE, TRUE },
  [WIRE_ACTION_ROOMS]        = { "rooms", confabd_core_list, TRUE, TRUE },
  [WIRE_ACTION_JOIN]         = { "join", confabd_core_join, TRUE, TRUE },
  [WIRE_ACTION_LEAVE]        = { "leave", confabd_core_leave, TRUE, TRUE },
  [WIRE_ACTION_SUBSCRIBE]    = { "subscribe", confabd_core_subscribe, TRUE, TRUE },
  [WIRE_ACTION_UNSUBSCRIBE]  = { "unsubscribe", confabd_core_unsubscribe, TRUE, FALSE },
  [WIRE_ACTION_HISTORY]      = { "history", confabd_core_list, TRUE, TRUE },
  [WIRE_ACTION_TYPING]       = { "typing", confabd_core_typing, TRUE, FALSE },
  [WIRE_ACTION_READ]         = { "read", confabd_core_read, TRUE, TRUE },
  [WIRE_ACTION_GROUPS]       = { "groups", confabd_core_list, TRUE, TRUE },
  [WIRE_ACTION_USERS]        = { "users", confabd_core_list, TRUE, TRUE },
  [WIRE_ACTION_MEMBERS]      = { "members", confabd_core_list, TRUE, TRUE },
  [WIRE_ACTION_CONNECTIONS]  = { "connections", confabd_core_connections, TRUE, FALSE },
  [WIRE_ACTION_CALL]         = { "call", confabd_core_call, TRUE, FALSE },
  [WIRE_ACTION_ICE]          = { "ice", confabd_core_ice, TRUE, FALSE },
};

void
confabd_core_refuse (ConfabdCore       *self,
                     ConfabdConnection *connection,
                     const char        *ref,
                     WireError          code,
                     const char        *message)
{
  g_autoptr(GBytes) frame = NULL;

  if (connection->altogic)
    {
      confabd_altogic_refuse (self, connection->altogic, ref, code, message);
      return;
    }

  frame = confabd_frames_new_error (code, message, ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

void
confabd_core_refuse_error (ConfabdCore       *self,
                           ConfabdConnection *connection,
                           const char        *ref,
                           const GError      *error)
{
  WireError code = error->domain == WIRE_ERROR ? (WireError) error->code : WIRE_ERROR_FAILED;

  confabd_core_refuse (self, connection, ref, code, error->message);
}

/* The answer of an action that has nothing to tell. Without a ref nobody wants to know. */
void
confabd_core_accept (ConfabdCore       *self,
                     ConfabdConnection *connection,
                     const char        *ref)
{
  g_autoptr(GBytes) frame = NULL;

  if (!ref)
    return;

  if (connection->altogic)
    {
      confabd_altogic_accept (self, connection->altogic, ref);
      return;
    }

  frame = confabd_frames_new_ok (ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

/**
 * confabd_requests_check:
 * @query: a query that came back
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: %TRUE if it was answered; %FALSE with what the asker is to be told
 */
gboolean
confabd_requests_check (const ConfabdQuery  *query,
                        GError             **error)
{
  switch (query->status)
    {
    case CONFABD_QUERY_OK:
      return TRUE;

    case CONFABD_QUERY_NOT_EXISTS:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_NOT_EXISTS,
                           "There is no such user or room");
      return FALSE;

    case CONFABD_QUERY_EXISTS:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_EXISTS, "It is there already");
      return FALSE;

    case CONFABD_QUERY_FULL:
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_STORAGE_FULL,
                           "The server has no space left to store this");
      return FALSE;

    case CONFABD_QUERY_REPLAYED:
    case CONFABD_QUERY_FAILED:
      break;
    }

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_FAILED, "The server could not answer this");
  return FALSE;
}

/* What can be wrong with a request of any action. */
static gboolean
is_acceptable (ConfabdCore       *self,
               ConfabdConnection *connection,
               WireRequest       *request)
{
  g_autofree char *message = NULL;

  if (actions[request->action].native && !connection->native)
    {
      message = g_strdup_printf ("“%s” needs the subprotocol " WIRE_SUBPROTOCOL,
                                 actions[request->action].name);
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_INVALID_REQUEST, message);
      return FALSE;
    }

  if (request->token && !self->options.check_token (request->token, &connection->person->user_id,
                                                    self->options.token_data))
    {
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_INVALID_TOKEN,
                           "“token” has expired, was revoked, or is not this user's");
      return FALSE;
    }

  if (actions[request->action].asks && connection->n_pending >= self->options.max_pending_requests)
    {
      message = g_strdup_printf ("More than %u requests are unanswered",
                                 self->options.max_pending_requests);
      confabd_core_refuse (self, connection, request->ref, WIRE_ERROR_TOO_MANY_REQUESTS, message);
      return FALSE;
    }

  return TRUE;
}

/**
 * confabd_core_request:
 * @self: the core
 * @peer: who asks
 * @request: (transfer full): what
 *
 * Does what a connection asks for, or refuses it.
 */
void
confabd_core_request (ConfabdCore *self,
                      ConfabdPeer  peer,
                      WireRequest *request)
{
  g_autoptr(WireRequest) owned = request;
  ConfabdConnection *connection = confabd_core_find_connection (self, peer);

  /* It was closed while the request was on its way. */
  if (!connection)
    return;

  if (is_acceptable (self, connection, request))
    actions[request->action].func (self, connection, request);
}

/**
 * confabd_core_bad_request:
 * @self: the core
 * @peer: who sent it
 * @ref: (nullable): its ref, if that could be read
 * @error: what is wrong with it
 *
 * Answers a frame that was no request.
 */
void
confabd_core_bad_request (ConfabdCore  *self,
                          ConfabdPeer   peer,
                          const char   *ref,
                          const GError *error)
{
  ConfabdConnection *connection = confabd_core_find_connection (self, peer);

  if (connection)
    confabd_core_refuse_error (self, connection, ref, error);
}
