/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confabcall.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_WINDOW (app_call_window_get_type ())

G_DECLARE_FINAL_TYPE (AppCallWindow, app_call_window, APP, CALL_WINDOW, AdwWindow)

GtkWindow *app_call_window_new (GtkApplication *application,
                                ConfabCall     *call,
                                ConfabDevices  *devices,
                                GSettings      *settings);

G_END_DECLS
