/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-message-menu"

#include "config.h"

#include "app-message-menu.h"

#include <glib/gi18n.h>

/**
 * app_message_menu_new:
 * @message: a message
 *
 * Returns: (transfer full): what can be done with it; the items act through
 *   AppMessageView
 */
GMenuModel *
app_message_menu_new (ConfabMessage *message)
{
  GMenu *menu = g_menu_new ();
  const char *id = confab_message_get_id (message);
  ConfabMessageState state = confab_message_get_state (message);
  const struct
  {
    const char *label;
    const char *action;
    gboolean    shown;
  } entries[] = {
    { N_("_Copy Text"), "message.copy", TRUE },
    { N_("_Select Text"), "message.select", TRUE },
    { N_("_Try Again"), "message.retry", confab_message_get_retryable (message) },
    { N_("_Discard"), "message.discard",
      confab_message_get_outgoing (message) && (state == CONFAB_MESSAGE_STATE_FAILED ||
                                                state == CONFAB_MESSAGE_STATE_QUEUED) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr(GMenuItem) entry = NULL;

      if (!entries[i].shown)
        continue;
      entry = g_menu_item_new (_(entries[i].label), NULL);
      g_menu_item_set_action_and_target (entry, entries[i].action, "s", id);
      g_menu_append_item (menu, entry);
    }

  return G_MENU_MODEL (menu);
}
