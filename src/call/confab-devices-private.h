/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-device-private.h"
#include "confab-devices.h"

G_BEGIN_DECLS

/* Has the person asked, once, whether cameras may be used, where only a portal gives them. FALSE
 * when there is nothing to ask; else `current-changed` tells the answer. */
gboolean confab_devices_ask_for_camera (ConfabDevices *self);

/* Lets a no be asked again: the person wants the camera, and may have changed the settings. */
void     confab_devices_forget_refusal (ConfabDevices *self);

/* Why there is none. */
ConfabMissing confab_devices_explain_no_camera (ConfabDevices *self);

/* Reads $CONFAB_CALL_DEVICES and announces the test devices to GStreamer, once a process. TRUE when
 * calls are to use these and nothing else. */
gboolean confab_test_devices_register (void);

/* The class that only test devices have; a monitor that filters by it starts no other provider. */
#define CONFAB_TEST_DEVICE_CLASS "ConfabTest"

/* A test device that nobody has to find: for trial calls. */
ConfabDevice *confab_test_devices_make (ConfabDeviceKind kind);

/* A screen, where one was asked for; NULL elsewhere. Like one that is found it is floating. */
GstElement *confab_test_devices_make_screen (void);

/* Plugs a test device in or out, as a hand would. */
void     confab_test_devices_set_plugged (ConfabDeviceKind kind,
                                          gboolean         plugged);

/* How many microphones, speakers and cameras are in use. */
guint    confab_test_devices_count_open  (void);

G_END_DECLS
