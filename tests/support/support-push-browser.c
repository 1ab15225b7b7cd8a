/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "support-push-browser"

#include "config.h"

#include "support-push-browser.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <string.h>

#define POINT_BYTES 65
#define HASH_BYTES  32

struct _SupportPushBrowser
{
  EVP_PKEY *key;
  guint8    public_key[POINT_BYTES];
  guint8    auth_secret[16];
};

static EVP_PKEY *
make_key (const guint8 *private_key,
          const guint8 *point)
{
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  BIGNUM *number = private_key ? BN_bin2bn (private_key, 32, NULL) : NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  EVP_PKEY *key = NULL;
  OSSL_PARAM *parameters;

  OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_BYTES);
  if (number)
    OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
  parameters = OSSL_PARAM_BLD_to_param (builder);

  g_assert_cmpint (EVP_PKEY_fromdata_init (context), ==, 1);
  g_assert_cmpint (EVP_PKEY_fromdata (context, &key,
                                      number ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters),
                   ==, 1);

  OSSL_PARAM_free (parameters);
  OSSL_PARAM_BLD_free (builder);
  EVP_PKEY_CTX_free (context);
  BN_free (number);

  return key;
}

static void
compute_point (const guint8 private_key[32],
               guint8       point[POINT_BYTES])
{
  EC_GROUP *group = EC_GROUP_new_by_curve_name (NID_X9_62_prime256v1);
  EC_POINT *product = EC_POINT_new (group);
  BIGNUM *number = BN_bin2bn (private_key, 32, NULL);

  g_assert_cmpint (EC_POINT_mul (group, product, number, NULL, NULL, NULL), ==, 1);
  g_assert_cmpuint (EC_POINT_point2oct (group, product, POINT_CONVERSION_UNCOMPRESSED, point,
                                        POINT_BYTES, NULL), ==, POINT_BYTES);

  BN_free (number);
  EC_POINT_free (product);
  EC_GROUP_free (group);
}

SupportPushBrowser *
support_push_browser_new_with (const guint8 private_key[32],
                               const guint8 auth_secret[16])
{
  SupportPushBrowser *self = g_new0 (SupportPushBrowser, 1);

  compute_point (private_key, self->public_key);
  self->key = make_key (private_key, self->public_key);
  memcpy (self->auth_secret, auth_secret, sizeof self->auth_secret);

  return self;
}

SupportPushBrowser *
support_push_browser_new (void)
{
  guint8 private_key[32];
  guint8 auth_secret[16];

  g_assert_cmpint (RAND_bytes (private_key, sizeof private_key), ==, 1);
  g_assert_cmpint (RAND_bytes (auth_secret, sizeof auth_secret), ==, 1);
  private_key[0] &= 0x7f; /* below the order of the curve */

  return support_push_browser_new_with (private_key, auth_secret);
}

void
support_push_browser_free (SupportPushBrowser *self)
{
  EVP_PKEY_free (self->key);
  g_free (self);
}

const guint8 *
support_push_browser_get_public_key (SupportPushBrowser *self)
{
  return self->public_key;
}

const guint8 *
support_push_browser_get_secret (SupportPushBrowser *self)
{
  return self->auth_secret;
}

/* HMAC (HMAC (salt, secret), info || 1): HKDF for up to one hash of output. */
static void
derive (const guint8 *salt,
        gsize         salt_length,
        const guint8 *secret,
        gsize         secret_length,
        const guint8 *info,
        gsize         info_length,
        guint8        key[HASH_BYTES])
{
  guint8 extracted[HASH_BYTES];
  g_autofree guint8 *counted = g_malloc (info_length + 1);
  unsigned int n = HASH_BYTES;

  HMAC (EVP_sha256 (), salt, (int) salt_length, secret, secret_length, extracted, &n);
  memcpy (counted, info, info_length);
  counted[info_length] = 1;
  HMAC (EVP_sha256 (), extracted, HASH_BYTES, counted, info_length + 1, key, &n);
}

static void
agree (SupportPushBrowser *self,
       const guint8       *sender,
       guint8              secret[HASH_BYTES])
{
  EVP_PKEY *other = make_key (NULL, sender);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey (NULL, self->key, NULL);
  guint8 info[14 + 2 * POINT_BYTES] = "WebPush: info";
  guint8 agreed[32];
  gsize n = sizeof agreed;

  g_assert_cmpint (EVP_PKEY_derive_init (context), ==, 1);
  g_assert_cmpint (EVP_PKEY_derive_set_peer (context, other), ==, 1);
  g_assert_cmpint (EVP_PKEY_derive (context, agreed, &n), ==, 1);

  memcpy (info + 14, self->public_key, POINT_BYTES);
  memcpy (info + 14 + POINT_BYTES, sender, POINT_BYTES);
  derive (self->auth_secret, 16, agreed, sizeof agreed, info, sizeof info, secret);

  EVP_PKEY_CTX_free (context);
  EVP_PKEY_free (other);
}

static char *
decrypt (const guint8 *key,
         const guint8 *nonce,
         const guint8 *sealed,
         gsize         length)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  g_autofree char *text = g_malloc0 (length + 1);
  gsize n_text = length - 16;
  int n;
  int n_final;
  gboolean ok;

  EVP_DecryptInit_ex2 (context, EVP_aes_128_gcm (), key, nonce, NULL);
  EVP_DecryptUpdate (context, (guint8 *) text, &n, sealed, (int) n_text);
  EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, 16, (void *) (sealed + n_text));
  ok = EVP_DecryptFinal_ex (context, (guint8 *) text + n, &n_final) == 1;
  EVP_CIPHER_CTX_free (context);

  if (!ok)
    return NULL;

  /* Zeros, then the delimiter of the last record. */
  while (n_text > 0 && text[n_text - 1] == 0)
    n_text--;

  if (n_text == 0 || text[n_text - 1] != 2)
    return NULL;

  text[n_text - 1] = '\0';

  return g_steal_pointer (&text);
}

/* Returns the message, or NULL if it is not for this browser or was changed on its way. */
char *
support_push_browser_open (SupportPushBrowser *self,
                           gconstpointer       body,
                           gsize               length)
{
  const guint8 *bytes = body;
  static const guint8 key_info[] = "Content-Encoding: aes128gcm";
  static const guint8 nonce_info[] = "Content-Encoding: nonce";
  guint8 secret[HASH_BYTES];
  guint8 key[HASH_BYTES];
  guint8 nonce[HASH_BYTES];

  if (length < 86 + 17 || length > 4096 || bytes[20] != POINT_BYTES || bytes[21] != 4)
    return NULL;

  agree (self, bytes + 21, secret);
  derive (bytes, 16, secret, sizeof secret, key_info, sizeof key_info, key);
  derive (bytes, 16, secret, sizeof secret, nonce_info, sizeof nonce_info, nonce);

  return decrypt (key, nonce, bytes + 86, length - 86);
}

GBytes *
support_base64url_decode (const char *text)
{
  g_autofree char *standard = g_strnfill ((strlen (text) + 3) / 4 * 4, '=');
  guint8 *bytes;
  gsize length;

  memcpy (standard, text, strlen (text));
  g_strdelimit (standard, "-", '+');
  g_strdelimit (standard, "_", '/');
  bytes = g_base64_decode (standard, &length);
  g_assert_cmpuint (length, ==, strlen (text) * 3 / 4);

  return g_bytes_new_take (bytes, length);
}

static gboolean
verify (EVP_PKEY   *key,
        const char *text,
        gsize       length,
        GBytes     *signature)
{
  const guint8 *halves = g_bytes_get_data (signature, NULL);
  ECDSA_SIG *pair = ECDSA_SIG_new ();
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  guint8 *der = NULL;
  int n_der;
  gboolean ok;

  g_assert_cmpuint (g_bytes_get_size (signature), ==, 64);
  ECDSA_SIG_set0 (pair, BN_bin2bn (halves, 32, NULL), BN_bin2bn (halves + 32, 32, NULL));
  n_der = i2d_ECDSA_SIG (pair, &der);
  ok = EVP_DigestVerifyInit_ex (context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
       EVP_DigestVerify (context, der, (gsize) n_der, (const guint8 *) text, length) == 1;

  OPENSSL_free (der);
  EVP_MD_CTX_free (context);
  ECDSA_SIG_free (pair);

  return ok;
}

gboolean
support_es256_verify (const char *token,
                      const char *public_key)
{
  g_autoptr(GBytes) point = support_base64url_decode (public_key);
  const char *dot = strrchr (token, '.');
  g_autoptr(GBytes) signature = NULL;
  EVP_PKEY *key;
  gboolean ok;

  g_assert_nonnull (dot);
  g_assert_cmpuint (g_bytes_get_size (point), ==, POINT_BYTES);
  signature = support_base64url_decode (dot + 1);
  key = make_key (NULL, g_bytes_get_data (point, NULL));
  ok = verify (key, token, (gsize) (dot - token), signature);
  EVP_PKEY_free (key);

  return ok;
}
