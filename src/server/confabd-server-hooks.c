/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-server-private.h"

#include "confabd-metrics.h"

/* What the parts of a server tell each other. None of them knows another; what goes to another
 * thread goes as a letter to its mailbox. */

static void
opened_cb (gpointer               core_data,
           ConfabdPeer            peer,
           const ConfabdIdentity *identity)
{
  confabd_core_peer_opened (core_data, peer, identity);
}

static void
closed_cb (gpointer    core_data,
           ConfabdPeer peer)
{
  confabd_core_peer_closed (core_data, peer);
}

static void
request_cb (gpointer     core_data,
            ConfabdPeer  peer,
            WireRequest *request)
{
  confabd_core_request (core_data, peer, request);
}

static void
bad_request_cb (gpointer      core_data,
                ConfabdPeer   peer,
                const char   *ref,
                const GError *error)
{
  confabd_core_bad_request (core_data, peer, ref, error);
}

static void
packet_cb (gpointer       core_data,
           ConfabdPeer    peer,
           WireSioPacket *packet)
{
  confabd_core_packet (core_data, peer, packet);
}

const ConfabdHubEvents confabd_server_hub_events = {
  .packet = packet_cb,
  .opened = opened_cb,
  .closed = closed_cb,
  .request = request_cb,
  .bad_request = bad_request_cb,
};

static void
turn_ended_cb (gpointer user_data)
{
  ConfabdServer *self = user_data;

  confabd_hub_flush (self->hub);
}

static void
tick_cb (gpointer user_data)
{
  ConfabdServer *self = user_data;

  confabd_core_tick (self->core);
}

const ConfabdCoreThreadEvents confabd_server_core_thread_events = {
  .turn_ended = turn_ended_cb,
  .tick = tick_cb,
};

/* From the main thread to the core's. */
typedef struct
{
  ConfabdServer    *server;
  BaseUuid          session_id;
  BaseUuid          user_id;
  ConfabdUserEvent  event;
  ConfabdUser      *user;
} CoreLetter;

static void
deliver_session_revoked (gpointer data)
{
  g_autofree CoreLetter *letter = data;

  confabd_core_session_revoked (letter->server->core, &letter->session_id);
}

static void
session_revoked_cb (const BaseUuid *session_id,
                    gpointer        user_data)
{
  ConfabdServer *self = user_data;
  CoreLetter *letter = g_new0 (CoreLetter, 1);

  letter->server = self;
  letter->session_id = *session_id;
  base_mailbox_post (self->core_mailbox, deliver_session_revoked, letter);
}

static void
deliver_user_changed (gpointer data)
{
  g_autofree CoreLetter *letter = data;

  confabd_core_user_changed (letter->server->core, letter->user);
  confabd_user_free (letter->user);
}

static void
user_changed_cb (const ConfabdUser *user,
                 gpointer           user_data)
{
  ConfabdServer *self = user_data;
  CoreLetter *letter = g_new0 (CoreLetter, 1);

  letter->server = self;
  letter->user = confabd_user_copy (user);
  base_mailbox_post (self->core_mailbox, deliver_user_changed, letter);
}

static void
deliver_user_event (gpointer data)
{
  g_autofree CoreLetter *letter = data;

  confabd_core_user_event (letter->server->core, &letter->user_id, letter->event);
}

static void
user_event_cb (const BaseUuid   *user_id,
               ConfabdUserEvent  event,
               gpointer          user_data)
{
  ConfabdServer *self = user_data;
  CoreLetter *letter = g_new0 (CoreLetter, 1);

  letter->server = self;
  letter->user_id = *user_id;
  letter->event = event;
  base_mailbox_post (self->core_mailbox, deliver_user_event, letter);
}

const ConfabdAccountsEvents confabd_server_accounts_events = {
  .session_revoked = session_revoked_cb,
  .user_changed = user_changed_cb,
  .user_event = user_event_cb,
};

static guint64
adopt_cb (int                    fd,
          SSL                   *tls,
          GBytes                *early,
          const ConfabdIdentity *identity,
          gpointer               user_data)
{
  ConfabdServer *self = user_data;
  guint64 ticket = confabd_hub_adopt (self->hub, fd, tls, early, identity);

  if (!confabd_doorway_is_busy (self->doorway))
    confabd_hub_flush_adopted (self->hub);

  return ticket;
}

static void
move_cb (guint64   ticket,
         int       fd,
         SSL      *tls,
         GBytes   *early,
         GBytes   *unread,
         gpointer  user_data)
{
  ConfabdServer *self = user_data;

  confabd_hub_move (self->hub, ticket, fd, tls, early, unread);
}

static void
collect_metrics_cb (ConfabdHttpMetricsDone done,
                    gpointer               done_data,
                    gpointer               user_data)
{
  ConfabdServer *self = user_data;

  confabd_metrics_collect (self->hub, self->push, self->mailbox, done, done_data);
}

static void
post_to_core_cb (BaseMailboxFunc letter,
                 gpointer        letter_data,
                 gpointer        user_data)
{
  ConfabdServer *self = user_data;

  base_mailbox_post (self->core_mailbox, letter, letter_data);
}

static gboolean
is_healthy_cb (gpointer user_data)
{
  ConfabdServer *self = user_data;

  return !self->draining;
}

const ConfabdHttpHooks confabd_server_http_hooks = {
  .sockets = { adopt_cb, move_cb },
  .collect_metrics = collect_metrics_cb,
  .post_to_core = post_to_core_cb,
  .is_healthy = is_healthy_cb,
};

static gint64
now_ms_cb (gpointer clock_data)
{
  return base_clock_get_wall_us (clock_data) / 1000;
}

static gboolean
check_token_cb (const char     *token,
                const BaseUuid *user_id,
                gpointer        token_data)
{
  gint64 now_us = base_clock_get_wall_us (base_clock_system ());

  return confabd_token_mint_owned_by (((ConfabdServer *) token_data)->mint, token, user_id,
                                      now_us / G_USEC_PER_SEC);
}

/* A token of a Socket.IO client: from the core to the main thread, which knows the sessions, and
 * back. */
typedef struct
{
  ConfabdServer      *server;
  char               *token;
  ConfabdSessionFunc  done;
  gpointer            done_data;
  ConfabdIdentity     identity;
  gboolean            found;
} SessionLetter;

static void
session_found_cb (gpointer data)
{
  g_autofree SessionLetter *letter = data;

  letter->done (letter->found ? &letter->identity : NULL, letter->done_data);
}

static void
look_session_up_cb (gpointer data)
{
  SessionLetter *letter = data;
  ConfabdTokenClaims claims;

  letter->found = confabd_accounts_check_token (letter->server->accounts, letter->token, &claims,
                                                NULL);
  if (letter->found)
    {
      letter->identity.user_id = claims.user_id;
      letter->identity.session_id = claims.session_id;
      letter->identity.expires_ms = claims.expires_s * 1000;
    }

  g_clear_pointer (&letter->token, g_free);
  base_mailbox_post (letter->server->core_mailbox, session_found_cb, letter);
}

static void
find_session_cb (const char         *token,
                 ConfabdSessionFunc  done,
                 gpointer            done_data,
                 gpointer            token_data)
{
  ConfabdServer *self = token_data;
  SessionLetter *letter = g_new0 (SessionLetter, 1);

  letter->server = self;
  letter->token = g_strdup (token);
  letter->done = done;
  letter->done_data = done_data;
  base_mailbox_post (self->mailbox, look_session_up_cb, letter);
}

static void
named_cb (ConfabdPeer  peer,
          const char  *cid,
          gpointer     trace)
{
  confabd_trace_name (trace, peer, cid);
}

/* What the core asks of the others. */
void
confabd_server_fill_core_options (ConfabdServer      *self,
                                  ConfabdCoreOptions *options)
{
  options->now_ms = now_ms_cb;
  options->clock_data = (gpointer) base_clock_system ();
  options->check_token = check_token_cb;
  options->find_session = find_session_cb;
  options->token_data = self;
  options->named = self->trace ? named_cb : NULL;
  options->named_data = self->trace;
}
