/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The jobs that make connections: opening, opening and closing, entering groups. */

#include "config.h"

#include "bench-worker-private.h"

#include <string.h>
#include <sys/epoll.h>

#define IN_FLIGHT   50
#define STALLED_NS  G_GINT64_CONSTANT (15000000000)

/* Peers of different workers are different users as far as there are enough of them. */
static BenchPeer *
add_peer (BenchLoop *self)
{
  BenchPeer *peer = g_new0 (BenchPeer, 1);
  BenchAddress address = { .port = self->options.port };
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = peer };
  g_autoptr(GError) error = NULL;

  peer->index = self->peers->len * self->options.n_workers + self->options.index;
  if (!bench_peer_connect (peer, &address, &error) ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) < 0)
    {
      bench_loop_fail (self, "%s", error ? error->message : "epoll_ctl failed");
      g_free (peer);
      return NULL;
    }
  g_ptr_array_add (self->peers, peer);

  return peer;
}

static void
drop_last_peer (BenchLoop *self)
{
  BenchPeer *peer = g_ptr_array_steal_index (self->peers, self->peers->len - 1);

  bench_peer_clear (peer);
  g_free (peer);
}

static void
count_opened (gpointer   loop,
              BenchPeer *peer)
{
  BenchLoop *self = loop;

  self->n_received++;
}

/* Turns until @wanted of something have come in. */
static gboolean
await (BenchLoop  *self,
       guint64     wanted,
       gint64     *deadline_ns,
       const char *what)
{
  guint64 before = self->n_received;

  bench_loop_turn (self, *deadline_ns);
  if (self->n_received > before)
    *deadline_ns = bench_now_ns () + STALLED_NS;
  if (self->n_lost > 0)
    return bench_loop_fail (self, "%u connections were refused or lost", self->n_lost);
  if (bench_now_ns () >= *deadline_ns)
    return bench_loop_fail (self, "Stalled after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s",
                            self->n_received, wanted, what);

  return TRUE;
}

gboolean
bench_open_run (BenchLoop *self)
{
  guint wanted = self->job->n_peers;
  guint first = self->peers->len;
  gint64 deadline_ns = bench_now_ns () + STALLED_NS;

  while (self->peers->len > wanted)
    drop_last_peer (self);

  self->opened = count_opened;
  self->start_ns = bench_now_ns ();
  while (first + self->n_received < wanted)
    {
      while (self->peers->len < wanted && self->peers->len - first < self->n_received + IN_FLIGHT)
        if (!add_peer (self))
          return FALSE;
      if (!await (self, wanted - first, &deadline_ns, "connections"))
        return FALSE;
    }
  self->result->elapsed_ns = bench_now_ns () - self->start_ns;
  self->result->n_done = self->n_received;
  atomic_store (&self->options.shared->workers[self->options.index].n_peers, self->peers->len);

  return TRUE;
}

/* Newcomers are closed a bunch at a time, behind the clock: what counts is how fast the server lets
 * them in while it holds the others. */
gboolean
bench_churn_run (BenchLoop *self)
{
  guint held = self->peers->len;
  guint64 n_done = 0;
  gint64 elapsed_ns = 0;
  gint64 deadline_ns = bench_now_ns () + STALLED_NS;

  self->opened = count_opened;
  while (n_done < self->job->n_messages)
    {
      guint bunch = MIN (10 * IN_FLIGHT, self->job->n_messages - n_done);

      self->n_received = 0;
      self->start_ns = bench_now_ns ();
      while (self->n_received < bunch)
        {
          while (self->peers->len - held < MIN (bunch, self->n_received + IN_FLIGHT))
            if (!add_peer (self))
              return FALSE;
          if (!await (self, bunch, &deadline_ns, "connections"))
            return FALSE;
        }
      elapsed_ns += bench_now_ns () - self->start_ns;
      n_done += bunch;
      while (self->peers->len > held)
        drop_last_peer (self);
      bench_loop_settle (self, 20, 500);
    }
  self->result->n_done = n_done;
  self->result->elapsed_ns = elapsed_ns;

  return TRUE;
}

static void
count_joined (BenchPeer    *peer,
              const guint8 *payload,
              gsize         length,
              gpointer      user_data)
{
  BenchLoop *self = user_data;
  static const char good[] = "\"#ok\"";

  if (bench_find_number (payload, length, "#ref\":\"j") < 0)
    return;
  if (memmem (payload, length, good, strlen (good)))
    self->n_received++;
  else
    bench_loop_fail (self, "join: %.*s", (int) MIN (length, 150), (const char *) payload);
}

gboolean
bench_join_run (BenchLoop *self)
{
  guint wanted = MIN (self->job->n_peers, self->peers->len);
  gint64 deadline_ns = bench_now_ns () + STALLED_NS;
  char request[128];

  /* At the ceiling everybody is in. */
  if (!self->options.tokens)
    return TRUE;

  self->func = count_joined;
  self->start_ns = bench_now_ns ();
  while (self->n_received < wanted)
    {
      while (self->n_sent < wanted && self->n_sent < self->n_received + IN_FLIGHT)
        {
          BenchPeer *peer = g_ptr_array_index (self->peers, self->n_sent++);
          int length;

          if (self->job->kind == BENCH_JOB_JOIN)
            length = g_snprintf (request, sizeof request,
                                 "{\"action\":\"join\",\"rid\":\"bench\",\"ref\":\"j1\"}");
          else
            length = g_snprintf (request, sizeof request,
                                 "{\"action\":\"join\",\"rid\":\"solo %u\",\"ref\":\"j1\"}",
                                 peer->index);
          bench_peer_send (peer, 1, request, length);
        }
      if (!await (self, wanted, &deadline_ns, "joins") || self->result->error[0])
        return FALSE;
    }
  self->result->n_done = self->n_received;
  self->result->elapsed_ns = bench_now_ns () - self->start_ns;
  bench_loop_settle (self, 100, 20000);

  return TRUE;
}
