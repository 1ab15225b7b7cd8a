/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-error"

#include "config.h"

#include "wire-error.h"

G_DEFINE_QUARK (wire-error-quark, wire_error)

static const struct
{
  const char *name;
  guint       status;
} codes[] = {
  [WIRE_ERROR_INVALID_REQUEST] = { "INVALID_REQUEST", 400 },
  [WIRE_ERROR_INVALID_PARAMETER] = { "INVALID_PARAMETER", 400 },
  [WIRE_ERROR_INVALID_TOKEN] = { "INVALID_TOKEN", 401 },
  [WIRE_ERROR_INVALID_CREDENTIALS] = { "INVALID_CREDENTIALS", 401 },
  [WIRE_ERROR_NOT_EXISTS] = { "NOT_EXISTS", 404 },
  [WIRE_ERROR_EXISTS] = { "EXISTS", 409 },
  [WIRE_ERROR_TOO_LARGE] = { "TOO_LARGE", 413 },
  [WIRE_ERROR_TOO_MANY_REQUESTS] = { "TOO_MANY_REQUESTS", 429 },
  [WIRE_ERROR_NOT_ALLOWED] = { "NOT_ALLOWED", 403 },
  [WIRE_ERROR_STORAGE_FULL] = { "STORAGE_FULL", 503 },
  [WIRE_ERROR_UNAVAILABLE] = { "UNAVAILABLE", 503 },
  [WIRE_ERROR_FAILED] = { "ERROR", 500 },
};

/**
 * wire_error_get_name:
 * @code: an error
 *
 * Returns: its code as it stands in a frame
 */
const char *
wire_error_get_name (WireError code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (codes), "ERROR");

  return codes[code].name;
}

/**
 * wire_error_get_status:
 * @code: an error
 *
 * Returns: the HTTP status that goes with it
 */
guint
wire_error_get_status (WireError code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (codes), 500);

  return codes[code].status;
}
