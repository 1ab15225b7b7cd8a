/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"
#include "confab-types.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_CONNECTION (confab_connection_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabConnection, confab_connection, CONFAB, CONNECTION, GObject)

/**
 * confab_connection_new:
 * @space_url: the address of the space, `http://…` or `https://…`
 * @credentials: what to sign in with
 *
 * Makes a connection that is %CONFAB_CONNECTION_STATE_IDLE until confab_connection_open().
 *
 * Returns: (transfer full): a new connection
 */
CONFAB_EXPORT
ConfabConnection *confab_connection_new (const char        *space_url,
                                         ConfabCredentials *credentials);

/**
 * confab_connection_get_state:
 * @self: a connection
 *
 * Returns: where the connection is
 */
CONFAB_EXPORT
ConfabConnectionState confab_connection_get_state (ConfabConnection *self);

/**
 * confab_connection_get_retry_in_seconds:
 * @self: a connection
 *
 * Gets how long it is to the next attempt; counts down while %CONFAB_CONNECTION_STATE_WAITING.
 *
 * Returns: seconds, rounded up; 0 in other states
 */
CONFAB_EXPORT
guint confab_connection_get_retry_in_seconds (ConfabConnection *self);

/**
 * confab_connection_get_last_error:
 * @self: a connection
 *
 * Gets why the last attempt failed or the connection ended.
 *
 * Returns: (transfer none) (nullable): the error; %NULL once it is online again
 */
CONFAB_EXPORT
const GError *confab_connection_get_last_error (ConfabConnection *self);

/**
 * confab_connection_get_cid:
 * @self: a connection
 *
 * Gets what the server calls this connection. After a reconnect it is another one.
 *
 * Returns: (transfer none) (nullable): the id of the last connection, or %NULL before the first
 */
CONFAB_EXPORT
const char *confab_connection_get_cid (ConfabConnection *self);

/**
 * confab_connection_open:
 * @self: a connection
 *
 * Opens the connection and keeps it open, with ever longer waits between attempts, until
 * confab_connection_close(). Does
 * nothing if that is already so.
 */
CONFAB_EXPORT
void confab_connection_open (ConfabConnection *self);

/**
 * confab_connection_close:
 * @self: a connection
 *
 * Closes the connection; nothing reconnects it. Requests that were pending end with
 * %CONFAB_ERROR_CLOSED.
 */
CONFAB_EXPORT
void confab_connection_close (ConfabConnection *self);

/**
 * confab_connection_try_now:
 * @self: a connection
 *
 * Ends a wait: the next attempt is made at once. Does nothing in other states.
 */
CONFAB_EXPORT
void confab_connection_try_now (ConfabConnection *self);

/**
 * confab_connection_finish_greeting:
 * @self: a connection
 *
 * Ends the greeting. Only for a handler of #ConfabConnection::greet that returned %TRUE. Does
 * nothing in other states.
 */
CONFAB_EXPORT
void confab_connection_finish_greeting (ConfabConnection *self);

/**
 * confab_connection_request_async:
 * @self: a connection
 * @request: an object with an `action` of PROTOCOL.md; the `ref` is added
 * @cancellable: (nullable): ends the wait early; the server may have acted all the same
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Sends a request while %CONFAB_CONNECTION_STATE_GREETING or %CONFAB_CONNECTION_STATE_ONLINE. Only
 * a bounded number is in flight,
 * the rest waits in line. The callback is called exactly once, at the latest after 20 s, and when
 * the connection ends.
 */
CONFAB_EXPORT
void confab_connection_request_async (ConfabConnection    *self,
                                      JsonObject          *request,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);

/**
 * confab_connection_request_finish:
 * @self: a connection
 * @result: the result
 * @error: return location for an error: the server's, %CONFAB_ERROR_TIMED_OUT,
 *   %CONFAB_ERROR_CLOSED or
 *   %CONFAB_ERROR_NETWORK_UNREACHABLE
 *
 * Finishes confab_connection_request_async().
 *
 * Returns: (transfer full): the value of `#ok`
 */
CONFAB_EXPORT
JsonObject *confab_connection_request_finish (ConfabConnection  *self,
                                              GAsyncResult      *result,
                                              GError           **error);

G_END_DECLS
