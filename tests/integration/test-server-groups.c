/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <string.h>

/* What skapi-js asks with get-ws-group (reference §1.9), of a real server. */

static JsonObject *
ask (ServerSpace *self,
     const char  *body,
     guint        expected)
{
  g_autofree char *answer = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;

  g_test_message ("%s", body);
  g_assert_cmpuint (server_process_request (self->server, "POST", "/api/get-ws-group",
                                            self->ann->access_token, body, &answer),
                    ==, expected);
  node = json_from_string (answer, &error);
  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (node));
}

/* `NAME=COUNT ` for each group, as skapi-js reads it. */
static char *
describe (JsonObject *answer)
{
  JsonArray *list = json_object_get_array_member (answer, "list");
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *group = json_array_get_object_element (list, i);

      g_string_append_printf (text, "%s=%" G_GINT64_FORMAT " ",
                              strchr (json_object_get_string_member (group, "rid"), '#') + 1,
                              json_object_get_int_member (group, "cnt"));
    }

  return g_string_free_and_steal (text);
}

static void
assert_groups (ServerSpace *self,
               const char  *body,
               const char  *expected)
{
  g_autoptr(JsonObject) answer = ask (self, body, 200);
  g_autofree char *found = describe (answer);

  g_assert_cmpstr (found, ==, expected);
}

static RawPeer *
enter (ServerSpace         *self,
       const ServerAccount *account,
       const char          *group)
{
  RawPeer *peer = server_process_connect_skapi (self->server, account);
  g_autoptr(JsonObject) notice = NULL;

  g_assert_true (raw_peer_sendf (peer, "{\"action\":\"joinRoom\",\"rid\":\"%s\"}", group));
  notice = raw_peer_await_key (peer, "#notice");
  g_assert_cmpstr (json_object_get_string_member (notice, "#code"), ==, "USER_JOINED");

  return peer;
}

static void
test_groups_are_found_by_name_and_size (ServerSpace   *self,
                                        gconstpointer  unused)
{
  g_autoptr(RawPeer) ann_world = enter (self, self->ann, "HelloWorld");
  g_autoptr(RawPeer) ann_again = enter (self, self->ann, "HelloWorld");
  g_autoptr(RawPeer) bob_world = enter (self, self->bob, "HelloWorld");
  g_autoptr(RawPeer) bob_universe = enter (self, self->bob, "HelloUniverse");
  g_autoptr(RawPeer) ann_apple = enter (self, self->ann, "Apple #1");

  /* two people, with three connections */
  assert_groups (self, "{}", "Apple #1=1 HelloUniverse=1 HelloWorld=2 ");
  assert_groups (self, "{\"searchFor\":\"group\",\"value\":\"Hello\",\"condition\":\">=\"}",
                 "HelloUniverse=1 HelloWorld=2 ");
  assert_groups (self, "{\"searchFor\":\"number_of_users\",\"value\":2,\"condition\":\"lt\"}",
                 "HelloUniverse=1 Apple #1=1 ");
  assert_groups (self, "{\"searchFor\":\"number_of_users\",\"value\":1,\"condition\":\">\"}",
                 "HelloWorld=2 ");

  /* a group is gone with its last connection */
  raw_peer_free (g_steal_pointer (&bob_universe));
  for (;;)
    {
      g_autoptr(JsonObject) answer = ask (self, "{\"value\":\"HelloUniverse\"}", 200);

      if (json_array_get_length (json_object_get_array_member (answer, "list")) == 0)
        break;
    }
  assert_groups (self, "{}", "Apple #1=1 HelloWorld=2 ");
}

static void
test_a_list_is_read_page_by_page (ServerSpace   *self,
                                  gconstpointer  unused)
{
  g_autoptr(RawPeer) one = enter (self, self->ann, "one");
  g_autoptr(RawPeer) two = enter (self, self->ann, "two");
  g_autoptr(RawPeer) three = enter (self, self->ann, "three");
  g_autoptr(JsonObject) first = ask (self, "{\"limit\":2}", 200);
  g_autoptr(JsonObject) second = NULL;
  g_autofree char *first_groups = describe (first);
  g_autofree char *second_groups = NULL;
  g_autofree char *key = NULL;
  g_autofree char *body = NULL;

  g_assert_cmpstr (first_groups, ==, "one=1 three=1 ");
  g_assert_false (json_object_get_boolean_member (first, "endOfList"));
  key = json_to_string (json_object_get_member (first, "startKey"), FALSE);
  body = g_strdup_printf ("{\"limit\":2,\"startKey\":%s}", key);
  second = ask (self, body, 200);
  second_groups = describe (second);
  g_assert_cmpstr (second_groups, ==, "two=1 ");
  g_assert_true (json_object_get_boolean_member (second, "endOfList"));
  g_assert_cmpstr (json_object_get_string_member (second, "startKey"), ==, "end");
}

static void
test_users_come_with_all_their_connections (ServerSpace   *self,
                                            gconstpointer  unused)
{
  g_autoptr(RawPeer) ann = enter (self, self->ann, "tea");
  g_autoptr(RawPeer) ann_again = enter (self, self->ann, "tea");
  g_autoptr(RawPeer) bob = enter (self, self->bob, "tea");
  g_autofree char *body = g_strdup_printf ("{\"group\":\"tea\",\"user_id\":\"%s\"}",
                                           self->ann->user_id);
  g_autoptr(JsonObject) all = ask (self, "{\"group\":\"tea\"}", 200);
  g_autoptr(JsonObject) hers = ask (self, body, 200);
  g_autoptr(JsonObject) none = ask (self, "{\"group\":\"coffee\"}", 200);
  JsonArray *list = json_object_get_array_member (hers, "list");

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (all, "list")), ==, 3);
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *row = json_array_get_object_element (list, i);

      g_assert_cmpstr (strchr (json_object_get_string_member (row, "uid"), '#') + 1, ==,
                       self->ann->user_id);
      g_assert_cmpuint (strlen (json_object_get_string_member (row, "cid")), ==, 16);
    }
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (none, "list")), ==, 0);
  g_assert_true (json_object_get_boolean_member (none, "endOfList"));
}

static void
test_nonsense_is_answered_in_skapi_s_words (ServerSpace   *self,
                                            gconstpointer  unused)
{
  g_autoptr(JsonObject) limit = ask (self, "{\"limit\":1001}", 400);
  g_autoptr(JsonObject) user = ask (self, "{\"group\":\"a\",\"user_id\":\"user_a\"}", 400);
  g_autofree char *answer = NULL;

  g_assert_cmpstr (json_object_get_string_member (limit, "code"), ==, "INVALID_PARAMETER");
  g_assert_cmpstr (json_object_get_string_member (limit, "message"), ==,
                   "Fetch limit should be below 1000.");
  g_assert_cmpstr (json_object_get_string_member (user, "message"), ==,
                   "User ID in \"user_id\" is invalid.");

  g_assert_cmpuint (server_process_request (self->server, "POST", "/api/get-ws-group", NULL, "{}",
                                            &answer), ==, 401);
  g_assert_nonnull (strstr (answer, "User login is required."));
}

static void
add (const char *path,
     void      (*test) (ServerSpace *, gconstpointer))
{
  g_test_add (path, ServerSpace, NULL, server_space_set_up, test, server_space_tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/server/groups/are-found-by-name-and-size", test_groups_are_found_by_name_and_size);
  add ("/server/groups/a-list-is-read-page-by-page", test_a_list_is_read_page_by_page);
  add ("/server/groups/users-come-with-all-their-connections",
       test_users_come_with_all_their_connections);
  add ("/server/groups/nonsense-is-answered-in-skapi-s-words",
       test_nonsense_is_answered_in_skapi_s_words);

  return g_test_run ();
}
