/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-application"

#include "config.h"

#include "app-application.h"

#include "app-about.h"
#include "app-attention.h"
#include "app-background.h"
#include "app-calls.h"
#include "app-error.h"
#include "app-host.h"
#include "app-hosting.h"
#include "app-menu-names.h"
#include "app-name.h"
#include "app-notifier.h"
#include "app-preferences.h"
#include "app-settings.h"
#include "app-tray.h"
#include "app-window.h"

#include <signal.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

#define DEFAULT_PROFILE "default"
#define RESOURCE_PATH "/io/github/confab_chat/Confab"

/**
 * AppApplication:
 *
 * The program: one process for each profile. It builds what the window needs
 * and passes it down, and sees to it that everything is written and the
 * server has stopped before the process ends.
 *
 * The window comes first. The profile is loaded behind it, then the space that
 * is hosted here is started, then the sessions connect.
 */
struct _AppApplication
{
  AdwApplication  parent_instance;

  char           *profile_name;
  /* The name of who hosts, given with --host. */
  char           *host_name;
  GSettings      *settings;
  ConfabProfile  *profile;
  AppHost        *host;
  AppNotifier    *notifier;
  AppAttention   *attention;
  AppCalls       *calls;
  AppTray        *tray;
  AppBackground  *background;
  AppWindow      *window;
  GError         *load_error;
  gboolean        loaded;
  /* Whether to hang up and quit, and no answer yet. */
  gboolean        asking;
  gboolean        ending;
};

G_DEFINE_FINAL_TYPE (AppApplication, app_application, ADW_TYPE_APPLICATION)

static void
report_failure (AppApplication *self,
                const GError   *error)
{
  g_message ("%s", error->message);
  g_clear_error (&self->load_error);
  self->load_error = g_error_copy (error);
  if (self->window)
    app_window_set_failed (self->window, error);
}

static void
loaded (AppApplication *self)
{
  self->loaded = TRUE;
  if (self->window)
    app_window_set_loaded (self->window);
}

static void
hosted_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabSession) session = NULL;

  session = app_hosting_begin_finish (APP_HOST (object), result, &error);

  if (!session)
    report_failure (self, error);
  else
    loaded (self);
  if (session && self->window)
    app_window_welcome (self->window, session);
  g_application_release (G_APPLICATION (self));
}

static void
connect_sessions (AppApplication *self)
{
  guint n_sessions = g_list_model_get_n_items (G_LIST_MODEL (self->profile));

  for (guint i = 0; i < n_sessions; i++)
    {
      g_autoptr(ConfabSession) session = g_list_model_get_item (G_LIST_MODEL (self->profile), i);

      confab_session_go_online (session);
    }
}

static void
host_loaded_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;
  g_autoptr(GError) error = NULL;

  /* A damaged description keeps this space away, but not the others. */
  if (!app_host_load_finish (APP_HOST (object), result, &error))
    g_warning ("The space hosted here cannot be started: %s", error->message);

  connect_sessions (self);

  if (self->host_name && g_list_model_get_n_items (G_LIST_MODEL (self->profile)) == 0)
    {
      g_autofree char *space = app_name_to_space (self->host_name);

      g_application_hold (G_APPLICATION (self));
      app_hosting_begin_async (self->host, self->profile, self->host_name, space, FALSE, NULL,
                               hosted_cb, g_object_ref (self));
      return;
    }

  loaded (self);
}

static void
profile_loaded_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;
  g_autoptr(GError) error = NULL;

  if (confab_profile_load_finish (CONFAB_PROFILE (object), result, &error))
    app_host_load_async (self->host, NULL, host_loaded_cb, g_object_ref (self));
  else
    report_failure (self, error);
}

/* Whoever waits for the server hosted here need not wait any longer. */
static void
host_state_changed_cb (AppApplication *self)
{
  guint n_sessions = g_list_model_get_n_items (G_LIST_MODEL (self->profile));

  if (app_host_get_state (self->host) != APP_HOST_RUNNING)
    return;

  for (guint i = 0; i < n_sessions; i++)
    {
      g_autoptr(ConfabSession) session = g_list_model_get_item (G_LIST_MODEL (self->profile), i);

      if (app_host_is_home_of (self->host, confab_session_get_space_url (session)))
        confab_session_try_now (session);
    }
}

static gboolean
is_watched_cb (AppApplication *self,
               ConfabRoom     *room)
{
  return self->window && app_window_is_watched (self->window, room);
}

static void
room_wanted_cb (AppApplication *self,
                ConfabRoom     *room)
{
  g_application_activate (G_APPLICATION (self));
  if (self->window)
    app_window_open_room (self->window, room);
}

static void
host_stopped_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;

  app_host_stop_finish (APP_HOST (object), result, NULL);
  g_application_release (G_APPLICATION (self));
}

static void
profile_closed_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_profile_close_finish (CONFAB_PROFILE (object), result, &error))
    g_warning ("Not everything could be written: %s", error->message);
  app_host_stop_async (self->host, NULL, host_stopped_cb, g_object_ref (self));
}

static void
end (AppApplication *self)
{
  if (self->ending)
    return;

  self->ending = TRUE;
  app_calls_end_all (self->calls);
  app_notifier_withdraw_all (self->notifier);
  g_application_hold (G_APPLICATION (self));
  confab_profile_close_async (self->profile, profile_closed_cb, g_object_ref (self));
}

/* Waits for no answer, nor for a dialog to be closed. */
static void
quit_now (AppApplication *self)
{
  app_calls_end_all (self->calls);
  if (self->window)
    app_window_terminate (self->window);
  else
    end (self);
}

static gboolean
terminated_cb (gpointer user_data)
{
  quit_now (APP_APPLICATION (user_data));

  return G_SOURCE_CONTINUE;
}

static void
quit_answered_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppApplication) self = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  self->asking = FALSE;
  if (g_str_equal (answer, "quit"))
    quit_now (self);
}

/* The program takes the call along: after a word. */
static void
ask_to_hang_up (AppApplication *self)
{
  AdwDialog *dialog;

  g_application_activate (G_APPLICATION (self));
  if (self->asking || !self->window)
    return;

  self->asking = TRUE;
  dialog = adw_alert_dialog_new (_("Hang Up and Quit?"), _("Quitting Confab ends the call."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "quit",
                                  _("_Hang Up and Quit"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "quit",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self->window), NULL,
                           quit_answered_cb, g_object_ref (self));
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  AppApplication *self = user_data;

  if (app_calls_is_busy (self->calls))
    ask_to_hang_up (self);
  else
    quit_now (self);
}

static gboolean
shows_preferences (AppWindow *window)
{
  return APP_IS_PREFERENCES (
    adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)));
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  AppApplication *self = user_data;

  /* Also from where there is no window to be seen. */
  g_application_activate (G_APPLICATION (self));
  if (self->window && !shows_preferences (self->window))
    adw_dialog_present (app_preferences_new (self->settings, self->profile, self->host,
                                             self->calls, self->background,
                                             app_window_get_session (self->window)),
                        GTK_WIDGET (self->window));
}

/* @session_id may be empty for the one that is shown. */
static ConfabRoom *
find_room (AppApplication *self,
           const char     *session_id,
           const char     *rid)
{
  ConfabSession *session;

  if (*session_id)
    session = confab_profile_get_session (self->profile, session_id);
  else
    session = self->window ? app_window_get_session (self->window) : NULL;

  return session ? confab_session_get_room (session, rid) : NULL;
}

/* For scripts and tests: a session's id and the room's. */
static void
open_room_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  AppApplication *self = user_data;
  const char *session_id = NULL;
  const char *rid = NULL;
  ConfabRoom *room;

  g_variant_get (parameter, "(&s&s)", &session_id, &rid);
  room = find_room (self, session_id, rid);
  if (room)
    room_wanted_cb (self, room);
}

/* A session's id, the room's, and whether with the camera. */
static void
call_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  AppApplication *self = user_data;
  const char *session_id = NULL;
  const char *rid = NULL;
  gboolean video = FALSE;
  ConfabRoom *room;

  g_variant_get (parameter, "(&s&sb)", &session_id, &rid, &video);
  room = find_room (self, session_id, rid);
  if (room)
    app_calls_start (self->calls, room, video);
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  AppApplication *self = user_data;

  if (self->window)
    app_about_present (GTK_WIDGET (self->window));
}

static void
add_actions (AppApplication *self)
{
  const GActionEntry entries[] = {
    { "about", about_action },
    { "call", call_action, "(ssb)" },
    { "open-room", open_room_action, "(ss)" },
    { "preferences", preferences_action },
    { "quit", quit_action },
  };
  const struct
  {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "app.preferences", { "<Control>comma" } },
    { "app.quit", { "<Control>q" } },
    { "win.call::voice", { "<Control><Shift>a" } },
    { "win.call::video", { "<Control><Shift>v" } },
    { "win.new-conversation", { "<Control>n" } },
    { "win.next-room", { "<Alt>Down" } },
    { "win.previous-room", { "<Alt>Up" } },
    { "win.search", { "<Control>k" } },
    { "win.search-room", { "<Control>f" } },
    { "win.shortcuts", { "<Control>question", "<Control>slash" } },
    { "win.toggle-details", { "F9" } },
    { "window.close", { "<Control>w" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           accels[i].accels);
}

static void
appearance_changed_cb (AppApplication *self)
{
  const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                     ADW_COLOR_SCHEME_FORCE_DARK };
  int appearance = g_settings_get_enum (self->settings, "appearance");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[CLAMP (appearance, 0, 2)]);
}

static void
build_objects (AppApplication *self)
{
  g_autofree char *data_dir = g_build_filename (g_get_user_data_dir (), "confab",
                                                self->profile_name, NULL);
  const char *program = g_getenv ("CONFABD");

  self->settings = app_settings_new (self->profile_name);
  if (!self->settings)
    g_error ("The settings schema is not installed. From a build directory, use ./dev run");

  self->profile = confab_profile_new (data_dir);
  self->host = app_host_new (program ? program : CONFABD_PATH, data_dir);
  self->notifier = app_notifier_new (APPLICATION_ID);
  self->attention = app_attention_new (self->profile, self->notifier, self->settings);
  self->calls = app_calls_new (GTK_APPLICATION (self), self->profile, self->attention,
                               self->notifier, self->settings);
  self->tray = app_tray_new (G_APPLICATION (self), self->attention, self->settings);
  self->background = app_background_new (self->tray, self->settings);
}

/* Not where the window is back by now. */
static void
background_denied_cb (AppApplication *self)
{
  if (self->window && !gtk_widget_get_visible (GTK_WIDGET (self->window)))
    quit_now (self);
}

static void
app_application_startup (GApplication *application)
{
  AppApplication *self = APP_APPLICATION (application);

  G_APPLICATION_CLASS (app_application_parent_class)->startup (application);
  app_menu_names_install ();

  gtk_window_set_default_icon_name (APPLICATION_ID);
  build_objects (self);
  add_actions (self);
  g_signal_connect_object (self->settings, "changed::appearance",
                           G_CALLBACK (appearance_changed_cb), self, G_CONNECT_SWAPPED);
  appearance_changed_cb (self);
  g_signal_connect_object (self->host, "notify::state", G_CALLBACK (host_state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attention, "is-watched", G_CALLBACK (is_watched_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attention, "room-wanted", G_CALLBACK (room_wanted_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->background, "denied", G_CALLBACK (background_denied_cb), self,
                           G_CONNECT_SWAPPED);
  g_unix_signal_add (SIGTERM, terminated_cb, self);
  g_unix_signal_add (SIGINT, terminated_cb, self);

  confab_profile_load_async (self->profile, NULL, profile_loaded_cb, g_object_ref (self));
}

/* Who has no space waits for nothing. */
static gboolean
close_requested_cb (AppApplication *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->profile)) > 0 &&
      app_background_hide (self->background, self->window))
    return GDK_EVENT_STOP;

  if (!app_calls_is_busy (self->calls))
    return GDK_EVENT_PROPAGATE;

  ask_to_hang_up (self);

  return GDK_EVENT_STOP;
}

static void
window_gone_cb (AppApplication *self)
{
  self->window = NULL;
}

static void
app_application_activate (GApplication *application)
{
  AppApplication *self = APP_APPLICATION (application);
  g_autofree char *token = NULL;

  if (self->ending)
    return;

  if (!self->window)
    {
      self->window = app_window_new (ADW_APPLICATION (self), self->profile, self->host,
                                     self->attention, self->calls, self->settings);
      g_signal_connect_object (self->window, "close-request", G_CALLBACK (close_requested_cb),
                               self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->window, "destroy", G_CALLBACK (window_gone_cb), self,
                               G_CONNECT_SWAPPED);
    }

  token = app_tray_steal_token (self->tray);
  if (token)
    gtk_window_set_startup_id (GTK_WINDOW (self->window), token);
  gtk_window_present (GTK_WINDOW (self->window));

  if (self->load_error)
    app_window_set_failed (self->window, self->load_error);
  else if (self->loaded)
    app_window_set_loaded (self->window);
}

static void
app_application_window_removed (GtkApplication *application,
                                GtkWindow      *window)
{
  AppApplication *self = APP_APPLICATION (application);

  /* Before the last use of the application is gone, so that it stays. */
  if (GTK_IS_APPLICATION_WINDOW (window))
    end (self);

  GTK_APPLICATION_CLASS (app_application_parent_class)->window_removed (application, window);
}

static gboolean
is_profile_name (const char *name)
{
  for (const char *at = name; *at; at++)
    {
      if (!g_ascii_isalnum (*at) && *at != '_' && *at != '-')
        return FALSE;
    }

  return *name && strlen (name) <= 64;
}

static gboolean
take_profile (AppApplication *self,
              GVariantDict   *options)
{
  g_autofree char *id = NULL;
  const char *name = NULL;

  if (!g_variant_dict_lookup (options, "profile", "&s", &name) ||
      g_str_equal (name, DEFAULT_PROFILE))
    return TRUE;

  if (!is_profile_name (name))
    {
      g_printerr ("%s\n", _("A profile’s name has letters, digits, dashes and underscores only."));
      return FALSE;
    }

  g_set_str (&self->profile_name, name);
  id = g_strdup_printf (APPLICATION_ID ".profile_%s", name);
  g_application_set_application_id (G_APPLICATION (self), id);

  return TRUE;
}

static int
app_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  AppApplication *self = APP_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Confab %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }

  if (!take_profile (self, options))
    return EXIT_FAILURE;

  g_variant_dict_lookup (options, "host", "s", &self->host_name);
  if (self->host_name && !app_name_is_display (self->host_name))
    {
      g_printerr ("%s\n", _("A name needs at least one letter."));
      return EXIT_FAILURE;
    }

  return -1;
}

static void
app_application_dispose (GObject *object)
{
  AppApplication *self = APP_APPLICATION (object);

  g_clear_object (&self->background);
  g_clear_object (&self->tray);
  g_clear_object (&self->calls);
  g_clear_object (&self->attention);
  g_clear_object (&self->notifier);
  g_clear_object (&self->host);
  g_clear_object (&self->profile);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_application_parent_class)->dispose (object);
}

static void
app_application_finalize (GObject *object)
{
  AppApplication *self = APP_APPLICATION (object);

  g_clear_error (&self->load_error);
  g_free (self->profile_name);
  g_free (self->host_name);

  G_OBJECT_CLASS (app_application_parent_class)->finalize (object);
}

static void
app_application_class_init (AppApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->dispose = app_application_dispose;
  object_class->finalize = app_application_finalize;
  application_class->startup = app_application_startup;
  application_class->activate = app_application_activate;
  application_class->handle_local_options = app_application_handle_local_options;
  GTK_APPLICATION_CLASS (klass)->window_removed = app_application_window_removed;
}

static void
app_application_init (AppApplication *self)
{
  const GOptionEntry options[] = {
    { "profile", 'p', 0, G_OPTION_ARG_STRING, NULL, N_("Keep separate data under this name"),
      N_("NAME") },
    { "host", 0, 0, G_OPTION_ARG_STRING, NULL,
      N_("Start a space on this computer, if there is none yet"), N_("NAME") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { NULL },
  };

  self->profile_name = g_strdup (DEFAULT_PROFILE);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/**
 * app_application_new:
 *
 * Returns: (transfer full): the application
 */
GApplication *
app_application_new (void)
{
  return g_object_new (APP_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                       "resource-base-path", RESOURCE_PATH, NULL);
}
