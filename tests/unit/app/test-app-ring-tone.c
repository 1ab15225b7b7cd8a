/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-ring-tone.h"

#include <stdlib.h>

#define MS (APP_RING_TONE_RATE_HZ / 1000)

static const AppRingTone all[] = { APP_RING_TONE_INCOMING, APP_RING_TONE_OUTGOING,
                                   APP_RING_TONE_ENDED };

static int
find_peak (const gint16 *samples,
           gsize         from,
           gsize         to)
{
  int peak = 0;

  for (gsize i = from; i < to; i++)
    peak = MAX (peak, abs (samples[i]));

  return peak;
}

/* Played again and again, and cut off at any moment by its end. */
static void
test_no_clicks (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (all); t++)
    {
      g_autoptr(GBytes) bytes = app_ring_tone_render (all[t]);
      gsize size;
      const gint16 *samples = g_bytes_get_data (bytes, &size);
      gsize n_samples = size / sizeof (gint16);

      g_assert_cmpint (abs (samples[0]), <, 200);
      g_assert_cmpint (abs (samples[n_samples - 1]), <, 200);
      for (gsize i = 1; i < n_samples; i++)
        g_assert_cmpint (abs (samples[i] - samples[i - 1]), <, 6000);
    }
}

static void
test_loudness (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (all); t++)
    {
      g_autoptr(GBytes) bytes = app_ring_tone_render (all[t]);
      gsize size;
      const gint16 *samples = g_bytes_get_data (bytes, &size);
      int peak = find_peak (samples, 0, size / sizeof (gint16));

      g_assert_cmpint (peak, >, 8000);
      g_assert_cmpint (peak, <, G_MAXINT16);
    }
}

static void
test_pause (void)
{
  for (guint t = 0; t < 2; t++)
    {
      g_autoptr(GBytes) bytes = app_ring_tone_render (all[t]);
      gsize size;
      const gint16 *samples = g_bytes_get_data (bytes, &size);
      gsize n_samples = size / sizeof (gint16);

      g_assert_cmpint (find_peak (samples, n_samples - 500 * MS, n_samples), ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-tone/does-not-click", test_no_clicks);
  g_test_add_func ("/ring-tone/is-loud-and-not-clipped", test_loudness);
  g_test_add_func ("/ring-tone/pauses-before-it-repeats", test_pause);

  return g_test_run ();
}
