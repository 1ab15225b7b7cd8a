/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_HIT_ROW (app_hit_row_get_type ())

G_DECLARE_FINAL_TYPE (AppHitRow, app_hit_row, APP, HIT_ROW, GtkWidget)

GtkWidget *app_hit_row_new (void);
void app_hit_row_set_hit (AppHitRow       *self,
                          ConfabSearchHit *hit);

G_END_DECLS
