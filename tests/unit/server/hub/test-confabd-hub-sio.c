/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "hub-world.h"

#include "wire-limits.h"
#include "wire-ws-frame.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AUDIENCE 17

/* A peer of Socket.IO, greeted. */
static int
adopt_socket_io (World *world)
{
  const ConfabdIdentity identity = { .socket_io = TRUE };
  int fd = world_adopt_as (world, &identity, NULL);
  guint8 first = 0;
  g_autofree char *text = world_read_frame (world, fd, &first);

  g_assert_cmphex (first, ==, RAW_PEER_TEXT);
  g_assert_true (g_str_has_prefix (text, "0{\"sid\":\""));
  g_assert_nonnull (strstr (text, "\"upgrades\":[]"));

  return fd;
}

static void
test_packets_come_in_whole (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt_socket_io (&world);

  world_write_text (fd, "42[\"a\"]");
  world_write_text (fd, "451-[\"b\",{\"_placeholder\":true,\"num\":0}]");
  world_write_frame (fd, RAW_PEER_BINARY, "\x01\x02\x03", 3);
  world_write_text (fd, "42[\"c\"]");
  world_wait_until (&world, strstr (world.packets->str, "c"));
  g_assert_cmpstr (world.packets->str, ==,
                   "[\"a\"]\n[\"b\",{\"$binary\":\"AQID\"}]\n[\"c\"]\n");

  close (fd);
  world_clear (&world);
}

static void
test_packet_fans_out_to_them_only (void)
{
  const guint8 attachment[] = { 0xff };
  g_autoptr(GByteArray) frames = g_byte_array_new ();
  g_autoptr(GBytes) text = wire_ws_frame_new (WIRE_WS_TEXT, "451-[]", 6);
  g_autoptr(GBytes) binary = wire_ws_frame_new (WIRE_WS_BINARY, attachment, sizeof attachment);
  g_autoptr(GBytes) both = NULL;
  g_autofree char *got = NULL;
  ConfabdPeers *peers;
  guint8 first = 0;
  World world;
  int sender;
  int other;
  int native;

  world_init (&world);
  world.options.n_threads = 1;
  world_start (&world);
  peers = CONFABD_PEERS (world.hub);
  sender = adopt_socket_io (&world);
  other = adopt_socket_io (&world);
  native = world_adopt (&world, TRUE, NULL);
  for (guint i = 0; i < 3; i++)
    confabd_peers_attach (peers, world_get_opened (&world, i), AUDIENCE);

  g_byte_array_append (frames, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_byte_array_append (frames, g_bytes_get_data (binary, NULL), g_bytes_get_size (binary));
  both = g_byte_array_free_to_bytes (g_steal_pointer (&frames));
  confabd_peers_fan_out_packet (peers, AUDIENCE, CONFABD_FRAME_DURABLE, both,
                                world_get_opened (&world, 0));
  for (guint i = 0; i < 3; i++)
    world_send_text (&world, world_get_opened (&world, i), CONFABD_FRAME_DURABLE, "end");

  world_assert_text (&world, sender, "end");
  world_assert_text (&world, native, "end");
  world_assert_text (&world, other, "451-[]");
  got = world_read_frame (&world, other, &first);
  g_assert_cmphex (first, ==, RAW_PEER_BINARY);
  g_assert_cmpstr (got, ==, "\xff");
  world_assert_text (&world, other, "end");

  close (sender);
  close (other);
  close (native);
  world_clear (&world);
}

static void
test_peer_that_answers_pings_stays (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.eio_ping_interval_ms = 200;
  world.options.eio_ping_timeout_ms = SUPPORT_WAIT_MS;
  world_start (&world);
  fd = adopt_socket_io (&world);

  for (guint i = 0; i < 3; i++)
    {
      world_assert_text (&world, fd, "2");
      world_write_text (fd, "3");
    }

  world_assert_text (&world, fd, "2");
  g_assert_cmpuint (world.closed->len, ==, 0);

  close (fd);
  world_clear (&world);
}

static void
test_silent_peer_is_closed_with_3004 (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.eio_ping_interval_ms = 200;
  world.options.eio_ping_timeout_ms = 300;
  world_start (&world);
  fd = adopt_socket_io (&world);

  world_assert_text (&world, fd, "2");
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_SILENT);

  close (fd);
  world_clear (&world);
}

static void
test_too_many_bytes_are_read_slowly (void)
{
  g_autofree char *padding = g_strnfill (64 * 1024, 'x');
  g_autofree char *text = g_strconcat ("42[\"a\",\"", padding, "\"]", NULL);
  gsize n_expected = 16 * (strlen (text) - 2 + 1);
  World world;
  gint64 began_us;
  int fd;

  world_init (&world);
  world.options.bytes_per_second = 512 * 1024;
  world.options.bytes_burst = 256 * 1024;
  world_start (&world);
  fd = adopt_socket_io (&world);

  /* A mebibyte: a quarter at once, then half a one a second. */
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < 16; i++)
    world_write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
  world_wait_until (&world, world.packets->len == n_expected);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, G_USEC_PER_SEC);
  g_assert_cmpuint (world.closed->len, ==, 0);

  close (fd);
  world_clear (&world);
}

static void
test_faulty_peer_is_closed (void)
{
  static const struct
  {
    guint8       first;
    const char  *data;
    guint        code;
  } cases[] = {
    { RAW_PEER_TEXT, "1", 1000 },
    { RAW_PEER_TEXT, "", 1002 },
    { RAW_PEER_TEXT, "0{}", 1002 },
    { RAW_PEER_TEXT, "2probe", 1002 },
    { RAW_PEER_TEXT, "5", 1002 },
    { RAW_PEER_TEXT, "7", 1002 },
    { RAW_PEER_TEXT, "4", 1002 },
    { RAW_PEER_TEXT, "47", 1002 },
    { RAW_PEER_TEXT, "42[", 1002 },
    { RAW_PEER_BINARY, "not awaited", 1002 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      World world;
      int fd;

      world_init (&world);
      world_start (&world);
      fd = adopt_socket_io (&world);
      world_write_frame (fd, cases[i].first, cases[i].data, strlen (cases[i].data));
      g_assert_cmpuint (world_read_until_close (&world, fd), ==, cases[i].code);
      g_assert_cmpstr (world.packets->str, ==, "");
      close (fd);
      world_clear (&world);
    }
}

/* Nothing of Socket.IO can be refused alone. */
static void
test_flood_is_closed_with_3009 (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.frames_per_second = 10;
  world.options.frames_burst = 50;
  world_start (&world);
  fd = adopt_socket_io (&world);

  for (guint i = 0; i < 500; i++)
    world_write_text (fd, "42[\"a\"]");

  g_assert_cmpuint (world_read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);
  g_assert_cmpuint (world.n_bad, ==, 0);

  close (fd);
  world_clear (&world);
}

/* A peer whose socket leads to HTTP requests; nobody greets it. */
static int
adopt_polling (World   *world,
               guint64 *ticket)
{
  const ConfabdIdentity identity = { .socket_io = TRUE, .polling = TRUE };
  guint before = world->opened->len;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), ==,
                   0);
  *ticket = confabd_hub_adopt (world->hub, pair[0], NULL, NULL, &identity);
  g_assert_cmpuint (*ticket, !=, 0);
  confabd_hub_flush_adopted (world->hub);
  world_wait_until (world, world->opened->len == before + 1);

  return pair[1];
}

/* Reads to the end of the first socket, and gives the hub another. */
static int
move (World   *world,
      guint64  ticket,
      int      fd)
{
  g_autoptr(GByteArray) read = g_byte_array_new ();
  guint8 byte;
  int pair[2];

  world_write_text (fd, "5");
  while (world_read_exactly (world, fd, &byte, 1) == 1)
    g_byte_array_append (read, &byte, 1);
  close (fd);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), ==,
                   0);
  confabd_hub_move (world->hub, ticket, pair[0], NULL, NULL,
                    read->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&read)) : NULL);

  return pair[1];
}

static void
test_peer_moves_to_another_socket (void)
{
  World world;
  ConfabdPeer peer;
  guint64 ticket;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt_polling (&world, &ticket);
  peer = world_get_opened (&world, 0);

  world_write_text (fd, "42[\"a\"]");
  world_wait_until (&world, strstr (world.packets->str, "a"));
  world_send_text (&world, peer, CONFABD_FRAME_DURABLE, "4one");
  world_send_text (&world, peer, CONFABD_FRAME_DURABLE, "4two");
  world_assert_text (&world, fd, "4one");

  fd = move (&world, ticket, fd);
  world_send_text (&world, peer, CONFABD_FRAME_DURABLE, "4three");
  world_assert_text (&world, fd, "4two");
  world_assert_text (&world, fd, "4three");
  world_write_text (fd, "42[\"b\"]");
  world_wait_until (&world, strstr (world.packets->str, "b"));
  g_assert_cmpuint (world.opened->len, ==, 1);
  g_assert_cmpuint (world.closed->len, ==, 0);

  /* It does not move twice. */
  world_write_text (fd, "5");
  g_assert_cmpuint (world_read_until_close (&world, fd), ==, 1002);
  close (fd);
  world_clear (&world);
}

/* The socket is full in the middle of a frame: what follows goes on there. */
static void
test_a_frame_that_was_cut_by_a_move_is_whole (void)
{
  g_autofree char *large = g_strnfill (300 * 1000, 'x');
  World world;
  ConfabdPeer peer;
  guint64 ticket;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt_polling (&world, &ticket);
  peer = world_get_opened (&world, 0);

  for (guint i = 0; i < 3; i++)
    world_send_text (&world, peer, CONFABD_FRAME_DURABLE, large);
  confabd_hub_flush (world.hub);
  fd = move (&world, ticket, fd);
  world_send_text (&world, peer, CONFABD_FRAME_DURABLE, "end");
  for (guint i = 0; i < 3; i++)
    world_assert_text (&world, fd, large);
  world_assert_text (&world, fd, "end");

  close (fd);
  world_clear (&world);
}

static void
test_who_is_closed_does_not_move (void)
{
  World world;
  guint64 ticket;
  int other;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt_polling (&world, &ticket);
  close (fd);
  world_wait_until (&world, world.closed->len == 1);

  fd = adopt_polling (&world, &(guint64) { 0 });
  other = move (&world, ticket, fd);
  world_assert_end (&world, other);
  close (other);
  world_clear (&world);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) signal (SIGPIPE, SIG_IGN);

  g_test_add_func ("/hub-sio/packets-come-in-whole", test_packets_come_in_whole);
  g_test_add_func ("/hub-sio/packet-fans-out-to-them-only",
                   test_packet_fans_out_to_them_only);
  g_test_add_func ("/hub-sio/peer-that-answers-pings-stays", test_peer_that_answers_pings_stays);
  g_test_add_func ("/hub-sio/silent-peer-is-closed-with-3004",
                   test_silent_peer_is_closed_with_3004);
  g_test_add_func ("/hub-sio/too-many-bytes-are-read-slowly",
                   test_too_many_bytes_are_read_slowly);
  g_test_add_func ("/hub-sio/faulty-peer-is-closed", test_faulty_peer_is_closed);
  g_test_add_func ("/hub-sio/flood-is-closed-with-3009",
                   test_flood_is_closed_with_3009);

  g_test_add_func ("/hub-sio/peer-moves-to-another-socket", test_peer_moves_to_another_socket);
  g_test_add_func ("/hub-sio/a-frame-that-was-cut-by-a-move-is-whole",
                   test_a_frame_that_was_cut_by_a_move_is_whole);
  g_test_add_func ("/hub-sio/who-is-closed-does-not-move", test_who_is_closed_does_not_move);

  return g_test_run ();
}
