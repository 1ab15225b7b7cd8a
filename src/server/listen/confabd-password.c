/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-password"

#include "config.h"

#include "confabd-password.h"

#include "base-random.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#define SALT_BYTES 16
#define HASH_BYTES 32

/* Above these a stored hash is not ours, and would only cost. */
#define MAX_MEMORY_KIB (1024 * 1024)
#define MAX_PASSES     64
#define MAX_LANES      16

/* The least that OWASP asks for Argon2id. */
const ConfabdPasswordCost confabd_password_cost = {
  .memory_kib = 19 * 1024,
  .n_passes = 2,
  .n_lanes = 1,
};

/* A PHC string taken apart. */
typedef struct
{
  ConfabdPasswordCost cost;
  guint8              salt[SALT_BYTES];
  guint8              hash[HASH_BYTES];
} Phc;

static gboolean
derive (const char                *password,
        const ConfabdPasswordCost *cost,
        const guint8               salt[SALT_BYTES],
        guint8                     hash[HASH_BYTES])
{
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, "ARGON2ID", NULL);
  EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new (kdf) : NULL;
  guint32 memory_kib = cost->memory_kib;
  guint32 n_passes = cost->n_passes;
  guint32 n_lanes = cost->n_lanes;
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_PASSWORD, (char *) password,
                                       strlen (password)),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (guint8 *) salt, SALT_BYTES),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_ITER, &n_passes),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_ARGON2_LANES, &n_lanes),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_ARGON2_MEMCOST, &memory_kib),
    OSSL_PARAM_construct_end (),
  };
  gboolean done = context && EVP_KDF_derive (context, hash, HASH_BYTES, params) == 1;

  EVP_KDF_CTX_free (context);
  EVP_KDF_free (kdf);

  return done;
}

/* The PHC format wants base64 without padding. */
static char *
encode (const guint8 *bytes,
        gsize         length)
{
  char *text = g_base64_encode (bytes, length);

  text[strcspn (text, "=")] = '\0';

  return text;
}

static gboolean
decode (const char *text,
        guint8     *bytes,
        gsize       length)
{
  g_autofree char *padded = NULL;
  g_autofree guint8 *decoded = NULL;
  gsize n_decoded = 0;

  if (strlen (text) != (length * 8 + 5) / 6)
    return FALSE;

  padded = g_strconcat (text, &"==="[(strlen (text) + 3) % 4], NULL);
  decoded = g_base64_decode (padded, &n_decoded);
  if (n_decoded != length)
    return FALSE;

  memcpy (bytes, decoded, length);

  return TRUE;
}

static gboolean
take_number (const char **text,
             const char  *name,
             guint        max,
             guint       *number)
{
  guint64 value;
  char *end;

  if (!g_str_has_prefix (*text, name))
    return FALSE;

  *text += strlen (name);
  if (!g_ascii_isdigit (**text))
    return FALSE;

  value = g_ascii_strtoull (*text, &end, 10);
  *text = end;
  *number = value;

  return value >= 1 && value <= max;
}

/* $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH */
static gboolean
parse (const char *text,
       Phc        *phc)
{
  const char *next = text;
  g_auto(GStrv) tail = NULL;
  guint version;

  if (!take_number (&next, "$argon2id$v=", 19, &version) || version != 19 ||
      !take_number (&next, "$m=", MAX_MEMORY_KIB, &phc->cost.memory_kib) ||
      !take_number (&next, ",t=", MAX_PASSES, &phc->cost.n_passes) ||
      !take_number (&next, ",p=", MAX_LANES, &phc->cost.n_lanes) || *next != '$')
    return FALSE;

  tail = g_strsplit (next + 1, "$", 3);

  return g_strv_length (tail) == 2 && decode (tail[0], phc->salt, SALT_BYTES) &&
         decode (tail[1], phc->hash, HASH_BYTES);
}

/**
 * confabd_password_hash:
 * @password: what somebody chose
 * @cost: how hard to make it
 *
 * Returns: (transfer full): a PHC string with a salt of its own
 */
char *
confabd_password_hash (const char                *password,
                       const ConfabdPasswordCost *cost)
{
  guint8 salt[SALT_BYTES];
  guint8 hash[HASH_BYTES];
  g_autofree char *salt_text = NULL;
  g_autofree char *hash_text = NULL;

  base_random_fill (salt, sizeof salt);
  if (!derive (password, cost, salt, hash))
    g_error ("OpenSSL has no Argon2id: 3.2 or newer is needed");

  salt_text = encode (salt, sizeof salt);
  hash_text = encode (hash, sizeof hash);

  return g_strdup_printf ("$argon2id$v=19$m=%u,t=%u,p=%u$%s$%s", cost->memory_kib, cost->n_passes,
                          cost->n_lanes, salt_text, hash_text);
}

/**
 * confabd_password_verify:
 * @password: what somebody typed
 * @phc: what is stored
 * @cost: what a new hash would cost
 *
 * Returns: whether they fit; a stored text that is no PHC string fits nothing
 */
ConfabdPasswordVerdict
confabd_password_verify (const char                *password,
                         const char                *phc,
                         const ConfabdPasswordCost *cost)
{
  guint8 hash[HASH_BYTES];
  Phc stored;

  if (!parse (phc, &stored) || !derive (password, &stored.cost, stored.salt, hash) ||
      CRYPTO_memcmp (hash, stored.hash, HASH_BYTES) != 0)
    return CONFABD_PASSWORD_WRONG;

  if (stored.cost.memory_kib < cost->memory_kib || stored.cost.n_passes < cost->n_passes)
    return CONFABD_PASSWORD_RIGHT_BUT_WEAK;

  return CONFABD_PASSWORD_RIGHT;
}
