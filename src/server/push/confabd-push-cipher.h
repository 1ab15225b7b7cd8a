/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-ece.h"
#include "confabd-p256.h"

G_BEGIN_DECLS

#define CONFABD_PUSH_AUTH_BYTES 16

/* Message encryption for Web Push (RFC 8291). */
GBytes *confabd_push_encrypt      (const guint8   public_key[CONFABD_P256_POINT_BYTES],
                                   const guint8   auth_secret[CONFABD_PUSH_AUTH_BYTES],
                                   GBytes        *payload,
                                   GError       **error);
GBytes *confabd_push_encrypt_with (const guint8   public_key[CONFABD_P256_POINT_BYTES],
                                   const guint8   auth_secret[CONFABD_PUSH_AUTH_BYTES],
                                   GBytes        *payload,
                                   gsize          n_padding,
                                   EVP_PKEY      *own_key,
                                   const guint8   salt[CONFABD_ECE_SALT_BYTES],
                                   GError       **error);

G_END_DECLS
