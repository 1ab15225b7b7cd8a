/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#define MANY  10000
#define CROWD 2000

static void
assert_notice (World       *world,
               ConfabdPeer  peer,
               const char  *code,
               guint        user,
               gint64       n_present)
{
  static const struct
  {
    const char *code;
    const char *text;
  } texts[] = {
    { "USER_JOINED", "User \"%s\" has joined the message group." },
    { "USER_LEFT", "User \"%s\" has left the message group." },
    { "USER_DISCONNECTED", "User \"%s\" in the message group has been disconnected." },
  };
  g_autoptr(JsonObject) frame = world_take (world, peer, "#notice");
  g_autofree char *user_id = world_dup_user_id (user);

  g_assert_cmpstr (json_object_get_string_member (frame, "#code"), ==, code);
  g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
  g_assert_cmpstr (json_object_get_string_member (frame, "#srid"), ==, "Room");
  g_assert_cmpuint (strlen (json_object_get_string_member (frame, "#scid")), ==, 16);
  g_assert_cmpint (json_object_get_int_member (frame, "#present"), ==, n_present);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto(GStrv) parts = g_strsplit (texts[i].text, "%s", 2);
      g_autofree char *text = g_strconcat (parts[0], user_id, parts[1], NULL);

      if (g_str_equal (texts[i].code, code))
        g_assert_cmpstr (json_object_get_string_member (frame, "#notice"), ==, text);
    }
}

static void
join_room (World       *world,
           ConfabdPeer  peer,
           const char  *rid)
{
  if (rid)
    world_ask (world, peer, "{\"action\":\"joinRoom\",\"rid\":\"%s\"}", rid);
  else
    world_ask (world, peer, "{\"action\":\"joinRoom\",\"rid\":null}");
}

static void
count_group_cb (const char *name,
                guint       n_users,
                gpointer    user_data)
{
  guint *n_total = user_data;

  *n_total += n_users;
}

/* Users in all groups; who is in two of them counts twice. */
static guint
count_present (World *world)
{
  guint n_total = 0;

  confabd_core_list_groups (world->core, count_group_cb, &n_total);

  return n_total;
}

static void
test_joiner_hears_of_itself_too (World         *world,
                                 gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, FALSE);
  join_room (world, 1, "Room");
  assert_notice (world, 1, "USER_JOINED", 1, 1);

  join_room (world, 2, "Room");
  assert_notice (world, 1, "USER_JOINED", 2, 1);
  assert_notice (world, 2, "USER_JOINED", 2, 1);
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 2);
}

static void
test_leaver_does_not_hear_of_itself (World         *world,
                                     gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, FALSE);
  join_room (world, 1, "Room");
  join_room (world, 2, "Room");
  world_forget (world, 1);
  world_forget (world, 2);

  join_room (world, 2, NULL);
  assert_notice (world, 1, "USER_LEFT", 2, 0);
  world_assert_quiet (world, 2);

  join_room (world, 2, "");
  world_assert_quiet (world, 1);
}

static void
test_moving_to_another_group_leaves_the_first (World         *world,
                                               gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, FALSE);
  join_room (world, 1, "Room");
  join_room (world, 2, "Room");
  world_forget (world, 1);
  world_forget (world, 2);

  join_room (world, 2, "Elsewhere");
  assert_notice (world, 1, "USER_LEFT", 2, 0);
  g_assert_cmpuint (count_present (world), ==, 2);

  join_room (world, 2, "Elsewhere");
  world_forget (world, 2);
  join_room (world, 2, "Elsewhere");
  world_assert_quiet (world, 2);
}

static void
test_lost_connection_is_told_apart_from_leaving (World         *world,
                                                 gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, TRUE);
  join_room (world, 1, "Room");
  world_ask (world, 2, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_forget (world, 1);

  world_close (world, 2);
  assert_notice (world, 1, "USER_DISCONNECTED", 2, 0);
  world_assert_quiet (world, 1);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 1);
}

static void
test_user_with_two_connections_is_present_until_both_left (World         *world,
                                                           gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, FALSE);
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_ask (world, 2, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_forget (world, 1);

  join_room (world, 3, "Room");
  assert_notice (world, 1, "USER_JOINED", 2, 2);

  world_ask (world, 2, "{\"action\":\"unsubscribe\",\"rid\":\"Room\"}");
  assert_notice (world, 1, "USER_LEFT", 2, 1);

  world_close (world, 3);
  assert_notice (world, 1, "USER_DISCONNECTED", 2, 0);
  world_assert_quiet (world, 1);
}

static void
list_present_cb (const BaseUuid *user_id,
                 const char     *cid,
                 gpointer        user_data)
{
  g_assert_true (g_hash_table_add (user_data, g_strdup (cid)));
}

static void
test_census_names_each_connection (World         *world,
                                   gconstpointer  unused)
{
  g_autoptr(GHashTable) cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, FALSE);
  world_open (world, 3, 2, FALSE);
  world_open (world, 4, 3, FALSE);
  join_room (world, 1, "Room");
  join_room (world, 2, "Room");
  join_room (world, 3, "Room");
  join_room (world, 4, "Elsewhere");

  confabd_core_list_present (world->core, "Room", list_present_cb, cids);
  g_assert_cmpuint (g_hash_table_size (cids), ==, 3);
  confabd_core_list_present (world->core, "Nowhere", list_present_cb, cids);
  g_assert_cmpuint (g_hash_table_size (cids), ==, 3);
  g_assert_cmpuint (count_present (world), ==, 3);
}

static void
contacts_cb (ConfabdQuery *query,
             gpointer      user_data)
{
  ConfabdUser *contact;

  if (query->kind != CONFABD_QUERY_CONTACTS)
    return;

  contact = g_new0 (ConfabdUser, 1);
  world_make_user_id (2, &contact->user_id);
  query->users = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_user_free);
  g_ptr_array_add (query->users, contact);
}

static void
assert_presence (World       *world,
                 ConfabdPeer  peer,
                 const char  *presence,
                 guint        user)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#presence");
  g_autofree char *user_id = world_dup_user_id (user);

  g_assert_cmpstr (json_object_get_string_member (frame, "#presence"), ==, presence);
  g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
  g_assert_cmpint (json_object_get_int_member (frame, "#at"), ==, world->now_ms);
}

static void
test_contacts_hear_of_the_first_and_the_last_connection (World         *world,
                                                         gconstpointer  unused)
{
  world_open (world, 1, 2, TRUE);
  world_open (world, 2, 2, FALSE);
  world_open (world, 3, 3, TRUE);
  world_drain (world);
  world->store->answer = contacts_cb;

  world_open (world, 4, 1, TRUE);
  world_drain (world);
  assert_presence (world, 1, "online", 1);

  world_open (world, 5, 1, TRUE);
  world_close (world, 4);
  world_drain (world);
  world_assert_quiet (world, 1);

  world_close (world, 5);
  world_drain (world);
  assert_presence (world, 1, "offline", 1);

  world_assert_quiet (world, 2);
  world_assert_quiet (world, 3);
}

static void
test_late_answers_tell_no_old_presence (World         *world,
                                        gconstpointer  unused)
{
  world_open (world, 1, 2, TRUE);
  world_drain (world);
  world->store->answer = contacts_cb;
  world->store->holds = TRUE;

  world_open (world, 2, 1, TRUE);
  world_close (world, 2);
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  assert_presence (world, 1, "offline", 1);
  world_assert_quiet (world, 1);
}

static void
test_ten_thousand_in_one_room (World         *world,
                               gconstpointer  unused)
{
  world->peers->counts_only = TRUE;

  for (guint i = 1; i <= MANY; i++)
    {
      world_open (world, i, i / 2, i % 4 == 0);
      if (i % 4 == 0)
        world_ask (world, i, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
      else
        join_room (world, i, "Room");
    }
  world_drain (world);
  g_assert_cmpuint (count_present (world), ==, MANY / 2 + 1);

  /* The first two thousand were announced to all who were there, the others to themselves. */
  g_assert_cmpuint (world->peers->n_fan_outs, ==, CROWD);
  world_forget (world, MANY);
  g_assert_cmpuint (world_peers_find (world->peers, MANY - 1)->frames.length, ==, 1);

  /* However many there are, a message is one word to the hubs. */
  world->peers->n_fan_outs = 0;
  world->peers->n_sends = 0;
  world_ask (world, 1, "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1}");
  g_assert_cmpuint (world->peers->n_fan_outs, ==, 1);
  g_assert_cmpuint (world->peers->n_sends, ==, 0);

  world->peers->n_fan_outs = 0;
  for (guint i = 1; i <= MANY; i++)
    world_close (world, i);
  g_assert_cmpuint (world->peers->n_fan_outs, ==, CROWD);
  g_assert_cmpuint (count_present (world), ==, 0);
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
}

#define add(name, func) \
        g_test_add ("/core/presence/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("joiner-hears-of-itself-too", test_joiner_hears_of_itself_too);
  add ("leaver-does-not-hear-of-itself", test_leaver_does_not_hear_of_itself);
  add ("moving-to-another-group-leaves-the-first", test_moving_to_another_group_leaves_the_first);
  add ("lost-connection-is-told-apart-from-leaving",
       test_lost_connection_is_told_apart_from_leaving);
  add ("user-with-two-connections-is-present-until-both-left",
       test_user_with_two_connections_is_present_until_both_left);
  add ("census-names-each-connection", test_census_names_each_connection);
  add ("contacts-hear-of-the-first-and-the-last-connection",
       test_contacts_hear_of_the_first_and_the_last_connection);
  add ("late-answers-tell-no-old-presence", test_late_answers_tell_no_old_presence);
  add ("ten-thousand-in-one-room", test_ten_thousand_in_one_room);

  return g_test_run ();
}
