/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-outbox.h"

#include <string.h>

static const ConfabdOutboxLimits limits = { .max_bytes = 1000, .max_frames = 20 };
static const ConfabdOutboxLimits wide = { .max_bytes = G_MAXSIZE / 2, .max_frames = G_MAXUINT / 2 };

static ConfabdOutboxStatus
push (ConfabdOutbox             *outbox,
      gsize                      n_bytes,
      ConfabdFrameClass          frame_class,
      char                       fill,
      const ConfabdOutboxLimits *bounds)
{
  g_autofree char *data = g_malloc (n_bytes);
  g_autoptr(GBytes) bytes = NULL;
  ConfabdFrame *frame;
  ConfabdOutboxStatus status;

  memset (data, fill, n_bytes);
  bytes = g_bytes_new (data, n_bytes);
  frame = confabd_frame_new (bytes, frame_class);
  status = confabd_outbox_push (outbox, frame, bounds);
  confabd_frame_unref (frame);

  return status;
}

static char *
read_all (ConfabdOutbox *outbox)
{
  GString *text = g_string_new (NULL);
  struct iovec vectors[4];
  guint n;

  while ((n = confabd_outbox_peek (outbox, vectors, G_N_ELEMENTS (vectors))) > 0)
    {
      gsize n_bytes = 0;

      for (guint i = 0; i < n; i++)
        {
          g_string_append_len (text, vectors[i].iov_base, vectors[i].iov_len);
          n_bytes += vectors[i].iov_len;
        }

      confabd_outbox_consume (outbox, n_bytes);
    }

  return g_string_free_and_steal (text);
}

static void
test_bytes_come_out_as_they_went_in (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
  g_autoptr(GString) expected = g_string_new (NULL);
  g_autoptr(GString) got = g_string_new (NULL);

  for (guint step = 0; step < 3000; step++)
    {
      struct iovec vector;
      gsize n_bytes = g_test_rand_int_range (1, 40);
      char fill = 'a' + step % 26;

      g_assert_cmpint (push (outbox, n_bytes, CONFABD_FRAME_DURABLE, fill, &wide), ==,
                       CONFABD_OUTBOX_QUEUED);
      for (gsize i = 0; i < n_bytes; i++)
        g_string_append_c (expected, fill);

      /* Writes end anywhere in a frame. */
      g_assert_cmpuint (confabd_outbox_peek (outbox, &vector, 1), ==, 1);
      n_bytes = g_test_rand_int_range (0, vector.iov_len + 1);
      g_string_append_len (got, vector.iov_base, n_bytes);
      confabd_outbox_consume (outbox, n_bytes);
      g_assert_cmpuint (confabd_outbox_get_n_bytes (outbox), ==, expected->len - got->len);
      if (confabd_outbox_get_n_frames (outbox) == 0)
        g_assert_cmpuint (expected->len, ==, got->len);
    }

  {
    g_autofree char *rest = read_all (outbox);

    g_string_append (got, rest);
  }

  g_assert_cmpstr (got->str, ==, expected->str);
  g_assert_cmpuint (confabd_outbox_get_n_frames (outbox), ==, 0);
}

static void
test_too_many_frames_are_refused (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();

  for (guint i = 0; i < limits.max_frames; i++)
    g_assert_cmpint (push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits), ==,
                     CONFABD_OUTBOX_QUEUED);

  g_assert_cmpint (push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits), ==, CONFABD_OUTBOX_FULL);
  g_assert_cmpuint (confabd_outbox_get_n_frames (outbox), ==, limits.max_frames);
}

static void
test_one_frame_may_exceed_the_bytes (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();

  g_assert_cmpint (push (outbox, 5000, CONFABD_FRAME_DURABLE, 'd', &limits), ==,
                   CONFABD_OUTBOX_QUEUED);

  /* What is said while it is under way has the bound for itself, also when half of it is gone. */
  g_assert_cmpint (push (outbox, 600, CONFABD_FRAME_DURABLE, 'e', &limits), ==,
                   CONFABD_OUTBOX_QUEUED);
  confabd_outbox_consume (outbox, 2500);
  g_assert_cmpint (push (outbox, 600, CONFABD_FRAME_DURABLE, 'e', &limits), ==,
                   CONFABD_OUTBOX_QUEUED);
  g_assert_cmpint (push (outbox, 1, CONFABD_FRAME_DURABLE, 'e', &limits), ==, CONFABD_OUTBOX_FULL);
}

static void
test_two_frames_may_not (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();

  push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits);
  push (outbox, 5000, CONFABD_FRAME_DURABLE, 'd', &limits);
  push (outbox, 5000, CONFABD_FRAME_DURABLE, 'd', &limits);
  g_assert_cmpint (push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits), ==, CONFABD_OUTBOX_FULL);
}

static void
test_transient_gives_way_to_durable (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
  g_autofree char *text = NULL;
  guint n_durable = 0;

  /* Half of the room is for the transient; from there on they are dropped on arrival. */
  while (push (outbox, 1, CONFABD_FRAME_TRANSIENT, 't', &limits) == CONFABD_OUTBOX_QUEUED)
    continue;
  g_assert_cmpuint (confabd_outbox_get_n_frames (outbox), ==, limits.max_frames / 2);

  while (push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits) == CONFABD_OUTBOX_QUEUED)
    n_durable++;
  g_assert_cmpuint (n_durable, ==, limits.max_frames);

  text = read_all (outbox);
  g_assert_null (strchr (text, 't'));
  g_assert_cmpuint (strlen (text), ==, n_durable);
}

static void
test_half_written_frame_is_never_dropped (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
  g_autofree char *text = NULL;

  push (outbox, 10, CONFABD_FRAME_TRANSIENT, 't', &limits);
  push (outbox, 10, CONFABD_FRAME_TRANSIENT, 'u', &limits);
  confabd_outbox_consume (outbox, 4);
  while (push (outbox, 1, CONFABD_FRAME_DURABLE, 'd', &limits) == CONFABD_OUTBOX_QUEUED)
    continue;

  text = read_all (outbox);
  g_assert_true (g_str_has_prefix (text, "ttttttd"));
  g_assert_null (strchr (text, 'u'));
}

static void
test_sealed_bytes_are_never_dropped (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
  g_autofree char *text = NULL;

  push (outbox, 10, CONFABD_FRAME_TRANSIENT, 't', &limits);
  push (outbox, 10, CONFABD_FRAME_TRANSIENT, 'u', &limits);
  push (outbox, 10, CONFABD_FRAME_TRANSIENT, 'v', &limits);
  confabd_outbox_pin (outbox, 13);
  confabd_outbox_forget (outbox);

  text = read_all (outbox);
  g_assert_cmpstr (text, ==, "ttttttttttuuuuuuuuuu");
}

static void
test_last_word_fits_always (void)
{
  g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
  g_autoptr(GBytes) bytes = g_bytes_new_static ("bye", 3);
  ConfabdFrame *frame = confabd_frame_new (bytes, CONFABD_FRAME_DURABLE);
  g_autofree char *text = NULL;

  while (push (outbox, 100, CONFABD_FRAME_DURABLE, 'd', &limits) == CONFABD_OUTBOX_QUEUED)
    continue;
  confabd_outbox_consume (outbox, 1);
  confabd_outbox_forget (outbox);
  confabd_outbox_push_last (outbox, frame);
  confabd_frame_unref (frame);

  text = read_all (outbox);
  g_assert_cmpuint (strlen (text), ==, 99 + 3);
  g_assert_true (g_str_has_suffix (text, "dbye"));
}

static void
test_what_was_written_goes_to_another_socket_first (void)
{
  /* How much of "aaabbbccc" a first socket took, and what of that has to be written again. */
  static const struct
  {
    gsize       n_taken;
    const char *again;
  } samples[] = { { 0, "" }, { 1, "a" }, { 3, "aaa" }, { 5, "aabb" }, { 9, "bccc" } };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
      const char *again = samples[i].again;
      g_autoptr(GBytes) bytes = g_bytes_new (again, strlen (again));
      g_autofree char *expected = g_strconcat (again, &"aaabbbccc"[samples[i].n_taken], "ddd",
                                               NULL);
      g_autofree char *text = NULL;

      for (guint n = 0; n < 3; n++)
        push (outbox, 3, CONFABD_FRAME_DURABLE, "abc"[n], &limits);
      confabd_outbox_consume (outbox, samples[i].n_taken);
      if (*again)
        confabd_outbox_prepend (outbox, bytes);
      push (outbox, 3, CONFABD_FRAME_DURABLE, 'd', &limits);

      g_assert_cmpuint (confabd_outbox_get_n_bytes (outbox), ==, strlen (expected));
      text = read_all (outbox);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpuint (confabd_outbox_get_n_frames (outbox), ==, 0);
    }
}

static void
test_a_full_ring_takes_something_before_its_first (void)
{
  for (guint n_pushed = 0; n_pushed < 20; n_pushed++)
    {
      g_autoptr(ConfabdOutbox) outbox = confabd_outbox_new ();
      g_autoptr(GBytes) bytes = g_bytes_new ("first", 5);
      g_autofree char *rest = g_strnfill (n_pushed, 'x');
      g_autofree char *expected = g_strconcat ("first", rest, NULL);
      g_autofree char *text = NULL;

      for (guint i = 0; i < n_pushed; i++)
        push (outbox, 1, CONFABD_FRAME_DURABLE, 'x', &wide);
      confabd_outbox_prepend (outbox, bytes);
      text = read_all (outbox);
      g_assert_cmpstr (text, ==, expected);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/outbox/bytes-come-out-as-they-went-in", test_bytes_come_out_as_they_went_in);
  g_test_add_func ("/outbox/too-many-frames-are-refused", test_too_many_frames_are_refused);
  g_test_add_func ("/outbox/one-frame-may-exceed-the-bytes", test_one_frame_may_exceed_the_bytes);
  g_test_add_func ("/outbox/two-frames-may-not", test_two_frames_may_not);
  g_test_add_func ("/outbox/transient-gives-way-to-durable", test_transient_gives_way_to_durable);
  g_test_add_func ("/outbox/half-written-frame-is-never-dropped",
                   test_half_written_frame_is_never_dropped);
  g_test_add_func ("/outbox/sealed-bytes-are-never-dropped", test_sealed_bytes_are_never_dropped);
  g_test_add_func ("/outbox/last-word-fits-always", test_last_word_fits_always);

  g_test_add_func ("/outbox/what-was-written-goes-to-another-socket-first",
                   test_what_was_written_goes_to_another_socket_first);
  g_test_add_func ("/outbox/a-full-ring-takes-something-before-its-first",
                   test_a_full_ring_takes_something_before_its_first);

  return g_test_run ();
}
