/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-mailbox.h"

#include <poll.h>

#define N_POSTERS 4
#define N_LETTERS 50000

typedef struct
{
  BaseMailbox *mailbox;
  GArray      *seen;
} Fixture;

typedef struct
{
  Fixture *fixture;
  guint    number;
} Note;

static void
note_cb (gpointer data)
{
  Note *note = data;

  g_array_append_val (note->fixture->seen, note->number);
  g_free (note);
}

static void
post_note (Fixture *fixture,
           guint    number)
{
  Note *note = g_new (Note, 1);

  note->fixture = fixture;
  note->number = number;
  base_mailbox_post (fixture->mailbox, note_cb, note);
}

static void
post_again_cb (gpointer data)
{
  post_note (data, 2);
}

static gboolean
is_readable (Fixture *fixture)
{
  struct pollfd poll_fd = { .fd = base_mailbox_get_fd (fixture->mailbox), .events = POLLIN };

  return poll (&poll_fd, 1, 0) == 1;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  fixture->mailbox = base_mailbox_new ();
  fixture->seen = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  unused)
{
  base_mailbox_unref (fixture->mailbox);
  g_array_unref (fixture->seen);
}

static void
test_runs_in_the_order_of_posting (Fixture       *fixture,
                                   gconstpointer  unused)
{
  for (guint i = 0; i < 100; i++)
    post_note (fixture, i);

  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 100);
  g_assert_cmpuint (fixture->seen->len, ==, 100);

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (g_array_index (fixture->seen, guint, i), ==, i);
}

static void
test_is_readable_only_while_not_empty (Fixture       *fixture,
                                       gconstpointer  unused)
{
  g_assert_false (is_readable (fixture));
  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 0);

  post_note (fixture, 1);
  post_note (fixture, 2);
  g_assert_true (is_readable (fixture));

  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 2);
  g_assert_false (is_readable (fixture));
}

static void
test_what_a_letter_posts_waits_for_the_next_drain (Fixture       *fixture,
                                                   gconstpointer  unused)
{
  base_mailbox_post (fixture->mailbox, post_again_cb, fixture);

  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 1);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
  g_assert_true (is_readable (fixture));
  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 1);
  g_assert_cmpuint (fixture->seen->len, ==, 1);
}

static void
test_unread_letters_are_not_run_at_the_end (Fixture       *fixture,
                                            gconstpointer  unused)
{
  g_autoptr(BaseMailbox) other = base_mailbox_new ();

  base_mailbox_post (other, post_again_cb, fixture);
  g_clear_pointer (&other, base_mailbox_unref);

  g_assert_cmpuint (base_mailbox_drain (fixture->mailbox), ==, 0);
}

static void
test_source_drains_on_its_context (Fixture       *fixture,
                                   gconstpointer  unused)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GSource) source = base_mailbox_create_source (fixture->mailbox);

  g_source_attach (source, context);
  g_assert_false (g_main_context_iteration (context, FALSE));

  post_note (fixture, 1);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (fixture->seen->len, ==, 1);
  g_assert_false (g_main_context_iteration (context, FALSE));

  g_source_destroy (source);
}

static gpointer
post_many (gpointer data)
{
  Fixture *fixture = data;
  static int n_started;
  guint poster = (guint) g_atomic_int_add (&n_started, 1);

  for (guint i = 0; i < N_LETTERS; i++)
    post_note (fixture, poster * N_LETTERS + i);

  return NULL;
}

static void
wait_readable (Fixture *fixture)
{
  struct pollfd poll_fd = { .fd = base_mailbox_get_fd (fixture->mailbox), .events = POLLIN };

  /* A wake-up that got lost would show here. */
  g_assert_cmpint (poll (&poll_fd, 1, 60 * 1000), ==, 1);
}

static void
test_many_threads_lose_and_swap_nothing (Fixture       *fixture,
                                         gconstpointer  unused)
{
  GThread *posters[N_POSTERS];
  guint next[N_POSTERS] = { 0 };

  for (guint i = 0; i < N_POSTERS; i++)
    posters[i] = g_thread_new ("poster", post_many, fixture);

  while (fixture->seen->len < N_POSTERS * N_LETTERS)
    {
      wait_readable (fixture);
      base_mailbox_drain (fixture->mailbox);
    }

  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (posters[i]);

  for (guint i = 0; i < fixture->seen->len; i++)
    {
      guint number = g_array_index (fixture->seen, guint, i);

      g_assert_cmpuint (number % N_LETTERS, ==, next[number / N_LETTERS]);
      next[number / N_LETTERS]++;
    }
}

#define ADD(name, func) \
        g_test_add ("/mailbox/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("runs-in-the-order-of-posting", test_runs_in_the_order_of_posting);
  ADD ("is-readable-only-while-not-empty", test_is_readable_only_while_not_empty);
  ADD ("what-a-letter-posts-waits-for-the-next-drain",
       test_what_a_letter_posts_waits_for_the_next_drain);
  ADD ("unread-letters-are-not-run-at-the-end", test_unread_letters_are_not_run_at_the_end);
  ADD ("source-drains-on-its-context", test_source_drains_on_its_context);
  ADD ("many-threads-lose-and-swap-nothing", test_many_threads_lose_and_swap_nothing);

  return g_test_run ();
}
