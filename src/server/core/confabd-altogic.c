/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-altogic"

#include "config.h"

#include "confabd-altogic-private.h"

#include "wire-json.h"
#include "wire-limits.h"
#include "wire-ws-frame.h"

#include <string.h>

#define MISSING_TOKEN "missing_session_token"
#define INVALID_TOKEN "invalid_session_token"

/**
 * ConfabdAltogic:
 *
 * A client of Socket.IO with Altogic's events.
 *
 * Its WebSocket is open before it says who it is; until then it is nobody, is in no group and
 * hears nothing, and not for long. Its CONNECT packet carries a session's token; once that was
 * found good it is a connection of its user, present in as many groups ("channels") as it likes,
 * and everybody in them sees it, whatever they speak themselves.
 */

/* A token on its way to be looked up. Holds the core. */
typedef struct
{
  ConfabdCore *core;
  ConfabdPeer  peer;
} LookUp;

static void
altogic_free (gpointer data)
{
  ConfabdAltogic *self = data;

  g_clear_pointer (&self->profile, g_bytes_unref);
  g_free (self);
}

void
confabd_altogic_init (ConfabdCore *core)
{
  core->altogics = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, altogic_free);
}

static ConfabdAltogic *
find (ConfabdCore *core,
      ConfabdPeer  peer)
{
  return core->stopped ? NULL : g_hash_table_lookup (core->altogics, &peer);
}

/**
 * confabd_altogic_open:
 * @core: the core
 * @peer: a new Socket.IO client
 *
 * Lets it in, as nobody.
 */
void
confabd_altogic_open (ConfabdCore *core,
                      ConfabdPeer  peer)
{
  ConfabdAltogic *self;

  if (core->draining || !core->options.find_session)
    {
      confabd_peers_close (core->peers, peer, WIRE_CLOSE_SHUTDOWN, "shutdown");
      return;
    }

  self = g_new0 (ConfabdAltogic, 1);
  self->peer = peer;
  self->nobody_ms = confabd_core_get_now_ms (core);
  g_hash_table_insert (core->altogics, &self->peer, self);
}

/* Its hub has forgotten it, or is told to. */
void
confabd_altogic_forget (ConfabdCore *core,
                        ConfabdPeer  peer)
{
  g_hash_table_remove (core->altogics, &peer);
}

/* The connection is about to be forgotten: it was told to go, or its socket is gone, or it has left
 * the namespace and is nobody again. */
void
confabd_altogic_lose_connection (ConfabdCore       *core,
                                 ConfabdConnection *connection,
                                 gboolean           detach)
{
  if (detach)
    confabd_peers_detach (core->peers, connection->peer, core->altogic_audience);

  connection->altogic->connection = NULL;
  connection->altogic = NULL;
}

/* It broke the rules of the protocol, or its time is up. */
static void
close_with (ConfabdCore    *core,
            ConfabdAltogic *self,
            guint16         code,
            const char     *reason)
{
  ConfabdPeer peer = self->peer;

  if (self->connection)
    confabd_core_forget_connection (core, self->connection, TRUE);

  confabd_altogic_forget (core, peer);
  confabd_peers_close (core->peers, peer, code, reason);
}

void
confabd_altogic_close (ConfabdCore    *core,
                       ConfabdAltogic *self)
{
  close_with (core, self, WIRE_WS_CLOSE_PROTOCOL_ERROR, "protocol error");
}

/* Those who are somebody were closed as connections. */
void
confabd_altogic_close_all (ConfabdCore *core)
{
  g_autoptr(GPtrArray) all = g_hash_table_get_values_as_ptr_array (core->altogics);

  for (guint i = 0; i < all->len; i++)
    close_with (core, all->pdata[i], WIRE_CLOSE_SHUTDOWN, "shutdown");
}

/**
 * confabd_altogic_tick:
 * @core: the core
 * @now_ms: the wall clock
 *
 * Closes those who have been nobody for too long. A clock that was set back starts their time
 * anew.
 */
void
confabd_altogic_tick (ConfabdCore *core,
                      guint64      now_ms)
{
  g_autoptr(GPtrArray) late = g_ptr_array_new ();
  ConfabdAltogic *self;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, core->altogics);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &self))
    {
      if (now_ms < self->nobody_ms)
        self->nobody_ms = now_ms;
      if (!self->connection && now_ms - self->nobody_ms >= core->options.connect_ms)
        g_ptr_array_add (late, self);
    }

  for (guint i = 0; i < late->len; i++)
    close_with (core, late->pdata[i], WIRE_WS_CLOSE_NORMAL, "connect timeout");
}

static void
send_refusal (ConfabdCore    *core,
              ConfabdAltogic *self,
              const char     *namespace_path,
              const char     *json)
{
  g_autoptr(GBytes) payload = g_bytes_new (json, strlen (json));

  confabd_altogic_send (core, self, wire_sio_packet_new (WIRE_SIO_CONNECT_ERROR, namespace_path,
                                                         payload));
}

/* In the shape that Altogic's own server uses (reference §3.1). */
static void
refuse_session (ConfabdCore    *core,
                ConfabdAltogic *self,
                const char     *code)
{
  const char *text = strcmp (code, MISSING_TOKEN) == 0
                       ? "A session token is needed" : "The session token is not valid";
  g_autofree char *json =
    g_strdup_printf ("{\"message\":\"Realtime Connection Error - %s\",\"data\":{\"origin\":"
                     "\"client_error\",\"code\":\"%s\",\"message\":\"%s\"}}",
                     text, code, text);

  send_refusal (core, self, WIRE_SIO_MAIN_NAMESPACE, json);
}

static void
welcome (ConfabdCore           *core,
         ConfabdAltogic        *self,
         const ConfabdIdentity *identity)
{
  ConfabdIdentity admitted = *identity;
  char cid[CONFABD_CID_LENGTH + 1];
  g_autofree char *json = NULL;
  g_autoptr(GBytes) payload = NULL;

  admitted.native = FALSE;
  admitted.socket_io = TRUE;
  self->connection = confabd_core_admit (core, self->peer, &admitted);
  self->connection->altogic = self;
  confabd_peers_attach (core->peers, self->peer, core->altogic_audience);

  confabd_connection_format_cid (self->connection, cid);
  json = g_strdup_printf ("{\"sid\":\"%s\"}", cid);
  payload = g_bytes_new (json, strlen (json));
  confabd_altogic_send (core, self, wire_sio_packet_new (WIRE_SIO_CONNECT, WIRE_SIO_MAIN_NAMESPACE,
                                                         payload));
}

static void
session_found_cb (const ConfabdIdentity *identity,
                  gpointer               done_data)
{
  g_autofree LookUp *look_up = done_data;
  ConfabdCore *core = look_up->core;
  ConfabdAltogic *self = find (core, look_up->peer);

  if (self && !identity)
    {
      self->checking = FALSE;
      refuse_session (core, self, INVALID_TOKEN);
    }
  else if (self)
    {
      self->checking = FALSE;
      if (confabd_core_is_welcome (core, self->peer, identity))
        welcome (core, self, identity);
      else
        confabd_altogic_forget (core, look_up->peer);
    }

  confabd_core_unref (core);
}

/* Returns the token, or NULL if there is none. */
static char *
read_connect (ConfabdAltogic      *self,
              const WireSioPacket *packet)
{
  g_autofree char *token = NULL;
  WireJsonReader reader;
  WireJsonValue value;
  gsize length;
  const char *json;

  self->echo = TRUE;

  if (!packet->payload)
    return NULL;

  json = g_bytes_get_data (packet->payload, &length);
  wire_json_reader_init (&reader, json, length, WIRE_JSON_MAX_DEPTH);

  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    {
      if (wire_json_key_is (&value, "echoMessages"))
        {
          self->echo = value.type != WIRE_JSON_FALSE;
        }
      else if (wire_json_key_is (&value, "Session"))
        {
          g_free (token);
          token = value.type == WIRE_JSON_STRING ? wire_json_dup_string (&value) : NULL;
        }
    }

  return g_steal_pointer (&token);
}

static void
connect_namespace (ConfabdCore         *core,
                   ConfabdAltogic      *self,
                   const WireSioPacket *packet)
{
  g_autofree char *token = NULL;
  LookUp *look_up;

  if (strcmp (packet->namespace_path, WIRE_SIO_MAIN_NAMESPACE) != 0)
    {
      send_refusal (core, self, packet->namespace_path, "{\"message\":\"Invalid namespace\"}");
      return;
    }

  if (self->connection || self->checking)
    {
      confabd_altogic_close (core, self);
      return;
    }

  token = read_connect (self, packet);

  if (!token || *token == '\0' || strlen (token) > WIRE_LIMIT_TOKEN_BYTES)
    {
      refuse_session (core, self, token && *token ? INVALID_TOKEN : MISSING_TOKEN);
      return;
    }

  self->checking = TRUE;
  core->ref_count++;
  look_up = g_new (LookUp, 1);
  look_up->core = core;
  look_up->peer = self->peer;
  core->options.find_session (token, session_found_cb, look_up, core->options.token_data);
}

/* It leaves the namespace, not the socket: it may come again, and is nobody meanwhile. */
static void
disconnect_namespace (ConfabdCore    *core,
                      ConfabdAltogic *self)
{
  confabd_core_forget_connection (core, self->connection, TRUE);
  self->nobody_ms = confabd_core_get_now_ms (core);
  g_clear_pointer (&self->profile, g_bytes_unref);
}

/**
 * confabd_core_packet:
 * @self: the core
 * @peer: a Socket.IO client
 * @packet: (transfer full): what it sent
 *
 * Does what a client asks for, refuses it, or closes a client that is out of step.
 */
void
confabd_core_packet (ConfabdCore   *self,
                     ConfabdPeer    peer,
                     WireSioPacket *packet)
{
  g_autoptr(WireSioPacket) owned = packet;
  ConfabdAltogic *altogic = find (self, peer);
  gboolean in_place;

  /* It was closed while the packet was on its way. */
  if (!altogic)
    return;

  in_place = altogic->connection &&
             strcmp (packet->namespace_path, WIRE_SIO_MAIN_NAMESPACE) == 0;

  switch (packet->type)
    {
    case WIRE_SIO_CONNECT:
      connect_namespace (self, altogic, packet);
      return;
    case WIRE_SIO_DISCONNECT:
      if (in_place)
        {
          disconnect_namespace (self, altogic);
          return;
        }
      break;
    case WIRE_SIO_EVENT:
    case WIRE_SIO_BINARY_EVENT:
      if (in_place)
        {
          confabd_altogic_take_event (self, altogic, packet);
          return;
        }
      break;
    case WIRE_SIO_ACK:
    case WIRE_SIO_BINARY_ACK:
      /* Nothing of ours asks for one. */
      if (in_place)
        return;
      break;
    case WIRE_SIO_CONNECT_ERROR:
      break;
    }

  confabd_altogic_close (self, altogic);
}
