/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_SEARCH (app_search_get_type ())

G_DECLARE_FINAL_TYPE (AppSearch, app_search, APP, SEARCH, GObject)

AppSearch *app_search_new (void);
GListModel *app_search_get_results (AppSearch *self);
void app_search_set_session (AppSearch     *self,
                             ConfabSession *session);
void app_search_set_text (AppSearch  *self,
                          const char *text);
void app_search_set_scope (AppSearch  *self,
                           ConfabRoom *room);

G_END_DECLS
