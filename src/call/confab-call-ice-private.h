/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-link-private.h"

G_BEGIN_DECLS

GPtrArray *confab_call_ice_tune (GstElement          *webrtc,
                                 const ConfabCallIce *ice);

G_END_DECLS
