/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What a peer tells about the packets that were sent to it, and what may be sent for it. */
typedef struct _ConfabFeedback ConfabFeedback;

typedef struct {
  guint   rate_bps;    /* what congestion control allows */
  double  loss;        /* 0–1 */
  guint64 n_reported;  /* packets that the peer has told of */
} ConfabFeedbackStats;

ConfabFeedback *confab_feedback_new       (void);
void            confab_feedback_free      (ConfabFeedback      *self);
void            confab_feedback_watch     (ConfabFeedback      *self,
                                           GstPad              *rtp);
gboolean        confab_feedback_tick      (ConfabFeedback      *self,
                                           gint64               now_us,
                                           guint               *rate_bps);
void            confab_feedback_get_stats (ConfabFeedback      *self,
                                           ConfabFeedbackStats *stats);

G_END_DECLS
