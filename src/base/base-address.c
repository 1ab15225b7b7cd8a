/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-address"

#include "config.h"

#include "base-address.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* Of what is bound there nothing else is asked, so that any port will do. */
static void
clear_port (struct sockaddr_storage *address)
{
  if (address->ss_family == AF_INET)
    ((struct sockaddr_in *) address)->sin_port = 0;
  else
    ((struct sockaddr_in6 *) address)->sin6_port = 0;
}

gboolean
base_address_is_gone (const struct sockaddr *address,
                      socklen_t              length)
{
  struct sockaddr_storage any_port = { 0 };
  gboolean gone;
  int fd;

  if ((address->sa_family != AF_INET && address->sa_family != AF_INET6) ||
      length > sizeof any_port)
    return FALSE;

  memcpy (&any_port, address, length);
  clear_port (&any_port);
  fd = socket (address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;

  gone = bind (fd, (const struct sockaddr *) &any_port, length) != 0 && errno == EADDRNOTAVAIL;
  close (fd);

  return gone;
}
