/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-config.h"
#include "confabd-server.h"
#include "confabd-socket-activation.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_DRAIN_S 10

typedef struct
{
  ConfabdServer *server;
  GMainLoop     *loop;
} Main;

static GLogLevelFlags log_level = G_LOG_LEVEL_INFO;

static const char *
get_level_name (GLogLevelFlags level)
{
  switch (level & G_LOG_LEVEL_MASK)
    {
    case G_LOG_LEVEL_ERROR:
    case G_LOG_LEVEL_CRITICAL:
      return "error";

    case G_LOG_LEVEL_WARNING:
      return "warning";

    case G_LOG_LEVEL_DEBUG:
      return "debug";

    default:
      return "info";
    }
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  if ((level & G_LOG_LEVEL_MASK) > log_level)
    return G_LOG_WRITER_HANDLED;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      fprintf (stderr, "confabd: %s: %s\n", get_level_name (level), (const char *) fields[i].value);

  return G_LOG_WRITER_HANDLED;
}

static int
complain (const GError *error)
{
  fprintf (stderr, "confabd: %s\n", error->message);

  return EXIT_FAILURE;
}

static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return;

  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_info ("Cannot raise the limit on open files");
}

/* The kernel tells us when our parent ends; unless it had ended before we asked, which shows in
 * our having been given another one, or init. */
static gboolean
follow_parent (pid_t    parent,
               GError **error)
{
  if (prctl (PR_SET_PDEATHSIG, SIGTERM) < 0)
    g_warning ("Cannot follow the parent process");

  if (parent != 1 && getppid () == parent)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       "Cannot end with the parent process: it has ended already");

  return FALSE;
}

static void
drained_cb (gpointer user_data)
{
  Main *self = user_data;

  g_main_loop_quit (self->loop);
}

/* Whatever is still being committed is not acknowledged yet, so nothing is lost. */
static gboolean
drain_takes_too_long_cb (gpointer user_data)
{
  g_warning ("Stopped after %d s, with work left", MAX_DRAIN_S);
  fflush (NULL);
  _exit (EXIT_SUCCESS);
}

static gboolean
terminate_cb (gpointer user_data)
{
  Main *self = user_data;

  /* From here on a second signal ends us by itself, whether or not the loop still turns. */
  (void) signal (SIGTERM, SIG_DFL);
  (void) signal (SIGINT, SIG_DFL);

  g_info ("Stopping");
  confabd_socket_activation_notify ("STOPPING=1");
  g_timeout_add_seconds (MAX_DRAIN_S, drain_takes_too_long_cb, NULL);
  confabd_server_drain (self->server, drained_cb, self);

  return G_SOURCE_CONTINUE;
}

static gboolean
reload_cb (gpointer user_data)
{
  Main *self = user_data;

  confabd_server_reload_tls (self->server);

  return G_SOURCE_CONTINUE;
}

static void
run (ConfabdServer *server)
{
  g_autofree char *uri = confabd_server_get_uri (server);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Main self = { .server = server, .loop = loop };

  g_unix_signal_add (SIGTERM, terminate_cb, &self);
  g_unix_signal_add (SIGINT, terminate_cb, &self);
  g_unix_signal_add (SIGHUP, reload_cb, &self);

  /* The one line that scripts and the app wait for. */
  printf ("confabd ready %s\n", uri);
  fflush (stdout);
  confabd_socket_activation_notify ("READY=1");

  g_main_loop_run (loop);
}

int
main (int    argc,
      char **argv)
{
  pid_t parent = getppid ();
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabdConfig) config = NULL;
  g_autoptr(ConfabdServer) server = NULL;

  /* Names on the command line are UTF-8, whatever the locale of whoever starts us. */
  setlocale (LC_CTYPE, "C.UTF-8");
  config = confabd_config_new (&argc, &argv, &error);
  if (!config)
    return complain (error);

  if (config->show_version)
    {
      printf ("confabd %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }

  log_level = config->log_level;
  g_log_set_writer_func (write_log, NULL, NULL);
  (void) signal (SIGPIPE, SIG_IGN);

  if (config->exit_with_parent && !follow_parent (parent, &error))
    return complain (error);

  config->n_handed_fds = confabd_socket_activation_get_n_fds ();
  raise_file_limit ();
  server = confabd_server_new (config, &error);
  if (!server || !confabd_server_start (server, &error))
    return complain (error);

  run (server);

  return EXIT_SUCCESS;
}
