/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_BACKOFF (confab_backoff_get_type ())

G_DECLARE_FINAL_TYPE (ConfabBackoff, confab_backoff, CONFAB, BACKOFF, GObject)

ConfabBackoff *confab_backoff_new          (ConfabTime           *time);
gint64         confab_backoff_get_due_us   (ConfabBackoff        *self);
void           confab_backoff_reset        (ConfabBackoff        *self);
void           confab_backoff_wait_async   (ConfabBackoff        *self,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean       confab_backoff_wait_finish  (ConfabBackoff        *self,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
