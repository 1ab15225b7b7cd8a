/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-rig.h"

#include "bench-worker-private.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define JOB_TIMEOUT_MS 60000
#define PER_WORKER     9000

void
bench_rig_clear (BenchRig *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    bench_worker_stop (&self->workers[i]);
  bench_server_stop (&self->server);
  g_clear_pointer (&self->shared, bench_shared_free);
}

gboolean
bench_rig_start_server (BenchRig  *self,
                        GError   **error)
{
  g_autofree char *data = g_build_filename (self->bench->dir, "data", NULL);
  const char *log_name = self->real ? "confabd.log" : "ceiling.log";
  g_autofree char *log = g_build_filename (self->bench->dir, log_name, NULL);
  g_autofree char *threads = g_strdup_printf ("%u", self->bench->n_threads);
  const char *real[] = { self->bench->confabd, "--listen", "127.0.0.1:0", "--data", data, NULL };
  const char *plain[] = { self->bench->ceiling, threads, NULL };

  return bench_server_start (&self->server, self->real ? real : plain, log, error);
}

gboolean
bench_rig_start (BenchRig  *self,
                 guint      n_connections,
                 GError   **error)
{
  BenchWorkerOptions options = { .tokens = self->real ? self->bench->tokens : NULL };

  if (!bench_rig_start_server (self, error))
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

gboolean
bench_rig_run (BenchRig        *self,
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
