/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "hub-world.h"

#include "wire-limits.h"
#include "wire-ws-frame.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AUDIENCE 17

static void
test_requests_come_in_and_answers_go_out (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_write_request (fd, "one");
  world_assert_text (&world, fd, "one");
  world_write_request (fd, "two");
  world_write_request (fd, "three");
  world_assert_text (&world, fd, "two");
  world_assert_text (&world, fd, "three");

  close (fd);
  world_wait_until (&world, world.closed->len == 1);
  world_clear (&world);
}

static void
test_early_bytes_come_first (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, "{\"action\":\"keepAlive\",\"ref\":\"early\"}");
  world_write_request (fd, "late");
  world_assert_text (&world, fd, "early");
  world_assert_text (&world, fd, "late");

  close (fd);
  world_clear (&world);
}

static void
test_frame_may_be_split_anywhere (void)
{
  const char *text = "{\"action\":\"keepAlive\",\"ref\":\"whole\"}";
  g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));
  const guint8 *data = g_bytes_get_data (frame, NULL);
  gsize length = g_bytes_get_size (frame);
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  for (gsize split = 1; split < length; split++)
    {
      world_write_all (fd, data, split);
      world_turn (&world);
      world_write_all (fd, data + split, length - split);
      world_assert_text (&world, fd, "whole");
    }

  close (fd);
  world_clear (&world);
}

static void
test_fan_out_reaches_its_audience (void)
{
  g_autoptr(GBytes) native = wire_ws_frame_new (WIRE_WS_TEXT, "native", 6);
  g_autoptr(GBytes) skapi = wire_ws_frame_new (WIRE_WS_TEXT, "skapi", 5);
  ConfabdPeers *peers;
  World world;
  int fds[5];

  world_init (&world);
  world_start (&world);
  peers = CONFABD_PEERS (world.hub);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = world_adopt (&world, i != 1, NULL);
  for (guint i = 0; i < 4; i++)
    confabd_peers_attach (peers, world_get_opened (&world, i), AUDIENCE);

  confabd_peers_fan_out (peers, AUDIENCE, CONFABD_FRAME_DURABLE, native, skapi,
                         world_get_opened (&world, 2));
  confabd_peers_detach (peers, world_get_opened (&world, 3), AUDIENCE);
  confabd_peers_fan_out (peers, AUDIENCE, CONFABD_FRAME_DURABLE, native, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    world_send_text (&world, world_get_opened (&world, i), CONFABD_FRAME_DURABLE, "end");

  world_assert_text (&world, fds[0], "native");
  world_assert_text (&world, fds[0], "native");
  world_assert_text (&world, fds[0], "end");
  world_assert_text (&world, fds[1], "skapi");
  world_assert_text (&world, fds[1], "end");
  world_assert_text (&world, fds[2], "native");
  world_assert_text (&world, fds[2], "end");
  world_assert_text (&world, fds[3], "native");
  world_assert_text (&world, fds[3], "end");
  world_assert_text (&world, fds[4], "end");

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  world_clear (&world);
}

static void
test_slow_peer_is_closed_with_3008 (void)
{
  g_autofree char *big = g_strnfill (64 * 1024, 'x');
  g_autoptr(GBytes) frame = wire_ws_frame_new (WIRE_WS_TEXT, big, strlen (big));
  World world;
  int slow;
  int quick;

  world_init (&world);
  world.options.close_ms = 200;
  world_start (&world);
  slow = world_adopt (&world, TRUE, NULL);
  quick = world_adopt (&world, TRUE, NULL);
  confabd_peers_attach (CONFABD_PEERS (world.hub), world_get_opened (&world, 0), AUDIENCE);

  for (guint i = 0; i < 1000 && world.closed->len == 0; i++)
    {
      confabd_peers_fan_out (CONFABD_PEERS (world.hub), AUDIENCE, CONFABD_FRAME_DURABLE, frame,
                             NULL, 0);
      world_write_request (quick, "still here");
      world_assert_text (&world, quick, "still here");
    }

  world_wait_until (&world, world.closed->len == 1);
  g_assert_cmpuint (g_array_index (world.closed, ConfabdPeer, 0), ==, world_get_opened (&world, 0));
  g_assert_cmpuint (world_read_until_close (&world, slow), ==, WIRE_CLOSE_SLOW);

  close (slow);
  close (quick);
  world_clear (&world);
}

static void
test_peer_without_progress_is_closed_with_3008 (void)
{
  g_autofree char *big = g_strnfill (900 * 1024, 'x');
  World world;
  int fd;

  world_init (&world);
  world.options.stall_ms = 300;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, big);
  world_wait_until (&world, world.closed->len == 1);
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_SLOW);

  close (fd);
  world_clear (&world);
}

static void
test_transient_frames_are_dropped_before_the_peer (void)
{
  g_autofree char *big = g_strnfill (64 * 1024, 'x');
  World world;
  guint n_got = 0;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    {
      world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_TRANSIENT, big);
      confabd_hub_flush (world.hub);
    }
  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, "kept");

  for (;;)
    {
      guint8 first;
      g_autofree char *text = world_read_frame (&world, fd, &first);

      g_assert_nonnull (text);
      if (g_str_equal (text, "kept"))
        break;
      n_got++;
    }

  g_assert_cmpuint (n_got, <, 500);
  g_assert_cmpuint (world.closed->len, ==, 0);

  close (fd);
  world_clear (&world);
}

/* Whether who answers stays; who does not is closed. */
static gboolean
answer_pings (guint ping_ms)
{
  World world;
  gboolean stays = TRUE;
  int fd;

  world_init (&world);
  world.options.ping_ms = ping_ms;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 4 && stays; i++)
    {
      guint8 first = 0;
      g_autofree char *text = world_read_frame (&world, fd, &first);

      stays = first == RAW_PEER_PING;
      if (stays)
        {
          g_assert_cmpstr (text, ==, "");
          world_write_frame (fd, RAW_PEER_PONG, "", 0);
        }
    }

  if (stays)
    {
      g_assert_cmpuint (world.closed->len, ==, 0);
      g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_SILENT);
    }

  close (fd);
  world_clear (&world);

  return stays;
}

static void
test_silent_peer_is_pinged_then_closed_with_3004 (void)
{
  gboolean stays = FALSE;

  /* A machine that is busy elsewhere may answer too late, but hardly each time. */
  for (guint ping_ms = 300; !stays && ping_ms < 10 * 1000; ping_ms *= 4)
    stays = answer_pings (ping_ms);

  g_assert_true (stays);
}

static void
test_flood_is_refused_then_closed_with_3009 (void)
{
  const char *text = "{\"action\":\"keepAlive\"}";
  g_autoptr(GByteArray) flood = g_byte_array_new ();
  World world;
  int fd;

  world_init (&world);
  world.options.frames_per_second = 10;
  world.options.frames_burst = 50;
  world.options.max_refusals = 100;
  world.deaf = TRUE;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));

      g_byte_array_append (flood, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
    }

  world_write_all (fd, flood->data, flood->len);
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);
  world_wait_until (&world, world.closed->len == 1);
  g_assert_cmpuint (world.n_requests, >=, 50);
  g_assert_cmpuint (world.n_requests, <, 60);
  g_assert_cmpuint (world.n_too_many, >=, 99);

  close (fd);
  world_clear (&world);
}

/* Each is cut in the middle: its end comes with the beginning of the next. */
static void
test_cut_pings_do_not_count_as_large_messages (void)
{
  const char payload[100] = "";
  g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_PING, TRUE, payload, sizeof payload);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (frame, &length);
  World world;
  int fd;

  world_init (&world);
  world.options.max_partial_bytes = 1000;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);
  world_write_all (fd, bytes, length / 2);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(GByteArray) cut = g_byte_array_new ();
      g_autofree char *pong = NULL;
      guint8 first = 0;

      g_byte_array_append (cut, bytes + length / 2, length - length / 2);
      g_byte_array_append (cut, bytes, length / 2);
      world_write_all (fd, cut->data, cut->len);
      pong = world_read_frame (&world, fd, &first);
      g_assert_cmphex (first, ==, RAW_PEER_PONG);
    }

  close (fd);
  world_clear (&world);
}

static void
test_pings_without_end_are_a_flood_too (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.frames_per_second = 10;
  world.options.frames_burst = 50;
  world.options.max_refusals = 100;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    world_write_frame (fd, RAW_PEER_PING, "x", 1);

  g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);

  close (fd);
  world_clear (&world);
}

static void
test_close_is_answered_with_close (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_write_request (fd, "before");
  world_assert_text (&world, fd, "before");
  world_write_frame (fd, RAW_PEER_CLOSE, "\x03\xe9", 2);
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 1001);
  world_assert_end (&world, fd);
  world_wait_until (&world, world.closed->len == 1);

  close (fd);
  world_clear (&world);
}

static void
test_close_of_the_core_waits_for_the_answer (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.close_ms = 60 * 1000;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, "last");
  confabd_peers_close (CONFABD_PEERS (world.hub), world_get_opened (&world, 0), 3501,
                       "session revoked");
  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, "too late");
  world_assert_text (&world, fd, "last");
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 3501);
  world_wait_until (&world, world.closed->len == 1);

  /* What it asks now is heard by nobody. */
  world_write_request (fd, "late");
  world_write_frame (fd, RAW_PEER_CLOSE, "\x0d\xad", 2);
  world_assert_end (&world, fd);
  g_assert_cmpuint (world.n_requests, ==, 0);

  close (fd);
  world_clear (&world);
}

static void
test_close_that_is_not_answered_ends_in_time (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.close_ms = 200;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  confabd_peers_close (CONFABD_PEERS (world.hub), world_get_opened (&world, 0), 3000, "shutdown");
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 3000);
  world_assert_end (&world, fd);

  close (fd);
  world_clear (&world);
}

static void
test_unmasked_frame_is_closed_with_1002 (void)
{
  g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, FALSE, "{}", 2);
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_write_all (fd, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 1002);
  world_assert_end (&world, fd);

  close (fd);
  world_clear (&world);
}

static void
test_half_messages_of_many_are_bounded (void)
{
  g_autofree char *part = g_strnfill (50 * 1024, ' ');
  World world;
  guint n_fds = 20;
  g_autofree int *fds = g_new (int, n_fds);

  world_init (&world);
  world.options.n_threads = 1;
  world.options.max_partial_bytes = 400 * 1024;
  world.options.close_ms = 200;
  world_start (&world);

  for (guint i = 0; i < n_fds; i++)
    {
      fds[i] = world_adopt (&world, TRUE, NULL);
      world_write_frame (fds[i], 0x01, part, strlen (part));
    }

  world_wait_until (&world, world.closed->len >= n_fds - 8);
  for (guint i = 0; i < n_fds; i++)
    close (fds[i]);
  world_clear (&world);
}

static void
test_peer_that_asks_too_much_is_not_read (void)
{
  World world;
  guint n_written = 0;
  int fd;

  world_init (&world);
  world.options.max_in_core = 8;
  world.options.frames_per_second = 1000000;
  world.options.frames_burst = 1000000;
  world.deaf = TRUE;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  /* While the core sleeps, the kernel holds the peer up. */
  for (;;)
    {
      const char *text = "{\"action\":\"keepAlive\"}";
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));
      struct pollfd writable = { .fd = fd, .events = POLLOUT };

      if (poll (&writable, 1, 500) == 0)
        break;
      g_assert_cmpint (send (fd, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame),
                             MSG_NOSIGNAL),
                       >, 0);
      g_assert_cmpuint (n_written++, <, 1000000);
    }

  /* When it wakes up, nothing is lost. */
  world_wait_until (&world, world.n_requests + 1 >= n_written);
  world_write_request (fd, "on");

  close (fd);
  world_clear (&world);
}

static void
test_too_many_bytes_are_read_slowly (void)
{
  g_autofree char *padding = g_strnfill (64 * 1024, ' ');
  g_autofree char *text = g_strconcat ("{\"action\":\"keepAlive\"", padding, "}", NULL);
  World world;
  gint64 began_us;
  int fd;

  world_init (&world);
  world.options.bytes_per_second = 512 * 1024;
  world.options.bytes_burst = 256 * 1024;
  world.deaf = TRUE;
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  /* A mebibyte: a quarter at once, then half a one a second. */
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < 16; i++)
    world_write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
  world_wait_until (&world, world.n_requests == 16);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, G_USEC_PER_SEC);
  g_assert_cmpuint (world.closed->len, ==, 0);

  close (fd);
  world_clear (&world);
}

static void
quiet_cb (gpointer data)
{
  ((World *) data)->quiet = TRUE;
}

static void
test_quiet_hub_reads_no_more_but_still_sends (void)
{
  World world;
  guint n_before;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = world_adopt (&world, TRUE, NULL);

  world_write_request (fd, "heard");
  world_assert_text (&world, fd, "heard");
  confabd_hub_quiesce (world.hub, quiet_cb, &world);
  world_wait_until (&world, world.quiet);
  n_before = world.n_requests;

  world_write_request (fd, "unheard");
  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, "told");
  world_assert_text (&world, fd, "told");
  confabd_peers_close (CONFABD_PEERS (world.hub), world_get_opened (&world, 0), 3000, "shutdown");
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 3000);
  g_assert_cmpuint (world.n_requests, ==, n_before);

  close (fd);
  world_clear (&world);
}

static void
test_name_of_a_gone_peer_reaches_nobody (void)
{
  World world;
  int first;
  int second;

  world_init (&world);
  world.options.n_threads = 1;
  world_start (&world);
  first = world_adopt (&world, TRUE, NULL);
  close (first);
  world_wait_until (&world, world.closed->len == 1);

  second = world_adopt (&world, TRUE, NULL);
  g_assert_cmpuint (world_get_opened (&world, 0), !=, world_get_opened (&world, 1));
  world_send_text (&world, world_get_opened (&world, 0), CONFABD_FRAME_DURABLE, "for the first");
  confabd_peers_close (CONFABD_PEERS (world.hub), world_get_opened (&world, 0), 3000, "shutdown");
  world_send_text (&world, world_get_opened (&world, 1), CONFABD_FRAME_DURABLE, "for the second");
  world_assert_text (&world, second, "for the second");

  close (second);
  world_clear (&world);
}

static void
stats_cb (const ConfabdHubStats *stats,
          gpointer               user_data)
{
  *(ConfabdHubStats *) user_data = *stats;
}

static void
test_stats_are_those_of_all_threads (void)
{
  ConfabdHubStats stats = { 0 };
  World world;
  int fds[4];

  world_init (&world);
  world_start (&world);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = world_adopt (&world, TRUE, NULL);
      world_write_request (fds[i], "x");
      world_assert_text (&world, fds[i], "x");
    }

  confabd_hub_collect_stats (world.hub, world.mailbox, stats_cb, &stats);
  world_wait_until (&world, stats.n_peers > 0);
  g_assert_cmpuint (stats.n_peers, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (stats.n_frames_in, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (stats.n_frames_out, ==, G_N_ELEMENTS (fds));

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  world_clear (&world);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) signal (SIGPIPE, SIG_IGN);

  g_test_add_func ("/hub/requests-come-in-and-answers-go-out",
                   test_requests_come_in_and_answers_go_out);
  g_test_add_func ("/hub/early-bytes-come-first", test_early_bytes_come_first);
  g_test_add_func ("/hub/frame-may-be-split-anywhere", test_frame_may_be_split_anywhere);
  g_test_add_func ("/hub/fan-out-reaches-its-audience", test_fan_out_reaches_its_audience);
  g_test_add_func ("/hub/slow-peer-is-closed-with-3008", test_slow_peer_is_closed_with_3008);
  g_test_add_func ("/hub/peer-without-progress-is-closed-with-3008",
                   test_peer_without_progress_is_closed_with_3008);
  g_test_add_func ("/hub/transient-frames-are-dropped-before-the-peer",
                   test_transient_frames_are_dropped_before_the_peer);
  g_test_add_func ("/hub/silent-peer-is-pinged-then-closed-with-3004",
                   test_silent_peer_is_pinged_then_closed_with_3004);
  g_test_add_func ("/hub/flood-is-refused-then-closed-with-3009",
                   test_flood_is_refused_then_closed_with_3009);
  g_test_add_func ("/hub/cut-pings-do-not-count-as-large-messages",
                   test_cut_pings_do_not_count_as_large_messages);
  g_test_add_func ("/hub/pings-without-end-are-a-flood-too",
                   test_pings_without_end_are_a_flood_too);
  g_test_add_func ("/hub/close-is-answered-with-close", test_close_is_answered_with_close);
  g_test_add_func ("/hub/close-of-the-core-waits-for-the-answer",
                   test_close_of_the_core_waits_for_the_answer);
  g_test_add_func ("/hub/close-that-is-not-answered-ends-in-time",
                   test_close_that_is_not_answered_ends_in_time);
  g_test_add_func ("/hub/unmasked-frame-is-closed-with-1002",
                   test_unmasked_frame_is_closed_with_1002);
  g_test_add_func ("/hub/half-messages-of-many-are-bounded",
                   test_half_messages_of_many_are_bounded);
  g_test_add_func ("/hub/peer-that-asks-too-much-is-not-read",
                   test_peer_that_asks_too_much_is_not_read);
  g_test_add_func ("/hub/too-many-bytes-are-read-slowly", test_too_many_bytes_are_read_slowly);
  g_test_add_func ("/hub/quiet-hub-reads-no-more-but-still-sends",
                   test_quiet_hub_reads_no_more_but_still_sends);
  g_test_add_func ("/hub/name-of-a-gone-peer-reaches-nobody",
                   test_name_of_a_gone_peer_reaches_nobody);
  g_test_add_func ("/hub/stats-are-those-of-all-threads", test_stats_are_those_of_all_threads);

  return g_test_run ();
}
