/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks at windows from outside, so that any program can be measured and none has to help.
 *
 *   bench-window start PROGRAM [ARGUMENT…]
 *       starts it; when its window takes input prints the process id and, in µs since exec: mapped,
 *       painted, takes input
 *   bench-window watch WINDOW
 *       prints "time x y width height" in µs for each repaint, until standard input ends
 *
 * A window takes input when it is painted, has the keyboard focus and its program answers a
 * ping. */

#include "config.h"

#include "bench-display.h"

#include <X11/extensions/Xdamage.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_US (20 * G_USEC_PER_SEC)

/* A start that is being watched; times are 0 until the thing has happened. */
typedef struct
{
  BenchDisplay display;
  pid_t        pid;
  Window       window;
  gint64       mapped_at;
  gint64       painted_at;
  gint64       focused_at;
  gint64       answered_at;
} Start;

static pid_t
spawn (char **argv)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      /* Ours is for the figures, and whoever reads them waits for its end. */
      dup2 (STDERR_FILENO, STDOUT_FILENO);
      execvp (argv[0], argv);
      perror (argv[0]);
      _exit (127);
    }

  return pid;
}

static void
take_focus (Start *self)
{
  if (self->focused_at != 0)
    return;
  self->focused_at = g_get_monotonic_time ();
  bench_display_ping (&self->display, self->window);
}

static void
take_map (Start  *self,
          Window  window)
{
  Window focus;
  int revert;

  if (self->window != None ||
      bench_display_get_pid (&self->display, window) != (guint) self->pid)
    return;
  self->window = window;
  self->mapped_at = g_get_monotonic_time ();
  /* The focus may have come before we asked to be told. */
  XGetInputFocus (self->display.display, &focus, &revert);
  if (focus == window)
    take_focus (self);
}

static void
take_event (Start  *self,
            XEvent *event)
{
  switch (event->type)
    {
    case CreateNotify:
      XSelectInput (self->display.display, event->xcreatewindow.window,
                    StructureNotifyMask | FocusChangeMask);
      bench_display_watch_damage (&self->display, event->xcreatewindow.window);
      break;

    case MapNotify:
      if (!event->xmap.override_redirect)
        take_map (self, event->xmap.window);
      break;

    case FocusIn:
      if (event->xfocus.window == self->window)
        take_focus (self);
      break;

    case ClientMessage:
      if ((Atom) event->xclient.data.l[0] == self->display.net_wm_ping &&
          (Window) event->xclient.data.l[2] == self->window && self->answered_at == 0)
        self->answered_at = g_get_monotonic_time ();
      break;

    default:
      if (event->type == self->display.damage_event && self->painted_at == 0 &&
          ((XDamageNotifyEvent *) event)->drawable == self->window)
        self->painted_at = g_get_monotonic_time ();
      break;
    }
}

static int
start (char **argv)
{
  Start self = { 0 };
  gint64 started_at;
  XEvent event;

  if (!bench_display_open (&self.display))
    return 1;
  XSelectInput (self.display.display, self.display.root, SubstructureNotifyMask);
  XSync (self.display.display, False);

  started_at = g_get_monotonic_time ();
  self.pid = spawn (argv);
  while ((self.answered_at == 0 || self.painted_at == 0) &&
         bench_display_next_event (&self.display, &event, started_at + TIMEOUT_US))
    take_event (&self, &event);
  bench_display_close (&self.display);

  if (self.answered_at == 0 || self.painted_at == 0)
    {
      fprintf (stderr, "bench-window: mapped %d, painted %d, focused %d, answered %d\n",
               self.mapped_at != 0, self.painted_at != 0, self.focused_at != 0,
               self.answered_at != 0);
      kill (self.pid, SIGTERM);
      return 1;
    }
  printf ("%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", (int) self.pid,
          self.mapped_at - started_at, self.painted_at - started_at,
          MAX (self.answered_at, self.painted_at) - started_at);

  return 0;
}

static void
print_damage (const XDamageNotifyEvent *event)
{
  printf ("%" G_GINT64_FORMAT " %d %d %d %d\n", g_get_monotonic_time (),
          event->area.x, event->area.y, event->area.width, event->area.height);
  fflush (stdout);
}

static int
watch (const char *window)
{
  BenchDisplay display;
  struct pollfd pfds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };

  if (!bench_display_open (&display))
    return 1;
  bench_display_watch_damage (&display, strtoul (window, NULL, 0));
  XSync (display.display, False);
  printf ("ready\n");
  fflush (stdout);

  pfds[1].fd = ConnectionNumber (display.display);
  while (poll (pfds, 2, -1) > 0 && pfds[0].revents == 0)
    while (XPending (display.display))
      {
        XEvent event;

        XNextEvent (display.display, &event);
        if (event.type == display.damage_event)
          print_damage ((XDamageNotifyEvent *) &event);
      }
  bench_display_close (&display);

  return 0;
}

int
main (int   argc,
      char *argv[])
{
  if (argc > 2 && strcmp (argv[1], "start") == 0)
    return start (argv + 2);
  if (argc == 3 && strcmp (argv[1], "watch") == 0)
    return watch (argv[2]);

  fprintf (stderr, "Usage: bench-window start PROGRAM [ARGUMENT…] | watch WINDOW\n");

  return 2;
}
