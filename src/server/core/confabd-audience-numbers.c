/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-audience-numbers"

#include "config.h"

#include "confabd-audience-numbers.h"

void
confabd_audience_numbers_init (ConfabdAudienceNumbers *self)
{
  self->last = 0;
  self->unused = g_array_new (FALSE, FALSE, sizeof (ConfabdAudience));
}

void
confabd_audience_numbers_clear (ConfabdAudienceNumbers *self)
{
  g_clear_pointer (&self->unused, g_array_unref);
}

/**
 * confabd_audience_numbers_take:
 * @self: the numbers
 *
 * Returns: a number that nobody has; never 0
 */
ConfabdAudience
confabd_audience_numbers_take (ConfabdAudienceNumbers *self)
{
  ConfabdAudience audience;

  if (self->unused->len == 0)
    return ++self->last;

  audience = g_array_index (self->unused, ConfabdAudience, self->unused->len - 1);
  g_array_set_size (self->unused, self->unused->len - 1);

  return audience;
}

/**
 * confabd_audience_numbers_release:
 * @self: the numbers
 * @audience: one that was taken, to which nobody is attached
 *
 * Gives a number back.
 */
void
confabd_audience_numbers_release (ConfabdAudienceNumbers *self,
                                  ConfabdAudience         audience)
{
  g_assert (audience != 0 && audience <= self->last);

  g_array_append_val (self->unused, audience);
}
