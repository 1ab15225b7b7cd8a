/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-core"

#include "config.h"

#include "confabd-altogic-private.h"
#include "confabd-calls-private.h"
#include "confabd-core-private.h"
#include "confabd-frames-private.h"
#include "confabd-pending-private.h"

#include "wire-limits.h"

/* How long a revoked session is remembered. A connection whose token was checked before the
 * revocation may still be on its way from the handshake to the core; a handshake takes ten seconds
 * at most. */
#define REMEMBER_REVOKED_MS (10 * 60 * 1000)

/**
 * ConfabdCore:
 *
 * Rooms, presence, sessions, rights and routing.
 *
 * The core is plain state on one thread. Requests and the comings and goings of
 * connections are told to it by the hubs; what has to be stored or looked up it asks
 * of the log and the store, whose answers come back through its mailbox; what it has
 * to say goes out by #ConfabdPeers. It never waits. An answer may come when the
 * connection that asked is gone: what is stored is delivered nevertheless, only the
 * reply is not.
 *
 * The order of the log is the order of the world: events are delivered as the log
 * returns them, and a subscriber is attached to its group at the moment when its
 * snapshot comes back among them. So nothing is missed between the snapshot and the
 * deliveries, and nothing comes twice.
 *
 * It knows nothing of sockets, SQL, HTTP or tokens.
 */

/**
 * confabd_core_new:
 * @options: how it is to behave; copied
 * @mailbox: through which log and store answer; drained on the core's thread
 * @peers: the hubs
 * @log: where events are appended
 * @store: where the rest is asked
 * @bus: for what is not stored
 *
 * Returns: (transfer full): a core with nobody online
 */
ConfabdCore *
confabd_core_new (const ConfabdCoreOptions *options,
                  BaseMailbox              *mailbox,
                  ConfabdPeers             *peers,
                  ConfabdLog               *log,
                  ConfabdStore             *store,
                  ConfabdBus               *bus)
{
  ConfabdCore *self = g_new0 (ConfabdCore, 1);

  self->ref_count = 1;
  self->options = *options;
  self->options.service = g_strdup (options->service);
  self->options.limits_json = g_strdup (options->limits_json);
  self->options.max_rooms_per_connection = MIN (options->max_rooms_per_connection, G_MAXUINT16);
  self->options.max_pending_requests = MIN (options->max_pending_requests, G_MAXUINT16);
  self->mailbox = base_mailbox_ref (mailbox);
  self->peers = g_object_ref (peers);
  self->log = g_object_ref (log);
  self->store = g_object_ref (store);
  self->bus = g_object_ref (bus);

  self->connections = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->cids = g_hash_table_new (confabd_connection_hash_cid, confabd_connection_equal_cid);
  self->persons = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free, NULL);
  self->revoked = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free, g_free);
  self->gone = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  confabd_altogic_init (self);
  confabd_calls_init (self);
  confabd_rooms_init (&self->rooms);
  confabd_audience_numbers_init (&self->audiences);
  self->altogic_audience = confabd_audience_numbers_take (&self->audiences);
  g_queue_init (&self->to_read);
  self->ticked_s = confabd_core_get_now_ms (self) / 1000;

  confabd_bus_set_handler (bus, confabd_core_heard_cb, self);

  return self;
}

/**
 * confabd_core_set_push:
 * @self: the core
 * @push: (nullable): who wakes browsers
 *
 * Without one, the notifications that go with messages go nowhere.
 */
void
confabd_core_set_push (ConfabdCore *self,
                       ConfabdPush *push)
{
  g_set_object (&self->push, push);
}

/* Questions that are still unanswered hold the struct, so that their answers find that there is
 * nothing left to do. */
void
confabd_core_unref (ConfabdCore *self)
{
  if (--self->ref_count > 0)
    return;

  g_clear_pointer (&self->mailbox, base_mailbox_unref);
  g_free ((char *) self->options.service);
  g_free ((char *) self->options.limits_json);
  g_free (self);
}

static void
free_connection_cb (gpointer peer,
                    gpointer connection,
                    gpointer user_data)
{
  confabd_connection_free (connection);
}

/**
 * confabd_core_free:
 * @self: (transfer full): the core
 *
 * Lets go of everything and says nothing to anyone. Answers that are still under way do no harm.
 */
void
confabd_core_free (ConfabdCore *self)
{
  self->stopped = TRUE;
  confabd_pending_read_all (self);
  confabd_bus_set_handler (self->bus, NULL, NULL);
  g_clear_pointer (&self->altogics, g_hash_table_unref);
  g_clear_pointer (&self->calls, g_hash_table_unref);

  g_hash_table_remove_all (self->cids);
  g_hash_table_foreach (self->connections, free_connection_cb, NULL);
  g_clear_pointer (&self->connections, g_hash_table_unref);
  g_clear_pointer (&self->cids, g_hash_table_unref);
  g_clear_pointer (&self->persons, g_hash_table_unref);
  g_clear_pointer (&self->revoked, g_hash_table_unref);
  g_clear_pointer (&self->gone, g_array_unref);
  confabd_rooms_clear (&self->rooms);
  confabd_audience_numbers_clear (&self->audiences);

  g_clear_object (&self->peers);
  g_clear_object (&self->log);
  g_clear_object (&self->store);
  g_clear_object (&self->bus);
  g_clear_object (&self->push);

  confabd_core_unref (self);
}

guint64
confabd_core_get_now_ms (ConfabdCore *self)
{
  return (guint64) MAX (self->options.now_ms (self->options.clock_data), 0);
}

ConfabdConnection *
confabd_core_find_connection (ConfabdCore *self,
                              ConfabdPeer  peer)
{
  return self->stopped ? NULL : g_hash_table_lookup (self->connections, &peer);
}

ConfabdPerson *
confabd_core_find_person (ConfabdCore    *self,
                          const BaseUuid *user_id)
{
  return g_hash_table_lookup (self->persons, user_id);
}

static ConfabdConnection **
get_expiry_slot (ConfabdCore       *self,
                 ConfabdConnection *connection)
{
  return &self->expiring[connection->expires_ms / 1000 % CONFABD_EXPIRY_SLOTS];
}

static void
await_expiry (ConfabdCore       *self,
              ConfabdConnection *connection)
{
  ConfabdConnection **slot = get_expiry_slot (self, connection);

  connection->next_expiring = *slot;
  if (*slot)
    (*slot)->previous_expiring = connection;
  *slot = connection;
}

static void
forget_expiry (ConfabdCore       *self,
               ConfabdConnection *connection)
{
  if (connection->next_expiring)
    connection->next_expiring->previous_expiring = connection->previous_expiring;
  if (connection->previous_expiring)
    connection->previous_expiring->next_expiring = connection->next_expiring;
  else
    *get_expiry_slot (self, connection) = connection->next_expiring;
}

/* Closes a connection of whom it does not want. */
gboolean
confabd_core_is_welcome (ConfabdCore           *self,
                         ConfabdPeer            peer,
                         const ConfabdIdentity *identity)
{
  if (self->draining)
    confabd_peers_close (self->peers, peer, WIRE_CLOSE_SHUTDOWN, "shutdown");
  else if (g_hash_table_contains (self->revoked, &identity->session_id))
    confabd_peers_close (self->peers, peer, WIRE_CLOSE_SESSION_REVOKED, "session revoked");
  else if (identity->expires_ms <= confabd_core_get_now_ms (self))
    confabd_peers_close (self->peers, peer, WIRE_CLOSE_TOKEN_EXPIRED, "token expired");
  else
    return TRUE;

  return FALSE;
}

static void
tell_name (ConfabdCore             *self,
           const ConfabdConnection *connection)
{
  char cid[CONFABD_CID_LENGTH + 1];

  if (!self->options.named)
    return;

  confabd_connection_format_cid (connection, cid);
  self->options.named (connection->peer, cid, self->options.named_data);
}

/* Makes a connection of a peer: its user is online by it. */
ConfabdConnection *
confabd_core_admit (ConfabdCore           *self,
                    ConfabdPeer            peer,
                    const ConfabdIdentity *identity)
{
  ConfabdConnection *connection = confabd_connection_new (peer, identity);

  g_hash_table_add (self->connections, connection);
  g_hash_table_add (self->cids, connection);
  await_expiry (self, connection);
  tell_name (self, connection);
  confabd_core_come_online (self, connection, &identity->user_id);

  return connection;
}

/**
 * confabd_core_peer_opened:
 * @self: the core
 * @peer: the number of a new connection
 * @identity: whose it is; copied
 *
 * A connection has come.
 */
void
confabd_core_peer_opened (ConfabdCore           *self,
                          ConfabdPeer            peer,
                          const ConfabdIdentity *identity)
{
  ConfabdConnection *connection;

  g_return_if_fail (!g_hash_table_contains (self->connections, &peer));

  if (identity->socket_io)
    {
      confabd_altogic_open (self, peer);
      return;
    }

  if (!confabd_core_is_welcome (self, peer, identity))
    return;

  connection = confabd_core_admit (self, peer, identity);

  if (connection->native)
    {
      g_autoptr(GBytes) hello = confabd_frames_new_hello (self, connection);

      confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, hello);
    }
}

void
confabd_core_forget_connection (ConfabdCore       *self,
                                ConfabdConnection *connection,
                                gboolean           detach)
{
  /* First out of the tables: while the others hear of it, it is no longer there. */
  g_hash_table_remove (self->connections, &connection->peer);
  g_hash_table_remove (self->cids, connection);
  forget_expiry (self, connection);

  confabd_core_leave_calls (self, connection);
  confabd_core_lose_all_seats (self, connection, detach);
  if (connection->altogic)
    confabd_altogic_lose_connection (self, connection, detach);
  confabd_core_go_offline (self, connection, detach);
  confabd_connection_free (connection);
}

/**
 * confabd_core_peer_closed:
 * @self: the core
 * @peer: a connection
 *
 * A connection has gone, and its hub has forgotten it.
 */
void
confabd_core_peer_closed (ConfabdCore *self,
                          ConfabdPeer  peer)
{
  ConfabdConnection *connection = confabd_core_find_connection (self, peer);

  if (connection)
    confabd_core_forget_connection (self, connection, FALSE);
  confabd_altogic_forget (self, peer);
}

static void
close_connection (ConfabdCore       *self,
                  ConfabdConnection *connection,
                  guint16            code,
                  const char        *reason)
{
  ConfabdPeer peer = connection->peer;

  /* The hub may keep the socket for a while to send what is queued; it must not get what another
   * audience of the same number is told. */
  confabd_core_forget_connection (self, connection, TRUE);
  confabd_altogic_forget (self, peer);
  confabd_peers_close (self->peers, peer, code, reason);
}

/**
 * confabd_core_session_revoked:
 * @self: the core
 * @session_id: a session that is no longer good
 *
 * Closes the session's connections, those too that are on their way here.
 */
void
confabd_core_session_revoked (ConfabdCore    *self,
                              const BaseUuid *session_id)
{
  g_autoptr(GPtrArray) connections = g_ptr_array_new ();
  ConfabdConnection *connection;
  GHashTableIter iter;
  guint64 now_ms = confabd_core_get_now_ms (self);

  g_hash_table_replace (self->revoked, g_memdup2 (session_id, sizeof *session_id),
                        g_memdup2 (&now_ms, sizeof now_ms));

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &connection))
    {
      if (base_uuid_equal (&connection->session_id, session_id))
        g_ptr_array_add (connections, connection);
    }

  for (guint i = 0; i < connections->len; i++)
    close_connection (self, g_ptr_array_index (connections, i), WIRE_CLOSE_SESSION_REVOKED,
                      "session revoked");
}

static void
expire_slot (ConfabdCore *self,
             guint64      second,
             guint64      now_ms)
{
  ConfabdConnection *next;

  for (ConfabdConnection *each = self->expiring[second % CONFABD_EXPIRY_SLOTS]; each; each = next)
    {
      next = each->next_expiring;
      if (each->expires_ms <= now_ms)
        close_connection (self, each, WIRE_CLOSE_TOKEN_EXPIRED, "token expired");
    }
}

static void
expire_tokens (ConfabdCore *self,
               guint64      now_ms)
{
  guint64 now_s = now_ms / 1000;
  guint64 from_s = self->ticked_s;

  /* A clock that jumps ahead passes every slot once; one that jumps back starts from where it is.
   * The second of now comes again next time: some may expire later in it. */
  if (now_s < from_s || now_s - from_s >= CONFABD_EXPIRY_SLOTS)
    from_s = now_s - MIN (now_s, CONFABD_EXPIRY_SLOTS - 1);

  for (guint64 second = from_s; second <= now_s; second++)
    expire_slot (self, second, now_ms);

  self->ticked_s = now_s;
}

static gboolean
is_forgettable_cb (gpointer session_id,
                   gpointer revoked_ms,
                   gpointer user_data)
{
  const guint64 *now_ms = user_data;
  guint64 at_ms = *(guint64 *) revoked_ms;

  return *now_ms < at_ms || *now_ms - at_ms > REMEMBER_REVOKED_MS;
}

static void
seen_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;

  confabd_pending_free (query->user_data);
}

static void
write_last_seen (ConfabdCore *self,
                 guint64      now_ms)
{
  for (guint i = 0; i < self->gone->len; i++)
    {
      const BaseUuid *user_id = &g_array_index (self->gone, BaseUuid, i);
      ConfabdPending *pending;
      ConfabdQuery *query;

      /* Back already: it is written when they go the next time. */
      if (confabd_core_find_person (self, user_id))
        continue;

      pending = confabd_pending_new_unasked (self, user_id, NULL);
      query = confabd_pending_make_query (pending, CONFABD_QUERY_SEEN, seen_cb);
      query->seq = now_ms;
      confabd_store_submit (self->store, query);
    }

  g_array_set_size (self->gone, 0);
}

/**
 * confabd_core_tick:
 * @self: the core
 *
 * To be called once a second: closes connections whose token has expired, and has it
 * written when users were seen last.
 */
void
confabd_core_tick (ConfabdCore *self)
{
  guint64 now_ms = confabd_core_get_now_ms (self);

  expire_tokens (self, now_ms);
  confabd_altogic_tick (self, now_ms);
  write_last_seen (self, now_ms);
  g_hash_table_foreach_remove (self->revoked, is_forgettable_cb, &now_ms);
}

/**
 * confabd_core_shut_down:
 * @self: the core
 *
 * Closes all connections, and those that still come. What was appended is still committed.
 */
void
confabd_core_shut_down (ConfabdCore *self)
{
  g_autoptr(GPtrArray) connections = g_hash_table_get_values_as_ptr_array (self->connections);

  self->draining = TRUE;

  for (guint i = 0; i < connections->len; i++)
    close_connection (self, g_ptr_array_index (connections, i), WIRE_CLOSE_SHUTDOWN, "shutdown");

  confabd_altogic_close_all (self);
  write_last_seen (self, confabd_core_get_now_ms (self));
}
