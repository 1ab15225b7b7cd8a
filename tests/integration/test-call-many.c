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

/* Calls one after the other in one process: caches fill during the first ones, and then nothing may
 * be left of any. */

#define N_WARM 10u
/* A picture of 450 KiB left behind by one call in twenty would show. What is resident beside it is
 * up to malloc, which has pages in each of forty threads. */
#define SLACK_IN_USE_KIB 2048u
#define SLACK_KIB 24576u

typedef struct
{
  gsize resident_kib;
  gsize in_use_kib;      /* of malloc's */
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
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;
  Usage usage = { 0 };

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  words = g_strsplit (text, " ", 3);
  usage.resident_kib =
    (gsize) g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE) / 1024;
  usage.in_use_kib = mallinfo2 ().uordblks / 1024;
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
  call_wait_until (call == NULL && peer == NULL);
  call_wait_until (confab_test_devices_count_open () == 0);
}

static void
test_calls_in_a_row (CallPair      *pair,
                     gconstpointer  data)
{
  guint n_calls = (guint) atoi (g_getenv ("CONFAB_CALL_ROUNDS") ?: "100");
  Usage before = { 0 }, after;

  for (guint i = 0; i < n_calls; i++)
    {
      if (i == N_WARM)
        before = measure ();
      call_once (pair, i % 5 == 0, i % 2 == 0);
    }

  after = measure ();
  g_test_message ("After %u calls and after %u: %zu and %zu KiB resident, %zu and %zu KiB in use, "
                  "%u and %u descriptors, %u and %u threads", N_WARM, n_calls, before.resident_kib,
                  after.resident_kib, before.in_use_kib, after.in_use_kib, before.n_descriptors,
                  after.n_descriptors, before.n_threads, after.n_threads);
  /* Pools of threads let go of theirs in their own time. */
  call_wait_until (measure ().n_descriptors <= before.n_descriptors + 4);
  call_wait_until (measure ().n_threads <= before.n_threads + 4);
  if (!SANITIZED)
    {
      g_assert_cmpuint (after.in_use_kib, <, before.in_use_kib + SLACK_IN_USE_KIB);
      g_assert_cmpuint (after.resident_kib, <, before.resident_kib + SLACK_KIB);
    }
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
