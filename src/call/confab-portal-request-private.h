/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_PORTAL_NAME "org.freedesktop.portal.Desktop"
#define CONFAB_PORTAL_PATH "/org/freedesktop/portal/desktop"
#define CONFAB_PORTAL_INTERFACE(name) "org.freedesktop.portal." name

/* Questions to the portal that a person may have to answer, which takes as long as it takes. Where
 * there is no such portal the error is G_IO_ERROR_NOT_SUPPORTED. */

/* @first is a floating tuple with what @method wants before its options, or NULL for nothing;
 * @options are taken. When @cancellable is cancelled the question disappears. */
void      confab_portal_request_async  (GDBusConnection      *bus,
                                        const char           *interface,
                                        const char           *method,
                                        GVariant             *first,
                                        GVariantDict         *options,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
/* A dictionary with the answer; G_IO_ERROR_CANCELLED when the person wants nothing of it. */
GVariant *confab_portal_request_finish (GAsyncResult         *result,
                                        GError              **error);

/* The descriptor to PipeWire that a portal gives to whom it has allowed it, without asking. */
void      confab_portal_open_async     (GDBusConnection      *bus,
                                        const char           *interface,
                                        GVariant             *arguments,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
/* The caller closes it; -1 without. */
int       confab_portal_open_finish    (GAsyncResult         *result,
                                        GError              **error);

/* Calls @callback when the portal starts or ends: which, confab_portal_has_ended() tells by the
 * parameters of the signal. @user_data is freed in the end. */
guint     confab_portal_watch          (GDBusConnection      *bus,
                                        GDBusSignalCallback   callback,
                                        gpointer              user_data,
                                        GDestroyNotify        free_func);
gboolean  confab_portal_has_ended      (GVariant             *parameters);

G_END_DECLS
