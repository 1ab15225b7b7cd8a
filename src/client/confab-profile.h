/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_PROFILE (confab_profile_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabProfile, confab_profile, CONFAB, PROFILE, GObject)

/**
 * confab_profile_new:
 * @data_dir: (type filename): the folder that holds everything of this profile; made if need be
 *
 * Makes a profile. Nothing is read before confab_profile_load_async(). The profile is a
 * #GListModel of #ConfabSession.
 *
 * Returns: (transfer full): a new profile
 */
CONFAB_EXPORT
ConfabProfile *confab_profile_new (const char *data_dir);

/**
 * confab_profile_get_secrets_in_file:
 * @self: a profile
 *
 * Tells whether tokens are kept in a file of mode 0600, because no Secret Service could be reached.
 *
 * Returns: %TRUE if it is so; settled by loading the profile
 */
CONFAB_EXPORT
gboolean confab_profile_get_secrets_in_file (ConfabProfile *self);

/**
 * confab_profile_get_session:
 * @self: a profile
 * @id: of a session, see confab_session_get_id()
 *
 * Finds a session.
 *
 * Returns: (transfer none) (nullable): the session
 */
CONFAB_EXPORT
ConfabSession *confab_profile_get_session (ConfabProfile *self,
                                           const char    *id);

/**
 * confab_profile_load_async:
 * @self: a profile
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when the sessions are there
 * @user_data: data for @callback
 *
 * Takes the folder for this process, opens the stores, reads the tokens, and makes a session for
 * every account. Does not wait for
 * the network; call confab_session_go_online() on what should be online. A store that is damaged or
 * locked does not keep
 * its session away: see confab_session_get_last_error().
 */
CONFAB_EXPORT
void confab_profile_load_async (ConfabProfile       *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/**
 * confab_profile_load_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_STORE if another process uses the folder or
 *   it cannot be written
 *
 * Finishes confab_profile_load_async().
 *
 * Returns: %TRUE if the profile is loaded
 */
CONFAB_EXPORT
gboolean confab_profile_load_finish (ConfabProfile  *self,
                                     GAsyncResult   *result,
                                     GError        **error);

/**
 * confab_profile_close_async:
 * @self: a profile
 * @callback: (scope async): called when everything is written
 * @user_data: data for @callback
 *
 * Takes all sessions offline, writes drafts and markers that were waiting, closes the stores and
 * lets go of the folder. To be
 * called before the program ends; a program that is killed instead loses at most the last second
 * of drafts and markers.
 */
CONFAB_EXPORT
void confab_profile_close_async (ConfabProfile       *self,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);

/**
 * confab_profile_close_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_profile_close_async().
 *
 * Returns: %TRUE if everything was written
 */
CONFAB_EXPORT
gboolean confab_profile_close_finish (ConfabProfile  *self,
                                      GAsyncResult   *result,
                                      GError        **error);

/**
 * confab_profile_look_up_space_async:
 * @self: a profile
 * @address: what a person types: `host`, `host:port`, or an http or https URL
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with what was found
 * @user_data: data for @callback
 *
 * Finds the space at an address. Without a scheme, https is tried first, and then http if the host
 * is this computer or
 * on the local network.
 */
CONFAB_EXPORT
void confab_profile_look_up_space_async (ConfabProfile       *self,
                                         const char          *address,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);

/**
 * confab_profile_look_up_space_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error: %CONFAB_ERROR_INVALID_PARAMETER (not an address),
 *   %CONFAB_ERROR_HOST_NOT_FOUND,
 *   %CONFAB_ERROR_CONNECTION_REFUSED, %CONFAB_ERROR_NETWORK_UNREACHABLE,
 *   %CONFAB_ERROR_TLS_CERTIFICATE,
 *   %CONFAB_ERROR_NOT_A_CONFAB_SERVER, %CONFAB_ERROR_TIMED_OUT
 *
 * Finishes confab_profile_look_up_space_async().
 *
 * Returns: (transfer full): what the space tells about itself
 */
CONFAB_EXPORT
ConfabSpaceInfo *confab_profile_look_up_space_finish (ConfabProfile  *self,
                                                      GAsyncResult   *result,
                                                      GError        **error);

/**
 * confab_profile_sign_up_async:
 * @self: a profile
 * @space_url: an address from confab_space_info_get_url()
 * @name: the name to sign in with: 1–64 letters, digits, `.`, `_`, `-`
 * @password: the password, 8–1024 bytes
 * @display_name: (nullable): the name to show; the name if there is none
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the session
 * @user_data: data for @callback
 *
 * Makes an account at a space. The session is added to the list and is connecting.
 */
CONFAB_EXPORT
void confab_profile_sign_up_async (ConfabProfile       *self,
                                   const char          *space_url,
                                   const char          *name,
                                   const char          *password,
                                   const char          *display_name,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);

/**
 * confab_profile_sign_up_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error: %CONFAB_ERROR_NAME_TAKEN,
 *   %CONFAB_ERROR_REGISTRATION_CLOSED,
 *   %CONFAB_ERROR_INVALID_PARAMETER and those of confab_profile_look_up_space_finish()
 *
 * Finishes confab_profile_sign_up_async().
 *
 * Returns: (transfer full): the session
 */
CONFAB_EXPORT
ConfabSession *confab_profile_sign_up_finish (ConfabProfile  *self,
                                              GAsyncResult   *result,
                                              GError        **error);

/**
 * confab_profile_sign_in_async:
 * @self: a profile
 * @space_url: an address from confab_space_info_get_url()
 * @name: the name of the account
 * @password: the password
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the session
 * @user_data: data for @callback
 *
 * Signs in to an account. If the profile has a session of that account, it gets the new tokens and
 * connects anew; otherwise one is
 * added to the list and is connecting.
 */
CONFAB_EXPORT
void confab_profile_sign_in_async (ConfabProfile       *self,
                                   const char          *space_url,
                                   const char          *name,
                                   const char          *password,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);

/**
 * confab_profile_sign_in_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error: %CONFAB_ERROR_INVALID_CREDENTIALS,
 *   %CONFAB_ERROR_TOO_MANY_REQUESTS and those of
 *   confab_profile_look_up_space_finish()
 *
 * Finishes confab_profile_sign_in_async().
 *
 * Returns: (transfer full): the session
 */
CONFAB_EXPORT
ConfabSession *confab_profile_sign_in_finish (ConfabProfile  *self,
                                              GAsyncResult   *result,
                                              GError        **error);

/**
 * confab_profile_remove_async:
 * @self: a profile
 * @session: a session of this profile
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Signs out, takes the session from the list and deletes its data from this computer. The server
 * is told if it can be reached.
 */
CONFAB_EXPORT
void confab_profile_remove_async (ConfabProfile       *self,
                                  ConfabSession       *session,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

/**
 * confab_profile_remove_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_profile_remove_async().
 *
 * Returns: %TRUE if the data are gone
 */
CONFAB_EXPORT
gboolean confab_profile_remove_finish (ConfabProfile  *self,
                                       GAsyncResult   *result,
                                       GError        **error);

/**
 * confab_profile_store_secret_async:
 * @self: a profile
 * @key: what the secret is for; unique in the profile
 * @label: what a password manager shows, for people
 * @secret: (nullable): the secret; %NULL removes it
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Keeps a small secret of the application where the tokens are kept.
 */
CONFAB_EXPORT
void confab_profile_store_secret_async (ConfabProfile       *self,
                                        const char          *key,
                                        const char          *label,
                                        const char          *secret,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

/**
 * confab_profile_store_secret_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error
 *
 * Finishes confab_profile_store_secret_async().
 *
 * Returns: %TRUE if it is kept
 */
CONFAB_EXPORT
gboolean confab_profile_store_secret_finish (ConfabProfile  *self,
                                             GAsyncResult   *result,
                                             GError        **error);

/**
 * confab_profile_look_up_secret_async:
 * @self: a profile
 * @key: what the secret is for
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the secret
 * @user_data: data for @callback
 *
 * Finds a secret that confab_profile_store_secret_async() kept.
 */
CONFAB_EXPORT
void confab_profile_look_up_secret_async (ConfabProfile       *self,
                                          const char          *key,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);

/**
 * confab_profile_look_up_secret_finish:
 * @self: a profile
 * @result: the result
 * @error: return location for an error; %CONFAB_ERROR_NOT_EXISTS if there is none
 *
 * Finishes confab_profile_look_up_secret_async().
 *
 * Returns: (transfer full): the secret
 */
CONFAB_EXPORT
char *confab_profile_look_up_secret_finish (ConfabProfile  *self,
                                            GAsyncResult   *result,
                                            GError        **error);

G_END_DECLS
