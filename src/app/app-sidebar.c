/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-sidebar"

#include "config.h"

#include "app-sidebar.h"

#include "app-form.h"
#include "app-hit-row.h"
#include "app-room-row.h"
#include "app-search.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppSidebar:
 *
 * The left half of the window: the rooms of one space, newest activity first,
 * and the search through rooms and messages.
 *
 * The room that is open is a property; the selection of the list only shows
 * it, because a room that moves up is taken out of the list and put back. Which
 * room opens is the window's decision: ::room-chosen and ::hit-chosen ask for
 * it.
 */
struct _AppSidebar
{
  AdwBin               parent_instance;

  ConfabSession       *session;
  ConfabRoom          *room;
  AppConnectionStatus *status;
  GMenuModel          *space_menu;
  AppSearch           *search;
  GtkCustomFilter     *hidden_filter;
  GtkFilterListModel  *rooms;
  GtkSingleSelection  *selection;
  GHashTable          *hidden;
  GtkWidget           *menu;
  gboolean             collapsed;
  gboolean             syncing;

  GtkEditable         *entry;
  AdwToggleGroup      *scope_toggle;
  GtkListView         *room_list;
  GtkListView         *result_list;
};

G_DEFINE_FINAL_TYPE (AppSidebar, app_sidebar, ADW_TYPE_BIN)

typedef enum {
  PROP_SESSION = 1,
  PROP_ROOM,
  PROP_STATUS,
  PROP_SPACE_MENU,
  PROP_COLLAPSED,
  PROP_SCOPED,
  PROP_PAGE,
} AppSidebarProperty;

typedef enum {
  SIGNAL_ROOM_CHOSEN,
  SIGNAL_HIT_CHOSEN,
} AppSidebarSignal;

static GParamSpec *properties[PROP_PAGE + 1];
static guint signals[SIGNAL_HIT_CHOSEN + 1];

static gboolean
is_searching (AppSidebar *self)
{
  return *app_form_get_text (self->entry) != '\0';
}

static const char *
pick_page (AppSidebar *self)
{
  gboolean searching = FALSE;

  if (!self->rooms)
    return "rooms";
  if (!is_searching (self) && g_list_model_get_n_items (G_LIST_MODEL (self->rooms)) > 0)
    return "rooms";
  /* Beside the list the conversation says how to begin. */
  if (!is_searching (self))
    return self->collapsed ? "empty" : "quiet";
  if (g_list_model_get_n_items (app_search_get_results (self->search)) > 0)
    return "results";

  g_object_get (self->search, "searching", &searching, NULL);

  return searching ? "results" : "nothing";
}

static void
page_changed_cb (AppSidebar *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

static guint
find_position (AppSidebar *self,
               ConfabRoom *room)
{
  guint n_rooms = g_list_model_get_n_items (G_LIST_MODEL (self->rooms));

  for (guint i = 0; room && i < n_rooms; i++)
    {
      g_autoptr(ConfabRoom) other = g_list_model_get_item (G_LIST_MODEL (self->rooms), i);

      if (other == room)
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

static void
sync_selection (AppSidebar *self)
{
  self->syncing = TRUE;
  gtk_single_selection_set_selected (self->selection, find_position (self, self->room));
  self->syncing = FALSE;
}

static void
rooms_changed_cb (AppSidebar *self)
{
  sync_selection (self);
  page_changed_cb (self);
}

static void
choose_room (AppSidebar *self,
             ConfabRoom *room,
             gboolean    to_write)
{
  g_signal_emit (self, signals[SIGNAL_ROOM_CHOSEN], 0, room, to_write);
}

/* Beside the conversation the arrow keys open rooms; where the conversation
 * would cover the list they only move.
 */
static void
selected_changed_cb (AppSidebar *self)
{
  ConfabRoom *room = gtk_single_selection_get_selected_item (self->selection);

  if (!self->syncing && !self->collapsed && room && room != self->room)
    choose_room (self, room, FALSE);
}

static void
room_activated_cb (AppSidebar *self,
                   guint       position)
{
  g_autoptr(ConfabRoom) room = g_list_model_get_item (G_LIST_MODEL (self->rooms), position);

  if (room)
    choose_room (self, room, TRUE);
}

static void
row_clicked_cb (GtkGestureClick *gesture,
                int              n_press,
                double           x,
                double           y,
                gpointer         user_data)
{
  AppSidebar *self = user_data;
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  if (gtk_widget_contains (row, x, y) && app_room_row_get_room (APP_ROOM_ROW (row)))
    choose_room (self, app_room_row_get_room (APP_ROOM_ROW (row)), TRUE);
}

static gboolean
is_shown (gpointer item,
          gpointer user_data)
{
  AppSidebar *self = user_data;

  return !g_hash_table_contains (self->hidden, confab_room_get_rid (item));
}

static GMenuModel *
make_menu (ConfabRoom *room)
{
  GMenu *menu = g_menu_new ();
  const struct
  {
    const char *label;
    const char *action;
    gboolean    shown;
  } entries[] = {
    { N_("Mark as _Read"), "win.mark-room-read", confab_room_get_n_unread (room) > 0 },
    { N_("_Mute"), "win.mute-room", !confab_room_get_muted (room) },
    { N_("Un_mute"), "win.mute-room", confab_room_get_muted (room) },
    { N_("_Leave"), "win.leave-room", confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP },
    { N_("_Hide"), "win.leave-room", confab_room_get_kind (room) == CONFAB_ROOM_KIND_DIRECT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr(GMenuItem) entry = NULL;

      if (!entries[i].shown)
        continue;
      entry = g_menu_item_new (_(entries[i].label), NULL);
      g_menu_item_set_action_and_target (entry, entries[i].action, "s", confab_room_get_rid (room));
      g_menu_append_item (menu, entry);
    }

  return G_MENU_MODEL (menu);
}

static void
show_menu (AppSidebar *self,
           GtkWidget  *row,
           double      x,
           double      y)
{
  ConfabRoom *room = app_room_row_get_room (APP_ROOM_ROW (row));
  g_autoptr(GMenuModel) model = NULL;
  graphene_point_t at;

  if (!room || !gtk_widget_compute_point (row, GTK_WIDGET (self), &GRAPHENE_POINT_INIT (x, y), &at))
    return;

  model = make_menu (room);
  app_widget_pop_up_menu (GTK_WIDGET (self), &self->menu, model, at.x, at.y);
}

static void
menu_pressed_cb (GtkGestureClick *gesture,
                 int              n_press,
                 double           x,
                 double           y,
                 gpointer         user_data)
{
  show_menu (user_data, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 gpointer             user_data)
{
  show_menu (user_data, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppSidebar *self = APP_SIDEBAR (widget);
  GtkWidget *row = app_widget_get_focused_row (GTK_WIDGET (self->room_list));

  if (APP_IS_ROOM_ROW (row))
    show_menu (self, row, 24, 24);
}

static void
setup_room_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *list_item,
               gpointer                  user_data)
{
  GtkWidget *row = app_room_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkGesture *long_press = gtk_gesture_long_press_new ();

  g_signal_connect (click, "released", G_CALLBACK (row_clicked_cb), user_data);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (menu_pressed_cb), user_data);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (menu));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (long_press), TRUE);
  g_signal_connect (long_press, "pressed", G_CALLBACK (long_pressed_cb), user_data);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (long_press));

  g_object_bind_property (list_item, "item", row, "room", G_BINDING_DEFAULT);
  g_object_bind_property (list_item, "selected", row, "open", G_BINDING_DEFAULT);
  g_object_bind_property (row, "summary", list_item, "accessible-label", G_BINDING_DEFAULT);
  gtk_list_item_set_child (list_item, row);
}

static void
bind_result_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *list_item,
                gpointer                  user_data)
{
  gpointer item = gtk_list_item_get_item (list_item);
  GtkWidget *row;

  if (CONFAB_IS_ROOM (item))
    {
      row = app_room_row_new ();
      app_room_row_set_room (APP_ROOM_ROW (row), item);
    }
  else
    {
      row = app_hit_row_new ();
      app_hit_row_set_hit (APP_HIT_ROW (row), item);
    }

  g_object_bind_property (row, "summary", list_item, "accessible-label", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child (list_item, row);
}

static void
unbind_result_cb (GtkSignalListItemFactory *factory,
                  GtkListItem              *list_item,
                  gpointer                  user_data)
{
  gtk_list_item_set_child (list_item, NULL);
}

static void
bind_header_cb (GtkSignalListItemFactory *factory,
                GtkListHeader            *header,
                gpointer                  user_data)
{
  gboolean rooms = CONFAB_IS_ROOM (gtk_list_header_get_item (header));
  GtkWidget *label = gtk_label_new (rooms ? _("Rooms") : _("Messages"));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_list_header_set_child (header, label);
}

static void
result_activated_cb (AppSidebar *self,
                     guint       position)
{
  g_autoptr(GObject) item = g_list_model_get_item (app_search_get_results (self->search), position);

  if (CONFAB_IS_ROOM (item))
    {
      gtk_editable_set_text (self->entry, "");
      choose_room (self, CONFAB_ROOM (item), TRUE);
    }
  else if (item)
    {
      g_signal_emit (self, signals[SIGNAL_HIT_CHOSEN], 0, item);
    }
}

static void
scope_changed_cb (AppSidebar *self)
{
  gboolean here;

  /* The first toggle becomes active while the template is being built. */
  if (!self->scope_toggle)
    return;

  here = g_strcmp0 (adw_toggle_group_get_active_name (self->scope_toggle), "here") == 0;
  app_search_set_scope (self->search, here ? self->room : NULL);
}

static void
search_changed_cb (AppSidebar *self)
{
  app_search_set_text (self->search, app_form_get_text (self->entry));

  if (!is_searching (self))
    adw_toggle_group_set_active_name (self->scope_toggle, "everywhere");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCOPED]);
  page_changed_cb (self);
}

static void
stop_search_cb (AppSidebar *self)
{
  gtk_editable_set_text (self->entry, "");
  adw_toggle_group_set_active_name (self->scope_toggle, "everywhere");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCOPED]);
  if (self->room)
    choose_room (self, self->room, TRUE);
}

/* Enter takes the first result: a few letters and Enter switch rooms. */
static void
search_activated_cb (AppSidebar *self)
{
  app_search_set_text (self->search, app_form_get_text (self->entry));
  if (is_searching (self))
    result_activated_cb (self, 0);
}

static gboolean
entry_key_pressed_cb (AppSidebar      *self,
                      guint            keyval,
                      guint            keycode,
                      GdkModifierType  modifiers)
{
  if (keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;

  gtk_widget_grab_focus (GTK_WIDGET (is_searching (self) ? self->result_list : self->room_list));

  return GDK_EVENT_STOP;
}

static void
banner_clicked_cb (AppSidebar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.mend-connection", NULL);
}

static gboolean
both (AppSidebar *self,
      gboolean    a,
      gboolean    b)
{
  return a && b;
}

static void
app_sidebar_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AppSidebar *self = APP_SIDEBAR (object);

  switch ((AppSidebarProperty) property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_SPACE_MENU:
      g_value_set_object (value, self->space_menu);
      break;
    case PROP_COLLAPSED:
      g_value_set_boolean (value, self->collapsed);
      break;
    case PROP_SCOPED:
      g_value_set_boolean (value, self->room && is_searching (self));
      break;
    case PROP_PAGE:
      g_value_set_string (value, pick_page (self));
      break;
    }
}

static void
app_sidebar_set_property (GObject      *object,
                          guint         property_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  AppSidebar *self = APP_SIDEBAR (object);

  switch ((AppSidebarProperty) property_id)
    {
    case PROP_SESSION:
      app_sidebar_set_session (self, g_value_get_object (value));
      break;
    case PROP_ROOM:
      app_sidebar_set_room (self, g_value_get_object (value));
      break;
    case PROP_STATUS:
      g_set_object (&self->status, g_value_get_object (value));
      break;
    case PROP_SPACE_MENU:
      g_set_object (&self->space_menu, g_value_get_object (value));
      break;
    case PROP_COLLAPSED:
      self->collapsed = g_value_get_boolean (value);
      page_changed_cb (self);
      break;
    case PROP_SCOPED:
    case PROP_PAGE:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
app_sidebar_dispose (GObject *object)
{
  AppSidebar *self = APP_SIDEBAR (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->rooms);
  g_clear_object (&self->hidden_filter);
  g_clear_object (&self->search);
  g_clear_object (&self->space_menu);
  g_clear_object (&self->status);
  g_clear_object (&self->room);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (app_sidebar_parent_class)->dispose (object);
}

static void
app_sidebar_finalize (GObject *object)
{
  g_hash_table_unref (APP_SIDEBAR (object)->hidden);

  G_OBJECT_CLASS (app_sidebar_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;
  const GParamFlags plain = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CONFAB_TYPE_SESSION,
                                                  writable);
  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, writable);
  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, APP_TYPE_CONNECTION_STATUS,
                                                 plain);
  properties[PROP_SPACE_MENU] = g_param_spec_object ("space-menu", NULL, NULL, G_TYPE_MENU_MODEL,
                                                     plain);
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, plain);
  properties[PROP_SCOPED] = g_param_spec_boolean ("scoped", NULL, NULL, FALSE, readable);
  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "rooms", readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, entry);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, scope_toggle);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, room_list);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, result_list);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, both);
  gtk_widget_class_bind_template_callback (widget_class, entry_key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, result_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, room_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, scope_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
}

static void
app_sidebar_class_init (AppSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = app_sidebar_get_property;
  object_class->set_property = app_sidebar_set_property;
  object_class->dispose = app_sidebar_dispose;
  object_class->finalize = app_sidebar_finalize;
  install_properties (object_class);

  signals[SIGNAL_ROOM_CHOSEN] = g_signal_new ("room-chosen", G_TYPE_FROM_CLASS (klass),
                                              G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              2, CONFAB_TYPE_ROOM, G_TYPE_BOOLEAN);
  signals[SIGNAL_HIT_CHOSEN] = g_signal_new ("hit-chosen", G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                             CONFAB_TYPE_SEARCH_HIT);

  g_type_ensure (APP_TYPE_CONNECTION_STATUS);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "sidebar.menu", NULL, menu_action);
}

static void
init_rooms (AppSidebar *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->hidden_filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->rooms = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->hidden_filter)));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->rooms));
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (selected_changed_cb), self, G_CONNECT_SWAPPED);
  /* The selection hears of it first and is put right here. */
  g_signal_connect_object (self->rooms, "items-changed", G_CALLBACK (rooms_changed_cb), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_room_cb), self);
  gtk_list_view_set_factory (self->room_list, factory);
  gtk_list_view_set_model (self->room_list, GTK_SELECTION_MODEL (self->selection));
}

static void
init_results (AppSidebar *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkListItemFactory) headers = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkNoSelection) model = NULL;

  g_signal_connect_object (self->search, "notify::searching", G_CALLBACK (page_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (app_search_get_results (self->search), "items-changed",
                           G_CALLBACK (page_changed_cb), self, G_CONNECT_SWAPPED);

  g_signal_connect (factory, "bind", G_CALLBACK (bind_result_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_result_cb), self);
  g_signal_connect (headers, "bind", G_CALLBACK (bind_header_cb), self);
  model = gtk_no_selection_new (g_object_ref (app_search_get_results (self->search)));
  gtk_list_view_set_factory (self->result_list, factory);
  gtk_list_view_set_header_factory (self->result_list, headers);
  gtk_list_view_set_model (self->result_list, GTK_SELECTION_MODEL (model));
}

static void
app_sidebar_init (AppSidebar *self)
{
  self->search = app_search_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  init_rooms (self);
  init_results (self);
  page_changed_cb (self);
}

/**
 * app_sidebar_set_session:
 * @self: a sidebar
 * @session: (nullable): whose rooms to show
 */
void
app_sidebar_set_session (AppSidebar    *self,
                         ConfabSession *session)
{
  g_return_if_fail (APP_IS_SIDEBAR (self));

  if (!g_set_object (&self->session, session))
    return;

  gtk_editable_set_text (self->entry, "");
  g_hash_table_remove_all (self->hidden);
  app_search_set_session (self->search, session);
  gtk_filter_list_model_set_model (self->rooms,
                                   session ? confab_session_get_rooms (session) : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

/**
 * app_sidebar_set_room:
 * @self: a sidebar
 * @room: (nullable): the room that is open
 */
void
app_sidebar_set_room (AppSidebar *self,
                      ConfabRoom *room)
{
  g_return_if_fail (APP_IS_SIDEBAR (self));

  if (!g_set_object (&self->room, room))
    return;

  sync_selection (self);
  scope_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCOPED]);
}

/**
 * app_sidebar_set_hidden:
 * @self: a sidebar
 * @rid: a room
 * @hidden: whether to keep it out of the list
 *
 * Hides a room that is about to be left, as long as that can be undone.
 */
void
app_sidebar_set_hidden (AppSidebar *self,
                        const char *rid,
                        gboolean    hidden)
{
  g_return_if_fail (APP_IS_SIDEBAR (self));

  if (hidden)
    g_hash_table_add (self->hidden, g_strdup (rid));
  else
    g_hash_table_remove (self->hidden, rid);

  gtk_filter_changed (GTK_FILTER (self->hidden_filter), hidden ? GTK_FILTER_CHANGE_MORE_STRICT
                                                               : GTK_FILTER_CHANGE_LESS_STRICT);
}

/**
 * app_sidebar_search:
 * @self: a sidebar
 * @in_room: whether to search the open room only
 *
 * Gets ready to search.
 */
void
app_sidebar_search (AppSidebar *self,
                    gboolean    in_room)
{
  g_return_if_fail (APP_IS_SIDEBAR (self));

  adw_toggle_group_set_active_name (self->scope_toggle,
                                    in_room && self->room ? "here" : "everywhere");
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * app_sidebar_dup_neighbour:
 * @self: a sidebar
 * @step: 1 for the next room in the list, -1 for the one before
 *
 * Returns: (transfer full) (nullable): the room beside the open one
 */
ConfabRoom *
app_sidebar_dup_neighbour (AppSidebar *self,
                           int         step)
{
  guint position;

  g_return_val_if_fail (APP_IS_SIDEBAR (self), NULL);

  position = find_position (self, self->room);
  if (position == GTK_INVALID_LIST_POSITION)
    return g_list_model_get_item (G_LIST_MODEL (self->rooms), 0);

  /* Beyond either end there is nothing: below zero it wraps to a huge number. */
  return g_list_model_get_item (G_LIST_MODEL (self->rooms), position + step);
}

/**
 * app_sidebar_refresh:
 * @self: a sidebar
 *
 * Shows times as they are now.
 */
void
app_sidebar_refresh (AppSidebar *self)
{
  g_autoptr(GPtrArray) rows = NULL;

  g_return_if_fail (APP_IS_SIDEBAR (self));

  rows = app_widget_list_rows (GTK_WIDGET (self->room_list));
  for (guint i = 0; i < rows->len; i++)
    if (APP_IS_ROOM_ROW (rows->pdata[i]))
      app_room_row_refresh (rows->pdata[i]);
}
