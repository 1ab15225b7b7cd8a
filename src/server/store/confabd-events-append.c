/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

#include <string.h>

/* The table events, as it is written: one event, within a transaction of the writer's. */

#define SEQ_BITS 40
#define MAX_SEQ ((G_GUINT64_CONSTANT (1) << SEQ_BITS) - 1)

typedef struct
{
  const ConfabdTables *tables;
  ConfabdAppend       *append;
  ConfabdEvent        *event;
  ConfabdRoomRecord    room;
  gint64               user_row;
} Appending;

/* The id was used before: by the same user for the same, or for something else. */
static void
judge_duplicate (Appending       *self,
                 BaseDbStatement *statement)
{
  ConfabdEvent *event = self->event;
  BaseUuid user_id = { 0 };

  base_db_column_uuid (statement, 2, &user_id);
  self->append->status = CONFABD_APPEND_CONFLICT;

  if (base_db_column_int64 (statement, 1) != (gint64) event->type ||
      !base_uuid_equal (&user_id, &event->user_id) ||
      g_strcmp0 (base_db_column_text (statement, 3), event->room) != 0)
    return;

  self->append->status = CONFABD_APPEND_DUPLICATE;
  event->seq = (guint64) base_db_column_int64 (statement, 0) & MAX_SEQ;
  event->at_ms = (guint64) base_db_column_int64 (statement, 5);
  g_strlcpy (self->append->epoch, base_db_column_text (statement, 4), sizeof self->append->epoch);
}

static gboolean
find_duplicate (Appending  *self,
                gboolean   *found,
                GError    **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->tables->db,
                     "SELECT e.key, e.type, u.user_id, r.room, r.epoch, e.at_ms FROM events e "
                     "JOIN users u ON u.id = e.sender JOIN rooms r ON r.id = e.key >> 40 "
                     "WHERE e.id = ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &self->event->id);
  step = base_db_statement_step (statement, error);
  *found = step == BASE_DB_STEP_ROW;

  if (*found)
    judge_duplicate (self, statement);

  return step != BASE_DB_STEP_FAILED;
}

static gboolean
insert (Appending  *self,
        GError    **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->tables->db,
                     "INSERT INTO events (key, type, id, sender, at_ms, rank, content) "
                     "VALUES (?1 << 40 | ?2, ?3, ?4, ?5, ?6, ?7, ?8)", error);
  ConfabdEvent *event = self->event;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, self->room.id);
  base_db_bind_int64 (statement, 2, (gint64) event->seq);
  base_db_bind_int64 (statement, 3, event->type);
  base_db_bind_uuid (statement, 4, &event->id);
  base_db_bind_int64 (statement, 5, self->user_row);
  base_db_bind_int64 (statement, 6, (gint64) event->at_ms);
  base_db_bind_int64 (statement, 7, (gint64) self->room.n_messages);
  base_db_bind_bytes (statement, 8, event->content);

  return base_db_statement_run (statement, error);
}

/* Gives the event its place, and writes it and the room. */
static gboolean
place (Appending  *self,
       GError    **error)
{
  ConfabdRoomRecord *room = &self->room;

  room->last_seq++;

  if (self->event->type == CONFABD_EVENT_MESSAGE)
    {
      room->n_messages++;
      room->last_message_seq = room->last_seq;
    }

  self->event->seq = room->last_seq;
  self->event->at_ms = self->tables->now_ms;
  self->append->status = CONFABD_APPEND_COMMITTED;
  g_strlcpy (self->append->epoch, room->epoch, sizeof self->append->epoch);

  return insert (self, error) && confabd_rooms_save (self->tables, room, error);
}

static gboolean
run_on_room_user (Appending   *self,
                  const char  *sql,
                  GError     **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self->tables->db, sql, error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, self->room.id);
  base_db_bind_int64 (statement, 2, self->user_row);
  base_db_bind_int64 (statement, 3, (gint64) self->room.last_seq);
  base_db_bind_int64 (statement, 4, (gint64) self->room.n_messages);

  return base_db_statement_run (statement, error);
}

static gboolean
count_own (Appending  *self,
           GError    **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->tables->db,
                     "INSERT INTO room_users (room_id, user_id, n_own) VALUES (?1, ?2, 1) "
                     "ON CONFLICT DO UPDATE SET n_own = n_own + 1", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, self->room.id);
  base_db_bind_int64 (statement, 2, self->user_row);

  return base_db_statement_run (statement, error);
}

/* A message brings a direct room back to whoever has hidden it, and the first one makes it. */
static gboolean
bring_back (Appending       *self,
            const BaseUuid  *user_id,
            GError         **error)
{
  gboolean changed;
  gint64 row;

  if (!confabd_users_find_row (self->tables, user_id, &row, error) ||
      !confabd_rooms_set_member (self->tables, &self->room, row, TRUE, &changed, error))
    return FALSE;

  self->append->first_member |= changed;

  return TRUE;
}

static gboolean
append_message (Appending  *self,
                GError    **error)
{
  BaseUuid low;
  BaseUuid high;

  if (confabd_rooms_parse_direct (self->event->room, &low, &high) &&
      (!bring_back (self, &low, error) || !bring_back (self, &high, error)))
    return FALSE;

  return place (self, error) && count_own (self, error);
}

static gboolean
append_joined (Appending  *self,
               GError    **error)
{
  if (!confabd_rooms_set_member (self->tables, &self->room, self->user_row, TRUE,
                                 &self->append->first_member, error))
    return FALSE;

  if (!self->append->first_member)
    {
      self->append->status = CONFABD_APPEND_NOTHING;
      g_strlcpy (self->append->epoch, self->room.epoch, sizeof self->append->epoch);
      return TRUE;
    }

  /* What was said before somebody came is not unread to them. */
  return place (self, error) &&
         run_on_room_user (self,
                           "UPDATE room_users SET read_seq = ?3, received_seq = ?3, "
                           "read_rank = ?4, own_at_read = n_own "
                           "WHERE room_id = ?1 AND user_id = ?2", error);
}

static gboolean
append_left (Appending  *self,
             GError    **error)
{
  gboolean changed;

  if (!confabd_rooms_set_member (self->tables, &self->room, self->user_row, FALSE, &changed, error))
    return FALSE;

  if (changed)
    return place (self, error);

  self->append->status = CONFABD_APPEND_NOTHING;
  g_strlcpy (self->append->epoch, self->room.epoch, sizeof self->append->epoch);

  return TRUE;
}

static gboolean
find_room (Appending  *self,
           GError    **error)
{
  if (self->event->type == CONFABD_EVENT_LEFT)
    return confabd_rooms_find_record (self->tables, self->event->room, &self->room, error);

  return confabd_rooms_find_or_create (self->tables, self->event->room, &self->room, error);
}

/**
 * confabd_events_append:
 * @self: the tables, within a transaction
 * @append: what to append; gets its status, epoch and its event's place
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_events_append (const ConfabdTables  *self,
                       ConfabdAppend        *append,
                       GError              **error)
{
  Appending appending = { .tables = self, .append = append, .event = append->event };
  gboolean duplicate;

  append->first_member = FALSE;

  if (!find_duplicate (&appending, &duplicate, error))
    return FALSE;

  if (duplicate)
    return TRUE;

  if (!confabd_users_find_row (self, &append->event->user_id, &appending.user_row, error) ||
      (appending.user_row != 0 && !find_room (&appending, error)))
    return FALSE;

  if (appending.room.id == 0)
    {
      append->status = CONFABD_APPEND_NOT_EXISTS;
      return TRUE;
    }

  switch (append->event->type)
    {
    case CONFABD_EVENT_MESSAGE:
      return append_message (&appending, error);
    case CONFABD_EVENT_JOINED:
      return append_joined (&appending, error);
    case CONFABD_EVENT_LEFT:
      return append_left (&appending, error);
    }

  g_return_val_if_reached (FALSE);
}
