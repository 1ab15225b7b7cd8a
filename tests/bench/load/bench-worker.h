/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bench-histogram.h"

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

#define BENCH_MAX_WORKERS 8

typedef enum {
  BENCH_JOB_OPEN,     /* brings the connections to n_peers */
  BENCH_JOB_CHURN,    /* opens n_messages further connections and closes each at once */
  BENCH_JOB_JOIN,     /* every connection enters the one group */
  BENCH_JOB_ECHO,     /* open loop, "rate" messages a second for duration_ms */
  BENCH_JOB_FAN_OUT,  /* messages to the group, at most "window" of them on their way */
  BENCH_JOB_SOLO,     /* each of the first n_peers connections enters a group of its own */
  BENCH_JOB_POST,     /* stored posts: open loop with "rate", closed loop with rate 0 */
} BenchJobKind;

typedef struct
{
  BenchJobKind kind;
  guint        n_peers;
  guint        n_messages;
  guint        rate;
  guint        duration_ms;
  guint        window;
  guint        payload_bytes;
} BenchJob;

typedef struct
{
  gboolean       ok;
  char           error[200];
  guint64        n_done;        /* connections, answers or deliveries */
  gint64         elapsed_ns;
  guint          frame_bytes;   /* of the deliveries */
  BenchHistogram latency;
} BenchResult;

/* What the workers of one run share besides their sockets. */
typedef struct _BenchShared BenchShared;

typedef struct
{
  guint16      port;
  char       **tokens;   /* NULL: the ceiling */
  guint        index;
  guint        n_workers;
  BenchShared *shared;
} BenchWorkerOptions;

BenchShared *bench_shared_new  (void);
void         bench_shared_free (BenchShared *self);

/* A load process and the socket over which it takes jobs. */
typedef struct
{
  pid_t pid;
  int   fd;
} BenchWorker;

gboolean bench_worker_start (BenchWorker              *self,
                             const BenchWorkerOptions *options,
                             GError                  **error);
void     bench_worker_stop  (BenchWorker              *self);

G_END_DECLS
