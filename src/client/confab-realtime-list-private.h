/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-database-response.h"
#include "confab-realtime-group.h"
#include "confab-realtime-user.h"

G_BEGIN_DECLS

/* @row is one of get-ws-group's list; NULL if it is none. */
ConfabRealtimeGroup    *confab_realtime_group_parse       (JsonObject   *row);
ConfabRealtimeUser     *confab_realtime_user_parse        (JsonObject   *row);
/* Takes @list. */
ConfabDatabaseResponse *confab_database_response_new      (GListStore   *list,
                                                           JsonNode     *start_key,
                                                           gboolean      end_of_list,
                                                           GPtrArray    *history);

G_END_DECLS
