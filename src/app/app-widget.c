/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-widget"

#include "config.h"

#include "app-widget.h"

/**
 * app_widget_drop_children:
 * @widget: a widget that is being disposed of
 *
 * Lets go of all children. A template lets go only of those it names.
 */
void
app_widget_drop_children (GtkWidget *widget)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (widget)))
    gtk_widget_unparent (child);
}
