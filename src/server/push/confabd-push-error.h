/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFABD_PUSH_ERROR (confabd_push_error_quark ())

typedef enum {
  CONFABD_PUSH_ERROR_CRYPTO,    /* OpenSSL said no */
  CONFABD_PUSH_ERROR_KEY,       /* a key is none */
  CONFABD_PUSH_ERROR_KEY_FILE,  /* the key file is damaged or not private */
  CONFABD_PUSH_ERROR_TOO_LARGE,
  CONFABD_PUSH_ERROR_ADDRESS,   /* an endpoint leads to where we do not go */
} ConfabdPushError;

GQuark   confabd_push_error_quark (void);
gboolean confabd_push_fail_crypto (GError     **error,
                                   const char  *what);

G_END_DECLS
