/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-json-private.h"
#include "confab-message-list-private.h"
#include "confab-room-private.h"

#define MARKERS_EVERY_MS 1000

/* How far the user and the others have read and received. Markers only grow; they are sent and
 * written at most once a second. */

/* What a piece of work of the store needs; a copy, because it runs on another thread. */
typedef struct
{
  char    *rid;
  char    *user_id;
  guint64  read_seq;
  guint64  shared_seq;
  guint64  received_seq;
  guint    n_unread;
} Marker;

static void
marker_free (gpointer data)
{
  Marker *marker = data;

  g_free (marker->rid);
  g_free (marker->user_id);
  g_free (marker);
}

static Marker *
marker_new (ConfabRoom *self,
            const char *user_id)
{
  Marker *marker = g_new0 (Marker, 1);

  marker->rid = g_strdup (self->rid);
  marker->user_id = g_strdup (user_id);

  return marker;
}

static gboolean
write_own_marker (BaseDb    *db,
                  gpointer   data,
                  GError   **error)
{
  Marker *marker = data;

  return confab_store_rooms_set_read (db, marker->rid, marker->read_seq, marker->shared_seq,
                                      marker->n_unread, error);
}

static gboolean
write_marker (BaseDb    *db,
              gpointer   data,
              GError   **error)
{
  Marker *marker = data;

  return confab_store_rooms_mark (db, marker->rid, marker->user_id, marker->read_seq,
                                  marker->received_seq, error);
}

static gboolean
count_unread (BaseDb    *db,
              gpointer   data,
              GError   **error)
{
  Marker *marker = data;
  gint64 n_unread = confab_store_messages_count_unread (db, marker->rid, marker->user_id,
                                                        marker->read_seq, error);

  if (n_unread < 0)
    return FALSE;

  marker->n_unread = (guint) MIN (n_unread, G_MAXUINT);

  return TRUE;
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("A marker was not written: %s", error->message);
}

static void
save_own_marker (ConfabRoom *self)
{
  Marker *marker = marker_new (self, NULL);

  marker->read_seq = self->read_seq;
  marker->shared_seq = self->shared_read_seq;
  marker->n_unread = self->n_unread;
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_WRITE,
                          write_own_marker, marker, marker_free, NULL, written_cb, NULL);
}

static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(ConfabRoom) self = user_data;
  g_autoptr(GError) error = NULL;
  Marker *marker = confab_store_run_finish (CONFAB_STORE (source), result, &error);

  /* The marker may have moved on meanwhile; then another count is on its way. */
  if (marker && self->session && marker->read_seq == self->read_seq)
    confab_room_set_n_unread (self, marker->n_unread);
}

void
confab_room_recount (ConfabRoom *self)
{
  Marker *marker;

  if (self->read_seq >= self->newest_seq)
    {
      confab_room_set_n_unread (self, 0);
      return;
    }

  marker = marker_new (self, confab_user_get_user_id (confab_session_get_user (self->session)));
  marker->read_seq = self->read_seq;
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_READ,
                          count_unread, marker, marker_free, self->lifetime, counted_cb,
                          g_object_ref (self));
}

static void
shared_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    g_debug ("A marker was not shared: %s", error->message);
}

static void
send_markers (ConfabRoom *self)
{
  gboolean share_read = confab_session_get_share_read (self->session) &&
                        self->read_seq > self->shared_read_seq;
  gboolean share_received = self->newest_seq > self->shared_received_seq;
  g_autoptr(JsonObject) request = NULL;

  if (!self->synced || !confab_session_is_connected (self->session) ||
      (!share_read && !share_received))
    return;

  request = confab_json_request_new ("read", self->rid);
  if (share_read)
    {
      self->shared_read_seq = self->read_seq;
      json_object_set_int_member (request, "seq", (gint64) self->read_seq);
    }
  self->shared_received_seq = MAX (self->newest_seq, self->shared_received_seq);
  json_object_set_int_member (request, "received", (gint64) self->shared_received_seq);
  confab_connection_request_async (confab_session_get_connection (self->session), request, NULL,
                                   shared_cb, NULL);
}

/* Now, whatever the second says. */
void
confab_room_flush_markers (ConfabRoom *self)
{
  confab_source_clear (&self->marker_timer);
  if (!self->markers_waiting || !self->session)
    return;

  self->markers_waiting = FALSE;
  send_markers (self);
  save_own_marker (self);
}

static gboolean
marker_timer_cb (gpointer user_data)
{
  ConfabRoom *self = user_data;

  confab_source_clear (&self->marker_timer);
  if (self->markers_waiting)
    confab_room_share_markers (self);

  return G_SOURCE_REMOVE;
}

/* At once if that was long ago, else when the second is over. */
void
confab_room_share_markers (ConfabRoom *self)
{
  self->markers_waiting = TRUE;
  if (self->marker_timer || !self->session)
    return;

  confab_room_flush_markers (self);
  confab_room_start_timer (self, &self->marker_timer, MARKERS_EVERY_MS, marker_timer_cb);
}

static gboolean
move_read_seq (ConfabRoom *self,
               guint64     seq)
{
  if (seq <= self->read_seq)
    return FALSE;

  self->read_seq = seq;
  confab_room_notify_read_seq (self);

  return TRUE;
}

void
confab_room_mark_read (ConfabRoom *self,
                       guint64     seq)
{
  g_return_if_fail (CONFAB_IS_ROOM (self));

  if (!self->session || !move_read_seq (self, MIN (seq, self->newest_seq)))
    return;

  confab_room_recount (self);
  confab_room_share_markers (self);
}

/* What the server says in a snapshot. It cannot know how far this device has read offline. */
void
confab_room_take_unread (ConfabRoom *self,
                         guint64     server_read_seq,
                         guint       n_unread)
{
  self->shared_read_seq = server_read_seq;
  move_read_seq (self, server_read_seq);
  self->count_again = self->read_seq > server_read_seq;
  if (self->count_again)
    confab_room_recount (self);
  else
    confab_room_set_n_unread (self, n_unread);
}

void
confab_room_take_marker (ConfabRoom *self,
                         const char *user_id,
                         guint64     read_seq,
                         guint64     received_seq)
{
  g_autofree char *normal = confab_event_normalize_uuid (user_id);
  Marker *marker;

  if (!normal || !self->session)
    return;

  if (confab_session_is_own (self->session, normal))
    {
      /* Another device of the user. */
      self->shared_read_seq = MAX (self->shared_read_seq, read_seq);
      if (move_read_seq (self, MIN (read_seq, self->newest_seq)))
        confab_room_recount (self);
      return;
    }

  self->others_read = MAX (self->others_read, read_seq);
  self->others_received = MAX (self->others_received, MAX (read_seq, received_seq));
  if (self->messages)
    confab_message_list_update_states (self->messages);
  if (self->last_message && confab_message_get_outgoing (self->last_message) &&
      confab_message_get_seq (self->last_message) &&
      confab_message_get_seq (self->last_message) <= self->others_received)
    confab_message_set_state (self->last_message,
                              confab_message_get_seq (self->last_message) <= self->others_read
                                ? CONFAB_MESSAGE_STATE_READ
                                : CONFAB_MESSAGE_STATE_DELIVERED);

  marker = marker_new (self, normal);
  marker->read_seq = read_seq;
  marker->received_seq = received_seq;
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_WRITE,
                          write_marker, marker, marker_free, NULL, written_cb, NULL);
}
