/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client.h"
#include "confab-http-private.h"
#include "confab-realtime-private.h"
#include "confab-service-private.h"
#include "confab-time-private.h"

G_BEGIN_DECLS

typedef struct _ConfabAltogic ConfabAltogic;

struct _ConfabClient
{
  GObject         parent_instance;

  ConfabTime     *time;
  ConfabHttp     *http;

  /* Skapi's half, NULL for Altogic: the service with its endpoints and tokens, the connection to
   * it, and for each list the start keys of the pages that have come. */
  ConfabService  *service;
  ConfabRealtime *realtime;
  GHashTable     *pages;

  /* Altogic's half, NULL for Skapi. */
  ConfabAltogic  *altogic;
};

/* A client of nothing yet. */
ConfabClient *confab_client_new_with_time (ConfabTime          *time);
/* Makes it one of a Skapi service. */
void          confab_client_set_service   (ConfabClient        *self,
                                           ConfabService       *service);
GTask        *confab_client_start_task    (ConfabClient        *self,
                                           gpointer             source_tag,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
void          confab_client_notify_group  (ConfabClient        *self);
void          confab_client_tell_progress (ConfabClient        *self,
                                           const char          *status,
                                           guint64              loaded,
                                           guint64              total);

G_END_DECLS
