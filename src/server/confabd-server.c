/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-server.h"

#include "confabd-core-thread.h"
#include "confabd-core.h"
#include "confabd-doorway.h"
#include "confabd-http.h"
#include "confabd-hub.h"
#include "confabd-local-bus.h"
#include "confabd-metrics.h"
#include "confabd-socket-activation.h"
#include "confabd-space.h"
#include "confabd-sqlite-store.h"
#include "confabd-tls.h"
#include "confabd-web-push.h"
#include "wire-limits.h"

#include <glib/gstdio.h>
#include <openssl/crypto.h>

#define DEFAULT_ADDRESS "127.0.0.1:8440"
#define KEY_FILE        "token.key"
#define PUSH_KEY_FILE   "vapid.pem"

#define HEAD_MS            (10 * 1000)
#define ANSWER_MS          (20 * 1000)
#define IDLE_MS            (30 * 1000)
#define MAX_REQUESTS       1000
#define MAX_HASHES_WAITING 64            /* a tenth of a second each: all within ANSWER_MS */
#define CLOSE_GRACE_MS     3000
#define ANSWER_GRACE_MS    1000

/**
 * ConfabdServer:
 *
 * One confabd: the main thread listens and answers HTTP, hub threads own the
 * sockets, one thread is the core, the store has its own.
 *
 * All is made here and named nowhere else. It is taken down against the stream: nobody
 * is let in, no request is read, what was read is committed and answered, everybody is told
 * to come back later, and only then do the threads end.
 */
struct _ConfabdServer
{
  ConfabdSpace        *space;
  WireLimits           limits;
  char                *limits_json;

  BaseMailbox         *mailbox;         /* of the main thread */
  GSource             *mailbox_source;
  BaseMailbox         *core_mailbox;

  ConfabdTokenMint    *mint;
  ConfabdTls          *tls;             /* NULL: plain */
  ConfabdSqliteStore  *store;
  ConfabdBus          *bus;
  ConfabdWebPush      *push;
  ConfabdTrace        *trace;           /* NULL: nobody wants one */
  ConfabdHub          *hub;
  ConfabdCore         *core;            /* of the core's thread, once that runs */
  ConfabdCoreThread   *core_thread;
  ConfabdAccounts     *accounts;
  ConfabdHttp         *http;
  ConfabdDoorway      *doorway;

  gboolean             loaded;
  GError              *load_error;
  gboolean             draining;
  ConfabdServerFunc    drained;
  gpointer             drained_data;
};

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

static void
named_cb (ConfabdPeer  peer,
          const char  *cid,
          gpointer     trace)
{
  confabd_trace_name (trace, peer, cid);
}

static const ConfabdHubEvents hub_events = {
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

static const ConfabdCoreThreadEvents core_thread_events = {
  .turn_ended = turn_ended_cb,
  .tick = tick_cb,
};

/* From the main thread to the core's. */
typedef struct
{
  ConfabdServer *server;
  BaseUuid       session_id;
  ConfabdUser   *user;
  BaseUuid          user_id;
  ConfabdUserEvent  event;
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
  letter->user = g_new0 (ConfabdUser, 1);
  letter->user->user_id = user->user_id;
  letter->user->name = g_strdup (user->name);
  letter->user->folded_name = g_strdup (user->folded_name);
  letter->user->display_name = g_strdup (user->display_name);
  letter->user->last_seen_ms = user->last_seen_ms;
  letter->user->created_ms = user->created_ms;
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

static const ConfabdAccountsEvents accounts_events = {
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
batch_ended_cb (gpointer user_data)
{
  ConfabdServer *self = user_data;

  confabd_hub_flush_adopted (self->hub);
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

static const ConfabdHttpHooks http_hooks = {
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

static gboolean
load_mint (ConfabdServer        *self,
           const ConfabdConfig  *config,
           GError              **error)
{
  g_autofree char *path = g_build_filename (config->data_dir, KEY_FILE, NULL);
  guint8 key[CONFABD_TOKEN_KEY_BYTES];

  if (!confabd_token_key_load (path, key, error))
    return FALSE;

  self->mint = confabd_token_mint_new (key, self->space->service, self->space->service);
  OPENSSL_cleanse (key, sizeof key);

  return TRUE;
}

/* The store takes the lock of the directory, so it comes before everything that is kept there. */
static gboolean
open_data (ConfabdServer        *self,
           const ConfabdConfig  *config,
           GError              **error)
{
  if (g_mkdir_with_parents (config->data_dir, 0700) < 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "Cannot make the data directory %s: %s",
                   config->data_dir, g_strerror (errno));
      return FALSE;
    }

  self->store = confabd_sqlite_store_new (config->data_dir, base_clock_system (), error);
  if (!self->store)
    return FALSE;

  self->space = confabd_space_load (config->data_dir, config->service, error);

  return self->space && load_mint (self, config, error);
}

static gboolean
make_push (ConfabdServer        *self,
           const ConfabdConfig  *config,
           GError              **error)
{
  g_autofree char *path = g_build_filename (config->data_dir, PUSH_KEY_FILE, NULL);
  const ConfabdWebPushOptions options = {
    .key_path = path,
    .contact = config->push_contact,
    .allowed_networks = (const char * const *) config->push_networks,
    .clock = base_clock_system (),
    .mailbox = self->mailbox,
    .store = CONFABD_STORE (self->store),
    .limits = &confabd_web_push_limits,
  };

  self->push = confabd_web_push_new (&options, error);

  return self->push != NULL;
}

static guint
get_eio_ping_interval_ms (const ConfabdConfig *config)
{
  return config->eio_ping_interval_ms ? config->eio_ping_interval_ms : WIRE_EIO_PING_INTERVAL_MS;
}

static guint
get_eio_ping_timeout_ms (const ConfabdConfig *config)
{
  return config->eio_ping_timeout_ms ? config->eio_ping_timeout_ms : WIRE_EIO_PING_TIMEOUT_MS;
}

static void
make_core (ConfabdServer       *self,
           const ConfabdConfig *config)
{
  ConfabdHubOptions hub_options;
  ConfabdCoreOptions core_options = {
    .service = self->space->service,
    .limits_json = self->limits_json,
    .ping_ms = WIRE_PING_MS,
    .max_rooms_per_connection = self->limits.rooms_per_connection,
    .max_pending_requests = self->limits.pending_requests,
    .now_ms = now_ms_cb,
    .clock_data = (gpointer) base_clock_system (),
    .check_token = check_token_cb,
    .find_session = find_session_cb,
    .token_data = self,
    .named = self->trace ? named_cb : NULL,
    .named_data = self->trace,
    .stun_uris = (const char * const *) config->stun_uris,
    .turn_uris = (const char * const *) config->turn_uris,
    .turn_secret = config->turn_secret,
    .connect_ms = config->sio_connect_ms ? config->sio_connect_ms : WIRE_SIO_CONNECT_TIMEOUT_MS,
  };

  confabd_hub_options_init (&hub_options);
  hub_options.n_threads = config->n_threads;
  hub_options.max_message_bytes = self->limits.frame_bytes;
  hub_options.max_fragments = self->limits.fragments;
  hub_options.frames_per_second = self->limits.frames_per_second;
  hub_options.frames_burst = self->limits.frames_burst;
  hub_options.eio_ping_interval_ms = get_eio_ping_interval_ms (config);
  hub_options.eio_ping_timeout_ms = get_eio_ping_timeout_ms (config);
  hub_options.core_mailbox = self->core_mailbox;
  hub_options.events = &hub_events;
  hub_options.trace = self->trace;

  self->bus = confabd_local_bus_new ();
  self->hub = confabd_hub_new (&hub_options);
  self->core = confabd_core_new (&core_options, self->core_mailbox, CONFABD_PEERS (self->hub),
                                 CONFABD_LOG (self->store), CONFABD_STORE (self->store), self->bus);
  confabd_core_set_push (self->core, CONFABD_PUSH (self->push));
}

static void
make_accounts (ConfabdServer       *self,
               const ConfabdConfig *config)
{
  ConfabdAccountsOptions options = {
    .store = CONFABD_STORE (self->store),
    .mailbox = self->mailbox,
    .mint = self->mint,
    .clock = base_clock_system (),
    .registration = config->registration,
    .invite = config->invite,
    .cost = confabd_password_cost,
    .n_hash_threads = g_get_num_processors (),
    .max_hashes_waiting = MAX_HASHES_WAITING,
    .events = &accounts_events,
    .events_data = self,
  };

  self->accounts = confabd_accounts_new (&options);
}

static void
make_http (ConfabdServer       *self,
           const ConfabdConfig *config)
{
  ConfabdHttpOptions options = {
    .name = config->name,
    .service = self->space->service,
    .owner = self->space->owner,
    .public_url = config->public_url,
    .registration = config->registration,
    .limits_json = self->limits_json,
    .allowed_origins = (const char * const *) config->allowed_origins,
    .admins = (const char * const *) config->admins,
    .metrics_for_all = config->metrics_for_all,
    .tls = self->tls != NULL,
    .eio_ping_interval_ms = get_eio_ping_interval_ms (config),
    .eio_ping_timeout_ms = get_eio_ping_timeout_ms (config),
    .eio_max_payload_bytes = self->limits.frame_bytes,
    .clock = base_clock_system (),
    .mailbox = self->mailbox,
    .accounts = self->accounts,
    .store = CONFABD_STORE (self->store),
    .push = CONFABD_PUSH (self->push),
    .hooks = &http_hooks,
    .hooks_data = self,
  };
  ConfabdDoorwayOptions doorway_options = {
    .head_ms = HEAD_MS,
    .answer_ms = ANSWER_MS,
    .idle_ms = IDLE_MS,
    .max_requests = MAX_REQUESTS,
    .max_body_bytes = WIRE_LIMIT_HTTP_BODY_BYTES,
    .payload_path = "/socket.io",
    .max_payload_bytes = self->limits.frame_bytes,
    .clock = base_clock_system (),
    .batch_ended = batch_ended_cb,
    .user_data = self,
  };

  self->http = confabd_http_new (&options);
  confabd_http_set_core (self->http, self->core);
  self->doorway = confabd_doorway_new (confabd_http_get_server (self->http), &doorway_options);
  confabd_doorway_set_tls (self->doorway, self->tls);
  confabd_http_set_doorway (self->http, self->doorway);
}

static gboolean
listen_everywhere (ConfabdServer        *self,
                   const ConfabdConfig  *config,
                   GError              **error)
{
  guint n_fds = config->n_handed_fds;

  for (guint i = 0; i < n_fds; i++)
    if (!confabd_doorway_listen_fd (self->doorway, CONFABD_SOCKET_ACTIVATION_FIRST_FD + i, error))
      return FALSE;

  for (gsize i = 0; config->listen && config->listen[i]; i++)
    if (!confabd_doorway_listen (self->doorway, config->listen[i], error))
      return FALSE;

  if (n_fds == 0 && (!config->listen || !config->listen[0]))
    return confabd_doorway_listen (self->doorway, DEFAULT_ADDRESS, error);

  return TRUE;
}

/**
 * confabd_server_new:
 * @config: how to be
 * @error: return location for an error, whose message fits on one line
 *
 * Opens the data and the ports. Nothing runs yet.
 *
 * Returns: (transfer full) (nullable): a server
 */
ConfabdServer *
confabd_server_new (const ConfabdConfig  *config,
                    GError              **error)
{
  g_autoptr(ConfabdServer) self = g_new0 (ConfabdServer, 1);

  wire_limits_init (&self->limits);
  if (config->frames_per_second)
    self->limits.frames_per_second = config->frames_per_second;
  if (config->frames_burst)
    self->limits.frames_burst = config->frames_burst;
  self->limits_json = wire_limits_print (&self->limits);

  if (config->tls_cert)
    {
      self->tls = confabd_tls_new (config->tls_cert, config->tls_key, error);
      if (!self->tls)
        return NULL;
    }

  if (!open_data (self, config, error))
    return NULL;

  if (config->trace_path)
    {
      self->trace = confabd_trace_new (config->trace_path, error);
      if (!self->trace)
        return NULL;
    }

  self->mailbox = base_mailbox_new ();
  self->mailbox_source = base_mailbox_create_source (self->mailbox);
  g_source_attach (self->mailbox_source, g_main_context_get_thread_default ());
  self->core_mailbox = base_mailbox_new ();

  if (!make_push (self, config, error))
    return NULL;

  make_core (self, config);
  make_accounts (self, config);
  make_http (self, config);

  return listen_everywhere (self, config, error) ? g_steal_pointer (&self) : NULL;
}

static void
drain_mailboxes (ConfabdServer *self)
{
  guint n_run;

  do
    {
      n_run = base_mailbox_drain (self->core_mailbox);
      n_run += base_mailbox_drain (self->mailbox);
    }
  while (n_run > 0);
}

static gboolean
set_true_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* The hubs have been told to close everybody. Who polls hears of it by us. */
static void
answer_last_requests (ConfabdServer *self)
{
  gboolean late = FALSE;
  g_autoptr(GSource) timeout = NULL;

  if (!self->http || !self->core_thread)
    return;

  timeout = g_timeout_source_new (ANSWER_GRACE_MS);
  g_source_set_static_name (timeout, "[confabd] last answers");
  g_source_set_callback (timeout, set_true_cb, &late, NULL);
  g_source_attach (timeout, g_main_context_get_thread_default ());

  while (!late && confabd_http_is_busy (self->http))
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  g_source_destroy (timeout);
}

/* Ends what runs; afterwards nobody else posts to our mailboxes. */
static void
stop_threads (ConfabdServer *self)
{
  if (!self->core_thread)
    return;

  confabd_hub_stop (self->hub, CLOSE_GRACE_MS);
  confabd_core_thread_stop (g_steal_pointer (&self->core_thread));
}

/* Requests to push services hold what they need until they are over; once cancelled, that is
 * soon. */
static void
stop_push (ConfabdServer *self)
{
  ConfabdWebPushStats stats;

  if (!self->push)
    return;

  confabd_web_push_shut_down (self->push);

  for (confabd_web_push_get_stats (self->push, &stats); stats.n_requests > 0;
       confabd_web_push_get_stats (self->push, &stats))
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

/**
 * confabd_server_free:
 * @self: (transfer full): a server, drained or not
 *
 * Ends all threads, and closes what is open.
 */
void
confabd_server_free (ConfabdServer *self)
{
  if (self->doorway)
    confabd_doorway_close (self->doorway);

  answer_last_requests (self);
  if (self->http)
    confabd_http_shut_down (self->http);
  stop_threads (self);
  stop_push (self);
  if (self->store)
    confabd_sqlite_store_close (self->store);
  if (self->core)
    drain_mailboxes (self);

  g_clear_pointer (&self->doorway, confabd_doorway_free);
  /* Whose password is being hashed gets an answer, so this comes before those who give it. */
  g_clear_pointer (&self->accounts, confabd_accounts_free);
  g_clear_pointer (&self->http, confabd_http_free);
  g_clear_pointer (&self->core, confabd_core_free);
  g_clear_object (&self->hub);
  g_clear_pointer (&self->trace, confabd_trace_free);
  g_clear_object (&self->bus);
  g_clear_object (&self->push);
  g_clear_object (&self->store);
  g_clear_pointer (&self->mint, confabd_token_mint_free);
  g_clear_pointer (&self->tls, confabd_tls_free);
  g_clear_pointer (&self->space, confabd_space_free);

  if (self->mailbox_source)
    g_source_destroy (self->mailbox_source);
  g_clear_pointer (&self->mailbox_source, g_source_unref);
  g_clear_pointer (&self->mailbox, base_mailbox_unref);
  g_clear_pointer (&self->core_mailbox, base_mailbox_unref);
  g_clear_error (&self->load_error);
  g_free (self->limits_json);
  g_free (self);
}

static void
sessions_loaded_cb (const ConfabdAccountsReply *reply,
                    gpointer                    user_data)
{
  ConfabdServer *self = user_data;

  self->loaded = TRUE;
  if (reply->error)
    self->load_error = g_error_copy (reply->error);
}

/**
 * confabd_server_start:
 * @self: a server
 * @error: return location for an error
 *
 * Starts the threads, reads the live sessions and opens the door. Turns the main
 * context until that is done; nobody is inside yet who could notice.
 *
 * Returns: whether it serves now
 */
gboolean
confabd_server_start (ConfabdServer  *self,
                      GError        **error)
{
  self->core_thread = confabd_core_thread_new (self->core_mailbox, &core_thread_events, self);
  confabd_hub_start (self->hub, self->core);
  confabd_accounts_load (self->accounts, sessions_loaded_cb, self);

  while (!self->loaded)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  if (self->load_error)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&self->load_error),
                                  "Cannot read the sessions: ");
      return FALSE;
    }

  confabd_doorway_open (self->doorway);

  return TRUE;
}

/**
 * confabd_server_get_uri:
 * @self: a server
 *
 * Returns: (transfer full): where it listens first
 */
char *
confabd_server_get_uri (ConfabdServer *self)
{
  return confabd_doorway_get_uri (self->doorway);
}

/* 4: on the main thread. Everybody has been told; what follows is for confabd_server_free(). */
static void
told_everybody_cb (gpointer data)
{
  ConfabdServer *self = data;

  self->drained (self->drained_data);
}

/* 3: on the core's thread. All that was appended is committed and answered. */
static void
committed_cb (ConfabdQuery *query)
{
  ConfabdServer *self = query->user_data;

  confabd_query_free (query);
  confabd_core_shut_down (self->core);
  base_mailbox_post (self->mailbox, told_everybody_cb, self);
}

/* 2: on the core's thread, which has been given all requests that were read. A change of nothing
 * goes the way of all changes, so it comes back behind them. */
static void
quiet_cb (gpointer data)
{
  ConfabdServer *self = data;
  ConfabdQuery *query = confabd_query_new (CONFABD_QUERY_REVOKE_SESSIONS, self->core_mailbox,
                                           committed_cb, self);

  confabd_store_submit (CONFABD_STORE (self->store), query);
}

/**
 * confabd_server_drain:
 * @self: a server
 * @drained: called when all is committed and all clients have been sent away
 * @user_data: data for @drained
 *
 * Lets nobody in, takes no more requests, and ends in order.
 */
void
confabd_server_drain (ConfabdServer     *self,
                      ConfabdServerFunc  drained,
                      gpointer           user_data)
{
  self->draining = TRUE;
  self->drained = drained;
  self->drained_data = user_data;

  confabd_doorway_close (self->doorway);
  confabd_hub_quiesce (self->hub, quiet_cb, self);
}

/**
 * confabd_server_reload_tls:
 * @self: a server
 *
 * Reads the certificate again. If that fails it says so and keeps the old one.
 */
void
confabd_server_reload_tls (ConfabdServer *self)
{
  g_autoptr(GError) error = NULL;

  if (!self->tls)
    return;

  if (confabd_tls_reload (self->tls, &error))
    g_info ("The certificate has been read again");
  else
    g_warning ("The certificate stays as it was: %s", error->message);
}
