/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-preferences"

#include "config.h"

#include "app-preferences.h"

#include "app-call-check.h"
#include "app-error.h"
#include "app-form.h"
#include "app-hosting.h"
#include "app-name.h"

#include <glib/gi18n.h>

/**
 * AppPreferences:
 *
 * The preferences of the profile, and the account one has in the space that is
 * open. Everything applies at once; what goes to the server says in a toast
 * what became of it.
 */
struct _AppPreferences
{
  AdwPreferencesDialog  parent_instance;

  ConfabProfile        *profile;
  AppHost              *host;
  ConfabSession        *session;
  GCancellable         *lifetime;
  char                 *generated;

  GtkWidget            *notifications_row;
  GtkWidget            *notification_text_row;
  GtkWidget            *ring_row;
  GtkWidget            *background_row;
  GtkWidget            *share_typing_row;
  GtkWidget            *share_read_row;
  GtkWidget            *enter_sends_row;
  GtkWidget            *appearance_row;
  AppCallCheck         *call_check;
  GtkEditable          *display_row;
  AdwActionRow         *generated_row;
  GtkEditable          *old_row;
  GtkEditable          *new_row;
  GtkWidget            *change_row;
};

G_DEFINE_FINAL_TYPE (AppPreferences, app_preferences, ADW_TYPE_PREFERENCES_DIALOG)

typedef enum {
  PROP_HAS_SESSION = 1,
  PROP_SPACE_NAME,
  PROP_SPACE_URL,
  PROP_USER_NAME,
  PROP_SECRETS_NOTE,
} AppPreferencesProperty;

static GParamSpec *properties[PROP_SECRETS_NOTE + 1];

static void
say (AppPreferences *self,
     const char     *text)
{
  adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self), adw_toast_new (text));
}

/* What became of something; the error is taken. */
static void
say_outcome (AppPreferences *self,
             const char     *text,
             GError         *error)
{
  g_autoptr(GError) taken = error;
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error)
    sentence = app_error_describe (error);
  say (self, sentence ? sentence : text);
}

static void
display_changed_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(AppPreferences) self = user_data;
  GError *error = NULL;

  confab_session_set_display_name_finish (CONFAB_SESSION (object), result, &error);
  say_outcome (self, _("Your name has been changed"), error);
}

static void
display_applied_cb (AppPreferences *self)
{
  g_autofree char *name = app_form_dup_text (self->display_row);

  if (app_name_is_display (name))
    confab_session_set_display_name_async (self->session, name, self->lifetime, display_changed_cb,
                                           g_object_ref (self));
  else
    say (self, _("A name needs at least one letter."));
}

static void
passwords_changed_cb (AppPreferences *self)
{
  gtk_widget_set_sensitive (self->change_row,
                            *app_form_get_text (self->old_row) &&
                              app_name_is_password (app_form_get_text (self->new_row)));
}

static void
secret_stored_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppPreferences) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_profile_store_secret_finish (CONFAB_PROFILE (object), result, &error))
    g_debug ("Keeping the changed password: %s", error->message);
}

/* The password that signs in to the space hosted here has to stay right. */
static void
keep_generated (AppPreferences *self)
{
  if (!self->generated)
    return;

  g_set_str (&self->generated, app_form_get_text (self->new_row));
  confab_profile_store_secret_async (self->profile, APP_HOSTING_SECRET,
                                     _("Confab: password for your own space"), self->generated,
                                     NULL, secret_stored_cb, g_object_ref (self));
}

static void
password_changed_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(AppPreferences) self = user_data;
  GError *error = NULL;

  if (confab_session_change_password_finish (CONFAB_SESSION (object), result, &error))
    {
      keep_generated (self);
      gtk_editable_set_text (self->old_row, "");
      gtk_editable_set_text (self->new_row, "");
    }
  say_outcome (self, _("Your password has been changed"), error);
}

static void
change_clicked_cb (AppPreferences *self)
{
  if (gtk_widget_get_sensitive (self->change_row))
    confab_session_change_password_async (
      self->session, app_form_get_text (self->old_row), app_form_get_text (self->new_row),
      self->lifetime, password_changed_cb, g_object_ref (self));
}

static void
reveal_clicked_cb (AppPreferences *self)
{
  adw_action_row_set_subtitle_selectable (self->generated_row, TRUE);
  adw_action_row_set_subtitle (self->generated_row, self->generated);
}

static void
copy_clicked_cb (AppPreferences *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->generated);
  say (self, _("Password copied"));
}

static void
signed_out_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(AppPreferences) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_session_sign_out_finish (CONFAB_SESSION (object), result, &error))
    g_debug ("The server was not told of the sign-out: %s", error->message);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
sign_out_clicked_cb (AppPreferences *self)
{
  confab_session_sign_out_async (self->session, NULL, signed_out_cb, g_object_ref (self));
}

static void
generated_found_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(AppPreferences) self = user_data;

  self->generated = confab_profile_look_up_secret_finish (CONFAB_PROFILE (object), result, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->generated_row), self->generated != NULL);
}

static gboolean
appearance_to_index (GValue   *value,
                     GVariant *variant,
                     gpointer  user_data)
{
  const char *nick = g_variant_get_string (variant, NULL);

  g_value_set_uint (value, g_str_equal (nick, "light") ? 1 : g_str_equal (nick, "dark") ? 2 : 0);

  return TRUE;
}

static GVariant *
index_to_appearance (const GValue       *value,
                     const GVariantType *type,
                     gpointer            user_data)
{
  const char *nicks[] = { "system", "light", "dark" };

  return g_variant_new_string (nicks[MIN (g_value_get_uint (value), 2)]);
}

static void
bind_settings (AppPreferences *self,
               GSettings      *settings)
{
  const struct
  {
    const char *key;
    GtkWidget  *row;
  } switches[] = {
    { "notifications", self->notifications_row },
    { "notification-text", self->notification_text_row },
    { "ring", self->ring_row },
    { "share-typing", self->share_typing_row },
    { "share-read", self->share_read_row },
    { "enter-sends", self->enter_sends_row },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    g_settings_bind (settings, switches[i].key, switches[i].row, "active",
                     G_SETTINGS_BIND_DEFAULT);

  g_settings_bind_with_mapping (settings, "appearance", self->appearance_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, appearance_to_index, index_to_appearance,
                                NULL, NULL);
}

static void
bind_background (AppPreferences *self,
                 AppBackground  *background)
{
  g_object_bind_property (background, "keeps-running", self->background_row, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (background, "possible", self->background_row, "sensitive",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (background, "note", self->background_row, "subtitle",
                          G_BINDING_SYNC_CREATE);
}

static void
app_preferences_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AppPreferences *self = APP_PREFERENCES (object);
  ConfabSession *session = self->session;

  switch ((AppPreferencesProperty) property_id)
    {
    case PROP_HAS_SESSION:
      g_value_set_boolean (value, session != NULL);
      break;
    case PROP_SPACE_NAME:
      g_value_set_string (value, session ? confab_session_get_space_name (session) : "");
      break;
    case PROP_SPACE_URL:
      g_value_set_string (value, session ? confab_session_get_space_url (session) : "");
      break;
    case PROP_USER_NAME:
      g_value_set_string (value, session ? confab_user_get_name (confab_session_get_user (session))
                                         : "");
      break;
    case PROP_SECRETS_NOTE:
      if (self->profile && confab_profile_get_secrets_in_file (self->profile))
        g_value_set_string (value, _("No keyring was found, so what signs you in is kept in a "
                                     "file that only you can read."));
      else
        g_value_set_string (value, _("What signs you in is kept in the keyring of your system."));
      break;
    }
}

static void
app_preferences_dispose (GObject *object)
{
  AppPreferences *self = APP_PREFERENCES (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->profile);
  g_clear_object (&self->host);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (app_preferences_parent_class)->dispose (object);
}

static void
app_preferences_finalize (GObject *object)
{
  g_free (APP_PREFERENCES (object)->generated);

  G_OBJECT_CLASS (app_preferences_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, notifications_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, notification_text_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, ring_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, background_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, share_typing_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, share_read_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, enter_sends_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, appearance_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, call_check);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, display_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, generated_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, old_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, new_row);
  gtk_widget_class_bind_template_child (widget_class, AppPreferences, change_row);
  gtk_widget_class_bind_template_callback (widget_class, display_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, passwords_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, reveal_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_clicked_cb);
}

static void
app_preferences_class_init (AppPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_preferences_get_property;
  object_class->dispose = app_preferences_dispose;
  object_class->finalize = app_preferences_finalize;

  properties[PROP_HAS_SESSION] = g_param_spec_boolean ("has-session", NULL, NULL, FALSE, readable);
  properties[PROP_SPACE_NAME] = g_param_spec_string ("space-name", NULL, NULL, NULL, readable);
  properties[PROP_SPACE_URL] = g_param_spec_string ("space-url", NULL, NULL, NULL, readable);
  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, readable);
  properties[PROP_SECRETS_NOTE] = g_param_spec_string ("secrets-note", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (APP_TYPE_CALL_CHECK);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
app_preferences_init (AppPreferences *self)
{
  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_preferences_new:
 * @settings: the settings of the profile
 * @profile: the profile
 * @host: the space it may host
 * @calls: the calls of the profile
 * @background: what happens when the window is closed
 * @session: (nullable): the account to show
 *
 * Returns: a dialog
 */
AdwDialog *
app_preferences_new (GSettings     *settings,
                     ConfabProfile *profile,
                     AppHost       *host,
                     AppCalls      *calls,
                     AppBackground *background,
                     ConfabSession *session)
{
  AppPreferences *self = g_object_new (APP_TYPE_PREFERENCES, NULL);

  self->profile = g_object_ref (profile);
  self->host = g_object_ref (host);
  g_set_object (&self->session, session);
  bind_settings (self, settings);
  bind_background (self, background);
  app_call_check_set_up (self->call_check, app_calls_get_devices (calls), session, settings);

  for (guint i = 1; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);

  if (session)
    gtk_editable_set_text (self->display_row,
                           confab_user_get_display_name (confab_session_get_user (session)));
  if (session && app_host_is_home_of (host, confab_session_get_space_url (session)))
    confab_profile_look_up_secret_async (profile, APP_HOSTING_SECRET, self->lifetime,
                                         generated_found_cb, g_object_ref (self));

  return ADW_DIALOG (self);
}
