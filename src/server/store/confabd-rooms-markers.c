/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

/* The table room_users: how far everybody has read. */

/* Of a large group not everybody's markers are told: a crowd that subscribes at once would
 * stop the writer. */
#define MAX_READS 200

/**
 * confabd_rooms_load_reads:
 * @self: the tables
 * @room_row: a room
 * @reads: (out) (transfer full): of #ConfabdReadMarker, of at most 200 users
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_load_reads (const ConfabdTables  *self,
                          gint64                room_row,
                          GArray              **reads,
                          GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT u.user_id, m.read_seq, m.received_seq FROM room_users m "
                     "JOIN users u ON u.id = m.user_id "
                     "WHERE m.room_id = ?1 AND (m.read_seq > 0 OR m.received_seq > 0) "
                     "LIMIT ?2", error);
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (ConfabdReadMarker));
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room_row);
  base_db_bind_int64 (statement, 2, MAX_READS);

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      ConfabdReadMarker marker = { 0 };

      base_db_column_uuid (statement, 0, &marker.user_id);
      marker.seq = (guint64) base_db_column_int64 (statement, 1);
      marker.received = (guint64) base_db_column_int64 (statement, 2);
      g_array_append_val (found, marker);
    }

  if (step == BASE_DB_STEP_FAILED)
    return FALSE;

  *reads = g_steal_pointer (&found);

  return TRUE;
}

static gboolean
write_markers (const ConfabdTables          *self,
               gint64                        room_row,
               gint64                        user_row,
               const ConfabdRoomUserRecord  *user,
               GError                      **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "INSERT INTO room_users (room_id, user_id, read_seq, received_seq, "
                     "                        read_rank, own_at_read) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                     "ON CONFLICT DO UPDATE SET read_seq = ?3, received_seq = ?4, "
                     "read_rank = ?5, own_at_read = ?6", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room_row);
  base_db_bind_int64 (statement, 2, user_row);
  base_db_bind_int64 (statement, 3, (gint64) user->read_seq);
  base_db_bind_int64 (statement, 4, (gint64) user->received_seq);
  base_db_bind_int64 (statement, 5, (gint64) user->read_rank);
  base_db_bind_int64 (statement, 6, (gint64) user->own_at_read);

  return base_db_statement_run (statement, error);
}

/* Markers only grow. Only what lies between the old one and the new one is counted, so that
 * each of a user's own messages is counted once however often the marker moves. */
static gboolean
move_markers (const ConfabdTables      *self,
              const ConfabdRoomRecord  *room,
              gint64                    user_row,
              ConfabdQuery             *query,
              ConfabdRoomUserRecord    *user,
              GError                  **error)
{
  guint64 read_seq = MIN (query->seq, room->last_seq);
  guint64 received_seq = MAX (MIN (query->received, room->last_seq), read_seq);
  guint64 n_own = 0;

  if (read_seq <= user->read_seq && received_seq <= user->received_seq)
    return TRUE;

  if (read_seq > user->read_seq)
    {
      if (!confabd_events_count_own (self, room->id, user_row, user->read_seq, read_seq, &n_own,
                                     error) ||
          !confabd_events_get_rank (self, room->id, read_seq, &user->read_rank, error))
        return FALSE;

      user->read_seq = read_seq;
      user->own_at_read += n_own;
    }

  user->received_seq = MAX (user->received_seq, received_seq);
  query->changed = TRUE;

  return write_markers (self, room->id, user_row, user, error);
}

/**
 * confabd_rooms_mark_read:
 * @self: the tables
 * @query: %CONFABD_QUERY_MARK_READ
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_mark_read (const ConfabdTables  *self,
                         ConfabdQuery         *query,
                         GError              **error)
{
  ConfabdReadMarker marker = { .user_id = query->user_id };
  ConfabdRoomRecord room;
  ConfabdRoomUserRecord user;
  gint64 user_row;

  if (!confabd_rooms_find_record (self, query->room, &room, error) ||
      !confabd_users_find_row (self, &query->user_id, &user_row, error))
    return FALSE;

  if (room.id == 0 || user_row == 0)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  if (!confabd_rooms_load_user (self, room.id, user_row, &user, error) ||
      !move_markers (self, &room, user_row, query, &user, error))
    return FALSE;

  marker.seq = user.read_seq;
  marker.received = user.received_seq;
  query->reads = g_array_new (FALSE, FALSE, sizeof marker);
  g_array_append_val (query->reads, marker);

  return TRUE;
}

/**
 * confabd_rooms_hide:
 * @self: the tables
 * @query: %CONFABD_QUERY_HIDE
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_hide (const ConfabdTables  *self,
                    ConfabdQuery         *query,
                    GError              **error)
{
  ConfabdRoomRecord room;
  gint64 user_row;

  if (!confabd_rooms_find_record (self, query->room, &room, error) ||
      !confabd_users_find_row (self, &query->user_id, &user_row, error))
    return FALSE;

  if (room.id == 0 || user_row == 0 || room.kind != CONFABD_ROOM_DIRECT)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  return confabd_rooms_set_member (self, &room, user_row, FALSE, &query->changed, error) &&
         (!query->changed || confabd_rooms_save (self, &room, error));
}
