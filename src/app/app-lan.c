/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-lan"

#include "config.h"

#include "app-lan.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static gboolean
is_reachable (const struct ifaddrs *interface)
{
  return interface->ifa_addr && interface->ifa_addr->sa_family == AF_INET &&
         (interface->ifa_flags & IFF_UP) && !(interface->ifa_flags & IFF_LOOPBACK);
}

static void
list_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  g_autoptr(GStrvBuilder) addresses = g_strv_builder_new ();
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    {
      int code = errno;

      g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (code),
                               "Listing the network interfaces: %s", g_strerror (code));
      return;
    }

  for (struct ifaddrs *at = interfaces; at; at = at->ifa_next)
    {
      g_autoptr(GSocketAddress) native = NULL;

      if (!is_reachable (at))
        continue;

      native = g_socket_address_new_from_native (at->ifa_addr, sizeof (struct sockaddr_in));
      g_strv_builder_take (addresses, g_inet_address_to_string (
                             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (native))));
    }

  freeifaddrs (interfaces);
  g_task_return_pointer (task, g_strv_builder_end (addresses), (GDestroyNotify) g_strfreev);
}

/**
 * app_lan_list_addresses_async:
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Asks the system by which addresses other computers of the local network
 * reach this one. Loopback is not among them.
 */
void
app_lan_list_addresses_async (GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_lan_list_addresses_async);
  g_task_run_in_thread (task, list_in_thread);
}

/**
 * app_lan_list_addresses_finish:
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (array zero-terminated=1): IPv4 addresses; an empty
 *   array where there is no network
 */
char **
app_lan_list_addresses_finish (GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
