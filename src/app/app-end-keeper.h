/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_END_KEEPER (app_end_keeper_get_type ())

G_DECLARE_FINAL_TYPE (AppEndKeeper, app_end_keeper, APP, END_KEEPER, GObject)

AppEndKeeper *app_end_keeper_new (GtkListView   *list,
                                  GtkAdjustment *adjustment);
gboolean app_end_keeper_get_at_end (AppEndKeeper *self);
void app_end_keeper_set_complete (AppEndKeeper *self,
                                  gboolean      complete);
void app_end_keeper_stick (AppEndKeeper *self);
void app_end_keeper_let_go (AppEndKeeper *self);

G_END_DECLS
