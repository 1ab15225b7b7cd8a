/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-stats"

#include "config.h"

#include "confab-call-stats.h"

G_DEFINE_BOXED_TYPE (ConfabCallStats, confab_call_stats, confab_call_stats_copy,
                     confab_call_stats_free)

ConfabCallStats *
confab_call_stats_copy (const ConfabCallStats *self)
{
  ConfabCallStats *copy = g_new (ConfabCallStats, 1);

  *copy = *self;
  copy->audio_codec = g_strdup (self->audio_codec);
  copy->video_codec = g_strdup (self->video_codec);
  copy->local_candidate = g_strdup (self->local_candidate);
  copy->remote_candidate = g_strdup (self->remote_candidate);

  return copy;
}

void
confab_call_stats_free (ConfabCallStats *self)
{
  g_free (self->audio_codec);
  g_free (self->video_codec);
  g_free (self->local_candidate);
  g_free (self->remote_candidate);
  g_free (self);
}
