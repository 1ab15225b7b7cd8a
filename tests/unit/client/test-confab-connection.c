/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-line.h"
#include "confab.h"
#include "support-wait.h"

static void
serve (FakePeer *peer,
       guint     number,
       gpointer  user_data)
{
  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  fake_peer_serve (peer);
}

static void
test_table (void)
{
  static const struct
  {
    ConfabConnectionState  state;
    const char            *next;  /* I C G O W R; a dot where the move is illegal */
  } rows[] = {
    { CONFAB_CONNECTION_STATE_IDLE, ".C...." },
    { CONFAB_CONNECTION_STATE_CONNECTING, "I.G.WR" },
    { CONFAB_CONNECTION_STATE_GREETING, "IC.OWR" },
    { CONFAB_CONNECTION_STATE_ONLINE, "IC..WR" },
    { CONFAB_CONNECTION_STATE_WAITING, "IC...." },
    { CONFAB_CONNECTION_STATE_REFUSED, "IC...." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint next = 0; next < 6; next++)
      g_assert_cmpint (
        confab_connection_state_may_follow (rows[i].state, (ConfabConnectionState) next), ==,
        rows[i].next[next] != '.');
}

static void
look_at_handshake (FakePeer *peer,
                   guint     number,
                   gpointer  user_data)
{
  const char *authorization = fake_peer_get_header (peer, "authorization");

  if (authorization && g_str_has_prefix (authorization, "Bearer e") &&
      g_strcmp0 (fake_peer_get_header (peer, "sec-websocket-protocol"), "confab.v1") == 0)
    fake_peer_tell (peer, "good");
  serve (peer, number, user_data);
}

static void
test_online (void)
{
  g_autoptr(ClientLine) line = client_line_new (look_at_handshake, NULL);

  client_line_connect (line);
  client_line_hear (line, "good");
  g_assert_cmpstr (line->states->str, ==, "CGO");
  g_assert_null (confab_connection_get_last_error (line->connection));

  confab_connection_close (line->connection);
  g_assert_cmpstr (line->states->str, ==, "CGOI");

  /* Nothing brings it back but the user. */
  confab_time_advance (line->time, 10 * 60 * 1000);
  support_run_pending ();
  g_assert_cmpuint (fake_space_get_n_connections (line->space), ==, 1);
  client_line_connect (line);
  g_assert_cmpstr (line->states->str, ==, "CGOICGO");
}

static gboolean
hold_greeting_cb (ConfabConnection *connection,
                  JsonObject       *hello,
                  gpointer          user_data)
{
  *(gboolean *) user_data = json_object_has_member (hello, "cid");

  return TRUE;
}

static void
test_greeting (void)
{
  g_autoptr(ClientLine) line = client_line_new (serve, NULL);
  gboolean greeted = FALSE;

  g_signal_connect (line->connection, "greet", G_CALLBACK (hold_greeting_cb), &greeted);
  confab_connection_open (line->connection);
  support_wait_until (greeted);
  support_run_pending ();
  g_assert_cmpstr (line->states->str, ==, "CG");

  confab_connection_finish_greeting (line->connection);
  g_assert_cmpstr (line->states->str, ==, "CGO");
}

static void
drop_after_hello (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
}

static void
test_waits_grow (void)
{
  g_autoptr(ClientLine) line = client_line_new (drop_after_hello, NULL);
  guint seconds = 0;

  /* Opening is not surviving: the waits go on growing. */
  confab_connection_open (line->connection);
  for (guint i = 0; i < 8; i++)
    {
      client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
      client_line_assert_error (line, CONFAB_ERROR_CLOSED);
      seconds = confab_connection_get_retry_in_seconds (line->connection);
      g_assert_cmpuint (seconds, >=, 1);
      g_assert_cmpuint (seconds, <=, 30);
      confab_time_advance (line->time, 31 * 1000);
      support_wait_until (fake_space_get_n_connections (line->space) >= i + 2);
    }
  g_assert_cmpuint (seconds, >=, 15);
}

static void
test_countdown (void)
{
  g_autoptr(ClientLine) line = client_line_new (drop_after_hello, NULL);
  guint before;

  confab_connection_open (line->connection);
  for (guint i = 0; i < 6; i++)
    {
      client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
      confab_connection_try_now (line->connection);
      g_assert_cmpint (confab_connection_get_state (line->connection), ==,
                       CONFAB_CONNECTION_STATE_CONNECTING);
      g_assert_cmpuint (confab_connection_get_retry_in_seconds (line->connection), ==, 0);
    }

  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  before = confab_connection_get_retry_in_seconds (line->connection);
  confab_time_advance (line->time, 1000);
  support_run_pending ();
  g_assert_cmpuint (confab_connection_get_retry_in_seconds (line->connection), ==, before - 1);

  /* Called at other times it changes nothing. */
  confab_connection_close (line->connection);
  confab_connection_try_now (line->connection);
  g_assert_cmpint (confab_connection_get_state (line->connection), ==,
                   CONFAB_CONNECTION_STATE_IDLE);
}

static void
tell_beats (FakePeer *peer,
            guint     number,
            gpointer  user_data)
{
  gboolean answer = number < GPOINTER_TO_UINT (user_data);
  JsonObject *request;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  while ((request = fake_peer_read (peer)))
    {
      fake_peer_tell (peer, json_object_get_string_member (request, "action"));
      if (answer)
        fake_peer_serve_one (peer, request);
      json_object_unref (request);
    }
}

static void
test_silence (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_beats, GUINT_TO_POINTER (0));

  client_line_connect (line);
  confab_time_advance (line->time, 20 * 1000);
  client_line_hear (line, "keepAlive");
  confab_time_advance (line->time, 9 * 1000);
  support_run_pending ();
  g_assert_cmpstr (line->states->str, ==, "CGO");

  confab_time_advance (line->time, 1000);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  client_line_assert_error (line, CONFAB_ERROR_TIMED_OUT);
}

static void
test_suspend (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_beats, GUINT_TO_POINTER (0));

  client_line_connect (line);
  confab_time_sleep (line->time, 3600 * 1000);
  confab_time_advance (line->time, 20 * 1000);
  client_line_hear (line, "keepAlive");
  confab_time_advance (line->time, 3 * 1000);
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
}

static void
beat (ClientLine *line)
{
  confab_time_advance (line->time, 20 * 1000);
  client_line_hear (line, "keepAlive");

  support_wait_until (confab_connection_get_n_in_flight (line->connection) == 0);
}

static void
test_beats (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_beats, GUINT_TO_POINTER (1));

  client_line_connect (line);
  for (guint i = 0; i < 5; i++)
    beat (line);
  g_assert_cmpstr (line->states->str, ==, "CGO");
}

static void
drop_until (FakePeer *peer,
            guint     number,
            gpointer  user_data)
{
  if (number == GPOINTER_TO_UINT (user_data))
    tell_beats (peer, 0, GUINT_TO_POINTER (1));
  else
    drop_after_hello (peer, number, NULL);
}

static void
test_survival (void)
{
  g_autoptr(ClientLine) line = client_line_new (drop_until, GUINT_TO_POINTER (6));
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED, "a test");

  confab_connection_open (line->connection);
  for (guint i = 0; i < 6; i++)
    {
      client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
      confab_connection_try_now (line->connection);
    }
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_ONLINE);
  beat (line);

  confab_connection_fail (line->connection, error);
  g_assert_cmpuint (confab_connection_get_retry_in_seconds (line->connection), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/the-table-has-the-legal-moves-only", test_table);
  g_test_add_func ("/connection/it-shows-token-and-protocol-and-goes-online", test_online);
  g_test_add_func ("/connection/online-waits-for-who-greets", test_greeting);
  g_test_add_func ("/connection/waits-grow-until-one-survives", test_waits_grow);
  g_test_add_func ("/connection/the-wait-counts-down-and-can-be-ended", test_countdown);
  g_test_add_func ("/connection/silence-is-noticed-within-half-a-minute", test_silence);
  g_test_add_func ("/connection/after-a-suspend-silence-is-noticed-sooner", test_suspend);
  g_test_add_func ("/connection/heartbeats-keep-it-up", test_beats);
  g_test_add_func ("/connection/a-heartbeat-begins-the-waits-anew", test_survival);

  return g_test_run ();
}
