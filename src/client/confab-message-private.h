/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-event-private.h"
#include "confab-message.h"

G_BEGIN_DECLS

ConfabMessage *confab_message_new_for_event (ConfabEvent        *event,
                                             ConfabUser         *sender,
                                             gboolean            outgoing,
                                             ConfabMessageState  state);
ConfabMessage *confab_message_new_outgoing  (const char         *id,
                                             ConfabUser         *sender,
                                             gint64              at_us,
                                             ConfabMessageKind   kind,
                                             const char         *text,
                                             const char         *content);
void           confab_message_set_state     (ConfabMessage      *self,
                                             ConfabMessageState  state);
void           confab_message_set_sent      (ConfabMessage      *self,
                                             guint64             seq,
                                             gint64              at_us);
void           confab_message_set_delayed   (ConfabMessage      *self,
                                             const GError       *error);
void           confab_message_set_failed    (ConfabMessage      *self,
                                             const GError       *error,
                                             gboolean            retryable);

G_END_DECLS
