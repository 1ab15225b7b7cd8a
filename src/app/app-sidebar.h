/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-connection-status.h"

G_BEGIN_DECLS

#define APP_TYPE_SIDEBAR (app_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (AppSidebar, app_sidebar, APP, SIDEBAR, AdwBin)

void app_sidebar_set_session (AppSidebar    *self,
                              ConfabSession *session);
void app_sidebar_set_room (AppSidebar *self,
                           ConfabRoom *room);
void app_sidebar_set_hidden (AppSidebar *self,
                             const char *rid,
                             gboolean    hidden);
void app_sidebar_search (AppSidebar *self,
                         gboolean    in_room);
ConfabRoom *app_sidebar_dup_neighbour (AppSidebar *self,
                                       int         step);
void app_sidebar_refresh (AppSidebar *self);

G_END_DECLS
