/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-messages"

#include "config.h"

#include "confab-store-messages-private.h"

#include "confab-store-search-private.h"
#include "confab-store-users-private.h"

/* A key is the time in ms and room for eight messages of one ms; further ones move on. */
#define KEYS_PER_MS 8
#define MAX_KEY_TRIES 64

ConfabPage *
confab_page_new (void)
{
  ConfabPage *self = g_new0 (ConfabPage, 1);

  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  return self;
}

void
confab_page_free (ConfabPage *self)
{
  g_ptr_array_unref (self->events);
  g_free (self);
}

gint64
confab_store_messages_get_room_key (BaseDb      *db,
                                    const char  *rid,
                                    GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "SELECT room_key FROM rooms WHERE rid = ?1", error);

  if (!statement)
    return 0;

  base_db_bind_text (statement, 1, rid);
  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return 0;

  return base_db_column_int64 (statement, 0);
}

ConfabEvent *
confab_store_messages_read_row (BaseDbStatement *statement,
                                guint            column)
{
  ConfabEvent *event =
    confab_event_new ((ConfabEventType) base_db_column_int64 (statement, column + 1),
                      (guint64) base_db_column_int64 (statement, column));
  char id[BASE_UUID_STRING_LENGTH + 1] = "";
  BaseUuid uuid;

  event->at_us = base_db_column_int64 (statement, column + 2);
  if (base_db_column_uuid (statement, column + 3, &uuid))
    base_uuid_format (&uuid, id);
  event->id = g_strdup (id);
  event->user_id = base_db_column_dup_text (statement, column + 4);
  event->kind = (ConfabMessageKind) base_db_column_int64 (statement, column + 5);
  event->text = base_db_column_dup_text (statement, column + 6);
  event->content = base_db_column_dup_text (statement, column + 7);

  return event;
}

static gboolean
has_message (BaseDb    *db,
             gint64     room_key,
             guint64    seq,
             gboolean  *found,
             GError   **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "SELECT 1 FROM messages WHERE room_key = ?1 AND seq = ?2", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room_key);
  base_db_bind_int64 (statement, 2, (gint64) seq);
  step = base_db_statement_step (statement, error);
  *found = step == BASE_DB_STEP_ROW;

  return step != BASE_DB_STEP_FAILED;
}

static gint64
find_free_key (BaseDb  *db,
               gint64   at_us,
               GError **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "SELECT 1 FROM messages WHERE message_key = ?1", error);
  gint64 key = MAX (at_us / 1000, 1) * KEYS_PER_MS;

  for (guint i = 0; statement; i++)
    {
      BaseDbStep step;

      base_db_bind_int64 (statement, 1, key);
      step = base_db_statement_step (statement, error);
      if (step == BASE_DB_STEP_FAILED)
        return 0;
      if (step == BASE_DB_STEP_DONE)
        return key;

      base_db_statement_reset (statement);
      /* A clock that stands still must not make this slow. */
      key += i < MAX_KEY_TRIES ? 1 : g_random_int_range (1, 1 << 30);
    }

  return 0;
}

static gboolean
insert_row (BaseDb       *db,
            gint64        room_key,
            gint64        key,
            ConfabEvent  *event,
            GError      **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "INSERT INTO messages (message_key, room_key, seq, type, at_us, id,"
                     " user_key, kind, text, content)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                     error);
  gint64 user_key = confab_store_users_get_key (db, event->user_id, error);
  BaseUuid uuid;

  if (!statement || !user_key)
    return FALSE;

  base_uuid_parse (&uuid, event->id, -1);
  base_db_bind_int64 (statement, 1, key);
  base_db_bind_int64 (statement, 2, room_key);
  base_db_bind_int64 (statement, 3, (gint64) event->seq);
  base_db_bind_int64 (statement, 4, event->type);
  base_db_bind_int64 (statement, 5, event->at_us);
  base_db_bind_uuid (statement, 6, &uuid);
  base_db_bind_int64 (statement, 7, user_key);
  base_db_bind_int64 (statement, 8, (gint64) event->kind);
  base_db_bind_text (statement, 9, event->text);
  base_db_bind_text (statement, 10, event->content);

  return base_db_statement_run (statement, error);
}

static gboolean
clear_outbox (BaseDb       *db,
              const char   *rid,
              ConfabEvent  *event,
              GError      **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "DELETE FROM outbox WHERE id = ?1 AND rid = ?2", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, event->id);
  base_db_bind_text (statement, 2, rid);

  return base_db_statement_run (statement, error);
}

static gboolean
insert_event (BaseDb       *db,
              const char   *rid,
              gint64        room_key,
              ConfabEvent  *event,
              GError      **error)
{
  gboolean found;
  gint64 key;

  if (event->type == CONFAB_EVENT_OTHER)
    return TRUE;

  if (!has_message (db, room_key, event->seq, &found, error))
    return FALSE;

  if (found)
    return TRUE;

  key = find_free_key (db, event->at_us, error);
  if (!key || !insert_row (db, room_key, key, event, error))
    return FALSE;

  if (event->type != CONFAB_EVENT_MESSAGE)
    return TRUE;

  return clear_outbox (db, rid, event, error) &&
         confab_store_search_index (db, key, room_key, event->text, error);
}

/* Spans that touch become one. */
static gboolean
cover (BaseDb   *db,
       gint64    room_key,
       guint64   first_seq,
       guint64   last_seq,
       GError  **error)
{
  g_autoptr(BaseDbStatement) measure =
    base_db_prepare (db,
                     "SELECT min (?2, min (first_seq)), max (?3, max (last_seq)) FROM spans"
                     " WHERE room_key = ?1 AND first_seq <= ?3 + 1 AND last_seq >= ?2 - 1"
                     " HAVING count (*) > 0",
                     error);
  g_autoptr(BaseDbStatement) drop =
    base_db_prepare (db,
                     "DELETE FROM spans"
                     " WHERE room_key = ?1 AND first_seq <= ?3 + 1 AND last_seq >= ?2 - 1",
                     error);
  g_autoptr(BaseDbStatement) add =
    base_db_prepare (db, "INSERT INTO spans VALUES (?1, ?2, ?3)", error);
  gint64 first = (gint64) first_seq;
  gint64 last = (gint64) last_seq;
  BaseDbStep step;

  if (!measure || !drop || !add)
    return FALSE;

  base_db_bind_int64 (measure, 1, room_key);
  base_db_bind_int64 (measure, 2, first);
  base_db_bind_int64 (measure, 3, last);
  step = base_db_statement_step (measure, error);
  if (step == BASE_DB_STEP_FAILED)
    return FALSE;
  if (step == BASE_DB_STEP_ROW)
    {
      first = base_db_column_int64 (measure, 0);
      last = base_db_column_int64 (measure, 1);
    }

  base_db_bind_int64 (drop, 1, room_key);
  base_db_bind_int64 (drop, 2, (gint64) first_seq);
  base_db_bind_int64 (drop, 3, (gint64) last_seq);
  base_db_bind_int64 (add, 1, room_key);
  base_db_bind_int64 (add, 2, first);
  base_db_bind_int64 (add, 3, last);

  return base_db_statement_run (drop, error) && base_db_statement_run (add, error);
}

gboolean
confab_store_messages_insert (BaseDb      *db,
                              const char  *rid,
                              GPtrArray   *events,
                              guint64      first_seq,
                              guint64      last_seq,
                              GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  gint64 room_key = confab_store_messages_get_room_key (db, rid, &local_error);

  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* A room that was forgotten meanwhile takes its messages with it. */
  if (!room_key)
    return TRUE;

  for (guint i = 0; i < events->len; i++)
    if (!insert_event (db, rid, room_key, g_ptr_array_index (events, i), error))
      return FALSE;

  return !last_seq || cover (db, room_key, first_seq, last_seq, error);
}

static gboolean
read_span (BaseDb      *db,
           const char  *sql,
           gint64       room_key,
           gint64       seq,
           gint64      *first,
           gint64      *last,
           GError     **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (db, sql, error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room_key);
  base_db_bind_int64 (statement, 2, seq);
  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return FALSE;

  *first = base_db_column_int64 (statement, 0);
  *last = base_db_column_int64 (statement, 1);

  return TRUE;
}

static gboolean
read_events (BaseDb      *db,
             const char  *sql,
             gint64       room_key,
             gint64       first,
             gint64       last,
             guint        limit,
             GPtrArray   *events,
             GError     **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (db, sql, error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room_key);
  base_db_bind_int64 (statement, 2, first);
  base_db_bind_int64 (statement, 3, last);
  base_db_bind_int64 (statement, 4, limit);
  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    g_ptr_array_add (events, confab_store_messages_read_row (statement, 0));

  return step == BASE_DB_STEP_DONE;
}

static void
reverse (GPtrArray *array)
{
  for (guint i = 0; i < array->len / 2; i++)
    {
      gpointer item = array->pdata[i];

      array->pdata[i] = array->pdata[array->len - 1 - i];
      array->pdata[array->len - 1 - i] = item;
    }
}

ConfabPage *
confab_store_messages_page_before (BaseDb      *db,
                                   const char  *rid,
                                   guint64      before,
                                   guint        limit,
                                   GError     **error)
{
  g_autoptr(ConfabPage) page = confab_page_new ();
  g_autoptr(GError) local_error = NULL;
  gint64 room_key = confab_store_messages_get_room_key (db, rid, &local_error);
  gint64 last = before ? (gint64) before - 1 : G_MAXINT64;
  gint64 first_of_span, last_of_span;

  if (room_key &&
      read_span (db,
                 "SELECT first_seq, last_seq FROM spans WHERE room_key = ?1 AND first_seq <= ?2"
                 " ORDER BY first_seq DESC LIMIT 1",
                 room_key, last, &first_of_span, &last_of_span, &local_error) &&
      (!before || last_of_span >= last))
    {
      last = MIN (last, last_of_span);
      page->first_seq = (guint64) first_of_span;
      page->last_seq = (guint64) last;
      read_events (db,
                   "SELECT " CONFAB_STORE_MESSAGE_COLUMNS
                   " FROM messages AS m JOIN users AS u USING (user_key)"
                   " WHERE m.room_key = ?1 AND m.seq BETWEEN ?2 AND ?3"
                   " ORDER BY m.seq DESC LIMIT ?4",
                   room_key, first_of_span, last, limit, page->events, &local_error);
      reverse (page->events);
      if (page->events->len == limit && limit)
        page->first_seq = ((ConfabEvent *) g_ptr_array_index (page->events, 0))->seq;
    }

  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&page);
}

ConfabPage *
confab_store_messages_page_after (BaseDb      *db,
                                  const char  *rid,
                                  guint64      after,
                                  guint        limit,
                                  GError     **error)
{
  g_autoptr(ConfabPage) page = confab_page_new ();
  g_autoptr(GError) local_error = NULL;
  gint64 room_key = confab_store_messages_get_room_key (db, rid, &local_error);
  gint64 first = (gint64) after + 1;
  gint64 first_of_span, last_of_span;

  if (room_key &&
      read_span (db,
                 "SELECT first_seq, last_seq FROM spans WHERE room_key = ?1 AND first_seq <= ?2"
                 " ORDER BY first_seq DESC LIMIT 1",
                 room_key, first, &first_of_span, &last_of_span, &local_error) &&
      last_of_span >= first)
    {
      page->first_seq = (guint64) first;
      page->last_seq = (guint64) last_of_span;
      read_events (db,
                   "SELECT " CONFAB_STORE_MESSAGE_COLUMNS
                   " FROM messages AS m JOIN users AS u USING (user_key)"
                   " WHERE m.room_key = ?1 AND m.seq BETWEEN ?2 AND ?3"
                   " ORDER BY m.seq LIMIT ?4",
                   room_key, first, last_of_span, limit, page->events, &local_error);
      if (page->events->len == limit && limit)
        page->last_seq = ((ConfabEvent *) g_ptr_array_index (page->events, limit - 1))->seq;
    }

  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&page);
}

gint64
confab_store_messages_count_unread (BaseDb      *db,
                                    const char  *rid,
                                    const char  *own_user_id,
                                    guint64      seq,
                                    GError     **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db,
                     "SELECT count (*) FROM messages AS m JOIN users AS u USING (user_key)"
                     " WHERE m.room_key = (SELECT room_key FROM rooms WHERE rid = ?1)"
                     "   AND m.seq > ?2 AND m.type = 0 AND u.user_id <> ?3",
                     error);

  if (!statement)
    return -1;

  base_db_bind_text (statement, 1, rid);
  base_db_bind_int64 (statement, 2, (gint64) seq);
  base_db_bind_text (statement, 3, own_user_id);
  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return -1;

  return base_db_column_int64 (statement, 0);
}
