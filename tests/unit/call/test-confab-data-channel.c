/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-link-private.h"
#include "confab-data-channel-private.h"

#include "confab-call-error.h"
#include "support-wait.h"

/* Two links without sound and picture, and how much one may put into the other's channels. */

#define MIB (1024u * 1024u)
#define MAX_CHANNELS 64u
#define MAX_WAITING_MIB 16u

typedef struct
{
  GstElement     *pipeline;
  ConfabCallLink *link;
  GPtrArray      *channels;   /* those that the other side has opened */
  gsize           n_bytes;    /* that came */
  GError         *error;      /* of the link, or of a channel */
} End;

typedef struct
{
  End                caller;
  End                callee;
  ConfabDataChannel *first;   /* the caller's */
} Pair;

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *sdp,
                Pair           *pair)
{
  g_autoptr(GError) error = NULL;

  if (is_offer)
    {
      confab_call_link_take_offer (pair->callee.link, sdp, &error);
      confab_call_link_answer (pair->callee.link);
    }
  else
    confab_call_link_take_answer (pair->caller.link, sdp, &error);
  g_assert_no_error (error);
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *candidate,
              const char     *mid,
              int             media_index,
              Pair           *pair)
{
  End *other = link == pair->caller.link ? &pair->callee : &pair->caller;

  confab_call_link_take_candidate (other->link, candidate, mid, media_index);
}

static void
keep_error (gpointer      object,
            const GError *error,
            End          *end)
{
  g_clear_error (&end->error);
  end->error = g_error_copy (error);
}

static void
data_cb (ConfabDataChannel *channel,
         GBytes            *bytes,
         End               *end)
{
  end->n_bytes += g_bytes_get_size (bytes);
}

static void
channel_cb (ConfabCallLink *link,
            GObject        *channel,
            End            *end)
{
  ConfabDataChannel *taken = confab_data_channel_new (GST_WEBRTC_DATA_CHANNEL (channel));

  g_signal_connect (taken, "data", G_CALLBACK (data_cb), end);
  g_signal_connect (taken, "error", G_CALLBACK (keep_error), end);
  g_ptr_array_add (end->channels, taken);
}

static void
set_up_end (Pair *pair,
            End  *end)
{
  static const char * const none[] = { NULL };
  ConfabCallPlan plan = { .video_codecs = none };

  end->pipeline = gst_pipeline_new (NULL);
  gst_element_set_state (end->pipeline, GST_STATE_PLAYING);
  end->channels = g_ptr_array_new_with_free_func (g_object_unref);
  end->link = confab_call_link_new (GST_BIN (end->pipeline), &plan, NULL);
  g_signal_connect (end->link, "description", G_CALLBACK (description_cb), pair);
  g_signal_connect (end->link, "candidate", G_CALLBACK (candidate_cb), pair);
  g_signal_connect (end->link, "channel", G_CALLBACK (channel_cb), end);
  g_signal_connect (end->link, "failed", G_CALLBACK (keep_error), end);
}

static GstWebRTCDataChannel *
make_channel (Pair *pair)
{
  GstWebRTCDataChannel *channel = NULL;

  g_signal_emit_by_name (confab_call_link_get_element (pair->caller.link), "create-data-channel",
                         "test", NULL, &channel);
  g_assert_nonnull (channel);

  return channel;
}

static ConfabDataChannel *
open_channel (Pair *pair)
{
  g_autoptr(GstWebRTCDataChannel) channel = make_channel (pair);

  return confab_data_channel_new (channel);
}

static void
set_up (Pair          *pair,
        gconstpointer  data)
{
  set_up_end (pair, &pair->caller);
  set_up_end (pair, &pair->callee);
  pair->first = open_channel (pair);
  confab_call_link_offer (pair->caller.link);
  support_wait_until (confab_data_channel_get_open (pair->first) &&
                      pair->callee.channels->len == 1);
}

static void
tear_down_end (End *end)
{
  confab_call_link_close (end->link);
  gst_element_set_state (end->pipeline, GST_STATE_NULL);
  g_ptr_array_unref (end->channels);
  g_assert_finalize_object (end->link);
  gst_object_unref (end->pipeline);
  g_clear_error (&end->error);
}

static void
tear_down (Pair          *pair,
           gconstpointer  data)
{
  g_object_unref (pair->first);
  tear_down_end (&pair->caller);
  tear_down_end (&pair->callee);
}

static void
test_number_of_channels (Pair          *pair,
                         gconstpointer  data)
{
  g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func (g_object_unref);

  while (more->len + 1 < MAX_CHANNELS)
    g_ptr_array_add (more, open_channel (pair));
  support_wait_until (pair->callee.channels->len == MAX_CHANNELS);
  g_assert_no_error (pair->callee.error);

  g_ptr_array_add (more, open_channel (pair));
  support_wait_until (pair->callee.error);
  g_assert_error (pair->callee.error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST);
  g_assert_cmpint (confab_call_link_get_state (pair->callee.link), ==,
                   CONFAB_CALL_LINK_STATE_CLOSED);
  g_assert_cmpuint (pair->callee.channels->len, ==, MAX_CHANNELS);
}

static gboolean
is_open (GstWebRTCDataChannel *channel)
{
  GstWebRTCDataChannelState state;

  g_object_get (channel, "ready-state", &state, NULL);

  return state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
}

static void
test_one_after_the_other (Pair          *pair,
                          gconstpointer  data)
{
  for (guint i = 0; i < 2 * MAX_CHANNELS; i++)
    {
      g_autoptr(GstWebRTCDataChannel) channel = make_channel (pair);
      ConfabDataChannel *taken;

      support_wait_until (pair->callee.error || pair->callee.channels->len == 2);
      g_assert_no_error (pair->callee.error);
      taken = pair->callee.channels->pdata[1];
      support_wait_until (confab_data_channel_get_open (taken) && is_open (channel));
      gst_webrtc_data_channel_close (channel);
      support_wait_until (!confab_data_channel_get_open (taken));
      g_ptr_array_set_size (pair->callee.channels, 1);
    }

  g_assert_no_error (pair->callee.error);
}

static GBytes *
make_bytes (gsize n_bytes)
{
  return g_bytes_new_take (g_malloc0 (n_bytes), n_bytes);
}

static void
test_sending_too_much (Pair          *pair,
                       gconstpointer  data)
{
  g_autoptr(GBytes) large = make_bytes (MAX_WAITING_MIB * MIB + 1);
  g_autoptr(GBytes) small = make_bytes (16 * 1024);
  g_autoptr(GError) error = NULL;

  g_assert_false (confab_data_channel_send_bytes (pair->first, large, &error));
  g_assert_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED);
  g_clear_error (&error);

  /* The channel goes on. */
  g_assert_true (confab_data_channel_send_bytes (pair->first, small, &error));
  g_assert_no_error (error);
  support_wait_until (pair->callee.n_bytes == g_bytes_get_size (small));
}

/* Nothing is read here, as the main context stands still. What waits to be sent has its bound, and
 * what waits to be read too. */
static void
test_reading_too_little (Pair          *pair,
                         gconstpointer  data)
{
  g_autoptr(GBytes) bytes = make_bytes (16 * 1024);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gsize n_sent = 0;

  while (n_sent < (MAX_WAITING_MIB + 1) * MIB)
    {
      g_autoptr(GError) error = NULL;

      if (confab_data_channel_send_bytes (pair->first, bytes, &error))
        {
          n_sent += g_bytes_get_size (bytes);
          continue;
        }

      g_assert_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_thread_yield ();
    }
  while (confab_data_channel_get_buffered_amount (pair->first) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_thread_yield ();
    }

  support_wait_until (pair->callee.error);
  g_assert_error (pair->callee.error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED);
  g_assert_cmpuint (pair->callee.n_bytes, >, 0);
  g_assert_cmpuint (pair->callee.n_bytes, <=, MAX_WAITING_MIB * MIB);
  support_wait_until (!confab_data_channel_get_open (pair->first));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/data-channel/many-are-taken-one-after-the-other", Pair, NULL, set_up,
              test_one_after_the_other, tear_down);
  g_test_add ("/data-channel/no-more-than-64-are-taken", Pair, NULL, set_up,
              test_number_of_channels, tear_down);
  g_test_add ("/data-channel/what-cannot-wait-is-not-sent", Pair, NULL, set_up,
              test_sending_too_much, tear_down);

  g_test_add ("/data-channel/who-sends-more-than-is-read-is-closed", Pair, NULL, set_up,
              test_reading_too_little, tear_down);

  return g_test_run ();
}
