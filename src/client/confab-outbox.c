/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-outbox"

#include "config.h"

#include "confab-outbox-private.h"

#include "confab-backoff-private.h"
#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-user.h"

#include "base-uuid.h"

#include <string.h>

/**
 * ConfabOutbox:
 *
 * The user's own messages on their way to the server.
 *
 * A message is in the store before it is sent, so that a crash loses nothing; its id was chosen
 * when it was queued, so that sending it again after a crash or a lost answer is harmless. One
 * message of a room is in flight at a time, which keeps their order. A message stays here until
 * its event comes back in the room's own sequence.
 *
 * What the server cannot take now is tried again with growing waits; what it refuses is FAILED,
 * and those behind it go on.
 */
struct _ConfabOutbox
{
  GObject           parent_instance;

  ConfabStore      *store;
  ConfabConnection *connection;
  ConfabUser       *own_user;
  GCancellable     *lifetime;

  GPtrArray        *entries;   /* of Entry, in the order of queueing */
  gboolean          running;   /* there is a connection to send over */
  ConfabBackoff    *backoff;
  GCancellable     *waiting;   /* ends the wait after a passing error */
  GPtrArray        *flushes;   /* of GTask: who waits until nothing is queued */
};

G_DEFINE_FINAL_TYPE (ConfabOutbox, confab_outbox, G_TYPE_OBJECT)

typedef struct
{
  grefcount          ref_count;
  ConfabOutgoingRow *row;
  ConfabMessage     *message;
  gboolean           stored;     /* the store has it */
  gboolean           in_flight;
  gboolean           attempted;  /* the server may have it */
  gboolean           gone;       /* left the outbox while something was under way */
} Entry;

typedef struct
{
  ConfabOutbox *self;
  Entry        *entry;
} Step;

static void pump (ConfabOutbox *self);

static Entry *
entry_ref (Entry *entry)
{
  g_ref_count_inc (&entry->ref_count);

  return entry;
}

static void
entry_unref (Entry *entry)
{
  if (!g_ref_count_dec (&entry->ref_count))
    return;

  confab_outgoing_row_free (entry->row);
  g_object_unref (entry->message);
  g_free (entry);
}

static Step *
step_new (ConfabOutbox *self,
          Entry        *entry)
{
  Step *step = g_new0 (Step, 1);

  step->self = g_object_ref (self);
  step->entry = entry_ref (entry);

  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->self);
  entry_unref (step->entry);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static void
confab_outbox_dispose (GObject *object)
{
  ConfabOutbox *self = CONFAB_OUTBOX (object);

  g_cancellable_cancel (self->lifetime);
  g_cancellable_cancel (self->waiting);
  g_clear_object (&self->waiting);
  g_clear_object (&self->store);
  g_clear_object (&self->connection);
  g_clear_object (&self->own_user);
  g_clear_object (&self->backoff);
  g_ptr_array_set_size (self->entries, 0);

  G_OBJECT_CLASS (confab_outbox_parent_class)->dispose (object);
}

static void
confab_outbox_finalize (GObject *object)
{
  ConfabOutbox *self = CONFAB_OUTBOX (object);

  g_clear_object (&self->lifetime);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->flushes);

  G_OBJECT_CLASS (confab_outbox_parent_class)->finalize (object);
}

static void
confab_outbox_class_init (ConfabOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_outbox_dispose;
  object_class->finalize = confab_outbox_finalize;
}

static void
confab_outbox_init (ConfabOutbox *self)
{
  self->lifetime = g_cancellable_new ();
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_unref);
  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
}

ConfabOutbox *
confab_outbox_new (ConfabStore      *store,
                   ConfabConnection *connection,
                   ConfabUser       *own_user)
{
  ConfabOutbox *self = g_object_new (CONFAB_TYPE_OUTBOX, NULL);

  self->store = g_object_ref (store);
  self->connection = g_object_ref (connection);
  self->own_user = g_object_ref (own_user);
  self->backoff = confab_backoff_new (confab_connection_get_time (connection));

  return self;
}

static gboolean
add_row (BaseDb    *db,
         gpointer   data,
         GError   **error)
{
  return confab_store_outbox_add (db, data, error);
}

static gboolean
update_row (BaseDb    *db,
            gpointer   data,
            GError   **error)
{
  return confab_store_outbox_update (db, data, error);
}

static gboolean
remove_row (BaseDb    *db,
            gpointer   data,
            GError   **error)
{
  return confab_store_outbox_remove (db, data, error);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  /* At worst a message is sent again, which the server notices by its id. */
  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("The outbox was not written: %s", error->message);
}

static ConfabOutgoingRow *
copy_row (const ConfabOutgoingRow *row)
{
  ConfabOutgoingRow *copy =
    confab_outgoing_row_new (row->id, row->rid, row->at_us, row->content);

  copy->state = row->state;
  copy->seq = row->seq;
  copy->error_code = row->error_code;
  copy->error_message = g_strdup (row->error_message);
  copy->retryable = row->retryable;

  return copy;
}

static void
row_free (gpointer row)
{
  confab_outgoing_row_free (row);
}

static void
write_state (ConfabOutbox *self,
             Entry        *entry)
{
  confab_store_run_async (self->store, CONFAB_STORE_WRITE, update_row, copy_row (entry->row),
                          row_free, NULL, written_cb, NULL);
}

static void
mark_failed (Entry        *entry,
             const GError *error,
             gboolean      retryable)
{
  entry->row->state = CONFAB_OUTGOING_FAILED;
  entry->row->error_code = error->code;
  g_set_str (&entry->row->error_message, error->message);
  entry->row->retryable = retryable;
  confab_message_set_failed (entry->message, error, retryable);
}

static void
mark_acknowledged (ConfabOutbox *self,
                   Entry        *entry,
                   guint64       seq,
                   gint64        at_us)
{
  entry->row->state = CONFAB_OUTGOING_ACKNOWLEDGED;
  entry->row->seq = seq;
  if (at_us)
    entry->row->at_us = at_us;
  confab_message_set_sent (entry->message, seq, at_us);
  write_state (self, entry);
}

/* Whether the very same message may be taken another time. */
static gboolean
may_be_retried (const GError *error)
{
  return !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE) &&
         !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER) &&
         !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN);
}

static Entry *
find_entry (ConfabOutbox *self,
            const char   *id,
            guint        *index)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->row->id, id) == 0)
        {
          if (index)
            *index = i;
          return entry;
        }
    }

  return NULL;
}

static void
answer_flushes (ConfabOutbox *self)
{
  g_autoptr(GPtrArray) flushes = self->flushes;

  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < flushes->len; i++)
    g_task_return_boolean (g_ptr_array_index (flushes, i), TRUE);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(ConfabOutbox) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_backoff_wait_finish (CONFAB_BACKOFF (source), result, &error))
    return;

  g_clear_object (&self->waiting);
  pump (self);
}

static void
wait_a_while (ConfabOutbox *self)
{
  /* Who waits for the flush must not wait for a full disk of the server. */
  answer_flushes (self);
  if (self->waiting || !self->running)
    return;

  self->waiting = g_cancellable_new ();
  confab_backoff_wait_async (self->backoff, self->waiting, waited_cb, g_object_ref (self));
}

static void
take_answer (ConfabOutbox *self,
             Entry        *entry,
             JsonObject   *ok,
             const GError *error)
{
  guint64 seq;

  if (ok && confab_json_get_uint (ok, "seq", &seq) && seq > 0)
    {
      confab_backoff_reset (self->backoff);
      mark_acknowledged (self, entry, seq, confab_json_get_time_us (ok, "at"));
    }
  else if (ok || !confab_error_is_passing (error))
    {
      g_autoptr(GError) senseless = g_error_new_literal (
        CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER, "The answer has no seq");

      mark_failed (entry, error ? error : senseless, !error || may_be_retried (error));
      write_state (self, entry);
    }
  else
    {
      confab_message_set_delayed (entry->message, error);
      wait_a_while (self);
    }
}

static void
post_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Step) step = user_data;
  ConfabOutbox *self = step->self;
  Entry *entry = step->entry;
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  entry->in_flight = FALSE;
  if (g_cancellable_is_cancelled (self->lifetime))
    return;

  /* Its event may have come before the answer. */
  if (!entry->gone && entry->row->state == CONFAB_OUTGOING_QUEUED)
    take_answer (self, entry, ok, error);
  pump (self);
}

static void
send_entry (ConfabOutbox *self,
            Entry        *entry)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("post", entry->row->rid);
  JsonNode *content = json_from_string (entry->row->content, NULL);

  json_object_set_string_member (request, "id", entry->row->id);
  json_object_set_member (request, "content",
                          content ? content : json_node_new (JSON_NODE_NULL));
  entry->in_flight = TRUE;
  entry->attempted = TRUE;
  confab_connection_request_async (self->connection, request, NULL, post_answered_cb,
                                   step_new (self, entry));
}

/* Sends the first queued message of every room that has none in flight. */
static void
pump (ConfabOutbox *self)
{
  g_autoptr(GHashTable) busy = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) ready = g_ptr_array_new ();
  gboolean idle = TRUE;

  if (!self->running || self->waiting)
    return;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->row->state != CONFAB_OUTGOING_QUEUED)
        continue;

      idle = FALSE;
      if (g_hash_table_add (busy, entry->row->rid) && entry->stored && !entry->in_flight)
        g_ptr_array_add (ready, entry);
    }

  for (guint i = 0; i < ready->len; i++)
    send_entry (self, g_ptr_array_index (ready, i));
  if (idle)
    answer_flushes (self);
}

void
confab_outbox_flush_async (ConfabOutbox        *self,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, confab_outbox_flush_async);
  g_ptr_array_add (self->flushes, task);
  self->running = TRUE;
  pump (self);
}

gboolean
confab_outbox_flush_finish (ConfabOutbox  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
confab_outbox_pause (ConfabOutbox *self)
{
  self->running = FALSE;
  g_cancellable_cancel (self->waiting);
  g_clear_object (&self->waiting);
  answer_flushes (self);
}

static ConfabMessage *
make_message (ConfabOutbox            *self,
              const ConfabOutgoingRow *row)
{
  g_autoptr(JsonNode) content = json_from_string (row->content, NULL);
  ConfabMessageKind kind;
  gboolean only_text;
  g_autofree char *text = confab_event_read_content (content, &kind, &only_text);

  return confab_message_new_outgoing (row->id, self->own_user, row->at_us, kind, text,
                                      only_text ? NULL : row->content);
}

/* Takes @row. */
static Entry *
append_entry (ConfabOutbox      *self,
              ConfabOutgoingRow *row)
{
  Entry *entry = g_new0 (Entry, 1);

  g_ref_count_init (&entry->ref_count);
  entry->row = row;
  entry->message = make_message (self, row);
  g_ptr_array_add (self->entries, entry);

  return entry;
}

static void
add_stored_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(Step) step = user_data;
  g_autoptr(GError) error = NULL;
  gboolean done = confab_store_run_finish (CONFAB_STORE (source), result, &error) != NULL;

  if (step->entry->gone || g_cancellable_is_cancelled (step->self->lifetime))
    return;

  step->entry->stored = done;
  if (!done)
    mark_failed (step->entry, error, TRUE);
  pump (step->self);
}

static void
store_entry (ConfabOutbox *self,
             Entry        *entry)
{
  confab_store_run_async (self->store, CONFAB_STORE_WRITE_DURABLY, add_row, copy_row (entry->row),
                          row_free, NULL, add_stored_cb, step_new (self, entry));
}

ConfabMessage *
confab_outbox_add (ConfabOutbox *self,
                   const char   *rid,
                   const char   *content)
{
  ConfabTime *time = confab_connection_get_time (self->connection);
  gint64 now_us = confab_time_get_wall_us (time);
  char id[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;
  Entry *entry;

  base_uuid_make_v7 (&uuid, (guint64) now_us / 1000);
  base_uuid_format (&uuid, id);
  entry = append_entry (self, confab_outgoing_row_new (id, rid, now_us, content));
  store_entry (self, entry);

  return g_object_ref (entry->message);
}

void
confab_outbox_restore (ConfabOutbox *self,
                       GPtrArray    *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      Entry *entry = append_entry (self, copy_row (g_ptr_array_index (rows, i)));

      entry->stored = TRUE;
      /* Nobody knows what happened before. */
      entry->attempted = TRUE;
      if (entry->row->state == CONFAB_OUTGOING_ACKNOWLEDGED)
        {
          confab_message_set_sent (entry->message, entry->row->seq, 0);
        }
      else if (entry->row->state == CONFAB_OUTGOING_FAILED)
        {
          g_autoptr(GError) error = g_error_new (
            CONFAB_ERROR, entry->row->error_code, "%s",
            entry->row->error_message ? entry->row->error_message : "");

          confab_message_set_failed (entry->message, error, entry->row->retryable);
        }
    }
}

GPtrArray *
confab_outbox_list (ConfabOutbox *self,
                    const char   *rid)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->row->rid, rid) == 0)
        g_ptr_array_add (messages, g_object_ref (entry->message));
    }

  return messages;
}

static ConfabMessage *
remove_entry (ConfabOutbox *self,
              guint         index)
{
  Entry *entry = g_ptr_array_index (self->entries, index);
  ConfabMessage *message = g_object_ref (entry->message);

  entry->gone = TRUE;
  g_ptr_array_remove_index (self->entries, index);

  return message;
}

ConfabMessage *
confab_outbox_take_event (ConfabOutbox *self,
                          const char   *id)
{
  ConfabMessage *message;
  guint index;

  if (!find_entry (self, id, &index))
    return NULL;

  /* The store drops the row in the transaction that keeps the event. */
  message = remove_entry (self, index);
  pump (self);

  return message;
}

void
confab_outbox_retry (ConfabOutbox  *self,
                     ConfabMessage *message)
{
  Entry *entry = find_entry (self, confab_message_get_id (message), NULL);

  if (!entry || entry->row->state != CONFAB_OUTGOING_FAILED || !entry->row->retryable)
    return;

  entry->row->state = CONFAB_OUTGOING_QUEUED;
  entry->row->error_code = 0;
  g_clear_pointer (&entry->row->error_message, g_free);
  entry->row->retryable = FALSE;
  confab_message_set_state (entry->message, CONFAB_MESSAGE_STATE_QUEUED);
  if (entry->stored)
    {
      write_state (self, entry);
      pump (self);
    }
  else
    {
      store_entry (self, entry);
    }
}

/* Returns: whether it is gone */
gboolean
confab_outbox_discard (ConfabOutbox  *self,
                       ConfabMessage *message)
{
  guint index;
  Entry *entry = find_entry (self, confab_message_get_id (message), &index);

  if (!entry || entry->row->state == CONFAB_OUTGOING_ACKNOWLEDGED ||
      (entry->row->state == CONFAB_OUTGOING_QUEUED && entry->attempted))
    return FALSE;

  confab_store_run_async (self->store, CONFAB_STORE_WRITE, remove_row, g_strdup (entry->row->id),
                          g_free, NULL, written_cb, NULL);
  g_object_unref (remove_entry (self, index));

  return TRUE;
}

GPtrArray *
confab_outbox_reset_room (ConfabOutbox *self,
                          const char   *rid)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = self->entries->len; i > 0; i--)
    {
      Entry *entry = g_ptr_array_index (self->entries, i - 1);

      if (entry->row->state == CONFAB_OUTGOING_ACKNOWLEDGED && strcmp (entry->row->rid, rid) == 0)
        g_ptr_array_add (messages, remove_entry (self, i - 1));
    }

  return messages;
}
