/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confabcall.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_CHECK (app_call_check_get_type ())

G_DECLARE_FINAL_TYPE (AppCallCheck, app_call_check, APP, CALL_CHECK, AdwPreferencesPage)

void app_call_check_set_up (AppCallCheck  *self,
                            ConfabDevices *devices,
                            ConfabSession *session,
                            GSettings     *settings);

G_END_DECLS
