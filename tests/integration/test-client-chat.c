/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "server-process.h"
#include "support-wait.h"

#include <signal.h>

/* Two real clients on a real server. */

typedef struct
{
  ServerProcess *server;
  char          *url;
  ClientApp     *ann;
  ClientApp     *bob;
} Pair;

static void
set_up (Pair          *pair,
        gconstpointer  data)
{
  pair->server = server_process_new (NULL);
  pair->url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (pair->server));
  pair->ann = client_app_new ();
  pair->bob = client_app_new ();
  client_app_sign_up (pair->ann, pair->url, "ann");
  client_app_sign_up (pair->bob, pair->url, "bob");
}

static void
tear_down (Pair          *pair,
           gconstpointer  data)
{
  client_app_free (pair->ann);
  client_app_free (pair->bob);
  server_process_free (pair->server);
  g_free (pair->url);
}

static ConfabMessage *
peek_last (ConfabRoom *room)
{
  return confab_room_get_last_message (room);
}

static gboolean
last_is (ConfabRoom *room,
         const char *text)
{
  return peek_last (room) && g_str_equal (confab_message_get_text (peek_last (room)), text);
}

static void
test_group (Pair          *pair,
            gconstpointer  data)
{
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs = client_app_join (pair->bob, "garden");
  g_autoptr(GListModel) seen_by_ann = client_app_open (anns);
  g_autoptr(GListModel) seen_by_bob = client_app_open (bobs);
  ConfabMessage *message;

  message = client_app_say (anns, "Who waters the roses?");
  g_assert_cmpint (confab_message_get_state (message), ==, CONFAB_MESSAGE_STATE_QUEUED);
  g_assert_cmpuint (client_app_count (seen_by_ann, "Who waters the roses?"), ==, 1);

  support_wait_until (client_app_count (seen_by_bob, "Who waters the roses?") == 1);
  support_wait_until (confab_message_get_state (message) == CONFAB_MESSAGE_STATE_DELIVERED);
  g_assert_cmpuint (confab_room_get_n_unread (bobs), ==, 1);
  g_assert_cmpuint (confab_session_get_n_unread (pair->bob->session), ==, 1);
  g_assert_cmpuint (pair->bob->received->len, ==, 1);
  g_assert_cmpuint (pair->ann->received->len, ==, 0);

  confab_room_mark_read (bobs, confab_message_get_seq (peek_last (bobs)));
  g_assert_cmpuint (confab_room_get_n_unread (bobs), ==, 0);
  support_wait_until (confab_message_get_state (message) == CONFAB_MESSAGE_STATE_READ);

  client_app_say (bobs, "I do");
  support_wait_until (client_app_count (seen_by_ann, "I do") == 1);
  g_assert_cmpuint (client_app_count (seen_by_ann, "Who waters the roses?"), ==, 1);
  g_assert_cmpuint (confab_room_get_n_members (anns), ==, 2);
  support_wait_until (confab_room_get_n_present (anns) == 2);
}

static void
test_direct (Pair          *pair,
             gconstpointer  data)
{
  ConfabRoom *anns = client_app_direct (pair->ann, confab_session_get_user (pair->bob->session));
  GListModel *bobs_rooms = confab_session_get_rooms (pair->bob->session);
  g_autoptr(ConfabRoom) bobs = NULL;

  g_assert_cmpint (confab_room_get_kind (anns), ==, CONFAB_ROOM_KIND_DIRECT);
  client_app_say (anns, "Just between us");
  support_wait_until (g_list_model_get_n_items (bobs_rooms) == 1);
  bobs = g_list_model_get_item (bobs_rooms, 0);
  support_wait_until (last_is (bobs, "Just between us"));
  support_wait_until (pair->bob->received->len == 1);
  support_wait_until (g_str_equal (confab_room_get_title (bobs), "ann"));
  support_wait_until (g_str_equal (confab_room_get_title (anns), "bob"));

  confab_room_set_typing (bobs, TRUE);
  support_wait_until (g_list_model_get_n_items (confab_room_get_typing (anns)) == 1);
  client_app_say (bobs, "Yes?");
  support_wait_until (last_is (anns, "Yes?"));
  g_assert_cmpuint (pair->ann->received->len, ==, 1);
  g_assert_cmpuint (pair->bob->received->len, ==, 1);
  support_wait_until (g_list_model_get_n_items (confab_room_get_typing (anns)) == 0);
}

static void
test_content (Pair          *pair,
              gconstpointer  data)
{
  const char *content = "{\"text\":\"A call of a minute\",\"call\":{\"duration_s\":60}}";
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs = client_app_join (pair->bob, "garden");
  g_autoptr(ConfabMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (confab_room_send_content (anns, "{\"text\":", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER);

  message = confab_room_send_content (anns, content, NULL);
  g_assert_cmpstr (confab_message_get_text (message), ==, "A call of a minute");
  g_assert_cmpstr (confab_message_get_content (message), ==, content);
  support_wait_until (last_is (bobs, "A call of a minute"));
  g_assert_cmpstr (confab_message_get_content (peek_last (bobs)), ==, content);

  client_app_say (anns, "Words only");
  support_wait_until (last_is (bobs, "Words only"));
  g_assert_null (confab_message_get_content (peek_last (bobs)));
}

static void
test_offline (Pair          *pair,
              gconstpointer  data)
{
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs = client_app_join (pair->bob, "garden");
  g_autoptr(GListModel) seen_by_bob = NULL;

  confab_session_go_offline (pair->ann->session);
  client_app_say (anns, "one");
  client_app_say (anns, "two");
  client_app_say (anns, "three");
  client_app_restart (pair->ann);
  anns = confab_session_get_room (pair->ann->session, "garden");
  g_assert_nonnull (anns);
  g_assert_true (last_is (anns, "three"));
  g_assert_cmpint (confab_message_get_state (peek_last (anns)), ==, CONFAB_MESSAGE_STATE_QUEUED);

  client_app_go_online (pair->ann);
  support_wait_until (last_is (bobs, "three"));
  seen_by_bob = client_app_open (bobs);
  g_assert_cmpuint (client_app_count (seen_by_bob, "one"), ==, 1);
  g_assert_cmpuint (client_app_count (seen_by_bob, "two"), ==, 1);
  g_assert_cmpuint (client_app_count (seen_by_bob, "three"), ==, 1);
}

static void
test_server_restart (Pair          *pair,
                     gconstpointer  data)
{
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs = client_app_join (pair->bob, "garden");
  g_autoptr(GListModel) seen_by_bob = client_app_open (bobs);

  client_app_say (anns, "before");
  support_wait_until (last_is (bobs, "before"));
  server_process_kill (pair->server);
  client_app_say (anns, "meanwhile");
  support_wait_until (confab_session_get_state (pair->bob->session) ==
                      CONFAB_CONNECTION_STATE_WAITING);
  /* Last, as it does not wait for long before it tries again. */
  support_wait_until (confab_session_get_state (pair->ann->session) ==
                      CONFAB_CONNECTION_STATE_WAITING);
  g_assert_cmpuint (confab_session_get_retry_in_seconds (pair->ann->session), >, 0);
  g_assert_nonnull (confab_session_get_last_error (pair->ann->session));

  server_process_start (pair->server);
  confab_session_try_now (pair->ann->session);
  confab_session_try_now (pair->bob->session);
  support_wait_until (last_is (bobs, "meanwhile"));
  support_wait_until (confab_session_get_state (pair->bob->session) ==
                      CONFAB_CONNECTION_STATE_ONLINE);
  support_wait_until (confab_session_get_state (pair->ann->session) ==
                      CONFAB_CONNECTION_STATE_ONLINE);
  g_assert_cmpuint (client_app_count (seen_by_bob, "before"), ==, 1);
  g_assert_cmpuint (client_app_count (seen_by_bob, "meanwhile"), ==, 1);
  g_assert_null (confab_session_get_last_error (pair->ann->session));
}

static void
load_older (GListModel *messages)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_message_list_load_older_async (CONFAB_MESSAGE_LIST (messages), NULL,
                                        support_take_result_cb, &result);
  support_wait_for (result);
  confab_message_list_load_older_finish (CONFAB_MESSAGE_LIST (messages), result, &error);
  g_assert_no_error (error);
}

static void
assert_in_order (GListModel *messages)
{
  guint64 last_seq = 0;

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr(ConfabMessage) message = g_list_model_get_item (messages, i);

      g_assert_cmpuint (confab_message_get_seq (message), >, last_seq);
      last_seq = confab_message_get_seq (message);
    }
}

#define N_MISSED 1000

static void
test_gap (Pair          *pair,
          gconstpointer  data)
{
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs = client_app_join (pair->bob, "garden");
  g_autoptr(GListModel) seen_by_bob = client_app_open (bobs);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GListModel) hits = NULL;
  g_autoptr(GError) error = NULL;

  client_app_say (anns, "number 0");
  support_wait_until (last_is (bobs, "number 0"));
  confab_session_go_offline (pair->bob->session);
  for (guint i = 1; i <= N_MISSED; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);

      client_app_say (anns, text);
    }
  support_wait_until (confab_message_get_state (peek_last (anns)) !=
                      CONFAB_MESSAGE_STATE_QUEUED);

  g_ptr_array_set_size (pair->bob->received, 0);
  client_app_go_online (pair->bob);
  g_assert_true (last_is (bobs, "number 1000"));
  g_assert_cmpuint (confab_room_get_n_unread (bobs), ==, N_MISSED + 1);
  g_assert_cmpuint (pair->bob->received->len, ==, 1);

  /* All of it is here: it is found without asking the server. */
  confab_session_go_offline (pair->bob->session);
  confab_session_search_async (pair->bob->session, "NUMBER", bobs, 1000, NULL,
                               support_take_result_cb, &result);
  support_wait_for (result);
  hits = confab_session_search_finish (pair->bob->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1000);

  g_assert_cmpuint (g_list_model_get_n_items (seen_by_bob), <=, 400);
  while (confab_message_list_get_has_older (CONFAB_MESSAGE_LIST (seen_by_bob)))
    {
      load_older (seen_by_bob);
      g_assert_cmpuint (g_list_model_get_n_items (seen_by_bob), <=, 400);
      assert_in_order (seen_by_bob);
    }
  g_assert_cmpuint (client_app_count (seen_by_bob, "number 0"), ==, 1);
  g_assert_true (confab_message_list_get_has_newer (CONFAB_MESSAGE_LIST (seen_by_bob)));
}

static void
test_history (Pair          *pair,
              gconstpointer  data)
{
  ConfabRoom *anns = client_app_join (pair->ann, "garden");
  ConfabRoom *bobs;
  g_autoptr(GListModel) seen_by_bob = NULL;

  for (guint i = 0; i < 130; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);

      client_app_say (anns, text);
    }
  support_wait_until (confab_message_get_state (peek_last (anns)) !=
                      CONFAB_MESSAGE_STATE_QUEUED);

  /* Who comes later pages back through what the server has. */
  bobs = client_app_join (pair->bob, "garden");
  seen_by_bob = client_app_open (bobs);
  while (confab_message_list_get_has_older (CONFAB_MESSAGE_LIST (seen_by_bob)))
    load_older (seen_by_bob);
  assert_in_order (seen_by_bob);
  g_assert_cmpuint (client_app_count (seen_by_bob, "number 0"), ==, 1);
  g_assert_cmpuint (client_app_count (seen_by_bob, "number 64"), ==, 1);
  g_assert_cmpuint (client_app_count (seen_by_bob, "number 129"), ==, 1);

  /* And has it from then on. */
  g_clear_object (&seen_by_bob);
  server_process_kill (pair->server);
  client_app_restart (pair->bob);
  bobs = confab_session_get_room (pair->bob->session, "garden");
  seen_by_bob = client_app_open (bobs);
  while (confab_message_list_get_has_older (CONFAB_MESSAGE_LIST (seen_by_bob)))
    load_older (seen_by_bob);
  g_assert_cmpuint (client_app_count (seen_by_bob, "number 0"), ==, 1);
}

static void
spoil_store (ClientApp *app)
{
  g_autofree char *path = g_build_filename (
    app->folder, "accounts", confab_session_get_id (app->session), "store.sqlite", NULL);

  client_app_pause (app);
  g_assert_true (g_file_set_contents (path, "This is no database.", -1, NULL));
  client_app_resume (app);
}

static void
test_damage (Pair          *pair,
             gconstpointer  data)
{
  ConfabRoom *room = client_app_join (pair->ann, "garden");
  g_autoptr(GListModel) messages = NULL;

  client_app_say (room, "remember this");
  support_wait_until (confab_message_get_state (peek_last (room)) != CONFAB_MESSAGE_STATE_QUEUED);
  spoil_store (pair->ann);

  /* It says so, begins anew, and has everything back from the server. */
  g_assert_error (confab_session_get_last_error (pair->ann->session), CONFAB_ERROR,
                  CONFAB_ERROR_STORE);
  g_assert_cmpuint (g_list_model_get_n_items (confab_session_get_rooms (pair->ann->session)), ==,
                    0);
  client_app_go_online (pair->ann);
  g_assert_null (confab_session_get_last_error (pair->ann->session));
  room = confab_session_get_room (pair->ann->session, "garden");
  g_assert_true (last_is (room, "remember this"));
  messages = client_app_open (room);
  g_assert_cmpuint (client_app_count (messages, "remember this"), ==, 1);
}

static void
add (const char *path,
     void (*test) (Pair *, gconstpointer))
{
  g_test_add (path, Pair, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  add ("/client-chat/two-people-write-in-a-group", test_group);
  add ("/client-chat/two-people-write-to-each-other", test_direct);
  add ("/client-chat/content-arrives-as-it-was-sent", test_content);
  add ("/client-chat/what-was-written-offline-goes-out-once", test_offline);
  add ("/client-chat/a-killed-server-is-come-back-to", test_server_restart);
  add ("/client-chat/a-thousand-missed-messages-are-filled-in", test_gap);
  add ("/client-chat/a-newcomer-pages-back-to-the-beginning", test_history);

  add ("/client-chat/a-damaged-store-is-filled-again", test_damage);

  return g_test_run ();
}
