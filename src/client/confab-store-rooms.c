/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-rooms"

#include "config.h"

#include "confab-store-rooms-private.h"

#include "confab-store-messages-private.h"
#include "confab-store-users-private.h"

ConfabRoomRow *
confab_room_row_new (const char *rid)
{
  ConfabRoomRow *self = g_new0 (ConfabRoomRow, 1);

  self->rid = g_strdup (rid);
  self->kind = rid[0] == '@' ? CONFAB_ROOM_KIND_DIRECT : CONFAB_ROOM_KIND_GROUP;
  self->epoch = g_strdup ("");
  self->draft = g_strdup ("");

  return self;
}

void
confab_room_row_free (ConfabRoomRow *self)
{
  g_free (self->rid);
  g_free (self->epoch);
  g_free (self->draft);
  g_clear_pointer (&self->last, confab_event_unref);
  g_free (self);
}

static ConfabRoomRow *
read_row (BaseDbStatement *statement)
{
  ConfabRoomRow *row = confab_room_row_new (base_db_column_text (statement, 0));

  g_set_str (&row->epoch, base_db_column_text (statement, 1));
  row->joined = base_db_column_int64 (statement, 2) != 0;
  row->n_members = (guint) base_db_column_int64 (statement, 3);
  row->n_unread = (guint) base_db_column_int64 (statement, 4);
  row->read_seq = (guint64) base_db_column_int64 (statement, 5);
  row->shared_read_seq = (guint64) base_db_column_int64 (statement, 6);
  row->last_activity_us = base_db_column_int64 (statement, 7);
  row->muted = base_db_column_int64 (statement, 8) != 0;
  g_set_str (&row->draft, base_db_column_text (statement, 9));
  row->newest_seq = (guint64) base_db_column_int64 (statement, 10);
  row->others_read = (guint64) base_db_column_int64 (statement, 11);
  row->others_received = (guint64) base_db_column_int64 (statement, 12);

  return row;
}

static gboolean
read_last (BaseDb         *db,
           ConfabRoomRow  *row,
           GError        **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "SELECT " CONFAB_STORE_MESSAGE_COLUMNS
                     " FROM messages AS m JOIN users AS u USING (user_key)"
                     " WHERE m.room_key = (SELECT room_key FROM rooms WHERE rid = ?1)"
                     "   AND m.type = 0"
                     " ORDER BY m.seq DESC LIMIT 1",
                     error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, row->rid);
  step = base_db_statement_step (statement, error);
  if (step == BASE_DB_STEP_ROW)
    row->last = confab_store_messages_read_row (statement, 0);

  return step != BASE_DB_STEP_FAILED;
}

GPtrArray *
confab_store_rooms_load (BaseDb      *db,
                         const char  *own_user_id,
                         GError     **error)
{
  g_autoptr(GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_room_row_free);
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "SELECT rid, epoch, joined, n_members, n_unread, read_seq, shared_read_seq,"
                     "  last_activity_us, muted, draft,"
                     "  (SELECT max (last_seq) FROM spans WHERE spans.room_key = r.room_key),"
                     "  (SELECT max (k.read_seq) FROM read_markers AS k JOIN users USING (user_key)"
                     "   WHERE k.room_key = r.room_key AND user_id <> ?1),"
                     "  (SELECT max (k.received_seq) FROM read_markers AS k"
                     "   JOIN users USING (user_key)"
                     "   WHERE k.room_key = r.room_key AND user_id <> ?1)"
                     " FROM rooms AS r",
                     error);
  BaseDbStep step;

  if (!statement)
    return NULL;

  base_db_bind_text (statement, 1, own_user_id);
  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      ConfabRoomRow *row = read_row (statement);

      g_ptr_array_add (rows, row);
      if (!read_last (db, row, error))
        return NULL;
    }

  return step == BASE_DB_STEP_DONE ? g_steal_pointer (&rows) : NULL;
}

gboolean
confab_store_rooms_save (BaseDb               *db,
                         const ConfabRoomRow  *row,
                         GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "INSERT INTO rooms (rid, kind, epoch, joined, n_members, n_unread,"
                     "  last_activity_us)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                     " ON CONFLICT (rid) DO UPDATE SET epoch = excluded.epoch,"
                     "  joined = excluded.joined, n_members = excluded.n_members,"
                     "  n_unread = excluded.n_unread,"
                     "  last_activity_us = excluded.last_activity_us",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, row->rid);
  base_db_bind_int64 (statement, 2, (gint64) row->kind);
  base_db_bind_text (statement, 3, row->epoch);
  base_db_bind_int64 (statement, 4, row->joined);
  base_db_bind_int64 (statement, 5, row->n_members);
  base_db_bind_int64 (statement, 6, row->n_unread);
  base_db_bind_int64 (statement, 7, row->last_activity_us);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_rooms_set_draft (BaseDb      *db,
                              const char  *rid,
                              const char  *draft,
                              GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "UPDATE rooms SET draft = ?2 WHERE rid = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, rid);
  base_db_bind_text (statement, 2, draft);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_rooms_set_muted (BaseDb      *db,
                              const char  *rid,
                              gboolean     muted,
                              GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "UPDATE rooms SET muted = ?2 WHERE rid = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, rid);
  base_db_bind_int64 (statement, 2, muted);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_rooms_set_read (BaseDb      *db,
                             const char  *rid,
                             guint64      read_seq,
                             guint64      shared_read_seq,
                             guint        n_unread,
                             GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "UPDATE rooms SET read_seq = max (read_seq, ?2),"
                     "  shared_read_seq = max (shared_read_seq, ?3), n_unread = ?4"
                     " WHERE rid = ?1",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, rid);
  base_db_bind_int64 (statement, 2, (gint64) read_seq);
  base_db_bind_int64 (statement, 3, (gint64) shared_read_seq);
  base_db_bind_int64 (statement, 4, n_unread);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_rooms_mark (BaseDb      *db,
                         const char  *rid,
                         const char  *user_id,
                         guint64      read_seq,
                         guint64      received_seq,
                         GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "INSERT INTO read_markers (room_key, user_key, read_seq, received_seq)"
                     " SELECT room_key, ?2, ?3, ?4 FROM rooms WHERE rid = ?1"
                     " ON CONFLICT DO UPDATE SET read_seq = max (read_seq, excluded.read_seq),"
                     "  received_seq = max (received_seq, excluded.received_seq)",
                     error);
  gint64 user_key = confab_store_users_get_key (db, user_id, error);

  if (!statement || !user_key)
    return FALSE;

  base_db_bind_text (statement, 1, rid);
  base_db_bind_int64 (statement, 2, user_key);
  base_db_bind_int64 (statement, 3, (gint64) read_seq);
  base_db_bind_int64 (statement, 4, (gint64) received_seq);

  return base_db_statement_run (statement, error);
}

gboolean
confab_store_rooms_reset (BaseDb      *db,
                          const char  *rid,
                          const char  *epoch,
                          GError     **error)
{
  static const char *const steps[] = {
    "DELETE FROM message_text WHERE rowid IN (SELECT message_key FROM messages"
    " WHERE room_key = (SELECT room_key FROM rooms WHERE rid = ?1)) AND ?2 IS NOT NULL",
    "DELETE FROM messages WHERE room_key = (SELECT room_key FROM rooms WHERE rid = ?1)"
    " AND ?2 IS NOT NULL",
    "DELETE FROM spans WHERE room_key = (SELECT room_key FROM rooms WHERE rid = ?1)"
    " AND ?2 IS NOT NULL",
    "DELETE FROM read_markers WHERE room_key = (SELECT room_key FROM rooms WHERE rid = ?1)"
    " AND ?2 IS NOT NULL",
    /* An acknowledged message is part of what is forgotten; a queued one goes out anew. */
    "DELETE FROM outbox WHERE rid = ?1 AND state = 1 AND ?2 IS NOT NULL",
    "UPDATE rooms SET epoch = ?2, read_seq = 0, shared_read_seq = 0, n_unread = 0"
    " WHERE rid = ?1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(BaseDbStatement) statement = base_db_prepare (db, steps[i], error);

      if (!statement)
        return FALSE;

      base_db_bind_text (statement, 1, rid);
      base_db_bind_text (statement, 2, epoch);
      if (!base_db_statement_run (statement, error))
        return FALSE;
    }

  return TRUE;
}
