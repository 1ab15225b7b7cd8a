/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-timer-wheel.h"

#define TICK_MS 128
#define N_MANY  10000

typedef struct
{
  ConfabdTimer timer;
  guint        n_fired;
} Alarm;

static void
count_cb (ConfabdTimer *timer,
          gpointer      user_data)
{
  guint *n_fired = user_data;

  ((Alarm *) timer)->n_fired++;
  (*n_fired)++;
}

static void
test_fires_in_time_and_once (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (5000, TICK_MS, count_cb, &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, 6000);
  confabd_timer_wheel_advance (wheel, 5999);
  g_assert_cmpuint (n_fired, ==, 0);
  confabd_timer_wheel_advance (wheel, 6000 + TICK_MS);
  g_assert_cmpuint (n_fired, ==, 1);
  confabd_timer_wheel_advance (wheel, 1000000);
  g_assert_cmpuint (n_fired, ==, 1);
}

static void
test_moved_timer_fires_at_its_new_time (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (0, TICK_MS, count_cb, &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, 1000);
  confabd_timer_wheel_add (wheel, &alarm.timer, 3000);
  confabd_timer_wheel_advance (wheel, 2900);
  g_assert_cmpuint (n_fired, ==, 0);
  confabd_timer_wheel_advance (wheel, 3000 + TICK_MS);
  g_assert_cmpuint (n_fired, ==, 1);
}

static void
test_removed_timer_is_silent (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (0, TICK_MS, count_cb, &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, 1000);
  confabd_timer_wheel_remove (wheel, &alarm.timer);
  confabd_timer_wheel_remove (wheel, &alarm.timer);
  confabd_timer_wheel_advance (wheel, 5000);
  g_assert_cmpuint (n_fired, ==, 0);
  g_assert_cmpint (confabd_timer_wheel_get_timeout_ms (wheel, 5000), ==, -1);
}

static void
test_overdue_timer_fires_next (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (10000, TICK_MS, count_cb, &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, 1);
  confabd_timer_wheel_advance (wheel, 10000 + TICK_MS);
  g_assert_cmpuint (n_fired, ==, 1);
}

static void
test_far_timer_fires_early_not_never (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (0, TICK_MS, count_cb, &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, G_MAXINT32);
  confabd_timer_wheel_advance (wheel, 70 * 1000);
  g_assert_cmpuint (n_fired, ==, 1);
}

static void
test_long_sleep_fires_everything_once (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (0, TICK_MS, count_cb, &n_fired);
  g_autofree Alarm *alarms = g_new0 (Alarm, N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    confabd_timer_wheel_add (wheel, &alarms[i].timer, g_test_rand_int_range (1, 60 * 1000));

  confabd_timer_wheel_advance (wheel, G_GINT64_CONSTANT (365) * 24 * 3600 * 1000);

  for (guint i = 0; i < N_MANY; i++)
    g_assert_cmpuint (alarms[i].n_fired, ==, 1);
}

static void
test_timeout_leads_to_each_timer (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (0, TICK_MS, count_cb, &n_fired);
  g_autofree Alarm *alarms = g_new0 (Alarm, N_MANY);
  gint64 now_ms = 0;
  gint64 wait_ms;

  for (guint i = 0; i < N_MANY; i++)
    confabd_timer_wheel_add (wheel, &alarms[i].timer, g_test_rand_int_range (1, 60 * 1000));

  while ((wait_ms = confabd_timer_wheel_get_timeout_ms (wheel, now_ms)) >= 0)
    {
      guint before = n_fired;

      now_ms += wait_ms;
      confabd_timer_wheel_advance (wheel, now_ms);
      g_assert_cmpuint (n_fired, >, before);
    }

  g_assert_cmpuint (n_fired, ==, N_MANY);
  g_assert_cmpint (now_ms, <=, 60 * 1000 + TICK_MS);
}

static void
test_clock_that_runs_back_does_nothing (void)
{
  guint n_fired = 0;
  g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (100000, TICK_MS, count_cb,
                                                                &n_fired);
  Alarm alarm = { 0 };

  confabd_timer_wheel_add (wheel, &alarm.timer, 101000);
  confabd_timer_wheel_advance (wheel, 0);
  g_assert_cmpuint (n_fired, ==, 0);
  confabd_timer_wheel_advance (wheel, 102000);
  g_assert_cmpuint (n_fired, ==, 1);
}

/* Whatever the tick: not before its time, and not more than a tick late. */
static void
test_a_fine_wheel_is_fine (void)
{
  for (guint tick_ms = 1; tick_ms <= TICK_MS; tick_ms *= 2)
    {
      guint n_fired = 0;
      g_autoptr(ConfabdTimerWheel) wheel = confabd_timer_wheel_new (1000, tick_ms, count_cb,
                                                                    &n_fired);
      Alarm alarm = { 0 };

      confabd_timer_wheel_add (wheel, &alarm.timer, 1203);
      confabd_timer_wheel_advance (wheel, 1202);
      g_assert_cmpuint (n_fired, ==, 0);
      confabd_timer_wheel_advance (wheel, 1203 + tick_ms);
      g_assert_cmpuint (n_fired, ==, 1);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/timer-wheel/fires-in-time-and-once", test_fires_in_time_and_once);
  g_test_add_func ("/timer-wheel/moved-timer-fires-at-its-new-time",
                   test_moved_timer_fires_at_its_new_time);
  g_test_add_func ("/timer-wheel/removed-timer-is-silent", test_removed_timer_is_silent);
  g_test_add_func ("/timer-wheel/overdue-timer-fires-next", test_overdue_timer_fires_next);
  g_test_add_func ("/timer-wheel/far-timer-fires-early-not-never",
                   test_far_timer_fires_early_not_never);
  g_test_add_func ("/timer-wheel/long-sleep-fires-everything-once",
                   test_long_sleep_fires_everything_once);
  g_test_add_func ("/timer-wheel/timeout-leads-to-each-timer", test_timeout_leads_to_each_timer);
  g_test_add_func ("/timer-wheel/clock-that-runs-back-does-nothing",
                   test_clock_that_runs_back_does_nothing);

  g_test_add_func ("/timer-wheel/a-fine-wheel-is-fine", test_a_fine_wheel_is_fine);

  return g_test_run ();
}
