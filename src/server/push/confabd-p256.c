/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-p256.h"

#include "confabd-push-error.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#define CURVE "prime256v1"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)

/**
 * confabd_p256_generate:
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Returns: (transfer full): a new key pair
 */
EVP_PKEY *
confabd_p256_generate (GError **error)
{
  EVP_PKEY *key = EVP_EC_gen (CURVE);

  if (!key)
    confabd_push_fail_crypto (error, "make a key");

  return key;
}

/**
 * confabd_p256_from_point:
 * @point: an uncompressed point
 * @error: return location for %CONFABD_PUSH_ERROR_KEY
 *
 * A point that is not on the curve would give away our own key, so it is checked.
 *
 * Returns: (transfer full): the public key, or %NULL if @point is none
 */
EVP_PKEY *
confabd_p256_from_point (const guint8   point[CONFABD_P256_POINT_BYTES],
                         GError       **error)
{
  g_autoptr(EVP_PKEY_CTX) maker = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  g_autoptr(EVP_PKEY_CTX) checker = NULL;
  g_autoptr(EVP_PKEY) key = NULL;
  const OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, (char *) CURVE, 0),
    OSSL_PARAM_construct_octet_string (OSSL_PKEY_PARAM_PUB_KEY, (guint8 *) point,
                                       CONFABD_P256_POINT_BYTES),
    OSSL_PARAM_construct_end (),
  };

  if (point[0] != POINT_CONVERSION_UNCOMPRESSED || !maker || EVP_PKEY_fromdata_init (maker) <= 0 ||
      EVP_PKEY_fromdata (maker, &key, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *) parameters) <= 0)
    {
      confabd_push_fail_crypto (NULL, "read a key");
      g_set_error_literal (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY,
                           "The key is not a point of P-256");
      return NULL;
    }

  checker = EVP_PKEY_CTX_new_from_pkey (NULL, key, NULL);

  if (!checker || EVP_PKEY_public_check (checker) <= 0)
    {
      confabd_push_fail_crypto (NULL, "check a key");
      g_set_error_literal (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY,
                           "The key is not a point of P-256");
      return NULL;
    }

  return g_steal_pointer (&key);
}

/**
 * confabd_p256_is_private:
 * @key: any key
 *
 * Returns: whether @key is a key pair on P-256
 */
gboolean
confabd_p256_is_private (EVP_PKEY *key)
{
  g_autoptr(EVP_PKEY_CTX) checker = EVP_PKEY_CTX_new_from_pkey (NULL, key, NULL);
  char group[32] = "";

  return EVP_PKEY_is_a (key, "EC") &&
         EVP_PKEY_get_group_name (key, group, sizeof group, NULL) == 1 &&
         g_str_equal (group, CURVE) && checker && EVP_PKEY_pairwise_check (checker) == 1;
}

/**
 * confabd_p256_get_point:
 * @key: a key on P-256
 * @point: (out): its public half
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Returns: whether that was possible
 */
gboolean
confabd_p256_get_point (EVP_PKEY  *key,
                        guint8     point[CONFABD_P256_POINT_BYTES],
                        GError   **error)
{
  guint8 *encoded = NULL;
  gsize n = EVP_PKEY_get1_encoded_public_key (key, &encoded);
  gboolean ok = n == CONFABD_P256_POINT_BYTES && encoded[0] == POINT_CONVERSION_UNCOMPRESSED;

  if (ok)
    memcpy (point, encoded, CONFABD_P256_POINT_BYTES);

  OPENSSL_free (encoded);

  return ok || confabd_push_fail_crypto (error, "read a public key");
}

/**
 * confabd_p256_agree:
 * @own: our key pair
 * @other: their public key
 * @secret: (out): what only the two of us know
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Elliptic curve Diffie-Hellman.
 *
 * Returns: whether that was possible
 */
gboolean
confabd_p256_agree (EVP_PKEY  *own,
                    EVP_PKEY  *other,
                    guint8     secret[CONFABD_P256_SECRET_BYTES],
                    GError   **error)
{
  g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_pkey (NULL, own, NULL);
  gsize length = CONFABD_P256_SECRET_BYTES;

  if (!context || EVP_PKEY_derive_init (context) <= 0 ||
      EVP_PKEY_derive_set_peer (context, other) <= 0 ||
      EVP_PKEY_derive (context, secret, &length) <= 0 || length != CONFABD_P256_SECRET_BYTES)
    return confabd_push_fail_crypto (error, "agree on a secret");

  return TRUE;
}

/* OpenSSL gives two integers in DER; JOSE wants them side by side (RFC 7518 §3.4). */
static gboolean
flatten_signature (const guint8  *der,
                   gsize          length,
                   guint8         signature[CONFABD_P256_SIGNATURE_BYTES],
                   GError       **error)
{
  g_autoptr(ECDSA_SIG) parsed = d2i_ECDSA_SIG (NULL, &der, (long) length);
  int half = CONFABD_P256_SIGNATURE_BYTES / 2;

  if (!parsed || BN_bn2binpad (ECDSA_SIG_get0_r (parsed), signature, half) != half ||
      BN_bn2binpad (ECDSA_SIG_get0_s (parsed), signature + half, half) != half)
    return confabd_push_fail_crypto (error, "read a signature");

  return TRUE;
}

/**
 * confabd_p256_sign:
 * @key: our key pair
 * @data: what to sign
 * @length: bytes of @data
 * @signature: (out): the signature
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Signs as ES256 does (RFC 7518 §3.4).
 *
 * Returns: whether that was possible
 */
gboolean
confabd_p256_sign (EVP_PKEY    *key,
                   const void  *data,
                   gsize        length,
                   guint8       signature[CONFABD_P256_SIGNATURE_BYTES],
                   GError     **error)
{
  g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new ();
  guint8 der[128];
  gsize n = sizeof der;

  if (!context || EVP_DigestSignInit_ex (context, NULL, "SHA256", NULL, NULL, key, NULL) <= 0 ||
      EVP_DigestSign (context, der, &n, data, length) <= 0)
    return confabd_push_fail_crypto (error, "sign");

  return flatten_signature (der, n, signature, error);
}
