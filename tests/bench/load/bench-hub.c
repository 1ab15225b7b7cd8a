/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Measures confabd and, in the same run, a server that only copies frames. Load comes from
 * processes of its own over loopback; latencies are counted from when a message was due (open
 * loop), so that a server which stalls cannot slow down those who measure it. */

#include "config.h"

#include "bench-accounts.h"
#include "bench-report.h"
#include "bench-server.h"
#include "bench-worker-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define JOB_TIMEOUT_MS   60000
#define WHOLE_TIMEOUT_S  240
#define N_ACCOUNTS       60
#define N_WARM_UP        200
#define N_CHURN          2000
#define PER_WORKER       9000
#define WINDOW           200

typedef struct
{
  const char  *confabd;
  const char  *ceiling;
  char        *dir;
  char       **tokens;
  guint        n_threads;
  guint        n_senders;
  guint        seconds;      /* of each measurement */
} Bench;

/* One server with its load processes. */
typedef struct
{
  Bench       *bench;
  gboolean     real;         /* confabd, not the ceiling */
  BenchServer  server;
  BenchShared *shared;
  BenchWorker  workers[BENCH_MAX_WORKERS];
  guint        n_workers;
} Rig;

static void
rig_clear (Rig *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    bench_worker_stop (&self->workers[i]);
  bench_server_stop (&self->server);
  g_clear_pointer (&self->shared, bench_shared_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

static gboolean
rig_start_server (Rig     *self,
                  GError **error)
{
  g_autofree char *data = g_build_filename (self->bench->dir, "data", NULL);
  const char *log_name = self->real ? "confabd.log" : "ceiling.log";
  g_autofree char *log = g_build_filename (self->bench->dir, log_name, NULL);
  g_autofree char *threads = g_strdup_printf ("%u", self->bench->n_threads);
  const char *real[] = { self->bench->confabd, "--listen", "127.0.0.1:0", "--data", data, NULL };
  const char *plain[] = { self->bench->ceiling, threads, NULL };

  return bench_server_start (&self->server, self->real ? real : plain, log, error);
}

/* Signed up before anything is measured: Argon2 is slow on purpose. */
static gboolean
sign_up (Bench   *bench,
         GError **error)
{
  g_auto(Rig) rig = { .bench = bench, .real = TRUE };

  if (!rig_start_server (&rig, error))
    return FALSE;
  bench->tokens = bench_accounts_sign_up (rig.server.port, N_ACCOUNTS, error);

  return bench->tokens != NULL;
}

static gboolean
rig_start (Rig     *self,
           guint    n_connections,
           GError **error)
{
  BenchWorkerOptions options = { .tokens = self->real ? self->bench->tokens : NULL };

  if (!rig_start_server (self, error))
    return FALSE;

  self->shared = bench_shared_new ();
  options.shared = self->shared;
  options.port = self->server.port;
  options.n_workers = CLAMP (n_connections / PER_WORKER + 1, 2, BENCH_MAX_WORKERS);
  for (options.index = 0; options.index < options.n_workers; options.index++)
    {
      if (!bench_worker_start (&self->workers[options.index], &options, error))
        return FALSE;
      self->n_workers++;
    }

  return TRUE;
}

static guint
get_share (guint total,
           guint n_workers,
           guint index)
{
  return total / n_workers + (index < total % n_workers);
}

static gboolean
take_result (BenchWorker  *worker,
             BenchResult  *sum,
             GError      **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  struct pollfd pfd = { .fd = worker->fd, .events = POLLIN };

  if (poll (&pfd, 1, JOB_TIMEOUT_MS) != 1 ||
      recv (worker->fd, result, sizeof *result, 0) != sizeof *result)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "A load process did not answer");
      return FALSE;
    }
  if (!result->ok)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", result->error);
      return FALSE;
    }

  sum->n_done += result->n_done;
  sum->elapsed_ns = MAX (sum->elapsed_ns, result->elapsed_ns);
  sum->frame_bytes = MAX (sum->frame_bytes, result->frame_bytes);
  bench_histogram_merge (&sum->latency, &result->latency);

  return TRUE;
}

/* Gives each load process its share of @job and adds up what they report. */
static gboolean
rig_run (Rig             *self,
         const BenchJob  *job,
         BenchResult     *sum,
         GError         **error)
{
  memset (sum, 0, sizeof *sum);
  atomic_store (&self->shared->fan_out_over, 0);
  for (guint i = 0; i < self->n_workers; i++)
    atomic_store (&self->shared->workers[i].n_delivered, 0);

  for (guint i = 0; i < self->n_workers; i++)
    {
      BenchJob share = *job;

      share.n_peers = get_share (job->n_peers, self->n_workers, i);
      share.n_messages = get_share (job->n_messages, self->n_workers, i);
      if (send (self->workers[i].fd, &share, sizeof share, MSG_NOSIGNAL) != sizeof share)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "A load process is gone");
          return FALSE;
        }
    }
  for (guint i = 0; i < self->n_workers; i++)
    if (!take_result (&self->workers[i], sum, error))
      return FALSE;

  return TRUE;
}

static double
get_rate (const BenchResult *result)
{
  return result->elapsed_ns > 0 ? result->n_done * 1e9 / result->elapsed_ns : -1;
}

static double
get_ms (const BenchResult *result,
        double             quantile)
{
  return bench_histogram_get_quantile (&result->latency, quantile) / 1e6;
}

static gboolean
open_connections (Rig     *self,
                  guint    n_connections,
                  GError **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  BenchJob job = { .kind = BENCH_JOB_OPEN, .n_peers = n_connections };

  if (rig_run (self, &job, result, error))
    return TRUE;
  g_prefix_error (error, "%u connections: ", n_connections);

  return FALSE;
}

/* Echo at @rate; the p50 goes to @p50_ms where it is wanted. */
static gboolean
measure_echo (Rig     *self,
              guint    rate,
              double  *p50_ms,
              double  *p99_ms,
              GError **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  BenchJob job = { .kind = BENCH_JOB_ECHO, .rate = rate, .payload_bytes = 250,
                   .duration_ms = self->bench->seconds * 1000 };

  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "echo at %u/s: ", rate);
      return FALSE;
    }
  if (p50_ms)
    *p50_ms = get_ms (result, 0.5);
  *p99_ms = get_ms (result, 0.99);

  return TRUE;
}

static gboolean
measure_connections (Rig           *self,
                     guint          n_connections,
                     BenchFigures  *figures,
                     GError       **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  BenchJob churn = { .kind = BENCH_JOB_CHURN, .n_messages = N_CHURN };
  gsize before;

  /* What the first connections cost once is not what each costs. */
  if (!open_connections (self, N_WARM_UP, error) || !open_connections (self, 0, error))
    return FALSE;
  before = bench_server_get_resident (&self->server);
  if (!open_connections (self, n_connections, error))
    return FALSE;
  figures->idle_bytes = MAX (0, ((double) bench_server_get_resident (&self->server) - before) /
                             n_connections);

  if (!rig_run (self, &churn, result, error))
    {
      g_prefix_error (error, "accepting: ");
      return FALSE;
    }
  figures->accepts_per_s = get_rate (result);

  return TRUE;
}

static gboolean
measure_echoes (Rig           *self,
                guint          n_connections,
                BenchFigures  *figures,
                GError       **error)
{
  if (!measure_echo (self, 2000, &figures->echo_p50_ms, &figures->echo_p99_ms, error) ||
      !measure_echo (self, 8000, NULL, &figures->echo_busy_p99_ms, error))
    return FALSE;
  if (n_connections < 8000)
    return TRUE;

  return open_connections (self, 8000, error) &&
         measure_echo (self, 2000, NULL, &figures->echo_8000_p99_ms, error) &&
         open_connections (self, n_connections, error);
}

static gboolean
measure_fan_out (Rig           *self,
                 guint          n_connections,
                 guint          payload_bytes,
                 BenchFigures  *figures,
                 GError       **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  BenchJob job = { .kind = BENCH_JOB_JOIN, .n_peers = n_connections, .window = 1,
                   .payload_bytes = payload_bytes, .duration_ms = self->bench->seconds * 1000 };

  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "joining: ");
      return FALSE;
    }
  figures->joins_per_s = get_rate (result);

  job.kind = BENCH_JOB_FAN_OUT;
  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "fan-out one at a time: ");
      return FALSE;
    }
  figures->single_per_s = get_rate (result);
  figures->frame_bytes = result->frame_bytes;

  job.window = WINDOW;
  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "fan-out pipelined: ");
      return FALSE;
    }
  figures->pipelined_per_s = get_rate (result);

  return TRUE;
}

static gboolean
measure_posts (Rig           *self,
               guint          payload_bytes,
               BenchFigures  *figures,
               GError       **error)
{
  g_autofree BenchResult *result = g_new0 (BenchResult, 1);
  BenchJob job = { .kind = BENCH_JOB_SOLO, .n_peers = self->bench->n_senders,
                   .payload_bytes = payload_bytes, .duration_ms = self->bench->seconds * 1000 };

  if (!rig_run (self, &job, result, error))
    return FALSE;
  job.kind = BENCH_JOB_POST;
  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "posting: ");
      return FALSE;
    }
  figures->posts_per_s = get_rate (result);

  job.rate = 5000;
  if (!rig_run (self, &job, result, error))
    {
      g_prefix_error (error, "posting at 5000/s: ");
      return FALSE;
    }
  figures->post_p50_ms = get_ms (result, 0.5);
  figures->post_p99_ms = get_ms (result, 0.99);

  return TRUE;
}

static gboolean
measure (Bench         *bench,
         gboolean       real,
         guint          n_connections,
         guint          payload_bytes,
         BenchFigures  *figures,
         GError       **error)
{
  g_auto(Rig) rig = { .bench = bench, .real = real };

  g_printerr ("bench: %s, %u connections\n", real ? "confabd" : "ceiling", n_connections);
  if (!rig_start (&rig, n_connections, error) ||
      !measure_connections (&rig, n_connections, figures, error) ||
      !measure_echoes (&rig, n_connections, figures, error))
    return FALSE;
  /* Posts come before the one group, so that their senders hear nothing else. */
  if (n_connections == bench->n_senders && !measure_posts (&rig, payload_bytes, figures, error))
    return FALSE;

  return measure_fan_out (&rig, n_connections, payload_bytes, figures, error);
}

static double
measure_syncs (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "sync", NULL);
  int fd = g_open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  char block[4096] = { 0 };
  gint64 start = g_get_monotonic_time ();
  guint n = 0;

  while (fd >= 0 && g_get_monotonic_time () - start < 500000 &&
         write (fd, block, sizeof block) == sizeof block && fdatasync (fd) == 0)
    n++;
  if (fd >= 0)
    close (fd);

  return n * 1e6 / (g_get_monotonic_time () - start);
}

static gboolean
run (Bench        *bench,
     BenchReport  *report,
     GError      **error)
{
  for (guint i = 0; i < BENCH_SIZES; i++)
    {
      bench_figures_clear (&report->confabd[i]);
      bench_figures_clear (&report->ceiling[i]);
    }
  report->n_ceiling_threads = bench->n_threads;
  report->syncs_per_s = measure_syncs (bench->dir);
  g_printerr ("bench: signing up %u accounts\n", N_ACCOUNTS);
  if (!sign_up (bench, error))
    return FALSE;

  for (guint i = 0; i < BENCH_SIZES; i++)
    {
      guint n = report->n_connections[i];

      if (!measure (bench, TRUE, n, 0, &report->confabd[i], error) ||
          !measure (bench, FALSE, n, MAX (report->confabd[i].frame_bytes, 100),
                    &report->ceiling[i], error))
        {
          g_prefix_error (error, "With %u connections: ", n);
          return FALSE;
        }
    }

  return TRUE;
}

static void
remove_dir (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_dir (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
ran_out_of_time_cb (int number)
{
  static const char text[] = "bench: took too long, gave up\n";

  /* The children die with us. */
  if (write (STDERR_FILENO, text, strlen (text)) < 0)
    _exit (3);
  _exit (2);
}

int
main (int   argc,
      char *argv[])
{
  BenchReport report = { .n_connections = { 100, 1000, 10000 } };
  Bench bench = { .n_threads = g_get_num_processors (), .n_senders = 100, .seconds = 3 };
  struct rlimit limit;
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = NULL;
  gboolean ok;

  if (argc < 4)
    {
      g_printerr ("Usage: bench-hub CONFABD CEILING DIRECTORY [CONNECTIONS…]\n");
      return 2;
    }
  bench.confabd = argv[1];
  bench.ceiling = argv[2];
  for (int i = 4; i < argc && i < 4 + BENCH_SIZES; i++)
    report.n_connections[i - 4] = CLAMP (g_ascii_strtoull (argv[i], NULL, 10), 1, 60000);

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  signal (SIGALRM, ran_out_of_time_cb);
  alarm (WHOLE_TIMEOUT_S);

  dir = g_build_filename (argv[3], "bench-XXXXXX", NULL);
  g_mkdir_with_parents (argv[3], 0700);
  bench.dir = g_mkdtemp (dir);
  if (!bench.dir)
    {
      g_printerr ("bench: cannot write to %s\n", argv[3]);
      return 1;
    }

  ok = run (&bench, &report, &error);
  bench_report_print (&report);
  if (ok)
    remove_dir (bench.dir);
  else
    g_printerr ("bench: %s (logs: %s)\n", error->message, bench.dir);
  g_strfreev (bench.tokens);

  return ok ? 0 : 1;
}
