/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-uuid.h"
#include "confabd-event.h"

G_BEGIN_DECLS

/* A room has two names: the rid, by which a user addresses it, and the key, by which the server
 * knows it (ConfabdEvent.room). They differ for direct rooms only: "@OTHER" from either side,
 * "@LOW:HIGH" inside. */

char            *confabd_address_make_key    (const char      *rid,
                                              const BaseUuid  *asker,
                                              GError         **error);
char            *confabd_address_make_direct (const BaseUuid  *one,
                                              const BaseUuid  *other);
char            *confabd_address_make_rid    (const char      *key,
                                              const BaseUuid  *viewer);
ConfabdRoomKind  confabd_address_get_kind    (const char      *key);
gboolean         confabd_address_get_users   (const char      *key,
                                              BaseUuid         users[2]);

G_END_DECLS
