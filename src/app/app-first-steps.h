/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

void app_first_steps_take_async (ConfabSession *session, gboolean hosted, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
ConfabRoom *app_first_steps_take_finish (GAsyncResult *result, gboolean *has_choice,
                                         GError **error);

G_END_DECLS
