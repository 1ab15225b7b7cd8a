/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-error.h"
#include "sio-line.h"
#include "support-wait.h"

#include <string.h>

static void
test_events (void)
{
  static const char *const programs[] = {
    "greet\n"
    ">42[\"hi\",{\"a\":1}]\n"
    "<42[\"hello\",\"wörld\"]\n"
    ">451-[\"pic\",{\"_placeholder\":true,\"num\":0}]\n#010203\n"
    "<451-[\"up\",{\"_placeholder\":true,\"num\":0}]\n<b:00ff\n"
    ">4217[\"ack me\"]\n<4317[\"got\"]\n"
    ">42/other,[\"not for us\"]\n>42[\"last\"]\nwait",
    NULL
  };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "event [\"hi\",{\"a\":1}]");
  g_assert_true (sio_line_emit (line, "[\"hello\",\"wörld\"]"));
  sio_line_await (line, "event [\"pic\",{\"$binary\":\"AQID\"}]");
  g_assert_true (sio_line_emit (line, "[\"up\",{\"$binary\":\"AP8=\"}]"));
  sio_line_await (line, "event [\"last\"]");
  sio_line_assert_log (line, "connected N0\n"
                             "event [\"hi\",{\"a\":1}]\n"
                             "event [\"pic\",{\"$binary\":\"AQID\"}]\n"
                             "event [\"ack me\"]\n"
                             "event [\"last\"]\n");
}

static void
test_close (void)
{
  static const char *const programs[] = { "greet\n<41\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  confab_sio_close (line->sio);
  g_assert_null (confab_sio_get_id (line->sio));
  support_run_pending ();
  confab_time_advance (line->time, 60 * 1000);
  support_run_pending ();
  sio_line_assert_log (line, "connected N0\ndisconnected io client disconnect, was N0\n");
  g_assert_false (confab_sio_is_active (line->sio));

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N1");
}

static void
test_server_disconnects (void)
{
  static const char *const programs[] = { "greet\n>41\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "disconnected io server disconnect, was N0");
  confab_time_advance (line->time, 60 * 1000);
  support_run_pending ();
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
}

static void
test_refusal (void)
{
  static const char *const programs[] = {
    "open\n<40{\"a\":1}\n>44{\"message\":\"No\",\"data\":{\"code\":\"x\"}}\nwait",
    "open\n<40{\"a\":1}\n>44\"No\"\nwait",
    "open\n<40{\"a\":1}\n>44{\"message\":\"No\"}\nwait",
    "open\n<40{\"a\":1}\n>40\nwait",
    NULL
  };
  static const char *const told[] = {
    "connect-error No {\"code\":\"x\"}\n", "connect-error The server refuses the connection\n",
    "connect-error No\n",
    ("connect-error It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, "
     "but they are not compatible\n"),
  };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  g_autoptr(GBytes) auth = g_bytes_new_static ("{\"a\":1}", 7);

  confab_sio_set_auth (line->sio, auth);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_string_truncate (line->log, 0);
      confab_sio_open (line->sio);
      support_wait_until (line->log->len > 0);
      sio_line_assert_log (line, told[i]);
      g_assert_false (confab_sio_is_active (line->sio));
    }
}

static void
test_waits (void)
{
  static const char *const programs[] = { "answer 400 no", NULL };
  static const guint delays_ms[] = { 1000, 2000, 4000, 5000, 5000, 5000 };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  for (guint i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    {
      g_autofree char *attempt = g_strdup_printf ("attempt %u\n", i + 1);

      support_wait_until (g_str_has_prefix (line->log->str, "connect-error websocket error: "));
      g_string_truncate (line->log, 0);
      /* A wait is never shorter than half of it, nor longer than a half more or the bound. */
      confab_time_advance (line->time, delays_ms[i] / 2 - 1);
      support_run_pending ();
      sio_line_assert_log (line, "");
      confab_time_advance (line->time, MIN (5000, delays_ms[i] + delays_ms[i] / 2) + 1 -
                                         (delays_ms[i] / 2 - 1));
      support_wait_until (line->log->len > 0);
      g_assert_true (g_str_has_prefix (line->log->str, attempt));
      g_string_erase (line->log, 0, (gssize) strlen (attempt));
    }
}

static void
test_gives_up (void)
{
  static const char *const programs[] = { "answer 400 no", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_POLLING);
  ConfabSioOptions options;

  confab_sio_options_init (&options);
  options.way = CONFAB_EIO_WAY_POLLING;
  options.max_attempts = 1;
  confab_sio_set_options (line->sio, &options);
  confab_sio_open (line->sio);
  sio_line_await (line, "connect-error xhr poll error: HTTP status 400 no");
  confab_time_advance (line->time, 1500);
  sio_line_await (line, "failed");
  sio_line_assert_log (line, "connect-error xhr poll error: HTTP status 400 no\n"
                             "attempt 1\n"
                             "connect-error xhr poll error: HTTP status 400 no\n"
                             "failed\n");
}

static void
test_comes_back (void)
{
  static const char *const programs[] = {
    "greet", "greet\nclose", "greet\n>42{}\nwait",
    "greet\n<42[\"early\"]\n<42[\"later\"]\n>42[\"done\"]\nwait", NULL
  };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  g_assert_true (sio_line_emit (line, "[\"early\"]"));
  confab_sio_open (line->sio);
  /* It is lost with the first connection, as it was sent there. */
  sio_line_await (line, "disconnected transport close, was N0");
  confab_time_advance (line->time, 1500);
  sio_line_await (line, "disconnected transport close, was N1");
  confab_time_advance (line->time, 1500);
  sio_line_await (line, "disconnected parse error, was N2");
  g_assert_null (confab_sio_get_id (line->sio));
  g_assert_true (sio_line_emit (line, "[\"early\"]"));
  g_assert_true (sio_line_emit (line, "[\"later\"]"));
  confab_time_advance (line->time, 1500);
  sio_line_await (line, "event [\"done\"]");
  sio_line_assert_log (line, "connected N0\ndisconnected transport close, was N0\n"
                             "attempt 1\nconnected N1\ndisconnected transport close, was N1\n"
                             "attempt 1\nconnected N2\ndisconnected parse error, was N2\n"
                             "attempt 1\nconnected N3\nevent [\"done\"]\n");
}

static void
close_cb (ConfabSio *sio)
{
  confab_sio_close (sio);
}

static void
test_close_while_told (void)
{
  static const char *const programs[] = { "greet", "answer 500 no", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  gulong id;

  id = g_signal_connect (line->sio, "disconnected", G_CALLBACK (close_cb), NULL);
  confab_sio_open (line->sio);
  sio_line_await (line, "disconnected transport close, was N0");
  g_signal_handler_disconnect (line->sio, id);
  g_signal_connect (line->sio, "connect-error", G_CALLBACK (close_cb), NULL);
  confab_sio_open (line->sio);
  support_wait_until (strstr (line->log->str, "connect-error"));
  confab_time_advance (line->time, 60 * 1000);
  support_run_pending ();
  g_assert_false (confab_sio_is_active (line->sio));
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 2);
}

static void
test_timeout (void)
{
  /* Silent before the handshake, before the open packet, and before the answer to CONNECT. */
  static const char *const programs[] = {
    "tell here\nwait", "upgrade\ntell here\nwait", "open\n<40\ntell here\nwait", "greet\nwait", NULL
  };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  for (guint i = 0; i < 3; i++)
    {
      sio_line_await_word (line, "here");
      confab_time_advance (line->time, 20 * 1000);
      sio_line_await (line, "connect-error timeout");
      confab_time_advance (line->time, 5000);
      support_run_pending ();
    }
  sio_line_await (line, "connected N3");
}

static void
test_heartbeat (void)
{
  static const char *const programs[] = { "greet\n>2\n<3\n>42[\"beat\"]\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "event [\"beat\"]");
  confab_time_advance (line->time, 44 * 1000);
  support_run_pending ();
  g_assert_true (confab_sio_is_connected (line->sio));
  confab_time_advance (line->time, 1000);
  sio_line_await (line, "disconnected ping timeout, was N0");
}

static void
test_wakes_up (void)
{
  static const char *const programs[] = { "greet\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  confab_time_sleep (line->time, 60 * 1000);
  g_assert_true (sio_line_emit (line, "[\"into the void\"]"));
  confab_time_advance (line->time, 1);
  sio_line_await (line, "disconnected ping timeout, was N0");
}

static void
test_acks (void)
{
  static const char *const programs[] = {
    "greet\n<420[\"one\"]\n>430[1,{\"b\":2}]\n<421[\"two\"]\n<422[\"three\"]\n"
    ">461-2[{\"_placeholder\":true,\"num\":0}]\n#05\n>4399[\"nobody's\"]\n>42[\"done\"]\n<*",
    NULL
  };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  static const char *const events[] = { "[\"one\"]", "[\"two\"]", "[\"three\"]", "[\"four\"]" };
  g_autoptr(GPtrArray) results = g_ptr_array_new_full (4, g_object_unref);
  g_autoptr(GBytes) first = NULL, third = NULL;
  g_autoptr(GError) timed_out = NULL, lost = NULL;

  g_ptr_array_set_size (results, 4);
  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GBytes) payload = g_bytes_new_static (events[i], strlen (events[i]));

      confab_sio_emit_with_ack_async (line->sio, payload, i == 1 ? 500 : 0,
                                      support_take_result_cb, &results->pdata[i]);
    }
  sio_line_await (line, "event [\"done\"]");
  support_wait_for (results->pdata[2]);
  first = confab_sio_emit_with_ack_finish (line->sio, results->pdata[0], NULL);
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), "[1,{\"b\":2}]", 11);
  third = confab_sio_emit_with_ack_finish (line->sio, results->pdata[2], NULL);
  g_assert_cmpmem (g_bytes_get_data (third, NULL), g_bytes_get_size (third),
                   "[{\"$binary\":\"BQ==\"}]", 20);

  confab_time_advance (line->time, 500);
  support_wait_for (results->pdata[1]);
  g_assert_null (confab_sio_emit_with_ack_finish (line->sio, results->pdata[1], &timed_out));
  g_assert_error (timed_out, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);

  {
    g_autoptr(GBytes) payload = g_bytes_new_static (events[3], strlen (events[3]));

    confab_sio_emit_with_ack_async (line->sio, payload, 0, support_take_result_cb,
                                    &results->pdata[3]);
  }
  support_wait_for (results->pdata[3]);
  g_assert_null (confab_sio_emit_with_ack_finish (line->sio, results->pdata[3], &lost));
  g_assert_error (lost, CONFAB_ERROR, CONFAB_ERROR_CLOSED);
}

static void
test_ack_of_what_waits (void)
{
  static const char *const programs[] = { "greet\n<42[\"sent\"]\n>42[\"done\"]\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  g_autoptr(GBytes) payload = g_bytes_new_static ("[\"never sent\"]", 14);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_sio_emit_with_ack_async (line->sio, payload, 100, support_take_result_cb, &result);
  g_assert_true (sio_line_emit (line, "[\"sent\"]"));
  confab_time_advance (line->time, 100);
  support_wait_for (result);
  g_assert_null (confab_sio_emit_with_ack_finish (line->sio, result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  confab_sio_open (line->sio);
  sio_line_await (line, "event [\"done\"]");
}

static void
test_buffer_is_bounded (void)
{
  static const char *const programs[] = { "wait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  g_autofree char *long_text = g_strnfill (1024 * 1024, 'x');
  g_autofree char *long_payload = g_strdup_printf ("[\"e\",\"%s\"]", long_text);

  for (guint i = 0; i < 3; i++)
    g_assert_true (sio_line_emit (line, long_payload));
  g_assert_false (sio_line_emit (line, long_payload));
  for (guint i = 0; i < 997; i++)
    g_assert_true (sio_line_emit (line, "[\"e\"]"));
  g_assert_false (sio_line_emit (line, "[\"e\"]"));
}

static void
test_too_large (void)
{
  static const char *const programs[] = { "greet\n<42[\"ok\"]\n>42[\"done\"]\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  g_autofree char *long_text = g_strnfill (1000 * 1000, 'x');
  g_autofree char *long_payload = g_strdup_printf ("[\"e\",\"%s\"]", long_text);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  g_assert_false (sio_line_emit (line, long_payload));
  g_assert_false (sio_line_emit (line, "[\"connect\"]"));
  g_assert_true (sio_line_emit (line, "[\"ok\"]"));
  sio_line_await (line, "event [\"done\"]");
}

static void
read_slowly (FakePeer *peer,
             guint     number,
             gpointer  user_data)
{
  sio_line_play (peer, number, "greet");
  /* Until the test says so. */
  g_async_queue_pop (user_data);
  sio_line_play (peer, number, "<*\n<*\n>42[\"done\"]\nwait");
}

/* A server that does not read: the queue fills up, and no further. */
static void
test_server_does_not_read (void)
{
  g_autoptr(GAsyncQueue) gate = g_async_queue_new ();
  g_autoptr(SioLine) line = sio_line_new_script (read_slowly, gate, CONFAB_EIO_WAY_WEBSOCKET);
  g_autofree char *long_text = g_strnfill (900 * 1000, 'x');
  g_autofree char *long_payload = g_strdup_printf ("[\"e\",\"%s\"]", long_text);
  guint n = 0;

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  while (sio_line_emit (line, long_payload) && n < 1000)
    {
      support_run_pending ();
      n++;
    }
  g_assert_cmpuint (n, >=, 8);
  g_assert_cmpuint (n, <, 100);
  g_async_queue_push (gate, gate);
  sio_line_await (line, "event [\"done\"]");
}

static void
test_volatile (void)
{
  static const char *const programs[] = { "greet\n<42[\"now\"]\n>42[\"done\"]\nwait", NULL };
  g_autoptr(SioLine) line = sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
  g_autoptr(GBytes) lost = g_bytes_new_static ("[\"lost\"]", 8);
  g_autoptr(GBytes) now = g_bytes_new_static ("[\"now\"]", 7);

  g_assert_true (confab_sio_emit_volatile (line->sio, lost, NULL));
  confab_sio_open (line->sio);
  sio_line_await (line, "connected N0");
  /* The CONNECT packet may be on its way out still. */
  while (!strstr (line->log->str, "done"))
    {
      g_assert_true (confab_sio_emit_volatile (line->sio, now, NULL));
      g_main_context_iteration (NULL, TRUE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/sio/events-bytes-and-acks-go-both-ways", test_events);
  g_test_add_func ("/client/sio/close-is-told-and-final", test_close);
  g_test_add_func ("/client/sio/disconnect-of-the-server-is-final", test_server_disconnects);
  g_test_add_func ("/client/sio/refusal-comes-with-its-data-and-is-final", test_refusal);
  g_test_add_func ("/client/sio/waits-double-up-to-a-bound", test_waits);
  g_test_add_func ("/client/sio/gives-up-after-so-many-attempts", test_gives_up);
  g_test_add_func ("/client/sio/comes-back-and-sends-what-has-waited", test_comes_back);
  g_test_add_func ("/client/sio/close-from-a-listener-ends-it", test_close_while_told);
  g_test_add_func ("/client/sio/silent-server-times-out-at-every-stage", test_timeout);
  g_test_add_func ("/client/sio/missing-ping-ends-the-connection", test_heartbeat);
  g_test_add_func ("/client/sio/connection-does-not-outlive-a-long-sleep", test_wakes_up);
  g_test_add_func ("/client/sio/acks-end-once", test_acks);
  g_test_add_func ("/client/sio/ack-that-timed-out-takes-its-event-along", test_ack_of_what_waits);
  g_test_add_func ("/client/sio/buffer-is-bounded", test_buffer_is_bounded);
  g_test_add_func ("/client/sio/what-is-too-large-is-refused-at-once", test_too_large);
  g_test_add_func ("/client/sio/queue-is-bounded-when-nobody-reads", test_server_does_not_read);
  g_test_add_func ("/client/sio/volatile-events-do-not-wait", test_volatile);

  return g_test_run ();
}
