/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-tables-private.h"

typedef gboolean (*AnswerFunc) (const ConfabdTables  *self,
                                ConfabdQuery         *query,
                                GError              **error);

/* Who answers what. A writer's turn is within the group commit, a reader's beside it. */
static const struct
{
  AnswerFunc answer;
  gboolean   writes;
} queries[] = {
  [CONFABD_QUERY_ROOMS] = { confabd_rooms_list, FALSE },
  [CONFABD_QUERY_HISTORY] = { confabd_events_list, FALSE },
  [CONFABD_QUERY_MARK_READ] = { confabd_rooms_mark_read, TRUE },
  [CONFABD_QUERY_HIDE] = { confabd_rooms_hide, TRUE },
  [CONFABD_QUERY_GROUPS] = { confabd_rooms_list_groups, FALSE },
  [CONFABD_QUERY_MEMBERS] = { confabd_users_list_members, FALSE },
  [CONFABD_QUERY_CONTACTS] = { confabd_users_list_contacts, FALSE },
  [CONFABD_QUERY_USERS] = { confabd_users_list, FALSE },
  [CONFABD_QUERY_SEEN] = { confabd_users_mark_seen, TRUE },
  [CONFABD_QUERY_CREATE_USER] = { confabd_users_create, TRUE },
  [CONFABD_QUERY_FIND_USER] = { confabd_users_find, FALSE },
  [CONFABD_QUERY_UPDATE_USER] = { confabd_users_update, TRUE },
  [CONFABD_QUERY_CREATE_SESSION] = { confabd_sessions_create, TRUE },
  [CONFABD_QUERY_ROTATE_SESSION] = { confabd_sessions_rotate, TRUE },
  [CONFABD_QUERY_REVOKE_SESSIONS] = { confabd_sessions_revoke, TRUE },
  [CONFABD_QUERY_SESSIONS] = { confabd_sessions_list, FALSE },
  [CONFABD_QUERY_STORE_SUBSCRIPTION] = { confabd_subscriptions_store, TRUE },
  [CONFABD_QUERY_DELETE_SUBSCRIPTION] = { confabd_subscriptions_delete, TRUE },
  [CONFABD_QUERY_SUBSCRIPTIONS] = { confabd_subscriptions_list, FALSE },
};

/**
 * confabd_tables_query_writes:
 * @kind: a kind of query
 *
 * Returns: whether it changes something
 */
gboolean
confabd_tables_query_writes (ConfabdQueryKind kind)
{
  return queries[kind].writes;
}

/* A query can be answered twice, if the transaction of the first time came to nothing. */
static void
forget_answer (ConfabdQuery *query)
{
  query->status = CONFABD_QUERY_OK;
  query->changed = query->more = FALSE;
  g_clear_pointer (&query->rooms, g_ptr_array_unref);
  g_clear_pointer (&query->events, g_ptr_array_unref);
  g_clear_pointer (&query->users, g_ptr_array_unref);
  g_clear_pointer (&query->sessions, g_ptr_array_unref);
  g_clear_pointer (&query->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&query->reads, g_array_unref);
}

/**
 * confabd_tables_answer:
 * @self: the tables, within a transaction
 * @query: what is asked, and where the answer goes
 * @error: return location for a %BASE_DB_ERROR
 *
 * Returns: %FALSE if the database failed
 */
gboolean
confabd_tables_answer (const ConfabdTables  *self,
                       ConfabdQuery         *query,
                       GError              **error)
{
  forget_answer (query);

  return queries[query->kind].answer (self, query, error);
}
