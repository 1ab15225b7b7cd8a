/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-push-cipher.h"

#include "base-random.h"
#include "confabd-push-error.h"
#include "confabd-push.h"

#include <openssl/crypto.h>
#include <string.h>

/* RFC 8291 §4: one record, and a body that every push service takes. */
#define RECORD_SIZE 4096

/* The length of a message says something about it, so it is rounded up to this. */
#define PADDED_TO 256

#define SECRET_BYTES 32

/* RFC 8291 §3.4: the label with its NUL, then both public keys, theirs first. */
static const char secret_label[] = "WebPush: info";

/* Mixes the agreed secret with the one that only browser and application know. */
static gboolean
derive_secret (const guint8   public_key[CONFABD_P256_POINT_BYTES],
               const guint8   auth_secret[CONFABD_PUSH_AUTH_BYTES],
               EVP_PKEY      *own_key,
               const guint8   own_point[CONFABD_P256_POINT_BYTES],
               guint8         secret[SECRET_BYTES],
               GError       **error)
{
  g_autoptr(EVP_PKEY) other = confabd_p256_from_point (public_key, error);
  guint8 info[sizeof secret_label + 2 * CONFABD_P256_POINT_BYTES];
  guint8 agreed[CONFABD_P256_SECRET_BYTES];
  gboolean ok;

  if (!other || !confabd_p256_agree (own_key, other, agreed, error))
    return FALSE;

  memcpy (info, secret_label, sizeof secret_label);
  memcpy (info + sizeof secret_label, public_key, CONFABD_P256_POINT_BYTES);
  memcpy (info + sizeof secret_label + CONFABD_P256_POINT_BYTES, own_point,
          CONFABD_P256_POINT_BYTES);

  ok = confabd_ece_derive (auth_secret, CONFABD_PUSH_AUTH_BYTES, agreed, sizeof agreed, info,
                           sizeof info, secret, SECRET_BYTES, error);
  OPENSSL_cleanse (agreed, sizeof agreed);

  return ok;
}

/**
 * confabd_push_encrypt_with:
 * @public_key: the browser's key
 * @auth_secret: the browser's secret
 * @payload: the message
 * @n_padding: how many zeros hide its length
 * @own_key: a key pair of ours, used for this message only
 * @salt: random bytes, used for this message only
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Like confabd_push_encrypt(), with what is random given.
 *
 * Returns: (transfer full): the body of the request to the push service
 */
GBytes *
confabd_push_encrypt_with (const guint8   public_key[CONFABD_P256_POINT_BYTES],
                           const guint8   auth_secret[CONFABD_PUSH_AUTH_BYTES],
                           GBytes        *payload,
                           gsize          n_padding,
                           EVP_PKEY      *own_key,
                           const guint8   salt[CONFABD_ECE_SALT_BYTES],
                           GError       **error)
{
  g_autoptr(GByteArray) body = g_byte_array_sized_new (RECORD_SIZE);
  g_auto(ConfabdEce) encoder = { 0 };
  guint8 own_point[CONFABD_P256_POINT_BYTES];
  guint8 secret[SECRET_BYTES];
  gsize length;
  gconstpointer data = g_bytes_get_data (payload, &length);
  gboolean ok;

  if (length > CONFABD_PUSH_PAYLOAD_BYTES || n_padding > CONFABD_PUSH_PAYLOAD_BYTES - length)
    {
      g_set_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_TOO_LARGE,
                   "A push message has at most %u bytes", CONFABD_PUSH_PAYLOAD_BYTES);
      return NULL;
    }

  if (!confabd_p256_get_point (own_key, own_point, error) ||
      !derive_secret (public_key, auth_secret, own_key, own_point, secret, error))
    return NULL;

  confabd_ece_append_header (body, salt, RECORD_SIZE, own_point, sizeof own_point);
  ok = confabd_ece_init (&encoder, salt, secret, sizeof secret, error) &&
       confabd_ece_seal (&encoder, data, length, n_padding, TRUE, body, error);
  OPENSSL_cleanse (secret, sizeof secret);

  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&body)) : NULL;
}

/**
 * confabd_push_encrypt:
 * @public_key: the browser's key
 * @auth_secret: the browser's secret
 * @payload: the message, at most %CONFABD_PUSH_PAYLOAD_BYTES
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Encrypts @payload so that only the browser can read it, not the push service between. Its
 * length is hidden within steps of 256 bytes.
 *
 * Returns: (transfer full): the body of the request to the push service
 */
GBytes *
confabd_push_encrypt (const guint8   public_key[CONFABD_P256_POINT_BYTES],
                      const guint8   auth_secret[CONFABD_PUSH_AUTH_BYTES],
                      GBytes        *payload,
                      GError       **error)
{
  g_autoptr(EVP_PKEY) own_key = confabd_p256_generate (error);
  guint8 salt[CONFABD_ECE_SALT_BYTES];
  gsize length = g_bytes_get_size (payload);
  gsize padded = (length + PADDED_TO - 1) / PADDED_TO * PADDED_TO;

  if (!own_key)
    return NULL;

  base_random_fill (salt, sizeof salt);
  padded = CLAMP (padded, length, MAX (CONFABD_PUSH_PAYLOAD_BYTES, length));

  return confabd_push_encrypt_with (public_key, auth_secret, payload, padded - length, own_key,
                                    salt, error);
}
