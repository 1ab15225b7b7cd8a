/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_CREDENTIALS (confab_credentials_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCredentials, confab_credentials, CONFAB, CREDENTIALS, GObject)

/**
 * confab_credentials_new:
 * @space_url: the address of the space, `http://…` or `https://…`
 * @access_token: (nullable): an access token
 * @refresh_token: (nullable): a refresh token; without one the credentials end with the access
 *   token
 *
 * Makes credentials that live in memory only, for a program that keeps its tokens itself. Watch
 * #ConfabCredentials:refresh-token:
 * every refresh uses up the old one.
 *
 * Returns: (transfer full): new credentials
 */
CONFAB_EXPORT
ConfabCredentials *confab_credentials_new (const char *space_url,
                                           const char *access_token,
                                           const char *refresh_token);

/**
 * confab_credentials_get_space_url:
 * @self: credentials
 *
 * Returns: (transfer none): the address of the space
 */
CONFAB_EXPORT
const char *confab_credentials_get_space_url (ConfabCredentials *self);

/**
 * confab_credentials_get_access_token:
 * @self: credentials
 *
 * Returns: (transfer none) (nullable): the access token, which may have expired
 */
CONFAB_EXPORT
const char *confab_credentials_get_access_token (ConfabCredentials *self);

/**
 * confab_credentials_get_refresh_token:
 * @self: credentials
 *
 * Returns: (transfer none) (nullable): the refresh token
 */
CONFAB_EXPORT
const char *confab_credentials_get_refresh_token (ConfabCredentials *self);

/**
 * confab_credentials_get_token_async:
 * @self: credentials
 * @force: whether to refresh even if the access token looks good: the server has just refused it
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when a token is there
 * @user_data: data for @callback
 *
 * Gets an access token that is good for a while yet, refreshing it first if need be. A new refresh
 * token is stored before anything
 * uses the new access token. Calls that come while a refresh is under way share it.
 */
CONFAB_EXPORT
void confab_credentials_get_token_async (ConfabCredentials   *self,
                                         gboolean             force,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);

/**
 * confab_credentials_get_token_finish:
 * @self: credentials
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_INVALID_TOKEN if only signing in again helps
 *
 * Finishes confab_credentials_get_token_async().
 *
 * Returns: (transfer full): an access token
 */
CONFAB_EXPORT
char *confab_credentials_get_token_finish (ConfabCredentials  *self,
                                           GAsyncResult       *result,
                                           GError            **error);

G_END_DECLS
