/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-relay-tunnel"

#include "config.h"

#include "confab-relay-tunnel-private.h"

#include "confab-own-socket-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* A relay that does not answer by then is none; libnice waits no longer either. */
#define CONNECT_S 10u
/* One for each relay and stream is what libnice opens. */
#define MAX_PASSAGES 16u
/* Out of descriptors: somebody may close one. */
#define PAUSE_MS 500u

/**
 * ConfabRelayTunnel:
 *
 * Leads from a port of this machine to a relay that only speaks TLS (`turns:`, RFC 7065),
 * which libnice does not. What comes to the port from this process goes on over TLS, for each
 * connection one; other programs are not let in. The relay's certificate has to be good for its
 * name. Works in a thread of its own, because a person's voice goes through it.
 */
struct _ConfabRelayTunnel
{
  char            *host;
  guint16          port;        /* of the relay */
  guint16          local_port;

  GSocketListener *listener;
  GSocketClient   *client;
  GCancellable    *lifetime;
  guint            n_pending;   /* operations whose end has to be awaited; of the thread */
  guint            n_passages;  /* of the thread */

  GMainContext    *context;
  GMainLoop       *loop;
  GThread         *thread;
};

/* What came in, while the way on is made. */
typedef struct {
  ConfabRelayTunnel *tunnel;
  GIOStream         *local;
} Passage;

static void accept_next (ConfabRelayTunnel *self);

static void
end_operation (ConfabRelayTunnel *self)
{
  if (--self->n_pending == 0 && g_cancellable_is_cancelled (self->lifetime))
    g_main_loop_quit (self->loop);
}

static void
end_passage (ConfabRelayTunnel *self)
{
  self->n_passages--;
  end_operation (self);
}

/* Voices come in small packets, none of which waits for the next. */
static void
hurry (GSocketConnection *connection)
{
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE,
                       NULL);
}

static void
spliced_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!g_io_stream_splice_finish (result, &error))
    g_debug ("A way to the relay has ended: %s", error->message);
  end_passage (user_data);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Passage *passage = user_data;
  ConfabRelayTunnel *self = passage->tunnel;
  g_autoptr(GIOStream) local = passage->local;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) relay =
    g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  g_free (passage);
  if (!relay)
    {
      g_debug ("%s:%u is not reached: %s", self->host, self->port, error->message);
      g_io_stream_close (local, NULL, NULL);
      end_passage (self);
      return;
    }

  /* The limit was for connecting. Between two words there may be more. */
  g_socket_set_timeout (g_socket_connection_get_socket (relay), 0);
  g_io_stream_splice_async (local, G_IO_STREAM (relay),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, self->lifetime, spliced_cb, self);
}

/* Before TLS wraps it. */
static void
event_cb (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          gpointer            user_data)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (connection))
    hurry (G_SOCKET_CONNECTION (connection));
}

static void
begin_passage (ConfabRelayTunnel *self,
               GSocketConnection *connection)
{
  Passage *passage;

  if (self->n_passages == MAX_PASSAGES || !confab_own_socket_is_other_end (connection))
    {
      g_debug ("No way to %s: %s", self->host,
               self->n_passages == MAX_PASSAGES ? "there are too many" : "another program");
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      return;
    }

  hurry (connection);
  passage = g_new0 (Passage, 1);
  passage->tunnel = self;
  passage->local = G_IO_STREAM (g_object_ref (connection));
  self->n_passages++;
  self->n_pending++;
  g_socket_client_connect_to_host_async (self->client, self->host, self->port, self->lifetime,
                                         connected_cb, passage);
}

static gboolean
pause_is_over_cb (gpointer user_data)
{
  ConfabRelayTunnel *self = user_data;

  if (!g_cancellable_is_cancelled (self->lifetime))
    accept_next (self);
  end_operation (self);

  return G_SOURCE_REMOVE;
}

/* What cannot be accepted waits on, and would be tried again at once, for ever. */
static void
pause_accepting (ConfabRelayTunnel *self)
{
  g_autoptr(GSource) pause = g_timeout_source_new (PAUSE_MS);

  self->n_pending++;
  g_source_set_callback (pause, pause_is_over_cb, self, NULL);
  g_source_attach (pause, self->context);
}

static void
accepted_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ConfabRelayTunnel *self = user_data;
  g_autoptr(GSocketConnection) connection =
    g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);

  if (connection)
    begin_passage (self, connection);

  if (connection && !g_cancellable_is_cancelled (self->lifetime))
    accept_next (self);
  else if (!g_cancellable_is_cancelled (self->lifetime))
    pause_accepting (self);
  end_operation (self);
}

static void
accept_next (ConfabRelayTunnel *self)
{
  self->n_pending++;
  g_socket_listener_accept_async (self->listener, self->lifetime, accepted_cb, self);
}

static gpointer
run (gpointer data)
{
  ConfabRelayTunnel *self = data;

  g_main_context_push_thread_default (self->context);
  accept_next (self);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
stop_cb (gpointer user_data)
{
  ConfabRelayTunnel *self = user_data;

  /* The loop ends with the last operation. */
  g_cancellable_cancel (self->lifetime);

  return G_SOURCE_REMOVE;
}

/**
 * confab_relay_tunnel_new:
 * @host: the relay's name, which its certificate has to tell
 * @port: its port for TLS
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a tunnel, open at once; whether the relay is reached shows
 *   when something comes in
 */
ConfabRelayTunnel *
confab_relay_tunnel_new (const char  *host,
                         guint16      port,
                         GError     **error)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) local = NULL;
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  ConfabRelayTunnel *self;

  if (!g_socket_listener_add_address (listener, any_port, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &local, error))
    return NULL;

  self = g_new0 (ConfabRelayTunnel, 1);
  self->host = g_strdup (host);
  self->port = port;
  self->local_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  self->listener = g_steal_pointer (&listener);
  self->client = g_socket_client_new ();
  g_socket_client_set_tls (self->client, TRUE);
  g_socket_client_set_timeout (self->client, CONNECT_S);
  g_signal_connect (self->client, "event", G_CALLBACK (event_cb), NULL);
  self->lifetime = g_cancellable_new ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("relay-tunnel", run, self);

  return self;
}

/* Closes the port and all that goes through. */
void
confab_relay_tunnel_free (ConfabRelayTunnel *self)
{
  g_autoptr(GSource) stop = g_idle_source_new ();

  /* To be run by the thread, even if it has not begun yet. */
  g_source_set_priority (stop, G_PRIORITY_DEFAULT);
  g_source_set_callback (stop, stop_cb, self, NULL);
  g_source_attach (stop, self->context);
  g_thread_join (self->thread);

  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->client);
  g_object_unref (self->lifetime);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->host);
  g_free (self);
}

/* Of 127.0.0.1. */
guint16
confab_relay_tunnel_get_port (ConfabRelayTunnel *self)
{
  return self->local_port;
}
