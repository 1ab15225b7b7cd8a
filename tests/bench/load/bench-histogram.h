/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BENCH_HISTOGRAM_SUB_BITS 5
#define BENCH_HISTOGRAM_BUCKETS  (40 << BENCH_HISTOGRAM_SUB_BITS)

/* Latencies in nanoseconds, each kept to within 3 %. Flat, so that it can pass between
 * processes. */
typedef struct
{
  guint64 n_values;
  guint64 max_ns;
  guint32 buckets[BENCH_HISTOGRAM_BUCKETS];
} BenchHistogram;

void    bench_histogram_add          (BenchHistogram       *self,
                                      gint64                value_ns);
void    bench_histogram_merge        (BenchHistogram       *self,
                                      const BenchHistogram *other);
guint64 bench_histogram_get_quantile (const BenchHistogram *self,
                                      double                quantile);

G_END_DECLS
