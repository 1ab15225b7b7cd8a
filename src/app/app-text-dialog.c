/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-text-dialog"

#include "config.h"

#include "app-text-dialog.h"

#include <adwaita.h>

/* A text view lays out whole lines: a line of a megabyte stops everything. It is broken between
 * two words, or within one that does not end.
 */
#define GOOD_LINE_CHARS 1000
#define MAX_LINE_CHARS 2000

static char *
break_lines (const char *text)
{
  GString *broken = g_string_new (NULL);
  int n_chars = 0;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    {
      n_chars = *at == '\n' ? 0 : n_chars + 1;
      if (n_chars > MAX_LINE_CHARS || (n_chars > GOOD_LINE_CHARS && at[-1] == ' '))
        {
          g_string_append_c (broken, '\n');
          n_chars = 1;
        }
      g_string_append_len (broken, at, g_utf8_next_char (at) - at);
    }

  return g_string_free_and_steal (broken);
}

/**
 * app_text_dialog_present:
 * @text: a text of any length
 * @parent: a widget of the window to show it over
 *
 * Shows a message that is too long for its row.
 */
void
app_text_dialog_present (const char *text,
                         GtkWidget  *parent)
{
  g_autoptr(GtkBuilder) builder = NULL;
  g_autofree char *broken = break_lines (text);
  GtkTextView *view;

  builder = gtk_builder_new_from_resource ("/io/github/confab_chat/Confab/app-text-dialog.ui");
  view = GTK_TEXT_VIEW (gtk_builder_get_object (builder, "text"));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), broken, -1);
  adw_dialog_present (ADW_DIALOG (gtk_builder_get_object (builder, "dialog")), parent);
}
