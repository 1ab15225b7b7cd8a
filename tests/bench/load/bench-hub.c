/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Measures confabd and, in the same run, a server that only copies frames. Load comes from
 * processes of its own over loopback; latencies are counted from when a message was due (open
 * loop), so that a server which stalls cannot slow down those who measure it. */

#include "config.h"

#include "bench-accounts.h"
#include "bench-measure.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WHOLE_TIMEOUT_S 300
#define N_ACCOUNTS      60

/* Signed up before anything is measured: Argon2 is slow on purpose. */
static gboolean
sign_up (Bench   *bench,
         GError **error)
{
  g_auto(BenchRig) rig = { .bench = bench, .real = TRUE };

  if (!bench_rig_start_server (&rig, error))
    return FALSE;
  bench->tokens = bench_accounts_sign_up (rig.server.port, N_ACCOUNTS, error);

  return bench->tokens != NULL;
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
      if (!bench_measure (bench, report->n_connections[i], &report->confabd[i],
                          &report->ceiling[i], error))
        return FALSE;
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
  Bench bench = { .n_threads = g_get_num_processors () };
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
