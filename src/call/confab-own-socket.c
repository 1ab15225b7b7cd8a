/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-own-socket"

#include "config.h"

#include "confab-own-socket-private.h"

#include <netinet/in.h>

/* In /proc/net/tcp, from the other end's address to the inode: see proc_pid_net(5). */
#define N_COLUMNS_BETWEEN 6

/* As in /proc/net/tcp: "0100007F:1F90". */
static char *
format_address (GSocketAddress *address)
{
  struct sockaddr_in native = { 0 };

  if (!address || g_socket_address_get_family (address) != G_SOCKET_FAMILY_IPV4 ||
      !g_socket_address_to_native (address, &native, sizeof native, NULL))
    return NULL;

  return g_strdup_printf ("%08X:%04X", native.sin_addr.s_addr, g_ntohs (native.sin_port));
}

/* What the kernel numbers the socket with that has these ends; NULL if there is none. */
static char *
find_inode (const char *own_end,
            const char *other_end)
{
  g_autofree char *table = NULL;
  g_autofree char *pattern =
    g_strdup_printf (": %s %s(?: +\\S+){%d} +(\\d+)", own_end, other_end, N_COLUMNS_BETWEEN);
  g_autoptr(GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr(GMatchInfo) found = NULL;

  if (!g_file_get_contents ("/proc/self/net/tcp", &table, NULL, NULL) ||
      !g_regex_match (regex, table, 0, &found))
    return NULL;

  return g_match_info_fetch (found, 1);
}

static gboolean
is_open_here (const char *inode)
{
  g_autofree char *wanted = g_strdup_printf ("socket:[%s]", inode);
  g_autoptr(GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder)))
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      if (g_strcmp0 (target, wanted) == 0)
        return TRUE;
    }

  return FALSE;
}

gboolean
confab_own_socket_is_other_end (GSocketConnection *connection)
{
  g_autoptr(GSocketAddress) here = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr(GSocketAddress) there = g_socket_connection_get_remote_address (connection, NULL);
  g_autofree char *here_text = format_address (here);
  g_autofree char *there_text = format_address (there);
  g_autofree char *inode =
    here_text && there_text ? find_inode (there_text, here_text) : NULL;

  return inode && is_open_here (inode);
}
