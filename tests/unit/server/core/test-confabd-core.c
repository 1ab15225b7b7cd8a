/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include <string.h>

#define A_SECOND_MS 1000
#define AN_HOUR_MS  (60 * 60 * 1000)

static WorldPeer *
find (World       *world,
      ConfabdPeer  peer)
{
  return world_peers_find (world->peers, peer);
}

static void
open_raw (World       *world,
          ConfabdPeer  peer,
          guint        user,
          guint        session,
          gboolean     native)
{
  ConfabdIdentity identity = {
    .expires_ms = (guint64) world->now_ms + AN_HOUR_MS,
    .native = native,
  };

  world_make_user_id (user, &identity.user_id);
  world_make_user_id (session, &identity.session_id);
  world_peers_open (world->peers, peer, native);
  confabd_core_peer_opened (world->core, peer, &identity);
}

static void
test_native_is_greeted (World         *world,
                        gconstpointer  unused)
{
  g_autofree char *user_id = world_dup_user_id (7);
  g_autoptr(JsonObject) frame = NULL;
  JsonObject *hello;

  open_raw (world, 1, 7, 7, TRUE);
  frame = world_take (world, 1, "#hello");
  hello = json_object_get_object_member (frame, "#hello");

  g_assert_cmpstr (json_object_get_string_member (hello, "user_id"), ==, user_id);
  g_assert_cmpstr (json_object_get_string_member (hello, "service"), ==, "service");
  g_assert_cmpuint (strlen (json_object_get_string_member (hello, "cid")), ==, 16);
  g_assert_cmpint (json_object_get_int_member (hello, "at"), ==, world->now_ms);
  g_assert_cmpint (json_object_get_int_member (hello, "ping_ms"), ==, 25000);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (hello, "limits"),
                                               "message_bytes"), ==, 2097152);
  world_assert_quiet (world, 1);
}

static void
test_skapi_is_told_nothing (World         *world,
                            gconstpointer  unused)
{
  open_raw (world, 1, 7, 7, FALSE);
  world_assert_quiet (world, 1);
}

static void
test_token_expires (World         *world,
                    gconstpointer  unused)
{
  world_open_until (world, 1, 1, TRUE, world->now_ms + 10 * A_SECOND_MS);
  world_open_until (world, 2, 1, TRUE, world->now_ms + 10 * A_SECOND_MS + 1);
  world_open_until (world, 3, 2, TRUE, world->now_ms + AN_HOUR_MS);

  for (guint i = 0; i < 9; i++)
    {
      world->now_ms += A_SECOND_MS;
      confabd_core_tick (world->core);
    }
  g_assert_true (find (world, 1)->open);

  world->now_ms += A_SECOND_MS;
  confabd_core_tick (world->core);
  g_assert_false (find (world, 1)->open);
  g_assert_cmpuint (find (world, 1)->close_code, ==, 3500);
  g_assert_true (find (world, 2)->open);

  world->now_ms += 1;
  confabd_core_tick (world->core);
  g_assert_cmpuint (find (world, 2)->close_code, ==, 3500);
  g_assert_true (find (world, 3)->open);
}

/* As after a night of sleep: all that expired meanwhile goes at once. */
static void
test_clock_that_jumps_ahead_expires_all (World         *world,
                                         gconstpointer  unused)
{
  for (guint i = 1; i <= 100; i++)
    world_open_until (world, i, i, i % 2 == 0, world->now_ms + i * 37 * A_SECOND_MS);

  world->now_ms += AN_HOUR_MS;
  confabd_core_tick (world->core);

  for (guint i = 1; i <= 100; i++)
    g_assert_cmpint (find (world, i)->open, ==, i * 37 > 3600);
}

static void
test_clock_that_jumps_back_expires_later (World         *world,
                                          gconstpointer  unused)
{
  world_open_until (world, 1, 1, TRUE, world->now_ms + 10 * A_SECOND_MS);

  world->now_ms -= AN_HOUR_MS;
  confabd_core_tick (world->core);
  g_assert_true (find (world, 1)->open);

  world->now_ms += AN_HOUR_MS + 10 * A_SECOND_MS;
  confabd_core_tick (world->core);
  g_assert_cmpuint (find (world, 1)->close_code, ==, 3500);
}

static void
test_expired_token_gets_no_connection (World         *world,
                                       gconstpointer  unused)
{
  world_open_until (world, 1, 1, TRUE, world->now_ms);

  g_assert_cmpuint (find (world, 1)->close_code, ==, 3500);
  g_assert_false (confabd_core_is_online (world->core, &(BaseUuid) { { 0 } }));
}

static void
test_revoked_session_loses_its_connections (World         *world,
                                            gconstpointer  unused)
{
  BaseUuid session_id;

  open_raw (world, 1, 1, 101, TRUE);
  open_raw (world, 2, 1, 101, FALSE);
  open_raw (world, 3, 1, 102, TRUE);
  open_raw (world, 4, 2, 103, TRUE);
  world_make_user_id (101, &session_id);
  confabd_core_session_revoked (world->core, &session_id);

  g_assert_cmpuint (find (world, 1)->close_code, ==, 3501);
  g_assert_cmpuint (find (world, 2)->close_code, ==, 3501);
  g_assert_true (find (world, 3)->open);
  g_assert_true (find (world, 4)->open);

  /* What the hub says afterwards is late. */
  confabd_core_peer_closed (world->core, 1);
  world_ask (world, 2, "{\"action\":\"keepAlive\",\"ref\":\"1\"}");
}

/* The handshake was checked before the revocation, but comes to the core after it. */
static void
test_revocation_overtakes_a_handshake (World         *world,
                                       gconstpointer  unused)
{
  BaseUuid session_id;

  world_make_user_id (101, &session_id);
  confabd_core_session_revoked (world->core, &session_id);
  open_raw (world, 1, 1, 101, TRUE);
  g_assert_cmpuint (find (world, 1)->close_code, ==, 3501);

  /* An hour later no handshake can be left of that time, and the memory of it is gone. */
  world->now_ms += AN_HOUR_MS;
  confabd_core_tick (world->core);
  open_raw (world, 2, 1, 101, TRUE);
  g_assert_true (find (world, 2)->open);
}

static void
test_shut_down_closes_all_with_3000 (World         *world,
                                     gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, FALSE);
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\"}");
  world_ask (world, 2, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  world_forget (world, 1);
  world_forget (world, 2);

  confabd_core_shut_down (world->core);
  g_assert_cmpuint (find (world, 1)->close_code, ==, 3000);
  g_assert_cmpuint (find (world, 2)->close_code, ==, 3000);

  /* Nobody is told that the others have gone. */
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 2);
  g_assert_cmpuint (world->store->n_seen, ==, 2);

  world_open (world, 3, 3, TRUE);
  g_assert_cmpuint (find (world, 3)->close_code, ==, 3000);
}

static void
test_last_seen_is_written_when_the_last_connection_went (World         *world,
                                                         gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 1, TRUE);
  world_close (world, 1);
  confabd_core_tick (world->core);
  g_assert_cmpuint (world->store->n_seen, ==, 0);

  world_close (world, 2);
  confabd_core_tick (world->core);
  confabd_core_tick (world->core);
  g_assert_cmpuint (world->store->n_seen, ==, 1);
}

/* Log and store answer whenever they like, be it after the end. */
static void
test_answers_after_the_end_do_no_harm (World         *world,
                                       gconstpointer  unused)
{
  world->store->holds = TRUE;
  world_open (world, 1, 1, TRUE);
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\",\"ref\":\"1\"}");
  world_ask (world, 1, "{\"action\":\"join\",\"rid\":\"Other\",\"ref\":\"2\"}");
  world_ask (world, 1, "{\"action\":\"leave\",\"rid\":\"Room\",\"ref\":\"3\"}");
  world_ask (world, 1, "{\"action\":\"rooms\",\"ref\":\"4\"}");

  /* So many that some have to wait for their turn. */
  for (guint i = 2; i <= 50; i++)
    {
      world_open (world, i, 1, TRUE);
      world_ask (world, i, "{\"action\":\"join\",\"rid\":\"Other\",\"ref\":\"1\"}");
    }
  g_clear_pointer (&world->core, confabd_core_free);

  /* The question for contacts and the six of the first, and two of each of the others. */
  g_assert_cmpuint (world_store_let_through (world->store, G_MAXUINT), ==, 6 + 2 * 49);
  g_assert_cmpuint (world_drain (world), ==, 6 + 2 * 49);
  world_assert_quiet (world, 1);
}

#define add(name, func) g_test_add ("/core/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("native-is-greeted", test_native_is_greeted);
  add ("skapi-is-told-nothing", test_skapi_is_told_nothing);
  add ("token-expires", test_token_expires);
  add ("clock-that-jumps-ahead-expires-all", test_clock_that_jumps_ahead_expires_all);
  add ("clock-that-jumps-back-expires-later", test_clock_that_jumps_back_expires_later);
  add ("expired-token-gets-no-connection", test_expired_token_gets_no_connection);
  add ("revoked-session-loses-its-connections", test_revoked_session_loses_its_connections);
  add ("revocation-overtakes-a-handshake", test_revocation_overtakes_a_handshake);
  add ("shut-down-closes-all-with-3000", test_shut_down_closes_all_with_3000);
  add ("last-seen-is-written-when-the-last-connection-went",
       test_last_seen_is_written_when_the_last_connection_went);
  add ("answers-after-the-end-do-no-harm", test_answers_after_the_end_do_no_harm);

  return g_test_run ();
}
