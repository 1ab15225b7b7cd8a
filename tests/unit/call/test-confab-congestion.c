/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-congestion-private.h"
#include "confab-trendline-private.h"

#define PACKET_BYTES 1200u
#define FEEDBACK_US (50 * 1000)
#define MIN_BPS 40000u
#define MAX_BPS 4000000u
#define START_BPS 800000u

/* A link as the estimator might meet it, with a clock of its own: what is sent queues up in
 * front of a bottleneck, then takes its time, and may get lost on the way. */
typedef struct {
  /* the link */
  guint             capacity_bps;
  gint64            delay_us;
  gint64            jitter_us;
  double            loss;
  gboolean          away;
  gint64            queue_limit_us;

  /* the run */
  ConfabCongestion *congestion;
  GRand            *rand;
  GQueue            on_their_way;  /* ConfabPacketReport, not told yet */
  gint64            now_us;
  gint64            send_at_us;
  gint64            free_at_us;    /* when the bottleneck has sent what it has */
  gint64            last_arrival_us;
  gint64            longest_queue_us;
} Link;

static void
link_init (Link   *link,
           guint   capacity_bps,
           gint64  delay_us)
{
  *link = (Link) {
    .capacity_bps = capacity_bps,
    .delay_us = delay_us,
    .queue_limit_us = 500 * 1000,
    .congestion = confab_congestion_new (START_BPS, MIN_BPS, MAX_BPS),
    .rand = g_rand_new_with_seed (42),
    .now_us = G_USEC_PER_SEC,
    .send_at_us = G_USEC_PER_SEC,
  };
  g_queue_init (&link->on_their_way);
}

static void
link_clear (Link *link)
{
  g_queue_clear_full (&link->on_their_way, g_free);
  g_rand_free (link->rand);
  confab_congestion_free (link->congestion);
}

static guint
rate_of (Link *link)
{
  return confab_congestion_get_rate_bps (link->congestion);
}

static void
send_packet (Link *link)
{
  ConfabPacketReport *packet = g_new0 (ConfabPacketReport, 1);
  gint64 takes_us = (gint64) PACKET_BYTES * 8 * G_USEC_PER_SEC / link->capacity_bps;
  gint64 queue_us = MAX (link->free_at_us - link->now_us, 0);

  packet->sent_us = link->now_us;
  packet->size_bytes = PACKET_BYTES;
  if (link->away || queue_us > link->queue_limit_us ||
      g_rand_double (link->rand) < link->loss)
    {
      packet->received_us = CONFAB_PACKET_LOST;
    }
  else
    {
      gint64 jitter_us = link->jitter_us > 0
        ? g_rand_int_range (link->rand, 0, (gint32) link->jitter_us) : 0;

      link->longest_queue_us = MAX (link->longest_queue_us, queue_us);
      link->free_at_us = MAX (link->free_at_us, link->now_us) + takes_us;
      /* Wires do not reorder. The other end's clock began at another time. */
      link->last_arrival_us = MAX (link->last_arrival_us,
                                   link->free_at_us + link->delay_us + jitter_us);
      packet->received_us = link->last_arrival_us + 777 * (gint64) G_USEC_PER_SEC;
    }
  g_queue_push_tail (&link->on_their_way, packet);
}

static void
tell (Link *link)
{
  g_autoptr(GArray) packets = g_array_new (FALSE, FALSE, sizeof (ConfabPacketReport));
  gint64 known_us = link->now_us + 777 * (gint64) G_USEC_PER_SEC - link->delay_us;
  ConfabPacketReport *packet;

  while ((packet = g_queue_peek_head (&link->on_their_way)))
    {
      gint64 arrives_us = packet->received_us == CONFAB_PACKET_LOST
        ? packet->sent_us + link->delay_us + 777 * (gint64) G_USEC_PER_SEC : packet->received_us;

      if (arrives_us > known_us)
        break;

      g_array_append_vals (packets, packet, 1);
      g_free (g_queue_pop_head (&link->on_their_way));
    }

  if (packets->len > 0 && !link->away)
    confab_congestion_add_feedback (link->congestion, link->now_us,
                                    (ConfabPacketReport *) packets->data, packets->len);
  confab_congestion_tick (link->congestion, link->now_us);
}

/* Sends as much as the estimator allows for @seconds of the link's time. */
static void
run_for (Link   *link,
         double  seconds)
{
  gint64 end_us = link->now_us + (gint64) (seconds * G_USEC_PER_SEC);
  gint64 tell_at_us = link->now_us + FEEDBACK_US;

  link->longest_queue_us = 0;
  while (link->now_us < end_us)
    {
      link->now_us = MIN (link->send_at_us, tell_at_us);
      if (link->now_us == link->send_at_us)
        {
          send_packet (link);
          link->send_at_us += (gint64) PACKET_BYTES * 8 * G_USEC_PER_SEC / rate_of (link);
        }
      if (link->now_us == tell_at_us)
        {
          tell (link);
          tell_at_us += FEEDBACK_US;
        }
    }
}

static void
test_free_link_is_used (void)
{
  Link link;

  link_init (&link, 20000000, 20 * 1000);
  run_for (&link, 15);
  g_assert_cmpuint (rate_of (&link), ==, MAX_BPS);
  link_clear (&link);
}

static void
test_narrow_link_is_found_without_a_queue (void)
{
  Link link;

  link_init (&link, 300000, 20 * 1000);
  run_for (&link, 10);
  /* The way down from the start may fill the queue; after it nothing waits long. */
  run_for (&link, 40);
  g_assert_cmpuint (rate_of (&link), >, 150000);
  g_assert_cmpuint (rate_of (&link), <, 340000);
  g_assert_cmpint (link.longest_queue_us, <, 300 * 1000);
  link_clear (&link);
}

static void
test_medium_link_is_filled (void)
{
  Link link;

  link_init (&link, 2000000, 50 * 1000);
  run_for (&link, 60);
  g_assert_cmpuint (rate_of (&link), >, 1200000);
  g_assert_cmpuint (rate_of (&link), <, 2300000);
  link_clear (&link);
}

static void
test_five_percent_loss_costs_nothing (void)
{
  Link link;

  link_init (&link, 10000000, 20 * 1000);
  link.loss = 0.05;
  run_for (&link, 20);
  g_assert_cmpuint (rate_of (&link), >=, START_BPS);
  g_assert_cmpfloat (confab_congestion_get_loss (link.congestion), >, 0.01);
  g_assert_cmpfloat (confab_congestion_get_loss (link.congestion), <, 0.12);
  link_clear (&link);
}

static void
test_thirty_percent_loss_lowers_the_rate (void)
{
  Link link;

  link_init (&link, 10000000, 20 * 1000);
  link.loss = 0.3;
  run_for (&link, 20);
  g_assert_cmpuint (rate_of (&link), <, START_BPS / 2);
  link_clear (&link);
}

static void
test_jitter_is_no_queue (void)
{
  Link link;

  link_init (&link, 10000000, 70 * 1000);
  link.jitter_us = 60 * 1000;
  run_for (&link, 30);
  g_assert_cmpuint (rate_of (&link), >, 400000);
  link_clear (&link);
}

static void
test_sudden_narrowing_is_followed_in_seconds (void)
{
  Link link;

  link_init (&link, 3000000, 30 * 1000);
  run_for (&link, 30);
  g_assert_cmpuint (rate_of (&link), >, 1000000);

  link.capacity_bps = 300000;
  run_for (&link, 5);
  g_assert_cmpuint (rate_of (&link), <, 350000);
  link_clear (&link);
}

static void
test_link_that_was_away_is_used_again (void)
{
  Link link;
  guint before;

  link_init (&link, 3000000, 30 * 1000);
  run_for (&link, 30);
  before = rate_of (&link);

  link.away = TRUE;
  run_for (&link, 5);
  g_assert_cmpuint (rate_of (&link), <, before / 2);

  link.away = FALSE;
  run_for (&link, 15);
  g_assert_cmpuint (rate_of (&link), >, before / 2);
  link_clear (&link);
}

static void
test_who_sends_little_learns_little (void)
{
  Link link;

  link_init (&link, 20000000, 20 * 1000);
  /* One packet in 100 ms, whatever is allowed: 96 kbit/s. */
  for (guint i = 0; i < 300; i++)
    {
      ConfabPacketReport packet = { i * 100000, i * 100000 + 20000, PACKET_BYTES };

      confab_congestion_add_feedback (link.congestion, i * 100000 + 40000, &packet, 1);
    }
  g_assert_cmpuint (rate_of (&link), <=, START_BPS);
  link_clear (&link);
}

/* Says a few words after a bad moment, in which the picture was left out. */
static void
test_room_for_a_picture_comes_back_in_silence (void)
{
  Link link;

  link_init (&link, 20000000, 20 * 1000);
  run_for (&link, 2);
  link.away = TRUE;
  run_for (&link, 30);
  g_assert_cmpuint (rate_of (&link), <, 2 * MIN_BPS);

  for (guint i = 1; i <= 100; i++)
    {
      gint64 at_us = link.now_us + (gint64) i * 200000;
      ConfabPacketReport packet = { at_us, at_us + 20000, 80 };

      confab_congestion_add_feedback (link.congestion, at_us + 40000, &packet, 1);
    }
  g_assert_cmpuint (rate_of (&link), >=, 100000);
  link_clear (&link);
}

static void
test_lies_do_not_leave_the_bounds (void)
{
  g_autoptr(ConfabCongestion) congestion = confab_congestion_new (START_BPS, MIN_BPS, MAX_BPS);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      ConfabPacketReport packets[4];

      for (guint p = 0; p < G_N_ELEMENTS (packets); p++)
        packets[p] = (ConfabPacketReport) {
          .sent_us = g_rand_int (rand),
          .received_us = g_rand_boolean (rand) ? CONFAB_PACKET_LOST : (gint64) g_rand_int (rand),
          .size_bytes = g_rand_int (rand),
        }
      ;
      confab_congestion_add_feedback (congestion, (gint64) i * 1000, packets,
                                      g_rand_int_range (rand, 0, 5));
      g_assert_cmpuint (confab_congestion_get_rate_bps (congestion), >=, MIN_BPS);
      g_assert_cmpuint (confab_congestion_get_rate_bps (congestion), <=, MAX_BPS);
    }
}

static void
test_steady_delay_is_normal (void)
{
  ConfabTrendline trendline;

  confab_trendline_init (&trendline);
  for (gint64 i = 0; i < 1000; i++)
    g_assert_cmpint (confab_trendline_add (&trendline, i * 10000, i * 10000 + 123456), ==,
                     CONFAB_LINK_USE_NORMAL);
}

static void
test_growing_delay_is_overuse (void)
{
  ConfabTrendline trendline;
  gboolean over = FALSE;

  confab_trendline_init (&trendline);
  for (gint64 i = 0; i < 100 && !over; i++)
    over = confab_trendline_add (&trendline, i * 10000, i * 12000) == CONFAB_LINK_USE_OVER;
  g_assert_true (over);
}

/* A processor that is busy elsewhere every now and then, and takes what waited all at once. */
static void
test_stalls_are_no_overuse (void)
{
  ConfabTrendline trendline;

  confab_trendline_init (&trendline);
  for (gint64 i = 0; i < 2000; i++)
    {
      gint64 sent_us = i * 10000, stall = sent_us / 300000;
      gboolean stalled = sent_us % 300000 < 80000;
      gint64 received_us = stalled ? stall * 300000 + 80000 + i * 10 % 300 : sent_us;

      g_assert_cmpint (confab_trendline_add (&trendline, sent_us, received_us), !=,
                       CONFAB_LINK_USE_OVER);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add_func ("/confab-congestion/" name, func)
  TEST ("free-link-is-used", test_free_link_is_used);
  TEST ("narrow-link-is-found-without-a-queue", test_narrow_link_is_found_without_a_queue);
  TEST ("medium-link-is-filled", test_medium_link_is_filled);
  TEST ("five-percent-loss-costs-nothing", test_five_percent_loss_costs_nothing);
  TEST ("thirty-percent-loss-lowers-the-rate", test_thirty_percent_loss_lowers_the_rate);
  TEST ("jitter-is-no-queue", test_jitter_is_no_queue);
  TEST ("sudden-narrowing-is-followed-in-seconds", test_sudden_narrowing_is_followed_in_seconds);
  TEST ("link-that-was-away-is-used-again", test_link_that_was_away_is_used_again);
  TEST ("who-sends-little-learns-little", test_who_sends_little_learns_little);
  TEST ("room-for-a-picture-comes-back-in-silence", test_room_for_a_picture_comes_back_in_silence);
  TEST ("lies-do-not-leave-the-bounds", test_lies_do_not_leave_the_bounds);
  TEST ("steady-delay-is-normal", test_steady_delay_is_normal);
  TEST ("growing-delay-is-overuse", test_growing_delay_is_overuse);
  TEST ("stalls-are-no-overuse", test_stalls_are_no_overuse);
#undef TEST

  return g_test_run ();
}
