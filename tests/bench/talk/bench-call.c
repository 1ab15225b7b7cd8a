/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"
#include "confab-test-picture-private.h"
#include "server-process.h"
#include "support-wait.h"

#include <gio/gunixinputstream.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two people of this process who call each other over a real server, as lines of standard input
 * say. Each is answered with a line of JSON.
 *
 *   call           a call: how long from Accept until both are connected, and until each has the
 *                  first picture of the other out of the decoder
 *   talk SECONDS   a call, of which so many seconds are measured after a while
 *
 * A picture's delay is told twice: `decoded` ends where it comes out of the decoder, `seen` where a
 * sink shows it that waits for each picture's time, as that of the app does. Between the two is
 * what keeps pictures even and with their sound. What the server costs is not in it. */

#define RING_MS 500u
#define WARM_UP_MS 8000u
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define STAMP_MASK 0xffffffu

typedef struct
{
  CallApp *app;
  GMutex   lock;          /* pictures come in streaming threads */
  gint64   first_us;      /* when the first picture was there, decoded */
  GArray  *decoded_ms;    /* of guint: delays, while they are not NULL */
  GArray  *seen_ms;
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

static void
add_delay (GArray    *delays_ms,
           GstPad    *pad,
           GstBuffer *picture,
           gint64     now_us)
{
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  guint stamp, delay_ms;

  if (!delays_ms || !caps || !confab_test_picture_read (picture, caps, &stamp))
    return;

  delay_ms = ((guint) (now_us / 1000) - stamp) & STAMP_MASK;
  g_array_append_val (delays_ms, delay_ms);
}

static GstPadProbeReturn
decoded_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  Eye *eye = user_data;
  gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&eye->lock);
  if (eye->first_us == 0)
    eye->first_us = now_us;
  add_delay (eye->decoded_ms, pad, GST_PAD_PROBE_INFO_BUFFER (info), now_us);
  g_mutex_unlock (&eye->lock);

  return GST_PAD_PROBE_OK;
}

static void
seen_cb (GstElement *sink,
         GstBuffer  *picture,
         GstPad     *pad,
         Eye        *eye)
{
  g_mutex_lock (&eye->lock);
  add_delay (eye->seen_ms, pad, picture, g_get_monotonic_time ());
  g_mutex_unlock (&eye->lock);
}

/* As the app has it, less the drawing. */
static void
look_at (Eye            *eye,
         ConfabCallPeer *peer)
{
  g_autoptr(GstElement) screen =
    gst_parse_bin_from_description ("queue leaky=downstream max-size-buffers=2 max-size-bytes=0 "
                                    "max-size-time=0 ! fakesink name=end sync=true "
                                    "ts-offset=-30000000 signal-handoffs=true", TRUE, NULL);
  g_autoptr(GstElement) end = gst_bin_get_by_name (GST_BIN (screen), "end");
  g_autoptr(GstPad) pad = gst_element_get_static_pad (screen, "sink");

  gst_object_ref_sink (screen);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, decoded_cb, eye, NULL);
  g_signal_connect (end, "handoff", G_CALLBACK (seen_cb), eye);
  confab_call_peer_set_video_sink (peer, screen);
}

static void
peers_changed_cb (GListModel *peers,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Eye        *eye)
{
  g_autoptr(ConfabCallPeer) peer = n_added > 0 ? g_list_model_get_item (peers, position) : NULL;

  if (peer)
    look_at (eye, peer);
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

static void
begin_delays (Eye *eye)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&eye->lock);

  eye->decoded_ms = g_array_new (FALSE, FALSE, sizeof (guint));
  eye->seen_ms = g_array_new (FALSE, FALSE, sizeof (guint));
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const guint *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

static void
tell_delays (const char *name,
             GArray     *values)
{
  /* Pictures of a film have no stamp. */
  if (values->len == 0)
    return;

  g_array_sort (values, compare);
  g_print ("\"%s_p50_ms\": %u, \"%s_p95_ms\": %u, ", name,
           g_array_index (values, guint, values->len / 2), name,
           g_array_index (values, guint, values->len * 95 / 100));
}

static void
end_delays (Eye *eye)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&eye->lock);

  tell_delays ("decoded", eye->decoded_ms);
  tell_delays ("seen", eye->seen_ms);
  g_clear_pointer (&eye->decoded_ms, g_array_unref);
  g_clear_pointer (&eye->seen_ms, g_array_unref);
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

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Looks every millisecond whether both are connected. */
static gint64
wait_for_pictures (Eye *ann,
                   Eye *bob)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US, connected_us = 0;
  guint tick = g_timeout_add (1, tick_cb, NULL);

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

  return connected_us;
}

static void
call (Eye *ann,
      Eye *bob)
{
  gint64 accepted_us, connected_us;

  call_app_call (ann->app, bob->app, TRUE);
  watch (ann);
  support_wait_until (call_app_is (bob->app, CONFAB_CALL_STATE_RINGING_IN));
  watch (bob);
  spend (RING_MS);

  accepted_us = g_get_monotonic_time ();
  confab_call_accept (bob->app->call, TRUE);
  connected_us = wait_for_pictures (ann, bob);
  g_print ("{\"connected_ms\": %.1f, \"first_at_callee_ms\": %.1f, \"first_at_caller_ms\": %.1f",
           (double) (connected_us - accepted_us) / 1000,
           (double) (get_first_us (bob) - accepted_us) / 1000,
           (double) (get_first_us (ann) - accepted_us) / 1000);
}

static void
talk (Eye   *ann,
      guint  seconds)
{
  g_autoptr(ConfabCallStats) before = NULL;
  g_autoptr(ConfabCallStats) stats = NULL;
  double before_s, processor;

  spend (WARM_UP_MS);
  before = confab_call_peer_dup_stats (call_app_get_peer (ann->app));
  begin_delays (ann);
  before_s = get_processor_s ();
  spend (seconds * 1000);
  processor = (get_processor_s () - before_s) / seconds;
  stats = confab_call_peer_dup_stats (call_app_get_peer (ann->app));

  g_print (", ");
  end_delays (ann);
  g_print ("\"processor\": %.3f, \"memory_mb\": %.1f, \"fps\": %.1f, \"width\": %u, "
           "\"height\": %u, \"sent_kbps\": %u",
           processor, get_memory_mb (),
           (double) (stats->frames_decoded - before->frames_decoded) / seconds, stats->width,
           stats->height, stats->send_kbit_per_s);
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

/* The connections to the server go on meanwhile. */
static char *
read_command (GDataInputStream *input)
{
  g_autoptr(GAsyncResult) result = NULL;

  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, support_take_result_cb,
                                       &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);

  return g_data_input_stream_read_line_finish (input, result, NULL, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GInputStream) source = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GDataInputStream) input = g_data_input_stream_new (source);
  ServerProcess *server = server_process_new (NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  Eye ann = { call_app_new (url, "ann") }, bob = { call_app_new (url, "bob") };
  char *next;

  g_mutex_init (&ann.lock);
  g_mutex_init (&bob.lock);
  while ((next = read_command (input)))
    {
      g_autofree char *command = next;

      call (&ann, &bob);
      if (g_str_has_prefix (command, "talk "))
        talk (&ann, (guint) atoi (command + strlen ("talk ")));
      hang_up (&ann, &bob);
      g_print ("}\n");
    }

  call_app_free (ann.app);
  call_app_free (bob.app);
  server_process_free (server);

  return EXIT_SUCCESS;
}
