/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The whole of libconfab-1. Include this and nothing else of it. */

#include "confab-client-altogic.h"
#include "confab-client-error.h"
#include "confab-client.h"
#include "confab-connection.h"
#include "confab-credentials.h"
#include "confab-database-response.h"
#include "confab-enums.h"
#include "confab-error.h"
#include "confab-group-info.h"
#include "confab-message-list.h"
#include "confab-message.h"
#include "confab-profile.h"
#include "confab-realtime-event.h"
#include "confab-realtime-group.h"
#include "confab-realtime-user.h"
#include "confab-room.h"
#include "confab-search-hit.h"
#include "confab-session.h"
#include "confab-space-info.h"
#include "confab-types.h"
#include "confab-user.h"
#include "confab-websocket.h"
