/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-mailbox.h"

#include <glib.h>

G_BEGIN_DECLS

/* Argon2id with PHC strings. Each call takes tens of milliseconds and 19 MiB. */
typedef struct
{
  guint memory_kib;
  guint n_passes;
  guint n_lanes;
} ConfabdPasswordCost;

typedef enum {
  CONFABD_PASSWORD_WRONG,
  CONFABD_PASSWORD_RIGHT,
  CONFABD_PASSWORD_RIGHT_BUT_WEAK,  /* hashed at a lower cost than is asked now */
} ConfabdPasswordVerdict;

extern const ConfabdPasswordCost confabd_password_cost;

char                   *confabd_password_hash   (const char                *password,
                                                 const ConfabdPasswordCost *cost);
ConfabdPasswordVerdict  confabd_password_verify (const char                *password,
                                                 const char                *phc,
                                                 const ConfabdPasswordCost *cost);

/* A few threads that do nothing but this, so that no other ever waits for it. */
typedef struct _ConfabdPasswordPool ConfabdPasswordPool;

/**
 * ConfabdPasswordHashed:
 * @phc: (transfer full): the hash
 */
typedef void (*ConfabdPasswordHashed) (char                   *phc,
                                       gpointer                user_data);

/**
 * ConfabdPasswordVerified:
 * @verdict: what came of it
 * @better_phc: (transfer full) (nullable): a hash at today's cost, if the verdict is "weak"
 */
typedef void (*ConfabdPasswordVerified) (ConfabdPasswordVerdict  verdict,
                                         char                   *better_phc,
                                         gpointer                user_data);

ConfabdPasswordPool *confabd_password_pool_new    (BaseMailbox               *reply_to,
                                                   const ConfabdPasswordCost *cost,
                                                   guint                      n_threads,
                                                   guint                      max_waiting);
void                 confabd_password_pool_free   (ConfabdPasswordPool       *self);
gboolean             confabd_password_pool_hash   (ConfabdPasswordPool       *self,
                                                   const char                *password,
                                                   ConfabdPasswordHashed      func,
                                                   gpointer                   user_data);
gboolean             confabd_password_pool_verify (ConfabdPasswordPool       *self,
                                                   const char                *password,
                                                   const char                *phc,
                                                   ConfabdPasswordVerified    func,
                                                   gpointer                   user_data);
guint                confabd_password_pool_get_n_waiting (ConfabdPasswordPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPasswordPool, confabd_password_pool_free)

G_END_DECLS
