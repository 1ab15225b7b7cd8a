/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-window"

#include "config.h"

#include "app-call-window.h"

#include "app-call-details.h"
#include "app-call-stage.h"
#include "app-call-status.h"
#include "app-device-menu.h"
#include "app-video-sink.h"

#include <glib/gi18n.h>

/* Without a motion for so long the controls leave the picture alone; a sentence has to be read
 * first.
 */
#define FADE_AFTER_MS 3000
#define READ_MS 8000
/* What has ended well needs no more than a glance. */
#define CLOSE_AFTER_MS 3000

/**
 * AppCallWindow:
 *
 * A call: who is in it, large; oneself, small; and the controls, which fade
 * while there is a picture and nothing moves.
 *
 * The call goes on as long as the window, wherever one goes in the main one.
 * Closing it ends the call after a word. When the call has ended the window
 * says why, and goes by itself where there is nothing to decide. ::again asks
 * for another call like that one.
 */
struct _AppCallWindow
{
  AdwWindow       parent_instance;

  ConfabCall     *call;
  AppCallStatus  *status;
  GstElement     *preview_sink;
  GdkPaintable   *preview;
  guint           fade_timeout;
  guint           close_timeout;
  /* What is missing, as it was told last. */
  char           *notes;
  gboolean        controls_shown;
  /* The word has been said. */
  gboolean        closing;

  AppCallStage   *stage;
  AppCallDetails *details;
  GtkMenuButton  *quality_button;
  GtkMenuButton  *devices_button;
  GtkWidget      *controls;
};

G_DEFINE_FINAL_TYPE (AppCallWindow, app_call_window, ADW_TYPE_WINDOW)

typedef enum {
  PROP_STATUS = 1,
  PROP_CONTROLS_SHOWN,
  PROP_MUTED,
  PROP_CAMERA_ON,
  PROP_SCREEN_ON,
} AppCallWindowProperty;

typedef enum {
  SIGNAL_AGAIN,
} AppCallWindowSignal;

static GParamSpec *properties[PROP_SCREEN_ON + 1];
static guint signals[SIGNAL_AGAIN + 1];

static gboolean
is_ended (AppCallWindow *self)
{
  return confab_call_get_state (self->call) == CONFAB_CALL_STATE_ENDED;
}

static void
set_controls_shown (AppCallWindow *self,
                    gboolean       shown)
{
  if (self->controls_shown == shown)
    return;

  self->controls_shown = shown;
  /* Not seen, they are still there for a screen reader. */
  if (shown)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "faded");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "faded");
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), shown ? NULL : "none");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTROLS_SHOWN]);
}

/* Whoever moves by keyboard has to see where. */
static gboolean
has_focus_visible (AppCallWindow *self)
{
  return gtk_window_get_focus_visible (GTK_WINDOW (self)) &&
         gtk_window_is_active (GTK_WINDOW (self));
}

static gboolean
may_fade (AppCallWindow *self)
{
  return confab_call_get_state (self->call) == CONFAB_CALL_STATE_ACTIVE &&
         app_call_status_has_picture (self->status) &&
         !gtk_menu_button_get_active (self->quality_button) &&
         !gtk_menu_button_get_active (self->devices_button) && !has_focus_visible (self);
}

static gboolean
fade_cb (gpointer user_data)
{
  AppCallWindow *self = user_data;

  if (!may_fade (self))
    return G_SOURCE_CONTINUE;

  self->fade_timeout = 0;
  set_controls_shown (self, FALSE);

  return G_SOURCE_REMOVE;
}

static void
show_controls (AppCallWindow *self,
               guint          for_ms)
{
  set_controls_shown (self, TRUE);
  g_clear_handle_id (&self->fade_timeout, g_source_remove);
  self->fade_timeout = g_timeout_add (for_ms, fade_cb, self);
}

static void
keep_controls (AppCallWindow *self)
{
  show_controls (self, FADE_AFTER_MS);
}

static void
notes_changed_cb (AppCallWindow *self)
{
  g_autofree char *notes = NULL;

  g_object_get (self->status, "notes", &notes, NULL);
  if (g_set_str (&self->notes, notes))
    show_controls (self, READ_MS);
}

static gboolean
key_pressed_cb (AppCallWindow *self)
{
  keep_controls (self);

  return GDK_EVENT_PROPAGATE;
}

static void
details_shown_cb (AppCallWindow *self)
{
  if (gtk_menu_button_get_active (self->quality_button))
    app_call_details_refresh (self->details);
  keep_controls (self);
}

static void
refreshed_cb (AppCallWindow *self)
{
  g_autofree char *label = NULL;

  g_object_get (self->status, "quality-label", &label, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->quality_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (gtk_menu_button_get_active (self->quality_button))
    app_call_details_refresh (self->details);
}

static char *
make_title (AppCallWindow *self,
            const char    *name)
{
  /* Translators: the title of the window of a call; %s is a person or a group. */
  return g_strdup_printf (C_("window title", "%s – Call"), name ? name : "");
}

static gboolean
is_false (AppCallWindow *self,
          gboolean       value)
{
  return !value;
}

static char *
pick_screen_icon (AppCallWindow *self,
                  gboolean       fullscreened)
{
  return g_strdup (fullscreened ? "view-restore-symbolic" : "view-fullscreen-symbolic");
}

static char *
pick_mute_icon (AppCallWindow *self,
                gboolean       muted)
{
  return g_strdup (muted ? "microphone-disabled-symbolic" : "audio-input-microphone-symbolic");
}

static char *
pick_mute_tooltip (AppCallWindow *self,
                   gboolean       muted)
{
  return g_strdup (muted ? _("Unmute") : _("Mute"));
}

static char *
pick_camera_icon (AppCallWindow *self,
                  gboolean       on)
{
  return g_strdup (on ? "camera-video-symbolic" : "camera-disabled-symbolic");
}

static char *
pick_camera_tooltip (AppCallWindow *self,
                     gboolean       on)
{
  return g_strdup (on ? _("Turn Camera Off") : _("Turn Camera On"));
}

static char *
pick_screen_tooltip (AppCallWindow *self,
                     gboolean       on)
{
  return g_strdup (on ? _("Stop Sharing the Screen") : _("Share the Screen"));
}

static void
again_clicked_cb (AppCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_AGAIN], 0, self->call);
}

static void
show_preview (AppCallWindow *self)
{
  gboolean camera = confab_call_get_camera_on (self->call) &&
                    confab_call_get_missing_video (self->call) == CONFAB_MISSING_NONE;
  gboolean shown = (camera || confab_call_get_screen_on (self->call)) && !is_ended (self);

  if (shown && !self->preview_sink)
    {
      self->preview_sink = app_video_sink_new (TRUE, &self->preview);
      if (self->preview_sink)
        confab_call_set_self_view_sink (self->call, self->preview_sink);
    }
  app_call_stage_set_preview (self->stage, shown ? self->preview : NULL);
}

static void
close_cb (gpointer user_data)
{
  AppCallWindow *self = user_data;

  self->close_timeout = 0;
  gtk_window_destroy (GTK_WINDOW (self));
}

/* How long the end is shown: not at all to whoever brought it about, and until
 * it is closed where one may want to do something about it.
 */
static void
show_end (AppCallWindow *self)
{
  guint delay_ms = CLOSE_AFTER_MS;

  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));

  switch (confab_call_get_end_reason (self->call))
    {
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_DECLINED:
      delay_ms = 0;
      break;
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
      break;
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
    case CONFAB_CALL_END_REASON_BUSY:
    case CONFAB_CALL_END_REASON_NO_ANSWER:
    case CONFAB_CALL_END_REASON_OFFLINE:
    case CONFAB_CALL_END_REASON_NO_WAY:
    case CONFAB_CALL_END_REASON_PEER_LOST:
    case CONFAB_CALL_END_REASON_FULL:
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
    case CONFAB_CALL_END_REASON_INSECURE:
    case CONFAB_CALL_END_REASON_PEER_FAILED:
    case CONFAB_CALL_END_REASON_FAILED:
      return;
    }

  if (!self->close_timeout)
    self->close_timeout = g_timeout_add_once (delay_ms, close_cb, self);
}

static void
announce_state (AppCallWindow *self)
{
  g_autofree char *text = app_call_status_dup_text (self->status);

  gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
state_changed_cb (AppCallWindow *self)
{
  ConfabCallState state = confab_call_get_state (self->call);

  app_call_stage_set_waiting (self->stage, state != CONFAB_CALL_STATE_ACTIVE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.hang-up",
                                 state != CONFAB_CALL_STATE_ENDED);
  keep_controls (self);
  show_preview (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && state != CONFAB_CALL_STATE_ACTIVE)
    announce_state (self);
  if (state == CONFAB_CALL_STATE_ENDED)
    show_end (self);
}

static void
media_changed_cb (AppCallWindow *self)
{
  for (guint i = PROP_MUTED; i <= PROP_SCREEN_ON; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  show_preview (self);
}

static void
hang_up_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  confab_call_hang_up (APP_CALL_WINDOW (widget)->call);
}

static void
close_answered_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(AppCallWindow) self = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  self->closing = FALSE;
  if (g_str_equal (answer, "hang-up"))
    confab_call_hang_up (self->call);
}

static void
ask_to_hang_up (AppCallWindow *self)
{
  AdwDialog *dialog;

  if (self->closing)
    return;

  self->closing = TRUE;
  dialog = adw_alert_dialog_new (_("Hang Up?"), _("Closing this window ends the call."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "hang-up",
                                  _("_Hang Up"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "hang-up",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self), NULL, close_answered_cb,
                           g_object_ref (self));
}

static gboolean
app_call_window_close_request (GtkWindow *window)
{
  AppCallWindow *self = APP_CALL_WINDOW (window);

  if (is_ended (self))
    return GTK_WINDOW_CLASS (app_call_window_parent_class)->close_request (window);

  ask_to_hang_up (self);

  return GDK_EVENT_STOP;
}

static void
leave_full_screen_action (GtkWidget  *widget,
                          const char *action_name,
                          GVariant   *parameter)
{
  gtk_window_unfullscreen (GTK_WINDOW (widget));
}

static void
app_call_window_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  AppCallWindow *self = APP_CALL_WINDOW (widget);
  int controls_height;

  gtk_widget_measure (self->controls, GTK_ORIENTATION_VERTICAL, -1, &controls_height, NULL, NULL,
                      NULL);
  app_call_stage_set_inset (self->stage, controls_height);

  GTK_WIDGET_CLASS (app_call_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
app_call_window_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AppCallWindow *self = APP_CALL_WINDOW (object);

  switch ((AppCallWindowProperty) property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_CONTROLS_SHOWN:
      g_value_set_boolean (value, self->controls_shown);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->call && confab_call_get_muted (self->call));
      break;
    case PROP_CAMERA_ON:
      g_value_set_boolean (value, self->call && confab_call_get_camera_on (self->call));
      break;
    case PROP_SCREEN_ON:
      g_value_set_boolean (value, self->call && confab_call_get_screen_on (self->call));
      break;
    }
}

static void
share_screen (AppCallWindow *self,
              gboolean       on)
{
  if (on)
    confab_call_share_screen (self->call);
  else
    confab_call_stop_screen (self->call);
}

static void
app_call_window_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  AppCallWindow *self = APP_CALL_WINDOW (object);
  gboolean on = g_value_get_boolean (value);

  switch ((AppCallWindowProperty) property_id)
    {
    case PROP_MUTED:
      confab_call_set_muted (self->call, on);
      break;
    case PROP_CAMERA_ON:
      confab_call_set_camera_on (self->call, on);
      break;
    case PROP_SCREEN_ON:
      share_screen (self, on);
      break;
    case PROP_STATUS:
    case PROP_CONTROLS_SHOWN:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
app_call_window_dispose (GObject *object)
{
  AppCallWindow *self = APP_CALL_WINDOW (object);

  g_clear_handle_id (&self->fade_timeout, g_source_remove);
  g_clear_handle_id (&self->close_timeout, g_source_remove);
  if (self->call)
    {
      g_signal_handlers_disconnect_by_data (self->call, self);
      if (self->preview_sink)
        confab_call_set_self_view_sink (self->call, NULL);
      confab_call_hang_up (self->call);
    }
  g_clear_object (&self->preview_sink);
  g_clear_object (&self->preview);
  g_clear_object (&self->status);

  G_OBJECT_CLASS (app_call_window_parent_class)->dispose (object);
}

static void
app_call_window_finalize (GObject *object)
{
  AppCallWindow *self = APP_CALL_WINDOW (object);

  g_clear_object (&self->call);
  g_free (self->notes);

  G_OBJECT_CLASS (app_call_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-call-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AppCallWindow, stage);
  gtk_widget_class_bind_template_child (widget_class, AppCallWindow, details);
  gtk_widget_class_bind_template_child (widget_class, AppCallWindow, quality_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallWindow, devices_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallWindow, controls);
  gtk_widget_class_bind_template_callback (widget_class, keep_controls);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, make_title);
  gtk_widget_class_bind_template_callback (widget_class, is_false);
  gtk_widget_class_bind_template_callback (widget_class, pick_screen_icon);
  gtk_widget_class_bind_template_callback (widget_class, pick_mute_icon);
  gtk_widget_class_bind_template_callback (widget_class, pick_mute_tooltip);
  gtk_widget_class_bind_template_callback (widget_class, pick_camera_icon);
  gtk_widget_class_bind_template_callback (widget_class, pick_camera_tooltip);
  gtk_widget_class_bind_template_callback (widget_class, pick_screen_tooltip);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "call.muted", "muted");
  gtk_widget_class_install_property_action (widget_class, "call.camera", "camera-on");
  gtk_widget_class_install_property_action (widget_class, "call.screen", "screen-on");
  gtk_widget_class_install_property_action (widget_class, "call.full-screen", "fullscreened");
  gtk_widget_class_install_action (widget_class, "call.hang-up", NULL, hang_up_action);
  gtk_widget_class_install_action (widget_class, "call.leave-full-screen", NULL,
                                   leave_full_screen_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "call.muted",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "call.camera",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "call.screen",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_h, GDK_CONTROL_MASK, "call.hang-up",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F11, 0, "call.full-screen", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "call.leave-full-screen",
                                       NULL);
}

static void
app_call_window_class_init (AppCallWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = app_call_window_get_property;
  object_class->set_property = app_call_window_set_property;
  object_class->dispose = app_call_window_dispose;
  object_class->finalize = app_call_window_finalize;
  widget_class->size_allocate = app_call_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = app_call_window_close_request;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, APP_TYPE_CALL_STATUS,
                                                 readable);
  properties[PROP_CONTROLS_SHOWN] = g_param_spec_boolean ("controls-shown", NULL, NULL, FALSE,
                                                          readable);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  properties[PROP_CAMERA_ON] = g_param_spec_boolean ("camera-on", NULL, NULL, FALSE, writable);
  properties[PROP_SCREEN_ON] = g_param_spec_boolean ("screen-on", NULL, NULL, FALSE, writable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_AGAIN] = g_signal_new ("again", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, CONFAB_TYPE_CALL);

  g_type_ensure (APP_TYPE_CALL_STAGE);
  g_type_ensure (APP_TYPE_CALL_DETAILS);
  g_type_ensure (APP_TYPE_CALL_STATUS);
  bind_template (widget_class);
  install_actions (widget_class);
}

static void
app_call_window_init (AppCallWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
watch_call (AppCallWindow *self)
{
  const char *media[] = { "notify::muted", "notify::camera-on", "notify::screen-on",
                          "notify::missing-video" };

  for (gsize i = 0; i < G_N_ELEMENTS (media); i++)
    g_signal_connect_swapped (self->call, media[i], G_CALLBACK (media_changed_cb), self);
  g_signal_connect_swapped (self->call, "notify::state", G_CALLBACK (state_changed_cb), self);
  g_signal_connect_object (self->status, "notify::notes", G_CALLBACK (notes_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->status, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * app_call_window_new:
 * @application: the application
 * @call: a call that is not ringing here, or not any longer
 * @devices: what there is to speak, hear and see with
 * @settings: the settings of the profile
 *
 * Returns: a window for the call, which lives no longer than the window
 */
GtkWindow *
app_call_window_new (GtkApplication *application,
                     ConfabCall     *call,
                     ConfabDevices  *devices,
                     GSettings      *settings)
{
  AppCallWindow *self = g_object_new (APP_TYPE_CALL_WINDOW, "application", application, NULL);
  g_autoptr(GMenuModel) menu = app_device_menu_new (devices);
  g_autoptr(GSimpleActionGroup) actions = app_device_menu_new_actions (settings);

  self->call = g_object_ref (call);
  self->status = app_call_status_new (call, devices);
  gtk_widget_insert_action_group (GTK_WIDGET (self), APP_DEVICE_MENU_GROUP,
                                  G_ACTION_GROUP (actions));
  gtk_menu_button_set_menu_model (self->devices_button, menu);
  app_call_stage_set_peers (self->stage, confab_call_get_peers (call));
  app_call_details_set_call (self->details, call);
  watch_call (self);

  for (guint i = PROP_STATUS; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  state_changed_cb (self);
  refreshed_cb (self);

  return GTK_WINDOW (self);
}
