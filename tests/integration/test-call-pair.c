/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"
#include "server-process.h"
#include "support-wait.h"

/* Two people who call each other over a real server. */

typedef struct
{
  ServerProcess *server;
  char          *url;
  CallApp       *ann;
  CallApp       *bob;
} Pair;

static void
set_up (Pair          *pair,
        gconstpointer  data)
{
  pair->server = server_process_new (NULL);
  pair->url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (pair->server));
  pair->ann = call_app_new (pair->url, "ann");
  pair->bob = call_app_new (pair->url, "bob");
}

static void
tear_down (Pair          *pair,
           gconstpointer  data)
{
  call_app_free (pair->ann);
  call_app_free (pair->bob);
  server_process_free (pair->server);
  g_free (pair->url);
}

static ConfabCallEndReason
get_end (CallApp *app)
{
  support_wait_until (call_app_is (app, CONFAB_CALL_STATE_ENDED));
  g_assert_null (confab_calls_get_current (app->calls));

  return confab_call_get_end_reason (app->call);
}

static void
ring (Pair     *pair,
      gboolean  video)
{
  call_app_call (pair->ann, pair->bob, video);
  g_assert_cmpint (confab_call_get_state (pair->ann->call), ==, CONFAB_CALL_STATE_RINGING_OUT);
  support_wait_until (call_app_is (pair->bob, CONFAB_CALL_STATE_RINGING_IN));
  g_assert_cmpstr (confab_call_get_id (pair->ann->call), ==,
                   confab_call_get_id (pair->bob->call));
  g_assert_cmpint (confab_call_get_video (pair->bob->call), ==, video);
}

static void
talk (Pair     *pair,
      gboolean  video)
{
  ring (pair, video);
  confab_call_accept (pair->bob->call, video);
  support_wait_until (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  support_wait_until (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
}

static double
get_level (CallApp *app)
{
  g_autoptr(ConfabCallStats) stats = confab_call_peer_dup_stats (call_app_get_peer (app));

  return stats->audio_level_db;
}

static void
test_video_call (Pair          *pair,
                 gconstpointer  data)
{
  talk (pair, TRUE);
  support_wait_until (g_atomic_int_get (&pair->ann->n_pictures) > 10);
  support_wait_until (g_atomic_int_get (&pair->bob->n_pictures) > 10);
  support_wait_until (get_level (pair->ann) > -40);
  support_wait_until (get_level (pair->bob) > -40);
  g_assert_nonnull (confab_call_get_safety_code (pair->ann->call));
  g_assert_cmpstr (confab_call_get_safety_code (pair->ann->call), ==,
                   confab_call_get_safety_code (pair->bob->call));
  support_wait_until (confab_call_peer_get_video_on (call_app_get_peer (pair->ann)));

  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_HUNG_UP);
  g_assert_cmpint (get_end (pair->bob), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

static void
test_decline (Pair          *pair,
              gconstpointer  data)
{
  ring (pair, FALSE);
  confab_call_decline (pair->bob->call);
  g_assert_cmpint (get_end (pair->bob), ==, CONFAB_CALL_END_REASON_DECLINED);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_DECLINED);
}

static void
test_cancel (Pair          *pair,
             gconstpointer  data)
{
  ring (pair, FALSE);
  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_CANCELLED);
  g_assert_cmpint (get_end (pair->bob), ==, CONFAB_CALL_END_REASON_PEER_CANCELLED);
}

static void
test_callee_hangs_up (Pair          *pair,
                      gconstpointer  data)
{
  talk (pair, FALSE);
  confab_call_hang_up (pair->bob->call);
  g_assert_cmpint (get_end (pair->bob), ==, CONFAB_CALL_END_REASON_HUNG_UP);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/two-see-and-hear-each-other", Pair, NULL, set_up, test_video_call,
              tear_down);
  g_test_add ("/calls/a-call-can-be-declined", Pair, NULL, set_up, test_decline, tear_down);
  g_test_add ("/calls/a-call-can-be-cancelled", Pair, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/calls/the-callee-can-hang-up", Pair, NULL, set_up, test_callee_hangs_up,
              tear_down);

  return g_test_run ();
}
