/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-bot.h"

#include <string.h>

/* The rows of tests/clients/rows.txt that are proven are in the names. */

#define N_CROWD 11

typedef struct
{
  ServerProcess *server;
  ServerAccount *twin;    /* is in Alpha with two connections */
  GPtrArray     *bots;    /* of ClientBot */
  ClientBot     *asker;   /* in no group */
} Space;

static void
add_bot (Space      *space,
         const char *group)
{
  g_autofree char *name = g_strdup_printf ("bot-%u", space->bots->len);
  ClientBot *bot = client_bot_new_at (space->server, name);

  g_ptr_array_add (space->bots, bot);
  client_bot_enter (bot, group);
}

static Space *
space_new (void)
{
  Space *space = g_new0 (Space, 1);

  space->server = server_process_new (NULL);
  space->bots = g_ptr_array_new_with_free_func ((GDestroyNotify) client_bot_free);
  space->twin = server_process_sign_up (space->server, "twin");
  for (guint i = 0; i < 2; i++)
    {
      ClientBot *bot = client_bot_new_of (space->server, space->twin);

      g_ptr_array_add (space->bots, bot);
      client_bot_enter (bot, "Alpha");
    }
  for (guint i = 0; i < N_CROWD; i++)
    add_bot (space, "HelloUniverse");
  for (guint i = 0; i < 2; i++)
    add_bot (space, "HelloWorld");
  add_bot (space, "beta");
  add_bot (space, "q%#x ☃");
  space->asker = client_bot_new_at (space->server, "asker");

  return space;
}

static void
space_free (Space *space)
{
  client_bot_free (space->asker);
  g_ptr_array_unref (space->bots);
  server_account_free (space->twin);
  server_process_free (space->server);
  g_free (space);
}

/* "name count,…" */
static char *
print (ConfabDatabaseResponse *response)
{
  GListModel *list = confab_database_response_get_list (response);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(ConfabRealtimeGroup) group = g_list_model_get_item (list, i);

      g_string_append_printf (text, "%s%s %u", i ? "," : "",
                              confab_realtime_group_get_group (group),
                              (guint) confab_realtime_group_get_number_of_users (group));
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
list (Space      *space,
      const char *params,
      const char *options)
{
  g_autoptr(ConfabDatabaseResponse) response =
    client_bot_list_groups (space->asker, params, options, NULL);

  return print (response);
}

typedef struct
{
  const char *params;
  const char *expected;
} Question;

static void
check_questions (Space          *space,
                 const Question *questions,
                 guint           n_questions)
{
  for (guint i = 0; i < n_questions; i++)
    {
      g_autofree char *groups = list (space, questions[i].params, NULL);

      g_test_message ("%s", questions[i].params ? questions[i].params : "(none)");
      g_assert_cmpstr (groups, ==, questions[i].expected);
    }
}

#define ALL "Alpha 1,HelloUniverse 11,HelloWorld 2,beta 1,q%#x ☃ 1"

static void
test_names (gconstpointer data)
{
  static const Question questions[] = {
    { NULL, ALL },
    { "{}", ALL },
    { "{\"searchFor\":\"zzz\",\"value\":true}", ALL },
    { "{\"value\":\"HelloWorld\"}", "HelloWorld 2" },
    { "{\"value\":\"HelloWorld\",\"condition\":\"=\"}", "HelloWorld 2" },
    { "{\"searchFor\":\"group\",\"value\":\"Hello\",\"condition\":\">=\"}",
      "HelloUniverse 11,HelloWorld 2" },
    { "{\"value\":\"HelloWorld\",\"condition\":\">\"}", "beta 1,q%#x ☃ 1" },
    { "{\"value\":\"HelloWorld\",\"condition\":\"<\"}", "HelloUniverse 11,Alpha 1" },
    { "{\"value\":\"HelloWorld\",\"condition\":\"<=\"}", "HelloWorld 2" },
    { "{\"value\":\"HelloWorld\",\"condition\":\"!=\"}",
      "Alpha 1,HelloUniverse 11,beta 1,q%#x ☃ 1" },
    { "{\"value\":\"q%#x ☃\"}", "q%#x ☃ 1" },
    { "{\"value\":\"nobody\"}", "" },
  };

  check_questions ((Space *) data, questions, G_N_ELEMENTS (questions));
}

static void
test_numbers (gconstpointer data)
{
  static const Question questions[] = {
    { "{\"searchFor\":\"number_of_users\",\"value\":10,\"condition\":\">=\"}",
      "HelloUniverse 11" },
    { "{\"searchFor\":\"number_of_users\",\"value\":2,\"condition\":\">\"}", "HelloUniverse 11" },
    { "{\"searchFor\":\"number_of_users\",\"value\":2,\"condition\":\">=\"}",
      "HelloWorld 2,HelloUniverse 11" },
    { "{\"searchFor\":\"number_of_users\",\"value\":2}", "HelloWorld 2" },
    { "{\"searchFor\":\"number_of_users\",\"value\":11,\"condition\":\"<=\",\"ascending\":true}",
      "HelloUniverse 11,HelloWorld 2,q%#x ☃ 1,beta 1,Alpha 1" },
    { "{\"searchFor\":\"number_of_users\",\"value\":2,\"condition\":\"<\"}",
      "q%#x ☃ 1,beta 1,Alpha 1" },
    { "{\"searchFor\":\"number_of_users\",\"value\":1,\"condition\":\"!=\"}",
      "HelloWorld 2,HelloUniverse 11" },
  };

  check_questions ((Space *) data, questions, G_N_ELEMENTS (questions));
}

static void
test_synonyms (gconstpointer data)
{
  static const char * const synonyms[][2] = {
    { ">", "gt" }, { ">=", "gte" }, { "=", "eq" }, { "<", "lt" }, { "<=", "lte" }, { "!=", "ne" },
  };
  static const char * const values[][2] = {
    { "group", "\"HelloWorld\"" }, { "number_of_users", "2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (synonyms); i++)
    for (guint v = 0; v < G_N_ELEMENTS (values); v++)
      {
        g_autofree char *groups[2] = { NULL, NULL };

        for (guint s = 0; s < 2; s++)
          {
            g_autofree char *params =
              g_strdup_printf ("{\"searchFor\":\"%s\",\"value\":%s,\"condition\":\"%s\"}",
                               values[v][0], values[v][1], synonyms[i][s]);

            groups[s] = list ((Space *) data, params, NULL);
          }

        g_assert_cmpstr (groups[0], ==, groups[1]);
        g_free (groups[0]);
        g_steal_pointer (&groups[0]);
        g_free (groups[1]);
        g_steal_pointer (&groups[1]);
      }
}

static void
test_ranges (gconstpointer data)
{
  static const Question questions[] = {
    { "{\"value\":\"A\",\"range\":\"I\"}", "Alpha 1,HelloUniverse 11,HelloWorld 2" },
    { "{\"value\":\"I\",\"range\":\"A\"}", "HelloWorld 2,HelloUniverse 11,Alpha 1" },
    { "{\"value\":\"A\",\"range\":\"I\",\"condition\":\"=\"}",
      "Alpha 1,HelloUniverse 11,HelloWorld 2" },
    { "{\"searchFor\":\"number_of_users\",\"value\":2,\"range\":11}",
      "HelloWorld 2,HelloUniverse 11" },
  };

  check_questions ((Space *) data, questions, G_N_ELEMENTS (questions));
}

static void
test_refusals (gconstpointer data)
{
  const Space *space = data;
  static const char * const refused[][3] = {
    { "{\"searchFor\":\"number_of_users\",\"value\":\"two\"}", NULL,
      "INVALID_PARAMETER: \"value\" must be a number." },
    { "{\"value\":2}", NULL, "INVALID_PARAMETER: \"value\" must be a string." },
    { "{\"value\":\"a\",\"range\":2}", NULL, "INVALID_PARAMETER: \"range\" must be a string." },
    { "{\"searchFor\":\"number_of_users\",\"value\":1,\"range\":\"b\"}", NULL,
      "INVALID_PARAMETER: \"range\" must be a number." },
    { "{\"value\":\"a\",\"condition\":\"~\"}", NULL,
      "INVALID_PARAMETER: \"~\" is invalid in \"condition\". allowed types or values are: \">\", "
      "\">=\", \"=\", \"<\", \"<=\", \"!=\", \"gt\", \"gte\", \"eq\", \"lt\", \"lte\", \"ne\"." },
    { NULL, "{\"limit\":\"9\"}", "INVALID_PARAMETER: Fetch limit should be a number." },
    { NULL, "{\"limit\":1001}", "INVALID_PARAMETER: Fetch limit should be below 1000." },
    { NULL, "{\"startKey\":\"here\"}",
      "INVALID_PARAMETER: \"here\" is invalid startKey key." },
    { NULL, "{\"startKey\":{}}", "INVALID_PARAMETER: \"{}\" is invalid startKey key." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    client_bot_list_groups (space->asker, refused[i][0], refused[i][1], refused[i][2]);

  client_bot_list_users (space->asker, NULL, NULL, NULL,
                         "INVALID_PARAMETER: No group has been joined. Otherwise \"group\" is "
                         "required.");
  client_bot_list_users (space->asker, "Alpha", "", NULL,
                         "INVALID_PARAMETER: User ID in \"user_id\" is empty.");
  client_bot_list_users (space->asker, "Alpha", "user_a", NULL,
                         "INVALID_PARAMETER: User ID in \"user_id\" is invalid.");
}

static void
progress_cb (ConfabClient *client,
             const char   *status,
             guint64       loaded,
             guint64       total,
             gpointer      user_data)
{
  g_autofree char *line = g_strdup_printf ("%s %s", status, loaded == total ? "whole" : "part");

  g_assert_cmpuint (loaded, <=, total);
  g_ptr_array_add (user_data, g_steal_pointer (&line));
}

static void
test_progress (gconstpointer data)
{
  Space *space = (Space *) data;
  g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  gulong id =
    g_signal_connect (space->asker->client, "progress", G_CALLBACK (progress_cb), told);
  g_autofree char *groups = list (space, NULL, NULL);

  g_signal_handler_disconnect (space->asker->client, id);
  g_assert_cmpstr (groups, ==, ALL);
  g_assert_cmpuint (told->len, >=, 2);
  g_assert_cmpstr (told->pdata[0], ==, "upload whole");
  g_assert_cmpstr (told->pdata[told->len - 1], ==, "download whole");
}

static void
test_pages (gconstpointer data)
{
  Space *space = (Space *) data;
  static const char * const pages[] = { "Alpha 1,HelloUniverse 11", "HelloWorld 2,beta 1",
                                        "q%#x ☃ 1" };
  g_autoptr(ConfabDatabaseResponse) first = NULL;
  g_autoptr(ConfabDatabaseResponse) over = NULL;
  g_autoptr(ConfabDatabaseResponse) second = NULL;
  g_autofree char *options = NULL;
  g_autofree char *start_key = NULL;
  g_autofree char *again = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr(ConfabDatabaseResponse) page =
        client_bot_list_groups (space->asker, NULL,
                                i ? "{\"limit\":2,\"fetchMore\":true}" : "{\"limit\":2}", NULL);
      g_autofree char *groups = print (page);
      const char * const *history = confab_database_response_get_start_key_history (page);

      g_assert_cmpstr (groups, ==, pages[i]);
      g_assert_cmpint (confab_database_response_get_end_of_list (page), ==, i == 2);
      g_assert_cmpuint (g_strv_length ((char **) history), ==, i + 1);
      if (i == 0)
        first = g_object_ref (page);
      else if (i == 2)
        g_assert_cmpstr (history[2], ==, "end");
    }

  /* Behind the end there is nothing, and nobody has to be asked. */
  over = client_bot_list_groups (space->asker, NULL, "{\"limit\":2,\"fetchMore\":true}", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (confab_database_response_get_list (over)), ==, 0);
  g_assert_true (confab_database_response_get_end_of_list (over));
  g_assert_cmpstr (json_node_get_string (confab_database_response_get_start_key (over)), ==,
                   "end");

  /* A start key of one's own. */
  start_key = json_to_string (confab_database_response_get_start_key (first), FALSE);
  options = g_strdup_printf ("{\"limit\":2,\"startKey\":%s}", start_key);
  again = list (space, NULL, options);
  g_assert_cmpstr (again, ==, pages[1]);
  g_free (again);
  again = list (space, NULL, "{\"limit\":2,\"startKey\":\"start\"}");
  g_assert_cmpstr (again, ==, pages[0]);
  g_free (again);
  again = list (space, NULL, "{\"limit\":2,\"ascending\":false}");
  g_assert_cmpstr (again, ==, "q%#x ☃ 1,beta 1");
}

static void
test_users (gconstpointer data)
{
  const Space *space = data;
  ClientBot *member = g_ptr_array_index (space->bots, 2);
  g_autoptr(ConfabDatabaseResponse) crowd =
    client_bot_list_users (space->asker, "HelloUniverse", NULL, NULL, NULL);
  g_autoptr(ConfabDatabaseResponse) twin =
    client_bot_list_users (space->asker, "Alpha", space->twin->user_id, NULL, NULL);
  g_autoptr(ConfabDatabaseResponse) absent =
    client_bot_list_users (space->asker, "beta", space->twin->user_id, NULL, NULL);
  g_autoptr(ConfabDatabaseResponse) own = client_bot_list_users (member, NULL, NULL, NULL, NULL);
  GListModel *twins = confab_database_response_get_list (twin);
  g_autofree char *last_cid = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (confab_database_response_get_list (crowd)), ==,
                    N_CROWD);
  g_assert_cmpuint (g_list_model_get_n_items (confab_database_response_get_list (absent)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (confab_database_response_get_list (own)), ==,
                    N_CROWD);

  /* Each of the user's connections. */
  g_assert_cmpuint (g_list_model_get_n_items (twins), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(ConfabRealtimeUser) user = g_list_model_get_item (twins, i);

      g_assert_cmpstr (confab_realtime_user_get_user_id (user), ==, space->twin->user_id);
      g_assert_true (g_str_has_prefix (confab_realtime_user_get_cid (user), "cid:"));
      g_assert_cmpstr (confab_realtime_user_get_cid (user), ==,
                       confab_realtime_user_get_connection_id (user));
      g_assert_cmpstr (confab_realtime_user_get_cid (user), !=, last_cid);
      g_set_str (&last_cid, confab_realtime_user_get_cid (user));
    }
}

int
main (int    argc,
      char **argv)
{
  Space *space;
  int status;

  g_test_init (&argc, &argv, NULL);
  space = space_new ();

  g_test_add_data_func ("/client/lists/groups-by-name #54 #55 #56 #57 #58 #59 #60 #61 #62 #68",
                        space, test_names);
  g_test_add_data_func ("/client/lists/groups-by-size #55 #56 #57 #58 #59 #60 #61 #62 #69", space,
                        test_numbers);
  g_test_add_data_func ("/client/lists/synonyms-of-conditions #63", space, test_synonyms);
  g_test_add_data_func ("/client/lists/ranges #64", space, test_ranges);
  g_test_add_data_func ("/client/lists/parameters-that-are-refused #56 #66 #74", space,
                        test_refusals);
  g_test_add_data_func ("/client/lists/page-by-page #66 #67 #74", space, test_pages);
  g_test_add_data_func ("/client/lists/progress-is-told #66", space, test_progress);
  g_test_add_data_func ("/client/lists/who-is-in-a-group #70 #71 #72 #74", space, test_users);

  status = g_test_run ();
  space_free (space);

  return status;
}
