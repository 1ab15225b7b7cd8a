/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client.h"
#include "confab-http-private.h"
#include "confab-time-private.h"

G_BEGIN_DECLS

typedef struct _ConfabAltogic ConfabAltogic;
typedef struct _ConfabRealtime ConfabRealtime;
typedef struct _ConfabService ConfabService;

struct _ConfabClient
{
  GObject         parent_instance;

  ConfabTime     *time;
  ConfabHttp     *http;

  /* Skapi's half: the service with its endpoints and tokens, and the connection to it. */
  ConfabService  *service;
  ConfabRealtime *realtime;
  GHashTable     *pages;      /* of a list's request: where its next page starts */

  /* Altogic's half. NULL: this client speaks to a Skapi service, and the other way round. */
  ConfabAltogic  *altogic;
};

/* With a clock of the test's. */
ConfabClient *confab_client_new_with_time (ConfabTime *time,
                                           const char *url,
                                           const char *service,
                                           const char *owner);

G_END_DECLS
