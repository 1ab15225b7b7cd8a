/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <X11/Xlib.h>
#include <glib.h>

G_BEGIN_DECLS

/* The display as a window manager sees it. */
typedef struct
{
  Display *display;
  Window   root;
  int      damage_event;   /* the number of XDamageNotify */
  Atom     net_wm_pid;
  Atom     net_wm_ping;
  Atom     wm_protocols;
} BenchDisplay;

gboolean bench_display_open         (BenchDisplay *self);
void     bench_display_close        (BenchDisplay *self);
/* The next event, or FALSE at @until_us (monotonic). */
gboolean bench_display_next_event   (BenchDisplay *self,
                                     XEvent       *event,
                                     gint64        until_us);
void     bench_display_watch_damage (BenchDisplay *self,
                                     Window        window);
guint    bench_display_get_pid      (BenchDisplay *self,
                                     Window        window);
void     bench_display_ping         (BenchDisplay *self,
                                     Window        window);

G_END_DECLS
