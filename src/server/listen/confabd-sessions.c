/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include "confabd-sessions.h"

typedef struct
{
  BaseUuid session_id;
  BaseUuid user_id;
} Session;

struct _ConfabdSessions
{
  GHashTable *alive; /* session id → session, which begins with it */
};

ConfabdSessions *
confabd_sessions_new (void)
{
  ConfabdSessions *self = g_new0 (ConfabdSessions, 1);

  self->alive = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, NULL, g_free);

  return self;
}

void
confabd_sessions_free (ConfabdSessions *self)
{
  g_hash_table_unref (self->alive);
  g_free (self);
}

/**
 * confabd_sessions_add:
 * @self: the live sessions
 * @session_id: a session that began
 * @user_id: whose it is
 */
void
confabd_sessions_add (ConfabdSessions *self,
                      const BaseUuid  *session_id,
                      const BaseUuid  *user_id)
{
  Session *session = g_new (Session, 1);

  session->session_id = *session_id;
  session->user_id = *user_id;
  g_hash_table_replace (self->alive, &session->session_id, session);
}

/**
 * confabd_sessions_remove:
 * @self: the live sessions
 * @session_id: a session that ended
 *
 * Returns: whether it was alive
 */
gboolean
confabd_sessions_remove (ConfabdSessions *self,
                         const BaseUuid  *session_id)
{
  return g_hash_table_remove (self->alive, session_id);
}

/**
 * confabd_sessions_is_alive:
 * @self: the live sessions
 * @session_id: of a token
 * @user_id: of the same token
 *
 * Returns: whether that user has that session
 */
gboolean
confabd_sessions_is_alive (ConfabdSessions *self,
                           const BaseUuid  *session_id,
                           const BaseUuid  *user_id)
{
  const Session *session = g_hash_table_lookup (self->alive, session_id);

  return session && base_uuid_equal (&session->user_id, user_id);
}

guint
confabd_sessions_get_n (ConfabdSessions *self)
{
  return g_hash_table_size (self->alive);
}
