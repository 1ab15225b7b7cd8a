/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-error"

#include "config.h"

#include "confab-call-error.h"

G_DEFINE_QUARK (confab-call-error-quark, confab_call_error)

G_DEFINE_ENUM_TYPE (ConfabCallError, confab_call_error,
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_INVALID_REQUEST, "invalid-request"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_INVALID_PARAMETER, "invalid-parameter"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_DEVICE_NOT_FOUND, "device-not-found"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_PERMISSION, "permission"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_NO_PLUGIN, "no-plugin"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_INSECURE, "insecure"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_ERROR_FAILED, "failed"))
