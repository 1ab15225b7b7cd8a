/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"
#include "confab-test-picture-private.h"
#include "server-process.h"
#include "support-wait.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* bench-call ROUNDS SECONDS: two people of this process call each other over a real server, so
 * often, and talk so long the last time. What was measured goes to standard output as JSON; what
 * the server costs is not in it. */

#define RING_MS 500u
#define WARM_UP_MS 8000u
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define STAMP_MASK 0xffffffu

typedef struct
{
  CallApp *app;
  GMutex   lock;            /* pictures come in a streaming thread */
  gint64   first_us;        /* when the first picture was there, decoded */
  GArray  *delays_ms;       /* of guint, while it is not NULL */
} Eye;

static GPtrArray *
dup_stat_fields (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL))
    return fields;

  /* The name of the program may have anything in it. */
  words = g_strsplit (strrchr (text, ')') + 2, " ", -1);
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (fields, g_strdup (words[i]));

  return fields;
}

/* Processor time of this process, of both ends together. */
static double
get_processor_s (void)
{
  g_autoptr(GPtrArray) fields = dup_stat_fields ();

  g_assert_cmpuint (fields->len, >, 13);

  return (g_ascii_strtod (fields->pdata[11], NULL) + g_ascii_strtod (fields->pdata[12], NULL)) /
         (double) sysconf (_SC_CLK_TCK);
}

static double
get_memory_mb (void)
{
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL) ||
      !(found = strstr (text, "\nPss:")))
    return 0;

  return g_ascii_strtod (found + strlen ("\nPss:"), NULL) / 1024;
}

static GstPadProbeReturn
picture_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  Eye *eye = user_data;
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  gint64 now_us = g_get_monotonic_time ();
  guint stamp, delay_ms;

  if (!caps || !confab_test_picture_read (GST_PAD_PROBE_INFO_BUFFER (info), caps, &stamp))
    return GST_PAD_PROBE_OK;

  delay_ms = ((guint) (now_us / 1000) - stamp) & STAMP_MASK;
  g_mutex_lock (&eye->lock);
  if (eye->first_us == 0)
    eye->first_us = now_us;
  if (eye->delays_ms)
    g_array_append_val (eye->delays_ms, delay_ms);
  g_mutex_unlock (&eye->lock);

  return GST_PAD_PROBE_OK;
}

static void
peers_changed_cb (GListModel *peers,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Eye        *eye)
{
  g_autoptr(GstElement) end = NULL;
  g_autoptr(GstPad) pad = NULL;

  if (n_added == 0)
    return;

  end = gst_bin_get_by_name (GST_BIN (eye->app->screen), "end");
  pad = gst_element_get_static_pad (end, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, picture_cb, eye, NULL);
}

static gint64
get_first_us (Eye *eye)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&eye->lock);

  return eye->first_us;
}

static void
watch (Eye *eye)
{
  eye->first_us = 0;
  g_signal_connect (confab_call_get_peers (eye->app->call), "items-changed",
                    G_CALLBACK (peers_changed_cb), eye);
}

static gboolean
over_cb (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;

  return G_SOURCE_REMOVE;
}

/* Goes on with everything for a while. */
static void
spend (guint time_ms)
{
  gboolean over = FALSE;

  g_timeout_add (time_ms, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const guint *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

static guint
pick (GArray *values,
      double  share)
{
  if (values->len == 0)
    return 0;

  return g_array_index (values, guint, (guint) (share * (values->len - 1)));
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Looks every millisecond whether both are connected. */
static void
call (Eye    *ann,
      Eye    *bob,
      double *connected_ms,
      double *first_ms)
{
  gint64 accepted_us, connected_us = 0, end_us;
  guint tick;

  call_app_call (ann->app, bob->app, TRUE);
  watch (ann);
  support_wait_until (call_app_is (bob->app, CONFAB_CALL_STATE_RINGING_IN));
  watch (bob);
  spend (RING_MS);

  accepted_us = g_get_monotonic_time ();
  end_us = accepted_us + PATIENCE_US;
  tick = g_timeout_add (1, tick_cb, NULL);
  confab_call_accept (bob->app->call, TRUE);
  while (connected_us == 0 || get_first_us (ann) == 0 || get_first_us (bob) == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      if (connected_us == 0 && call_app_is (ann->app, CONFAB_CALL_STATE_ACTIVE) &&
          call_app_is (bob->app, CONFAB_CALL_STATE_ACTIVE))
        connected_us = g_get_monotonic_time ();
      if (g_get_monotonic_time () > end_us)
        g_error ("The call does not come about");
    }
  g_source_remove (tick);

  *connected_ms = (double) (connected_us - accepted_us) / 1000;
  first_ms[0] = (double) (get_first_us (bob) - accepted_us) / 1000;
  first_ms[1] = (double) (get_first_us (ann) - accepted_us) / 1000;
}

static void
hang_up (Eye *ann,
         Eye *bob)
{
  confab_call_hang_up (ann->app->call);
  support_wait_until (call_app_is (bob->app, CONFAB_CALL_STATE_ENDED));
  call_app_forget (ann->app);
  call_app_forget (bob->app);
}

static void
talk (Eye   *ann,
      guint  seconds)
{
  double before_s, processor, memory_mb;
  g_autoptr(ConfabCallStats) stats = NULL;

  spend (WARM_UP_MS);
  g_mutex_lock (&ann->lock);
  ann->delays_ms = g_array_new (FALSE, FALSE, sizeof (guint));
  g_mutex_unlock (&ann->lock);

  before_s = get_processor_s ();
  spend (seconds * 1000);
  processor = (get_processor_s () - before_s) / seconds;
  memory_mb = get_memory_mb ();
  stats = confab_call_peer_dup_stats (call_app_get_peer (ann->app));

  g_mutex_lock (&ann->lock);
  g_array_sort (ann->delays_ms, compare);
  g_print ("{\"fps\": %.1f, \"delay_p50_ms\": %u, \"delay_p95_ms\": %u, \"processor\": %.3f, "
           "\"memory_mb\": %.1f, \"width\": %u, \"height\": %u, \"sent_kbps\": %u}\n",
           (double) ann->delays_ms->len / seconds, pick (ann->delays_ms, 0.5),
           pick (ann->delays_ms, 0.95), processor, memory_mb, stats->width,
           stats->height, stats->send_kbit_per_s);
  g_clear_pointer (&ann->delays_ms, g_array_unref);
  g_mutex_unlock (&ann->lock);
}

int
main (int   argc,
      char *argv[])
{
  guint rounds = argc > 1 ? (guint) atoi (argv[1]) : 5, seconds = argc > 2 ? (guint) atoi (argv[2])
                                                                           : 20;
  ServerProcess *server = server_process_new (NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  Eye ann = { call_app_new (url, "ann") }, bob = { call_app_new (url, "bob") };

  g_mutex_init (&ann.lock);
  g_mutex_init (&bob.lock);
  for (guint i = 0; i < rounds; i++)
    {
      double connected_ms, first_ms[2];

      call (&ann, &bob, &connected_ms, first_ms);
      g_print ("{\"connected_ms\": %.1f, \"first_at_callee_ms\": %.1f, "
               "\"first_at_caller_ms\": %.1f}\n", connected_ms, first_ms[0], first_ms[1]);
      if (i + 1 == rounds)
        talk (&ann, seconds);
      hang_up (&ann, &bob);
    }

  call_app_free (ann.app);
  call_app_free (bob.app);
  server_process_free (server);

  return EXIT_SUCCESS;
}
