/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bench-peer.h"
#include "bench-worker.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/* Written by one worker, read by all; a cache line each. */
typedef struct
{
  _Alignas (64) _Atomic guint64 n_delivered;
  _Atomic guint n_peers;
} BenchShare;

struct _BenchShared
{
  BenchShare    workers[BENCH_MAX_WORKERS];
  _Atomic guint fan_out_over;
  int           wake_fd;        /* wakes the worker that sends, the first */
};

/* What a load process knows. */
typedef struct
{
  BenchWorkerOptions  options;
  int                 control_fd;
  int                 epoll_fd;
  GPtrArray          *peers;       /* of BenchPeer */
  guint               n_open;
  guint               n_lost;

  /* the job at hand */
  const BenchJob     *job;
  BenchResult        *result;
  BenchPeerFunc       func;
  void              (*opened) (gpointer   loop,
                               BenchPeer *peer);
  gint64              start_ns;
  gint64             *sent_ns;     /* when message n was due or sent */
  guint               n_sent;
  guint64             n_received;
} BenchLoop;

gint64   bench_now_ns        (void);
gboolean bench_loop_turn     (BenchLoop *self,
                              gint64     until_ns);
/* Turns until nothing has come for @quiet_ms; gives up after @limit_ms. */
void     bench_loop_settle   (BenchLoop *self,
                              guint      quiet_ms,
                              guint      limit_ms);
gboolean bench_loop_fail     (BenchLoop  *self,
                              const char *format,
                              ...) G_GNUC_PRINTF (2, 3);
/* Finds @marker in a frame and returns the number behind it, or -1. */
gint64   bench_find_number   (const guint8 *payload,
                              gsize         length,
                              const char   *marker);

gboolean bench_open_run      (BenchLoop *self);
gboolean bench_churn_run     (BenchLoop *self);
gboolean bench_join_run      (BenchLoop *self);
gboolean bench_echo_run      (BenchLoop *self);
gboolean bench_fan_out_run   (BenchLoop *self);
gboolean bench_post_run      (BenchLoop *self);

G_END_DECLS
