/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-check.h"
#include "confab-check-result-private.h"
#include "confab-devices-private.h"
#include "confab-stun-private.h"
#include "confab-test-picture-private.h"

#include "support-wait.h"

#include <gst/app/gstappsink.h>

typedef struct {
  ConfabDevices   *devices;
  ConfabCallCheck *check;
  GAsyncResult    *result;
} World;

static void
set_up (World         *world,
        gconstpointer  data)
{
  world->devices = confab_devices_new ();
  world->check = confab_call_check_new (world->devices);
  support_wait_until (confab_devices_get_ready (world->devices));
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  g_clear_object (&world->result);
  confab_call_check_stop (world->check);
  g_assert_finalize_object (world->check);
  /* The thread that looked for devices lets go of them in its own time. */
  g_object_add_weak_pointer (G_OBJECT (world->devices), (gpointer *) &world->devices);
  g_object_unref (world->devices);
  support_wait_until (!world->devices);
}

static void
test_meter_shows_the_microphone (World         *world,
                                 gconstpointer  data)
{
  g_assert_cmpfloat (confab_call_check_get_level (world->check), ==, 0);
  confab_call_check_start_microphone (world->check);
  support_wait_until (confab_call_check_get_level (world->check) > 0.2);
  confab_call_check_stop_microphone (world->check);
  g_assert_cmpfloat (confab_call_check_get_level (world->check), ==, 0);
}

static void
test_tone_is_played (World         *world,
                     gconstpointer  data)
{
  g_autoptr(ConfabCheckResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_call_check_play_tone_async (world->check, NULL, support_take_result_cb, &world->result);
  support_wait_for (world->result);
  result = confab_call_check_play_tone_finish (world->check, world->result, &error);
  g_assert_no_error (error);
  g_assert_true (confab_check_result_get_ok (result));
  g_assert_cmpstr (confab_check_result_get_sentence (result), ==, "The speaker works.");
}

static void
test_speaker_that_is_not_there_is_told (World         *world,
                                        gconstpointer  data)
{
  g_autoptr(ConfabCheckResult) result = NULL;

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_SPEAKER, FALSE);
  support_wait_until (g_list_model_get_n_items (confab_devices_get_list
                                                  (world->devices,
                                                  CONFAB_DEVICE_KIND_SPEAKER)) == 0);
  confab_call_check_play_tone_async (world->check, NULL, support_take_result_cb, &world->result);
  support_wait_for (world->result);
  result = confab_call_check_play_tone_finish (world->check, world->result, NULL);
  g_assert_cmpint (confab_check_result_get_problem (result), ==, CONFAB_CHECK_PROBLEM_NO_DEVICE);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_SPEAKER, TRUE);
}

static void
test_camera_is_shown (World         *world,
                      gconstpointer  data)
{
  g_autoptr(GstElement) sink = gst_object_ref_sink (gst_element_factory_make ("appsink", NULL));
  g_autoptr(GstSample) sample = NULL;
  guint at_ms;

  g_object_set (sink, "max-buffers", 1, "drop", TRUE, NULL);
  confab_call_check_set_camera_sink (world->check, sink);
  support_wait_until ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 0)) != NULL);
  g_assert_true (confab_test_picture_read (gst_sample_get_buffer (sample),
                                           gst_sample_get_caps (sample), &at_ms));
  confab_call_check_set_camera_sink (world->check, NULL);
}

static void
test_camera_that_is_not_there_is_told (World         *world,
                                       gconstpointer  data)
{
  g_autoptr(GstElement) sink = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  GListModel *cameras = confab_devices_get_list (world->devices, CONFAB_DEVICE_KIND_CAMERA);

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, FALSE);
  support_wait_until (g_list_model_get_n_items (cameras) == 0);
  confab_call_check_set_camera_sink (world->check, sink);
  support_wait_until (confab_call_check_get_missing (world->check, CONFAB_DEVICE_KIND_CAMERA) ==
                      CONFAB_MISSING_NO_DEVICE);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, TRUE);
  support_wait_until (confab_call_check_get_missing (world->check, CONFAB_DEVICE_KIND_CAMERA) ==
                      CONFAB_MISSING_NONE);
}

static ConfabCheckResult *
make_trial_call (World *world)
{
  ConfabCheckResult *result;
  g_autoptr(GError) error = NULL;

  confab_call_check_loop_back_async (world->check, NULL, support_take_result_cb, &world->result);
  support_wait_for (world->result);
  result = confab_call_check_loop_back_finish (world->check, world->result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (confab_test_devices_count_open (), ==, 0);

  return result;
}

static void
test_trial_call_carries_sound_and_picture (World         *world,
                                           gconstpointer  data)
{
  g_autoptr(ConfabCheckResult) result = make_trial_call (world);

  g_assert_cmpstr (confab_check_result_get_sentence (result), ==, "The trial call works.");
  for (guint kind = 0; kind < 3; kind += 2)
    g_assert_cmpint (confab_check_result_get_missing (result, kind), ==, CONFAB_MISSING_NONE);
}

static void
test_trial_call_tells_what_stood_in (World         *world,
                                     gconstpointer  data)
{
  GListModel *cameras = confab_devices_get_list (world->devices, CONFAB_DEVICE_KIND_CAMERA);
  g_autoptr(ConfabCheckResult) result = NULL;

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, FALSE);
  support_wait_until (g_list_model_get_n_items (cameras) == 0);
  result = make_trial_call (world);
  g_assert_cmpstr (confab_check_result_get_sentence (result), ==,
                   "The trial call works. There is no camera. A test picture stood in for it.");
  g_assert_cmpint (confab_check_result_get_missing (result, CONFAB_DEVICE_KIND_MICROPHONE), ==,
                   CONFAB_MISSING_NONE);
  g_assert_cmpint (confab_check_result_get_missing (result, CONFAB_DEVICE_KIND_CAMERA), ==,
                   CONFAB_MISSING_NO_DEVICE);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, TRUE);
  support_wait_until (g_list_model_get_n_items (cameras) == 1);
}

static void
test_addresses_that_make_no_sense_are_told (World         *world,
                                            gconstpointer  data)
{
  static const char *const uris[] = {
    "http://localhost", "stun:", "turn:host?transport=sctp", "stun:a b", "turn:user@host", "", NULL,
  };
  g_autoptr(GListModel) results = NULL;

  confab_call_check_probe_network_async (world->check, uris, NULL, NULL, NULL,
                                         support_take_result_cb, &world->result);
  support_wait_for (world->result);
  results = confab_call_check_probe_network_finish (world->check, world->result, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, G_N_ELEMENTS (uris) - 1);
  for (guint i = 0; uris[i]; i++)
    {
      g_autoptr(ConfabCheckResult) result = g_list_model_get_item (results, i);

      g_assert_cmpstr (confab_check_result_get_subject (result), ==, uris[i]);
      g_assert_cmpint (confab_check_result_get_problem (result), ==, CONFAB_CHECK_PROBLEM_BAD_URI);
    }
}

static const guint8 some_id[CONFAB_STUN_ID_BYTES] = {
  0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda, 0x41, 0x2e,
};

static void
test_request_is_signed (void)
{
  ConfabStunCredentials credentials = { "user", "pass", "example.org", "nonce" };
  g_autoptr(GByteArray) request = confab_stun_make_request (CONFAB_STUN_ALLOCATE, some_id,
                                                            &credentials);

  g_assert_cmpuint (request->len % 4, ==, 0);
  g_assert_cmpuint (confab_stun_find_length (request->data, request->len), ==, request->len);
  g_assert_cmpmem (request->data, 2, "\x00\x03", 2);
  g_assert_cmpmem (request->data + 4, 4, "\x21\x12\xa4\x42", 4);
  /* The last attribute is the sum. */
  g_assert_cmpmem (request->data + request->len - 24, 4, "\x00\x08\x00\x14", 4);
}

static void
test_reply_to_somebody_else_is_none (void)
{
  static const guint8 bytes[] = {
    0x01, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  };
  g_auto(ConfabStunReply) reply = { 0 };

  g_assert_false (confab_stun_parse_reply (bytes, sizeof bytes, some_id, &reply));
  g_assert_true (confab_stun_parse_reply (bytes, sizeof bytes, bytes + 8, &reply));
  g_assert_true (reply.ok);
  g_assert_false (reply.has_mapped);
}

static void
test_error_is_read (void)
{
  static const guint8 bytes[] = {
    0x01, 0x13, 0x00, 0x1c, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    0x00, 0x09, 0x00, 0x04, 0, 0, 4, 1,
    0x00, 0x14, 0x00, 0x05, 'r', 'e', 'a', 'l', 'm', 0, 0, 0,
    0x00, 0x15, 0x00, 0x02, 'n', 'o', 0, 0,
  };
  g_auto(ConfabStunReply) reply = { 0 };

  g_assert_true (confab_stun_parse_reply (bytes, sizeof bytes, bytes + 8, &reply));
  g_assert_false (reply.ok);
  g_assert_cmpuint (reply.error, ==, 401);
  g_assert_cmpstr (reply.realm, ==, "realm");
  g_assert_cmpstr (reply.nonce, ==, "no");
}

static void
test_bytes_at_random_do_no_harm (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 20000; i++)
    {
      gsize n_bytes = (gsize) g_rand_int_range (rand, 0, 80);
      g_autofree guint8 *bytes = g_malloc (n_bytes + 1);
      g_auto(ConfabStunReply) reply = { 0 };

      for (gsize b = 0; b < n_bytes; b++)
        bytes[b] = (guint8) g_rand_int (rand);
      if (n_bytes >= CONFAB_STUN_HEADER_BYTES)
        {
          memcpy (bytes, "\x01\x01\x00", 3);
          bytes[3] = (guint8) (n_bytes - CONFAB_STUN_HEADER_BYTES);
          memcpy (bytes + 4, "\x21\x12\xa4\x42", 4);
          memcpy (bytes + 8, some_id, sizeof some_id);
        }
      confab_stun_parse_reply (bytes, n_bytes, some_id, &reply);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("CONFAB_CALL_DEVICES", "test", TRUE);
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add ("/confab-call-check/" name, World, NULL, set_up, func, tear_down)
  TEST ("meter-shows-the-microphone", test_meter_shows_the_microphone);
  TEST ("tone-is-played", test_tone_is_played);
  TEST ("speaker-that-is-not-there-is-told", test_speaker_that_is_not_there_is_told);
  TEST ("camera-is-shown", test_camera_is_shown);
  TEST ("camera-that-is-not-there-is-told", test_camera_that_is_not_there_is_told);
  TEST ("trial-call-carries-sound-and-picture", test_trial_call_carries_sound_and_picture);
  TEST ("trial-call-tells-what-stood-in", test_trial_call_tells_what_stood_in);
  TEST ("addresses-that-make-no-sense-are-told", test_addresses_that_make_no_sense_are_told);
#undef TEST
  g_test_add_func ("/confab-stun/request-is-signed", test_request_is_signed);
  g_test_add_func ("/confab-stun/reply-to-somebody-else-is-none",
                   test_reply_to_somebody_else_is_none);
  g_test_add_func ("/confab-stun/error-is-read", test_error_is_read);
  g_test_add_func ("/confab-stun/bytes-at-random-do-no-harm", test_bytes_at_random_do_no_harm);

  return g_test_run ();
}
