/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-token"

#include "config.h"

#include "wire-token.h"

#include <string.h>

#define ID_PREFIX "IdT:"

/* RFC 7515 §7.1: three parts of base64url. What they hold is for others to check. */
static gboolean
is_jwt (const char *text)
{
  guint n_dots = 0;
  gsize n_in_part = 0;

  for (; *text; text++)
    {
      if (*text == '.')
        {
          if (n_in_part == 0)
            return FALSE;
          n_in_part = 0;
          n_dots++;
        }
      else if (g_ascii_isalnum (*text) || *text == '-' || *text == '_')
        {
          n_in_part++;
        }
      else
        {
          return FALSE;
        }
    }

  return n_dots == 2 && n_in_part > 0;
}

/**
 * wire_token_split:
 * @self: (out caller-allocates): the parts; zeros on failure
 * @text: a token as it stands in a frame, which stays
 *
 * skapi-js writes `null` where it has no token; that is none.
 *
 * Returns: %FALSE if @text is neither of the two forms
 */
gboolean
wire_token_split (WireToken  *self,
                  const char *text)
{
  const char *service = text + strlen (ID_PREFIX);
  const char *owner;
  const char *jwt;

  memset (self, 0, sizeof *self);

  if (!g_str_has_prefix (text, ID_PREFIX))
    {
      self->jwt = is_jwt (text) ? text : NULL;
      return self->jwt != NULL;
    }

  owner = strchr (service, ':');
  jwt = owner ? strchr (owner + 1, ':') : NULL;

  if (!jwt || !is_jwt (jwt + 1))
    return FALSE;

  self->is_id_token = TRUE;
  self->service = g_strndup (service, (gsize) (owner - service));
  self->owner = g_strndup (owner + 1, (gsize) (jwt - owner - 1));
  self->jwt = jwt + 1;

  return TRUE;
}

/**
 * wire_token_clear:
 * @self: a token
 *
 * Frees its parts.
 */
void
wire_token_clear (WireToken *self)
{
  g_free (self->service);
  g_free (self->owner);
  memset (self, 0, sizeof *self);
}
