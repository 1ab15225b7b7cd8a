/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <unistd.h>

#define FEW_FDS      200
#define MANY_VISITORS 300

/* confabd as a program: what it is told, what it says, how it ends. */

static void
die_with_parent_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Runs confabd until it gives up; its only line on standard error is given back. */
static char *
run_in_vain (const char *first_argument,
             ...)
{
  g_autoptr(GPtrArray) command = g_ptr_array_new ();
  g_autofree char *complaint = NULL;
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;
  const char *argument;
  va_list arguments;
  int status;

  g_ptr_array_add (command, (gpointer) g_getenv ("CONFABD"));
  va_start (arguments, first_argument);
  for (argument = first_argument; argument; argument = va_arg (arguments, const char *))
    g_ptr_array_add (command, (gpointer) argument);
  va_end (arguments);
  g_ptr_array_add (command, NULL);

  g_spawn_sync (NULL, (char **) command->pdata, NULL, G_SPAWN_DEFAULT, die_with_parent_cb, NULL,
                &output,
                &complaint, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_str_has_prefix (complaint, "confabd: "));
  g_assert_true (g_str_has_suffix (complaint, "\n"));
  g_assert_true (strchr (complaint, '\n') == strrchr (complaint, '\n'));

  return g_steal_pointer (&complaint);
}

static void
assert_names (const char *complaint,
              const char *what)
{
  if (!strstr (complaint, what))
    g_error ("“%s” does not name “%s”", complaint, what);
}

static char *
make_directory (void)
{
  g_autoptr(GError) error = NULL;
  char *directory = g_dir_make_tmp ("confabd-program-XXXXXX", &error);

  g_assert_no_error (error);

  return directory;
}

static void
remove_directory (const char *directory)
{
  g_autoptr(GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (entries)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }

  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_version_is_told (void)
{
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;
  const char *command[] = { g_getenv ("CONFABD"), "--version", NULL };
  int status;

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (output, ==, "confabd " PACKAGE_VERSION "\n");
}

static void
test_wrong_options_get_one_clear_line (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *config = g_build_filename (directory, "confabd.conf", NULL);
  g_autofree char *data = g_build_filename (directory, "data", NULL);
  const struct
  {
    const char *option;
    const char *value;
    const char *named;
  } samples[] = {
    { "--no-such-option", "x", "no-such-option" },
    { "--registration", "maybe", "maybe" },
    { "--registration", "invite", "invite" },
    { "--log-level", "loud", "loud" },
    { "--threads", "0", "threads" },
    { "--threads", "many", "many" },
    { "--public-url", "ftp://x", "public-url" },
    { "--service", "x#y", "service" },
    { "--tls-cert", "/nowhere/cert.pem", "tls-key" },
    { "--trace-frames", "/nowhere/frames", "/nowhere/frames" },
    { "--listen", "nowhere", "nowhere" },
    { "--listen", "127.0.0.1:70000", "70000" },
    { "--listen", "::1:1", "::1:1" },
    { "--data", "/dev/null/data", "/dev/null/data" },
    { "--config", "/nowhere/confabd.conf", "/nowhere/confabd.conf" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *complaint = NULL;

      complaint = run_in_vain ("--data", data, samples[i].option, samples[i].value, NULL);
      assert_names (complaint, samples[i].named);
    }

  g_assert_true (g_file_set_contents (config, "[confabd]\nname=x\nclour=red\n", -1, NULL));
  {
    g_autofree char *complaint = run_in_vain ("--config", config, NULL);

    assert_names (complaint, "clour");
    assert_names (complaint, config);
  }

  /* What a crash of the machine may leave of a file. */
  g_assert_true (g_file_set_contents (config, "\0\0\0\0", 4, NULL));
  {
    g_autofree char *complaint = run_in_vain ("--config", config, NULL);

    assert_names (complaint, "damaged");
  }

  g_assert_cmpint (g_remove (config), ==, 0);
  if (g_file_test (data, G_FILE_TEST_IS_DIR))
    remove_directory (data);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_bad_certificate_gets_one_clear_line (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *file = g_build_filename (directory, "cert.pem", NULL);
  g_autofree char *complaint = NULL;

  g_assert_true (g_file_set_contents (file, "no certificate", -1, NULL));
  complaint = run_in_vain ("--data", directory, "--tls-cert", file, "--tls-key", file, NULL);
  assert_names (complaint, "certificate");
  assert_names (complaint, file);
  g_clear_pointer (&complaint, g_free);

  g_assert_cmpint (g_remove (file), ==, 0);
  complaint = run_in_vain ("--data", directory, "--tls-cert", file, "--tls-key", file, NULL);
  assert_names (complaint, "No such file");
  remove_directory (directory);
}

static void
test_port_in_use_is_named (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", server_process_get_port (server));
  g_autofree char *directory = make_directory ();
  g_autofree char *complaint = run_in_vain ("--data", directory, "--listen", address, NULL);

  assert_names (complaint, address);
  assert_names (complaint, "in use");
  remove_directory (directory);
}

static void
test_data_in_use_is_named (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  const char *directory = server_process_get_data_dir (server);
  g_autofree char *complaint = run_in_vain ("--data", directory, "--listen", "127.0.0.1:0", NULL);

  assert_names (complaint, directory);
}

static void
test_data_is_read_by_its_owner_alone (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  const char *directory = server_process_get_data_dir (server);
  g_autoptr(GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (entries)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      GStatBuf status;

      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmphex (status.st_mode & 0777, ==, 0600);
    }
}

static void
test_command_line_wins_over_the_file (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *config = g_build_filename (directory, "confabd.conf", NULL);
  const char *arguments[] = { "--config", config, "--name", "From the flag", NULL };
  g_autoptr(ServerProcess) server = NULL;
  g_autofree char *answer = NULL;

  g_assert_true (g_file_set_contents (config,
                                      "[confabd]\nname=From the file\nregistration=closed\n"
                                      "public-url=https://chat.example.org/\n", -1, NULL));
  server = server_process_new (arguments);
  g_assert_cmpuint (server_process_request (server, "GET", "/v1/server", NULL, NULL, &answer), ==,
                    200);
  assert_names (answer, "\"name\":\"From the flag\"");
  assert_names (answer, "\"registration\":\"closed\"");
  assert_names (answer, "\"realtime_url\":\"wss://chat.example.org/api\"");
  remove_directory (directory);
}

static guint
sign_up (ServerProcess *server,
         const char    *body)
{
  return server_process_request (server, "POST", "/v1/sign-up", NULL, body, NULL);
}

static void
test_registration_can_be_closed (void)
{
  const char *arguments[] = { "--registration", "closed", NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);

  g_assert_cmpuint (sign_up (server, "{\"name\":\"ann\",\"password\":\"correct horse\"}"), ==, 403);
}

static void
test_invitation_lets_one_in (void)
{
  const char *arguments[] = { "--registration", "invite", "--invite", "open sesame", NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);

  g_assert_cmpuint (sign_up (server, "{\"name\":\"ann\",\"password\":\"correct horse\"}"), ==, 403);
  g_assert_cmpuint (sign_up (server, "{\"name\":\"ann\",\"password\":\"correct horse\","
                             "\"invite\":\"open sesam\"}"), ==, 403);
  g_assert_cmpuint (sign_up (server, "{\"name\":\"ann\",\"password\":\"correct horse\","
                             "\"invite\":\"open sesame\"}"), ==, 201);
}

static void
test_space_keeps_its_id (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  server_process_request (server, "GET", "/v1/server", NULL, NULL, &before);
  g_assert_cmpint (server_process_stop (server, SIGTERM), ==, 0);
  server_process_start (server);
  server_process_request (server, "GET", "/v1/server", NULL, NULL, &after);
  g_assert_cmpstr (before, ==, after);
}

static void
test_more_than_one_address (void)
{
  const char *arguments[] = { "--listen", "[::1]:0", NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);

  g_assert_cmpuint (server_process_request (server, "GET", "/healthz", NULL, NULL, NULL), ==, 200);
}

/* A socket that was bound and listened to by somebody else, as systemd does. */
static int
make_listening (guint16 *port)
{
  struct sockaddr_in address =
  { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *port = ntohs (address.sin_port);

  return fd;
}

static void
hand_over_cb (gpointer user_data)
{
  /* Async-signal-safe formatting of our own process id. */
  static char text[] = "LISTEN_PID=0000000000";
  char *end = text + sizeof text - 2;
  int pid = getpid ();

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (; end > text + strlen ("LISTEN_PID=") - 1; end--)
    {
      *end = '0' + pid % 10;
      pid /= 10;
    }

  dup2 (GPOINTER_TO_INT (user_data), 3);
  fcntl (3, F_SETFD, 0);
  putenv (text);
  putenv ((char *) "LISTEN_FDS=1");
}

static void
test_socket_of_systemd_is_used (void)
{
  g_autofree char *directory = make_directory ();
  const GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN;
  const char *shell = "exec \"$CONFABD\" --data \"$0\"";
  const char *command[] = { "/bin/sh", "-c", shell, directory, NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *expected = NULL;
  struct pollfd output = { .events = POLLIN };
  char line[256] = "";
  guint16 port;
  int fd = make_listening (&port);
  GPid pid;

  expected = g_strdup_printf ("confabd ready http://127.0.0.1:%u\n", port);
  g_spawn_async_with_pipes (NULL, (char **) command, NULL, flags, hand_over_cb,
                            GINT_TO_POINTER (fd),
                            &pid, NULL, &output.fd, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (poll (&output, 1, RAW_PEER_DEADLINE_MS), ==, 1);
  g_assert_cmpint (read (output.fd, line, sizeof line - 1), >, 0);
  g_assert_cmpstr (line, ==, expected);

  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  close (output.fd);
  close (fd);
  remove_directory (directory);
}

static void
test_server_follows_its_parent (void)
{
  g_autofree char *directory = make_directory ();
  const GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN;
  const char *script =
    "\"$CONFABD\" --listen 127.0.0.1:0 --data \"$0\" --exit-with-parent & echo $!; read line";
  const char *command[] = { "/bin/sh", "-c", script, directory, NULL };
  g_autoptr(GError) error = NULL;
  struct pollfd output = { .events = POLLIN };
  struct pollfd server = { .events = POLLIN };
  g_autoptr(GString) text = g_string_new (NULL);
  GPid pid;

  g_spawn_async_with_pipes (NULL, (char **) command, NULL, flags, die_with_parent_cb, NULL, &pid,
                            NULL,
                            &output.fd, NULL, &error);
  g_assert_no_error (error);

  while (!strstr (text->str, "ready"))
    {
      char part[256];
      gssize n;

      g_assert_cmpint (poll (&output, 1, RAW_PEER_DEADLINE_MS), ==, 1);
      n = read (output.fd, part, sizeof part);
      if (n <= 0)
        break;
      g_string_append_len (text, part, n);
    }

  server.fd = pidfd_open ((pid_t) g_ascii_strtoll (text->str, NULL, 10), 0);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);

  /* It may have gone before it could be looked at: the shell's input may be at its end. */
  if (server.fd >= 0)
    {
      g_assert_cmpint (poll (&server, 1, RAW_PEER_DEADLINE_MS), ==, 1);
      close (server.fd);
    }

  close (output.fd);
  remove_directory (directory);
}

/* One who does not answer its close frame holds an orderly end up, but not the second signal. */
static void
test_second_sigterm_ends_it_at_once (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autoptr(ServerAccount) ann = server_process_sign_up (server, "ann");
  g_autoptr(RawPeer) mute = server_process_connect (server, ann);

  kill (server_process_get_pid (server), SIGTERM);
  g_assert_cmpuint (raw_peer_await_close (mute, RAW_PEER_DEADLINE_MS), ==, 3000);

  /* An orderly end would be 0. */
  g_assert_cmpint (server_process_stop (server, SIGTERM), !=, 0);
}

static void
set_fd_limit (ServerProcess *server,
              guint          n_fds)
{
  struct rlimit limit = { .rlim_cur = n_fds, .rlim_max = n_fds };

  g_assert_cmpint (prlimit (server_process_get_pid (server), RLIMIT_NOFILE, &limit, NULL), ==, 0);
}

/* libsoup's own listener would never accept again. */
static void
test_out_of_descriptors_it_sheds_and_comes_back (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autoptr(ServerAccount) ann = server_process_sign_up (server, "ann");
  g_autoptr(RawPeer) inside = server_process_connect (server, ann);
  g_autoptr(GPtrArray) visitors = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_peer_free);
  g_autofree char *answer = NULL;
  gint64 deadline;

  set_fd_limit (server, FEW_FDS);
  for (guint i = 0; i < MANY_VISITORS; i++)
    g_ptr_array_add (visitors, raw_peer_new (server_process_get_port (server)));

  /* The last one to come is told that there is no room. */
  g_assert_cmpuint (raw_peer_read_answer (g_ptr_array_index (visitors, MANY_VISITORS - 1), &answer),
                    ==, 503);
  assert_names (answer, "UNAVAILABLE");

  /* Who is inside does not notice. */
  g_assert_true (raw_peer_send (inside, "{\"action\":\"keepAlive\",\"ref\":\"1\"}"));
  json_object_unref (raw_peer_await_reply (inside, "1"));

  g_ptr_array_set_size (visitors, 0);
  deadline = g_get_monotonic_time () + RAW_PEER_DEADLINE_MS * 1000;
  while (server_process_request (server, "GET", "/healthz", NULL, NULL, NULL) != 200)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
}

static void
test_routes_answer_as_documented (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  const struct
  {
    const char *method;
    const char *path;
    guint       status;
  } samples[] = {
    { "GET", "/healthz", 200 },
    { "POST", "/healthz", 405 },
    { "GET", "/metrics", 200 },
    { "GET", "/v1/server", 200 },
    { "GET", "/v1/sign-up", 405 },
    { "DELETE", "/v1/sign-in", 405 },
    { "POST", "/v1/sign-out", 401 },
    { "POST", "/v1/profile", 401 },
    { "POST", "/v1/nothing", 404 },
    { "GET", "/", 404 },
    { "GET", "/nowhere", 404 },
    { "GET", "/api", 426 },
    { "GET", "/cf01/admin-v1.json", 200 },
    { "GET", "/cf01/record-v2.json", 200 },
    { "GET", "/cf01/record-v3.json", 404 },
    { "GET", "/xx99/admin-v1.json", 404 },
    { "GET", "/api/service?service=x&owner=y&refresh=false", 200 },
    { "POST", "/api/get-ws-group", 401 },
    { "OPTIONS", "/v1/sign-in", 204 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_test_message ("%s %s", samples[i].method, samples[i].path);
      g_assert_cmpuint (server_process_request (server, samples[i].method, samples[i].path, NULL,
                                                NULL, NULL),
                        ==, samples[i].status);
    }
}

static void
test_metrics_count_connections (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autoptr(ServerAccount) ann = server_process_sign_up (server, "ann");
  g_autoptr(RawPeer) peer = server_process_connect (server, ann);
  g_autofree char *answer = NULL;

  g_assert_cmpuint (server_process_request (server, "GET", "/metrics", NULL, NULL, &answer), ==,
                    200);
  assert_names (answer, "\nconfabd_connections 1\n");
  assert_names (answer, "\nconfabd_sessions 1\n");
  assert_names (answer, "# TYPE confabd_accepted_total counter\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) signal (SIGPIPE, SIG_IGN);

  g_test_add_func ("/program/version-is-told", test_version_is_told);
  g_test_add_func ("/program/wrong-options-get-one-clear-line",
                   test_wrong_options_get_one_clear_line);
  g_test_add_func ("/program/bad-certificate-gets-one-clear-line",
                   test_bad_certificate_gets_one_clear_line);
  g_test_add_func ("/program/port-in-use-is-named", test_port_in_use_is_named);
  g_test_add_func ("/program/data-in-use-is-named", test_data_in_use_is_named);
  g_test_add_func ("/program/data-is-read-by-its-owner-alone",
                   test_data_is_read_by_its_owner_alone);
  g_test_add_func ("/program/command-line-wins-over-the-file",
                   test_command_line_wins_over_the_file);
  g_test_add_func ("/program/registration-can-be-closed", test_registration_can_be_closed);
  g_test_add_func ("/program/invitation-lets-one-in", test_invitation_lets_one_in);
  g_test_add_func ("/program/space-keeps-its-id", test_space_keeps_its_id);
  g_test_add_func ("/program/more-than-one-address", test_more_than_one_address);
  g_test_add_func ("/program/socket-of-systemd-is-used", test_socket_of_systemd_is_used);
  g_test_add_func ("/program/second-sigterm-ends-it-at-once", test_second_sigterm_ends_it_at_once);
  g_test_add_func ("/program/server-follows-its-parent", test_server_follows_its_parent);
  g_test_add_func ("/program/out-of-descriptors-it-sheds-and-comes-back",
                   test_out_of_descriptors_it_sheds_and_comes_back);
  g_test_add_func ("/program/routes-answer-as-documented", test_routes_answer_as_documented);
  g_test_add_func ("/program/metrics-count-connections", test_metrics_count_connections);

  return g_test_run ();
}
