/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BaseTokenBucket:
 *
 * Bounds a rate: @rate_per_s on average, @burst at once.
 *
 * A bucket starts full. It has no clock: the caller says what time it is, in
 * monotonic µs, and a time that runs backwards adds nothing. It owns nothing
 * and may be copied.
 */
typedef struct
{
  guint  rate_per_s;
  guint  burst;
  gint64 level;     /* what is in the bucket, in millionths of a token */
  gint64 filled_at; /* the monotonic µs up to which it was filled */
} BaseTokenBucket;

void     base_token_bucket_init        (BaseTokenBucket *self,
                                        guint            rate_per_s,
                                        guint            burst,
                                        gint64           now_us);
gboolean base_token_bucket_take        (BaseTokenBucket *self,
                                        guint            n_tokens,
                                        gint64           now_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
