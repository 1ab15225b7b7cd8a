/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_MESSAGE_ROW (app_message_row_get_type ())

G_DECLARE_FINAL_TYPE (AppMessageRow, app_message_row, APP, MESSAGE_ROW, GtkWidget)

GtkWidget       *app_message_row_new         (void);
void             app_message_row_set_item    (AppMessageRow   *self,
                                              AppTimelineItem *item,
                                              gboolean         in_group);
AppTimelineItem *app_message_row_get_item    (AppMessageRow   *self);
void             app_message_row_select_text (AppMessageRow   *self);
void             app_message_row_flash       (AppMessageRow   *self);
void app_message_row_refresh (AppMessageRow *self);

G_END_DECLS
