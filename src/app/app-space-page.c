/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-space-page"

#include "config.h"

#include "app-space-page.h"

#include "app-conversation.h"
#include "app-sidebar.h"
#include "app-space-menu.h"

/**
 * AppSpacePage:
 *
 * One space at a time: its rooms on the left, a conversation on the right,
 * folded into one another where the window is narrow.
 *
 * It knows which session and which room are open, and remembers both.
 */
struct _AppSpacePage
{
  AdwBreakpointBin        parent_instance;

  ConfabSession          *session;
  ConfabRoom             *room;
  AppConnectionStatus    *status;
  GMenuModel             *space_menu;
  GSettings              *settings;
  GSignalGroup           *room_signals;
  guint                   minute_timeout;

  AdwNavigationSplitView *split;
  AppSidebar             *sidebar;
  AppConversation        *conversation;
};

G_DEFINE_FINAL_TYPE (AppSpacePage, app_space_page, ADW_TYPE_BREAKPOINT_BIN)

typedef enum {
  PROP_SESSION = 1,
  PROP_ROOM,
  PROP_STATUS,
  PROP_SPACE_MENU,
} AppSpacePageProperty;

static GParamSpec *properties[PROP_SPACE_MENU + 1];

static void
set_room (AppSpacePage *self,
          ConfabRoom   *room)
{
  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);

  if (room)
    g_settings_set_string (self->settings, "last-room", confab_room_get_rid (room));
}

static void
room_chosen_cb (AppSpacePage *self,
                ConfabRoom   *room,
                gboolean      to_write)
{
  app_space_page_open_room (self, room, to_write);
}

static void
hit_chosen_cb (AppSpacePage    *self,
               ConfabSearchHit *hit)
{
  app_space_page_open_room (self, confab_search_hit_get_room (hit), FALSE);
  app_conversation_go_to_seq (self->conversation,
                              confab_message_get_seq (confab_search_hit_get_message (hit)));
}

/* The room was left on another device, or the group is gone. */
static void
joined_changed_cb (AppSpacePage *self)
{
  if (self->room && !confab_room_get_joined (self->room))
    app_space_page_close_room (self);
}

static gboolean
key_pressed_cb (AppSpacePage          *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                GtkEventControllerKey *controller)
{
  gunichar c = gdk_keyval_to_unicode (keyval);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  if (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK) || c == ' ' ||
      !g_unichar_isprint (c) || GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus))
    return GDK_EVENT_PROPAGATE;

  app_conversation_take_key (self->conversation, controller);

  return GDK_EVENT_STOP;
}

/* “Today” becomes “Yesterday”, and “5 minutes ago” six. */
static gboolean
minute_cb (gpointer user_data)
{
  AppSpacePage *self = user_data;

  app_sidebar_refresh (self->sidebar);
  app_conversation_refresh (self->conversation);

  return G_SOURCE_CONTINUE;
}

static void
app_space_page_map (GtkWidget *widget)
{
  AppSpacePage *self = APP_SPACE_PAGE (widget);

  GTK_WIDGET_CLASS (app_space_page_parent_class)->map (widget);

  minute_cb (self);
  self->minute_timeout = g_timeout_add_seconds (60, minute_cb, self);
}

static void
app_space_page_unmap (GtkWidget *widget)
{
  AppSpacePage *self = APP_SPACE_PAGE (widget);

  g_clear_handle_id (&self->minute_timeout, g_source_remove);

  GTK_WIDGET_CLASS (app_space_page_parent_class)->unmap (widget);
}

static void
app_space_page_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppSpacePage *self = APP_SPACE_PAGE (object);

  switch ((AppSpacePageProperty) property_id)
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
    }
}

static void
app_space_page_dispose (GObject *object)
{
  AppSpacePage *self = APP_SPACE_PAGE (object);

  g_clear_handle_id (&self->minute_timeout, g_source_remove);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->space_menu);
  g_clear_object (&self->status);
  g_clear_object (&self->room);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_space_page_parent_class)->dispose (object);
}

static void
app_space_page_class_init (AppSpacePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_space_page_get_property;
  object_class->dispose = app_space_page_dispose;
  widget_class->map = app_space_page_map;
  widget_class->unmap = app_space_page_unmap;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CONFAB_TYPE_SESSION,
                                                  readable);
  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, readable);
  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, APP_TYPE_CONNECTION_STATUS,
                                                 readable);
  properties[PROP_SPACE_MENU] = g_param_spec_object ("space-menu", NULL, NULL, G_TYPE_MENU_MODEL,
                                                     readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (APP_TYPE_SIDEBAR);
  g_type_ensure (APP_TYPE_CONVERSATION);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-space-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppSpacePage, split);
  gtk_widget_class_bind_template_child (widget_class, AppSpacePage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, AppSpacePage, conversation);
  gtk_widget_class_bind_template_callback (widget_class, room_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, hit_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
app_space_page_init (AppSpacePage *self)
{
  self->room_signals = g_signal_group_new (CONFAB_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals, "notify::joined",
                                  G_CALLBACK (joined_changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_space_page_new:
 * @profile: the profile
 * @host: the space it may host
 * @calls: the calls of the profile
 * @settings: its settings
 *
 * Returns: a page without a session
 */
GtkWidget *
app_space_page_new (ConfabProfile *profile,
                    AppHost       *host,
                    AppCalls      *calls,
                    GSettings     *settings)
{
  AppSpacePage *self = g_object_new (APP_TYPE_SPACE_PAGE, NULL);

  self->settings = g_object_ref (settings);
  self->status = app_connection_status_new (host);
  self->space_menu = app_space_menu_new (G_LIST_MODEL (profile));
  app_conversation_bind_settings (self->conversation, settings);
  app_conversation_set_calls (self->conversation, calls);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPACE_MENU]);

  return GTK_WIDGET (self);
}

/**
 * app_space_page_get_session:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the session that is shown
 */
ConfabSession *
app_space_page_get_session (AppSpacePage *self)
{
  g_return_val_if_fail (APP_IS_SPACE_PAGE (self), NULL);

  return self->session;
}

/**
 * app_space_page_set_session:
 * @self: a page
 * @session: (nullable): the session to show
 *
 * Shows a space. The room that was open last opens again, if it is of this
 * space and there is room beside the list.
 */
void
app_space_page_set_session (AppSpacePage  *self,
                            ConfabSession *session)
{
  g_autofree char *last_session = NULL;
  g_autofree char *last_room = NULL;

  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  if (self->session == session)
    return;

  last_session = g_settings_get_string (self->settings, "last-session");
  last_room = g_settings_get_string (self->settings, "last-room");
  app_space_page_close_room (self);
  g_set_object (&self->session, session);
  app_connection_status_set_session (self->status, session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);

  if (!session)
    return;

  g_settings_set_string (self->settings, "last-session", confab_session_get_id (session));
  if (g_str_equal (last_session, confab_session_get_id (session)) && *last_room &&
      !adw_navigation_split_view_get_collapsed (self->split))
    {
      set_room (self, confab_session_get_room (session, last_room));
      /* A window that is made narrow goes on showing what one reads. */
      adw_navigation_split_view_set_show_content (self->split, self->room != NULL);
    }
}

/**
 * app_space_page_get_room:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the room that is open
 */
ConfabRoom *
app_space_page_get_room (AppSpacePage *self)
{
  g_return_val_if_fail (APP_IS_SPACE_PAGE (self), NULL);

  return self->room;
}

/**
 * app_space_page_open_room:
 * @self: a page
 * @room: a room of its session
 * @to_write: whether to put the cursor where one writes
 *
 * Shows a room.
 */
void
app_space_page_open_room (AppSpacePage *self,
                          ConfabRoom   *room,
                          gboolean      to_write)
{
  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  set_room (self, room);
  adw_navigation_split_view_set_show_content (self->split, TRUE);
  if (to_write)
    app_conversation_focus_composer (self->conversation);
}

/**
 * app_space_page_close_room:
 * @self: a page
 *
 * Shows no room.
 */
void
app_space_page_close_room (AppSpacePage *self)
{
  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  set_room (self, NULL);
  adw_navigation_split_view_set_show_content (self->split, FALSE);
}

/**
 * app_space_page_step_room:
 * @self: a page
 * @step: 1 for the next room, -1 for the one before
 *
 * Opens the neighbour of the room that is open.
 */
void
app_space_page_step_room (AppSpacePage *self,
                          int           step)
{
  g_autoptr(ConfabRoom) room = NULL;

  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  room = app_sidebar_dup_neighbour (self->sidebar, step);
  if (room)
    app_space_page_open_room (self, room, TRUE);
}

/**
 * app_space_page_search:
 * @self: a page
 * @in_room: whether to search the open room only
 *
 * Gets ready to search.
 */
void
app_space_page_search (AppSpacePage *self,
                       gboolean      in_room)
{
  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  adw_navigation_split_view_set_show_content (self->split, FALSE);
  app_sidebar_search (self->sidebar, in_room);
}

/**
 * app_space_page_toggle_details:
 * @self: a page
 *
 * Shows or hides people and details of the open room.
 */
void
app_space_page_toggle_details (AppSpacePage *self)
{
  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  app_conversation_toggle_details (self->conversation);
}

/**
 * app_space_page_set_room_hidden:
 * @self: a page
 * @rid: a room
 * @hidden: whether to keep it out of the list
 */
void
app_space_page_set_room_hidden (AppSpacePage *self,
                                const char   *rid,
                                gboolean      hidden)
{
  g_return_if_fail (APP_IS_SPACE_PAGE (self));

  app_sidebar_set_hidden (self->sidebar, rid, hidden);
}

/**
 * app_space_page_is_watched:
 * @self: a page
 * @room: a room
 *
 * Returns: whether somebody sees the newest message of @room
 */
gboolean
app_space_page_is_watched (AppSpacePage *self,
                           ConfabRoom   *room)
{
  g_return_val_if_fail (APP_IS_SPACE_PAGE (self), FALSE);

  return app_conversation_is_watched (self->conversation, room);
}
