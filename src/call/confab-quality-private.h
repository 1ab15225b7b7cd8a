/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the picture is, before anything is taken from it. */
typedef struct {
  guint    width;
  guint    height;
  guint    fps;
  gboolean detailed;  /* a screen: letters have to stay readable, movement may suffer */
} ConfabPicture;

/* What is sent for a rate. No video: video_bps is 0. */
typedef struct {
  guint  audio_bps;
  guint  video_bps;
  guint  width;
  guint  height;
  guint  fps;
  guint  step;        /* how far down the ladder, 0 is whole */
  gint64 changed_us;  /* when the step changed last */
} ConfabQuality;

void confab_quality_choose (ConfabQuality       *self,
                            const ConfabPicture *picture,
                            guint                rate_bps,
                            gint64               now_us);

G_END_DECLS
