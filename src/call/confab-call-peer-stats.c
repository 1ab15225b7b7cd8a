/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-peer"

#include "config.h"

#include "confab-call-peer-private.h"

#include "confab-call-door-private.h"

#include <gst/webrtc/webrtc.h>
#include <string.h>

/* RTCP counts delays in so many parts of a second (RFC 3550 §6.4.1). */
#define SHORTEST_ROUND_TRIP_S (1.0 / 65536)

/* What webrtcbin counts (W3C webrtc-stats), as the few figures that a person can use. */

typedef struct
{
  char    *audio_codec;
  char    *video_codec;
  guint64  n_bytes_sent;
  guint64  n_bytes_received;
  guint64  n_packets_received;
  gint64   n_packets_lost;
  double   round_trip_s;
  double   jitter_s;
  double   peer_fraction_lost;
  char    *local_candidate;
  char    *remote_candidate;
} Sums;

static void
take_codec (Sums               *sums,
            const GstStructure *stats)
{
  const char *mime = gst_structure_get_string (stats, "mime-type");

  if (!mime)
    return;
  if (g_str_has_prefix (mime, "audio/"))
    g_set_str (&sums->audio_codec, mime + strlen ("audio/"));
  else if (g_str_has_prefix (mime, "video/"))
    g_set_str (&sums->video_codec, mime + strlen ("video/"));
}

static void
take_inbound (Sums               *sums,
              const GstStructure *stats)
{
  guint64 n_bytes = 0, n_packets = 0;
  gint64 n_lost = 0;
  double jitter_s = 0;

  gst_structure_get_uint64 (stats, "bytes-received", &n_bytes);
  gst_structure_get_uint64 (stats, "packets-received", &n_packets);
  gst_structure_get_int64 (stats, "packets-lost", &n_lost);
  gst_structure_get_double (stats, "jitter", &jitter_s);
  sums->n_bytes_received += n_bytes;
  sums->n_packets_received += n_packets;
  sums->n_packets_lost += MAX (n_lost, 0);
  sums->jitter_s = MAX (sums->jitter_s, jitter_s);
}

static void
take_remote_inbound (Sums               *sums,
                     const GstStructure *stats)
{
  double round_trip_s = 0, fraction_lost = 0;
  g_autoptr(GstStructure) source = NULL;
  guint answered_report = 0;

  gst_structure_get_double (stats, "round-trip-time", &round_trip_s);
  gst_structure_get_double (stats, "fraction-lost", &fraction_lost);
  /* A way that is shorter than can be told, and one that was not measured yet, are both 0: only
   * the first answers a report of ours (RFC 3550 §6.4.1, LSR). */
  gst_structure_get (stats, "gst-rtpsource-stats", GST_TYPE_STRUCTURE, &source, NULL);
  if (source && gst_structure_get_uint (source, "rb-lsr", &answered_report) && answered_report)
    round_trip_s = MAX (round_trip_s, SHORTEST_ROUND_TRIP_S);
  sums->round_trip_s = MAX (sums->round_trip_s, round_trip_s);
  sums->peer_fraction_lost = MAX (sums->peer_fraction_lost, fraction_lost);
}

static void
take_stats (Sums               *sums,
            const GstStructure *stats)
{
  GstWebRTCStatsType type = 0;
  guint64 n_bytes = 0;

  if (!gst_structure_get_enum (stats, "type", GST_TYPE_WEBRTC_STATS_TYPE, (int *) &type))
    return;

  if (type == GST_WEBRTC_STATS_CODEC)
    {
      take_codec (sums, stats);
    }
  else if (type == GST_WEBRTC_STATS_INBOUND_RTP)
    {
      take_inbound (sums, stats);
    }
  else if (type == GST_WEBRTC_STATS_REMOTE_INBOUND_RTP)
    {
      take_remote_inbound (sums, stats);
    }
  else if (type == GST_WEBRTC_STATS_OUTBOUND_RTP)
    {
      gst_structure_get_uint64 (stats, "bytes-sent", &n_bytes);
      sums->n_bytes_sent += n_bytes;
    }
  else if (type == GST_WEBRTC_STATS_LOCAL_CANDIDATE)
    {
      g_set_str (&sums->local_candidate, gst_structure_get_string (stats, "candidate-type"));
    }
  else if (type == GST_WEBRTC_STATS_REMOTE_CANDIDATE)
    {
      g_set_str (&sums->remote_candidate, gst_structure_get_string (stats, "candidate-type"));
    }
}

static gboolean
take_field_cb (const GstIdStr *name,
               const GValue   *value,
               gpointer        user_data)
{
  if (GST_VALUE_HOLDS_STRUCTURE (value))
    take_stats (user_data, gst_value_get_structure (value));

  return TRUE;
}

static guint
kbit_per_s (guint64 n_bytes,
            guint64 n_before,
            gint64  us)
{
  if (n_bytes <= n_before || us <= 0)
    return 0;

  return (guint) ((double) (n_bytes - n_before) * 8 * 1000 / (double) us);
}

/* From losses and delay to bars: what telephones call excellent down to what nobody can use. */
static guint
rate (double loss_percent,
      double round_trip_ms,
      double jitter_ms)
{
  static const struct
  {
    double loss_percent;
    double round_trip_ms;
    double jitter_ms;
  } steps[] = { { 1, 150, 30 }, { 3, 300, 50 }, { 8, 500, 100 }, { 20, 1000, 200 } };
  guint quality = G_N_ELEMENTS (steps);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (loss_percent > steps[i].loss_percent || round_trip_ms > steps[i].round_trip_ms ||
        jitter_ms > steps[i].jitter_ms)
      quality = (guint) G_N_ELEMENTS (steps) - 1 - i;

  return quality;
}

static void
adopt (ConfabCallPeer *self,
       const Sums     *sums)
{
  ConfabCallStats *stats = self->stats;
  gint64 now_us = g_get_monotonic_time ();
  gint64 us = now_us - self->measured_us;
  guint64 n_packets = sums->n_packets_received - MIN (self->n_packets_received,
                                                      sums->n_packets_received);
  guint64 n_lost = (guint64) sums->n_packets_lost - MIN (self->n_packets_lost,
                                                         (guint64) sums->n_packets_lost);

  g_set_str (&stats->audio_codec, sums->audio_codec);
  g_set_str (&stats->video_codec, sums->video_codec);
  stats->send_kbit_per_s = kbit_per_s (sums->n_bytes_sent, self->n_bytes_sent, us);
  stats->receive_kbit_per_s = kbit_per_s (sums->n_bytes_received, self->n_bytes_received, us);
  stats->round_trip_ms = sums->round_trip_s * 1000;
  stats->jitter_ms = sums->jitter_s * 1000;
  stats->loss_percent =
    n_packets + n_lost > 0 ? 100.0 * (double) n_lost / (double) (n_packets + n_lost) : 0;
  stats->peer_loss_percent = sums->peer_fraction_lost * 100;
  g_set_str (&stats->local_candidate, sums->local_candidate);
  g_set_str (&stats->remote_candidate, sums->remote_candidate);
  stats->relayed = g_strcmp0 (sums->local_candidate, "relay") == 0 ||
                   g_strcmp0 (sums->remote_candidate, "relay") == 0;
  stats->quality =
    self->connected ? rate (stats->loss_percent, stats->round_trip_ms, stats->jitter_ms) : 0;
  stats->peer_quality =
    self->connected ? rate (stats->peer_loss_percent, stats->round_trip_ms, 0) : 0;

  confab_call_peer_count_packets (self, n_packets);
  self->n_bytes_sent = sums->n_bytes_sent;
  self->n_bytes_received = sums->n_bytes_received;
  self->n_packets_received = sums->n_packets_received;
  self->n_packets_lost = (guint64) sums->n_packets_lost;
  self->measured_us = now_us;
}

static void
measured (gpointer            object,
          const GstStructure *reply)
{
  ConfabCallPeer *self = object;
  Sums sums = { 0 };

  if (!reply || !self->link)
    return;

  gst_structure_foreach_id_str (reply, take_field_cb, &sums);
  adopt (self, &sums);
  g_free (sums.audio_codec);
  g_free (sums.video_codec);
  g_free (sums.local_candidate);
  g_free (sums.remote_candidate);
  g_signal_emit_by_name (self, "stats-changed");
}

void
confab_call_peer_ask_stats (ConfabCallPeer *self)
{
  GstElement *webrtc = confab_call_link_get_element (self->link);

  if (webrtc)
    confab_call_door_ask (self->door, webrtc, "get-stats", NULL, measured);
}
