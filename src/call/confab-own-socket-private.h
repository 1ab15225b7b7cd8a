/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether the other end of a connection over IPv4's loopback is a socket of this process. */
gboolean confab_own_socket_is_other_end (GSocketConnection *connection);

G_END_DECLS
