/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-window"

#include "config.h"

#include "app-window.h"

#include "app-error.h"
#include "app-first-steps.h"
#include "app-welcome.h"
#include "app-window-private.h"

#include <glib/gi18n.h>

/* Leaving a room when the window closes may not keep it for longer. */
#define LEAVE_TIMEOUT_S 3

/**
 * AppWindow:
 *
 * The window: the way into a space while there is none, and then the spaces.
 *
 * It is shown before anything is loaded and fills itself as soon as something
 * is there; what is not needed yet does not exist. Its actions are in
 * app-window-actions.c.
 */
G_DEFINE_FINAL_TYPE (AppWindow, app_window, ADW_TYPE_APPLICATION_WINDOW)

typedef enum {
  PROP_SESSION_ID = 1,
  PROP_N_UNREAD,
  PROP_ROOM_TITLE,
} AppWindowProperty;

static GParamSpec *properties[PROP_ROOM_TITLE + 1];

static char *
make_title (AppWindow  *self,
            guint       n_unread,
            const char *room_title)
{
  const char *title = room_title && *room_title ? room_title : "Confab";

  if (n_unread == 0)
    return g_strdup (title);

  /* Translators: the title of the window after the number of unread messages. */
  return g_strdup_printf (C_("window title", "(%u) %s"), n_unread, title);
}

static const char *
get_room_title (AppWindow *self)
{
  ConfabRoom *room = self->space_page ? app_space_page_get_room (self->space_page) : NULL;

  return room ? confab_room_get_title (room) : "";
}

static void
room_changed_cb (AppWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM_TITLE]);
  app_window_enable_actions (self);
}

static void
n_unread_changed_cb (AppWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_UNREAD]);
}

static void
need_space_page (AppWindow *self)
{
  if (self->space_page)
    return;

  self->space_page = APP_SPACE_PAGE (app_space_page_new (self->profile, self->host,
                                                         self->calls, self->settings));
  g_signal_connect_object (self->space_page, "notify::room", G_CALLBACK (room_changed_cb), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (self->space_slot, GTK_WIDGET (self->space_page));
}

static void
joined_cb (AppWindow     *self,
           ConfabSession *session)
{
  app_window_welcome (self, session);
}

static void
show_welcome (AppWindow *self)
{
  GtkWidget *welcome = app_welcome_new (self->host, self->profile);

  g_signal_connect_object (welcome, "done", G_CALLBACK (joined_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->welcome_slot, welcome);
  gtk_stack_set_visible_child_name (self->pages, "welcome");
}

/* The space that was open last, or any, or the way to one. */
static void
show_any_session (AppWindow *self)
{
  g_autofree char *last = g_settings_get_string (self->settings, "last-session");
  g_autoptr(ConfabSession) first = g_list_model_get_item (G_LIST_MODEL (self->profile), 0);
  ConfabSession *session = confab_profile_get_session (self->profile, last);

  if (session || first)
    {
      app_window_set_session (self, session ? session : first);
      return;
    }

  if (self->space_page)
    app_space_page_set_session (self->space_page, NULL);
  show_welcome (self);
  app_window_enable_actions (self);
}

static void
sessions_changed_cb (AppWindow *self)
{
  ConfabSession *current = app_window_get_session (self);

  /* The welcome tells when it is done with the session that it has made. */
  if (!current && adw_bin_get_child (self->welcome_slot))
    return;

  if (self->loaded &&
      (!current || !confab_profile_get_session (self->profile, confab_session_get_id (current))))
    show_any_session (self);
}

static void
save_state (AppWindow *self)
{
  int width;
  int height;

  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  if (gtk_window_is_maximized (GTK_WINDOW (self)))
    return;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", MAX (width, 360));
  g_settings_set_int (self->settings, "window-height", MAX (height, 294));
}

static void
restore_state (AppWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
leave_timeout_cb (gpointer user_data)
{
  g_autoptr(AppWindow) self = user_data;

  gtk_window_destroy (GTK_WINDOW (self));
}

/* Known a moment after the start, when there are buttons to grey out. */
static void
calls_problem_cb (AppWindow *self)
{
  app_window_enable_actions (self);
  app_window_show_toast (self, app_calls_get_problem (self->calls));
}

/* What could be undone until now is done first. */
static gboolean
leave_before_closing (AppWindow *self)
{
  if (self->closing || self->n_leaving == 0)
    return FALSE;

  self->closing = TRUE;
  adw_toast_overlay_dismiss_all (self->toasts);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_timeout_add_seconds_once (LEAVE_TIMEOUT_S, leave_timeout_cb, g_object_ref (self));

  return TRUE;
}

static gboolean
app_window_close_request (GtkWindow *window)
{
  AppWindow *self = APP_WINDOW (window);

  save_state (self);

  if (leave_before_closing (self))
    return GDK_EVENT_STOP;

  return GTK_WINDOW_CLASS (app_window_parent_class)->close_request (window);
}

static void
app_window_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  AppWindow *self = APP_WINDOW (object);
  ConfabSession *session;

  switch ((AppWindowProperty) property_id)
    {
    case PROP_SESSION_ID:
      session = app_window_get_session (self);
      g_value_set_string (value, session ? confab_session_get_id (session) : "");
      break;
    case PROP_N_UNREAD:
      g_value_set_uint (value, self->attention ? app_attention_get_n_unread (self->attention) : 0);
      break;
    case PROP_ROOM_TITLE:
      g_value_set_string (value, get_room_title (self));
      break;
    }
}

static void
app_window_set_property (GObject      *object,
                         guint         property_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  AppWindow *self = APP_WINDOW (object);
  ConfabSession *session;

  if (property_id != PROP_SESSION_ID)
    return;

  session = confab_profile_get_session (self->profile, g_value_get_string (value));
  if (session)
    app_window_set_session (self, session);
}

static void
app_window_dispose (GObject *object)
{
  AppWindow *self = APP_WINDOW (object);

  self->space_page = NULL;
  g_clear_object (&self->profile);
  g_clear_object (&self->host);
  g_clear_object (&self->attention);
  g_clear_object (&self->calls);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_window_parent_class)->dispose (object);
}

static void
app_window_class_init (AppWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_window_get_property;
  object_class->set_property = app_window_set_property;
  object_class->dispose = app_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = app_window_close_request;

  properties[PROP_SESSION_ID] = g_param_spec_string ("session-id", NULL, NULL, "",
                                                     readable | G_PARAM_WRITABLE);
  properties[PROP_N_UNREAD] = g_param_spec_uint ("n-unread", NULL, NULL, 0, G_MAXUINT, 0, readable);
  properties[PROP_ROOM_TITLE] = g_param_spec_string ("room-title", NULL, NULL, "", readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AppWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, welcome_slot);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, space_slot);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, make_title);
  app_window_install_actions (widget_class);
}

static void
app_window_init (AppWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_window_new:
 * @application: the application
 * @profile: the profile, loaded or not
 * @host: the space it may host
 * @attention: what counts the unread messages
 * @calls: the calls of the profile
 * @settings: its settings
 *
 * Returns: a window that waits for the profile
 */
AppWindow *
app_window_new (AdwApplication *application,
                ConfabProfile  *profile,
                AppHost        *host,
                AppAttention   *attention,
                AppCalls       *calls,
                GSettings      *settings)
{
  AppWindow *self = g_object_new (APP_TYPE_WINDOW, "application", application, NULL);

  self->profile = g_object_ref (profile);
  self->host = g_object_ref (host);
  self->attention = g_object_ref (attention);
  self->calls = g_object_ref (calls);
  self->settings = g_object_ref (settings);
  restore_state (self);
  g_signal_connect_object (profile, "items-changed", G_CALLBACK (sessions_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (attention, "notify::n-unread", G_CALLBACK (n_unread_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (calls, "notify::problem", G_CALLBACK (calls_problem_cb), self,
                           G_CONNECT_SWAPPED);
  app_window_enable_actions (self);
  if (app_calls_get_problem (calls))
    calls_problem_cb (self);

  return self;
}

/**
 * app_window_set_loaded:
 * @self: a window
 *
 * Shows what there is, now that the profile is loaded.
 */
void
app_window_set_loaded (AppWindow *self)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  self->loaded = TRUE;
  sessions_changed_cb (self);
}

/**
 * app_window_set_failed:
 * @self: a window
 * @error: why the profile cannot be loaded
 *
 * Says that there is nothing to show.
 */
void
app_window_set_failed (AppWindow    *self,
                       const GError *error)
{
  g_autofree char *sentence = NULL;

  g_return_if_fail (APP_IS_WINDOW (self));

  sentence = app_error_describe (error);
  adw_status_page_set_description (self->failed_page, sentence);
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

/**
 * app_window_set_session:
 * @self: a window
 * @session: a session of the profile
 *
 * Shows a space.
 */
void
app_window_set_session (AppWindow     *self,
                        ConfabSession *session)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  need_space_page (self);
  app_space_page_set_session (self->space_page, session);
  gtk_stack_set_visible_child_name (self->pages, "space");
  adw_bin_set_child (self->welcome_slot, NULL);
  app_window_enable_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION_ID]);
}

/**
 * app_window_get_session:
 * @self: a window
 *
 * Returns: (transfer none) (nullable): the session that is shown
 */
ConfabSession *
app_window_get_session (AppWindow *self)
{
  g_return_val_if_fail (APP_IS_WINDOW (self), NULL);

  return self->space_page ? app_space_page_get_session (self->space_page) : NULL;
}

/**
 * app_window_open_room:
 * @self: a window
 * @room: a room of any session
 *
 * Goes to a room and gets ready to write there.
 */
void
app_window_open_room (AppWindow  *self,
                      ConfabRoom *room)
{
  ConfabSession *session;

  g_return_if_fail (APP_IS_WINDOW (self));

  session = confab_room_get_session (room);
  if (!session)
    return;

  app_window_set_session (self, session);
  app_space_page_open_room (self->space_page, room, TRUE);
}

/**
 * app_window_is_watched:
 * @self: a window
 * @room: a room
 *
 * Returns: whether somebody sees the newest message of @room
 */
gboolean
app_window_is_watched (AppWindow  *self,
                       ConfabRoom *room)
{
  g_return_val_if_fail (APP_IS_WINDOW (self), FALSE);

  return self->space_page && app_space_page_is_watched (self->space_page, room);
}

static void
first_steps_taken_cb (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(AppWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;
  gboolean has_choice = FALSE;

  room = app_first_steps_take_finish (result, &has_choice, &error);

  if (error)
    g_debug ("First steps: %s", error->message);

  /* Whoever has begun something meanwhile is not disturbed. */
  if (self->closing || !self->space_page || app_space_page_get_room (self->space_page) ||
      adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)))
    return;

  if (room)
    app_window_open_room (self, room);
  else if (has_choice)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.new-conversation", NULL);
}

/**
 * app_window_welcome:
 * @self: a window
 * @session: a session that has just been made
 *
 * Shows a space for the first time, and leads to where one can write.
 */
void
app_window_welcome (AppWindow     *self,
                    ConfabSession *session)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  app_window_set_session (self, session);
  app_first_steps_take_async (session,
                              app_host_is_home_of (self->host,
                                                   confab_session_get_space_url (session)),
                              NULL, first_steps_taken_cb, g_object_ref (self));
}

/**
 * app_window_hide:
 * @self: a window
 *
 * Takes the window away until it is presented again. What could be undone until
 * now is done.
 */
void
app_window_hide (AppWindow *self)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  save_state (self);
  adw_toast_overlay_dismiss_all (self->toasts);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * app_window_terminate:
 * @self: a window
 *
 * Closes the window with whatever stands over it, and asks nothing.
 */
void
app_window_terminate (AppWindow *self)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  save_state (self);
  if (!leave_before_closing (self))
    gtk_window_destroy (GTK_WINDOW (self));
}

/**
 * app_window_left_one:
 * @self: a window
 *
 * Notes that a room was left for good, or was not. Closes the window if that
 * was all it waited for.
 */
void
app_window_left_one (AppWindow *self)
{
  g_return_if_fail (APP_IS_WINDOW (self));

  self->n_leaving--;
  if (self->closing && self->n_leaving == 0)
    gtk_window_destroy (GTK_WINDOW (self));
}

/**
 * app_window_show_toast:
 * @self: a window
 * @text: a sentence
 *
 * Says something in passing.
 */
void
app_window_show_toast (AppWindow  *self,
                       const char *text)
{
  AdwToast *toast;

  g_return_if_fail (APP_IS_WINDOW (self));

  toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
