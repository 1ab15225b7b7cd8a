/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-attempts.h"

#define WINDOW_US (60 * G_USEC_PER_SEC)

static void
test_sixth_of_a_minute_waits (void)
{
  g_autoptr(ConfabdAttempts) attempts = confabd_attempts_new (5, WINDOW_US, 100);
  gint64 wait_us = 0;

  for (guint i = 0; i < 5; i++)
    g_assert_true (confabd_attempts_begin (attempts, "ann", i * G_USEC_PER_SEC, &wait_us));

  g_assert_false (confabd_attempts_begin (attempts, "ann", 10 * G_USEC_PER_SEC, &wait_us));
  g_assert_cmpint (wait_us, ==, 50 * G_USEC_PER_SEC);
  g_assert_true (confabd_attempts_begin (attempts, "bob", 10 * G_USEC_PER_SEC, &wait_us));

  /* The window slides: one place for each that has left it. */
  g_assert_true (confabd_attempts_begin (attempts, "ann", WINDOW_US, &wait_us));
  g_assert_false (confabd_attempts_begin (attempts, "ann", WINDOW_US, &wait_us));
  g_assert_true (confabd_attempts_begin (attempts, "ann", WINDOW_US + G_USEC_PER_SEC, &wait_us));
}

static void
test_refused_ones_do_not_prolong_it (void)
{
  g_autoptr(ConfabdAttempts) attempts = confabd_attempts_new (2, WINDOW_US, 100);
  gint64 wait_us;

  g_assert_true (confabd_attempts_begin (attempts, "ann", 0, &wait_us));
  g_assert_true (confabd_attempts_begin (attempts, "ann", 0, &wait_us));
  for (gint64 now = 0; now < WINDOW_US; now += G_USEC_PER_SEC)
    g_assert_false (confabd_attempts_begin (attempts, "ann", now, &wait_us));
  g_assert_true (confabd_attempts_begin (attempts, "ann", WINDOW_US, &wait_us));
}

static void
test_success_forgives (void)
{
  g_autoptr(ConfabdAttempts) attempts = confabd_attempts_new (2, WINDOW_US, 100);
  gint64 wait_us;

  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (confabd_attempts_begin (attempts, "ann", 0, &wait_us));
      confabd_attempts_forgive (attempts, "ann");
    }

  confabd_attempts_forgive (attempts, "nobody");
  g_assert_cmpuint (confabd_attempts_get_n (attempts), ==, 0);
}

static void
test_memory_is_bounded (void)
{
  g_autoptr(ConfabdAttempts) attempts = confabd_attempts_new (5, WINDOW_US, 100);
  gint64 wait_us;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *key = g_strdup_printf ("stranger %u", i);

      g_assert_true (confabd_attempts_begin (attempts, key, i, &wait_us));
      g_assert_cmpuint (confabd_attempts_get_n (attempts), <=, 100);
    }

  /* Those that were quiet for a window are gone with the next. */
  g_assert_true (confabd_attempts_begin (attempts, "ann", 2 * WINDOW_US, &wait_us));
  g_assert_cmpuint (confabd_attempts_get_n (attempts), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/attempts/sixth-of-a-minute-waits", test_sixth_of_a_minute_waits);
  g_test_add_func ("/attempts/refused-ones-do-not-prolong-it", test_refused_ones_do_not_prolong_it);
  g_test_add_func ("/attempts/success-forgives", test_success_forgives);
  g_test_add_func ("/attempts/memory-is-bounded", test_memory_is_bounded);

  return g_test_run ();
}
