/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseMailbox BaseMailbox;

/**
 * BaseMailboxFunc:
 * @data: what was posted
 *
 * Runs on the thread that drains the mailbox and owns @data from then on.
 */
typedef void (*BaseMailboxFunc) (gpointer data);

/* The one way by which threads of the server speak to each other: any thread posts, one
 * thread drains, in the order of posting. */
BaseMailbox *base_mailbox_new           (void);
BaseMailbox *base_mailbox_ref           (BaseMailbox     *self);
void         base_mailbox_unref         (BaseMailbox     *self);
void         base_mailbox_post          (BaseMailbox     *self,
                                         BaseMailboxFunc  func,
                                         gpointer         data);
int          base_mailbox_get_fd        (BaseMailbox     *self);
guint        base_mailbox_drain         (BaseMailbox     *self);
GSource     *base_mailbox_create_source (BaseMailbox     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseMailbox, base_mailbox_unref)

G_END_DECLS
