/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_START_PAGE (app_start_page_get_type ())

G_DECLARE_FINAL_TYPE (AppStartPage, app_start_page, APP, START_PAGE, AdwNavigationPage)

AdwNavigationPage *app_start_page_new (AppHost       *host,
                                       ConfabProfile *profile);

G_END_DECLS
