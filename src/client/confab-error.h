/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabError:
 * @CONFAB_ERROR_NETWORK_UNREACHABLE: there is no network, or no way to the host; also: not
 *   connected now
 * @CONFAB_ERROR_CONNECTION_REFUSED: the host is there, but nothing listens
 * @CONFAB_ERROR_HOST_NOT_FOUND: the name of the host is not known
 * @CONFAB_ERROR_TLS_CERTIFICATE: the host's certificate is not to be trusted
 * @CONFAB_ERROR_NOT_A_CONFAB_SERVER: something answered, but it is not a Confab server
 * @CONFAB_ERROR_TIMED_OUT: no answer in time
 * @CONFAB_ERROR_INVALID_CREDENTIALS: wrong name or password
 * @CONFAB_ERROR_NAME_TAKEN: an account of that name exists
 * @CONFAB_ERROR_REGISTRATION_CLOSED: the space takes no new accounts, or only by invitation
 * @CONFAB_ERROR_INVALID_REQUEST: the server does not understand the request
 * @CONFAB_ERROR_INVALID_PARAMETER: a value is out of bounds; the message names it
 * @CONFAB_ERROR_INVALID_TOKEN: the session has ended: signed out elsewhere, password changed, or
 *   too old
 * @CONFAB_ERROR_NOT_EXISTS: no such user or room
 * @CONFAB_ERROR_NOT_ALLOWED: the account has no right to this
 * @CONFAB_ERROR_TOO_LARGE: a message over the limit of the server
 * @CONFAB_ERROR_TOO_MANY_REQUESTS: too fast; try again in a while
 * @CONFAB_ERROR_STORAGE_FULL: the server cannot store now
 * @CONFAB_ERROR_UNAVAILABLE: the server is starting, stopping or overloaded
 * @CONFAB_ERROR_STORE: the local database is damaged, locked by another process, or its disk is
 *   full
 * @CONFAB_ERROR_CLOSED: the connection ended before the answer came
 * @CONFAB_ERROR_FAILED: anything else; the message has the details, in English, for a log
 *
 * Why something could not be done. The texts of the errors are for logs; an application chooses
 * its own sentence by the code.
 */
typedef enum {
  CONFAB_ERROR_NETWORK_UNREACHABLE,
  CONFAB_ERROR_CONNECTION_REFUSED,
  CONFAB_ERROR_HOST_NOT_FOUND,
  CONFAB_ERROR_TLS_CERTIFICATE,
  CONFAB_ERROR_NOT_A_CONFAB_SERVER,
  CONFAB_ERROR_TIMED_OUT,
  CONFAB_ERROR_INVALID_CREDENTIALS,
  CONFAB_ERROR_NAME_TAKEN,
  CONFAB_ERROR_REGISTRATION_CLOSED,
  CONFAB_ERROR_INVALID_REQUEST,
  CONFAB_ERROR_INVALID_PARAMETER,
  CONFAB_ERROR_INVALID_TOKEN,
  CONFAB_ERROR_NOT_EXISTS,
  CONFAB_ERROR_NOT_ALLOWED,
  CONFAB_ERROR_TOO_LARGE,
  CONFAB_ERROR_TOO_MANY_REQUESTS,
  CONFAB_ERROR_STORAGE_FULL,
  CONFAB_ERROR_UNAVAILABLE,
  CONFAB_ERROR_STORE,
  CONFAB_ERROR_CLOSED,
  CONFAB_ERROR_FAILED,
} ConfabError;

#define CONFAB_ERROR (confab_error_quark ())
#define CONFAB_TYPE_ERROR (confab_error_get_type ())

CONFAB_EXPORT
GQuark confab_error_quark (void);
CONFAB_EXPORT
GType confab_error_get_type (void);

G_END_DECLS
