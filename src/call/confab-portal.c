/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-portal"

#include "config.h"

#include "confab-portal-private.h"

#include "confab-call-error.h"
#include "confab-portal-request-private.h"

#include <glib/gstdio.h>
#include <libportal/portal.h>
#include <sys/socket.h>

#define CAMERA CONFAB_PORTAL_INTERFACE ("Camera")
#define SCREEN_CAST CONFAB_PORTAL_INTERFACE ("ScreenCast")

/* Values of org.freedesktop.portal.ScreenCast. */
enum {
  SOURCE_MONITOR = 1,
  SOURCE_WINDOW = 2,
  CURSOR_EMBEDDED = 2,
};

gboolean
confab_portal_is_needed (void)
{
  return xdp_portal_running_under_sandbox ();
}

/* Without a bus there is no portal either. */
static GDBusConnection *
take_bus (GTask        *task,
          GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (!bus)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", error->message);

  return bus;
}

static void
camera_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  int fd = confab_portal_open_finish (result, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
camera_allowed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = confab_portal_request_finish (result, &error);

  if (answer)
    confab_portal_open_async (g_task_get_task_data (task), CAMERA,
                              g_variant_new ("(a{sv})", NULL), g_task_get_cancellable (task),
                              camera_opened_cb, g_object_ref (task));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
           !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_new_error (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_PERMISSION, "%s",
                             error->message);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
camera_bus_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GDBusConnection *bus = take_bus (task, result);
  GVariantDict options;

  if (!bus)
    return;

  g_task_set_task_data (task, bus, g_object_unref);
  g_variant_dict_init (&options, NULL);
  confab_portal_request_async (bus, CAMERA, "AccessCamera", NULL, &options,
                               g_task_get_cancellable (task), camera_allowed_cb,
                               g_object_ref (task));
}

void
confab_portal_open_camera_async (GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_portal_open_camera_async);
  /* A descriptor that has come is not lost to a late cancel. */
  g_task_set_check_cancellable (task, FALSE);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, camera_bus_cb, g_steal_pointer (&task));
}

int
confab_portal_open_camera_finish (GAsyncResult  *result,
                                  GError       **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* What has to stay as long as the picture of a screen does. */
typedef struct {
  GDBusConnection *bus;
  char            *session;   /* its path at the portal; NULL before there is one */
  guint32          node;      /* in PipeWire */
  int              fd;        /* to PipeWire */
  guint            closed;    /* subscriptions */
  guint            watch;
} Share;

/* At once, whatever the picture still waits for: the desktop tells the person that nothing is seen
 * any more, and PipeWire lets go of who waits for it. */
static void
share_end (Share *share)
{
  if (share->closed)
    g_dbus_connection_signal_unsubscribe (share->bus, share->closed);
  if (share->watch)
    g_dbus_connection_signal_unsubscribe (share->bus, share->watch);
  share->closed = share->watch = 0;
  if (share->session)
    g_dbus_connection_call (share->bus, CONFAB_PORTAL_NAME, share->session,
                            CONFAB_PORTAL_INTERFACE ("Session"), "Close", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  g_clear_pointer (&share->session, g_free);
  if (share->fd >= 0)
    shutdown (share->fd, SHUT_RDWR);
}

static void
share_clear (gpointer data)
{
  Share *share = data;

  share_end (share);
  g_clear_fd (&share->fd, NULL);
  g_clear_object (&share->bus);
}

static void
share_unref (gpointer share)
{
  g_atomic_rc_box_release_full (share, share_clear);
}

static void
unlinked_cb (GstPad *pad,
             GstPad *peer,
             Share  *share)
{
  share_end (share);
}

static void
share_unref_notify (gpointer  share,
                    GClosure *closure)
{
  share_unref (share);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static GWeakRef *
weak_ref_new (gpointer object)
{
  GWeakRef *reference = g_new0 (GWeakRef, 1);

  g_weak_ref_init (reference, object);

  return reference;
}

static void
session_closed_cb (GDBusConnection *bus,
                   const char      *sender,
                   const char      *path,
                   const char      *interface,
                   const char      *signal,
                   GVariant        *parameters,
                   gpointer         user_data)
{
  g_autoptr(GstElement) source = g_weak_ref_get (user_data);

  if (source)
    GST_ELEMENT_ERROR (source, RESOURCE, CLOSE, ("The person shows the screen no longer"), (NULL));
}

/* The desktop cannot tell the person any more that the screen is seen: so it is not. */
static void
portal_changed_cb (GDBusConnection *bus,
                   const char      *sender,
                   const char      *path,
                   const char      *interface,
                   const char      *signal,
                   GVariant        *parameters,
                   gpointer         user_data)
{
  g_autoptr(GstElement) source = g_weak_ref_get (user_data);

  if (source && confab_portal_has_ended (parameters))
    GST_ELEMENT_ERROR (source, RESOURCE, READ, ("The portal has ended"), (NULL));
}

/* Screens tell of changes only: what stands still is repeated, for those who begin to look. And
 * PipeWire takes back the memory of a picture when the screen is closed, whoever looks at it. */
static GstElement *
make_source (int       fd,
             guint32   node,
             GError  **error)
{
  g_autofree char *description =
    g_strdup_printf ("pipewiresrc fd=%d path=%u do-timestamp=true keepalive-time=200 "
                     "resend-last=true always-copy=true ! video/x-raw ! videoconvert", fd, node);
  g_autoptr(GError) fault = NULL;
  GstElement *source = gst_parse_bin_from_description_full (description, TRUE, NULL,
                                                            GST_PARSE_FLAG_FATAL_ERRORS, &fault);

  if (!source)
    g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                 "Screens need GStreamer's plugin for PipeWire: %s", fault->message);

  return source;
}

/* When the picture is taken away the share ends, and goes with it. */
static void
tie (Share      *share,
     GstElement *source)
{
  g_autoptr(GstPad) output = gst_element_get_static_pad (source, "src");

  share->closed = g_dbus_connection_signal_subscribe (
    share->bus, CONFAB_PORTAL_NAME, CONFAB_PORTAL_INTERFACE ("Session"), "Closed", share->session,
    NULL, G_DBUS_SIGNAL_FLAGS_NONE, session_closed_cb, weak_ref_new (source), weak_ref_free);
  share->watch = confab_portal_watch (share->bus, portal_changed_cb, weak_ref_new (source),
                                      weak_ref_free);
  g_signal_connect_data (output, "unlinked", G_CALLBACK (unlinked_cb),
                         g_atomic_rc_box_acquire (share), share_unref_notify, G_CONNECT_DEFAULT);
}

static void
screen_opened_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Share *share = g_task_get_task_data (task);
  GstElement *source;

  share->fd = confab_portal_open_finish (result, &error);
  source = share->fd >= 0 ? make_source (share->fd, share->node, &error) : NULL;
  if (!source)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  tie (share, source);
  g_task_return_pointer (task, source, g_object_unref);
}

static void
screen_chosen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) streams = NULL;
  g_autoptr(GVariant) answer = confab_portal_request_finish (result, &error);
  Share *share = g_task_get_task_data (task);

  if (!answer)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* The number of a node in PipeWire, and what is known of it. */
  streams = g_variant_lookup_value (answer, "streams", G_VARIANT_TYPE ("a(ua{sv})"));
  if (!streams || g_variant_n_children (streams) == 0)
    {
      g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_DEVICE_NOT_FOUND,
                                       "The portal shows no screen");
      return;
    }

  g_variant_get_child (streams, 0, "(u@a{sv})", &share->node, NULL);
  confab_portal_open_async (share->bus, SCREEN_CAST,
                            g_variant_new ("(oa{sv})", share->session, NULL),
                            g_task_get_cancellable (task), screen_opened_cb, g_object_ref (task));
}

static void
kinds_chosen_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = confab_portal_request_finish (result, &error);
  Share *share = g_task_get_task_data (task);
  GVariantDict options;

  if (!answer)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_variant_dict_init (&options, NULL);
  confab_portal_request_async (share->bus, SCREEN_CAST, "Start",
                               g_variant_new ("(os)", share->session, ""), &options,
                               g_task_get_cancellable (task), screen_chosen_cb,
                               g_object_ref (task));
}

static void
session_created_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = confab_portal_request_finish (result, &error);
  Share *share = g_task_get_task_data (task);
  GVariantDict options;

  if (!answer)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* A path, but the portal has always said it as a string. */
  if (!g_variant_lookup (answer, "session_handle", "s", &share->session) ||
      !g_variant_is_object_path (share->session))
    {
      g_clear_pointer (&share->session, g_free);
      g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                                       "The portal has no session");
      return;
    }

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "types", "u", SOURCE_MONITOR | SOURCE_WINDOW);
  g_variant_dict_insert (&options, "cursor_mode", "u", CURSOR_EMBEDDED);
  confab_portal_request_async (share->bus, SCREEN_CAST, "SelectSources",
                               g_variant_new ("(o)", share->session), &options,
                               g_task_get_cancellable (task), kinds_chosen_cb,
                               g_object_ref (task));
}

static void
screen_bus_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  static guint n_sessions = 0;
  g_autoptr(GTask) task = user_data;
  g_autofree char *token = NULL;
  GDBusConnection *bus = take_bus (task, result);
  GVariantDict options;
  Share *share;

  if (!bus)
    return;

  share = g_atomic_rc_box_new0 (Share);
  share->bus = bus;
  share->fd = -1;
  g_task_set_task_data (task, share, share_unref);
  token = g_strdup_printf ("confab%u", n_sessions++);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "session_handle_token", "s", token);
  /* Nobody is asked here, and a session whose name never comes could not be closed: so a cancel
   * waits for the next question. */
  confab_portal_request_async (bus, SCREEN_CAST, "CreateSession", NULL, &options, NULL,
                               session_created_cb, g_object_ref (task));
}

void
confab_portal_open_screen_async (GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_portal_open_screen_async);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, screen_bus_cb, g_steal_pointer (&task));
}

GstElement *
confab_portal_open_screen_finish (GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
