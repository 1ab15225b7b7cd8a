/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client.h"

G_BEGIN_DECLS

/**
 * confab_client_open:
 * @self: a client
 *
 * Opens the connection, and keeps it open until confab_client_close(). Does nothing while there is
 * one.
 */
CONFAB_EXPORT
void confab_client_open (ConfabClient *self);

/**
 * confab_client_close:
 * @self: a client
 *
 * Closes the connection. Nothing reconnects it but confab_client_open().
 */
CONFAB_EXPORT
void confab_client_close (ConfabClient *self);

/**
 * confab_client_is_connected:
 * @self: a client
 *
 * Returns: whether there is a connection now
 */
CONFAB_EXPORT
gboolean confab_client_is_connected (ConfabClient *self);

/**
 * confab_client_get_socket_id:
 * @self: a client
 *
 * Gets the id of the connection.
 *
 * Returns: (transfer none) (nullable): the id
 */
CONFAB_EXPORT
const char *confab_client_get_socket_id (ConfabClient *self);

G_END_DECLS
