/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-patience"

#include "config.h"

#include "confab-patience-private.h"

#define EVERY_US G_USEC_PER_SEC
#define MIN_MS 40u
#define MAX_MS 300u
#define UP_MS 20u
#define DOWN_MS 5u
#define DOWN_AFTER_US (10 * G_USEC_PER_SEC)

void
confab_patience_init (ConfabPatience *self)
{
  *self = (ConfabPatience) { .wait_ms = MIN_MS };
}

/**
 * confab_patience_choose:
 * @self: a patience
 * @n_late: packets that have come too late so far
 * @now_us: the time, monotonic
 *
 * Waits longer at once when there are more, and a little less after ten seconds without.
 *
 * Returns: whether #ConfabPatience.wait_ms has changed
 */
gboolean
confab_patience_choose (ConfabPatience *self,
                        guint64         n_late,
                        gint64          now_us)
{
  guint before_ms = self->wait_ms;

  if (n_late > self->n_late)
    {
      self->late_at_us = now_us;
      self->wait_ms = MIN (self->wait_ms + MAX (UP_MS, self->wait_ms / 3), MAX_MS);
    }
  else if (now_us - self->late_at_us > DOWN_AFTER_US)
    {
      self->wait_ms = MAX (self->wait_ms - DOWN_MS, MIN_MS);
    }
  self->n_late = n_late;

  return self->wait_ms != before_ms;
}

static guint64
count_late (GstElement *webrtc)
{
  g_autoptr(GstIterator) buffers =
    gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtc), "rtpjitterbuffer");
  g_auto(GValue) item = G_VALUE_INIT;
  guint64 n_late = 0;

  while (gst_iterator_next (buffers, &item) == GST_ITERATOR_OK)
    {
      g_autoptr(GstStructure) stats = NULL;
      guint64 n = 0;

      g_object_get (g_value_get_object (&item), "stats", &stats, NULL);
      if (stats && gst_structure_get_uint64 (stats, "num-late", &n))
        n_late += n;
      g_value_reset (&item);
    }

  return n_late;
}

/**
 * confab_patience_tick:
 * @self: a patience
 * @webrtc: the peer's webrtcbin
 * @n_unheard: pieces of sound that were decoded too late to be mixed, so far
 * @now_us: the time, monotonic
 *
 * Looks once a second what came too late, and lets @webrtc wait accordingly. To be called more
 * often than that.
 */
void
confab_patience_tick (ConfabPatience *self,
                      GstElement     *webrtc,
                      guint64         n_unheard,
                      gint64          now_us)
{
  if (now_us - self->chosen_at_us < EVERY_US)
    return;

  self->chosen_at_us = now_us;
  if (!confab_patience_choose (self, count_late (webrtc) + n_unheard, now_us))
    return;

  g_debug ("Waits %u ms for packets", self->wait_ms);
  g_object_set (webrtc, "latency", self->wait_ms, NULL);
}
