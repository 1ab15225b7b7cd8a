/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-check"

#include "config.h"

#include "app-call-check.h"

#include "app-call-problem.h"
#include "app-device-menu.h"
#include "app-error.h"
#include "app-ice.h"
#include "app-video-sink.h"

#include <glib/gi18n.h>

#define N_KINDS 3

/**
 * AppCallCheck:
 *
 * The page of the preferences that makes calls work: the devices, and a try of
 * each part of a call, with a sentence for what is wrong.
 *
 * Nothing is listened to or looked at before it is asked for, and no longer
 * than the page is seen.
 */
struct _AppCallCheck
{
  AdwPreferencesPage   parent_instance;

  ConfabDevices       *devices;
  ConfabCallCheck     *check;
  ConfabSession       *session;
  GSettings           *settings;
  GCancellable        *lifetime;
  GstElement          *camera_sink;
  char                *speaker_text;
  char                *loop_text;
  char                *network_text;
  gboolean             choosing;

  AdwPreferencesGroup *missing_group;
  AdwComboRow         *rows[N_KINDS];
  GtkToggleButton     *microphone_button;
  GtkToggleButton     *camera_button;
  GtkWidget           *speaker_button;
  GtkWidget           *loop_button;
  GtkWidget           *network_button;
  GtkPicture          *camera_picture;
};

G_DEFINE_FINAL_TYPE (AppCallCheck, app_call_check, ADW_TYPE_PREFERENCES_PAGE)

typedef enum {
  PROP_MICROPHONE_TEXT = 1,
  PROP_SPEAKER_TEXT,
  PROP_CAMERA_TEXT,
  PROP_LOOP_TEXT,
  PROP_NETWORK_TEXT,
  PROP_LEVEL,
} AppCallCheckProperty;

static GParamSpec *properties[PROP_LEVEL + 1];

static void
notify (AppCallCheck         *self,
        AppCallCheckProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* The first choice is the one of the system, the others are the devices. */
static void
fill_row (AppCallCheck     *self,
          ConfabDeviceKind  kind)
{
  GListModel *list = confab_devices_get_list (self->devices, kind);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *chosen = g_settings_get_string (self->settings,
                                                   app_device_menu_get_key (kind));
  guint selected = 0;

  gtk_string_list_append (names, _("As the System"));
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(ConfabDevice) device = g_list_model_get_item (list, i);

      gtk_string_list_append (names, confab_device_get_name (device));
      if (g_str_equal (confab_device_get_id (device), chosen))
        selected = i + 1;
    }

  self->choosing = FALSE;
  adw_combo_row_set_model (self->rows[kind], G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->rows[kind], selected);
  self->choosing = TRUE;
}

static void
devices_changed_cb (AppCallCheck *self)
{
  for (int kind = 0; kind < N_KINDS; kind++)
    fill_row (self, (ConfabDeviceKind) kind);
}

static void
selected_cb (AdwComboRow  *row,
             GParamSpec   *pspec,
             AppCallCheck *self)
{
  g_autoptr(ConfabDevice) device = NULL;
  guint selected = adw_combo_row_get_selected (row);
  ConfabDeviceKind kind = CONFAB_DEVICE_KIND_MICROPHONE;

  if (!self->choosing)
    return;

  while (self->rows[kind] != row)
    kind++;
  if (selected > 0)
    device = g_list_model_get_item (confab_devices_get_list (self->devices, kind), selected - 1);
  g_settings_set_string (self->settings, app_device_menu_get_key (kind),
                         device ? confab_device_get_id (device) : "");
}

static void
show_missing_plugins (AppCallCheck *self)
{
  g_auto(GStrv) sentences = confab_devices_list_missing_plugins ();

  gtk_widget_set_visible (GTK_WIDGET (self->missing_group), sentences[0] != NULL);
  for (guint i = 0; sentences[i]; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sentences[i]);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                                 gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
      adw_preferences_group_add (self->missing_group, row);
    }
}

static const char *
get_device_text (AppCallCheck     *self,
                 GtkToggleButton  *button,
                 ConfabDeviceKind  kind,
                 const char       *good)
{
  const char *problem;

  if (!self->check || !gtk_toggle_button_get_active (button))
    return "";

  problem = app_call_problem_describe_missing (kind,
                                               confab_call_check_get_missing (self->check, kind));

  return problem ? problem : good;
}

/* What there is to see of a device: nothing where it is missing. The text changes along. */
static gboolean
shows (AppCallCheck     *self,
       gboolean          active,
       ConfabDeviceKind  kind)
{
  return active && self->check &&
         confab_call_check_get_missing (self->check, kind) == CONFAB_MISSING_NONE;
}

static gboolean
shows_level (AppCallCheck *self,
             gboolean      active,
             const char   *text)
{
  return shows (self, active, CONFAB_DEVICE_KIND_MICROPHONE);
}

static gboolean
shows_picture (AppCallCheck *self,
               gboolean      active,
               const char   *text)
{
  return shows (self, active, CONFAB_DEVICE_KIND_CAMERA);
}

static void
missing_changed_cb (AppCallCheck *self)
{
  notify (self, PROP_MICROPHONE_TEXT);
  notify (self, PROP_CAMERA_TEXT);
}

static void
level_changed_cb (AppCallCheck *self)
{
  notify (self, PROP_LEVEL);
}

static void
microphone_toggled_cb (AppCallCheck *self)
{
  if (gtk_toggle_button_get_active (self->microphone_button))
    confab_call_check_start_microphone (self->check);
  else
    confab_call_check_stop_microphone (self->check);
  missing_changed_cb (self);
}

static void
camera_toggled_cb (AppCallCheck *self)
{
  g_autoptr(GdkPaintable) paintable = NULL;

  g_clear_object (&self->camera_sink);
  if (gtk_toggle_button_get_active (self->camera_button))
    self->camera_sink = app_video_sink_new (TRUE, &paintable);
  confab_call_check_set_camera_sink (self->check, self->camera_sink);
  gtk_picture_set_paintable (self->camera_picture, paintable);
  missing_changed_cb (self);
}

/* What became of a trial. */
static void
show_result (AppCallCheck          *self,
             GtkWidget             *button,
             AppCallCheckProperty   property,
             char                 **text,
             char                  *taken_words)
{
  gtk_widget_set_sensitive (button, TRUE);
  g_free (*text);
  *text = taken_words;
  notify (self, property);
}

static void
begin (AppCallCheck          *self,
       GtkWidget             *button,
       AppCallCheckProperty   property,
       char                 **text,
       const char            *words)
{
  gtk_widget_set_sensitive (button, FALSE);
  g_set_str (text, words);
  notify (self, property);
}

static void
tone_played_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(AppCallCheck) self = user_data;
  g_autoptr(ConfabCheckResult) found =
    confab_call_check_play_tone_finish (CONFAB_CALL_CHECK (object), result, NULL);

  /* Else the page is gone. */
  if (found)
    show_result (self, self->speaker_button, PROP_SPEAKER_TEXT, &self->speaker_text,
                 app_call_problem_describe_tone (confab_check_result_get_problem (found)));
}

static void
speaker_clicked_cb (AppCallCheck *self)
{
  begin (self, self->speaker_button, PROP_SPEAKER_TEXT, &self->speaker_text, _("Playing…"));
  confab_call_check_play_tone_async (self->check, self->lifetime, tone_played_cb,
                                     g_object_ref (self));
}

static void
looped_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(AppCallCheck) self = user_data;
  g_autoptr(ConfabCheckResult) found =
    confab_call_check_loop_back_finish (CONFAB_CALL_CHECK (object), result, NULL);

  if (found)
    show_result (self, self->loop_button, PROP_LOOP_TEXT, &self->loop_text,
                 app_call_problem_describe_trial (
                   confab_check_result_get_problem (found),
                   confab_check_result_get_missing (found, CONFAB_DEVICE_KIND_MICROPHONE),
                   confab_check_result_get_missing (found, CONFAB_DEVICE_KIND_CAMERA)));
}

static void
loop_clicked_cb (AppCallCheck *self)
{
  /* Some cameras can be opened only once. */
  gtk_toggle_button_set_active (self->microphone_button, FALSE);
  gtk_toggle_button_set_active (self->camera_button, FALSE);
  begin (self, self->loop_button, PROP_LOOP_TEXT, &self->loop_text,
         _("Calling: say something. The beeps are the answer."));
  confab_call_check_loop_back_async (self->check, self->lifetime, looped_cb, g_object_ref (self));
}

static void
show_network (AppCallCheck *self,
              char         *taken_words)
{
  show_result (self, self->network_button, PROP_NETWORK_TEXT, &self->network_text, taken_words);
}

static void
probed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(AppCallCheck) self = user_data;
  g_autoptr(GListModel) found =
    confab_call_check_probe_network_finish (CONFAB_CALL_CHECK (object), result, NULL);
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();
  g_auto(GStrv) strv = NULL;

  if (!found)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr(ConfabCheckResult) server = g_list_model_get_item (found, i);

      g_strv_builder_take (lines,
                           app_call_problem_describe_server (
                             confab_check_result_get_problem (server),
                             confab_check_result_get_subject (server)));
    }
  strv = g_strv_builder_end (lines);
  show_network (self, g_strjoinv ("\n", strv));
}

static void
servers_known_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppCallCheck) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AppIce) ice = app_ice_ask_finish (CONFAB_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (!ice)
    show_network (self, app_error_describe (error));
  else if (!ice->uris[0])
    show_network (self, g_strdup (_("Your space has none: calls work inside of one network, and "
                                    "where nothing is in between.")));
  else
    confab_call_check_probe_network_async (self->check, (const char *const *) ice->uris, ice->user,
                                           ice->password, self->lifetime, probed_cb,
                                           g_object_ref (self));
}

static void
network_clicked_cb (AppCallCheck *self)
{
  begin (self, self->network_button, PROP_NETWORK_TEXT, &self->network_text, _("Asking…"));
  app_ice_ask_async (self->session, self->lifetime, servers_known_cb, g_object_ref (self));
}

static void
app_call_check_unmap (GtkWidget *widget)
{
  AppCallCheck *self = APP_CALL_CHECK (widget);

  gtk_toggle_button_set_active (self->microphone_button, FALSE);
  gtk_toggle_button_set_active (self->camera_button, FALSE);

  GTK_WIDGET_CLASS (app_call_check_parent_class)->unmap (widget);
}

static void
app_call_check_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppCallCheck *self = APP_CALL_CHECK (object);

  switch ((AppCallCheckProperty) property_id)
    {
    case PROP_MICROPHONE_TEXT:
      g_value_set_string (value, get_device_text (self, self->microphone_button,
                                                  CONFAB_DEVICE_KIND_MICROPHONE,
                                                  _("The bar moves when you speak.")));
      break;
    case PROP_SPEAKER_TEXT:
      g_value_set_string (value, self->speaker_text);
      break;
    case PROP_CAMERA_TEXT:
      g_value_set_string (value, get_device_text (self, self->camera_button,
                                                  CONFAB_DEVICE_KIND_CAMERA, ""));
      break;
    case PROP_LOOP_TEXT:
      g_value_set_string (value, self->loop_text);
      break;
    case PROP_NETWORK_TEXT:
      g_value_set_string (value, self->network_text);
      break;
    case PROP_LEVEL:
      g_value_set_double (value, self->check ? confab_call_check_get_level (self->check) : 0);
      break;
    }
}

static void
app_call_check_dispose (GObject *object)
{
  AppCallCheck *self = APP_CALL_CHECK (object);

  g_cancellable_cancel (self->lifetime);
  if (self->check)
    {
      g_signal_handlers_disconnect_by_data (self->check, self);
      confab_call_check_stop (self->check);
    }
  g_clear_object (&self->check);
  g_clear_object (&self->camera_sink);
  g_clear_object (&self->devices);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_CALL_CHECK);

  G_OBJECT_CLASS (app_call_check_parent_class)->dispose (object);
}

static void
app_call_check_finalize (GObject *object)
{
  AppCallCheck *self = APP_CALL_CHECK (object);

  g_clear_object (&self->lifetime);
  g_free (self->speaker_text);
  g_free (self->loop_text);
  g_free (self->network_text);

  G_OBJECT_CLASS (app_call_check_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const char *texts[] = { NULL, "microphone-text", "speaker-text", "camera-text", "loop-text",
                          "network-text" };

  for (guint i = PROP_MICROPHONE_TEXT; i <= PROP_NETWORK_TEXT; i++)
    properties[i] = g_param_spec_string (texts[i], NULL, NULL, NULL, readable);
  properties[PROP_LEVEL] = g_param_spec_double ("level", NULL, NULL, 0, 1, 0, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_call_check_class_init (AppCallCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *rows[N_KINDS] = { "microphone_row", "speaker_row", "camera_row" };

  object_class->get_property = app_call_check_get_property;
  object_class->dispose = app_call_check_dispose;
  object_class->finalize = app_call_check_finalize;
  widget_class->unmap = app_call_check_unmap;
  install_properties (object_class);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-call-check.ui");
  for (gsize i = 0; i < N_KINDS; i++)
    gtk_widget_class_bind_template_child_full (
      widget_class, rows[i], FALSE,
      G_STRUCT_OFFSET (AppCallCheck, rows) + (gssize) (i * sizeof (AdwComboRow *)));
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, missing_group);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, microphone_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, camera_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, speaker_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, loop_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, network_button);
  gtk_widget_class_bind_template_child (widget_class, AppCallCheck, camera_picture);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, shows_level);
  gtk_widget_class_bind_template_callback (widget_class, shows_picture);
  gtk_widget_class_bind_template_callback (widget_class, microphone_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, camera_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, speaker_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, loop_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, network_clicked_cb);
}

static void
app_call_check_init (AppCallCheck *self)
{
  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_call_check_set_up:
 * @self: a page
 * @devices: the devices of this computer
 * @session: (nullable): whose space's servers to ask
 * @settings: the settings of the profile
 *
 * Fills the page; called once.
 */
void
app_call_check_set_up (AppCallCheck  *self,
                       ConfabDevices *devices,
                       ConfabSession *session,
                       GSettings     *settings)
{
  g_return_if_fail (APP_IS_CALL_CHECK (self));
  g_return_if_fail (!self->check);

  self->devices = g_object_ref (devices);
  self->settings = g_object_ref (settings);
  g_set_object (&self->session, session);
  self->check = confab_call_check_new (devices);
  g_signal_connect_swapped (self->check, "missing-changed", G_CALLBACK (missing_changed_cb), self);
  g_signal_connect_swapped (self->check, "notify::level", G_CALLBACK (level_changed_cb), self);
  gtk_widget_set_sensitive (self->network_button, session != NULL);

  confab_devices_start (devices);
  for (int kind = 0; kind < N_KINDS; kind++)
    g_signal_connect_object (confab_devices_get_list (devices, (ConfabDeviceKind) kind),
                             "items-changed", G_CALLBACK (devices_changed_cb), self,
                             G_CONNECT_SWAPPED);
  devices_changed_cb (self);
  show_missing_plugins (self);
}
