/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tasks that wait for one and the same thing. */
typedef struct _ConfabWaiters ConfabWaiters;

ConfabWaiters *confab_waiters_new     (void);
void           confab_waiters_free    (ConfabWaiters *self);
/* Takes @task. It ends early if its cancellable says so. */
void           confab_waiters_add     (ConfabWaiters *self,
                                       GTask         *task);
/* All of them end, each with a reference to @object; with TRUE if there is none. */
void           confab_waiters_succeed (ConfabWaiters *self,
                                       GObject       *object);
void           confab_waiters_fail    (ConfabWaiters *self,
                                       const GError  *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabWaiters, confab_waiters_free)

G_END_DECLS
