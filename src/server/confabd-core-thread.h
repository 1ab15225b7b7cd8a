/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-mailbox.h"

G_BEGIN_DECLS

/* The thread that drains the core's mailbox, and nothing else. */
typedef struct _ConfabdCoreThread ConfabdCoreThread;

/* Called on it. */
typedef struct
{
  void (*turn_ended) (gpointer user_data);  /* after each drain */
  void (*tick)       (gpointer user_data);  /* once a second */
} ConfabdCoreThreadEvents;

ConfabdCoreThread *confabd_core_thread_new  (BaseMailbox                   *mailbox,
                                             const ConfabdCoreThreadEvents *events,
                                             gpointer                       user_data);
void               confabd_core_thread_stop (ConfabdCoreThread             *self);

G_END_DECLS
