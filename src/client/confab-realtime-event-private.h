/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-realtime-event.h"

G_BEGIN_DECLS

/* What the client itself has to say. */
ConfabRealtimeEvent *confab_realtime_event_new       (ConfabRealtimeEventKind  kind,
                                                      const char              *message);
/* What a frame of the wire says; NULL if it says nothing. */
ConfabRealtimeEvent *confab_realtime_event_parse     (const char              *text,
                                                      gsize                    length);
/* The type as the documents write it. */
const char          *confab_realtime_event_type_name (ConfabRealtimeEvent     *self);

G_END_DECLS
