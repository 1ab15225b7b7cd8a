/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-store-search"

#include "config.h"

#include "confab-store-search-private.h"

#include "confab-store-messages-private.h"

#include <string.h>

/* The index knows which trigrams a message has, not where (detail=none: half the size). It yields
 * candidates, newest first; what they really say decides.
 *
 * So that a search in one room need not wade through all others, each message is indexed with
 * three characters more that stand for its room: private ones, which nobody types. */
#define ROOM_CHAR_FIRST 0xe000
#define N_ROOM_CHARS 6400

#define TRIGRAM 3
#define MAX_TRIGRAMS 48
/* One and two characters are in no index: this many messages are looked through instead. */
#define MAX_SCANNED 20000
/* Candidates that turn out to be none. */
#define MAX_CANDIDATES 100000

static void
append_room (GString *text,
             gint64   room_key)
{
  for (guint i = 0; i < TRIGRAM; i++)
    {
      g_string_append_unichar (text, (gunichar) (ROOM_CHAR_FIRST + room_key % N_ROOM_CHARS));
      room_key /= N_ROOM_CHARS;
    }
}

gboolean
confab_store_search_index (BaseDb      *db,
                           gint64       message_key,
                           gint64       room_key,
                           const char  *text,
                           GError     **error)
{
  g_autoptr(GString) indexed = g_string_sized_new (strlen (text) + 16);
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (db, "INSERT INTO message_text (rowid, text) VALUES (?1, ?2)", error);

  if (!statement)
    return FALSE;

  append_room (indexed, room_key);
  g_string_append (indexed, text);
  base_db_bind_int64 (statement, 1, message_key);
  base_db_bind_text (statement, 2, indexed->str);

  return base_db_statement_run (statement, error);
}

static void
hit_row_free (gpointer data)
{
  ConfabHitRow *hit = data;

  g_free (hit->rid);
  confab_event_unref (hit->event);
  g_free (hit->snippet);
  g_free (hit);
}

static void
append_trigram (GString    *query,
                const char *from,
                const char *to)
{
  if (query->len)
    g_string_append (query, " AND ");
  g_string_append_c (query, '"');
  for (; from < to; from++)
    {
      if (*from == '"')
        g_string_append_c (query, '"');
      g_string_append_c (query, *from);
    }
  g_string_append_c (query, '"');
}

static char *
make_query (const char *text,
            gint64      room_key)
{
  g_autoptr(GString) query = g_string_new ("");
  const char *end = text + strlen (text);
  const char *last = g_utf8_offset_to_pointer (text, TRIGRAM);

  if (room_key)
    {
      g_autoptr(GString) room = g_string_new ("");

      append_room (room, room_key);
      append_trigram (query, room->str, room->str + room->len);
    }

  for (guint i = 0; i < MAX_TRIGRAMS; i++)
    {
      append_trigram (query, text, last);
      if (last >= end)
        break;
      text = g_utf8_next_char (text);
      last = g_utf8_next_char (last);
    }

  return g_string_free_and_steal (g_steal_pointer (&query));
}

static gboolean
collect (BaseDbStatement  *statement,
         const char       *text,
         guint             limit,
         GPtrArray        *hits,
         GError          **error)
{
  BaseDbStep step = BASE_DB_STEP_DONE;

  for (guint i = 0; i < MAX_CANDIDATES && hits->len < limit; i++)
    {
      gsize start, end;
      const char *found;
      ConfabHitRow *hit;

      step = base_db_statement_step (statement, error);
      if (step != BASE_DB_STEP_ROW)
        break;

      found = base_db_column_text (statement, 1);
      if (!found || !confab_text_find (found, text, &start, &end))
        continue;

      hit = g_new0 (ConfabHitRow, 1);
      hit->rid = base_db_column_dup_text (statement, 0);
      hit->event = confab_store_messages_read_row (statement, 2);
      hit->snippet = confab_text_make_snippet (hit->event->text, text);
      g_ptr_array_add (hits, hit);
    }

  return step != BASE_DB_STEP_FAILED;
}

#define HIT_COLUMNS "r.rid, m.text, " CONFAB_STORE_MESSAGE_COLUMNS

static BaseDbStatement *
prepare_indexed (BaseDb      *db,
                 const char  *query,
                 GError     **error)
{
  BaseDbStatement *statement =
    base_db_prepare (db,
                     "SELECT " HIT_COLUMNS " FROM message_text AS t"
                     " CROSS JOIN messages AS m ON m.message_key = t.rowid"
                     " CROSS JOIN rooms AS r USING (room_key)"
                     " CROSS JOIN users AS u USING (user_key)"
                     " WHERE t.message_text MATCH ?1 ORDER BY t.rowid DESC",
                     error);

  if (statement)
    base_db_bind_text (statement, 1, query);

  return statement;
}

static BaseDbStatement *
prepare_scan (BaseDb  *db,
              gint64   room_key,
              GError **error)
{
  const char *everywhere = "SELECT " HIT_COLUMNS " FROM (SELECT * FROM messages"
                           "  WHERE ?1 = 0 ORDER BY message_key DESC LIMIT ?2) AS m"
                           " CROSS JOIN rooms AS r USING (room_key)"
                           " CROSS JOIN users AS u USING (user_key)"
                           " WHERE m.type = 0";
  const char *in_room = "SELECT " HIT_COLUMNS " FROM (SELECT * FROM messages"
                        "  WHERE room_key = ?1 ORDER BY seq DESC LIMIT ?2) AS m"
                        " CROSS JOIN rooms AS r USING (room_key)"
                        " CROSS JOIN users AS u USING (user_key)"
                        " WHERE m.type = 0";
  BaseDbStatement *statement = base_db_prepare (db, room_key ? in_room : everywhere, error);

  if (statement)
    {
      base_db_bind_int64 (statement, 1, room_key);
      base_db_bind_int64 (statement, 2, MAX_SCANNED);
    }

  return statement;
}

GPtrArray *
confab_store_search (BaseDb      *db,
                     const char  *text,
                     const char  *rid,
                     guint        limit,
                     GError     **error)
{
  g_autoptr(GPtrArray) hits = g_ptr_array_new_with_free_func (hit_row_free);
  g_autoptr(BaseDbStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *query = NULL;
  gint64 room_key = 0;

  if (rid)
    room_key = confab_store_messages_get_room_key (db, rid, &local_error);
  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (!text[0] || (rid && !room_key))
    return g_steal_pointer (&hits);

  if (g_utf8_strlen (text, -1) >= TRIGRAM)
    {
      query = make_query (text, room_key);
      statement = prepare_indexed (db, query, error);
    }
  else
    {
      statement = prepare_scan (db, room_key, error);
    }

  if (!statement || !collect (statement, text, limit, hits, error))
    return NULL;

  return g_steal_pointer (&hits);
}
