/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

/* 1 native of user 1, 2 native and 3 Skapi of user 2, all in "Room"; 4 native of user 2 and 5
 * native of user 3 are not. */
static void
set_up_room (World *world)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, FALSE);
  world_open (world, 4, 2, TRUE);
  world_open (world, 5, 3, TRUE);
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_ask (world, 2, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_ask (world, 3, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  for (guint i = 1; i <= 5; i++)
    world_forget (world, i);
}

static void
assert_typing (World       *world,
               ConfabdPeer  peer,
               const char  *room,
               gboolean     on)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#typing");
  g_autofree char *user_id = world_dup_user_id (1);

  g_assert_cmpint (json_object_get_boolean_member (frame, "#typing"), ==, on);
  g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
  g_assert_cmpstr (json_object_get_string_member (frame, "#room"), ==, room);
  g_assert_cmpuint (world_peers_find (world->peers, peer)->n_transient, >, 0);
}

static void
test_typing_is_for_the_others_of_a_group (World         *world,
                                          gconstpointer  unused)
{
  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"typing\",\"rid\":\"Room\",\"on\":true,\"ref\":\"t\"}");
  world_assert_ok (world, 1, "t");
  assert_typing (world, 2, "Room", TRUE);
  for (guint i = 1; i <= 5; i++)
    world_assert_quiet (world, i);

  world_ask (world, 5, "{\"action\":\"typing\",\"rid\":\"Room\",\"on\":true,\"ref\":\"t\"}");
  world_assert_error (world, 5, "INVALID_REQUEST");
  g_assert_cmpuint (world->store->n_appends, ==, 0);
}

/* One who sends as fast as they can makes no flood of it for the others. */
static void
test_typing_is_told_once_a_second (World         *world,
                                   gconstpointer  unused)
{
  set_up_room (world);
  for (guint second = 0; second < 2; second++)
    {
      for (guint i = 0; i < 100; i++)
        world_ask (world, 1, "{\"action\":\"typing\",\"rid\":\"Room\",\"on\":true}");
      assert_typing (world, 2, "Room", TRUE);
      world_assert_quiet (world, 2);
      world->now_ms += 1000;
    }

  for (guint i = 0; i < 100; i++)
    world_ask (world, 1, "{\"action\":\"typing\",\"rid\":\"Room\",\"on\":false}");
  assert_typing (world, 2, "Room", FALSE);
  world_assert_quiet (world, 2);
}

static void
test_typing_in_a_direct_room_is_for_the_other (World         *world,
                                               gconstpointer  unused)
{
  g_autofree char *own = world_dup_user_id (1);
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *own_rid = g_strconcat ("@", own, NULL);

  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"typing\",\"rid\":\"@%s\",\"on\":false,\"ref\":\"t\"}", other);
  world_assert_ok (world, 1, "t");
  assert_typing (world, 2, own_rid, FALSE);
  assert_typing (world, 4, own_rid, FALSE);
  world_assert_quiet (world, 3);

  world_ask (world, 1, "{\"action\":\"typing\",\"rid\":\"@%s\",\"on\":true,\"ref\":\"t\"}", own);
  world_assert_ok (world, 1, "t");
  world_assert_quiet (world, 1);
}

static void
read_cb (ConfabdQuery *query,
         gpointer      user_data)
{
  ConfabdReadMarker marker = { query->user_id, query->seq, query->received };

  if (query->kind != CONFABD_QUERY_MARK_READ)
    return;

  query->changed = user_data == NULL;
  query->reads = g_array_new (FALSE, FALSE, sizeof marker);
  g_array_append_val (query->reads, marker);
}

static void
assert_read (World       *world,
             ConfabdPeer  peer,
             const char  *room,
             guint        user)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#read");
  g_autofree char *user_id = world_dup_user_id (user);
  JsonObject *read = json_object_get_object_member (frame, "#read");

  g_assert_cmpint (json_object_get_int_member (read, "seq"), ==, 5);
  g_assert_cmpint (json_object_get_int_member (read, "received"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
  g_assert_cmpstr (json_object_get_string_member (frame, "#room"), ==, room);
}

static void
test_marker_of_a_group_reaches_room_and_own_devices_once (World         *world,
                                                          gconstpointer  unused)
{
  set_up_room (world);
  world->store->answer = read_cb;
  world_ask (world, 2, "{\"action\":\"read\",\"rid\":\"Room\",\"seq\":5,\"received\":7,"
             "\"ref\":\"r\"}");
  world_assert_ok (world, 2, "r");
  assert_read (world, 1, "Room", 2);
  assert_read (world, 4, "Room", 2);
  for (guint i = 1; i <= 5; i++)
    world_assert_quiet (world, i);
}

static void
test_marker_in_a_crowd_is_for_own_devices (World         *world,
                                           gconstpointer  unused)
{
  set_up_room (world);
  for (guint i = 100; i < 300; i++)
    {
      world_open (world, i, i, FALSE);
      world_ask (world, i, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
    }
  world_ask (world, 4, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  for (guint i = 1; i <= 5; i++)
    world_forget (world, i);

  world->store->answer = read_cb;
  world_ask (world, 2, "{\"action\":\"read\",\"rid\":\"Room\",\"seq\":5,\"received\":7,"
                       "\"ref\":\"r\"}");
  world_assert_ok (world, 2, "r");
  assert_read (world, 4, "Room", 2);
  for (guint i = 1; i <= 5; i++)
    world_assert_quiet (world, i);
}

static void
test_marker_that_did_not_grow_is_no_news (World         *world,
                                          gconstpointer  unused)
{
  set_up_room (world);
  world->store->answer = read_cb;
  world->store->answer_data = world;
  world_ask (world, 2, "{\"action\":\"read\",\"rid\":\"Room\",\"seq\":5,\"ref\":\"r\"}");
  world_assert_ok (world, 2, "r");
  for (guint i = 1; i <= 5; i++)
    world_assert_quiet (world, i);
}

static void
test_marker_of_a_direct_room_names_it_for_each_side (World         *world,
                                                     gconstpointer  unused)
{
  g_autofree char *one = world_dup_user_id (1);
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *rid_of_one = g_strconcat ("@", one, NULL);
  g_autofree char *rid_of_other = g_strconcat ("@", other, NULL);

  set_up_room (world);
  world->store->answer = read_cb;
  world_ask (world, 2, "{\"action\":\"read\",\"rid\":\"%s\",\"seq\":5,\"received\":7,"
             "\"ref\":\"r\"}", rid_of_one);
  world_assert_ok (world, 2, "r");
  assert_read (world, 1, rid_of_other, 2);
  assert_read (world, 4, rid_of_one, 2);
  for (guint i = 1; i <= 5; i++)
    world_assert_quiet (world, i);
}

static void
test_signalling_goes_to_one_connection_in_order (World         *world,
                                                 gconstpointer  unused)
{
  g_autofree char *user_id = world_dup_user_id (1);
  g_autofree char *cid = NULL;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, FALSE);
  world_open (world, 3, 2, FALSE);
  world_ask (world, 2, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  cid = world_take_cid (world, 2);

  for (guint i = 0; i < 3; i++)
    world_ask (world, 1, "{\"action\":\"rtc\",\"uid\":\"cid:%s\",\"content\":{\"candidate\":%u}}",
               cid, i);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(JsonObject) frame = world_take (world, 2, "#rtc");
      JsonObject *content = json_object_get_object_member (frame, "#rtc");

      g_assert_cmpint (json_object_get_int_member (content, "candidate"), ==, i);
      g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
    }

  for (guint i = 1; i <= 3; i++)
    world_assert_quiet (world, i);

  world_close (world, 2);
  world_ask (world, 1, "{\"action\":\"rtc\",\"uid\":\"cid:%s\",\"content\":1,\"ref\":\"r\"}", cid);
  world_assert_error (world, 1, "NOT_EXISTS");
}

static void
rooms_cb (ConfabdQuery *query,
          gpointer      user_data)
{
  ConfabdRoomRow *row;

  if (query->kind != CONFABD_QUERY_ROOMS)
    return;

  query->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_room_row_free);
  row = g_new0 (ConfabdRoomRow, 1);
  row->room = g_strdup ("Room");
  row->kind = CONFABD_ROOM_GROUP;
  g_ptr_array_add (query->rooms, row);

  row = g_new0 (ConfabdRoomRow, 1);
  row->room = g_strdup ("@…");
  row->kind = CONFABD_ROOM_DIRECT;
  row->peer = g_new0 (ConfabdUser, 1);
  world_make_user_id (3, &row->peer->user_id);
  g_ptr_array_add (query->rooms, row);
}

static void
test_changed_profile_reaches_those_who_share_a_room (World         *world,
                                                     gconstpointer  unused)
{
  ConfabdUser user = { .name = (char *) "bob", .display_name = (char *) "Bob B." };

  set_up_room (world);
  world_open (world, 6, 4, TRUE);
  world_make_user_id (2, &user.user_id);
  world->store->answer = rooms_cb;
  confabd_core_user_changed (world->core, &user);
  world_drain (world);

  for (ConfabdPeer peer = 1; peer <= 5; peer++)
    {
      g_autoptr(JsonObject) frame = peer == 3 ? NULL : world_take (world, peer, "#user");

      if (frame)
        g_assert_cmpstr (json_object_get_string_member (
                           json_object_get_object_member (frame, "#user"), "display_name"),
                         ==, "Bob B.");
    }
  world_assert_quiet (world, 3);
  world_assert_quiet (world, 6);
}

#define add(name, func) \
        g_test_add ("/core/signals/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("typing-is-for-the-others-of-a-group", test_typing_is_for_the_others_of_a_group);
  add ("typing-is-told-once-a-second", test_typing_is_told_once_a_second);
  add ("marker-in-a-crowd-is-for-own-devices", test_marker_in_a_crowd_is_for_own_devices);
  add ("typing-in-a-direct-room-is-for-the-other", test_typing_in_a_direct_room_is_for_the_other);
  add ("marker-of-a-group-reaches-room-and-own-devices-once",
       test_marker_of_a_group_reaches_room_and_own_devices_once);
  add ("marker-that-did-not-grow-is-no-news", test_marker_that_did_not_grow_is_no_news);
  add ("marker-of-a-direct-room-names-it-for-each-side",
       test_marker_of_a_direct_room_names_it_for_each_side);
  add ("signalling-goes-to-one-connection-in-order",
       test_signalling_goes_to_one_connection_in_order);
  add ("changed-profile-reaches-those-who-share-a-room",
       test_changed_profile_reaches_those_who_share_a_room);

  return g_test_run ();
}
