/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The load of `./dev bench clients`: very many clients of one group, of whom one says something.
 *
 *     bench-clients DIALECT PORT SERVER-PID CONNECTIONS SECONDS TOKEN…
 *
 * They speak as skapi-js does or as Altogic's client does, and the server is ours or one that was
 * made of npm's parts: nothing here knows which. Prints one line of JSON. */

#include "config.h"

#include "bench-histogram.h"
#include "bench-peer.h"
#include "wire-ws-frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define NS_PER_S        G_GINT64_CONSTANT (1000000000)
#define WHOLE_TIMEOUT_S 120
#define MAX_EVENTS      256
#define MAX_OPENING     64
#define WINDOW          16
#define STALLED_NS      (20 * NS_PER_S)

typedef struct _Load Load;

/* What differs between the two kinds of clients. */
typedef struct
{
  const char  *name;
  char      *(*make_target) (const char *token);
  const char  *greeting;      /* how the server begins, or NULL */
  char      *(*make_answer) (const char *token);
  const char  *accepted;      /* how it goes on */
  const char  *join;
  const char  *joined;        /* is in what it says then */
  const char  *post;          /* up to its text, which begins with a number */
  const char  *post_end;
  const char  *ping;          /* a text that is to be answered, or NULL */
  const char  *pong;
} Dialect;

struct _Load
{
  const Dialect *dialect;
  GStrv          tokens;
  guint16        port;
  pid_t          server;
  int            epoll_fd;
  BenchPeer     *peers;
  guint          n_peers;
  guint          n_begun;
  guint          n_joined;
  guint64        n_heard;     /* messages by all of them */
  guint          n_sent;
  const char    *wrong;
};

static char *
make_skapi_target (const char *token)
{
  return g_strconcat ("/api?token=", token, NULL);
}

static char *
make_altogic_target (const char *token)
{
  return g_strdup ("/socket.io/?EIO=4&transport=websocket");
}

static char *
make_altogic_answer (const char *token)
{
  return g_strconcat ("40{\"echoMessages\":true,\"Session\":\"", token, "\"}", NULL);
}

#define TEXT "The quick brown fox jumps over the lazy dog, and the dog does not mind at all"

static const Dialect dialects[] = {
  {
    .name = "skapi",
    .make_target = make_skapi_target,
    .join = "{\"action\":\"joinRoom\",\"rid\":\"bench\"}",
    .joined = "\"#notice\"",
    .post = "{\"action\":\"broadcast\",\"rid\":\"bench\",\"content\":{\"text\":\"",
    .post_end = "\"}}",
  },
  {
    .name = "altogic",
    .make_target = make_altogic_target,
    .greeting = "0{",
    .make_answer = make_altogic_answer,
    .accepted = "40{",
    .join = "420[\"join\",{\"channel\":\"bench\"}]",
    .joined = "430[",
    .post = "42[\"message\",{\"channel\":\"bench\",\"eventName\":\"message\","
            "\"message\":{\"text\":\"",
    .post_end = "\"}}]",
    .ping = "2",
    .pong = "3",
  },
};

static gint64
now_ns (void)
{
  return g_get_monotonic_time () * 1000;
}

static gboolean
begins (const guint8 *payload,
        gsize         length,
        const char   *text)
{
  return text && length >= strlen (text) && memcmp (payload, text, strlen (text)) == 0;
}

static void
say (Load       *self,
     BenchPeer  *peer,
     const char *text)
{
  if (!bench_peer_send (peer, WIRE_WS_TEXT, text, strlen (text)))
    self->wrong = "a connection was lost while sending";
}

/* Before a peer is in the group. */
static void
step_in (Load         *self,
         BenchPeer    *peer,
         const guint8 *payload,
         gsize         length)
{
  const Dialect *dialect = self->dialect;

  if (begins (payload, length, dialect->greeting))
    {
      g_autofree char *answer = dialect->make_answer (self->tokens[peer->index %
                                                                   g_strv_length (self->tokens)]);

      say (self, peer, answer);
    }
  else if (begins (payload, length, dialect->accepted))
    {
      say (self, peer, dialect->join);
    }
  else if (memmem (payload, length, dialect->joined, strlen (dialect->joined)))
    {
      peer->next_post = 1;
      self->n_joined++;
    }
}

static void
heard_cb (BenchPeer    *peer,
          const guint8 *payload,
          gsize         length,
          gpointer      user_data)
{
  Load *self = user_data;

  if (self->dialect->ping && length == 1 && begins (payload, length, self->dialect->ping))
    say (self, peer, self->dialect->pong);
  else if (!peer->next_post)
    step_in (self, peer, payload, length);
  else if (memmem (payload, length, "\"n=", 3))
    self->n_heard++;
}

static void
begin_next (Load *self)
{
  BenchPeer *peer = &self->peers[self->n_begun];
  BenchAddress address = { .port = self->port };
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = peer };

  peer->index = self->n_begun++;
  if (!bench_peer_connect (peer, &address, NULL) ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) < 0)
    self->wrong = "cannot connect";
}

static void
upgrade (Load      *self,
         BenchPeer *peer)
{
  const char *token = self->tokens[peer->index % g_strv_length (self->tokens)];
  g_autofree char *target = self->dialect->make_target (token);
  BenchAddress address = { .port = self->port, .target = target };
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

  bench_peer_upgrade (peer, &address);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, peer->fd, &event);
}

static void
turn (Load *self,
      int   wait_ms)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll_fd, events, MAX_EVENTS, wait_ms);

  for (int i = 0; i < n && !self->wrong; i++)
    {
      BenchPeer *peer = events[i].data.ptr;
      BenchPeerState before = peer->state;

      if (before == BENCH_PEER_CONNECTING)
        {
          upgrade (self, peer);
          continue;
        }
      if (!bench_peer_read (peer, FALSE, heard_cb, self))
        self->wrong = "a connection was lost";
      else if (before == BENCH_PEER_UPGRADING && peer->state == BENCH_PEER_OPEN &&
               !self->dialect->greeting)
        say (self, peer, self->dialect->join);
    }
}

static void
join_all (Load *self)
{
  gint64 end_ns = now_ns () + STALLED_NS * 2;

  while (self->n_joined < self->n_peers && !self->wrong)
    {
      while (self->n_begun < self->n_peers && self->n_begun < self->n_joined + MAX_OPENING)
        begin_next (self);
      turn (self, 100);
      if (now_ns () > end_ns)
        self->wrong = "not everybody could join";
    }
}

/* Processor time of the server, all its threads. */
static double
get_server_cpu_s (Load *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", self->server);
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;
  const char *rest;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !(rest = strrchr (text, ')')))
    return 0;

  fields = g_strsplit (rest + 2, " ", -1);

  return (g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL)) /
         sysconf (_SC_CLK_TCK);
}

static double
get_server_resident_kib (Load *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", self->server);
  g_autofree char *text = NULL;
  const char *second;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !(second = strchr (text, ' ')))
    return 0;

  return g_ascii_strtod (second, NULL) * sysconf (_SC_PAGESIZE) / 1024;
}

/* So many messages are under way at once; a message has arrived when everybody has heard it. */
static double
fan_out (Load           *self,
         guint           window,
         guint           seconds,
         BenchHistogram *latencies)
{
  gint64 start_ns = now_ns ();
  gint64 end_ns = start_ns + seconds * NS_PER_S;
  gint64 sent_ns[WINDOW] = { 0 };
  guint64 heard_before = self->n_heard;
  guint n_sent = 0, n_whole = 0;
  gint64 progress_ns = start_ns;

  while ((now_ns () < end_ns || n_whole < n_sent) && !self->wrong)
    {
      char text[512];

      while (now_ns () < end_ns && n_sent < n_whole + window)
        {
          sent_ns[n_sent % WINDOW] = now_ns ();
          g_snprintf (text, sizeof text, "%sn=%u " TEXT "%s", self->dialect->post, self->n_sent++,
                      self->dialect->post_end);
          say (self, &self->peers[n_sent++ % self->n_peers], text);
        }
      turn (self, 100);
      while (n_whole < n_sent &&
             self->n_heard - heard_before >= (guint64) (n_whole + 1) * self->n_peers)
        {
          progress_ns = now_ns ();
          bench_histogram_add (latencies, progress_ns - sent_ns[n_whole++ % WINDOW]);
        }
      if (now_ns () - progress_ns > STALLED_NS)
        self->wrong = "a message did not reach everybody";
    }

  return (self->n_heard - heard_before) * 1e9 / (now_ns () - start_ns);
}

static void
measure (Load  *self,
         guint  seconds)
{
  g_autofree BenchHistogram *single = g_new0 (BenchHistogram, 1);
  g_autofree BenchHistogram *many = g_new0 (BenchHistogram, 1);
  double empty_kib = get_server_resident_kib (self);
  double full_kib, single_per_s, many_per_s, cpu_s;
  guint64 n_heard;

  join_all (self);
  /* What joining still says to those who came before. */
  for (gint64 end_ns = now_ns () + NS_PER_S; now_ns () < end_ns && !self->wrong;)
    turn (self, 100);
  full_kib = get_server_resident_kib (self);

  fan_out (self, WINDOW, 1, many);
  memset (many, 0, sizeof *many);
  single_per_s = fan_out (self, 1, seconds, single);
  cpu_s = get_server_cpu_s (self);
  n_heard = self->n_heard;
  many_per_s = fan_out (self, WINDOW, seconds, many);
  cpu_s = get_server_cpu_s (self) - cpu_s;

  if (!self->wrong)
    printf ("{\"single_per_s\":%.0f,\"single_p50_ms\":%.3f,\"single_p99_ms\":%.3f,"
            "\"many_per_s\":%.0f,\"many_p99_ms\":%.3f,\"cpu_us\":%.3f,\"connection_kib\":%.2f}\n",
            single_per_s, bench_histogram_get_quantile (single, 0.5) / 1e6,
            bench_histogram_get_quantile (single, 0.99) / 1e6, many_per_s,
            bench_histogram_get_quantile (many, 0.99) / 1e6,
            cpu_s * 1e6 / MAX (self->n_heard - n_heard, 1),
            (full_kib - empty_kib) / self->n_peers);
}

int
main (int   argc,
      char *argv[])
{
  Load self = { .epoll_fd = epoll_create1 (EPOLL_CLOEXEC) };
  struct rlimit limit;

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (dialects); i++)
    if (g_str_equal (argv[1], dialects[i].name))
      self.dialect = &dialects[i];
  if (argc < 7 || !self.dialect)
    {
      g_printerr ("Usage: bench-clients skapi|altogic PORT PID CONNECTIONS SECONDS TOKEN…\n");
      return 2;
    }

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  alarm (WHOLE_TIMEOUT_S);

  self.port = g_ascii_strtoull (argv[2], NULL, 10);
  self.server = g_ascii_strtoull (argv[3], NULL, 10);
  self.n_peers = g_ascii_strtoull (argv[4], NULL, 10);
  self.tokens = argv + 6;
  self.peers = g_new0 (BenchPeer, self.n_peers);
  measure (&self, g_ascii_strtoull (argv[5], NULL, 10));
  if (self.wrong)
    g_printerr ("bench-clients: %s (%u of %u had joined)\n", self.wrong, self.n_joined,
                self.n_peers);

  for (guint i = 0; i < self.n_begun; i++)
    bench_peer_clear (&self.peers[i]);
  g_free (self.peers);
  close (self.epoll_fd);

  return self.wrong ? 1 : 0;
}
