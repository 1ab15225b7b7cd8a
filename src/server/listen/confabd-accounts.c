/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include "confabd-accounts-private.h"

#include "wire-names.h"

#include <openssl/crypto.h>
#include <string.h>

#define SIGN_INS_PER_ACCOUNT  5
#define SIGN_INS_PER_ADDRESS  50
#define REFRESHES_PER_ADDRESS 60
#define SESSIONS_PER_ACCOUNT 100
#define PROFILES_PER_ACCOUNT 10
#define SIGN_UPS_PER_ADDRESS  30
#define WINDOW_US             (60 * G_USEC_PER_SEC)
#define MAX_KEYS              65536

/**
 * ConfabdAccounts:
 *
 * Who may come in: sign-up, sign-in, tokens and sessions.
 *
 * It lives on the main thread. Passwords are hashed in a pool of nice threads, users and
 * sessions are kept by the store; both answer through the main thread's mailbox. A name
 * that nobody has and a wrong password take the same steps and the same time.
 *
 * Errands that are under way have to come back before it is freed.
 */

/**
 * confabd_accounts_new:
 * @options: how to behave; the store, the mailbox, the mint and the clock outlive it
 *
 * Returns: (transfer full): accounts without sessions; see confabd_accounts_load()
 */
ConfabdAccounts *
confabd_accounts_new (const ConfabdAccountsOptions *options)
{
  ConfabdAccounts *self = g_new0 (ConfabdAccounts, 1);

  self->options = *options;
  self->invite = g_strdup (options->invite);
  self->pool = confabd_password_pool_new (options->mailbox, &options->cost, options->n_hash_threads,
                                          options->max_hashes_waiting);
  self->sessions = confabd_live_sessions_new ();
  self->sign_ins = confabd_attempts_new (SIGN_INS_PER_ACCOUNT, WINDOW_US, MAX_KEYS);
  self->addresses = confabd_attempts_new (SIGN_INS_PER_ADDRESS, WINDOW_US, MAX_KEYS);
  self->refreshes = confabd_attempts_new (REFRESHES_PER_ADDRESS, WINDOW_US, MAX_KEYS);
  self->profiles = confabd_attempts_new (PROFILES_PER_ACCOUNT, WINDOW_US, MAX_KEYS);
  self->sign_ups = confabd_attempts_new (SIGN_UPS_PER_ADDRESS, WINDOW_US, MAX_KEYS);
  self->nobody_phc = confabd_password_hash ("a password that nobody has", &options->cost);

  return self;
}

void
confabd_accounts_free (ConfabdAccounts *self)
{
  confabd_password_pool_free (self->pool);
  confabd_live_sessions_free (self->sessions);
  confabd_attempts_free (self->sign_ins);
  confabd_attempts_free (self->addresses);
  confabd_attempts_free (self->refreshes);
  confabd_attempts_free (self->profiles);
  confabd_attempts_free (self->sign_ups);
  g_free (self->nobody_phc);
  g_free (self->invite);
  g_free (self);
}

static void
loaded_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdAccounts *self = errand->accounts;

  for (guint i = 0; query->sessions && i < query->sessions->len; i++)
    {
      const ConfabdSession *session = g_ptr_array_index (query->sessions, i);

      confabd_live_sessions_add (self->sessions, &session->session_id, &session->user_id);
    }

  if (confabd_errand_check (errand, query))
    confabd_errand_succeed (errand);

  confabd_query_free (query);
}

/**
 * confabd_accounts_load:
 * @self: accounts
 * @func: called when the sessions of the store are known
 * @user_data: data for @func
 *
 * Reads the live sessions. Until then every token is refused.
 */
void
confabd_accounts_load (ConfabdAccounts     *self,
                       ConfabdAccountsFunc  func,
                       gpointer             user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  ConfabdQuery *query;

  query = confabd_errand_query (errand, CONFABD_QUERY_SESSIONS, loaded_cb);
  query->before_seq = base_clock_get_wall_us (self->options.clock) / 1000;
  confabd_store_submit (self->options.store, query);
}

/**
 * confabd_accounts_check_token:
 * @self: accounts
 * @token: of a request
 * @claims: (out): what it says
 * @error: return location for a %WIRE_ERROR_INVALID_TOKEN
 *
 * Returns: whether @token is good and its session alive
 */
gboolean
confabd_accounts_check_token (ConfabdAccounts     *self,
                              const char          *token,
                              ConfabdTokenClaims  *claims,
                              GError             **error)
{
  guint64 now_s = base_clock_get_wall_us (self->options.clock) / G_USEC_PER_SEC;

  if (!confabd_token_mint_check (self->options.mint, token, now_s, claims, error))
    return FALSE;

  if (!confabd_live_sessions_is_alive (self->sessions, &claims->session_id, &claims->user_id))
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_TOKEN, "The session has ended");
      return FALSE;
    }

  return TRUE;
}

/* Tells the user's own clients. */
void
confabd_accounts_tell (ConfabdAccounts  *self,
                       const BaseUuid   *user_id,
                       ConfabdUserEvent  event)
{
  self->options.events->user_event (user_id, event, self->options.events_data);
}

/* Ends a session here and in the core; the store knows already. */
void
confabd_accounts_revoke (ConfabdAccounts *self,
                         const BaseUuid  *session_id)
{
  (void) confabd_live_sessions_remove (self->sessions, session_id);
  self->options.events->session_revoked (session_id, self->options.events_data);
}

void
confabd_accounts_revoke_all (ConfabdAccounts *self,
                             const GArray    *session_ids)
{
  for (guint i = 0; session_ids && i < session_ids->len; i++)
    confabd_accounts_revoke (self, &g_array_index (session_ids, BaseUuid, i));
}

/* %FALSE: refused, and @errand has ended. */
gboolean
confabd_accounts_begin_attempt (ConfabdErrand   *errand,
                                ConfabdAttempts *attempts,
                                const char      *key)
{
  gint64 now_us = base_clock_get_monotonic_us (errand->accounts->options.clock);
  gint64 wait_us;

  if (confabd_attempts_begin (attempts, key, now_us, &wait_us))
    return TRUE;

  confabd_errand_fail (errand, WIRE_ERROR_TOO_MANY_REQUESTS,
                       "Too many attempts; wait a while",
                       (wait_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  return FALSE;
}

/* The limits of sign-in; %FALSE: refused, and the errand has ended. Behind a proxy all come
 * from loopback, so an address alone says nothing there. */
gboolean
confabd_accounts_may_try (ConfabdErrand              *errand,
                          const ConfabdAccountsAsker *asker)
{
  errand->attempts_key = g_strconcat (errand->folded_name, "\n", asker->address, NULL);

  return (asker->loopback ||
          confabd_accounts_begin_attempt (errand, errand->accounts->addresses, asker->address)) &&
         confabd_accounts_begin_attempt (errand, errand->accounts->sign_ins, errand->attempts_key);
}

static void
signed_up_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      if (query->status == CONFABD_QUERY_EXISTS)
        {
          confabd_errand_fail (errand, WIRE_ERROR_EXISTS, "That name is taken", 0);
        }
      else
        {
          errand->user = g_steal_pointer (&query->user);
          confabd_live_sessions_add (errand->accounts->sessions, &errand->session_id,
                                     &errand->user->user_id);
          confabd_errand_welcome (errand);
        }
    }

  confabd_query_free (query);
}

static void
new_password_hashed_cb (char     *phc,
                        gpointer  user_data)
{
  ConfabdErrand *errand = user_data;
  ConfabdAccounts *self = errand->accounts;
  ConfabdQuery *query = confabd_errand_query (errand, CONFABD_QUERY_CREATE_USER,
                                              signed_up_cb);

  base_uuid_make_v4 (&errand->user_id);

  query->user = g_new0 (ConfabdUser, 1);
  query->user->user_id = errand->user_id;
  query->user->name = g_strdup (errand->name);
  query->user->folded_name = g_strdup (errand->folded_name);
  query->user->display_name = g_strdup (errand->display_name);
  query->user->password_hash = phc;
  query->user->created_ms = base_clock_get_wall_us (self->options.clock) / 1000;
  query->session = confabd_errand_new_session (errand);

  confabd_store_submit (self->options.store, query);
}

static gboolean
is_invited (ConfabdAccounts *self,
            const char      *invite)
{
  gsize length = self->invite ? strlen (self->invite) : 0;

  return length > 0 && invite && strlen (invite) == length &&
         CRYPTO_memcmp (invite, self->invite, length) == 0;
}

static gboolean
may_register (ConfabdAccounts  *self,
              const char       *invite,
              GError          **error)
{
  const char *why = NULL;

  switch (self->options.registration)
    {
    case CONFABD_REGISTRATION_OPEN:
      break;

    case CONFABD_REGISTRATION_INVITE:
      if (!is_invited (self, invite))
        why = "An invitation is needed";
      break;

    case CONFABD_REGISTRATION_CLOSED:
      why = "This space takes no new accounts";
      break;
    }

  if (why)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_NOT_ALLOWED, why);

  return why == NULL;
}

/**
 * confabd_accounts_sign_up:
 * @self: accounts
 * @asker: where the request came from
 * @name: the name of the new account
 * @password: its password
 * @display_name: (nullable): what others see; @name if %NULL
 * @invite: (nullable): an invitation
 * @func: called with the outcome
 * @user_data: data for @func
 *
 * Makes an account and its first session.
 */
void
confabd_accounts_sign_up (ConfabdAccounts            *self,
                          const ConfabdAccountsAsker *asker,
                          const char                 *name,
                          const char                 *password,
                          const char                 *display_name,
                          const char                 *invite,
                          ConfabdAccountsFunc         func,
                          gpointer                    user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);
  GError *error = NULL;

  errand->name = g_strdup (name);
  errand->display_name = g_strdup (display_name ? display_name : name);
  errand->folded_name = wire_name_fold_user (name, &error);

  if (!errand->folded_name || !wire_name_check_display (errand->display_name, &error) ||
      !wire_name_check_password (password, &error) || !may_register (self, invite, &error))
    {
      confabd_errand_take_error (errand, error);
      return;
    }

  if (!asker->loopback && !confabd_accounts_begin_attempt (errand, self->sign_ups, asker->address))
    return;

  if (!confabd_password_pool_hash (self->pool, password, new_password_hashed_cb, errand))
    confabd_errand_fail_busy (errand);
}

static void find_account (ConfabdErrand *errand);

static void
fail_credentials (ConfabdErrand *errand)
{
  confabd_errand_fail (errand, WIRE_ERROR_INVALID_CREDENTIALS,
                       "The name or the password is wrong", 0);
}

static void
session_created_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  if (confabd_errand_check (errand, query))
    {
      if (query->status == CONFABD_QUERY_OK)
        {
          confabd_accounts_revoke_all (errand->accounts, query->ids);
          confabd_live_sessions_add (errand->accounts->sessions, &errand->session_id,
                                     &errand->user_id);
          confabd_accounts_tell (errand->accounts, &errand->user_id, CONFABD_USER_SIGNED_IN);
          confabd_errand_welcome (errand);
        }
      else if (!errand->verified_anew)
        {
          /* Another password, or only another sign-in that stored a better hash of this one. */
          errand->verified_anew = TRUE;
          find_account (errand);
        }
      else
        {
          fail_credentials (errand);
        }
    }

  confabd_query_free (query);
}

static void
begin_session (ConfabdErrand *errand)
{
  ConfabdQuery *query;

  query = confabd_errand_query (errand, CONFABD_QUERY_CREATE_SESSION,
                                session_created_cb);
  query->session = confabd_errand_new_session (errand);
  query->verified_hash = g_strdup (errand->verified_hash);
  query->limit = SESSIONS_PER_ACCOUNT;
  confabd_store_submit (errand->accounts->options.store, query);
}

static void
rehashed_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;

  /* A failure only means that the next sign-in tries it again. */
  if (query->status == CONFABD_QUERY_OK)
    {
      g_free (errand->verified_hash);
      errand->verified_hash = g_steal_pointer (&query->user->password_hash);
    }

  begin_session (errand);
  confabd_query_free (query);
}

static void
store_better_hash (ConfabdErrand *errand,
                   char          *phc)
{
  ConfabdQuery *query;

  query = confabd_errand_query (errand, CONFABD_QUERY_UPDATE_USER, rehashed_cb);
  query->user_id = errand->user_id;
  query->user = g_new0 (ConfabdUser, 1);
  query->user->user_id = errand->user_id;
  query->user->password_hash = phc;
  query->verified_hash = g_strdup (errand->verified_hash);
  confabd_store_submit (errand->accounts->options.store, query);
}

static void
sign_in_verified_cb (ConfabdPasswordVerdict  verdict,
                     char                   *better_phc,
                     gpointer                user_data)
{
  ConfabdErrand *errand = user_data;

  if (!errand->user || verdict == CONFABD_PASSWORD_WRONG)
    {
      g_free (better_phc);
      fail_credentials (errand);
      return;
    }

  confabd_attempts_forgive (errand->accounts->sign_ins, errand->attempts_key);
  errand->user_id = errand->user->user_id;

  if (better_phc)
    store_better_hash (errand, better_phc);
  else
    begin_session (errand);
}

static void
user_found_cb (ConfabdQuery *query)
{
  ConfabdErrand *errand = query->user_data;
  ConfabdAccounts *self = errand->accounts;
  gboolean ok = confabd_errand_check (errand, query);
  const char *phc = self->nobody_phc;

  if (ok)
    {
      g_clear_pointer (&errand->user, confabd_user_free);
      g_clear_pointer (&errand->verified_hash, g_free);
    }

  if (ok && query->users && query->users->len > 0)
    {
      errand->user = g_ptr_array_steal_index (query->users, 0);
      errand->verified_hash = g_strdup (errand->user->password_hash);
      phc = errand->verified_hash;
    }

  confabd_query_free (query);

  if (ok &&
      !confabd_password_pool_verify (self->pool, errand->password, phc, sign_in_verified_cb,
                                     errand))
    confabd_errand_fail_busy (errand);
}

static void
find_account (ConfabdErrand *errand)
{
  ConfabdQuery *query = confabd_errand_query (errand, CONFABD_QUERY_FIND_USER, user_found_cb);

  query->name = g_strdup (errand->folded_name);
  confabd_store_submit (errand->accounts->options.store, query);
}

/**
 * confabd_accounts_sign_in:
 * @self: accounts
 * @asker: where the request came from
 * @name: the name of an account, perhaps
 * @password: its password, perhaps
 * @func: called with the outcome
 * @user_data: data for @func
 *
 * Begins a session.
 */
void
confabd_accounts_sign_in (ConfabdAccounts            *self,
                          const ConfabdAccountsAsker *asker,
                          const char                 *name,
                          const char                 *password,
                          ConfabdAccountsFunc         func,
                          gpointer                    user_data)
{
  ConfabdErrand *errand = confabd_errand_new (self, func, user_data);

  errand->password = g_strdup (password);

  /* What can be no name is looked for all the same, under one that nobody has: the answer must
   * not differ. */
  errand->folded_name = wire_name_fold_user (name, NULL);
  if (!errand->folded_name)
    errand->folded_name = g_strdup ("");

  if (confabd_accounts_may_try (errand, asker))
    find_account (errand);
}

guint
confabd_accounts_get_n_sessions (ConfabdAccounts *self)
{
  return confabd_live_sessions_get_n (self->sessions);
}

guint
confabd_accounts_get_n_hashing (ConfabdAccounts *self)
{
  return confabd_password_pool_get_n_waiting (self->pool);
}
