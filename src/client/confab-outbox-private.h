/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-connection-private.h"
#include "confab-message-private.h"
#include "confab-store-outbox-private.h"
#include "confab-store-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_OUTBOX (confab_outbox_get_type ())

G_DECLARE_FINAL_TYPE (ConfabOutbox, confab_outbox, CONFAB, OUTBOX, GObject)

ConfabOutbox  *confab_outbox_new          (ConfabStore          *store,
                                           ConfabConnection     *connection,
                                           ConfabUser           *own_user);
/* What the store had: (element-type ConfabOutgoingRow) */
void           confab_outbox_restore      (ConfabOutbox         *self,
                                           GPtrArray            *rows);
/* (transfer full) */
ConfabMessage *confab_outbox_add          (ConfabOutbox         *self,
                                           const char           *rid,
                                           const char           *content);
/* (transfer container) (element-type ConfabMessage): those of a room, in order */
GPtrArray     *confab_outbox_list         (ConfabOutbox         *self,
                                           const char           *rid);
/* (transfer full): the event of message @id has come; the message leaves the outbox. NULL if it is
 * not here. */
ConfabMessage *confab_outbox_take_event   (ConfabOutbox         *self,
                                           const char           *id);
void           confab_outbox_retry        (ConfabOutbox         *self,
                                           ConfabMessage        *message);
gboolean       confab_outbox_discard      (ConfabOutbox         *self,
                                           ConfabMessage        *message);
/* The room's numbers mean others now: what was acknowledged is part of what is forgotten.
 * (transfer container) (element-type ConfabMessage): what left the outbox by that */
GPtrArray     *confab_outbox_reset_room   (ConfabOutbox         *self,
                                           const char           *rid);
/* Sends everything that is queued, as long as the connection lasts. */
void           confab_outbox_flush_async  (ConfabOutbox         *self,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean       confab_outbox_flush_finish (ConfabOutbox         *self,
                                           GAsyncResult         *result,
                                           GError              **error);
/* The connection is gone: what was in flight is queued again. */
void           confab_outbox_pause        (ConfabOutbox         *self);

G_END_DECLS
