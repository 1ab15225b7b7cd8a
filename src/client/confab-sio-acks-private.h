/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ConfabSioAcks ConfabSioAcks;

/* @timed_out hears of an id before its task does. */
typedef void (*ConfabSioAckTimedOut) (guint64  id,
                                      gpointer user_data);

ConfabSioAcks *confab_sio_acks_new       (ConfabTime           *time,
                                          ConfabSioAckTimedOut  timed_out,
                                          gpointer              user_data);
void           confab_sio_acks_free      (ConfabSioAcks        *self);
/* Takes the task and gives its ack an id; @timeout_ms 0: it waits as long as the connection. */
guint64        confab_sio_acks_add       (ConfabSioAcks        *self,
                                          GTask                *task,
                                          guint                 timeout_ms);
/* The event of that id is on its way: when the connection ends, so does the wait. */
void           confab_sio_acks_set_sent  (ConfabSioAcks        *self,
                                          guint64               id);
/* FALSE: nobody waits for it. */
gboolean       confab_sio_acks_answer    (ConfabSioAcks        *self,
                                          guint64               id,
                                          GBytes               *payload);
void           confab_sio_acks_fail      (ConfabSioAcks        *self,
                                          guint64               id,
                                          const GError         *error);
void           confab_sio_acks_fail_sent (ConfabSioAcks        *self,
                                          const GError         *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabSioAcks, confab_sio_acks_free)

G_END_DECLS
