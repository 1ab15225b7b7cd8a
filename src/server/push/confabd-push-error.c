/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-push-error.h"

#include <openssl/err.h>

G_DEFINE_QUARK (confabd-push-error-quark, confabd_push_error)

/**
 * confabd_push_fail_crypto:
 * @error: return location for %CONFABD_PUSH_ERROR_CRYPTO
 * @what: what could not be done
 *
 * Reports what OpenSSL has to say, and forgets it.
 *
 * Returns: %FALSE
 */
gboolean
confabd_push_fail_crypto (GError     **error,
                          const char  *what)
{
  char reason[256] = "no reason given";
  unsigned long code = ERR_get_error ();

  if (code != 0)
    ERR_error_string_n (code, reason, sizeof reason);

  ERR_clear_error ();
  g_set_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_CRYPTO, "Cannot %s: %s", what, reason);

  return FALSE;
}
