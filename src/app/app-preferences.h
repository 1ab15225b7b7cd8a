/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-background.h"
#include "app-calls.h"
#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_PREFERENCES (app_preferences_get_type ())

G_DECLARE_FINAL_TYPE (AppPreferences, app_preferences, APP, PREFERENCES, AdwPreferencesDialog)

AdwDialog *app_preferences_new (GSettings     *settings,
                                ConfabProfile *profile,
                                AppHost       *host,
                                AppCalls      *calls,
                                AppBackground *background,
                                ConfabSession *session);

G_END_DECLS
