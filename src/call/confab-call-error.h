/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabCallError:
 * @CONFAB_CALL_ERROR_INVALID_REQUEST: not possible in this state, or done twice
 * @CONFAB_CALL_ERROR_INVALID_PARAMETER: a value is out of bounds; the message names it
 * @CONFAB_CALL_ERROR_DEVICE_NOT_FOUND: there is no such microphone, camera or speaker
 * @CONFAB_CALL_ERROR_PERMISSION: the person or the system does not allow the device
 * @CONFAB_CALL_ERROR_BUSY: another program has the device
 * @CONFAB_CALL_ERROR_NO_PLUGIN: GStreamer lacks a plugin; the message names it
 * @CONFAB_CALL_ERROR_INSECURE: the other side has not the certificate that it announced, or had
 *   before; somebody may sit in between
 * @CONFAB_CALL_ERROR_FAILED: anything else; the message has the details
 *
 * Why something could not be done in a call. The texts are for logs.
 */
typedef enum {
  CONFAB_CALL_ERROR_INVALID_REQUEST,
  CONFAB_CALL_ERROR_INVALID_PARAMETER,
  CONFAB_CALL_ERROR_DEVICE_NOT_FOUND,
  CONFAB_CALL_ERROR_PERMISSION,
  CONFAB_CALL_ERROR_BUSY,
  CONFAB_CALL_ERROR_NO_PLUGIN,
  CONFAB_CALL_ERROR_INSECURE,
  CONFAB_CALL_ERROR_FAILED,
} ConfabCallError;

#define CONFAB_CALL_ERROR (confab_call_error_quark ())
#define CONFAB_TYPE_CALL_ERROR (confab_call_error_get_type ())

CONFAB_EXPORT
GQuark confab_call_error_quark (void);
CONFAB_EXPORT
GType confab_call_error_get_type (void);

G_END_DECLS
