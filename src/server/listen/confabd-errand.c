/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include "confabd-accounts-private.h"

#include "base-random.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#define BUSY_RETRY_AFTER_S 5

/* What the errands to accounts have in common: how they begin, ask the store, and end. */

ConfabdErrand *
confabd_errand_new (ConfabdAccounts     *accounts,
                    ConfabdAccountsFunc  func,
                    gpointer             user_data)
{
  ConfabdErrand *errand = g_new0 (ConfabdErrand, 1);

  errand->accounts = accounts;
  errand->func = func;
  errand->user_data = user_data;

  return errand;
}

static void
free_secret (char *secret)
{
  if (secret)
    OPENSSL_cleanse (secret, strlen (secret));

  g_free (secret);
}

static void
errand_free (ConfabdErrand *errand)
{
  g_free (errand->name);
  g_free (errand->folded_name);
  g_free (errand->display_name);
  g_free (errand->attempts_key);
  g_free (errand->verified_hash);
  free_secret (errand->password);
  free_secret (errand->new_password);
  OPENSSL_cleanse (errand->refresh_token, sizeof errand->refresh_token);
  g_clear_pointer (&errand->user, confabd_user_free);
  g_free (errand);
}

/* Takes @error and ends the errand with it. */
void
confabd_errand_take_error (ConfabdErrand *errand,
                           GError        *error)
{
  ConfabdAccountsReply reply = { .error = error };

  errand->func (&reply, errand->user_data);
  errand_free (errand);
  g_error_free (error);
}

void
confabd_errand_fail (ConfabdErrand *errand,
                     WireError      code,
                     const char    *message,
                     guint          retry_after_s)
{
  g_autoptr(GError) error = g_error_new_literal (WIRE_ERROR, code, message);
  ConfabdAccountsReply reply = { .error = error, .retry_after_s = retry_after_s };

  errand->func (&reply, errand->user_data);
  errand_free (errand);
}

/* The pool that hashes passwords takes no more. */
void
confabd_errand_fail_busy (ConfabdErrand *errand)
{
  confabd_errand_fail (errand, WIRE_ERROR_UNAVAILABLE, "Too many people sign in just now",
                       BUSY_RETRY_AFTER_S);
}

/* Ends without tokens. */
void
confabd_errand_succeed (ConfabdErrand *errand)
{
  ConfabdAccountsReply reply = { .user = errand->user };

  errand->func (&reply, errand->user_data);
  errand_free (errand);
}

static char *
print_refresh_token (const guint8 token[CONFABD_REFRESH_BYTES])
{
  char *text = g_malloc (CONFABD_REFRESH_BYTES * 2 + 1);

  for (gsize i = 0; i < CONFABD_REFRESH_BYTES; i++)
    g_snprintf (text + i * 2, 3, "%02x", token[i]);

  return text;
}

/* Ends with a SESSION: tokens for session_id, which is in the store and alive. */
void
confabd_errand_welcome (ConfabdErrand *errand)
{
  ConfabdAccounts *self = errand->accounts;
  guint64 now_s = base_clock_get_wall_us (self->options.clock) / G_USEC_PER_SEC;
  ConfabdTokenClaims claims = {
    .user_id = errand->user->user_id,
    .session_id = errand->session_id,
    .use = CONFABD_TOKEN_ACCESS,
    .issued_s = now_s,
    .expires_s = now_s + CONFABD_ACCESS_LIFE_S,
  };
  g_autofree char *access_token = NULL;
  g_autofree char *id_token = NULL;
  g_autofree char *refresh_token = print_refresh_token (errand->refresh_token);
  ConfabdAccountsReply reply = { .user = errand->user, .expires_in_s = CONFABD_ACCESS_LIFE_S };

  access_token = confabd_token_mint_sign (self->options.mint, &claims, errand->user->name,
                                          errand->user->display_name);
  claims.use = CONFABD_TOKEN_ID;
  id_token = confabd_token_mint_sign (self->options.mint, &claims, errand->user->name,
                                      errand->user->display_name);

  reply.access_token = access_token;
  reply.id_token = id_token;
  reply.refresh_token = refresh_token;
  errand->func (&reply, errand->user_data);
  errand_free (errand);
}

/**
 * confabd_errand_check:
 * @errand: (transfer full) when it fails: an errand
 * @query: what came back from the store
 *
 * Returns: %FALSE if the store could not do it; then @errand has ended
 */
gboolean
confabd_errand_check (ConfabdErrand      *errand,
                      const ConfabdQuery *query)
{
  switch (query->status)
    {
    case CONFABD_QUERY_FULL:
      confabd_errand_fail (errand, WIRE_ERROR_STORAGE_FULL,
                           "The server's disk is full", 30);
      return FALSE;

    case CONFABD_QUERY_FAILED:
      confabd_errand_fail (errand, WIRE_ERROR_FAILED, "Something went wrong", 0);
      return FALSE;

    case CONFABD_QUERY_OK:
    case CONFABD_QUERY_NOT_EXISTS:
    case CONFABD_QUERY_EXISTS:
    case CONFABD_QUERY_REPLAYED:
      break;
    }

  return TRUE;
}

/* Makes up a session and its refresh token. */
ConfabdSession *
confabd_errand_new_session (ConfabdErrand *errand)
{
  ConfabdSession *session = g_new0 (ConfabdSession, 1);
  guint64 now_ms = base_clock_get_wall_us (errand->accounts->options.clock) / 1000;

  base_uuid_make_v4 (&errand->session_id);
  base_random_fill (errand->refresh_token, sizeof errand->refresh_token);

  session->session_id = errand->session_id;
  session->user_id = errand->user_id;
  session->created_ms = now_ms;
  session->expires_ms = now_ms + (guint64) CONFABD_REFRESH_LIFE_S * 1000;
  confabd_accounts_hash_refresh_token (errand->refresh_token, session->refresh_hash);

  return session;
}

ConfabdQuery *
confabd_errand_query (ConfabdErrand    *errand,
                      ConfabdQueryKind  kind,
                      void            (*done) (ConfabdQuery *query))
{
  return confabd_query_new (kind, errand->accounts->options.mailbox, done, errand);
}

/* Only this is stored: who reads the database cannot sign in with it. */
void
confabd_accounts_hash_refresh_token (const guint8 *token,
                                     guint8       *hash)
{
  SHA256 (token, CONFABD_REFRESH_BYTES, hash);
}
