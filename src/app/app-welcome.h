/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_WELCOME (app_welcome_get_type ())

G_DECLARE_FINAL_TYPE (AppWelcome, app_welcome, APP, WELCOME, AdwBin)

GtkWidget *app_welcome_new (AppHost       *host,
                            ConfabProfile *profile);

G_END_DECLS
