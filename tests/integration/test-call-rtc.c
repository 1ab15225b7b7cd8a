/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "client-bot.h"
#include "confab-rtc-private.h"

#include <string.h>

/* What somebody who lies, or falls silent, can do to connectRTC over a real server. */

#define SDP \
        "v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0\\r\\n" \
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\\r\\nc=IN IP4 0.0.0.0\\r\\na=mid:0\\r\\n" \
        "a=ice-ufrag:abcd\\r\\na=ice-pwd:0123456789012345678901\\r\\na=sctp-port:5000\\r\\n" \
        "a=fingerprint:sha-256 00:11:22\\r\\na=setup:actpass\\r\\n"
#define OFFER "{\"sdpoffer\":{\"type\":\"offer\",\"sdp\":\"" SDP "\"}}"

typedef struct
{
  ServerProcess *server;
  ClientBot     *ann;
  ConfabDevices *devices;
  ConfabRtcPort *port;
  GPtrArray     *incoming;     /* of ConfabRtc */
  guint          n_closed;
} World;

static void
closed_cb (ConfabRtc *rtc,
           World     *world)
{
  world->n_closed++;
}

static void
incoming_cb (ConfabRtcPort *port,
             ConfabRtc     *rtc,
             World         *world)
{
  g_ptr_array_add (world->incoming, g_object_ref (rtc));
  g_signal_connect (rtc, "closed", G_CALLBACK (closed_cb), world);
}

static void
set_up (World         *world,
        gconstpointer  data)
{
  world->server = server_process_new (NULL);
  world->ann = client_bot_new_at (world->server, "ann");
  client_bot_enter (world->ann, "calls");
  world->devices = confab_devices_new ();
  world->port = confab_rtc_port_new (world->ann->client, world->devices);
  world->incoming = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (world->port, "incoming", G_CALLBACK (incoming_cb), world);
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  for (guint i = 0; i < world->incoming->len; i++)
    g_signal_handlers_disconnect_by_data (world->incoming->pdata[i], world);
  g_ptr_array_unref (world->incoming);
  g_assert_finalize_object (world->port);
  g_object_unref (world->devices);
  client_bot_free (world->ann);
  server_process_free (world->server);
}

/* Ann's connection, as another one sees it. */
static char *
find_cid (World     *world,
          ClientBot *other)
{
  g_autoptr(ConfabDatabaseResponse) users = NULL;
  g_autoptr(ConfabRealtimeUser) first = NULL;

  users = client_bot_list_users (other, "calls", confab_client_get_user_id (world->ann->client),
                                 NULL, NULL);
  first = g_list_model_get_item (confab_database_response_get_list (users), 0);

  return g_strdup (confab_realtime_user_get_cid (first));
}

static void
say (ClientBot  *self,
     const char *cid,
     const char *content)
{
  g_autoptr(JsonNode) node = json_from_string (content, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (node);
  confab_client_send_rtc (self->client, cid, node, &error);
  g_assert_no_error (error);
}

static void
await_hangup (ClientBot *self)
{
  ConfabRealtimeEvent *event = client_bot_await (self, "rtc");
  JsonObject *content = json_node_get_object (confab_realtime_event_get_message (event));

  g_assert_true (json_object_has_member (content, "hungup"));
}

static void
test_unreadable (World         *world,
                 gconstpointer  data)
{
  g_autoptr(ClientBot) eve = client_bot_new_at (world->server, "eve");
  g_autofree char *cid = find_cid (world, eve);

  say (eve, cid, "{\"sdpoffer\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}");
  await_hangup (eve);
  g_assert_cmpuint (world->incoming->len, ==, 0);
}

static void
test_unanswered (World         *world,
                 gconstpointer  data)
{
  const ConfabRtcPatience patience = { .ring_ms = 200, .connect_ms = 60 * 1000 };
  g_autoptr(ClientBot) eve = client_bot_new_at (world->server, "eve");
  g_autofree char *cid = find_cid (world, eve);

  confab_rtc_port_set_patience (world->port, &patience);
  say (eve, cid, OFFER);
  await_hangup (eve);
  g_assert_cmpuint (world->incoming->len, ==, 1);
  g_assert_cmpuint (world->n_closed, ==, 1);
}

/* It was accepted, and nothing comes of it. */
static void
test_no_way (World         *world,
             gconstpointer  data)
{
  const ConfabRtcPatience patience = { .ring_ms = 60 * 1000, .connect_ms = 500 };
  g_autoptr(ClientBot) eve = client_bot_new_at (world->server, "eve");
  g_autofree char *cid = find_cid (world, eve);
  g_autoptr(JsonObject) params = json_object_new ();
  g_autoptr(GError) error = NULL;

  confab_rtc_port_set_patience (world->port, &patience);
  say (eve, cid, OFFER);
  support_wait_until (world->incoming->len == 1);
  confab_rtc_connect_rtc (world->incoming->pdata[0], params, &error);
  g_assert_no_error (error);
  support_wait_until (world->n_closed == 1);
}

/* One may have many connections. */
static void
test_many_ring (World         *world,
                gconstpointer  data)
{
  g_autoptr(ServerAccount) account = server_process_sign_up (world->server, "eve");
  g_autoptr(GPtrArray) eves =
    g_ptr_array_new_with_free_func ((GDestroyNotify) (void *) client_bot_free);
  g_autofree char *cid = NULL;

  for (guint i = 0; i < 17; i++)
    g_ptr_array_add (eves, client_bot_new_of (world->server, account));
  cid = find_cid (world, eves->pdata[0]);
  for (guint i = 0; i < 16; i++)
    say (eves->pdata[i], cid, OFFER);
  support_wait_until (world->incoming->len == 16);
  say (eves->pdata[16], cid, OFFER);
  await_hangup (eves->pdata[16]);
  g_assert_cmpuint (world->incoming->len, ==, 16);
  g_assert_cmpuint (world->n_closed, ==, 0);
}

static void
test_not_ready (World         *world,
                gconstpointer  data)
{
  g_autoptr(JsonNode) params = json_from_string ("{\"cid\":\"cid:x\"}", NULL);
  g_autoptr(GError) closed_error = NULL;
  g_autoptr(GError) lost_error = NULL;

  server_process_kill (world->server);
  support_wait_until (!confab_client_is_connected (world->ann->client));
  g_assert_null (confab_rtc_port_connect_rtc (world->port, json_node_get_object (params),
                                              &lost_error));
  g_assert_error (lost_error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_REQUEST);
  g_assert_cmpstr (lost_error->message, ==, "Realtime connection is not ready.");
  client_bot_close (world->ann);
  g_assert_null (confab_rtc_port_connect_rtc (world->port, json_node_get_object (params),
                                              &closed_error));
  g_assert_cmpstr (closed_error->message, ==,
                   "No realtime connection. Execute connectRealtime() before this method.");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/rtc/an-offer-that-cannot-be-read-is-refused", World, NULL, set_up,
              test_unreadable, tear_down);
  g_test_add ("/rtc/nothing-rings-for-ever", World, NULL, set_up, test_unanswered, tear_down);
  g_test_add ("/rtc/what-finds-no-way-ends", World, NULL, set_up, test_no_way, tear_down);
  g_test_add ("/rtc/no-more-than-sixteen-ring", World, NULL, set_up, test_many_ring, tear_down);
  g_test_add ("/rtc/who-is-not-connected-cannot-call", World, NULL, set_up, test_not_ready,
              tear_down);

  return g_test_run ();
}
