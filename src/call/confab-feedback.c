/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-feedback"

#include "config.h"

#include "confab-feedback-private.h"

#include "confab-congestion-private.h"
#include "confab-gst-private.h"

#define START_RATE_BPS 800000u
#define MIN_RATE_BPS 40000u
#define MAX_RATE_BPS 4000000u

/**
 * ConfabFeedback:
 *
 * Finds from the peer's transport-wide feedback how much may be sent to it.
 *
 * The feedback comes up the pads that go into the peer's webrtcbin, in its threads.
 */
struct _ConfabFeedback
{
  GMutex            lock;        /* of all that follows */
  ConfabCongestion *congestion;
  guint32           last_event;  /* its seqnum: each stream gets the same */
  guint64           n_reported;
};

static gboolean
read_report (const GValue       *value,
             ConfabPacketReport *report)
{
  const GstStructure *packet = GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value)
                                                                 : NULL;
  guint64 sent_ns, received_ns = GST_CLOCK_TIME_NONE;
  gboolean lost = FALSE;

  if (!packet || !gst_structure_get_uint64 (packet, "local-ts", &sent_ns) ||
      !GST_CLOCK_TIME_IS_VALID (sent_ns) ||
      !gst_structure_get_uint (packet, "size", &report->size_bytes))
    return FALSE;

  gst_structure_get_uint64 (packet, "remote-ts", &received_ns);
  gst_structure_get_boolean (packet, "lost", &lost);
  report->sent_us = (gint64) (sent_ns / GST_USECOND);
  report->received_us = lost || !GST_CLOCK_TIME_IS_VALID (received_ns)
    ? CONFAB_PACKET_LOST : (gint64) (received_ns / GST_USECOND);

  return TRUE;
}

static void
take_feedback (ConfabFeedback     *self,
               const GstStructure *feedback)
{
  g_autoptr(GArray) reports = g_array_new (FALSE, FALSE, sizeof (ConfabPacketReport));
  guint n_packets;
  const GValue *packets = confab_gst_get_values (feedback, "packets", &n_packets);

  for (guint i = 0; i < n_packets; i++)
    {
      ConfabPacketReport report;

      if (read_report (&packets[i], &report))
        g_array_append_val (reports, report);
    }

  confab_congestion_add_feedback (self->congestion, g_get_monotonic_time (),
                                  (ConfabPacketReport *) reports->data, reports->len);
  self->n_reported += reports->len;
}

/* What webrtcbin sends up on the pads of this peer. */
static GstPadProbeReturn
upstream_cb (GstPad          *pad,
             GstPadProbeInfo *info,
             gpointer         user_data)
{
  ConfabFeedback *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  const GstStructure *structure = gst_event_get_structure (event);

  if (!structure || !gst_structure_has_name (structure, "RTPTWCCPackets"))
    return GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  if (self->last_event != gst_event_get_seqnum (event))
    {
      self->last_event = gst_event_get_seqnum (event);
      take_feedback (self, structure);
    }
  g_mutex_unlock (&self->lock);

  /* It is for us; the encoders behind do not know it. */
  return GST_PAD_PROBE_DROP;
}

ConfabFeedback *
confab_feedback_new (void)
{
  ConfabFeedback *self = g_new0 (ConfabFeedback, 1);

  g_mutex_init (&self->lock);
  self->congestion = confab_congestion_new (START_RATE_BPS, MIN_RATE_BPS, MAX_RATE_BPS);

  return self;
}

/* When the pads that it watched have gone. */
void
confab_feedback_free (ConfabFeedback *self)
{
  confab_congestion_free (self->congestion);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Hears what comes up @rtp, a source pad of what is sent to the peer. */
void
confab_feedback_watch (ConfabFeedback *self,
                       GstPad         *rtp)
{
  gst_pad_add_probe (rtp, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, upstream_cb, self, NULL);
}

/**
 * confab_feedback_tick:
 * @self: a feedback
 * @now_us: the time, monotonic
 * @rate_bps: (out): how much may be sent
 *
 * To be called a few times a second.
 *
 * Returns: whether anything is known; a peer that gives no feedback gets what everybody can take
 */
gboolean
confab_feedback_tick (ConfabFeedback *self,
                      gint64          now_us,
                      guint          *rate_bps)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->n_reported == 0)
    return FALSE;

  confab_congestion_tick (self->congestion, now_us);
  *rate_bps = confab_congestion_get_rate_bps (self->congestion);

  return TRUE;
}

void
confab_feedback_get_stats (ConfabFeedback      *self,
                           ConfabFeedbackStats *stats)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  stats->rate_bps = confab_congestion_get_rate_bps (self->congestion);
  stats->loss = confab_congestion_get_loss (self->congestion);
  stats->n_reported = self->n_reported;
}
