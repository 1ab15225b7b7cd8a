/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-token-bucket.h"

#define RATE_PER_S 3
#define BURST 5

static void
drain (BaseTokenBucket *bucket,
       gint64           now_us)
{
  while (base_token_bucket_take (bucket, 1, now_us))
    continue;
}

static void
test_burst_then_nothing (void)
{
  BaseTokenBucket bucket;

  base_token_bucket_init (&bucket, RATE_PER_S, BURST, 0);

  for (guint i = 0; i < BURST; i++)
    g_assert_true (base_token_bucket_take (&bucket, 1, 0));
  g_assert_false (base_token_bucket_take (&bucket, 1, 0));
}

static void
test_takes_all_or_none (void)
{
  BaseTokenBucket bucket;

  base_token_bucket_init (&bucket, RATE_PER_S, BURST, 0);

  g_assert_false (base_token_bucket_take (&bucket, BURST + 1, 0));
  g_assert_true (base_token_bucket_take (&bucket, BURST, 0));
}

static void
test_many_small_steps_lose_nothing (void)
{
  BaseTokenBucket bucket;
  guint n_taken = 0;

  base_token_bucket_init (&bucket, RATE_PER_S, BURST, 0);
  drain (&bucket, 0);

  for (gint64 now_us = 7; now_us <= 7 * G_USEC_PER_SEC; now_us += 7)
    n_taken += base_token_bucket_take (&bucket, 1, now_us);

  g_assert_cmpuint (n_taken, ==, 7 * RATE_PER_S);
}

static void
test_long_idle_fills_to_the_burst (void)
{
  BaseTokenBucket bucket;

  base_token_bucket_init (&bucket, G_MAXUINT, BURST, 0);
  drain (&bucket, 0);

  g_assert_true (base_token_bucket_take (&bucket, BURST, G_MAXINT64));
  g_assert_false (base_token_bucket_take (&bucket, 1, G_MAXINT64));
}

static void
test_time_running_backwards_adds_nothing (void)
{
  BaseTokenBucket bucket;

  base_token_bucket_init (&bucket, RATE_PER_S, BURST, 1000);
  drain (&bucket, 1000);

  g_assert_false (base_token_bucket_take (&bucket, 1, 0));
  g_assert_false (base_token_bucket_take (&bucket, 1, 1000));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/token-bucket/burst-then-nothing", test_burst_then_nothing);
  g_test_add_func ("/token-bucket/takes-all-or-none", test_takes_all_or_none);
  g_test_add_func ("/token-bucket/many-small-steps-lose-nothing",
                   test_many_small_steps_lose_nothing);
  g_test_add_func ("/token-bucket/long-idle-fills-to-the-burst",
                   test_long_idle_fills_to_the_burst);
  g_test_add_func ("/token-bucket/time-running-backwards-adds-nothing",
                   test_time_running_backwards_adds_nothing);

  return g_test_run ();
}
