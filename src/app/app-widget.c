/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-widget"

#include "config.h"

#include "app-widget.h"

#include "app-error.h"

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

/**
 * app_widget_list_rows:
 * @list_view: a #GtkListView
 *
 * Returns: (transfer container) (element-type GtkWidget): the children of its items that there are
 *   widgets at the moment; each stands in a frame of GTK's own
 */
GPtrArray *
app_widget_list_rows (GtkWidget *list_view)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (GtkWidget *frame = gtk_widget_get_first_child (list_view); frame;
       frame = gtk_widget_get_next_sibling (frame))
    {
      GtkWidget *row = gtk_widget_get_first_child (frame);

      if (row)
        g_ptr_array_add (rows, row);
    }

  return rows;
}

/**
 * app_widget_get_focused_row:
 * @list_view: a #GtkListView
 *
 * Returns: (transfer none) (nullable): the child of the item that has the focus
 */
GtkWidget *
app_widget_get_focused_row (GtkWidget *list_view)
{
  GtkWidget *frame = gtk_widget_get_focus_child (list_view);

  return frame ? gtk_widget_get_first_child (frame) : NULL;
}

/**
 * app_widget_pop_up_menu:
 * @widget: what the menu is of
 * @popover: (inout): the widget's popover, made when it is %NULL; @widget unparents it in the end
 * @model: what can be chosen
 * @x: where, in @widget
 * @y: where, in @widget
 */
void
app_widget_pop_up_menu (GtkWidget   *widget,
                        GtkWidget  **popover,
                        GMenuModel  *model,
                        double       x,
                        double       y)
{
  if (!*popover)
    {
      *popover = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (*popover), FALSE);
      gtk_widget_set_halign (*popover, GTK_ALIGN_START);
      gtk_widget_set_parent (*popover, widget);
    }

  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (*popover), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (*popover), &(GdkRectangle) { x, y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (*popover));
}

/**
 * app_widget_show_error:
 * @label: where errors of a form stand
 * @error: (nullable): what went wrong; %NULL hides @label
 */
void
app_widget_show_error (GtkLabel     *label,
                       const GError *error)
{
  g_autofree char *sentence = error ? app_error_describe (error) : NULL;

  gtk_label_set_label (label, sentence ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (label), sentence != NULL);
}
