/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"
#include "confab-enums.h"
#include "confab-event-private.h"

G_BEGIN_DECLS

/* A room as the local store knows it. */
typedef struct
{
  char           *rid;
  ConfabRoomKind  kind;
  char           *epoch;            /* "" until the server told */
  gboolean        joined;
  guint           n_members;
  guint           n_unread;
  guint64         read_seq;         /* the marker on this device */
  guint64         shared_read_seq;  /* what the server knows of it */
  gint64          last_activity_us;
  gboolean        muted;
  char           *draft;

  guint64         newest_seq;       /* of the newest span; 0: nothing is known */
  guint64         others_read;      /* the greatest markers of anybody else */
  guint64         others_received;
  ConfabEvent    *last;             /* the newest message, or NULL */
} ConfabRoomRow;

ConfabRoomRow *confab_room_row_new              (const char           *rid);
void           confab_room_row_free             (ConfabRoomRow        *self);

/* (element-type ConfabRoomRow) */
GPtrArray     *confab_store_rooms_load          (BaseDb               *db,
                                                 const char           *own_user_id,
                                                 GError              **error);
/* What the server says of a room; leaves draft, muting and marker alone. */
gboolean       confab_store_rooms_save          (BaseDb               *db,
                                                 const ConfabRoomRow  *row,
                                                 GError              **error);
gboolean       confab_store_rooms_set_draft     (BaseDb               *db,
                                                 const char           *rid,
                                                 const char           *draft,
                                                 GError              **error);
gboolean       confab_store_rooms_set_muted     (BaseDb               *db,
                                                 const char           *rid,
                                                 gboolean              muted,
                                                 GError              **error);
gboolean       confab_store_rooms_set_read      (BaseDb               *db,
                                                 const char           *rid,
                                                 guint64               read_seq,
                                                 guint64               shared_read_seq,
                                                 guint                 n_unread,
                                                 GError              **error);
gboolean       confab_store_rooms_mark          (BaseDb               *db,
                                                 const char           *rid,
                                                 const char           *user_id,
                                                 guint64               read_seq,
                                                 guint64               received_seq,
                                                 GError              **error);
/* Forgets all messages of the room: its sequence numbers mean others now. */
gboolean       confab_store_rooms_reset         (BaseDb               *db,
                                                 const char           *rid,
                                                 const char           *epoch,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabRoomRow, confab_room_row_free)

G_END_DECLS
