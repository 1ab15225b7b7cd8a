/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-worker-private.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512

gint64
bench_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

gboolean
bench_loop_fail (BenchLoop  *self,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  g_vsnprintf (self->result->error, sizeof self->result->error, format, args);
  va_end (args);

  return FALSE;
}

gint64
bench_find_number (const guint8 *payload,
                   gsize         length,
                   const char   *marker)
{
  const guint8 *end = payload + length;
  const guint8 *at = memmem (payload, length, marker, strlen (marker));
  gint64 number = 0;

  if (!at)
    return -1;
  for (at += strlen (marker); at < end && g_ascii_isdigit (*at); at++)
    number = number * 10 + (*at - '0');

  return number;
}

static void
ignore_message (BenchPeer    *peer,
                const guint8 *payload,
                gsize         length,
                gpointer      user_data)
{
}

static void
handle_peer (BenchLoop *self,
             BenchPeer *peer,
             guint32    events)
{
  BenchPeerState before = peer->state;
  BenchAddress address = { .port = self->options.port };

  if (self->options.tokens)
    address.token = self->options.tokens[peer->index % g_strv_length (self->options.tokens)];

  if (before == BENCH_PEER_CONNECTING)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

      epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, peer->fd, &event);
      bench_peer_upgrade (peer, &address);
    }
  else if (before != BENCH_PEER_LOST)
    {
      bench_peer_read (peer, address.token != NULL, self->func ? self->func : ignore_message, self);
    }

  if (peer->state == BENCH_PEER_LOST && before != BENCH_PEER_LOST)
    {
      self->n_lost++;
      epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, peer->fd, NULL);
    }
  if (peer->state == BENCH_PEER_OPEN && before != BENCH_PEER_OPEN && self->opened)
    self->opened (self, peer);
}

/**
 * bench_loop_turn:
 * @self: a loop
 * @until_ns: when to come back at the latest
 *
 * Handles what has arrived.
 *
 * Returns: whether anything had
 */
gboolean
bench_loop_turn (BenchLoop *self,
                 gint64     until_ns)
{
  struct epoll_event events[EVENTS];
  gint64 left_ns = MAX (until_ns - bench_now_ns (), 0);
  struct timespec timeout = { .tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000 };
  int n = epoll_pwait2 (self->epoll_fd, events, EVENTS, &timeout, NULL);

  for (int i = 0; i < n; i++)
    {
      eventfd_t value;

      if (events[i].data.ptr)
        handle_peer (self, events[i].data.ptr, events[i].events);
      else
        eventfd_read (self->options.shared->wake_fd, &value);
    }

  return n > 0;
}

void
bench_loop_settle (BenchLoop *self,
                   guint      quiet_ms,
                   guint      limit_ms)
{
  gint64 limit_ns = bench_now_ns () + limit_ms * G_GINT64_CONSTANT (1000000);

  while (bench_now_ns () < limit_ns &&
         bench_loop_turn (self, bench_now_ns () + quiet_ms * G_GINT64_CONSTANT (1000000)))
    continue;
}

static gboolean
run_job (BenchLoop *self)
{
  switch (self->job->kind)
    {
    case BENCH_JOB_OPEN:
      return bench_open_run (self);
    case BENCH_JOB_CHURN:
      return bench_churn_run (self);
    case BENCH_JOB_JOIN:
    case BENCH_JOB_SOLO:
      return bench_join_run (self);
    case BENCH_JOB_ECHO:
      return bench_echo_run (self);
    case BENCH_JOB_FAN_OUT:
      return bench_fan_out_run (self);
    case BENCH_JOB_POST:
      return bench_post_run (self);
    }
  g_assert_not_reached ();
}

static void G_GNUC_NORETURN
run_worker (const BenchWorkerOptions *options,
            int                       control_fd,
            pid_t                     parent)
{
  static BenchResult result;
  BenchLoop loop = { .options = *options, .control_fd = control_fd };
  struct epoll_event wake = { .events = EPOLLIN };
  BenchJob job;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_TIMERSLACK, 1);
  if (getppid () != parent)
    _exit (1);

  loop.epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  loop.peers = g_ptr_array_new ();
  loop.result = &result;
  if (options->index == 0)
    epoll_ctl (loop.epoll_fd, EPOLL_CTL_ADD, options->shared->wake_fd, &wake);

  while (recv (control_fd, &job, sizeof job, 0) == sizeof job)
    {
      memset (&result, 0, sizeof result);
      loop.job = &job;
      loop.func = NULL;
      loop.opened = NULL;
      loop.n_sent = 0;
      loop.n_received = 0;
      loop.n_lost = 0;
      result.ok = run_job (&loop);
      /* What is still on its way must not count for the next job. */
      loop.func = NULL;
      bench_loop_settle (&loop, 20, 1000);
      g_clear_pointer (&loop.sent_ns, g_free);
      if (send (control_fd, &result, sizeof result, MSG_NOSIGNAL) != sizeof result)
        break;
    }
  _exit (0);
}

/**
 * bench_worker_start:
 * @self: set on success
 * @options: what it has to know; only its @shared is shared
 * @error: return location
 *
 * Forks a load process. To be called before the caller has any thread.
 */
gboolean
bench_worker_start (BenchWorker               *self,
                    const BenchWorkerOptions  *options,
                    GError                   **error)
{
  pid_t parent = getpid ();
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No socket pair: %s",
                   g_strerror (errno));
      return FALSE;
    }

  self->pid = fork ();
  if (self->pid == 0)
    {
      close (fds[0]);
      run_worker (options, fds[1], parent);
    }
  close (fds[1]);
  self->fd = fds[0];

  return self->pid > 0;
}

void
bench_worker_stop (BenchWorker *self)
{
  if (self->pid <= 0)
    return;
  close (self->fd);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
}

BenchShared *
bench_shared_new (void)
{
  BenchShared *self = mmap (NULL, sizeof *self, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (self == MAP_FAILED)
    g_error ("No shared memory: %s", g_strerror (errno));
  self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);

  return self;
}

void
bench_shared_free (BenchShared *self)
{
  close (self->wake_fd);
  munmap (self, sizeof *self);
}
