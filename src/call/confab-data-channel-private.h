/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-data-channel.h"

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

ConfabDataChannel *confab_data_channel_new   (GstWebRTCDataChannel *channel);
void               confab_data_channel_close (ConfabDataChannel    *self);

G_END_DECLS
