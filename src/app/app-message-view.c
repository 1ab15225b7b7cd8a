/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-message-view"

#include "config.h"

#include "app-message-view-private.h"

#include "app-error.h"
#include "app-format.h"
#include "app-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* What scrolls by faster than this has not been read. */
#define SEEN_AFTER_MS 300

/**
 * AppMessageView:
 *
 * The scrolling part of a conversation.
 *
 * Another room may be set at any time. It opens at the unread line, or at the
 * newest message; stays at the end while it is there; and moves the room's read marker to the
 * last message that was seen for a moment in a window that has the focus.
 */
G_DEFINE_FINAL_TYPE (AppMessageView, app_message_view, GTK_TYPE_WIDGET)

typedef enum {
  PROP_ROOM = 1,
  PROP_AT_END,
  PROP_LOADING,
} AppMessageViewProperty;

static GParamSpec *properties[PROP_LOADING + 1];

static ConfabMessageList *
get_messages (AppMessageView *self)
{
  return self->room ? confab_room_get_messages (self->room) : NULL;
}

static gboolean
follows_room (AppMessageView *self)
{
  ConfabMessageList *messages = get_messages (self);

  return messages && !confab_message_list_get_has_newer (messages);
}

static guint
get_n_rows (AppMessageView *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->timeline));
}

static void
show_page (AppMessageView *self)
{
  gboolean empty = self->opened && get_n_rows (self) == 0;

  gtk_stack_set_visible_child_name (self->pages, empty ? "empty" : "messages");
}

/* Returns: (nullable): the row that stands there in the list */
AppMessageRow *
app_message_view_find_row_at (AppMessageView *self,
                              double          x,
                              double          y)
{
  GtkWidget *hit = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_INSENSITIVE);

  if (!hit)
    return NULL;
  if (!APP_IS_MESSAGE_ROW (hit))
    {
      GtkWidget *row = gtk_widget_get_ancestor (hit, APP_TYPE_MESSAGE_ROW);

      /* Beside the bubble the hit is the row's frame. */
      if (!row && APP_IS_MESSAGE_ROW (gtk_widget_get_first_child (hit)))
        row = gtk_widget_get_first_child (hit);
      hit = row;
    }

  return hit ? APP_MESSAGE_ROW (hit) : NULL;
}

static guint64
find_seen_seq (AppMessageView *self)
{
  AppMessageRow *row;
  AppTimelineItem *item;

  if (app_message_view_get_at_end (self))
    return app_timeline_get_newest_seq (self->timeline);

  row = app_message_view_find_row_at (self, gtk_widget_get_width (GTK_WIDGET (self->list)) / 2.0,
                                      gtk_widget_get_height (GTK_WIDGET (self->list)) - 12);
  item = row ? app_message_row_get_item (row) : NULL;

  return item ? confab_message_get_seq (app_timeline_item_get_message (item)) : 0;
}

static gboolean
is_looked_at (AppMessageView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return self->room && self->opened && !self->settling &&
         !app_scroll_goal_is_active (self->goal) && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
         GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root));
}

static void
seen_cb (gpointer user_data)
{
  AppMessageView *self = user_data;
  guint64 seq;

  self->seen_timeout = 0;

  if (!is_looked_at (self))
    return;

  seq = find_seen_seq (self);
  if (seq <= confab_room_get_read_seq (self->room))
    return;

  self->seeing = TRUE;
  confab_room_mark_read (self->room, seq);
  self->seeing = FALSE;
}

/* A call that one was in is no news, nor is what was read on another device. */
static void
read_seq_changed_cb (AppMessageView *self)
{
  if (!self->seeing)
    app_timeline_take_read (self->timeline, confab_room_get_read_seq (self->room));
}

static void
look (AppMessageView *self)
{
  if (!self->seen_timeout)
    self->seen_timeout = g_timeout_add_once (SEEN_AFTER_MS, seen_cb, self);
}

/* Whoever comes back to the window finds a line above what is new. */
static void
active_changed_cb (GtkWindow      *window,
                   GParamSpec     *pspec,
                   AppMessageView *self)
{
  if (!self->room || !self->opened)
    return;

  if (gtk_window_is_active (window))
    look (self);
  else if (confab_room_get_n_unread (self->room) == 0)
    app_timeline_set_unread_after (self->timeline, confab_room_get_read_seq (self->room));
}

static void
at_end_changed_cb (AppMessageView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_END]);
  look (self);
}

static void
loading_changed_cb (AppMessageView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
has_newer_changed_cb (AppMessageView *self)
{
  app_end_keeper_set_complete (self->keeper, follows_room (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_END]);
}

static void
rows_changed_cb (AppMessageView *self,
                 guint           position,
                 guint           n_removed,
                 guint           n_added)
{
  show_page (self);

  if (!app_scroll_goal_is_active (self->goal) && n_added > 0 &&
      position + n_added == get_n_rows (self) &&
      app_end_keeper_get_at_end (self->keeper) && follows_room (self))
    app_end_keeper_stick (self->keeper);
  look (self);
}

static void
flash_bound_row (AppMessageView *self)
{
  g_autoptr(GPtrArray) rows = app_widget_list_rows (GTK_WIDGET (self->list));

  for (guint i = 0; i < rows->len; i++)
    {
      AppMessageRow *row = APP_IS_MESSAGE_ROW (rows->pdata[i]) ? rows->pdata[i] : NULL;
      AppTimelineItem *item = row ? app_message_row_get_item (row) : NULL;

      if (item && confab_message_get_seq (app_timeline_item_get_message (item)) == self->flash_seq)
        {
          app_message_row_flash (row);
          self->flash_seq = 0;
          return;
        }
    }
}

static void
show_seq (AppMessageView *self,
          guint64         seq)
{
  guint position = 0;

  if (!confab_message_list_get_position_of_seq (get_messages (self), seq, &position) ||
      position >= get_n_rows (self))
    return;

  self->flash_seq = seq;
  app_scroll_goal_go (self->goal, position, GTK_LIST_SCROLL_FOCUS);
  flash_bound_row (self);
}

static void
jumped_to_seq_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppMessageView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_message_list_jump_to_seq_finish (CONFAB_MESSAGE_LIST (object), result, &error))
    g_debug ("Jumping to a message: %s", error->message);
  else if (get_messages (self) == CONFAB_MESSAGE_LIST (object))
    show_seq (self, self->wanted_seq);
}

static void
jumped_to_newest_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(AppMessageView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_message_list_jump_to_newest_finish (CONFAB_MESSAGE_LIST (object), result, &error))
    g_debug ("Jumping to the newest message: %s", error->message);
  else if (get_messages (self) == CONFAB_MESSAGE_LIST (object))
    app_end_keeper_stick (self->keeper);
}

static void
newest_clicked_cb (AppMessageView *self)
{
  app_message_view_go_to_newest (self);
}

static void
jumped_to_unread_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(AppMessageView) self = user_data;
  g_autoptr(GError) error = NULL;
  guint position;

  if (!confab_message_list_jump_to_seq_finish (CONFAB_MESSAGE_LIST (object), result, &error))
    g_debug ("Jumping to the unread line: %s", error->message);
  if (get_messages (self) != CONFAB_MESSAGE_LIST (object))
    return;

  self->settling = FALSE;
  if (app_timeline_get_unread_position (self->timeline, &position))
    app_scroll_goal_go (self->goal, position, GTK_LIST_SCROLL_NONE);
}

/* The first look at a room: its unread line where there is one. */
static void
settle (AppMessageView *self)
{
  ConfabMessageList *messages = get_messages (self);
  guint position;

  app_end_keeper_stick (self->keeper);

  if (confab_room_get_n_unread (self->room) == 0)
    return;

  app_timeline_set_unread_after (self->timeline, confab_room_get_read_seq (self->room));

  if (app_timeline_get_unread_position (self->timeline, &position))
    {
      /* A row of what is known stands above the line. */
      app_scroll_goal_go (self->goal, position, GTK_LIST_SCROLL_NONE);
    }
  else if (confab_message_list_get_has_older (messages))
    {
      self->settling = TRUE;
      confab_message_list_jump_to_seq_async (messages,
                                             confab_room_get_read_seq (self->room) + 1,
                                             self->opening, jumped_to_unread_cb,
                                             g_object_ref (self));
    }
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  ConfabMessageList *messages = CONFAB_MESSAGE_LIST (object);
  g_autoptr(AppMessageView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_message_list_open_finish (messages, result, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (get_messages (self) != messages)
    return;

  if (error && g_list_model_get_n_items (G_LIST_MODEL (messages)) == 0)
    {
      g_autofree char *sentence = app_error_describe (error);

      adw_status_page_set_description (self->failed_page, sentence);
      gtk_stack_set_visible_child_name (self->pages, "failed");
      return;
    }

  self->opened = TRUE;
  app_timeline_set_messages (self->timeline, G_LIST_MODEL (messages));
  app_read_ahead_set_messages (self->ahead, messages);
  show_page (self);
  settle (self);
  look (self);
}

static void
open_room (AppMessageView *self)
{
  gtk_stack_set_visible_child_name (self->pages, "messages");
  confab_message_list_open_async (get_messages (self), self->opening, opened_cb,
                                  g_object_ref (self));
}

static void
reopen_clicked_cb (AppMessageView *self)
{
  open_room (self);
}

static void
setup_row_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item,
              gpointer                  user_data)
{
  GtkWidget *row = app_message_row_new ();

  g_object_bind_property (row, "summary", list_item, "accessible-label", G_BINDING_DEFAULT);
  g_object_bind_property (row, "state-text", list_item, "accessible-description",
                          G_BINDING_DEFAULT);
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_child (list_item, row);
}

static void
bind_row_cb (GtkSignalListItemFactory *factory,
             GtkListItem              *list_item,
             gpointer                  user_data)
{
  AppMessageView *self = user_data;
  AppMessageRow *row = APP_MESSAGE_ROW (gtk_list_item_get_child (list_item));
  AppTimelineItem *item = gtk_list_item_get_item (list_item);

  app_message_row_set_item (row, item,
                            self->room &&
                              confab_room_get_kind (self->room) == CONFAB_ROOM_KIND_GROUP);

  if (self->flash_seq &&
      confab_message_get_seq (app_timeline_item_get_message (item)) == self->flash_seq)
    {
      app_message_row_flash (row);
      self->flash_seq = 0;
    }
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *list_item,
               gpointer                  user_data)
{
  app_message_row_set_item (APP_MESSAGE_ROW (gtk_list_item_get_child (list_item)), NULL, FALSE);
}

static void
init_list (AppMessageView *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkNoSelection) model = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), self);
  model = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->timeline)));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
}

static char *
count_label (AppMessageView *self,
             guint           n_unread)
{
  return app_format_count (n_unread);
}

static gboolean
is_positive (AppMessageView *self,
             guint           number)
{
  return number > 0;
}

static void
app_message_view_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (app_message_view_parent_class)->root (widget);

  if (GTK_IS_WINDOW (gtk_widget_get_root (widget)))
    g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active",
                             G_CALLBACK (active_changed_cb), widget, 0);
}

static void
app_message_view_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), active_changed_cb, widget);

  GTK_WIDGET_CLASS (app_message_view_parent_class)->unroot (widget);
}

static void
app_message_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (app_message_view_parent_class)->map (widget);

  look (APP_MESSAGE_VIEW (widget));
}

static void
app_message_view_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AppMessageView *self = APP_MESSAGE_VIEW (object);
  ConfabMessageList *messages;

  switch ((AppMessageViewProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_AT_END:
      g_value_set_boolean (value, app_message_view_get_at_end (self));
      break;
    case PROP_LOADING:
      messages = get_messages (self);
      g_value_set_boolean (value, messages && confab_message_list_get_loading (messages));
      break;
    }
}

static void
app_message_view_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch ((AppMessageViewProperty) property_id)
    {
    case PROP_ROOM:
      app_message_view_set_room (APP_MESSAGE_VIEW (object), g_value_get_object (value));
      break;
    case PROP_AT_END:
    case PROP_LOADING:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
app_message_view_dispose (GObject *object)
{
  AppMessageView *self = APP_MESSAGE_VIEW (object);

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (self->ahead)
    app_read_ahead_set_messages (self->ahead, NULL);
  g_clear_object (&self->ahead);
  g_clear_object (&self->goal);
  g_clear_handle_id (&self->seen_timeout, g_source_remove);
  g_clear_object (&self->list_signals);
  g_clear_object (&self->room_signals);
  if (self->timeline)
    {
      g_signal_handlers_disconnect_by_func (self->timeline, rows_changed_cb, self);
      app_timeline_set_messages (self->timeline, NULL);
    }
  g_clear_object (&self->keeper);
  g_clear_object (&self->timeline);
  g_clear_object (&self->room);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_MESSAGE_VIEW);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_message_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/confab_chat/Confab/app-message-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AppMessageView, pages);
  gtk_widget_class_bind_template_child (widget_class, AppMessageView, list);
  gtk_widget_class_bind_template_child (widget_class, AppMessageView, scroller);
  gtk_widget_class_bind_template_child (widget_class, AppMessageView, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, newest_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, reopen_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, count_label);
  gtk_widget_class_bind_template_callback (widget_class, is_positive);
}

static void
app_message_view_class_init (AppMessageViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_message_view_get_property;
  object_class->set_property = app_message_view_set_property;
  object_class->dispose = app_message_view_dispose;
  widget_class->root = app_message_view_root;
  widget_class->unroot = app_message_view_unroot;
  widget_class->map = app_message_view_map;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM,
                                               readable | G_PARAM_WRITABLE);
  properties[PROP_AT_END] = g_param_spec_boolean ("at-end", NULL, NULL, TRUE, readable);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  bind_template (widget_class);
  app_message_view_install_actions (widget_class);
}

static void
app_message_view_init (AppMessageView *self)
{
  GtkAdjustment *adjustment;

  self->timeline = app_timeline_new ();
  self->list_signals = g_signal_group_new (CONFAB_TYPE_MESSAGE_LIST);
  g_signal_group_connect_swapped (self->list_signals, "notify::loading",
                                  G_CALLBACK (loading_changed_cb), self);
  g_signal_group_connect_swapped (self->list_signals, "notify::has-newer",
                                  G_CALLBACK (has_newer_changed_cb), self);

  self->room_signals = g_signal_group_new (CONFAB_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals, "notify::read-seq",
                                  G_CALLBACK (read_seq_changed_cb), self);

  gtk_widget_init_template (GTK_WIDGET (self));

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  self->keeper = app_end_keeper_new (self->list, adjustment);
  self->goal = app_scroll_goal_new (self->list, adjustment, self->timeline, self->keeper);
  self->ahead = app_read_ahead_new (GTK_WIDGET (self->list), adjustment, self->goal);
  g_signal_connect_object (self->goal, "reached", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "notify::at-end", G_CALLBACK (at_end_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);

  /* The list hears of new rows first, so that it can be scrolled to them. */
  init_list (self);
  g_signal_connect_object (self->timeline, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * app_message_view_set_room:
 * @self: a view
 * @room: (nullable): the room to show
 */
void
app_message_view_set_room (AppMessageView *self,
                           ConfabRoom     *room)
{
  g_return_if_fail (APP_IS_MESSAGE_VIEW (self));

  if (!g_set_object (&self->room, room))
    return;

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  self->opening = g_cancellable_new ();
  self->opened = FALSE;
  self->settling = FALSE;
  self->flash_seq = 0;
  app_scroll_goal_cancel (self->goal);
  app_read_ahead_set_messages (self->ahead, NULL);
  app_timeline_set_messages (self->timeline, NULL);
  g_signal_group_set_target (self->list_signals, get_messages (self));
  g_signal_group_set_target (self->room_signals, room);
  app_end_keeper_set_complete (self->keeper, follows_room (self));

  if (room)
    open_room (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/**
 * app_message_view_go_to_newest:
 * @self: a view
 *
 * Shows the newest messages and stays there.
 */
void
app_message_view_go_to_newest (AppMessageView *self)
{
  g_return_if_fail (APP_IS_MESSAGE_VIEW (self));

  if (!self->room)
    return;

  app_scroll_goal_cancel (self->goal);
  if (follows_room (self))
    app_end_keeper_stick (self->keeper);
  else
    confab_message_list_jump_to_newest_async (get_messages (self), self->opening,
                                              jumped_to_newest_cb, g_object_ref (self));
}

/**
 * app_message_view_go_to_seq:
 * @self: a view
 * @seq: the sequence number of a message of the room
 *
 * Shows that message and draws the eye to it.
 */
void
app_message_view_go_to_seq (AppMessageView *self,
                            guint64         seq)
{
  g_return_if_fail (APP_IS_MESSAGE_VIEW (self));

  if (!self->room)
    return;

  /* Not flash_seq: the row may be bound, and flashed, before the jump is over. */
  self->wanted_seq = seq;
  self->flash_seq = seq;
  app_end_keeper_let_go (self->keeper);
  confab_message_list_jump_to_seq_async (get_messages (self), seq, self->opening, jumped_to_seq_cb,
                                         g_object_ref (self));
}

/**
 * app_message_view_message_sent:
 * @self: a view
 *
 * Follows one's own message: to the end, without an unread line.
 */
void
app_message_view_message_sent (AppMessageView *self)
{
  g_return_if_fail (APP_IS_MESSAGE_VIEW (self));

  app_timeline_set_unread_after (self->timeline, G_MAXUINT64);
  app_message_view_go_to_newest (self);
}

/**
 * app_message_view_get_at_end:
 * @self: a view
 *
 * Returns: whether the newest message of the room is in sight
 */
gboolean
app_message_view_get_at_end (AppMessageView *self)
{
  g_return_val_if_fail (APP_IS_MESSAGE_VIEW (self), TRUE);

  /* Bindings of the template ask before there is a keeper. */
  return !self->keeper || (app_end_keeper_get_at_end (self->keeper) &&
                           (!self->room || follows_room (self)));
}

/**
 * app_message_view_refresh:
 * @self: a view
 *
 * Names days as they are called now.
 */
void
app_message_view_refresh (AppMessageView *self)
{
  g_autoptr(GPtrArray) rows = NULL;

  g_return_if_fail (APP_IS_MESSAGE_VIEW (self));

  rows = app_widget_list_rows (GTK_WIDGET (self->list));
  for (guint i = 0; i < rows->len; i++)
    if (APP_IS_MESSAGE_ROW (rows->pdata[i]))
      app_message_row_refresh (rows->pdata[i]);
}
