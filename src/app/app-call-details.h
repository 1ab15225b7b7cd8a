/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_DETAILS (app_call_details_get_type ())

G_DECLARE_FINAL_TYPE (AppCallDetails, app_call_details, APP, CALL_DETAILS, GtkWidget)

void app_call_details_set_call (AppCallDetails *self,
                                ConfabCall     *call);
void app_call_details_refresh  (AppCallDetails *self);

G_END_DECLS
