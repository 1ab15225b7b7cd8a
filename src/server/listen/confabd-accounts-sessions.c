/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include "confabd-accounts-private.h"

#include "base-random.h"
#include "wire-names.h"

#include <string.h>

/* What somebody who has a session does with it: refresh it, end it, change who they are. */

static gboolean
parse_refresh_token (const char *text,
                     guint8      token[CONFABD_REFRESH_BYTES])
{
  if (strlen (text) != CONFABD_REFRESH_BYTES * 2)
    return FALSE;

  for (gsize i = 0; i < CONFABD_REFRESH_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[i * 2]);
      int low = g_ascii_xdigit_value (text[i * 2 + 1]);

      if (high < 0 || low < 0)
        return FALSE;

      token[i] = high << 4 | low;
    }

  return TRUE;
}

static void
refresh_user_found_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      /* It may have been revoked since it was refreshed: then it stays so. */
      if (query->users && query->users->len > 0 &&
          confabd_live_sessions_is_alive (errand->accounts->sessions, &errand->session_id,
                                          &errand->user_id))
        {
          errand->user = g_ptr_array_steal_index (query->users, 0);
          confabd_errand_welcome (errand);
        }
      else
        {
          confabd_errand_fail (errand, WIRE_ERROR_INVALID_TOKEN,
                               "The session has ended", 0);
        }
    }

  confabd_query_free (query);
}

static void
find_user (ConfabdErrand  *errand,
           void                     (*done) (ConfabdQuery *query))
{
  ConfabdQuery *query = confabd_errand_query (errand, CONFABD_QUERY_USERS, done);

  query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  g_array_append_val (query->ids, errand->user_id);
  query->limit = 1;
  confabd_store_submit (errand->accounts->options.store, query);
}

static void
end_replayed (ConfabdErrand      *errand,
              const ConfabdQuery *query)
{
  for (guint i = 0; query->sessions && i < query->sessions->len; i++)
    {
      const ConfabdSession *session = g_ptr_array_index (query->sessions, i);

      g_message ("A refresh token was presented again, or too many were used: "
                 "its session is ended");
      confabd_accounts_revoke (errand->accounts, &session->session_id);
    }
}

static void
rotated_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      if (query->status == CONFABD_QUERY_OK && query->sessions && query->sessions->len > 0)
        {
          const ConfabdSession *session = g_ptr_array_index (query->sessions, 0);

          errand->session_id = session->session_id;
          errand->user_id = session->user_id;
          confabd_live_sessions_add (errand->accounts->sessions, &errand->session_id,
                                     &errand->user_id);
          find_user (errand, refresh_user_found_cb);
        }
      else
        {
          if (query->status == CONFABD_QUERY_REPLAYED)
            end_replayed (errand, query);
          confabd_errand_fail (errand, WIRE_ERROR_INVALID_TOKEN,
                               "The session has ended", 0);
        }
    }

  confabd_query_free (query);
}

/**
 * confabd_accounts_refresh:
 * @self: accounts
 * @asker: where the request came from
 * @refresh_token: what came with the last SESSION
 * @func: called with the outcome
 * @user_data: data for @func
 *
 * Gives new tokens for an old one, which is used up by it. One that was used
 * before has been stolen from somebody, so its session ends.
 */
void
confabd_accounts_refresh (ConfabdAccounts            *self,
                          const ConfabdAccountsAsker *asker,
                          const char                 *refresh_token,
                          ConfabdAccountsFunc         func,
                          gpointer                    user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  guint64 now_ms = base_clock_get_wall_us (self->options.clock) / 1000;
  guint8 token[CONFABD_REFRESH_BYTES];
  ConfabdQuery *query;

  if (!asker->loopback &&
      !confabd_accounts_begin_attempt (errand, self->refreshes, asker->address))
    return;

  if (!parse_refresh_token (refresh_token, token))
    {
      confabd_errand_fail (errand, WIRE_ERROR_INVALID_TOKEN,
                           "The refresh token is malformed", 0);
      return;
    }

  base_random_fill (errand->refresh_token, sizeof errand->refresh_token);
  query = confabd_errand_query (errand, CONFABD_QUERY_ROTATE_SESSION, rotated_cb);
  confabd_accounts_hash_refresh_token (token, query->refresh_hash);
  confabd_accounts_hash_refresh_token (errand->refresh_token, query->new_refresh_hash);
  query->before_seq = now_ms;
  query->seq = now_ms + (guint64) CONFABD_REFRESH_LIFE_S * 1000;
  confabd_store_submit (self->options.store, query);
}

static void
signed_out_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      /* Its own connections hear of it as well: they are closed right after. */
      confabd_accounts_tell (errand->accounts, &errand->user_id, CONFABD_USER_SIGNED_OUT);
      confabd_accounts_revoke (errand->accounts, &errand->session_id);
      confabd_errand_succeed (errand);
    }

  confabd_query_free (query);
}

/**
 * confabd_accounts_sign_out:
 * @self: accounts
 * @claims: of the token that the request came with
 * @func: called with the outcome
 * @user_data: data for @func
 *
 * Ends the session and its connections.
 */
void
confabd_accounts_sign_out (ConfabdAccounts          *self,
                           const ConfabdTokenClaims *claims,
                           ConfabdAccountsFunc       func,
                           gpointer                  user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  ConfabdQuery *query;

  errand->user_id = claims->user_id;
  errand->session_id = claims->session_id;
  query = confabd_errand_query (errand, CONFABD_QUERY_REVOKE_SESSIONS,
                                signed_out_cb);
  query->session_id = claims->session_id;
  confabd_store_submit (self->options.store, query);
}

static void
profile_set_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdAccounts *self = errand->accounts;

  if (confabd_errand_check (errand, query))
    {
      if (query->status != CONFABD_QUERY_OK || !query->users || query->users->len == 0)
        {
          confabd_errand_fail (errand, WIRE_ERROR_NOT_EXISTS,
                               "There is no such account", 0);
        }
      else
        {
          errand->user = g_ptr_array_steal_index (query->users, 0);
          self->options.events->user_changed (errand->user, self->options.events_data);
          confabd_errand_succeed (errand);
        }
    }

  confabd_query_free (query);
}

/**
 * confabd_accounts_set_profile:
 * @self: accounts
 * @claims: of the token that the request came with
 * @display_name: what others are to see
 * @func: called with the outcome
 * @user_data: data for @func
 */
void
confabd_accounts_set_profile (ConfabdAccounts          *self,
                              const ConfabdTokenClaims *claims,
                              const char               *display_name,
                              ConfabdAccountsFunc       func,
                              gpointer                  user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  char user_id[BASE_UUID_STRING_LENGTH + 1];
  GError *error = NULL;
  ConfabdQuery *query;

  if (!wire_name_check_display (display_name, &error))
    {
      confabd_errand_take_error (errand, error);
      return;
    }

  /* All who share a room are told of each change. */
  base_uuid_format (&claims->user_id, user_id);
  if (!confabd_accounts_begin_attempt (errand, self->profiles, user_id))
    return;

  query = confabd_errand_query (errand, CONFABD_QUERY_UPDATE_USER, profile_set_cb);
  query->user_id = claims->user_id;
  query->user = g_new0 (ConfabdUser, 1);
  query->user->user_id = claims->user_id;
  query->user->display_name = g_strdup (display_name);
  confabd_store_submit (self->options.store, query);
}

static void
others_revoked_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      confabd_accounts_tell (errand->accounts, &errand->user_id, CONFABD_USER_PASSWORD_CHANGED);
      confabd_accounts_revoke_all (errand->accounts, query->ids);
      g_clear_pointer (&errand->user, confabd_user_free);
      confabd_errand_succeed (errand);
    }

  confabd_query_free (query);
}

static void
fail_password (ConfabdErrand *errand)
{
  confabd_errand_fail (errand, WIRE_ERROR_INVALID_CREDENTIALS, "The password is wrong", 0);
}

static void
password_set_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdQuery *next;

  if (confabd_errand_check (errand, query))
    {
      if (query->status != CONFABD_QUERY_OK)
        {
          fail_password (errand);
          confabd_query_free (query);
          return;
        }

      next = confabd_errand_query (errand, CONFABD_QUERY_REVOKE_SESSIONS,
                                   others_revoked_cb);
      next->user_id = errand->user_id;
      next->session_id = errand->session_id;
      confabd_store_submit (errand->accounts->options.store, next);
    }

  confabd_query_free (query);
}

static void
replacement_hashed_cb (char     *phc,
                       gpointer  user_data)
{
  ConfabdErrand *errand = user_data;
  ConfabdQuery *query;

  query = confabd_errand_query (errand, CONFABD_QUERY_UPDATE_USER, password_set_cb);
  query->user_id = errand->user_id;
  query->user = g_new0 (ConfabdUser, 1);
  query->user->user_id = errand->user_id;
  query->user->password_hash = phc;
  query->verified_hash = g_strdup (errand->verified_hash);
  confabd_store_submit (errand->accounts->options.store, query);
}

static void
old_password_verified_cb (ConfabdPasswordVerdict  verdict,
                          char                   *better_phc,
                          gpointer                user_data)
{
  ConfabdErrand *errand = user_data;
  ConfabdAccounts *self = errand->accounts;

  g_free (better_phc);

  if (verdict == CONFABD_PASSWORD_WRONG)
    {
      fail_password (errand);
      return;
    }

  confabd_attempts_forgive (self->sign_ins, errand->attempts_key);
  if (!confabd_password_pool_hash (self->pool, errand->new_password, replacement_hashed_cb,
                                   errand))
    confabd_errand_fail_busy (errand);
}

static void
own_hash_found_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdAccounts *self = errand->accounts;
  gboolean ok = confabd_errand_check (errand, query);
  const char *phc;

  if (ok && query->users && query->users->len > 0)
    errand->verified_hash =
      g_strdup (((const ConfabdUser *) g_ptr_array_index (query->users, 0))->password_hash);

  confabd_query_free (query);

  if (!ok)
    return;

  phc = errand->verified_hash ? errand->verified_hash : self->nobody_phc;
  if (!confabd_password_pool_verify (self->pool, errand->password, phc, old_password_verified_cb,
                                     errand))
    confabd_errand_fail_busy (errand);
}

static void
own_name_found_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdQuery *next;

  if (!confabd_errand_check (errand, query))
    {
      confabd_query_free (query);
      return;
    }

  next = confabd_errand_query (errand, CONFABD_QUERY_FIND_USER, own_hash_found_cb);
  if (query->users && query->users->len > 0)
    next->name = wire_name_fold_user (((const ConfabdUser *) g_ptr_array_index (query->users,
                                                                                0))->name, NULL);
  if (!next->name)
    next->name = g_strdup ("");

  confabd_query_free (query);
  confabd_store_submit (errand->accounts->options.store, next);
}

/**
 * confabd_accounts_set_password:
 * @self: accounts
 * @asker: where the request came from
 * @claims: of the token that it came with
 * @password: the old one
 * @new_password: the new one
 * @func: called with the outcome
 * @user_data: data for @func
 *
 * Changes the password and ends all other sessions of the user.
 */
void
confabd_accounts_set_password (ConfabdAccounts            *self,
                               const ConfabdAccountsAsker *asker,
                               const ConfabdTokenClaims   *claims,
                               const char                 *password,
                               const char                 *new_password,
                               ConfabdAccountsFunc         func,
                               gpointer                    user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  char user_id[BASE_UUID_STRING_LENGTH + 1];
  GError *error = NULL;

  if (!wire_name_check_password (new_password, &error))
    {
      confabd_errand_take_error (errand, error);
      return;
    }

  /* Guessed here by somebody who has a token, it would be a sign-in without its limit. */
  base_uuid_format (&claims->user_id, user_id);
  errand->folded_name = g_strdup (user_id);
  if (!confabd_accounts_may_try (errand, asker))
    return;

  errand->user_id = claims->user_id;
  errand->session_id = claims->session_id;
  errand->password = g_strdup (password);
  errand->new_password = g_strdup (new_password);
  find_user (errand, own_name_found_cb);
}
