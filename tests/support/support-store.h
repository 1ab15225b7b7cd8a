/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/**
 * SupportStore:
 *
 * Asks a log and store and waits for the answer, so that a test reads from top to bottom.
 */
typedef struct
{
  BaseMailbox  *mailbox;
  ConfabdLog   *log;
  ConfabdStore *store;
  GPtrArray    *answered;   /* in the order in which the answers came; borrowed */
} SupportStore;

void           support_store_init      (SupportStore      *self,
                                        gpointer           log_and_store);
void           support_store_clear     (SupportStore      *self);

/* Asked for at once, answered later. */
ConfabdAppend *support_store_send      (SupportStore      *self,
                                        ConfabdEventType   type,
                                        const char        *room,
                                        const BaseUuid    *user_id,
                                        const BaseUuid    *id,
                                        const char        *content);
ConfabdTail   *support_store_send_tail (SupportStore      *self,
                                        const char        *room,
                                        const BaseUuid    *user_id,
                                        gint64             since,
                                        const char        *since_epoch,
                                        guint              limit);
void           support_store_wait      (SupportStore      *self,
                                        guint              n_answers);

/* Asked for and waited for. */
ConfabdAppend *support_store_append    (SupportStore      *self,
                                        ConfabdEventType   type,
                                        const char        *room,
                                        const BaseUuid    *user_id);
ConfabdTail   *support_store_tail      (SupportStore      *self,
                                        const char        *room,
                                        const BaseUuid    *user_id,
                                        gint64             since,
                                        const char        *since_epoch,
                                        guint              limit);
ConfabdQuery  *support_store_query     (SupportStore      *self,
                                        ConfabdQueryKind   kind);
ConfabdQuery  *support_store_ask       (SupportStore      *self,
                                        ConfabdQuery      *query);
void           support_store_add_user  (SupportStore      *self,
                                        const char        *name,
                                        BaseUuid          *user_id);
char          *support_direct_room     (const BaseUuid    *a,
                                        const BaseUuid    *b);

G_END_DECLS
