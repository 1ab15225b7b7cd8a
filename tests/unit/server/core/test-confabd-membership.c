/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

static void
subscribe (World       *world,
           ConfabdPeer  peer,
           const char  *rid,
           const char  *more)
{
  world_ask (world, peer, "{\"action\":\"subscribe\",\"rid\":\"%s\",\"ref\":\"s\"%s}", rid, more);
}

static void
post (World       *world,
      ConfabdPeer  peer,
      guint        content)
{
  world_ask (world, peer, "{\"action\":\"post\",\"rid\":\"Room\",\"content\":%u,\"ref\":\"p\"}",
             content);
}

/* The seqs of the events of a snapshot and of the deliveries that follow, as a text. */
static char *
take_seqs (World       *world,
           ConfabdPeer  peer)
{
  g_autoptr(GString) seqs = g_string_new (NULL);
  g_autoptr(JsonObject) frame = NULL;

  while ((frame = world_peer_take (world_peers_find (world->peers, peer))))
    {
      JsonObject *ok = json_object_has_member (frame, "#ok")
                         ? json_object_get_object_member (frame, "#ok") : NULL;
      JsonArray *events = ok && json_object_has_member (ok, "events")
                            ? json_object_get_array_member (ok, "events") : NULL;

      for (guint i = 0; events && i < json_array_get_length (events); i++)
        g_string_append_printf (seqs, "%d ",
                                (int) json_object_get_int_member (
                                  json_array_get_object_element (events, i), "seq"));
      if (json_object_has_member (frame, "#message"))
        g_string_append_printf (seqs, "%d ", (int) json_object_get_int_member (frame, "#seq"));
      g_clear_pointer (&frame, json_object_unref);
    }

  return g_string_free_and_steal (g_steal_pointer (&seqs));
}

static void
test_snapshot_tells_the_room (World         *world,
                              gconstpointer  unused)
{
  g_autofree char *user_id = world_dup_user_id (1);
  g_autoptr(JsonObject) frame = NULL;
  JsonObject *ok;
  JsonObject *room;

  world_open (world, 1, 1, TRUE);
  subscribe (world, 1, "Room", "");
  frame = world_take (world, 1, "#ok");
  ok = json_object_get_object_member (frame, "#ok");
  room = json_object_get_object_member (ok, "room");

  g_assert_cmpstr (json_object_get_string_member (room, "rid"), ==, "Room");
  g_assert_cmpstr (json_object_get_string_member (room, "kind"), ==, "group");
  g_assert_cmpstr (json_object_get_string_member (room, "epoch"), ==, "epoch");
  g_assert_cmpint (json_object_get_int_member (room, "present"), ==, 1);
  g_assert_false (json_object_get_boolean_member (room, "member"));
  g_assert_true (json_object_get_null_member (room, "last"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (ok, "events")), ==, 0);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (ok, "present"), 0),
                   ==, user_id);
  json_object_unref (world_take (world, 1, "#notice"));
  world_assert_quiet (world, 1);
}

/* The heart of it: whatever is committed before the snapshot is in it, whatever is after is
 * delivered. */
static void
test_snapshot_and_deliveries_neither_overlap_nor_leave_a_gap (World         *world,
                                                              gconstpointer  unused)
{
  g_autofree char *seqs = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  subscribe (world, 1, "Room", "");
  world_drain (world);
  world->store->holds = TRUE;

  post (world, 1, 1);
  post (world, 1, 2);
  subscribe (world, 2, "Room", "");
  post (world, 1, 3);

  /* One at a time, the mailbox drained or not in between. */
  world_store_let_through (world->store, 1);
  world_drain (world);
  world_store_let_through (world->store, 2);
  world_store_let_through (world->store, 1);
  world_drain (world);

  seqs = take_seqs (world, 2);
  g_assert_cmpstr (seqs, ==, "1 2 3 ");
}

static void
test_subscribing_again_is_a_new_snapshot_without_a_gap (World         *world,
                                                        gconstpointer  unused)
{
  g_autofree char *seqs = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  subscribe (world, 1, "Room", "");
  subscribe (world, 2, "Room", "");
  world_drain (world);
  world_forget (world, 1);
  world_forget (world, 2);
  world->store->holds = TRUE;

  post (world, 1, 1);
  subscribe (world, 2, "Room", ",\"since\":0,\"epoch\":\"epoch\"");
  post (world, 1, 2);
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  /* It stayed present all the time: nobody is told otherwise. */
  seqs = take_seqs (world, 2);
  g_assert_cmpstr (seqs, ==, "1 2 ");
  world_assert_ok (world, 1, "p");
  json_object_unref (world_take (world, 1, "#message"));
  world_assert_ok (world, 1, "p");
  json_object_unref (world_take (world, 1, "#message"));
  world_assert_quiet (world, 1);
}

static void
test_unsubscribe_overtakes_its_subscribe (World         *world,
                                          gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world->store->holds = TRUE;
  subscribe (world, 1, "Room", "");
  world_ask (world, 1, "{\"action\":\"unsubscribe\",\"rid\":\"Room\",\"ref\":\"u\"}");
  world_assert_ok (world, 1, "u");
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  world_assert_ok (world, 1, "s");
  world_assert_quiet (world, 1);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
}

static void
test_second_of_two_subscribes_counts (World         *world,
                                      gconstpointer  unused)
{
  g_autofree char *seqs = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  subscribe (world, 1, "Room", "");
  world_drain (world);
  world->store->holds = TRUE;
  subscribe (world, 2, "Room", "");
  world_ask (world, 2, "{\"action\":\"unsubscribe\",\"rid\":\"Room\",\"ref\":\"u\"}");
  world_assert_ok (world, 2, "u");
  post (world, 1, 1);
  subscribe (world, 2, "Room", "");
  post (world, 1, 2);
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  seqs = take_seqs (world, 2);
  g_assert_cmpstr (seqs, ==, "1 2 ");
}

static void
test_failed_snapshot_leaves_no_seat (World         *world,
                                     gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world->store->fails_tails = TRUE;
  subscribe (world, 1, "Room", "");
  world_assert_error (world, 1, "ERROR");
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  world_assert_error (world, 1, "ERROR");
  world_assert_quiet (world, 1);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
}

static void
test_direct_room_needs_no_seat (World         *world,
                                gconstpointer  unused)
{
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *rid = g_strconcat ("@", other, NULL);
  g_autoptr(JsonObject) frame = NULL;
  JsonObject *room;

  world_open (world, 1, 1, TRUE);
  subscribe (world, 1, rid, "");
  frame = world_take (world, 1, "#ok");
  room = json_object_get_object_member (json_object_get_object_member (frame, "#ok"), "room");
  g_assert_cmpstr (json_object_get_string_member (room, "rid"), ==, rid);
  g_assert_cmpstr (json_object_get_string_member (room, "kind"), ==, "direct");
  g_assert_cmpint (json_object_get_int_member (room, "present"), ==, 1);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);

  world_ask (world, 1, "{\"action\":\"unsubscribe\",\"rid\":\"%s\",\"ref\":\"u\"}", rid);
  world_assert_ok (world, 1, "u");
}

static void
test_direct_room_with_a_stranger_does_not_exist (World         *world,
                                                 gconstpointer  unused)
{
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *rid = g_strconcat ("@", other, NULL);
  BaseUuid user_id;

  world_make_user_id (2, &user_id);
  g_hash_table_add (world->store->strangers, g_memdup2 (&user_id, sizeof user_id));
  world_open (world, 1, 1, TRUE);
  subscribe (world, 1, rid, "");
  world_assert_error (world, 1, "NOT_EXISTS");
}

static void
test_join_makes_a_member_and_tells_everyone (World         *world,
                                             gconstpointer  unused)
{
  g_autoptr(JsonObject) frame = NULL;
  g_autoptr(JsonObject) event = NULL;
  JsonObject *room;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, TRUE);
  subscribe (world, 1, "Room", "");
  world_drain (world);
  world_forget (world, 1);

  world_ask (world, 2, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  frame = world_take (world, 2, "#ok");
  room = json_object_get_object_member (json_object_get_object_member (frame, "#ok"), "room");
  g_assert_true (json_object_get_boolean_member (room, "member"));
  g_assert_cmpint (json_object_get_int_member (room, "members"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (room, "seq"), ==, 1);
  json_object_unref (world_take (world, 2, "#notice"));
  world_assert_quiet (world, 2);

  event = world_take (world, 1, "#event");
  g_assert_cmpstr (json_object_get_string_member (event, "#room"), ==, "Room");
  json_object_unref (world_take (world, 1, "#notice"));
  json_object_unref (world_take (world, 3, "#room"));
  world_assert_quiet (world, 3);
}

static void
test_join_again_is_no_news (World         *world,
                            gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 1, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      world_forget (world, 1);
      world_forget (world, 2);
      world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
    }

  world_assert_ok (world, 1, "j");
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 2);
}

static void
test_join_on_a_full_disk_is_refused_whole (World         *world,
                                           gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 1, TRUE);
  world->store->next_status = CONFABD_APPEND_FULL;
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");

  world_assert_error (world, 1, "STORAGE_FULL");
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 2);

  /* Attached to its user, who has two connections, and to nothing else. */
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 2);
}

/* join has no events in its answer: it must not take the snapshot's place. */
static void
test_join_behind_subscribe_leaves_no_gap (World         *world,
                                          gconstpointer  unused)
{
  g_autofree char *seqs = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  subscribe (world, 1, "Room", "");
  world_drain (world);
  world->store->holds = TRUE;
  subscribe (world, 2, "Room", "");
  post (world, 1, 1);
  world_ask (world, 2, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  post (world, 1, 2);
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  seqs = take_seqs (world, 2);
  g_assert_cmpstr (seqs, ==, "1 3 ");
}

static void
test_leave_ends_all_of_the_users_presence (World         *world,
                                           gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, TRUE);
  subscribe (world, 1, "Room", "");
  world_ask (world, 2, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  subscribe (world, 3, "Room", "");
  for (guint i = 1; i <= 3; i++)
    world_forget (world, i);

  world_ask (world, 2, "{\"action\":\"leave\",\"rid\":\"Room\",\"ref\":\"l\"}");

  json_object_unref (world_take (world, 1, "#event"));
  json_object_unref (world_take (world, 1, "#notice"));
  json_object_unref (world_take (world, 1, "#notice"));
  json_object_unref (world_take (world, 2, "#event"));
  json_object_unref (world_take (world, 3, "#event"));
  for (ConfabdPeer peer = 2; peer <= 3; peer++)
    {
      g_autofree char *text = world_take_text (world, peer);

      /* The second of them to go hears of the first. */
      if (text && strstr (text, "#notice"))
        {
          g_free (text);
          text = world_take_text (world, peer);
        }
      g_assert_nonnull (strstr (text, peer == 2 ? "\"#ok\"" : "\"#left\":\"Room\""));
      world_assert_quiet (world, peer);
    }

  post (world, 2, 1);
  world_assert_error (world, 2, "INVALID_REQUEST");
}

static void
test_leave_refused_by_the_log_changes_nothing (World         *world,
                                               gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  world_forget (world, 1);
  world->store->next_status = CONFABD_APPEND_FULL;
  world_ask (world, 1, "{\"action\":\"leave\",\"rid\":\"Room\",\"ref\":\"l\"}");
  world_assert_error (world, 1, "STORAGE_FULL");
  post (world, 1, 1);
  world_assert_ok (world, 1, "p");
}

static void
test_join_asked_behind_leave_stands (World         *world,
                                     gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world->store->holds = TRUE;
  world_ask (world, 1, "{\"action\":\"leave\",\"rid\":\"Room\",\"ref\":\"l\"}");
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room\",\"ref\":\"j\"}");
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  world->store->holds = FALSE;

  world_assert_ok (world, 1, "l");
  world_assert_ok (world, 1, "j");
  json_object_unref (world_take (world, 1, "#notice"));
  post (world, 1, 1);
  world_assert_ok (world, 1, "p");
}

static void
hide_cb (ConfabdQuery *query,
         gpointer      user_data)
{
  query->changed = query->kind == CONFABD_QUERY_HIDE;
}

static void
test_leaving_a_direct_room_is_private (World         *world,
                                       gconstpointer  unused)
{
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *rid = g_strconcat ("@", other, NULL);
  g_autoptr(JsonObject) left = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 1, TRUE);
  world_open (world, 3, 2, TRUE);
  world->store->answer = hide_cb;
  world_ask (world, 1, "{\"action\":\"leave\",\"rid\":\"%s\",\"ref\":\"l\"}", rid);

  world_assert_ok (world, 1, "l");
  left = world_take (world, 2, "#left");
  g_assert_cmpstr (json_object_get_string_member (left, "#left"), ==, rid);
  world_assert_quiet (world, 3);
  g_assert_cmpuint (world->store->n_appends, ==, 0);
}

#define add(name, func) \
        g_test_add ("/core/membership/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("snapshot-tells-the-room", test_snapshot_tells_the_room);
  add ("snapshot-and-deliveries-neither-overlap-nor-leave-a-gap",
       test_snapshot_and_deliveries_neither_overlap_nor_leave_a_gap);
  add ("subscribing-again-is-a-new-snapshot-without-a-gap",
       test_subscribing_again_is_a_new_snapshot_without_a_gap);
  add ("unsubscribe-overtakes-its-subscribe", test_unsubscribe_overtakes_its_subscribe);
  add ("second-of-two-subscribes-counts", test_second_of_two_subscribes_counts);
  add ("failed-snapshot-leaves-no-seat", test_failed_snapshot_leaves_no_seat);
  add ("direct-room-needs-no-seat", test_direct_room_needs_no_seat);
  add ("direct-room-with-a-stranger-does-not-exist",
       test_direct_room_with_a_stranger_does_not_exist);
  add ("join-makes-a-member-and-tells-everyone", test_join_makes_a_member_and_tells_everyone);
  add ("join-again-is-no-news", test_join_again_is_no_news);
  add ("join-on-a-full-disk-is-refused-whole", test_join_on_a_full_disk_is_refused_whole);
  add ("join-behind-subscribe-leaves-no-gap", test_join_behind_subscribe_leaves_no_gap);
  add ("leave-ends-all-of-the-users-presence", test_leave_ends_all_of_the_users_presence);
  add ("leave-refused-by-the-log-changes-nothing", test_leave_refused_by_the_log_changes_nothing);
  add ("join-asked-behind-leave-stands", test_join_asked_behind_leave_stands);
  add ("leaving-a-direct-room-is-private", test_leaving_a_direct_room_is_private);

  return g_test_run ();
}
