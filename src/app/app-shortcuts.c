/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-shortcuts"

#include "config.h"

#include "app-shortcuts.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* What libadwaita 1.8 has as AdwShortcutsDialog; GTK's own window for it is
 * deprecated since 4.18. A row without an accelerator begins a group.
 */
static const struct
{
  const char *title;
  const char *accelerator;
} rows[] = {
  { NC_ ("shortcuts", "Conversations"), NULL },
  { NC_ ("shortcuts", "New conversation"), "<Control>n" },
  { NC_ ("shortcuts", "Search, or switch room"), "<Control>k" },
  { NC_ ("shortcuts", "Search in this conversation"), "<Control>f" },
  { NC_ ("shortcuts", "Previous conversation"), "<Alt>Up" },
  { NC_ ("shortcuts", "Next conversation"), "<Alt>Down" },
  { NC_ ("shortcuts", "People and details"), "F9" },
  { NC_ ("shortcuts", "Messages"), NULL },
  { NC_ ("shortcuts", "Send"), "Return" },
  { NC_ ("shortcuts", "New line"), "<Shift>Return" },
  { NC_ ("shortcuts", "Insert emoji"), "<Control>period" },
  { NC_ ("shortcuts", "Copy the message"), "<Control>c" },
  { NC_ ("shortcuts", "Menu of the message or room"), "<Shift>F10" },
  { NC_ ("shortcuts", "Calls"), NULL },
  { NC_ ("shortcuts", "Call"), "<Control><Shift>a" },
  { NC_ ("shortcuts", "Call with camera"), "<Control><Shift>v" },
  { NC_ ("shortcuts", "Accept"), "<Control>Return" },
  { NC_ ("shortcuts", "Decline"), "Escape" },
  { NC_ ("shortcuts", "Mute"), "<Control>d" },
  { NC_ ("shortcuts", "Camera on or off"), "<Control>e" },
  { NC_ ("shortcuts", "Share the screen"), "<Control>s" },
  { NC_ ("shortcuts", "Full screen"), "F11" },
  { NC_ ("shortcuts", "Hang up"), "<Control>h" },
  { NC_ ("shortcuts", "General"), NULL },
  { NC_ ("shortcuts", "Main menu"), "F10" },
  { NC_ ("shortcuts", "Preferences"), "<Control>comma" },
  { NC_ ("shortcuts", "Keyboard shortcuts"), "<Control>question" },
  { NC_ ("shortcuts", "Close window"), "<Control>w" },
  { NC_ ("shortcuts", "Quit"), "<Control>q" },
};

static GtkWidget *
make_row (const char *title,
          const char *accelerator)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *keys;
  g_autofree char *text = NULL;
  GdkModifierType modifiers = 0;
  guint keyval = 0;

  gtk_accelerator_parse (accelerator, &keyval, &modifiers);
  text = gtk_accelerator_get_label (keyval, modifiers);
  keys = gtk_label_new (text);
  gtk_widget_add_css_class (keys, "keycap");
  gtk_widget_set_valign (keys, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);

  return row;
}

/**
 * app_shortcuts_present:
 * @parent: a widget of the window to show it over
 *
 * Lists what the keyboard can do.
 */
void
app_shortcuts_present (GtkWidget *parent)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *title = g_dpgettext2 (NULL, "shortcuts", rows[i].title);

      if (rows[i].accelerator)
        {
          adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                                     make_row (title, rows[i].accelerator));
          continue;
        }
      group = adw_preferences_group_new ();
      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
    }

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), page);
  adw_dialog_set_title (dialog, _("Keyboard Shortcuts"));
  adw_dialog_set_content_width (dialog, 460);
  adw_dialog_set_content_height (dialog, 640);
  adw_dialog_set_child (dialog, view);
  adw_dialog_present (dialog, parent);
}
