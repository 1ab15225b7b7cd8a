/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_ROOM_ROW (app_room_row_get_type ())

G_DECLARE_FINAL_TYPE (AppRoomRow, app_room_row, APP, ROOM_ROW, GtkWidget)

GtkWidget *app_room_row_new (void);
ConfabRoom *app_room_row_get_room (AppRoomRow *self);
void app_room_row_set_room (AppRoomRow *self,
                            ConfabRoom *room);
void app_room_row_refresh (AppRoomRow *self);

G_END_DECLS
