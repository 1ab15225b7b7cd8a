/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

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

  for (guint kind = 0; kind < 3; kind++)
    if (world->devices)
      confab_test_devices_set_plugged (kind, TRUE);

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
  confab_media_link_close (world->out);
  confab_media_link_close (world->in);
  confab_media_stop (world->media);
  g_assert_finalize_object (world->out);
  g_assert_finalize_object (world->in);
  g_assert_finalize_object (world->media);
  g_assert_finalize_object (world->devices);
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
  g_assert_cmpfloat (confab_media_get_level_db (world->media), >, -40);
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

int
main (int   argc,
      char *argv[])
{
  g_setenv ("CONFAB_CALL_DEVICES", "test", TRUE);
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add ("/confab-media/" name, World, NULL, set_up, func, tear_down)
  TEST ("picture-and-sound-come-out-of-the-other-end",
        test_picture_and_sound_come_out_of_the_other_end);
  TEST ("mute-is-silence-and-ends", test_mute_is_silence_and_ends);
#undef TEST

  return g_test_run ();
}
