/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-device-menu"

#include "config.h"

#include "app-device-menu.h"

#include <glib/gi18n.h>

/* In the order of ConfabDeviceKind: its setting, and what stands above it. */
static const struct
{
  const char *key;
  const char *title;
} kinds[] = {
  [CONFAB_DEVICE_KIND_MICROPHONE] = { "microphone", N_("Microphone") },
  [CONFAB_DEVICE_KIND_SPEAKER] = { "speaker", N_("Speaker") },
  [CONFAB_DEVICE_KIND_CAMERA] = { "camera", N_("Camera") },
};

/* Labels are plain text; a menu takes an underscore for a mnemonic. */
static void
append_choice (GMenu      *menu,
               const char *key,
               const char *name,
               const char *id)
{
  g_autoptr(GMenuItem) item = NULL;
  g_autoptr(GString) label = g_string_new (name);
  g_autofree char *action = g_strdup_printf (APP_DEVICE_MENU_GROUP ".%s", key);

  g_string_replace (label, "_", "__", 0);
  item = g_menu_item_new (label->str, NULL);
  g_menu_item_set_action_and_target (item, action, "s", id);
  g_menu_append_item (menu, item);
}

static void
devices_changed_cb (GListModel *devices,
                    guint       position,
                    guint       n_removed,
                    guint       n_added,
                    GMenu      *menu)
{
  const char *key = g_object_get_data (G_OBJECT (menu), "key");

  g_menu_remove_all (menu);
  append_choice (menu, key, _("As the System"), "");
  for (guint i = 0; i < g_list_model_get_n_items (devices); i++)
    {
      g_autoptr(ConfabDevice) device = g_list_model_get_item (devices, i);

      append_choice (menu, key, confab_device_get_name (device), confab_device_get_id (device));
    }
}

/**
 * app_device_menu_get_key:
 * @kind: what for
 *
 * Returns: (transfer none): the setting with the id of the device that was chosen
 */
const char *
app_device_menu_get_key (ConfabDeviceKind kind)
{
  return kinds[kind].key;
}

/**
 * app_device_menu_new:
 * @devices: the devices of this computer
 *
 * Returns: (transfer full): a menu to choose from, which follows what is plugged in. Its actions
 *   are those of app_device_menu_new_actions().
 */
GMenuModel *
app_device_menu_new (ConfabDevices *devices)
{
  GMenu *menu = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr(GMenu) section = g_menu_new ();
      GListModel *list = confab_devices_get_list (devices, (ConfabDeviceKind) i);

      g_object_set_data (G_OBJECT (section), "key", (gpointer) kinds[i].key);
      g_signal_connect_object (list, "items-changed", G_CALLBACK (devices_changed_cb), section, 0);
      devices_changed_cb (list, 0, 0, 0, section);
      g_menu_append_section (menu, gettext (kinds[i].title), G_MENU_MODEL (section));
    }

  return G_MENU_MODEL (menu);
}

/**
 * app_device_menu_new_actions:
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): an action for each kind of device, to be inserted as
 *   %APP_DEVICE_MENU_GROUP
 */
GSimpleActionGroup *
app_device_menu_new_actions (GSettings *settings)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr(GAction) action = g_settings_create_action (settings, kinds[i].key);

      g_action_map_add_action (G_ACTION_MAP (group), action);
    }

  return group;
}
