/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WIRE_ERROR (wire_error_quark ())

/* The codes of PROTOCOL.md, "Errors". */
typedef enum {
  WIRE_ERROR_INVALID_REQUEST,
  WIRE_ERROR_INVALID_PARAMETER,
  WIRE_ERROR_INVALID_TOKEN,
  WIRE_ERROR_INVALID_CREDENTIALS,
  WIRE_ERROR_NOT_EXISTS,
  WIRE_ERROR_EXISTS,
  WIRE_ERROR_TOO_LARGE,
  WIRE_ERROR_TOO_MANY_REQUESTS,
  WIRE_ERROR_NOT_ALLOWED,
  WIRE_ERROR_STORAGE_FULL,
  WIRE_ERROR_UNAVAILABLE,
  WIRE_ERROR_FAILED, /* "ERROR" */
} WireError;

GQuark      wire_error_quark        (void);
const char *wire_error_get_name     (WireError   code);
guint       wire_error_get_status   (WireError   code);

G_END_DECLS
