/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-timer-wheel"

#include "config.h"

#include "confabd-timer-wheel.h"

#define N_SLOTS 512

/**
 * ConfabdTimerWheel:
 *
 * The deadlines of one hub thread, to a tick.
 *
 * A ring of slots, each a list of timers; adding, moving and removing one costs
 * the same however many there are. The ring spans 512 ticks. A timer that is due
 * later sits in the last slot and fires early: whoever owns it looks at its own
 * clock anyway and adds it again. A timer never fires more than a tick late
 * while advance is called when get_timeout_ms says so.
 */
struct _ConfabdTimerWheel
{
  ConfabdTimerFunc func;
  gpointer         user_data;
  gint64           tick_ms;
  gint64           tick;               /* the last that was fired, counted from the clock's zero */
  guint64          used[N_SLOTS / 64]; /* which slots are not empty */
  ConfabdTimer     slots[N_SLOTS];     /* heads of rings */
};

static void
mark (ConfabdTimerWheel *self,
      guint              slot,
      gboolean           used)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (slot % 64);

  if (used)
    self->used[slot / 64] |= bit;
  else
    self->used[slot / 64] &= ~bit;
}

static void
unlink_timer (ConfabdTimer *timer)
{
  timer->next->previous = timer->previous;
  timer->previous->next = timer->next;
  timer->next = NULL;
  timer->previous = NULL;
}

static void
link_before (ConfabdTimer *head,
             ConfabdTimer *timer)
{
  timer->next = head;
  timer->previous = head->previous;
  head->previous->next = timer;
  head->previous = timer;
}

/**
 * confabd_timer_wheel_new:
 * @now_ms: the time
 * @tick_ms: how late a timer may be
 * @func: called for each timer that is due
 * @user_data: data for @func
 *
 * Returns: (transfer full): an empty wheel
 */
ConfabdTimerWheel *
confabd_timer_wheel_new (gint64           now_ms,
                         guint            tick_ms,
                         ConfabdTimerFunc func,
                         gpointer         user_data)
{
  ConfabdTimerWheel *self = g_new0 (ConfabdTimerWheel, 1);

  self->func = func;
  self->user_data = user_data;
  self->tick_ms = tick_ms;
  self->tick = now_ms / self->tick_ms;

  for (guint i = 0; i < N_SLOTS; i++)
    {
      self->slots[i].next = &self->slots[i];
      self->slots[i].previous = &self->slots[i];
    }

  return self;
}

/**
 * confabd_timer_wheel_free:
 * @self: (transfer full): a wheel
 *
 * Timers that are still in it are let go without a call.
 */
void
confabd_timer_wheel_free (ConfabdTimerWheel *self)
{
  for (guint i = 0; i < N_SLOTS; i++)
    while (self->slots[i].next != &self->slots[i])
      unlink_timer (self->slots[i].next);

  g_free (self);
}

/**
 * confabd_timer_wheel_add:
 * @self: a wheel
 * @timer: a timer, in the wheel or not
 * @due_ms: when to fire; what has passed already fires with the next advance
 *
 * Sets or moves @timer.
 */
void
confabd_timer_wheel_add (ConfabdTimerWheel *self,
                         ConfabdTimer      *timer,
                         gint64             due_ms)
{
  /* Rounded up, so that a timer does not fire before its time. */
  gint64 tick = due_ms / self->tick_ms + (due_ms % self->tick_ms > 0);

  tick = CLAMP (tick, self->tick + 1, self->tick + N_SLOTS - 1);
  confabd_timer_wheel_remove (self, timer);

  timer->slot = tick % N_SLOTS;
  link_before (&self->slots[timer->slot], timer);
  mark (self, timer->slot, TRUE);
}

/**
 * confabd_timer_wheel_remove:
 * @self: a wheel
 * @timer: a timer
 *
 * Takes @timer out, if it is in.
 */
void
confabd_timer_wheel_remove (ConfabdTimerWheel *self,
                            ConfabdTimer      *timer)
{
  ConfabdTimer *head;

  if (!timer->next)
    return;

  unlink_timer (timer);
  head = &self->slots[timer->slot];

  if (head->next == head)
    mark (self, timer->slot, FALSE);
}

static void
fire_slot (ConfabdTimerWheel *self,
           guint              slot)
{
  ConfabdTimer *head = &self->slots[slot];

  /* What is added meanwhile goes into later slots, so this ends. */
  while (head->next != head)
    {
      ConfabdTimer *timer = head->next;

      unlink_timer (timer);
      self->func (timer, self->user_data);
    }

  mark (self, slot, FALSE);
}

/**
 * confabd_timer_wheel_advance:
 * @self: a wheel
 * @now_ms: the time; one that runs backwards does nothing
 *
 * Fires what is due.
 */
void
confabd_timer_wheel_advance (ConfabdTimerWheel *self,
                             gint64             now_ms)
{
  gint64 tick = now_ms / self->tick_ms;

  /* After a long sleep every slot comes by once, not once for each lap missed. */
  if (tick - self->tick > N_SLOTS)
    self->tick = tick - N_SLOTS;

  while (self->tick < tick)
    {
      self->tick++;
      fire_slot (self, self->tick % N_SLOTS);
    }
}

/**
 * confabd_timer_wheel_get_timeout_ms:
 * @self: a wheel
 * @now_ms: the time
 *
 * Returns: how long to sleep until the next timer can be due, or -1 when there is none
 */
gint64
confabd_timer_wheel_get_timeout_ms (ConfabdTimerWheel *self,
                                    gint64             now_ms)
{
  for (gint64 tick = self->tick + 1; tick < self->tick + N_SLOTS; tick++)
    {
      guint slot = tick % N_SLOTS;

      if (self->used[slot / 64] == 0)
        {
          tick += 63 - slot % 64;
          continue;
        }

      if (self->used[slot / 64] & (G_GUINT64_CONSTANT (1) << (slot % 64)))
        return MAX (tick * self->tick_ms - now_ms, 0);
    }

  return -1;
}
