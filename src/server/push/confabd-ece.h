/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFABD_ECE_SALT_BYTES   16
#define CONFABD_ECE_TAG_BYTES    16
#define CONFABD_ECE_HEADER_BYTES 21   /* before the key id */

/* The content encoding aes128gcm (RFC 8188), record by record. */
typedef struct
{
  guint8  key[16];
  guint8  nonce[12];
  guint32 n_records;   /* that were sealed */
} ConfabdEce;

gboolean confabd_ece_derive        (const guint8  *salt,
                                    gsize          salt_length,
                                    const guint8  *secret,
                                    gsize          secret_length,
                                    const void    *info,
                                    gsize          info_length,
                                    guint8        *key,
                                    gsize          key_length,
                                    GError       **error);

gboolean confabd_ece_init          (ConfabdEce    *self,
                                    const guint8   salt[CONFABD_ECE_SALT_BYTES],
                                    const guint8  *secret,
                                    gsize          secret_length,
                                    GError       **error);
void     confabd_ece_clear         (ConfabdEce    *self);
void     confabd_ece_append_header (GByteArray    *out,
                                    const guint8   salt[CONFABD_ECE_SALT_BYTES],
                                    guint32        record_size,
                                    const void    *key_id,
                                    guint8         key_id_length);
gboolean confabd_ece_seal          (ConfabdEce    *self,
                                    const void    *data,
                                    gsize          length,
                                    gsize          n_padding,
                                    gboolean       is_last,
                                    GByteArray    *out,
                                    GError       **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdEce, confabd_ece_clear)

G_END_DECLS
