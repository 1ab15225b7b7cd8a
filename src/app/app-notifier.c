/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-notifier"

#include "config.h"

#include "app-notifier.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <libnotify/notify.h>

#define SERVER "org.freedesktop.Notifications"
/* How long a notification server may take to start. */
#define START_TIMEOUT_MS 5000

/**
 * AppNotifier:
 *
 * Shows notifications, at most one for each key; showing another under the
 * same key replaces it. ::activated tells, with the key, that one was clicked,
 * ::button which of its buttons was.
 *
 * libnotify waits for the notification server, and for one to be started where
 * none runs. So everything of it lives in a thread of its own: nothing here
 * waits, and nothing of the thread is touched from outside it.
 */
struct _AppNotifier
{
  GObject       parent_instance;

  char         *desktop_entry;
  GMainContext *context;
  GThread      *thread;
};

G_DEFINE_FINAL_TYPE (AppNotifier, app_notifier, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_ACTIVATED,
  SIGNAL_BUTTON,
} AppNotifierSignal;

static guint signals[SIGNAL_BUTTON + 1];

/* What the thread owns. It lives as long as the thread. */
typedef struct
{
  GWeakRef      owner;
  GMainContext *context;
  GMainLoop    *loop;
  GHashTable   *shown;
  char         *desktop_entry;
  gboolean      has_actions;
  gboolean      has_markup;
  gboolean      asked;
} Worker;

/* A message to the thread, or, with a receiver, from it. */
typedef struct
{
  AppNotifier *receiver;
  char        *key;
  char        *title;
  char        *body;
  char        *category;
  gboolean     urgent;
  /* Pairs of an id and a label; from the thread the id that was pressed. */
  char       **buttons;
} Order;

#define DEFAULT_ACTION "default"
#define DEFAULT_CATEGORY "im.received"

static GPrivate worker_key;

static Order *
order_new (const char *key,
           const char *title,
           const char *body)
{
  Order *self = g_new0 (Order, 1);

  self->key = g_strdup (key);
  self->title = g_strdup (title);
  self->body = g_strdup (body);

  return self;
}

static void
order_free (gpointer data)
{
  Order *self = data;

  g_clear_object (&self->receiver);
  g_free (self->key);
  g_free (self->title);
  g_free (self->body);
  g_free (self->category);
  g_strfreev (self->buttons);
  g_free (self);
}

static gboolean
activated_in_main_cb (gpointer user_data)
{
  Order *order = user_data;

  if (order->buttons)
    g_signal_emit (order->receiver, signals[SIGNAL_BUTTON], 0, order->key, order->buttons[0]);
  else
    g_signal_emit (order->receiver, signals[SIGNAL_ACTIVATED], 0, order->key);

  return G_SOURCE_REMOVE;
}

static void
action_cb (NotifyNotification *notification,
           char               *action,
           gpointer            user_data)
{
  Worker *worker = g_private_get (&worker_key);
  AppNotifier *owner = g_weak_ref_get (&worker->owner);
  Order *order;

  if (!owner)
    return;

  order = order_new (user_data, NULL, NULL);
  order->receiver = owner;
  if (!g_str_equal (action, DEFAULT_ACTION))
    order->buttons = g_strdupv ((char *[]) { action, NULL });
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, activated_in_main_cb, order, order_free);
}

static gboolean
has_capability (GList      *capabilities,
                const char *name)
{
  return g_list_find_custom (capabilities, name, (GCompareFunc) g_strcmp0) != NULL;
}

/* Whether the bus answers a question with yes, or does as it is told. */
static gboolean
ask_bus (GDBusConnection *bus,
         const char      *method,
         GVariant        *parameters)
{
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GVariant) answer = NULL;

  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", method, parameters, NULL,
                                       G_DBUS_CALL_FLAGS_NONE, START_TIMEOUT_MS, NULL, NULL);
  if (!reply)
    return FALSE;

  answer = g_variant_get_child_value (reply, 0);

  return !g_variant_is_of_type (answer, G_VARIANT_TYPE_BOOLEAN) || g_variant_get_boolean (answer);
}

/* libnotify warns on a desktop without notifications, where that is no fault.
 * In a Flatpak it goes through the portal, which answers for itself.
 */
static gboolean
has_server (void)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  if (!bus || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return bus != NULL;

  /* One that a window manager started has no file to be started by. */
  return ask_bus (bus, "NameHasOwner", g_variant_new ("(s)", SERVER)) ||
         ask_bus (bus, "StartServiceByName", g_variant_new ("(su)", SERVER, 0));
}

static void
ask_capabilities (Worker *worker)
{
  GList *capabilities;

  if (worker->asked)
    return;

  capabilities = notify_get_server_caps ();
  worker->asked = TRUE;
  worker->has_actions = has_capability (capabilities, "actions");
  worker->has_markup = has_capability (capabilities, "body-markup");
  g_list_free_full (capabilities, g_free);
}

static NotifyNotification *
make_notification (Worker     *worker,
                   const char *key)
{
  NotifyNotification *notification = notify_notification_new ("", NULL, worker->desktop_entry);

  notify_notification_set_hint (notification, "desktop-entry",
                                g_variant_new_string (worker->desktop_entry));
  g_hash_table_insert (worker->shown, g_strdup (key), notification);

  return notification;
}

static void
describe_notification (NotifyNotification *notification,
                       Worker             *worker,
                       Order              *order)
{
  notify_notification_set_category (notification,
                                    order->category ? order->category : DEFAULT_CATEGORY);
  notify_notification_set_urgency (notification, order->urgent ? NOTIFY_URGENCY_CRITICAL
                                                               : NOTIFY_URGENCY_NORMAL);
  notify_notification_set_timeout (notification, order->urgent ? NOTIFY_EXPIRES_NEVER
                                                               : NOTIFY_EXPIRES_DEFAULT);
  notify_notification_clear_actions (notification);
  if (!worker->has_actions)
    return;

  notify_notification_add_action (notification, DEFAULT_ACTION, _("Open"), action_cb,
                                  g_strdup (order->key), g_free);
  for (guint i = 0; order->buttons && order->buttons[i]; i += 2)
    notify_notification_add_action (notification, order->buttons[i], order->buttons[i + 1],
                                    action_cb, g_strdup (order->key), g_free);
}

static gboolean
show_in_thread_cb (gpointer user_data)
{
  Order *order = user_data;
  Worker *worker = g_private_get (&worker_key);
  NotifyNotification *notification;
  g_autofree char *body = NULL;
  g_autoptr(GError) error = NULL;

  if (!has_server ())
    return G_SOURCE_REMOVE;

  ask_capabilities (worker);
  body = worker->has_markup ? g_markup_escape_text (order->body, -1) : g_strdup (order->body);
  notification = g_hash_table_lookup (worker->shown, order->key);
  if (!notification)
    notification = make_notification (worker, order->key);

  describe_notification (notification, worker, order);
  notify_notification_update (notification, order->title, body, worker->desktop_entry);
  if (!notify_notification_show (notification, &error))
    g_debug ("Cannot notify: %s", error->message);

  return G_SOURCE_REMOVE;
}

static void
close_notification (NotifyNotification *notification)
{
  g_autoptr(GError) error = NULL;

  if (!notify_notification_close (notification, &error))
    g_debug ("Cannot withdraw a notification: %s", error->message);
}

static gboolean
withdraw_in_thread_cb (gpointer user_data)
{
  Order *order = user_data;
  Worker *worker = g_private_get (&worker_key);
  GHashTableIter iter;
  gpointer key;
  gpointer notification;

  g_hash_table_iter_init (&iter, worker->shown);
  while (g_hash_table_iter_next (&iter, &key, &notification))
    {
      if (order->key && !g_str_equal (order->key, key))
        continue;
      close_notification (notification);
      g_hash_table_iter_remove (&iter);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
quit_in_thread_cb (gpointer user_data)
{
  Worker *worker = g_private_get (&worker_key);

  g_main_loop_quit (worker->loop);

  return G_SOURCE_REMOVE;
}

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  g_private_set (&worker_key, worker);
  g_main_context_push_thread_default (worker->context);
  notify_init ("Confab");
  g_main_loop_run (worker->loop);
  notify_uninit ();
  g_main_context_pop_thread_default (worker->context);

  g_hash_table_unref (worker->shown);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_weak_ref_clear (&worker->owner);
  g_free (worker->desktop_entry);
  g_free (worker);

  return NULL;
}

/* Not before there is something to show: a start-up needs no thread. */
static void
need_thread (AppNotifier *self)
{
  Worker *worker;

  if (self->thread)
    return;

  self->context = g_main_context_new ();
  worker = g_new0 (Worker, 1);
  g_weak_ref_init (&worker->owner, self);
  worker->context = g_main_context_ref (self->context);
  worker->loop = g_main_loop_new (self->context, FALSE);
  worker->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  worker->desktop_entry = g_strdup (self->desktop_entry);
  self->thread = g_thread_new ("notifier", run_worker, worker);
}

static void
give_order (AppNotifier *self,
            GSourceFunc  function,
            Order       *order)
{
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, function, order, order_free);
}

static void
app_notifier_finalize (GObject *object)
{
  AppNotifier *self = APP_NOTIFIER (object);

  /* The thread ends by itself: it may be waiting for a server just now. */
  if (self->thread)
    {
      give_order (self, quit_in_thread_cb, order_new (NULL, NULL, NULL));
      g_thread_unref (self->thread);
      g_main_context_unref (self->context);
    }
  g_free (self->desktop_entry);

  G_OBJECT_CLASS (app_notifier_parent_class)->finalize (object);
}

static void
app_notifier_class_init (AppNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_notifier_finalize;

  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                            G_TYPE_STRING);
  signals[SIGNAL_BUTTON] = g_signal_new ("button", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                         G_TYPE_STRING);
}

static void
app_notifier_init (AppNotifier *self)
{
}

/**
 * app_notifier_new:
 * @desktop_entry: the application id, also the name of its icon
 *
 * Returns: (transfer full): a notifier
 */
AppNotifier *
app_notifier_new (const char *desktop_entry)
{
  AppNotifier *self = g_object_new (APP_TYPE_NOTIFIER, NULL);

  self->desktop_entry = g_strdup (desktop_entry);

  return self;
}

/**
 * app_notifier_show:
 * @self: a notifier
 * @key: what it is about
 * @title: one line
 * @body: plain text
 *
 * Shows a notification, in place of the last one about the same.
 */
void
app_notifier_show (AppNotifier *self,
                   const char  *key,
                   const char  *title,
                   const char  *body)
{
  g_return_if_fail (APP_IS_NOTIFIER (self));

  need_thread (self);
  give_order (self, show_in_thread_cb, order_new (key, title, body));
}

/**
 * app_notifier_show_call:
 * @self: a notifier
 * @key: what it is about
 * @title: one line
 * @body: plain text
 * @category: what kind of event it is, as the desktop names it
 * @urgent: whether it stays until it is withdrawn, also over what is full screen
 * @buttons: an id and a label for each button
 *
 * Shows a notification with buttons, in place of the last one about the same.
 */
void
app_notifier_show_call (AppNotifier        *self,
                        const char         *key,
                        const char         *title,
                        const char         *body,
                        const char         *category,
                        gboolean            urgent,
                        const char * const *buttons)
{
  Order *order;

  g_return_if_fail (APP_IS_NOTIFIER (self));

  need_thread (self);
  order = order_new (key, title, body);
  order->category = g_strdup (category);
  order->urgent = urgent;
  order->buttons = g_strdupv ((char **) buttons);
  give_order (self, show_in_thread_cb, order);
}

/**
 * app_notifier_withdraw:
 * @self: a notifier
 * @key: what it was about
 *
 * Takes a notification away. Does nothing where there is none.
 */
void
app_notifier_withdraw (AppNotifier *self,
                       const char  *key)
{
  g_return_if_fail (APP_IS_NOTIFIER (self));

  if (self->thread)
    give_order (self, withdraw_in_thread_cb, order_new (key, NULL, NULL));
}

/**
 * app_notifier_withdraw_all:
 * @self: a notifier
 *
 * Takes all notifications away.
 */
void
app_notifier_withdraw_all (AppNotifier *self)
{
  g_return_if_fail (APP_IS_NOTIFIER (self));

  if (self->thread)
    give_order (self, withdraw_in_thread_cb, order_new (NULL, NULL, NULL));
}
