/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-thread.h"
#include "confabd-core.h"
#include "confabd-doorway.h"
#include "confabd-http.h"
#include "confabd-hub.h"
#include "confabd-server.h"
#include "confabd-space.h"
#include "confabd-sqlite-store.h"
#include "confabd-tls.h"
#include "confabd-web-push.h"

#include "wire-limits.h"

G_BEGIN_DECLS

struct _ConfabdServer
{
  ConfabdSpace        *space;
  WireLimits           limits;
  char                *limits_json;

  BaseMailbox         *mailbox;         /* of the main thread */
  GSource             *mailbox_source;
  BaseMailbox         *core_mailbox;

  ConfabdTokenMint    *mint;
  ConfabdTls          *tls;             /* NULL: plain */
  ConfabdSqliteStore  *store;
  ConfabdBus          *bus;
  ConfabdWebPush      *push;
  ConfabdTrace        *trace;           /* NULL: nobody wants one */
  ConfabdHub          *hub;
  ConfabdCore         *core;            /* of the core's thread, once that runs */
  ConfabdCoreThread   *core_thread;
  ConfabdAccounts     *accounts;
  ConfabdHttp         *http;
  ConfabdDoorway      *doorway;

  gboolean             loaded;
  GError              *load_error;
  gboolean             draining;
  ConfabdServerFunc    drained;
  gpointer             drained_data;
};

/* confabd-server-hooks.c */
extern const ConfabdHubEvents        confabd_server_hub_events;
extern const ConfabdCoreThreadEvents confabd_server_core_thread_events;
extern const ConfabdAccountsEvents   confabd_server_accounts_events;
extern const ConfabdHttpHooks        confabd_server_http_hooks;

void confabd_server_fill_core_options (ConfabdServer      *self,
                                       ConfabdCoreOptions *options);

G_END_DECLS
