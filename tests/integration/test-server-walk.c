/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <string.h>

#define N_STEPS       3000
#define N_PEERS       16
#define N_ROOMS       3
#define BURST_OPTIONS "--frames-per-second", "100000", "--frames-burst", "100000"

/* One of the connections that come and go, and the seq it has to hear next in each room (0: any).
 */
typedef struct
{
  RawPeer  *raw;
  gboolean  native;
  gint64    next[N_ROOMS];
  gboolean  pinged;     /* waits for the answer that comes behind all others */
} Walker;

typedef struct
{
  ServerProcess *server;
  ServerAccount *accounts[3];
  Walker         walkers[N_PEERS];
  guint          n_heard;
} Walk;

static guint
pick (guint n)
{
  return (guint) g_test_rand_int_range (0, (int) n);
}

static int
get_room (JsonObject *object,
          const char *member)
{
  return json_object_get_string_member (object, member)[strlen ("Room ")] - '0';
}

static void
note_delivery (Walk   *walk,
               Walker *walker,
               int     room,
               gint64  seq)
{
  g_assert_cmpint (walker->next[room], !=, 0);
  g_assert_cmpint (seq, ==, walker->next[room]);
  walker->next[room]++;
  walk->n_heard++;
}

static void
note (Walk       *walk,
      Walker     *walker,
      JsonObject *frame)
{
  if (g_strcmp0 (json_object_get_string_member_with_default (frame, "#ref", NULL), "ping") == 0)
    walker->pinged = FALSE;
  else if (json_object_has_member (frame, "#ok"))
    {
      JsonObject *ok = json_object_get_object_member (frame, "#ok");
      JsonObject *room;

      if (!json_object_has_member (ok, "room"))
        return;
      room = json_object_get_object_member (ok, "room");
      walker->next[get_room (room, "rid")] = json_object_get_int_member (room, "seq") + 1;
    }
  else if (json_object_has_member (frame, "#message"))
    note_delivery (walk, walker, get_room (frame, "#srid"),
                   json_object_get_int_member (frame, "#seq"));
  else if (json_object_has_member (frame, "#event"))
    note_delivery (walk, walker, get_room (frame, "#room"),
                   json_object_get_int_member (json_object_get_object_member (frame, "#event"),
                                               "seq"));
}

/* What has come so far; with a time limit, until the answer to the ping is among it. */
static void
listen (Walk   *walk,
        Walker *walker,
        guint   timeout_ms)
{
  JsonObject *frame;

  while ((frame = raw_peer_receive_object (walker->raw, timeout_ms)))
    {
      if (walker->native)
        note (walk, walker, frame);
      json_object_unref (frame);
      if (timeout_ms > 0 && !walker->pinged)
        return;
    }

  g_assert_false (timeout_ms > 0 && walker->pinged);
}

static void
open_or_close (Walk   *walk,
               Walker *walker)
{
  ServerAccount *account = walk->accounts[pick (G_N_ELEMENTS (walk->accounts))];

  if (walker->raw)
    {
      g_clear_pointer (&walker->raw, raw_peer_free);
      return;
    }

  *walker = (Walker) { .native = pick (4) != 0 };
  walker->raw = walker->native ? server_process_connect (walk->server, account)
                               : server_process_connect_skapi (walk->server, account);
}

static void
ask (Walker *walker)
{
  static const char * const native[] = {
    "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"ref\":\"s\"}",
    "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"since\":2,\"ref\":\"s\"}",
    "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"since\":9,\"ref\":\"s\"}",
    "{\"action\":\"unsubscribe\",\"rid\":\"Room %u\",\"ref\":\"u\"}",
    "{\"action\":\"join\",\"rid\":\"Room %u\",\"ref\":\"j\"}",
    "{\"action\":\"join\",\"rid\":\"Room %u\",\"ref\":\"j\"}",
    "{\"action\":\"leave\",\"rid\":\"Room %u\",\"ref\":\"l\"}",
    "{\"action\":\"post\",\"rid\":\"Room %u\",\"content\":1,\"ref\":\"p\"}",
    "{\"action\":\"post\",\"rid\":\"Room %u\",\"content\":2,\"ref\":\"p\"}",
    "{\"action\":\"post\",\"rid\":\"Room %u\",\"content\":3,\"ref\":\"p\"}",
    "{\"action\":\"typing\",\"rid\":\"Room %u\",\"on\":true,\"ref\":\"t\"}",
    "{\"action\":\"read\",\"rid\":\"Room %u\",\"seq\":1,\"ref\":\"r\"}",
  };
  static const char * const skapi[] = {
    "{\"action\":\"joinRoom\",\"rid\":\"Room %u\"}",
    "{\"action\":\"broadcast\",\"rid\":\"Room %u\",\"content\":1}",
  };
  const char *format = walker->native ? native[pick (G_N_ELEMENTS (native))]
                                      : skapi[pick (G_N_ELEMENTS (skapi))];
  g_auto(GStrv) parts = g_strsplit (format, "%u", 2);

  g_assert_true (raw_peer_sendf (walker->raw, "%s%u%s", parts[0], pick (N_ROOMS), parts[1]));
}

/* Waits for all that was asked so far: a marker is written in one queue with the events. */
static void
settle (Walk   *walk,
        Walker *walker)
{
  if (!walker->raw || !walker->native)
    return;

  walker->pinged = TRUE;
  raw_peer_send (walker->raw,
                 "{\"action\":\"read\",\"rid\":\"Room 0\",\"seq\":1,\"ref\":\"ping\"}");
  listen (walk, walker, RAW_PEER_DEADLINE_MS);
}

/* Real threads, a real disk, and connections that do anything at any time: whoever is in a group
 * hears all of it, once and in order. */
static void
test_walk (void)
{
  const char *arguments[] = { BURST_OPTIONS, NULL };
  Walk walk = { .server = server_process_new (arguments) };

  walk.accounts[0] = server_process_sign_up (walk.server, "ann");
  walk.accounts[1] = server_process_sign_up (walk.server, "bob");
  walk.accounts[2] = server_process_sign_up (walk.server, "cy");

  for (guint i = 0; i < N_STEPS; i++)
    {
      Walker *walker = &walk.walkers[pick (N_PEERS)];

      if (!walker->raw || pick (40) == 0)
        open_or_close (&walk, walker);
      else
        ask (walker);

      if (pick (4) == 0)
        settle (&walk, walker);
      for (guint j = 0; j < N_PEERS; j++)
        {
          if (walk.walkers[j].raw)
            listen (&walk, &walk.walkers[j], 0);
        }
    }
  for (guint i = 0; i < N_PEERS; i++)
    settle (&walk, &walk.walkers[i]);

  g_test_message ("%u heard", walk.n_heard);
  g_assert_cmpuint (walk.n_heard, >, N_STEPS / 4);

  for (guint i = 0; i < N_PEERS; i++)
    g_clear_pointer (&walk.walkers[i].raw, raw_peer_free);
  for (guint i = 0; i < G_N_ELEMENTS (walk.accounts); i++)
    server_account_free (walk.accounts[i]);
  server_process_free (walk.server);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/walk", test_walk);

  return g_test_run ();
}
