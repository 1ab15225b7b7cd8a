/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

/**
 * AppIce:
 * @uris: STUN and TURN servers
 * @user: (nullable): the name for the relays
 * @password: (nullable): and the password
 *
 * What a space has for calls between networks.
 */
typedef struct
{
  char **uris;
  char  *user;
  char  *password;
} AppIce;

void    app_ice_ask_async  (ConfabSession        *session,
                            GCancellable         *cancellable,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data);
AppIce *app_ice_ask_finish (ConfabSession        *session,
                            GAsyncResult         *result,
                            GError              **error);
AppIce *app_ice_parse      (JsonObject           *answer);
void    app_ice_free       (AppIce               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppIce, app_ice_free)

G_END_DECLS
