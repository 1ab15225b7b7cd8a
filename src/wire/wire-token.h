/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two forms of a token in a Skapi frame: a bare access token, or
 * "IdT:SERVICE:OWNER:IDTOKEN". */
typedef struct
{
  gboolean    is_id_token;
  char       *service;     /* of an id token */
  char       *owner;
  const char *jwt;         /* points into what was split */
} WireToken;

gboolean wire_token_split (WireToken  *self,
                           const char *text);
void     wire_token_clear (WireToken  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireToken, wire_token_clear)

G_END_DECLS
