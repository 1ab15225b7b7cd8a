/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-histogram.h"

#define SUB_COUNT (1u << BENCH_HISTOGRAM_SUB_BITS)

static guint
get_bucket (guint64 value_ns)
{
  guint shift, bucket;

  if (value_ns < SUB_COUNT)
    return value_ns;

  shift = 63 - __builtin_clzll (value_ns) - BENCH_HISTOGRAM_SUB_BITS;
  bucket = (shift << BENCH_HISTOGRAM_SUB_BITS) + (value_ns >> shift);

  return MIN (bucket, BENCH_HISTOGRAM_BUCKETS - 1);
}

/* The middle of what falls into @bucket. */
static guint64
get_value (guint bucket)
{
  guint shift;

  if (bucket < 2 * SUB_COUNT)
    return bucket;

  shift = (bucket >> BENCH_HISTOGRAM_SUB_BITS) - 1;

  return ((guint64) (SUB_COUNT + bucket % SUB_COUNT) << shift) + (1ull << shift) / 2;
}

void
bench_histogram_add (BenchHistogram *self,
                     gint64          value_ns)
{
  guint64 value = MAX (value_ns, 0);

  self->n_values++;
  self->max_ns = MAX (self->max_ns, value);
  self->buckets[get_bucket (value)]++;
}

void
bench_histogram_merge (BenchHistogram       *self,
                       const BenchHistogram *other)
{
  self->n_values += other->n_values;
  self->max_ns = MAX (self->max_ns, other->max_ns);
  for (guint i = 0; i < BENCH_HISTOGRAM_BUCKETS; i++)
    self->buckets[i] += other->buckets[i];
}

/**
 * bench_histogram_get_quantile:
 * @self: a histogram
 * @quantile: 0.5 for the median
 *
 * Returns: nanoseconds; 0 when there are no values
 */
guint64
bench_histogram_get_quantile (const BenchHistogram *self,
                              double                quantile)
{
  guint64 wanted = self->n_values * quantile;
  guint64 seen = 0;

  if (self->n_values == 0)
    return 0;

  for (guint i = 0; i < BENCH_HISTOGRAM_BUCKETS; i++)
    {
      seen += self->buckets[i];
      if (seen > wanted)
        return MIN (get_value (i), self->max_ns);
    }

  return self->max_ns;
}
