/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-uuid.h"

G_BEGIN_DECLS

/* The sessions that are alive, so that a token is judged without a question to the store. Of the main thread. */
typedef struct _ConfabdSessions ConfabdSessions;

ConfabdSessions *confabd_sessions_new      (void);
void             confabd_sessions_free     (ConfabdSessions *self);
void             confabd_sessions_add      (ConfabdSessions *self,
                                            const BaseUuid  *session_id,
                                            const BaseUuid  *user_id);
gboolean         confabd_sessions_remove   (ConfabdSessions *self,
                                            const BaseUuid  *session_id);
gboolean         confabd_sessions_is_alive (ConfabdSessions *self,
                                            const BaseUuid  *session_id,
                                            const BaseUuid  *user_id);
guint            confabd_sessions_get_n    (ConfabdSessions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSessions, confabd_sessions_free)

G_END_DECLS
