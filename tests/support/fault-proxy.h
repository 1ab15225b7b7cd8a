/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A bad link between the two ends of a call. Each candidate that one end tells the other is given
 * another address, which is the proxy's; so all that they say to each other over UDP goes through
 * here, late or not at all. Works in a thread of its own. */
typedef struct _FaultProxy FaultProxy;

/* What is wrong with the link, in each direction alike. */
typedef struct {
  double   loss;        /* 0–1 */
  guint    delay_ms;
  guint    jitter_ms;   /* the delay is up to so much more or less */
  guint    rate_bps;    /* 0 is no limit; what queues for more than half a second is lost */
  gboolean away;        /* nothing goes through */
} FaultProxyFaults;

FaultProxy *fault_proxy_new               (void);
void        fault_proxy_free              (FaultProxy             *self);
void        fault_proxy_set_faults        (FaultProxy             *self,
                                           const FaultProxyFaults *faults);
/* What to tell the other end in the place of what @end (0 or 1) told; NULL for candidates that are
 * not to be told, because they would lead past the proxy. */
char       *fault_proxy_rewrite_candidate (FaultProxy             *self,
                                           guint                   end,
                                           const char             *candidate);
void        fault_proxy_get_counts        (FaultProxy             *self,
                                           guint64                *n_passed,
                                           guint64                *n_lost);

G_END_DECLS
