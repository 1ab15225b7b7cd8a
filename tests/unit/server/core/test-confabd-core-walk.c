/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include <string.h>

#define N_STEPS  30000
#define N_PEERS  24
#define N_USERS  6
#define N_ROOMS  4

/* A connection that comes and goes, and which seq it has to hear next in each room (0: any). */
typedef struct
{
  ConfabdPeer peer;      /* 0: closed */
  guint       user;
  gboolean    native;
  gint64      next[N_ROOMS];
} Walker;

typedef struct
{
  World       *world;
  Walker       walkers[N_PEERS];
  ConfabdPeer  last_peer;
  guint        n_heard;
} Walk;

static guint
pick (guint n)
{
  return (guint) g_test_rand_int_range (0, (int) n);
}

static int
get_room (const char *rid)
{
  return rid && g_str_has_prefix (rid, "Room ") ? rid[5] - '0' : -1;
}

/* The reply to join or subscribe says up to where the room is known now. */
static void
note_snapshot (Walker     *walker,
               JsonObject *ok)
{
  JsonObject *room = json_object_get_object_member (ok, "room");
  JsonArray *events = json_object_has_member (ok, "events")
                        ? json_object_get_array_member (ok, "events") : NULL;
  int n = get_room (json_object_get_string_member (room, "rid"));
  gint64 seq = json_object_get_int_member (room, "seq");

  for (guint i = 1; events && i < json_array_get_length (events); i++)
    g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (events, i), "seq"),
                     ==, json_object_get_int_member (json_array_get_object_element (events, i - 1),
                                                     "seq") + 1);

  walker->next[n] = seq + 1;
}

static void
note_delivery (Walk       *walk,
               Walker     *walker,
               const char *rid,
               gint64      seq)
{
  int n = get_room (rid);

  /* Behind the snapshot, one after the other, none left out and none twice. */
  g_assert_cmpint (walker->next[n], !=, 0);
  g_assert_cmpint (seq, ==, walker->next[n]);
  walker->next[n]++;
  walk->n_heard++;
}

static void
listen (Walk   *walk,
        Walker *walker)
{
  WorldPeer *found = world_peers_find (walk->world->peers, walker->peer);
  JsonObject *frame;

  while ((frame = world_peer_take (found)))
    {
      if (walker->native && json_object_has_member (frame, "#ok"))
        {
          JsonObject *ok = json_object_get_object_member (frame, "#ok");

          if (json_object_has_member (ok, "room"))
            note_snapshot (walker, ok);
        }
      else if (walker->native && json_object_has_member (frame, "#message"))
        note_delivery (walk, walker, json_object_get_string_member (frame, "#srid"),
                       json_object_get_int_member (frame, "#seq"));
      else if (json_object_has_member (frame, "#event"))
        note_delivery (walk, walker, json_object_get_string_member (frame, "#room"),
                       json_object_get_int_member (
                         json_object_get_object_member (frame, "#event"), "seq"));

      json_object_unref (frame);
    }

  /* The core closed it. */
  if (!found->open)
    walker->peer = 0;
}

static void
open_or_close (Walk   *walk,
               Walker *walker)
{
  if (walker->peer != 0)
    {
      world_close (walk->world, walker->peer);
      walker->peer = 0;
      return;
    }

  *walker = (Walker) {
    .peer = ++walk->last_peer,
    .user = pick (N_USERS),
    .native = pick (3) != 0,
  };
  world_open_until (walk->world, walker->peer, walker->user, walker->native,
                    walk->world->now_ms + 1000 * (1 + (int) pick (5000)));
}

static void
ask (Walk   *walk,
     Walker *walker)
{
  static const char * const native[] = {
    "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"ref\":\"s\"}",
    "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"since\":2,\"ref\":\"s\"}",
    "{\"action\":\"unsubscribe\",\"rid\":\"Room %u\",\"ref\":\"u\"}",
    "{\"action\":\"join\",\"rid\":\"Room %u\",\"ref\":\"j\"}",
    "{\"action\":\"leave\",\"rid\":\"Room %u\",\"ref\":\"l\"}",
    "{\"action\":\"post\",\"rid\":\"Room %u\",\"content\":1,\"ref\":\"p\"}",
    "{\"action\":\"post\",\"rid\":\"Room %u\",\"content\":1,\"ref\":\"p\"}",
    "{\"action\":\"typing\",\"rid\":\"Room %u\",\"on\":true}",
    "{\"action\":\"read\",\"rid\":\"Room %u\",\"seq\":1}",
  };
  static const char * const skapi[] = {
    "{\"action\":\"joinRoom\",\"rid\":\"Room %u\"}",
    "{\"action\":\"broadcast\",\"rid\":\"Room %u\",\"content\":1}",
    "{\"action\":\"joinRoom\",\"rid\":null}",
  };
  const char *format = walker->native ? native[pick (G_N_ELEMENTS (native))]
                                      : skapi[pick (G_N_ELEMENTS (skapi))];
  g_auto(GStrv) parts = g_strsplit (format, "%u", 2);
  g_autofree char *text = NULL;

  text = parts[1] ? g_strdup_printf ("%s%u%s", parts[0], pick (N_ROOMS), parts[1])
                  : g_strdup (parts[0]);
  world_ask (walk->world, walker->peer, "%s", text);
}

static void
revoke_somebody (Walk *walk)
{
  BaseUuid session_id;

  world_make_user_id (pick (N_USERS), &session_id);
  confabd_core_session_revoked (walk->world->core, &session_id);

  /* Its user may come back; ten minutes are not what is walked through here. */
  walk->world->now_ms += 11 * 60 * 1000;
  confabd_core_tick (walk->world->core);
}

static void
take_step (Walk *walk)
{
  Walker *walker = &walk->walkers[pick (N_PEERS)];
  guint choice = pick (100);

  if (choice < 10 || (walker->peer == 0 && choice < 60))
    open_or_close (walk, walker);
  else if (choice < 60)
    ask (walk, walker);
  else if (choice < 80)
    world_store_let_through (walk->world->store, 1 + pick (4));
  else if (choice < 98)
    world_drain (walk->world);
  else if (choice < 99)
    {
      walk->world->now_ms += 1000 * (gint64) pick (100);
      confabd_core_tick (walk->world->core);
    }
  else if (pick (20) == 0)
    revoke_somebody (walk);

  for (guint i = 0; i < N_PEERS; i++)
    {
      if (walk->walkers[i].peer != 0)
        listen (walk, &walk->walkers[i]);
    }
}

static void
count_cb (const char *name,
          guint       n_connections,
          gpointer    user_data)
{
  *(guint *) user_data += n_connections;
}

/* Connections that do anything at any time, a log that answers when it likes: whoever is in a group
 * hears all of it, once and in order. */
static void
test_walk (World         *world,
           gconstpointer  unused)
{
  Walk walk = { .world = world };
  guint n_present = 0;

  world->store->holds = TRUE;
  for (guint i = 0; i < N_STEPS; i++)
    take_step (&walk);

  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  for (guint i = 0; i < N_PEERS; i++)
    {
      if (walk.walkers[i].peer == 0)
        continue;
      listen (&walk, &walk.walkers[i]);
      world_close (world, walk.walkers[i].peer);
    }

  g_test_message ("%u heard", walk.n_heard);
  g_assert_cmpuint (walk.n_heard, >, N_STEPS / 20);
  confabd_core_list_groups (world->core, count_cb, &n_present);
  g_assert_cmpuint (n_present, ==, 0);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/core/walk", World, NULL, world_setup, test_walk, world_teardown);

  return g_test_run ();
}
