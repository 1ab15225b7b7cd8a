/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SUPPORT_FAILING_VFS "failing"

typedef enum {
  SUPPORT_FAULT_FULL,   /* a write finds no space */
  SUPPORT_FAULT_WRITE,  /* a write fails */
  SUPPORT_FAULT_SYNC,   /* an fsync fails */
} SupportFault;

/* A disk under SQLite that fails when it is told to: the @first-th time from now that it could,
 * and the @n_times - 1 times after that. Process-wide; any thread's writes count. It does not
 * wait for the real disk. */
void  support_failing_vfs_register (void);
void  support_failing_vfs_arm      (SupportFault fault,
                                    guint        first,
                                    guint        n_times);
guint support_failing_vfs_disarm   (void);

G_END_DECLS
