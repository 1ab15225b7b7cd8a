/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_PERSON_ROW (app_person_row_get_type ())

G_DECLARE_FINAL_TYPE (AppPersonRow, app_person_row, APP, PERSON_ROW, AdwActionRow)

GtkWidget  *app_person_row_new      (ConfabUser   *user,
                                     GListModel   *present);
ConfabUser *app_person_row_get_user (AppPersonRow *self);

G_END_DECLS
