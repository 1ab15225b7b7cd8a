/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-message-list.h"
#include "confab-room-private.h"

G_BEGIN_DECLS

ConfabMessageList *confab_message_list_new              (ConfabRoom        *room);
/* What the room tells the list. */
void               confab_message_list_append           (ConfabMessageList *self,
                                                         GPtrArray         *messages,
                                                         guint64            first_seq,
                                                         guint64            last_seq);
void               confab_message_list_add_outgoing     (ConfabMessageList *self,
                                                         ConfabMessage     *message);
void               confab_message_list_remove_outgoing  (ConfabMessageList *self,
                                                         ConfabMessage     *message);
void               confab_message_list_reset            (ConfabMessageList *self);
/* Lets go of everything; confab_message_list_open_async() begins anew. */
void               confab_message_list_close            (ConfabMessageList *self);
void               confab_message_list_detach           (ConfabMessageList *self);
void               confab_message_list_update_states    (ConfabMessageList *self);

G_END_DECLS
