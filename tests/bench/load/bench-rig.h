/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bench-server.h"
#include "bench-worker.h"

G_BEGIN_DECLS

/* What one run of the benchmark knows. */
typedef struct
{
  const char  *confabd;
  const char  *ceiling;
  char        *dir;         /* data and logs */
  char       **tokens;      /* of the accounts */
  guint        n_threads;   /* of the ceiling */
} Bench;

/* One server with its load processes. */
typedef struct
{
  Bench       *bench;
  gboolean     real;           /* confabd, not the ceiling */
  guint        payload_bytes;  /* of what the ceiling copies */
  BenchServer  server;
  BenchShared *shared;
  BenchWorker  workers[BENCH_MAX_WORKERS];
  guint        n_workers;
} BenchRig;

gboolean bench_rig_start_server (BenchRig        *self,
                                 GError         **error);
/* The server and enough load processes for @n_connections. */
gboolean bench_rig_start        (BenchRig        *self,
                                 guint            n_connections,
                                 GError         **error);
void     bench_rig_clear        (BenchRig        *self);
/* Gives each load process its share of @job and adds up what they report. */
gboolean bench_rig_run          (BenchRig        *self,
                                 const BenchJob  *job,
                                 BenchResult     *sum,
                                 GError         **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BenchRig, bench_rig_clear)

G_END_DECLS
