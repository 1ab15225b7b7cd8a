/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-log"

#include "config.h"

#include "confabd-log.h"

#include "confabd-store.h"

/**
 * ConfabdLog:
 *
 * Where events become durable and get their place in the order of their room.
 */
G_DEFINE_INTERFACE (ConfabdLog, confabd_log, G_TYPE_OBJECT)

static void
confabd_log_default_init (ConfabdLogInterface *iface)
{
}

/**
 * confabd_log_append:
 * @self: a log
 * @append: (transfer full): what to append and whom to tell
 *
 * Appends an event. @append comes back through its mailbox once the event is
 * durable, or has turned out not to become so.
 */
void
confabd_log_append (ConfabdLog    *self,
                    ConfabdAppend *append)
{
  g_return_if_fail (CONFABD_IS_LOG (self));
  g_return_if_fail (append != NULL);

  CONFABD_LOG_GET_IFACE (self)->append (self, append);
}

/**
 * confabd_log_read_tail:
 * @self: a log
 * @tail: (transfer full): what to read and whom to tell
 *
 * Reads the end of a room, in one order with the appends.
 */
void
confabd_log_read_tail (ConfabdLog  *self,
                       ConfabdTail *tail)
{
  g_return_if_fail (CONFABD_IS_LOG (self));
  g_return_if_fail (tail != NULL);

  CONFABD_LOG_GET_IFACE (self)->read_tail (self, tail);
}

/**
 * confabd_append_free:
 * @self: (transfer full): an append that came back
 *
 * Frees @self with its references to the event and the mailbox.
 */
void
confabd_append_free (ConfabdAppend *self)
{
  g_clear_pointer (&self->event, confabd_event_unref);
  g_clear_pointer (&self->reply_to, base_mailbox_unref);
  g_free (self);
}

/**
 * confabd_tail_free:
 * @self: (transfer full): a tail that came back
 *
 * Frees @self with all it carries and its reference to the mailbox.
 */
void
confabd_tail_free (ConfabdTail *self)
{
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->reads, g_array_unref);
  g_clear_pointer (&self->last, confabd_event_unref);
  g_clear_pointer (&self->peer, confabd_user_free);
  g_clear_pointer (&self->reply_to, base_mailbox_unref);
  g_free (self->since_epoch);
  g_free (self->room);
  g_free (self);
}
