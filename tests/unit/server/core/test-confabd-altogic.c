/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include "wire-limits.h"

/* Who a Socket.IO client is, and when it has to go; tests/integration speaks with all the rest. */

#define CONNECT_MS 45000

/* Packets go without the "4" of Engine.IO in, and with it out. */
static void
expect (World       *world,
        ConfabdPeer  peer,
        const char  *prefix)
{
  g_autofree char *text = world_take_text (world, peer);

  g_assert_nonnull (text);
  if (!g_str_has_prefix (text, prefix))
    g_error ("Got %s, not %s", text, prefix);
}

static void
expect_closed (World       *world,
               ConfabdPeer  peer,
               guint        code)
{
  WorldPeer *found = world_peers_find (world->peers, peer);

  g_assert_false (found->open);
  g_assert_cmpuint (found->close_code, ==, code);
}

static void
connect_as (World       *world,
            ConfabdPeer  peer,
            const char  *packet)
{
  world_open_socket_io (world, peer);
  world_say (world, peer, packet);
  expect (world, peer, "40{\"sid\":\"");
}

static void
test_session_is_needed (World         *world,
                        gconstpointer  unused)
{
  const char *missing = "44{\"message\":\"Realtime Connection Error - A session token is needed\"";
  const char *invalid = "44{\"message\":\"Realtime Connection Error - The session token is not";

  world_open_socket_io (world, 1);
  world_assert_quiet (world, 1);
  world_say (world, 1, "0");
  expect (world, 1, missing);
  world_say (world, 1, "0{\"Session\":7}");
  expect (world, 1, missing);
  world_say (world, 1, "0{\"Session\":\"\"}");
  expect (world, 1, missing);
  world_say (world, 1, "0{\"Session\":\"wrong\"}");
  expect (world, 1, invalid);
  world_say (world, 1, "0/other,{\"Session\":\"session-1\"}");
  expect (world, 1, "44/other,{\"message\":\"Invalid namespace\"}");
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);

  world_say (world, 1, "0{\"Session\":\"session-1\"}");
  expect (world, 1, "40{\"sid\":\"");
  g_assert_cmpuint (world_peers_n_attached (world->peers), >, 0);
  world_assert_quiet (world, 1);
}

static void
test_session_may_be_found_late (World         *world,
                                gconstpointer  unused)
{
  world_open_socket_io (world, 1);
  world_say (world, 1, "0{\"Session\":\"late-1\"}");
  world_assert_quiet (world, 1);
  world_find_session (world, 1);
  expect (world, 1, "40{\"sid\":\"");

  world_open_socket_io (world, 2);
  world_say (world, 2, "0{\"Session\":\"late-1\"}");
  world_close (world, 2);
  world_find_session (world, 1);
  world_assert_quiet (world, 2);

  world_open_socket_io (world, 3);
  world_say (world, 3, "0{\"Session\":\"late-1\"}");
  g_clear_pointer (&world->core, confabd_core_free);
  world_find_session (world, 1);
  world_assert_quiet (world, 3);
}

static void
test_nobody_does_not_stay (World         *world,
                           gconstpointer  unused)
{
  world_open_socket_io (world, 1);
  connect_as (world, 2, "0{\"Session\":\"session-2\"}");

  world->now_ms += CONNECT_MS - 1;
  confabd_core_tick (world->core);
  g_assert_true (world_peers_find (world->peers, 1)->open);

  world->now_ms++;
  confabd_core_tick (world->core);
  expect_closed (world, 1, 1000);
  g_assert_true (world_peers_find (world->peers, 2)->open);

  /* Who leaves the namespace is nobody again. */
  world_say (world, 2, "1");
  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
  world->now_ms += CONNECT_MS - 1;
  confabd_core_tick (world->core);
  g_assert_true (world_peers_find (world->peers, 2)->open);
  world->now_ms++;
  confabd_core_tick (world->core);
  expect_closed (world, 2, 1000);
}

static void
test_who_is_out_of_step_is_closed (World         *world,
                                   gconstpointer  unused)
{
  static const char *const before[] = { "1", "2[\"join\",\"c\"]", "31[]", "4{\"message\":\"\"}" };
  static const char *const after[] = { "0{\"Session\":\"session-1\"}", "1/other,",
                                       "2/other,[\"join\",\"c\"]", "4{\"message\":\"\"}" };
  ConfabdPeer peer = 1;

  for (guint i = 0; i < G_N_ELEMENTS (before); i++, peer++)
    {
      world_open_socket_io (world, peer);
      world_say (world, peer, before[i]);
      expect_closed (world, peer, 1002);
    }

  for (guint i = 0; i < G_N_ELEMENTS (after); i++, peer++)
    {
      connect_as (world, peer, "0{\"Session\":\"session-1\"}");
      world_say (world, peer, after[i]);
      expect_closed (world, peer, 1002);
    }

  g_assert_cmpuint (world_peers_n_attached (world->peers), ==, 0);
}

static void
test_session_ends (World         *world,
                   gconstpointer  unused)
{
  BaseUuid session_id;

  connect_as (world, 1, "0{\"Session\":\"session-1\"}");
  connect_as (world, 2, "0{\"Session\":\"session-2\"}");
  world_open_socket_io (world, 3);

  world_make_user_id (1, &session_id);
  confabd_core_session_revoked (world->core, &session_id);
  expect_closed (world, 1, WIRE_CLOSE_SESSION_REVOKED);
  g_assert_true (world_peers_find (world->peers, 2)->open);

  confabd_core_shut_down (world->core);
  expect_closed (world, 2, WIRE_CLOSE_SHUTDOWN);
  expect_closed (world, 3, WIRE_CLOSE_SHUTDOWN);

  world_open_socket_io (world, 4);
  expect_closed (world, 4, WIRE_CLOSE_SHUTDOWN);
}

static void
test_user_events (World         *world,
                  gconstpointer  unused)
{
  BaseUuid user_id;

  world->now_ms = G_GINT64_CONSTANT (1767225600123);
  connect_as (world, 1, "0{\"Session\":\"session-1\"}");
  world_make_user_id (1, &user_id);
  confabd_core_user_event (world->core, &user_id, CONFABD_USER_SIGNED_IN);
  expect (world, 1, "42[\"user:signin\",\"user:signin\",{\"userId\":\"");

  /* To all connections of the user, and to nobody else. */
  connect_as (world, 2, "0{\"Session\":\"session-1\"}");
  connect_as (world, 3, "0{\"Session\":\"session-2\"}");
  world_open_socket_io (world, 4);
  confabd_core_user_event (world->core, &user_id, CONFABD_USER_PASSWORD_CHANGED);
  for (ConfabdPeer peer = 1; peer <= 2; peer++)
    expect (world, peer, "42[\"user:pwdchange\",\"user:pwdchange\",null]");
  confabd_core_user_event (world->core, &user_id, CONFABD_USER_SIGNED_OUT);
  for (ConfabdPeer peer = 1; peer <= 2; peer++)
    {
      expect (world, peer, "42[\"user:signout\",\"user:signout\",{\"userId\":\"");
      world_assert_quiet (world, peer);
    }
  world_assert_quiet (world, 3);
  world_assert_quiet (world, 4);
}

/* On the same socket, but another connection: what the one before asked for is not its business. */
static void
test_answers_do_not_reach_who_comes_after (World         *world,
                                           gconstpointer  unused)
{
  connect_as (world, 1, "0{\"Session\":\"session-1\"}");
  world->store->holds = TRUE;
  world_say (world, 1, "27[\"message\",{\"channel\":\"c\",\"eventName\":\"e\"}]");
  world_say (world, 1, "1");
  world_say (world, 1, "0{\"Session\":\"session-2\"}");
  expect (world, 1, "40{\"sid\":\"");

  world->store->holds = FALSE;
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  world_assert_quiet (world, 1);

  world_say (world, 1, "28[\"message\",{\"channel\":\"c\",\"eventName\":\"e\"}]");
  world_drain (world);
  expect (world, 1, "438[{\"status\":\"ok\"}]");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define add(path, func) g_test_add (path, World, NULL, world_setup, func, world_teardown)
  add ("/altogic/session-is-needed", test_session_is_needed);
  add ("/altogic/session-may-be-found-late", test_session_may_be_found_late);
  add ("/altogic/nobody-does-not-stay", test_nobody_does_not_stay);
  add ("/altogic/who-is-out-of-step-is-closed", test_who_is_out_of_step_is_closed);
  add ("/altogic/session-ends", test_session_ends);
  add ("/altogic/user-events-reach-all-clients-of-the-user", test_user_events);
  add ("/altogic/answers-do-not-reach-who-comes-after-on-the-same-socket",
       test_answers_do_not_reach_who_comes_after);
#undef add

  return g_test_run ();
}
