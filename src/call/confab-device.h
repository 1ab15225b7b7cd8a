/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-types.h"
#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabDeviceKind:
 * @CONFAB_DEVICE_KIND_MICROPHONE: sound comes in
 * @CONFAB_DEVICE_KIND_SPEAKER: sound goes out
 * @CONFAB_DEVICE_KIND_CAMERA: a picture comes in
 *
 * What a device is for.
 */
typedef enum {
  CONFAB_DEVICE_KIND_MICROPHONE,
  CONFAB_DEVICE_KIND_SPEAKER,
  CONFAB_DEVICE_KIND_CAMERA,
} ConfabDeviceKind;

#define CONFAB_TYPE_DEVICE_KIND (confab_device_kind_get_type ())

CONFAB_EXPORT
GType confab_device_kind_get_type (void);

#define CONFAB_TYPE_DEVICE (confab_device_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabDevice, confab_device, CONFAB, DEVICE, GObject)

/**
 * confab_device_get_kind:
 * @self: a device
 *
 * Returns: what it is for
 */
CONFAB_EXPORT
ConfabDeviceKind  confab_device_get_kind       (ConfabDevice *self);

/**
 * confab_device_get_id:
 * @self: a device
 *
 * Gets the name that stays the same when the device is unplugged and plugged in again, and after a
 * restart.
 *
 * Returns: (transfer none): the id
 */
CONFAB_EXPORT
const char       *confab_device_get_id         (ConfabDevice *self);

/**
 * confab_device_get_name:
 * @self: a device
 *
 * Returns: (transfer none): the name for people
 */
CONFAB_EXPORT
const char       *confab_device_get_name       (ConfabDevice *self);

/**
 * confab_device_get_is_default:
 * @self: a device
 *
 * Returns: whether the desktop uses it when nothing else is said
 */
CONFAB_EXPORT
gboolean          confab_device_get_is_default (ConfabDevice *self);

G_END_DECLS
