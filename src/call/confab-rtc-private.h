/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-rtc.h"

#include "confab-devices.h"

G_BEGIN_DECLS

ConfabRtc *confab_rtc_new           (ConfabClient  *client,
                                     ConfabDevices *devices,
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
gboolean   confab_rtc_get_closed    (ConfabRtc     *self);

G_END_DECLS
