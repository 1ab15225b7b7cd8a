/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include "confabd-local-bus.h"

#include <string.h>

#define START_MS      G_GINT64_CONSTANT (1767225600000)
#define A_DAY_MS      (24 * 60 * 60 * 1000)
#define PING_MS       25000
#define CONNECT_MS    45000

static gint64
get_now_cb (gpointer clock_data)
{
  World *self = clock_data;

  self->store->now_ms = (guint64) self->now_ms;

  return self->now_ms;
}

static gboolean
check_token_cb (const char     *token,
                const BaseUuid *user_id,
                gpointer        token_data)
{
  World *self = token_data;

  return g_strcmp0 (token, self->good_token) == 0;
}

/**
 * world_find_session:
 * @self: a world
 * @user: whose the session is that was asked for, or 0 if there is none
 *
 * Answers who is waiting.
 */
void
world_find_session (World *self,
                    guint  user)
{
  ConfabdIdentity identity = { .expires_ms = (guint64) (self->now_ms + A_DAY_MS) };
  ConfabdSessionFunc done = g_steal_pointer (&self->session_done);

  world_make_user_id (user, &identity.user_id);
  identity.session_id = identity.user_id;
  done (user > 0 ? &identity : NULL, self->session_data);
}

static void
find_session_cb (const char         *token,
                 ConfabdSessionFunc  done,
                 gpointer            done_data,
                 gpointer            token_data)
{
  World *self = token_data;
  guint user = 0;

  g_assert_null (self->session_done);
  self->session_done = done;
  self->session_data = done_data;

  if (g_str_has_prefix (token, "late-"))
    return;

  if (g_str_has_prefix (token, "session-"))
    user = (guint) g_ascii_strtoull (token + strlen ("session-"), NULL, 10);
  world_find_session (self, user);
}

void
world_setup (World         *self,
             gconstpointer  unused)
{
  static const char * const stun_uris[] = { "stun:turn.example.org:3478", NULL };
  static const char * const turn_uris[] = { "turn:turn.example.org:3478?transport=udp", NULL };
  ConfabdCoreOptions options = {
    .service = "service",
    .limits_json = "{\"message_bytes\":2097152}",
    .ping_ms = PING_MS,
    .max_rooms_per_connection = WORLD_MAX_ROOMS,
    .max_pending_requests = WORLD_MAX_PENDING,
    .now_ms = get_now_cb,
    .clock_data = self,
    .check_token = check_token_cb,
    .find_session = find_session_cb,
    .token_data = self,
    .connect_ms = CONNECT_MS,
    .stun_uris = stun_uris,
    .turn_uris = turn_uris,
    .turn_secret = "geheim",
  };

  self->now_ms = START_MS;
  self->good_token = "good";
  self->mailbox = base_mailbox_new ();
  self->peers = world_peers_new ();
  self->store = world_store_new ();
  self->bus = confabd_local_bus_new ();
  self->core = confabd_core_new (&options, self->mailbox, CONFABD_PEERS (self->peers),
                                 CONFABD_LOG (self->store), CONFABD_STORE (self->store), self->bus);
}

/* A test may have freed the core itself. */
void
world_teardown (World         *self,
                gconstpointer  unused)
{
  self->store->holds = FALSE;
  world_store_let_through (self->store, G_MAXUINT);
  g_clear_pointer (&self->core, confabd_core_free);
  world_drain (self);

  g_assert_finalize_object (self->bus);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->peers);
  base_mailbox_unref (self->mailbox);
}

void
world_make_user_id (guint     user,
                    BaseUuid *user_id)
{
  *user_id = (BaseUuid) { { 0, 0, 0, 0, 0, 0, 0x40, 0, 0x80 } };
  user_id->bytes[12] = (guint8) (user >> 24);
  user_id->bytes[13] = (guint8) (user >> 16);
  user_id->bytes[14] = (guint8) (user >> 8);
  user_id->bytes[15] = (guint8) user;
}

char *
world_dup_user_id (guint user)
{
  char text[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid user_id;

  world_make_user_id (user, &user_id);
  base_uuid_format (&user_id, text);

  return g_strdup (text);
}

void
world_open (World       *self,
            ConfabdPeer  peer,
            guint        user,
            gboolean     native)
{
  world_open_until (self, peer, user, native, self->now_ms + A_DAY_MS);
}

/* Opens a connection, and passes over the greeting. */
void
world_open_until (World       *self,
                  ConfabdPeer  peer,
                  guint        user,
                  gboolean     native,
                  gint64       expires_ms)
{
  ConfabdIdentity identity = { .expires_ms = (guint64) expires_ms, .native = native };
  WorldPeer *opened = world_peers_open (self->peers, peer, native);

  world_make_user_id (user, &identity.user_id);
  identity.session_id = identity.user_id;
  confabd_core_peer_opened (self->core, peer, &identity);

  if (native && opened->open)
    {
      g_autofree char *hello = world_peer_take_text (opened);

      g_assert_nonnull (strstr (hello, "\"#hello\""));
    }
}

/* Opens a connection of nobody yet. */
void
world_open_socket_io (World       *self,
                      ConfabdPeer  peer)
{
  const ConfabdIdentity identity = { .socket_io = TRUE };

  world_peers_open (self->peers, peer, FALSE)->socket_io = TRUE;
  confabd_core_peer_opened (self->core, peer, &identity);
}

/* One packet of Socket.IO, and all that follows from it. */
void
world_say (World       *self,
           ConfabdPeer  peer,
           const char  *packet)
{
  const WireSioLimits limits = { 10, 100000, 64 };
  g_auto(WireSioDecoder) decoder = { 0 };
  g_autoptr(GError) error = NULL;
  WireSioPacket *parsed = NULL;

  wire_sio_decoder_feed_text (&decoder, &limits, packet, strlen (packet), &parsed, &error);
  g_assert_no_error (error);
  confabd_core_packet (self->core, peer, parsed);
  world_drain (self);
}

/* The socket is gone. */
void
world_close (World       *self,
             ConfabdPeer  peer)
{
  world_peers_close (self->peers, peer);
  confabd_core_peer_closed (self->core, peer);
}

/* One frame from a client, and all that follows from it. */
void
world_ask (World       *self,
           ConfabdPeer  peer,
           const char  *format,
           ...)
{
  g_autofree char *text = NULL;
  g_autofree char *ref = NULL;
  g_autoptr(GError) error = NULL;
  WireRequest *request;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  request = wire_request_parse (text, strlen (text), &ref, &error);
  if (request)
    confabd_core_request (self->core, peer, request);
  else
    confabd_core_bad_request (self->core, peer, ref, error);

  world_drain (self);
}

/* Runs what log and store have answered, and what was answered to that. */
guint
world_drain (World *self)
{
  guint n_drained = 0;
  guint n_now;

  while ((n_now = base_mailbox_drain (self->mailbox)) > 0)
    n_drained += n_now;

  return n_drained;
}

/**
 * world_take:
 * @self: a world
 * @peer: a connection
 * @key: "#ok", for instance
 *
 * Returns: (transfer full): the oldest frame that the connection got, which must have that member
 */
JsonObject *
world_take (World       *self,
            ConfabdPeer  peer,
            const char  *key)
{
  g_autofree char *text = world_take_text (self, peer);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;

  if (!text)
    g_error ("Connection %" G_GUINT64_FORMAT " got nothing, not even “%s”", peer, key);

  node = json_from_string (text, &error);
  g_assert_no_error (error);
  if (!json_object_has_member (json_node_get_object (node), key))
    g_error ("Connection %" G_GUINT64_FORMAT " got %s, not “%s”", peer, text, key);

  return json_node_dup_object (node);
}

char *
world_take_text (World       *self,
                 ConfabdPeer  peer)
{
  return world_peer_take_text (world_peers_find (self->peers, peer));
}

/* What it got so far is of no interest. */
void
world_forget (World       *self,
              ConfabdPeer  peer)
{
  WorldPeer *found = world_peers_find (self->peers, peer);

  g_queue_clear_full (&found->frames, (GDestroyNotify) g_bytes_unref);
}

/* The cid of the connection that the oldest frame is about. */
char *
world_take_cid (World       *self,
                ConfabdPeer  peer)
{
  g_autoptr(JsonObject) frame = world_take (self, peer, "#scid");

  return g_strdup (json_object_get_string_member (frame, "#scid"));
}

/* The code of the error that the oldest frame is. */
char *
world_take_error (World       *self,
                  ConfabdPeer  peer)
{
  g_autoptr(JsonObject) frame = world_take (self, peer, "#error");
  JsonObject *error = json_object_get_object_member (frame, "#error");

  return g_strdup (json_object_get_string_member (error, "code"));
}

/* The ref of the request that the oldest frame grants. */
char *
world_take_ok (World       *self,
               ConfabdPeer  peer)
{
  g_autoptr(JsonObject) frame = world_take (self, peer, "#ok");

  return g_strdup (json_object_get_string_member (frame, "#ref"));
}
