/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-metrics.h"

typedef struct
{
  ConfabdHttpMetricsDone done;
  gpointer               done_data;
} Collection;

typedef struct
{
  const char *name;
  const char *type;
  const char *help;
  gsize       offset;
} Metric;

static const Metric metrics[] = {
  { "connections", "gauge", "WebSocket connections.", G_STRUCT_OFFSET (ConfabdHubStats, n_peers) },
  { "frames_received_total", "counter", "Messages received.", G_STRUCT_OFFSET (ConfabdHubStats, n_frames_in) },
  { "frames_sent_total", "counter", "Frames sent.", G_STRUCT_OFFSET (ConfabdHubStats, n_frames_out) },
  { "received_bytes_total", "counter", "Bytes received.", G_STRUCT_OFFSET (ConfabdHubStats, n_bytes_in) },
  { "sent_bytes_total", "counter", "Bytes sent.", G_STRUCT_OFFSET (ConfabdHubStats, n_bytes_out) },
  { "writes_total", "counter", "Writes to sockets.", G_STRUCT_OFFSET (ConfabdHubStats, n_writes) },
  { "slow_closed_total", "counter", "Peers closed with 3008.", G_STRUCT_OFFSET (ConfabdHubStats, n_slow_closed) },
  { "silent_closed_total", "counter", "Peers closed with 3004.", G_STRUCT_OFFSET (ConfabdHubStats, n_silent_closed) },
  { "flood_closed_total", "counter", "Peers closed with 3009.", G_STRUCT_OFFSET (ConfabdHubStats, n_flood_closed) },
  { "dropped_frames_total", "counter", "Transient frames dropped.", G_STRUCT_OFFSET (ConfabdHubStats, n_dropped) },
};

static void
collected_cb (const ConfabdHubStats *stats,
              gpointer               user_data)
{
  g_autofree Collection *collection = user_data;
  g_autoptr(GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    g_string_append_printf (text,
                            "# HELP confabd_%s %s\n# TYPE confabd_%s %s\nconfabd_%s %" G_GUINT64_FORMAT "\n",
                            metrics[i].name, metrics[i].help, metrics[i].name, metrics[i].type, metrics[i].name,
                            G_STRUCT_MEMBER (guint64, stats, metrics[i].offset));

  collection->done (text->str, collection->done_data);
}

/**
 * confabd_metrics_collect:
 * @hub: the hub
 * @mailbox: of the asking thread
 * @done: called on it with the text
 * @done_data: data for @done
 */
void
confabd_metrics_collect (ConfabdHub             *hub,
                         BaseMailbox            *mailbox,
                         ConfabdHttpMetricsDone  done,
                         gpointer                done_data)
{
  Collection *collection = g_new (Collection, 1);

  collection->done = done;
  collection->done_data = done_data;
  confabd_hub_collect_stats (hub, mailbox, collected_cb, collection);
}
