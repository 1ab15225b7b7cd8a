/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_STAGE (app_call_stage_get_type ())

G_DECLARE_FINAL_TYPE (AppCallStage, app_call_stage, APP, CALL_STAGE, GtkWidget)

void app_call_stage_set_peers   (AppCallStage *self,
                                 GListModel   *peers);
void app_call_stage_set_preview (AppCallStage *self,
                                 GdkPaintable *preview);
void app_call_stage_set_inset   (AppCallStage *self,
                                 int           inset);
void app_call_stage_set_waiting (AppCallStage *self,
                                 gboolean      waiting);

G_END_DECLS
