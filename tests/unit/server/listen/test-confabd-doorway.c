/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-doorway.h"
#include "raw-peer.h"

#include <string.h>

/* A doorway with little patience, whose server answers "yes" and how much it was sent. */

#define GET          "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define MAX_REQUESTS 5
#define MAX_BODY     100
#define MAX_PAYLOAD  (40 * 1024 * 1024)
#define IDLE_MS      300   /* of the one that is to be closed for it */

typedef struct
{
  SoupServer     *server;
  ConfabdDoorway *doorway;
  guint16         port;
  void          (*talk) (guint16 port);
  gboolean        done;
} World;

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "yes", 3);
}

static gboolean
done_cb (gpointer user_data)
{
  ((World *) user_data)->done = TRUE;

  return G_SOURCE_REMOVE;
}

static gpointer
talk_cb (gpointer user_data)
{
  World *world = user_data;

  world->talk (world->port);
  g_idle_add (done_cb, world);

  return NULL;
}

/* @talk runs on a thread of its own, like any client. */
static void
run (void (*talk) (guint16 port),
     guint  idle_ms)
{
  const ConfabdDoorwayOptions options = {
    .head_ms = SUPPORT_WAIT_MS,
    .answer_ms = SUPPORT_WAIT_MS,
    .idle_ms = idle_ms,
    .max_requests = MAX_REQUESTS,
    .max_body_bytes = MAX_BODY,
    .payload_path = "/large",
    .max_payload_bytes = MAX_PAYLOAD,
    .clock = base_clock_system (),
  };
  World world = { .talk = talk };
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = NULL;
  ConfabdDoorwayStats stats;
  GThread *thread;

  world.server = soup_server_new (NULL, NULL);
  soup_server_add_handler (world.server, NULL, request_cb, NULL, NULL);
  world.doorway = confabd_doorway_new (world.server, &options);
  g_assert_true (confabd_doorway_listen (world.doorway, "127.0.0.1:0", &error));
  g_assert_no_error (error);
  uri = confabd_doorway_get_uri (world.doorway);
  world.port = (guint16) g_ascii_strtoull (strrchr (uri, ':') + 1, NULL, 10);
  confabd_doorway_open (world.doorway);

  thread = g_thread_new ("client", talk_cb, &world);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      confabd_doorway_get_stats (world.doorway, &stats);
    }
  while (!world.done || stats.n_idle + stats.n_serving > 0);

  g_thread_join (thread);
  g_assert_cmpuint (stats.n_timed_out, ==, 0);
  confabd_doorway_free (world.doorway);
  soup_server_disconnect (world.server);
  g_object_unref (world.server);
}

static void
talk_and_fall_silent (guint16 port)
{
  g_autoptr(RawPeer) peer = raw_peer_new (port);
  gint64 began_us = g_get_monotonic_time ();

  g_assert_cmpuint (raw_peer_request (peer, "GET", "/", NULL, NULL, NULL), ==, 200);
  g_assert_true (raw_peer_awaits_end (peer, RAW_PEER_DEADLINE_MS));
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, IDLE_MS * 1000 / 2);
}

static void
test_who_falls_silent_is_closed (void)
{
  run (talk_and_fall_silent, IDLE_MS);
}

static void
talk_too_much (guint16 port)
{
  g_autoptr(RawPeer) peer = raw_peer_new (port);

  for (guint i = 0; i < MAX_REQUESTS + 1; i++)
    raw_peer_write_text (peer, GET);
  for (guint i = 0; i < MAX_REQUESTS; i++)
    g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, 200);
  g_assert_true (raw_peer_awaits_end (peer, RAW_PEER_DEADLINE_MS));
}

static void
test_a_connection_asks_so_often (void)
{
  run (talk_too_much, SUPPORT_WAIT_MS);
}

static RawPeer *
begin_large (guint16 port)
{
  RawPeer *peer = raw_peer_new (port);

  raw_peer_write_text (peer, "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 41943040\r\n\r\n");
  raw_peer_write_text (peer, "begun");

  return peer;
}

/* 64 MiB of large bodies together: a second of 40 MiB is refused until the first has gone. */
static void
talk_large (guint16 port)
{
  g_autoptr(RawPeer) small = raw_peer_new (port);
  g_autoptr(RawPeer) first = begin_large (port);
  g_autoptr(RawPeer) second = NULL;
  gint64 end_us = g_get_monotonic_time () + RAW_PEER_DEADLINE_MS * 1000;

  g_assert_cmpuint (raw_peer_request (small, "POST", "/", NULL, "small", NULL), ==, 200);
  second = begin_large (port);
  g_assert_cmpuint (raw_peer_read_answer (second, NULL), ==, 503);
  g_assert_cmpuint (raw_peer_request (small, "POST", "/", NULL, "small", NULL), ==, 200);

  raw_peer_free (g_steal_pointer (&first));
  for (guint status = 503; status == 503;)
    {
      g_autoptr(RawPeer) another = raw_peer_new (port);

      raw_peer_write_text (another, "POST /large HTTP/1.1\r\nHost: a\r\n"
                                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      status = raw_peer_read_answer (another, NULL);
      g_assert_true (status == 503 || status == 200);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
}

static void
test_large_bodies_are_bounded_together (void)
{
  run (talk_large, SUPPORT_WAIT_MS);
}

static void
talk_over_the_bounds (guint16 port)
{
  static const struct
  {
    const char *text;
    guint       status;
  } samples[] = {
    { "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413 },
    { "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 41943041\r\n\r\n", 413 },
    { "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413 },
    { "POST /larg HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (port);

      raw_peer_write_text (peer, samples[i].text);
      g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, samples[i].status);
    }
}

static void
test_a_body_over_its_bound_is_refused (void)
{
  run (talk_over_the_bounds, SUPPORT_WAIT_MS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doorway/who-falls-silent-is-closed", test_who_falls_silent_is_closed);
  g_test_add_func ("/doorway/a-connection-asks-so-often", test_a_connection_asks_so_often);
  g_test_add_func ("/doorway/large-bodies-are-bounded-together",
                   test_large_bodies_are_bounded_together);
  g_test_add_func ("/doorway/a-body-over-its-bound-is-refused",
                   test_a_body_over_its_bound_is_refused);

  return g_test_run ();
}
