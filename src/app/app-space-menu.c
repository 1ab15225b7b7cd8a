/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-space-menu"

#include "config.h"

#include "app-space-menu.h"

#include <glib/gi18n.h>

/* The menu by which one goes from space to space. It follows the sessions for
 * as long as it is held.
 */
typedef struct
{
  GMenu      *spaces;
  GListModel *sessions;
  GPtrArray  *watched;
} SpaceMenu;

static void fill (SpaceMenu *self);

static char *
make_label (ConfabSession *session)
{
  const char *space = confab_session_get_space_name (session);
  const char *person = confab_user_get_display_name (confab_session_get_user (session));
  guint n_unread = confab_session_get_n_unread (session);

  if (n_unread > 0)
    /* Translators: a space, the name one has there, and the number of unread messages. */
    return g_strdup_printf (C_("space menu", "%s – %s (%u)"), space, person, n_unread);

  /* Translators: a space and the name one has there. */
  return g_strdup_printf (C_("space menu", "%s – %s"), space, person);
}

static void
session_changed_cb (SpaceMenu *self)
{
  fill (self);
}

static void
sessions_changed_cb (GListModel *sessions,
                     guint       position,
                     guint       n_removed,
                     guint       n_added,
                     SpaceMenu  *self)
{
  fill (self);
}

static void
unwatch_all (SpaceMenu *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (self->watched->pdata[i], self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
fill (SpaceMenu *self)
{
  guint n_sessions = g_list_model_get_n_items (self->sessions);

  unwatch_all (self);
  g_menu_remove_all (self->spaces);

  for (guint i = 0; i < n_sessions; i++)
    {
      ConfabSession *session = g_list_model_get_item (self->sessions, i);
      g_autofree char *label = make_label (session);
      g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "win.session", "s", confab_session_get_id (session));
      g_menu_append_item (self->spaces, item);
      g_signal_connect_swapped (session, "notify::space-name", G_CALLBACK (session_changed_cb),
                                self);
      g_signal_connect_swapped (session, "notify::n-unread", G_CALLBACK (session_changed_cb), self);
      g_ptr_array_add (self->watched, session);
    }
}

static void
space_menu_free (gpointer data)
{
  SpaceMenu *self = data;

  unwatch_all (self);
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_ptr_array_unref (self->watched);
  g_object_unref (self->sessions);
  g_object_unref (self->spaces);
  g_free (self);
}

/**
 * app_space_menu_new:
 * @sessions: a list of #ConfabSession
 *
 * Returns: (transfer full): a menu whose items set `win.session`, and with the
 *   other things one does with spaces
 */
GMenuModel *
app_space_menu_new (GListModel *sessions)
{
  GMenu *menu = g_menu_new ();
  g_autoptr(GMenu) others = g_menu_new ();
  SpaceMenu *self = g_new0 (SpaceMenu, 1);

  self->spaces = g_menu_new ();
  self->sessions = g_object_ref (sessions);
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (sessions, "items-changed", G_CALLBACK (sessions_changed_cb), self);
  fill (self);

  g_menu_append (others, _("_Invite People…"), "win.invite");
  g_menu_append (others, _("_Add Space…"), "win.add-space");
  g_menu_append (others, _("_Remove This Space…"), "win.remove-space");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (self->spaces));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));

  /* Not the state of an operation: it is the menu's own, for its lifetime. */
  g_object_set_data_full (G_OBJECT (menu), "space-menu", self, space_menu_free);

  return G_MENU_MODEL (menu);
}
