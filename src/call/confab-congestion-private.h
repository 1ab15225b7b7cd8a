/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What became of one packet, as the other end's transport-wide feedback tells it. The two clocks
 * need not agree: only differences within each are used. */
typedef struct {
  gint64 sent_us;
  gint64 received_us;  /* CONFAB_PACKET_LOST when it did not arrive */
  guint  size_bytes;
} ConfabPacketReport;

#define CONFAB_PACKET_LOST G_MININT64

typedef struct _ConfabCongestion ConfabCongestion;

ConfabCongestion *confab_congestion_new          (guint                     start_bps,
                                                  guint                     min_bps,
                                                  guint                     max_bps);
void              confab_congestion_free         (ConfabCongestion         *self);
void              confab_congestion_add_feedback (ConfabCongestion         *self,
                                                  gint64                    now_us,
                                                  const ConfabPacketReport *packets,
                                                  gsize                     n_packets);
void              confab_congestion_tick         (ConfabCongestion         *self,
                                                  gint64                    now_us);
guint             confab_congestion_get_rate_bps (const ConfabCongestion   *self);
double            confab_congestion_get_loss     (const ConfabCongestion   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabCongestion, confab_congestion_free)

G_END_DECLS
