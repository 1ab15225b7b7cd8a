/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

#include <string.h>

/* The table subscriptions: where browsers want to be woken. */

#define COLUMNS "s.endpoint, u.user_id, s.public_key, s.auth_secret, s.created_ms"

static void
read_bytes (BaseDbStatement *statement,
            guint            column,
            guint8          *bytes,
            gsize            n_bytes)
{
  gsize length;
  const void *data = base_db_column_blob (statement, column, &length);

  if (data && length == n_bytes)
    memcpy (bytes, data, n_bytes);
}

static ConfabdSubscription *
read_row (BaseDbStatement *statement)
{
  ConfabdSubscription *self = g_new0 (ConfabdSubscription, 1);

  self->endpoint = base_db_column_dup_text (statement, 0);
  base_db_column_uuid (statement, 1, &self->user_id);
  read_bytes (statement, 2, self->public_key, sizeof self->public_key);
  read_bytes (statement, 3, self->auth_secret, sizeof self->auth_secret);
  self->created_ms = (guint64) base_db_column_int64 (statement, 4);

  return self;
}

/* An endpoint that somebody else has is given away only to who knows its keys. */
static gboolean
check_owner (const ConfabdTables        *self,
             const ConfabdSubscription  *subscription,
             gint64                      user_row,
             gboolean                   *free,
             GError                    **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT 1 FROM subscriptions WHERE endpoint = ?1 AND user_id <> ?2 "
                     "AND NOT (public_key = ?3 AND auth_secret = ?4)", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, subscription->endpoint);
  base_db_bind_int64 (statement, 2, user_row);
  base_db_bind_blob (statement, 3, subscription->public_key, sizeof subscription->public_key);
  base_db_bind_blob (statement, 4, subscription->auth_secret, sizeof subscription->auth_secret);
  step = base_db_statement_step (statement, error);
  *free = step == BASE_DB_STEP_DONE;

  return step != BASE_DB_STEP_FAILED;
}

static gboolean
replace (const ConfabdTables        *self,
         const ConfabdSubscription  *subscription,
         gint64                      user_row,
         GError                    **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "REPLACE INTO subscriptions "
                     "(endpoint, user_id, public_key, auth_secret, created_ms) "
                     "VALUES (?1, ?2, ?3, ?4, ?5)", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, subscription->endpoint);
  base_db_bind_int64 (statement, 2, user_row);
  base_db_bind_blob (statement, 3, subscription->public_key, sizeof subscription->public_key);
  base_db_bind_blob (statement, 4, subscription->auth_secret, sizeof subscription->auth_secret);
  base_db_bind_int64 (statement, 5, (gint64) subscription->created_ms);

  return base_db_statement_run (statement, error);
}

/* A clock that was set back must not make the new one the oldest, so it is spared by name. */
static gboolean
drop_oldest (const ConfabdTables  *self,
             gint64                user_row,
             const char           *spared,
             guint                 limit,
             GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "DELETE FROM subscriptions WHERE endpoint IN ("
                     "SELECT endpoint FROM subscriptions WHERE user_id = ?1 AND endpoint <> ?2 "
                     "ORDER BY created_ms DESC, endpoint LIMIT -1 OFFSET ?3)", error);

  if (!statement)
    return FALSE;

  base_db_bind_int64 (statement, 1, user_row);
  base_db_bind_text (statement, 2, spared);
  base_db_bind_int64 (statement, 3, limit - 1);

  return base_db_statement_run (statement, error);
}

/**
 * confabd_subscriptions_store:
 * @self: the tables
 * @query: %CONFABD_QUERY_STORE_SUBSCRIPTION
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_subscriptions_store (const ConfabdTables  *self,
                             ConfabdQuery         *query,
                             GError              **error)
{
  const ConfabdSubscription *subscription = query->subscription;
  gint64 user_row;
  gboolean free;

  if (!confabd_users_find_row (self, &subscription->user_id, &user_row, error))
    return FALSE;

  if (user_row == 0)
    {
      query->status = CONFABD_QUERY_NOT_EXISTS;
      return TRUE;
    }

  if (!check_owner (self, subscription, user_row, &free, error))
    return FALSE;

  if (!free)
    {
      query->status = CONFABD_QUERY_EXISTS;
      return TRUE;
    }

  query->changed = TRUE;

  return replace (self, subscription, user_row, error) &&
         drop_oldest (self, user_row, subscription->endpoint, MAX (query->limit, 1), error);
}

/**
 * confabd_subscriptions_delete:
 * @self: the tables
 * @query: %CONFABD_QUERY_DELETE_SUBSCRIPTION
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_subscriptions_delete (const ConfabdTables  *self,
                              ConfabdQuery         *query,
                              GError              **error)
{
  static const BaseUuid anybody;
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "DELETE FROM subscriptions WHERE endpoint = ?1 AND "
                     "(?2 IS NULL OR user_id = (SELECT id FROM users WHERE user_id = ?2))", error);

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, query->name);
  if (base_uuid_equal (&query->user_id, &anybody))
    base_db_bind_null (statement, 2);
  else
    base_db_bind_uuid (statement, 2, &query->user_id);

  if (!base_db_statement_run (statement, error))
    return FALSE;

  query->changed = base_db_get_n_changes (self->db) > 0;

  return TRUE;
}

static gboolean
list_of_user (const ConfabdTables  *self,
              ConfabdQuery         *query,
              const BaseUuid       *user_id,
              GError              **error)
{
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS " FROM subscriptions s JOIN users u ON u.id = s.user_id "
                     "WHERE u.user_id = ?1 ORDER BY s.created_ms, s.endpoint", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_uuid (statement, 1, user_id);

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    g_ptr_array_add (query->subscriptions, read_row (statement));

  return step == BASE_DB_STEP_DONE;
}

static gboolean
list_page (const ConfabdTables  *self,
           ConfabdQuery         *query,
           GError              **error)
{
  guint limit = query->limit > 0 ? query->limit : CONFABD_PAGE_DEFAULT;
  g_autoptr(BaseDbStatement) statement =
    base_db_prepare (self->db,
                     "SELECT " COLUMNS " FROM subscriptions s JOIN users u ON u.id = s.user_id "
                     "WHERE s.endpoint > ?1 ORDER BY s.endpoint LIMIT ?2", error);
  BaseDbStep step;

  if (!statement)
    return FALSE;

  base_db_bind_text (statement, 1, query->after ? query->after : "");
  base_db_bind_int64 (statement, 2, (gint64) limit + 1);

  while ((step = base_db_statement_step (statement, error)) == BASE_DB_STEP_ROW)
    {
      if (query->subscriptions->len < limit)
        g_ptr_array_add (query->subscriptions, read_row (statement));
      else
        query->more = TRUE;
    }

  return step == BASE_DB_STEP_DONE;
}

/**
 * confabd_subscriptions_list:
 * @self: the tables
 * @query: %CONFABD_QUERY_SUBSCRIPTIONS
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_subscriptions_list (const ConfabdTables  *self,
                            ConfabdQuery         *query,
                            GError              **error)
{
  query->subscriptions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_subscription_free);

  if (!query->ids)
    return list_page (self, query, error);

  for (guint i = 0; i < query->ids->len; i++)
    if (!list_of_user (self, query, &g_array_index (query->ids, BaseUuid, i), error))
      return FALSE;

  return TRUE;
}
