/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

static void
test_keep_alive_is_answered_only_with_a_ref (World         *world,
                                             gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 1, TRUE);
  world_ask (world, 1, "{\"action\":\"keepAlive\"}");
  world_assert_quiet (world, 1);
  world_ask (world, 2, "{\"action\":\"keepAlive\",\"ref\":\"é 1\"}");
  world_assert_ok (world, 2, "é 1");
}

static void
test_native_actions_need_the_subprotocol (World         *world,
                                          gconstpointer  unused)
{
  static const char * const actions[] = {
    "\"post\",\"rid\":\"Room\",\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"content\":1",
    "\"rooms\"", "\"join\",\"rid\":\"Room\"", "\"leave\",\"rid\":\"Room\"",
    "\"subscribe\",\"rid\":\"Room\"", "\"unsubscribe\",\"rid\":\"Room\"",
    "\"history\",\"rid\":\"Room\"", "\"typing\",\"rid\":\"Room\",\"on\":true",
    "\"read\",\"rid\":\"Room\",\"seq\":1", "\"groups\"", "\"users\"",
    "\"members\",\"rid\":\"Room\"",
  };

  world_open (world, 1, 1, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      world_ask (world, 1, "{\"action\":%s}", actions[i]);
      world_assert_error (world, 1, "INVALID_REQUEST");
    }
}

/* A table of what a client may get wrong, and what it is told. */
static void
test_bad_requests_have_names (World         *world,
                              gconstpointer  unused)
{
  static const struct
  {
    const char *request;
    const char *code;
  } cases[] = {
    { "[]", "INVALID_REQUEST" },
    { "{", "INVALID_REQUEST" },
    { "{}", "INVALID_REQUEST" },
    { "{\"action\":7}", "INVALID_REQUEST" },
    { "{\"action\":\"dance\",\"ref\":\"1\"}", "INVALID_REQUEST" },
    { "{\"action\":\"subscribe\"}", "INVALID_REQUEST" },
    { "{\"action\":\"subscribe\",\"rid\":7}", "INVALID_PARAMETER" },
    { "{\"action\":\"subscribe\",\"rid\":\"@nobody\"}", "INVALID_PARAMETER" },
    { "{\"action\":\"subscribe\",\"rid\":\"a\\u0007b\"}", "INVALID_PARAMETER" },
    { "{\"action\":\"subscribe\",\"rid\":\"00000000-0000-4000-8000-000000000001\"}",
      "INVALID_PARAMETER" },
    { "{\"action\":\"joinRoom\",\"rid\":\"00000000-0000-4000-8000-000000000001\"}",
      "INVALID_PARAMETER" },
    { "{\"action\":\"joinRoom\",\"rid\":\"@00000000-0000-4000-8000-000000000001\"}",
      "INVALID_PARAMETER" },
    { "{\"action\":\"join\",\"rid\":\"@00000000-0000-4000-8000-000000000001\"}",
      "INVALID_PARAMETER" },
    { "{\"action\":\"members\",\"rid\":\"@00000000-0000-4000-8000-000000000001\"}",
      "INVALID_PARAMETER" },
    { "{\"action\":\"history\",\"rid\":\"Room\",\"before\":1,\"after\":1}", "INVALID_PARAMETER" },
    { "{\"action\":\"history\",\"rid\":\"Room\",\"limit\":201}", "INVALID_PARAMETER" },
    { "{\"action\":\"read\",\"rid\":\"Room\"}", "INVALID_REQUEST" },
    { "{\"action\":\"rtc\",\"content\":1}", "INVALID_REQUEST" },
    { "{\"action\":\"rtc\",\"uid\":\"cid:AAAAAAAAAAAAAAA=\",\"content\":1}", "NOT_EXISTS" },
  };

  world_open (world, 1, 1, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].request);
      world_ask (world, 1, "%s", cases[i].request);
      world_assert_error (world, 1, cases[i].code);
      world_assert_quiet (world, 1);
    }
}

static void
test_token_of_a_frame_is_checked (World         *world,
                                  gconstpointer  unused)
{
  world_open (world, 1, 1, FALSE);
  world_ask (world, 1, "{\"action\":\"joinRoom\",\"rid\":\"Room\",\"token\":\"bad\"}");
  world_assert_error (world, 1, "INVALID_TOKEN");
  world_ask (world, 1, "{\"action\":\"joinRoom\",\"rid\":\"Room\",\"token\":\"good\"}");
  json_object_unref (world_take (world, 1, "#notice"));
}

static void
test_unanswered_requests_are_bounded (World         *world,
                                      gconstpointer  unused)
{
  g_autoptr(JsonObject) refusal = NULL;
  JsonObject *error;

  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_drain (world);
  world->store->holds = TRUE;

  for (guint i = 0; i < WORLD_MAX_PENDING; i++)
    world_ask (world, 1, "{\"action\":\"rooms\",\"ref\":\"%u\"}", i);
  world_assert_quiet (world, 1);

  world_ask (world, 1, "{\"action\":\"rooms\",\"ref\":\"over\"}");
  refusal = world_take (world, 1, "#error");
  error = json_object_get_object_member (refusal, "#error");
  g_assert_cmpstr (json_object_get_string_member (refusal, "#ref"), ==, "over");
  g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, "TOO_MANY_REQUESTS");
  g_assert_cmpint (json_object_get_int_member (error, "retry_after_ms"), >, 0);

  /* Neither what needs no answer of the store nor what others ask is hindered. */
  world_ask (world, 1, "{\"action\":\"keepAlive\",\"ref\":\"k\"}");
  world_assert_ok (world, 1, "k");
  world_ask (world, 2, "{\"action\":\"rooms\",\"ref\":\"other\"}");

  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  for (guint i = 0; i < WORLD_MAX_PENDING; i++)
    g_free (world_take_text (world, 1));
  world_assert_ok (world, 2, "other");

  world->store->holds = FALSE;
  world_ask (world, 1, "{\"action\":\"rooms\",\"ref\":\"again\"}");
  world_assert_ok (world, 1, "again");
}

static void
test_groups_of_a_connection_are_bounded (World         *world,
                                         gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room %u\",\"ref\":\"s\"}", i);
      world_assert_ok (world, 1, "s");
      world_forget (world, 1);
    }

  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room 3\",\"ref\":\"s\"}");
  world_assert_error (world, 1, "TOO_MANY_REQUESTS");
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Room 3\",\"ref\":\"j\"}");
  world_assert_error (world, 1, "TOO_MANY_REQUESTS");

  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room 2\",\"ref\":\"s\"}");
  world_assert_ok (world, 1, "s");
  world_ask (world, 1, "{\"action\":\"unsubscribe\",\"rid\":\"Room 0\",\"ref\":\"u\"}");
  world_assert_ok (world, 1, "u");
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room 3\",\"ref\":\"s\"}");
  world_assert_ok (world, 1, "s");
}

/* An answer may be a mebibyte: only so many are asked for at a time, and the others wait. */
static void
test_reads_wait_for_their_turn (World         *world,
                                gconstpointer  unused)
{
  const guint n_peers = 20;

  for (guint i = 1; i <= n_peers; i++)
    world_open (world, i, i, TRUE);
  world_drain (world);
  world->store->holds = TRUE;
  world->store->n_queries = 0;
  world->store->n_tails = 0;

  for (guint i = 1; i <= n_peers; i++)
    {
      world_ask (world, i, "{\"action\":\"history\",\"rid\":\"Room\",\"ref\":\"1\"}");
      world_ask (world, i, "{\"action\":\"subscribe\",\"rid\":\"Room\",\"ref\":\"2\"}");
    }
  g_assert_cmpuint (world->store->n_queries + world->store->n_tails, ==, 32);

  /* Who has gone meanwhile is no hindrance either. */
  world_close (world, 1);
  world_close (world, n_peers);
  while (world_store_let_through (world->store, 1) > 0)
    world_drain (world);

  /* With the two questions about whom to tell that somebody went offline. */
  g_assert_cmpuint (world->store->n_queries, ==, n_peers + 2);
  g_assert_cmpuint (world->store->n_tails, ==, n_peers);
  for (guint i = 2; i < n_peers; i++)
    {
      world_assert_ok (world, i, "1");
      world_assert_ok (world, i, "2");
    }
}

/* A store may fail any question; a connection that asked may be gone. */
static void
fail_cb (ConfabdQuery *query,
         gpointer      user_data)
{
  query->status = GPOINTER_TO_UINT (user_data);
}

static void
test_failures_of_the_store_have_names (World         *world,
                                       gconstpointer  unused)
{
  static const struct
  {
    ConfabdQueryStatus  status;
    const char         *code;
  } cases[] = {
    { CONFABD_QUERY_NOT_EXISTS, "NOT_EXISTS" },
    { CONFABD_QUERY_EXISTS, "EXISTS" },
    { CONFABD_QUERY_FULL, "STORAGE_FULL" },
    { CONFABD_QUERY_FAILED, "ERROR" },
    { CONFABD_QUERY_REPLAYED, "ERROR" },
  };
  static const char * const requests[] = {
    "\"rooms\"", "\"groups\"", "\"users\"", "\"history\",\"rid\":\"Room\"",
    "\"members\",\"rid\":\"Room\"", "\"read\",\"rid\":\"Room\",\"seq\":1",
    "\"leave\",\"rid\":\"@00000000-0000-4000-8000-000000000002\"",
  };

  world_open (world, 1, 1, TRUE);
  world->store->answer = fail_cb;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      world->store->answer_data = GUINT_TO_POINTER (cases[i].status);
      for (guint j = 0; j < G_N_ELEMENTS (requests); j++)
        {
          world_ask (world, 1, "{\"action\":%s,\"ref\":\"r\"}", requests[j]);
          world_assert_error (world, 1, cases[i].code);
        }
    }
}

static void
test_answers_to_one_who_is_gone_are_dropped (World         *world,
                                             gconstpointer  unused)
{
  static const char * const requests[] = {
    "\"rooms\"", "\"groups\"", "\"users\"", "\"history\",\"rid\":\"Room\"",
    "\"members\",\"rid\":\"Room\"", "\"read\",\"rid\":\"Room\",\"seq\":1",
    "\"leave\",\"rid\":\"Room\"", "\"leave\",\"rid\":\"@00000000-0000-4000-8000-000000000002\"",
    "\"join\",\"rid\":\"Room\"", "\"subscribe\",\"rid\":\"Room\"",
    "\"post\",\"rid\":\"@00000000-0000-4000-8000-000000000002\",\"content\":1",
  };

  world->store->holds = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      world_open (world, i + 1, 1, TRUE);
      world_ask (world, i + 1, "{\"action\":%s,\"ref\":\"r\"}", requests[i]);
      world_close (world, i + 1);
    }

  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  world->store->holds = FALSE;

  /* Nothing of them is left. */
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
  world_open (world, 100, 1, TRUE);
  world_ask (world, 100, "{\"action\":\"subscribe\",\"rid\":\"Room\",\"ref\":\"r\"}");
  world_assert_ok (world, 100, "r");
}

#define add(name, func) \
        g_test_add ("/core/requests/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("keep-alive-is-answered-only-with-a-ref", test_keep_alive_is_answered_only_with_a_ref);
  add ("native-actions-need-the-subprotocol", test_native_actions_need_the_subprotocol);
  add ("bad-requests-have-names", test_bad_requests_have_names);
  add ("token-of-a-frame-is-checked", test_token_of_a_frame_is_checked);
  add ("unanswered-requests-are-bounded", test_unanswered_requests_are_bounded);
  add ("reads-wait-for-their-turn", test_reads_wait_for_their_turn);
  add ("groups-of-a-connection-are-bounded", test_groups_of_a_connection_are_bounded);
  add ("failures-of-the-store-have-names", test_failures_of_the_store_have_names);
  add ("answers-to-one-who-is-gone-are-dropped", test_answers_to_one_who_is_gone_are_dropped);

  return g_test_run ();
}
