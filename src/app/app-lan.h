/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void   app_lan_list_addresses_async  (GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
char **app_lan_list_addresses_finish (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
