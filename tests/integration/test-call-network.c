/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-loopback-private.h"

#include "fault-proxy.h"
#include "support-wait.h"

#define KBIT 1000u

/* Two ends that code and decode take all of a small machine, and more while others build on it. */
#define PATIENCE_US (100 * G_USEC_PER_SEC)

#define wait_long(condition) \
        G_STMT_START \
        { \
          gint64 end_us = g_get_monotonic_time () + PATIENCE_US; \
          while (!(condition)) \
          support_wait_step (end_us, #condition, __FILE__, __LINE__); \
        } \
        G_STMT_END

/* A call whose two ends only reach each other over a bad link. */
typedef struct {
  FaultProxy     *proxy;
  ConfabLoopback *call;
} World;

static char *
filter (guint       end,
        const char *candidate,
        gpointer    user_data)
{
  World *world = user_data;

  return fault_proxy_rewrite_candidate (world->proxy, end, candidate);
}

static void
set_up (World         *world,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  ConfabCallIce nowhere = { 0 };

  world->proxy = fault_proxy_new ();
  fault_proxy_set_faults (world->proxy, data);
  world->call = confab_loopback_new (NULL, &nowhere, "VP8", filter, world, &error);
  g_assert_no_error (error);
  wait_long (confab_loopback_get_connected (world->call));
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  guint64 n_passed, n_lost;

  fault_proxy_get_counts (world->proxy, &n_passed, &n_lost);
  g_assert_cmpuint (n_passed, >, 100);
  g_test_message ("%" G_GUINT64_FORMAT " packets passed, %" G_GUINT64_FORMAT " were lost", n_passed,
                  n_lost);
  confab_loopback_close (world->call);
  g_assert_finalize_object (world->call);
  fault_proxy_free (world->proxy);
}

static ConfabMediaLinkStats
stats_of (World *world,
          guint  end)
{
  ConfabMediaLinkStats stats;

  confab_media_link_get_stats (confab_loopback_get_media_link (world->call, end), &stats);

  return stats;
}

/* Each end decodes @n_frames more pictures, and hears the other. */
static void
wait_for_media (World   *world,
                guint64  n_frames)
{
  guint64 first = stats_of (world, 0).frames_decoded + n_frames;
  guint64 second = stats_of (world, 1).frames_decoded + n_frames;

  wait_long (stats_of (world, 0).frames_decoded >= first);
  wait_long (stats_of (world, 1).frames_decoded >= second);
  wait_long (stats_of (world, 0).audio_level_db > -50);
  wait_long (stats_of (world, 1).audio_level_db > -50);
}

static void
test_media_flow (World         *world,
                 gconstpointer  data)
{
  wait_for_media (world, 40);
}

static void
test_ends_tell_each_other_what_arrived (World         *world,
                                        gconstpointer  data)
{
  wait_for_media (world, 20);
  for (guint end = 0; end < 2; end++)
    wait_long (stats_of (world, end).n_reported > 200);
}

static void
test_rate_follows_the_link (World         *world,
                            gconstpointer  data)
{
  const FaultProxyFaults *faults = data;
  const FaultProxyFaults wide = { 0 };
  const ConfabQuality *quality = confab_media_get_quality (confab_loopback_get_media (world->call,
                                                                                      0));

  wait_long (stats_of (world, 0).send_rate_bps < faults->rate_bps);
  wait_long (quality->video_bps > 0 &&
                      quality->video_bps + quality->audio_bps < faults->rate_bps);
  g_assert_cmpuint (quality->width, <, 640);
  wait_for_media (world, 30);

  fault_proxy_set_faults (world->proxy, &wide);
  wait_long (stats_of (world, 0).send_rate_bps > 2 * faults->rate_bps);
  wait_long (quality->width == 640);
  wait_for_media (world, 30);
}

/* Sound alone has to be reported as often as pictures are, or nobody learns that there is room. */
static void
test_picture_comes_back (World         *world,
                         gconstpointer  data)
{
  const FaultProxyFaults no_room = { .rate_bps = 60 * KBIT }, room = { 0 };
  const ConfabQuality *quality = confab_media_get_quality (confab_loopback_get_media (world->call,
                                                                                      0));

  wait_for_media (world, 20);
  fault_proxy_set_faults (world->proxy, &no_room);
  wait_long (quality->video_bps == 0);

  fault_proxy_set_faults (world->proxy, &room);
  wait_long (quality->video_bps > 0);
  wait_for_media (world, 20);
}

static void
test_link_that_is_away_comes_back (World         *world,
                                   gconstpointer  data)
{
  FaultProxyFaults away = { .away = TRUE }, back = { 0 };
  gint64 until_us;

  wait_for_media (world, 20);
  fault_proxy_set_faults (world->proxy, &away);
  until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  wait_long (g_get_monotonic_time () > until_us);

  fault_proxy_set_faults (world->proxy, &back);
  wait_long (confab_loopback_get_connected (world->call));
  wait_for_media (world, 20);
}

int
main (int   argc,
      char *argv[])
{
  static const FaultProxyFaults none = { 0 };
  static const FaultProxyFaults loss = { .loss = 0.05 };
  static const FaultProxyFaults jitter = { .delay_ms = 100, .jitter_ms = 30 };
  static const FaultProxyFaults narrow = { .rate_bps = 300 * KBIT, .delay_ms = 20 };

  g_test_init (&argc, &argv, NULL);

#define TEST(name, faults, func) \
        g_test_add ("/call-network/" name, World, faults, set_up, func, tear_down)
  TEST ("ends-tell-each-other-what-arrived", &none, test_ends_tell_each_other_what_arrived);
  TEST ("five-percent-loss", &loss, test_media_flow);
  TEST ("a-tenth-of-a-second-with-jitter", &jitter, test_media_flow);
  TEST ("300-kbit-per-second", &narrow, test_rate_follows_the_link);
  TEST ("a-picture-that-was-left-out-comes-back", &none, test_picture_comes_back);
  TEST ("five-seconds-away", &none, test_link_that_is_away_comes_back);
#undef TEST

  return g_test_run ();
}
