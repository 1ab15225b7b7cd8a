/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* The whole server: builds the graph, runs it, takes it down. */
typedef struct _ConfabdServer ConfabdServer;

/**
 * ConfabdServerFunc:
 *
 * Called on the main thread.
 */
typedef void (*ConfabdServerFunc) (gpointer user_data);

ConfabdServer *confabd_server_new        (const ConfabdConfig  *config,
                                          GError              **error);
void           confabd_server_free       (ConfabdServer        *self);
gboolean       confabd_server_start      (ConfabdServer        *self,
                                          GError              **error);
char          *confabd_server_get_uri    (ConfabdServer        *self);
void           confabd_server_drain      (ConfabdServer        *self,
                                          ConfabdServerFunc     drained,
                                          gpointer              user_data);
void           confabd_server_reload_tls (ConfabdServer        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdServer, confabd_server_free)

G_END_DECLS
