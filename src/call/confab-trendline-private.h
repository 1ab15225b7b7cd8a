/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFAB_TRENDLINE_WINDOW 20u

typedef enum {
  CONFAB_LINK_USE_NORMAL,
  CONFAB_LINK_USE_OVER,
  CONFAB_LINK_USE_UNDER,
} ConfabLinkUse;

/* Tells from how packets bunch up on their way whether a queue grows in front of the link. */
typedef struct {
  /* the burst that is being gathered, and the one before it */
  gint64        burst_first_sent_us;
  gint64        burst_sent_us;
  gint64        burst_first_received_us;
  gint64        burst_received_us;
  gint64        previous_sent_us;
  gint64        previous_received_us;
  gboolean      has_burst;
  gboolean      has_previous;

  /* accumulated delay over time, smoothed, for the regression */
  double        at_ms[CONFAB_TRENDLINE_WINDOW];
  double        delay_ms[CONFAB_TRENDLINE_WINDOW];
  guint         n_deltas;
  gint64        first_received_us;
  double        accumulated_ms;
  double        smoothed_ms;

  double        trend;
  double        threshold_ms;
  gint64        threshold_at_us;
  double        over_for_ms;
  guint         n_over;
  ConfabLinkUse use;
} ConfabTrendline;

void          confab_trendline_init (ConfabTrendline *self);
ConfabLinkUse confab_trendline_add  (ConfabTrendline *self,
                                     gint64           sent_us,
                                     gint64           received_us);

G_END_DECLS
