/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-session-private.h"

#include "confab-room-private.h"
#include "confab-store-outbox-private.h"
#include "confab-store-rooms-private.h"

/* The beginning and the end of a session: its models are filled from the store, and what waits is
 * written there. */

typedef struct
{
  char      *user_id;
  GPtrArray *rooms;   /* of ConfabRoomRow */
  GPtrArray *outbox;  /* of ConfabOutgoingRow */
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  g_free (loading->user_id);
  g_clear_pointer (&loading->rooms, g_ptr_array_unref);
  g_clear_pointer (&loading->outbox, g_ptr_array_unref);
  g_free (loading);
}

static gboolean
read_everything (BaseDb    *db,
                 gpointer   data,
                 GError   **error)
{
  Loading *loading = data;

  loading->rooms = confab_store_rooms_load (db, loading->user_id, error);
  if (loading->rooms)
    loading->outbox = confab_store_outbox_load (db, error);

  return loading->outbox != NULL;
}

static void
restore_outbox (ConfabSession *self,
                GPtrArray     *rows)
{
  confab_outbox_restore (self->outbox, rows);
  for (guint i = 0; i < rows->len; i++)
    {
      ConfabOutgoingRow *row = g_ptr_array_index (rows, i);
      ConfabRoom *room = confab_session_ensure_room (self, row->rid);
      g_autoptr(GPtrArray) messages = NULL;

      if (!room)
        continue;

      messages = confab_outbox_list (self->outbox, row->rid);
      if (messages->len)
        confab_room_update_last (room, g_ptr_array_index (messages, messages->len - 1));
    }
}

static void
load_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  Loading *loading = confab_store_run_finish (CONFAB_STORE (source), result, &error);

  if (!loading)
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < loading->rooms->len; i++)
    {
      ConfabRoomRow *row = g_ptr_array_index (loading->rooms, i);
      ConfabRoom *room = confab_session_ensure_room (self, row->rid);

      if (!room)
        continue;

      confab_room_restore (room, row);
      confab_session_room_moved (self, room);
    }
  restore_outbox (self, loading->outbox);
  confab_session_unread_changed (self);
  g_task_return_boolean (task, TRUE);
}

void
confab_session_load_async (ConfabSession       *self,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Loading *loading = g_new0 (Loading, 1);

  g_task_set_source_tag (task, confab_session_load_async);
  loading->user_id = g_strdup (confab_user_get_user_id (self->user));
  /* By the thread that writes: it makes the database if there is none. */
  confab_store_run_async (self->store, CONFAB_STORE_WRITE, read_everything, loading, loading_free,
                          NULL, load_read_cb, task);
}

gboolean
confab_session_load_finish (ConfabSession  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
close_closed_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (confab_store_close_finish (CONFAB_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
confab_session_close_async (ConfabSession       *self,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GPtrArray) rooms = confab_session_list_all_rooms (self);

  g_task_set_source_tag (task, confab_session_close_async);
  for (guint i = 0; i < rooms->len; i++)
    {
      confab_room_flush_draft (g_ptr_array_index (rooms, i));
      confab_room_flush_markers (g_ptr_array_index (rooms, i));
    }
  confab_connection_close (self->connection);
  confab_store_close_async (self->store, close_closed_cb, task);
}

gboolean
confab_session_close_finish (ConfabSession  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
