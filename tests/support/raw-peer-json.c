/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "raw-peer.h"

#include <string.h>

/**
 * raw_peer_receive_object:
 * @self: a peer
 * @timeout_ms: how long to wait
 *
 * Waits for a text message; control frames are passed over, and pings answered.
 *
 * Returns: (transfer full) (nullable): the JSON object in it, or %NULL if none came in time
 */
JsonObject *
raw_peer_receive_object (RawPeer *self,
                         guint    timeout_ms)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  for (;;)
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      g_auto(RawPeerFrame) frame = { 0 };
      g_autoptr(JsonNode) node = NULL;
      g_autoptr(GError) error = NULL;

      if (raw_peer_receive (self, left_us > 0 ? (guint) (left_us / 1000) : 0, &frame) !=
          RAW_PEER_GOT_FRAME)
        return NULL;

      if (frame.first == RAW_PEER_PING)
        raw_peer_send_frame (self, RAW_PEER_PONG, g_bytes_get_data (frame.payload, NULL),
                             g_bytes_get_size (frame.payload));
      if (frame.first != RAW_PEER_TEXT)
        continue;

      /* skapi-js drops a frame with a raw "%" (reference §1.5). */
      g_assert_null (strchr (g_bytes_get_data (frame.payload, NULL), '%'));
      node = json_from_string (g_bytes_get_data (frame.payload, NULL), &error);
      g_assert_no_error (error);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node));

      return json_node_dup_object (node);
    }
}

static char *
print_object (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

/**
 * raw_peer_await_key:
 * @self: a peer
 * @key: "#message", for instance
 *
 * Passes over what has no such member.
 *
 * Returns: (transfer full): the first that has
 */
JsonObject *
raw_peer_await_key (RawPeer    *self,
                    const char *key)
{
  g_autofree char *last = g_strdup ("nothing");

  for (;;)
    {
      g_autoptr(JsonObject) object = raw_peer_receive_object (self, RAW_PEER_DEADLINE_MS);

      if (!object)
        g_error ("No “%s” came in time; the last that came was %s", key, last);
      if (json_object_has_member (object, key))
        return g_steal_pointer (&object);

      g_free (last);
      last = print_object (object);
    }
}

/**
 * raw_peer_await_reply:
 * @self: a peer
 * @ref: of a request
 *
 * Passes over what is not the answer to it.
 *
 * Returns: (transfer full): the answer
 */
JsonObject *
raw_peer_await_reply (RawPeer    *self,
                      const char *ref)
{
  for (;;)
    {
      g_autoptr(JsonObject) object = raw_peer_await_key (self, "#ref");

      if (g_strcmp0 (json_object_get_string_member (object, "#ref"), ref) == 0)
        return g_steal_pointer (&object);
    }
}

/**
 * raw_peer_get_error_code:
 * @object: a frame
 *
 * Returns: (nullable): the code of the error in it
 */
const char *
raw_peer_get_error_code (JsonObject *object)
{
  JsonObject *error;

  if (!json_object_has_member (object, "#error"))
    return NULL;

  error = json_object_get_object_member (object, "#error");

  return json_object_get_string_member (error, "code");
}

/* The members of a request but its ref → the answer. */
G_GNUC_PRINTF (2, 0)
static JsonObject *
ask_valist (RawPeer    *self,
            const char *format,
            va_list     arguments)
{
  static guint n_asked;
  g_autofree char *members = g_strdup_vprintf (format, arguments);
  g_autofree char *ref = g_strdup_printf ("ask-%u", n_asked++);

  if (!raw_peer_sendf (self, "{%s,\"ref\":\"%s\"}", members, ref))
    g_error ("The connection broke before %s", members);

  return raw_peer_await_reply (self, ref);
}

/**
 * raw_peer_ask:
 * @self: a native connection
 * @format: the members of a request, without its ref
 *
 * Asks, and passes over what comes before the answer.
 *
 * Returns: (transfer full): the answer
 */
JsonObject *
raw_peer_ask (RawPeer    *self,
              const char *format,
              ...)
{
  JsonObject *reply;
  va_list arguments;

  va_start (arguments, format);
  reply = ask_valist (self, format, arguments);
  va_end (arguments);

  return reply;
}

/**
 * raw_peer_ask_ok:
 * @self: a native connection
 * @format: the members of a request, without its ref
 *
 * Asks what has to be granted.
 *
 * Returns: (transfer full): what is in the "#ok" of the answer
 */
JsonObject *
raw_peer_ask_ok (RawPeer    *self,
                 const char *format,
                 ...)
{
  g_autoptr(JsonObject) reply = NULL;
  va_list arguments;

  va_start (arguments, format);
  reply = ask_valist (self, format, arguments);
  va_end (arguments);
  g_assert_cmpstr (raw_peer_get_error_code (reply), ==, NULL);

  return json_object_ref (json_object_get_object_member (reply, "#ok"));
}
