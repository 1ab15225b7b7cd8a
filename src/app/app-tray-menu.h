/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "app-attention.h"

G_BEGIN_DECLS

#define APP_TYPE_TRAY_MENU (app_tray_menu_get_type ())

G_DECLARE_FINAL_TYPE (AppTrayMenu, app_tray_menu, APP, TRAY_MENU, GObject)

AppTrayMenu *app_tray_menu_new (GApplication *application,
                                AppAttention *attention,
                                GSettings    *settings);
gboolean app_tray_menu_export (AppTrayMenu      *self,
                               GDBusConnection  *bus,
                               const char       *path,
                               GError          **error);

G_END_DECLS
