/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confabcall.h>

G_BEGIN_DECLS

#define APP_TYPE_INCOMING_WINDOW (app_incoming_window_get_type ())

G_DECLARE_FINAL_TYPE (AppIncomingWindow, app_incoming_window, APP, INCOMING_WINDOW, AdwWindow)

GtkWindow *app_incoming_window_new (GtkApplication *application,
                                    ConfabCall     *call);

G_END_DECLS
