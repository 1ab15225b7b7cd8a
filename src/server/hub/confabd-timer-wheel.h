/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ConfabdTimer ConfabdTimer;
typedef struct _ConfabdTimerWheel ConfabdTimerWheel;

/* One deadline of something; embedded in it, so that setting one allocates nothing. */
struct _ConfabdTimer
{
  ConfabdTimer *next;
  ConfabdTimer *previous;
  guint32       slot;      /* of the wheel, while next is set */
};

/**
 * ConfabdTimerFunc:
 * @timer: the timer whose time has come; not in the wheel any more
 *
 * May add @timer and others again, and remove any.
 */
typedef void (*ConfabdTimerFunc) (ConfabdTimer *timer,
                                  gpointer      user_data);

/* Fine enough for all that is counted in seconds. */
#define CONFABD_TIMER_WHEEL_TICK_MS 128

ConfabdTimerWheel *confabd_timer_wheel_new            (gint64             now_ms,
                                                       guint              tick_ms,
                                                       ConfabdTimerFunc   func,
                                                       gpointer           user_data);
void               confabd_timer_wheel_free           (ConfabdTimerWheel *self);
void               confabd_timer_wheel_add            (ConfabdTimerWheel *self,
                                                       ConfabdTimer      *timer,
                                                       gint64             due_ms);
void               confabd_timer_wheel_remove         (ConfabdTimerWheel *self,
                                                       ConfabdTimer      *timer);
void               confabd_timer_wheel_advance        (ConfabdTimerWheel *self,
                                                       gint64             now_ms);
gint64             confabd_timer_wheel_get_timeout_ms (ConfabdTimerWheel *self,
                                                       gint64             now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTimerWheel, confabd_timer_wheel_free)

G_END_DECLS
