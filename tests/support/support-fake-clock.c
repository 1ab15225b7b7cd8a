/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "support-fake-clock"

#include "config.h"

#include "support-fake-clock.h"

/* 2030-01-01, so that a test which reads the real clock is seen at once. */
#define START_WALL_US (G_GINT64_CONSTANT (1893456000) * G_USEC_PER_SEC)

static gint64
fake_get_monotonic_us (const BaseClock *clock)
{
  return ((const SupportFakeClock *) clock)->monotonic_us;
}

static gint64
fake_get_wall_us (const BaseClock *clock)
{
  return ((const SupportFakeClock *) clock)->wall_us;
}

void
support_fake_clock_init (SupportFakeClock *self)
{
  self->clock.get_monotonic_us = fake_get_monotonic_us;
  self->clock.get_wall_us = fake_get_wall_us;
  self->monotonic_us = G_USEC_PER_SEC;
  self->wall_us = START_WALL_US;
}

void
support_fake_clock_advance (SupportFakeClock *self,
                            gint64            by_us)
{
  self->monotonic_us += by_us;
  self->wall_us += by_us;
}
