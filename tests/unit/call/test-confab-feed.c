/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-feed-private.h"

#include <gst/gst.h>

#define N_ROUNDS 500u

/* What is taken out while it starts has to be stopped all the same: GStreamer makes it
 * fatal if not.
 */
static void
test_source_is_taken_out_while_it_starts (void)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *entry = gst_element_factory_make ("fakesink", NULL);
  ConfabFeed feed;

  g_object_set (entry, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), entry);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  confab_feed_init (&feed, CONFAB_FEED_PICTURE, pipeline, entry);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      GstElement *source = gst_parse_bin_from_description ("fakesrc sizetype=fixed ! identity",
                                                           TRUE, NULL);

      g_assert_true (confab_feed_set_source (&feed, source));
      for (guint j = 0; j < i % 20; j++)
        g_thread_yield ();
      g_assert_true (confab_feed_set_source (&feed, NULL));
    }

  confab_feed_clear (&feed);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/feed/source-is-taken-out-while-it-starts",
                   test_source_is_taken_out_while_it_starts);

  return g_test_run ();
}
