/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-db.h"
#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* How many of anything comes when nobody says how many. */
#define CONFABD_PAGE_DEFAULT 50

/* What a function of the tables works on. All of them return FALSE only if the database
 * failed; what came of it otherwise is the status of the append or the query. */
typedef struct
{
  BaseDb  *db;
  guint64  now_ms;
} ConfabdTables;

/* A row of rooms. */
typedef struct
{
  gint64           id;
  ConfabdRoomKind  kind;
  char             epoch[17];
  guint64          last_seq;
  guint64          n_messages;
  guint64          last_message_seq;  /* 0: none yet */
  guint            n_members;
} ConfabdRoomRecord;

/* A row of room_users, zeros if there is none. */
typedef struct
{
  gboolean  member;
  guint64   read_seq;
  guint64   received_seq;
  guint64   read_rank;
  guint64   n_own;
  guint64   own_at_read;
} ConfabdRoomUserRecord;

BaseDb       *confabd_tables_open               (const char             *path,
                                                 const char             *vfs,
                                                 gboolean                read_only,
                                                 GError                **error);

/* By kind of query; the writer's are those that change something. */
gboolean      confabd_tables_query_writes       (ConfabdQueryKind        kind);
gboolean      confabd_tables_answer             (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

/* users */
gboolean      confabd_users_find_row            (const ConfabdTables    *self,
                                                 const BaseUuid         *user_id,
                                                 gint64                 *row,
                                                 GError                **error);
gboolean      confabd_users_load                (const ConfabdTables    *self,
                                                 const BaseUuid         *user_id,
                                                 ConfabdUser           **user,
                                                 GError                **error);
ConfabdUser  *confabd_users_read_row            (BaseDbStatement        *statement);
gboolean      confabd_users_list                (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_list_members        (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_list_contacts       (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_find                (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_create              (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_update              (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_users_mark_seen           (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

/* sessions */
gboolean      confabd_sessions_insert           (const ConfabdTables    *self,
                                                 const ConfabdSession   *session,
                                                 GError                **error);
gboolean      confabd_sessions_create           (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_sessions_rotate           (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_sessions_revoke           (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_sessions_list             (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

/* subscriptions */
gboolean      confabd_subscriptions_store       (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_subscriptions_delete      (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_subscriptions_list        (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

/* rooms and room_users */
gboolean      confabd_rooms_parse_direct        (const char             *room,
                                                 BaseUuid               *low,
                                                 BaseUuid               *high);
gboolean      confabd_rooms_find_record                (const ConfabdTables    *self,
                                                        const char             *room,
                                                        ConfabdRoomRecord      *record,
                                                        GError                **error);
gboolean      confabd_rooms_find_or_create      (const ConfabdTables    *self,
                                                 const char             *room,
                                                 ConfabdRoomRecord      *record,
                                                 GError                **error);
gboolean      confabd_rooms_save                (const ConfabdTables    *self,
                                                 const ConfabdRoomRecord *record,
                                                 GError                **error);
gboolean      confabd_rooms_set_member          (const ConfabdTables    *self,
                                                 ConfabdRoomRecord      *record,
                                                 gint64                  user_row,
                                                 gboolean                member,
                                                 gboolean               *changed,
                                                 GError                **error);
gboolean      confabd_rooms_load_user           (const ConfabdTables    *self,
                                                 gint64                  room_row,
                                                 gint64                  user_row,
                                                 ConfabdRoomUserRecord  *record,
                                                 GError                **error);
guint64       confabd_rooms_count_unread        (const ConfabdRoomRecord     *room,
                                                 const ConfabdRoomUserRecord *user);
gboolean      confabd_rooms_load_reads          (const ConfabdTables    *self,
                                                 gint64                  room_row,
                                                 GArray                **reads,
                                                 GError                **error);
gboolean      confabd_rooms_load_peer           (const ConfabdTables    *self,
                                                 const char             *room,
                                                 const BaseUuid         *user_id,
                                                 ConfabdUser           **peer,
                                                 GError                **error);
gboolean      confabd_rooms_list                (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_rooms_list_groups         (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_rooms_mark_read           (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);
gboolean      confabd_rooms_hide                (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

/* events */
gboolean      confabd_events_append             (const ConfabdTables    *self,
                                                 ConfabdAppend          *append,
                                                 GError                **error);
gboolean      confabd_events_read_tail          (const ConfabdTables    *self,
                                                 ConfabdTail            *tail,
                                                 GError                **error);
gboolean      confabd_events_load_last          (const ConfabdTables    *self,
                                                 const char             *room,
                                                 const ConfabdRoomRecord *record,
                                                 ConfabdEvent          **last,
                                                 GError                **error);
gboolean      confabd_events_get_rank           (const ConfabdTables    *self,
                                                 gint64                  room_row,
                                                 guint64                 seq,
                                                 guint64                *rank,
                                                 GError                **error);
gboolean      confabd_events_count_own          (const ConfabdTables    *self,
                                                 gint64                  room_row,
                                                 gint64                  user_row,
                                                 guint64                 after_seq,
                                                 guint64                 up_to_seq,
                                                 guint64                *n_own,
                                                 GError                **error);
gboolean      confabd_events_list               (const ConfabdTables    *self,
                                                 ConfabdQuery           *query,
                                                 GError                **error);

G_END_DECLS
