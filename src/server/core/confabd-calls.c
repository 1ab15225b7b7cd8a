/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confabd-calls-private.h"

#include "confabd-address.h"
#include "confabd-frames-private.h"

#include "wire-limits.h"

#include <string.h>

/* What calls need of the server beside the relay of their signalling: who can be rung, who is in
 * the call of a group, and the way to the relays of the space. */

static void
devices_free_cb (gpointer data)
{
  g_ptr_array_unref (data);
}

void
confabd_calls_init (ConfabdCore *self)
{
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, devices_free_cb);
}

static void
append_connection (GString                 *json,
                   const ConfabdConnection *connection,
                   gboolean                 with_user)
{
  char cid[CONFABD_CID_LENGTH + 1];

  confabd_connection_format_cid (connection, cid);
  g_string_append (json, "{\"cid\":");
  wire_json_append_string (json, cid);
  if (with_user)
    {
      g_string_append (json, ",\"user_id\":");
      wire_json_append_uuid (json, &connection->person->user_id);
    }
  else
    {
      g_string_append (json, connection->native ? ",\"native\":true" : ",\"native\":false");
    }
  g_string_append_c (json, '}');
}

/**
 * confabd_core_connections:
 * @self: the core
 * @connection: who asks
 * @request: a connections
 *
 * Lists what of a user can be rung: the newest connections that understand `rtc`.
 */
void
confabd_core_connections (ConfabdCore       *self,
                          ConfabdConnection *connection,
                          WireRequest       *request)
{
  GString *json;
  g_autoptr(GBytes) frame = NULL;
  ConfabdPerson *person;
  BaseUuid user_id;
  guint n_listed = 0;

  if (!request->ref)
    return;

  json = wire_reply_begin (0);
  base_uuid_parse (&user_id, request->uid, -1);
  person = confabd_core_find_person (self, &user_id);

  g_string_append (json, "{\"connections\":[");
  for (ConfabdConnection *each = person ? person->connections : NULL;
       each && n_listed < WIRE_LIMIT_RINGING_CONNECTIONS; each = each->next)
    {
      if (each->altogic)
        continue;

      if (n_listed++ > 0)
        g_string_append_c (json, ',');
      append_connection (json, each, FALSE);
    }
  g_string_append (json, "]}");

  frame = wire_reply_end (json, request->ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

static void
append_uris (GString            *json,
             const char * const *uris)
{
  for (guint i = 0; uris[i]; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      wire_json_append_string (json, uris[i]);
    }
}

/* coturn's `use-auth-secret`: the name says until when, and the password is its HMAC. */
static void
append_turn (GString                  *json,
             const ConfabdCoreOptions *options,
             const BaseUuid           *user_id,
             guint64                   expires_s)
{
  char id[BASE_UUID_STRING_LENGTH + 1];
  g_autofree char *username = NULL;
  g_autofree char *credential = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autoptr(GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) options->turn_secret,
                                      strlen (options->turn_secret));

  base_uuid_format (user_id, id);
  username = g_strdup_printf ("%" G_GUINT64_FORMAT ":%s", expires_s, id);
  g_hmac_update (hmac, (const guint8 *) username, -1);
  g_hmac_get_digest (hmac, digest, &length);
  credential = g_base64_encode (digest, length);

  g_string_append (json, "{\"urls\":[");
  append_uris (json, options->turn_uris);
  g_string_append (json, "],\"username\":");
  wire_json_append_string (json, username);
  g_string_append (json, ",\"credential\":");
  wire_json_append_string (json, credential);
  g_string_append_c (json, '}');
}

/**
 * confabd_core_ice:
 * @self: the core
 * @connection: who asks
 * @request: an ice
 *
 * Tells which STUN and TURN servers the space has, with credentials that soon expire.
 */
void
confabd_core_ice (ConfabdCore       *self,
                  ConfabdConnection *connection,
                  WireRequest       *request)
{
  const ConfabdCoreOptions *options = &self->options;
  guint64 expires_s = confabd_core_get_now_ms (self) / 1000 + WIRE_TURN_SECONDS;
  gboolean has_stun = options->stun_uris && options->stun_uris[0];
  gboolean has_turn = options->turn_uris && options->turn_uris[0] && options->turn_secret;
  GString *json;
  g_autoptr(GBytes) frame = NULL;

  if (!request->ref)
    return;

  json = wire_reply_begin (0);
  g_string_append (json, "{\"ice\":[");
  if (has_stun)
    {
      g_string_append (json, "{\"urls\":[");
      append_uris (json, options->stun_uris);
      g_string_append (json, "]}");
    }
  if (has_stun && has_turn)
    g_string_append_c (json, ',');
  if (has_turn)
    append_turn (json, options, &connection->person->user_id, expires_s);
  g_string_append (json, "],\"expires_at\":");
  wire_json_append_integer (json, expires_s * 1000);
  g_string_append_c (json, '}');

  frame = wire_reply_end (json, request->ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

static void
append_devices (GString   *json,
                GPtrArray *devices)
{
  g_string_append_c (json, '[');
  for (guint i = 0; devices && i < devices->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_connection (json, g_ptr_array_index (devices, i), TRUE);
    }
  g_string_append_c (json, ']');
}

static void
publish_devices (ConfabdCore *self,
                 const char  *key)
{
  g_autoptr(GBytes) frame = NULL;
  GString *json = g_string_new (NULL);

  append_devices (json, g_hash_table_lookup (self->calls, key));
  frame = wire_frame_call (json->str, key);
  g_string_free (json, TRUE);
  confabd_core_publish_to_room (self, key, CONFABD_FRAME_DURABLE, TRUE, frame, NULL);
}

static void
reply_devices (ConfabdCore       *self,
               ConfabdConnection *connection,
               const char        *key,
               const char        *ref)
{
  GString *json;
  g_autoptr(GBytes) frame = NULL;

  if (!ref)
    return;

  json = wire_reply_begin (0);
  g_string_append (json, "{\"devices\":");
  append_devices (json, g_hash_table_lookup (self->calls, key));
  g_string_append_c (json, '}');
  frame = wire_reply_end (json, ref);
  confabd_core_send (self, connection, CONFABD_FRAME_DURABLE, frame);
}

static void
leave_call (ConfabdCore       *self,
            ConfabdConnection *connection,
            const char        *key)
{
  g_autofree char *kept = g_strdup (key);
  GPtrArray *devices = g_hash_table_lookup (self->calls, key);

  if (!devices || !g_ptr_array_remove (devices, connection))
    return;

  connection->calling = FALSE;
  if (devices->len == 0)
    g_hash_table_remove (self->calls, kept);
  publish_devices (self, kept);
}

static gboolean
join_call (ConfabdCore        *self,
           ConfabdConnection  *connection,
           const char         *key,
           GError            **error)
{
  GPtrArray *devices = g_hash_table_lookup (self->calls, key);

  if (devices && g_ptr_array_find (devices, connection, NULL))
    return TRUE;

  if (connection->calling)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                         "This connection is in the call of another group");
  else if (!confabd_core_find_seat (self, connection, key))
    g_set_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "Not present in the group “%s”",
                 key);
  else if (devices && devices->len >= WIRE_LIMIT_CALL_DEVICES)
    g_set_error (error, WIRE_ERROR, WIRE_ERROR_NOT_ALLOWED,
                 "A call has at most %u people", WIRE_LIMIT_CALL_DEVICES);
  if (*error)
    return FALSE;

  if (!devices)
    {
      devices = g_ptr_array_new ();
      g_hash_table_insert (self->calls, g_strdup (key), devices);
    }
  g_ptr_array_add (devices, connection);
  connection->calling = TRUE;
  publish_devices (self, key);

  return TRUE;
}

/**
 * confabd_core_call:
 * @self: the core
 * @connection: who asks
 * @request: a call
 *
 * Joins or leaves the call of a group, or tells who is in it.
 */
void
confabd_core_call (ConfabdCore       *self,
                   ConfabdConnection *connection,
                   WireRequest       *request)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *key = NULL;

  key = confabd_address_make_key (request->rid, &connection->person->user_id, &error);
  if (key && confabd_address_get_kind (key) != CONFABD_ROOM_GROUP)
    g_set_error_literal (&error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                         "“rid” should be a group");

  if (!error && (request->fields & WIRE_FIELD_ON))
    {
      if (request->on)
        join_call (self, connection, key, &error);
      else
        leave_call (self, connection, key);
    }

  if (error)
    confabd_core_refuse_error (self, connection, request->ref, error);
  else
    reply_devices (self, connection, key, request->ref);
}

/* A connection has gone, and with it from the call it was in. */
void
confabd_core_leave_calls (ConfabdCore       *self,
                          ConfabdConnection *connection)
{
  GHashTableIter iter;
  GPtrArray *devices;
  const char *key;

  if (!connection->calling)
    return;

  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &devices))
    if (g_ptr_array_find (devices, connection, NULL))
      {
        leave_call (self, connection, key);
        return;
      }
}
