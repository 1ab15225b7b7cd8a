/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-portal"

#include "config.h"

#include "confab-portal-private.h"

#include "confab-call-error.h"

#include <glib/gstdio.h>
#include <libportal/portal.h>

gboolean
confab_portal_is_needed (void)
{
  return xdp_portal_running_under_sandbox ();
}

/* --- Camera --- */

static void
camera_allowed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  XdpPortal *portal = XDP_PORTAL (source);
  int fd;

  if (!xdp_portal_access_camera_finish (portal, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  fd = xdp_portal_open_pipewire_remote_for_camera (portal);
  if (fd < 0)
    g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_DEVICE_NOT_FOUND,
                                     "The portal has no cameras");
  else
    g_task_return_int (task, fd);
}

void
confab_portal_open_camera_async (GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(XdpPortal) portal = xdp_portal_initable_new (&error);

  g_task_set_source_tag (task, confab_portal_open_camera_async);
  if (portal)
    xdp_portal_access_camera (portal, NULL, XDP_CAMERA_FLAG_NONE, cancellable, camera_allowed_cb,
                              g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

int
confab_portal_open_camera_finish (GAsyncResult  *result,
                                  GError       **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* --- Screen --- */

/* What has to stay as long as the picture of a screen does. */
typedef struct {
  XdpSession *session;
  int         fd;
} Share;

static void
end_share (gpointer  user_data,
           GObject  *element)
{
  Share *share = user_data;

  xdp_session_close (share->session);
  g_object_unref (share->session);
  g_close (share->fd, NULL);
  g_free (share);
}

/* Screens tell of changes only: what stands still is repeated, for those who begin to look. */
static GstElement *
make_source (int       fd,
             guint32   node,
             GError  **error)
{
  g_autofree char *description =
    g_strdup_printf ("pipewiresrc fd=%d path=%u do-timestamp=true keepalive-time=200 "
                     "resend-last=true ! video/x-raw ! videoconvert", fd, node);
  g_autoptr(GError) fault = NULL;
  GstElement *source = gst_parse_bin_from_description_full (description, TRUE, NULL,
                                                            GST_PARSE_FLAG_FATAL_ERRORS, &fault);

  if (!source)
    g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN,
                 "Screens need GStreamer's plugin for PipeWire: %s", fault->message);

  return source;
}

static GstElement *
open_stream (XdpSession  *session,
             GError     **error)
{
  /* "a(ua{sv})": the number of a node in PipeWire, and what is known of it. */
  GVariant *streams = xdp_session_get_streams (session);
  GstElement *source;
  Share *share;
  guint32 node;
  int fd;

  if (!streams || g_variant_n_children (streams) == 0)
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_DEVICE_NOT_FOUND,
                           "The portal shows no screen");
      return NULL;
    }

  g_variant_get_child (streams, 0, "(u@a{sv})", &node, NULL);
  fd = xdp_session_open_pipewire_remote (session);
  if (fd < 0)
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                           "The portal does not lead to PipeWire");
      return NULL;
    }

  source = make_source (fd, node, error);
  if (!source)
    {
      g_close (fd, NULL);
      return NULL;
    }

  share = g_new0 (Share, 1);
  share->session = g_object_ref (session);
  share->fd = fd;
  g_object_weak_ref (G_OBJECT (source), end_share, share);

  return source;
}

static void
screen_chosen_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  XdpSession *session = XDP_SESSION (source);
  GstElement *element;

  if (!xdp_session_start_finish (session, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  element = open_stream (session, &error);
  if (element)
    g_task_return_pointer (task, element, g_object_unref);
  else
    {
      xdp_session_close (session);
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

static void
session_created_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XdpSession) session =
    xdp_portal_create_screencast_session_finish (XDP_PORTAL (source), result, &error);

  if (session)
    xdp_session_start (session, NULL, g_task_get_cancellable (task), screen_chosen_cb,
                       g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
confab_portal_open_screen_async (GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(XdpPortal) portal = xdp_portal_initable_new (&error);

  g_task_set_source_tag (task, confab_portal_open_screen_async);
  if (portal)
    xdp_portal_create_screencast_session (portal, XDP_OUTPUT_MONITOR | XDP_OUTPUT_WINDOW,
                                          XDP_SCREENCAST_FLAG_NONE, XDP_CURSOR_MODE_EMBEDDED,
                                          XDP_PERSIST_MODE_NONE, NULL, cancellable,
                                          session_created_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

GstElement *
confab_portal_open_screen_finish (GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
