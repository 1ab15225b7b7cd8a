/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-media-private.h"
#include "confab-own-picture-private.h"
#include "confab-own-voice-private.h"
#include "confab-playback-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_DEVICE_USE (confab_device_use_get_type ())

G_DECLARE_FINAL_TYPE (ConfabDeviceUse, confab_device_use, CONFAB, DEVICE_USE, GObject)

ConfabDeviceUse *confab_device_use_new         (ConfabDevices          *devices,
                                                ConfabOwnVoice         *voice,
                                                ConfabOwnPicture       *picture,
                                                ConfabPlayback         *playback,
                                                ConfabEchoCancellation  echo);
void             confab_device_use_close       (ConfabDeviceUse        *self);
void             confab_device_use_let_stand_in (ConfabDeviceUse       *self);
void             confab_device_use_set_wanted  (ConfabDeviceUse        *self,
                                                ConfabDeviceKind        kind,
                                                gboolean                wanted);
/* Whether it is wanted, or, for the camera, a screen is sent. */
gboolean         confab_device_use_is_wanted   (ConfabDeviceUse        *self,
                                                ConfabDeviceKind        kind);
gboolean         confab_device_use_show_screen (ConfabDeviceUse        *self,
                                                GstElement             *screen);
void             confab_device_use_end_screen  (ConfabDeviceUse        *self);
gboolean         confab_device_use_take_error  (ConfabDeviceUse        *self,
                                                GstObject              *from,
                                                const GError           *error);
ConfabMissing    confab_device_use_get_missing (ConfabDeviceUse        *self,
                                                ConfabDeviceKind        kind);

G_END_DECLS
