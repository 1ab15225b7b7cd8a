/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CALL_STATS (confab_call_stats_get_type ())

/**
 * ConfabCallStats:
 * @audio_codec: (nullable): how the sound is coded that comes, such as `OPUS`
 * @video_codec: (nullable): how the picture is coded that comes, such as `VP8`
 * @send_kbit_per_s: what goes out
 * @receive_kbit_per_s: what comes in
 * @round_trip_ms: there and back; 0 while unknown
 * @jitter_ms: how unevenly packets come
 * @loss_percent: packets of theirs that did not come, in the last seconds
 * @peer_loss_percent: packets of ours that did not come, as the other side says
 * @relayed: whether it goes through a relay (TURN)
 * @local_candidate: (nullable): how the address here that is used was found: `host`, `srflx`,
 *   `prflx` or `relay` (RFC 8445 §4)
 * @remote_candidate: (nullable): the same of the other side's
 * @frames_decoded: pictures of theirs that were decoded
 * @width: of the picture that comes, 0 without one
 * @height: of the picture that comes, 0 without one
 * @frames_per_second: of the picture that comes
 * @audio_level_db: how loud they are, 0 is the loudest, -100 silence
 * @quality: how good what comes from them is, 0 (unusable) to 4 (very good)
 * @peer_quality: how good what goes to them is, as they say, 0 to 4
 *
 * How the connection with one peer is, refreshed about once a second.
 */
struct _ConfabCallStats
{
  char     *audio_codec;
  char     *video_codec;
  guint     send_kbit_per_s;
  guint     receive_kbit_per_s;
  double    round_trip_ms;
  double    jitter_ms;
  double    loss_percent;
  double    peer_loss_percent;
  gboolean  relayed;
  char     *local_candidate;
  char     *remote_candidate;
  guint64   frames_decoded;
  guint     width;
  guint     height;
  double    frames_per_second;
  double    audio_level_db;
  guint     quality;
  guint     peer_quality;
};

CONFAB_EXPORT
GType            confab_call_stats_get_type (void);

/**
 * confab_call_stats_copy:
 * @self: statistics
 *
 * Returns: (transfer full): a copy
 */
CONFAB_EXPORT
ConfabCallStats *confab_call_stats_copy     (const ConfabCallStats *self);

/**
 * confab_call_stats_free:
 * @self: statistics
 *
 * Frees them.
 */
CONFAB_EXPORT
void             confab_call_stats_free     (ConfabCallStats       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabCallStats, confab_call_stats_free)

G_END_DECLS
