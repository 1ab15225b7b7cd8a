/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-quality"

#include "config.h"

#include "confab-quality-private.h"

/* Bits that a pixel needs at the least before it is better to send fewer pixels, and what it
 * needs when nobody is short of anything. Tried with VP8's real-time settings. */
#define POOR_BITS_PER_PIXEL 0.035
#define RICH_BITS_PER_PIXEL 0.14

/* Beside the sound itself each of its 50 packets a second carries about 60 bytes of headers. */
#define AUDIO_HEADERS_BPS 24000u
#define VIDEO_HEADERS 0.06

#define MIN_VIDEO_BPS 30000u
#define MIN_EDGE 90u
#define CLIMB_MARGIN 1.3
#define CLIMB_AFTER_US (4 * G_USEC_PER_SEC)

typedef struct {
  guint eighths;   /* of each edge */
  guint fps;       /* at most */
} Step;

/* First pixels go, then frames. */
static const Step camera_steps[] = {
  { 8, 60 }, { 6, 30 }, { 4, 30 }, { 3, 30 }, { 3, 20 }, { 3, 15 }, { 3, 10 }, { 2, 10 }, { 2, 5 },
};

/* First frames, then pixels. */
static const Step screen_steps[] = {
  { 8, 30 }, { 8, 15 }, { 8, 8 }, { 8, 5 }, { 6, 5 }, { 4, 5 }, { 4, 3 }, { 3, 3 },
};

static const Step *
ladder_of (const ConfabPicture *picture,
           guint               *n_steps)
{
  *n_steps = picture->detailed ? G_N_ELEMENTS (screen_steps) : G_N_ELEMENTS (camera_steps);

  return picture->detailed ? screen_steps : camera_steps;
}

static guint
shrink_edge (guint edge,
             guint eighths)
{
  guint floor = MIN (edge, MIN_EDGE);

  /* Encoders want even edges. */
  return MAX (edge * eighths / 8, floor) & ~1u;
}

static double
pixels_per_second (const ConfabPicture *picture,
                   const Step          *step)
{
  return (double) shrink_edge (picture->width, step->eighths) *
         shrink_edge (picture->height, step->eighths) * MIN (picture->fps, step->fps);
}

/* The first step, from the top, that @video_bps is enough for. */
static guint
find_step (const ConfabPicture *picture,
           double               video_bps)
{
  guint n_steps;
  const Step *steps = ladder_of (picture, &n_steps);

  for (guint i = 0; i + 1 < n_steps; i++)
    if (video_bps >= pixels_per_second (picture, &steps[i]) * POOR_BITS_PER_PIXEL)
      return i;

  return n_steps - 1;
}

/* Sound is what a conversation cannot do without: it is served first, and only gets thinner when
 * there is hardly room for anything else. */
static guint
share_of_audio (guint rate_bps)
{
  if (rate_bps >= 200000)
    return 40000;
  if (rate_bps >= 100000)
    return 24000;
  if (rate_bps >= 60000)
    return 16000;

  return 12000;
}

/* Down at once, up only with a margin and not too often: a picture that changes its size all the
 * time is worse than a small one. */
static guint
move_step (const ConfabQuality *self,
           const ConfabPicture *picture,
           double               video_bps,
           gint64               now_us)
{
  guint wanted = find_step (picture, video_bps);

  if (self->width == 0 || wanted >= self->step)
    return wanted;

  if (now_us - self->changed_us < CLIMB_AFTER_US)
    return self->step;

  wanted = find_step (picture, video_bps / CLIMB_MARGIN);

  return MIN (wanted, self->step);
}

/**
 * confab_quality_choose:
 * @self: what was chosen last; all zeros in the beginning
 * @picture: what the camera or the screen gives
 * @rate_bps: what may be sent in all
 * @now_us: the time, monotonic
 *
 * Divides a rate: sound first, the rest is for the picture, which loses bits, then resolution,
 * then frames, and at last is left out. A screen loses frames before resolution.
 */
void
confab_quality_choose (ConfabQuality       *self,
                       const ConfabPicture *picture,
                       guint                rate_bps,
                       gint64               now_us)
{
  guint n_steps, taken, step;
  const Step *steps = ladder_of (picture, &n_steps);
  double video_bps;

  self->audio_bps = share_of_audio (rate_bps);
  taken = self->audio_bps + AUDIO_HEADERS_BPS;
  video_bps = rate_bps > taken ? (rate_bps - taken) * (1 - VIDEO_HEADERS) : 0;

  if (video_bps < MIN_VIDEO_BPS || picture->width == 0 || picture->height == 0)
    {
      self->video_bps = 0;
      return;
    }

  step = MIN (move_step (self, picture, video_bps, now_us), n_steps - 1);
  if (step != self->step || self->width == 0)
    self->changed_us = now_us;

  self->step = step;
  self->width = shrink_edge (picture->width, steps[step].eighths);
  self->height = shrink_edge (picture->height, steps[step].eighths);
  self->fps = MIN (picture->fps, steps[step].fps);
  self->video_bps = (guint) MIN (video_bps, MAX (pixels_per_second (picture, &steps[step]) *
                                                   RICH_BITS_PER_PIXEL, MIN_VIDEO_BPS));
}
