/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_INVITE_DIALOG (app_invite_dialog_get_type ())

G_DECLARE_FINAL_TYPE (AppInviteDialog, app_invite_dialog, APP, INVITE_DIALOG, AdwDialog)

AdwDialog *app_invite_dialog_new (AppHost       *host,
                                  ConfabSession *session);

G_END_DECLS
