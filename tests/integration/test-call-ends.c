/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "confab-call-private.h"
#include "support-fake-clock.h"

#include <string.h>

/* Every way in which a call can end, over a real server. */

static void
test_decline (CallPair      *pair,
              gconstpointer  data)
{
  call_pair_ring (pair, FALSE);
  confab_call_decline (pair->bob->call);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_DECLINED);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_DECLINED);
}

static void
test_cancel (CallPair      *pair,
             gconstpointer  data)
{
  call_pair_ring (pair, FALSE);
  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_CANCELLED);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_PEER_CANCELLED);
}

/* The caller answers in the place of the one who is called. */
static void
test_nobody_else_accepts (CallPair      *pair,
                          gconstpointer  data)
{
  ConfabCallPeer *bob;
  JsonObject *content = json_object_new ();
  JsonObject *answer = json_object_new ();

  call_pair_ring (pair, FALSE);
  bob = g_ptr_array_index (pair->ann->call->ringing, 0);
  json_object_set_string_member (answer, "type", "answer");
  json_object_set_string_member (answer, "sdp", "v=0");
  json_object_set_object_member (content, "sdpanswer", answer);
  confab_call_line_say (pair->ann->call->home.line, confab_call_peer_get_cid (bob), content);
  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_PEER_CANCELLED);
}

static void
test_callee_hangs_up (CallPair      *pair,
                      gconstpointer  data)
{
  call_pair_talk (pair, FALSE);
  confab_call_hang_up (pair->bob->call);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_HUNG_UP);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

/* Bob is in a call with Ann when Eve calls. */
static void
test_busy (CallPair      *pair,
           gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");

  call_pair_talk (pair, FALSE);
  call_app_call (eve, pair->bob, FALSE);
  g_assert_cmpint (call_pair_get_end (eve), ==, CONFAB_CALL_END_REASON_BUSY);
  g_assert_true (call_app_is (pair->bob, CONFAB_CALL_STATE_ACTIVE));
  g_assert_cmpuint (pair->bob->n_incoming, ==, 1);
  call_app_free (eve);
}

static void
go_offline (CallApp *app)
{
  confab_session_go_offline (app->app->session);
  support_wait_until (confab_session_get_state (app->app->session) ==
                      CONFAB_CONNECTION_STATE_IDLE);
}

static void
test_offline (CallPair      *pair,
              gconstpointer  data)
{
  g_autoptr(ConfabUser) bob = g_object_ref (confab_session_get_user (pair->bob->app->session));

  go_offline (pair->bob);
  call_app_call_user (pair->ann, bob, FALSE);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_OFFLINE);
}

/* A call that begins while the connection is being made again does not fail for that. */
static void
test_offline_for_a_moment (CallPair      *pair,
                           gconstpointer  data)
{
  g_autoptr(ConfabUser) bob = g_object_ref (confab_session_get_user (pair->bob->app->session));

  client_app_direct (pair->ann->app, bob);
  go_offline (pair->ann);
  call_app_call_user (pair->ann, bob, FALSE);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_RINGING_OUT));
  client_app_go_online (pair->ann->app);
  support_wait_until (call_app_is (pair->bob, CONFAB_CALL_STATE_RINGING_IN));
}

static void
test_second_device (CallPair      *pair,
                    gconstpointer  data)
{
  CallApp *tablet = call_app_new_device (pair->url, "bob");

  call_pair_ring (pair, FALSE);
  support_wait_until (call_app_is (tablet, CONFAB_CALL_STATE_RINGING_IN));
  confab_call_accept (tablet->call, FALSE);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE);
  call_app_wait_active (pair->ann);
  confab_call_hang_up (pair->ann->call);
  g_assert_cmpint (call_pair_get_end (tablet), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);

  call_pair_ring (pair, FALSE);
  support_wait_until (call_app_is (tablet, CONFAB_CALL_STATE_RINGING_IN));
  confab_call_decline (pair->bob->call);
  g_assert_cmpint (call_pair_get_end (tablet), ==, CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_DECLINED);
  call_app_free (tablet);
}

/* Both have dialled before either hears of the other. */
static void
test_glare (CallPair      *pair,
            gconstpointer  data)
{
  ConfabRoom *anns =
    client_app_direct (pair->ann->app, confab_session_get_user (pair->bob->app->session));
  ConfabRoom *bobs =
    client_app_direct (pair->bob->app, confab_session_get_user (pair->ann->app->session));

  call_app_start (pair->ann, anns, FALSE);
  call_app_start (pair->bob, bobs, FALSE);
  call_app_wait_active (pair->ann);
  call_app_wait_active (pair->bob);
  g_assert_cmpstr (confab_call_get_id (pair->ann->call), ==,
                   confab_call_get_id (pair->bob->call));
  g_assert_cmpuint (pair->ann->n_incoming + pair->bob->n_incoming, ==, 0);
  confab_call_hang_up (pair->bob->call);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_HUNG_UP);
}

/* The clock of one person, and a peer in another process. */

static void
set_fake_clock (CallApp          *app,
                SupportFakeClock *clock)
{
  support_fake_clock_init (clock);
  confab_calls_set_clock (app->calls, &clock->clock);
}

/* Once a second a call looks at its clock. */
static void
wait_for_tick (CallApp *app)
{
  guint n_ticks = app->call->n_ticks;

  support_wait_until (app->call->n_ticks != n_ticks);
}

static void
test_offline_oneself (CallPair      *pair,
                      gconstpointer  data)
{
  g_autoptr(ConfabUser) bob = g_object_ref (confab_session_get_user (pair->bob->app->session));
  SupportFakeClock clock;

  set_fake_clock (pair->ann, &clock);
  client_app_direct (pair->ann->app, bob);
  go_offline (pair->ann);
  call_app_call_user (pair->ann, bob, FALSE);
  support_fake_clock_advance (&clock, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_OFFLINE);
}

static void
test_no_answer (CallPair      *pair,
                gconstpointer  data)
{
  SupportFakeClock clock;

  set_fake_clock (pair->ann, &clock);
  call_pair_ring (pair, FALSE);
  support_fake_clock_advance (&clock, 44 * G_USEC_PER_SEC);
  wait_for_tick (pair->ann);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_RINGING_OUT));
  support_fake_clock_advance (&clock, G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_NO_ANSWER);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_NO_ANSWER);
}

/* The caller gave up, but could not say so any more. */
static void
test_rings_not_for_ever (CallPair      *pair,
                         gconstpointer  data)
{
  SupportFakeClock clock;

  set_fake_clock (pair->bob, &clock);
  call_pair_ring (pair, FALSE);
  support_fake_clock_advance (&clock, 55 * G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_NO_ANSWER);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_NO_ANSWER);
}

/* One side has no address to be reached at. */
static void
test_no_way (CallPair      *pair,
             gconstpointer  data)
{
  SupportFakeClock clock;

  set_fake_clock (pair->ann, &clock);
  call_app_call (pair->ann, pair->bob, FALSE);
  pair->ann->call->shared.ice.relay_only = TRUE;
  support_wait_until (call_app_is (pair->bob, CONFAB_CALL_STATE_RINGING_IN));
  confab_call_accept (pair->bob->call, FALSE);
  support_wait_until (call_app_is (pair->ann, CONFAB_CALL_STATE_CONNECTING));
  support_fake_clock_advance (&clock, 30 * G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_NO_WAY);
  g_assert_cmpint (call_pair_get_end (pair->bob), ==, CONFAB_CALL_END_REASON_NO_WAY);
}

/* Somebody in a process of their own. */
typedef struct
{
  GSubprocess      *process;
  GDataInputStream *output;
  char             *user_id;
} Stranger;

/* With another value of a variable of the environment, if there is a name. */
static void
stranger_init_with (Stranger   *self,
                    const char *url,
                    const char *name,
                    const char *value)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GError) error = NULL;
  g_autofree char *ready = NULL;

  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  if (name)
    g_subprocess_launcher_setenv (launcher, name, value, TRUE);
  self->process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("CALL_PEER"), url,
                                               "eve", NULL);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  ready = g_data_input_stream_read_line (self->output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (ready, "ready "));
  self->user_id = g_strdup (ready + strlen ("ready "));
}

static void
stranger_init (Stranger   *self,
               const char *url)
{
  stranger_init_with (self, url, NULL, NULL);
}

static void
stranger_say (Stranger   *self,
              const char *line)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), line, strlen (line), NULL,
                             NULL, &error);
  g_assert_no_error (error);
}

/* Until it says that. */
static void
stranger_wait_for (Stranger   *self,
                   const char *line)
{
  for (;;)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autofree char *said = NULL;

      g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, NULL,
                                           support_take_result_cb, &result);
      support_wait_until (result);
      said = g_data_input_stream_read_line_finish (self->output, result, NULL, NULL);
      g_assert_nonnull (said);
      if (g_str_equal (said, line))
        return;
    }
}

/* kill -9: nothing is said any more, by nobody. */
static void
stranger_die (Stranger *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->output);
  g_clear_object (&self->process);
  g_clear_pointer (&self->user_id, g_free);
}

static void
call_stranger (CallPair *pair,
               Stranger *eve)
{
  g_autoptr(ConfabUser) user = confab_session_dup_user (pair->ann->app->session, eve->user_id);

  call_app_call_user (pair->ann, user, FALSE);
}

static void
test_peer_dies_talking (CallPair      *pair,
                        gconstpointer  data)
{
  SupportFakeClock clock;
  Stranger eve;

  set_fake_clock (pair->ann, &clock);
  stranger_init (&eve, pair->url);
  call_stranger (pair, &eve);
  stranger_wait_for (&eve, "state ringing-in none");
  stranger_say (&eve, "accept voice\n");
  call_app_wait_active (pair->ann);
  stranger_die (&eve);
  support_wait_until (confab_call_get_reconnecting (pair->ann->call));

  /* Another way is looked for after 4 s, and 8 s after each time, however late it is seen. */
  support_fake_clock_advance (&clock, 5 * G_USEC_PER_SEC);
  support_wait_until (call_app_get_peer (pair->ann)->n_links == 2);
  support_fake_clock_advance (&clock, 7 * G_USEC_PER_SEC);
  wait_for_tick (pair->ann);
  g_assert_cmpuint (call_app_get_peer (pair->ann)->n_links, ==, 2);
  support_fake_clock_advance (&clock, 2 * G_USEC_PER_SEC);
  support_wait_until (call_app_get_peer (pair->ann)->n_links == 3);
  support_fake_clock_advance (&clock, 10 * G_USEC_PER_SEC);
  wait_for_tick (pair->ann);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  g_assert_true (confab_call_get_reconnecting (pair->ann->call));
  support_fake_clock_advance (&clock, G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_LOST);
}

static void
test_caller_dies_ringing (CallPair      *pair,
                          gconstpointer  data)
{
  ConfabUser *ann = confab_session_get_user (pair->ann->app->session);
  g_autofree char *line = g_strdup_printf ("call %s voice\n", confab_user_get_user_id (ann));
  Stranger eve;

  stranger_init (&eve, pair->url);
  stranger_say (&eve, line);
  support_wait_until (call_app_is (pair->ann, CONFAB_CALL_STATE_RINGING_IN));
  stranger_die (&eve);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_LOST);
}

/* Somebody whose device has gone may come back to it: it rings on, but not for ever. */
static void
test_callee_dies_ringing (CallPair      *pair,
                          gconstpointer  data)
{
  SupportFakeClock clock;
  Stranger eve;

  set_fake_clock (pair->ann, &clock);
  stranger_init (&eve, pair->url);
  call_stranger (pair, &eve);
  stranger_wait_for (&eve, "state ringing-in none");
  support_wait_until (pair->ann->call->n_ticks > 3);
  stranger_die (&eve);
  support_wait_until (pair->ann->call->ringing->len == 0);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_RINGING_OUT));
  support_fake_clock_advance (&clock, 45 * G_USEC_PER_SEC);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_NO_ANSWER);
}

/* A device that can make no calls says so, and nobody waits for it. */
static void
test_callee_lacks_plugins (CallPair      *pair,
                           gconstpointer  data)
{
  Stranger eve;

  stranger_init_with (&eve, pair->url, "GST_PLUGIN_SYSTEM_PATH_1_0", "/nowhere");
  call_stranger (pair, &eve);
  g_assert_cmpint (call_pair_get_end (pair->ann), ==, CONFAB_CALL_END_REASON_PEER_FAILED);
  stranger_die (&eve);
}

static void
frame_cb (ConfabConnection  *connection,
          JsonObject        *frame,
          char             **reason)
{
  JsonObject *content = confab_call_json_get_object (frame, "#rtc");
  JsonObject *call = content ? confab_call_json_get_object (content, "call") : NULL;

  if (call && json_object_has_member (content, "hungup"))
    g_set_str (reason, confab_call_json_get_string (call, "reason"));
}

/* An offer that is none. */
static void
test_offer_cannot_be_read (CallPair      *pair,
                           gconstpointer  data)
{
  ConfabConnection *anns = confab_session_get_connection (pair->ann->app->session);
  ConfabConnection *bobs = confab_session_get_connection (pair->bob->app->session);
  g_autoptr(ConfabCallLine) line = confab_call_line_new (anns);
  g_autoptr(JsonNode) node = json_from_string (
    "{\"sdpoffer\":{\"type\":\"offer\",\"sdp\":\"v=0\"},\"call\":{\"id\":\"strange\"}}", NULL);
  g_autofree char *reason = NULL;

  g_signal_connect (anns, "frame", G_CALLBACK (frame_cb), &reason);
  confab_call_line_say (line, confab_connection_get_cid (bobs), json_node_dup_object (node));
  support_wait_until (reason);
  g_assert_cmpstr (reason, ==, "failed");
  g_assert_cmpuint (pair->bob->n_incoming, ==, 0);
  g_signal_handlers_disconnect_by_data (anns, &reason);
}

/* A screen that cannot be shown is told at both ends; the call goes on. */
static void
test_no_screen (CallPair      *pair,
                gconstpointer  data)
{
  Stranger eve;

  stranger_init_with (&eve, pair->url, "CONFAB_CALL_DEVICES", "test");
  call_stranger (pair, &eve);
  stranger_wait_for (&eve, "state ringing-in none");
  stranger_say (&eve, "accept voice\n");
  call_app_wait_active (pair->ann);
  stranger_say (&eve, "screen\n");
  stranger_wait_for (&eve, "missing-screen no-device");
  support_wait_until (confab_call_peer_get_missing_screen (call_app_get_peer (pair->ann)) ==
                      CONFAB_MISSING_NO_DEVICE);
  g_assert_false (confab_call_peer_get_screen_on (call_app_get_peer (pair->ann)));
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  stranger_die (&eve);
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/a-call-can-be-declined", CallPair, NULL, call_pair_set_up, test_decline,
              call_pair_tear_down);
  g_test_add ("/calls/a-call-can-be-cancelled", CallPair, NULL, call_pair_set_up, test_cancel,
              call_pair_tear_down);
  g_test_add ("/calls/nobody-else-can-accept", CallPair, NULL, call_pair_set_up,
              test_nobody_else_accepts, call_pair_tear_down);
  g_test_add ("/calls/the-callee-can-hang-up", CallPair, NULL, call_pair_set_up,
              test_callee_hangs_up,
              call_pair_tear_down);
  g_test_add ("/calls/who-is-in-a-call-is-busy", CallPair, NULL, call_pair_set_up, test_busy,
              call_pair_tear_down);
  g_test_add ("/calls/who-is-not-there-is-offline", CallPair, NULL, call_pair_set_up, test_offline,
              call_pair_tear_down);
  g_test_add ("/calls/who-is-offline-for-a-moment-calls-all-the-same", CallPair, NULL,
              call_pair_set_up, test_offline_for_a_moment, call_pair_tear_down);
  g_test_add ("/calls/who-is-offline-for-10-s-cannot-call", CallPair, NULL, call_pair_set_up,
              test_offline_oneself, call_pair_tear_down);
  g_test_add ("/calls/all-devices-ring-and-one-answers", CallPair, NULL, call_pair_set_up,
              test_second_device,
              call_pair_tear_down);
  g_test_add ("/calls/two-who-call-each-other-meet", CallPair, NULL, call_pair_set_up, test_glare,
              call_pair_tear_down);
  g_test_add ("/calls/nobody-answers-within-45-s", CallPair, NULL, call_pair_set_up, test_no_answer,
              call_pair_tear_down);
  g_test_add ("/calls/nothing-rings-for-ever", CallPair, NULL, call_pair_set_up,
              test_rings_not_for_ever, call_pair_tear_down);
  g_test_add ("/calls/no-way-is-found", CallPair, NULL, call_pair_set_up, test_no_way,
              call_pair_tear_down);
  g_test_add ("/calls/the-peer-s-process-dies-talking", CallPair, NULL, call_pair_set_up,
              test_peer_dies_talking, call_pair_tear_down);
  g_test_add ("/calls/the-caller-s-process-dies-ringing", CallPair, NULL, call_pair_set_up,
              test_caller_dies_ringing, call_pair_tear_down);
  g_test_add ("/calls/the-callee-s-process-dies-ringing", CallPair, NULL, call_pair_set_up,
              test_callee_dies_ringing, call_pair_tear_down);
  g_test_add ("/calls/who-lacks-plugins-says-so", CallPair, NULL, call_pair_set_up,
              test_callee_lacks_plugins, call_pair_tear_down);
  g_test_add ("/calls/who-cannot-read-an-offer-says-so", CallPair, NULL, call_pair_set_up,
              test_offer_cannot_be_read, call_pair_tear_down);
  g_test_add ("/calls/a-screen-that-fails-is-told-at-both-ends", CallPair, NULL, call_pair_set_up,
              test_no_screen, call_pair_tear_down);

  return g_test_run ();
}
