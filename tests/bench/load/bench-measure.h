/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bench-report.h"
#include "bench-rig.h"

G_BEGIN_DECLS

#define BENCH_N_SENDERS 100

/* All figures of both servers with @n_connections each. */
gboolean bench_measure (Bench         *bench,
                        guint          n_connections,
                        BenchFigures  *confabd,
                        BenchFigures  *ceiling,
                        GError       **error);

G_END_DECLS
