/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_NEW_DIALOG (app_new_dialog_get_type ())

G_DECLARE_FINAL_TYPE (AppNewDialog, app_new_dialog, APP, NEW_DIALOG, AdwDialog)

AdwDialog *app_new_dialog_new (ConfabSession *session);

G_END_DECLS
