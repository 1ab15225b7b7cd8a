/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-token-bucket"

#include "config.h"

#include "base-token-bucket.h"

/* The level is counted in millionths of a token: at R tokens a second, one µs
 * adds R of them, and nothing is lost to rounding.
 */
#define TOKEN ((gint64) G_USEC_PER_SEC)

static void
refill (BaseTokenBucket *self,
        gint64           now_us)
{
  gint64 full = self->burst * TOKEN;
  gint64 elapsed_us = now_us - self->filled_at;

  if (elapsed_us <= 0)
    return;

  /* Long idle times would overflow the product. */
  if (elapsed_us >= (full - self->level) / self->rate_per_s + 1)
    self->level = full;
  else
    self->level += elapsed_us * self->rate_per_s;

  self->filled_at = now_us;
}

/**
 * base_token_bucket_init:
 * @self: a bucket
 * @rate_per_s: tokens that come back in a second, at least 1
 * @burst: tokens that a full bucket holds, at least 1
 * @now_us: the monotonic time
 *
 * Makes a full bucket.
 */
void
base_token_bucket_init (BaseTokenBucket *self,
                        guint            rate_per_s,
                        guint            burst,
                        gint64           now_us)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (rate_per_s > 0);
  g_return_if_fail (burst > 0);

  self->rate_per_s = rate_per_s;
  self->burst = burst;
  self->level = burst * TOKEN;
  self->filled_at = now_us;
}

/**
 * base_token_bucket_take:
 * @self: a bucket
 * @n_tokens: how many
 * @now_us: the monotonic time
 *
 * Takes all of @n_tokens, or none.
 *
 * Returns: whether they were there
 */
gboolean
base_token_bucket_take (BaseTokenBucket *self,
                        guint            n_tokens,
                        gint64           now_us)
{
  g_return_val_if_fail (self != NULL, FALSE);

  refill (self, now_us);

  if (self->level < n_tokens * TOKEN)
    return FALSE;

  self->level -= n_tokens * TOKEN;

  return TRUE;
}
