/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-accounts.h"
#include "confabd-attempts.h"

#include "wire-error.h"

G_BEGIN_DECLS

#define CONFABD_ACCESS_LIFE_S   (24 * 60 * 60)
#define CONFABD_REFRESH_LIFE_S  (90 * 24 * 60 * 60)
#define CONFABD_REFRESH_BYTES   32

struct _ConfabdAccounts
{
  ConfabdAccountsOptions  options;
  char                   *invite;
  ConfabdPasswordPool    *pool;
  ConfabdLiveSessions    *sessions;
  ConfabdAttempts        *sign_ins;      /* by account and address */
  ConfabdAttempts        *addresses;     /* sign-ins by address alone */
  ConfabdAttempts        *refreshes;     /* by address alone */
  ConfabdAttempts        *profiles;      /* changes, by account */
  ConfabdAttempts        *sign_ups;      /* by address */
  char                   *nobody_phc;    /* for the passwords of names that nobody has */
};

/* One request on its way through the pool and the store. Owns all it names. */
typedef struct
{
  ConfabdAccounts     *accounts;
  ConfabdAccountsFunc  func;
  gpointer             user_data;
  char                *name;           /* as given */
  char                *folded_name;
  char                *display_name;
  char                *password;
  char                *new_password;
  char                *attempts_key;
  char                *verified_hash;  /* what the password was compared with */
  gboolean             verified_anew;  /* the hash changed meanwhile, so it is done over */
  BaseUuid             user_id;
  BaseUuid             session_id;
  guint8               refresh_token[CONFABD_REFRESH_BYTES];
  ConfabdUser         *user;
} ConfabdErrand;

ConfabdErrand  *confabd_errand_new                  (ConfabdAccounts            *accounts,
                                                     ConfabdAccountsFunc         func,
                                                     gpointer                    user_data);
void            confabd_errand_fail                 (ConfabdErrand              *errand,
                                                     WireError                   code,
                                                     const char                 *message,
                                                     guint                       retry_after_s);
void            confabd_errand_fail_busy            (ConfabdErrand              *errand);
void            confabd_errand_take_error           (ConfabdErrand              *errand,
                                                     GError                     *error);
void            confabd_errand_succeed              (ConfabdErrand              *errand);
void            confabd_errand_welcome              (ConfabdErrand              *errand);
gboolean        confabd_errand_check                (ConfabdErrand              *errand,
                                                     const ConfabdQuery         *query);
ConfabdSession *confabd_errand_new_session          (ConfabdErrand              *errand);
ConfabdQuery   *confabd_errand_query                (ConfabdErrand              *errand,
                                                     ConfabdQueryKind            kind,
                                                     void (*done) (ConfabdQuery *query));
void            confabd_accounts_revoke_all         (ConfabdAccounts            *self,
                                                     const GArray               *session_ids);
void            confabd_accounts_tell               (ConfabdAccounts            *self,
                                                     const BaseUuid             *user_id,
                                                     ConfabdUserEvent            event);
void            confabd_accounts_revoke             (ConfabdAccounts            *self,
                                                     const BaseUuid             *session_id);
void            confabd_accounts_hash_refresh_token (const guint8               *token,
                                                     guint8                     *hash);
gboolean        confabd_accounts_begin_attempt      (ConfabdErrand              *errand,
                                                     ConfabdAttempts            *attempts,
                                                     const char                 *key);
gboolean        confabd_accounts_may_try            (ConfabdErrand              *errand,
                                                     const ConfabdAccountsAsker *asker);

G_END_DECLS
