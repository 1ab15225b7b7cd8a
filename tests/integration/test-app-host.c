/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-host.h"

#include <signal.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define DEADLINE_S 60

typedef struct
{
  char    *data_dir;
  AppHost *host;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  fixture->data_dir = g_dir_make_tmp ("confab-test-host-XXXXXX", NULL);
  g_assert_nonnull (fixture->data_dir);
  fixture->host = app_host_new (g_getenv ("CONFABD"), fixture->data_dir);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_TIME_SPAN_SECOND;

  while (!*result && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (*result);

  return *result;
}

static void
wait_for_state (AppHost      *host,
                AppHostState  state)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_TIME_SPAN_SECOND;

  while (app_host_get_state (host) != state && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (app_host_get_state (host), ==, state);
}

static void
start (AppHost *host)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  app_host_start_async (host, "Test", FALSE, NULL, done_cb, &result);
  app_host_start_finish (host, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (app_host_get_state (host), ==, APP_HOST_RUNNING);
}

static void
stop (AppHost *host)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  app_host_stop_async (host, NULL, done_cb, &result);
  app_host_stop_finish (host, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (app_host_get_state (host), ==, APP_HOST_OFF);
}

static void
forget (AppHost *host)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  app_host_forget_async (host, NULL, done_cb, &result);
  app_host_forget_finish (host, wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  forget (fixture->host);
  g_assert_finalize_object (fixture->host);
  g_assert_cmpint (g_rmdir (fixture->data_dir), ==, 0);
  g_free (fixture->data_dir);
}

static int
get_server_pid (AppHost *host)
{
  return (int) g_ascii_strtoll (app_host_get_server_pid (host), NULL, 10);
}

static void
test_same_address (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_autoptr(AppHost) again = app_host_new (g_getenv ("CONFABD"), fixture->data_dir);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  start (fixture->host);
  g_assert_true (app_host_is_home_of (fixture->host, app_host_get_url (fixture->host)));
  stop (fixture->host);

  app_host_load_async (again, NULL, done_cb, &result);
  app_host_load_finish (again, wait_for (&result), &error);
  g_assert_no_error (error);
  wait_for_state (again, APP_HOST_RUNNING);
  g_assert_cmpstr (app_host_get_space_name (again), ==, "Test");
  g_assert_cmpstr (app_host_get_url (again), ==, app_host_get_url (fixture->host));
  stop (again);
}

static void
test_crash (Fixture       *fixture,
            gconstpointer  user_data)
{
  guint port;
  int pid;

  start (fixture->host);
  port = app_host_get_port (fixture->host);
  pid = get_server_pid (fixture->host);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  wait_for_state (fixture->host, APP_HOST_WAITING);
  wait_for_state (fixture->host, APP_HOST_RUNNING);
  g_assert_cmpuint (app_host_get_port (fixture->host), ==, port);
  g_assert_cmpint (get_server_pid (fixture->host), !=, pid);
}

static void
test_lan (Fixture       *fixture,
          gconstpointer  user_data)
{
  guint port;

  start (fixture->host);
  port = app_host_get_port (fixture->host);
  app_host_set_on_lan (fixture->host, TRUE);
  wait_for_state (fixture->host, APP_HOST_STARTING);
  wait_for_state (fixture->host, APP_HOST_RUNNING);
  g_assert_true (app_host_get_on_lan (fixture->host));
  g_assert_cmpuint (app_host_get_port (fixture->host), ==, port);
}

static void
test_missing_program (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_autoptr(AppHost) host = app_host_new ("/nonexistent/confabd", fixture->data_dir);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  app_host_start_async (host, "Test", FALSE, NULL, done_cb, &result);
  g_assert_false (app_host_start_finish (host, wait_for (&result), &error));
  g_assert_error (error, APP_HOST_ERROR, APP_HOST_ERROR_PROGRAM);
  g_assert_cmpint (app_host_get_state (host), ==, APP_HOST_OFF);
  g_assert_null (app_host_get_space_name (host));
}

static void
test_program_that_ends (Fixture       *fixture,
                        gconstpointer  user_data)
{
  g_autoptr(AppHost) host = app_host_new ("/bin/false", fixture->data_dir);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  app_host_start_async (host, "Test", FALSE, NULL, done_cb, &result);
  g_assert_false (app_host_start_finish (host, wait_for (&result), &error));
  g_assert_error (error, APP_HOST_ERROR, APP_HOST_ERROR_ENDED);
}

/* @n_turns: how far the start has come by then. */
static void
stop_while_starting (AppHost *host,
                     guint    n_turns)
{
  g_autoptr(GAsyncResult) started = NULL;
  g_autoptr(GAsyncResult) stopped = NULL;
  g_autoptr(GAsyncResult) joined = NULL;

  app_host_start_async (host, "Test", FALSE, NULL, done_cb, &started);
  for (guint i = 0; i < n_turns && !started; i++)
    g_main_context_iteration (NULL, TRUE);

  app_host_stop_async (host, NULL, done_cb, &stopped);
  app_host_stop_async (host, NULL, done_cb, &joined);
  g_assert_true (app_host_stop_finish (host, wait_for (&stopped), NULL));
  g_assert_true (app_host_stop_finish (host, wait_for (&joined), NULL));
  wait_for (&started);
  g_assert_cmpint (app_host_get_state (host), ==, APP_HOST_OFF);
  g_assert_null (app_host_get_server_pid (host));
}

static void
test_stop_while_starting (Fixture       *fixture,
                          gconstpointer  user_data)
{
  for (guint n_turns = 0; n_turns <= 4; n_turns++)
    {
      stop_while_starting (fixture->host, n_turns);
      /* It may have become ready, and then it is a space to be forgotten. */
      forget (fixture->host);
    }
}

static void
test_stop_while_loading (Fixture       *fixture,
                         gconstpointer  user_data)
{
  g_autoptr(AppHost) again = app_host_new (g_getenv ("CONFABD"), fixture->data_dir);
  g_autoptr(GAsyncResult) result = NULL;

  start (fixture->host);
  stop (fixture->host);

  app_host_load_async (again, NULL, done_cb, &result);
  stop (again);
  g_assert_true (app_host_load_finish (again, wait_for (&result), NULL));
  g_assert_cmpint (app_host_get_state (again), ==, APP_HOST_OFF);
  g_assert_null (app_host_get_server_pid (again));
}

static void
test_second_start (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  start (fixture->host);
  app_host_start_async (fixture->host, "Other", FALSE, NULL, done_cb, &result);
  g_assert_false (app_host_start_finish (fixture->host, wait_for (&result), &error));
  g_assert_error (error, APP_HOST_ERROR, APP_HOST_ERROR_BUSY);
  g_assert_cmpstr (app_host_get_space_name (fixture->host), ==, "Test");
}

#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/host/keeps-its-address", test_same_address);
  ADD ("/host/starts-a-killed-server-again", test_crash);
  ADD ("/host/opens-to-the-network-on-the-same-port", test_lan);
  ADD ("/host/says-that-the-server-is-missing", test_missing_program);
  ADD ("/host/says-that-the-server-ends-at-once", test_program_that_ends);
  ADD ("/host/hosts-one-space", test_second_start);
  ADD ("/host/is-stopped-while-it-starts", test_stop_while_starting);
  ADD ("/host/is-stopped-while-it-loads", test_stop_while_loading);

  return g_test_run ();
}
