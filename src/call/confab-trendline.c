/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-trendline"

#include "config.h"

#include "confab-trendline-private.h"

#include <math.h>

/* The figures are those of draft-ietf-rmcat-gcc-02 §5 and of the trendline filter that browsers
 * put in the place of its Kalman filter. */
#define BURST_US 5000
#define STALL_US (100 * 1000)
#define SMOOTHING 0.9
#define GAIN 4.0
#define MAX_DELTAS 60u
#define THRESHOLD_START_MS 12.5
#define THRESHOLD_MIN_MS 6.0
#define THRESHOLD_MAX_MS 600.0
#define THRESHOLD_UP 0.0087
#define THRESHOLD_DOWN 0.039
#define THRESHOLD_OUTLIER_MS 15.0
#define OVER_FOR_MS 10.0

/* A gap this long in what arrives is an outage, not a queue: begin anew. */
#define RESET_US (3 * G_USEC_PER_SEC)

void
confab_trendline_init (ConfabTrendline *self)
{
  *self = (ConfabTrendline) { .threshold_ms = THRESHOLD_START_MS };
}

/* The slope of delay over time by least squares: 0 means that the queue keeps its length. */
static double
fit_slope (const ConfabTrendline *self,
           guint                  n)
{
  double mean_at = 0, mean_delay = 0, over = 0, under = 0;

  for (guint i = 0; i < n; i++)
    {
      mean_at += self->at_ms[i] / n;
      mean_delay += self->delay_ms[i] / n;
    }

  for (guint i = 0; i < n; i++)
    {
      over += (self->at_ms[i] - mean_at) * (self->delay_ms[i] - mean_delay);
      under += (self->at_ms[i] - mean_at) * (self->at_ms[i] - mean_at);
    }

  return under > 0 ? over / under : 0;
}

/* The threshold follows the trend, faster down than up, so that neither a link with a lot of
 * jitter nor a competitor that fills the queue makes us give way for ever (§5.4). */
static void
adapt_threshold (ConfabTrendline *self,
                 double           trend_ms,
                 gint64           now_us)
{
  double distance = fabs (trend_ms) - self->threshold_ms;
  double factor = distance < 0 ? THRESHOLD_DOWN : THRESHOLD_UP;
  double passed_ms;

  if (self->threshold_at_us == 0)
    self->threshold_at_us = now_us;

  passed_ms = CLAMP ((double) (now_us - self->threshold_at_us) / 1000.0, 0, 100);
  self->threshold_at_us = now_us;

  if (distance > THRESHOLD_OUTLIER_MS)
    return;

  self->threshold_ms = CLAMP (self->threshold_ms + factor * distance * passed_ms,
                              THRESHOLD_MIN_MS, THRESHOLD_MAX_MS);
}

static void
detect (ConfabTrendline *self,
        double           slope,
        double           sent_delta_ms,
        gint64           received_us)
{
  double trend_ms = MIN (self->n_deltas, MAX_DELTAS) * slope * GAIN;

  if (trend_ms > self->threshold_ms)
    {
      self->over_for_ms += self->n_over == 0 ? sent_delta_ms / 2 : sent_delta_ms;
      self->n_over++;

      if (self->over_for_ms > OVER_FOR_MS && self->n_over > 1 && slope >= self->trend)
        {
          self->over_for_ms = 0;
          self->n_over = 0;
          self->use = CONFAB_LINK_USE_OVER;
        }
    }
  else
    {
      self->over_for_ms = 0;
      self->n_over = 0;
      self->use = trend_ms < -self->threshold_ms ? CONFAB_LINK_USE_UNDER : CONFAB_LINK_USE_NORMAL;
    }

  self->trend = slope;
  adapt_threshold (self, trend_ms, received_us);
}

static void
add_delta (ConfabTrendline *self,
           double           sent_delta_ms,
           double           received_delta_ms,
           gint64           received_us)
{
  guint at;

  if (self->n_deltas == 0)
    self->first_received_us = received_us;

  at = self->n_deltas % CONFAB_TRENDLINE_WINDOW;
  self->n_deltas++;
  self->accumulated_ms += received_delta_ms - sent_delta_ms;
  self->smoothed_ms = SMOOTHING * self->smoothed_ms + (1 - SMOOTHING) * self->accumulated_ms;
  self->at_ms[at] = (double) (received_us - self->first_received_us) / 1000.0;
  self->delay_ms[at] = self->smoothed_ms;

  if (self->n_deltas >= CONFAB_TRENDLINE_WINDOW)
    detect (self, fit_slope (self, CONFAB_TRENDLINE_WINDOW), sent_delta_ms, received_us);
}

static void
begin_burst (ConfabTrendline *self,
             gint64           sent_us,
             gint64           received_us)
{
  self->has_burst = TRUE;
  self->burst_first_sent_us = sent_us;
  self->burst_sent_us = sent_us;
  self->burst_first_received_us = received_us;
  self->burst_received_us = received_us;
}

/* What was sent together is one thing: a frame's packets always queue behind each other. So is what
 * came together after a stall, be it of a radio or of a busy processor: the first packets waited
 * longer than the last, which is no queue that grows. */
static gboolean
belongs_to_burst (const ConfabTrendline *self,
                  gint64                 sent_us,
                  gint64                 received_us)
{
  gint64 sent_delta_us = sent_us - self->burst_sent_us;
  gint64 received_delta_us = received_us - self->burst_received_us;

  if (sent_us - self->burst_first_sent_us <= BURST_US)
    return TRUE;

  return received_delta_us <= BURST_US && received_delta_us < sent_delta_us &&
         received_us - self->burst_first_received_us < STALL_US;
}

/**
 * confab_trendline_add:
 * @self: a trendline
 * @sent_us: when the packet was sent, in the sender's clock
 * @received_us: when it arrived, in the receiver's clock
 *
 * Takes in a packet that arrived; packets come in the order of sending.
 *
 * Returns: how the link is used by now
 */
ConfabLinkUse
confab_trendline_add (ConfabTrendline *self,
                      gint64           sent_us,
                      gint64           received_us)
{
  if (self->has_burst &&
      (ABS (received_us - self->burst_received_us) > RESET_US ||
       sent_us < self->burst_first_sent_us))
    confab_trendline_init (self);

  if (!self->has_burst)
    {
      begin_burst (self, sent_us, received_us);
      return self->use;
    }

  if (belongs_to_burst (self, sent_us, received_us))
    {
      self->burst_sent_us = MAX (self->burst_sent_us, sent_us);
      self->burst_received_us = MAX (self->burst_received_us, received_us);
      return self->use;
    }

  if (self->has_previous)
    add_delta (self,
               (double) (self->burst_sent_us - self->previous_sent_us) / 1000.0,
               (double) (self->burst_received_us - self->previous_received_us) / 1000.0,
               self->burst_received_us);

  self->previous_sent_us = self->burst_sent_us;
  self->previous_received_us = self->burst_received_us;
  self->has_previous = TRUE;
  begin_burst (self, sent_us, received_us);

  return self->use;
}
