/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-live-sessions"

#include "config.h"

#include "confabd-live-sessions.h"

typedef struct
{
  BaseUuid session_id;
  BaseUuid user_id;
} Session;

struct _ConfabdLiveSessions
{
  GHashTable *alive; /* session id → session, which begins with it */
};

ConfabdLiveSessions *
confabd_live_sessions_new (void)
{
  ConfabdLiveSessions *self = g_new0 (ConfabdLiveSessions, 1);

  self->alive = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, NULL, g_free);

  return self;
}

void
confabd_live_sessions_free (ConfabdLiveSessions *self)
{
  g_hash_table_unref (self->alive);
  g_free (self);
}

/**
 * confabd_live_sessions_add:
 * @self: the live sessions
 * @session_id: a session that began
 * @user_id: whose it is
 */
void
confabd_live_sessions_add (ConfabdLiveSessions *self,
                           const BaseUuid      *session_id,
                           const BaseUuid      *user_id)
{
  Session *session = g_new (Session, 1);

  session->session_id = *session_id;
  session->user_id = *user_id;
  g_hash_table_replace (self->alive, &session->session_id, session);
}

/**
 * confabd_live_sessions_remove:
 * @self: the live sessions
 * @session_id: a session that ended
 *
 * Returns: whether it was alive
 */
gboolean
confabd_live_sessions_remove (ConfabdLiveSessions *self,
                              const BaseUuid      *session_id)
{
  return g_hash_table_remove (self->alive, session_id);
}

/**
 * confabd_live_sessions_is_alive:
 * @self: the live sessions
 * @session_id: of a token
 * @user_id: of the same token
 *
 * Returns: whether that user has that session
 */
gboolean
confabd_live_sessions_is_alive (ConfabdLiveSessions *self,
                                const BaseUuid      *session_id,
                                const BaseUuid      *user_id)
{
  const Session *session = g_hash_table_lookup (self->alive, session_id);

  return session && base_uuid_equal (&session->user_id, user_id);
}

guint
confabd_live_sessions_get_n (ConfabdLiveSessions *self)
{
  return g_hash_table_size (self->alive);
}
