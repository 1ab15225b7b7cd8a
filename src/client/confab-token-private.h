/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a token says (RFC 7519); NULL if it is none. Nobody but the server can check whether it is
 * true. */
JsonObject *confab_token_read_claims (const char *token);
/* The id of the user of a pair of tokens of @service that last beyond @now, and when the first of
 * them ends, in s since the epoch. NULL: they are of no use. */
char       *confab_token_check       (const char *access_token,
                                      const char *id_token,
                                      const char *service,
                                      gint64      now,
                                      gint64     *expires_at);
/* Whether it is what Skapi takes for the id of a user. */
gboolean    confab_token_is_user_id  (const char *text);

G_END_DECLS
