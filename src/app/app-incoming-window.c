/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-incoming-window"

#include "config.h"

#include "app-incoming-window.h"

#include "app-call-status.h"

#include <glib/gi18n.h>

/**
 * AppIncomingWindow:
 *
 * Says who calls, and asks what to do about it. It goes when the call rings no
 * longer, for whatever reason.
 *
 * It comes to the front while somebody may be typing: no button has the focus,
 * so that neither a space nor Enter answers. Control and Enter accepts, Escape
 * declines.
 */
struct _AppIncomingWindow
{
  AdwWindow   parent_instance;

  ConfabCall *call;
  char       *name;
};

G_DEFINE_FINAL_TYPE (AppIncomingWindow, app_incoming_window, ADW_TYPE_WINDOW)

typedef enum {
  PROP_NAME = 1,
  PROP_HEADING,
  PROP_SUBTITLE,
  PROP_VIDEO,
} AppIncomingWindowProperty;

static GParamSpec *properties[PROP_VIDEO + 1];

static char *
dup_heading (AppIncomingWindow *self)
{
  /* Translators: %s is a person. */
  return g_strdup_printf (_("%s Is Calling"), self->name);
}

/* Which account is called, where that is not plain. */
static char *
dup_subtitle (AppIncomingWindow *self)
{
  ConfabRoom *room = confab_call_get_room (self->call);
  ConfabSession *session = room ? confab_room_get_session (room) : NULL;
  gboolean video = confab_call_get_video (self->call);

  if (!session)
    return g_strdup (video ? _("Incoming video call") : _("Incoming voice call"));

  /* Translators: %s is a space. */
  return g_strdup_printf (video ? _("Incoming video call in %s") : _("Incoming voice call in %s"),
                          confab_session_get_space_name (session));
}

static void
state_changed_cb (AppIncomingWindow *self)
{
  if (confab_call_get_state (self->call) != CONFAB_CALL_STATE_RINGING_IN)
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
accept_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  confab_call_accept (APP_INCOMING_WINDOW (widget)->call, g_variant_get_boolean (parameter));
}

static void
accept_as_called_action (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  AppIncomingWindow *self = APP_INCOMING_WINDOW (widget);

  confab_call_accept (self->call, confab_call_get_video (self->call));
}

static void
decline_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  confab_call_decline (APP_INCOMING_WINDOW (widget)->call);
}

static gboolean
app_incoming_window_close_request (GtkWindow *window)
{
  confab_call_decline (APP_INCOMING_WINDOW (window)->call);

  return GDK_EVENT_STOP;
}

static void
app_incoming_window_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  AppIncomingWindow *self = APP_INCOMING_WINDOW (object);

  if (!self->call)
    return;

  switch ((AppIncomingWindowProperty) property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_HEADING:
      g_value_take_string (value, dup_heading (self));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value, dup_subtitle (self));
      break;
    case PROP_VIDEO:
      g_value_set_boolean (value, confab_call_get_video (self->call));
      break;
    }
}

static void
app_incoming_window_dispose (GObject *object)
{
  AppIncomingWindow *self = APP_INCOMING_WINDOW (object);

  if (self->call)
    g_signal_handlers_disconnect_by_data (self->call, self);

  G_OBJECT_CLASS (app_incoming_window_parent_class)->dispose (object);
}

static void
app_incoming_window_finalize (GObject *object)
{
  AppIncomingWindow *self = APP_INCOMING_WINDOW (object);

  g_clear_object (&self->call);
  g_free (self->name);

  G_OBJECT_CLASS (app_incoming_window_parent_class)->finalize (object);
}

static void
app_incoming_window_class_init (AppIncomingWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_incoming_window_get_property;
  object_class->dispose = app_incoming_window_dispose;
  object_class->finalize = app_incoming_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = app_incoming_window_close_request;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, readable);
  properties[PROP_HEADING] = g_param_spec_string ("heading", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  properties[PROP_VIDEO] = g_param_spec_boolean ("video", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/confab_chat/Confab/app-incoming-window.ui");
  gtk_widget_class_install_action (widget_class, "incoming.accept", "b", accept_action);
  gtk_widget_class_install_action (widget_class, "incoming.accept-as-called", NULL,
                                   accept_as_called_action);
  gtk_widget_class_install_action (widget_class, "incoming.decline", NULL, decline_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "incoming.accept-as-called", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK,
                                       "incoming.accept-as-called", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "incoming.decline", NULL);
}

static void
app_incoming_window_init (AppIncomingWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_incoming_window_new:
 * @application: the application
 * @call: a call that is ringing here
 *
 * Returns: a window that asks whether to accept it
 */
GtkWindow *
app_incoming_window_new (GtkApplication *application,
                         ConfabCall     *call)
{
  AppIncomingWindow *self = g_object_new (APP_TYPE_INCOMING_WINDOW, "application", application,
                                          NULL);

  self->call = g_object_ref (call);
  self->name = app_call_status_dup_name (call);
  for (guint i = PROP_NAME; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  g_signal_connect_swapped (call, "notify::state", G_CALLBACK (state_changed_cb), self);

  return GTK_WINDOW (self);
}
