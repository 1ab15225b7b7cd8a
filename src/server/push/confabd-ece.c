/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-ece.h"

#include "confabd-push-error.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

/* What stands behind the data of a record, before its padding (RFC 8188 §2). */
#define DELIMITER      0x01
#define DELIMITER_LAST 0x02

/* With the NUL that ends them: RFC 8188 §2.2 and §2.3 count it. */
static const char key_info[] = "Content-Encoding: aes128gcm";
static const char nonce_info[] = "Content-Encoding: nonce";

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_KDF_CTX, EVP_KDF_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/**
 * confabd_ece_derive:
 * @salt: a salt
 * @salt_length: bytes of @salt
 * @secret: what the key is made from
 * @secret_length: bytes of @secret
 * @info: what the key is for
 * @info_length: bytes of @info
 * @key: (out caller-allocates): the key
 * @key_length: how many bytes are wanted
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * HKDF with SHA-256 (RFC 5869), extract and expand.
 *
 * Returns: whether that was possible
 */
gboolean
confabd_ece_derive (const guint8  *salt,
                    gsize          salt_length,
                    const guint8  *secret,
                    gsize          secret_length,
                    const void    *info,
                    gsize          info_length,
                    guint8        *key,
                    gsize          key_length,
                    GError       **error)
{
  g_autoptr(EVP_KDF) hkdf = EVP_KDF_fetch (NULL, "HKDF", NULL);
  g_autoptr(EVP_KDF_CTX) context = hkdf ? EVP_KDF_CTX_new (hkdf) : NULL;
  const OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (guint8 *) salt, salt_length),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, (guint8 *) secret, secret_length),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, (guint8 *) info, info_length),
    OSSL_PARAM_construct_end (),
  };

  if (!context || EVP_KDF_derive (context, key, key_length, parameters) <= 0)
    return confabd_push_fail_crypto (error, "derive a key");

  return TRUE;
}

/**
 * confabd_ece_init:
 * @self: (out caller-allocates): an encoder
 * @salt: random bytes, used for this content only
 * @secret: what both ends know
 * @secret_length: bytes of @secret
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Makes the keys of one content.
 *
 * Returns: whether that was possible
 */
gboolean
confabd_ece_init (ConfabdEce    *self,
                  const guint8   salt[CONFABD_ECE_SALT_BYTES],
                  const guint8  *secret,
                  gsize          secret_length,
                  GError       **error)
{
  self->n_records = 0;

  return confabd_ece_derive (salt, CONFABD_ECE_SALT_BYTES, secret, secret_length, key_info,
                             sizeof key_info, self->key, sizeof self->key, error) &&
         confabd_ece_derive (salt, CONFABD_ECE_SALT_BYTES, secret, secret_length, nonce_info,
                             sizeof nonce_info, self->nonce, sizeof self->nonce, error);
}

/**
 * confabd_ece_clear:
 * @self: an encoder
 *
 * Forgets the keys.
 */
void
confabd_ece_clear (ConfabdEce *self)
{
  OPENSSL_cleanse (self, sizeof *self);
}

/**
 * confabd_ece_append_header:
 * @out: where to append
 * @salt: the salt of confabd_ece_init()
 * @record_size: how long a record is, sealed
 * @key_id: (nullable): what tells the receiver which secret it is
 * @key_id_length: bytes of @key_id
 *
 * Appends what stands before the records (RFC 8188 §2.1).
 */
void
confabd_ece_append_header (GByteArray   *out,
                           const guint8  salt[CONFABD_ECE_SALT_BYTES],
                           guint32       record_size,
                           const void   *key_id,
                           guint8        key_id_length)
{
  guint32 size = GUINT32_TO_BE (record_size);

  g_byte_array_append (out, salt, CONFABD_ECE_SALT_BYTES);
  g_byte_array_append (out, (const guint8 *) &size, sizeof size);
  g_byte_array_append (out, &key_id_length, 1);
  if (key_id_length > 0)
    g_byte_array_append (out, key_id, key_id_length);
}

/* The nonce of a record is the first one with the record's number worked into its end
 * (RFC 8188 §2.3). */
static void
make_nonce (const ConfabdEce *self,
            guint8            nonce[12])
{
  memcpy (nonce, self->nonce, sizeof self->nonce);

  for (guint i = 0; i < 4; i++)
    nonce[11 - i] ^= (guint8) (self->n_records >> (8 * i));
}

/* Encrypts @length bytes where they stand and puts the tag behind them. */
static gboolean
encrypt (const ConfabdEce  *self,
         guint8            *data,
         gsize              length,
         GError           **error)
{
  g_autoptr(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  guint8 nonce[12];
  int n = 0;
  int n_final = 0;

  make_nonce (self, nonce);

  if (!context ||
      EVP_EncryptInit_ex2 (context, EVP_aes_128_gcm (), self->key, nonce, NULL) <= 0 ||
      EVP_EncryptUpdate (context, data, &n, data, (int) length) <= 0 ||
      EVP_EncryptFinal_ex (context, data + n, &n_final) <= 0 ||
      EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, CONFABD_ECE_TAG_BYTES,
                           data + length) <= 0)
    return confabd_push_fail_crypto (error, "encrypt");

  return TRUE;
}

/**
 * confabd_ece_seal:
 * @self: an encoder
 * @data: what goes into the record
 * @length: bytes of @data
 * @n_padding: how many zeros hide its length
 * @is_last: whether this is the last record
 * @out: where to append
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Appends one record. Each but the last has to fill the record size exactly.
 *
 * Returns: whether that was possible
 */
gboolean
confabd_ece_seal (ConfabdEce  *self,
                  const void  *data,
                  gsize        length,
                  gsize        n_padding,
                  gboolean     is_last,
                  GByteArray  *out,
                  GError     **error)
{
  gsize n = length + 1 + n_padding;
  guint start = out->len;
  guint8 *record;

  g_byte_array_set_size (out, (guint) (start + n + CONFABD_ECE_TAG_BYTES));
  record = out->data + start;
  if (length > 0)
    memcpy (record, data, length);
  record[length] = is_last ? DELIMITER_LAST : DELIMITER;
  memset (record + length + 1, 0, n_padding);

  if (!encrypt (self, record, n, error))
    {
      OPENSSL_cleanse (record, n);
      g_byte_array_set_size (out, start);
      return FALSE;
    }

  self->n_records++;

  return TRUE;
}
