/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_DETAILS (app_details_get_type ())

G_DECLARE_FINAL_TYPE (AppDetails, app_details, APP, DETAILS, AdwBin)

GtkWidget *app_details_new      (void);
void       app_details_set_room (AppDetails *self,
                                 ConfabRoom *room);

G_END_DECLS
