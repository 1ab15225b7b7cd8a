/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "app-attention.h"

G_BEGIN_DECLS

#define APP_TYPE_TRAY (app_tray_get_type ())

G_DECLARE_FINAL_TYPE (AppTray, app_tray, APP, TRAY, GObject)

AppTray *app_tray_new (GApplication *application,
                       AppAttention *attention,
                       GSettings    *settings);
gboolean app_tray_get_shown (AppTray *self);
char *app_tray_steal_token (AppTray *self);

G_END_DECLS
