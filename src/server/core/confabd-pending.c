/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-pending"

#include "config.h"

#include "confabd-pending-private.h"

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

void
confabd_pending_free (ConfabdPending *self)
{
  ConfabdConnection *connection = confabd_pending_get_connection (self);

  if (connection)
    connection->n_pending--;

  g_clear_error (&self->error);
  g_clear_pointer (&self->frame, g_bytes_unref);
  g_free (self->key);
  g_free (self->ref);
  confabd_core_unref (self->core);
  g_free (self);
}

/* Who asked, if they are still there. */
ConfabdConnection *
confabd_pending_get_connection (ConfabdPending *self)
{
  return self->peer ? confabd_core_find_connection (self->core, self->peer) : NULL;
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
