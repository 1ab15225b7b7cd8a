/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-private.h"

G_BEGIN_DECLS

/* What follows when the log has answered. */

gboolean confabd_events_check         (const ConfabdAppend  *append,
                                       GError              **error);
void     confabd_events_deliver       (ConfabdCore          *self,
                                       const ConfabdEvent   *event,
                                       const char           *epoch);
void     confabd_events_announce_room (ConfabdCore          *self,
                                       const char           *key);

G_END_DECLS
