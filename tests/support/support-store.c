/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "support-store.h"

#include "support-wait.h"

#include <poll.h>
#include <string.h>

/**
 * support_store_init:
 * @self: (out caller-allocates): a front to a store
 * @log_and_store: (transfer full): an object that is both
 */
void
support_store_init (SupportStore *self,
                    gpointer      log_and_store)
{
  self->mailbox = base_mailbox_new ();
  self->log = CONFABD_LOG (log_and_store);
  self->store = CONFABD_STORE (log_and_store);
  self->answered = g_ptr_array_new ();
}

/**
 * support_store_clear:
 * @self: a front to a store
 *
 * Lets go of the store.
 */
void
support_store_clear (SupportStore *self)
{
  g_object_unref (self->log);
  base_mailbox_drain (self->mailbox);
  base_mailbox_unref (self->mailbox);
  g_ptr_array_unref (self->answered);
}

static void
append_done_cb (ConfabdAppend *append)
{
  SupportStore *self = append->user_data;

  g_ptr_array_add (self->answered, append);
}

static void
tail_done_cb (ConfabdTail *tail)
{
  SupportStore *self = tail->user_data;

  g_ptr_array_add (self->answered, tail);
}

static void
query_done_cb (ConfabdQuery *query)
{
  SupportStore *self = query->user_data;

  g_ptr_array_add (self->answered, query);
}

/**
 * support_store_wait:
 * @self: a front to a store
 * @n_answers: how many answers are to have come in all
 */
void
support_store_wait (SupportStore *self,
                    guint         n_answers)
{
  struct pollfd poll_fd = { .fd = base_mailbox_get_fd (self->mailbox), .events = POLLIN };

  while (self->answered->len < n_answers)
    {
      g_assert_cmpint (poll (&poll_fd, 1, SUPPORT_WAIT_MS), ==, 1);
      base_mailbox_drain (self->mailbox);
    }
}

/**
 * support_store_send:
 * @self: a front to a store
 * @type: what happens
 * @room: where
 * @user_id: who does it
 * @id: (nullable): its id; %NULL makes one
 * @content: (nullable): JSON of a message
 *
 * Returns: (transfer none): the append, filled in once it was answered
 */
ConfabdAppend *
support_store_send (SupportStore     *self,
                    ConfabdEventType  type,
                    const char       *room,
                    const BaseUuid   *user_id,
                    const BaseUuid   *id,
                    const char       *content)
{
  ConfabdAppend *append = g_new0 (ConfabdAppend, 1);
  g_autoptr(GBytes) bytes = content ? g_bytes_new (content, strlen (content)) : NULL;
  BaseUuid made;

  base_uuid_make_v4 (&made);
  append->event = confabd_event_new (type, room, id ? id : &made, user_id, bytes);
  append->reply_to = base_mailbox_ref (self->mailbox);
  append->done = append_done_cb;
  append->user_data = self;
  confabd_log_append (self->log, append);

  return append;
}

/**
 * support_store_send_tail:
 * @self: a front to a store
 * @room: where
 * @user_id: who asks
 * @since: the last seq that is known, or -1
 * @since_epoch: (nullable): the epoch that is known
 * @limit: how many events
 *
 * Returns: (transfer none): the tail, filled in once it was answered
 */
ConfabdTail *
support_store_send_tail (SupportStore   *self,
                         const char     *room,
                         const BaseUuid *user_id,
                         gint64          since,
                         const char     *since_epoch,
                         guint           limit)
{
  ConfabdTail *tail = g_new0 (ConfabdTail, 1);

  tail->room = g_strdup (room);
  tail->user_id = *user_id;
  tail->has_since = since >= 0;
  tail->since = (guint64) MAX (since, 0);
  tail->since_epoch = g_strdup (since_epoch);
  tail->limit = limit;
  tail->reply_to = base_mailbox_ref (self->mailbox);
  tail->done = tail_done_cb;
  tail->user_data = self;
  confabd_log_read_tail (self->log, tail);

  return tail;
}

/**
 * support_store_append:
 * @self: a front to a store
 * @type: what happens
 * @room: where
 * @user_id: who does it
 *
 * Returns: (transfer full): the answered append
 */
ConfabdAppend *
support_store_append (SupportStore     *self,
                      ConfabdEventType  type,
                      const char       *room,
                      const BaseUuid   *user_id)
{
  guint n_before = self->answered->len;
  ConfabdAppend *append = support_store_send (self, type, room, user_id, NULL,
                                              type == CONFABD_EVENT_MESSAGE ? "\"hello\"" : NULL);

  support_store_wait (self, n_before + 1);

  return append;
}

/**
 * support_store_tail:
 * @self: a front to a store
 * @room: where
 * @user_id: who asks
 * @since: the last seq that is known, or -1
 * @since_epoch: (nullable): the epoch that is known
 * @limit: how many events
 *
 * Returns: (transfer full): the answered tail
 */
ConfabdTail *
support_store_tail (SupportStore   *self,
                    const char     *room,
                    const BaseUuid *user_id,
                    gint64          since,
                    const char     *since_epoch,
                    guint           limit)
{
  guint n_before = self->answered->len;
  ConfabdTail *tail = support_store_send_tail (self, room, user_id, since, since_epoch, limit);

  support_store_wait (self, n_before + 1);

  return tail;
}

/**
 * support_store_query:
 * @self: a front to a store
 * @kind: what is to be asked
 *
 * Returns: (transfer full): a query to fill in and give to support_store_ask()
 */
ConfabdQuery *
support_store_query (SupportStore     *self,
                     ConfabdQueryKind  kind)
{
  return confabd_query_new (kind, self->mailbox, query_done_cb, self);
}

/**
 * support_store_ask:
 * @self: a front to a store
 * @query: (transfer full): a query
 *
 * Returns: (transfer full): the answered query
 */
ConfabdQuery *
support_store_ask (SupportStore *self,
                   ConfabdQuery *query)
{
  guint n_before = self->answered->len;

  confabd_store_submit (self->store, query);
  support_store_wait (self, n_before + 1);

  return query;
}

/**
 * support_store_add_user:
 * @self: a front to a store
 * @name: what they are called
 * @user_id: (out): the new user
 */
void
support_store_add_user (SupportStore *self,
                        const char   *name,
                        BaseUuid     *user_id)
{
  g_autoptr(ConfabdQuery) query = support_store_query (self, CONFABD_QUERY_CREATE_USER);

  base_uuid_make_v4 (user_id);
  query->user = g_new0 (ConfabdUser, 1);
  query->user->user_id = *user_id;
  query->user->name = g_strdup (name);
  query->user->folded_name = g_utf8_casefold (name, -1);
  query->user->display_name = g_strdup (name);
  query->user->password_hash = g_strdup ("$test$");
  support_store_ask (self, query);
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
}

/**
 * support_direct_room:
 * @a: a user
 * @b: another, or the same
 *
 * Returns: (transfer full): the key of their direct room
 */
char *
support_direct_room (const BaseUuid *a,
                     const BaseUuid *b)
{
  gboolean in_order = memcmp (a, b, sizeof *a) <= 0;
  char low[BASE_UUID_STRING_LENGTH + 1];
  char high[BASE_UUID_STRING_LENGTH + 1];

  base_uuid_format (in_order ? a : b, low);
  base_uuid_format (in_order ? b : a, high);

  return g_strdup_printf ("@%s:%s", low, high);
}
