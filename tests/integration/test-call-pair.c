/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "confab-call-private.h"
#include "confab-codec-private.h"
#include "confab-devices-private.h"

/* Two people who call each other over a real server. */

static void
test_video_call (CallPair      *pair,
                 gconstpointer  data)
{
  call_pair_talk (pair, TRUE);
  support_wait_until (g_atomic_int_get (&pair->ann->n_pictures) > 2);
  support_wait_until (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  support_wait_until (call_pair_get_level (pair->ann) > -40);
  support_wait_until (call_pair_get_level (pair->bob) > -40);
  g_assert_nonnull (confab_call_get_safety_code (pair->ann->call));
  g_assert_cmpstr (confab_call_get_safety_code (pair->ann->call), ==,
                   confab_call_get_safety_code (pair->bob->call));
  support_wait_until (confab_call_peer_get_video_on (call_app_get_peer (pair->ann)));

  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_HUNG_UP);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

/* The server goes and comes back; nobody notices who talks, and they can still hang up. */
static void
test_signalling_comes_back (CallPair      *pair,
                            gconstpointer  data)
{
  int n_pictures;

  call_pair_talk (pair, TRUE);
  support_wait_until (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  server_process_kill (pair->server);
  support_wait_until (confab_session_get_state (pair->ann->app->session) !=
                      CONFAB_CONNECTION_STATE_ONLINE);
  n_pictures = g_atomic_int_get (&pair->bob->n_pictures);
  support_wait_until (g_atomic_int_get (&pair->bob->n_pictures) > n_pictures + 2);
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
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

/* The next link in a call shows the same certificates, and so the code stays true. */
static void
test_certificate_stays (CallPair      *pair,
                        gconstpointer  data)
{
  g_autofree char *code = NULL;
  g_autoptr(GError) error = NULL;
  ConfabCallPeer *bob;

  call_pair_talk (pair, FALSE);
  bob = call_app_get_peer (pair->ann);
  support_wait_until (confab_call_get_safety_code (pair->ann->call));
  support_wait_until (confab_call_get_safety_code (pair->bob->call));
  code = g_strdup (confab_call_get_safety_code (pair->ann->call));
  confab_call_peer_reconnect (bob);
  /* An answer to the first offer comes late: it is none to the second, which is not made yet. */
  g_assert_true (confab_call_peer_take_answer (bob, "v=0", &error));
  g_assert_no_error (error);
  support_wait_until (bob->n_links == 2 && confab_call_peer_get_connected (bob));
  support_wait_until (confab_call_peer_get_connected (call_app_get_peer (pair->bob)));
  g_assert_cmpstr (confab_call_get_safety_code (pair->ann->call), ==, code);
  g_assert_cmpstr (confab_call_get_safety_code (pair->bob->call), ==, code);
}

/* As if the first link had been with somebody else: the server sits in between. */
static void
test_other_certificate (CallPair      *pair,
                        gconstpointer  data)
{
  ConfabCallPeer *bob;

  call_pair_talk (pair, FALSE);
  bob = call_app_get_peer (pair->ann);
  g_set_str (&bob->fingerprint, "sha-256 00:11");
  confab_call_peer_reconnect (bob);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_INSECURE);
  g_assert_nonnull (confab_call_get_end_message (pair->ann->call));
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_INSECURE);
}

/* A part of the link breaks: it is replaced by another one. */
static void
test_link_fails (CallPair      *pair,
                 gconstpointer  data)
{
  ConfabCallPeer *bob;

  call_pair_talk (pair, FALSE);
  bob = call_app_get_peer (pair->ann);
  GST_ELEMENT_ERROR (confab_call_link_get_element (bob->link), RESOURCE, FAILED, ("A test"),
                     (NULL));
  support_wait_until (confab_call_get_reconnecting (pair->ann->call));
  support_wait_until (bob->n_links == 2 && confab_call_peer_get_connected (bob));
  support_wait_until (call_pair_get_level (pair->ann) > -40);
  g_assert_true (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
}

static void
test_voice_becomes_video (CallPair      *pair,
                          gconstpointer  data)
{
  call_pair_talk (pair, FALSE);
  g_assert_false (confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  confab_call_set_camera_on (pair->ann->call, TRUE);
  support_wait_until (confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  support_wait_until (g_atomic_int_get (&pair->bob->n_pictures) > 2);
  confab_call_set_camera_on (pair->ann->call, FALSE);
  support_wait_until (!confab_call_peer_get_video_on (call_app_get_peer (pair->bob)));
  support_wait_until (call_pair_get_level (pair->bob) > -40);
}

/* How long the other side hears nothing at most while something is done to the picture. */
static guint
count_silent_polls (CallPair *pair,
                    CallApp  *listener,
                    gint64    for_us)
{
  gint64 end_us = g_get_monotonic_time () + for_us;
  guint n_silent = 0;

  while (g_get_monotonic_time () < end_us)
    {
      g_main_context_iteration (NULL, TRUE);
      n_silent += call_pair_get_level (listener) < -40;
    }

  return n_silent;
}

static guint
get_width (CallApp *app)
{
  g_autoptr(ConfabCallStats) stats = confab_call_peer_dup_stats (call_app_get_peer (app));

  return stats->width;
}

/* The picture changes three times, and each time nothing is heard of it. */
static void
test_screen_and_back (CallPair      *pair,
                      gconstpointer  data)
{
  ConfabCallPeer *ann;

  call_pair_talk (pair, TRUE);
  ann = call_app_get_peer (pair->bob);
  support_wait_until (pair->bob->n_pictures > 2 && call_pair_get_level (pair->bob) > -40);
  g_assert_cmpuint (get_width (pair->bob), <=, 640);

  confab_call_share_screen (pair->ann->call);
  support_wait_until (confab_call_get_screen_on (pair->ann->call));
  g_assert_cmpuint (count_silent_polls (pair, pair->bob, 2 * G_USEC_PER_SEC), ==, 0);
  support_wait_until (confab_call_peer_get_screen_on (ann) && get_width (pair->bob) > 640);

  confab_call_stop_screen (pair->ann->call);
  g_assert_cmpuint (count_silent_polls (pair, pair->bob, 2 * G_USEC_PER_SEC), ==, 0);
  support_wait_until (!confab_call_peer_get_screen_on (ann) && get_width (pair->bob) <= 640);
  g_assert_true (confab_call_peer_get_video_on (ann));

  confab_call_set_camera_on (pair->ann->call, FALSE);
  g_assert_cmpuint (count_silent_polls (pair, pair->bob, G_USEC_PER_SEC), ==, 0);
  support_wait_until (!confab_call_peer_get_video_on (ann));
}

/* A camera that is pulled out and put in again, while the sound goes on; both sides are told. Of
 * several monitors in one process GStreamer tells the last one only, and that is Bob's. */
static void
test_camera_goes_and_comes (CallPair      *pair,
                            gconstpointer  data)
{
  ConfabCallPeer *bob;
  int n_pictures;

  call_pair_talk (pair, TRUE);
  bob = call_app_get_peer (pair->ann);
  support_wait_until (pair->ann->n_pictures > 2 && call_pair_get_level (pair->ann) > -40);

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, FALSE);
  support_wait_until (confab_call_get_missing_video (pair->bob->call) == CONFAB_MISSING_LOST);
  support_wait_until (confab_call_peer_get_missing_video (bob) == CONFAB_MISSING_LOST);
  g_assert_false (confab_call_peer_get_video_on (bob));
  g_assert_cmpuint (count_silent_polls (pair, pair->ann, G_USEC_PER_SEC), ==, 0);

  n_pictures = g_atomic_int_get (&pair->ann->n_pictures);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, TRUE);
  support_wait_until (confab_call_peer_get_video_on (bob));
  g_assert_cmpuint (count_silent_polls (pair, pair->ann, G_USEC_PER_SEC), ==, 0);
  support_wait_until (g_atomic_int_get (&pair->ann->n_pictures) > n_pictures + 2);
  g_assert_cmpint (confab_call_peer_get_missing_video (bob), ==, CONFAB_MISSING_NONE);
}

/* What is coded cannot be packed at either side, as if the plugin were gone: they talk without
 * pictures, and both know why. */
static void
test_picture_cannot_be_sent (CallPair      *pair,
                             gconstpointer  data)
{
  GstRegistry *registry = gst_registry_get ();
  g_autoptr(GstPluginFeature) payloader = NULL;
  ConfabCallPeer *ann;

  g_assert_true (confab_codec_is_usable (CONFAB_CODEC_VP8));
  payloader = gst_registry_lookup_feature (registry, "rtpvp8pay");
  gst_registry_remove_feature (registry, payloader);
  call_pair_talk (pair, TRUE);
  ann = call_app_get_peer (pair->bob);
  support_wait_until (confab_call_get_missing_video (pair->ann->call) == CONFAB_MISSING_NO_PLUGIN);
  support_wait_until (confab_call_peer_get_missing_video (ann) == CONFAB_MISSING_NO_PLUGIN);
  g_assert_false (confab_call_peer_get_video_on (ann));
  support_wait_until (call_pair_get_level (pair->bob) > -40);
  g_assert_cmpint (confab_call_get_missing_audio (pair->ann->call), ==, CONFAB_MISSING_NONE);

  /* Nobody misses what nobody wants. */
  confab_call_set_camera_on (pair->ann->call, FALSE);
  support_wait_until (confab_call_peer_get_missing_video (ann) == CONFAB_MISSING_NONE);
  confab_call_set_camera_on (pair->ann->call, TRUE);
  support_wait_until (confab_call_peer_get_missing_video (ann) == CONFAB_MISSING_NO_PLUGIN);
  gst_registry_add_feature (registry, g_object_ref (payloader));
}

/* One is muted, the other has lost the microphone, and there is no picture: who is not heard is not
 * gone. */
static void
test_silence_is_no_loss (CallPair      *pair,
                         gconstpointer  data)
{
  gint64 until_us;

  call_pair_talk (pair, FALSE);
  support_wait_until (call_pair_get_level (pair->ann) > -40 &&
                      call_pair_get_level (pair->bob) > -40);
  confab_call_set_muted (pair->ann->call, TRUE);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, FALSE);
  support_wait_until (confab_call_peer_get_missing_audio (call_app_get_peer (pair->ann)) ==
                      CONFAB_MISSING_LOST);
  support_wait_until (call_pair_get_level (pair->bob) < -60);

  until_us = g_get_monotonic_time () + 8 * G_USEC_PER_SEC;
  support_wait_until (g_get_monotonic_time () > until_us);
  g_assert_cmpuint (call_app_get_peer (pair->ann)->n_links, ==, 1);
  g_assert_cmpuint (call_app_get_peer (pair->bob)->n_links, ==, 1);

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, TRUE);
  support_wait_until (call_pair_get_level (pair->ann) > -40);
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/two-see-and-hear-each-other", CallPair, NULL, call_pair_set_up,
              test_video_call,
              call_pair_tear_down);
  g_test_add ("/calls/a-call-outlives-its-signalling", CallPair, NULL, call_pair_set_up,
              test_signalling_comes_back, call_pair_tear_down);
  g_test_add ("/calls/certificates-stay-as-long-as-the-call", CallPair, NULL, call_pair_set_up,
              test_certificate_stays, call_pair_tear_down);
  g_test_add ("/calls/another-certificate-in-the-middle-ends-the-call", CallPair, NULL,
              call_pair_set_up, test_other_certificate, call_pair_tear_down);
  g_test_add ("/calls/a-link-that-fails-is-replaced", CallPair, NULL, call_pair_set_up,
              test_link_fails, call_pair_tear_down);
  g_test_add ("/calls/voice-becomes-video-and-voice-again", CallPair, NULL, call_pair_set_up,
              test_voice_becomes_video, call_pair_tear_down);

  g_test_add ("/calls/camera-becomes-screen-and-camera-again", CallPair, NULL, call_pair_set_up,
              test_screen_and_back, call_pair_tear_down);
  g_test_add ("/calls/a-new-camera-is-used-in-the-middle", CallPair, NULL, call_pair_set_up,
              test_camera_goes_and_comes, call_pair_tear_down);
  g_test_add ("/calls/who-cannot-send-a-picture-says-why", CallPair, NULL, call_pair_set_up,
              test_picture_cannot_be_sent, call_pair_tear_down);
  g_test_add ("/calls/silence-is-no-loss", CallPair, NULL, call_pair_set_up,
              test_silence_is_no_loss, call_pair_tear_down);

  return g_test_run ();
}
