/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-uuid.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TOKEN_KEY_BYTES 32

/* Signs and checks the JWTs of one space. Immutable, counted by reference: any thread may check. */
typedef struct _ConfabdTokenMint ConfabdTokenMint;

typedef enum {
  CONFABD_TOKEN_ACCESS,
  CONFABD_TOKEN_ID,
} ConfabdTokenUse;

/* What a token says. */
typedef struct
{
  BaseUuid        user_id;
  BaseUuid        session_id;
  ConfabdTokenUse use;
  guint64         issued_s;   /* seconds since the epoch */
  guint64         expires_s;
} ConfabdTokenClaims;

ConfabdTokenMint *confabd_token_mint_new      (const guint8             *key,
                                               const char               *service,
                                               const char               *issuer);
void              confabd_token_mint_free     (ConfabdTokenMint         *self);
char             *confabd_token_mint_sign     (ConfabdTokenMint         *self,
                                               const ConfabdTokenClaims *claims,
                                               const char               *user_name,
                                               const char               *display_name);
gboolean          confabd_token_mint_check    (ConfabdTokenMint         *self,
                                               const char               *token,
                                               guint64                   now_s,
                                               ConfabdTokenClaims       *claims,
                                               GError                  **error);
gboolean          confabd_token_mint_owned_by (ConfabdTokenMint         *self,
                                               const char               *text,
                                               const BaseUuid           *user_id,
                                               guint64                   now_s);

gboolean          confabd_token_key_load      (const char               *path,
                                               guint8                   *key,
                                               GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTokenMint, confabd_token_mint_free)

G_END_DECLS
