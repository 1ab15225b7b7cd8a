/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"

G_BEGIN_DECLS

/**
 * SupportFakeClock:
 *
 * A clock that stands still until it is told to go on. Give `&fake.clock` to
 * what is tested.
 */
typedef struct
{
  BaseClock clock;
  gint64    monotonic_us;
  gint64    wall_us;
} SupportFakeClock;

void support_fake_clock_init    (SupportFakeClock *self);
void support_fake_clock_advance (SupportFakeClock *self,
                                 gint64            by_us);

G_END_DECLS
