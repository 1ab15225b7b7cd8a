/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* What a sandbox does not let programs take by themselves, and on Wayland nobody: the desktop asks
 * the person, and hands out a descriptor to PipeWire. Where there is no such portal the error is
 * G_IO_ERROR_NOT_SUPPORTED. */

/* Whether cameras are only to be had so: in a sandbox. Screens are asked for everywhere. */
gboolean    confab_portal_is_needed          (void);

void        confab_portal_open_camera_async  (GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
/* A descriptor that the caller closes, or -1; CONFAB_CALL_ERROR_PERMISSION when the person does not
 * want that. */
int         confab_portal_open_camera_finish (GAsyncResult         *result,
                                              GError              **error);

void        confab_portal_open_screen_async  (GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
/* A floating element with the picture of what the person chose; G_IO_ERROR_CANCELLED when that is
 * nothing. The desktop shows that it is seen until the element is unlinked; when the person ends it
 * there, the element reports GST_RESOURCE_ERROR_CLOSE. */
GstElement *confab_portal_open_screen_finish (GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
