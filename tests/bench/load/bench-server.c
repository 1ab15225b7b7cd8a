/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-server.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 10000
#define STOP_TIMEOUT_MS  5000

static void G_GNUC_NORETURN
run_child (const char * const *argv,
           const char         *log_path,
           int                 stdout_fd,
           pid_t               parent)
{
  int log_fd = open (log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);

  /* Nothing that a bench starts may outlive it. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (1);

  dup2 (stdout_fd, STDOUT_FILENO);
  if (log_fd >= 0)
    dup2 (log_fd, STDERR_FILENO);
  execv (argv[0], (char **) argv);
  _exit (127);
}

/* Waits for the line "… ready http://127.0.0.1:PORT". */
static gboolean
read_port (BenchServer *self,
           int          fd)
{
  char line[256];
  gsize length = 0;
  gint64 deadline = g_get_monotonic_time () + READY_TIMEOUT_MS * 1000;

  while (length < sizeof line - 1)
    {
      struct pollfd pfd = { .fd = fd, .events = POLLIN };
      int left_ms = (deadline - g_get_monotonic_time ()) / 1000;
      ssize_t n;

      if (left_ms <= 0 || poll (&pfd, 1, left_ms) != 1)
        return FALSE;
      n = read (fd, line + length, sizeof line - 1 - length);
      if (n <= 0)
        return FALSE;
      length += n;
      line[length] = '\0';
      if (strchr (line, '\n'))
        {
          const char *colon = strrchr (line, ':');

          self->port = colon ? atoi (colon + 1) : 0;
          return self->port != 0;
        }
    }

  return FALSE;
}

/**
 * bench_server_start:
 * @self: set on success
 * @argv: (array zero-terminated=1): program and arguments
 * @log_path: where its standard error goes
 * @error: return location
 *
 * Starts a server and waits until it says that it is ready.
 */
gboolean
bench_server_start (BenchServer         *self,
                    const char * const  *argv,
                    const char          *log_path,
                    GError             **error)
{
  BenchServer server = { 0 };
  int fds[2];
  gboolean ready;
  pid_t parent = getpid ();

  if (pipe2 (fds, O_CLOEXEC) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }

  server.pid = fork ();
  if (server.pid == 0)
    run_child (argv, log_path, fds[1], parent);

  close (fds[1]);
  ready = server.pid > 0 && read_port (&server, fds[0]);
  close (fds[0]);
  if (!ready)
    {
      bench_server_stop (&server);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s did not get ready (log: %s)",
                   argv[0], log_path);
      return FALSE;
    }

  *self = server;

  return TRUE;
}

void
bench_server_stop (BenchServer *self)
{
  struct pollfd pfd = { .events = POLLIN };

  if (self->pid <= 0)
    return;

  kill (self->pid, SIGTERM);
  pfd.fd = pidfd_open (self->pid, 0);
  if (pfd.fd < 0 || poll (&pfd, 1, STOP_TIMEOUT_MS) != 1)
    kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  if (pfd.fd >= 0)
    close (pfd.fd);
  self->pid = 0;
}

gsize
bench_server_get_resident (BenchServer *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) self->pid);
  g_autofree char *text = NULL;
  const char *line;

  /* Not statm: its counters are gathered per thread and lag behind. */
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, "\nRss:");

  return line ? (gsize) g_ascii_strtoull (line + strlen ("\nRss:"), NULL, 10) * 1024 : 0;
}
