/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-form"

#include "config.h"

#include "app-form.h"

/**
 * app_form_get_text:
 * @entry: (nullable): an entry of a form
 *
 * Bindings of a template ask before the template is whole; then an entry that
 * does not exist yet is empty.
 *
 * Returns: (transfer none): the text
 */
const char *
app_form_get_text (GtkEditable *entry)
{
  return entry ? gtk_editable_get_text (entry) : "";
}

/**
 * app_form_dup_text:
 * @entry: (nullable): an entry of a form
 *
 * Returns: (transfer full): the text without space around it
 */
char *
app_form_dup_text (GtkEditable *entry)
{
  return g_strstrip (g_strdup (app_form_get_text (entry)));
}
