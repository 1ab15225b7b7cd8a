/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-connection-status"

#include "config.h"

#include "app-connection-status.h"

#include "app-error.h"
#include "app-format.h"

#include <glib/gi18n.h>

/* A connection that comes back sooner is not worth a word. */
#define PATIENCE_MS 1500

/**
 * AppConnectionStatus:
 *
 * What the banner says about the connection of the current session.
 *
 * It is quiet while all is well, and for a moment after it ceases to be, so
 * that a start or a short break does not flicker.
 */
struct _AppConnectionStatus
{
  GObject        parent_instance;

  AppHost       *host;
  ConfabSession *session;
  GSignalGroup  *session_signals;
  guint          patience_timeout;
  gboolean       troubled;
};

G_DEFINE_FINAL_TYPE (AppConnectionStatus, app_connection_status, G_TYPE_OBJECT)

typedef enum {
  PROP_SESSION = 1,
  PROP_TROUBLED,
  PROP_REFUSED,
  PROP_TEXT,
  PROP_BUTTON,
} AppConnectionStatusProperty;

static GParamSpec *properties[PROP_BUTTON + 1];

static gboolean
is_refused (AppConnectionStatus *self)
{
  return self->session && confab_session_get_state (self->session) ==
         CONFAB_CONNECTION_STATE_REFUSED;
}

static gboolean
has_store_trouble (AppConnectionStatus *self)
{
  const GError *error = self->session ? confab_session_get_last_error (self->session) : NULL;

  return g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
}

static gboolean
is_troubled (AppConnectionStatus *self)
{
  return self->session &&
         (confab_session_get_state (self->session) != CONFAB_CONNECTION_STATE_ONLINE ||
          has_store_trouble (self));
}

static char *
dup_text (AppConnectionStatus *self)
{
  ConfabConnectionState state = self->session ? confab_session_get_state (self->session)
                                              : CONFAB_CONNECTION_STATE_IDLE;

  if (has_store_trouble (self))
    return app_error_describe (confab_session_get_last_error (self->session));

  switch (state)
    {
    case CONFAB_CONNECTION_STATE_REFUSED:
      return g_strdup (_("You have been signed out of this space"));
    case CONFAB_CONNECTION_STATE_WAITING:
      if (app_host_is_home_of (self->host, confab_session_get_space_url (self->session)))
        return g_strdup (_("Your space is being started…"));
      return app_format_countdown (confab_session_get_retry_in_seconds (self->session));
    case CONFAB_CONNECTION_STATE_CONNECTING:
    case CONFAB_CONNECTION_STATE_GREETING:
      return g_strdup (_("You are offline. Connecting…"));
    case CONFAB_CONNECTION_STATE_IDLE:
    case CONFAB_CONNECTION_STATE_ONLINE:
      break;
    }

  return g_strdup (_("You are offline"));
}

static const char *
get_button (AppConnectionStatus *self)
{
  if (is_refused (self))
    return _("_Sign In…");
  if (self->session &&
      confab_session_get_state (self->session) != CONFAB_CONNECTION_STATE_ONLINE)
    return _("_Try Now");

  return NULL;
}

static void
set_troubled (AppConnectionStatus *self,
              gboolean             troubled)
{
  if (self->troubled == troubled)
    return;

  self->troubled = troubled;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLED]);
}

static void
patience_over_cb (gpointer user_data)
{
  AppConnectionStatus *self = user_data;

  self->patience_timeout = 0;
  set_troubled (self, is_troubled (self));
}

static void
state_changed_cb (AppConnectionStatus *self)
{
  if (!is_troubled (self))
    {
      g_clear_handle_id (&self->patience_timeout, g_source_remove);
      set_troubled (self, FALSE);
    }
  else if (is_refused (self))
    {
      set_troubled (self, TRUE);
    }
  else if (!self->troubled && !self->patience_timeout)
    {
      self->patience_timeout = g_timeout_add_once (PATIENCE_MS, patience_over_cb, self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REFUSED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUTTON]);
}

static void
app_connection_status_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  AppConnectionStatus *self = APP_CONNECTION_STATUS (object);

  switch ((AppConnectionStatusProperty) property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_TROUBLED:
      g_value_set_boolean (value, self->troubled);
      break;
    case PROP_REFUSED:
      g_value_set_boolean (value, is_refused (self));
      break;
    case PROP_TEXT:
      g_value_take_string (value, dup_text (self));
      break;
    case PROP_BUTTON:
      g_value_set_string (value, get_button (self));
      break;
    }
}

static void
app_connection_status_dispose (GObject *object)
{
  AppConnectionStatus *self = APP_CONNECTION_STATUS (object);

  g_clear_handle_id (&self->patience_timeout, g_source_remove);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->host);

  G_OBJECT_CLASS (app_connection_status_parent_class)->dispose (object);
}

static void
app_connection_status_class_init (AppConnectionStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_connection_status_get_property;
  object_class->dispose = app_connection_status_dispose;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CONFAB_TYPE_SESSION,
                                                  readable);
  properties[PROP_TROUBLED] = g_param_spec_boolean ("troubled", NULL, NULL, FALSE, readable);
  properties[PROP_REFUSED] = g_param_spec_boolean ("refused", NULL, NULL, FALSE, readable);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, readable);
  properties[PROP_BUTTON] = g_param_spec_string ("button", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_connection_status_init (AppConnectionStatus *self)
{
  self->session_signals = g_signal_group_new (CONFAB_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::state",
                                  G_CALLBACK (state_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::retry-in-seconds",
                                  G_CALLBACK (state_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::last-error",
                                  G_CALLBACK (state_changed_cb), self);
}

/**
 * app_connection_status_new:
 * @host: the space this profile hosts
 *
 * Returns: (transfer full): a status without a session
 */
AppConnectionStatus *
app_connection_status_new (AppHost *host)
{
  AppConnectionStatus *self = g_object_new (APP_TYPE_CONNECTION_STATUS, NULL);

  self->host = g_object_ref (host);

  return self;
}

/**
 * app_connection_status_set_session:
 * @self: a status
 * @session: (nullable): the session to speak of
 */
void
app_connection_status_set_session (AppConnectionStatus *self,
                                   ConfabSession       *session)
{
  g_return_if_fail (APP_IS_CONNECTION_STATUS (self));

  if (!g_set_object (&self->session, session))
    return;

  g_signal_group_set_target (self->session_signals, session);
  g_clear_handle_id (&self->patience_timeout, g_source_remove);
  set_troubled (self, FALSE);
  state_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}
