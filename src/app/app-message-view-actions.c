/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-message-view"

#include "config.h"

#include "app-message-view-private.h"

#include "app-message-menu.h"
#include "app-text-dialog.h"
#include "app-widget.h"

/* What can be done with a message, and the menu that offers it. */

static void
show_menu (AppMessageView *self,
           AppMessageRow  *row,
           double          x,
           double          y)
{
  ConfabMessage *message = app_timeline_item_get_message (app_message_row_get_item (row));
  g_autoptr(GMenuModel) model = NULL;

  if (!*confab_message_get_text (message))
    return;

  model = app_message_menu_new (message);
  app_widget_pop_up_menu (GTK_WIDGET (self), &self->menu, model, x, y);
}

static void
show_menu_at (AppMessageView *self,
              double          x,
              double          y)
{
  AppMessageRow *row = app_message_view_find_row_at (self, x, y);
  graphene_point_t at;

  if (row && gtk_widget_compute_point (GTK_WIDGET (self->list), GTK_WIDGET (self),
                                       &GRAPHENE_POINT_INIT (x, y), &at))
    show_menu (self, row, at.x, at.y);
}

static void
menu_pressed_cb (AppMessageView *self,
                 int             n_press,
                 double          x,
                 double          y)
{
  show_menu_at (self, x, y);
}

static void
long_pressed_cb (AppMessageView *self,
                 double          x,
                 double          y)
{
  show_menu_at (self, x, y);
}

static AppMessageRow *
get_focused_row (AppMessageView *self)
{
  GtkWidget *row = app_widget_get_focused_row (GTK_WIDGET (self->list));

  return APP_IS_MESSAGE_ROW (row) ? APP_MESSAGE_ROW (row) : NULL;
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppMessageView *self = APP_MESSAGE_VIEW (widget);
  AppMessageRow *row = get_focused_row (self);
  graphene_point_t at;

  if (row &&
      gtk_widget_compute_point (GTK_WIDGET (row), widget, &GRAPHENE_POINT_INIT (24, 24), &at))
    show_menu (self, row, at.x, at.y);
}

static void
copy_text (AppMessageView *self,
           ConfabMessage  *message)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          confab_message_get_text (message));
}

static void
copy_focused_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  AppMessageView *self = APP_MESSAGE_VIEW (widget);
  AppMessageRow *row = get_focused_row (self);

  if (row)
    copy_text (self, app_timeline_item_get_message (app_message_row_get_item (row)));
}

static void
select_text (AppMessageView *self,
             ConfabMessage  *message)
{
  g_autoptr(GPtrArray) rows = app_widget_list_rows (GTK_WIDGET (self->list));

  for (guint i = 0; i < rows->len; i++)
    {
      AppMessageRow *row = APP_IS_MESSAGE_ROW (rows->pdata[i]) ? rows->pdata[i] : NULL;
      AppTimelineItem *item = row ? app_message_row_get_item (row) : NULL;

      if (item && app_timeline_item_get_message (item) == message)
        app_message_row_select_text (row);
    }
}

static void
message_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  AppMessageView *self = APP_MESSAGE_VIEW (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  ConfabMessage *message = app_timeline_find (self->timeline, id);
  const char *verb = action_name + strlen ("message.");

  if (!message)
    return;

  if (g_str_equal (verb, "copy"))
    copy_text (self, message);
  else if (g_str_equal (verb, "select"))
    select_text (self, message);
  else if (g_str_equal (verb, "retry"))
    confab_room_retry (self->room, message);
  else if (g_str_equal (verb, "discard"))
    confab_room_discard (self->room, message);
  else if (g_str_equal (verb, "show-all"))
    app_text_dialog_present (confab_message_get_text (message), widget);
}

/* Also what the template calls. */
void
app_message_view_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, menu_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, long_pressed_cb);
  gtk_widget_class_install_action (widget_class, "message.menu", NULL, menu_action);
  gtk_widget_class_install_action (widget_class, "message.copy-focused", NULL, copy_focused_action);
  gtk_widget_class_install_action (widget_class, "message.copy", "s", message_action);
  gtk_widget_class_install_action (widget_class, "message.select", "s", message_action);
  gtk_widget_class_install_action (widget_class, "message.retry", "s", message_action);
  gtk_widget_class_install_action (widget_class, "message.discard", "s", message_action);
  gtk_widget_class_install_action (widget_class, "message.show-all", "s", message_action);
}
