/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include "confabd-accounts-private.h"

#include "base-random.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

/* What the operations on accounts have in common: how they begin, ask the store, and end. */

ConfabdAccountsOperation *
confabd_accounts_operation_new (ConfabdAccounts     *accounts,
                                ConfabdAccountsFunc  func,
                                gpointer             user_data)
{
  ConfabdAccountsOperation *operation = g_new0 (ConfabdAccountsOperation, 1);

  operation->accounts = accounts;
  operation->func = func;
  operation->user_data = user_data;

  return operation;
}

static void
free_secret (char *secret)
{
  if (secret)
    OPENSSL_cleanse (secret, strlen (secret));

  g_free (secret);
}

static void
operation_free (ConfabdAccountsOperation *operation)
{
  g_free (operation->name);
  g_free (operation->folded_name);
  g_free (operation->display_name);
  g_free (operation->attempts_key);
  free_secret (operation->password);
  free_secret (operation->new_password);
  OPENSSL_cleanse (operation->refresh_token, sizeof operation->refresh_token);
  g_clear_pointer (&operation->user, confabd_user_free);
  g_free (operation);
}

/* Takes @error and ends the operation with it. */
void
confabd_accounts_operation_take_error (ConfabdAccountsOperation *operation,
                                       GError                   *error)
{
  ConfabdAccountsReply reply = { .error = error };

  operation->func (&reply, operation->user_data);
  operation_free (operation);
  g_error_free (error);
}

void
confabd_accounts_operation_fail (ConfabdAccountsOperation *operation,
                                 WireError                 code,
                                 const char               *message,
                                 guint                     retry_after_s)
{
  g_autoptr(GError) error = g_error_new_literal (WIRE_ERROR, code, message);
  ConfabdAccountsReply reply = { .error = error, .retry_after_s = retry_after_s };

  operation->func (&reply, operation->user_data);
  operation_free (operation);
}

/* Ends without tokens. */
void
confabd_accounts_operation_succeed (ConfabdAccountsOperation *operation)
{
  ConfabdAccountsReply reply = { .user = operation->user };

  operation->func (&reply, operation->user_data);
  operation_free (operation);
}

static char *
print_refresh_token (const guint8 token[CONFABD_REFRESH_BYTES])
{
  char *text = g_malloc (CONFABD_REFRESH_BYTES * 2 + 1);

  for (gsize i = 0; i < CONFABD_REFRESH_BYTES; i++)
    g_snprintf (text + i * 2, 3, "%02x", token[i]);

  return text;
}

/* Ends with a SESSION: tokens for session_id, which is in the store. */
void
confabd_accounts_operation_welcome (ConfabdAccountsOperation *operation)
{
  ConfabdAccounts *self = operation->accounts;
  guint64 now_s = base_clock_get_wall_us (self->options.clock) / G_USEC_PER_SEC;
  ConfabdTokenClaims claims = {
    .user_id = operation->user->user_id,
    .session_id = operation->session_id,
    .use = CONFABD_TOKEN_ACCESS,
    .issued_s = now_s,
    .expires_s = now_s + CONFABD_ACCESS_LIFE_S,
  };
  g_autofree char *access_token = NULL;
  g_autofree char *id_token = NULL;
  g_autofree char *refresh_token = print_refresh_token (operation->refresh_token);
  ConfabdAccountsReply reply = { .user = operation->user, .expires_in_s = CONFABD_ACCESS_LIFE_S };

  access_token = confabd_token_mint_sign (self->options.mint, &claims, operation->user->name,
                                          operation->user->display_name);
  claims.use = CONFABD_TOKEN_ID;
  id_token = confabd_token_mint_sign (self->options.mint, &claims, operation->user->name,
                                      operation->user->display_name);

  confabd_live_sessions_add (self->sessions, &operation->session_id, &operation->user->user_id);

  reply.access_token = access_token;
  reply.id_token = id_token;
  reply.refresh_token = refresh_token;
  operation->func (&reply, operation->user_data);
  operation_free (operation);
}

/**
 * confabd_accounts_operation_check:
 * @operation: (transfer full) when it fails: an operation
 * @query: what came back from the store
 *
 * Returns: %FALSE if the store could not do it; then @operation has ended
 */
gboolean
confabd_accounts_operation_check (ConfabdAccountsOperation *operation,
                                  const ConfabdQuery       *query)
{
  switch (query->status)
    {
    case CONFABD_QUERY_FULL:
      confabd_accounts_operation_fail (operation, WIRE_ERROR_STORAGE_FULL,
                                       "The server's disk is full", 30);
      return FALSE;

    case CONFABD_QUERY_FAILED:
      confabd_accounts_operation_fail (operation, WIRE_ERROR_FAILED, "Something went wrong", 0);
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
confabd_accounts_operation_new_session (ConfabdAccountsOperation *operation)
{
  ConfabdSession *session = g_new0 (ConfabdSession, 1);
  guint64 now_ms = base_clock_get_wall_us (operation->accounts->options.clock) / 1000;

  base_uuid_make_v4 (&operation->session_id);
  base_random_fill (operation->refresh_token, sizeof operation->refresh_token);

  session->session_id = operation->session_id;
  session->user_id = operation->user_id;
  session->created_ms = now_ms;
  session->expires_ms = now_ms + (guint64) CONFABD_REFRESH_LIFE_S * 1000;
  confabd_accounts_hash_refresh_token (operation->refresh_token, session->refresh_hash);

  return session;
}

ConfabdQuery *
confabd_accounts_operation_query (ConfabdAccountsOperation  *operation,
                                  ConfabdQueryKind           kind,
                                  void                     (*done) (ConfabdQuery *query))
{
  return confabd_query_new (kind, operation->accounts->options.mailbox, done, operation);
}

/* Only this is stored: who reads the database cannot sign in with it. */
void
confabd_accounts_hash_refresh_token (const guint8 token[CONFABD_REFRESH_BYTES],
                                     guint8       hash[32])
{
  SHA256 (token, CONFABD_REFRESH_BYTES, hash);
}
