/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-tray.h"
#include "app-window.h"

G_BEGIN_DECLS

#define APP_TYPE_BACKGROUND (app_background_get_type ())

G_DECLARE_FINAL_TYPE (AppBackground, app_background, APP, BACKGROUND, GObject)

AppBackground *app_background_new (AppTray   *tray,
                                   GSettings *settings);
gboolean app_background_hide (AppBackground *self,
                              AppWindow     *window);

G_END_DECLS
