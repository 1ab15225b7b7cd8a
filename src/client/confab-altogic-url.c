/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-altogic-url"

#include "config.h"

#include "confab-altogic-url-private.h"

#include "confab-client-error.h"

#include <gio/gio.h>
#include <string.h>

/* The "ID" of a path "/e:ID…", or "". */
static char *
find_env_id (const char *path)
{
  if (!g_str_has_prefix (path, "/e:") && !g_str_has_prefix (path, "/E:"))
    return g_strdup ("");

  return g_strndup (path + 3, strcspn (path + 3, "/"));
}

/* The table of the services' own clients; other hosts than theirs are taken as they are, where
 * those clients would ask the page that they run in. */
static char *
make_realtime_host (const char  *host,
                    const char  *env_id,
                    char       **subdomain)
{
  g_auto(GStrv) labels = g_strsplit (host, ".", -1);
  guint n = g_strv_length (labels);
  const char *rest = strchr (host, '.');

  *subdomain = g_strdup ("");
  if (g_hostname_is_ip_address (host))
    return g_strdup (host);

  if (n == 4)
    {
      g_set_str (subdomain, labels[0]);
      return g_strconcat ("realtime", rest, NULL);
    }

  if (n == 3 && *env_id && g_str_equal (labels[0], "engine"))
    return g_strconcat ("realtime", rest, NULL);

  return n == 3 ? g_strconcat ("realtime.", host, NULL) : g_strdup (host);
}

/* @self stays as it is on failure. */
gboolean
confab_altogic_url_parse (ConfabAltogicUrl  *self,
                          const char        *env_url,
                          GError           **error)
{
  g_autoptr(GUri) uri = NULL;
  g_autofree char *host = NULL;
  g_autoptr(GUri) realtime = NULL;
  gsize length = strlen (env_url);

  if (g_str_has_prefix (env_url, "http://") || g_str_has_prefix (env_url, "https://"))
    uri = g_uri_parse (env_url, G_URI_FLAGS_NONE, NULL);

  if (!uri || !g_uri_get_host (uri) || !*g_uri_get_host (uri))
    {
      g_set_error_literal (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
                           "envUrl is not a valid URL. It should start with https://");
      return FALSE;
    }

  self->env_id = find_env_id (g_uri_get_path (uri));
  host = make_realtime_host (g_uri_get_host (uri), self->env_id, &self->subdomain);
  realtime = g_uri_build (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host,
                          g_uri_get_port (uri), "", NULL, NULL);
  self->realtime = g_uri_to_string (realtime);
  while (length > 0 && env_url[length - 1] == '/')
    length--;
  self->rest = g_strndup (env_url, length);

  return TRUE;
}

void
confab_altogic_url_clear (ConfabAltogicUrl *self)
{
  g_clear_pointer (&self->rest, g_free);
  g_clear_pointer (&self->realtime, g_free);
  g_clear_pointer (&self->subdomain, g_free);
  g_clear_pointer (&self->env_id, g_free);
}
