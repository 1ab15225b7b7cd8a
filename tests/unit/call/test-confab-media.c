/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-error.h"
#include "confab-devices-private.h"
#include "confab-media-internal-private.h"
#include "confab-test-picture-private.h"

#include "support-wait.h"

#include <gst/app/gstappsink.h>

/* One end of a call whose way to the other is a wire: what it packs for a peer is what it gets. */
typedef struct {
  ConfabDevices   *devices;
  ConfabMedia     *media;
  ConfabMediaLink *out;
  ConfabMediaLink *in;
  guint            n_missing_changed;
} World;

static void
missing_changed_cb (ConfabMedia      *media,
                    ConfabDeviceKind  kind,
                    World            *world)
{
  world->n_missing_changed++;
}

static void
set_up (World         *world,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  world->devices = confab_devices_new ();
  world->media = confab_media_new (world->devices, &error);
  g_assert_no_error (error);
  g_signal_connect (world->media, "missing-changed", G_CALLBACK (missing_changed_cb), world);
  world->out = confab_media_link_new (world->media);
  world->in = confab_media_link_new (world->media);
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  /* Until then the search holds them. */
  support_wait_until (confab_devices_get_ready (world->devices));
  confab_media_link_close (world->out);
  confab_media_link_close (world->in);
  confab_media_stop (world->media);
  g_assert_finalize_object (world->out);
  g_assert_finalize_object (world->in);
  g_assert_finalize_object (world->media);
  /* The thread that looked for devices lets go of them in its own time. */
  g_object_add_weak_pointer (G_OBJECT (world->devices), (gpointer *) &world->devices);
  g_object_unref (world->devices);
  support_wait_until (!world->devices);
}

static void
connect_wire (World      *world,
              const char *encoding_name,
              guint       payload_type)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstPad) pad = confab_media_link_send (world->out, encoding_name, payload_type, 3,
                                                  0x1234 + payload_type, &error);
  g_autoptr(GstCaps) caps = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (pad);
  caps = gst_pad_query_caps (pad, NULL);
  g_assert_cmpstr (gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name"), ==,
                   encoding_name);
  g_assert_true (confab_media_link_receive (world->in, pad, &error));
  g_assert_no_error (error);
}

static gboolean
has_frames (World *world)
{
  ConfabMediaLinkStats stats;

  confab_media_link_get_stats (world->in, &stats);

  return stats.frames_decoded >= 10 && stats.width > 0;
}

static gboolean
is_heard (World *world)
{
  ConfabMediaLinkStats stats;

  confab_media_link_get_stats (world->in, &stats);

  return stats.audio_level_db > -40;
}

static gboolean
is_silent (World *world)
{
  ConfabMediaLinkStats stats;

  confab_media_link_get_stats (world->in, &stats);

  return stats.audio_level_db < -80;
}

static void
test_picture_and_sound_come_out_of_the_other_end (World         *world,
                                                  gconstpointer  data)
{
  ConfabMediaLinkStats stats;

  confab_media_set_microphone (world->media, TRUE);
  confab_media_set_camera (world->media, TRUE);
  connect_wire (world, "OPUS", 111);
  connect_wire (world, "VP8", 96);
  confab_media_link_connected (world->out);

  support_wait_until (has_frames (world));
  support_wait_until (is_heard (world));
  confab_media_link_get_stats (world->in, &stats);
  g_assert_cmpuint (stats.height * 4, ==, stats.width * 3);
  /* The microphone beeps: it is silent now and then. */
  support_wait_until (confab_media_get_level_db (world->media) > -40);
}

/* All that is played and shown waits as long as the slowest of it says it has to. */
static void
test_voice_asks_for_no_more_time_than_it_takes (World         *world,
                                                gconstpointer  data)
{
  g_autoptr(GstQuery) query = gst_query_new_latency ();
  GstClockTime min;

  confab_media_set_microphone (world->media, TRUE);
  connect_wire (world, "OPUS", 111);
  confab_media_link_connected (world->out);
  support_wait_until (is_heard (world));

  g_assert_true (gst_element_query (confab_media_get_pipeline (world->media), query));
  gst_query_parse_latency (query, NULL, &min, NULL);
  g_assert_cmpuint (GST_TIME_AS_MSECONDS (min), <, 120);
}

static void
test_mute_is_silence_and_ends (World         *world,
                               gconstpointer  data)
{
  confab_media_set_microphone (world->media, TRUE);
  connect_wire (world, "OPUS", 111);
  confab_media_link_connected (world->out);
  support_wait_until (is_heard (world));

  confab_media_set_muted (world->media, TRUE);
  g_assert_true (confab_media_get_muted (world->media));
  support_wait_until (is_silent (world));

  confab_media_set_muted (world->media, FALSE);
  support_wait_until (is_heard (world));
}

static gboolean
is_plugged_in (World            *world,
               ConfabDeviceKind  kind)
{
  return confab_media_get_missing (world->media, kind) == CONFAB_MISSING_NONE &&
         g_list_model_get_n_items (confab_devices_get_list (world->devices, kind)) == 1;
}

static void
test_devices_are_found_with_names (World         *world,
                                   gconstpointer  data)
{
  support_wait_until (confab_devices_get_ready (world->devices));

  for (guint kind = 0; kind < 3; kind++)
    {
      GListModel *list = confab_devices_get_list (world->devices, kind);
      g_autoptr(ConfabDevice) device = g_list_model_get_item (list, 0);
      g_autoptr(ConfabDevice) current = confab_devices_dup_current (world->devices, kind);

      g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
      g_assert_cmpint (confab_device_get_kind (device), ==, kind);
      g_assert_true (g_str_has_prefix (confab_device_get_id (device), "test:"));
      g_assert_true (g_str_has_prefix (confab_device_get_name (device), "Test "));
      g_assert_true (current == device);
    }
}

static void
test_camera_that_goes_is_told_and_comes_back (World         *world,
                                              gconstpointer  data)
{
  ConfabMediaLinkStats stats;
  guint64 n_before;

  confab_media_set_camera (world->media, TRUE);
  connect_wire (world, "VP8", 96);
  confab_media_link_connected (world->out);
  support_wait_until (has_frames (world));

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, FALSE);
  support_wait_until (confab_media_get_missing (world->media, CONFAB_DEVICE_KIND_CAMERA) ==
                      CONFAB_MISSING_LOST);
  g_assert_cmpuint (world->n_missing_changed, >, 0);

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_CAMERA, TRUE);
  support_wait_until (is_plugged_in (world, CONFAB_DEVICE_KIND_CAMERA));
  confab_media_link_get_stats (world->in, &stats);
  n_before = stats.frames_decoded;
  support_wait_until ((confab_media_link_get_stats (world->in, &stats),
                       stats.frames_decoded > n_before + 10));
}

/* What was never there was not unplugged. */
static void
test_microphone_that_was_unplugged_is_not_one_that_was_not_there (World         *world,
                                                                  gconstpointer  data)
{
  support_wait_until (confab_devices_get_ready (world->devices));
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, FALSE);
  support_wait_until (!is_plugged_in (world, CONFAB_DEVICE_KIND_MICROPHONE));
  confab_media_set_microphone (world->media, TRUE);
  g_assert_cmpint (confab_media_get_missing (world->media, CONFAB_DEVICE_KIND_MICROPHONE), ==,
                   CONFAB_MISSING_NO_DEVICE);

  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, TRUE);
  support_wait_until (is_plugged_in (world, CONFAB_DEVICE_KIND_MICROPHONE));
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, FALSE);
  support_wait_until (confab_media_get_missing (world->media, CONFAB_DEVICE_KIND_MICROPHONE) ==
                      CONFAB_MISSING_LOST);
  confab_test_devices_set_plugged (CONFAB_DEVICE_KIND_MICROPHONE, TRUE);
  support_wait_until (is_plugged_in (world, CONFAB_DEVICE_KIND_MICROPHONE));
}

static void
test_sound_does_not_notice_a_camera (World         *world,
                                     gconstpointer  data)
{
  ConfabMediaLinkStats stats;
  guint64 n_before;

  confab_media_set_microphone (world->media, TRUE);
  connect_wire (world, "OPUS", 111);
  confab_media_link_connected (world->out);
  support_wait_until (is_heard (world));

  for (guint i = 0; i < 5; i++)
    {
      confab_media_set_camera (world->media, TRUE);
      connect_wire (world, "VP8", 96);
      confab_media_link_get_stats (world->in, &stats);
      n_before = stats.frames_decoded;
      support_wait_until ((confab_media_link_get_stats (world->in, &stats),
                           stats.frames_decoded > n_before + 5));
      confab_media_link_stop_receiving (world->in, CONFAB_MEDIA_KIND_VIDEO);
      confab_media_link_stop_sending (world->out, CONFAB_MEDIA_KIND_VIDEO);
      confab_media_set_camera (world->media, FALSE);
      support_wait_until (is_heard (world));
    }
}

typedef struct {
  GMutex lock;
  guint  first_ms;
  guint  last_ms;
  guint  n_read;
  guint  n_unread;
} Eye;

static GstFlowReturn
sample_cb (GstAppSink *sink,
           gpointer    user_data)
{
  Eye *eye = user_data;
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample (sink);
  guint at_ms;

  g_mutex_lock (&eye->lock);
  if (sample && confab_test_picture_read (gst_sample_get_buffer (sample),
                                          gst_sample_get_caps (sample), &at_ms))
    {
      if (eye->n_read++ == 0)
        eye->first_ms = at_ms;
      eye->last_ms = at_ms;
    }
  else
    {
      eye->n_unread++;
    }
  g_mutex_unlock (&eye->lock);

  return GST_FLOW_OK;
}

static GstElement *
make_eye (Eye *eye)
{
  GstAppSinkCallbacks callbacks = { .new_sample = sample_cb };
  GstElement *sink = gst_element_factory_make ("appsink", NULL);

  g_mutex_init (&eye->lock);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, eye, NULL);

  return gst_object_ref_sink (sink);
}

static gboolean
has_seen (Eye   *eye,
          guint  n_pictures)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&eye->lock);

  return eye->n_read >= n_pictures;
}

static void
test_pictures_are_those_that_were_taken (World         *world,
                                         gconstpointer  data)
{
  Eye own = { 0 }, theirs = { 0 };
  g_autoptr(GstElement) own_sink = make_eye (&own);
  g_autoptr(GstElement) their_sink = make_eye (&theirs);

  confab_media_set_self_view (world->media, own_sink);
  confab_media_link_set_video_sink (world->in, their_sink);
  confab_media_set_camera (world->media, TRUE);
  connect_wire (world, "VP8", 96);
  confab_media_link_connected (world->out);

  support_wait_until (has_seen (&own, 30));
  support_wait_until (has_seen (&theirs, 30));
  confab_media_link_set_video_sink (world->in, NULL);
  confab_media_set_self_view (world->media, NULL);

  g_assert_cmpuint (own.n_unread, ==, 0);
  g_assert_cmpuint (theirs.n_unread, <=, theirs.n_read / 10);
  g_assert_cmpuint (theirs.last_ms, !=, theirs.first_ms);
  g_assert_cmpuint ((theirs.last_ms - theirs.first_ms) & 0xffffff, <, 2 * SUPPORT_WAIT_MS);
}

static void
test_peers_share_one_encoder_and_its_key_frames (World         *world,
                                                 gconstpointer  data)
{
  g_autoptr(ConfabMediaLink) second = confab_media_link_new (world->media);
  g_autoptr(ConfabMediaLink) second_in = confab_media_link_new (world->media);
  g_autoptr(GstPad) pad = NULL;
  g_autoptr(GstIterator) inside = NULL;
  g_auto(GValue) item = G_VALUE_INIT;
  g_autoptr(GError) error = NULL;
  ConfabMediaLinkStats stats;
  guint n_encoders = 0;

  confab_media_set_camera (world->media, TRUE);
  connect_wire (world, "VP8", 96);
  confab_media_link_connected (world->out);
  support_wait_until (has_frames (world));

  /* A peer that joins later has another payload type, and needs a key frame. */
  pad = confab_media_link_send (second, "VP8", 100, 0, 77, &error);
  g_assert_no_error (error);
  g_assert_true (confab_media_link_receive (second_in, pad, &error));
  confab_media_link_connected (second);
  support_wait_until ((confab_media_link_get_stats (second_in, &stats),
                       stats.frames_decoded > 10));

  inside = gst_bin_iterate_all_by_element_factory_name
             (GST_BIN (confab_media_get_pipeline (world->media)), "vp8enc");
  while (gst_iterator_next (inside, &item) == GST_ITERATOR_OK)
    {
      n_encoders++;
      g_value_reset (&item);
    }
  g_assert_cmpuint (n_encoders, ==, 1);

  confab_media_link_close (second_in);
  confab_media_link_close (second);
}

static void
test_unknown_codec_is_an_error (World         *world,
                                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (confab_media_link_send (world->out, "VP80", 96, 0, 1, &error));
  g_assert_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN);
}

static void
test_h264_comes_out_of_the_other_end_where_it_is (World         *world,
                                                  gconstpointer  data)
{
  if (!confab_codec_is_usable (CONFAB_CODEC_H264))
    {
      g_test_skip ("There is no encoder or decoder for H.264");
      return;
    }

  confab_media_set_camera (world->media, TRUE);
  connect_wire (world, "H264", 102);
  confab_media_link_connected (world->out);
  support_wait_until (has_frames (world));
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("CONFAB_CALL_DEVICES", "test", TRUE);
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add ("/confab-media/" name, World, NULL, set_up, func, tear_down)
  TEST ("picture-and-sound-come-out-of-the-other-end",
        test_picture_and_sound_come_out_of_the_other_end);
  TEST ("voice-asks-for-no-more-time-than-it-takes",
        test_voice_asks_for_no_more_time_than_it_takes);
  TEST ("mute-is-silence-and-ends", test_mute_is_silence_and_ends);
  TEST ("devices-are-found-with-names", test_devices_are_found_with_names);
  TEST ("camera-that-goes-is-told-and-comes-back", test_camera_that_goes_is_told_and_comes_back);
  TEST ("microphone-that-was-unplugged-is-not-one-that-was-not-there",
        test_microphone_that_was_unplugged_is_not_one_that_was_not_there);
  TEST ("sound-does-not-notice-a-camera", test_sound_does_not_notice_a_camera);
  TEST ("pictures-are-those-that-were-taken", test_pictures_are_those_that_were_taken);
  TEST ("peers-share-one-encoder-and-its-key-frames",
        test_peers_share_one_encoder_and_its_key_frames);
  TEST ("unknown-codec-is-an-error", test_unknown_codec_is_an_error);
  TEST ("h264-comes-out-of-the-other-end-where-it-is",
        test_h264_comes_out_of_the_other_end_where_it_is);
#undef TEST

  return g_test_run ();
}
