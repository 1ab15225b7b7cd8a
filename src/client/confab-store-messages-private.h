/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"
#include "confab-event-private.h"

G_BEGIN_DECLS

/* A piece of a room's history. */
typedef struct
{
  GPtrArray *events;     /* (element-type ConfabEvent): in growing order, those that can be shown */
  guint64    first_seq;  /* what the piece covers, with or without something to show; 0: nothing */
  guint64    last_seq;
} ConfabPage;

ConfabPage  *confab_page_new                     (void);
void         confab_page_free                    (ConfabPage       *self);

/* The key of a room, or 0. */
gint64       confab_store_messages_get_room_key  (BaseDb           *db,
                                                  const char       *rid,
                                                  GError          **error);
/* Keeps @events, which are all there is from @first_seq to @last_seq. What is there already stays.
 * An outgoing message whose event this is leaves the outbox. */
gboolean     confab_store_messages_insert        (BaseDb           *db,
                                                  const char       *rid,
                                                  GPtrArray        *events,
                                                  guint64           first_seq,
                                                  guint64           last_seq,
                                                  GError          **error);
/* Without a gap, the newest up to @before (exclusive; 0: of all). */
ConfabPage  *confab_store_messages_page_before   (BaseDb           *db,
                                                  const char       *rid,
                                                  guint64           before,
                                                  guint             limit,
                                                  GError          **error);
ConfabPage  *confab_store_messages_page_after    (BaseDb           *db,
                                                  const char       *rid,
                                                  guint64           after,
                                                  guint             limit,
                                                  GError          **error);
/* How many messages of others are newer than @seq; -1 on failure. */
gint64       confab_store_messages_count_unread  (BaseDb           *db,
                                                  const char       *rid,
                                                  const char       *own_user_id,
                                                  guint64           seq,
                                                  GError          **error);
/* The columns of a message, in this order, from @column on. */
#define CONFAB_STORE_MESSAGE_COLUMNS \
        "m.seq, m.type, m.at_us, m.id, u.user_id, m.kind, m.text, m.content"
ConfabEvent *confab_store_messages_read_row      (BaseDbStatement  *statement,
                                                  guint             column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabPage, confab_page_free)

G_END_DECLS
