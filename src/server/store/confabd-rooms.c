/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

#include "base-random.h"

#include <string.h>

/* The tables rooms and room_users: who is where, and the lists. */

#define COLUMNS "r.id, r.kind, r.epoch, r.last_seq, r.n_messages, r.last_message_seq, r.n_members"
#define N_COLUMNS 7
#define USER_COLUMNS "m.member, m.read_seq, m.received_seq, m.read_rank, m.n_own, m.own_at_read"

/* What the last messages in a list of rooms may be together. */
#define MAX_LAST_BYTES (1024 * 1024)

/**
 * confabd_rooms_parse_direct:
 * @room: the key of a room
 * @low: (out): one of the two users
 * @high: (out): the other, or the same
 *
 * Returns: whether @room is a direct one, "@LOW:HIGH"
 */
gboolean
confabd_rooms_parse_direct (const char *room,
                            BaseUuid   *low,
                            BaseUuid   *high)
{
  return strlen (room) == 2 * BASE_UUID_STRING_LENGTH + 2 &&
         room[0] == '@' && room[BASE_UUID_STRING_LENGTH + 1] == ':' &&
         base_uuid_parse (low, room + 1, BASE_UUID_STRING_LENGTH) &&
         base_uuid_parse (high, room + BASE_UUID_STRING_LENGTH + 2, BASE_UUID_STRING_LENGTH);
}

static void
read_record (BaseDbStatement   *statement,
             ConfabdRoomRecord *record)
{
  record->id = base_db_column_int64 (statement, 0);
  record->kind = (ConfabdRoomKind) base_db_column_int64 (statement, 1);
  g_strlcpy (record->epoch, base_db_column_text (statement, 2), sizeof record->epoch);
  record->last_seq = (guint64) base_db_column_int64 (statement, 3);
  record->n_messages = (guint64) base_db_column_int64 (statement, 4);
  record->last_message_seq = (guint64) base_db_column_int64 (statement, 5);
  record->n_members = (guint) base_db_column_int64 (statement, 6);
}

static void
read_user_record (BaseDbStatement       *statement,
                  guint                  column,
                  ConfabdRoomUserRecord *record)
{
  record->member = base_db_column_int64 (statement, column) != 0;
  record->read_seq = (guint64) base_db_column_int64 (statement, column + 1);
  record->received_seq = (guint64) base_db_column_int64 (statement, column + 2);
  record->read_rank = (guint64) base_db_column_int64 (statement, column + 3);
  record->n_own = (guint64) base_db_column_int64 (statement, column + 4);
  record->own_at_read = (guint64) base_db_column_int64 (statement, column + 5);
}

/**
 * confabd_rooms_find_record:
 * @self: the tables
 * @room: the key of a room
 * @record: (out caller-allocates): the room, all zeros if there is none
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_find_record (const ConfabdTables  *self,
                           const char           *room,
                           ConfabdRoomRecord    *record,
                           GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "SELECT " COLUMNS " FROM rooms r WHERE r.room = ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  memset (record, 0, sizeof *record);
  base_db_bind_text (statement, 1, room);
  step = base_db_statement_step (statement, error);

  if (step == BASE_DB_STEP_ROW)
    read_record (statement, record);

  return step != BASE_DB_STEP_FAILED;
}

static gboolean
create (const ConfabdTables  *self,
        const char           *room,
        GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "INSERT INTO rooms (room, kind, folded, epoch) "
                               "VALUES (?1, ?2, ?3, ?4)", error);
  g_autofree char *folded = g_utf8_casefold (room, -1);
  g_autofree char *epoch = base_random_make_text (12);
  ConfabdRoomKind kind = CONFABD_ROOM_GROUP;
  BaseUuid low;
  BaseUuid high;

  if (!statement)
    return FALSE;

  if (confabd_rooms_parse_direct (room, &low, &high))
    kind = CONFABD_ROOM_DIRECT;

  base_db_bind_text (statement, 1, room);
  base_db_bind_int64 (statement, 2, kind);
  base_db_bind_text (statement, 3, folded);
  base_db_bind_text (statement, 4, epoch);

  return base_db_statement_run (statement, error);
}

static gboolean
has_both_users (const ConfabdTables  *self,
                const BaseUuid       *low,
                const BaseUuid       *high,
                gboolean             *both,
                GError              **error)
{
  gint64 low_row;
  gint64 high_row;

  if (!confabd_users_find_row (self, low, &low_row, error) ||
      !confabd_users_find_row (self, high, &high_row, error))
    return FALSE;

  *both = low_row != 0 && high_row != 0;

  return TRUE;
}

/**
 * confabd_rooms_find_or_create:
 * @self: the tables
 * @room: the key of a room
 * @record: (out caller-allocates): the room; all zeros for a direct room with somebody who
 *   does not exist
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_find_or_create (const ConfabdTables  *self,
                              const char           *room,
                              ConfabdRoomRecord    *record,
                              GError              **error)
{
  gboolean possible = TRUE;
  BaseUuid low;
  BaseUuid high;

  if (!confabd_rooms_find_record (self, room, record, error))
    return FALSE;

  if (record->id != 0)
    return TRUE;

  if (confabd_rooms_parse_direct (room, &low, &high) &&
      !has_both_users (self, &low, &high, &possible, error))
    return FALSE;

  if (!possible)
    return TRUE;

  return create (self, room, error) && confabd_rooms_find_record (self, room, record, error);
}

/**
 * confabd_rooms_save:
 * @self: the tables
 * @record: a room whose counters have changed
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_save (const ConfabdTables      *self,
                    const ConfabdRoomRecord  *record,
                    GError                  **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "UPDATE rooms SET last_seq = ?2, n_messages = ?3, last_message_seq = ?4, "
                     "n_members = ?5 WHERE id = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, record->id);
  base_db_bind_int64 (statement, 2, (gint64) record->last_seq);
  base_db_bind_int64 (statement, 3, (gint64) record->n_messages);
  base_db_bind_int64 (statement, 4, (gint64) record->last_message_seq);
  base_db_bind_int64 (statement, 5, record->n_members);

  return base_db_statement_run (statement, error);
}

/**
 * confabd_rooms_set_member:
 * @self: the tables
 * @record: (inout): a room; its count of members is changed, but not saved
 * @user_row: a user
 * @member: whether to be a member
 * @changed: (out): whether it was otherwise before
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_set_member (const ConfabdTables  *self,
                          ConfabdRoomRecord    *record,
                          gint64                user_row,
                          gboolean              member,
                          gboolean             *changed,
                          GError              **error)
{
  const char *sql = member ? "INSERT INTO room_users (room_id, user_id, member) "
                    "VALUES (?1, ?2, 1) "
                    "ON CONFLICT DO UPDATE SET member = 1 WHERE member = 0"
                           : "UPDATE room_users SET member = 0 "
                    "WHERE room_id = ?1 AND user_id = ?2 AND member = 1";
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self->db, sql, error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, record->id);
  base_db_bind_int64 (statement, 2, user_row);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  *changed = base_db_get_n_changes (self->db) > 0;

  if (*changed)
    record->n_members += member ? 1 : -1u;

  return TRUE;
}

/**
 * confabd_rooms_load_user:
 * @self: the tables
 * @room_row: a room
 * @user_row: a user
 * @record: (out caller-allocates): what the room knows of the user, zeros for nothing
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_load_user (const ConfabdTables    *self,
                         gint64                  room_row,
                         gint64                  user_row,
                         ConfabdRoomUserRecord  *record,
                         GError                **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " USER_COLUMNS " FROM room_users m "
                     "WHERE m.room_id = ?1 AND m.user_id = ?2", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  memset (record, 0, sizeof *record);
  base_db_bind_int64 (statement, 1, room_row);
  base_db_bind_int64 (statement, 2, user_row);
  step = base_db_statement_step (statement, error);

  if (step == BASE_DB_STEP_ROW)
    read_user_record (statement, 0, record);

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_rooms_count_unread:
 * @room: a room
 * @user: what it knows of a user
 *
 * Returns: how many messages of others came after the user's read marker: all that came
 *   after it, less the user's own
 */
guint64
confabd_rooms_count_unread (const ConfabdRoomRecord     *room,
                            const ConfabdRoomUserRecord *user)
{
  guint64 n_after = room->n_messages - user->read_rank;
  guint64 n_own_after = user->n_own - user->own_at_read;

  return n_after > n_own_after ? n_after - n_own_after : 0;
}

/**
 * confabd_rooms_load_peer:
 * @self: the tables
 * @room: the key of a room
 * @user_id: who asks
 * @peer: (out) (transfer full) (nullable): the other user of a direct room, @user_id's own self in
 *   a room with oneself; %NULL for a group
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_load_peer (const ConfabdTables  *self,
                         const char           *room,
                         const BaseUuid       *user_id,
                         ConfabdUser         **peer,
                         GError              **error)
{
  BaseUuid low;
  BaseUuid high;

  *peer = NULL;

  if (!confabd_rooms_parse_direct (room, &low, &high))
    return TRUE;

  return confabd_users_load (self, base_uuid_equal (&low, user_id) ? &high : &low, peer, error);
}

/* The row begins with COLUMNS, USER_COLUMNS and the room's key. */
static gboolean
add_row (const ConfabdTables  *self,
         ConfabdQuery         *query,
         BaseDbStatement      *statement,
         GError              **error)
{
  ConfabdRoomRow *row = g_new0 (ConfabdRoomRow, 1);
  ConfabdRoomRecord room;
  ConfabdRoomUserRecord user;

  g_ptr_array_add (query->rooms, row);
  read_record (statement, &room);
  read_user_record (statement, N_COLUMNS, &user);
  row->room = base_db_column_dup_text (statement, N_COLUMNS + 6);
  row->kind = room.kind;
  g_strlcpy (row->epoch, room.epoch, sizeof row->epoch);
  row->last_seq = room.last_seq;
  row->n_members = room.n_members;
  row->member = user.member;
  row->read_seq = user.read_seq;
  row->n_unread = confabd_rooms_count_unread (&room, &user);

  return confabd_rooms_load_peer (self, row->room, &query->user_id, &row->peer, error) &&
         confabd_events_load_last (self, row->room, &room, &row->last, error);
}

/* A user may be in very many rooms, and each may end in a very large message. */
static void
leave_out_large_last (ConfabdRoomRow *row,
                      gsize          *n_bytes)
{
  gsize length = row->last && row->last->content ? g_bytes_get_size (row->last->content) : 0;

  if (*n_bytes + length > MAX_LAST_BYTES)
    g_clear_pointer (&row->last, confabd_event_unref);
  else
    *n_bytes += length;
}

static gboolean
take_rows (const ConfabdTables  *self,
           ConfabdQuery         *query,
           BaseDbStatement      *statement,
           guint                 limit,
           GError              **error)
{
  gsize n_bytes = 0;
  BaseDbStep step;

  query->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_room_row_free);

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      if (query->rooms->len == limit)
        {
          query->more = TRUE;
          return TRUE;
        }

      if (!add_row (self, query, statement, error))
        return FALSE;

      leave_out_large_last (query->rooms->pdata[query->rooms->len - 1], &n_bytes);
    }

  return step == BASE_DB_STEP_DONE;
}

/**
 * confabd_rooms_list:
 * @self: the tables
 * @query: %CONFABD_QUERY_ROOMS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_list (const ConfabdTables  *self,
                    ConfabdQuery         *query,
                    GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS ", " USER_COLUMNS ", r.room FROM room_users m "
                     "JOIN rooms r ON r.id = m.room_id "
                     "WHERE m.user_id = (SELECT id FROM users WHERE user_id = ?1) "
                     "AND m.member = 1", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->user_id);

  return take_rows (self, query, statement, G_MAXUINT, error);
}

/**
 * confabd_rooms_list_groups:
 * @self: the tables
 * @query: %CONFABD_QUERY_GROUPS
 * @error: return location for a %BASE_DB_ERROR
 *
 * A group that all have left and where nobody wrote anything is not listed.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_rooms_list_groups (const ConfabdTables  *self,
                           ConfabdQuery         *query,
                           GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS ", " USER_COLUMNS ", r.room FROM rooms r "
                     "LEFT JOIN room_users m ON m.room_id = r.id "
                     "      AND m.user_id = (SELECT id FROM users WHERE user_id = ?1) "
                     "WHERE r.kind = 0 AND r.room > ?2 AND (?3 IS NULL OR instr (r.folded, ?3)) "
                     "AND (r.n_members > 0 OR r.n_messages > 0 OR r.last_seq = 0) "
                     "ORDER BY r.room LIMIT ?4", error);
  g_autofree char *search = NULL;
  guint limit = query->limit > 0 ? query->limit : CONFABD_PAGE_DEFAULT;

  if (!statement)
    return FALSE;

  if (query->search && *query->search)
    search = g_utf8_casefold (query->search, -1);

  base_db_bind_uuid (statement, 1, &query->user_id);
  base_db_bind_text (statement, 2, query->after ? query->after : "");
  base_db_bind_text (statement, 3, search);
  base_db_bind_int64 (statement, 4, (gint64) limit + 1);

  return take_rows (self, query, statement, limit, error);
}
