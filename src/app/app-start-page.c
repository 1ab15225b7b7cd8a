/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-start-page"

#include "config.h"

#include "app-start-page.h"

#include "app-form.h"
#include "app-hosting.h"
#include "app-name.h"
#include "app-widget.h"

/**
 * AppStartPage:
 *
 * Starts a space on this computer. Only a name has to be typed: the space is
 * called after it until one gives it another name, and the password makes
 * itself.
 *
 * ::done is emitted when the person is signed in.
 */
struct _AppStartPage
{
  AdwNavigationPage  parent_instance;

  AppHost           *host;
  ConfabProfile     *profile;
  GCancellable      *lifetime;
  gboolean           busy;
  gboolean           space_named;
  gboolean           naming_space;

  GtkEditable       *name_row;
  GtkEditable       *space_row;
  AdwSwitchRow      *lan_row;
  GtkLabel          *error_label;
  GtkWidget         *start_button;
};

G_DEFINE_FINAL_TYPE (AppStartPage, app_start_page, ADW_TYPE_NAVIGATION_PAGE)

typedef enum {
  PROP_BUSY = 1,
  PROP_READY,
} AppStartPageProperty;

typedef enum {
  SIGNAL_DONE,
} AppStartPageSignal;

static GParamSpec *properties[PROP_READY + 1];
static guint signals[SIGNAL_DONE + 1];

static gboolean
is_ready (AppStartPage *self)
{
  return !self->busy && app_name_is_display (app_form_get_text (self->name_row)) &&
         app_name_is_display (app_form_get_text (self->space_row));
}

static void
set_busy (AppStartPage *self,
          gboolean      busy)
{
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
changed_cb (AppStartPage *self)
{
  if (!self->space_named)
    {
      g_autofree char *space = app_name_to_space (app_form_get_text (self->name_row));

      self->naming_space = TRUE;
      gtk_editable_set_text (self->space_row, space);
      self->naming_space = FALSE;
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
space_changed_cb (AppStartPage *self)
{
  if (!self->naming_space)
    self->space_named = *app_form_get_text (self->space_row) != '\0';

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
begun_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(AppStartPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabSession) session = NULL;

  session = app_hosting_begin_finish (APP_HOST (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  set_busy (self, FALSE);
  app_widget_show_error (self->error_label, error);

  if (session)
    g_signal_emit (self, signals[SIGNAL_DONE], 0, session);
}

static void
start_cb (AppStartPage *self)
{
  g_autofree char *name = app_form_dup_text (self->name_row);
  g_autofree char *space = app_form_dup_text (self->space_row);

  if (!is_ready (self))
    return;

  set_busy (self, TRUE);
  app_widget_show_error (self->error_label, NULL);
  app_hosting_begin_async (self->host, self->profile, name, space,
                           adw_switch_row_get_active (self->lan_row), self->lifetime, begun_cb,
                           g_object_ref (self));
}

static void
app_start_page_shown (AdwNavigationPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (APP_START_PAGE (page)->name_row));
}

static void
app_start_page_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppStartPage *self = APP_START_PAGE (object);

  switch ((AppStartPageProperty) property_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_READY:
      g_value_set_boolean (value, is_ready (self));
      break;
    }
}

static void
app_start_page_dispose (GObject *object)
{
  AppStartPage *self = APP_START_PAGE (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->host);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (app_start_page_parent_class)->dispose (object);
}

static void
app_start_page_class_init (AppStartPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_start_page_get_property;
  object_class->dispose = app_start_page_dispose;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = app_start_page_shown;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CONFAB_TYPE_SESSION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppStartPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AppStartPage, space_row);
  gtk_widget_class_bind_template_child (widget_class, AppStartPage, lan_row);
  gtk_widget_class_bind_template_child (widget_class, AppStartPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, AppStartPage, start_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, space_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
}

static void
app_start_page_init (AppStartPage *self)
{
  g_autofree char *name = app_name_of_person ();

  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_editable_set_text (self->name_row, name);
  changed_cb (self);
}

/**
 * app_start_page_new:
 * @host: a host that is off
 * @profile: the profile it belongs to
 *
 * Returns: a page
 */
AdwNavigationPage *
app_start_page_new (AppHost       *host,
                    ConfabProfile *profile)
{
  AppStartPage *self = g_object_new (APP_TYPE_START_PAGE, NULL);

  self->host = g_object_ref (host);
  self->profile = g_object_ref (profile);

  return ADW_NAVIGATION_PAGE (self);
}
