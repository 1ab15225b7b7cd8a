/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void       app_widget_drop_children   (GtkWidget    *widget);
GPtrArray *app_widget_list_rows       (GtkWidget    *list_view);
GtkWidget *app_widget_get_focused_row (GtkWidget    *list_view);
void       app_widget_pop_up_menu     (GtkWidget    *widget,
                                       GtkWidget   **popover,
                                       GMenuModel   *model,
                                       double        x,
                                       double        y);
void       app_widget_show_error      (GtkLabel     *label,
                                       const GError *error);

G_END_DECLS
