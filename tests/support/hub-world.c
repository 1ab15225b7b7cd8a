/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "hub-world.h"

#include "wire-error.h"
#include "wire-ws-frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

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

void
world_send_text (World             *world,
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
    world_send_text (world, peer, CONFABD_FRAME_DURABLE, request->ref ? request->ref : "none");
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

void
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

void
world_start (World *world)
{
  world->hub = confabd_hub_new (&world->options);
  confabd_hub_start (world->hub, world);
}

void
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
void
world_turn (World *world)
{
  struct pollfd mailbox = { .fd = base_mailbox_get_fd (world->mailbox), .events = POLLIN };

  (void) poll (&mailbox, 1, 10);
  base_mailbox_drain (world->mailbox);
  confabd_hub_flush (world->hub);
}

int
world_adopt_as (World                 *world,
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
  world_wait_until (world, world->opened->len == before + 1);

  return pair[1];
}

int
world_adopt (World      *world,
             gboolean    native,
             const char *early)
{
  const ConfabdIdentity identity = { .native = native };

  return world_adopt_as (world, &identity, early);
}

ConfabdPeer
world_get_opened (World *world,
                  guint  n)
{
  return g_array_index (world->opened, ConfabdPeer, n);
}

void
world_write_all (int         fd,
                 const void *data,
                 gsize       length)
{
  while (length > 0)
    {
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        {
          world_turn (the_world);
          continue;
        }

      if (n < 0)
        return;

      data = (const guint8 *) data + n;
      length -= n;
    }
}

void
world_write_frame (int         fd,
                   guint8      first,
                   const void *data,
                   gsize       length)
{
  g_autoptr(GBytes) frame = raw_peer_make_frame (first, TRUE, data, length);

  world_write_all (fd, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

void
world_write_request (int         fd,
                     const char *ref)
{
  g_autofree char *text = g_strdup_printf ("{\"action\":\"keepAlive\",\"ref\":\"%s\"}", ref);

  world_write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
}

/* The next @length bytes; fewer at the end of the stream. */
gsize
world_read_exactly (World  *world,
                    int     fd,
                    guint8 *data,
                    gsize   length)
{
  gint64 deadline = g_get_monotonic_time () + WORLD_DEADLINE_US;
  gsize n = 0;

  while (n < length)
    {
      gssize got = recv (fd, data + n, length - n, 0);

      if (got == 0 || (got < 0 && errno != EAGAIN))
        return n;

      n += MAX (got, 0);
      if (got < 0)
        world_turn (world);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }

  return n;
}

/* A frame of the server; NULL at the end. */
char *
world_read_frame (World  *world,
                  int     fd,
                  guint8 *first)
{
  guint8 header[2];
  guint8 longer[8];
  gsize length;
  char *text;

  if (world_read_exactly (world, fd, header, 2) < 2)
    return NULL;

  *first = header[0];
  length = header[1];
  g_assert_cmpuint (length & 0x80, ==, 0);

  if (length == 126)
    {
      g_assert_cmpuint (world_read_exactly (world, fd, longer, 2), ==, 2);
      length = longer[0] << 8 | longer[1];
    }
  else if (length == 127)
    {
      g_assert_cmpuint (world_read_exactly (world, fd, longer, 8), ==, 8);
      length = 0;
      for (guint i = 0; i < 8; i++)
        length = length << 8 | longer[i];
    }

  text = g_malloc0 (length + 1);
  g_assert_cmpuint (world_read_exactly (world, fd, (guint8 *) text, length), ==, length);

  return text;
}

void
world_assert_text (World      *world,
                   int         fd,
                   const char *expected)
{
  guint8 first = 0;
  g_autofree char *text = world_read_frame (world, fd, &first);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmphex (first, ==, RAW_PEER_TEXT);
}

/* Passes over what else comes. */
guint
world_read_until_close (World *world,
                        int    fd)
{
  for (;;)
    {
      guint8 first = 0;
      g_autofree char *text = world_read_frame (world, fd, &first);

      if (!text)
        return 0;

      if (first == RAW_PEER_CLOSE)
        return (guint8) text[0] << 8 | (guint8) text[1];
    }
}

void
world_assert_end (World *world,
                  int    fd)
{
  guint8 byte;

  g_assert_cmpuint (world_read_exactly (world, fd, &byte, 1), ==, 0);
}

void
world_write_text (int         fd,
                  const char *text)
{
  world_write_frame (fd, RAW_PEER_TEXT, text, strlen (text));
}
