/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

/* Native 1 of user 1 and 2 of user 2 in "Room"; 3 is a Skapi connection of user 2. */
static void
set_up_room (World *world)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, FALSE);
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_ask (world, 2, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  for (guint i = 1; i <= 3; i++)
    world_forget (world, i);
}

static JsonObject *
take_ok (World       *world,
         ConfabdPeer  peer)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#ok");

  return json_object_ref (json_object_get_object_member (frame, "#ok"));
}

static void
test_lists_what_can_be_rung (World         *world,
                             gconstpointer  unused)
{
  g_autofree char *other = world_dup_user_id (2);
  g_autofree char *nobody = world_dup_user_id (9);
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(JsonObject) empty = NULL;
  guint n_native = 0;
  JsonArray *connections;

  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"connections\",\"uid\":\"%s\",\"ref\":\"a\"}", other);
  answer = take_ok (world, 1);
  connections = json_object_get_array_member (answer, "connections");
  g_assert_cmpuint (json_array_get_length (connections), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *item = json_array_get_object_element (connections, i);

      g_assert_cmpuint (strlen (json_object_get_string_member (item, "cid")), ==, 16);
      n_native += json_object_get_boolean_member (item, "native") ? 1 : 0;
    }
  g_assert_cmpuint (n_native, ==, 1);

  world_ask (world, 1, "{\"action\":\"connections\",\"uid\":\"%s\",\"ref\":\"b\"}", nobody);
  empty = take_ok (world, 1);
  connections = json_object_get_array_member (empty, "connections");
  g_assert_cmpuint (json_array_get_length (connections), ==, 0);

  world_ask (world, 3, "{\"action\":\"connections\",\"uid\":\"%s\"}", other);
  world_assert_error (world, 3, "INVALID_REQUEST");
}

static guint
count_devices (World       *world,
               ConfabdPeer  peer)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#call");

  g_assert_cmpstr (json_object_get_string_member (frame, "#room"), ==, "Room");

  return json_array_get_length (json_object_get_array_member (frame, "#call"));
}

static void
test_group_hears_who_is_in_its_call (World         *world,
                                     gconstpointer  unused)
{
  g_autoptr(JsonObject) answer = NULL;

  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":true,\"ref\":\"a\"}");
  g_assert_cmpuint (count_devices (world, 1), ==, 1);
  g_assert_cmpuint (count_devices (world, 2), ==, 1);
  world_forget (world, 1);

  world_ask (world, 2, "{\"action\":\"call\",\"rid\":\"Room\",\"ref\":\"b\"}");
  answer = take_ok (world, 2);
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (answer, "devices")), ==, 1);

  world_ask (world, 2, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":true,\"ref\":\"c\"}");
  g_assert_cmpuint (count_devices (world, 1), ==, 2);
  world_forget (world, 2);

  world_close (world, 1);
  g_assert_cmpuint (count_devices (world, 2), ==, 1);
  world_forget (world, 2);
  world_ask (world, 2, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":false,\"ref\":\"d\"}");
  g_assert_cmpuint (count_devices (world, 2), ==, 0);
}

static void
test_fifth_is_refused (World         *world,
                       gconstpointer  unused)
{
  for (guint i = 1; i <= 5; i++)
    {
      world_open (world, i, i, TRUE);
      world_ask (world, i, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
    }
  for (guint i = 1; i <= 4; i++)
    world_ask (world, i, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":true,\"ref\":\"a\"}");
  world_forget (world, 5);
  world_ask (world, 5, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":true,\"ref\":\"a\"}");
  world_assert_error (world, 5, "NOT_ALLOWED");
}

static void
test_only_who_is_there_can_join (World         *world,
                                 gconstpointer  unused)
{
  g_autofree char *other = world_dup_user_id (2);

  world_open (world, 1, 1, TRUE);
  world_forget (world, 1);
  world_ask (world, 1, "{\"action\":\"call\",\"rid\":\"Room\",\"on\":true,\"ref\":\"a\"}");
  world_assert_error (world, 1, "INVALID_REQUEST");
  world_ask (world, 1, "{\"action\":\"call\",\"rid\":\"@%s\",\"on\":true,\"ref\":\"a\"}", other);
  world_assert_error (world, 1, "INVALID_PARAMETER");
}

/* The credential is what `openssl dgst -sha1 -hmac geheim -binary | base64` makes of the name. */
static void
test_credentials_are_those_of_coturn (World         *world,
                                      gconstpointer  unused)
{
  g_autoptr(JsonObject) answer = NULL;
  JsonArray *servers;
  JsonObject *turn;

  world_open (world, 1, 1, TRUE);
  world_forget (world, 1);
  world_ask (world, 1, "{\"action\":\"ice\",\"ref\":\"a\"}");
  answer = take_ok (world, 1);
  servers = json_object_get_array_member (answer, "ice");
  g_assert_cmpuint (json_array_get_length (servers), ==, 2);
  turn = json_array_get_object_element (servers, 1);
  g_assert_cmpstr (json_object_get_string_member (turn, "username"), ==,
                   "1767247200:00000000-0000-4000-8000-000000000001");
  g_assert_cmpstr (json_object_get_string_member (turn, "credential"), ==,
                   "WrEHlk7rPcUWndXn4j6NVB43txY=");
  g_assert_cmpint (json_object_get_int_member (answer, "expires_at"), ==,
                   world->now_ms / 1000 * 1000 + 6 * 60 * 60 * 1000);
}

#define add(path, func) \
        g_test_add ("/calls/" path, World, NULL, world_setup, func, world_teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("lists-what-of-a-user-can-be-rung", test_lists_what_can_be_rung);
  add ("a-group-hears-who-is-in-its-call", test_group_hears_who_is_in_its_call);
  add ("the-fifth-is-refused", test_fifth_is_refused);
  add ("only-who-is-present-can-join", test_only_who_is_there_can_join);
  add ("credentials-are-those-of-coturn", test_credentials_are_those_of_coturn);

  return g_test_run ();
}
