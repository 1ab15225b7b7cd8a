/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-json-private.h"
#include "confab-room-private.h"
#include "confab-session-private.h"

/* From the greeting to ONLINE: which rooms there are, what happened in each, what we have to say.
 * The requests of all rooms are under way at the same time. */

typedef struct
{
  ConfabSession *session;
  guint          attempt;
  guint          n_pending;
} Sync;

static void
sync_free (Sync *sync)
{
  g_object_unref (sync->session);
  g_free (sync);
}

/* Whether the connection that this began on is still there. */
static gboolean
is_current (Sync *sync)
{
  return sync->attempt == sync->session->attempt &&
         confab_connection_get_state (sync->session->connection) ==
         CONFAB_CONNECTION_STATE_GREETING;
}

static void
outbox_flushed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Sync *sync = user_data;

  (void) confab_outbox_flush_finish (CONFAB_OUTBOX (source), result, NULL);
  if (is_current (sync))
    {
      confab_connection_finish_greeting (sync->session->connection);
      confab_user_cache_resume (sync->session->users);
    }
  sync_free (sync);
}

static void
finish_one (Sync *sync)
{
  if (--sync->n_pending > 0)
    return;

  if (is_current (sync))
    confab_outbox_flush_async (sync->session->outbox, outbox_flushed_cb, sync);
  else
    sync_free (sync);
}

static void
room_synced_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  Sync *sync = user_data;
  g_autoptr(GError) error = NULL;

  /* A room that cannot be entered must not keep the others away. */
  if (!confab_room_sync_finish (CONFAB_ROOM (source), result, &error))
    g_debug ("No snapshot of “%s”: %s", confab_room_get_rid (CONFAB_ROOM (source)),
             error->message);
  finish_one (sync);
}

static void
sync_one (Sync       *sync,
          ConfabRoom *room,
          guint64     server_seq)
{
  sync->n_pending++;
  confab_room_sync_async (room, server_seq, room_synced_cb, sync);
}

static GHashTable *
take_listed_rooms (Sync      *sync,
                   JsonArray *rooms)
{
  GHashTable *listed = g_hash_table_new (NULL, NULL);
  guint n_rooms = rooms ? json_array_get_length (rooms) : 0;

  for (guint i = 0; i < n_rooms; i++)
    {
      JsonObject *info = confab_json_array_object (rooms, i);
      const char *rid = info ? confab_json_get_string (info, "rid") : NULL;
      ConfabRoom *room = rid ? confab_session_ensure_room (sync->session, rid) : NULL;
      guint64 seq = 0;

      if (!room || !g_hash_table_add (listed, room))
        continue;

      confab_json_get_uint (info, "seq", &seq);
      confab_room_take_info (room, info);
      confab_room_set_joined (room, TRUE);
      confab_session_room_moved (sync->session, room);
      sync_one (sync, room, seq);
    }

  return listed;
}

/* Left on another device; or, of a direct room, nobody has said anything yet. */
static void
take_unlisted_rooms (Sync       *sync,
                     GHashTable *listed)
{
  g_autoptr(GPtrArray) rooms = confab_session_list_all_rooms (sync->session);

  for (guint i = 0; i < rooms->len; i++)
    {
      ConfabRoom *room = g_ptr_array_index (rooms, i);

      if (!room->joined || g_hash_table_contains (listed, room))
        continue;

      if (room->kind == CONFAB_ROOM_KIND_DIRECT && room->newest_seq == 0)
        {
          sync_one (sync, room, 0);
          continue;
        }

      confab_room_set_joined (room, FALSE);
      confab_session_room_moved (sync->session, room);
      confab_room_save (room);
    }
}

static void
rooms_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Sync *sync = user_data;
  g_autoptr(GHashTable) listed = NULL;
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!is_current (sync))
    {
      sync_free (sync);
      return;
    }
  if (!ok)
    {
      confab_connection_fail (CONFAB_CONNECTION (source), error);
      sync_free (sync);
      return;
    }

  /* One more than there are rooms, so that the last of them cannot end it too early. */
  sync->n_pending = 1;
  listed = take_listed_rooms (sync, confab_json_get_array (ok, "rooms"));
  take_unlisted_rooms (sync, listed);
  finish_one (sync);
}

void
confab_session_sync (ConfabSession *self)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("rooms", NULL);
  Sync *sync = g_new0 (Sync, 1);

  sync->session = g_object_ref (self);
  sync->attempt = ++self->attempt;
  confab_connection_request_async (self->connection, request, self->lifetime, rooms_answered_cb,
                                   sync);
}

static void
single_synced_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_room_sync_finish (CONFAB_ROOM (source), result, &error))
    g_debug ("No snapshot of “%s”: %s", confab_room_get_rid (CONFAB_ROOM (source)),
             error->message);
}

void
confab_session_sync_room (ConfabSession *self,
                          ConfabRoom    *room)
{
  confab_room_sync_async (room, room->taken_seq, single_synced_cb, NULL);
}
