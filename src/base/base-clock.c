/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-clock"

#include "config.h"

#include "base-clock.h"

static gint64
system_get_monotonic_us (const BaseClock *self)
{
  return g_get_monotonic_time ();
}

static gint64
system_get_wall_us (const BaseClock *self)
{
  return g_get_real_time ();
}

/**
 * base_clock_system:
 *
 * The machine's own clock. A `main()` takes it and passes it down.
 *
 * Returns: (transfer none): a clock that lives as long as the process
 */
const BaseClock *
base_clock_system (void)
{
  static const BaseClock clock = {
    .get_monotonic_us = system_get_monotonic_us,
    .get_wall_us = system_get_wall_us,
  };

  return &clock;
}

/**
 * base_clock_get_monotonic_us:
 * @self: a clock
 *
 * Returns: µs since some moment in the past; never less than before
 */
gint64
base_clock_get_monotonic_us (const BaseClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->get_monotonic_us (self);
}

/**
 * base_clock_get_wall_us:
 * @self: a clock
 *
 * Returns: µs since the epoch, UTC; may jump in both directions
 */
gint64
base_clock_get_wall_us (const BaseClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->get_wall_us (self);
}
