/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-token"

#include "config.h"

#include "confab-token-private.h"

#include "confab-json-private.h"

#include <string.h>

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

/* RFC 7519 §3: header.claims.signature, each base64url without padding. */
JsonObject *
confab_token_read_claims (const char *token)
{
  g_auto(GStrv) parts = g_strsplit (token, ".", 4);
  g_autoptr(GString) padded = NULL;
  g_autofree guchar *text = NULL;
  gsize length;

  /* It goes into headers and addresses: of what else a server says nothing gets there. */
  if (g_strv_length (parts) != 3 || token[strspn (token, ALPHABET)])
    return NULL;

  padded = g_string_new (parts[1]);
  g_string_replace (padded, "-", "+", 0);
  g_string_replace (padded, "_", "/", 0);
  while (padded->len % 4)
    g_string_append_c (padded, '=');
  text = g_base64_decode (padded->str, &length);

  return confab_json_parse ((const char *) text, length, NULL);
}

gboolean
confab_token_is_user_id (const char *text)
{
  return g_uuid_string_is_valid (text);
}

char *
confab_token_check (const char *access_token,
                    const char *id_token,
                    const char *service,
                    gint64      now,
                    gint64     *expires_at)
{
  g_autoptr(JsonObject) access = confab_token_read_claims (access_token);
  g_autoptr(JsonObject) id = confab_token_read_claims (id_token);
  const char *user_id;
  guint64 access_ends, id_ends, issued_at;

  if (!access || !id)
    return NULL;

  user_id = confab_json_get_string (id, "sub");
  if (!user_id || !confab_token_is_user_id (user_id) ||
      g_strcmp0 (user_id, confab_json_get_string (access, "sub")) != 0 ||
      g_strcmp0 (service, confab_json_get_string (id, "custom:service")) != 0)
    return NULL;

  if (!confab_json_get_uint (access, "exp", &access_ends) ||
      !confab_json_get_uint (id, "exp", &id_ends) ||
      !confab_json_get_uint (id, "iat", &issued_at))
    return NULL;

  *expires_at = (gint64) MIN (access_ends, id_ends);

  return *expires_at > now ? g_strdup (user_id) : NULL;
}
