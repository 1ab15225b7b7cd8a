/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-socket-activation.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 64

/**
 * confabd_socket_activation_get_n_fds:
 *
 * Returns: how many listening sockets were handed to this very process, from
 *   %CONFABD_SOCKET_ACTIVATION_FIRST_FD on; a second call finds none
 */
guint
confabd_socket_activation_get_n_fds (void)
{
  const char *pid_text = g_getenv ("LISTEN_PID");
  const char *n_text = g_getenv ("LISTEN_FDS");
  guint64 pid = 0;
  guint64 n = 0;

  if (!pid_text || !n_text || !g_ascii_string_to_unsigned (pid_text, 10, 1, G_MAXINT, &pid, NULL) ||
      !g_ascii_string_to_unsigned (n_text, 10, 0, MAX_FDS, &n, NULL) || (pid_t) pid != getpid ())
    n = 0;

  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_FDNAMES");

  return n;
}

/**
 * confabd_socket_activation_notify:
 * @state: such as "READY=1"
 *
 * Tells the service manager, if there is one that wants to know.
 */
void
confabd_socket_activation_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = path ? strlen (path) : 0;
  int fd;

  if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
    return;

  memcpy (address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;

  /* Whoever asked for this and is gone does not matter to us. */
  (void) sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address,
                 offsetof (struct sockaddr_un, sun_path) + length);
  close (fd);
}
