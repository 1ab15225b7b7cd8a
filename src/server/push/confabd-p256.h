/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/evp.h>

G_BEGIN_DECLS

/* Keys on the curve P-256, the only one of Web Push. */
#define CONFABD_P256_POINT_BYTES     65   /* uncompressed */
#define CONFABD_P256_SECRET_BYTES    32
#define CONFABD_P256_SIGNATURE_BYTES 64

EVP_PKEY *confabd_p256_generate   (GError       **error);
EVP_PKEY *confabd_p256_from_point (const guint8   point[CONFABD_P256_POINT_BYTES],
                                   GError       **error);
gboolean  confabd_p256_is_private (EVP_PKEY      *key);
gboolean  confabd_p256_get_point  (EVP_PKEY      *key,
                                   guint8         point[CONFABD_P256_POINT_BYTES],
                                   GError       **error);
gboolean  confabd_p256_agree      (EVP_PKEY      *own,
                                   EVP_PKEY      *other,
                                   guint8         secret[CONFABD_P256_SECRET_BYTES],
                                   GError       **error);
gboolean  confabd_p256_sign       (EVP_PKEY      *key,
                                   const void    *data,
                                   gsize          length,
                                   guint8         signature[CONFABD_P256_SIGNATURE_BYTES],
                                   GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

G_END_DECLS
