/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

#include "app-host.h"

G_BEGIN_DECLS

#define APP_TYPE_CONNECTION_STATUS (app_connection_status_get_type ())

G_DECLARE_FINAL_TYPE (AppConnectionStatus, app_connection_status, APP, CONNECTION_STATUS, GObject)

AppConnectionStatus *app_connection_status_new (AppHost *host);
void app_connection_status_set_session (AppConnectionStatus *self,
                                        ConfabSession       *session);

G_END_DECLS
