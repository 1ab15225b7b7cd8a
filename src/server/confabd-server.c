/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-server-private.h"

#include "confabd-local-bus.h"
#include "confabd-socket-activation.h"

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
 * All is made here; what the parts tell each other stands in confabd-server-hooks.c. It is
 * taken down against the stream: nobody is let in, no request is read, what was read is
 * committed and answered, everybody is told to come back later, and only then do the threads
 * end.
 */

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
    .stun_uris = (const char * const *) config->stun_uris,
    .turn_uris = (const char * const *) config->turn_uris,
    .turn_secret = config->turn_secret,
    .connect_ms = config->sio_connect_ms ? config->sio_connect_ms : WIRE_SIO_CONNECT_TIMEOUT_MS,
  };

  confabd_server_fill_core_options (self, &core_options);

  confabd_hub_options_init (&hub_options);
  hub_options.n_threads = config->n_threads;
  hub_options.max_message_bytes = self->limits.frame_bytes;
  hub_options.max_fragments = self->limits.fragments;
  hub_options.frames_per_second = self->limits.frames_per_second;
  hub_options.frames_burst = self->limits.frames_burst;
  hub_options.eio_ping_interval_ms = get_eio_ping_interval_ms (config);
  hub_options.eio_ping_timeout_ms = get_eio_ping_timeout_ms (config);
  hub_options.core_mailbox = self->core_mailbox;
  hub_options.events = &confabd_server_hub_events;
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
    .events = &confabd_server_accounts_events,
    .events_data = self,
  };

  self->accounts = confabd_accounts_new (&options);
}

static void
batch_ended_cb (gpointer user_data)
{
  ConfabdServer *self = user_data;

  confabd_hub_flush_adopted (self->hub);
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
    .hooks = &confabd_server_http_hooks,
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
  self->core_thread = confabd_core_thread_new (self->core_mailbox,
                                               &confabd_server_core_thread_events, self);
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
