/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-rtc.h"

#include "confab-devices.h"

G_BEGIN_DECLS

/* How long one may stay half open. */
typedef struct
{
  guint ring_ms;      /* here, unanswered */
  guint connect_ms;   /* accepted, and without a way */
} ConfabRtcPatience;

ConfabRtc *confab_rtc_new           (ConfabClient  *client,
                                     ConfabDevices *devices,
                                     const ConfabRtcPatience *patience,
                                     const char    *own_user_id,
                                     const char    *cid);
gboolean   confab_rtc_call          (ConfabRtc     *self,
                                     JsonObject    *params,
                                     GstElement    *audio,
                                     GstElement    *video,
                                     GError       **error);
/* The first offer of somebody who calls. */
gboolean   confab_rtc_take_call     (ConfabRtc     *self,
                                     const char    *user_id,
                                     JsonObject    *offer,
                                     GError       **error);
void       confab_rtc_take          (ConfabRtc     *self,
                                     const char    *user_id,
                                     JsonObject    *content);
gboolean   confab_rtc_get_ringing_in (ConfabRtc    *self);

/* For tests; of connections that begin later. */
void       confab_rtc_port_set_patience (ConfabRtcPort           *self,
                                         const ConfabRtcPatience *patience);

G_END_DECLS
