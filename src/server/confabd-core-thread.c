/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-core-thread.h"

#include <poll.h>

#define TICK_US G_USEC_PER_SEC

struct _ConfabdCoreThread
{
  BaseMailbox                   *mailbox;
  const ConfabdCoreThreadEvents *events;
  gpointer                       user_data;
  GThread                       *thread;
  gboolean                       stopped;   /* of the thread itself: a letter sets it */
};

static void
take_turn (ConfabdCoreThread *self,
           gint64             wait_us)
{
  struct pollfd mailbox = { .fd = base_mailbox_get_fd (self->mailbox), .events = POLLIN };

  if (poll (&mailbox, 1, (wait_us + 999) / 1000) <= 0)
    return;

  base_mailbox_drain (self->mailbox);
  self->events->turn_ended (self->user_data);
}

static gpointer
run (gpointer data)
{
  ConfabdCoreThread *self = data;
  gint64 tick_at = g_get_monotonic_time () + TICK_US;

  while (!self->stopped)
    {
      gint64 now = g_get_monotonic_time ();

      if (now >= tick_at)
        {
          self->events->tick (self->user_data);
          self->events->turn_ended (self->user_data);
          tick_at = now + TICK_US;
        }

      take_turn (self, tick_at - now);
    }

  return NULL;
}

/**
 * confabd_core_thread_new:
 * @mailbox: the core's
 * @events: what to do beside draining
 * @user_data: data for @events
 *
 * Returns: (transfer full): the thread, running
 */
ConfabdCoreThread *
confabd_core_thread_new (BaseMailbox                   *mailbox,
                         const ConfabdCoreThreadEvents *events,
                         gpointer                       user_data)
{
  ConfabdCoreThread *self = g_new0 (ConfabdCoreThread, 1);

  self->mailbox = base_mailbox_ref (mailbox);
  self->events = events;
  self->user_data = user_data;
  self->thread = g_thread_new ("core", run, self);

  return self;
}

static void
stop_cb (gpointer data)
{
  ConfabdCoreThread *self = data;

  self->stopped = TRUE;
}

/**
 * confabd_core_thread_stop:
 * @self: (transfer full): the thread
 *
 * Waits for its end, after all that is in the mailbox now.
 */
void
confabd_core_thread_stop (ConfabdCoreThread *self)
{
  base_mailbox_post (self->mailbox, stop_cb, self);
  g_thread_join (self->thread);
  base_mailbox_unref (self->mailbox);
  g_free (self);
}
