/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-time"

#include "config.h"

#include "confab-time-private.h"

#include <time.h>

/* 2030-01-01, so that a test which reads the real clock is seen at once. */
#define MANUAL_WALL_US (G_GINT64_CONSTANT (1893456000) * G_USEC_PER_SEC)

/**
 * ConfabTime:
 *
 * The clocks and the timers of the library.
 *
 * Everything that waits gets its timer here, so that a test can hand out a time that stands still
 * until it is told to go on. A timer is a plain #GSource that fires once and keeps the time alive.
 * Belongs to one thread.
 */
struct _ConfabTime
{
  grefcount  ref_count;
  gboolean   manual;
  gint64     now_us;      /* of a manual time */
  gint64     asleep_us;   /* of a manual time */
  GPtrArray *timers;      /* (element-type ConfabTimer): all that exist; not owned */
};

typedef struct
{
  GSource     source;
  ConfabTime *time;
  gint64      due_us;
} ConfabTimer;

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  if (callback)
    callback (user_data);

  return G_SOURCE_REMOVE;
}

static void
timer_finalize (GSource *source)
{
  ConfabTimer *timer = (ConfabTimer *) source;

  g_ptr_array_remove_fast (timer->time->timers, timer);
  g_clear_pointer (&timer->time, confab_time_unref);
}

static GSourceFuncs timer_funcs = {
  .dispatch = timer_dispatch,
  .finalize = timer_finalize,
};

ConfabTime *
confab_time_new (void)
{
  ConfabTime *self = g_new0 (ConfabTime, 1);

  g_ref_count_init (&self->ref_count);
  self->timers = g_ptr_array_new ();

  return self;
}

ConfabTime *
confab_time_new_manual (void)
{
  ConfabTime *self = confab_time_new ();

  self->manual = TRUE;
  self->now_us = G_USEC_PER_SEC;

  return self;
}

ConfabTime *
confab_time_ref (ConfabTime *self)
{
  g_ref_count_inc (&self->ref_count);

  return self;
}

void
confab_time_unref (ConfabTime *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->timers);
  g_free (self);
}

gint64
confab_time_get_monotonic_us (ConfabTime *self)
{
  return self->manual ? self->now_us : g_get_monotonic_time ();
}

gint64
confab_time_get_wall_us (ConfabTime *self)
{
  return self->manual ? MANUAL_WALL_US + self->now_us + self->asleep_us : g_get_real_time ();
}

static gint64
read_clock_us (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* How long the computer was suspended since it started. Timers stand still meanwhile. */
gint64
confab_time_get_asleep_us (ConfabTime *self)
{
  if (self->manual)
    return self->asleep_us;

  return read_clock_us (CLOCK_BOOTTIME) - read_clock_us (CLOCK_MONOTONIC);
}

GSource *
confab_time_create_source (ConfabTime *self,
                           guint       delay_ms)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (ConfabTimer));
  ConfabTimer *timer = (ConfabTimer *) source;

  timer->time = confab_time_ref (self);
  timer->due_us = confab_time_get_monotonic_us (self) + (gint64) delay_ms * 1000;
  g_ptr_array_add (self->timers, timer);
  g_source_set_static_name (source, "[confab] timer");
  if (!self->manual)
    g_source_set_ready_time (source, timer->due_us);

  return source;
}

/* The owner of @timer holds it, in place of what it held before; the timer does not hold the owner.
 */
void
confab_time_start_timer (ConfabTime   *self,
                         GSource     **timer,
                         guint         delay_ms,
                         GSourceFunc   callback,
                         gpointer      user_data)
{
  confab_source_clear (timer);
  *timer = confab_time_create_source (self, delay_ms);
  g_source_set_callback (*timer, callback, user_data, NULL);
  g_source_attach (*timer, g_main_context_get_thread_default ());
}

void
confab_source_clear (GSource **source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

guint
confab_time_get_n_timers (ConfabTime *self)
{
  guint n_timers = 0;

  for (guint i = 0; i < self->timers->len; i++)
    n_timers += !g_source_is_destroyed (g_ptr_array_index (self->timers, i));

  return n_timers;
}

/* What is due is dispatched when the main context runs next. */
void
confab_time_advance (ConfabTime *self,
                     guint       by_ms)
{
  g_return_if_fail (self->manual);

  self->now_us += (gint64) by_ms * 1000;
  for (guint i = 0; i < self->timers->len; i++)
    {
      ConfabTimer *timer = g_ptr_array_index (self->timers, i);

      if (timer->due_us <= self->now_us && !g_source_is_destroyed (&timer->source))
        g_source_set_ready_time (&timer->source, 0);
    }
}

void
confab_time_sleep (ConfabTime *self,
                   guint       for_ms)
{
  g_return_if_fail (self->manual);

  self->asleep_us += (gint64) for_ms * 1000;
}
