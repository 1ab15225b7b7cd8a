/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-name"

#include "config.h"

#include "app-name.h"

#include <string.h>
#include <sys/random.h>

#include <glib/gi18n.h>

/* The protocol's limits, checked here so that a form can say so at once. The
 * server has the last word.
 */
#define MAX_ACCOUNT_CHARS 64
#define MAX_DISPLAY_CHARS 128
#define MAX_GROUP_BYTES 256
#define MIN_PASSWORD_BYTES 8
#define MAX_PASSWORD_BYTES 1024
#define GENERATED_PASSWORD_CHARS 24

/* No characters that are mistaken for one another when read aloud. */
static const char password_alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

static gboolean
is_account_char (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c) || c == '.' || c == '_' || c == '-';
}

/**
 * app_name_to_account:
 * @display_name: (nullable): how a person writes their name
 *
 * Suggests a user name, so that nobody has to invent one.
 *
 * Returns: (transfer full): lower case, joined by full stops; empty when
 *   @display_name has no letter or digit
 */
char *
app_name_to_account (const char *display_name)
{
  g_autofree char *normal = g_utf8_normalize (display_name ? display_name : "", -1,
                                              G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *lower = normal ? g_utf8_strdown (normal, -1) : g_strdup ("");
  GString *account = g_string_new (NULL);
  gboolean pending_stop = FALSE;
  int n_chars = 0;

  for (const char *at = lower; *at && n_chars < MAX_ACCOUNT_CHARS - 1; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!is_account_char (c) || c == '.')
        {
          pending_stop = pending_stop || ((g_unichar_isspace (c) || c == '.') && account->len > 0);
          continue;
        }

      if (pending_stop)
        g_string_append_c (account, '.');
      g_string_append_unichar (account, c);
      n_chars += pending_stop ? 2 : 1;
      pending_stop = FALSE;
    }

  return g_string_free_and_steal (account);
}

/**
 * app_name_to_space:
 * @display_name: (nullable): the name of who hosts
 *
 * Returns: (transfer full): a name for their space
 */
char *
app_name_to_space (const char *display_name)
{
  g_autofree char *name = g_strstrip (g_strdup (display_name ? display_name : ""));

  if (!*name)
    return g_strdup (_("My Space"));

  /* Translators: %s is a person: "Anna’s Space". */
  return g_strdup_printf (_("%s’s Space"), name);
}

/**
 * app_name_of_person:
 *
 * Returns: (transfer full): the name the desktop knows its user by; empty when
 *   it is only that of a system account
 */
char *
app_name_of_person (void)
{
  const char *name = g_get_real_name ();

  if (g_strcmp0 (name, "Unknown") == 0 || g_strcmp0 (name, g_get_user_name ()) == 0)
    return g_strdup ("");

  return g_strdup (name);
}

/**
 * app_name_to_address:
 * @url: the base URL of a space
 *
 * Returns: (transfer full): the URL as one gives it to another person: without
 *   the slash at its end
 */
char *
app_name_to_address (const char *url)
{
  gsize length = strlen (url);

  while (length > 0 && url[length - 1] == '/')
    length--;

  return g_strndup (url, length);
}

/**
 * app_name_password:
 *
 * Makes a password with more than 128 bits from the kernel's random numbers.
 *
 * Returns: (transfer full): 24 letters and digits
 */
char *
app_name_password (void)
{
  const guint n_letters = sizeof password_alphabet - 1;
  const guint n_fair = 256 - 256 % n_letters;
  GString *password = g_string_sized_new (GENERATED_PASSWORD_CHARS);

  while (password->len < GENERATED_PASSWORD_CHARS)
    {
      guint8 random;

      /* Bytes above the last full multiple would favour the first letters. */
      if (getrandom (&random, sizeof random, 0) == sizeof random && random < n_fair)
        g_string_append_c (password, password_alphabet[random % n_letters]);
    }

  return g_string_free_and_steal (password);
}

/**
 * app_name_is_account:
 * @name: what somebody typed
 *
 * Returns: whether it may be a user name
 */
gboolean
app_name_is_account (const char *name)
{
  glong n_chars = g_utf8_strlen (name, -1);

  if (n_chars < 1 || n_chars > MAX_ACCOUNT_CHARS)
    return FALSE;

  for (const char *at = name; *at; at = g_utf8_next_char (at))
    {
      if (!is_account_char (g_utf8_get_char (at)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
has_control_char (const char *text)
{
  for (const char *at = text; *at; at = g_utf8_next_char (at))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (at)))
        return TRUE;
    }

  return FALSE;
}

/**
 * app_name_is_display:
 * @name: what somebody typed
 *
 * Returns: whether it may be a person's or a space's name
 */
gboolean
app_name_is_display (const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  return *stripped && g_utf8_strlen (stripped, -1) <= MAX_DISPLAY_CHARS &&
         !has_control_char (stripped);
}

/**
 * app_name_is_group:
 * @name: what somebody typed
 *
 * Returns: whether a group may be called so
 */
gboolean
app_name_is_group (const char *name)
{
  return *name && *name != '@' && strlen (name) <= MAX_GROUP_BYTES &&
         !has_control_char (name) && !g_uuid_string_is_valid (name);
}

/**
 * app_name_is_password:
 * @password: what somebody typed
 *
 * Returns: whether it is long enough and not too long
 */
gboolean
app_name_is_password (const char *password)
{
  gsize n_bytes = strlen (password);

  return n_bytes >= MIN_PASSWORD_BYTES && n_bytes <= MAX_PASSWORD_BYTES;
}
