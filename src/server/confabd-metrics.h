/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-http.h"
#include "confabd-hub.h"
#include "confabd-web-push.h"

G_BEGIN_DECLS

/* What the hub threads and web push have counted, in Prometheus' text format. */
void confabd_metrics_collect (ConfabdHub             *hub,
                              ConfabdWebPush         *push,
                              BaseMailbox            *mailbox,
                              ConfabdHttpMetricsDone  done,
                              gpointer                done_data);

G_END_DECLS
