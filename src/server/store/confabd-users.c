/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

/* The table users. */

#define COLUMNS "u.user_id, u.name, u.folded_name, u.display_name, u.last_seen_ms, u.created_ms"

static char *
make_sort_name (const char *display_name)
{
  g_autofree char *composed = g_utf8_normalize (display_name, -1, G_NORMALIZE_NFKC);

  return g_utf8_casefold (composed ? composed : display_name, -1);
}

/**
 * confabd_users_read_row:
 * @statement: at a row that begins with COLUMNS
 *
 * Returns: (transfer full): the user, without the password
 */
ConfabdUser *
confabd_users_read_row (BaseDbStatement *statement)
{
  ConfabdUser *user = g_new0 (ConfabdUser, 1);

  base_db_column_uuid (statement, 0, &user->user_id);
  user->name = base_db_column_dup_text (statement, 1);
  user->folded_name = base_db_column_dup_text (statement, 2);
  user->display_name = base_db_column_dup_text (statement, 3);
  user->last_seen_ms = (guint64) base_db_column_int64 (statement, 4);
  user->created_ms = (guint64) base_db_column_int64 (statement, 5);

  return user;
}

static GPtrArray *
new_users (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_user_free);
}

/**
 * confabd_users_find_row:
 * @self: the tables
 * @user_id: a user
 * @row: (out): the number of the row, 0 if there is no such user
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_find_row (const ConfabdTables  *self,
                        const BaseUuid       *user_id,
                        gint64               *row,
                        GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "SELECT id FROM users WHERE user_id = ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, user_id);
  step = base_db_statement_step (statement, error);
  *row = step == BASE_DB_STEP_ROW ? base_db_column_int64 (statement, 0) : 0;

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_users_load:
 * @self: the tables
 * @user_id: a user
 * @user: (out) (transfer full) (nullable): the user, %NULL if there is none
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_load (const ConfabdTables  *self,
                    const BaseUuid       *user_id,
                    ConfabdUser         **user,
                    GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db, "SELECT " COLUMNS " FROM users u WHERE u.user_id = ?1", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, user_id);
  step = base_db_statement_step (statement, error);
  *user = step == BASE_DB_STEP_ROW ? confabd_users_read_row (statement) : NULL;

  return step != BASE_DB_STEP_FAILED;
}

/* Takes as many rows as were asked for; one more means that there are more. */
static gboolean
take_page (ConfabdQuery     *query,
           BaseDbStatement  *statement,
           guint             limit,
           GError          **error)
{
  BaseDbStep step;

  query->users = new_users ();

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      if (query->users->len == limit)
        {
          query->more = TRUE;
          return TRUE;
        }

      g_ptr_array_add (query->users, confabd_users_read_row (statement));
    }

  return step == BASE_DB_STEP_DONE;
}

static gboolean
list_by_ids (const ConfabdTables  *self,
             ConfabdQuery         *query,
             GError              **error)
{
  query->users = new_users ();

  for (guint i = 0; i < query->ids->len; i++)
    {
      ConfabdUser *user = NULL;

      if (!confabd_users_load (self, &g_array_index (query->ids, BaseUuid, i), &user, error))
        return FALSE;

      if (user)
        g_ptr_array_add (query->users, user);
    }

  return TRUE;
}

static guint
get_limit (const ConfabdQuery *query)
{
  return query->limit > 0 ? query->limit : CONFABD_PAGE_DEFAULT;
}

/* Where the list goes on: after this user, who may be gone meanwhile. */
static void
bind_after (BaseDbStatement    *statement,
            guint               parameter,
            const ConfabdQuery *query,
            BaseUuid           *after)
{
  if (query->after && base_uuid_parse (after, query->after, -1))
    base_db_bind_uuid (statement, parameter, after);
}

/**
 * confabd_users_list:
 * @self: the tables
 * @query: %CONFABD_QUERY_USERS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_list (const ConfabdTables  *self,
                    ConfabdQuery         *query,
                    GError              **error)
{
  g_autoptr(BaseDbStatement) statement = NULL;
  g_autofree char *search = NULL;
  BaseUuid after;

  if (query->ids)
    return list_by_ids (self, query, error);

  statement = base_db_prepare (self->db,
                               "SELECT " COLUMNS " FROM users u "
                               "WHERE (?1 IS NULL OR (u.sort_name, u.user_id) > "
                               "       ((SELECT sort_name FROM users WHERE user_id = ?1), ?1)) "
                               "AND (?2 IS NULL OR instr (u.sort_name, ?2) "
                               "     OR instr (u.folded_name, ?2)) "
                               "ORDER BY u.sort_name, u.user_id LIMIT ?3", error);
  if (!statement)
    return FALSE;

  search = query->search && *query->search ? make_sort_name (query->search) : NULL;
  bind_after (statement, 1, query, &after);
  base_db_bind_text (statement, 2, search);
  base_db_bind_int64 (statement, 3, (gint64) get_limit (query) + 1);

  return take_page (query, statement, get_limit (query), error);
}

/**
 * confabd_users_list_members:
 * @self: the tables
 * @query: %CONFABD_QUERY_MEMBERS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_list_members (const ConfabdTables  *self,
                            ConfabdQuery         *query,
                            GError              **error)
{
  g_autoptr(BaseDbStatement) statement = NULL;
  ConfabdRoomRecord room;
  BaseUuid after;

  if (!confabd_rooms_find_record (self, query->room, &room, error))
    return FALSE;

  if (room.id == 0)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  statement = base_db_prepare (self->db,
                               "SELECT " COLUMNS " FROM room_users m "
                               "JOIN users u ON u.id = m.user_id "
                               "WHERE m.room_id = ?1 AND m.member = 1 "
                               "AND (?2 IS NULL OR (u.sort_name, u.user_id) > "
                               "     ((SELECT sort_name FROM users WHERE user_id = ?2), ?2)) "
                               "ORDER BY u.sort_name, u.user_id LIMIT ?3", error);
  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, room.id);
  bind_after (statement, 2, query, &after);
  base_db_bind_int64 (statement, 3, (gint64) get_limit (query) + 1);

  return take_page (query, statement, get_limit (query), error);
}

/**
 * confabd_users_list_contacts:
 * @self: the tables
 * @query: %CONFABD_QUERY_CONTACTS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_list_contacts (const ConfabdTables  *self,
                             ConfabdQuery         *query,
                             GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT DISTINCT " COLUMNS " FROM users me "
                     "JOIN room_users mine ON mine.user_id = me.id "
                     "JOIN rooms r ON r.id = mine.room_id AND r.kind = 1 "
                     "JOIN room_users theirs ON theirs.room_id = r.id AND theirs.user_id <> me.id "
                     "JOIN users u ON u.id = theirs.user_id "
                     "WHERE me.user_id = ?1", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->user_id);

  return take_page (query, statement, G_MAXUINT, error);
}

/**
 * confabd_users_find:
 * @self: the tables
 * @query: %CONFABD_QUERY_FIND_USER
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_find (const ConfabdTables  *self,
                    ConfabdQuery         *query,
                    GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS ", u.password_hash FROM users u WHERE u.folded_name = ?1",
                     error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  query->users = new_users ();
  base_db_bind_text (statement, 1, query->name);
  step = base_db_statement_step (statement, error);

  if (step == BASE_DB_STEP_ROW)
    {
      ConfabdUser *user = confabd_users_read_row (statement);

      user->password_hash = base_db_column_dup_text (statement, 6);
      g_ptr_array_add (query->users, user);
    }
  else
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
    }

  return step != BASE_DB_STEP_FAILED;
}

/**
 * confabd_users_create:
 * @self: the tables
 * @query: %CONFABD_QUERY_CREATE_USER
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_create (const ConfabdTables  *self,
                      ConfabdQuery         *query,
                      GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "INSERT INTO users (user_id, name, folded_name, display_name, sort_name, "
                     "                   password_hash, created_ms) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                     "ON CONFLICT DO NOTHING", error);
  ConfabdUser *user = query->user;
  g_autofree char *sort_name = make_sort_name (user->display_name);

  if (!statement)
    return FALSE;

  if (user->created_ms == 0)
    user->created_ms = self->now_ms;

  base_db_bind_uuid (statement, 1, &user->user_id);
  base_db_bind_text (statement, 2, user->name);
  base_db_bind_text (statement, 3, user->folded_name);
  base_db_bind_text (statement, 4, user->display_name);
  base_db_bind_text (statement, 5, sort_name);
  base_db_bind_text (statement, 6, user->password_hash);
  base_db_bind_int64 (statement, 7, (gint64) user->created_ms);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  if (base_db_get_n_changes (self->db) == 0)
    {
      query->status = CONFABD_QUERY_EXISTS;
      return TRUE;
    }

  return !query->session || confabd_sessions_insert (self, query->session, error);
}

/**
 * confabd_users_update:
 * @self: the tables
 * @query: %CONFABD_QUERY_UPDATE_USER
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_update (const ConfabdTables  *self,
                      ConfabdQuery         *query,
                      GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "UPDATE users SET display_name = coalesce (?2, display_name), "
                     "sort_name = coalesce (?3, sort_name), "
                     "password_hash = coalesce (?4, password_hash) "
                     "WHERE user_id = ?1 AND (?5 IS NULL OR password_hash = ?5)", error);
  const char *display_name = query->user ? query->user->display_name : NULL;
  g_autofree char *sort_name = display_name ? make_sort_name (display_name) : NULL;
  ConfabdUser *user = NULL;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->user_id);
  base_db_bind_text (statement, 2, display_name);
  base_db_bind_text (statement, 3, sort_name);
  base_db_bind_text (statement, 4, query->user ? query->user->password_hash : NULL);
  base_db_bind_text (statement, 5, query->verified_hash);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  query->users = new_users ();

  if (base_db_get_n_changes (self->db) > 0 &&
      !confabd_users_load (self, &query->user_id, &user, error))
    return FALSE;

  if (user)
    g_ptr_array_add (query->users, user);
  else
    query->status = CONFABD_QUERY_NOT_EXISTS;

  return TRUE;
}

/**
 * confabd_users_mark_seen:
 * @self: the tables
 * @query: %CONFABD_QUERY_SEEN
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_users_mark_seen (const ConfabdTables  *self,
                         ConfabdQuery         *query,
                         GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "UPDATE users SET last_seen_ms = ?2 "
                     "WHERE user_id = ?1 AND last_seen_ms < ?2", error);

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, &query->user_id);
  base_db_bind_int64 (statement, 2, (gint64) query->seq);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  query->changed = base_db_get_n_changes (self->db) > 0;

  return TRUE;
}
