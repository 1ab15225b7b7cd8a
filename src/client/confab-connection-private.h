/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-connection.h"
#include "confab-time-private.h"

G_BEGIN_DECLS

/* The table of legal moves. */
gboolean    confab_connection_state_may_follow    (ConfabConnectionState  state,
                                                   ConfabConnectionState  next);
void        confab_connection_fail                (ConfabConnection      *self,
                                                   const GError          *error);
ConfabTime *confab_connection_get_time            (ConfabConnection      *self);
guint       confab_connection_get_n_in_flight     (ConfabConnection      *self);
/* Like confab_connection_request_async(), with a deadline of its own. */
void        confab_connection_request_within      (ConfabConnection      *self,
                                                   JsonObject            *request,
                                                   guint                  deadline_ms,
                                                   GCancellable          *cancellable,
                                                   GAsyncReadyCallback    callback,
                                                   gpointer               user_data);

G_END_DECLS
