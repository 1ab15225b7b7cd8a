/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseClock BaseClock;

/**
 * BaseClock:
 * @get_monotonic_us: µs that only grow, for waits and rates
 * @get_wall_us: µs since the epoch, UTC, for what is stored or shown
 *
 * Where the time comes from. What needs the time is given a clock, so that a
 * test can give it one that stands still.
 *
 * A clock is not owned by those who read it; it outlives them.
 */
struct _BaseClock
{
  gint64 (*get_monotonic_us) (const BaseClock *self);
  gint64 (*get_wall_us)      (const BaseClock *self);
};

const BaseClock *base_clock_system           (void);
gint64           base_clock_get_monotonic_us (const BaseClock *self);
gint64           base_clock_get_wall_us      (const BaseClock *self);

G_END_DECLS
