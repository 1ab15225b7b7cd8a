/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-relay-tunnel-private.h"

#include "support-wait.h"

/* A relay that takes connections and says nothing, and the tunnel that leads to it. */

#define MAX_PASSAGES 16u

typedef struct
{
  GSocketService    *relay;
  GPtrArray         *arrived;   /* GSocketConnection: at the relay */
  ConfabRelayTunnel *tunnel;
} World;

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             World             *world)
{
  g_ptr_array_add (world->arrived, g_object_ref (connection));

  return TRUE;
}

static void
set_up (World         *world,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  guint16 port;

  world->arrived = g_ptr_array_new_with_free_func (g_object_unref);
  world->relay = g_socket_service_new ();
  g_signal_connect (world->relay, "incoming", G_CALLBACK (incoming_cb), world);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (world->relay), NULL, &error);
  g_assert_no_error (error);
  world->tunnel = confab_relay_tunnel_new ("127.0.0.1", port, &error);
  g_assert_no_error (error);
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  confab_relay_tunnel_free (world->tunnel);
  g_socket_service_stop (world->relay);
  g_socket_listener_close (G_SOCKET_LISTENER (world->relay));
  g_object_unref (world->relay);
  g_ptr_array_unref (world->arrived);
}

static GSocketConnection *
enter (World *world)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", confab_relay_tunnel_get_port (world->tunnel), NULL, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);

  return connection;
}

/* Nothing ever comes but the end. */
static gboolean
has_ended (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr(GError) error = NULL;
  char byte;
  gssize n_bytes = g_socket_receive (socket, &byte, 1, NULL, &error);

  return n_bytes == 0 || (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

static void
test_number_of_passages (World         *world,
                         gconstpointer  data)
{
  g_autoptr(GPtrArray) entered = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GSocketConnection) one_more = NULL;

  while (entered->len < MAX_PASSAGES)
    g_ptr_array_add (entered, enter (world));
  support_wait_until (world->arrived->len == MAX_PASSAGES);

  one_more = enter (world);
  support_wait_until (has_ended (one_more));
  for (guint i = 0; i < entered->len; i++)
    g_assert_false (has_ended (entered->pdata[i]));
  g_assert_cmpuint (world->arrived->len, ==, MAX_PASSAGES);
}

/* A relay that does not answer is given up. */
static void
test_silent_relay (World         *world,
                   gconstpointer  data)
{
  g_autoptr(GSocketConnection) entered = enter (world);

  support_wait_until (world->arrived->len == 1);
  support_wait_until (has_ended (entered));
}

static void
test_other_program (World         *world,
                    gconstpointer  data)
{
  g_autofree char *script = g_strdup_printf ("exec 3<>/dev/tcp/127.0.0.1/%u && cat <&3",
                                             confab_relay_tunnel_get_port (world->tunnel));
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) other =
    g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "bash", "-c", script, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GSocketConnection) own = NULL;

  g_assert_no_error (error);
  g_subprocess_wait_check_async (other, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  g_subprocess_wait_check_finish (other, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (world->arrived->len, ==, 0);

  own = enter (world);
  support_wait_until (world->arrived->len == 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/relay-tunnel/no-more-than-16-go-through", World, NULL, set_up,
              test_number_of_passages, tear_down);
  g_test_add ("/relay-tunnel/a-silent-relay-is-given-up", World, NULL, set_up, test_silent_relay,
              tear_down);
  g_test_add ("/relay-tunnel/other-programs-are-not-let-in", World, NULL, set_up,
              test_other_program, tear_down);

  return g_test_run ();
}
