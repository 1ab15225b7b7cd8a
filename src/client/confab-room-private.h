/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-event-private.h"
#include "confab-message-private.h"
#include "confab-room.h"
#include "confab-session-private.h"
#include "confab-store-messages-private.h"
#include "confab-store-rooms-private.h"

G_BEGIN_DECLS

/* Shared by the files of this class only. */
struct _ConfabRoom
{
  GObject            parent_instance;

  ConfabSession     *session;           /* weak: the session owns its rooms */
  GCancellable      *lifetime;

  char              *rid;
  ConfabRoomKind     kind;
  char              *title;
  ConfabUser        *peer;              /* of a direct room */
  gboolean           joined;
  gboolean           muted;
  guint              n_members;
  guint              n_present;
  ConfabMessage     *last_message;
  /* The last one that has a seq: what is left when one that was not sent is discarded. */
  ConfabMessage     *last_posted;
  gint64             last_activity_at;

  /* confab-room-history.c */
  char              *epoch;             /* "" until the server told */
  guint64            taken_seq;         /* up to here events were handed to the store */
  guint64            newest_seq;        /* up to here they were announced */
  guint64            snapshot_seq;      /* events up to here are in the server's unread count */
  gboolean           catches_up;        /* the room was known before the snapshot */
  gboolean           appeared;          /* came into being on this connection */
  gboolean           synced;            /* subscribed on this connection */
  gboolean           filling;           /* a gap is being filled */
  GQueue             held;              /* of ConfabEvent: came too early; in growing order */
  guint              generation;        /* how often the room was reset */
  guint              n_writes;          /* under way: what they hold is not announced yet */
  GPtrArray         *settled;           /* of GTask: who waits until nothing is under way */
  ConfabMessageList *messages;          /* NULL until somebody asks; a toggle reference */
  GSource           *messages_timer;    /* since nobody else holds them */

  /* confab-room-markers.c */
  guint              n_unread;
  guint64            read_seq;
  guint64            shared_read_seq;   /* what the server knows of it */
  guint64            shared_received_seq;
  guint64            others_read;       /* the greatest marker of anybody else */
  guint64            others_received;
  GSource           *marker_timer;      /* until markers may be sent again */
  gboolean           markers_waiting;
  gboolean           count_again;       /* the store lacked messages when it was counted */

  /* confab-room-people.c */
  GListStore        *typing;            /* of ConfabUser */
  GHashTable        *typing_timers;     /* ConfabUser → GSource */
  GListStore        *present;           /* of ConfabUser */
  gint64             typing_sent_at;    /* monotonic; 0: the others do not think so */
  GSource           *typing_lapse;

  char              *draft;
  GSource           *draft_timer;
};

ConfabRoom *confab_room_new                 (ConfabSession        *session,
                                             const char           *rid);
void        confab_room_restore             (ConfabRoom           *self,
                                             const ConfabRoomRow  *row);
void        confab_room_detach              (ConfabRoom           *self);
void        confab_room_set_joined          (ConfabRoom           *self,
                                             gboolean              joined);
/* A ROOM of PROTOCOL.md. */
void        confab_room_take_info           (ConfabRoom           *self,
                                             JsonObject           *info);
void        confab_room_update_title        (ConfabRoom           *self);
void        confab_room_set_last_message    (ConfabRoom           *self,
                                             ConfabMessage        *message);
void        confab_room_update_last         (ConfabRoom           *self,
                                             ConfabMessage        *message);
void        confab_room_count_members       (ConfabRoom           *self,
                                             int                   change);
void        confab_room_set_n_present       (ConfabRoom           *self,
                                             guint                 n_present);
void        confab_room_set_n_unread        (ConfabRoom           *self,
                                             guint                 n_unread);
void        confab_room_notify_read_seq     (ConfabRoom           *self);
void        confab_room_save                (ConfabRoom           *self);
void        confab_room_flush_draft         (ConfabRoom           *self);
void        confab_room_start_timer         (ConfabRoom           *self,
                                             GSource             **timer,
                                             guint                 delay_ms,
                                             GSourceFunc           callback);

/* confab-room-history.c */
void        confab_room_reset               (ConfabRoom           *self,
                                             const char           *epoch);
void        confab_room_take_live           (ConfabRoom           *self,
                                             ConfabEvent          *event,
                                             const char           *epoch);
/* Keeps a piece of history that a message list asked for. */
void        confab_room_keep_page           (ConfabRoom           *self,
                                             ConfabPage           *page);
void        confab_room_disconnected        (ConfabRoom           *self);
/* Subscribes and fills the gap; ends when everything that came is announced. */
void        confab_room_sync_async          (ConfabRoom           *self,
                                             guint64               server_seq,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean    confab_room_sync_finish         (ConfabRoom           *self,
                                             GAsyncResult         *result,
                                             GError              **error);
/* Ends when all that was taken is announced. */
void        confab_room_settle_async        (ConfabRoom           *self,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean    confab_room_settle_finish       (ConfabRoom           *self,
                                             GAsyncResult         *result,
                                             GError              **error);
ConfabMessage *confab_room_make_message     (ConfabRoom           *self,
                                             ConfabEvent          *event);

/* confab-room-markers.c */
void        confab_room_take_unread         (ConfabRoom           *self,
                                             guint64               server_read_seq,
                                             guint                 n_unread);
void        confab_room_take_marker         (ConfabRoom           *self,
                                             const char           *user_id,
                                             guint64               read_seq,
                                             guint64               received_seq);
void        confab_room_share_markers       (ConfabRoom           *self);
void        confab_room_flush_markers       (ConfabRoom           *self);
void        confab_room_recount             (ConfabRoom           *self);

/* confab-room-people.c */
void        confab_room_take_typing         (ConfabRoom           *self,
                                             const char           *user_id,
                                             gboolean              typing);
void        confab_room_take_present        (ConfabRoom           *self,
                                             JsonArray            *user_ids,
                                             guint                 n_present);
void        confab_room_take_notice         (ConfabRoom           *self,
                                             const char           *code,
                                             const char           *user_id,
                                             guint                 n_connections);
void        confab_room_clear_people        (ConfabRoom           *self);

G_END_DECLS
