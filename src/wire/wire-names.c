/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-names"

#include "config.h"

#include "wire-names.h"

#include "wire-error.h"
#include "wire-limits.h"

#include <string.h>

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError     **error,
        const char  *format,
        ...)
{
  va_list args;

  va_start (args, format);

  if (error)
    *error = g_error_new_valist (WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, format, args);

  va_end (args);

  return FALSE;
}

/* What would make a name look like another, or like more than one line. */
static gboolean
is_treacherous (gunichar c)
{
  switch (c)
    {
    case 0x061c: /* Arabic letter mark */
    case 0x200e: /* left-to-right mark */
    case 0x200f: /* right-to-left mark */
    case 0x2028: /* line separator */
    case 0x2029: /* paragraph separator */
      return TRUE;
    default:
      return g_unichar_type (c) == G_UNICODE_CONTROL ||
             (c >= 0x202a && c <= 0x202e) || /* bidi embeddings and overrides */
             (c >= 0x2066 && c <= 0x2069);   /* bidi isolates */
    }
}

static gboolean
check_characters (const char  *name,
                  const char  *what,
                  GError     **error)
{
  if (!g_utf8_validate (name, -1, NULL))
    return refuse (error, "%s is not UTF-8", what);

  for (const char *next = name; *next; next = g_utf8_next_char (next))
    if (is_treacherous (g_utf8_get_char (next)))
      return refuse (error, "%s has a control character", what);

  return TRUE;
}

/**
 * wire_name_check_group:
 * @name: what a group is to be called
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: whether a group may be called that
 */
gboolean
wire_name_check_group (const char  *name,
                       GError     **error)
{
  BaseUuid id;
  gsize length = strlen (name);

  if (length < 1 || length > WIRE_LIMIT_GROUP_NAME_BYTES)
    return refuse (error, "A group's name has 1 to %d bytes", WIRE_LIMIT_GROUP_NAME_BYTES);

  if (name[0] == '@')
    return refuse (error, "A group's name does not begin with @");

  /* Skapi takes whatever looks like one for a user. */
  if (base_uuid_parse (&id, name, (gssize) length))
    return refuse (error, "A group's name is not shaped like a UUID");

  return check_characters (name, "A group's name", error);
}

/**
 * wire_name_check_display:
 * @name: how a user is to be shown
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: whether a user may be shown as that
 */
gboolean
wire_name_check_display (const char  *name,
                         GError     **error)
{
  gboolean visible = FALSE;

  if (!check_characters (name, "A display name", error))
    return FALSE;

  if (g_utf8_strlen (name, -1) > WIRE_LIMIT_DISPLAY_NAME_CHARS)
    return refuse (error, "A display name has 1 to %d characters", WIRE_LIMIT_DISPLAY_NAME_CHARS);

  for (const char *next = name; *next && !visible; next = g_utf8_next_char (next))
    visible = g_unichar_isgraph (g_utf8_get_char (next));

  if (!visible)
    return refuse (error, "A display name needs a character that can be seen");

  return TRUE;
}

/**
 * wire_name_check_password:
 * @password: a password
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: whether it has a length that a password may have
 */
gboolean
wire_name_check_password (const char  *password,
                          GError     **error)
{
  gsize length = strlen (password);

  if (length < WIRE_LIMIT_PASSWORD_BYTES_MIN || length > WIRE_LIMIT_PASSWORD_BYTES)
    return refuse (error, "A password has %d to %d bytes",
                   WIRE_LIMIT_PASSWORD_BYTES_MIN, WIRE_LIMIT_PASSWORD_BYTES);

  return TRUE;
}

static gboolean
may_be_in_user_name (gunichar c,
                     gboolean first)
{
  if (c == '.' || c == '_' || c == '-' || g_unichar_isalnum (c))
    return TRUE;

  /* Vowel signs and accents belong to the letter before them. */
  return !first && g_unichar_ismark (c);
}

static gboolean
check_user_characters (const char  *name,
                       GError     **error)
{
  glong n_chars = g_utf8_strlen (name, -1);

  if (n_chars < 1 || n_chars > WIRE_LIMIT_USER_NAME_CHARS)
    return refuse (error, "A name has 1 to %d characters", WIRE_LIMIT_USER_NAME_CHARS);

  for (const char *next = name; *next; next = g_utf8_next_char (next))
    if (!may_be_in_user_name (g_utf8_get_char (next), next == name))
      return refuse (error, "A name has only letters, digits and the characters . _ -");

  return TRUE;
}

/**
 * wire_name_fold_user:
 * @name: the name of an account
 * @error: return location for a %WIRE_ERROR
 *
 * Checks @name and brings it into the form by which names are compared: NFKC, then case
 * folding, then NFKC again since folding can undo the first (Unicode Standard §3.13).
 *
 * Returns: (transfer full): the form for comparing, or %NULL if @name may not be used
 */
char *
wire_name_fold_user (const char  *name,
                     GError     **error)
{
  g_autofree char *composed = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *recomposed = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    {
      refuse (error, "A name is not UTF-8");
      return NULL;
    }

  if (!check_user_characters (name, error))
    return NULL;

  composed = g_utf8_normalize (name, -1, G_NORMALIZE_NFKC);
  folded = g_utf8_casefold (composed, -1);
  recomposed = g_utf8_normalize (folded, -1, G_NORMALIZE_NFKC);

  /* A letter can be compatible with a whole sentence (U+FDFA). */
  if (!check_user_characters (recomposed, error))
    return NULL;

  return g_steal_pointer (&recomposed);
}

/**
 * wire_rid_is_direct:
 * @rid: how a peer names a room
 * @peer: (out caller-allocates) (optional): the other user; untouched if it is no direct room
 *
 * Returns: whether @rid is the direct room with a user
 */
gboolean
wire_rid_is_direct (const char *rid,
                    BaseUuid   *peer)
{
  BaseUuid id;

  if (rid[0] != '@' || !base_uuid_parse (&id, rid + 1, -1))
    return FALSE;

  if (peer)
    *peer = id;

  return TRUE;
}

/**
 * wire_rid_normalize:
 * @rid: how a peer names a room
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: (transfer full): @rid, a user's id in lower case; or %NULL if it can be no room
 */
char *
wire_rid_normalize (const char  *rid,
                    GError     **error)
{
  if (rid[0] != '@')
    return wire_name_check_group (rid, error) ? g_strdup (rid) : NULL;

  if (!wire_rid_is_direct (rid, NULL))
    {
      refuse (error, "After @ comes a user id");
      return NULL;
    }

  return g_ascii_strdown (rid, -1);
}
