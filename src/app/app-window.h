/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-attention.h"
#include "app-calls.h"
#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_WINDOW (app_window_get_type ())

G_DECLARE_FINAL_TYPE (AppWindow, app_window, APP, WINDOW, AdwApplicationWindow)

AppWindow *app_window_new (AdwApplication *application,
                           ConfabProfile  *profile,
                           AppHost        *host,
                           AppAttention   *attention,
                           AppCalls       *calls,
                           GSettings      *settings);
void app_window_set_loaded (AppWindow *self);
void app_window_welcome (AppWindow     *self,
                         ConfabSession *session);
void app_window_set_failed (AppWindow    *self,
                            const GError *error);
ConfabSession *app_window_get_session (AppWindow *self);
void app_window_open_room (AppWindow  *self,
                           ConfabRoom *room);
void app_window_hide (AppWindow *self);
void app_window_terminate (AppWindow *self);
gboolean app_window_is_watched (AppWindow  *self,
                                ConfabRoom *room);

G_END_DECLS
