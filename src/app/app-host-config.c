/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-host-config"

#include "config.h"

#include "app-host-config.h"

#define GROUP "space"

/**
 * app_host_config_new:
 * @space_name: what the space is called
 * @port: TCP port, or 0
 * @on_lan: whether other computers may connect
 *
 * Returns: (transfer full): a configuration
 */
AppHostConfig *
app_host_config_new (const char *space_name,
                     guint16     port,
                     gboolean    on_lan)
{
  AppHostConfig *self = g_new0 (AppHostConfig, 1);

  self->space_name = g_strdup (space_name);
  self->port = port;
  self->on_lan = on_lan;

  return self;
}

/**
 * app_host_config_parse:
 * @bytes: the file's content
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the configuration, or %NULL with a
 *   #GKeyFileError
 */
AppHostConfig *
app_host_config_parse (GBytes  *bytes,
                       GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *space_name = NULL;
  gboolean on_lan;
  int port;

  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error))
    return NULL;

  space_name = g_key_file_get_string (file, GROUP, "name", error);
  if (!space_name)
    return NULL;

  port = g_key_file_get_integer (file, GROUP, "port", &local_error);
  if (local_error || port < 0 || port > G_MAXUINT16)
    port = 0;

  /* Missing or garbled means the safe choice: nobody else. */
  on_lan = g_key_file_get_boolean (file, GROUP, "on-lan", NULL);

  return app_host_config_new (space_name, port, on_lan);
}

/**
 * app_host_config_serialize:
 * @self: a configuration
 *
 * Returns: (transfer full): what app_host_config_parse() reads
 */
GBytes *
app_host_config_serialize (const AppHostConfig *self)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  gsize length = 0;
  char *data = NULL;

  g_key_file_set_string (file, GROUP, "name", self->space_name);
  g_key_file_set_integer (file, GROUP, "port", self->port);
  g_key_file_set_boolean (file, GROUP, "on-lan", self->on_lan);
  data = g_key_file_to_data (file, &length, NULL);

  return g_bytes_new_take (data, length);
}

/**
 * app_host_config_free:
 * @self: (transfer full): a configuration
 */
void
app_host_config_free (AppHostConfig *self)
{
  g_free (self->space_name);
  g_free (self);
}
