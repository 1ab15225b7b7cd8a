/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_STATUS (app_call_status_get_type ())

G_DECLARE_FINAL_TYPE (AppCallStatus, app_call_status, APP, CALL_STATUS, GObject)

AppCallStatus *app_call_status_new          (ConfabCall    *call,
                                             ConfabDevices *devices);
char          *app_call_status_dup_text     (AppCallStatus *self);
guint          app_call_status_get_duration (AppCallStatus *self);
gboolean       app_call_status_has_picture  (AppCallStatus *self);

char *app_call_status_dup_name (ConfabCall *call);

G_END_DECLS
