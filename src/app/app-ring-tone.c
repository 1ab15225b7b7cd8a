/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-ring-tone"

#include "config.h"

#include "app-ring-tone.h"

#include <math.h>

/* Each tone is one round of it; a player repeats it. */
#define MAX_NOTES 8
#define PEAK 0.5

typedef struct
{
  double at_s;
  double length_s;
  double frequency_hz;
} Note;

typedef struct
{
  double round_s;
  /* How fast a note dies away: a bell, or a steady tone. */
  double decay;
  Note   notes[MAX_NOTES];
} Tune;

static const Tune tunes[] = {
  /* A rising chord and its echo, then quiet. */
  [APP_RING_TONE_INCOMING] = { 3.2,
                               5,
                               { { 0, 0.7, 587.33 },
                                 { 0.18, 0.7, 739.99 },
                                 { 0.36, 0.9, 880 },
                                 { 0.9, 0.7, 587.33 },
                                 { 1.08, 0.7, 739.99 },
                                 { 1.26, 1, 1174.66 } } },
  /* As telephones in most of Europe: a second of tone in five. */
  [APP_RING_TONE_OUTGOING] = { 5, 0, { { 0, 1, 425 } } },
  [APP_RING_TONE_ENDED] = { 0.6, 7, { { 0, 0.25, 659.26 }, { 0.18, 0.4, 493.88 } } },
};

/* From 0 to 1 and back without a click, with a little of the octave in it. */
static double
sound (const Note *note,
       double      decay,
       double      at_s)
{
  double edge = MIN (1, MIN (at_s, note->length_s - at_s) / 0.01);
  double phase = 2 * G_PI * note->frequency_hz * at_s;

  return edge * exp (-decay * at_s) * (0.8 * sin (phase) + 0.2 * sin (2 * phase));
}

static double
mix (const Tune *tune,
     double      at_s)
{
  double sum = 0;

  for (guint i = 0; i < MAX_NOTES; i++)
    {
      const Note *note = &tune->notes[i];

      if (at_s >= note->at_s && at_s < note->at_s + note->length_s)
        sum += sound (note, tune->decay, at_s - note->at_s);
    }

  return CLAMP (PEAK * sum, -1, 1);
}

/**
 * app_ring_tone_render:
 * @tone: a tone
 *
 * Returns: (transfer full): one round of it: 16-bit samples in the machine's order, one channel
 */
GBytes *
app_ring_tone_render (AppRingTone tone)
{
  const Tune *tune = &tunes[tone];
  gsize n_samples = (gsize) (tune->round_s * APP_RING_TONE_RATE_HZ);
  gint16 *samples = g_new (gint16, n_samples);

  for (gsize i = 0; i < n_samples; i++)
    samples[i] = (gint16) lround (32000 * mix (tune, (double) i / APP_RING_TONE_RATE_HZ));

  return g_bytes_new_take (samples, n_samples * sizeof (gint16));
}
