/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-feed"

#include "config.h"

#include "confab-feed-private.h"

#include "confab-gst-private.h"

#define PATIENCE_US (2 * G_USEC_PER_SEC)

/* A camera takes up to a second to start, and one of PipeWire's that does not answer half a minute
 * and more, to start and to stop: so it is not the main thread that waits. Devices of a kind are
 * dealt with in the order in which it was asked for, so that what is plugged in again has been
 * closed before; but who comes next does not wait for ever for one that is stuck. */
typedef struct {
  ConfabFeedKind kind;
  guint          number;   /* its place in the line */
  gboolean       start;    /* or stop */
} Job;

static struct {
  GMutex lock;
  GCond  done;
  guint  n_pushed;
  guint  last_done;
} lines[CONFAB_FEED_PICTURE + 1];

static void
await_turn (const Job *job)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&lines[job->kind].lock);
  while (lines[job->kind].last_done + 1 < job->number &&
         g_cond_wait_until (&lines[job->kind].done, &lines[job->kind].lock, end_us))
    continue;
  g_mutex_unlock (&lines[job->kind].lock);
}

static void
end_turn (const Job *job)
{
  g_mutex_lock (&lines[job->kind].lock);
  lines[job->kind].last_done = MAX (lines[job->kind].last_done, job->number);
  g_cond_broadcast (&lines[job->kind].done);
  g_mutex_unlock (&lines[job->kind].lock);
}

static void
start_source (GstElement *source)
{
  /* Failure comes as a message on the bus. What has been taken out meanwhile has no parent, and is
   * not started; and it is not stopped between the one and the other. */
  GST_STATE_LOCK (source);
  gst_element_set_locked_state (source, FALSE);
  gst_element_sync_state_with_parent (source);
  GST_STATE_UNLOCK (source);
}

static void
work (GstElement *source,
      gpointer    user_data)
{
  const Job *job = user_data;

  await_turn (job);
  if (job->start)
    start_source (source);
  else
    gst_element_set_state (source, GST_STATE_NULL);
  end_turn (job);
}

static void
push_job (ConfabFeed *self,
          GstElement *source,
          gboolean    start)
{
  Job *job = g_new0 (Job, 1);

  job->kind = self->kind;
  job->start = start;
  g_mutex_lock (&lines[self->kind].lock);
  job->number = ++lines[self->kind].n_pushed;
  g_mutex_unlock (&lines[self->kind].lock);
  gst_element_call_async (source, work, job, g_free);
}

void
confab_feed_init (ConfabFeed     *self,
                  ConfabFeedKind  kind,
                  GstElement     *pipeline,
                  GstElement     *entry)
{
  self->kind = kind;
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

/* What stands behind takes any picture. Asked to agree on another kind whenever a peer comes, a
 * camera would stop for a moment, and PipeWire's source for good. */
static GstPadProbeReturn
request_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_RECONFIGURE
           ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
drop_cb (GstPad          *pad,
         GstPadProbeInfo *info,
         gpointer         user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* Nothing comes from it from here on, however long it takes to stop. */
static void
remove_source (ConfabFeed *self)
{
  g_autoptr(GstElement) source = g_steal_pointer (&self->source);
  g_autoptr(GstPad) output = gst_element_get_static_pad (source, "src");

  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, drop_cb, NULL, NULL);
  gst_bin_remove (GST_BIN (self->pipeline), source);
  push_job (self, source, FALSE);
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
  gst_pad_add_probe (output, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, request_cb, NULL, NULL);
  if (gst_pad_link (output, input) != GST_PAD_LINK_OK)
    {
      remove_source (self);
      return FALSE;
    }

  push_job (self, source, TRUE);

  return TRUE;
}

/* Whether what @object says is about the source that is plugged in now. */
gboolean
confab_feed_owns (ConfabFeed *self,
                  GstObject  *object)
{
  return confab_gst_is_inside (object, self->source);
}
