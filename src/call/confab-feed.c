/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-feed"

#include "config.h"

#include "confab-feed-private.h"

#include "confab-gst-private.h"

void
confab_feed_init (ConfabFeed *self,
                  GstElement *pipeline,
                  GstElement *entry)
{
  self->pipeline = pipeline;
  self->entry = g_object_ref (entry);
  self->source = NULL;
}

void
confab_feed_clear (ConfabFeed *self)
{
  if (self->entry)
    confab_feed_set_source (self, NULL);
  g_clear_object (&self->entry);
}

/* A device that is unplugged says that its stream has ended. The call's has not. */
static GstPadProbeReturn
event_cb (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         user_data)
{
  return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS ? GST_PAD_PROBE_DROP
                                                                           : GST_PAD_PROBE_OK;
}

static void
start_source (GstElement *source,
              gpointer    user_data)
{
  /* A camera takes up to a second here, so it is not the main thread that waits. Failure comes as a
   * message on the bus. What has been taken out meanwhile has no parent, and is not started. */
  GST_STATE_LOCK (source);
  gst_element_set_locked_state (source, FALSE);
  gst_element_sync_state_with_parent (source);
  GST_STATE_UNLOCK (source);
}

static GstPadProbeReturn
drop_cb (GstPad          *pad,
         GstPadProbeInfo *info,
         gpointer         user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* Stops what flows, then the device, so that nothing is pushed to nowhere meanwhile. It may
 * be about to start: not between its stop and its leaving. */
static void
remove_source (ConfabFeed *self)
{
  g_autoptr(GstElement) source = g_steal_pointer (&self->source);
  g_autoptr(GstPad) output = gst_element_get_static_pad (source, "src");
  g_autoptr(GstPad) input = gst_pad_get_peer (output);

  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, drop_cb, NULL, NULL);
  GST_STATE_LOCK (source);
  confab_gst_remove (source);
  GST_STATE_UNLOCK (source);
  if (input)
    gst_pad_unlink (output, input);
}

/**
 * confab_feed_set_source:
 * @self: a feed
 * @source: (transfer floating) (nullable): what to plug in, with a pad `src`
 *
 * Takes out what was there and plugs in @source, which starts in the background.
 *
 * Returns: whether it fits
 */
gboolean
confab_feed_set_source (ConfabFeed *self,
                        GstElement *source)
{
  g_autoptr(GstPad) output = NULL;
  g_autoptr(GstPad) input = NULL;

  if (self->source)
    remove_source (self);

  if (!source)
    return TRUE;

  gst_element_set_locked_state (source, TRUE);
  gst_bin_add (GST_BIN (self->pipeline), source);
  self->source = g_object_ref (source);

  output = gst_element_get_static_pad (source, "src");
  input = gst_element_get_static_pad (self->entry, "sink");
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, event_cb, NULL, NULL);
  if (gst_pad_link (output, input) != GST_PAD_LINK_OK)
    {
      remove_source (self);
      return FALSE;
    }

  gst_element_call_async (source, start_source, NULL, NULL);

  return TRUE;
}

/* Whether what @object says is about the source that is plugged in now. */
gboolean
confab_feed_owns (ConfabFeed *self,
                  GstObject  *object)
{
  return confab_gst_is_inside (object, self->source);
}
