/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-uuid.h"

G_BEGIN_DECLS

/* The sessions that are alive, so that a token is judged without a question to the store. Of the
 * main thread. */
typedef struct _ConfabdLiveSessions ConfabdLiveSessions;

ConfabdLiveSessions *confabd_live_sessions_new      (void);
void             confabd_live_sessions_free     (ConfabdLiveSessions *self);
void             confabd_live_sessions_add      (ConfabdLiveSessions *self,
                                                 const BaseUuid  *session_id,
                                                 const BaseUuid  *user_id);
gboolean         confabd_live_sessions_remove   (ConfabdLiveSessions *self,
                                                 const BaseUuid  *session_id);
gboolean         confabd_live_sessions_is_alive (ConfabdLiveSessions *self,
                                                 const BaseUuid  *session_id,
                                                 const BaseUuid  *user_id);
guint            confabd_live_sessions_get_n    (ConfabdLiveSessions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdLiveSessions, confabd_live_sessions_free)

G_END_DECLS
