/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-background"

#include "config.h"

#include "app-background.h"

#include <glib/gi18n.h>
#include <libportal/portal.h>

/* A yes or no of the person, or nothing while they have not chosen. */
#define CHOICE_KEY "keep-running"
#define CHOICE_TYPE "mb"
#define EXPLAINED_KEY "keep-running-explained"

#define KEEP "keep"
#define QUIT "quit"

/* What the portal for background apps has to say; outside a sandbox it is not asked. */
typedef enum {
  PORTAL_SILENT,
  PORTAL_UNASKED,
  PORTAL_GRANTS,
  PORTAL_DENIES,
} Portal;

/**
 * AppBackground:
 *
 * Decides whether the program goes on when its window is closed, and takes the
 * window away if so.
 *
 * It does, unless it is told otherwise, where people can see that it does: in a
 * tray, or in a sandbox, whose programs the system lists. Elsewhere nobody would
 * find it, so there it has to be chosen. The first time it says what it does. A
 * tray that goes later leaves the window hidden: it may come back, and starting
 * the program again shows the window in any case.
 *
 * Within a sandbox the system may forbid it; that is known after the window is
 * hidden, and ::denied tells it.
 */
struct _AppBackground
{
  GObject    parent_instance;

  AppTray   *tray;
  GSettings *settings;
  XdpPortal *portal;
  Portal     answer;
  /* The dialog is open. */
  gboolean   explaining;
};

G_DEFINE_FINAL_TYPE (AppBackground, app_background, G_TYPE_OBJECT)

typedef enum {
  PROP_KEEPS_RUNNING = 1,
  PROP_POSSIBLE,
  PROP_NOTE,
} AppBackgroundProperty;

typedef enum {
  SIGNAL_DENIED,
} AppBackgroundSignal;

static GParamSpec *properties[PROP_NOTE + 1];
static guint signals[SIGNAL_DENIED + 1];

static gboolean
has_place (AppBackground *self)
{
  return app_tray_get_shown (self->tray) || self->answer != PORTAL_SILENT;
}

static gboolean
get_keeps_running (AppBackground *self)
{
  g_autoptr(GVariant) choice = g_settings_get_value (self->settings, CHOICE_KEY);
  gboolean chosen;
  gboolean wanted;

  if (self->answer == PORTAL_DENIES)
    return FALSE;

  g_variant_get (choice, CHOICE_TYPE, &chosen, &wanted);

  return chosen ? wanted : has_place (self);
}

static const char *
get_note (AppBackground *self)
{
  if (self->answer == PORTAL_DENIES)
    return _("The settings of the system do not allow it.");
  if (app_tray_get_shown (self->tray))
    return _("Messages and calls arrive while the window is closed. The icon in the tray opens it.");
  if (has_place (self))
    return _("Messages and calls arrive while the window is closed. The system lists Confab "
             "among the apps in the background.");

  return _("There is no tray here: start Confab again to see the window that was closed.");
}

static void
changed_cb (AppBackground *self)
{
  for (guint i = 1; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
set_answer (AppBackground *self,
            Portal         answer)
{
  self->answer = answer;
  changed_cb (self);
}

static void
choose (AppBackground *self,
        gboolean       keep)
{
  if (get_keeps_running (self) != keep)
    g_settings_set (self->settings, CHOICE_KEY, CHOICE_TYPE, TRUE, keep);
}

static void
requested_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(AppBackground) self = user_data;
  g_autoptr(GError) error = NULL;

  if (xdp_portal_request_background_finish (self->portal, result, &error))
    {
      set_answer (self, PORTAL_GRANTS);
      xdp_portal_set_background_status (self->portal, _("Waiting for messages and calls"), NULL,
                                        NULL, NULL);
      return;
    }

  /* Where there is nobody to ask, nobody forbids it. */
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_debug ("Nobody was asked about the background: %s", error->message);
      set_answer (self, PORTAL_SILENT);
    }
  else
    {
      set_answer (self, PORTAL_DENIES);
    }

  if (!get_keeps_running (self))
    g_signal_emit (self, signals[SIGNAL_DENIED], 0);
}

static void
request (AppBackground *self)
{
  g_autofree char *reason = g_strdup (_("Messages and calls arrive while the window is closed."));

  /* It cannot be cancelled: libportal 0.9 never calls back then. */
  if (self->answer == PORTAL_UNASKED)
    xdp_portal_request_background (self->portal, NULL, reason, NULL, XDP_BACKGROUND_FLAG_NONE,
                                   NULL, requested_cb, g_object_ref (self));
}

static void
explained_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(AppBackground) self = user_data;
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (object);
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (dialog));
  const char *answer = adw_alert_dialog_choose_finish (dialog, result);

  self->explaining = FALSE;
  if (!g_str_equal (answer, KEEP) && !g_str_equal (answer, QUIT))
    return;

  g_settings_set_boolean (self->settings, EXPLAINED_KEY, TRUE);
  choose (self, g_str_equal (answer, KEEP));
  if (window)
    gtk_window_close (GTK_WINDOW (window));
}

static void
explain (AppBackground *self,
         GtkWidget     *window)
{
  AdwDialog *dialog;

  if (self->explaining)
    return;

  self->explaining = TRUE;
  dialog = adw_alert_dialog_new (_("Confab Keeps Running"), NULL);
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s %s", get_note (self),
                                _("The preferences can change this."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), QUIT, _("_Quit Instead"), KEEP,
                                  _("_Keep Running"), NULL);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), KEEP);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), KEEP,
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), window, NULL, explained_cb,
                           g_object_ref (self));
}

static void
app_background_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppBackground *self = APP_BACKGROUND (object);

  switch ((AppBackgroundProperty) property_id)
    {
    case PROP_KEEPS_RUNNING:
      g_value_set_boolean (value, get_keeps_running (self));
      break;
    case PROP_POSSIBLE:
      g_value_set_boolean (value, self->answer != PORTAL_DENIES);
      break;
    case PROP_NOTE:
      g_value_set_static_string (value, get_note (self));
      break;
    }
}

static void
app_background_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  if (property_id == PROP_KEEPS_RUNNING)
    choose (APP_BACKGROUND (object), g_value_get_boolean (value));
}

static void
app_background_finalize (GObject *object)
{
  AppBackground *self = APP_BACKGROUND (object);

  g_clear_object (&self->tray);
  g_clear_object (&self->settings);
  g_clear_object (&self->portal);

  G_OBJECT_CLASS (app_background_parent_class)->finalize (object);
}

static void
app_background_class_init (AppBackgroundClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_background_get_property;
  object_class->set_property = app_background_set_property;
  object_class->finalize = app_background_finalize;

  properties[PROP_KEEPS_RUNNING] = g_param_spec_boolean ("keeps-running", NULL, NULL, FALSE,
                                                         readable | G_PARAM_WRITABLE);
  properties[PROP_POSSIBLE] = g_param_spec_boolean ("possible", NULL, NULL, TRUE, readable);
  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_DENIED] = g_signal_new ("denied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_background_init (AppBackground *self)
{
  self->answer = xdp_portal_running_under_sandbox () ? PORTAL_UNASKED : PORTAL_SILENT;
  self->portal = self->answer == PORTAL_UNASKED ? xdp_portal_new () : NULL;
}

/**
 * app_background_new:
 * @tray: where the program can be seen without a window
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): the program in the background
 */
AppBackground *
app_background_new (AppTray   *tray,
                    GSettings *settings)
{
  AppBackground *self = g_object_new (APP_TYPE_BACKGROUND, NULL);

  self->tray = g_object_ref (tray);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (tray, "notify::shown", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" CHOICE_KEY, G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * app_background_hide:
 * @self: the background
 * @window: a window that is to be closed
 *
 * Hides the window if the program is to go on without it; the first time asks
 * whether that is right, and closes the window again with the answer.
 *
 * Returns: whether the window is not to be closed
 */
gboolean
app_background_hide (AppBackground *self,
                     AppWindow     *window)
{
  g_return_val_if_fail (APP_IS_BACKGROUND (self), FALSE);

  if (!get_keeps_running (self))
    return FALSE;

  if (!g_settings_get_boolean (self->settings, EXPLAINED_KEY))
    {
      explain (self, GTK_WIDGET (window));
      return TRUE;
    }

  app_window_hide (window);
  request (self);

  return TRUE;
}
