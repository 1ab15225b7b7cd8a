/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "conformance"

#include "config.h"

#include "confabd-doorway.h"
#include "confabd-eio.h"
#include "conformance.h"

#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

/* The server's listener and hub with another core behind them, on which the public test suites of
 * Engine.IO 4 and Socket.IO 5 can be run: the protocols as they are, without what is ours.
 *
 *   conformance [PORT [PING_INTERVAL_MS PING_TIMEOUT_MS CONNECT_MS]]
 *
 * The suites ask for port 3000 (0 picks a free one), 300, 200 and 1000 ms. It says
 * "conformance ready URL". */

#define PORT              "3000"
#define PING_INTERVAL_MS  "300"
#define PING_TIMEOUT_MS   "200"
#define CONNECT_MS        "1000"
#define MAX_PAYLOAD_BYTES 1000000
#define MAX_SESSIONS      1000

typedef struct
{
  ConfabdDoorway *doorway;
  ConfabdEio     *eio;
  ConfabdHub     *hub;
  BaseMailbox    *mailbox;   /* of the core, which is this thread */
} Endpoint;

static guint64
adopt_cb (int                    fd,
          SSL                   *tls,
          GBytes                *early,
          const ConfabdIdentity *identity,
          gpointer               user_data)
{
  Endpoint *endpoint = user_data;
  guint64 ticket = confabd_hub_adopt (endpoint->hub, fd, tls, early, identity);

  confabd_hub_flush_adopted (endpoint->hub);

  return ticket;
}

static void
move_cb (guint64   ticket,
         int       fd,
         SSL      *tls,
         GBytes   *early,
         GBytes   *unread,
         gpointer  user_data)
{
  Endpoint *endpoint = user_data;

  confabd_hub_move (endpoint->hub, ticket, fd, tls, early, unread);
}

static const ConfabdEioHooks hooks = { adopt_cb, move_cb };

static gboolean
drain_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  Endpoint *endpoint = user_data;

  base_mailbox_drain (endpoint->mailbox);
  confabd_hub_flush (endpoint->hub);

  return G_SOURCE_CONTINUE;
}

/* What the caller has chosen. */
typedef struct
{
  guint port;
  guint ping_interval_ms;
  guint ping_timeout_ms;
  guint connect_ms;
} Choice;

static void
endpoint_init (Endpoint               *endpoint,
               ConfabdDoorway         *doorway,
               const Choice           *choice,
               const ConfabdHubEvents *events)
{
  ConfabdHubOptions hub_options;
  ConfabdEioOptions eio_options = {
    .ping_interval_ms = choice->ping_interval_ms,
    .ping_timeout_ms = choice->ping_timeout_ms,
    .max_payload_bytes = MAX_PAYLOAD_BYTES,
    .max_sessions = MAX_SESSIONS,
    .max_sessions_per_address = MAX_SESSIONS,
    .clock = base_clock_system (),
    .hooks = &hooks,
    .hooks_data = endpoint,
  };

  endpoint->doorway = doorway;
  endpoint->mailbox = base_mailbox_new ();
  confabd_hub_options_init (&hub_options);
  hub_options.n_threads = 1;
  hub_options.eio_ping_interval_ms = choice->ping_interval_ms;
  hub_options.eio_ping_timeout_ms = choice->ping_timeout_ms;
  hub_options.max_message_bytes = MAX_PAYLOAD_BYTES;
  hub_options.core_mailbox = endpoint->mailbox;
  hub_options.events = events;
  endpoint->hub = confabd_hub_new (&hub_options);
  endpoint->eio = confabd_eio_new (&eio_options, doorway);
  g_unix_fd_add (base_mailbox_get_fd (endpoint->mailbox), G_IO_IN, drain_cb, endpoint);
}

static void
endpoint_clear (Endpoint *endpoint)
{
  confabd_eio_free (endpoint->eio);
  confabd_hub_stop (endpoint->hub, 0);
  while (base_mailbox_drain (endpoint->mailbox) > 0)
    confabd_hub_flush (endpoint->hub);
  g_object_unref (endpoint->hub);
  base_mailbox_unref (endpoint->mailbox);
}

static void
announce (Endpoint          *endpoint,
          SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (confabd_doorway_get_keep_s (endpoint->doorway, message) == 0)
    soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
}

static void
begin_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  Endpoint *endpoint = user_data;

  announce (endpoint, message);
  if (soup_server_message_get_method (message) == SOUP_METHOD_POST)
    confabd_eio_begin (endpoint->eio, message);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Endpoint *endpoint = user_data;

  confabd_eio_request (endpoint->eio, message);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

/* Clients that say "localhost" come by either. */
static gboolean
listen_on (ConfabdDoorway  *doorway,
           guint            port,
           GError         **error)
{
  g_autofree char *v4 = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *uri = NULL;
  g_autofree char *v6 = NULL;
  g_autoptr(GUri) parsed = NULL;

  if (!confabd_doorway_listen (doorway, v4, error))
    return FALSE;

  uri = confabd_doorway_get_uri (doorway);
  parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);
  v6 = g_strdup_printf ("[::1]:%d", g_uri_get_port (parsed));
  (void) confabd_doorway_listen (doorway, v6, NULL);

  printf ("conformance ready %s\n", uri);
  (void) fflush (stdout);

  return TRUE;
}

static guint
read_number (int          argc,
             char       **argv,
             int          n,
             const char  *otherwise)
{
  return (guint) atoi (n < argc ? argv[n] : otherwise);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  const ConfabdDoorwayOptions options = {
    .head_ms = 10 * 1000,
    .answer_ms = 20 * 1000,
    .idle_ms = 30 * 1000,
    .max_requests = 1000,
    .max_body_bytes = MAX_PAYLOAD_BYTES,
    .clock = base_clock_system (),
  };
  ConfabdDoorway *doorway = confabd_doorway_new (server, &options);
  const Choice choice = {
    .port = read_number (argc, argv, 1, PORT),
    .ping_interval_ms = read_number (argc, argv, 2, PING_INTERVAL_MS),
    .ping_timeout_ms = read_number (argc, argv, 3, PING_TIMEOUT_MS),
    .connect_ms = read_number (argc, argv, 4, CONNECT_MS),
  };
  ConformanceRooms *rooms;
  Endpoint echo;
  Endpoint socket_io;

  endpoint_init (&echo, doorway, &choice, &conformance_echo_events);
  endpoint_init (&socket_io, doorway, &choice, &conformance_rooms_events);
  rooms = conformance_rooms_new (socket_io.hub, choice.connect_ms);
  confabd_hub_start (echo.hub, echo.hub);
  confabd_hub_start (socket_io.hub, rooms);

  soup_server_add_early_handler (server, "/engine.io", begin_cb, &echo, NULL);
  soup_server_add_handler (server, "/engine.io", request_cb, &echo, NULL);
  soup_server_add_early_handler (server, "/socket.io", begin_cb, &socket_io, NULL);
  soup_server_add_handler (server, "/socket.io", request_cb, &socket_io, NULL);

  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_unix_signal_add (SIGINT, quit_cb, loop);

  if (listen_on (doorway, choice.port, &error))
    {
      confabd_doorway_open (doorway);
      g_main_loop_run (loop);
    }
  else
    {
      g_printerr ("%s\n", error->message);
    }

  endpoint_clear (&echo);
  endpoint_clear (&socket_io);
  conformance_rooms_free (rooms);
  confabd_doorway_free (doorway);
  soup_server_disconnect (server);

  return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
