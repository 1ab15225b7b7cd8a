/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabClientError:
 * @CONFAB_CLIENT_ERROR_ERROR: anything without a code of its own; also: the network
 * @CONFAB_CLIENT_ERROR_INVALID_REQUEST: it cannot be done now: no login, no connection, not joined
 * @CONFAB_CLIENT_ERROR_INVALID_PARAMETER: a value is missing, of the wrong type or out of bounds;
 *   the message names it
 * @CONFAB_CLIENT_ERROR_EXISTS: it is there already
 * @CONFAB_CLIENT_ERROR_NOT_EXISTS: there is no such thing
 * @CONFAB_CLIENT_ERROR_INVALID_CORS: the service does not take requests from here
 * @CONFAB_CLIENT_ERROR_SERVICE_DISABLED: the service is switched off
 * @CONFAB_CLIENT_ERROR_NOT_SUPPORTED: the server cannot do that
 * @CONFAB_CLIENT_ERROR_DEVICE_NOT_FOUND: there is no such camera or microphone
 * @CONFAB_CLIENT_ERROR_INVALID_TOKEN: the login has ended; only a new one helps
 * @CONFAB_CLIENT_ERROR_NOT_ALLOWED: the user has no right to this
 * @CONFAB_CLIENT_ERROR_TOO_LARGE: over the server's limit
 * @CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS: too fast; try again in a while
 * @CONFAB_CLIENT_ERROR_STORAGE_FULL: the server cannot store now
 * @CONFAB_CLIENT_ERROR_UNAVAILABLE: the server is starting, stopping or overloaded
 * @CONFAB_CLIENT_ERROR_TIMED_OUT: no answer in time
 * @CONFAB_CLIENT_ERROR_REFUSED: the server does not take this client; what it says is in the
 *   data that comes with the error
 *
 * Why #ConfabClient could not do something. Codes and messages are those of the documents of the
 * services that it speaks to; confab_client_error_to_string() gives a code as they write it.
 */
typedef enum {
  CONFAB_CLIENT_ERROR_ERROR,
  CONFAB_CLIENT_ERROR_INVALID_REQUEST,
  CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
  CONFAB_CLIENT_ERROR_EXISTS,
  CONFAB_CLIENT_ERROR_NOT_EXISTS,
  CONFAB_CLIENT_ERROR_INVALID_CORS,
  CONFAB_CLIENT_ERROR_SERVICE_DISABLED,
  CONFAB_CLIENT_ERROR_NOT_SUPPORTED,
  CONFAB_CLIENT_ERROR_DEVICE_NOT_FOUND,
  CONFAB_CLIENT_ERROR_INVALID_TOKEN,
  CONFAB_CLIENT_ERROR_NOT_ALLOWED,
  CONFAB_CLIENT_ERROR_TOO_LARGE,
  CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS,
  CONFAB_CLIENT_ERROR_STORAGE_FULL,
  CONFAB_CLIENT_ERROR_UNAVAILABLE,
  CONFAB_CLIENT_ERROR_TIMED_OUT,
  CONFAB_CLIENT_ERROR_REFUSED,
} ConfabClientError;

#define CONFAB_CLIENT_ERROR (confab_client_error_quark ())
#define CONFAB_TYPE_CLIENT_ERROR (confab_client_error_get_type ())

CONFAB_EXPORT
GQuark confab_client_error_quark (void);
CONFAB_EXPORT
GType confab_client_error_get_type (void);

/**
 * confab_client_error_to_string:
 * @code: a code
 *
 * Gets a code as the documents write it: `INVALID_REQUEST` for
 * %CONFAB_CLIENT_ERROR_INVALID_REQUEST.
 *
 * Returns: (transfer none): the code
 */
CONFAB_EXPORT
const char *confab_client_error_to_string (ConfabClientError code);

G_END_DECLS
