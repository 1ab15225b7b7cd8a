/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-device.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* Where a device is known from; the same microphone may come from several, and the first one here
 * that has any device of a kind is listed. */
typedef enum {
  CONFAB_DEVICE_API_TEST,
  CONFAB_DEVICE_API_PULSE,
  CONFAB_DEVICE_API_PIPEWIRE,
  CONFAB_DEVICE_API_V4L2,
  CONFAB_DEVICE_API_ALSA,
  CONFAB_DEVICE_API_OTHER,
} ConfabDeviceApi;

ConfabDevice    *confab_device_new            (GstDevice    *gst_device);
GstDevice       *confab_device_get_gst_device (ConfabDevice *self);
ConfabDeviceApi  confab_device_get_api        (ConfabDevice *self);
GstElement      *confab_device_create_element (ConfabDevice *self);
gboolean         confab_device_is_useful      (GstDevice    *gst_device);

G_END_DECLS
