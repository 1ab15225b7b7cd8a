/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-join-page"

#include "config.h"

#include "app-join-page.h"

#include "app-error.h"
#include "app-form.h"

#include <glib/gi18n.h>

/**
 * AppJoinPage:
 *
 * Asks for the address of a space and looks it up. ::found is emitted with
 * what the space tells about itself.
 */
struct _AppJoinPage
{
  AdwNavigationPage  parent_instance;

  ConfabProfile     *profile;
  GCancellable      *lifetime;
  gboolean           busy;

  GtkEditable       *address_row;
  GtkLabel          *error_label;
  GtkWidget         *continue_button;
};

G_DEFINE_FINAL_TYPE (AppJoinPage, app_join_page, ADW_TYPE_NAVIGATION_PAGE)

typedef enum {
  PROP_BUSY = 1,
  PROP_READY,
} AppJoinPageProperty;

typedef enum {
  SIGNAL_FOUND,
} AppJoinPageSignal;

static GParamSpec *properties[PROP_READY + 1];
static guint signals[SIGNAL_FOUND + 1];

static char *
dup_address (AppJoinPage *self)
{
  return app_form_dup_text (self->address_row);
}

static gboolean
is_ready (AppJoinPage *self)
{
  g_autofree char *address = dup_address (self);

  return !self->busy && *address;
}

static void
set_busy (AppJoinPage *self,
          gboolean     busy)
{
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
show_error (AppJoinPage  *self,
            const GError *error)
{
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER))
    sentence = g_strdup (_("This is not an address. It should look like chat.example.org or "
                           "192.168.1.20:4711."));
  else if (error)
    sentence = app_error_describe (error);

  gtk_label_set_label (self->error_label, sentence ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), sentence != NULL);
}

static void
changed_cb (AppJoinPage *self)
{
  show_error (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
looked_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(AppJoinPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabSpaceInfo) info = NULL;

  info = confab_profile_look_up_space_finish (CONFAB_PROFILE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  set_busy (self, FALSE);
  show_error (self, error);

  if (info)
    g_signal_emit (self, signals[SIGNAL_FOUND], 0, info);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
}

static void
look_up_cb (AppJoinPage *self)
{
  g_autofree char *address = dup_address (self);

  if (!is_ready (self))
    return;

  set_busy (self, TRUE);
  show_error (self, NULL);
  confab_profile_look_up_space_async (self->profile, address, self->lifetime, looked_up_cb,
                                      g_object_ref (self));
}

static void
app_join_page_shown (AdwNavigationPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (APP_JOIN_PAGE (page)->address_row));
}

static void
app_join_page_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AppJoinPage *self = APP_JOIN_PAGE (object);

  switch ((AppJoinPageProperty) property_id)
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
app_join_page_dispose (GObject *object)
{
  AppJoinPage *self = APP_JOIN_PAGE (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (app_join_page_parent_class)->dispose (object);
}

static void
app_join_page_class_init (AppJoinPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_join_page_get_property;
  object_class->dispose = app_join_page_dispose;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = app_join_page_shown;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, CONFAB_TYPE_SPACE_INFO);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-join-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppJoinPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, AppJoinPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, AppJoinPage, continue_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, look_up_cb);
}

static void
app_join_page_init (AppJoinPage *self)
{
  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_join_page_new:
 * @profile: the profile that joins
 *
 * Returns: a page
 */
AdwNavigationPage *
app_join_page_new (ConfabProfile *profile)
{
  AppJoinPage *self = g_object_new (APP_TYPE_JOIN_PAGE, NULL);

  self->profile = g_object_ref (profile);

  return ADW_NAVIGATION_PAGE (self);
}
