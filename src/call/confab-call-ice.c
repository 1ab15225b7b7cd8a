/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-ice"

#include "config.h"

#include "confab-call-ice-private.h"

#include "base-address.h"

#include "confab-call-json-private.h"
#include "confab-relay-tunnel-private.h"

#include <gst/webrtc/nice/nice.h>
#include <nice/agent.h>
#include <string.h>

/* Checks of candidate pairs, RFC 8445 §14: no less than 5 ms. libnice's own choice is 20. */
#define PACING_MS 5
#define DEFAULT_TURNS_PORT 5349
/* All m-lines are bundled in the first. */
#define STREAM_ID 1u

/* webrtcbin wants "turn://user:secret@host…"; what stands before the @ is escaped. */
static char *
make_uri (const char *uri,
          const char *username,
          const char *credential)
{
  const char *colon = strchr (uri, ':');
  g_autofree char *scheme = g_strndup (uri, (gsize) (colon - uri));
  g_autofree char *user = NULL;
  g_autofree char *secret = NULL;

  if (!username || !credential)
    return g_strdup_printf ("%s://%s", scheme, colon + 1);

  user = g_uri_escape_string (username, NULL, FALSE);
  secret = g_uri_escape_string (credential, NULL, FALSE);

  return g_strdup_printf ("%s://%s:%s@%s", scheme, user, secret, colon + 1);
}

static void
take_server (JsonObject   *server,
             GStrvBuilder *stun_uris,
             GStrvBuilder *turn_uris)
{
  JsonArray *urls = confab_call_json_get_array (server, "urls");
  const char *username = confab_call_json_get_string (server, "username");
  const char *credential = confab_call_json_get_string (server, "credential");

  for (guint i = 0; urls && i < json_array_get_length (urls); i++)
    {
      JsonNode *node = json_array_get_element (urls, i);
      const char *uri = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (!uri)
        continue;
      if (g_str_has_prefix (uri, "stun:"))
        g_strv_builder_take (stun_uris, make_uri (uri, NULL, NULL));
      else if (g_str_has_prefix (uri, "turn:") || g_str_has_prefix (uri, "turns:"))
        g_strv_builder_take (turn_uris, make_uri (uri, username, credential));
    }
}

/**
 * confab_call_ice_read:
 * @self: what is replaced; zeros at first
 * @servers: as an RTCPeerConnection wants them (W3C WebRTC §4.2.4)
 *
 * Learns what leads to the devices of others.
 */
void
confab_call_ice_read (ConfabCallIce *self,
                      JsonArray     *servers)
{
  g_autoptr(GStrvBuilder) stun_uris = g_strv_builder_new ();
  g_autoptr(GStrvBuilder) turn_uris = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (servers); i++)
    {
      JsonObject *server = confab_call_json_get_item (servers, i);

      if (server)
        take_server (server, stun_uris, turn_uris);
    }

  confab_call_ice_clear (self);
  self->stun_uris = g_strv_builder_end (stun_uris);
  self->turn_uris = g_strv_builder_end (turn_uris);
}

void
confab_call_ice_clear (ConfabCallIce *self)
{
  g_clear_pointer (&self->stun_uris, g_strfreev);
  g_clear_pointer (&self->turn_uris, g_strfreev);
}

static void
free_tunnel (gpointer data)
{
  confab_relay_tunnel_free (data);
}

/* What to tell libnice of a relay: it speaks UDP and TCP with it, TLS is for us. */
static char *
reach_relay (GPtrArray  *tunnels,
             const char *uri)
{
  g_autofree char *user = NULL;
  g_autofree char *host = NULL;
  g_autoptr(ConfabRelayTunnel) tunnel = NULL;
  g_autoptr(GError) error = NULL;
  char *local;
  int port;

  if (!g_str_has_prefix (uri, "turns:"))
    return g_strdup (uri);

  if (!g_uri_split_network (uri, G_URI_FLAGS_ENCODED, NULL, &host, &port, &error) ||
      !g_uri_split (uri, G_URI_FLAGS_ENCODED, NULL, &user, NULL, NULL, NULL, NULL, NULL, &error) ||
      !(tunnel = confab_relay_tunnel_new (host, port > 0 ? (guint16) port : DEFAULT_TURNS_PORT,
                                          &error)))
    {
      g_debug ("A relay is not used: %s", error->message);
      return NULL;
    }

  local = g_strdup_printf ("turn://%s@127.0.0.1:%u?transport=tcp", user ?: "",
                           confab_relay_tunnel_get_port (tunnel));
  g_ptr_array_add (tunnels, g_steal_pointer (&tunnel));

  return local;
}

/* libnice's own, which GStreamer calls the agent's agent. */
static GObject *
dup_nice_agent (GstElement *webrtc)
{
  g_autoptr(GObject) agent = NULL;
  GObject *nice = NULL;

  g_object_get (webrtc, "ice-agent", &agent, NULL);
  g_object_get (agent, "agent", &nice, NULL);

  return nice;
}

static void
prepare_agent (GstElement *webrtc)
{
  g_autoptr(GObject) agent = NULL;
  g_autoptr(GObject) nice = dup_nice_agent (webrtc);

  g_object_get (webrtc, "ice-agent", &agent, NULL);
  g_object_set (agent, "ice-tcp", FALSE, NULL);
  if (nice)
    g_object_set (nice, "stun-pacing-timer", PACING_MS, "upnp", FALSE, NULL);
}

/**
 * confab_call_ice_tune:
 * @webrtc: a webrtcbin that has not begun
 * @ice: (nullable): what helps to find a way
 *
 * Returns: (transfer full): what leads to relays, to be kept until @webrtc has stopped
 */
GPtrArray *
confab_call_ice_tune (GstElement          *webrtc,
                      const ConfabCallIce *ice)
{
  GPtrArray *tunnels = g_ptr_array_new_with_free_func (free_tunnel);

  prepare_agent (webrtc);
  if (!ice)
    return tunnels;

  if (ice->relay_only)
    g_object_set (webrtc, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, NULL);
  /* webrtcbin knows one STUN server; which one does not matter. */
  if (ice->stun_uris && ice->stun_uris[0])
    g_object_set (webrtc, "stun-server", ice->stun_uris[0], NULL);
  for (guint i = 0; ice->turn_uris && ice->turn_uris[i]; i++)
    {
      g_autofree char *uri = reach_relay (tunnels, ice->turn_uris[i]);
      gboolean taken = FALSE;

      if (uri)
        g_signal_emit_by_name (webrtc, "add-turn-server", uri, &taken);
      if (!taken)
        g_debug ("A relay's address was not understood");
    }

  return tunnels;
}

gboolean
confab_call_ice_restart (GstElement  *webrtc,
                         char       **ufrag,
                         char       **pwd)
{
  g_autoptr(GObject) nice = dup_nice_agent (webrtc);

  return nice && nice_agent_restart_stream (NICE_AGENT (nice), STREAM_ID) &&
         nice_agent_get_local_credentials (NICE_AGENT (nice), STREAM_ID, ufrag, pwd);
}

gboolean
confab_call_ice_is_stranded (GstElement *webrtc)
{
  g_autoptr(GObject) nice = dup_nice_agent (webrtc);
  struct sockaddr_storage address = { 0 };
  NiceCandidate *local, *remote;

  if (!nice ||
      !nice_agent_get_selected_pair (NICE_AGENT (nice), STREAM_ID, NICE_COMPONENT_TYPE_RTP, &local,
                                     &remote) ||
      local->type == NICE_CANDIDATE_TYPE_RELAYED)
    return FALSE;

  nice_address_copy_to_sockaddr (&local->base_addr, (struct sockaddr *) &address);

  return base_address_is_gone ((const struct sockaddr *) &address,
                               address.ss_family == AF_INET ? sizeof (struct sockaddr_in)
                                                            : sizeof (struct sockaddr_in6));
}
