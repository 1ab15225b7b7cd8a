/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

#include "app-host.h"

G_BEGIN_DECLS

/* The password that the app made for who hosts, among the profile's secrets. */
#define APP_HOSTING_SECRET "hosted-password"

void app_hosting_begin_async (AppHost             *host,
                              ConfabProfile       *profile,
                              const char          *display_name,
                              const char          *space_name,
                              gboolean             on_lan,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data);
ConfabSession *app_hosting_begin_finish (AppHost       *host,
                                         GAsyncResult  *result,
                                         GError       **error);

G_END_DECLS
