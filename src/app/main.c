/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confab"

#include "config.h"

#include "app-application.h"

#include <locale.h>

#include <glib/gi18n.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr(GApplication) application = NULL;
  /* Before it is installed, its translations are in the build directory. */
  const char *locale_dir = g_getenv ("CONFAB_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* Before anything asks: it names the icon and the entry of the desktop, also
   * for a profile with an application id of its own.
   */
  g_set_prgname (APPLICATION_ID);
  g_set_application_name ("Confab");

  application = app_application_new ();

  return g_application_run (application, argc, argv);
}
