/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-measure.h"

#define N_ROUNDS    3
#define DURATION_MS 1200
#define N_WARM_UP   200
#define N_CHURN     2000
#define WINDOW      200

/* Both servers stand side by side for the whole size and are measured in turn, three rounds each,
 * so that what else the machine does falls on both; the median counts. */
enum { CONFABD, CEILING, N_RIGS };

typedef struct
{
  BenchRig      rigs[N_RIGS];
  BenchFigures *figures[N_RIGS];
  guint         n_connections;
  BenchResult   result;
} Pair;

/* Measures one thing once, for one rig. */
typedef gboolean (*Measure) (Pair          *self,
                             guint          rig,
                             BenchFigures  *figures,
                             GError       **error);

static void
clear_pair (Pair *self)
{
  for (guint i = 0; i < N_RIGS; i++)
    bench_rig_clear (&self->rigs[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, clear_pair)

static gboolean
run_job (Pair      *self,
         guint      rig,
         BenchJob   job,
         GError   **error)
{
  job.payload_bytes = self->rigs[rig].payload_bytes;
  job.duration_ms = DURATION_MS;
  if (bench_rig_run (&self->rigs[rig], &job, &self->result, error))
    return TRUE;
  g_prefix_error (error, "%s: ", rig == CONFABD ? "confabd" : "the ceiling");

  return FALSE;
}

static double
get_rate (Pair *self)
{
  return self->result.elapsed_ns > 0 ? self->result.n_done * 1e9 / self->result.elapsed_ns : -1;
}

static double
get_ms (Pair   *self,
        double  quantile)
{
  return bench_histogram_get_quantile (&self->result.latency, quantile) / 1e6;
}

static gboolean
measure_connections (Pair          *self,
                     guint          rig,
                     BenchFigures  *figures,
                     GError       **error)
{
  BenchServer *server = &self->rigs[rig].server;
  BenchJob open = { .kind = BENCH_JOB_OPEN, .n_peers = N_WARM_UP };
  BenchJob churn = { .kind = BENCH_JOB_CHURN, .n_messages = N_CHURN };
  gsize before;

  /* What the first connections cost once is not what each costs. */
  if (!run_job (self, rig, open, error))
    return FALSE;
  open.n_peers = 0;
  if (!run_job (self, rig, open, error))
    return FALSE;

  before = bench_server_get_resident (server);
  open.n_peers = self->n_connections;
  if (!run_job (self, rig, open, error))
    return FALSE;
  figures->idle_bytes = MAX (0, ((double) bench_server_get_resident (server) - before) /
                             self->n_connections);

  if (!run_job (self, rig, churn, error))
    return FALSE;
  figures->accepts_per_s = get_rate (self);

  return TRUE;
}

static gboolean
measure_echo (Pair          *self,
              guint          rig,
              BenchFigures  *figures,
              GError       **error)
{
  BenchJob job = { .kind = BENCH_JOB_ECHO, .rate = 2000 };

  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->echo_p50_ms = get_ms (self, 0.5);
  figures->echo_p99_ms = get_ms (self, 0.99);

  job.rate = 8000;
  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->echo_busy_p99_ms = get_ms (self, 0.99);

  return TRUE;
}

static gboolean
measure_echo_8000 (Pair          *self,
                   guint          rig,
                   BenchFigures  *figures,
                   GError       **error)
{
  BenchJob job = { .kind = BENCH_JOB_ECHO, .rate = 2000 };

  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->echo_8000_p99_ms = get_ms (self, 0.99);

  return TRUE;
}

static gboolean
measure_posts (Pair          *self,
               guint          rig,
               BenchFigures  *figures,
               GError       **error)
{
  BenchJob job = { .kind = BENCH_JOB_POST, .n_peers = BENCH_N_SENDERS };

  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->posts_per_s = get_rate (self);

  job.rate = 5000;
  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->post_p50_ms = get_ms (self, 0.5);
  figures->post_p99_ms = get_ms (self, 0.99);

  return TRUE;
}

static gboolean
measure_fan_out (Pair          *self,
                 guint          rig,
                 BenchFigures  *figures,
                 GError       **error)
{
  BenchJob job = { .kind = BENCH_JOB_FAN_OUT, .window = 1 };

  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->single_per_s = get_rate (self);
  figures->frame_bytes = self->result.frame_bytes;

  /* The ceiling shall copy as many bytes as are delivered. */
  if (rig == CONFABD)
    self->rigs[CEILING].payload_bytes = self->result.frame_bytes;

  job.window = WINDOW;
  if (!run_job (self, rig, job, error))
    return FALSE;
  figures->pipelined_per_s = get_rate (self);

  return TRUE;
}

static gboolean
measure_in_turn (Pair     *self,
                 Measure   measure,
                 guint     n_rounds,
                 GError  **error)
{
  BenchFigures rounds[N_RIGS][N_ROUNDS];

  for (guint round = 0; round < n_rounds; round++)
    for (guint rig = 0; rig < N_RIGS; rig++)
      {
        bench_figures_clear (&rounds[rig][round]);
        if (!measure (self, rig, &rounds[rig][round], error))
          return FALSE;
      }
  for (guint rig = 0; rig < N_RIGS; rig++)
    bench_figures_take_medians (self->figures[rig], rounds[rig], n_rounds);

  return TRUE;
}

static gboolean
run_for_both (Pair            *self,
              const BenchJob  *job,
              GError         **error)
{
  for (guint rig = 0; rig < N_RIGS; rig++)
    {
      if (!run_job (self, rig, *job, error))
        return FALSE;
      if (job->kind == BENCH_JOB_JOIN && rig == CONFABD)
        self->figures[rig]->joins_per_s = get_rate (self);
    }

  return TRUE;
}

static gboolean
measure_all (Pair    *self,
             GError **error)
{
  BenchJob eight = { .kind = BENCH_JOB_OPEN, .n_peers = 8000 };
  BenchJob all = { .kind = BENCH_JOB_OPEN, .n_peers = self->n_connections };
  BenchJob solo = { .kind = BENCH_JOB_SOLO, .n_peers = BENCH_N_SENDERS };
  BenchJob join = { .kind = BENCH_JOB_JOIN, .n_peers = self->n_connections };

  if (!measure_in_turn (self, measure_connections, 1, error) ||
      !measure_in_turn (self, measure_echo, N_ROUNDS, error))
    return FALSE;

  if (self->n_connections >= 8000 &&
      (!run_for_both (self, &eight, error) ||
       !measure_in_turn (self, measure_echo_8000, N_ROUNDS, error) ||
       !run_for_both (self, &all, error)))
    return FALSE;

  /* Before the one group, so that the senders hear nothing else. */
  if (self->n_connections == BENCH_N_SENDERS &&
      (!run_for_both (self, &solo, error) ||
       !measure_in_turn (self, measure_posts, N_ROUNDS, error)))
    return FALSE;

  return run_for_both (self, &join, error) &&
         measure_in_turn (self, measure_fan_out, N_ROUNDS, error);
}

gboolean
bench_measure (Bench         *bench,
               guint          n_connections,
               BenchFigures  *confabd,
               BenchFigures  *ceiling,
               GError       **error)
{
  g_auto(Pair) self = { .figures = { confabd, ceiling }, .n_connections = n_connections };

  g_printerr ("bench: %u connections\n", n_connections);
  for (guint rig = 0; rig < N_RIGS; rig++)
    {
      self.rigs[rig].bench = bench;
      self.rigs[rig].real = rig == CONFABD;
      self.rigs[rig].payload_bytes = 250;
      if (!bench_rig_start (&self.rigs[rig], n_connections, error))
        return FALSE;
    }

  if (measure_all (&self, error))
    return TRUE;
  g_prefix_error (error, "With %u connections: ", n_connections);

  return FALSE;
}
