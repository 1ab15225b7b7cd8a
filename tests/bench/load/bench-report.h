/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was found out about one server at one number of connections. A figure that was not measured
 * is negative. */
typedef struct
{
  double accepts_per_s;
  double idle_bytes;          /* resident, per connection */
  double echo_p50_ms;
  double echo_p99_ms;         /* at 2 000 messages/s */
  double echo_busy_p99_ms;    /* at 8 000 messages/s */
  double echo_8000_p99_ms;    /* at 2 000 messages/s, 8 000 connections */
  double single_per_s;        /* deliveries, one message at a time */
  double pipelined_per_s;
  double joins_per_s;
  double posts_per_s;         /* closed loop, 100 senders */
  double post_p50_ms;
  double post_p99_ms;         /* open loop, 5 000/s */
  guint  frame_bytes;
} BenchFigures;

#define BENCH_SIZES 3

typedef struct
{
  guint        n_connections[BENCH_SIZES];
  BenchFigures confabd[BENCH_SIZES];
  BenchFigures ceiling[BENCH_SIZES];
  guint        n_ceiling_threads;
  double       syncs_per_s;
} BenchReport;

void bench_figures_clear        (BenchFigures       *self);
/* Sets what was measured in any of @rounds to its median. */
void bench_figures_take_medians (BenchFigures       *self,
                                 const BenchFigures *rounds,
                                 guint               n_rounds);
void bench_report_print         (const BenchReport  *self);

G_END_DECLS
