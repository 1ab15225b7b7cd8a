/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-display.h"

#include <X11/Xatom.h>
#include <X11/extensions/Xdamage.h>
#include <poll.h>

/* Windows come and go while we look at them. */
static int
ignore_error_cb (Display     *display,
                 XErrorEvent *event)
{
  return 0;
}

gboolean
bench_display_open (BenchDisplay *self)
{
  int error_base;

  self->display = XOpenDisplay (NULL);
  if (!self->display)
    return FALSE;
  XSetErrorHandler (ignore_error_cb);
  self->root = DefaultRootWindow (self->display);
  self->net_wm_pid = XInternAtom (self->display, "_NET_WM_PID", False);
  self->net_wm_ping = XInternAtom (self->display, "_NET_WM_PING", False);
  self->wm_protocols = XInternAtom (self->display, "WM_PROTOCOLS", False);
  if (!XDamageQueryExtension (self->display, &self->damage_event, &error_base))
    return FALSE;
  self->damage_event += XDamageNotify;

  return TRUE;
}

void
bench_display_close (BenchDisplay *self)
{
  g_clear_pointer (&self->display, XCloseDisplay);
}

gboolean
bench_display_next_event (BenchDisplay *self,
                          XEvent       *event,
                          gint64        until_us)
{
  while (!XPending (self->display))
    {
      struct pollfd pfd = { .fd = ConnectionNumber (self->display), .events = POLLIN };
      gint64 left_us = until_us - g_get_monotonic_time ();

      if (left_us <= 0 || poll (&pfd, 1, left_us / 1000 + 1) < 0)
        return FALSE;
    }
  XNextEvent (self->display, event);

  return TRUE;
}

void
bench_display_watch_damage (BenchDisplay *self,
                            Window        window)
{
  XDamageCreate (self->display, window, XDamageReportRawRectangles);
}

/**
 * bench_display_get_pid:
 * @self: a display
 * @window: a top-level window
 *
 * Returns: the process that it belongs to, or 0
 */
guint
bench_display_get_pid (BenchDisplay *self,
                       Window        window)
{
  Atom type;
  int format;
  unsigned long n_items, n_left;
  unsigned char *data = NULL;
  guint pid = 0;

  if (XGetWindowProperty (self->display, window, self->net_wm_pid, 0, 1, False, XA_CARDINAL,
                          &type, &format, &n_items, &n_left, &data) == Success &&
      n_items == 1)
    pid = *(unsigned long *) data;
  if (data)
    XFree (data);

  return pid;
}

/* Asks the program whether it handles events, as a window manager does; the answer comes to the
 * root window as the same message. */
void
bench_display_ping (BenchDisplay *self,
                    Window        window)
{
  XEvent event = { .xclient = { .type = ClientMessage, .window = window, .format = 32,
                                .message_type = self->wm_protocols } };

  event.xclient.data.l[0] = self->net_wm_ping;
  event.xclient.data.l[1] = CurrentTime;
  event.xclient.data.l[2] = window;
  XSendEvent (self->display, window, False, NoEventMask, &event);
  XFlush (self->display);
}
