/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-quality-private.h"

static const ConfabPicture camera = { 640, 480, 30, FALSE };
static const ConfabPicture screen = { 1920, 1080, 30, TRUE };

static ConfabQuality
choose_at (const ConfabPicture *picture,
           guint                rate_bps)
{
  ConfabQuality quality = { 0 };

  confab_quality_choose (&quality, picture, rate_bps, G_USEC_PER_SEC);

  return quality;
}

static void
test_plenty_sends_the_whole_picture (void)
{
  ConfabQuality quality = choose_at (&camera, 2000000);

  g_assert_cmpuint (quality.width, ==, 640);
  g_assert_cmpuint (quality.height, ==, 480);
  g_assert_cmpuint (quality.fps, ==, 30);
  g_assert_cmpuint (quality.audio_bps, ==, 40000);
  g_assert_cmpuint (quality.video_bps, >, 800000);
}

static void
test_camera_loses_resolution_then_frames (void)
{
  ConfabQuality poor = choose_at (&camera, 250000);
  ConfabQuality poorer = choose_at (&camera, 85000);

  g_assert_cmpuint (poor.width, <, 640);
  g_assert_cmpuint (poor.fps, ==, 30);
  g_assert_cmpuint (poorer.width, <, poor.width);
  g_assert_cmpuint (poorer.fps, <, 30);
  g_assert_cmpuint (poorer.video_bps, >, 0);
}

static void
test_screen_loses_frames_before_resolution (void)
{
  ConfabQuality poor = choose_at (&screen, 500000);

  g_assert_cmpuint (poor.width, ==, 1920);
  g_assert_cmpuint (poor.fps, <, 15);
}

static void
test_sound_is_served_first (void)
{
  ConfabQuality quality = choose_at (&camera, 50000);

  g_assert_cmpuint (quality.video_bps, ==, 0);
  g_assert_cmpuint (quality.audio_bps, >=, 12000);
}

static void
test_sum_stays_within_the_rate (void)
{
  for (guint rate_bps = 80000; rate_bps < 4000000; rate_bps += 7000)
    {
      ConfabQuality quality = choose_at (&camera, rate_bps);

      g_assert_cmpuint (quality.audio_bps + quality.video_bps, <, rate_bps);
      g_assert_cmpuint (quality.width % 2, ==, 0);
      g_assert_cmpuint (quality.height % 2, ==, 0);
    }
}

static void
test_more_is_never_worse (void)
{
  ConfabQuality before = choose_at (&camera, 40000);

  for (guint rate_bps = 40000; rate_bps < 4000000; rate_bps += 5000)
    {
      ConfabQuality quality = choose_at (&camera, rate_bps);

      g_assert_cmpuint (quality.audio_bps, >=, before.audio_bps);
      g_assert_cmpuint (quality.width * quality.height * quality.fps, >=,
                        before.width * before.height * before.fps);
      before = quality;
    }
}

static void
test_down_is_at_once_and_up_takes_time (void)
{
  ConfabQuality quality = { 0 };
  gint64 now_us = G_USEC_PER_SEC;

  confab_quality_choose (&quality, &camera, 1000000, now_us);
  g_assert_cmpuint (quality.width, ==, 640);
  confab_quality_choose (&quality, &camera, 200000, now_us += 200000);
  g_assert_cmpuint (quality.width, <, 640);

  confab_quality_choose (&quality, &camera, 1000000, now_us += 200000);
  g_assert_cmpuint (quality.width, <, 640);
  confab_quality_choose (&quality, &camera, 1000000, now_us += 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (quality.width, ==, 640);
}

static void
test_wavering_rate_does_not_waver_the_size (void)
{
  ConfabQuality quality = { 0 };
  guint n_changes = 0, width = 0;

  for (guint i = 0; i < 300; i++)
    {
      confab_quality_choose (&quality, &camera, i % 2 ? 420000 : 380000,
                             (gint64) i * G_USEC_PER_SEC / 5);
      n_changes += quality.width != width;
      width = quality.width;
    }
  g_assert_cmpuint (n_changes, <=, 2);
}

static void
test_no_picture_is_sound_alone (void)
{
  ConfabPicture nothing = { 0 };
  ConfabQuality quality = choose_at (&nothing, 2000000);

  g_assert_cmpuint (quality.video_bps, ==, 0);
  g_assert_cmpuint (quality.audio_bps, ==, 40000);
}

static void
test_tiny_picture_keeps_its_size (void)
{
  ConfabPicture tiny = { 80, 60, 30, FALSE };
  ConfabQuality quality = choose_at (&tiny, 75000);

  g_assert_cmpuint (quality.width, ==, 80);
  g_assert_cmpuint (quality.height, ==, 60);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add_func ("/confab-quality/" name, func)
  TEST ("plenty-sends-the-whole-picture", test_plenty_sends_the_whole_picture);
  TEST ("camera-loses-resolution-then-frames", test_camera_loses_resolution_then_frames);
  TEST ("screen-loses-frames-before-resolution", test_screen_loses_frames_before_resolution);
  TEST ("sound-is-served-first", test_sound_is_served_first);
  TEST ("sum-stays-within-the-rate", test_sum_stays_within_the_rate);
  TEST ("more-is-never-worse", test_more_is_never_worse);
  TEST ("down-is-at-once-and-up-takes-time", test_down_is_at_once_and_up_takes_time);
  TEST ("wavering-rate-does-not-waver-the-size", test_wavering_rate_does_not_waver_the_size);
  TEST ("no-picture-is-sound-alone", test_no_picture_is_sound_alone);
  TEST ("tiny-picture-keeps-its-size", test_tiny_picture_keeps_its_size);
#undef TEST

  return g_test_run ();
}
