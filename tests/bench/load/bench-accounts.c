/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-accounts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_S 10

static int
connect_to (guint16   port,
            GError  **error)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot connect: %s",
               g_strerror (errno));
  close (fd);

  return -1;
}

/* One request on one connection, the whole answer as text. */
static char *
ask (guint16      port,
     const char  *request,
     GError     **error)
{
  g_autoptr(GString) answer = g_string_new (NULL);
  int fd = connect_to (port, error);
  char buffer[8192];
  ssize_t n;

  if (fd < 0)
    return NULL;

  n = send (fd, request, strlen (request), MSG_NOSIGNAL);
  while (n > 0 && (n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (answer, buffer, n);
  if (n < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No answer: %s",
                 g_strerror (errno));
  close (fd);

  return n < 0 ? NULL : g_string_free_and_steal (g_steal_pointer (&answer));
}

static char *
sign_up (guint16   port,
         guint     index,
         GError  **error)
{
  g_autofree char *body = g_strdup_printf ("{\"name\":\"bench-%u\","
                                           "\"password\":\"a long password %u\"}",
                                           index, index);
  g_autofree char *request = g_strdup_printf ("POST /v1/sign-up HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                                              "Content-Type: application/json\r\n"
                                              "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                                              port, strlen (body), body);
  g_autofree char *answer = ask (port, request, error);
  const char *key = "\"access_token\":\"";
  const char *start, *end;

  if (!answer)
    return NULL;

  start = strstr (answer, key);
  end = start ? strchr (start + strlen (key), '"') : NULL;
  if (!end)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Sign-up was refused: %s", answer);
      return NULL;
    }

  return g_strndup (start + strlen (key), end - start - strlen (key));
}

char **
bench_accounts_sign_up (guint16   port,
                        guint     n_accounts,
                        GError  **error)
{
  g_autoptr(GStrvBuilder) tokens = g_strv_builder_new ();

  for (guint i = 0; i < n_accounts; i++)
    {
      char *token = sign_up (port, i, error);

      if (!token)
        return NULL;
      g_strv_builder_take (tokens, token);
    }

  return g_strv_builder_end (tokens);
}
