/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/* The server's certificate and key, which can be read again while it runs. Of the main thread. */
typedef struct _ConfabdTls ConfabdTls;

ConfabdTls *confabd_tls_new        (const char  *certificate_path,
                                    const char  *key_path,
                                    GError     **error);
void        confabd_tls_free       (ConfabdTls  *self);
gboolean    confabd_tls_reload     (ConfabdTls  *self,
                                    GError     **error);
SSL        *confabd_tls_new_server (ConfabdTls  *self,
                                    int          fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTls, confabd_tls_free)

G_END_DECLS
