/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "confab-call-private.h"
#include "support-fake-clock.h"

/* The call of a group, where each is linked with each. */

/* Somebody joins, calls, and cannot be reached: the place is not kept for long. */
static void
test_silent_newcomer (CallPair      *pair,
                      gconstpointer  data)
{
  GListModel *peers;
  SupportFakeClock clock;

  support_fake_clock_init (&clock);
  confab_calls_set_clock (pair->ann->calls, &clock.clock);
  call_app_join (pair->ann, "Garden", FALSE);
  call_app_wait_active (pair->ann);
  call_app_join (pair->bob, "Garden", FALSE);
  pair->bob->call->shared.ice.relay_only = TRUE;
  peers = confab_call_get_peers (pair->ann->call);
  support_wait_until (g_list_model_get_n_items (peers) == 1);
  support_fake_clock_advance (&clock, 29 * G_USEC_PER_SEC);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 1);
  support_fake_clock_advance (&clock, G_USEC_PER_SEC);
  support_wait_until (g_list_model_get_n_items (peers) == 0);
  support_wait_until (g_list_model_get_n_items (confab_call_get_peers (pair->bob->call)) == 0);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  /* Before its clock is gone. */
  confab_call_hang_up (pair->ann->call);
}

/* Eve comes while Ann's signalling is away: Ann calls her when it is back. */
static void
test_signalling_comes_back (CallPair      *pair,
                            gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");

  call_app_join (pair->ann, "Garden", FALSE);
  call_app_wait_active (pair->ann);
  call_app_join (pair->bob, "Garden", FALSE);
  call_app_wait_active (pair->bob);
  support_wait_until (call_app_count_connected (pair->ann) == 1 &&
                      call_app_count_connected (pair->bob) == 1);

  confab_session_go_offline (pair->ann->app->session);
  support_wait_until (confab_calls_count_in_group (
                        pair->bob->calls, confab_call_get_room (pair->bob->call)) == 1);
  call_app_join (eve, "Garden", FALSE);
  call_app_wait_active (eve);
  support_wait_until (call_app_count_connected (eve) == 1);
  confab_session_go_online (pair->ann->app->session);
  support_wait_until (call_app_count_connected (pair->ann) == 2);
  support_wait_until (call_app_count_connected (eve) == 2);
  g_assert_cmpuint (call_app_count_connected (pair->bob), ==, 2);
  call_app_free (eve);
}

static void
join_offline (CallApp *app)
{
  ConfabRoom *room = client_app_join (app->app, "Garden");

  confab_session_go_offline (app->app->session);
  call_app_start (app, room, FALSE);
  g_assert_true (call_app_is (app, CONFAB_CALL_STATE_CONNECTING));
}

/* Whoever joins while the connection is being made again joins when it is there. */
static void
test_offline_for_a_moment (CallPair      *pair,
                           gconstpointer  data)
{
  join_offline (pair->ann);
  confab_session_go_online (pair->ann->app->session);
  call_app_wait_active (pair->ann);
  call_app_join (pair->bob, "Garden", FALSE);
  support_wait_until (call_app_count_connected (pair->ann) == 1);
}

/* The line goes between the question and the answer. */
static void
test_offline_while_joining (CallPair      *pair,
                            gconstpointer  data)
{
  call_app_join (pair->ann, "Garden", FALSE);
  confab_session_go_offline (pair->ann->app->session);
  support_run_pending ();
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_CONNECTING));
  confab_session_go_online (pair->ann->app->session);
  call_app_wait_active (pair->ann);
}

static void
test_offline (CallPair      *pair,
              gconstpointer  data)
{
  SupportFakeClock clock;

  support_fake_clock_init (&clock);
  confab_calls_set_clock (pair->ann->calls, &clock.clock);
  join_offline (pair->ann);
  support_fake_clock_advance (&clock, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_OFFLINE);
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/a-silent-newcomer-loses-the-place", CallPair, NULL, call_pair_set_up,
              test_silent_newcomer, call_pair_tear_down);
  g_test_add ("/calls/who-came-meanwhile-is-met", CallPair, NULL, call_pair_set_up,
              test_signalling_comes_back, call_pair_tear_down);
  g_test_add ("/calls/who-is-offline-for-a-moment-joins-all-the-same", CallPair, NULL,
              call_pair_set_up, test_offline_for_a_moment, call_pair_tear_down);
  g_test_add ("/calls/a-line-that-is-lost-while-joining-is-waited-for", CallPair, NULL,
              call_pair_set_up, test_offline_while_joining, call_pair_tear_down);
  g_test_add ("/calls/who-is-offline-for-10-s-cannot-join", CallPair, NULL, call_pair_set_up,
              test_offline, call_pair_tear_down);

  return g_test_run ();
}
