/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-device-private.h"
#include "confab-media-private.h"

G_BEGIN_DECLS

/* Elements for devices, set up for talking: floating, with one pad. NULL when a plugin lacks. */

GstElement *confab_sources_make_microphone    (ConfabDevice            *device,
                                               ConfabEchoCancellation   echo);
GstElement *confab_sources_make_speaker       (ConfabDevice            *device,
                                               ConfabEchoCancellation   echo);
GstElement *confab_sources_make_camera        (ConfabDevice            *device);
void        confab_sources_make_screen_async  (GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data);
GstElement *confab_sources_make_screen_finish (GAsyncResult            *result,
                                               GError                 **error);

/* What of a camera to ask for, out of what it can. */
GstCaps    *confab_sources_pick_camera_caps   (GstCaps                 *caps);

G_END_DECLS
