/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_DEVICE_MENU_GROUP "devices"

GMenuModel         *app_device_menu_new         (ConfabDevices    *devices);
GSimpleActionGroup *app_device_menu_new_actions (GSettings        *settings);
const char         *app_device_menu_get_key     (ConfabDeviceKind  kind);

G_END_DECLS
