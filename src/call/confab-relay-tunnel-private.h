/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ConfabRelayTunnel ConfabRelayTunnel;

ConfabRelayTunnel *confab_relay_tunnel_new     (const char         *host,
                                                guint16             port,
                                                GError            **error);
void               confab_relay_tunnel_free    (ConfabRelayTunnel  *self);
guint16            confab_relay_tunnel_get_port (ConfabRelayTunnel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabRelayTunnel, confab_relay_tunnel_free)

G_END_DECLS
