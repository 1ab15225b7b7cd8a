/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

#include "wire-limits.h"

/* The table events, as it is read. */

#define SEQ_BITS 40
#define MAX_SEQ ((G_GINT64_CONSTANT (1) << SEQ_BITS) - 1)

/* What the contents of one page may be together; one event comes in any case. */
#define MAX_PAGE_BYTES (1024 * 1024)

#define COLUMNS "e.key, e.type, e.id, u.user_id, e.at_ms, e.content"

static gint64
make_key (gint64  room_row,
          guint64 seq)
{
  return room_row << SEQ_BITS | (gint64) MIN (seq, (guint64) MAX_SEQ);
}

static ConfabdEvent *
read_row (BaseDbStatement *statement,
          const char      *room)
{
  g_autoptr(GBytes) content = base_db_column_dup_bytes (statement, 5);
  ConfabdEvent *event;
  BaseUuid id = { 0 };
  BaseUuid user_id = { 0 };

  base_db_column_uuid (statement, 2, &id);
  base_db_column_uuid (statement, 3, &user_id);
  event = confabd_event_new ((ConfabdEventType) base_db_column_int64 (statement, 1), room, &id,
                             &user_id, content);
  event->seq = (guint64) (base_db_column_int64 (statement, 0) & MAX_SEQ);
  event->at_ms = (guint64) base_db_column_int64 (statement, 4);

  return event;
}

/* Takes events until there are @limit of them or they are too big together; returns FALSE in
 * @complete if some were left. */
static gboolean
take_page (BaseDbStatement  *statement,
           const char       *room,
           guint             limit,
           GPtrArray        *events,
           gboolean         *complete,
           GError          **error)
{
  gsize n_bytes = 0;
  BaseDbStep step;

  *complete = TRUE;

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      gsize length;

      base_db_column_blob (statement, 5, &length);
      n_bytes += length;

      if (events->len == limit || (events->len > 0 && n_bytes > MAX_PAGE_BYTES))
        {
          *complete = FALSE;
          return TRUE;
        }

      g_ptr_array_add (events, read_row (statement, room));
    }

  return step == BASE_DB_STEP_DONE;
}

static void
reverse (GPtrArray *events)
{
  for (guint i = 0; i < events->len / 2; i++)
    {
      gpointer swapped = events->pdata[i];

      events->pdata[i] = events->pdata[events->len - 1 - i];
      events->pdata[events->len - 1 - i] = swapped;
    }
}

typedef enum {
  OLDEST_FIRST,
  NEWEST_FIRST,
} Direction;

/* The events after @after_seq and before @before_seq, ascending in the end, cut off at the far
 * side of @direction. */
static gboolean
read_page (const ConfabdTables      *self,
           const char               *room,
           const ConfabdRoomRecord  *record,
           guint64                   after_seq,
           guint64                   before_seq,
           Direction                 direction,
           guint                     limit,
           GPtrArray               **events,
           gboolean                 *more,
           GError                  **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     direction == OLDEST_FIRST
                     ? "SELECT " COLUMNS " FROM events e JOIN users u ON u.id = e.sender "
                     "WHERE e.key > ?1 AND e.key < ?2 ORDER BY e.key LIMIT ?3"
                     : "SELECT " COLUMNS " FROM events e JOIN users u ON u.id = e.sender "
                     "WHERE e.key > ?1 AND e.key < ?2 ORDER BY e.key DESC LIMIT ?3", error);
  g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_event_unref);
  gboolean complete;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, make_key (record->id, after_seq));
  base_db_bind_int64 (statement, 2, make_key (record->id, MIN (before_seq, record->last_seq + 1)));
  base_db_bind_int64 (statement, 3, (gint64) limit + 1);

  if (!take_page (statement, room, limit, page, &complete, error))
    return FALSE;

  if (direction == NEWEST_FIRST)
    reverse (page);

  *more = !complete;
  *events = g_steal_pointer (&page);

  return TRUE;
}

/**
 * confabd_events_list:
 * @self: the tables
 * @query: %CONFABD_QUERY_HISTORY
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_list (const ConfabdTables  *self,
                     ConfabdQuery         *query,
                     GError              **error)
{
  ConfabdRoomRecord room;

  if (!confabd_rooms_find_record (self, query->room, &room, error))
    return FALSE;

  if (room.id == 0)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  g_strlcpy (query->epoch, room.epoch, sizeof query->epoch);

  return read_page (self, query->room, &room, query->after_seq,
                    query->before_seq > 0 ? query->before_seq : G_MAXINT64,
                    query->oldest_first ? OLDEST_FIRST : NEWEST_FIRST,
                    query->limit > 0 ? query->limit : CONFABD_PAGE_DEFAULT,
                    &query->events, &query->more, error);
}

/**
 * confabd_events_load_last:
 * @self: the tables
 * @room: the key of a room
 * @record: its row
 * @last: (out) (transfer full) (nullable): its newest message
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_load_last (const ConfabdTables      *self,
                          const char               *room,
                          const ConfabdRoomRecord  *record,
                          ConfabdEvent            **last,
                          GError                  **error)
{
  g_autoptr(BaseDbStatement) statement = NULL;
  BaseDbStep step;

  *last = NULL;

  if (record->last_message_seq == 0)
    return TRUE;

  statement = base_db_prepare (self->db,
                               "SELECT " COLUMNS " FROM events e JOIN users u ON u.id = e.sender "
                               "WHERE e.key = ?1", error);
  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, make_key (record->id, record->last_message_seq));
  step = base_db_statement_step (statement, error);

  if (step == BASE_DB_STEP_ROW)
    *last = read_row (statement, room);

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_events_get_rank:
 * @self: the tables
 * @room_row: a room
 * @seq: one of its events
 * @rank: (out): how many of its messages there are up to @seq
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_get_rank (const ConfabdTables  *self,
                         gint64                room_row,
                         guint64               seq,
                         guint64              *rank,
                         GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "SELECT rank FROM events WHERE key = ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, make_key (room_row, seq));
  step = base_db_statement_step (statement, error);
  *rank = step == BASE_DB_STEP_ROW ? (guint64) base_db_column_int64 (statement, 0) : 0;

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_events_count_own:
 * @self: the tables
 * @room_row: a room
 * @user_row: a user
 * @after_seq: from the event after this one
 * @up_to_seq: up to this one
 * @n_own: (out): how many messages of the user there are between
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_count_own (const ConfabdTables  *self,
                          gint64                room_row,
                          gint64                user_row,
                          guint64               after_seq,
                          guint64               up_to_seq,
                          guint64              *n_own,
                          GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT count(*) FROM events INDEXED BY messages_of_sender "
                     "WHERE type = 0 AND sender = ?1 AND key > ?2 AND key <= ?3", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, user_row);
  base_db_bind_int64 (statement, 2, make_key (room_row, after_seq));
  base_db_bind_int64 (statement, 3, make_key (room_row, up_to_seq));

  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return FALSE;

  *n_own = (guint64) base_db_column_int64 (statement, 0);

  return TRUE;
}

static gboolean
read_tail_of_user (const ConfabdTables      *self,
                   const ConfabdRoomRecord  *room,
                   ConfabdTail              *tail,
                   GError                  **error)
{
  ConfabdRoomUserRecord user;
  gint64 user_row;

  if (!confabd_users_find_row (self, &tail->user_id, &user_row, error) ||
      !confabd_rooms_load_user (self, room->id, user_row, &user, error))
    return FALSE;

  tail->member = user.member;
  tail->read_seq = user.read_seq;
  tail->n_unread = confabd_rooms_count_unread (room, &user);

  return confabd_rooms_load_peer (self, tail->room, &tail->user_id, &tail->peer, error);
}

static gboolean
read_tail_events (const ConfabdTables      *self,
                  const ConfabdRoomRecord  *room,
                  ConfabdTail              *tail,
                  GError                  **error)
{
  gboolean follows = tail->has_since;

  if (follows && (tail->since > room->last_seq || g_strcmp0 (tail->since_epoch, room->epoch) != 0))
    {
      /* A client that names no epoch has none to compare: it trusts its seq. */
      tail->reset = tail->since > room->last_seq || tail->since_epoch != NULL;
      follows = !tail->reset;
    }

  if (tail->limit == 0)
    {
      tail->events = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_event_unref);
      return TRUE;
    }

  /* After a reset it is as if no seq had been given. */
  return read_page (self, tail->room, room, follows ? tail->since : 0, G_MAXINT64,
                    follows ? OLDEST_FIRST : NEWEST_FIRST,
                    tail->reset ? MIN (tail->limit, WIRE_LIMIT_PAGE_DEFAULT) : tail->limit,
                    &tail->events, &tail->more, error);
}

/* A tail can be read twice, if the transaction of the first time came to nothing. */
static void
forget_answer (ConfabdTail *tail)
{
  g_clear_pointer (&tail->events, g_ptr_array_unref);
  g_clear_pointer (&tail->reads, g_array_unref);
  g_clear_pointer (&tail->last, confabd_event_unref);
  g_clear_pointer (&tail->peer, confabd_user_free);
  tail->failed = tail->full = tail->missing = tail->member = tail->more = tail->reset = FALSE;
}

/**
 * confabd_events_read_tail:
 * @self: the tables
 * @tail: what to read, and where to put it
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_read_tail (const ConfabdTables  *self,
                          ConfabdTail          *tail,
                          GError              **error)
{
  ConfabdRoomRecord room;

  forget_answer (tail);

  if (!confabd_rooms_find_or_create (self, tail->room, &room, error))
    return FALSE;

  if (room.id == 0)
    {
      tail->missing = TRUE;
      return TRUE;
    }

  g_strlcpy (tail->epoch, room.epoch, sizeof tail->epoch);
  tail->last_seq = room.last_seq;
  tail->n_members = room.n_members;

  return read_tail_of_user (self, &room, tail, error) &&
         read_tail_events (self, &room, tail, error) &&
         confabd_rooms_load_reads (self, room.id, &tail->reads, error) &&
         confabd_events_load_last (self, tail->room, &room, &tail->last, error);
}
