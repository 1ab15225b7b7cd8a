/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_JOIN_PAGE (app_join_page_get_type ())

G_DECLARE_FINAL_TYPE (AppJoinPage, app_join_page, APP, JOIN_PAGE, AdwNavigationPage)

AdwNavigationPage *app_join_page_new (ConfabProfile *profile);

G_END_DECLS
