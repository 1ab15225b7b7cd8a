/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-line.h"
#include "confab-json-private.h"
#include "confab-requests-private.h"
#include "confab.h"
#include "support-wait.h"

#define N_MANY 300

static void
ask (ClientLine    *line,
     const char    *action,
     GCancellable  *cancellable,
     GAsyncResult **result)
{
  g_autoptr(JsonObject) request = confab_json_request_new (action, NULL);

  confab_connection_request_async (line->connection, request, cancellable,
                                   support_take_result_cb, result);
}

static void
assert_fails (ClientLine   *line,
              GAsyncResult *result,
              ConfabError   code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ok = NULL;

  g_assert_nonnull (result);
  ok = confab_connection_request_finish (line->connection, result, &error);
  g_assert_null (ok);
  g_assert_error (error, CONFAB_ERROR, (int) code);
}

static void
answer_backwards (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  g_autoptr(JsonObject) first = NULL;
  g_autoptr(JsonObject) second = NULL;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  first = fake_peer_read (peer);
  second = fake_peer_read (peer);
  if (!first || !second)
    return;

  fake_peer_send_text (peer, "{\"#ok\":{},\"#ref\":\"nobody's\"}");
  fake_peer_ok (peer, second, "{\"n\":2}");
  fake_peer_ok (peer, second, "{\"n\":22}");
  fake_peer_ok (peer, first, "{\"n\":1}");
  fake_peer_serve (peer);
}

static void
test_any_order (void)
{
  g_autoptr(ClientLine) line = client_line_new (answer_backwards, NULL);
  g_autoptr(GAsyncResult) first = NULL;
  g_autoptr(GAsyncResult) second = NULL;
  g_autoptr(JsonObject) first_ok = NULL;
  g_autoptr(JsonObject) second_ok = NULL;

  client_line_connect (line);
  ask (line, "one", NULL, &first);
  ask (line, "two", NULL, &second);
  support_wait_for (first);
  support_wait_for (second);
  first_ok = confab_connection_request_finish (line->connection, first, NULL);
  second_ok = confab_connection_request_finish (line->connection, second, NULL);
  g_assert_cmpint (json_object_get_int_member (first_ok, "n"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (second_ok, "n"), ==, 2);
  g_assert_cmpuint (line->frames->len, ==, 0);
}

static void
answer_in_turn (FakePeer *peer,
                guint     number,
                gpointer  user_data)
{
  const char *const *answers = user_data;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  for (guint i = 0; answers[i]; i++)
    {
      g_autoptr(JsonObject) request = fake_peer_read (peer);

      if (request)
        fake_peer_send_text (peer, "{%s,\"#ref\":\"%s\"}", answers[i],
                             json_object_get_string_member (request, "ref"));
    }
  fake_peer_wait (peer);
}

static void
test_errors (void)
{
  static const char *const answers[] = {
    "\"#error\":{\"code\":\"NOT_EXISTS\",\"message\":\"m\"}",
    "\"#error\":{\"code\":\"TOO_MANY_REQUESTS\"}",
    "\"#error\":{\"code\":\"SOMETHING_NEW\",\"message\":\"%s%n\"}",
    "\"#error\":{\"code\":17,\"message\":[]}",
    "\"#error\":{}",
    "\"#error\":\"no\"",
    "\"#ok\":[]",
    "\"#ok\":null",
    "\"other\":1",
    NULL,
  };
  static const ConfabError codes[] = {
    CONFAB_ERROR_NOT_EXISTS,          CONFAB_ERROR_TOO_MANY_REQUESTS,
    CONFAB_ERROR_FAILED,              CONFAB_ERROR_FAILED,
    CONFAB_ERROR_FAILED,              CONFAB_ERROR_NOT_A_CONFAB_SERVER,
    CONFAB_ERROR_NOT_A_CONFAB_SERVER, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
    CONFAB_ERROR_NOT_A_CONFAB_SERVER,
  };
  g_autoptr(ClientLine) line = client_line_new (answer_in_turn, (gpointer) answers);

  client_line_connect (line);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr(GAsyncResult) result = NULL;

      ask (line, "typing", NULL, &result);
      support_wait_for (result);
      assert_fails (line, result, codes[i]);
    }
  g_assert_cmpstr (line->states->str, ==, "CGO");
}

static void
tell_and_wait (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  JsonObject *request;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  while ((request = fake_peer_read (peer)))
    {
      fake_peer_tell (peer, json_object_get_string_member (request, "action"));
      json_object_unref (request);
    }
}

static void
test_deadline (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_and_wait, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  client_line_connect (line);
  ask (line, "first", NULL, &result);
  ask (line, "second", cancellable, &cancelled);
  client_line_hear (line, "first");
  client_line_hear (line, "second");

  g_cancellable_cancel (cancellable);
  support_run_pending ();
  g_assert_null (confab_connection_request_finish (line->connection, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  confab_time_advance (line->time, CONFAB_REQUESTS_DEADLINE_MS);
  support_run_pending ();
  assert_fails (line, result, CONFAB_ERROR_TIMED_OUT);
}

static void
test_cancelled_makes_room (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_and_wait, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[CONFAB_REQUESTS_MAX_IN_FLIGHT + 1] = { NULL };

  client_line_connect (line);
  for (guint i = 0; i < CONFAB_REQUESTS_MAX_IN_FLIGHT; i++)
    {
      ask (line, "typing", i == 0 ? cancellable : NULL, &results[i]);
      client_line_hear (line, "typing");
    }
  ask (line, "next", NULL, &results[CONFAB_REQUESTS_MAX_IN_FLIGHT]);

  g_cancellable_cancel (cancellable);
  client_line_hear (line, "next");

  confab_connection_close (line->connection);
  support_run_pending ();
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_object_unref (results[i]);
}

static void
test_not_connected (void)
{
  g_autoptr(ClientLine) line = client_line_new (tell_and_wait, NULL);
  g_autoptr(GAsyncResult) result = NULL;

  ask (line, "rooms", NULL, &result);
  support_run_pending ();
  assert_fails (line, result, CONFAB_ERROR_NETWORK_UNREACHABLE);
}

static void
count_then_drop (FakePeer *peer,
                 guint     number,
                 gpointer  user_data)
{
  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  for (guint i = 0; i < CONFAB_REQUESTS_MAX_IN_FLIGHT; i++)
    {
      g_autoptr(JsonObject) request = fake_peer_read (peer);

      if (!request)
        return;
    }
  fake_peer_tell (peer, "full");
}

static void
test_lost (void)
{
  g_autoptr(ClientLine) line = client_line_new (count_then_drop, NULL);
  GAsyncResult *results[N_MANY] = { NULL };

  client_line_connect (line);
  for (guint i = 0; i < N_MANY; i++)
    ask (line, "typing", NULL, &results[i]);
  client_line_hear (line, "full");
  client_line_wait_for (line, CONFAB_CONNECTION_STATE_WAITING);
  support_run_pending ();
  for (guint i = 0; i < N_MANY; i++)
    {
      assert_fails (line, results[i], CONFAB_ERROR_CLOSED);
      g_object_unref (results[i]);
    }
}

static void
serve_in_batches (FakePeer *peer,
                  guint     number,
                  gpointer  user_data)
{
  g_autoptr(GPtrArray) waiting =
    g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  JsonObject *request;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  while ((request = fake_peer_read (peer)))
    {
      gboolean last = g_str_equal (json_object_get_string_member (request, "action"), "last");

      g_ptr_array_add (waiting, request);
      if (waiting->len < CONFAB_REQUESTS_MAX_IN_FLIGHT && !last)
        continue;
      for (guint i = 0; i < waiting->len; i++)
        fake_peer_ok (peer, g_ptr_array_index (waiting, i), "{}");
      g_ptr_array_set_size (waiting, 0);
    }
}

/* Answered only when as many as may be are in flight: were it one less, this would not end. */
static void
test_bounded (void)
{
  g_autoptr(ClientLine) line = client_line_new (serve_in_batches, NULL);
  GAsyncResult *results[N_MANY] = { NULL };

  client_line_connect (line);
  for (guint i = 0; i < N_MANY; i++)
    ask (line, i == N_MANY - 1 ? "last" : "typing", NULL, &results[i]);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autoptr(JsonObject) ok = NULL;

      support_wait_for (results[i]);
      ok = confab_connection_request_finish (line->connection, results[i], NULL);
      g_assert_nonnull (ok);
      g_object_unref (results[i]);
    }
}

static void
count_and_hold (FakePeer *peer,
                guint     number,
                gpointer  user_data)
{
  int *n_read = user_data;
  JsonObject *request;

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  while ((request = fake_peer_read (peer)))
    {
      g_atomic_int_inc (n_read);
      json_object_unref (request);
    }
}

static void
test_not_more (void)
{
  int n_read = 0;
  g_autoptr(ClientLine) line = client_line_new (count_and_hold, &n_read);
  GAsyncResult *results[N_MANY] = { NULL };

  client_line_connect (line);
  for (guint i = 0; i < N_MANY; i++)
    ask (line, "typing", NULL, &results[i]);
  support_wait_until (g_atomic_int_get (&n_read) == CONFAB_REQUESTS_MAX_IN_FLIGHT);

  /* What waits in line ends with the rest, unsent. */
  confab_connection_close (line->connection);
  support_run_pending ();
  for (guint i = 0; i < N_MANY; i++)
    {
      assert_fails (line, results[i], CONFAB_ERROR_CLOSED);
      g_object_unref (results[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&n_read), ==, CONFAB_REQUESTS_MAX_IN_FLIGHT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/requests/answers-come-in-any-order-and-once", test_any_order);
  g_test_add_func ("/requests/errors-have-the-code-of-the-server", test_errors);
  g_test_add_func ("/requests/one-ends-by-deadline-or-cancellable", test_deadline);
  g_test_add_func ("/requests/a-cancelled-one-makes-room", test_cancelled_makes_room);
  g_test_add_func ("/requests/one-without-a-connection-fails", test_not_connected);
  g_test_add_func ("/requests/a-lost-connection-ends-each-once", test_lost);
  g_test_add_func ("/requests/as-many-as-may-be-are-in-flight", test_bounded);
  g_test_add_func ("/requests/and-no-more", test_not_more);

  return g_test_run ();
}
