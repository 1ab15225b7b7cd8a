/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* The types of the library, so that its headers need not include each other in circles. */
typedef struct _ConfabClient ConfabClient;
typedef struct _ConfabConnection ConfabConnection;
typedef struct _ConfabCredentials ConfabCredentials;
typedef struct _ConfabDatabaseResponse ConfabDatabaseResponse;
typedef struct _ConfabGroupInfo ConfabGroupInfo;
typedef struct _ConfabMessage ConfabMessage;
typedef struct _ConfabMessageList ConfabMessageList;
typedef struct _ConfabProfile ConfabProfile;
typedef struct _ConfabRealtimeEvent ConfabRealtimeEvent;
typedef struct _ConfabRealtimeGroup ConfabRealtimeGroup;
typedef struct _ConfabRealtimeUser ConfabRealtimeUser;
typedef struct _ConfabRoom ConfabRoom;
typedef struct _ConfabSearchHit ConfabSearchHit;
typedef struct _ConfabSession ConfabSession;
typedef struct _ConfabSpaceInfo ConfabSpaceInfo;
typedef struct _ConfabUser ConfabUser;
typedef struct _ConfabWebsocket ConfabWebsocket;

G_END_DECLS
