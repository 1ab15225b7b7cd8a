/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-vapid.h"

#include "confabd-p256.h"
#include "confabd-push-error.h"
#include "wire-base64.h"
#include "wire-json.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A token may live for a day (RFC 8292 §2). It is used for half of that, and made anew an hour
 * before, so that clocks may differ. */
#define TOKEN_LIFE_S  (12 * 60 * 60)
#define TOKEN_SPARE_S (60 * 60)

/* Push services are few; a client that invents them does not make us remember them all. */
#define MAX_TOKENS 256

#define MAX_KEY_FILE_BYTES 4096

static const char header_json[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

/**
 * ConfabdVapid:
 *
 * The server's key pair for Web Push, and the tokens that it signs.
 *
 * A browser binds its subscription to the public key, so the key pair is made once and kept:
 * without it every subscription is worthless. A token is for one push service and is used for as
 * long as it is good.
 */
struct _ConfabdVapid
{
  EVP_PKEY        *key;
  char            *public_key;  /* base64url */
  char            *contact;     /* "mailto:…" or "https://…", or NULL */
  const BaseClock *clock;
  GHashTable      *tokens;      /* origin → Token */
};

typedef struct
{
  char   *authorization;
  gint64  issued_s;
} Token;

static void
token_free (gpointer data)
{
  Token *token = data;

  g_free (token->authorization);
  g_free (token);
}

static char *
encode (const void *bytes,
        gsize       length)
{
  g_autoptr(GString) text = g_string_new (NULL);

  wire_base64_append (text, bytes, length);
  g_strdelimit (text->str, "+", '-');
  g_strdelimit (text->str, "/", '_');

  return g_strndup (text->str, strcspn (text->str, "="));
}

static gboolean
fail_with_errno (GError     **error,
                 const char  *path)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
               "Cannot open the key file %s: %s", path, g_strerror (saved));

  return FALSE;
}

static EVP_PKEY *
make_key (const char  *path,
          GError     **error)
{
  g_autoptr(EVP_PKEY) key = confabd_p256_generate (error);
  g_autoptr(BIO) memory = BIO_new (BIO_s_mem ());
  char *text = NULL;
  long n;

  if (!key)
    return NULL;

  if (!memory || !PEM_write_bio_PKCS8PrivateKey (memory, key, NULL, NULL, 0, NULL, NULL))
    {
      confabd_push_fail_crypto (error, "write a key");
      return NULL;
    }

  /* Written aside and moved: a key file is whole or not there. */
  n = BIO_get_mem_data (memory, &text);
  if (!g_file_set_contents_full (path, text, n,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 error))
    return NULL;

  return g_steal_pointer (&key);
}

static EVP_PKEY *
parse_key (const char  *path,
           const char  *text,
           gsize        length,
           GError     **error)
{
  g_autoptr(BIO) memory = BIO_new_mem_buf (text, (int) length);
  g_autoptr(EVP_PKEY) key =
    memory ? PEM_read_bio_PrivateKey (memory, NULL, NULL, (char *) "") : NULL;

  if (!key || !confabd_p256_is_private (key))
    {
      confabd_push_fail_crypto (NULL, "read a key");
      g_set_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY_FILE,
                   "The key file %s holds no private key on P-256", path);
      return NULL;
    }

  return g_steal_pointer (&key);
}

static EVP_PKEY *
load_key (const char  *path,
          GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
  char text[MAX_KEY_FILE_BYTES];
  struct stat status;
  gssize n;

  if (fd < 0 && errno == ENOENT)
    return make_key (path, error);

  if (fd < 0)
    {
      fail_with_errno (error, path);
      return NULL;
    }

  n = fstat (fd, &status) == 0 ? read (fd, text, sizeof text) : -1;
  close (fd);

  if (n < 0)
    {
      fail_with_errno (error, path);
      return NULL;
    }

  if ((status.st_mode & 077) != 0)
    {
      g_set_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY_FILE,
                   "The key file %s can be read by others; its mode has to be 0600", path);
      return NULL;
    }

  return parse_key (path, text, (gsize) n, error);
}

/**
 * confabd_vapid_load:
 * @path: of the key file
 * @contact: (nullable): how the people of a push service reach us: a "mailto:" or "https:" URI
 * @clock: tells the time
 * @error: return location for a %CONFABD_PUSH_ERROR or %G_FILE_ERROR
 *
 * Reads the key pair, or makes one when there is no file yet. A key that others could read, or a
 * file that holds something else, is refused rather than replaced.
 *
 * Returns: (transfer full): who we are
 */
ConfabdVapid *
confabd_vapid_load (const char       *path,
                    const char       *contact,
                    const BaseClock  *clock,
                    GError          **error)
{
  g_autoptr(EVP_PKEY) key = load_key (path, error);
  guint8 point[CONFABD_P256_POINT_BYTES];
  ConfabdVapid *self;

  if (!key || !confabd_p256_get_point (key, point, error))
    return NULL;

  self = g_new0 (ConfabdVapid, 1);
  self->key = g_steal_pointer (&key);
  self->public_key = encode (point, sizeof point);
  self->contact = g_strdup (contact);
  self->clock = clock;
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);

  return self;
}

/**
 * confabd_vapid_free:
 * @self: (transfer full): who we are
 *
 * Frees @self.
 */
void
confabd_vapid_free (ConfabdVapid *self)
{
  g_hash_table_unref (self->tokens);
  EVP_PKEY_free (self->key);
  g_free (self->public_key);
  g_free (self->contact);
  g_free (self);
}

/**
 * confabd_vapid_get_public_key:
 * @self: who we are
 *
 * Returns: the public key as base64url, which a browser subscribes with
 */
const char *
confabd_vapid_get_public_key (ConfabdVapid *self)
{
  return self->public_key;
}

static char *
print_claims (ConfabdVapid *self,
              const char   *origin,
              gint64        now_s)
{
  g_autoptr(GString) claims = g_string_new ("{\"aud\":");

  wire_json_append_string (claims, origin);
  g_string_append_printf (claims, ",\"exp\":%" G_GINT64_FORMAT, now_s + TOKEN_LIFE_S);

  if (self->contact)
    {
      g_string_append (claims, ",\"sub\":");
      wire_json_append_string (claims, self->contact);
    }

  g_string_append_c (claims, '}');

  return encode (claims->str, claims->len);
}

static char *
make_authorization (ConfabdVapid  *self,
                    const char    *origin,
                    gint64         now_s,
                    GError       **error)
{
  g_autofree char *header = encode (header_json, strlen (header_json));
  g_autofree char *claims = print_claims (self, origin, now_s);
  g_autofree char *text = g_strconcat (header, ".", claims, NULL);
  g_autofree char *signature = NULL;
  guint8 bytes[CONFABD_P256_SIGNATURE_BYTES];

  if (!confabd_p256_sign (self->key, text, strlen (text), bytes, error))
    return NULL;

  signature = encode (bytes, sizeof bytes);

  return g_strdup_printf ("vapid t=%s.%s, k=%s", text, signature, self->public_key);
}

/* A clock that was set back makes a token of the future, one that was set forward an old one. */
static gboolean
is_good (const Token *token,
         gint64       now_s)
{
  return now_s >= token->issued_s && now_s < token->issued_s + TOKEN_LIFE_S - TOKEN_SPARE_S;
}

/**
 * confabd_vapid_dup_authorization:
 * @self: who we are
 * @origin: of the push service: scheme, host and port if it is not the scheme's own
 * @error: return location for a %CONFABD_PUSH_ERROR
 *
 * Returns: (transfer full): the value of the header Authorization (RFC 8292 §3)
 */
char *
confabd_vapid_dup_authorization (ConfabdVapid  *self,
                                 const char    *origin,
                                 GError       **error)
{
  gint64 now_s = base_clock_get_wall_us (self->clock) / G_USEC_PER_SEC;
  Token *token = g_hash_table_lookup (self->tokens, origin);
  char *authorization;

  if (token && is_good (token, now_s))
    return g_strdup (token->authorization);

  authorization = make_authorization (self, origin, now_s, error);

  if (!authorization)
    return NULL;

  if (g_hash_table_size (self->tokens) >= MAX_TOKENS)
    g_hash_table_remove_all (self->tokens);

  token = g_new0 (Token, 1);
  token->authorization = authorization;
  token->issued_s = now_s;
  g_hash_table_insert (self->tokens, g_strdup (origin), token);

  return g_strdup (authorization);
}

/**
 * confabd_vapid_forget:
 * @self: who we are
 * @origin: of a push service that did not take our token
 *
 * Makes the next token for @origin a new one.
 */
void
confabd_vapid_forget (ConfabdVapid *self,
                      const char   *origin)
{
  g_hash_table_remove (self->tokens, origin);
}
