/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_LINE "confabd ready http"

struct _ServerProcess
{
  char   *directory;
  char   *data_dir;
  char   *ready;       /* the line on standard output */
  char  **arguments;
  GPid    pid;         /* 0: it does not run */
  int     output;      /* kept open: a server whose reader is gone would die of it */
  guint16 port;
  guint   n_descriptors; /* the most it may have; 0: as many as we may */
};

static ServerProcess *
make_server (const char * const *arguments,
             guint               n_descriptors)
{
  g_autoptr(GError) error = NULL;
  ServerProcess *self = g_new0 (ServerProcess, 1);

  self->directory = g_dir_make_tmp ("confabd-XXXXXX", &error);
  g_assert_no_error (error);
  self->data_dir = g_build_filename (self->directory, "data", NULL);
  self->arguments = g_strdupv ((char **) arguments);
  self->output = -1;
  self->n_descriptors = n_descriptors;

  server_process_start (self);

  return self;
}

/**
 * server_process_new:
 * @arguments: (nullable) (array zero-terminated=1): more of the command line
 *
 * Returns: (transfer full): a server that is ready
 */
ServerProcess *
server_process_new (const char * const *arguments)
{
  return make_server (arguments, 0);
}

/**
 * server_process_new_limited:
 * @n_descriptors: the most it may have open
 *
 * Returns: (transfer full): a server that is ready
 */
ServerProcess *
server_process_new_limited (guint n_descriptors)
{
  return make_server (NULL, n_descriptors);
}

static void
remove_all (const char *path)
{
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory && (name = g_dir_read_name (directory)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }

  g_remove (path);
}

void
server_process_free (ServerProcess *self)
{
  /* With a sanitizer this is where a leak shows. */
  if (self->pid != 0)
    g_assert_cmpint (server_process_stop (self, SIGTERM), ==, 0);
  remove_all (self->directory);

  g_free (self->directory);
  g_free (self->data_dir);
  g_free (self->ready);
  g_strfreev (self->arguments);
  g_free (self);
}

/* A test that crashes leaves no server behind. */
static void
set_up_child_cb (gpointer user_data)
{
  ServerProcess *self = user_data;
  struct rlimit limit = { self->n_descriptors, self->n_descriptors };

  if (self->n_descriptors > 0)
    setrlimit (RLIMIT_NOFILE, &limit);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static char **
make_command (ServerProcess *self)
{
  const char *program = g_getenv ("CONFABD");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  /* The same port again after a restart: clients come back to where they were. */
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", self->port);

  if (!program)
    g_error ("$CONFABD does not name the server; run the tests by `meson test`");

  g_strv_builder_add_many (builder, program, "--listen", address, "--data", self->data_dir,
                           NULL);
  if (self->arguments)
    g_strv_builder_addv (builder, (const char **) self->arguments);

  return g_strv_builder_end (builder);
}

/* The first line of standard output. */
static char *
read_line (ServerProcess *self)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) RAW_PEER_DEADLINE_MS * 1000;
  g_autoptr(GString) line = g_string_new (NULL);
  struct pollfd poll_fd = { .fd = self->output, .events = POLLIN };

  while (!strchr (line->str, '\n'))
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      char buffer[256];
      gssize n_read;

      if (left_us <= 0 || poll (&poll_fd, 1, (int) (left_us / 1000 + 1)) <= 0)
        break;
      n_read = read (self->output, buffer, sizeof buffer);
      if (n_read <= 0)
        break;
      g_string_append_len (line, buffer, n_read);
    }

  return g_string_free_and_steal (g_steal_pointer (&line));
}

/**
 * server_process_start:
 * @self: a server that does not run
 *
 * Starts it on the data it has, and waits until it is ready.
 */
void
server_process_start (ServerProcess *self)
{
  g_auto(GStrv) command = make_command (self);
  g_autoptr(GError) error = NULL;
  const char *port;

  g_assert_cmpint (self->pid, ==, 0);
  g_spawn_async_with_pipes (NULL, command, NULL, G_SPAWN_DO_NOT_REAP_CHILD, set_up_child_cb,
                            self, &self->pid, NULL, &self->output, NULL, &error);
  g_assert_no_error (error);

  g_free (self->ready);
  self->ready = read_line (self);
  if (!g_str_has_prefix (self->ready, READY_LINE))
    g_error ("The server did not get ready but said “%s”", self->ready);

  port = strrchr (self->ready, ':');
  self->port = (guint16) g_ascii_strtoull (port + 1, NULL, 10);
  g_assert_cmpuint (self->port, !=, 0);
}

guint16
server_process_get_port (ServerProcess *self)
{
  return self->port;
}

GPid
server_process_get_pid (ServerProcess *self)
{
  return self->pid;
}

const char *
server_process_get_data_dir (ServerProcess *self)
{
  return self->data_dir;
}

/* All that it said on standard output until it was ready. */
const char *
server_process_get_ready (ServerProcess *self)
{
  return self->ready;
}

/**
 * server_process_kill:
 * @self: a server, running or not
 *
 * Kills it as a power cut would, as far as a process can be.
 */
void
server_process_kill (ServerProcess *self)
{
  if (self->pid != 0)
    server_process_stop (self, SIGKILL);
}

/**
 * server_process_stop:
 * @self: a running server
 * @signal_number: how it is told
 *
 * Sends a signal and waits for the end.
 *
 * Returns: its exit status, or the negative number of the signal it died of
 */
int
server_process_stop (ServerProcess *self,
                     int            signal_number)
{
  struct pollfd poll_fd = { .fd = pidfd_open (self->pid, 0), .events = POLLIN };
  int status;

  g_assert_cmpint (poll_fd.fd, >=, 0);
  g_assert_no_errno (kill (self->pid, signal_number));
  if (poll (&poll_fd, 1, RAW_PEER_DEADLINE_MS) != 1)
    g_error ("The server did not end after signal %d", signal_number);
  close (poll_fd.fd);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);

  self->pid = 0;
  close (g_steal_fd (&self->output));

  return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

/**
 * server_process_request:
 * @self: a server
 * @method: of HTTP
 * @path: with the query
 * @token: (nullable): for `Authorization: Bearer`
 * @body: (nullable): JSON
 * @answer: (out) (optional) (transfer full): the body of the answer
 *
 * Asks over a connection of its own.
 *
 * Returns: the status of the answer
 */
guint
server_process_request (ServerProcess  *self,
                        const char     *method,
                        const char     *path,
                        const char     *token,
                        const char     *body,
                        char          **answer)
{
  g_autoptr(RawPeer) peer = raw_peer_new (self->port);
  g_autofree char *header = NULL;

  if (token)
    header = g_strdup_printf ("Authorization: Bearer %s\r\n", token);

  return raw_peer_request (peer, method, path, header, body, answer);
}

/**
 * server_process_sign_up:
 * @self: a server
 * @name: of the new account; its password is "correct horse"
 *
 * Returns: (transfer full): the account
 */
ServerAccount *
server_process_sign_up (ServerProcess *self,
                        const char    *name)
{
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  ServerAccount *account;
  JsonObject *object;

  body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"correct horse\"}", name);
  g_assert_cmpuint (server_process_request (self, "POST", "/v1/sign-up", NULL, body, &answer),
                    ==, 201);

  node = json_from_string (answer, &error);
  g_assert_no_error (error);
  object = json_node_get_object (node);

  account = g_new0 (ServerAccount, 1);
  account->user_id = g_strdup (json_object_get_string_member (object, "user_id"));
  account->name = g_strdup (name);
  account->access_token = g_strdup (json_object_get_string_member (object, "access_token"));
  account->id_token = g_strdup (json_object_get_string_member (object, "id_token"));
  account->refresh_token = g_strdup (json_object_get_string_member (object, "refresh_token"));

  return account;
}

/**
 * server_process_dup_id_token:
 * @self: a server
 * @account: of it
 *
 * Returns: (transfer full): what skapi-js puts into "token" when it sends (reference §1.3)
 */
char *
server_process_dup_id_token (ServerProcess       *self,
                             const ServerAccount *account)
{
  g_autofree char *answer = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *info;

  g_assert_cmpuint (server_process_request (self, "GET", "/v1/server", NULL, NULL, &answer), ==,
                    200);
  node = json_from_string (answer, NULL);
  info = json_node_get_object (node);

  return g_strdup_printf ("IdT:%s:%s:%s", json_object_get_string_member (info, "service"),
                          json_object_get_string_member (info, "owner"), account->id_token);
}

void
server_account_free (ServerAccount *self)
{
  g_free (self->user_id);
  g_free (self->name);
  g_free (self->access_token);
  g_free (self->id_token);
  g_free (self->refresh_token);
  g_free (self);
}

/**
 * server_process_connect:
 * @self: a server
 * @account: whose connection it will be
 *
 * Returns: (transfer full): a native connection that was greeted
 */
RawPeer *
server_process_connect (ServerProcess       *self,
                        const ServerAccount *account)
{
  g_autoptr(RawPeer) peer = raw_peer_new (self->port);
  g_autofree char *headers = NULL;
  g_autoptr(JsonObject) hello = NULL;

  headers = g_strdup_printf ("Authorization: Bearer %s\r\n"
                             "Sec-WebSocket-Protocol: confab.v1\r\n", account->access_token);
  g_assert_cmpuint (raw_peer_upgrade (peer, "/api", headers), ==, 101);
  hello = raw_peer_await_key (peer, "#hello");

  return g_steal_pointer (&peer);
}

/**
 * server_process_connect_skapi:
 * @self: a server
 * @account: whose connection it will be
 *
 * Returns: (transfer full): a connection as skapi-js makes it
 */
RawPeer *
server_process_connect_skapi (ServerProcess       *self,
                              const ServerAccount *account)
{
  g_autoptr(RawPeer) peer = raw_peer_new (self->port);
  g_autofree char *path = g_strconcat ("/api?token=", account->access_token, NULL);

  g_assert_cmpuint (raw_peer_upgrade (peer, path, NULL), ==, 101);

  return g_steal_pointer (&peer);
}

void
server_space_set_up (ServerSpace   *self,
                     gconstpointer  arguments)
{
  self->server = server_process_new (arguments);
  self->ann = server_process_sign_up (self->server, "ann");
  self->bob = server_process_sign_up (self->server, "bob");
}

void
server_space_tear_down (ServerSpace   *self,
                        gconstpointer  arguments)
{
  server_account_free (self->ann);
  server_account_free (self->bob);
  server_process_free (self->server);
}
