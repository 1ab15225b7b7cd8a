/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-calls.h"
#include "app-connection-status.h"

G_BEGIN_DECLS

#define APP_TYPE_SPACE_PAGE (app_space_page_get_type ())

G_DECLARE_FINAL_TYPE (AppSpacePage, app_space_page, APP, SPACE_PAGE, AdwBreakpointBin)

GtkWidget *app_space_page_new (ConfabProfile *profile,
                               AppHost       *host,
                               AppCalls      *calls,
                               GSettings     *settings);
ConfabSession *app_space_page_get_session (AppSpacePage *self);
void app_space_page_set_session (AppSpacePage  *self,
                                 ConfabSession *session);
ConfabRoom *app_space_page_get_room (AppSpacePage *self);
void app_space_page_open_room (AppSpacePage *self,
                               ConfabRoom   *room,
                               gboolean      to_write);
void app_space_page_close_room (AppSpacePage *self);
void app_space_page_step_room (AppSpacePage *self,
                               int           step);
void app_space_page_search (AppSpacePage *self,
                            gboolean      in_room);
void app_space_page_toggle_details (AppSpacePage *self);
void app_space_page_set_room_hidden (AppSpacePage *self,
                                     const char   *rid,
                                     gboolean      hidden);
gboolean app_space_page_is_watched (AppSpacePage *self,
                                    ConfabRoom   *room);

G_END_DECLS
