/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-congestion"

#include "config.h"

#include "confab-congestion-private.h"

#include "confab-trendline-private.h"

#include <math.h>

/* Figures of draft-ietf-rmcat-gcc-02 §5.5 and §6. */
#define DECREASE 0.85
#define INCREASE_PER_S 1.08
#define LOSS_LOW 0.02
#define LOSS_HIGH 0.10

/* Below a rate that this link has carried already, and until it first showed a limit, there is
 * no reason to feel one's way. */
#define RAMP_PER_S 1.6
#define RAMP_BELOW 0.9
/* What was a limit so long ago says nothing any more. */
#define LIMIT_FOR_US (8 * G_USEC_PER_SEC)

#define WINDOW_US (G_USEC_PER_SEC / 2)
#define MAX_SAMPLES 2048u
#define DECREASE_EVERY_US (200 * 1000)
#define LOSS_EVERY_US (G_USEC_PER_SEC / 2)
#define LOSS_MIN_PACKETS 10u
#define SILENCE_US (2 * G_USEC_PER_SEC)
#define SILENCE_EVERY_US (G_USEC_PER_SEC / 2)
#define SILENCE_FACTOR 0.7

/* More than this over what arrives is a guess: who does not send cannot know (§5.5). It leaves room
 * for a small picture even beside silence, or a picture once left out would never come back. */
#define HEADROOM 1.5
#define HEADROOM_BPS 100000.0

typedef struct {
  gint64 received_us;
  guint  size_bytes;
} Sample;

/**
 * ConfabCongestion:
 *
 * Finds how much may be sent to one peer, from what became of each packet sent.
 *
 * Two estimates, and the lower one holds: delay tells that a queue begins to grow long before
 * anything is lost; loss catches links that drop without queueing. Loss below 10 % does not lower
 * the rate, because radio links lose without being full. Knows neither GStreamer nor a clock.
 */
struct _ConfabCongestion
{
  guint           min_bps;
  guint           max_bps;

  double          delay_bps;
  double          loss_bps;
  double          carried_bps;   /* what has gone through without a queue, once */
  gboolean        found_limit;

  ConfabTrendline trendline;
  gint64          fed_at_us;     /* last feedback */
  gint64          raised_at_us;
  gint64          lowered_at_us;
  gint64          silent_at_us;  /* last step down for want of feedback */

  Sample          samples[MAX_SAMPLES];  /* a ring of what arrived within WINDOW_US */
  guint           first_sample;
  guint           n_samples;

  guint           n_lost;        /* since the loss estimate moved */
  guint           n_told;
  gint64          loss_at_us;
  double          loss;          /* 0–1, of the last period */
};

/**
 * confab_congestion_new:
 * @start_bps: what to begin with
 * @min_bps: what never goes lower
 * @max_bps: what never goes higher
 *
 * Returns: (transfer full): an estimator for one peer
 */
ConfabCongestion *
confab_congestion_new (guint start_bps,
                       guint min_bps,
                       guint max_bps)
{
  ConfabCongestion *self = g_new0 (ConfabCongestion, 1);

  g_assert (min_bps > 0 && min_bps <= start_bps && start_bps <= max_bps);

  self->min_bps = min_bps;
  self->max_bps = max_bps;
  self->delay_bps = start_bps;
  self->loss_bps = start_bps;
  confab_trendline_init (&self->trendline);

  return self;
}

void
confab_congestion_free (ConfabCongestion *self)
{
  g_free (self);
}

static double
clamp_rate (const ConfabCongestion *self,
            double                  bps)
{
  return CLAMP (bps, (double) self->min_bps, (double) self->max_bps);
}

static void
drop_old_samples (ConfabCongestion *self,
                  gint64            newest_us)
{
  while (self->n_samples > 0 &&
         (self->n_samples == MAX_SAMPLES ||
          newest_us - self->samples[self->first_sample].received_us > WINDOW_US))
    {
      self->first_sample = (self->first_sample + 1) % MAX_SAMPLES;
      self->n_samples--;
    }
}

static void
add_sample (ConfabCongestion         *self,
            const ConfabPacketReport *packet)
{
  drop_old_samples (self, packet->received_us);
  self->samples[(self->first_sample + self->n_samples) % MAX_SAMPLES] =
    (Sample) { packet->received_us, packet->size_bytes };
  self->n_samples++;
}

/* What arrived lately, or 0 while nothing is known. */
static double
measure_received_bps (const ConfabCongestion *self)
{
  gint64 first_us = G_MAXINT64, last_us = G_MININT64, span_us;
  double bits = 0;

  if (self->n_samples == 0)
    return 0;

  for (guint i = 0; i < self->n_samples; i++)
    {
      const Sample *sample = &self->samples[(self->first_sample + i) % MAX_SAMPLES];

      first_us = MIN (first_us, sample->received_us);
      last_us = MAX (last_us, sample->received_us);
      bits += sample->size_bytes * 8.0;
    }

  /* Few packets say little about the time between them. */
  span_us = self->n_samples < LOSS_MIN_PACKETS ? WINDOW_US
                                               : MAX (last_us - first_us, WINDOW_US / 5);

  return bits * G_USEC_PER_SEC / (double) span_us;
}

static void
raise_rate (ConfabCongestion *self,
            gint64            now_us,
            double            received_bps)
{
  double passed_s = CLAMP ((double) (now_us - self->raised_at_us) / G_USEC_PER_SEC, 0, 1);
  gboolean known = !self->found_limit || now_us - self->lowered_at_us > LIMIT_FOR_US ||
                   self->delay_bps < RAMP_BELOW * self->carried_bps;
  double raised = self->delay_bps * pow (known ? RAMP_PER_S : INCREASE_PER_S, passed_s);

  self->raised_at_us = now_us;

  if (received_bps > 0)
    raised = MIN (raised, MAX (self->delay_bps, HEADROOM * received_bps + HEADROOM_BPS));

  self->delay_bps = clamp_rate (self, raised);
}

static void
lower_rate (ConfabCongestion *self,
            gint64            now_us,
            double            received_bps)
{
  /* Who sends less than the rate allows has received little for another reason: by half at most. */
  double target = MAX (DECREASE * received_bps, self->delay_bps / 2);

  /* One queue is one reason: it needs a moment to empty before the next step. */
  if (self->lowered_at_us != 0 && now_us - self->lowered_at_us < DECREASE_EVERY_US)
    return;

  self->lowered_at_us = now_us;
  self->raised_at_us = now_us;
  self->found_limit = TRUE;
  self->carried_bps = MAX (received_bps, target);
  self->delay_bps = clamp_rate (self, MIN (target, self->delay_bps));
}

static void
follow_delay (ConfabCongestion *self,
              gint64            now_us,
              ConfabLinkUse     use)
{
  double received_bps = measure_received_bps (self);

  if (self->raised_at_us == 0)
    self->raised_at_us = now_us;

  switch (use)
    {
    case CONFAB_LINK_USE_OVER:
      lower_rate (self, now_us, received_bps);
      break;
    case CONFAB_LINK_USE_UNDER:
      self->raised_at_us = now_us;  /* the queue empties: hold */
      break;
    case CONFAB_LINK_USE_NORMAL:
      raise_rate (self, now_us, received_bps);
      break;
    }
}

static void
follow_loss (ConfabCongestion *self,
             gint64            now_us)
{
  if (self->loss_at_us == 0)
    self->loss_at_us = now_us;

  if (self->n_told < LOSS_MIN_PACKETS || now_us - self->loss_at_us < LOSS_EVERY_US)
    return;

  self->loss = (double) self->n_lost / self->n_told;
  self->n_lost = 0;
  self->n_told = 0;
  self->loss_at_us = now_us;

  if (self->loss > LOSS_HIGH)
    {
      double now_bps = MIN (self->loss_bps, self->delay_bps);

      self->loss_bps = clamp_rate (self, now_bps * (1 - 0.5 * self->loss));
      self->found_limit = TRUE;
    }
  else if (self->loss < LOSS_LOW)
    {
      /* Where nothing is lost, delay alone has the word. */
      self->loss_bps = clamp_rate (self, MAX (self->loss_bps * 1.25, self->delay_bps));
    }
  else
    {
      self->loss_bps = clamp_rate (self, self->loss_bps * 1.02);
    }
}

/**
 * confab_congestion_add_feedback:
 * @self: an estimator
 * @now_us: the time, monotonic
 * @packets: what is known of packets sent, in the order of sending
 * @n_packets: how many
 *
 * Takes in one feedback of the other end, and moves the rate.
 */
void
confab_congestion_add_feedback (ConfabCongestion         *self,
                                gint64                    now_us,
                                const ConfabPacketReport *packets,
                                gsize                     n_packets)
{
  ConfabLinkUse use = CONFAB_LINK_USE_NORMAL;

  for (gsize i = 0; i < n_packets; i++)
    {
      const ConfabPacketReport *packet = &packets[i];
      ConfabLinkUse now;

      self->n_told++;
      if (packet->received_us == CONFAB_PACKET_LOST)
        {
          self->n_lost++;
          continue;
        }

      now = confab_trendline_add (&self->trendline, packet->sent_us, packet->received_us);
      /* One sign of a growing queue in a report counts, wherever it stands. */
      if (use != CONFAB_LINK_USE_OVER)
        use = now;
      add_sample (self, packet);
    }

  self->fed_at_us = now_us;
  self->silent_at_us = 0;
  follow_delay (self, now_us, use);
  follow_loss (self, now_us);
}

/**
 * confab_congestion_tick:
 * @self: an estimator
 * @now_us: the time, monotonic
 *
 * Lowers the rate while the other end says nothing: a link that is away must not be met with all
 * of the old rate when it comes back. To be called a few times a second while packets are sent.
 */
void
confab_congestion_tick (ConfabCongestion *self,
                        gint64            now_us)
{
  if (self->fed_at_us == 0 || now_us - self->fed_at_us < SILENCE_US)
    return;

  if (self->silent_at_us != 0 && now_us - self->silent_at_us < SILENCE_EVERY_US)
    return;

  /* What was there before the silence is where to go back to. */
  if (self->silent_at_us == 0)
    self->carried_bps = MAX (self->carried_bps, self->delay_bps);

  self->silent_at_us = now_us;
  self->raised_at_us = now_us;
  self->found_limit = TRUE;
  self->delay_bps = clamp_rate (self, self->delay_bps * SILENCE_FACTOR);
}

guint
confab_congestion_get_rate_bps (const ConfabCongestion *self)
{
  return (guint) clamp_rate (self, MIN (self->delay_bps, self->loss_bps));
}

/**
 * confab_congestion_get_loss:
 * @self: an estimator
 *
 * Returns: the share of packets that were lost lately, 0 to 1
 */
double
confab_congestion_get_loss (const ConfabCongestion *self)
{
  return self->loss;
}
