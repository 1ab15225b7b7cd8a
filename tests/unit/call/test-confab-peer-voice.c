/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-gst-private.h"
#include "confab-peer-voice-private.h"
#include "support-wait.h"

#define N_PAUSES 2
#define N_PIECES 10
#define MAX_BEHIND (100 * GST_MSECOND)

/* Somebody who speaks, and what of it gets to the mixer. */
typedef struct {
  GstElement      *pipeline;
  ConfabPlayback  *playback;
  ConfabPeerVoice *voice;
  GstElement      *mouth;
  GstClockTime     newest;    /* when the last packet was said; in the streaming thread */
  int              n_pauses;  /* atomic, like the next: how often nothing was sent for a while */
  int              n_pieces;
  int              n_behind;  /* that came long after they were said */
} World;

static gboolean
message_cb (GstBus     *bus,
            GstMessage *message,
            gpointer    user_data)
{
  World *world = user_data;

  confab_peer_voice_take_message (world->voice, message);

  return G_SOURCE_CONTINUE;
}

static GstPadProbeReturn
packet_cb (GstPad          *pad,
           GstPadProbeInfo *info,
           gpointer         user_data)
{
  World *world = user_data;

  GstClockTime now = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  if (now > world->newest + MAX_BEHIND)
    g_atomic_int_inc (&world->n_pauses);
  world->newest = now;

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
piece_cb (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         user_data)
{
  World *world = user_data;

  g_atomic_int_inc (&world->n_pieces);
  if (world->newest > GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) + MAX_BEHIND)
    g_atomic_int_inc (&world->n_behind);

  return GST_PAD_PROBE_OK;
}

/* Where the voice goes into the mixer. */
static GstPad *
find_mixed (GstPad *rtp)
{
  g_autoptr(GstPad) input = gst_pad_get_peer (rtp);
  g_autoptr(GstElement) bin = gst_pad_get_parent_element (input);
  g_autoptr(GstPad) output = gst_element_get_static_pad (bin, "src");

  return gst_pad_get_peer (output);
}

static void
set_up (World         *world,
        gconstpointer  packet_ms)
{
  g_autofree char *description = g_strdup_printf (
    "audiotestsrc is-live=true samplesperbuffer=480 volume=0.3 ! volume name=mouth ! "
    "opusenc audio-type=voice dtx=true frame-size=%u ! rtpopuspay dtx=true name=packets",
    GPOINTER_TO_UINT (packet_ms));
  g_autoptr(GstBus) bus = NULL;
  g_autoptr(GstElement) packets = NULL;
  g_autoptr(GstPad) rtp = NULL;
  g_autoptr(GstPad) mixed = NULL;
  g_autoptr(GError) error = NULL;

  world->pipeline = gst_parse_launch (description, &error);
  g_assert_no_error (error);
  world->playback = confab_playback_new (world->pipeline, NULL, &error);
  g_assert_no_error (error);
  world->voice = confab_peer_voice_new (world->pipeline, world->playback);
  world->mouth = confab_gst_get_child (world->pipeline, "mouth");
  packets = confab_gst_get_child (world->pipeline, "packets");
  rtp = gst_element_get_static_pad (packets, "src");
  gst_pad_add_probe (rtp, GST_PAD_PROBE_TYPE_BUFFER, packet_cb, world, NULL);
  confab_peer_voice_start (world->voice, confab_codec_find ("OPUS"), rtp, &error);
  g_assert_no_error (error);
  mixed = find_mixed (rtp);
  gst_pad_add_probe (mixed, GST_PAD_PROBE_TYPE_BUFFER, piece_cb, world, NULL);

  bus = gst_element_get_bus (world->pipeline);
  gst_bus_add_watch (bus, message_cb, world);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (World         *world,
           gconstpointer  packet_ms)
{
  g_autoptr(GstBus) bus = gst_element_get_bus (world->pipeline);

  gst_bus_remove_watch (bus);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  confab_peer_voice_stop (world->voice);
  confab_peer_voice_free (world->voice);
  confab_playback_free (world->playback);
  gst_object_unref (world->mouth);
  gst_object_unref (world->pipeline);
}

static void
listen (World *world)
{
  int n_pieces = g_atomic_int_get (&world->n_pieces);

  support_wait_until (g_atomic_int_get (&world->n_pieces) > n_pieces + N_PIECES);
  support_wait_until (confab_peer_voice_get_level_db (world->voice) > -40);
}

/* What the decoder kept back during a pause is no sign of a slow network. */
static void
test_pauses (World         *world,
             gconstpointer  packet_ms)
{
  listen (world);
  for (guint i = 0; i < N_PAUSES; i++)
    {
      int n_pauses = g_atomic_int_get (&world->n_pauses);

      g_object_set (world->mouth, "mute", TRUE, NULL);
      support_wait_until (g_atomic_int_get (&world->n_pauses) > n_pauses);
      g_object_set (world->mouth, "mute", FALSE, NULL);
      listen (world);
    }
  g_assert_cmpint (g_atomic_int_get (&world->n_behind), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/confab-peer-voice/what-was-kept-back-in-a-pause-is-not-late", World,
              GUINT_TO_POINTER (20), set_up, test_pauses, tear_down);
  g_test_add ("/confab-peer-voice/long-packets-are-no-pauses", World, GUINT_TO_POINTER (60), set_up,
              test_pauses, tear_down);

  return g_test_run ();
}
