/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-link-private.h"
#include "confab-media-link-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_LOOPBACK (confab_loopback_get_type ())

G_DECLARE_FINAL_TYPE (ConfabLoopback, confab_loopback, CONFAB, LOOPBACK, GObject)

/* What the other end is told in the place of a candidate of @end; NULL for nothing. */
typedef char *(*ConfabLoopbackFilter) (guint       end,
                                       const char *candidate,
                                       gpointer    user_data);

/* The ends: of the person, and the other one. */
#define CONFAB_LOOPBACK_OWN 0u
#define CONFAB_LOOPBACK_OTHER 1u

ConfabLoopback  *confab_loopback_new            (ConfabDevices         *devices,
                                                 const ConfabCallIce   *ice,
                                                 const char            *video_codec,
                                                 ConfabLoopbackFilter   filter,
                                                 gpointer               user_data,
                                                 GError               **error);
void             confab_loopback_close          (ConfabLoopback        *self);
gboolean         confab_loopback_get_connected  (ConfabLoopback        *self);
gboolean         confab_loopback_get_failed     (ConfabLoopback        *self);
ConfabMedia     *confab_loopback_get_media      (ConfabLoopback        *self,
                                                 guint                  end);
ConfabMediaLink *confab_loopback_get_media_link (ConfabLoopback        *self,
                                                 guint                  end);

G_END_DECLS
