/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-backoff-private.h"
#include "support-wait.h"

typedef struct
{
  ConfabTime    *time;
  ConfabBackoff *backoff;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->time = confab_time_new_manual ();
  fixture->backoff = confab_backoff_new (fixture->time);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_cmpuint (confab_time_get_n_timers (fixture->time), ==, 0);
  g_assert_finalize_object (fixture->backoff);
  confab_time_unref (fixture->time);
}

static guint
begin_wait (Fixture       *fixture,
            GCancellable  *cancellable,
            GAsyncResult **result)
{
  confab_backoff_wait_async (fixture->backoff, cancellable, support_take_result_cb, result);

  return (guint) ((confab_backoff_get_due_us (fixture->backoff) -
                   confab_time_get_monotonic_us (fixture->time)) /
                  1000);
}

/* How long the wait was that just went by. */
static guint
wait_once (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  guint delay_ms = begin_wait (fixture, NULL, &result);

  confab_time_advance (fixture->time, delay_ms - 1);
  support_run_pending ();
  g_assert_null (result);

  confab_time_advance (fixture->time, 1);
  support_run_pending ();
  g_assert_nonnull (result);
  confab_backoff_wait_finish (fixture->backoff, result, &error);
  g_assert_no_error (error);

  return delay_ms;
}

static void
test_grows (Fixture       *fixture,
            gconstpointer  data)
{
  guint full_ms = 500;

  for (guint i = 0; i < 20; i++)
    {
      guint delay_ms = wait_once (fixture);

      g_assert_cmpuint (delay_ms, >=, full_ms / 2);
      g_assert_cmpuint (delay_ms, <=, full_ms);
      full_ms = MIN (full_ms * 2, 30000);
    }
}

static void
test_differs (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GHashTable) delays = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 10; i++)
    wait_once (fixture);
  for (guint i = 0; i < 20; i++)
    g_hash_table_add (delays, GUINT_TO_POINTER (wait_once (fixture)));
  g_assert_cmpuint (g_hash_table_size (delays), >, 5);
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  for (guint i = 0; i < 10; i++)
    wait_once (fixture);
  confab_backoff_reset (fixture->backoff);
  g_assert_cmpuint (wait_once (fixture), <=, 500);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  begin_wait (fixture, cancellable, &result);
  support_run_pending ();
  g_assert_null (result);

  g_cancellable_cancel (cancellable);
  support_run_pending ();
  g_assert_nonnull (result);
  g_assert_false (confab_backoff_wait_finish (fixture->backoff, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add (const char *path,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/backoff/waits-double-up-to-half-a-minute", test_grows);
  add ("/backoff/waits-differ", test_differs);
  add ("/backoff/reset-begins-anew", test_reset);
  add ("/backoff/cancel-is-prompt", test_cancel);

  return g_test_run ();
}
