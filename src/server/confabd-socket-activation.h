/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* systemd's two small protocols, without its library: sd_listen_fds(3) and sd_notify(3). */
#define CONFABD_SOCKET_ACTIVATION_FIRST_FD 3

guint confabd_socket_activation_get_n_fds (void);
void  confabd_socket_activation_notify    (const char *state);

G_END_DECLS
