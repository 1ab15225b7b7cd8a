/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-token.h"
#include "wire-error.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define NOW_S       1767225600
#define N_MUTATIONS 20000

static const guint8 key[CONFABD_TOKEN_KEY_BYTES] = "not a secret, but long enough!!";
static const guint8 other_key[CONFABD_TOKEN_KEY_BYTES] = "another key, of the same length";

static ConfabdTokenClaims
make_claims (ConfabdTokenUse use)
{
  ConfabdTokenClaims claims = { .use = use, .issued_s = NOW_S, .expires_s = NOW_S + 3600 };

  base_uuid_make_v4 (&claims.user_id);
  base_uuid_make_v4 (&claims.session_id);

  return claims;
}

static char *
sign (const guint8    *with_key,
      const char      *service,
      ConfabdTokenUse  use)
{
  g_autoptr(ConfabdTokenMint) mint = confabd_token_mint_new (with_key, service, "issuer");
  ConfabdTokenClaims claims = make_claims (use);

  return confabd_token_mint_sign (mint, &claims, "ann", "Ann \"the first\" ☃");
}

static gboolean
is_good (const char *token,
         guint64     now_s)
{
  g_autoptr(ConfabdTokenMint) mint = confabd_token_mint_new (key, "service", "issuer");
  g_autoptr(GError) error = NULL;
  ConfabdTokenClaims claims;
  gboolean good = confabd_token_mint_check (mint, token, now_s, &claims, &error);

  if (!good)
    g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_TOKEN);

  return good;
}

static char *
encode (const void *data,
        gsize       length)
{
  char *text = g_base64_encode (data, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

/* A token signed rightly, whatever it says. */
static char *
forge (const char *header,
       const char *payload)
{
  g_autofree char *head = encode (header, strlen (header));
  g_autofree char *body = encode (payload, strlen (payload));
  g_autofree char *both = g_strconcat (head, ".", body, NULL);
  g_autofree char *signature = NULL;
  guint8 mac[32];
  unsigned int length = sizeof mac;

  g_assert_nonnull (HMAC (EVP_sha256 (), key, sizeof key, (const guint8 *) both, strlen (both), mac,
                          &length));
  signature = encode (mac, sizeof mac);

  return g_strconcat (both, ".", signature, NULL);
}

static void
test_what_was_signed_is_read_again (void)
{
  g_autoptr(ConfabdTokenMint) mint = confabd_token_mint_new (key, "service", "issuer");
  ConfabdTokenUse uses[] = { CONFABD_TOKEN_ACCESS, CONFABD_TOKEN_ID };

  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    {
      ConfabdTokenClaims claims = make_claims (uses[i]);
      g_autofree char *token = confabd_token_mint_sign (mint, &claims, "ann", "Ann");
      g_autoptr(GError) error = NULL;
      ConfabdTokenClaims found;

      g_assert_true (confabd_token_mint_check (mint, token, NOW_S, &found, &error));
      g_assert_no_error (error);
      g_assert_true (base_uuid_equal (&found.user_id, &claims.user_id));
      g_assert_true (base_uuid_equal (&found.session_id, &claims.session_id));
      g_assert_cmpint (found.use, ==, uses[i]);
      g_assert_cmpuint (found.expires_s, ==, claims.expires_s);
    }
}

static void
test_expired_by_a_second_is_refused (void)
{
  g_autofree char *token = sign (key, "service", CONFABD_TOKEN_ACCESS);

  g_assert_true (is_good (token, NOW_S + 3599));
  g_assert_false (is_good (token, NOW_S + 3600));
  g_assert_false (is_good (token, NOW_S + 3601));
}

static void
test_foreign_tokens_are_refused (void)
{
  g_autofree char *other_keys = sign (other_key, "service", CONFABD_TOKEN_ACCESS);
  g_autofree char *other_services = sign (key, "another", CONFABD_TOKEN_ACCESS);

  g_assert_false (is_good (other_keys, NOW_S));
  g_assert_false (is_good (other_services, NOW_S));
}

#define PAYLOAD "{\"sub\":\"11111111-1111-4111-8111-111111111111\",\"iss\":\"issuer\"," \
        "\"sid\":\"22222222-2222-4222-8222-222222222222\",\"token_use\":\"access\"," \
        "\"custom:service\":\"service\",\"iat\":1767225600,\"exp\":1767229200}"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static void
test_only_our_own_header_is_taken (void)
{
  static const char * const headers[] = {
    "{\"alg\":\"none\",\"typ\":\"JWT\"}",
    "{\"alg\":\"None\",\"typ\":\"JWT\"}",
    "{\"alg\":\"HS512\",\"typ\":\"JWT\"}",
    "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
    "{\"alg\":\"hs256\",\"typ\":\"JWT\"}",
    "{\"typ\":\"JWT\",\"alg\":\"HS256\"}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"alg\":\"none\"}",
    "{}",
    "",
  };
  g_autofree char *good = forge (HEADER, PAYLOAD);
  g_autofree char *unsigned_one = g_strndup (good, strrchr (good, '.') - good + 1);

  g_assert_true (is_good (good, NOW_S));
  g_assert_false (is_good (unsigned_one, NOW_S));

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *token = forge (headers[i], PAYLOAD);

      g_assert_false (is_good (token, NOW_S));
    }
}

static void
test_each_claim_is_needed (void)
{
  static const char * const claims[] =
  { "sub", "iss", "sid", "token_use", "custom:service", "iat", "exp" };
  static const char * const payloads[] = {
    "null", "[]", "{", "{}", "{}{}", PAYLOAD "x",
    "{\"exp\":\"1767229200\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr(GString) payload = g_string_new (PAYLOAD);
      g_autofree char *found = g_strdup_printf ("\"%s\"", claims[i]);
      g_autofree char *renamed = g_strdup_printf ("\"x%s\"", claims[i]);
      g_autofree char *token = NULL;

      g_assert_cmpuint (g_string_replace (payload, found, renamed, 0), ==, 1);
      token = forge (HEADER, payload->str);
      g_assert_false (is_good (token, NOW_S));
    }

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree char *token = forge (HEADER, payloads[i]);

      g_assert_false (is_good (token, NOW_S));
    }
}

static void
test_no_mutation_is_taken (void)
{
  g_autofree char *token = sign (key, "service", CONFABD_TOKEN_ACCESS);
  gsize length = strlen (token);

  for (guint i = 0; i < N_MUTATIONS; i++)
    {
      g_autofree char *mutant = g_strdup (token);

      switch (i % 4)
        {
        case 0: /* one bit */
          mutant[g_test_rand_int_range (0, length)] ^= 1 << g_test_rand_int_range (0, 7);
          break;

        case 1: /* one character */
          mutant[g_test_rand_int_range (0, length)] = g_test_rand_int_range (1, 256);
          break;

        case 2: /* the end is missing */
          mutant[g_test_rand_int_range (0, length)] = '\0';
          break;

        default: /* two characters change places */
          {
            gsize a = g_test_rand_int_range (0, length);
            gsize b = g_test_rand_int_range (0, length);
            char c = mutant[a];

            mutant[a] = mutant[b];
            mutant[b] = c;
          }
        }

      if (strcmp (mutant, token) != 0)
        g_assert_false (is_good (mutant, NOW_S));
    }
}

static void
test_rubbish_is_refused (void)
{
  g_autofree char *huge = g_strnfill (1024 * 1024, 'A');
  static const char * const rubbish[] = {
    "", ".", "..", "...", "a.b.c", "null", "IdT:a:b:c",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rubbish); i++)
    g_assert_false (is_good (rubbish[i], NOW_S));
  g_assert_false (is_good (huge, NOW_S));
}

static void
test_both_forms_name_their_owner (void)
{
  g_autoptr(ConfabdTokenMint) mint = confabd_token_mint_new (key, "service", "issuer");
  ConfabdTokenClaims claims = make_claims (CONFABD_TOKEN_ID);
  g_autofree char *token = confabd_token_mint_sign (mint, &claims, "ann", "Ann");
  g_autofree char *wrapped = g_strconcat ("IdT:service:11111111-1111-4111-8111-111111111111:",
                                          token, NULL);
  g_autofree char *elsewhere = g_strconcat ("IdT:another:11111111-1111-4111-8111-111111111111:",
                                            token, NULL);
  BaseUuid somebody;

  base_uuid_make_v4 (&somebody);
  g_assert_true (confabd_token_mint_owned_by (mint, token, &claims.user_id, NOW_S));
  g_assert_true (confabd_token_mint_owned_by (mint, wrapped, &claims.user_id, NOW_S));
  g_assert_false (confabd_token_mint_owned_by (mint, elsewhere, &claims.user_id, NOW_S));
  g_assert_false (confabd_token_mint_owned_by (mint, token, &somebody, NOW_S));
  g_assert_false (confabd_token_mint_owned_by (mint, "IdT:service:x:null", &claims.user_id, NOW_S));
  g_assert_false (confabd_token_mint_owned_by (mint, "IdT:service", &claims.user_id, NOW_S));
  g_assert_false (confabd_token_mint_owned_by (mint, token, &claims.user_id, NOW_S + 3600));
}

static void
test_key_is_made_once_and_kept_secret (void)
{
  g_autofree char *dir = g_dir_make_tmp ("confabd-token-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "token.key", NULL);
  g_autoptr(GError) error = NULL;
  guint8 first[CONFABD_TOKEN_KEY_BYTES];
  guint8 second[CONFABD_TOKEN_KEY_BYTES];
  GStatBuf status;

  g_assert_true (confabd_token_key_load (path, first, &error));
  g_assert_no_error (error);
  g_assert_true (confabd_token_key_load (path, second, &error));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);

  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_false (confabd_token_key_load (path, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents_full (path, "short", 5, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_false (confabd_token_key_load (path, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/token/what-was-signed-is-read-again", test_what_was_signed_is_read_again);
  g_test_add_func ("/token/expired-by-a-second-is-refused", test_expired_by_a_second_is_refused);
  g_test_add_func ("/token/foreign-tokens-are-refused", test_foreign_tokens_are_refused);
  g_test_add_func ("/token/only-our-own-header-is-taken", test_only_our_own_header_is_taken);
  g_test_add_func ("/token/each-claim-is-needed", test_each_claim_is_needed);
  g_test_add_func ("/token/no-mutation-is-taken", test_no_mutation_is_taken);
  g_test_add_func ("/token/rubbish-is-refused", test_rubbish_is_refused);
  g_test_add_func ("/token/both-forms-name-their-owner", test_both_forms_name_their_owner);
  g_test_add_func ("/token/key-is-made-once-and-kept-secret",
                   test_key_is_made_once_and_kept_secret);

  return g_test_run ();
}
