/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "confab-devices-private.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined (__SANITIZE_ADDRESS__) || __has_feature (address_sanitizer)
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

/* Calls one after the other in one process: what each of them leaves behind adds up.
 *
 * Caches and pools fill in the first third of the calls; what is used then is compared with what is
 * used at the end. Between these, memory grows by 1 KiB a call: a query of 456 bytes for each
 * pipeline, which GStreamer 1.26's echo probe forgets to free (confab-playback.c). */

/* What a call may leave behind. A picture of 450 KiB that is left once would show. */
#define IN_USE_KIB 2u
/* Of all memory: what is mapped beside malloc's, but also what malloc does not give back. */
#define RESIDENT_KIB 64u
/* A pool lets go of threads when it likes, and one of them has two descriptors. */
#define N_SLACK 4u
/* The timer of a DTLS handshake, a second long, keeps 230 KiB of its connection until it is over.
 */
#define SETTLE_US (3 * G_USEC_PER_SEC)

typedef struct
{
  gsize resident_kib;
  gsize in_use_kib;      /* of malloc's, without what threads keep for later: GLIBC_TUNABLES */
  guint n_descriptors;
  guint n_threads;
} Usage;

static guint
count_entries (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  guint n_entries = 0;

  while (g_dir_read_name (folder))
    n_entries++;

  return n_entries;
}

static Usage
measure (void)
{
  struct mallinfo2 heap = mallinfo2 ();
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;
  Usage usage = { 0 };

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  words = g_strsplit (text, " ", 3);
  usage.resident_kib =
    (gsize) g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE) / 1024;
  usage.in_use_kib = (heap.uordblks + heap.hblkhd) / 1024;
  usage.n_descriptors = count_entries ("/proc/self/fd");
  usage.n_threads = count_entries ("/proc/self/task");

  return usage;
}

static void
call_once (CallPair *pair,
           gboolean  video,
           gboolean  ann_hangs_up)
{
  gpointer call, peer;

  call_pair_talk (pair, video);
  g_assert_cmpuint (confab_test_devices_count_open (), ==, video ? 6 : 4);
  call = pair->ann->call;
  peer = call_app_get_peer (pair->ann);
  g_object_add_weak_pointer (call, &call);
  g_object_add_weak_pointer (peer, &peer);
  confab_call_hang_up (ann_hangs_up ? pair->ann->call : pair->bob->call);
  call_pair_get_end (pair->ann);
  call_pair_get_end (pair->bob);
  call_app_forget (pair->ann);
  call_app_forget (pair->bob);
  support_wait_until (call == NULL && peer == NULL);
  support_wait_until (confab_test_devices_count_open () == 0);
}

static void
settle (void)
{
  gint64 until_us = g_get_monotonic_time () + SETTLE_US;

  support_wait_until (g_get_monotonic_time () > until_us);
}

/* After @n_calls more. */
static gboolean
is_no_more_than (const Usage *before,
                 guint        n_calls)
{
  Usage now = measure ();

  return now.n_descriptors <= before->n_descriptors + N_SLACK &&
         now.n_threads <= before->n_threads + N_SLACK &&
         (SANITIZED || (now.in_use_kib <= before->in_use_kib + n_calls * IN_USE_KIB &&
                        now.resident_kib <= before->resident_kib + n_calls * RESIDENT_KIB));
}

static void
say_usage (const char  *when,
           const Usage *usage)
{
  g_test_message ("%s: %zu KiB in use, %zu KiB resident, %u descriptors, %u threads", when,
                  usage->in_use_kib, usage->resident_kib, usage->n_descriptors, usage->n_threads);
}

static void
test_calls_in_a_row (CallPair      *pair,
                     gconstpointer  data)
{
  guint n_calls = (guint) atoi (g_getenv ("CONFAB_CALL_ROUNDS") ?: "100");
  guint n_warm = n_calls / 3;
  Usage usage, warm = { 0 };

  for (guint i = 0; i < n_calls; i++)
    {
      call_once (pair, i % 5 == 0, i % 2 == 0);
      if (i + 1 == n_warm)
        {
          settle ();
          warm = measure ();
        }
    }

  settle ();
  usage = measure ();
  say_usage ("After a third of the calls", &warm);
  say_usage ("After all of them", &usage);
  support_wait_until (is_no_more_than (&warm, n_calls - n_warm));
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/a-hundred-calls-leave-nothing-behind", CallPair, NULL, call_pair_set_up,
              test_calls_in_a_row, call_pair_tear_down);

  return g_test_run ();
}
