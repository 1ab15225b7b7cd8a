/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define APP_RING_TONE_RATE_HZ 48000

/**
 * AppRingTone:
 * @APP_RING_TONE_INCOMING: somebody calls
 * @APP_RING_TONE_OUTGOING: it rings at the other end
 * @APP_RING_TONE_ENDED: a call is over
 *
 * What is played around a call.
 */
typedef enum {
  APP_RING_TONE_INCOMING,
  APP_RING_TONE_OUTGOING,
  APP_RING_TONE_ENDED,
} AppRingTone;

GBytes *app_ring_tone_render (AppRingTone tone);

G_END_DECLS
