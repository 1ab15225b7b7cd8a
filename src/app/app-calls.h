/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>
#include <gtk/gtk.h>

#include "app-attention.h"
#include "app-notifier.h"

G_BEGIN_DECLS

#define APP_TYPE_CALLS (app_calls_get_type ())

G_DECLARE_FINAL_TYPE (AppCalls, app_calls, APP, CALLS, GObject)

AppCalls *app_calls_new (GtkApplication *application,
                         ConfabProfile  *profile,
                         AppAttention   *attention,
                         AppNotifier    *notifier,
                         GSettings      *settings);

ConfabDevices *app_calls_get_devices    (AppCalls   *self);
const char    *app_calls_get_problem    (AppCalls   *self);
gboolean       app_calls_is_busy        (AppCalls   *self);
gboolean       app_calls_is_in          (AppCalls   *self,
                                         ConfabRoom *room);
void           app_calls_start          (AppCalls   *self,
                                         ConfabRoom *room,
                                         gboolean    video);
void           app_calls_end_all        (AppCalls   *self);
guint          app_calls_count_in_group (AppCalls   *self,
                                         ConfabRoom *room);

G_END_DECLS
