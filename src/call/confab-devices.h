/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"
#include "confab-device.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_DEVICES (confab_devices_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabDevices, confab_devices, CONFAB, DEVICES, GObject)

/**
 * confab_devices_new:
 *
 * Looks for no device yet: see confab_devices_start().
 *
 * Returns: (transfer full): the devices of this computer
 */
CONFAB_EXPORT
ConfabDevices *confab_devices_new                 (void);

/**
 * confab_devices_start:
 * @self: the devices
 *
 * Begins to look for devices, in the background, and keeps looking. A call does this by itself; a
 * list to choose from needs it before. Does nothing the second time.
 */
CONFAB_EXPORT
void           confab_devices_start               (ConfabDevices    *self);

/**
 * confab_devices_get_ready:
 * @self: the devices
 *
 * Returns: whether the lists are filled, with what there is
 */
CONFAB_EXPORT
gboolean       confab_devices_get_ready           (ConfabDevices    *self);

/**
 * confab_devices_get_list:
 * @self: the devices
 * @kind: which ones
 *
 * Returns: (transfer none): a list of #ConfabDevice that follows what is plugged in
 */
CONFAB_EXPORT
GListModel    *confab_devices_get_list            (ConfabDevices    *self,
                                                   ConfabDeviceKind  kind);

/**
 * confab_devices_get_choice:
 * @self: the devices
 * @kind: what for
 *
 * Returns: (transfer none) (nullable): the id that was chosen, %NULL to follow the desktop
 */
CONFAB_EXPORT
const char    *confab_devices_get_choice          (ConfabDevices    *self,
                                                   ConfabDeviceKind  kind);

/**
 * confab_devices_set_choice:
 * @self: the devices
 * @kind: what for
 * @id: (nullable): the id of a device, or %NULL (or nothing) to follow the desktop
 *
 * Chooses a device, also during a call. An id of a device that is not there is kept: until it comes
 * the default is used.
 */
CONFAB_EXPORT
void           confab_devices_set_choice          (ConfabDevices    *self,
                                                   ConfabDeviceKind  kind,
                                                   const char       *id);

/**
 * confab_devices_dup_current:
 * @self: the devices
 * @kind: what for
 *
 * Gets what a call uses now: the chosen device if it is there, else the desktop's default,
 * else any.
 *
 * Returns: (transfer full) (nullable): a device, %NULL when there is none
 */
CONFAB_EXPORT
ConfabDevice  *confab_devices_dup_current         (ConfabDevices    *self,
                                                   ConfabDeviceKind  kind);

/**
 * confab_devices_list_missing_plugins:
 *
 * Names what GStreamer lacks for calls, and the packages of this system that have it, so
 * that it can be said at start and not in the middle of a call.
 *
 * Returns: (transfer full) (array zero-terminated=1): a plain sentence for each missing plugin;
 *   empty when all is well
 */
CONFAB_EXPORT
char         **confab_devices_list_missing_plugins (void);

/**
 * confab_devices_explain_no_calls:
 *
 * Names the plugins without which no call can be made, and their packages.
 *
 * Returns: (transfer full) (nullable): a plain English sentence, %NULL when calls can be made
 */
CONFAB_EXPORT
char *confab_devices_explain_no_calls (void);

/**
 * confab_devices_explain_missing:
 * @kind: what is missing
 * @missing: why
 *
 * Returns: (transfer full) (nullable): a plain English sentence, %NULL when nothing is missing
 */
CONFAB_EXPORT
char *confab_devices_explain_missing (ConfabDeviceKind kind,
                                      ConfabMissing    missing);

G_END_DECLS
