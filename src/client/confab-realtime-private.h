/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-realtime-event.h"
#include "confab-service-private.h"
#include "confab-websocket.h"

G_BEGIN_DECLS

#define CONFAB_REALTIME_RECONNECT_MS (3 * 1000)
#define CONFAB_REALTIME_KEEP_ALIVE_MS (15 * 1000)

#define CONFAB_TYPE_REALTIME (confab_realtime_get_type ())

G_DECLARE_FINAL_TYPE (ConfabRealtime, confab_realtime, CONFAB, REALTIME, GObject)

typedef enum {
  CONFAB_REALTIME_IDLE,        /* nobody wants a connection */
  CONFAB_REALTIME_CONNECTING,  /* for the first time */
  CONFAB_REALTIME_OPEN,
  CONFAB_REALTIME_LOST,        /* it was open, and is being made again */
  CONFAB_REALTIME_FAILED,      /* and that could not be done */
} ConfabRealtimeState;

/* Signal: event (ConfabRealtimeEvent). */
ConfabRealtime      *confab_realtime_new            (ConfabService        *service);
ConfabRealtimeState  confab_realtime_get_state      (ConfabRealtime       *self);
const char          *confab_realtime_get_group      (ConfabRealtime       *self);
void                 confab_realtime_connect_async  (ConfabRealtime       *self,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
ConfabWebsocket     *confab_realtime_connect_finish (ConfabRealtime       *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
void                 confab_realtime_close          (ConfabRealtime       *self);
/* FALSE: not open. */
gboolean             confab_realtime_send           (ConfabRealtime       *self,
                                                     JsonObject           *frame);
/* NULL: leaves. It is joined again after a reconnect. */
gboolean             confab_realtime_join           (ConfabRealtime       *self,
                                                     const char           *group);

G_END_DECLS
