/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* One server process under test, confabd or the ceiling, on a loopback port of its own choice. */
typedef struct
{
  pid_t   pid;
  guint16 port;
} BenchServer;

gboolean bench_server_start        (BenchServer        *self,
                                    const char * const *argv,
                                    const char         *log_path,
                                    GError            **error);
void     bench_server_stop         (BenchServer        *self);
/* Bytes that the process holds in memory now, 0 when it is gone. */
gsize    bench_server_get_resident (BenchServer        *self);

G_END_DECLS
