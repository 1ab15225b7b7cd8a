/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-about"

#include "config.h"

#include "app-about.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define HOMEPAGE "https://github.com/confab-chat/confab"

/**
 * app_about_present:
 * @parent: a widget of the window to show it over
 *
 * Says what this program is and who made it.
 */
void
app_about_present (GtkWidget *parent)
{
  AdwDialog *dialog = adw_about_dialog_new ();
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (dialog);

  adw_about_dialog_set_application_name (about, "Confab");
  adw_about_dialog_set_application_icon (about, APPLICATION_ID);
  adw_about_dialog_set_version (about, PACKAGE_VERSION);
  adw_about_dialog_set_developer_name (about, _("The Confab developers"));
  adw_about_dialog_set_comments (about, _("Talk in a space of your own"));
  adw_about_dialog_set_website (about, HOMEPAGE);
  adw_about_dialog_set_issue_url (about, HOMEPAGE "/issues");
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  /* Translators: your name, one translator a line. */
  adw_about_dialog_set_translator_credits (about, _("translator-credits"));
  adw_dialog_present (dialog, parent);
}
