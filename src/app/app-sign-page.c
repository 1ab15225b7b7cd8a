/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-sign-page"

#include "config.h"

#include "app-sign-page.h"

#include "app-form.h"
#include "app-name.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppSignPage:
 *
 * Signs up or in at a space that was found. The user name follows the name
 * one types until one changes it.
 *
 * ::done is emitted with the session.
 */
struct _AppSignPage
{
  AdwNavigationPage   parent_instance;

  ConfabProfile      *profile;
  char               *space_name;
  char               *space_url;
  ConfabRegistration  registration;
  GCancellable       *lifetime;
  gboolean            busy;
  gboolean            name_fixed;
  gboolean            name_chosen;
  gboolean            naming;

  AdwToggleGroup     *mode_toggle;
  GtkEditable        *display_row;
  GtkEditable        *name_row;
  GtkEditable        *password_row;
  GtkLabel           *error_label;
  GtkWidget          *go_button;
};

G_DEFINE_FINAL_TYPE (AppSignPage, app_sign_page, ADW_TYPE_NAVIGATION_PAGE)

typedef enum {
  PROP_SPACE_NAME = 1,
  PROP_SPACE_URL,
  PROP_SIGNING_UP,
  PROP_CAN_SIGN_UP,
  PROP_NAME_FIXED,
  PROP_UNENCRYPTED,
  PROP_BUSY,
  PROP_READY,
  PROP_HINT,
  PROP_GO_LABEL,
} AppSignPageProperty;

typedef enum {
  SIGNAL_DONE,
} AppSignPageSignal;

static GParamSpec *properties[PROP_GO_LABEL + 1];
static guint signals[SIGNAL_DONE + 1];

static gboolean
is_signing_up (AppSignPage *self)
{
  return self->mode_toggle &&
         g_strcmp0 (adw_toggle_group_get_active_name (self->mode_toggle), "sign-up") == 0;
}

static gboolean
is_unencrypted (AppSignPage *self)
{
  return self->space_url && g_str_has_prefix (self->space_url, "http://") &&
         !g_str_has_prefix (self->space_url, "http://127.") &&
         !g_str_has_prefix (self->space_url, "http://localhost") &&
         !g_str_has_prefix (self->space_url, "http://[::1]");
}

static gboolean
is_ready (AppSignPage *self)
{
  const char *password = app_form_get_text (self->password_row);

  if (self->busy || !app_name_is_account (app_form_get_text (self->name_row)))
    return FALSE;
  if (!is_signing_up (self))
    return *password != '\0';

  return app_name_is_display (app_form_get_text (self->display_row)) &&
         app_name_is_password (password);
}

/* What is still missing, rather than a button that does not say why it is grey. */
static const char *
get_hint (AppSignPage *self)
{
  const char *name = app_form_get_text (self->name_row);
  const char *password = app_form_get_text (self->password_row);

  if (*name && !app_name_is_account (name))
    return _("A user name has letters, digits, full stops, dashes and underscores only.");
  if (*password && !app_name_is_password (password))
    return _("The password needs at least eight characters.");

  return _("You sign in with user name and password on other computers.");
}

static void
notify_form (AppSignPage *self)
{
  for (guint i = PROP_SIGNING_UP; i <= PROP_GO_LABEL; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
changed_cb (AppSignPage *self)
{
  app_widget_show_error (self->error_label, NULL);
  notify_form (self);
}

static void
mode_changed_cb (AppSignPage *self)
{
  /* The first toggle becomes active while the template is being built. */
  if (self->error_label)
    changed_cb (self);
}

static void
display_changed_cb (AppSignPage *self)
{
  if (!self->name_chosen)
    {
      g_autofree char *account = app_name_to_account (app_form_get_text (self->display_row));

      self->naming = TRUE;
      gtk_editable_set_text (self->name_row, account);
      self->naming = FALSE;
    }

  changed_cb (self);
}

static void
name_changed_cb (AppSignPage *self)
{
  if (!self->naming)
    self->name_chosen = *app_form_get_text (self->name_row) != '\0';

  changed_cb (self);
}

static void
finish (AppSignPage   *self,
        ConfabSession *session,
        const GError  *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->busy = FALSE;
  notify_form (self);
  app_widget_show_error (self->error_label, error);

  if (session)
    g_signal_emit (self, signals[SIGNAL_DONE], 0, session);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
}

static void
signed_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(AppSignPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabSession) session = NULL;

  session = confab_profile_sign_up_finish (CONFAB_PROFILE (object), result, &error);
  finish (self, session, error);
}

static void
signed_in_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(AppSignPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabSession) session = NULL;

  session = confab_profile_sign_in_finish (CONFAB_PROFILE (object), result, &error);
  finish (self, session, error);
}

static void
go_cb (AppSignPage *self)
{
  const char *name = app_form_get_text (self->name_row);
  const char *password = app_form_get_text (self->password_row);

  if (!is_ready (self))
    return;

  self->busy = TRUE;
  notify_form (self);
  app_widget_show_error (self->error_label, NULL);

  if (is_signing_up (self))
    {
      g_autofree char *display = app_form_dup_text (self->display_row);

      confab_profile_sign_up_async (self->profile, self->space_url, name, password, display,
                                    self->lifetime, signed_up_cb, g_object_ref (self));
    }
  else
    {
      confab_profile_sign_in_async (self->profile, self->space_url, name, password,
                                    self->lifetime, signed_in_cb, g_object_ref (self));
    }
}

static void
app_sign_page_shown (AdwNavigationPage *page)
{
  AppSignPage *self = APP_SIGN_PAGE (page);
  GtkEditable *first = is_signing_up (self) ? self->display_row : self->name_row;

  gtk_widget_grab_focus (GTK_WIDGET (self->name_fixed ? self->password_row : first));
}

static void
app_sign_page_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AppSignPage *self = APP_SIGN_PAGE (object);

  switch ((AppSignPageProperty) property_id)
    {
    case PROP_SPACE_NAME:
      g_value_set_string (value, self->space_name ? self->space_name : "");
      break;
    case PROP_SPACE_URL:
      g_value_set_string (value, self->space_url);
      break;
    case PROP_SIGNING_UP:
      g_value_set_boolean (value, is_signing_up (self));
      break;
    case PROP_CAN_SIGN_UP:
      g_value_set_boolean (value, self->registration == CONFAB_REGISTRATION_OPEN &&
                                    !self->name_fixed);
      break;
    case PROP_NAME_FIXED:
      g_value_set_boolean (value, self->name_fixed);
      break;
    case PROP_UNENCRYPTED:
      g_value_set_boolean (value, is_unencrypted (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_READY:
      g_value_set_boolean (value, is_ready (self));
      break;
    case PROP_HINT:
      g_value_set_string (value, get_hint (self));
      break;
    case PROP_GO_LABEL:
      g_value_set_string (value, is_signing_up (self) ? _("_Create Account") : _("_Sign In"));
      break;
    }
}

static void
app_sign_page_dispose (GObject *object)
{
  AppSignPage *self = APP_SIGN_PAGE (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (app_sign_page_parent_class)->dispose (object);
}

static void
app_sign_page_finalize (GObject *object)
{
  AppSignPage *self = APP_SIGN_PAGE (object);

  g_free (self->space_name);
  g_free (self->space_url);

  G_OBJECT_CLASS (app_sign_page_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const struct
  {
    AppSignPageProperty  id;
    const char          *name;
  } strings[] = { { PROP_SPACE_NAME, "space-name" },
                  { PROP_SPACE_URL, "space-url" },
                  { PROP_HINT, "hint" },
                  { PROP_GO_LABEL, "go-label" } },
    booleans[] = { { PROP_SIGNING_UP, "signing-up" }, { PROP_CAN_SIGN_UP, "can-sign-up" },
                   { PROP_NAME_FIXED, "name-fixed" }, { PROP_UNENCRYPTED, "unencrypted" },
                   { PROP_BUSY, "busy" },             { PROP_READY, "ready" } };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, readable);
  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    properties[booleans[i].id] = g_param_spec_boolean (booleans[i].name, NULL, NULL, FALSE,
                                                       readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_sign_page_class_init (AppSignPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = app_sign_page_get_property;
  object_class->dispose = app_sign_page_dispose;
  object_class->finalize = app_sign_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = app_sign_page_shown;
  install_properties (object_class);

  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CONFAB_TYPE_SESSION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-sign-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, mode_toggle);
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, display_row);
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, AppSignPage, go_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, display_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
}

static void
app_sign_page_init (AppSignPage *self)
{
  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static AppSignPage *
make_page (ConfabProfile      *profile,
           const char         *space_name,
           const char         *space_url,
           ConfabRegistration  registration)
{
  AppSignPage *self = g_object_new (APP_TYPE_SIGN_PAGE, NULL);

  self->profile = g_object_ref (profile);
  self->space_name = g_strdup (space_name);
  self->space_url = g_strdup (space_url);
  self->registration = registration;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPACE_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPACE_URL]);

  return self;
}

/**
 * app_sign_page_new:
 * @profile: the profile that joins
 * @info: the space to join
 *
 * Returns: a page
 */
AdwNavigationPage *
app_sign_page_new (ConfabProfile   *profile,
                   ConfabSpaceInfo *info)
{
  AppSignPage *self = make_page (profile, confab_space_info_get_name (info),
                                 confab_space_info_get_url (info),
                                 confab_space_info_get_registration (info));
  g_autofree char *name = app_name_of_person ();

  if (self->registration == CONFAB_REGISTRATION_OPEN)
    gtk_editable_set_text (self->display_row, name);
  else
    adw_toggle_group_set_active_name (self->mode_toggle, "sign-in");
  notify_form (self);

  return ADW_NAVIGATION_PAGE (self);
}

/**
 * app_sign_page_new_for_session:
 * @profile: the profile
 * @session: a session that the space does not accept any more
 *
 * Returns: a page that signs in again to the same account
 */
AdwNavigationPage *
app_sign_page_new_for_session (ConfabProfile *profile,
                               ConfabSession *session)
{
  AppSignPage *self = make_page (profile, confab_session_get_space_name (session),
                                 confab_session_get_space_url (session),
                                 CONFAB_REGISTRATION_CLOSED);

  adw_toggle_group_set_active_name (self->mode_toggle, "sign-in");
  gtk_editable_set_text (self->name_row, confab_user_get_name (confab_session_get_user (session)));
  self->name_fixed = TRUE;
  notify_form (self);

  return ADW_NAVIGATION_PAGE (self);
}
