/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_SIGN_PAGE (app_sign_page_get_type ())

G_DECLARE_FINAL_TYPE (AppSignPage, app_sign_page, APP, SIGN_PAGE, AdwNavigationPage)

AdwNavigationPage *app_sign_page_new (ConfabProfile   *profile,
                                      ConfabSpaceInfo *info);
AdwNavigationPage *app_sign_page_new_for_session (ConfabProfile *profile,
                                                  ConfabSession *session);

G_END_DECLS
