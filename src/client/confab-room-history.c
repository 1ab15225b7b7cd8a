/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-message-list-private.h"
#include "confab-room-private.h"

#include "wire-limits.h"

/* How events get into a room.
 *
 * They are taken in the order of their numbers, without a gap and none twice; what comes too early
 * is held until the server has been asked for what lies between. What was taken is written to the
 * store, and announced to the models when that is done (or has failed: a full disk must not keep
 * messages from being seen). So whoever reads the store finds everything that was announced. */

#define MAX_HELD 1000
/* Who was away for longer starts with the newest; the rest comes when it is scrolled to. */
#define MAX_CATCH_UP 5000

/* What is written. Travels to the thread of the store, so it holds nothing of the room. */
typedef struct
{
  char      *rid;
  char      *epoch;
  GPtrArray *events;
  guint64    first_seq;
  guint64    last_seq;
} Writing;

/* What is announced after that. */
typedef struct
{
  ConfabRoom *room;
  GPtrArray  *events;
  guint64     first_seq;
  guint64     last_seq;
  guint       generation;
} Announcement;

static void start_filling (ConfabRoom *self);

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_free (writing->rid);
  g_free (writing->epoch);
  g_clear_pointer (&writing->events, g_ptr_array_unref);
  g_free (writing);
}

static void
announcement_free (Announcement *announcement)
{
  g_object_unref (announcement->room);
  g_ptr_array_unref (announcement->events);
  g_free (announcement);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Announcement, announcement_free)

static GPtrArray *
event_array_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
}

ConfabMessage *
confab_room_make_message (ConfabRoom  *self,
                          ConfabEvent *event)
{
  g_autoptr(ConfabUser) sender =
    confab_user_cache_dup_user (confab_session_get_users (self->session), event->user_id);
  gboolean outgoing = event->type == CONFAB_EVENT_MESSAGE &&
                      confab_session_is_own (self->session, event->user_id);
  ConfabMessageState state = CONFAB_MESSAGE_STATE_SENT;

  if (outgoing && event->seq <= self->others_read)
    state = CONFAB_MESSAGE_STATE_READ;
  else if (outgoing && event->seq <= self->others_received)
    state = CONFAB_MESSAGE_STATE_DELIVERED;

  return confab_message_new_for_event (event, sender, outgoing, state);
}

/* The object that is in the outbox and in the list already, if there is one. */
static ConfabMessage *
message_of_event (ConfabRoom  *self,
                  ConfabEvent *event)
{
  ConfabOutbox *outbox = confab_session_get_outbox (self->session);
  ConfabMessage *message = NULL;

  if (event->type == CONFAB_EVENT_MESSAGE && confab_session_is_own (self->session, event->user_id))
    message = confab_outbox_take_event (outbox, event->id);
  if (!message)
    return confab_room_make_message (self, event);

  confab_message_set_sent (message, event->seq, event->at_us);
  if (event->seq <= self->others_received)
    confab_message_set_state (message, event->seq <= self->others_read
                                         ? CONFAB_MESSAGE_STATE_READ
                                         : CONFAB_MESSAGE_STATE_DELIVERED);

  return message;
}

static gboolean
is_news (ConfabRoom    *self,
         ConfabMessage *message)
{
  ConfabMessageKind kind = confab_message_get_kind (message);

  return (kind == CONFAB_MESSAGE_KIND_TEXT || kind == CONFAB_MESSAGE_KIND_JSON) &&
         !confab_message_get_outgoing (message) &&
         confab_message_get_seq (message) > self->read_seq;
}

/* Each message that comes while we look on; of what was missed only the newest. */
static void
announce_news (ConfabRoom *self,
               GPtrArray  *messages,
               guint64     last_seq)
{
  guint n_live = 0;
  ConfabMessage *missed = NULL;

  for (guint i = 0; i < messages->len; i++)
    {
      ConfabMessage *message = g_ptr_array_index (messages, i);

      if (!is_news (self, message))
        continue;

      if (confab_message_get_seq (message) <= self->snapshot_seq)
        {
          missed = message;
          continue;
        }

      n_live++;
      confab_room_set_n_unread (self, self->n_unread + 1);
      if (!self->muted)
        confab_session_announce_message (self->session, self, message);
    }

  if (missed && n_live == 0 && last_seq >= self->snapshot_seq && !self->muted &&
      self->catches_up)
    confab_session_announce_message (self->session, self, missed);
}

static void
count_membership (ConfabRoom  *self,
                  ConfabEvent *event)
{
  /* The server's count in the snapshot has those before it. */
  if (event->seq <= self->snapshot_seq)
    return;

  if (event->type == CONFAB_EVENT_JOINED)
    confab_room_count_members (self, 1);
  else if (event->type == CONFAB_EVENT_LEFT)
    confab_room_count_members (self, -1);
}

static void
announce (ConfabRoom   *self,
          Announcement *news)
{
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);

  self->newest_seq = MAX (self->newest_seq, news->last_seq);
  for (guint i = 0; i < news->events->len; i++)
    {
      ConfabEvent *event = g_ptr_array_index (news->events, i);
      ConfabMessage *message;

      if (event->type == CONFAB_EVENT_OTHER)
        continue;

      message = message_of_event (self, event);
      g_ptr_array_add (messages, message);
      count_membership (self, event);
      if (event->type == CONFAB_EVENT_MESSAGE)
        confab_room_update_last (self, message);
    }

  if (self->messages)
    confab_message_list_append (self->messages, messages, news->first_seq, news->last_seq);
  announce_news (self, messages, news->last_seq);
  confab_room_save (self);
  if (self->synced)
    confab_room_share_markers (self);
}

static void
check_settled (ConfabRoom *self)
{
  g_autoptr(GPtrArray) settled = NULL;

  if (self->filling || self->n_writes > 0)
    return;

  settled = g_steal_pointer (&self->settled);
  self->settled = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < settled->len; i++)
    g_task_return_boolean (g_ptr_array_index (settled, i), TRUE);
}

void
confab_room_settle_async (ConfabRoom          *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, confab_room_settle_async);
  g_ptr_array_add (self->settled, task);
  check_settled (self);
}

gboolean
confab_room_settle_finish (ConfabRoom    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
write_events (BaseDb    *db,
              gpointer   data,
              GError   **error)
{
  Writing *writing = data;

  return confab_store_messages_insert (db, writing->rid, writing->events, writing->first_seq,
                                       writing->last_seq, error);
}

static void
taken_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(Announcement) news = user_data;
  ConfabRoom *self = news->room;
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("Messages were not stored: %s", error->message);

  self->n_writes--;
  if (self->session && news->generation == self->generation)
    announce (self, news);
  check_settled (self);
}

static Writing *
writing_new (ConfabRoom *self,
             GPtrArray  *events,
             guint64     first_seq,
             guint64     last_seq)
{
  Writing *writing = g_new0 (Writing, 1);

  writing->rid = g_strdup (self->rid);
  writing->events = g_ptr_array_ref (events);
  writing->first_seq = first_seq;
  writing->last_seq = last_seq;

  return writing;
}

/* All there is from @first_seq to @last_seq. */
static void
take (ConfabRoom *self,
      GPtrArray  *events,
      guint64     first_seq,
      guint64     last_seq)
{
  Announcement *news = g_new0 (Announcement, 1);

  news->room = g_object_ref (self);
  news->events = g_ptr_array_ref (events);
  news->first_seq = first_seq;
  news->last_seq = last_seq;
  news->generation = self->generation;
  self->taken_seq = last_seq;
  self->n_writes++;
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_WRITE,
                          write_events, writing_new (self, events, first_seq, last_seq),
                          writing_free, NULL, taken_cb, news);
}

static void
drop_known (GPtrArray *events,
            guint64    seq)
{
  guint n_known = 0;

  while (n_known < events->len &&
         ((ConfabEvent *) g_ptr_array_index (events, n_known))->seq <= seq)
    n_known++;
  if (n_known)
    g_ptr_array_remove_range (events, 0, n_known);
}

static guint64
last_seq_of (GPtrArray *events)
{
  return events->len ? ((ConfabEvent *) g_ptr_array_index (events, events->len - 1))->seq : 0;
}

static void
clear_held (ConfabRoom *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) confab_event_unref);
}

static guint64
first_seq_of (const GQueue *events)
{
  return ((ConfabEvent *) events->head->data)->seq;
}

static void
hold (ConfabRoom  *self,
      ConfabEvent *event)
{
  GList *after = self->held.tail;

  while (after && ((ConfabEvent *) after->data)->seq > event->seq)
    after = after->prev;
  if (after && ((ConfabEvent *) after->data)->seq == event->seq)
    return;

  g_queue_insert_after (&self->held, after, confab_event_ref (event));
  /* Filling the gap brings the newest again. */
  if (self->held.length > MAX_HELD)
    confab_event_unref (g_queue_pop_tail (&self->held));
}

static void
release_held (ConfabRoom *self)
{
  g_autoptr(GPtrArray) events = event_array_new ();
  guint64 first_seq = self->taken_seq + 1;

  while (self->held.head)
    {
      ConfabEvent *event = self->held.head->data;

      if (event->seq > first_seq + events->len)
        break;

      g_queue_pop_head (&self->held);
      if (event->seq == first_seq + events->len)
        g_ptr_array_add (events, event);
      else
        confab_event_unref (event);
    }

  if (events->len)
    take (self, events, first_seq, last_seq_of (events));
  if (self->held.head && self->synced)
    start_filling (self);
}

void
confab_room_take_live (ConfabRoom  *self,
                       ConfabEvent *event,
                       const char  *epoch)
{
  if (!self->session || (self->synced && event->seq <= self->taken_seq))
    return;

  if (self->synced && epoch && g_strcmp0 (epoch, self->epoch) != 0)
    {
      /* The numbers mean something else now: begin with a new snapshot. */
      g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                                                     "A room has begun a new epoch");

      confab_connection_fail (confab_session_get_connection (self->session), error);
      return;
    }

  hold (self, event);
  if (self->synced && !self->filling)
    release_held (self);
}

static void
finish_filling (ConfabRoom *self)
{
  self->filling = FALSE;
  release_held (self);
  check_settled (self);
}

static void ask_for_more (ConfabRoom *self);

static void
take_filling (ConfabRoom *self,
              JsonObject *ok)
{
  g_autoptr(GPtrArray) events =
    confab_event_parse_array (confab_json_get_array (ok, "events"));
  guint64 seq = self->taken_seq;

  drop_known (events, seq);
  if (events->len)
    {
      take (self, events, seq + 1, last_seq_of (events));
      if (confab_json_get_boolean (ok, "more"))
        {
          ask_for_more (self);
          return;
        }
    }
  else if (self->held.head && first_seq_of (&self->held) > seq + 1)
    {
      /* The server says that there is nothing before what it sent: so be it. */
      take (self, events, seq + 1, first_seq_of (&self->held) - 1);
    }
  finish_filling (self);
}

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(ConfabRoom) self = user_data;
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;
  const char *epoch;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  epoch = ok ? confab_json_get_string (ok, "epoch") : NULL;
  if (self->session && self->synced && ok && (!epoch || g_strcmp0 (epoch, self->epoch) == 0))
    {
      take_filling (self, ok);
      return;
    }

  /* The next snapshot makes good for it. */
  self->filling = FALSE;
  if (self->session && self->synced)
    {
      if (!error)
        g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                             "A room has begun a new epoch");
      confab_connection_fail (CONFAB_CONNECTION (source), error);
    }
  check_settled (self);
}

static void
ask_for_more (ConfabRoom *self)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("history", self->rid);

  json_object_set_int_member (request, "after", (gint64) self->taken_seq);
  json_object_set_int_member (request, "limit", WIRE_LIMIT_PAGE);
  confab_connection_request_async (confab_session_get_connection (self->session), request,
                                   self->lifetime, filled_cb, g_object_ref (self));
}

static void
start_filling (ConfabRoom *self)
{
  if (self->filling)
    return;

  self->filling = TRUE;
  ask_for_more (self);
}

static gboolean
write_reset (BaseDb    *db,
             gpointer   data,
             GError   **error)
{
  Writing *writing = data;

  return confab_store_rooms_reset (db, writing->rid, writing->epoch, error);
}

static void
reset_written_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("A room was not reset: %s", error->message);
}

/* Forgets what is known of the room's history. */
void
confab_room_reset (ConfabRoom *self,
                   const char *epoch)
{
  Writing *writing = g_new0 (Writing, 1);
  g_autoptr(GPtrArray) gone = confab_outbox_reset_room (
    confab_session_get_outbox (self->session), self->rid);

  writing->rid = g_strdup (self->rid);
  writing->epoch = g_strdup (epoch);
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_WRITE,
                          write_reset, writing, writing_free, NULL, reset_written_cb, NULL);

  self->generation++;
  g_set_str (&self->epoch, epoch);
  self->taken_seq = self->newest_seq = self->snapshot_seq = 0;
  self->others_read = self->others_received = 0;
  self->shared_read_seq = self->shared_received_seq = 0;
  self->read_seq = 0;
  confab_room_notify_read_seq (self);
  clear_held (self);
  confab_room_update_last (self, NULL);
  if (self->messages)
    confab_message_list_reset (self->messages);
}

static void
take_reads (ConfabRoom *self,
            JsonArray  *reads)
{
  guint n_reads = reads ? json_array_get_length (reads) : 0;

  for (guint i = 0; i < n_reads; i++)
    {
      JsonObject *marker = confab_json_array_object (reads, i);
      const char *user_id = marker ? confab_json_get_string (marker, "user_id") : NULL;
      guint64 seq = 0, received = 0;

      if (!user_id)
        continue;

      confab_json_get_uint (marker, "seq", &seq);
      confab_json_get_uint (marker, "received", &received);
      confab_room_take_marker (self, user_id, seq, received);
    }
}

static void
take_snapshot_events (ConfabRoom *self,
                      JsonObject *ok,
                      gboolean    goes_on)
{
  g_autoptr(GPtrArray) events =
    confab_event_parse_array (confab_json_get_array (ok, "events"));
  gboolean more = confab_json_get_boolean (ok, "more");
  guint64 seq = self->taken_seq;

  if (goes_on)
    {
      drop_known (events, seq);
      if (events->len)
        take (self, events, seq + 1, last_seq_of (events));
      if (more && events->len)
        start_filling (self);
      return;
    }

  drop_known (events, seq);
  if (events->len)
    take (self, events, more ? ((ConfabEvent *) g_ptr_array_index (events, 0))->seq : seq + 1,
          last_seq_of (events));
}

static void
take_snapshot (ConfabRoom *self,
               JsonObject *ok,
               gboolean    with_since)
{
  JsonObject *info = confab_json_get_object (ok, "room");
  const char *epoch = info ? confab_json_get_string (info, "epoch") : NULL;
  guint64 n_present = 0;
  guint64 seq = 0;

  if (!epoch)
    epoch = "";
  if (confab_json_get_boolean (ok, "reset") ||
      (self->epoch[0] && g_strcmp0 (epoch, self->epoch) != 0))
    {
      confab_room_reset (self, epoch);
      with_since = FALSE;
    }
  g_set_str (&self->epoch, epoch);

  if (info)
    {
      confab_json_get_uint (info, "seq", &seq);
      confab_json_get_uint (info, "present", &n_present);
    }
  self->catches_up = with_since || self->appeared;
  self->snapshot_seq = MAX (self->snapshot_seq, seq);
  if (info)
    confab_room_take_info (self, info);
  self->synced = TRUE;
  take_snapshot_events (self, ok, with_since);
  take_reads (self, confab_json_get_array (ok, "reads"));
  confab_room_take_present (self, confab_json_get_array (ok, "present"), (guint) n_present);
  if (!self->filling)
    release_held (self);
  if (self->read_seq > self->shared_read_seq)
    confab_room_share_markers (self);
}

typedef struct
{
  gboolean with_since;
} Snapshot;

static void
sync_settled_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *self = CONFAB_ROOM (source);

  (void) confab_room_settle_finish (self, result, NULL);
  if (self->count_again && self->session)
    {
      self->count_again = FALSE;
      confab_room_recount (self);
    }
  g_task_return_boolean (task, TRUE);
}

static void
sync_subscribed_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *self = g_task_get_source_object (task);
  Snapshot *snapshot = g_task_get_task_data (task);
  g_autoptr(JsonObject) ok = NULL;
  GError *error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  if (self->session)
    take_snapshot (self, ok, snapshot->with_since);
  confab_room_settle_async (self, sync_settled_cb, g_steal_pointer (&task));
}

void
confab_room_sync_async (ConfabRoom          *self,
                        guint64              server_seq,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(JsonObject) request = confab_json_request_new ("subscribe", self->rid);
  Snapshot *snapshot = g_new0 (Snapshot, 1);

  g_task_set_source_tag (task, confab_room_sync_async);
  g_task_set_task_data (task, snapshot, g_free);

  self->synced = FALSE;
  snapshot->with_since =
    self->taken_seq > 0 && self->epoch[0] && server_seq <= self->taken_seq + MAX_CATCH_UP;
  if (snapshot->with_since)
    json_object_set_int_member (request, "since", (gint64) self->taken_seq);
  if (self->epoch[0])
    json_object_set_string_member (request, "epoch", self->epoch);
  confab_connection_request_async (confab_session_get_connection (self->session), request,
                                   self->lifetime, sync_subscribed_cb, task);
}

gboolean
confab_room_sync_finish (ConfabRoom    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
confab_room_disconnected (ConfabRoom *self)
{
  self->synced = FALSE;
  self->appeared = FALSE;
  self->shared_received_seq = 0;
  clear_held (self);
  confab_room_clear_people (self);
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("A page was not stored: %s", error->message);
}

void
confab_room_keep_page (ConfabRoom *self,
                       ConfabPage *page)
{
  if (!self->session || !page->last_seq)
    return;

  confab_store_run_async (
    confab_session_get_store (self->session), CONFAB_STORE_WRITE, write_events,
    writing_new (self, page->events, page->first_seq, page->last_seq), writing_free, NULL,
    kept_cb, NULL);
}
