/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-window-actions"

#include "config.h"

#include "app-window-private.h"

#include "app-error.h"
#include "app-invite-dialog.h"
#include "app-new-dialog.h"
#include "app-shortcuts.h"
#include "app-sign-page.h"
#include "app-welcome.h"

#include <glib/gi18n.h>

static ConfabRoom *
find_room (AppWindow *self,
           GVariant  *rid)
{
  ConfabSession *session = app_window_get_session (self);

  return session ? confab_session_get_room (session, g_variant_get_string (rid, NULL)) : NULL;
}

static void
show_error (AppWindow    *self,
            const GError *error)
{
  g_autofree char *sentence = app_error_describe (error);

  app_window_show_toast (self, sentence);
}

/* A dialog of its own for pages that are otherwise part of the welcome. */
static AdwDialog *
make_page_dialog (GtkWidget *content)
{
  AdwDialog *dialog = adw_dialog_new ();

  adw_dialog_set_content_width (dialog, 480);
  adw_dialog_set_content_height (dialog, 560);
  adw_dialog_set_child (dialog, content);

  return dialog;
}

static void
space_added_cb (AppWindow     *self,
                ConfabSession *session)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self));

  if (dialog)
    adw_dialog_close (dialog);
  app_window_welcome (self, session);
}

static void
add_space_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  GtkWidget *welcome = app_welcome_new (self->host, self->profile);

  g_signal_connect_object (welcome, "done", G_CALLBACK (space_added_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (make_page_dialog (welcome), widget);
}

static void
sign_in_again (AppWindow     *self,
               ConfabSession *session)
{
  GtkWidget *navigation = adw_navigation_view_new ();
  AdwNavigationPage *page = app_sign_page_new_for_session (self->profile, session);

  g_signal_connect_object (page, "done", G_CALLBACK (space_added_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_add (ADW_NAVIGATION_VIEW (navigation), page);
  adw_dialog_present (make_page_dialog (navigation), GTK_WIDGET (self));
}

static void
mend_connection_action (GtkWidget  *widget,
                        const char *action_name,
                        GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabSession *session = app_window_get_session (self);

  if (!session)
    return;

  switch (confab_session_get_state (session))
    {
    case CONFAB_CONNECTION_STATE_REFUSED:
      sign_in_again (self, session);
      break;
    case CONFAB_CONNECTION_STATE_IDLE:
      confab_session_go_online (session);
      break;
    case CONFAB_CONNECTION_STATE_CONNECTING:
    case CONFAB_CONNECTION_STATE_GREETING:
    case CONFAB_CONNECTION_STATE_ONLINE:
    case CONFAB_CONNECTION_STATE_WAITING:
      confab_session_try_now (session);
      break;
    }
}

static void
space_forgotten_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(AppWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!app_host_forget_finish (APP_HOST (object), result, &error))
    show_error (self, error);
}

static void
space_removed_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_profile_remove_finish (CONFAB_PROFILE (object), result, &error))
    show_error (self, error);
}

/* What was asked about; by the time of the answer the window may show another space. */
typedef struct
{
  AppWindow     *window;
  ConfabSession *session;
} Removal;

static void
remove_answered_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autofree Removal *removal = user_data;
  g_autoptr(AppWindow) self = removal->window;
  g_autoptr(ConfabSession) session = removal->session;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  if (!g_str_equal (answer, "remove"))
    return;

  if (app_host_is_home_of (self->host, confab_session_get_space_url (session)))
    app_host_forget_async (self->host, NULL, space_forgotten_cb, g_object_ref (self));
  confab_profile_remove_async (self->profile, session, NULL, space_removed_cb,
                               g_object_ref (self));
}

/* One of the few things that cannot be undone, so it asks. */
static void
remove_space_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabSession *session = app_window_get_session (self);
  AdwDialog *dialog;
  Removal *removal;
  const char *body;

  if (!session)
    return;

  if (app_host_is_home_of (self->host, confab_session_get_space_url (session)))
    body = _("You host this space. It is deleted for everybody, with all accounts and messages.");
  else
    body = _("You are signed out and the messages kept on this computer are deleted. "
             "Your account and what you wrote stay in the space.");

  dialog = adw_alert_dialog_new (NULL, body);
  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (dialog), _("Remove “%s”?"),
                                   confab_session_get_space_name (session));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "remove",
                                  _("_Remove"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "remove",
                                            ADW_RESPONSE_DESTRUCTIVE);
  removal = g_new (Removal, 1);
  removal->window = g_object_ref (self);
  removal->session = g_object_ref (session);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), widget, NULL, remove_answered_cb, removal);
}

static void
invite_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabSession *session = app_window_get_session (self);

  if (session)
    adw_dialog_present (app_invite_dialog_new (self->host, session), widget);
}

static void
room_opened_cb (AppWindow  *self,
                ConfabRoom *room)
{
  app_window_open_room (self, room);
}

static void
new_conversation_action (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabSession *session = app_window_get_session (self);
  AdwDialog *dialog;

  if (!session)
    return;

  dialog = app_new_dialog_new (session);
  g_signal_connect_object (dialog, "room-opened", G_CALLBACK (room_opened_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

/* A room that is about to be left. */
typedef struct
{
  AppWindow  *window;
  ConfabRoom *room;
  gboolean    undone;
} Leaving;

static void
leaving_free (Leaving *self)
{
  g_object_unref (self->window);
  g_object_unref (self->room);
  g_free (self);
}

static void
left_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Leaving *leaving = user_data;
  AppWindow *self = leaving->window;
  g_autoptr(GError) error = NULL;

  if (!confab_room_leave_finish (leaving->room, result, &error))
    show_error (self, error);

  /* Left, it is gone from the list; not left, it has to be seen again. */
  if (self->space_page)
    app_space_page_set_room_hidden (self->space_page, confab_room_get_rid (leaving->room), FALSE);
  app_window_left_one (self);
  leaving_free (leaving);
}

static void
leave_undone_cb (Leaving *leaving)
{
  leaving->undone = TRUE;
}

static void
leave_toast_gone_cb (Leaving *leaving)
{
  if (!leaving->undone)
    {
      confab_room_leave_async (leaving->room, NULL, left_cb, leaving);
      return;
    }

  app_space_page_set_room_hidden (leaving->window->space_page,
                                  confab_room_get_rid (leaving->room), FALSE);
  app_window_open_room (leaving->window, leaving->room);
  app_window_left_one (leaving->window);
  leaving_free (leaving);
}

static void
leave_room_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabRoom *room = find_room (self, parameter);
  AdwToast *toast;
  Leaving *leaving;

  if (!room)
    return;

  leaving = g_new0 (Leaving, 1);
  leaving->window = g_object_ref (self);
  leaving->room = g_object_ref (room);
  self->n_leaving++;

  if (app_space_page_get_room (self->space_page) == room)
    app_space_page_close_room (self->space_page);
  app_space_page_set_room_hidden (self->space_page, confab_room_get_rid (room), TRUE);

  if (confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP)
    toast = adw_toast_new_format (_("You left “%s”"), confab_room_get_title (room));
  else
    toast = adw_toast_new_format (_("Conversation with %s hidden"), confab_room_get_title (room));
  adw_toast_set_button_label (toast, _("_Undo"));
  g_signal_connect_swapped (toast, "button-clicked", G_CALLBACK (leave_undone_cb), leaving);
  g_signal_connect_swapped (toast, "dismissed", G_CALLBACK (leave_toast_gone_cb), leaving);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
mute_room_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  ConfabRoom *room = find_room (APP_WINDOW (widget), parameter);

  if (room)
    confab_room_set_muted (room, !confab_room_get_muted (room));
}

static void
mark_room_read_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  ConfabRoom *room = find_room (APP_WINDOW (widget), parameter);
  ConfabMessage *last = room ? confab_room_get_last_message (room) : NULL;

  if (last)
    confab_room_mark_read (room, confab_message_get_seq (last));
}

static void
open_room_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  ConfabRoom *room = find_room (APP_WINDOW (widget), parameter);

  if (room)
    app_window_open_room (APP_WINDOW (widget), room);
}

static void
call_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);
  ConfabRoom *room = self->space_page ? app_space_page_get_room (self->space_page) : NULL;

  if (room)
    app_calls_start (self->calls, room,
                     g_str_equal (g_variant_get_string (parameter, NULL), "video"));
}

static void
toast_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  app_window_show_toast (APP_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
search_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);

  if (self->space_page)
    app_space_page_search (self->space_page, g_str_equal (action_name, "win.search-room"));
}

static void
step_room_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);

  if (self->space_page)
    app_space_page_step_room (self->space_page,
                              g_str_equal (action_name, "win.next-room") ? 1 : -1);
}

static void
toggle_details_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  AppWindow *self = APP_WINDOW (widget);

  if (self->space_page)
    app_space_page_toggle_details (self->space_page);
}

static void
shortcuts_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  app_shortcuts_present (widget);
}

/**
 * app_window_install_actions:
 * @widget_class: the class of the window
 *
 * Gives windows their actions.
 */
void
app_window_install_actions (GtkWidgetClass *widget_class)
{
  const struct
  {
    const char                *name;
    const char                *parameter;
    GtkWidgetActionActivateFunc function;
  } actions[] = {
    { "win.add-space", NULL, add_space_action },
    { "win.call", "s", call_action },
    { "win.invite", NULL, invite_action },
    { "win.leave-room", "s", leave_room_action },
    { "win.mark-room-read", "s", mark_room_read_action },
    { "win.mend-connection", NULL, mend_connection_action },
    { "win.mute-room", "s", mute_room_action },
    { "win.new-conversation", NULL, new_conversation_action },
    { "win.next-room", NULL, step_room_action },
    { "win.open-room", "s", open_room_action },
    { "win.previous-room", NULL, step_room_action },
    { "win.remove-space", NULL, remove_space_action },
    { "win.search", NULL, search_action },
    { "win.search-room", NULL, search_action },
    { "win.shortcuts", NULL, shortcuts_action },
    { "win.toast", "s", toast_action },
    { "win.toggle-details", NULL, toggle_details_action },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter,
                                     actions[i].function);

  gtk_widget_class_install_property_action (widget_class, "win.session", "session-id");
}

/**
 * app_window_enable_actions:
 * @self: a window
 *
 * Greys out what makes no sense now.
 */
void
app_window_enable_actions (AppWindow *self)
{
  const char *of_session[] = { "win.invite",       "win.mend-connection", "win.new-conversation",
                               "win.next-room",    "win.previous-room",   "win.remove-space",
                               "win.search",       "win.toggle-details" };
  ConfabSession *session = app_window_get_session (self);
  gboolean has_room = session && app_space_page_get_room (self->space_page);

  for (gsize i = 0; i < G_N_ELEMENTS (of_session); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_session[i], session != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.call",
                                 has_room && !app_calls_get_problem (self->calls));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.search-room", has_room);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.toggle-details", has_room);
}
