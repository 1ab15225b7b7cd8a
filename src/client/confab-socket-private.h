/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Closes @socket, if there is one, of which @listener hears nothing more. Takes the reference. */
void     confab_socket_let_go      (SoupWebsocketConnection *socket,
                                    gpointer                 listener,
                                    guint16                  code);
/* Whether a socket with @own_address (nullable) is dead: this machine has the address no longer. */
gboolean confab_socket_is_stranded (GSocketAddress          *own_address);

G_END_DECLS
