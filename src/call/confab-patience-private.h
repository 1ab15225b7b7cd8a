/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How long the jitter buffer of a peer waits for a packet: little where packets come evenly, more
 * where they came too late lately, be it for the network or for want of processor time. */
typedef struct {
  guint   wait_ms;
  guint64 n_late;        /* packets that came too late, in all */
  gint64  late_at_us;    /* when that number grew last */
  gint64  chosen_at_us;
} ConfabPatience;

void     confab_patience_init   (ConfabPatience *self);
gboolean confab_patience_choose (ConfabPatience *self,
                                 guint64         n_late,
                                 gint64          now_us);
void     confab_patience_tick   (ConfabPatience *self,
                                 GstElement     *webrtc,
                                 guint64         n_unheard,
                                 gint64          now_us);

G_END_DECLS
