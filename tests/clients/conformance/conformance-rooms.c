/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "conformance"

#include "config.h"

#include "conformance.h"

#include "base-random.h"
#include "wire-json.h"

#include <string.h>

#define CUSTOM_NAMESPACE "/custom"
#define SID_BYTES        15
#define CLOSE_NORMAL     1000
#define CLOSE_PROTOCOL   1002

/* The suite begins to listen for "auth" when it has the answer to its CONNECT; a client that reads
 * both at once would not see it. */
#define AUTH_MS 30

/**
 * ConformanceRooms:
 *
 * The server that the public test suite of Socket.IO 5 expects.
 *
 * Two namespaces, "/" and "/custom". Who connects is sent "auth" with what it came with; "message"
 * is said back as "message-back", "message-with-ack" as the ack that it asks for. Who breaks the
 * protocol, or is in no namespace for too long, is closed.
 */
struct _ConformanceRooms
{
  ConfabdHub *hub;
  guint       connect_ms;
  GHashTable *clients;     /* ConfabdPeer → Client */
};

typedef struct
{
  ConfabdPeer       peer;  /* first: what the table hashes */
  ConformanceRooms *rooms;
  GHashTable       *namespaces;
  guint             timeout_id;
} Client;

static void
client_free (gpointer data)
{
  Client *client = data;

  g_clear_handle_id (&client->timeout_id, g_source_remove);
  g_hash_table_unref (client->namespaces);
  g_free (client);
}

static void
close_client (Client     *client,
              guint16     code,
              const char *reason)
{
  ConformanceRooms *rooms = client->rooms;
  ConfabdPeer peer = client->peer;

  g_hash_table_remove (rooms->clients, &peer);
  confabd_peers_close (CONFABD_PEERS (rooms->hub), peer, code, reason);
}

static gboolean
connect_timeout_cb (gpointer user_data)
{
  Client *client = user_data;
  ConfabdHub *hub = client->rooms->hub;

  client->timeout_id = 0;
  if (g_hash_table_size (client->namespaces) == 0)
    close_client (client, CLOSE_NORMAL, "connect timeout");
  confabd_hub_flush (hub);

  return G_SOURCE_REMOVE;
}

static void
opened_cb (gpointer               core_data,
           ConfabdPeer            peer,
           const ConfabdIdentity *identity)
{
  ConformanceRooms *self = core_data;
  Client *client = g_new0 (Client, 1);

  client->peer = peer;
  client->rooms = self;
  client->namespaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  client->timeout_id = g_timeout_add (self->connect_ms, connect_timeout_cb, client);
  g_hash_table_insert (self->clients, &client->peer, client);
}

static void
closed_cb (gpointer    core_data,
           ConfabdPeer peer)
{
  g_hash_table_remove (((ConformanceRooms *) core_data)->clients, &peer);
}

static void
send_packet (Client              *client,
             const WireSioPacket *packet)
{
  g_autoptr(GBytes) frames = wire_sio_packet_to_frames (packet);

  confabd_peers_send (CONFABD_PEERS (client->rooms->hub), client->peer, CONFABD_FRAME_DURABLE,
                      frames);
}

static void
send_json (Client      *client,
           WireSioType  type,
           const char  *namespace_path,
           const char  *json)
{
  g_autoptr(GBytes) payload = g_bytes_new (json, strlen (json));
  g_autoptr(WireSioPacket) packet = wire_sio_packet_new (type, namespace_path, payload);

  send_packet (client, packet);
}

typedef struct
{
  ConformanceRooms *rooms;
  ConfabdPeer       peer;
  char             *namespace_path;
  char             *json;
} Auth;

static void
auth_free (gpointer data)
{
  Auth *auth = data;

  g_free (auth->namespace_path);
  g_free (auth->json);
  g_free (auth);
}

static gboolean
auth_cb (gpointer user_data)
{
  Auth *auth = user_data;
  Client *client = g_hash_table_lookup (auth->rooms->clients, &auth->peer);

  if (client)
    send_json (client, WIRE_SIO_EVENT, auth->namespace_path, auth->json);
  confabd_hub_flush (auth->rooms->hub);

  return G_SOURCE_REMOVE;
}

static void
send_auth (Client              *client,
           const WireSioPacket *packet)
{
  gsize length = 2;
  const char *came_with = packet->payload ? g_bytes_get_data (packet->payload, &length) : "{}";
  Auth *auth = g_new (Auth, 1);

  *auth = (Auth) {
    .rooms = client->rooms,
    .peer = client->peer,
    .namespace_path = g_strdup (packet->namespace_path),
    .json = g_strdup_printf ("[\"auth\",%.*s]", (int) length, came_with),
  };
  g_timeout_add_full (G_PRIORITY_DEFAULT, AUTH_MS, auth_cb, auth, auth_free);
}

static void
connect_namespace (Client              *client,
                   const WireSioPacket *packet)
{
  const char *path = packet->namespace_path;
  g_autofree char *sid = base_random_make_text (SID_BYTES);
  g_autofree char *handshake = g_strdup_printf ("{\"sid\":\"%s\"}", sid);

  if (strcmp (path, WIRE_SIO_MAIN_NAMESPACE) != 0 && strcmp (path, CUSTOM_NAMESPACE) != 0)
    {
      send_json (client, WIRE_SIO_CONNECT_ERROR, path, "{\"message\":\"Invalid namespace\"}");
      return;
    }

  if (!g_hash_table_add (client->namespaces, g_strdup (path)))
    {
      close_client (client, CLOSE_PROTOCOL, "protocol error");
      return;
    }

  send_json (client, WIRE_SIO_CONNECT, path, handshake);
  send_auth (client, packet);
}

/* What follows the event's name: ",…]" or "]". */
static const char *
find_arguments (const WireSioPacket *packet,
                gsize               *length)
{
  gsize n;
  const char *json = g_bytes_get_data (packet->payload, &n);
  const char *end = json + n;
  WireJsonReader reader;
  WireJsonValue value;

  (void) wire_json_reader_init (&reader, json, n, WIRE_JSON_MAX_DEPTH);
  (void) wire_json_reader_next (&reader, &value);
  json = value.raw.data + value.raw.length;
  while (*json != ',' && *json != ']')
    json++;

  *length = end - json;

  return json;
}

static void
answer (Client              *client,
        const WireSioPacket *packet,
        gboolean             is_ack)
{
  gboolean is_binary = packet->attachments != NULL;
  WireSioType ack = is_binary ? WIRE_SIO_BINARY_ACK : WIRE_SIO_ACK;
  WireSioType event = is_binary ? WIRE_SIO_BINARY_EVENT : WIRE_SIO_EVENT;
  g_autoptr(GString) json = g_string_new (is_ack ? "[" : "[\"message-back\"");
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(WireSioPacket) back = NULL;
  gsize length;
  const char *arguments = find_arguments (packet, &length);
  gsize n_skipped = is_ack && *arguments == ',';

  g_string_append_len (json, arguments + n_skipped, length - n_skipped);
  payload = g_bytes_new (json->str, json->len);
  back = wire_sio_packet_new (is_ack ? ack : event, packet->namespace_path, payload);
  back->has_id = is_ack;
  back->id = packet->id;
  back->attachments = is_binary ? g_ptr_array_ref (packet->attachments) : NULL;
  send_packet (client, back);
}

static void
take_event (Client              *client,
            const WireSioPacket *packet)
{
  g_autofree char *event = wire_sio_packet_dup_event (packet);

  if (g_strcmp0 (event, "message") == 0)
    answer (client, packet, FALSE);
  else if (g_strcmp0 (event, "message-with-ack") == 0 && packet->has_id)
    answer (client, packet, TRUE);
}

static void
packet_cb (gpointer       core_data,
           ConfabdPeer    peer,
           WireSioPacket *owned)
{
  ConformanceRooms *self = core_data;
  g_autoptr(WireSioPacket) packet = owned;
  Client *client = g_hash_table_lookup (self->clients, &peer);
  gboolean in_place;

  if (!client)
    return;

  in_place = g_hash_table_contains (client->namespaces, packet->namespace_path);

  switch (packet->type)
    {
    case WIRE_SIO_CONNECT:
      connect_namespace (client, packet);
      return;
    case WIRE_SIO_DISCONNECT:
      if (g_hash_table_remove (client->namespaces, packet->namespace_path))
        return;
      break;
    case WIRE_SIO_EVENT:
    case WIRE_SIO_BINARY_EVENT:
      if (in_place)
        {
          take_event (client, packet);
          return;
        }
      break;
    case WIRE_SIO_ACK:
    case WIRE_SIO_BINARY_ACK:
      if (in_place)
        return;
      break;
    case WIRE_SIO_CONNECT_ERROR:
      break;
    }

  close_client (client, CLOSE_PROTOCOL, "protocol error");
}

const ConfabdHubEvents conformance_rooms_events = {
  .opened = opened_cb,
  .closed = closed_cb,
  .packet = packet_cb,
};

ConformanceRooms *
conformance_rooms_new (ConfabdHub *hub,
                       guint       connect_ms)
{
  ConformanceRooms *self = g_new0 (ConformanceRooms, 1);

  self->hub = hub;
  self->connect_ms = connect_ms;
  self->clients = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, client_free);

  return self;
}

void
conformance_rooms_free (ConformanceRooms *self)
{
  g_hash_table_unref (self->clients);
  g_free (self);
}
