/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* Whether no interface of this machine has the address (any more). The port does not matter; where
 * it cannot be told, it is not gone. */
gboolean base_address_is_gone (const struct sockaddr *address,
                               socklen_t              length);

G_END_DECLS
