/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-push-queue.h"

#define S G_USEC_PER_SEC

static const ConfabdPushPatience patience =
{ .base_ms = 1000, .max_ms = 60000, .max_failures = 10 };

static ConfabdPushMessage *
message (const char *text,
         const char *topic,
         guint       ttl_s)
{
  g_autoptr(ConfabdNotification) notification = confabd_notification_new (NULL, text, "", NULL);

  notification->topic = g_strdup (topic);
  notification->ttl_s = ttl_s;

  return confabd_push_message_new (notification, 0);
}

/* The letters behind `{"title":"` of what waits. */
static char *
describe (ConfabdPushQueue *queue)
{
  GString *text = g_string_new (NULL);

  for (GList *link = queue->messages.head; link; link = link->next)
    {
      const ConfabdPushMessage *waiting = link->data;
      const char *json = g_bytes_get_data (waiting->payload, NULL);

      g_string_append_c (text, json[10]);
    }

  return g_string_free_and_steal (text);
}

static void
assert_waits (ConfabdPushQueue *queue,
              const char       *expected)
{
  g_autofree char *found = describe (queue);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_of_too_many_the_oldest_but_one_is_dropped (void)
{
  ConfabdPushQueue queue;

  confabd_push_queue_init (&queue);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("a", NULL, 9), 3), ==, 0);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("b", NULL, 9), 3), ==, 0);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("c", NULL, 9), 3), ==, 0);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("d", NULL, 9), 3), ==, 1);
  assert_waits (&queue, "acd");

  confabd_push_queue_clear (&queue);
  assert_waits (&queue, "");
}

static void
test_a_topic_replaces_what_waits_but_not_what_is_on_its_way (void)
{
  ConfabdPushQueue queue;

  confabd_push_queue_init (&queue);
  confabd_push_queue_add (&queue, message ("a", "t", 9), 9);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("b", "t", 9), 9), ==, 0);
  confabd_push_queue_add (&queue, message ("c", "u", 9), 9);
  g_assert_cmpuint (confabd_push_queue_add (&queue, message ("d", "t", 9), 9), ==, 1);
  confabd_push_queue_add (&queue, message ("e", NULL, 9), 9);
  assert_waits (&queue, "acde");
  confabd_push_queue_clear (&queue);
}

static void
test_what_is_too_old_is_dropped (void)
{
  ConfabdPushQueue queue;

  confabd_push_queue_init (&queue);
  confabd_push_queue_add (&queue, message ("a", NULL, 5), 9);
  confabd_push_queue_add (&queue, message ("b", NULL, 3), 9);
  confabd_push_queue_add (&queue, message ("c", NULL, 7), 9);
  g_assert_cmpuint (confabd_push_queue_expire (&queue, 3 * S - 1), ==, 0);
  g_assert_cmpuint (confabd_push_queue_expire (&queue, 5 * S), ==, 2);
  assert_waits (&queue, "c");
  g_assert_cmpuint (confabd_push_queue_expire (&queue, 7 * S), ==, 1);
  g_assert_null (confabd_push_queue_peek (&queue));
}

static void
test_waits_grow_and_vary (void)
{
  static const gint64 waits_s[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
  ConfabdPushQueue queue;

  for (double chance = 0; chance <= 1; chance += 0.5)
    {
      confabd_push_queue_init (&queue);
      confabd_push_queue_add (&queue, message ("a", NULL, 999), 9);

      for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++)
        {
          g_assert_true (confabd_push_queue_failed (&queue, &patience, 100, -1, chance));
          g_assert_cmpint (queue.not_before_us, ==,
                           100 + (gint64) ((double) (waits_s[i] * S) * (1 - chance / 2)));
        }

      confabd_push_queue_clear (&queue);
    }
}

static void
test_what_the_service_asks_for_is_the_least (void)
{
  ConfabdPushQueue queue;

  confabd_push_queue_init (&queue);
  confabd_push_queue_add (&queue, message ("a", NULL, 999), 9);
  confabd_push_queue_failed (&queue, &patience, 0, 30, 1);
  g_assert_cmpint (queue.not_before_us, ==, 30 * S);
  confabd_push_queue_failed (&queue, &patience, 0, 1, 0);
  g_assert_cmpint (queue.not_before_us, ==, 2 * S);
  confabd_push_queue_failed (&queue, &patience, 0, 0, 0);
  g_assert_cmpint (queue.not_before_us, ==, 4 * S);
  confabd_push_queue_clear (&queue);
}

static void
test_a_message_is_given_up_and_the_next_starts_anew (void)
{
  ConfabdPushQueue queue;

  confabd_push_queue_init (&queue);
  confabd_push_queue_add (&queue, message ("a", NULL, 999), 9);
  confabd_push_queue_add (&queue, message ("b", NULL, 999), 9);

  for (guint i = 1; i < 10; i++)
    g_assert_true (confabd_push_queue_failed (&queue, &patience, 0, -1, 0));
  g_assert_false (confabd_push_queue_failed (&queue, &patience, 0, -1, 0));
  assert_waits (&queue, "b");
  g_assert_cmpint (queue.not_before_us, ==, 60 * S);
  g_assert_true (confabd_push_queue_failed (&queue, &patience, 0, -1, 0));
  g_assert_cmpint (queue.not_before_us, ==, S);

  confabd_push_queue_done (&queue, TRUE);
  g_assert_cmpint (queue.not_before_us, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/push/queue/of-too-many-the-oldest-but-one-is-dropped",
                   test_of_too_many_the_oldest_but_one_is_dropped);
  g_test_add_func ("/push/queue/a-topic-replaces-what-waits-but-not-what-is-on-its-way",
                   test_a_topic_replaces_what_waits_but_not_what_is_on_its_way);
  g_test_add_func ("/push/queue/what-is-too-old-is-dropped", test_what_is_too_old_is_dropped);
  g_test_add_func ("/push/queue/waits-grow-and-vary", test_waits_grow_and_vary);
  g_test_add_func ("/push/queue/what-the-service-asks-for-is-the-least",
                   test_what_the_service_asks_for_is_the_least);
  g_test_add_func ("/push/queue/a-message-is-given-up-and-the-next-starts-anew",
                   test_a_message_is_given_up_and_the_next_starts_anew);

  return g_test_run ();
}
