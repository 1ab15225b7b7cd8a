/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-tray"

#include "config.h"

#include "app-tray.h"

#include "app-format.h"
#include "app-tray-bus.h"
#include "app-tray-menu.h"

#define WATCHER "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH "/StatusNotifierWatcher"
#define ITEM_PATH "/StatusNotifierItem"
#define MENU_PATH ITEM_PATH "/Menu"

#define ICON APPLICATION_ID "-symbolic"
#define ATTENTION_ICON APPLICATION_ID "-attention-symbolic"

/**
 * AppTray:
 *
 * The icon in the tray: a StatusNotifierItem on the session bus, with its menu.
 *
 * Many desktops have no tray, and one that has may lose it and get it back: the
 * item is there all the time and introduces itself to each watcher that comes.
 * #AppTray:shown tells whether somebody shows what the watcher collects. The
 * item asks for attention while there are unread messages.
 */
struct _AppTray
{
  GObject                  parent_instance;

  /* It owns the tray. */
  GApplication            *application;
  AppAttention            *attention;
  AppTrayMenu             *menu;
  AppBusStatusNotifierItem *item;
  GDBusConnection         *bus;
  GCancellable            *lifetime;
  guint                    watch;
  guint                    subscription;
  /* With which the window may come to the front; from whoever shows the tray. */
  char                    *token;
  gboolean                 registered;
  gboolean                 shown;
};

G_DEFINE_FINAL_TYPE (AppTray, app_tray, G_TYPE_OBJECT)

typedef enum {
  PROP_SHOWN = 1,
} AppTrayProperty;

static GParamSpec *properties[PROP_SHOWN + 1];

static void
set_shown (AppTray  *self,
           gboolean  shown)
{
  if (self->shown == shown)
    return;

  self->shown = shown;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWN]);
}

static void
host_known_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(AppTray) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GVariant) value = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error)
    g_debug ("Whether there is a tray is not known: %s", error->message);
  else
    g_variant_get (reply, "(v)", &value);

  set_shown (self, self->registered && value &&
                     g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) &&
                     g_variant_get_boolean (value));
}

static void
call_watcher (AppTray             *self,
              const char          *interface,
              const char          *method,
              GVariant            *parameters,
              GAsyncReadyCallback  callback)
{
  g_dbus_connection_call (self->bus, WATCHER, WATCHER_PATH, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->lifetime, callback,
                          g_object_ref (self));
}

/* A watcher alone shows nothing. */
static void
ask_for_host (AppTray *self)
{
  call_watcher (self, "org.freedesktop.DBus.Properties", "Get",
                g_variant_new ("(ss)", WATCHER, "IsStatusNotifierHostRegistered"), host_known_cb);
}

static void
registered_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(AppTray) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->registered = reply != NULL;
  if (error)
    g_debug ("The tray does not take the icon: %s", error->message);
  else
    ask_for_host (self);
}

static void
watcher_appeared_cb (GDBusConnection *bus,
                     const char      *name,
                     const char      *owner,
                     gpointer         user_data)
{
  /* By its path: the name to go with that is the one of whoever calls. */
  call_watcher (APP_TRAY (user_data), WATCHER, "RegisterStatusNotifierItem",
                g_variant_new ("(s)", ITEM_PATH), registered_cb);
}

static void
watcher_vanished_cb (GDBusConnection *bus,
                     const char      *name,
                     gpointer         user_data)
{
  AppTray *self = user_data;

  self->registered = FALSE;
  set_shown (self, FALSE);
}

static void
host_changed_cb (GDBusConnection *bus,
                 const char      *sender,
                 const char      *path,
                 const char      *interface,
                 const char      *signal,
                 GVariant        *parameters,
                 gpointer         user_data)
{
  if (g_str_has_prefix (signal, "StatusNotifierHost"))
    ask_for_host (APP_TRAY (user_data));
}

static void
describe (AppTray *self)
{
  guint n_unread = app_attention_get_n_unread (self->attention);
  g_autofree char *sentence = app_format_unread (n_unread);
  GVariant *pixmaps = g_variant_new_array (G_VARIANT_TYPE ("(iiay)"), NULL, 0);

  g_object_set (self->item, "status", n_unread > 0 ? "NeedsAttention" : "Active",
                /* Some hosts look at this one alone. */
                "icon-name", n_unread > 0 ? ATTENTION_ICON : ICON, "tool-tip",
                g_variant_new ("(s@a(iiay)ss)", "", pixmaps, "Confab", sentence), NULL);
}

static void
n_unread_changed_cb (AppTray *self)
{
  describe (self);
  app_bus_status_notifier_item_emit_new_status (
    self->item, app_bus_status_notifier_item_get_status (self->item));
  app_bus_status_notifier_item_emit_new_icon (self->item);
  app_bus_status_notifier_item_emit_new_tool_tip (self->item);
}

/* Also where somebody wants a menu who cannot show ours: the window has one. */
static gboolean
activate_cb (AppTray               *self,
             GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
  g_application_activate (self->application);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* There is nothing to turn. */
static gboolean
scroll_cb (AppTray               *self,
           GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
token_cb (AppTray               *self,
          GDBusMethodInvocation *invocation,
          const char            *token)
{
  g_set_str (&self->token, token);
  g_dbus_method_invocation_return_value (invocation, NULL);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
app_tray_get_property (GObject    *object,
                       guint       property_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  switch ((AppTrayProperty) property_id)
    {
    case PROP_SHOWN:
      g_value_set_boolean (value, APP_TRAY (object)->shown);
      break;
    }
}

static void
app_tray_dispose (GObject *object)
{
  AppTray *self = APP_TRAY (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->subscription)
    g_dbus_connection_signal_unsubscribe (self->bus, g_steal_handle_id (&self->subscription));
  if (self->item)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->item));
  g_clear_object (&self->item);
  g_clear_object (&self->menu);
  g_clear_object (&self->attention);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (app_tray_parent_class)->dispose (object);
}

static void
app_tray_finalize (GObject *object)
{
  g_free (APP_TRAY (object)->token);

  G_OBJECT_CLASS (app_tray_parent_class)->finalize (object);
}

static void
app_tray_class_init (AppTrayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_tray_get_property;
  object_class->dispose = app_tray_dispose;
  object_class->finalize = app_tray_finalize;

  properties[PROP_SHOWN] = g_param_spec_boolean ("shown", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                   G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_tray_init (AppTray *self)
{
  self->lifetime = g_cancellable_new ();
  self->item = app_bus_status_notifier_item_skeleton_new ();
  g_object_set (self->item, "category", "Communications", "id", APPLICATION_ID, "title", "Confab",
                "attention-icon-name", ATTENTION_ICON, "item-is-menu", FALSE, "menu", MENU_PATH,
                NULL);
  g_signal_connect_object (self->item, "handle-activate", G_CALLBACK (activate_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "handle-secondary-activate", G_CALLBACK (activate_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "handle-context-menu", G_CALLBACK (activate_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "handle-scroll", G_CALLBACK (scroll_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "handle-provide-xdg-activation-token",
                           G_CALLBACK (token_cb), self, G_CONNECT_SWAPPED);
}

static gboolean
export (AppTray *self)
{
  g_autoptr(GError) error = NULL;

  if (app_tray_menu_export (self->menu, self->bus, MENU_PATH, &error) &&
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->item), self->bus,
                                        ITEM_PATH, &error))
    return TRUE;

  g_warning ("There can be no icon in the tray: %s", error->message);

  return FALSE;
}

/**
 * app_tray_new:
 * @application: (transfer none): what it opens; outlives the tray
 * @attention: what counts the unread messages
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): an icon for whatever tray there is or will be
 */
AppTray *
app_tray_new (GApplication *application,
              AppAttention *attention,
              GSettings    *settings)
{
  AppTray *self = g_object_new (APP_TYPE_TRAY, NULL);
  GDBusConnection *bus = g_application_get_dbus_connection (application);

  self->application = application;
  self->attention = g_object_ref (attention);
  self->menu = app_tray_menu_new (application, attention, settings);
  describe (self);
  g_signal_connect_object (attention, "notify::n-unread", G_CALLBACK (n_unread_changed_cb), self,
                           G_CONNECT_SWAPPED);
  if (!g_set_object (&self->bus, bus) || !export (self))
    return self;

  self->subscription = g_dbus_connection_signal_subscribe (
    bus, WATCHER, WATCHER, NULL, WATCHER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, host_changed_cb,
    self, NULL);
  self->watch = g_bus_watch_name_on_connection (bus, WATCHER, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                watcher_appeared_cb, watcher_vanished_cb, self,
                                                NULL);

  return self;
}

/**
 * app_tray_get_shown:
 * @self: a tray
 *
 * Returns: whether the icon is to be seen
 */
gboolean
app_tray_get_shown (AppTray *self)
{
  g_return_val_if_fail (APP_IS_TRAY (self), FALSE);

  return self->shown;
}

/**
 * app_tray_steal_token:
 * @self: a tray
 *
 * Returns: (transfer full) (nullable): what the desktop gave for the last click, so that the
 *   window may come to the front; once
 */
char *
app_tray_steal_token (AppTray *self)
{
  g_return_val_if_fail (APP_IS_TRAY (self), NULL);

  return g_steal_pointer (&self->token);
}
