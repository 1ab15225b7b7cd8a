/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-hub.h"

G_BEGIN_DECLS

/* What stands behind an endpoint, in the place of our core. */

/* Engine.IO: says every message back. */
extern const ConfabdHubEvents conformance_echo_events;

/* Socket.IO: the events that the public test suite of Socket.IO 5 asks of a server. */
typedef struct _ConformanceRooms ConformanceRooms;

extern const ConfabdHubEvents conformance_rooms_events;

ConformanceRooms *conformance_rooms_new  (ConfabdHub       *hub,
                                          guint             connect_ms);
void              conformance_rooms_free (ConformanceRooms *self);

G_END_DECLS
