/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-settings"

#include "config.h"

#include "app-settings.h"

#define ROOT_PATH "/io/github/confab_chat/Confab/"

/**
 * app_settings_new:
 * @profile_name: the profile
 *
 * Opens the settings of one profile; each has its own.
 *
 * Returns: (transfer full) (nullable): settings; %NULL where the schema is not
 *   installed
 */
GSettings *
app_settings_new (const char *profile_name)
{
  g_autofree char *path = g_strdup_printf (ROOT_PATH "%s/", profile_name);
  g_autoptr(GSettingsSchema) schema = NULL;

  schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (),
                                            APPLICATION_ID, TRUE);
  if (!schema)
    return NULL;

  return g_settings_new_full (schema, NULL, path);
}
