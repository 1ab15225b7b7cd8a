/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

static JsonObject *
ask (World       *world,
     const char  *request,
     JsonObject **reply)
{
  world_ask (world, 1, "{\"action\":%s,\"ref\":\"l\"}", request);
  *reply = world_take (world, 1, "#ok");

  return json_object_get_object_member (*reply, "#ok");
}

static ConfabdUser *
make_user (guint       user,
           const char *name,
           guint64     last_seen_ms)
{
  ConfabdUser *made = g_new0 (ConfabdUser, 1);

  world_make_user_id (user, &made->user_id);
  made->name = g_strdup (name);
  made->display_name = g_strdup_printf ("%s the user", name);
  made->password_hash = g_strdup ("$argon2id$secret");
  made->last_seen_ms = last_seen_ms;

  return made;
}

static ConfabdEvent *
make_event (const char *room,
            guint       user,
            guint64     seq,
            const char *json)
{
  g_autoptr(GBytes) content = g_bytes_new (json, strlen (json));
  ConfabdEvent *event;
  BaseUuid user_id;

  world_make_user_id (user, &user_id);
  event = confabd_event_new (CONFABD_EVENT_MESSAGE, room, &user_id, &user_id, content);
  event->seq = seq;
  event->at_ms = seq * 1000;

  return event;
}

static ConfabdRoomRow *
make_row (const char *room)
{
  ConfabdRoomRow *row = g_new0 (ConfabdRoomRow, 1);

  row->room = g_strdup (room);
  row->kind = room[0] == '@' ? CONFABD_ROOM_DIRECT : CONFABD_ROOM_GROUP;
  row->last_seq = 9;
  row->n_members = 2;
  row->member = TRUE;
  row->read_seq = 7;
  row->n_unread = 2;
  g_strlcpy (row->epoch, "epoch", sizeof row->epoch);

  return row;
}

/* What the last question was, and an answer for each kind. */
typedef struct
{
  ConfabdQueryKind  kind;
  char             *room;
  char             *search;
  char             *after;
  guint             limit;
  guint64           before_seq;
  guint64           after_seq;
  guint             n_ids;
  gboolean          oldest_first;
} Asked;

static void
clear_asked (Asked *asked)
{
  g_free (asked->room);
  g_free (asked->search);
  g_free (asked->after);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, clear_asked)

static void
answer_cb (ConfabdQuery *query,
           gpointer      user_data)
{
  Asked *asked = user_data;
  ConfabdRoomRow *row;

  clear_asked (asked);
  *asked = (Asked) {
    query->kind, g_strdup (query->room), g_strdup (query->search), g_strdup (query->after),
    query->limit, query->before_seq, query->after_seq, query->ids ? query->ids->len : 0,
    query->oldest_first,
  };

  query->more = TRUE;
  g_strlcpy (query->epoch, "epoch", sizeof query->epoch);
  query->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_room_row_free);
  row = make_row ("Room");
  row->last = make_event ("Room", 2, 9, "{\"text\":\"100%\"}");
  g_ptr_array_add (query->rooms, row);

  query->users = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_user_free);
  g_ptr_array_add (query->users, make_user (1, "ann", 0));
  g_ptr_array_add (query->users, make_user (2, "bob", 1234));

  query->events = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_event_unref);
  g_ptr_array_add (query->events, make_event ("Room", 1, 1, "1"));
  g_ptr_array_add (query->events, make_event ("Room", 2, 2, "[ null ]"));

  if (query->kind != CONFABD_QUERY_ROOMS)
    return;

  row = make_row ("@00000000-0000-4000-8000-000000000001:00000000-0000-4000-8000-000000000002");
  row->peer = make_user (2, "bob", 1234);
  g_ptr_array_add (query->rooms, row);
}

static void
test_rooms (World         *world,
            gconstpointer  unused)
{
  g_auto(Asked) asked = { 0 };
  g_autoptr(JsonObject) reply = NULL;
  JsonArray *rooms;
  JsonObject *room;
  JsonObject *peer;

  world_open (world, 1, 1, TRUE);
  world_drain (world);
  world->store->answer = answer_cb;
  world->store->answer_data = &asked;
  rooms = json_object_get_array_member (ask (world, "\"rooms\"", &reply), "rooms");
  g_assert_cmpint (asked.kind, ==, CONFABD_QUERY_ROOMS);
  g_assert_cmpuint (json_array_get_length (rooms), ==, 2);

  room = json_array_get_object_element (rooms, 0);
  g_assert_cmpstr (json_object_get_string_member (room, "rid"), ==, "Room");
  g_assert_cmpint (json_object_get_int_member (room, "unread"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (room, "read"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (room, "last"), "seq"),
                   ==, 9);

  room = json_array_get_object_element (rooms, 1);
  g_assert_cmpstr (json_object_get_string_member (room, "rid"), ==,
                   "@00000000-0000-4000-8000-000000000002");
  g_assert_cmpint (json_object_get_int_member (room, "present"), ==, 1);
  peer = json_object_get_object_member (room, "peer");
  g_assert_cmpstr (json_object_get_string_member (peer, "name"), ==, "bob");
  g_assert_cmpint (json_object_get_int_member (peer, "last_seen"), ==, 1234);
  g_assert_false (json_object_get_boolean_member (peer, "online"));
}

static void
test_history (World         *world,
              gconstpointer  unused)
{
  g_auto(Asked) asked = { 0 };
  g_autoptr(JsonObject) reply = NULL;
  JsonArray *events;
  JsonObject *ok;

  world_open (world, 1, 1, TRUE);
  world_drain (world);
  world->store->answer = answer_cb;
  world->store->answer_data = &asked;
  ok = ask (world, "\"history\",\"rid\":\"Room\",\"before\":10,\"limit\":20", &reply);
  events = json_object_get_array_member (ok, "events");

  g_assert_cmpint (asked.kind, ==, CONFABD_QUERY_HISTORY);
  g_assert_cmpstr (asked.room, ==, "Room");
  g_assert_cmpuint (asked.before_seq, ==, 10);
  g_assert_cmpuint (asked.limit, ==, 20);
  g_assert_cmpuint (json_array_get_length (events), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (events, 1), "seq"),
                   ==, 2);
  g_assert_cmpstr (json_object_get_string_member (ok, "epoch"), ==, "epoch");
  g_assert_true (json_object_get_boolean_member (ok, "more"));

  g_clear_pointer (&reply, json_object_unref);
  ask (world, "\"history\",\"rid\":\"Room\",\"after\":3", &reply);
  g_assert_cmpuint (asked.after_seq, ==, 3);
  g_assert_true (asked.oldest_first);
  g_assert_cmpuint (asked.limit, ==, 50);

  g_clear_pointer (&reply, json_object_unref);
  ask (world, "\"history\",\"rid\":\"Room\",\"after\":0", &reply);
  g_assert_true (asked.oldest_first);

  g_clear_pointer (&reply, json_object_unref);
  ask (world, "\"history\",\"rid\":\"Room\",\"before\":0", &reply);
  g_assert_false (asked.oldest_first);
  g_assert_cmpuint (asked.before_seq, ==, 1);
}

static void
test_groups_have_the_presence_of_now (World         *world,
                                      gconstpointer  unused)
{
  g_auto(Asked) asked = { 0 };
  g_autoptr(JsonObject) reply = NULL;
  JsonObject *group;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 1, TRUE);
  world_open (world, 3, 2, TRUE);
  for (guint i = 1; i <= 3; i++)
    world_ask (world, i, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_forget (world, 1);
  world->store->answer = answer_cb;
  world->store->answer_data = &asked;

  group = json_array_get_object_element (
    json_object_get_array_member (ask (world, "\"groups\",\"search\":\"ro\",\"after\":\"Abc\"",
                                       &reply), "groups"), 0);
  g_assert_cmpstr (asked.search, ==, "ro");
  g_assert_cmpstr (asked.after, ==, "Abc");
  g_assert_cmpstr (json_object_get_string_member (group, "rid"), ==, "Room");
  g_assert_cmpint (json_object_get_int_member (group, "members"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (group, "present"), ==, 2);
  g_assert_true (json_object_get_boolean_member (group, "member"));
}

static void
test_users_and_members (World         *world,
                        gconstpointer  unused)
{
  static const char * const requests[] = {
    "\"users\",\"ids\":[\"00000000-0000-4000-8000-000000000001\"]",
    "\"members\",\"rid\":\"Room\"",
  };
  g_auto(Asked) asked = { 0 };

  world_open (world, 1, 1, TRUE);
  world_drain (world);
  world->store->answer = answer_cb;
  world->store->answer_data = &asked;

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(JsonObject) reply = NULL;
      JsonArray *users = json_object_get_array_member (ask (world, requests[i], &reply), "users");
      JsonObject *user = json_array_get_object_element (users, 0);

      g_assert_cmpuint (asked.n_ids, ==, i == 0 ? 1 : 0);
      g_assert_cmpstr (json_object_get_string_member (user, "display_name"), ==, "ann the user");
      g_assert_true (json_object_get_boolean_member (user, "online"));
      g_assert_true (json_object_get_null_member (user, "last_seen"));
      g_assert_false (json_object_has_member (user, "password_hash"));
      user = json_array_get_object_element (users, 1);
      g_assert_false (json_object_get_boolean_member (user, "online"));
    }
}

static void
test_users_go_on_after_a_user (World         *world,
                               gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_forget (world, 1);
  world_ask (world, 1, "{\"action\":\"users\",\"after\":\"ann\",\"ref\":\"1\"}");
  world_assert_error (world, 1, "INVALID_PARAMETER");
  world_ask (world, 1,
             "{\"action\":\"members\",\"rid\":\"Room\",\"after\":\"ann\",\"ref\":\"2\"}");
  world_assert_error (world, 1, "INVALID_PARAMETER");
}

#define add(name, func) \
        g_test_add ("/core/lists/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("rooms", test_rooms);
  add ("history", test_history);
  add ("groups-have-the-presence-of-now", test_groups_have_the_presence_of_now);
  add ("users-and-members", test_users_and_members);
  add ("users-go-on-after-a-user", test_users_go_on_after_a_user);

  return g_test_run ();
}
