/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-pending"

#include "config.h"

#include "confabd-pending-private.h"

#include <string.h>

/* What is read at a time. An answer may be a mebibyte, and there may be very many who ask. */
#define MAX_READING 32

/* Messages that are not on the disk yet. More than these of one connection, or of all, is refused;
 * a single message never is, whatever its legal size. */
#define MAX_BYTES_OF_ONE (8 * 1024 * 1024)
#define MAX_BYTES_OF_ALL (128 * 1024 * 1024)

/* Takes @key, and the ref of @request. */
ConfabdPending *
confabd_pending_new (ConfabdCore       *core,
                     ConfabdConnection *connection,
                     WireRequest       *request,
                     char              *key)
{
  ConfabdPending *self = g_new0 (ConfabdPending, 1);

  core->ref_count++;
  self->core = core;
  self->peer = connection->peer;
  memcpy (self->cid, connection->cid, sizeof self->cid);
  self->action = request->action;
  self->ref = g_steal_pointer (&request->ref);
  self->user_id = connection->person->user_id;
  self->key = key;
  connection->n_pending++;

  return self;
}

/* A question of the core's own, on behalf of a user. */
ConfabdPending *
confabd_pending_new_unasked (ConfabdCore    *core,
                             const BaseUuid *user_id,
                             const char     *key)
{
  ConfabdPending *self = g_new0 (ConfabdPending, 1);

  core->ref_count++;
  self->core = core;
  self->user_id = *user_id;
  self->key = g_strdup (key);

  return self;
}

static void
start_reading (ConfabdPending *self)
{
  ConfabdCore *core = self->core;

  self->reading = TRUE;
  core->n_reading++;

  if (self->tail)
    confabd_log_read_tail (core->log, g_steal_pointer (&self->tail));
  else
    confabd_store_submit (core->store, g_steal_pointer (&self->query));
}

static void
stop_reading (ConfabdPending *self)
{
  ConfabdCore *core = self->core;

  if (!self->reading)
    return;

  core->n_reading--;
  if (!g_queue_is_empty (&core->to_read))
    start_reading (g_queue_pop_head (&core->to_read));
}

void
confabd_pending_free (ConfabdPending *self)
{
  ConfabdConnection *connection = confabd_pending_get_connection (self);

  if (connection)
    {
      connection->n_pending--;
      connection->n_pending_bytes -= self->n_bytes;
    }

  self->core->n_pending_bytes -= self->n_bytes;
  stop_reading (self);

  g_clear_error (&self->error);
  g_clear_pointer (&self->frame, g_bytes_unref);
  g_clear_pointer (&self->alert, confabd_alert_free);
  g_free (self->key);
  g_free (self->ref);
  confabd_core_unref (self->core);
  g_free (self);
}

/* Who asked, if they are still there. */
ConfabdConnection *
confabd_pending_get_connection (ConfabdPending *self)
{
  ConfabdConnection *found = NULL;

  if (self->peer)
    found = confabd_core_find_connection (self->core, self->peer);

  return found && memcmp (found->cid, self->cid, sizeof self->cid) == 0 ? found : NULL;
}

ConfabdQuery *
confabd_pending_make_query (ConfabdPending   *self,
                            ConfabdQueryKind  kind,
                            void            (*done) (ConfabdQuery *query))
{
  ConfabdQuery *query = confabd_query_new (kind, self->core->mailbox, done, self);

  query->user_id = self->user_id;
  query->room = g_strdup (self->key);

  return query;
}

/* Takes @event. */
void
confabd_pending_append (ConfabdPending *self,
                        ConfabdEvent   *event,
                        void          (*done) (ConfabdAppend *append))
{
  ConfabdAppend *append = g_new0 (ConfabdAppend, 1);

  append->event = event;
  append->reply_to = base_mailbox_ref (self->core->mailbox);
  append->done = done;
  append->user_data = self;

  if (event->content)
    {
      ConfabdConnection *connection = confabd_pending_get_connection (self);

      self->n_bytes = (guint32) g_bytes_get_size (event->content);
      self->core->n_pending_bytes += self->n_bytes;
      if (connection)
        connection->n_pending_bytes += self->n_bytes;
    }

  confabd_log_append (self->core->log, append);
}

ConfabdTail *
confabd_pending_make_tail (ConfabdPending *self,
                           void          (*done) (ConfabdTail *tail))
{
  ConfabdTail *tail = g_new0 (ConfabdTail, 1);

  tail->room = g_strdup (self->key);
  tail->user_id = self->user_id;
  tail->reply_to = base_mailbox_ref (self->core->mailbox);
  tail->done = done;
  tail->user_data = self;

  return tail;
}

/**
 * confabd_pending_check_bytes:
 * @core: the core
 * @connection: who wants to send
 * @n_bytes: of the content
 * @error: return location for a %WIRE_ERROR
 *
 * Returns: whether there is room for one more message on its way to the disk
 */
gboolean
confabd_pending_check_bytes (ConfabdCore              *core,
                             const ConfabdConnection  *connection,
                             gsize                     n_bytes,
                             GError                  **error)
{
  if (connection->n_pending_bytes > 0 && connection->n_pending_bytes + n_bytes > MAX_BYTES_OF_ONE)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_TOO_MANY_REQUESTS,
                         "Too much is unanswered; send on as answers come");
  else if (core->n_pending_bytes + n_bytes > MAX_BYTES_OF_ALL)
    g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_UNAVAILABLE,
                         "The server cannot store as fast as it is sent to");
  else
    return TRUE;

  return FALSE;
}

static void
read_in_turn (ConfabdPending *self)
{
  if (self->core->n_reading < MAX_READING)
    start_reading (self);
  else
    g_queue_push_tail (&self->core->to_read, self);
}

/* Takes @tail. Its place among the events is where it is read, be that later. */
void
confabd_pending_read_tail (ConfabdPending *self,
                           ConfabdTail    *tail)
{
  self->tail = tail;
  read_in_turn (self);
}

/* Takes @query. */
void
confabd_pending_read_query (ConfabdPending *self,
                            ConfabdQuery   *query)
{
  self->query = query;
  read_in_turn (self);
}

/* At the end nobody waits for a turn any more: the answers find that nothing is left to do. */
void
confabd_pending_read_all (ConfabdCore *core)
{
  while (!g_queue_is_empty (&core->to_read))
    start_reading (g_queue_pop_head (&core->to_read));
}
