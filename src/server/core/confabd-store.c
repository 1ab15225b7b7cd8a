/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store.h"

/**
 * ConfabdStore:
 *
 * What the server remembers beside the events: users, sessions, memberships and
 * markers, and the events as they are read later.
 */
G_DEFINE_INTERFACE (ConfabdStore, confabd_store, G_TYPE_OBJECT)

static void
confabd_store_default_init (ConfabdStoreInterface *iface)
{
}

/**
 * confabd_store_submit:
 * @self: a store
 * @query: (transfer full): a question or a change
 *
 * Answers @query on a thread of the store, then posts it back to its mailbox.
 */
void
confabd_store_submit (ConfabdStore *self,
                      ConfabdQuery *query)
{
  g_return_if_fail (CONFABD_IS_STORE (self));
  g_return_if_fail (query != NULL);

  CONFABD_STORE_GET_IFACE (self)->submit (self, query);
}

/**
 * confabd_query_new:
 * @kind: what is asked
 * @reply_to: the mailbox of the asker
 * @done: runs on the asker's thread and owns the answered query
 * @user_data: the asker's, left alone
 *
 * Returns: (transfer full): a query whose other fields are still to be filled in
 */
ConfabdQuery *
confabd_query_new (ConfabdQueryKind  kind,
                   BaseMailbox      *reply_to,
                   void            (*done) (ConfabdQuery *query),
                   gpointer          user_data)
{
  ConfabdQuery *self = g_new0 (ConfabdQuery, 1);

  self->kind = kind;
  self->reply_to = base_mailbox_ref (reply_to);
  self->done = done;
  self->user_data = user_data;

  return self;
}

/**
 * confabd_query_free:
 * @self: (transfer full): a query that came back
 *
 * Frees @self with all it carries and its reference to the mailbox.
 */
void
confabd_query_free (ConfabdQuery *self)
{
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->user, confabd_user_free);
  g_clear_pointer (&self->session, confabd_session_free);
  g_clear_pointer (&self->subscription, confabd_subscription_free);
  g_clear_pointer (&self->rooms, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->users, g_ptr_array_unref);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->reads, g_array_unref);
  g_clear_pointer (&self->reply_to, base_mailbox_unref);
  g_free (self->room);
  g_free (self->search);
  g_free (self->after);
  g_free (self->name);
  g_free (self->verified_hash);
  g_free (self);
}

/**
 * confabd_user_copy:
 * @self: a user
 *
 * Returns: (transfer full): the same, but for the password's hash, which nobody else needs
 */
ConfabdUser *
confabd_user_copy (const ConfabdUser *self)
{
  ConfabdUser *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->folded_name = g_strdup (self->folded_name);
  copy->display_name = g_strdup (self->display_name);
  copy->password_hash = NULL;

  return copy;
}

/**
 * confabd_user_free:
 * @self: (transfer full): a user
 *
 * Frees @self.
 */
void
confabd_user_free (ConfabdUser *self)
{
  g_free (self->name);
  g_free (self->folded_name);
  g_free (self->display_name);
  g_free (self->password_hash);
  g_free (self);
}

/**
 * confabd_session_free:
 * @self: (transfer full): a session
 *
 * Frees @self.
 */
void
confabd_session_free (ConfabdSession *self)
{
  g_free (self);
}

/**
 * confabd_subscription_free:
 * @self: (transfer full): a subscription
 *
 * Frees @self.
 */
void
confabd_subscription_free (ConfabdSubscription *self)
{
  g_free (self->endpoint);
  g_free (self);
}

/**
 * confabd_room_row_free:
 * @self: (transfer full): a room
 *
 * Frees @self.
 */
void
confabd_room_row_free (ConfabdRoomRow *self)
{
  g_clear_pointer (&self->last, confabd_event_unref);
  g_clear_pointer (&self->peer, confabd_user_free);
  g_free (self->room);
  g_free (self);
}
