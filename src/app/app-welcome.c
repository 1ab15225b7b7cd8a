/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-welcome"

#include "config.h"

#include "app-welcome.h"

#include "app-join-page.h"
#include "app-sign-page.h"
#include "app-start-page.h"

/**
 * AppWelcome:
 *
 * The way into a space: what a profile without one shows, and what *Add Space*
 * opens. ::done is emitted with the session one has got.
 */
struct _AppWelcome
{
  AdwBin             parent_instance;

  AppHost           *host;
  ConfabProfile     *profile;

  AdwNavigationView *navigation;
};

G_DEFINE_FINAL_TYPE (AppWelcome, app_welcome, ADW_TYPE_BIN)

typedef enum {
  PROP_CAN_HOST = 1,
} AppWelcomeProperty;

typedef enum {
  SIGNAL_DONE,
} AppWelcomeSignal;

static GParamSpec *properties[PROP_CAN_HOST + 1];
static guint signals[SIGNAL_DONE + 1];

static void
done_cb (AppWelcome    *self,
         ConfabSession *session)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0, session);
}

static void
found_cb (AppWelcome      *self,
          ConfabSpaceInfo *info)
{
  AdwNavigationPage *page = app_sign_page_new (self->profile, info);

  g_signal_connect_object (page, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->navigation, page);
}

static void
start_clicked_cb (AppWelcome *self)
{
  AdwNavigationPage *page = app_start_page_new (self->host, self->profile);

  g_signal_connect_object (page, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->navigation, page);
}

static void
join_clicked_cb (AppWelcome *self)
{
  AdwNavigationPage *page = app_join_page_new (self->profile);

  g_signal_connect_object (page, "found", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->navigation, page);
}

/* One space for each profile: whoever hosts already adds others by joining.
 * A space without an account is a start that was cut short, and is finished.
 */
static gboolean
can_host (AppWelcome *self)
{
  guint n_sessions = g_list_model_get_n_items (G_LIST_MODEL (self->profile));

  for (guint i = 0; i < n_sessions; i++)
    {
      g_autoptr(ConfabSession) session = g_list_model_get_item (G_LIST_MODEL (self->profile), i);

      if (app_host_is_home_of (self->host, confab_session_get_space_url (session)))
        return FALSE;
    }

  return TRUE;
}

static void
app_welcome_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AppWelcome *self = APP_WELCOME (object);

  switch ((AppWelcomeProperty) property_id)
    {
    case PROP_CAN_HOST:
      g_value_set_boolean (value, !self->profile || can_host (self));
      break;
    }
}

static void
app_welcome_dispose (GObject *object)
{
  AppWelcome *self = APP_WELCOME (object);

  g_clear_object (&self->host);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (app_welcome_parent_class)->dispose (object);
}

static void
app_welcome_class_init (AppWelcomeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = app_welcome_get_property;
  object_class->dispose = app_welcome_dispose;

  properties[PROP_CAN_HOST] = g_param_spec_boolean ("can-host", NULL, NULL, TRUE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                      G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CONFAB_TYPE_SESSION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, AppWelcome, navigation);
  gtk_widget_class_bind_template_callback (widget_class, start_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, join_clicked_cb);
}

static void
app_welcome_init (AppWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_welcome_new:
 * @host: the space this profile may host
 * @profile: the profile
 *
 * Returns: the first page
 */
GtkWidget *
app_welcome_new (AppHost       *host,
                 ConfabProfile *profile)
{
  AppWelcome *self = g_object_new (APP_TYPE_WELCOME, NULL);

  self->host = g_object_ref (host);
  self->profile = g_object_ref (profile);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_HOST]);

  return GTK_WIDGET (self);
}
