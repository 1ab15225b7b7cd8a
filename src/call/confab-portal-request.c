/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-portal-request"

#include "config.h"

#include "confab-portal-request-private.h"

#include "confab-call-error.h"

#include <gio/gunixfdlist.h>

/* What org.freedesktop.portal.Request::Response says. */
enum {
  ANSWER_YES,
  ANSWER_NO,
};

/* libportal waits for ever for the answer of a portal that has crashed, or that was told to ask no
 * longer, and stops everything while it opens PipeWire: hence this. */
typedef struct {
  GDBusConnection *bus;
  char            *path;       /* of the question, at the portal */
  guint            response;   /* subscriptions */
  guint            watch;
  GSource         *cancelled;
  gboolean         called;     /* the portal has the question */
  gboolean         ended;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->bus);
  g_free (request->path);
  g_free (request);
}

/* From here on nothing is listened to: the task returns. */
static Request *
end_request (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  g_assert (!request->ended);
  request->ended = TRUE;
  g_dbus_connection_signal_unsubscribe (request->bus, request->response);
  g_dbus_connection_signal_unsubscribe (request->bus, request->watch);
  if (request->cancelled)
    g_source_destroy (request->cancelled);
  g_clear_pointer (&request->cancelled, g_source_unref);

  return request;
}

static void
close_request (Request *request)
{
  g_dbus_connection_call (request->bus, CONFAB_PORTAL_NAME, request->path,
                          CONFAB_PORTAL_INTERFACE ("Request"), "Close", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
response_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal,
             GVariant        *parameters,
             gpointer         user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);
  g_autoptr(GVariant) answer = NULL;
  guint32 code;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;

  end_request (task);
  g_variant_get (parameters, "(u@a{sv})", &code, &answer);
  if (code == ANSWER_YES)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) g_variant_unref);
  else if (code == ANSWER_NO)
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     "The person said no to the portal");
  else
    g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                     "The portal could not do it");
}

static void
portal_changed_cb (GDBusConnection *bus,
                   const char      *sender,
                   const char      *path,
                   const char      *interface,
                   const char      *signal,
                   GVariant        *parameters,
                   gpointer         user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);

  if (!confab_portal_has_ended (parameters))
    return;

  end_request (task);
  g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                   "The portal ended before it had answered");
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);
  Request *request = end_request (task);

  /* Before it is called the portal knows of nothing to close. */
  if (request->called)
    close_request (request);
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/* Whether @error says that nobody is there who could do it. */
static gboolean
is_absence (const GError *error)
{
  static const GDBusError codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN,   G_DBUS_ERROR_NAME_HAS_NO_OWNER,
    G_DBUS_ERROR_UNKNOWN_METHOD,    G_DBUS_ERROR_UNKNOWN_INTERFACE,
    G_DBUS_ERROR_UNKNOWN_OBJECT,    G_DBUS_ERROR_SPAWN_EXEC_FAILED,
    G_DBUS_ERROR_SPAWN_FORK_FAILED, G_DBUS_ERROR_SPAWN_CHILD_EXITED,
    G_DBUS_ERROR_SPAWN_FAILED,      G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, (int) codes[i]))
      return TRUE;

  return FALSE;
}

static void
return_dbus_error (GTask  *task,
                   GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autoptr(GError) owned = error;

  g_dbus_error_strip_remote_error (owned);
  if (is_absence (owned))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", owned->message);
  else if (g_strcmp0 (name, CONFAB_PORTAL_INTERFACE ("Error.NotAllowed")) == 0)
    g_task_return_new_error (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_PERMISSION, "%s",
                             owned->message);
  else
    g_task_return_error (task, g_steal_pointer (&owned));
}

static void
called_cb (GObject      *bus,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  Request *request = g_task_get_task_data (task);

  request->called = TRUE;
  if (!reply && !request->ended)
    {
      end_request (task);
      return_dbus_error (task, g_steal_pointer (&error));
    }
  else if (reply && request->ended && g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      close_request (request);
    }
}

/* "/org/…/request/1_42/confab7": ours alone, and known before the portal can answer. */
static char *
make_path (GDBusConnection *bus,
           const char      *token)
{
  g_autofree char *sender = g_strdelimit (
    g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');

  return g_strconcat (CONFAB_PORTAL_PATH "/request/", sender, "/", token, NULL);
}

static GVariant *
make_arguments (GVariant     *first,
                GVariantDict *options)
{
  g_autoptr(GVariant) head = first ? g_variant_ref_sink (first) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  for (gsize i = 0; head && i < g_variant_n_children (head); i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (head, i);

      g_variant_builder_add_value (&builder, child);
    }
  g_variant_builder_add_value (&builder, g_variant_dict_end (options));

  return g_variant_builder_end (&builder);
}

static void
listen_for_answer (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  request->response = g_dbus_connection_signal_subscribe (
    request->bus, CONFAB_PORTAL_NAME, CONFAB_PORTAL_INTERFACE ("Request"), "Response",
    request->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, response_cb, g_object_ref (task),
    g_object_unref);
  request->watch =
    confab_portal_watch (request->bus, portal_changed_cb, g_object_ref (task), g_object_unref);
  if (cancellable)
    {
      request->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->cancelled, G_SOURCE_FUNC (cancelled_cb),
                             g_object_ref (task), g_object_unref);
      g_source_attach (request->cancelled, g_main_context_get_thread_default ());
    }
}

void
confab_portal_request_async (GDBusConnection     *bus,
                             const char          *interface,
                             const char          *method,
                             GVariant            *first,
                             GVariantDict        *options,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  static guint n_requests = 0;
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *token = g_strdup_printf ("confab%u", n_requests++);
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, confab_portal_request_async);
  g_task_set_task_data (task, request, request_free);
  request->bus = g_object_ref (bus);
  request->path = make_path (bus, token);
  g_variant_dict_insert (options, "handle_token", "s", token);
  listen_for_answer (task);
  g_dbus_connection_call (bus, CONFAB_PORTAL_NAME, CONFAB_PORTAL_PATH, interface, method,
                          make_arguments (first, options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          called_cb, g_object_ref (task));
}

GVariant *
confab_portal_request_finish (GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
opened_cb (GObject      *bus,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GUnixFDList) fds = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (bus), &fds, result, &error);
  gint32 place;
  int fd = -1;

  if (reply)
    {
      g_variant_get (reply, "(h)", &place);
      fd = fds ? g_unix_fd_list_get (fds, place, &error) : -1;
    }

  if (fd >= 0)
    g_task_return_int (task, fd);
  else if (error)
    return_dbus_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                     "The portal does not lead to PipeWire");
}

void
confab_portal_open_async (GDBusConnection     *bus,
                          const char          *interface,
                          GVariant            *arguments,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_portal_open_async);
  /* A descriptor that has come is not lost to a late cancel. */
  g_task_set_check_cancellable (task, FALSE);
  g_dbus_connection_call_with_unix_fd_list (bus, CONFAB_PORTAL_NAME, CONFAB_PORTAL_PATH, interface,
                                            "OpenPipeWireRemote", arguments, G_VARIANT_TYPE ("(h)"),
                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, cancellable,
                                            opened_cb, g_steal_pointer (&task));
}

int
confab_portal_open_finish (GAsyncResult  *result,
                           GError       **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

guint
confab_portal_watch (GDBusConnection     *bus,
                     GDBusSignalCallback  callback,
                     gpointer             user_data,
                     GDestroyNotify       free_func)
{
  return g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus",
                                             "NameOwnerChanged", "/org/freedesktop/DBus",
                                             CONFAB_PORTAL_NAME, G_DBUS_SIGNAL_FLAGS_NONE, callback,
                                             user_data, free_func);
}

gboolean
confab_portal_has_ended (GVariant *parameters)
{
  const char *owner;

  g_variant_get (parameters, "(s&s&s)", NULL, NULL, &owner);

  return *owner == '\0';
}
