/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-socket"

#include "config.h"

#include "confab-socket-private.h"

#include "base-address.h"

static void
gone_cb (SoupWebsocketConnection *socket,
         gpointer                 user_data)
{
  g_signal_handlers_disconnect_by_func (socket, gone_cb, user_data);
}

static void
unref_socket (gpointer  socket,
              GClosure *closure)
{
  g_object_unref (socket);
}

/* It lives on until its closing handshake is done, which libsoup bounds to some seconds. */
void
confab_socket_let_go (SoupWebsocketConnection *socket,
                      gpointer                 listener,
                      guint16                  code)
{
  g_autoptr(SoupWebsocketConnection) taken = socket;

  if (!socket)
    return;

  g_signal_handlers_disconnect_by_data (socket, listener);
  if (soup_websocket_connection_get_state (socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  g_signal_connect_data (socket, "closed", G_CALLBACK (gone_cb), g_object_ref (socket),
                         unref_socket, G_CONNECT_AFTER);
  soup_websocket_connection_close (socket, code, NULL);
}

gboolean
confab_socket_is_stranded (GSocketAddress *own_address)
{
  struct sockaddr_storage address = { 0 };

  return own_address && g_socket_address_to_native (own_address, &address, sizeof address, NULL) &&
         base_address_is_gone ((const struct sockaddr *) &address,
                               (socklen_t) g_socket_address_get_native_size (own_address));
}
