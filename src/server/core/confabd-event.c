/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-event"

#include "config.h"

#include "confabd-event.h"

/**
 * confabd_event_new:
 * @type: what happened
 * @room: the name of a group, or "@LOW:HIGH"
 * @id: its id
 * @user_id: who did it
 * @content: (nullable): of a message, its JSON
 *
 * Returns: (transfer full): an event that was not committed yet
 */
ConfabdEvent *
confabd_event_new (ConfabdEventType  type,
                   const char       *room,
                   const BaseUuid   *id,
                   const BaseUuid   *user_id,
                   GBytes           *content)
{
  ConfabdEvent *self = g_new0 (ConfabdEvent, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->type = type;
  self->room = g_strdup (room);
  self->id = *id;
  self->user_id = *user_id;
  self->content = content ? g_bytes_ref (content) : NULL;

  return self;
}

/**
 * confabd_event_ref:
 * @self: an event
 *
 * Returns: (transfer full): @self; any thread may
 */
ConfabdEvent *
confabd_event_ref (ConfabdEvent *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * confabd_event_unref:
 * @self: (transfer full): an event
 *
 * Lets go of @self; any thread may.
 */
void
confabd_event_unref (ConfabdEvent *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self->room);
  g_free (self);
}
