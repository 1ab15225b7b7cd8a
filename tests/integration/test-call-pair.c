/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"
#include "server-process.h"
#include "support-wait.h"

#include <unistd.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

/* Two people who call each other over a real server. */

/* Coders share two processors with whatever else is tested. */
#define wait_long(condition) \
        G_STMT_START \
        { \
          gint64 end_us_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
          while (!(condition)) \
          support_wait_step (end_us_, #condition, __FILE__, __LINE__); \
        } \
        G_STMT_END

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
  wait_long (call_app_is (app, CONFAB_CALL_STATE_ENDED));
  g_assert_null (confab_calls_get_current (app->calls));

  return confab_call_get_end_reason (app->call);
}

static void
ring (Pair     *pair,
      gboolean  video)
{
  call_app_call (pair->ann, pair->bob, video);
  g_assert_cmpint (confab_call_get_state (pair->ann->call), ==, CONFAB_CALL_STATE_RINGING_OUT);
  wait_long (call_app_is (pair->bob, CONFAB_CALL_STATE_RINGING_IN));
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
  wait_long (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  wait_long (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
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
  wait_long (g_atomic_int_get (&pair->ann->n_pictures) > 2);
  wait_long (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  wait_long (get_level (pair->ann) > -40);
  wait_long (get_level (pair->bob) > -40);
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

/* Bob is in a call with Ann when Eve calls. */
static void
test_busy (Pair          *pair,
           gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");

  talk (pair, FALSE);
  call_app_call (eve, pair->bob, FALSE);
  g_assert_cmpint (get_end (eve), ==, CONFAB_CALL_END_REASON_BUSY);
  g_assert_true (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
  g_assert_cmpuint (pair->bob->n_incoming, ==, 1);
  call_app_free (eve);
}

static void
test_offline (Pair          *pair,
              gconstpointer  data)
{
  g_autoptr(ConfabUser) bob = g_object_ref (confab_session_get_user (pair->bob->app->session));

  confab_session_go_offline (pair->bob->app->session);
  support_wait_until (confab_session_get_state (pair->bob->app->session) ==
                      CONFAB_CONNECTION_STATE_IDLE);
  call_app_call_user (pair->ann, bob, FALSE);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_OFFLINE);
}

static void
test_second_device (Pair          *pair,
                    gconstpointer  data)
{
  CallApp *tablet = call_app_new_device (pair->url, "bob");

  ring (pair, FALSE);
  wait_long (call_app_is (tablet, CONFAB_CALL_STATE_RINGING_IN));
  confab_call_accept (tablet->call, FALSE);
  g_assert_cmpint (get_end (pair->bob), ==, CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE);
  wait_long (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (get_end (tablet), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);

  ring (pair, FALSE);
  wait_long (call_app_is (tablet, CONFAB_CALL_STATE_RINGING_IN));
  confab_call_decline (pair->bob->call);
  g_assert_cmpint (get_end (tablet), ==, CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_DECLINED);
  call_app_free (tablet);
}

/* Both have dialled before either hears of the other. */
static void
test_glare (Pair          *pair,
            gconstpointer  data)
{
  ConfabRoom *anns =
    client_app_direct (pair->ann->app, confab_session_get_user (pair->bob->app->session));
  ConfabRoom *bobs =
    client_app_direct (pair->bob->app, confab_session_get_user (pair->ann->app->session));

  call_app_start (pair->ann, anns, FALSE);
  call_app_start (pair->bob, bobs, FALSE);
  wait_long (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  wait_long (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
  g_assert_cmpstr (confab_call_get_id (pair->ann->call), ==,
                   confab_call_get_id (pair->bob->call));
  g_assert_cmpuint (pair->ann->n_incoming + pair->bob->n_incoming, ==, 0);
  confab_call_hang_up (pair->bob->call);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

/* The server goes and comes back; nobody notices who talks, and they can still hang up. */
static void
test_signalling_comes_back (Pair          *pair,
                            gconstpointer  data)
{
  int n_pictures;

  talk (pair, TRUE);
  wait_long (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  server_process_kill (pair->server);
  support_wait_until (confab_session_get_state (pair->ann->app->session) !=
                      CONFAB_CONNECTION_STATE_ONLINE);
  n_pictures = g_atomic_int_get (&pair->bob->n_pictures);
  wait_long (g_atomic_int_get (&pair->bob->n_pictures) > n_pictures + 2);
  server_process_start (pair->server);
  confab_session_try_now (pair->ann->app->session);
  confab_session_try_now (pair->bob->app->session);
  support_wait_until (confab_session_get_state (pair->ann->app->session) ==
                      CONFAB_CONNECTION_STATE_ONLINE);
  support_wait_until (confab_session_get_state (pair->bob->app->session) ==
                      CONFAB_CONNECTION_STATE_ONLINE);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  g_assert_true (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));

  confab_call_set_muted (pair->ann->call, TRUE);
  support_wait_until (confab_call_peer_get_muted (call_app_get_peer (pair->bob)));
  confab_call_hang_up (pair->bob->call);
  g_assert_cmpint (get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

static void
test_voice_becomes_video (Pair          *pair,
                          gconstpointer  data)
{
  talk (pair, FALSE);
  g_assert_false (confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  confab_call_set_camera_on (pair->ann->call, TRUE);
  support_wait_until (confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  wait_long (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  confab_call_set_camera_on (pair->ann->call, FALSE);
  support_wait_until (!confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  wait_long (get_level (pair->bob) > -40);
}

static void
test_group (Pair          *pair,
            gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");
  CallApp *everybody[] = { pair->ann, pair->bob, eve };

  for (guint i = 0; i < 3; i++)
    {
      call_app_join (everybody[i], "Garden", TRUE);
      wait_long (call_app_is (everybody[i], CONFAB_CALL_STATE_ACTIVE));
    }
  for (guint i = 0; i < 3; i++)
    {
      GListModel *peers = confab_call_get_peers (everybody[i]->call);

      support_wait_until (g_list_model_get_n_items (peers) == 2);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (peers, j);

          support_wait_until (confab_call_peer_get_connected (peer));
        }
      wait_long (g_atomic_int_get (&everybody[i]->n_pictures) > 2);
    }
  g_assert_cmpuint (
    confab_calls_count_in_group (eve->calls, confab_call_get_room (eve->call)), ==, 3);

  confab_call_hang_up (eve->call);
  support_wait_until (
    g_list_model_get_n_items (confab_call_get_peers (pair->ann->call)) == 1);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  call_app_free (eve);
}

static gsize
get_resident_kib (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  words = g_strsplit (text, " ", 3);

  return (gsize) g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE) / 1024;
}

static guint
count_descriptors (void)
{
  g_autoptr(GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_descriptors = 0;

  while (g_dir_read_name (folder))
    n_descriptors++;

  return n_descriptors;
}

/* The first ten fill caches that stay; what comes then must not grow with each call. */
static void
test_hundred_calls (Pair          *pair,
                    gconstpointer  data)
{
  gsize kib = 0;
  guint n_descriptors = 0;

  for (guint i = 0; i < 100; i++)
    {
      gpointer call;

      if (i == 10)
        {
          kib = get_resident_kib ();
          n_descriptors = count_descriptors ();
        }
      talk (pair, FALSE);
      call = pair->ann->call;
      g_object_add_weak_pointer (call, &call);
      confab_call_hang_up (i % 2 ? pair->ann->call : pair->bob->call);
      get_end (pair->ann);
      get_end (pair->bob);
      call_app_forget (pair->ann);
      call_app_forget (pair->bob);
      support_wait_until (call == NULL);
    }

  g_test_message ("%zu KiB after ten calls, %zu after a hundred; %u descriptors, then %u", kib,
                  get_resident_kib (), n_descriptors, count_descriptors ());
  support_wait_until (count_descriptors () <= n_descriptors + 8);
#if !defined (__SANITIZE_ADDRESS__) && !__has_feature (address_sanitizer)
  g_assert_cmpuint (get_resident_kib (), <, kib + 90 * 60);
#endif
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
  g_test_add ("/calls/who-is-in-a-call-is-busy", Pair, NULL, set_up, test_busy, tear_down);
  g_test_add ("/calls/who-is-not-there-is-offline", Pair, NULL, set_up, test_offline, tear_down);
  g_test_add ("/calls/all-devices-ring-and-one-answers", Pair, NULL, set_up, test_second_device,
              tear_down);
  g_test_add ("/calls/two-who-call-each-other-meet", Pair, NULL, set_up, test_glare, tear_down);
  g_test_add ("/calls/a-call-outlives-its-signalling", Pair, NULL, set_up,
              test_signalling_comes_back, tear_down);
  g_test_add ("/calls/voice-becomes-video-and-voice-again", Pair, NULL, set_up,
              test_voice_becomes_video, tear_down);
  g_test_add ("/calls/a-group-meets", Pair, NULL, set_up, test_group, tear_down);
  g_test_add ("/calls/a-hundred-calls-leave-nothing-behind", Pair, NULL, set_up,
              test_hundred_calls, tear_down);

  return g_test_run ();
}
