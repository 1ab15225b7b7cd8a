/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-metrics.h"

typedef struct
{
  ConfabdWebPush         *push;
  ConfabdHttpMetricsDone  done;
  gpointer                done_data;
} Collection;

typedef struct
{
  const char *name;
  const char *type;
  const char *help;
  gsize       offset;
} Metric;

#define OFFSET(member)      G_STRUCT_OFFSET (ConfabdHubStats, member)
#define PUSH_OFFSET(member) G_STRUCT_OFFSET (ConfabdWebPushStats, member)

static const Metric hub_metrics[] = {
  { "connections", "gauge", "WebSocket connections.", OFFSET (n_peers) },
  { "frames_received_total", "counter", "Messages received.", OFFSET (n_frames_in) },
  { "frames_sent_total", "counter", "Frames sent.", OFFSET (n_frames_out) },
  { "received_bytes_total", "counter", "Bytes received.", OFFSET (n_bytes_in) },
  { "sent_bytes_total", "counter", "Bytes sent.", OFFSET (n_bytes_out) },
  { "writes_total", "counter", "Writes to sockets.", OFFSET (n_writes) },
  { "slow_closed_total", "counter", "Peers closed with 3008.", OFFSET (n_slow_closed) },
  { "silent_closed_total", "counter", "Peers closed with 3004.", OFFSET (n_silent_closed) },
  { "flood_closed_total", "counter", "Peers closed with 3009.", OFFSET (n_flood_closed) },
  { "dropped_frames_total", "counter", "Transient frames dropped.", OFFSET (n_dropped) },
};

static const Metric push_metrics[] = {
  { "push_delivered_total", "counter", "Notifications delivered.", PUSH_OFFSET (n_delivered) },
  { "push_retried_total", "counter", "Notifications tried again.", PUSH_OFFSET (n_retried) },
  { "push_refused_total", "counter", "Notifications refused.", PUSH_OFFSET (n_refused) },
  { "push_dropped_total", "counter", "Notifications dropped or given up.", PUSH_OFFSET (n_dropped) },
  { "push_gone_total", "counter", "Subscriptions that were over.", PUSH_OFFSET (n_gone) },
};

static void
append_metrics (GString       *text,
                const Metric  *metrics,
                gsize          n_metrics,
                gconstpointer  stats)
{
  for (gsize i = 0; i < n_metrics; i++)
    {
      const char *name = metrics[i].name;

      g_string_append_printf (text, "# HELP confabd_%s %s\n", name, metrics[i].help);
      g_string_append_printf (text, "# TYPE confabd_%s %s\n", name, metrics[i].type);
      g_string_append_printf (text, "confabd_%s %" G_GUINT64_FORMAT "\n", name,
                              G_STRUCT_MEMBER (guint64, stats, metrics[i].offset));
    }
}

static void
collected_cb (const ConfabdHubStats *stats,
              gpointer               user_data)
{
  g_autofree Collection *collection = user_data;
  g_autoptr(GString) text = g_string_new (NULL);
  ConfabdWebPushStats push_stats;

  confabd_web_push_get_stats (collection->push, &push_stats);
  append_metrics (text, hub_metrics, G_N_ELEMENTS (hub_metrics), stats);
  append_metrics (text, push_metrics, G_N_ELEMENTS (push_metrics), &push_stats);
  collection->done (text->str, collection->done_data);
}

/**
 * confabd_metrics_collect:
 * @hub: the hub
 * @push: web push; it outlives the question
 * @mailbox: of the asking thread
 * @done: called on it with the text
 * @done_data: data for @done
 */
void
confabd_metrics_collect (ConfabdHub             *hub,
                         ConfabdWebPush         *push,
                         BaseMailbox            *mailbox,
                         ConfabdHttpMetricsDone  done,
                         gpointer                done_data)
{
  Collection *collection = g_new (Collection, 1);

  collection->push = push;
  collection->done = done;
  collection->done_data = done_data;
  confabd_hub_collect_stats (hub, mailbox, collected_cb, collection);
}
