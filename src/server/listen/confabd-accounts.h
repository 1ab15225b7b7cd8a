/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "base-mailbox.h"
#include "confabd-core.h"
#include "confabd-password.h"
#include "confabd-live-sessions.h"
#include "confabd-store.h"
#include "confabd-token.h"

G_BEGIN_DECLS

typedef struct _ConfabdAccounts ConfabdAccounts;

typedef enum {
  CONFABD_REGISTRATION_OPEN,
  CONFABD_REGISTRATION_INVITE,
  CONFABD_REGISTRATION_CLOSED,
} ConfabdRegistration;

/* Whom accounts tell what the core has to know; called on the main thread. */
typedef struct
{
  void (*session_revoked) (const BaseUuid    *session_id,
                           gpointer           user_data);
  void (*user_changed)    (const ConfabdUser *user,
                           gpointer           user_data);
  void (*user_event)      (const BaseUuid    *user_id,
                           ConfabdUserEvent   event,
                           gpointer           user_data);
} ConfabdAccountsEvents;

typedef struct
{
  ConfabdStore                *store;
  BaseMailbox                 *mailbox;        /* of the main thread */
  ConfabdTokenMint            *mint;
  const BaseClock             *clock;
  ConfabdRegistration          registration;
  const char                  *invite;         /* the code, for CONFABD_REGISTRATION_INVITE */
  ConfabdPasswordCost          cost;
  guint                        n_hash_threads;
  guint                        max_hashes_waiting;
  const ConfabdAccountsEvents *events;
  gpointer                     events_data;
} ConfabdAccountsOptions;

/* Lives for the call only. */
typedef struct
{
  const GError      *error;          /* of WIRE_ERROR, or NULL */
  guint              retry_after_s;  /* 0: nothing to say */
  const ConfabdUser *user;           /* NULL after sign-out and password */
  const char        *access_token;   /* and the rest: after sign-up, sign-in, refresh */
  const char        *id_token;
  const char        *refresh_token;
  guint              expires_in_s;
} ConfabdAccountsReply;

typedef void (*ConfabdAccountsFunc) (const ConfabdAccountsReply *reply,
                                     gpointer                    user_data);

/* Who asks: what a request came with. */
typedef struct
{
  const char *address;       /* of the peer, as text; limits go by it */
  gboolean    loopback;
} ConfabdAccountsAsker;

ConfabdAccounts *confabd_accounts_new          (const ConfabdAccountsOptions *options);
void             confabd_accounts_free         (ConfabdAccounts              *self);
void             confabd_accounts_load         (ConfabdAccounts              *self,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
gboolean         confabd_accounts_check_token  (ConfabdAccounts              *self,
                                                const char                   *token,
                                                ConfabdTokenClaims           *claims,
                                                GError                      **error);
void             confabd_accounts_sign_up      (ConfabdAccounts              *self,
                                                const ConfabdAccountsAsker   *asker,
                                                const char                   *name,
                                                const char                   *password,
                                                const char                   *display_name,
                                                const char                   *invite,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
void             confabd_accounts_sign_in      (ConfabdAccounts              *self,
                                                const ConfabdAccountsAsker   *asker,
                                                const char                   *name,
                                                const char                   *password,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
void             confabd_accounts_refresh      (ConfabdAccounts              *self,
                                                const ConfabdAccountsAsker   *asker,
                                                const char                   *refresh_token,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
void             confabd_accounts_sign_out     (ConfabdAccounts              *self,
                                                const ConfabdTokenClaims     *claims,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
void             confabd_accounts_set_profile  (ConfabdAccounts              *self,
                                                const ConfabdTokenClaims     *claims,
                                                const char                   *display_name,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
void             confabd_accounts_set_password (ConfabdAccounts              *self,
                                                const ConfabdAccountsAsker   *asker,
                                                const ConfabdTokenClaims     *claims,
                                                const char                   *password,
                                                const char                   *new_password,
                                                ConfabdAccountsFunc           func,
                                                gpointer                      user_data);
guint            confabd_accounts_get_n_sessions (ConfabdAccounts            *self);
guint            confabd_accounts_get_n_hashing  (ConfabdAccounts            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAccounts, confabd_accounts_free)

G_END_DECLS
