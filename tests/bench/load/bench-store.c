/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-histogram.h"
#include "confabd-sqlite-store.h"
#include "support-store.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* How fast the store stores: closed loop, each sender waits for its acknowledgement before it
 * sends again. Then how fast it answers, while others go on sending. */

#define N_SENDERS      100
#define N_ROOMS        10
#define WARM_UP_US     (1 * G_USEC_PER_SEC)
#define RUN_US         (5 * G_USEC_PER_SEC)
#define N_PAGES        5000
#define N_TAILS        2000
#define CONTENT        "{\"text\":\"A message of about the length that people write to each other.\"}"

typedef struct _Bench Bench;

typedef struct
{
  Bench    *bench;
  BaseUuid  user_id;
  char     *room;
  gint64    sent_at_us;
} Sender;

struct _Bench
{
  SupportStore    store;
  Sender          senders[N_SENDERS];
  GBytes         *content;
  BenchHistogram *latencies;
  gint64          measure_from_us;
  gint64          stop_at_us;
  guint64         n_stored;
  guint           n_in_flight;
};

static void send_next (Sender *sender);

static void
stored_cb (ConfabdAppend *append)
{
  Sender *sender = append->user_data;
  Bench *self = sender->bench;
  gint64 now_us = g_get_monotonic_time ();

  if (append->status != CONFABD_APPEND_COMMITTED)
    g_error ("A message was not stored: %d", append->status);

  if (sender->sent_at_us >= self->measure_from_us && now_us < self->stop_at_us)
    {
      bench_histogram_add (self->latencies, 1000 * (now_us - sender->sent_at_us));
      self->n_stored++;
    }

  confabd_append_free (append);
  self->n_in_flight--;

  if (now_us < self->stop_at_us)
    send_next (sender);
}

static void
send_next (Sender *sender)
{
  ConfabdAppend *append = g_new0 (ConfabdAppend, 1);
  Bench *self = sender->bench;
  BaseUuid id;

  sender->sent_at_us = g_get_monotonic_time ();
  base_uuid_make_v7 (&id, (guint64) (g_get_real_time () / 1000));
  append->event = confabd_event_new (CONFABD_EVENT_MESSAGE, sender->room, &id, &sender->user_id,
                                     self->content);
  append->reply_to = base_mailbox_ref (self->store.mailbox);
  append->done = stored_cb;
  append->user_data = sender;
  self->n_in_flight++;
  confabd_log_append (self->store.log, append);
}

static void
wait_for_answers (Bench *self)
{
  struct pollfd poll_fd = { .fd = base_mailbox_get_fd (self->store.mailbox), .events = POLLIN };

  poll (&poll_fd, 1, -1);
  base_mailbox_drain (self->store.mailbox);
}

static void
run_senders (Bench  *self,
             guint   n_senders,
             gint64  warm_up_us,
             gint64  run_us)
{
  self->measure_from_us = g_get_monotonic_time () + warm_up_us;
  self->stop_at_us = self->measure_from_us + run_us;
  self->n_stored = 0;

  for (guint i = 0; i < n_senders; i++)
    send_next (&self->senders[i]);

  while (self->n_in_flight > 0)
    wait_for_answers (self);
}

static void
report (const char           *what,
        const BenchHistogram *latencies,
        double                per_s)
{
  g_print ("%-44s %9.0f /s   p50 %8.3f ms   p99 %8.3f ms\n", what, per_s,
           (double) bench_histogram_get_quantile (latencies, 0.50) / 1e6,
           (double) bench_histogram_get_quantile (latencies, 0.99) / 1e6);
}

static void
measure_stored (Bench *self,
                guint  n_senders)
{
  g_autofree char *what = g_strdup_printf ("stored and acknowledged, %u senders", n_senders);

  self->latencies = g_new0 (BenchHistogram, 1);
  run_senders (self, n_senders, WARM_UP_US, RUN_US);
  report (what, self->latencies, self->n_stored * (double) G_USEC_PER_SEC / RUN_US);
  g_clear_pointer (&self->latencies, g_free);
}

static void
ask_page (Bench   *self,
          guint64  before_seq)
{
  ConfabdQuery *query = support_store_query (&self->store, CONFABD_QUERY_HISTORY);

  query->room = g_strdup (self->senders[0].room);
  query->before_seq = before_seq;
  query->limit = 50;
  support_store_ask (&self->store, query);
  confabd_query_free (query);
}

static void
ask_tail (Bench   *self,
          guint64  last_seq)
{
  ConfabdTail *tail = support_store_tail (&self->store, self->senders[0].room,
                                          &self->senders[0].user_id, -1, NULL, 50);

  confabd_tail_free (tail);
}

static void
measure_answers (Bench      *self,
                 const char *what,
                 void      (*ask) (Bench   *self,
                                   guint64  last_seq),
                 guint       n_times)
{
  g_autoptr(GRand) dice = g_rand_new_with_seed (7);
  ConfabdTail *tail = support_store_tail (&self->store, self->senders[0].room,
                                          &self->senders[0].user_id, -1, NULL, 0);
  BenchHistogram *latencies = g_new0 (BenchHistogram, 1);
  gint64 began_us = g_get_monotonic_time ();

  for (guint i = 0; i < n_times; i++)
    {
      gint64 asked_at_us = g_get_monotonic_time ();

      ask (self, (guint64) g_rand_int_range (dice, 1, (gint32) tail->last_seq + 1));
      bench_histogram_add (latencies, 1000 * (g_get_monotonic_time () - asked_at_us));
    }

  report (what, latencies,
          n_times * (double) G_USEC_PER_SEC / (double) (g_get_monotonic_time () - began_us));
  g_free (latencies);
  confabd_tail_free (tail);
}

static void
set_up (Bench      *self,
        const char *folder)
{
  g_autoptr(GError) error = NULL;
  ConfabdSqliteStore *store = confabd_sqlite_store_new (folder, base_clock_system (), &error);

  if (!store)
    g_error ("%s", error->message);

  support_store_init (&self->store, store);
  self->content = g_bytes_new_static (CONTENT, strlen (CONTENT));

  for (guint i = 0; i < N_SENDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("sender-%u", i);
      Sender *sender = &self->senders[i];

      sender->bench = self;
      sender->room = g_strdup_printf ("room-%u", i % N_ROOMS);
      support_store_add_user (&self->store, name, &sender->user_id);
    }
}

static void
remove_all (const char *folder)
{
  static const char *const names[] = { "space.db", "space.db-wal", "space.db-shm", "lock" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_unlink (path);
    }

  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;
  Bench bench = { 0 };

  if (argc != 2)
    g_error ("Usage: %s FOLDER, on the disk that is to be measured", argv[0]);

  g_mkdir_with_parents (argv[1], 0700);
  folder = g_build_filename (argv[1], "store-XXXXXX", NULL);

  if (!g_mkdtemp (folder))
    g_error ("Cannot make a folder in %s", argv[1]);

  set_up (&bench, folder);
  measure_stored (&bench, 1);
  measure_stored (&bench, N_SENDERS);
  measure_answers (&bench, "pages of 50, one after the other", ask_page, N_PAGES);
  measure_answers (&bench, "tails of 50, one after the other", ask_tail, N_TAILS);

  support_store_clear (&bench.store);
  g_bytes_unref (bench.content);
  for (guint i = 0; i < N_SENDERS; i++)
    g_free (bench.senders[i].room);
  remove_all (folder);

  return EXIT_SUCCESS;
}
