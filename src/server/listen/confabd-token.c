/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-token"

#include "config.h"

#include "confabd-token.h"

#include "base-random.h"
#include "wire-error.h"
#include "wire-json.h"
#include "wire-limits.h"
#include "wire-token.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGNATURE_BYTES 32
#define SIGNATURE_CHARS 43 /* in base64url, without padding */
#define PAYLOAD_DEPTH   4

/* What we write, and the only header that we read: with the header fixed there is no
 * algorithm to be confused about, and no "none". */
static const char header_json[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

/**
 * ConfabdTokenMint:
 *
 * Makes and checks the access and id tokens of one space: JWTs (RFC 7519) with
 * HS256 and nothing else.
 *
 * A token is looked at from the outside in: size, header byte for byte, signature in
 * constant time; only then is its payload parsed. Whether its session is still
 * alive is for the caller to know.
 */
struct _ConfabdTokenMint
{
  guint8  key[CONFABD_TOKEN_KEY_BYTES];
  char   *service;
  char   *issuer;
  char   *header;   /* in base64url, with the dot behind it */
};

static char *
encode (const void *bytes,
        gsize       length)
{
  char *text = g_base64_encode (bytes, length);
  gsize n = 0;

  for (const char *c = text; *c && *c != '='; c++)
    text[n++] = *c == '+' ? '-' : *c == '/' ? '_' : *c;

  text[n] = '\0';

  return text;
}

/* Strict: only the alphabet of RFC 4648 §5, no padding. */
static guint8 *
decode (const char *text,
        gsize       length,
        gsize      *n_bytes)
{
  g_autofree char *standard = g_malloc (length + 4);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (!g_ascii_isalnum (c) && c != '-' && c != '_')
        return NULL;

      standard[n++] = c == '-' ? '+' : c == '_' ? '/' : c;
    }

  if (n % 4 == 1)
    return NULL;

  while (n % 4 != 0)
    standard[n++] = '=';

  standard[n] = '\0';

  return g_base64_decode (standard, n_bytes);
}

static void
sign (ConfabdTokenMint *self,
      const char       *text,
      gsize             length,
      guint8            signature[SIGNATURE_BYTES])
{
  unsigned int n = SIGNATURE_BYTES;

  if (!HMAC (EVP_sha256 (), self->key, sizeof self->key, (const guint8 *) text, length, signature,
             &n))
    g_error ("HMAC-SHA-256 is not available");
}

/**
 * confabd_token_mint_new:
 * @key: the secret
 * @service: id of the space
 * @issuer: for the claim "iss"
 *
 * Returns: (transfer full): a mint
 */
ConfabdTokenMint *
confabd_token_mint_new (const guint8 *key,
                        const char   *service,
                        const char   *issuer)
{
  ConfabdTokenMint *self = g_new0 (ConfabdTokenMint, 1);
  g_autofree char *header = encode (header_json, strlen (header_json));

  memcpy (self->key, key, CONFABD_TOKEN_KEY_BYTES);
  self->service = g_strdup (service);
  self->issuer = g_strdup (issuer);
  self->header = g_strconcat (header, ".", NULL);

  return self;
}

void
confabd_token_mint_free (ConfabdTokenMint *self)
{
  OPENSSL_cleanse (self->key, sizeof self->key);
  g_free (self->service);
  g_free (self->issuer);
  g_free (self->header);
  g_free (self);
}

static void
append_text (GString    *json,
             const char *key,
             const char *value)
{
  g_string_append_printf (json, "\"%s\":", key);
  wire_json_append_string (json, value);
  g_string_append_c (json, ',');
}

static void
append_number (GString    *json,
               const char *key,
               guint64     value)
{
  g_string_append_printf (json, "\"%s\":%" G_GUINT64_FORMAT ",", key, value);
}

static char *
print_payload (ConfabdTokenMint         *self,
               const ConfabdTokenClaims *claims,
               const char               *user_name,
               const char               *display_name)
{
  GString *json = g_string_new ("{");
  char user_id[BASE_UUID_STRING_LENGTH + 1];
  char session_id[BASE_UUID_STRING_LENGTH + 1];

  base_uuid_format (&claims->user_id, user_id);
  base_uuid_format (&claims->session_id, session_id);

  append_text (json, "sub", user_id);
  append_text (json, "iss", self->issuer);
  append_text (json, "sid", session_id);
  append_text (json, "token_use", claims->use == CONFABD_TOKEN_ACCESS ? "access" : "id");
  append_text (json, "custom:service", self->service);
  append_text (json, "cognito:username", user_name);
  if (claims->use == CONFABD_TOKEN_ID)
    append_text (json, "name", display_name);
  append_number (json, "auth_time", claims->issued_s);
  append_number (json, "iat", claims->issued_s);
  g_string_append_printf (json, "\"exp\":%" G_GUINT64_FORMAT "}", claims->expires_s);

  return g_string_free_and_steal (json);
}

/**
 * confabd_token_mint_sign:
 * @self: a mint
 * @claims: what to say
 * @user_name: the name of the account
 * @display_name: for the id token
 *
 * Returns: (transfer full): a JWT
 */
char *
confabd_token_mint_sign (ConfabdTokenMint         *self,
                         const ConfabdTokenClaims *claims,
                         const char               *user_name,
                         const char               *display_name)
{
  g_autofree char *payload = print_payload (self, claims, user_name, display_name);
  g_autofree char *encoded_payload = encode (payload, strlen (payload));
  g_autofree char *signed_part = g_strconcat (self->header, encoded_payload, NULL);
  g_autofree char *encoded_signature = NULL;
  guint8 signature[SIGNATURE_BYTES];

  sign (self, signed_part, strlen (signed_part), signature);
  encoded_signature = encode (signature, sizeof signature);

  return g_strconcat (signed_part, ".", encoded_signature, NULL);
}

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_TOKEN, message);

  return FALSE;
}

static gboolean
check_signature (ConfabdTokenMint *self,
                 const char       *token,
                 gsize             signed_length,
                 const char       *encoded)
{
  guint8 expected[SIGNATURE_BYTES];
  g_autofree guint8 *found = NULL;
  g_autofree char *again = NULL;
  gsize n_found = 0;

  found = decode (encoded, SIGNATURE_CHARS, &n_found);
  if (!found || n_found != SIGNATURE_BYTES)
    return FALSE;

  /* The last character carries two bits that mean nothing: only one spelling is ours. */
  again = encode (found, n_found);
  if (memcmp (again, encoded, SIGNATURE_CHARS) != 0)
    return FALSE;

  sign (self, token, signed_length, expected);

  return CRYPTO_memcmp (expected, found, SIGNATURE_BYTES) == 0;
}

/* Which claims were there. */
typedef struct
{
  gboolean sub;
  gboolean sid;
  gboolean iss;
  gboolean service;
  gboolean use;
  gboolean iat;
  gboolean exp;
} Seen;

static gboolean
is_uuid (const WireJsonValue *value,
         BaseUuid            *uuid)
{
  return value->type == WIRE_JSON_STRING && base_uuid_parse (uuid, value->raw.data,
                                                             value->raw.length);
}

static gboolean
is_text (const WireJsonValue *value,
         const char          *expected)
{
  g_autofree char *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;

  return g_strcmp0 (text, expected) == 0;
}

static gboolean
take_use (const WireJsonValue *value,
          ConfabdTokenClaims  *claims)
{
  claims->use = is_text (value, "access") ? CONFABD_TOKEN_ACCESS : CONFABD_TOKEN_ID;

  return claims->use == CONFABD_TOKEN_ACCESS || is_text (value, "id");
}

static void
take_claim (ConfabdTokenMint    *self,
            const WireJsonValue *value,
            ConfabdTokenClaims  *claims,
            Seen                *seen)
{
  if (wire_json_key_is (value, "sub"))
    seen->sub = is_uuid (value, &claims->user_id);
  else if (wire_json_key_is (value, "sid"))
    seen->sid = is_uuid (value, &claims->session_id);
  else if (wire_json_key_is (value, "iss"))
    seen->iss = is_text (value, self->issuer);
  else if (wire_json_key_is (value, "custom:service"))
    seen->service = is_text (value, self->service);
  else if (wire_json_key_is (value, "token_use"))
    seen->use = take_use (value, claims);
  else if (wire_json_key_is (value, "iat"))
    seen->iat = wire_json_get_integer (value, &claims->issued_s);
  else if (wire_json_key_is (value, "exp"))
    seen->exp = wire_json_get_integer (value, &claims->expires_s);
}

static gboolean
read_payload (ConfabdTokenMint   *self,
              const char         *encoded,
              gsize               length,
              ConfabdTokenClaims *claims)
{
  gsize n_bytes = 0;
  g_autofree guint8 *payload = decode (encoded, length, &n_bytes);
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step;
  Seen seen = { FALSE };

  if (!payload || n_bytes == 0 || payload[0] != '{' ||
      !wire_json_reader_init (&reader, (const char *) payload, n_bytes, PAYLOAD_DEPTH))
    return FALSE;

  while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
    take_claim (self, &value, claims, &seen);

  return step == WIRE_JSON_END && seen.sub && seen.sid && seen.iss && seen.service && seen.use &&
         seen.iat && seen.exp;
}

/**
 * confabd_token_mint_check:
 * @self: a mint
 * @token: a JWT, perhaps
 * @now_s: the wall clock
 * @claims: (out): what it says
 * @error: return location for a %WIRE_ERROR_INVALID_TOKEN
 *
 * Returns: whether @token was made by us and has not expired
 */
gboolean
confabd_token_mint_check (ConfabdTokenMint    *self,
                          const char          *token,
                          guint64              now_s,
                          ConfabdTokenClaims  *claims,
                          GError             **error)
{
  gsize n = strlen (token);
  gsize header_length = strlen (self->header);
  ConfabdTokenClaims found;
  const char *payload;
  const char *dot;

  if (n > WIRE_LIMIT_TOKEN_BYTES || n <= header_length + SIGNATURE_CHARS + 1 ||
      memcmp (token, self->header, header_length) != 0)
    return refuse (error, "The token is malformed");

  payload = token + header_length;
  dot = token + n - SIGNATURE_CHARS - 1;
  if (dot < payload || *dot != '.' || !check_signature (self, token, dot - token, dot + 1))
    return refuse (error, "The token's signature is wrong");

  if (!read_payload (self, payload, dot - payload, &found))
    return refuse (error, "The token is not for this server");

  /* RFC 7519 §4.1.4: on or after exp it is not accepted. */
  if (now_s >= found.expires_s)
    return refuse (error, "The token has expired");

  *claims = found;

  return TRUE;
}

/**
 * confabd_token_mint_owned_by:
 * @self: a mint
 * @text: an access token, or "IdT:SERVICE:OWNER:IDTOKEN" (reference §1.3)
 * @user_id: a user
 * @now_s: the wall clock
 *
 * Returns: whether @text is a good token of @user_id
 */
gboolean
confabd_token_mint_owned_by (ConfabdTokenMint *self,
                             const char       *text,
                             const BaseUuid   *user_id,
                             guint64           now_s)
{
  g_auto(WireToken) token = { 0 };
  ConfabdTokenClaims claims;

  return wire_token_split (&token, text) &&
         (!token.is_id_token || g_str_equal (token.service, self->service)) &&
         confabd_token_mint_check (self, token.jwt, now_s, &claims, NULL) &&
         base_uuid_equal (&claims.user_id, user_id);
}

static gboolean
fail_with_errno (GError     **error,
                 const char  *path,
                 const char  *what)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "Cannot %s %s: %s", what, path,
               g_strerror (saved));

  return FALSE;
}

static gboolean
write_key (const char    *path,
           const guint8  *key,
           GError       **error)
{
  /* Written aside and moved: a key file is whole or not there. */
  return g_file_set_contents_full (path, (const char *) key, CONFABD_TOKEN_KEY_BYTES,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/**
 * confabd_token_key_load:
 * @path: of the key file
 * @key: (out): the key
 * @error: return location for an error
 *
 * Reads the key, or makes one when there is no file yet. A key that others could
 * read is refused.
 *
 * Returns: whether there is a key
 */
gboolean
confabd_token_key_load (const char  *path,
                        guint8      *key,
                        GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat status;
  gssize n;

  if (fd < 0 && errno == ENOENT)
    {
      base_random_fill (key, CONFABD_TOKEN_KEY_BYTES);
      return write_key (path, key, error);
    }

  if (fd < 0)
    return fail_with_errno (error, path, "open the key file");

  n = fstat (fd, &status) == 0 ? read (fd, key, CONFABD_TOKEN_KEY_BYTES) : -1;
  close (fd);

  if (n < 0)
    return fail_with_errno (error, path, "read the key file");

  if (n != CONFABD_TOKEN_KEY_BYTES || status.st_size != CONFABD_TOKEN_KEY_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The key file %s is damaged", path);
      return FALSE;
    }

  if ((status.st_mode & 077) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "The key file %s can be read by others; its mode has to be 0600", path);
      return FALSE;
    }

  return TRUE;
}
