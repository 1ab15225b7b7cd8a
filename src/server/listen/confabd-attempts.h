/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts attempts by key, so many in a minute. What it holds is bounded however many keys
 * strangers make up. */
typedef struct _ConfabdAttempts ConfabdAttempts;

ConfabdAttempts *confabd_attempts_new     (guint            max_per_window,
                                           gint64           window_us,
                                           guint            max_keys);
void             confabd_attempts_free    (ConfabdAttempts *self);
gboolean         confabd_attempts_begin   (ConfabdAttempts *self,
                                           const char      *key,
                                           gint64           now_us,
                                           gint64          *wait_us);
void             confabd_attempts_forgive (ConfabdAttempts *self,
                                           const char      *key);
guint            confabd_attempts_get_n   (ConfabdAttempts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAttempts, confabd_attempts_free)

G_END_DECLS
