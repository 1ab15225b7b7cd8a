/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-hub.h"
#include "raw-peer.h"
#include "wire-error.h"
#include "wire-limits.h"
#include "wire-ws-frame.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)
#define AUDIENCE    17

/* A hub with real threads; the core is the test, which drains its mailbox and answers each
 * request with its ref. */
typedef struct
{
  ConfabdHubOptions  options;
  BaseMailbox       *mailbox;
  ConfabdHub        *hub;
  GArray            *opened;       /* of ConfabdPeer, in order */
  GArray            *closed;
  guint              n_requests;
  guint              n_bad;
  guint              n_too_many;
  GString           *packets;      /* their payloads, a line each, bytes as JSON */
  gboolean           deaf;         /* requests are not answered */
  gboolean           quiet;
} World;

static World *the_world;

static void
opened_cb (gpointer               core_data,
           ConfabdPeer            peer,
           const ConfabdIdentity *identity)
{
  g_array_append_val (((World *) core_data)->opened, peer);
}

static void
closed_cb (gpointer    core_data,
           ConfabdPeer peer)
{
  g_array_append_val (((World *) core_data)->closed, peer);
}

static void
send_text (World             *world,
           ConfabdPeer        peer,
           ConfabdFrameClass  frame_class,
           const char        *text)
{
  g_autoptr(GBytes) frame = wire_ws_frame_new (WIRE_WS_TEXT, text, strlen (text));

  confabd_peers_send (CONFABD_PEERS (world->hub), peer, frame_class, frame);
}

static void
request_cb (gpointer     core_data,
            ConfabdPeer  peer,
            WireRequest *request)
{
  World *world = core_data;

  world->n_requests++;
  if (!world->deaf)
    send_text (world, peer, CONFABD_FRAME_DURABLE, request->ref ? request->ref : "none");
  wire_request_free (request);
}

static void
bad_request_cb (gpointer      core_data,
                ConfabdPeer   peer,
                const char   *ref,
                const GError *error)
{
  World *world = core_data;

  world->n_bad++;
  world->n_too_many += g_error_matches (error, WIRE_ERROR, WIRE_ERROR_TOO_MANY_REQUESTS);
}

static void
packet_cb (gpointer       core_data,
           ConfabdPeer    peer,
           WireSioPacket *packet)
{
  World *world = core_data;
  g_autoptr(GBytes) json = wire_sio_packet_dup_json (packet);

  g_string_append_len (world->packets, g_bytes_get_data (json, NULL), g_bytes_get_size (json));
  g_string_append_c (world->packets, '\n');
  wire_sio_packet_free (packet);
}

static const ConfabdHubEvents events = {
  .opened = opened_cb,
  .closed = closed_cb,
  .request = request_cb,
  .bad_request = bad_request_cb,
  .packet = packet_cb,
};

static void
world_init (World *world)
{
  *world = (World) { 0 };
  world->mailbox = base_mailbox_new ();
  world->opened = g_array_new (FALSE, FALSE, sizeof (ConfabdPeer));
  world->closed = g_array_new (FALSE, FALSE, sizeof (ConfabdPeer));
  world->packets = g_string_new (NULL);
  confabd_hub_options_init (&world->options);
  world->options.core_mailbox = world->mailbox;
  world->options.events = &events;
  world->options.n_threads = 2;
  the_world = world;
}

static void
world_start (World *world)
{
  world->hub = confabd_hub_new (&world->options);
  confabd_hub_start (world->hub, world);
}

static void
world_clear (World *world)
{
  confabd_hub_stop (world->hub, 0);
  while (base_mailbox_drain (world->mailbox) > 0)
    confabd_hub_flush (world->hub);
  g_assert_cmpuint (world->closed->len, ==, world->opened->len);
  g_assert_finalize_object (world->hub);
  base_mailbox_unref (world->mailbox);
  g_array_unref (world->opened);
  g_array_unref (world->closed);
  g_string_free (world->packets, TRUE);
}

/* One turn of the core; waits a little if there is nothing to do. */
static void
turn (World *world)
{
  struct pollfd mailbox = { .fd = base_mailbox_get_fd (world->mailbox), .events = POLLIN };

  (void) poll (&mailbox, 1, 10);
  base_mailbox_drain (world->mailbox);
  confabd_hub_flush (world->hub);
}

#define wait_until(world, condition)                               \
        G_STMT_START {                                             \
          gint64 deadline = g_get_monotonic_time () + DEADLINE_US; \
          while (!(condition))                                     \
            {                                                      \
              g_assert_cmpint (g_get_monotonic_time (), <, deadline); \
              turn (world);                                        \
            }                                                      \
        } G_STMT_END

static int
adopt_as (World                 *world,
          const ConfabdIdentity *identity,
          const char            *early)
{
  g_autoptr(GBytes) frame = early ? raw_peer_make_frame (RAW_PEER_TEXT, TRUE, early,
                                                         strlen (early)) : NULL;
  guint before = world->opened->len;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), ==,
                   0);
  confabd_hub_adopt (world->hub, pair[0], NULL, g_steal_pointer (&frame), identity);
  confabd_hub_flush_adopted (world->hub);
  wait_until (world, world->opened->len == before + 1);

  return pair[1];
}

static int
adopt (World      *world,
       gboolean    native,
       const char *early)
{
  const ConfabdIdentity identity = { .native = native };

  return adopt_as (world, &identity, early);
}

static ConfabdPeer
get_opened (World *world,
            guint  n)
{
  return g_array_index (world->opened, ConfabdPeer, n);
}

static void
write_all (int         fd,
           const void *data,
           gsize       length)
{
  while (length > 0)
    {
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        {
          turn (the_world);
          continue;
        }

      if (n < 0)
        return;

      data = (const guint8 *) data + n;
      length -= n;
    }
}

static void
write_frame (int         fd,
             guint8      first,
             const void *data,
             gsize       length)
{
  g_autoptr(GBytes) frame = raw_peer_make_frame (first, TRUE, data, length);

  write_all (fd, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

static void
write_request (int         fd,
               const char *ref)
{
  g_autofree char *text = g_strdup_printf ("{\"action\":\"keepAlive\",\"ref\":\"%s\"}", ref);

  write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
}

/* The next @length bytes; fewer at the end of the stream. */
static gsize
read_exactly (World  *world,
              int     fd,
              guint8 *data,
              gsize   length)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  gsize n = 0;

  while (n < length)
    {
      gssize got = recv (fd, data + n, length - n, 0);

      if (got == 0 || (got < 0 && errno != EAGAIN))
        return n;

      n += MAX (got, 0);
      if (got < 0)
        turn (world);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }

  return n;
}

/* A frame of the server; NULL at the end. */
static char *
read_frame (World  *world,
            int     fd,
            guint8 *first)
{
  guint8 header[2];
  guint8 longer[8];
  gsize length;
  char *text;

  if (read_exactly (world, fd, header, 2) < 2)
    return NULL;

  *first = header[0];
  length = header[1];
  g_assert_cmpuint (length & 0x80, ==, 0);

  if (length == 126)
    {
      g_assert_cmpuint (read_exactly (world, fd, longer, 2), ==, 2);
      length = longer[0] << 8 | longer[1];
    }
  else if (length == 127)
    {
      g_assert_cmpuint (read_exactly (world, fd, longer, 8), ==, 8);
      length = 0;
      for (guint i = 0; i < 8; i++)
        length = length << 8 | longer[i];
    }

  text = g_malloc0 (length + 1);
  g_assert_cmpuint (read_exactly (world, fd, (guint8 *) text, length), ==, length);

  return text;
}

static void
assert_text (World      *world,
             int         fd,
             const char *expected)
{
  guint8 first = 0;
  g_autofree char *text = read_frame (world, fd, &first);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmphex (first, ==, RAW_PEER_TEXT);
}

/* Passes over what else comes. */
static guint
read_until_close (World *world,
                  int    fd)
{
  for (;;)
    {
      guint8 first = 0;
      g_autofree char *text = read_frame (world, fd, &first);

      if (!text)
        return 0;

      if (first == RAW_PEER_CLOSE)
        return (guint8) text[0] << 8 | (guint8) text[1];
    }
}

static void
assert_end (World *world,
            int    fd)
{
  guint8 byte;

  g_assert_cmpuint (read_exactly (world, fd, &byte, 1), ==, 0);
}

static void
test_requests_come_in_and_answers_go_out (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt (&world, TRUE, NULL);

  write_request (fd, "one");
  assert_text (&world, fd, "one");
  write_request (fd, "two");
  write_request (fd, "three");
  assert_text (&world, fd, "two");
  assert_text (&world, fd, "three");

  close (fd);
  wait_until (&world, world.closed->len == 1);
  world_clear (&world);
}

static void
test_early_bytes_come_first (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt (&world, TRUE, "{\"action\":\"keepAlive\",\"ref\":\"early\"}");
  write_request (fd, "late");
  assert_text (&world, fd, "early");
  assert_text (&world, fd, "late");

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
  fd = adopt (&world, TRUE, NULL);

  for (gsize split = 1; split < length; split++)
    {
      write_all (fd, data, split);
      turn (&world);
      write_all (fd, data + split, length - split);
      assert_text (&world, fd, "whole");
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
    fds[i] = adopt (&world, i != 1, NULL);
  for (guint i = 0; i < 4; i++)
    confabd_peers_attach (peers, get_opened (&world, i), AUDIENCE);

  confabd_peers_fan_out (peers, AUDIENCE, CONFABD_FRAME_DURABLE, native, skapi,
                         get_opened (&world, 2));
  confabd_peers_detach (peers, get_opened (&world, 3), AUDIENCE);
  confabd_peers_fan_out (peers, AUDIENCE, CONFABD_FRAME_DURABLE, native, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    send_text (&world, get_opened (&world, i), CONFABD_FRAME_DURABLE, "end");

  assert_text (&world, fds[0], "native");
  assert_text (&world, fds[0], "native");
  assert_text (&world, fds[0], "end");
  assert_text (&world, fds[1], "skapi");
  assert_text (&world, fds[1], "end");
  assert_text (&world, fds[2], "native");
  assert_text (&world, fds[2], "end");
  assert_text (&world, fds[3], "native");
  assert_text (&world, fds[3], "end");
  assert_text (&world, fds[4], "end");

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
  slow = adopt (&world, TRUE, NULL);
  quick = adopt (&world, TRUE, NULL);
  confabd_peers_attach (CONFABD_PEERS (world.hub), get_opened (&world, 0), AUDIENCE);

  for (guint i = 0; i < 1000 && world.closed->len == 0; i++)
    {
      confabd_peers_fan_out (CONFABD_PEERS (world.hub), AUDIENCE, CONFABD_FRAME_DURABLE, frame,
                             NULL, 0);
      write_request (quick, "still here");
      assert_text (&world, quick, "still here");
    }

  wait_until (&world, world.closed->len == 1);
  g_assert_cmpuint (g_array_index (world.closed, ConfabdPeer, 0), ==, get_opened (&world, 0));
  g_assert_cmpuint (read_until_close (&world, slow), ==, WIRE_CLOSE_SLOW);

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
  fd = adopt (&world, TRUE, NULL);

  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, big);
  wait_until (&world, world.closed->len == 1);
  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_SLOW);

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
  fd = adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    {
      send_text (&world, get_opened (&world, 0), CONFABD_FRAME_TRANSIENT, big);
      confabd_hub_flush (world.hub);
    }
  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, "kept");

  for (;;)
    {
      guint8 first;
      g_autofree char *text = read_frame (&world, fd, &first);

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

static void
test_silent_peer_is_pinged_then_closed_with_3004 (void)
{
  World world;
  guint8 first;
  int fd;

  world_init (&world);
  world.options.ping_ms = 300;
  world_start (&world);
  fd = adopt (&world, TRUE, NULL);

  /* Who answers stays. */
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *text = read_frame (&world, fd, &first);

      g_assert_cmpstr (text, ==, "");
      g_assert_cmphex (first, ==, RAW_PEER_PING);
      write_frame (fd, RAW_PEER_PONG, "", 0);
    }

  g_assert_cmpuint (world.closed->len, ==, 0);
  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_SILENT);

  close (fd);
  world_clear (&world);
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
  fd = adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));

      g_byte_array_append (flood, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
    }

  write_all (fd, flood->data, flood->len);
  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);
  wait_until (&world, world.closed->len == 1);
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
  fd = adopt (&world, TRUE, NULL);
  write_all (fd, bytes, length / 2);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(GByteArray) cut = g_byte_array_new ();
      g_autofree char *pong = NULL;
      guint8 first = 0;

      g_byte_array_append (cut, bytes + length / 2, length - length / 2);
      g_byte_array_append (cut, bytes, length / 2);
      write_all (fd, cut->data, cut->len);
      pong = read_frame (&world, fd, &first);
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
  fd = adopt (&world, TRUE, NULL);

  for (guint i = 0; i < 500; i++)
    write_frame (fd, RAW_PEER_PING, "x", 1);

  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);

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
  fd = adopt (&world, TRUE, NULL);

  write_request (fd, "before");
  assert_text (&world, fd, "before");
  write_frame (fd, RAW_PEER_CLOSE, "\x03\xe9", 2);
  g_assert_cmpuint (read_until_close (&world, fd), ==, 1001);
  assert_end (&world, fd);
  wait_until (&world, world.closed->len == 1);

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
  fd = adopt (&world, TRUE, NULL);

  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, "last");
  confabd_peers_close (CONFABD_PEERS (world.hub), get_opened (&world, 0), 3501, "session revoked");
  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, "too late");
  assert_text (&world, fd, "last");
  g_assert_cmpuint (read_until_close (&world, fd), ==, 3501);
  wait_until (&world, world.closed->len == 1);

  /* What it asks now is heard by nobody. */
  write_request (fd, "late");
  write_frame (fd, RAW_PEER_CLOSE, "\x0d\xad", 2);
  assert_end (&world, fd);
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
  fd = adopt (&world, TRUE, NULL);

  confabd_peers_close (CONFABD_PEERS (world.hub), get_opened (&world, 0), 3000, "shutdown");
  g_assert_cmpuint (read_until_close (&world, fd), ==, 3000);
  assert_end (&world, fd);

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
  fd = adopt (&world, TRUE, NULL);

  write_all (fd, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  g_assert_cmpuint (read_until_close (&world, fd), ==, 1002);
  assert_end (&world, fd);

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
      fds[i] = adopt (&world, TRUE, NULL);
      write_frame (fds[i], 0x01, part, strlen (part));
    }

  wait_until (&world, world.closed->len >= n_fds - 8);
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
  fd = adopt (&world, TRUE, NULL);

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
  wait_until (&world, world.n_requests + 1 >= n_written);
  write_request (fd, "on");

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
  fd = adopt (&world, TRUE, NULL);

  /* A mebibyte: a quarter at once, then half a one a second. */
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < 16; i++)
    write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
  wait_until (&world, world.n_requests == 16);
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
  fd = adopt (&world, TRUE, NULL);

  write_request (fd, "heard");
  assert_text (&world, fd, "heard");
  confabd_hub_quiesce (world.hub, quiet_cb, &world);
  wait_until (&world, world.quiet);
  n_before = world.n_requests;

  write_request (fd, "unheard");
  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, "told");
  assert_text (&world, fd, "told");
  confabd_peers_close (CONFABD_PEERS (world.hub), get_opened (&world, 0), 3000, "shutdown");
  g_assert_cmpuint (read_until_close (&world, fd), ==, 3000);
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
  first = adopt (&world, TRUE, NULL);
  close (first);
  wait_until (&world, world.closed->len == 1);

  second = adopt (&world, TRUE, NULL);
  g_assert_cmpuint (get_opened (&world, 0), !=, get_opened (&world, 1));
  send_text (&world, get_opened (&world, 0), CONFABD_FRAME_DURABLE, "for the first");
  confabd_peers_close (CONFABD_PEERS (world.hub), get_opened (&world, 0), 3000, "shutdown");
  send_text (&world, get_opened (&world, 1), CONFABD_FRAME_DURABLE, "for the second");
  assert_text (&world, second, "for the second");

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
      fds[i] = adopt (&world, TRUE, NULL);
      write_request (fds[i], "x");
      assert_text (&world, fds[i], "x");
    }

  confabd_hub_collect_stats (world.hub, world.mailbox, stats_cb, &stats);
  wait_until (&world, stats.n_peers > 0);
  g_assert_cmpuint (stats.n_peers, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (stats.n_frames_in, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (stats.n_frames_out, ==, G_N_ELEMENTS (fds));

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  world_clear (&world);
}

static void
write_text (int         fd,
            const char *text)
{
  write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
}

/* A peer of Socket.IO, greeted. */
static int
adopt_socket_io (World *world)
{
  const ConfabdIdentity identity = { .socket_io = TRUE };
  int fd = adopt_as (world, &identity, NULL);
  guint8 first = 0;
  g_autofree char *text = read_frame (world, fd, &first);

  g_assert_cmphex (first, ==, RAW_PEER_TEXT);
  g_assert_true (g_str_has_prefix (text, "0{\"sid\":\""));
  g_assert_nonnull (strstr (text, "\"upgrades\":[]"));

  return fd;
}

static void
test_socket_io_packets_come_in_whole (void)
{
  World world;
  int fd;

  world_init (&world);
  world_start (&world);
  fd = adopt_socket_io (&world);

  write_text (fd, "42[\"a\"]");
  write_text (fd, "451-[\"b\",{\"_placeholder\":true,\"num\":0}]");
  write_frame (fd, RAW_PEER_BINARY, "\x01\x02\x03", 3);
  write_text (fd, "42[\"c\"]");
  wait_until (&world, strstr (world.packets->str, "c"));
  g_assert_cmpstr (world.packets->str, ==,
                   "[\"a\"]\n[\"b\",{\"$binary\":\"AQID\"}]\n[\"c\"]\n");

  close (fd);
  world_clear (&world);
}

static void
test_packet_fans_out_to_socket_io_only (void)
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
  native = adopt (&world, TRUE, NULL);
  for (guint i = 0; i < 3; i++)
    confabd_peers_attach (peers, get_opened (&world, i), AUDIENCE);

  g_byte_array_append (frames, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_byte_array_append (frames, g_bytes_get_data (binary, NULL), g_bytes_get_size (binary));
  both = g_byte_array_free_to_bytes (g_steal_pointer (&frames));
  confabd_peers_fan_out_packet (peers, AUDIENCE, CONFABD_FRAME_DURABLE, both,
                                get_opened (&world, 0));
  for (guint i = 0; i < 3; i++)
    send_text (&world, get_opened (&world, i), CONFABD_FRAME_DURABLE, "end");

  assert_text (&world, sender, "end");
  assert_text (&world, native, "end");
  assert_text (&world, other, "451-[]");
  got = read_frame (&world, other, &first);
  g_assert_cmphex (first, ==, RAW_PEER_BINARY);
  g_assert_cmpstr (got, ==, "\xff");
  assert_text (&world, other, "end");

  close (sender);
  close (other);
  close (native);
  world_clear (&world);
}

static void
test_silent_socket_io_peer_is_closed_with_3004 (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.eio_ping_interval_ms = 200;
  world.options.eio_ping_timeout_ms = 300;
  world_start (&world);
  fd = adopt_socket_io (&world);

  for (guint i = 0; i < 3; i++)
    {
      assert_text (&world, fd, "2");
      write_text (fd, "3");
    }

  g_assert_cmpuint (world.closed->len, ==, 0);
  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_SILENT);

  close (fd);
  world_clear (&world);
}

static void
test_faulty_socket_io_peer_is_closed (void)
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
      write_frame (fd, cases[i].first, cases[i].data, strlen (cases[i].data));
      g_assert_cmpuint (read_until_close (&world, fd), ==, cases[i].code);
      g_assert_cmpstr (world.packets->str, ==, "");
      close (fd);
      world_clear (&world);
    }
}

/* Nothing of Socket.IO can be refused alone. */
static void
test_flood_of_socket_io_is_closed_with_3009 (void)
{
  World world;
  int fd;

  world_init (&world);
  world.options.frames_per_second = 10;
  world.options.frames_burst = 50;
  world_start (&world);
  fd = adopt_socket_io (&world);

  for (guint i = 0; i < 500; i++)
    write_text (fd, "42[\"a\"]");

  g_assert_cmpuint (read_until_close (&world, fd), ==, WIRE_CLOSE_FLOOD);
  g_assert_cmpuint (world.n_bad, ==, 0);

  close (fd);
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
  g_test_add_func ("/hub/socket-io-packets-come-in-whole", test_socket_io_packets_come_in_whole);
  g_test_add_func ("/hub/packet-fans-out-to-socket-io-only",
                   test_packet_fans_out_to_socket_io_only);
  g_test_add_func ("/hub/silent-socket-io-peer-is-closed-with-3004",
                   test_silent_socket_io_peer_is_closed_with_3004);
  g_test_add_func ("/hub/faulty-socket-io-peer-is-closed", test_faulty_socket_io_peer_is_closed);
  g_test_add_func ("/hub/flood-of-socket-io-is-closed-with-3009",
                   test_flood_of_socket_io_is_closed_with_3009);

  return g_test_run ();
}
