/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

#include <string.h>

/* The tables sessions and used_refreshes. A session that was revoked is gone; of one that
 * lives, every refresh token that was used up is kept, so that a copy of it gives itself
 * away. To forget the older ones would let a thief refresh until the theft is forgotten, so a
 * session that has used up its share ends: at one a day, after five years. */

#define MAX_USED_REFRESHES 2048

/* An answer may be lost on its way. For so long the token before the present one may be presented
 * again, as long as nobody has shown that he has the present one. */
#define GRACE_MS (60 * 1000)

#define COLUMNS "s.session_id, u.user_id, s.refresh_hash, s.created_ms, s.expires_ms"

static const BaseUuid nobody;

static void
read_hash (BaseDbStatement *statement,
           guint            column,
           guint8           hash[32])
{
  gsize length;
  const void *data = base_db_column_blob (statement, column, &length);

  if (data && length == 32)
    memcpy (hash, data, 32);
}

static ConfabdSession *
read_row (BaseDbStatement *statement)
{
  ConfabdSession *session = g_new0 (ConfabdSession, 1);

  base_db_column_uuid (statement, 0, &session->session_id);
  base_db_column_uuid (statement, 1, &session->user_id);
  read_hash (statement, 2, session->refresh_hash);
  session->created_ms = (guint64) base_db_column_int64 (statement, 3);
  session->expires_ms = (guint64) base_db_column_int64 (statement, 4);

  return session;
}

static GPtrArray *
new_sessions (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_session_free);
}

/**
 * confabd_sessions_insert:
 * @self: the tables
 * @session: a new session of a user who exists
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_sessions_insert (const ConfabdTables   *self,
                         const ConfabdSession  *session,
                         GError               **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "INSERT INTO sessions (session_id, user_id, refresh_hash, created_ms, "
                     "                      expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)", error);
  gint64 user_row;

  if (!statement || !confabd_users_find_row (self, &session->user_id, &user_row, error))
    return FALSE;

  base_db_bind_uuid (statement, 1, &session->session_id);
  base_db_bind_int64 (statement, 2, user_row);
  base_db_bind_blob (statement, 3, session->refresh_hash, sizeof session->refresh_hash);
  base_db_bind_int64 (statement, 4, (gint64) session->created_ms);
  base_db_bind_int64 (statement, 5, (gint64) session->expires_ms);

  return base_db_statement_run (statement, error);
}

static void
add_id (ConfabdQuery   *query,
        const BaseUuid *id)
{
  if (!query->ids)
    query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));

  g_array_append_val (query->ids, *id);
}

/* Runs a DELETE that returns the ids of sessions. */
static gboolean
delete_sessions (ConfabdQuery     *query,
                 BaseDbStatement  *statement,
                 GError          **error)
{
  BaseDbStep step;

  g_clear_pointer (&query->ids, g_array_unref);
  query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      BaseUuid id;

      if (base_db_column_uuid (statement, 0, &id))
        add_id (query, &id);
    }

  return step == BASE_DB_STEP_DONE;
}

/* For one more session of the user. Each use of a session puts off its end. */
static gboolean
make_way (const ConfabdTables  *self,
          ConfabdQuery         *query,
          gint64                user_row,
          GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "DELETE FROM sessions WHERE user_id = ?1 AND (expires_ms <= ?2 OR "
                     "  session_id NOT IN (SELECT session_id FROM sessions WHERE user_id = ?1 "
                     "                     ORDER BY expires_ms DESC, rowid DESC LIMIT ?3)) "
                     "RETURNING session_id", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, user_row);
  base_db_bind_int64 (statement, 2, (gint64) self->now_ms);
  base_db_bind_int64 (statement, 3, query->limit > 0 ? (gint64) query->limit - 1 : -1);

  return delete_sessions (query, statement, error);
}

/* The row of the session's user, 0 if they are gone or have another password by now. */
static gboolean
find_verified_user (const ConfabdTables  *self,
                    const ConfabdQuery   *query,
                    gint64               *user_row,
                    GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT id FROM users "
                     "WHERE user_id = ?1 AND (?2 IS NULL OR password_hash = ?2)", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->session->user_id);
  base_db_bind_text (statement, 2, query->verified_hash);
  step = base_db_statement_step (statement, error);
  *user_row = step == BASE_DB_STEP_ROW ? base_db_column_int64 (statement, 0) : 0;

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_sessions_create:
 * @self: the tables
 * @query: %CONFABD_QUERY_CREATE_SESSION
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_sessions_create (const ConfabdTables  *self,
                         ConfabdQuery         *query,
                         GError              **error)
{
  gint64 user_row;

  if (!find_verified_user (self, query, &user_row, error))
    return FALSE;

  if (user_row == 0)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  return make_way (self, query, user_row, error) &&
         confabd_sessions_insert (self, query->session, error);
}

static gboolean
find_row (BaseDbStatement  *statement,
          ConfabdSession  **session,
          GError          **error)
{
  BaseDbStep step = base_db_statement_step (statement, error);

  *session = step == BASE_DB_STEP_ROW ? read_row (statement) : NULL;

  return step != BASE_DB_STEP_FAILED;
}

static gboolean
find (const ConfabdTables  *self,
      const char           *sql,
      const guint8          refresh_hash[32],
      ConfabdSession      **session,
      GError              **error)
{
  g_autoptr(BaseDbStatement) statement = base_db_prepare (self->db, sql, error);

  if (!statement)
    return FALSE;

  base_db_bind_blob (statement, 1, refresh_hash, 32);

  return find_row (statement, session, error);
}

static gboolean
delete_session (const ConfabdTables  *self,
                const BaseUuid       *session_id,
                gboolean             *deleted,
                GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "DELETE FROM sessions WHERE session_id = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, session_id);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  *deleted = base_db_get_n_changes (self->db) > 0;

  return TRUE;
}

/* The token was used before: somebody has a copy of it, nobody knows who is the thief. */
static gboolean
revoke_replayed (const ConfabdTables  *self,
                 ConfabdQuery         *query,
                 GError              **error)
{
  g_autoptr(ConfabdSession) session = NULL;
  gboolean deleted;

  if (!find (self,
             "SELECT " COLUMNS " FROM used_refreshes r JOIN sessions s USING (session_id) "
             "JOIN users u ON u.id = s.user_id WHERE r.refresh_hash = ?1",
             query->refresh_hash, &session, error))
    return FALSE;

  query->status = session ? CONFABD_QUERY_REPLAYED : CONFABD_QUERY_NOT_EXISTS;

  if (!session)
    return TRUE;

  if (!delete_session (self, &session->session_id, &deleted, error))
    return FALSE;

  g_ptr_array_add (query->sessions, g_steal_pointer (&session));

  return TRUE;
}

static gboolean
count_used (const ConfabdTables  *self,
            const BaseUuid       *session_id,
            gint64               *n_used,
            GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "SELECT count(*) FROM used_refreshes WHERE session_id = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, session_id);

  if (base_db_statement_step (statement, error) != BASE_DB_STEP_ROW)
    return FALSE;

  *n_used = base_db_column_int64 (statement, 0);

  return TRUE;
}

/* Ends a session that has used up its share of tokens. */
static gboolean
end_worn_out (const ConfabdTables   *self,
              ConfabdQuery          *query,
              const ConfabdSession  *session,
              GError               **error)
{
  gboolean deleted;
  gint64 n_used;

  if (!count_used (self, &session->session_id, &n_used, error))
    return FALSE;

  if (n_used < MAX_USED_REFRESHES)
    return TRUE;

  query->status = CONFABD_QUERY_REPLAYED;

  return delete_session (self, &session->session_id, &deleted, error);
}

static gboolean
keep_used (const ConfabdTables  *self,
           const BaseUuid       *session_id,
           const guint8          used_hash[32],
           GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "INSERT INTO used_refreshes (refresh_hash, session_id) VALUES (?1, ?2)",
                     error);

  if (!statement)
    return FALSE;

  base_db_bind_blob (statement, 1, used_hash, 32);
  base_db_bind_uuid (statement, 2, session_id);

  return base_db_statement_run (statement, error);
}

/* @presented is the present token, which becomes the previous one, or the previous one, which stays
 * that: its time is not prolonged. What was present is used up either way. */
static gboolean
replace_hash (const ConfabdTables   *self,
              const ConfabdSession  *session,
              const guint8           present_hash[32],
              const guint8           presented_hash[32],
              guint64                now_ms,
              GError               **error)
{
  g_autoptr(BaseDbStatement) update =
    base_db_prepare (self->db,
                     "UPDATE sessions SET refresh_hash = ?2, expires_ms = ?3, "
                     "rotated_ms = iif (previous_hash IS ?4, rotated_ms, ?5), previous_hash = ?4 "
                     "WHERE session_id = ?1", error);

  if (!update)
    return FALSE;

  base_db_bind_uuid (update, 1, &session->session_id);
  base_db_bind_blob (update, 2, session->refresh_hash, sizeof session->refresh_hash);
  base_db_bind_int64 (update, 3, (gint64) session->expires_ms);
  base_db_bind_blob (update, 4, presented_hash, 32);
  base_db_bind_int64 (update, 5, (gint64) now_ms);

  return base_db_statement_run (update, error) &&
         keep_used (self, &session->session_id, present_hash, error);
}

static gboolean
find_in_grace (const ConfabdTables  *self,
               const guint8          refresh_hash[32],
               guint64               now_ms,
               ConfabdSession      **session,
               GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS " FROM sessions s JOIN users u ON u.id = s.user_id "
                     "WHERE s.previous_hash = ?1 AND s.rotated_ms > ?2", error);

  if (!statement)
    return FALSE;

  base_db_bind_blob (statement, 1, refresh_hash, 32);
  base_db_bind_int64 (statement, 2, (gint64) now_ms - GRACE_MS);

  return find_row (statement, session, error);
}

static gboolean
find_by_token (const ConfabdTables  *self,
               const guint8          refresh_hash[32],
               guint64               now_ms,
               ConfabdSession      **session,
               GError              **error)
{
  if (!find (self,
             "SELECT " COLUMNS " FROM sessions s JOIN users u ON u.id = s.user_id "
             "WHERE s.refresh_hash = ?1",
             refresh_hash, session, error))
    return FALSE;

  return *session || find_in_grace (self, refresh_hash, now_ms, session, error);
}

/**
 * confabd_sessions_rotate:
 * @self: the tables
 * @query: %CONFABD_QUERY_ROTATE_SESSION
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_sessions_rotate (const ConfabdTables  *self,
                         ConfabdQuery         *query,
                         GError              **error)
{
  guint64 now_ms = query->before_seq > 0 ? query->before_seq : self->now_ms;
  g_autoptr(ConfabdSession) session = NULL;
  guint8 present_hash[32];

  query->sessions = new_sessions ();

  if (!find_by_token (self, query->refresh_hash, now_ms, &session, error))
    return FALSE;

  if (!session)
    return revoke_replayed (self, query, error);

  if (session->expires_ms <= now_ms)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  memcpy (present_hash, session->refresh_hash, sizeof present_hash);
  memcpy (session->refresh_hash, query->new_refresh_hash, sizeof session->refresh_hash);
  if (query->seq > 0)
    session->expires_ms = query->seq;

  if (!end_worn_out (self, query, session, error) ||
      (query->status == CONFABD_QUERY_OK &&
       !replace_hash (self, session, present_hash, query->refresh_hash, now_ms, error)))
    return FALSE;

  g_ptr_array_add (query->sessions, g_steal_pointer (&session));

  return TRUE;
}

static gboolean
revoke_all_but (const ConfabdTables  *self,
                ConfabdQuery         *query,
                GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "DELETE FROM sessions "
                     "WHERE user_id = (SELECT id FROM users WHERE user_id = ?1) "
                     "AND session_id <> ?2 RETURNING session_id", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->user_id);
  base_db_bind_uuid (statement, 2, &query->session_id);

  if (!delete_sessions (query, statement, error))
    return FALSE;

  query->changed = query->ids->len > 0;

  return TRUE;
}

/**
 * confabd_sessions_revoke:
 * @self: the tables
 * @query: %CONFABD_QUERY_REVOKE_SESSIONS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_sessions_revoke (const ConfabdTables  *self,
                         ConfabdQuery         *query,
                         GError              **error)
{
  g_clear_pointer (&query->ids, g_array_unref);
  query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));

  if (!base_uuid_equal (&query->user_id, &nobody))
    return revoke_all_but (self, query, error);

  if (!delete_session (self, &query->session_id, &query->changed, error))
    return FALSE;

  if (query->changed)
    add_id (query, &query->session_id);

  return TRUE;
}

/**
 * confabd_sessions_list:
 * @self: the tables
 * @query: %CONFABD_QUERY_SESSIONS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_sessions_list (const ConfabdTables  *self,
                       ConfabdQuery         *query,
                       GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS " FROM sessions s JOIN users u ON u.id = s.user_id "
                     "WHERE s.expires_ms > ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  query->sessions = new_sessions ();
  base_db_bind_int64 (statement, 1, (gint64) self->now_ms);

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    g_ptr_array_add (query->sessions, read_row (statement));

  return step == BASE_DB_STEP_DONE;
}
