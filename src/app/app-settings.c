/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-settings"

#include "config.h"

#include "app-settings.h"

/* The key-file back end is declared only for those who ask for it. */
#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

#define ROOT_PATH "/io/github/confab_chat/Confab/"

/* On a machine without dconf GSettings forgets everything at exit, unless it
 * was told to: then a key file beside the profile's data remembers.
 */
static GSettingsBackend *
pick_backend (const char *data_dir)
{
  g_autoptr(GSettingsBackend) backend = g_settings_backend_get_default ();
  g_autofree char *path = NULL;

  if (g_strcmp0 (G_OBJECT_TYPE_NAME (backend), "GMemorySettingsBackend") != 0 ||
      g_getenv ("GSETTINGS_BACKEND"))
    return g_steal_pointer (&backend);

  path = g_build_filename (data_dir, "settings.ini", NULL);

  return g_keyfile_settings_backend_new (path, ROOT_PATH, "confab");
}

/**
 * app_settings_new:
 * @profile_name: the profile
 * @data_dir: where the profile keeps its data
 *
 * Opens the settings of one profile; each has its own.
 *
 * Returns: (transfer full) (nullable): settings; %NULL where the schema is not
 *   installed
 */
GSettings *
app_settings_new (const char *profile_name,
                  const char *data_dir)
{
  g_autofree char *path = g_strdup_printf (ROOT_PATH "%s/", profile_name);
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autoptr(GSettingsBackend) backend = NULL;

  schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (),
                                            APPLICATION_ID, TRUE);
  if (!schema)
    return NULL;

  backend = pick_backend (data_dir);

  return g_settings_new_full (schema, backend, path);
}
